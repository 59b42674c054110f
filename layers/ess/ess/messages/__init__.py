"""Every text people read, as data, by language."""

"""Where the rows of an import wait until all of them are known."""

"""The policy that is in force until a province loads its own, as data."""

"""Checks and build steps that `make` runs. Never imported by production code."""

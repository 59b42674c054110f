"""`ess stations`: load, look at and try out the directory of stations."""

import argparse

from ess.usecases.import_directory import published_stations
from operate.stations import coverage, export, find, import_file, undo, versions
from operate.stations import map as map_verb

__all__ = ["published_stations", "register"]

VERBS = (import_file, export, find, map_verb, coverage, versions, undo)
"""Each adds its verb; every verb takes the options of the second argument, and sets `run`."""


def register(
    groups: "argparse._SubParsersAction[argparse.ArgumentParser]", common: argparse.ArgumentParser
) -> None:
    """Add `ess stations` to the command line."""
    verbs = groups.add_parser("stations", help=__doc__).add_subparsers(
        required=True, metavar="VERB"
    )
    for verb in VERBS:
        verb.register(verbs, common)

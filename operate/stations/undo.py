"""`ess stations undo`: take an import back."""

import argparse

from ess import bootstrap
from ess.ports.stations import DirectoryArchive
from ess.usecases.publish_directory import NothingToUndo, Outcome, restore, undo


def register(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", common: argparse.ArgumentParser
) -> None:
    """Add the verb to the command line."""
    verb = verbs.add_parser(
        "undo",
        parents=[common],
        help="take the last import back",
        description="Take the last import back, at once; again for the one before it, as far as "
        "versions are kept. --to brings any kept version back, also one that was undone.",
    )
    verb.add_argument("--to", metavar="VERSION", help="as 'ess stations versions' names it")
    verb.set_defaults(run=_run)


def _run(given: argparse.Namespace) -> int:
    archive = bootstrap.station_archive()
    before = archive.head(fresh=True)
    if given.to:
        done = restore(archive, _version(archive, given.to))
    else:
        done = undo(archive, bootstrap.station_index())
    head = done.head
    if done.outcome is Outcome.UNCHANGED:
        print(f"Version {head.label} is current already: nothing was changed.")
        return 0
    note = f" ({head.note})" if head.note else ""
    print(f"Version {head.label} is current again: {head.total:,} stations{note}.")
    print(f"Version {before.label} ({before.note or 'no note'}) was taken back.")
    if done.outcome is Outcome.RESTORED:
        print(f"To bring it back: ess stations undo --to {before.version}")
    return 0


def _version(archive: DirectoryArchive, name: str) -> str:
    """Return the version that `name` names, with or without its revision.

    Raises:
        NothingToUndo: of this version another revision is kept; a version is kept as it is last.
    """
    version, _, revision = name.partition(".")
    for kept in archive.versions():
        if revision and kept.version == version and kept.label != name:
            raise NothingToUndo(f"version {version} is kept as {kept.label} alone")
    return version

"""`ess stations versions`: what is published, and what can be gone back to."""

import argparse
from datetime import UTC, datetime, timedelta, timezone

from ess import bootstrap
from ess.domain.opening_hours import BANGKOK_OFFSET_S

_BANGKOK = timezone(timedelta(seconds=BANGKOK_OFFSET_S))


def register(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", common: argparse.ArgumentParser
) -> None:
    """Add the verb to the command line."""
    verb = verbs.add_parser(
        "versions", parents=[common], help="list the versions that are kept, newest first"
    )
    verb.set_defaults(run=_run)


def _run(given: argparse.Namespace) -> int:  # noqa: ARG001  every verb is called so
    archive = bootstrap.station_archive()
    current = archive.head(fresh=True)
    versions = archive.versions()
    if not versions:
        print("Nothing is published yet: load stations with 'ess stations import FILE'.")
        return 1
    for head in versions:
        mark = "*" if head.version == current.version else " "
        at = datetime.fromtimestamp(head.published_at, UTC).astimezone(_BANGKOK)
        print(
            f"{mark} {head.label:<20} {at:%Y-%m-%d %H:%M}  {head.total:>9,} stations "
            f"{head.leaves:>9,} leaves  {head.note}"
        )
    print("* current. Times are Thailand's. Take the last import back with 'ess stations undo'.")
    return 0

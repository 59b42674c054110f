"""`ess stations import`: make a file the directory, or part of it."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ess import bootstrap
from ess.adapters.staging.sqlite import SqliteStaging
from ess.adapters.station_files import read_stations_file
from ess.domain.station_doubts import ACCEPTABLE, DOUBTS, Doubt
from ess.domain.station_rows import RawRow
from ess.usecases.import_directory import ImportOptions, ImportOutcome, Watcher, import_directory
from ess.usecases.import_stations import ChangesSummary, ImportReport
from ess.usecases.publish_directory import Outcome
from operate.stations.files import STANDARD_INPUT, opened, report_of
from operate.stations.in_stack import import_in_stack
from operate.stations.progress import Progress, step
from operate.stations.telling import tell_changes, tell_doubts, tell_total

_DESCRIPTION = """
Make the stations of FILE the whole directory (with --merge: part of it). Read are GeoJSON (our own
export, OpenStreetMap's), the answer of Overpass as it comes, and CSV of agencies; the format is
recognised by the content. Doubtful rows are named and kept out, the others go in; exit code 1 tells
that there were some. Lookups see the old directory until the new one is complete. Importing the
same file again changes nothing.
"""
_OUTCOMES = {
    Outcome.UNCHANGED: "already current",
    Outcome.AMENDED: "changed in place",
    Outcome.PUBLISHED: "published",
    Outcome.RESTORED: "restored",
}


def register(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", common: argparse.ArgumentParser
) -> None:
    """Add the verb to the command line."""
    verb = verbs.add_parser(
        "import",
        parents=[common],
        help="make a file of stations the directory",
        description=_DESCRIPTION,
        epilog="Doubts that can be accepted, one by one, since each does something else: "
        + "; ".join(
            f"{doubt.value} ({DOUBTS[doubt].when_accepted})"
            for doubt in Doubt
            if doubt in ACCEPTABLE
        ),
    )
    verb.add_argument(
        "file",
        metavar="FILE",
        help=f"a path, s3://BUCKET/KEY, or {STANDARD_INPUT} for the standard input",
    )
    verb.add_argument(
        "--dry-run", action="store_true", help="say what would change, change nothing"
    )
    verb.add_argument(
        "--merge",
        action="store_true",
        help="add the rows, or put them in the place of those with their ids, and keep the others",
    )
    verb.add_argument(
        "--accept",
        metavar="DOUBT",
        action="append",
        default=[],
        choices=[doubt.value for doubt in Doubt if doubt in ACCEPTABLE],
        help="let rows with this doubt in (see below); may be given several times",
    )
    verb.add_argument(
        "--report",
        metavar="PATH",
        type=Path,
        help="name each doubtful row in this file: CSV if it ends in .csv, else JSON lines",
    )
    verb.add_argument(
        "--in-stack",
        action="store_true",
        help="let the stack's own function import FILE: it is put into the stack's bucket first, "
        "unless it is there (s3://BUCKET/imports/...)",
    )
    verb.add_argument(
        "--verbose", action="store_true", help="show rows with doubts that are only noted, too"
    )
    verb.set_defaults(run=_run)


def _run(given: argparse.Namespace) -> int:
    options = ImportOptions(
        accept=frozenset(map(Doubt, given.accept)),
        merge=given.merge,
        dry_run=given.dry_run,
        note=f"{'merged from' if given.merge else 'from'} {given.file}",
    )
    if given.in_stack:
        step(f"importing {given.file} by the stack's own function")
        answer = import_in_stack(given.file, options)
        outcome, named_in = answer.outcome, answer.remarks
    else:
        outcome, named_in = _import_here(given, options), str(given.report or "")
    for line in _lines(outcome, verbose=given.verbose, named_in=named_in):
        print(line)
    return 1 if outcome.report.kept_out or not outcome.report.good else 0


def _import_here(given: argparse.Namespace, options: ImportOptions) -> ImportOutcome:
    with SqliteStaging() as staging:
        return import_directory(
            _rows(given.file),
            report_of(given.report),
            staging,
            bootstrap.station_archive(),
            bootstrap.station_index(),
            bootstrap.clock(),
            options,
            _Telling(given.file),
        )


@contextmanager
def _rows(location: str) -> Iterator[Iterator[RawRow]]:
    with opened(location) as stream:
        yield read_stations_file(stream)


class _Telling(Watcher):
    """Tells on the terminal how far it has come."""

    def __init__(self, location: str) -> None:
        self._progress = Progress(f"reading {location}")

    def read(self, rows: int) -> None:
        self._progress(rows)

    def staged(self, report: ImportReport) -> None:
        self._progress.done(report.read)
        step("comparing with the directory")

    def compared(self, summary: ChangesSummary, stations: int) -> None:
        if summary.total:
            step(f"publishing {stations:,} stations")


def _lines(outcome: ImportOutcome, *, verbose: bool, named_in: str) -> Iterator[str]:
    report, publication = outcome.report, outcome.publication
    yield from tell_doubts(report, verbose=verbose, named_in=named_in)
    if outcome.summary is None:
        yield f"{tell_total(report)} No usable row: the directory stays as it is."
        return
    yield from tell_changes(outcome.summary)
    if publication is None:
        yield f"Dry run, nothing was changed. {tell_total(report)}"
        return
    done = _OUTCOMES[publication.outcome]
    yield f"Version {publication.head.label} {done}. {tell_total(report)}"

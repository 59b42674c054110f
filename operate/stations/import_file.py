"""`ess stations import`: make a file the directory, or part of it."""

import argparse
from collections.abc import Iterable, Iterator
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
from operate.stations.in_stack import fetch_remarks, import_in_stack
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
    outcome = _import_there(given, options) if given.in_stack else _import_here(given, options)
    return 1 if outcome.report.kept_out or not outcome.report.good else 0


def _import_here(given: argparse.Namespace, options: ImportOptions) -> ImportOutcome:
    telling = _Telling(given, named_in=str(given.report or ""))
    with SqliteStaging() as staging:
        outcome = import_directory(
            _rows(given.file),
            report_of(given.report),
            staging,
            bootstrap.station_archive(),
            bootstrap.station_index(),
            bootstrap.clock(),
            options,
            telling,
        )
    telling.ended(outcome)
    return outcome


def _import_there(given: argparse.Namespace, options: ImportOptions) -> ImportOutcome:
    step(f"importing {given.file} by the stack's own function")
    # Opened first: a report that cannot be written is said before anything changes.
    with report_of(given.report) as tell:
        answer = import_in_stack(given.file, options, given.stack)
        if given.report:
            fetch_remarks(answer.remarks, tell)
    telling = _Telling(given, named_in=str(given.report or answer.remarks))
    telling.tell_rows(answer.outcome.report)
    if answer.outcome.summary:
        telling.tell_changes(answer.outcome.summary)
    telling.ended(answer.outcome)
    return answer.outcome


@contextmanager
def _rows(location: str) -> Iterator[Iterator[RawRow]]:
    with opened(location) as stream:
        yield read_stations_file(stream)


class _Telling(Watcher):
    """Tells on the terminal what is found, as it is found, and how far it has come."""

    def __init__(self, given: argparse.Namespace, named_in: str) -> None:
        self._given = given
        self._named_in = named_in
        self._progress = Progress(f"reading {given.file}")

    def read(self, rows: int) -> None:
        self._progress(rows)

    def staged(self, report: ImportReport) -> None:
        self._progress.done(report.read)
        self.tell_rows(report)
        if report.good:
            step("comparing with the directory")

    def compared(self, summary: ChangesSummary, stations: int) -> None:
        self.tell_changes(summary)
        if summary.total and not self._given.dry_run:
            step(f"publishing {stations:,} stations")

    def tell_rows(self, report: ImportReport) -> None:
        """Print what became of the rows."""
        _print(tell_doubts(report, verbose=self._given.verbose, named_in=self._named_in))

    def tell_changes(self, summary: ChangesSummary) -> None:
        """Print what publishing changes."""
        _print(tell_changes(summary))

    def ended(self, outcome: ImportOutcome) -> None:
        """Print the last line."""
        total = tell_total(outcome.report)
        if outcome.summary is None:
            print(f"{total} No usable row: the directory stays as it is.")
        elif outcome.publication is None:
            print(f"Dry run, nothing was changed. {total}")
        else:
            done = _OUTCOMES[outcome.publication.outcome]
            print(f"Version {outcome.publication.head.label} {done}. {total}")


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)

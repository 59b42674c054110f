"""`ess stations import`: make a file the directory, or part of it."""

import argparse
from pathlib import Path

from ess import bootstrap
from ess.adapters.staging.sqlite import SqliteStaging
from ess.adapters.station_files import read_stations_file
from ess.domain.station_doubts import ACCEPTABLE, DOUBTS, Doubt
from ess.usecases.import_stations import ChangesSummary, ImportReport, compare, stage_stations
from ess.usecases.publish_directory import Outcome, Publication
from operate.stations.files import STANDARD_INPUT, opened, report_of
from operate.stations.progress import Progress, step
from operate.stations.published import publish, published_stations
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
        "--verbose", action="store_true", help="show rows with doubts that are only noted, too"
    )
    verb.set_defaults(run=_run)


def _run(given: argparse.Namespace) -> int:
    with SqliteStaging() as staging:
        report = _stage(given, staging)
        for line in tell_doubts(
            report, verbose=given.verbose, named_in=str(given.report) if given.report else ""
        ):
            print(line)
        if not report.good:
            print(f"{tell_total(report)} No usable row: the directory stays as it is.")
            return 1
        step("comparing with the directory")
        summary = compare(staging, published_stations(bootstrap.station_directory()))
        for line in tell_changes(summary):
            print(line)
        if given.dry_run:
            print(f"Dry run, nothing was changed. {tell_total(report)}")
        else:
            publication = _publish(given, staging, summary)
            outcome = _OUTCOMES[publication.outcome]
            print(f"Version {publication.head.label} {outcome}. {tell_total(report)}")
    return 1 if report.kept_out else 0


def _stage(given: argparse.Namespace, staging: SqliteStaging) -> ImportReport:
    directory = bootstrap.station_directory()
    progress = Progress(f"reading {given.file}")
    with opened(given.file) as stream, report_of(given.report) as tell:
        report = stage_stations(
            read_stations_file(stream),
            staging,
            frozenset(map(Doubt, given.accept)),
            keep=published_stations(directory) if given.merge else (),
            tell=tell,
            progress=progress,
        )
    progress.done(report.read)
    return report


def _publish(
    given: argparse.Namespace, staging: SqliteStaging, summary: ChangesSummary
) -> Publication:
    step(f"publishing {len(staging):,} stations")
    how = "merged from" if given.merge else "from"
    return publish(staging, summary.changes, f"{how} {given.file}")

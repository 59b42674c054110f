"""Import a file of stations from its first row to the published directory: stage, compare, publish.

The command does it on an operator's machine, the function in the deployed stack.
"""

from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager
from dataclasses import dataclass

from ess.domain.directory import DirectoryHead
from ess.domain.errors import DirectoryChanged, InvalidImport
from ess.domain.station import Station
from ess.domain.station_doubts import Doubt
from ess.domain.station_rows import RawRow
from ess.ports.clock import Clock
from ess.ports.staging import StationStaging
from ess.ports.station_index import StationIndex
from ess.ports.stations import DirectoryArchive, StationDirectory
from ess.usecases.import_stations import (
    ChangesSummary,
    ImportReport,
    Remark,
    compare,
    stage_stations,
)
from ess.usecases.publish_directory import Publication, publish_directory


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How a file is imported.

    Args:
        accept: doubts that keep no row out.
        merge: keep the published stations that no row of the file has the id of.
        dry_run: stop before anything is changed.
        note: where the stations come from, in the operator's words.
    """

    accept: AbstractSet[Doubt] = frozenset()
    merge: bool = False
    dry_run: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """How far an import came, and what it did.

    Args:
        report: what became of the rows.
        summary: what publishing changes; None when no row is usable, and nothing happens.
        publication: what publishing did; None when nothing was to be published.
    """

    report: ImportReport
    summary: ChangesSummary | None = None
    publication: Publication | None = None


class Watcher:
    """Is told how an import goes on. This one takes no notice."""

    def read(self, rows: int) -> None:
        """Take note of the rows read so far; called every `PROGRESS_ROWS` and at the end."""

    def staged(self, report: ImportReport) -> None:
        """Take note of what became of the rows."""

    def compared(self, summary: ChangesSummary, stations: int) -> None:
        """Take note of what publishing so many stations would change."""


def import_directory(
    rows: AbstractContextManager[Iterable[RawRow]],
    remarks: AbstractContextManager[Callable[[Remark], None]],
    staging: StationStaging,
    archive: DirectoryArchive,
    index: StationIndex,
    clock: Clock,
    options: ImportOptions,
    watcher: Watcher,
) -> ImportOutcome:
    """Make the rows the directory, or with `merge` a part of it.

    Args:
        rows: the file's, open for as long as they are read.
        remarks: is told of each doubt about each row, and closed once all rows are judged.
        staging: an empty one.
        archive: where stations are kept.
        index: what makes leaves.
        clock: dates the version.
        options: how.
        watcher: is told how it goes on.

    Raises:
        InvalidImport: nothing can be merged with what is published.
        CannotBeAccepted: `options.accept` has a doubt that cannot be accepted.
        DirectoryChanged: somebody else published meanwhile, and theirs stands.
        TemporaryFailure: a store did not answer.
    """
    # One head for all of it: publishing is refused where it is not the current one any more.
    since = archive.head(fresh=True)
    if options.merge and since.version and not since.leaves:
        raise InvalidImport(
            "the directory is of an earlier layout: import all stations once, without --merge"
        )
    with rows as some, remarks as tell:
        report = stage_stations(
            some,
            staging,
            options.accept,
            keep=_stations(archive, since) if options.merge else (),
            tell=tell,
            progress=watcher.read,
        )
    watcher.staged(report)
    if not report.good:
        return ImportOutcome(report)
    summary = compare(staging, _stations(archive, since))
    watcher.compared(summary, len(staging))
    if options.dry_run:
        return ImportOutcome(report, summary)
    publication = publish_directory(
        archive,
        index,
        staging.__iter__,
        clock=clock,
        since=since,
        changes=summary.changes,
        note=options.note,
    )
    return ImportOutcome(report, summary, publication)


def published_stations(directory: StationDirectory) -> Iterator[Station]:
    """Yield every station that is published now.

    Raises:
        DirectoryChanged: another directory was published while this one was read.
        TemporaryFailure: the store did not answer.
    """
    yield from _stations(directory, directory.head(fresh=True))


def _stations(directory: StationDirectory, head: DirectoryHead) -> Iterator[Station]:
    if head.version:  # before anything was published there is none
        yield from directory.stations(head)
        if directory.head(fresh=True) != head:  # what was read may be of before and of after
            raise DirectoryChanged("another directory was published meanwhile")

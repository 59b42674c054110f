"""Import a file that was put into the stack, and say what became of it as plain data."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ess.ports.clock import Clock
from ess.ports.staging import StationStaging
from ess.ports.station_files import LinesFile, StationFiles
from ess.ports.station_index import StationIndex
from ess.ports.stations import DirectoryArchive
from ess.usecases.import_answer import ImportAnswer, remark_to_plain
from ess.usecases.import_directory import ImportOptions, Watcher, import_directory
from ess.usecases.import_stations import Remark


def import_in_stack(
    location: str,
    files: StationFiles,
    staging: StationStaging,
    archive: DirectoryArchive,
    index: StationIndex,
    clock: Clock,
    options: ImportOptions,
    watcher: Watcher,
) -> ImportAnswer:
    """Import the file at `location`; each doubtful row is named in a file beside it.

    Raises:
        FileUnreadable, CannotBeAccepted, DirectoryChanged, TemporaryFailure, PermanentFailure: see
            `import_directory` and `ess.ports.station_files`.
    """
    rows = files.rows(location)
    lines = files.lines_about(location, clock.now())
    outcome = import_directory(
        rows, _remarks(lines), staging, archive, index, clock, options, watcher
    )
    return ImportAnswer(outcome, lines.location)


@contextmanager
def _remarks(lines: LinesFile) -> Iterator[Callable[[Remark], None]]:
    with lines as write:
        yield lambda remark: write(remark_to_plain(remark))

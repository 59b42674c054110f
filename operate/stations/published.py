"""The directory as it is published now, and how another one takes its place."""

from collections.abc import Iterator

from ess import bootstrap
from ess.domain.directory import Changes
from ess.domain.station import Station
from ess.ports.staging import StationStaging
from ess.ports.stations import StationDirectory
from ess.usecases.publish_directory import Publication, publish_directory


def published_stations(directory: StationDirectory) -> Iterator[Station]:
    """Yield every station that is published now.

    Raises:
        DirectoryChanged: another directory was published while this one was read.
        TemporaryFailure: the store did not answer.
    """
    head = directory.head(fresh=True)
    if head.version:
        yield from directory.stations(head)


def publish(staging: StationStaging, changes: Changes | None, note: str) -> Publication:
    """Make what is staged the directory.

    Args:
        staging: the stations.
        changes: how they differ from what is published, where that is little.
        note: where they come from.

    Raises:
        DirectoryChanged: somebody else published meanwhile.
        TemporaryFailure: the store did not answer.
    """
    return publish_directory(
        bootstrap.station_archive(),
        bootstrap.station_index(),
        staging.__iter__,
        clock=bootstrap.clock(),
        changes=changes,
        note=note,
    )

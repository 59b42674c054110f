"""Directories in memory, published as the real ones are."""

from ess.adapters.memory.clock import MemoryClock
from ess.adapters.memory.stations import MemoryStationDirectory
from ess.domain.geo import distance_m
from ess.indexing.index import LeafIndex
from ess.usecases.find_station import find_station
from ess.usecases.publish_directory import publish_directory

INDEX = LeafIndex(processes=1)

FEW = 24
"""A leaf of the tests lists no more places, so that small sets are cut into many leaves."""


def publish(archive, stations, most=None, **more):
    """Publish stations given in any order.

    Args:
        most: how many a leaf lists at the most; with few, small sets are cut into many leaves.
    """
    index = LeafIndex(processes=1, most=most) if most else INDEX
    ordered = sorted(stations, key=lambda station: station.unit_id)
    more = {"clock": MemoryClock(), **more}
    if "changes" in more:
        more.setdefault("since", archive.head(fresh=True))
    return publish_directory(archive, index, lambda: iter(ordered), **more)


def directory_of(stations, most=None):
    """Return a directory that holds these stations."""
    directory = MemoryStationDirectory()
    publish(directory, stations, most)
    return directory


def brute_force(stations, point, k, passes=lambda _: True):
    """Return the ids that an exact lookup finds, in order."""
    ranked = sorted(filter(passes, stations), key=lambda s: (distance_m(point, s.point), s.unit_id))
    return [s.unit_id for s in ranked[:k]]


def ids(matches):
    """Return the ids of matches."""
    return [match.station.unit_id for match in matches]


def nearest(directory, point, k, *filters):
    """Return the ids that the lookup finds."""
    return ids(find_station(directory, point, k, *filters).nearest)

"""Find the stations nearest to a point: exact, wherever on earth it lies."""

import bisect
from dataclasses import dataclass

from ess.domain.errors import DirectoryChanged, InvalidLookup
from ess.domain.geo import Point, distance_m, initial_bearing_deg, least_distance_m
from ess.domain.geohash import bounds
from ess.domain.station import DirectoryHead, Station, StationMatch, Why
from ess.ports.stations import StationDirectory

MAX_STATIONS = 10
TRIES = 3
"""How often a lookup starts over when a new directory is published under its hands."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """The answer to a lookup.

    Args:
        matches: nearest first; fewer than asked for only when the directory holds fewer.
        queries: cells that were queried for it.
    """

    matches: tuple[StationMatch, ...]
    queries: int


def find_station(directory: StationDirectory, point: Point, k: int = 3) -> Lookup:
    """Return the `k` stations nearest to `point` by great-circle distance, ties by id.

    Args:
        directory: the published stations.
        point: degrees WGS84.
        k: how many, 1 to 10.

    Raises:
        InvalidLookup: `k` is out of range or not a whole number.
        DirectoryChanged: the directory changed three times while it was read.
        TemporaryFailure: the directory did not answer.
    """
    if isinstance(k, bool) or not isinstance(k, int) or not 1 <= k <= MAX_STATIONS:
        raise InvalidLookup(f"k must be a whole number from 1 to {MAX_STATIONS}")
    queries = 0
    for _ in range(TRIES):
        search = _Search(point, k)
        try:
            search.run(directory, directory.head())
        except DirectoryChanged:
            queries += search.queries
            continue
        return Lookup(search.matches(), queries + search.queries)
    raise DirectoryChanged(f"the directory changed {TRIES} times while it was read")


class _Search:
    """One pass over the cells of one version, nearest cell first."""

    def __init__(self, point: Point, k: int) -> None:
        self._point = point
        self._k = k
        self._found: list[tuple[float, str, Station]] = []
        self.queries = 0

    def run(self, directory: StationDirectory, head: DirectoryHead) -> None:
        by_distance = sorted((least_distance_m(self._point, bounds(c)), c) for c in head.counts)
        for least, cell in by_distance:
            # No station of this cell or a later one is nearer than `least`; one exactly that far
            # may still win by its id.
            if len(self._found) == self._k and least > self._found[-1][0]:
                return
            self.queries += 1
            for station in directory.stations_in(head, cell):
                bisect.insort(
                    self._found,
                    (distance_m(self._point, station.point), station.unit_id, station),
                    key=lambda found: found[:2],
                )
            del self._found[self._k :]

    def matches(self) -> tuple[StationMatch, ...]:
        return tuple(
            StationMatch(
                station,
                distance,
                initial_bearing_deg(self._point, station.point),
                Why.NEXT_NEAREST if rank else Why.NEAREST,
            )
            for rank, (distance, _, station) in enumerate(self._found)
        )

"""The stations as the builder sees them: arrays of numbers, and their listings on disk."""

import os
import tempfile
from array import array
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from ess.domain.jurisdiction import Jurisdiction
from ess.domain.leaf import INDEX_K, pack_listing
from ess.domain.station import Station
from ess.indexing.bounds import Floats, unit_vectors

Indices = NDArray[np.int32]

_SAME_PLACE = 1e-11
"""Unit vectors that agree to this (64 micrometres) are one place when a leaf's size is judged."""


class Sites:
    """The stations that leaves are made from, numbered in the order given.

    What a leaf tells of a station lies packed in a temporary file, so that a million stations take
    some 80 MB of memory.

    Args:
        stations: in the order of their ids, so that equal distances are ordered by number.
    """

    def __init__(self, stations: Iterable[Station]) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  it lives as long as this does
        self.areas: dict[int, Jurisdiction] = {}
        self.areas_m2: dict[int, float] = {}
        ends, latitudes, longitudes = array("q", [0]), array("d"), array("d")
        for number, station in enumerate(stations):
            ends.append(ends[-1] + self._file.write(pack_listing(station.listing)))
            latitudes.append(station.point.latitude)
            longitudes.append(station.point.longitude)
            if station.jurisdiction:
                self.areas[number] = station.jurisdiction
                self.areas_m2[number] = station.jurisdiction.area_m2
        self._file.flush()
        self._ends = ends
        self.latitudes: Floats = np.array(latitudes)
        self.longitudes: Floats = np.array(longitudes)
        self.x, self.y, self.z = unit_vectors(self.latitudes, self.longitudes)
        self.places = self._places()

    def __len__(self) -> int:
        return len(self.latitudes)

    def listing(self, number: int) -> bytes:
        """Return the packed listing of a station."""
        start, end = self._ends[number], self._ends[number + 1]
        return os.pread(self._file.fileno(), end - start, start)

    def _places(self) -> Indices:
        """Return a number for each station that stations of the same place share."""
        rounded = np.round(np.stack((self.x, self.y, self.z), axis=1) / _SAME_PLACE)
        if not len(self):
            return np.empty(0, dtype=np.int32)
        _, numbers = np.unique(rounded, axis=0, return_inverse=True)
        places: Indices = numbers.reshape(-1).astype(np.int32)
        return places


def thin_out(sites: Sites, chosen: Indices) -> tuple[Indices, Indices]:
    """Return `chosen` without what is stacked too high, and those of it that stand for the rest.

    Of stations at the very same position only the first `INDEX_K` by id can be among the nearest
    `INDEX_K` of any point: the others are left off, wherever the point is.

    Args:
        chosen: ascending numbers.

    Returns:
        The stations kept, ascending, and those kept whose position others share that are not.
    """
    latitudes, longitudes = sites.latitudes[chosen], sites.longitudes[chosen]
    # Both ends of the scale of longitude are one meridian, to the last bit of every distance.
    longitudes = np.where(longitudes == 180, -180.0, longitudes)
    order = np.lexsort((chosen, longitudes, latitudes))
    new = np.ones(len(chosen), dtype=bool)
    new[1:] = (np.diff(latitudes[order]) != 0) | (np.diff(longitudes[order]) != 0)
    starts = np.flatnonzero(new)
    sizes = np.diff(np.append(starts, len(chosen)))
    rank = np.arange(len(chosen)) - np.repeat(starts, sizes)
    kept = rank < INDEX_K
    full = kept & np.repeat(sizes > INDEX_K, sizes)
    return np.sort(chosen[order[kept]]), np.sort(chosen[order[full]])

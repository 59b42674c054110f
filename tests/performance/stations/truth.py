"""The right answers, by looking at every station."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from ess.domain.geo import Point, distance_m
from ess.domain.station import Station

_SLACK = 1e-14
"""More than the rounding of a cosine between unit vectors (below 1e-15)."""


class Truth:
    """All stations in memory: the k nearest by `distance_m`, ties by id.

    Cosines preselect: whatever could be among the k nearest but for their rounding, which is some
    0.6 m beside the point and nothing farther off. `distance_m` then decides.

    Args:
        latitudes: in degrees.
        longitudes: in degrees.
        ids: of the same stations.
    """

    def __init__(
        self, latitudes: NDArray[np.float64], longitudes: NDArray[np.float64], ids: Sequence[str]
    ) -> None:
        self._latitudes, self._longitudes, self._ids = latitudes, longitudes, ids
        self._vectors = unit_vectors(latitudes, longitudes)

    def nearest(self, point: Point, k: int) -> list[str]:
        """Return the ids of the k nearest stations, the nearest first."""
        here = unit_vectors(np.array([point.latitude]), np.array([point.longitude]))[0]
        cosines = self._vectors @ here
        k = min(k, len(cosines))
        if not k:
            return []
        least = np.partition(cosines, len(cosines) - k)[len(cosines) - k]
        rows = np.flatnonzero(cosines >= least - _SLACK)
        ranked = sorted((self._distance(point, row), self._ids[row]) for row in rows)
        return [unit_id for _, unit_id in ranked[:k]]

    def _distance(self, point: Point, row: int) -> float:
        there = Point(float(self._latitudes[row]), float(self._longitudes[row]))
        return distance_m(point, there)


def truth_of(stations: Iterable[Station]) -> Truth:
    """Return the right answers for rows of a directory."""
    rows = [(s.point.latitude, s.point.longitude, s.unit_id) for s in stations]
    latitudes, longitudes, ids = zip(*rows, strict=True) if rows else ((), (), ())
    return Truth(np.array(latitudes, float), np.array(longitudes, float), ids)


def unit_vectors(
    latitudes: NDArray[np.float64], longitudes: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the points in degrees as vectors from the earth's centre, one a row."""
    phi, lam = np.radians(latitudes), np.radians(longitudes)
    return np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)], axis=1)

"""The second stage of a lookup: which geohash cells hold everything within a distance."""

import math
from collections.abc import Collection
from dataclasses import dataclass

from ess.domain.geo import AUTHALIC_RADIUS_M, Point, least_distance_m
from ess.domain.geohash import ALPHABET, bounds

FINEST_LENGTH = 6
"""Geohash characters of cells of 1.2 by 0.6 km: smaller ones would only make more queries."""

MOST_CELLS = 12
"""So many queries a round at the most, except where more of the directory's own cells are touched:
around a pole, or once the ring is as wide as a continent."""

MIN_RADIUS_M = 1_000.0

MAX_ROUNDS = 20
"""A radius doubles from 1 km to half way round the earth in 15 steps, and one more may follow that
is exactly the distance of what was found."""

_HALF_WAY_ROUND_M = math.pi * AUTHALIC_RADIUS_M


@dataclass(frozen=True, slots=True)
class Ring:
    """What to read for a radius.

    Args:
        cells: geohashes, from as long as the directory's own cells to `FINEST_LENGTH` characters.
        everything: they hold every station of the directory.
    """

    cells: tuple[str, ...]
    everything: bool


def next_radius_m(radius_m: float) -> float:
    """Return the radius in metres to read after one within which too few were found."""
    return max(MIN_RADIUS_M, 2 * radius_m)


def cells_around(point: Point, radius_m: float, occupied: Collection[str]) -> Ring:
    """Return cells that hold every station within `radius_m` metres of `point`.

    The finest that are no more than `MOST_CELLS`: so little is read beside the circle.

    Args:
        occupied: the directory's cells that hold stations, as geohashes of one length.
    """
    cells = [cell for cell in occupied if _touches(point, radius_m, cell)]
    if radius_m >= _HALF_WAY_ROUND_M or not cells:
        return Ring(tuple(sorted(cells)), everything=len(cells) == len(occupied))
    while len(cells[0]) < FINEST_LENGTH:
        within = (cell + letter for cell in cells for letter in ALPHABET)
        finer = [cell for cell in within if _touches(point, radius_m, cell)]
        if len(finer) > MOST_CELLS:
            break
        cells = finer
    return Ring(tuple(sorted(cells)), everything=False)


def _touches(point: Point, radius_m: float, cell: str) -> bool:
    return least_distance_m(point, bounds(cell)) <= radius_m

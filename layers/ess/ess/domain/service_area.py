"""Whether a pin lies where the service works.

It only decides whether the reporter is asked "is this right?": a pin is never refused for it. So a
pin that may be in Thailand counts as inside, at the price of some that are just across a border.
"""

import math
from collections.abc import Sequence
from enum import StrEnum
from itertools import pairwise

from ess.domain.geo import Point
from ess.domain.service_area_outlines import ISLANDS, MAINLAND, SEAS

MARGIN_KM = 10.0
"""How far beyond an outline, over a border or out at sea, still counts as inside."""

_KM_PER_DEGREE = 111.2

Ring = Sequence[tuple[float, float]]


class Area(StrEnum):
    """Where a pin lies."""

    INSIDE = "inside"
    AT_SEA = "at_sea"
    OUTSIDE = "outside"


def locate(point: Point) -> Area:
    """Return where `point` lies: inside Thailand or within 10 km of it, in its seas, or elsewhere.

    Outlines are coarse (a few kilometres) and err towards inside.
    """
    if any(_covers(ring, point) or _is_near(ring, point) for ring in (MAINLAND, *ISLANDS)):
        return Area.INSIDE
    return Area.AT_SEA if any(_covers(ring, point) for ring in SEAS) else Area.OUTSIDE


def _covers(ring: Ring, point: Point) -> bool:
    """Tell whether a ray eastward from `point` crosses `ring` an odd number of times."""
    odd = False
    for (lat_1, lon_1), (lat_2, lon_2) in pairwise((*ring, ring[0])):
        if (lat_1 > point.latitude) != (lat_2 > point.latitude):
            crossing = lon_1 + (point.latitude - lat_1) / (lat_2 - lat_1) * (lon_2 - lon_1)
            odd ^= point.longitude < crossing
    return odd


def _is_near(ring: Ring, point: Point) -> bool:
    return any(_edge_km(point, a, b) <= MARGIN_KM for a, b in pairwise((*ring, ring[0])))


def _edge_km(point: Point, start: tuple[float, float], end: tuple[float, float]) -> float:
    """Return the distance to an edge on a plane that touches the earth at `point`.

    Good to a few percent within some hundred kilometres, which is all that a margin needs.
    """
    shrink = math.cos(math.radians(point.latitude))
    ax, ay = (start[1] - point.longitude) * shrink, start[0] - point.latitude
    bx, by = (end[1] - point.longitude) * shrink, end[0] - point.latitude
    dx, dy = bx - ax, by - ay
    along = max(0.0, min(1.0, -(ax * dx + ay * dy) / (dx * dx + dy * dy)))
    return math.hypot(ax + along * dx, ay + along * dy) * _KM_PER_DEGREE

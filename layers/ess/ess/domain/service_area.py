"""Whether a pin lies where the service works.

It only decides whether the reporter is asked "is this right?": a pin is never refused for it. So a
pin that may be in Thailand counts as inside, at the price of some that are just across a border.
"""

from collections.abc import Sequence
from enum import StrEnum

from ess.domain.geo import Point
from ess.domain.planar import Position, covers, distance_m
from ess.domain.service_area_outlines import ISLANDS, MAINLAND, SEAS

MARGIN_KM = 10.0
"""How far beyond an outline, over a border or out at sea, still counts as inside."""


def _ring(corners: Sequence[tuple[float, float]]) -> tuple[Position, ...]:
    """Return the closed ring, in GeoJSON's order, of corners of latitude and longitude."""
    return tuple((longitude, latitude) for latitude, longitude in (*corners, corners[0]))


_LANDS = tuple(_ring(corners) for corners in (MAINLAND, *ISLANDS))
_SEAS = tuple(_ring(corners) for corners in SEAS)


class Area(StrEnum):
    """Where a pin lies."""

    INSIDE = "inside"
    AT_SEA = "at_sea"
    OUTSIDE = "outside"
    DOUBTFUL = "doubtful"  # written in a way that can be read as another place


def locate(point: Point) -> Area:
    """Return where `point` lies: inside Thailand or within 10 km of it, in its seas, or elsewhere.

    Outlines are coarse (a few kilometres) and err towards inside.
    """
    place = (point.longitude, point.latitude)
    # Each on its own: outlines may overlap.
    if any(covers((ring,), place) for ring in _LANDS):
        return Area.INSIDE
    if distance_m(_LANDS, place) <= MARGIN_KM * 1000:
        return Area.INSIDE
    return Area.AT_SEA if any(covers((ring,), place) for ring in _SEAS) else Area.OUTSIDE

"""Outlines of buildings: a place in them that stands for the station."""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from ess.adapters.station_files.errors import RowUnreadable
from ess.domain.geo import AUTHALIC_RADIUS_M

LARGEST_BUILDING_M = 2_000.0
"""An outline larger than this, in metres from edge to edge, is an area and no compound."""

_DEGREE_M = math.radians(AUTHALIC_RADIUS_M)

Ring = list[tuple[float, float]]


def polygons_of(geometry: Any) -> list[Any] | None:
    """Return the coordinates of a Polygon or MultiPolygon as a MultiPolygon's, or None."""
    if not isinstance(geometry, dict) or not isinstance(geometry.get("coordinates"), list):
        return None
    coordinates: list[Any] = geometry["coordinates"]
    return {"Polygon": [coordinates], "MultiPolygon": coordinates}.get(str(geometry.get("type")))


def middle_of(polygons: Sequence[Any]) -> tuple[float, float]:
    """Return (longitude, latitude) of a place inside the largest of `polygons`.

    Its centroid; if that is not inside (a courtyard, an L), the middle of the widest stretch
    of the parallel through the polygon's own middle.

    Raises:
        RowUnreadable: they are no polygons, enclose nothing, or are larger than a compound.
    """
    try:
        rings = [
            [[(float(x), float(y)) for x, y, *_ in r] for r in polygon] for polygon in polygons
        ]
        largest = max(rings, key=lambda polygon: abs(_area(polygon[0])))
    except (
        TypeError,
        ValueError,
        IndexError,
    ) as error:  # for all sorts of nonsense: told of the row
        raise RowUnreadable("its outline is not a polygon") from error
    refuse_large(*_extent(largest[0]))
    centre = _centroid(largest[0])
    if centre and _covers(largest, centre):
        return centre
    widest = max(_stretches(largest), key=lambda span: span[1] - span[0], default=None)
    if widest is None:
        raise RowUnreadable("its outline encloses no area")
    return (widest[0] + widest[1]) / 2, widest[2]


def refuse_large(west: float, south: float, east: float, north: float) -> None:
    """Raise RowUnreadable when something that reaches so far, in degrees, can be no compound."""
    width = (east - west) * math.cos(math.radians((south + north) / 2))
    size = _DEGREE_M * math.hypot(width, north - south)
    if not size <= LARGEST_BUILDING_M:
        raise RowUnreadable(
            f"its outline is {size / 1000:,.0f} km across: give the station's position as a Point, "
            "and the area that it answers for as its jurisdiction"
        )


def _extent(ring: Ring) -> tuple[float, float, float, float]:
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    return min(xs), min(ys), max(xs), max(ys)


def _shifted(ring: Ring) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    """Yield the edges relative to the first corner: products of small numbers stay exact."""
    x0, y0 = ring[0]
    for (ax, ay), (bx, by) in pairwise([*ring, ring[0]]):
        yield (ax - x0, ay - y0), (bx - x0, by - y0)


def _area(ring: Ring) -> float:
    return sum(ax * by - bx * ay for (ax, ay), (bx, by) in _shifted(ring)) / 2


def _centroid(ring: Ring) -> tuple[float, float] | None:
    area = _area(ring)
    if area == 0:
        return None
    x = sum((ax + bx) * (ax * by - bx * ay) for (ax, ay), (bx, by) in _shifted(ring)) / (6 * area)
    y = sum((ay + by) * (ax * by - bx * ay) for (ax, ay), (bx, by) in _shifted(ring)) / (6 * area)
    return ring[0][0] + x, ring[0][1] + y


def _crossings(rings: Sequence[Ring], y: float) -> list[float]:
    return sorted(
        ax + (y - ay) / (by - ay) * (bx - ax)
        for ring in rings
        for (ax, ay), (bx, by) in pairwise([*ring, ring[0]])
        if (ay > y) != (by > y)
    )


def _covers(rings: Sequence[Ring], place: tuple[float, float]) -> bool:
    return sum(x > place[0] for x in _crossings(rings, place[1])) % 2 == 1


def _stretches(rings: Sequence[Ring]) -> Iterator[tuple[float, float, float]]:
    """Yield (west, east, latitude) of what lies inside on the parallel through the middle."""
    _, south, _, north = _extent(rings[0])
    y = (south + north) / 2
    crossings = _crossings(rings, y)
    for west, east in zip(crossings[::2], crossings[1::2], strict=True):
        yield west, east, y

"""The places of an area that are farthest from every station.

Let d(q) be the distance from a place q to the station nearest to it. A grid of places would miss
what lies between them; here the greatest d is enclosed, by branch and bound:

* **Bound.** No place of a cell (a box of latitude and longitude) is farther from its nearest
  station than from any given station s, so d(q) <= greatest distance from s to the cell, for all q
  in it; and the least of these over all s is still a bound. `ess.indexing.bounds` computes the
  greatest distance to a cell exactly, proof there; its slack for rounding is added here.
* **Candidates.** A station whose least distance to a cell is more than that bound is nearest
  to none of its places, nor to one of any smaller cell inside it, and is left out there.
* **Witness.** A place of the cell that lies in the area, where d is measured: the middle, or where
  that is outside, a place on the border that runs through the cell.

The cell with the greatest bound is always looked at next. Once its witness is within the tolerance
of its bound, that witness is within the tolerance of d everywhere in the area, since all other
bounds are smaller; otherwise the cell is halved. Bound and witness come together, as d differs
between two places by no more than they are apart.

The index's own leaves are not used, though they would do for all stations: what counts here is
often only those of a kind, or open at night, and a leaf need not list the nearest of these.
"""

import heapq
import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from ess.domain.geo import AUTHALIC_RADIUS_M, Box, Point, distance_m
from ess.domain.jurisdiction import Polygon
from ess.domain.planar import Bands, Edge, Position
from ess.domain.station import Station
from ess.indexing.bounds import (
    SLACK,
    Corners,
    Floats,
    corners_of,
    greatest_dot,
    least_dot,
    unit_vectors,
)
from ess.indexing.sites import Indices
from ess.usecases.find_station import Filters

TOLERANCE_M = 10.0
APART_KM = 50.0

_WIDEST_DEG = 45.0
"""Bounds are proven for cells of less than 90 degrees."""

_LONG, _LONG_M = 1 + 1e-9, 0.001
"""As much as `ess.domain.geo` allows for the rounding of distances."""


@dataclass(frozen=True, slots=True)
class FarPlace:
    """A place far from every station.

    Args:
        point: where it is.
        distance_m: from there to the nearest station, in metres, exactly.
        nearest: that station's number.
    """

    point: Point
    distance_m: float
    nearest: int


class Sites:
    """The stations that count, numbered in the order given, for questions about the nearest one.

    Args:
        points: where they stand.
    """

    def __init__(self, points: Sequence[Point]) -> None:
        self.points = points
        self._xyz = _vectors(points)

    def __len__(self) -> int:
        return len(self.points)

    def nearest(self, point: Point, among: Indices | None = None) -> FarPlace:
        """Return how far `point` is from the nearest of the stations `among` (default: of all)."""
        x, y, z = _vectors([point])
        ours = self._xyz if among is None else self._xyz[:, among]
        number = int(np.argmax(ours[0] * x + ours[1] * y + ours[2] * z))
        number = number if among is None else int(among[number])
        return FarPlace(point, distance_m(point, self.points[number]), number)

    def narrow(self, cell: Corners, candidates: Indices) -> tuple[float, Indices]:
        """Return the bound of a cell in metres, and those of `candidates` that are left for it."""
        x, y, z = self._xyz[:, candidates]
        bound = float(least_dot(cell, x, y, z).max())
        return _at_most_m(bound), candidates[greatest_dot(cell, x, y, z) >= bound - SLACK]


def farthest_places(
    sites: Sites,
    area: Sequence[Polygon],
    count: int,
    *,
    apart_m: float,
    least_m: float = 0.0,
    tolerance_m: float = TOLERANCE_M,
) -> list[FarPlace]:
    """Return the places of an area that are farthest from their nearest station, farthest first.

    The first is no more than `tolerance_m` short of the greatest distance in the area. Each further
    one is no more than that short of the greatest distance of any place that is `tolerance_m` more
    than `apart_m` away from all places before it.

    Args:
        sites: the stations; with none, no place is returned.
        area: polygons in degrees, longitude first; they may overlap.
        count: how many places.
        apart_m: the least distance between two of them, in metres; more than 0.
        least_m: only places that are farther than this from any station, in metres.
        tolerance_m: see above; more than a metre.
    """
    found: list[FarPlace] = []
    if not len(sites):
        return found
    order = itertools.count()
    waiting = [(-cell.most_m, next(order), cell) for cell in _first_cells(sites, area)]
    heapq.heapify(waiting)
    while waiting and len(found) < count and -waiting[0][0] > least_m:
        *_, cell = heapq.heappop(waiting)
        if _lies_within(cell.corners, apart_m, found):
            continue
        witness = cell.witness()
        place = sites.nearest(witness, cell.candidates)
        if any(distance_m(witness, one.point) < apart_m for one in found):
            if cell.across_m <= tolerance_m:
                continue  # all of it is within apart_m + tolerance_m
        elif cell.most_m - place.distance_m <= tolerance_m:
            if place.distance_m <= least_m:
                continue
            found.append(place)  # what is left of the cell may be far from it
        for half in cell.halves(sites):
            heapq.heappush(waiting, (-half.most_m, next(order), half))
    return found


def farthest_among(
    stations: Sequence[Station],
    filters: Filters,
    area: Sequence[Polygon],
    count: int,
    *,
    apart_m: float,
    least_m: float = 0.0,
) -> list[FarPlace]:
    """Return the places that `farthest_places` finds for those of `stations` that count.

    Their `nearest` are numbers of `stations`.
    """
    numbers, sites = _passing(stations, filters)
    found = farthest_places(sites, area, count, apart_m=apart_m, least_m=least_m)
    return [replace(place, nearest=numbers[place.nearest]) for place in found]


def nearest_among(
    stations: Sequence[Station], filters: Filters, points: Sequence[Point]
) -> list[FarPlace]:
    """Return how far each of `points` is from those of `stations` that count; some must."""
    numbers, sites = _passing(stations, filters)
    found = map(sites.nearest, points)
    return [replace(place, nearest=numbers[place.nearest]) for place in found]


def _passing(stations: Sequence[Station], filters: Filters) -> tuple[list[int], Sites]:
    numbers = [n for n, station in enumerate(stations) if filters.passes(station.listing)]
    return numbers, Sites([stations[number].point for number in numbers])


# --- cells ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Shape:
    """A polygon, ready for many questions."""

    edges: list[Edge]
    bands: Bands


@dataclass(frozen=True, slots=True)
class _Cell:
    """A box of which some place is in the area.

    Args:
        box: of less than 90 degrees.
        shape: the polygon that it is about.
        edges: edges of the polygon that run through the box; without any, all of it is inside.
        candidates: numbers of the stations that can be nearest to one of its places.
        most_m: no place of it is farther from its nearest station, in metres.
    """

    box: Box
    corners: Corners
    shape: _Shape
    edges: list[Edge]
    candidates: Indices
    most_m: float

    @property
    def across_m(self) -> float:
        """Return a distance in metres that no two places of it exceed."""
        box = self.box
        nearest_equator = max(box.south, -box.north, 0.0)
        width = math.radians(box.east - box.west) * math.cos(math.radians(nearest_equator))
        return AUTHALIC_RADIUS_M * (math.radians(box.north - box.south) + width)

    def witness(self) -> Point:
        """Return a place of it that is in the area, or on its border."""
        middle = _middle(self.box)
        if self.edges and not self.shape.bands.covers(middle):
            a, b = next(filter(None, (_clipped(edge, self.box) for edge in self.edges)))
            middle = ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
        return Point(middle[1], middle[0])

    def halves(self, sites: Sites) -> Iterator["_Cell"]:
        """Yield its halves, those without a place in the area left out."""
        box = self.box
        x, y = _middle(box)
        shrink = math.cos(math.radians(y))
        if (box.east - box.west) * shrink > box.north - box.south:
            boxes = (
                Box(box.south, box.west, box.north, x),
                Box(box.south, x, box.north, box.east),
            )
        else:
            boxes = (
                Box(box.south, box.west, y, box.east),
                Box(y, box.west, box.north, box.east),
            )
        for half in boxes:
            cell = _cell(sites, half, self.shape, self.edges, self.candidates)
            if cell:
                yield cell


def _first_cells(sites: Sites, area: Sequence[Polygon]) -> Iterator[_Cell]:
    everyone = np.arange(len(sites), dtype=np.int32)
    for polygon in area:
        longitudes, latitudes = zip(*(p for ring in polygon for p in ring), strict=True)
        box = Box(min(latitudes), min(longitudes), max(latitudes), max(longitudes))
        shape = _Shape([edge for ring in polygon for edge in pairwise(ring)], Bands(polygon))
        for part in _parts(box):
            cell = _cell(sites, part, shape, shape.edges, everyone)
            if cell:
                yield cell


def _parts(box: Box) -> Iterator[Box]:
    columns = max(1, math.ceil((box.east - box.west) / _WIDEST_DEG))
    rows = max(1, math.ceil((box.north - box.south) / _WIDEST_DEG))
    xs = [box.west + (box.east - box.west) * i / columns for i in range(columns)] + [box.east]
    ys = [box.south + (box.north - box.south) * i / rows for i in range(rows)] + [box.north]
    for south, north in pairwise(ys):
        for west, east in pairwise(xs):
            yield Box(south, west, north, east)


def _cell(
    sites: Sites, box: Box, shape: _Shape, edges: list[Edge], candidates: Indices
) -> _Cell | None:
    """Return the cell of a box, or None where nothing of the area lies in it.

    Args:
        edges: those that can run through it.
        candidates: those that can be nearest to a place in it.
    """
    edges = [edge for edge in edges if _clipped(edge, box)]
    if not edges and not shape.bands.covers(_middle(box)):
        return None
    corners = corners_of(box)
    most_m, left = sites.narrow(corners, candidates)
    return _Cell(box, corners, shape, edges, left, most_m)


def _middle(box: Box) -> Position:
    return ((box.west + box.east) / 2, (box.south + box.north) / 2)


def _clipped(edge: Edge, box: Box) -> Edge | None:
    """Return the part of an edge in a box, by Liang and Barsky (ACM Trans. Graph. 3, 1984)."""
    (ax, ay), (bx, by) = edge
    dx, dy = bx - ax, by - ay
    start, end = 0.0, 1.0
    for step, gap in (
        (-dx, ax - box.west),
        (dx, box.east - ax),
        (-dy, ay - box.south),
        (dy, box.north - ay),
    ):
        if step == 0:
            if gap < 0:
                return None
        elif step < 0:
            start = max(start, gap / step)
        else:
            end = min(end, gap / step)
    if start > end:
        return None
    return (ax + start * dx, ay + start * dy), (ax + end * dx, ay + end * dy)


# --- distances --------------------------------------------------------------------------------


def _vectors(points: Sequence[Point]) -> Floats:
    latitudes = np.array([point.latitude for point in points])
    longitudes = np.array([point.longitude for point in points])
    return np.stack(unit_vectors(latitudes, longitudes))


def _at_most_m(cosine: float) -> float:
    """Return a distance in metres that no place whose computed cosine is `cosine` exceeds."""
    angle = math.acos(max(-1.0, min(1.0, cosine - SLACK)))
    return AUTHALIC_RADIUS_M * angle * _LONG + _LONG_M


def _lies_within(cell: Corners, radius_m: float, places: Sequence[FarPlace]) -> bool:
    """Tell whether all of a cell is within `radius_m` metres of one of the places."""
    if not places:
        return False
    x, y, z = _vectors([place.point for place in places])
    return _at_most_m(float(least_dot(cell, x, y, z).max())) <= radius_m

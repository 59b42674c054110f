"""Areas that stations are responsible for, and the parts of them that index cells carry."""

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from ess.domain.errors import EssError
from ess.domain.geo import AUTHALIC_RADIUS_M, Box, Point
from ess.domain.planar import (
    Bands,
    Chain,
    Edge,
    Meeting,
    Position,
    covers,
    distance_m,
    flips,
    meeting,
    near_pairs,
    orientation,
)

BOUNDARY_M = 100.0
"""Within this distance in metres of a boundary, both neighbours are named."""

MAX_LATITUDE = 85.0
"""How far north and south jurisdictions may reach, in degrees: distances get rough beyond."""

EARTH = Box(south=-90.0, west=-180.0, north=90.0, east=180.0)

_MARGIN_DEG = math.degrees((BOUNDARY_M + 1) / AUTHALIC_RADIUS_M)
"""Degrees of latitude that `BOUNDARY_M` can reach, and 1 m of slack for rounding."""

_LEAST_AREA_M2 = 1.0

_WORST_FIRST = (Meeting.CROSS, Meeting.ALONG, Meeting.TOUCH)

_DIRECTIONS = [(math.cos(turn * math.pi / 4), math.sin(turn * math.pi / 4)) for turn in range(8)]

type Ring = tuple[Position, ...]
"""Closed: it ends with the position that it starts with, as in GeoJSON."""

type Polygon = tuple[Ring, ...]
"""The outer ring, then its holes."""


class InvalidJurisdiction(EssError, ValueError):
    """What is given as the coordinates of an area cannot be used; the message says why."""


# --- the whole area ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """An area on the earth, as a GeoJSON MultiPolygon. From outside: see `from_coordinates`.

    A point is inside when a ray from it crosses the rings of all polygons an odd number of times.
    Edges are straight in longitude and latitude. Southern and western borders belong to the area,
    northern and eastern ones to the neighbour. An area across the antimeridian is cut there
    in two, as RFC 7946 (section 3.1.9) has it; the cut is no boundary.

    Args:
        polygons: at least one, with closed rings in degrees WGS84, longitude first.
    """

    polygons: tuple[Polygon, ...]
    box: Box = field(init=False, repr=False, compare=False)
    """The bounding box of all polygons."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "box", _box(self.rings))

    @classmethod
    def from_coordinates(cls, coordinates: object) -> "Jurisdiction":
        """Return the area with the `coordinates` of a GeoJSON MultiPolygon; altitudes are dropped.

        Raises:
            InvalidJurisdiction: they are no such coordinates. `problems` tells of those that are,
                and yet make no sense.
        """
        polygons = _items(coordinates, 1, "an area", "polygon")
        return cls(
            tuple(
                tuple(
                    _ring(ring, _name(i, j))
                    for j, ring in enumerate(_items(polygon, 1, f"polygon {i + 1}", "ring"))
                )
                for i, polygon in enumerate(polygons)
            )
        )

    def coordinates(self) -> list[list[list[list[float]]]]:
        """Return the coordinates of a GeoJSON MultiPolygon."""
        return [
            [[list(position) for position in ring] for ring in polygon] for polygon in self.polygons
        ]

    @property
    def rings(self) -> tuple[Ring, ...]:
        """Return the rings of all polygons."""
        return tuple(ring for polygon in self.polygons for ring in polygon)

    @property
    def area_m2(self) -> float:
        """Return the area on the authalic sphere in square metres, holes left out.

        By Green's theorem, a ring encloses R^2 times the sum over its edges of the width in
        longitude times the mean of sin(latitude). With latitude linear in longitude, that mean is
        sin(m) sin(h) / h, m being the middle and h half the difference of the two latitudes.
        (Chamberlain and Duquette, "Some Algorithms for Polygons on a Sphere", JPL 2007, have the
        same sum with the mean of the two ends.)
        """
        return sum(
            _ring_area_m2(outer) - sum(map(_ring_area_m2, holes)) for outer, *holes in self.polygons
        )

    def covers(self, point: Point) -> bool:
        """Tell whether `point` is inside, exactly."""
        x, y = position = _position(point)
        box = self.box
        if not (box.west <= x <= box.east and box.south <= y <= box.north):
            return False
        return covers(self.rings, position)

    def boundary_distance_m(self, point: Point) -> float:
        """Return how far `point` is from the nearest boundary, in metres; see `planar.distance_m`.

        Infinite when the area has no boundary but the antimeridian.
        """
        return distance_m(_boundaries(self.rings), _position(point))

    def problems(self) -> tuple[str, ...]:
        """Return what is wrong with the geometry, a sentence each; none for a valid area.

        Found are: repeated positions; rings without area; rings that cross, touch or run along
        themselves; rings that cross or run along each other; holes outside their outer ring or
        inside another hole; polygons inside another. A ring may touch another at single positions.

        Not found are rings that cross at common corners alone, with no corner of the one on the
        wrong side of the other.
        """
        named = [
            (_name(i, j), ring)
            for i, polygon in enumerate(self.polygons)
            for j, ring in enumerate(polygon)
        ]
        found = [sentence for name, ring in named for sentence in _ring_problems(name, ring)]
        return (*found, *_meeting_problems(named), *_nesting_problems(self.polygons))


def _position(point: Point) -> Position:
    # The antimeridian is -180; as 180 it would lie east of every area that ends there.
    longitude = point.longitude
    return (math.nextafter(180, 0) if longitude == 180 else longitude, point.latitude)


def _box(rings: Iterable[Ring]) -> Box:
    longitudes, latitudes = zip(*(position for ring in rings for position in ring), strict=True)
    return Box(min(latitudes), min(longitudes), max(latitudes), max(longitudes))


def _boundaries(rings: Iterable[Ring]) -> Iterator[Chain]:
    """Yield `rings` without their edges along the antimeridian."""
    for ring in rings:
        start = 0
        for end, (a, b) in enumerate(pairwise(ring)):
            if a[0] == b[0] and abs(a[0]) == 180:
                if end > start:
                    yield ring[start : end + 1]
                start = end + 1
        if start < len(ring) - 1:
            yield ring[start:]


def _ring_area_m2(ring: Ring) -> float:
    total = 0.0
    for (ax, ay), (bx, by) in pairwise(ring):
        middle, half = math.radians((ay + by) / 2), math.radians((by - ay) / 2)
        shrink = math.sin(half) / half if half else 1.0
        total += math.radians(bx - ax) * math.sin(middle) * shrink
    return abs(total) * AUTHALIC_RADIUS_M**2


# --- reading coordinates ----------------------------------------------------------------------


def _name(polygon: int, ring: int) -> str:
    return f"{f'hole {ring}' if ring else 'the outer ring'} of polygon {polygon + 1}"


def _items(value: object, least: int, where: str, what: str) -> Sequence[Any]:
    if not isinstance(value, list | tuple):
        raise InvalidJurisdiction(f"{where} must be a list, not {type(value).__name__}")
    if len(value) < least:
        raise InvalidJurisdiction(f"{where} has {len(value)} {what}s, and needs {least} at least")
    return value


def _ring(value: object, where: str) -> Ring:
    positions = _items(value, 4, where, "position")
    ring = tuple(
        (_degrees(longitude, 180, where), _degrees(latitude, MAX_LATITUDE, where))
        for longitude, latitude, *_ in (
            _items(position, 2, f"a position of {where}", "number") for position in positions
        )
    )
    if ring[0] != ring[-1]:
        raise InvalidJurisdiction(f"{where} does not end where it starts")
    return ring


def _degrees(value: object, limit: float, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidJurisdiction(
            f"{where} has a coordinate that is no number but {type(value).__name__}"
        )
    if not -limit <= value <= limit:  # nor for NaN
        what = "latitude" if limit == MAX_LATITUDE else "longitude"
        raise InvalidJurisdiction(f"{where} has a {what} that is not within {limit:.0f} degrees")
    return float(value)


# --- what is wrong with it --------------------------------------------------------------------


def _ring_problems(name: str, ring: Ring) -> Iterator[str]:
    repeated = next((a for a, b in pairwise(ring) if a == b), None)
    if repeated is not None:
        yield f"{name} repeats a position at {_place(repeated)}"
    if _ring_area_m2(ring) < _LEAST_AREA_M2:
        yield f"{name} encloses no area"


def _meeting_problems(named: Sequence[tuple[str, Ring]]) -> Iterator[str]:
    """Yield a sentence for each pair of rings, or ring with itself, that meet as they may not."""
    edges: list[Edge] = []
    owners: list[int] = []
    for owner, (_, ring) in enumerate(named):
        ring_edges = [(a, b) for a, b in pairwise(ring) if a != b]
        edges += ring_edges
        owners += [owner] * len(ring_edges)
    firsts = {owner: owners.index(owner) for owner in set(owners)}
    lasts = {owner: number for number, owner in enumerate(owners)}
    # The worst meeting of each pair, the first one along the rings: the same sentence each time.
    found: dict[tuple[int, int], tuple[int, int, int]] = {}
    for i, j in near_pairs(edges):
        pair = owners[i], owners[j]
        alone = pair[0] == pair[1]
        follows = alone and (j == i + 1 or (i, j) == (firsts[pair[0]], lasts[pair[0]]))
        how = meeting(edges[i], edges[j])
        if how is Meeting.APART or (how is Meeting.TOUCH and (follows or not alone)):
            continue
        this = (_WORST_FIRST.index(how), i, j)
        found[pair] = min(found.get(pair, this), this)
    for (one, other), (rank, _, j) in sorted(found.items()):
        verb = ("crosses", "runs along", "touches")[rank]
        whom = "itself" if one == other else named[other][0]
        yield f"{named[one][0]} {verb} {whom} near {_place(edges[j][0])}"


def _nesting_problems(polygons: Sequence[Polygon]) -> Iterator[str]:
    for i, (outer, *holes) in enumerate(polygons):
        if holes:
            area = Bands([outer])
            for j, hole in enumerate(holes, 1):
                if any(not area.covers(p) and not _is_on(p, outer) for p in hole):
                    yield f"{_name(i, j)} reaches outside it"
        for j, k in _nested(holes):
            yield f"{_name(i, j + 1)} reaches into {_name(i, k + 1)}"
    for j, k in _nested([polygon[0] for polygon in polygons]):
        outer, *holes = polygons[k]
        if not any(_is_inside(polygons[j][0], hole) for hole in holes):
            yield f"polygon {j + 1} reaches into polygon {k + 1}"


def _nested(rings: Sequence[Ring]) -> Iterator[tuple[int, int]]:
    """Yield the numbers of rings that have a corner inside another ring, and that other one's."""
    diagonals = [_diagonal(ring) for ring in rings]
    for j, k in near_pairs(diagonals):
        for one, other in ((j, k), (k, j)):
            if _reaches_into(rings[one], rings[other]):
                yield one, other


def _diagonal(ring: Ring) -> Edge:
    box = _box([ring])
    return (box.west, box.south), (box.east, box.north)


def _reaches_into(ring: Ring, other: Ring) -> bool:
    area = Bands([other])
    return any(area.covers(p) and not _is_on(p, other) for p in ring)


def _is_inside(ring: Ring, other: Ring) -> bool:
    area = Bands([other])
    return all(area.covers(p) or _is_on(p, other) for p in ring)


def _is_on(p: Position, ring: Ring) -> bool:
    x, y = p
    return any(
        min(a[0], b[0]) <= x <= max(a[0], b[0])
        and min(a[1], b[1]) <= y <= max(a[1], b[1])
        and orientation(a, b, p) == 0
        for a, b in pairwise(ring)
    )


def _place(position: Position) -> str:
    return f"longitude {position[0]:.5f}, latitude {position[1]:.5f}"


# --- parts of it for cells --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class JurisdictionPart:
    """What decides for every point of a cell whether it is inside, and how near the boundary.

    Whoever knows one point of the cell, and all edges that meet the cell, knows every point of it:
    a path within the cell changes sides where it crosses an edge. The edges are the area's own,
    unclipped, and the tests are exact, so the answers are those of the whole area.

    Args:
        corner_inside: whether the cell's southwest corner is inside.
        chains: the edges that come within `BOUNDARY_M` of the cell, and some more. Without
            any, the cell lies inside or outside altogether.
    """

    corner_inside: bool
    chains: tuple[Ring, ...]

    def within(self, parent: Box, child: Box) -> "JurisdictionPart | None":
        """Return the part for a cell within this part's cell; None when nothing of it is near.

        Args:
            parent: the cell that this part is for.
            child: a cell inside it, or the same.
        """
        start, end = (parent.west, parent.south), (child.west, child.south)
        inside = self.corner_inside
        if start != end:
            inside ^= flips(self.chains, start, end)
        chains = tuple(_near(self.chains, child))
        return JurisdictionPart(inside, chains) if inside or chains else None

    def covers(self, box: Box, point: Point) -> bool:
        """Tell what `Jurisdiction.covers` tells of a point in the cell `box` of this part."""
        return self.corner_inside ^ flips(self.chains, (box.west, box.south), _position(point))

    def boundary_distance_m(self, point: Point) -> float:
        """Return what `Jurisdiction.boundary_distance_m` does for a point in this part's cell.

        The same to the last bit up to `BOUNDARY_M`, something greater than that beyond it, infinite
        without edges.
        """
        return distance_m(self.chains, _position(point))


def whole(jurisdiction: Jurisdiction) -> JurisdictionPart:
    """Return the part of `jurisdiction` for the cell that is the whole earth (`EARTH`)."""
    # Edges along the antimeridian are left out: no path between two points crosses them.
    return JurisdictionPart(
        corner_inside=False, chains=tuple(map(tuple, _boundaries(jurisdiction.rings)))
    )


def _near(chains: Iterable[Ring], cell: Box) -> Iterator[Ring]:
    """Yield the stretches of `chains` whose edges' bounding boxes come near `cell`.

    `planar.distance_m` shrinks longitudes by the cosine of the point's latitude: at the cell's
    latitude farthest from the equator, most degrees of longitude go into `BOUNDARY_M`. Beyond
    85.1 degrees no edge is that near anyway.
    """
    farthest = min(max(abs(cell.south), abs(cell.north)), MAX_LATITUDE + 0.1)
    margin = _MARGIN_DEG / math.cos(math.radians(farthest))
    south, north = cell.south - _MARGIN_DEG, cell.north + _MARGIN_DEG
    west, east = cell.west - margin, cell.east + margin
    windows = [(west, south, east, north)]
    if west < -180:
        windows.append((west + 360, south, 180.0, north))
    if east > 180:
        windows.append((-180.0, south, east - 360, north))
    for chain in chains:
        start = None
        for number, keep in enumerate(_edges_in(chain, windows)):
            if keep and start is None:
                start = number
            elif not keep and start is not None:
                yield chain[start : number + 1]
                start = None
        if start is not None:
            yield chain[start:]


type _Window = tuple[float, float, float, float]


def _edges_in(chain: Ring, windows: Sequence[_Window]) -> list[bool]:
    """Return of each edge whether its bounding box meets one of the `windows`."""
    lists = []
    for west, south, east, north in windows:
        # Cohen and Sutherland's outcodes: an edge is apart if both ends are on the same far side.
        codes = [
            (x < west) | (x > east) << 1 | (y < south) << 2 | (y > north) << 3 for x, y in chain
        ]
        lists.append([not a & b for a, b in pairwise(codes)])
    return lists[0] if len(lists) == 1 else list(map(any, zip(*lists, strict=True)))


# --- two of them ------------------------------------------------------------------------------


def overlap_depth_m(first: Jurisdiction, second: Jurisdiction) -> float | None:
    """Return how deep a place lies in both areas, in metres, if deeper than `BOUNDARY_M`.

    None when no place is found that is more than `BOUNDARY_M` inside both, as with neighbours whose
    common border was drawn twice: what lies in both of them is near a boundary, where both
    are named anyway. Otherwise it is the depth of the first such place found, not of the deepest.

    Where a boundary of one lies in the other, more than `BOUNDARY_M` from its boundary, places
    around are looked at: in eight directions, as far and half as far away as that boundary. Looked
    for are such spots at the corners of each boundary and in the middles of the pieces into which
    the other one cuts its edges. For areas whose boundaries coincide, the middles of the longest
    cuts of each polygon along three parallels are looked at too.

    Missed are overlaps that are deep only elsewhere: those little deeper than `BOUNDARY_M`, and
    those between areas with the same ragged boundary.
    """
    shared = _intersection(first.box, second.box)
    if shared is None:
        return None
    bands = Bands(first.rings), Bands(second.rings)
    edges = _edges_of(first, shared), _edges_of(second, shared)
    places = itertools.chain(
        _middles(first, shared),
        _middles(second, shared),
        _around(second, bands[1], _outline(edges[0], edges[1])),
        _around(first, bands[0], _outline(edges[1], edges[0])),
    )
    for place in places:
        if all(area.covers(place) and not area.is_near(place, BOUNDARY_M) for area in bands):
            return min(_to_boundary_m(first, place), _to_boundary_m(second, place))
    return None


def _around(other: Jurisdiction, bands: Bands, places: Iterable[Position]) -> Iterator[Position]:
    """Yield positions around those of `places` that lie well inside `other`."""
    for place in places:
        if bands.covers(place) and not bands.is_near(place, BOUNDARY_M):
            depth = math.degrees(_to_boundary_m(other, place) / AUTHALIC_RADIUS_M)
            shrink = math.cos(math.radians(place[1]))
            for away in (depth / 2, depth):
                for x, y in _DIRECTIONS:
                    yield (place[0] + away * x / shrink, place[1] + away * y)


def _to_boundary_m(area: Jurisdiction, place: Position) -> float:
    return distance_m(_boundaries(area.rings), place)


def _intersection(a: Box, b: Box) -> Box | None:
    south, north = max(a.south, b.south), min(a.north, b.north)
    west, east = max(a.west, b.west), min(a.east, b.east)
    return Box(south, west, north, east) if south <= north and west <= east else None


def _edges_of(area: Jurisdiction, box: Box) -> list[Edge]:
    window = (box.west, box.south, box.east, box.north)
    return [
        edge
        for chain in _boundaries(area.rings)
        for edge, keep in zip(pairwise(chain), _edges_in(tuple(chain), [window]), strict=True)
        if keep
    ]


def _outline(edges: Sequence[Edge], others: Sequence[Edge]) -> Iterator[Position]:
    """Yield corners of `edges`, and middles of the pieces into which `others` cut them.

    Common corners and edges are left out: they lie on the other boundary.
    """
    common = {frozenset(edge) for edge in others}
    own = [edge for edge in edges if frozenset(edge) not in common]
    cuts: dict[int, list[float]] = {}
    for i, j in near_pairs(own, others):
        share = _crossing(own[i], others[j])
        if share is not None:
            cuts.setdefault(i, []).append(share)
    corners = {corner for edge in others for corner in edge}
    for i, (a, b) in enumerate(own):
        yield from (corner for corner in (a, b) if corner not in corners)
        for start, end in pairwise([0.0, *sorted(cuts.get(i, ())), 1.0]):
            share = (start + end) / 2
            yield (a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1]))


def _crossing(edge: Edge, other: Edge) -> float | None:
    """Return how far along `edge` it meets `other`, as a share of its length; None if it does not.

    None as well when they run along each other: the neighbours of `other` meet `edge` then.
    """
    if meeting(edge, other) not in {Meeting.CROSS, Meeting.TOUCH}:
        return None
    (ax, ay), (bx, by) = edge
    (cx, cy), (dx, dy) = other
    of_a = (dx - cx) * (ay - cy) - (dy - cy) * (ax - cx)
    of_b = (dx - cx) * (by - cy) - (dy - cy) * (bx - cx)
    return max(0.0, min(1.0, of_a / (of_a - of_b))) if of_a != of_b else None


def _middles(area: Jurisdiction, box: Box) -> Iterator[Position]:
    """Yield positions well inside the polygons of `area` that come into `box`."""
    for polygon in area.polygons:
        bounds = _box(polygon)
        if _intersection(bounds, box) is None:
            continue
        for share in (0.27, 0.5, 0.73):
            y = bounds.south + share * (bounds.north - bounds.south)
            crossings = sorted(
                a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0])
                for ring in polygon
                for a, b in pairwise(ring)
                if (a[1] <= y) != (b[1] <= y)
            )
            if crossings:
                cuts = zip(crossings[::2], crossings[1::2], strict=True)
                west, east = max(cuts, key=lambda cut: cut[1] - cut[0])
                yield ((west + east) / 2, y)

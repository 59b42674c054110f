"""Areas of responsibility: inside or outside, to the last bit, of the whole and of its parts."""

import json
import math
import pickle
from itertools import pairwise, product

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from ess.domain.geo import AUTHALIC_RADIUS_M, Box, Point
from ess.domain.jurisdiction import (
    BOUNDARY_M,
    EARTH,
    InvalidJurisdiction,
    Jurisdiction,
    JurisdictionPart,
    overlap_depth_m,
    whole,
)

METRE = math.degrees(1 / AUTHALIC_RADIUS_M)
DESCENT = 40  # halvings: cells of 38 by 19 metres


def area(*polygons):
    """The area of polygons, each a list of rings, each a list of its corners."""
    return Jurisdiction.from_coordinates(
        [[[*ring, ring[0]] for ring in polygon] for polygon in polygons]
    )


def rectangle(west, south, east, north):
    return [(west, south), (east, south), (east, north), (west, north)]


def metres(*corners, at=(100.0, 13.0)):
    """Corners in metres east and north of a place in Thailand."""
    shrink = math.cos(math.radians(at[1]))
    return [(at[0] + x * METRE / shrink, at[1] + y * METRE) for x, y in corners]


def block(west, south, east, north):
    """A rectangle in metres east and north of a place in Thailand."""
    return area([metres(*rectangle(west, south, east, north))])


def halves(box, level):
    """The halves of a cell of the index: by longitude first, then by latitude, in turns."""
    if level % 2:
        middle = (box.south + box.north) / 2
        return Box(box.south, box.west, middle, box.east), Box(
            middle, box.west, box.north, box.east
        )
    middle = (box.west + box.east) / 2
    return Box(box.south, box.west, box.north, middle), Box(box.south, middle, box.north, box.east)


def half_with(box, level, point):
    low, high = halves(box, level)
    is_high = point.latitude >= high.south if level % 2 else point.longitude >= high.west
    return high if is_high else low


# --- shapes that attack ---------------------------------------------------------------------


@st.composite
def mosaics(draw):
    """Cells of a grid whose lines are lines of the index, as (area, grid, cells); any topology."""
    size = draw(st.sampled_from([2.0**-4, 2.0**-10, 2.0**-15]))  # 78 km, 1.2 km, 38 m
    width, height = 11.25 * size, 5.625 * size
    west, south = draw(st.sampled_from([(101.25, 16.875), (-180, 0), (180 - 5 * width, 78.75)]))
    cells = draw(st.sets(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=16))
    xs = [west + i * width for i in range(6)]
    ys = [south + i * height for i in range(6)]
    merged = shapely.union_all([shapely.box(xs[i], ys[j], xs[i + 1], ys[j + 1]) for i, j in cells])
    parts = getattr(merged, "geoms", [merged])
    return _of_shapely(parts), (xs, ys), cells


def _of_shapely(parts):
    return Jurisdiction.from_coordinates(
        [
            [list(ring.coords) for ring in (polygon.exterior, *polygon.interiors)]
            for polygon in parts
        ]
    )


def to_shapely(jurisdiction):
    return shapely.MultiPolygon([(outer, holes) for outer, *holes in jurisdiction.polygons])


@st.composite
def stars(draw):
    """A polygon of any floats around a centre, with a hole half as wide if it is large enough."""
    x, y = draw(
        st.sampled_from(
            [(101.25, 16.875), (100.5, 13.7), (-0.1, 0.1), (178.9, -16.0), (30.0, 83.9)]
        )
    )
    reach = draw(st.sampled_from([1.0, 0.01, 0.0005]))
    radii = draw(st.lists(st.floats(0.4, 1), min_size=4, max_size=24))
    turns = [2 * math.pi * i / len(radii) for i in range(len(radii))]
    outer = [
        (x + reach * r * math.cos(turn), y + reach * r * math.sin(turn))
        for r, turn in zip(radii, turns, strict=True)
    ]
    hole = [((x + a) / 2, (y + b) / 2) for a, b in outer]
    return area([outer, hole] if draw(st.booleans()) else [outer])


nudges = st.sampled_from([0.0, 1e-3 * METRE, -1e-3 * METRE, 5e-324, 99 * METRE, -101 * METRE])


@st.composite
def places(draw, jurisdiction):
    """A point on or beside a corner or an edge, or anywhere around."""
    ring = draw(st.sampled_from(jurisdiction.rings))
    number = draw(st.integers(0, len(ring) - 2))
    (ax, ay), (bx, by) = ring[number : number + 2]
    share = draw(st.sampled_from([0.0, 0.5]) | st.floats(-2, 3))
    x = ax + share * (bx - ax) + draw(nudges)
    y = ay + share * (by - ay) + draw(nudges)
    if draw(st.integers(0, 3)) == 0:  # one float beside
        x, y = math.nextafter(x, draw(st.sampled_from([-200, 200]))), math.nextafter(y, 90)
    return Point(min(90.0, max(-90.0, y)), math.remainder(x, 360))


# --- reading and writing --------------------------------------------------------------------


def test_coordinates_come_back_as_they_were():
    given_ = [[[[100.0, 13.0], [101, 13.0], [101, 14.5], [100.0, 13.0]]]]
    read = Jurisdiction.from_coordinates(given_)
    assert read.coordinates() == given_
    assert Jurisdiction.from_coordinates(json.loads(json.dumps(read.coordinates()))) == read
    assert hash(Jurisdiction.from_coordinates(read.coordinates())) == hash(read)
    assert pickle.loads(pickle.dumps(read)) == read
    assert read.box == Box(south=13.0, west=100.0, north=14.5, east=101.0)


def test_altitudes_are_dropped():
    flat = area([rectangle(100, 13, 101, 14)])
    high = [[[[x, y, 250.0] for x, y in flat.polygons[0][0]]]]
    assert Jurisdiction.from_coordinates(high) == flat


SQUARE = [[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]


@pytest.mark.parametrize(
    ("coordinates", "why"),
    [
        (None, "an area must be a list, not NoneType"),
        ("POLYGON", "an area must be a list, not str"),
        ([], "an area has 0 polygons, and needs 1 at least"),
        ([[]], "polygon 1 has 0 rings"),
        ([[SQUARE], 7], "polygon 2 must be a list, not int"),
        ([SQUARE], "the outer ring of polygon 1 has 2 positions"),  # of a Polygon
        ([[[]]], "the outer ring of polygon 1 has 0 positions, and needs 4 at least"),
        ([[SQUARE, SQUARE[:3]]], "hole 1 of polygon 1 has 3 positions"),
        ([[SQUARE[:4]]], "the outer ring of polygon 1 does not end where it starts"),
        ([[[[0]] * 4]], "a position of the outer ring of polygon 1 has 1 numbers"),
        ([[[["0", "1"]] * 4]], "has a coordinate that is no number but str"),
        ([[[[True, 1]] * 4]], "has a coordinate that is no number but bool"),
        ([[[[0, None]] * 4]], "has a coordinate that is no number but NoneType"),
        ([[[[math.nan, 1]] * 4]], "a longitude that is not within 180 degrees"),
        ([[[[0, math.inf]] * 4]], "a latitude that is not within 85 degrees"),
        ([[[[181, 1]] * 4]], "a longitude that is not within 180 degrees"),
        ([[[[100, 85.01]] * 4]], "a latitude that is not within 85 degrees"),
        ([[[[13, 100]] * 4]], "a latitude that is not within 85 degrees"),
        ([[[[10**400, 1]] * 4]], "a longitude that is not within 180 degrees"),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_reason(coordinates, why):
    with pytest.raises(InvalidJurisdiction, match=why):
        Jurisdiction.from_coordinates(coordinates)


# --- inside and outside ---------------------------------------------------------------------


@settings(max_examples=40)
@given(st.data(), mosaics())
def test_a_mosaic_covers_what_its_cells_cover(data, mosaic):
    """Cells contain their southern and western edges: so must what they are merged to."""
    jurisdiction, (xs, ys), cells = mosaic
    point = data.draw(places(jurisdiction))
    if point.longitude == 180:
        point = Point(point.latitude, math.nextafter(180, 0))
    inside = any(
        xs[i] <= point.longitude < xs[i + 1] and ys[j] <= point.latitude < ys[j + 1]
        for i, j in cells
    )
    assert jurisdiction.covers(point) is inside
    assert jurisdiction.problems() == ()


@settings(max_examples=40)
@given(st.data(), stars())
def test_a_star_covers_what_shapely_says(data, star):
    shape = to_shapely(star)
    assert shape.is_valid
    assert star.problems() == ()
    for _ in range(3):
        point = data.draw(places(star))
        place = shapely.Point(point.longitude, point.latitude)
        if shape.boundary.distance(place) > 1e-12:
            assert star.covers(point) is bool(shape.contains(place))


@settings(max_examples=40)
@given(st.data(), st.lists(st.floats(0.1, 0.9), min_size=1, max_size=8))
def test_neighbours_share_no_point_and_leave_none_out(data, line):
    """A rectangle, cut along a ragged border: its parts share the corners of the cut."""
    border = [(101.25 + x, 16.875 + i / (len(line) + 1)) for i, x in enumerate(line, 1)]
    first, last = (101.75, 16.875), (101.75, 17.875)
    west = area([[(101.25, 16.875), first, *border, last, (101.25, 17.875)]])
    east = area([[first, (102.25, 16.875), (102.25, 17.875), last, *reversed(border)]])
    both = area([rectangle(101.25, 16.875, 102.25, 17.875)])
    for _ in range(3):
        point = data.draw(places(west) | places(east))
        assert west.covers(point) + east.covers(point) == both.covers(point)
    assert overlap_depth_m(west, east) is None


ACROSS = area([rectangle(178, -10, 180, 10)], [rectangle(-180, -10, -177, 10)])


@pytest.mark.parametrize(
    ("latitude", "longitude", "inside"),
    [
        (0, 179, True),
        (0, 180, True),
        (0, -180, True),
        (0, -179, True),
        (0, 177.9, False),
        (0, -176.9, False),
        (10, 180, False),
        (-10, 180, True),
        (-10, -180, True),
        (90, 180, False),
        (-90, -180, False),
    ],
)
def test_an_area_across_the_antimeridian(latitude, longitude, inside):
    assert ACROSS.covers(Point(latitude, longitude)) is inside


def test_the_antimeridian_is_no_boundary():
    degree = METRE**-1 * math.cos(math.radians(0))
    for longitude in (180, -180, 179.999, -179.999):
        away = ACROSS.boundary_distance_m(Point(0, longitude))
        assert away == pytest.approx(2 * degree, rel=1e-3)
    band = area([rectangle(-180, -10, 180, 10)])
    assert band.boundary_distance_m(Point(9, 180)) == pytest.approx(degree)
    assert ACROSS.boundary_distance_m(Point(0, 177.5)) == pytest.approx(degree / 2)


def test_a_sliver_at_the_antimeridian_alone_has_three_boundaries():
    only_west = area([rectangle(-180, -10, -177, 10)])
    assert only_west.boundary_distance_m(Point(0, -179)) == pytest.approx(2 / METRE)


# --- size -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("jurisdiction", "share_of_the_earth"),
    [
        (area([rectangle(0, 0, 90, 30)]), 0.25 * 0.5 / 2),
        (area([rectangle(0, 0, 90, 30)[::-1]]), 0.25 * 0.5 / 2),
        (area([rectangle(-180, -30, 180, 30)]), 0.5),
        (area([rectangle(0, 0, 90, 30), rectangle(10, 0, 55, 30)]), 0.125 * 0.5 / 2),
        (area([rectangle(0, 0, 45, 30)], [rectangle(50, -30, 95, 0)]), 0.25 * 0.5 / 2),
        # The two halves of a rectangle, cut from corner to corner.
        (area([[(0, 0), (90, 0), (90, 30)]], [[(0, 0), (90, 30), (0, 30)]]), 0.25 * 0.5 / 2),
    ],
)
def test_area(jurisdiction, share_of_the_earth):
    earth = 4 * math.pi * AUTHALIC_RADIUS_M**2
    assert jurisdiction.area_m2 == pytest.approx(share_of_the_earth * earth, rel=1e-12)


def test_the_area_of_a_small_block_is_its_width_times_its_height():
    assert block(0, 0, 300, 200).area_m2 == pytest.approx(60_000, rel=1e-4)


# --- what is wrong with it ------------------------------------------------------------------

BIG = rectangle(0, 0, 10, 10)
IN = rectangle(2, 2, 4, 4)


@pytest.mark.parametrize(
    ("jurisdiction", "sentences"),
    [
        (area([BIG]), []),
        (area([BIG, IN]), []),
        (area([BIG, IN], [rectangle(2.5, 2.5, 3, 3)]), []),  # an island in a lake
        (area([rectangle(2.5, 2.5, 3, 3)], [BIG, IN]), []),
        (area([BIG], [rectangle(10, 10, 12, 12)]), []),  # they touch at a corner
        (area([BIG, [(0, 5), (4, 4), (4, 6)]]), []),  # so does a hole, on an edge
        (ACROSS, []),
        (
            area([[(0, 0), (2, 2), (2, 0), (0, 2)]]),
            [
                "the outer ring of polygon 1 encloses no area",
                "the outer ring of polygon 1 crosses itself near longitude 2.00000, latitude",
            ],
        ),
        (
            area([BIG, [(3, 3), (6, 6), (6, 3), (3, 7)]]),
            ["hole 1 of polygon 1 crosses itself"],
        ),
        (
            area([[(0, 0), (9, 0), (9, 9), (5, 0), (0, 9)]]),
            ["the outer ring of polygon 1 touches itself"],
        ),
        (
            area([[(0, 0), (9, 0), (9, 5), (12, 5), (9, 5), (9, 9), (0, 9)]]),
            ["the outer ring of polygon 1 runs along itself"],
        ),
        (
            area([[(0, 0), (9, 0), (9, 0), (9, 9)]]),
            ["the outer ring of polygon 1 repeats a position at longitude 9.00000, latitude 0.00"],
        ),
        (
            area([[(0, 0), (1, 1), (2, 2)]]),
            [
                "the outer ring of polygon 1 encloses no area",
                "the outer ring of polygon 1 runs along itself",
            ],
        ),
        (area([BIG, rectangle(20, 0, 30, 10)]), ["hole 1 of polygon 1 reaches outside it"]),
        (
            area([BIG, rectangle(5, 5, 12, 6)]),
            [
                "the outer ring of polygon 1 crosses hole 1 of polygon 1",
                "hole 1 of polygon 1 reaches outside it",
            ],
        ),
        (
            area([BIG, IN, rectangle(2.5, 2.5, 3, 3)]),
            ["hole 2 of polygon 1 reaches into hole 1 of polygon 1"],
        ),
        (area([BIG], [IN]), ["polygon 2 reaches into polygon 1"]),
        (area([IN], [BIG]), ["polygon 1 reaches into polygon 2"]),
        (
            area([BIG], [rectangle(10, 0, 20, 10)]),
            ["the outer ring of polygon 1 runs along the outer ring of polygon 2"],
        ),
        (
            area([BIG], [rectangle(4, -1, 6, 11)]),
            ["the outer ring of polygon 1 crosses the outer ring of polygon 2"],
        ),
    ],
)
def test_problems(jurisdiction, sentences):
    found = jurisdiction.problems()
    assert len(found) == len(sentences), found
    for sentence, start in zip(found, sentences, strict=True):
        assert sentence.startswith(start)


corner = st.tuples(st.integers(0, 5), st.integers(0, 5))
rings = st.lists(corner, min_size=3, max_size=8)


@settings(max_examples=60)
@given(rings)
def test_a_ring_has_problems_where_shapely_sees_them(ring):
    jurisdiction = area([ring])
    repeats = any(a == b for a, b in pairwise(jurisdiction.rings[0]))
    valid = shapely.Polygon(ring).is_valid and len(set(ring)) > 2
    assert (jurisdiction.problems() == ()) is (valid and not repeats)


hulls = (
    rings.map(lambda ring: shapely.MultiPoint(ring).convex_hull)
    .filter(lambda hull: hull.geom_type == "Polygon")
    .map(lambda hull: list(hull.exterior.coords)[:-1])
)


@settings(max_examples=40)
@given(hulls, hulls)
def test_what_is_found_in_two_rings_is_wrong_for_shapely_too(one, two):
    for jurisdiction in (area([one, two]), area([one], [two])):
        if jurisdiction.problems():
            assert not to_shapely(jurisdiction).is_valid


# --- parts ----------------------------------------------------------------------------------


def agree(part, jurisdiction, box, point):
    """The part of a cell tells of a point in it what the whole area tells."""
    inside = part is not None and part.covers(box, point)
    away = part.boundary_distance_m(point) if part else math.inf
    true = jurisdiction.boundary_distance_m(point)
    same = inside is jurisdiction.covers(point)
    return same and (away == true if true <= BOUNDARY_M else away > BOUNDARY_M)


def points_of(box):
    """Corners, edges and middle of a cell, and what is just inside of its northeast."""
    last_north, last_east = box.north == 90, box.east == 180
    souths = [box.south, (box.south + box.north) / 2, math.nextafter(box.north, -90)]
    wests = [box.west, (box.west + box.east) / 2, math.nextafter(box.east, -180)]
    return [
        Point(latitude, longitude)
        for latitude in souths + [90.0] * last_north
        for longitude in wests + [180.0] * last_east
    ]


def descend(jurisdiction, target):
    """Yield the cells with `target` down to the finest, and their parts."""
    box, part = EARTH, whole(jurisdiction)
    for level in range(DESCENT):
        child = half_with(box, level, target)
        part = part.within(box, child) if part else None
        box = child
        yield box, part


shapes = stars() | mosaics().map(lambda mosaic: mosaic[0])


@settings(max_examples=40)
@given(st.data(), shapes)
def test_a_part_tells_what_the_whole_tells(data, jurisdiction):
    target = data.draw(places(jurisdiction))
    for level, (box, part) in enumerate(descend(jurisdiction, target)):
        assert agree(part, jurisdiction, box, target)
        if level % 8 == 7:
            assert all(agree(part, jurisdiction, box, point) for point in points_of(box))


@settings(max_examples=25)
@given(st.data(), shapes)
def test_a_part_does_not_depend_on_the_way_down(data, jurisdiction):
    target = data.draw(places(jurisdiction))
    for box, part in descend(jurisdiction, target):
        # Chains that were cut twice hold the same edges in more pieces.
        assert _edges(part) == _edges(whole(jurisdiction).within(EARTH, box))


def _edges(part):
    edges = part and sorted(edge for chain in part.chains for edge in pairwise(chain))
    return part and (part.corner_inside, edges)


@settings(max_examples=20)
@given(st.data())
@pytest.mark.parametrize(
    "jurisdiction",
    [
        ACROSS,
        area([rectangle(179.9995, -1, 180, 1)]),
        area([rectangle(-180, -1, -179.9995, 1)]),
        area([rectangle(-180, -10, 180, 10)]),
        area([rectangle(-180, 80, 180, 85)]),
        area([[(178, 84), (180, 84.5), (180, 85), (179, 85)]]),
        area([[(-180, -85), (-179, -85), (-179.9, -80), (-180, -84)]]),
    ],
    ids=lambda jurisdiction: str(jurisdiction.polygons[0][0][0]),
)
def test_parts_at_the_antimeridian_and_in_the_far_north(jurisdiction, data):
    beside = st.sampled_from([0.0, 5e-4, 8e-4, 8.9e-4, 1e-3, 4e-3, 0.5])
    longitude = data.draw(
        st.builds(lambda off, sign: sign * (180 - off), beside, st.sampled_from([1, -1]))
    )
    edge = st.sampled_from([y for ring in jurisdiction.rings for _, y in ring] + [0.0, 90.0])
    latitude = data.draw(
        st.builds(lambda y, off, sign: y + sign * off, edge, beside, st.sampled_from([1, -1]))
    )
    target = Point(max(-90.0, min(90.0, latitude)), longitude)
    for box, part in descend(jurisdiction, target):
        assert agree(part, jurisdiction, box, target)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("latitude", [0.0, 60.0, 84.0, 84.9, 85.0, 85.0005])
@pytest.mark.parametrize("away", [20, 90, 99.99])
def test_boundaries_just_beyond_a_line_of_the_index(latitude, away, sign):
    """The first halvings make large cells: they must look as far east as their far ends need."""
    east = away * METRE / math.cos(math.radians(latitude))
    target = Point(sign * latitude, -east / 3)
    for jurisdiction in (
        area([rectangle(2 * east / 3, -85, 1, 85)]),
        area([rectangle(-1, -85, -4 * east / 3, 85)]),
    ):
        for box, part in descend(jurisdiction, target):
            assert part is not None
            assert agree(part, jurisdiction, box, target)


@pytest.mark.parametrize("latitude", [0.0, 13.0, -84.5])
@pytest.mark.parametrize("side", ["south", "west", "north", "east"])
def test_a_part_reaches_100_metres_beyond_each_side_of_its_cell(latitude, side):
    jurisdiction = area([rectangle(100, latitude - 0.1, 100.1, latitude + 0.1)])
    here, away = jurisdiction.box, 99.999 * METRE
    east = away / math.cos(math.radians(latitude))
    # The end of the cell that is farther from the equator is where the point is.
    south, north = sorted((latitude, latitude - math.copysign(0.2, latitude)))
    box, point = {
        "south": (Box(here.north + away, 100, 89, 100.1), Point(here.north + away, 100.05)),
        "north": (Box(-89, 100, here.south - away, 100.1), Point(here.south - away, 100.05)),
        "west": (Box(south, 100.1 + east, north, 101), Point(latitude, 100.1 + east)),
        "east": (Box(south, 99, north, 100 - east), Point(latitude, 100 - east)),
    }[side]
    part = whole(jurisdiction).within(EARTH, box)
    assert part.boundary_distance_m(point) == jurisdiction.boundary_distance_m(point)
    assert part.boundary_distance_m(point) == pytest.approx(99.999, rel=1e-5)


def test_far_cells_hold_nothing_and_inner_cells_no_edges():
    jurisdiction = area([rectangle(100, 13, 102, 15)])
    *_, (_, outer) = descend(jurisdiction, Point(14, 99))
    *_, (_, inner) = descend(jurisdiction, Point(14, 101))
    *_, (_, border) = descend(jurisdiction, Point(14, 100))
    assert outer is None
    assert inner == JurisdictionPart(corner_inside=True, chains=())
    assert inner.boundary_distance_m(Point(14, 101)) == math.inf
    assert border.chains == (((100.0, 15.0), (100.0, 13.0)),)


def test_a_cell_holds_edges_up_to_100_metres_away_and_few_more():
    jurisdiction = area([rectangle(100, 13, 102, 15)])
    beyond = [
        sum(len(chain) - 1 for chain in part.chains) if part else 0
        for away in (99.9, 145)
        for *_, (_, part) in [
            descend(jurisdiction, Point(14, 100 - away * METRE / math.cos(math.radians(14))))
        ]
    ]
    assert beyond == [1, 0]


# --- overlaps -------------------------------------------------------------------------------

TOWN = block(0, 0, 5000, 5000)
LOLLIPOP = area(
    [
        metres(
            *[(5000, 900), (20000, -5000), (20000, 9000), (5000, 1050)],
            *[(4800, 1050), (4800, 1200), (4400, 1200), (4400, 800), (4800, 800), (4800, 900)],
        )
    ]
)
RAGGED = [(2500 + (90 if i % 2 else -90), 5000 * i / 40) for i in range(41)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (TOWN, TOWN),
        (TOWN, block(20, -30, 5010, 4990)),
        (TOWN, block(1000, 1000, 4000, 4000)),  # inside
        (TOWN, block(0, 0, 2500, 5000)),  # a half of it
        (TOWN, block(4700, 4700, 9000, 9000)),  # corner over corner
        (block(0, 2000, 9000, 2300), block(4000, 0, 4300, 5000)),  # plus
        (block(0, 2000, 9000, 3000), block(4000, 0, 9000, 5000)),
        (TOWN, LOLLIPOP),  # with its head alone
        (TOWN, block(4700, -50, 9000, 5050)),  # a strip of 300 m
        (
            TOWN,
            area(
                [metres(*rectangle(9000, 0, 9900, 900))],
                [metres(*rectangle(1000, 1000, 2000, 2000))],
            ),
        ),
        (
            TOWN,
            area(
                [metres(*rectangle(-1000, -1000, 6000, 6000)), metres(*rectangle(0, 0, 2500, 5000))]
            ),
        ),
    ],
)
def test_deep_overlaps_are_found(first, second):
    for one, other in ((first, second), (second, first)):
        depth = overlap_depth_m(one, other)
        common = to_shapely(one).intersection(to_shapely(other)).buffer(0)
        deepest = shapely.maximum_inscribed_circle(common, tolerance=1e-6).length / METRE
        assert BOUNDARY_M < depth <= deepest * 1.05


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (TOWN, block(9000, 0, 9900, 900)),
        (TOWN, block(5000, 0, 9000, 5000)),  # neighbours
        (TOWN, block(5000, 5000, 9000, 9000)),  # at a corner
        (TOWN, block(4910, 0, 9000, 5000)),  # drawn 90 m too far
        (TOWN, block(4910, 100, 9000, 3000)),
        (
            area([metres((0, 0), *RAGGED, (0, 5000))]),
            area([metres(*[(x + 80, y) for x, y in RAGGED], (5000, 5000), (5000, 0))]),
        ),
        (
            area([metres((0, 0), *RAGGED, (0, 5000))]),
            area([metres(*[(x - 80, y) for x, y in RAGGED], (5000, 5000), (5000, 0))]),
        ),
        (
            TOWN,
            area(
                [metres(*rectangle(-1000, -1000, 6000, 6000)), metres(*rectangle(0, 0, 5000, 5000))]
            ),
        ),
        (
            TOWN,
            area(
                [
                    metres(*rectangle(-1000, -1000, 6000, 6000)),
                    metres(*rectangle(60, 60, 4940, 4940)),
                ]
            ),
        ),
        (TOWN, block(2000, -500, 2100, 5500)),  # a river's width
    ],
)
def test_what_lies_near_a_boundary_is_no_overlap(first, second):
    assert overlap_depth_m(first, second) is None
    assert overlap_depth_m(second, first) is None


def test_areas_on_either_side_of_the_earth_do_not_overlap():
    assert overlap_depth_m(ACROSS, area([rectangle(170, -10, 178, 10)])) is None
    assert overlap_depth_m(ACROSS, area([rectangle(170, -10, 179, 10)])) > 1000
    for south, north in product((-85, 0), (0, 85)):
        if south < north:
            assert overlap_depth_m(area([rectangle(0, south, 1, north)]), ACROSS) is None

"""Exact sides, paths and meetings in the plane of longitude and latitude."""

import math
from fractions import Fraction
from itertools import combinations, pairwise, product

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from ess.domain.geo import AUTHALIC_RADIUS_M, Point
from ess.domain.geo import distance_m as great_circle_m
from ess.domain.planar import (
    Bands,
    Meeting,
    covers,
    distance_m,
    flips,
    meeting,
    near_pairs,
    orientation,
    side,
)

# Whole numbers meet each other all the time; cell edges, tiny steps and any floats are in between.
whole = st.integers(0, 6).map(float)
beside = st.builds(lambda x, up: math.nextafter(x, 9.0 if up else -9.0), whole, st.booleans())
odd_ones = st.sampled_from([101.25, 16.875, 1e-160, -1e-170, 5e-324, 1 / 3])
coordinates = whole | whole | beside | odd_ones | st.floats(-180, 180)
positions = st.tuples(coordinates, coordinates)
corners = st.tuples(whole, whole)


def exactly(a, b, p):
    (ax, ay), (bx, by), (px, py) = (tuple(map(Fraction, position)) for position in (a, b, p))
    cross = (bx - ax) * (py - ay) - (by - ay) * (px - ax)
    return (cross > 0) - (cross < 0)


def closed(corners):
    return (*corners, corners[0])


# --- sides ----------------------------------------------------------------------------------


@settings(max_examples=80)
@given(positions, positions, positions)
def test_orientation_is_exact(a, b, p):
    assert orientation(a, b, p) == exactly(a, b, p)


@given(positions, positions, st.floats(0, 1))
def test_orientation_is_exact_on_and_right_beside_a_line(a, b, share):
    x, y = (start + share * (end - start) for start, end in zip(a, b, strict=True))
    for dx, dy in product((-1, 0, 1), repeat=2):
        p = (math.nextafter(x, x + dx), math.nextafter(y, y + dy))
        assert orientation(a, b, p) == exactly(a, b, p)


def test_plain_floats_would_be_wrong_here():
    # Kettner et al., "Classroom examples of robustness problems in geometric computations", 2008.
    a, b = (12.0, 12.0), (24.0, 24.0)
    places = [(0.5 + i * 2.0**-53, 0.5 + j * 2.0**-53) for i in range(32) for j in range(32)]
    plain = [(a[0] - p[0]) * (b[1] - p[1]) - (a[1] - p[1]) * (b[0] - p[0]) for p in places]
    right = [(p[1] > p[0]) - (p[1] < p[0]) for p in places]
    assert [orientation(a, b, p) for p in places] == right
    assert [(cross > 0) - (cross < 0) for cross in plain] != right


@pytest.mark.parametrize(
    ("a", "b", "p", "expected"),
    [
        ((0, 0), (0, 2), (-1, 1), 1),
        ((0, 0), (0, 2), (1, 1), -1),
        ((0, 0), (0, 2), (0, 1), -1),  # on it: a little east
        ((0, 0), (2, 2), (1, 1), -1),
        ((2, 0), (0, 2), (1, 1), -1),
        ((2, 0), (0, 2), (0, 2), -1),  # at its end too
        ((0, 0), (2, 0), (1, 1), 1),
        ((0, 0), (2, 0), (1, 0), 1),  # on it: a little north
        ((0, 0), (2, 0), (1, -1), -1),
    ],
)
def test_sides(a, b, p, expected):
    assert side(a, b, p) == side(b, a, p) == expected


@given(positions, positions, positions)
def test_a_position_is_always_on_one_side_whatever_the_direction(a, b, p):
    assert side(a, b, p) == side(b, a, p)
    assert side(a, b, p) in {1, -1}


@given(corners, corners, corners)
def test_a_position_on_a_line_is_a_little_east_and_far_less_north_of_it(a, b, p):
    if a != b:
        e1, e2 = Fraction(1, 10**6), Fraction(1, 10**12)
        low, high = sorted((a, b), key=lambda end: end[::-1])
        assert side(a, b, p) == exactly(low, high, (Fraction(p[0]) + e1, Fraction(p[1]) + e2))


# --- inside and outside ---------------------------------------------------------------------

SQUARE = closed([(0.0, 0.0), (2.0, 0.0), (2.0, 2.0), (0.0, 2.0)])


@pytest.mark.parametrize(
    ("p", "inside"),
    [
        ((1, 1), True),
        ((0, 1), True),  # its west
        ((1, 0), True),  # its south
        ((0, 0), True),
        ((2, 1), False),
        ((1, 2), False),
        ((2, 0), False),
        ((0, 2), False),
        ((2, 2), False),
        ((-1, 1), False),
        ((3, 1), False),
        ((math.nextafter(2, 0), math.nextafter(2, 0)), True),
        ((math.nextafter(0, -1), 1), False),
    ],
)
def test_an_area_contains_its_south_and_west(p, inside):
    assert covers([SQUARE], p) is inside
    assert covers([SQUARE[::-1]], p) is inside


def test_a_hole_is_outside_and_contains_its_south_and_west():
    hole = closed([(0.5, 0.5), (0.5, 1.5), (1.5, 1.5), (1.5, 0.5)])
    inside = {
        (x, y) for x, y in product((0.5, 1.0, 1.5), repeat=2) if covers([SQUARE, hole], (x, y))
    }
    assert inside == {(1.5, 0.5), (1.5, 1.0), (1.5, 1.5), (0.5, 1.5), (1.0, 1.5)}


@settings(max_examples=40)
@given(st.lists(corners, min_size=4, max_size=14, unique=True), st.lists(positions, max_size=5))
def test_areas_that_share_corners_share_no_position_and_leave_none_out(sites, more):
    triangles = shapely.delaunay_triangles(shapely.MultiPoint(sites))
    rings = [tuple(triangle.exterior.coords) for triangle in triangles.geoms]
    hull = shapely.MultiPoint(sites).convex_hull
    outline = [tuple(hull.exterior.coords)] if hull.geom_type == "Polygon" else []
    middles = [((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in combinations(sites[:6], 2)]
    for p in (*sites, *middles, *more):
        assert sum(covers([ring], p) for ring in rings) == covers(outline, p)


@settings(max_examples=80)
@given(
    st.lists(positions, min_size=3, max_size=9).map(closed),
    st.lists(positions | corners, min_size=2, max_size=4),
)
def test_a_path_flips_what_lies_on_different_sides(ring, places):
    """Of any ring, crossing itself or not: the parity of the ray is the oracle."""
    for start, end in pairwise((*places, *ring)):
        assert flips([ring], start, end) == (covers([ring], start) != covers([ring], end))


@given(st.lists(positions, min_size=3, max_size=40).map(closed), positions)
def test_bands_tell_the_same_as_all_edges(ring, p):
    bands = Bands([ring])
    for place in (p, *ring):
        assert bands.covers(place) == covers([ring], place)


degrees = st.floats(-1, 1)


@given(
    st.lists(st.tuples(degrees, degrees), min_size=3, max_size=40).map(closed),
    st.tuples(degrees, degrees),
    st.floats(1, 200_000),
)
def test_bands_know_what_is_near(ring, p, limit):
    assert Bands([ring]).is_near(p, limit) == (distance_m([ring], p) <= limit)


def test_bands_find_what_is_near_in_other_bands():
    turns = [2 * math.pi * i / 2000 for i in range(2000)]
    bands = Bands([closed([(math.cos(turn), math.sin(turn)) for turn in turns])])
    for turn in turns[::50]:
        for radius, away in ((0.95, 0.05), (1.05, 0.05)):
            p = (radius * math.cos(turn), radius * math.sin(turn))
            limit = math.radians(away) * AUTHALIC_RADIUS_M
            assert bands.is_near(p, 1.001 * limit)
            assert not bands.is_near(p, 0.99 * limit)


def test_bands_of_a_flat_ring():
    assert not Bands([((0.0, 1.0), (1.0, 1.0), (0.0, 1.0))]).covers((0.5, 1.0))


# --- distance -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chain", "p", "degrees"),
    [
        ([(0, 1), (10, 1)], (5, 0), 1),
        ([(0, 1), (10, 1)], (5, 1), 0),
        ([(1, 0), (2, 0)], (0, 0), 1),
        ([(-2, 0), (-1, 0)], (0, 0), 1),
        ([(1, 0), (1, 0)], (0, 0), 1),  # an edge that is a position
        ([(1, -5), (1, 5)], (0, 0), 1),
        ([(1, 0), (0, 1)], (0, 0), math.sqrt(0.5)),
        ([(5, 59), (5, 61)], (4, 60), 0.5),  # half as many metres to a degree
        ([(179.5, -5), (179.5, 5)], (-179.5, 0), 1),  # across the antimeridian
        ([(-179.5, -5), (-179.5, 5)], (179.5, 0), 1),
        ([(-179.9, 1), (179.9, 1)], (100, 0), 1),  # almost round the earth
        ([(179.9, 1), (-179.9, 1)], (100, 0), 1),
        ([(-179.9, 1), (179.9, 1)], (-100, 0), 1),
        ([(-179.9, 0), (179.9, 0)], (180, 0), 0.1),
        ([(179, 0), (-21, 0)], (-171, 0), 10),  # more than half round, and past its start
        ([(-21, 0), (179, 0)], (-171, 0), 10),
    ],
)
def test_known_distances(chain, p, degrees):
    expected = math.radians(degrees) * AUTHALIC_RADIUS_M
    assert distance_m([chain], p) == pytest.approx(expected, rel=1e-9, abs=1e-6)


def test_nothing_is_infinitely_far():
    assert distance_m([], (0.0, 0.0)) == math.inf


@settings(max_examples=60)
@given(
    st.floats(-85, 85),
    st.floats(-180, 180),
    *([st.floats(-1, 1)] * 4),
    st.sampled_from([100.0, 5000.0]),
)
def test_distance_agrees_with_the_great_circle_as_told(latitude, longitude, ax, ay, bx, by, scale):
    shrink = math.cos(math.radians(latitude))
    step = math.degrees(scale / AUTHALIC_RADIUS_M)
    a = (longitude + ax * step / shrink, latitude + ay * step)
    b = (longitude + bx * step / shrink, latitude + by * step)
    here = Point(latitude, longitude)
    walk = [
        Point(a[1] + i / 60 * (b[1] - a[1]), math.remainder(a[0] + i / 60 * (b[0] - a[0]), 360))
        for i in range(61)
    ]
    met = min(great_circle_m(here, place) for place in walk)
    # What lies between two steps of the walk, and the first two terms of the plane's error.
    tangent, share = math.tan(math.radians(abs(latitude))), scale / AUTHALIC_RADIUS_M
    half_step = 3 * scale / 120
    error = scale * (tangent * share + (1 + tangent**2) * share**2) + 1e-6
    off = distance_m([(a, b)], (longitude, latitude)) - met
    assert -half_step - error < off <= error


# --- edges that meet ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "how"),
    [
        (((0, 0), (2, 2)), ((0, 2), (2, 0)), Meeting.CROSS),
        (((0, 0), (2, 2)), ((1, 1), (2, 0)), Meeting.TOUCH),
        (((0, 0), (2, 2)), ((2, 2), (4, 0)), Meeting.TOUCH),
        (((0, 0), (2, 2)), ((2, 2), (4, 4)), Meeting.TOUCH),
        (((0, 0), (2, 2)), ((1, 1), (4, 4)), Meeting.ALONG),
        (((0, 0), (0, 2)), ((0, 1), (0, 3)), Meeting.ALONG),
        (((0, 0), (2, 2)), ((2, 2), (0, 0)), Meeting.ALONG),
        (((0, 0), (2, 2)), ((3, 3), (4, 4)), Meeting.APART),
        (((0, 0), (2, 2)), ((3, 0), (2.5, 5)), Meeting.APART),
        (((0, 0), (2, 2)), ((1, 1), (1, 1)), Meeting.TOUCH),
    ],
)
def test_meetings(first, second, how):
    for one, other in product((first, first[::-1]), (second, second[::-1])):
        assert meeting(one, other) is meeting(other, one) is how


@settings(max_examples=80)
@given(corners, corners, corners, corners)
def test_meetings_are_those_of_shapely(a, b, c, d):
    if a != b and c != d:
        one, other = shapely.LineString([a, b]), shapely.LineString([c, d])
        common = one.intersection(other)
        expected = (
            Meeting.APART
            if not one.intersects(other)
            else Meeting.ALONG
            if common.length > 0
            else Meeting.CROSS
            if one.crosses(other)
            else Meeting.TOUCH
        )
        assert meeting((a, b), (c, d)) is expected


edges = st.lists(st.tuples(corners, corners), max_size=15)


@settings(max_examples=50)
@given(edges, edges)
def test_near_pairs_are_those_whose_boxes_meet(first, second):
    def near(one, other):
        return shapely.box(*shapely.LineString(one).bounds).intersects(
            shapely.box(*shapely.LineString(other).bounds)
        )

    found = list(near_pairs(first, second))
    everything = product(enumerate(first), enumerate(second))
    assert sorted(found) == [(i, j) for (i, one), (j, other) in everything if near(one, other)]
    within = list(near_pairs(first))
    everything = combinations(enumerate(first), 2)
    assert sorted(within) == [(i, j) for (i, one), (j, other) in everything if near(one, other)]

"""Distances, directions, and the bound that lookups stand on."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ess.domain.errors import InvalidPoint
from ess.domain.geo import (
    AUTHALIC_RADIUS_M,
    Box,
    Point,
    distance_m,
    initial_bearing_deg,
    least_distance_m,
)
from ess.domain.geohash import bounds, encode
from tests.unit.station_points import points

HALF_WAY_ROUND = math.pi * AUTHALIC_RADIUS_M
cells = st.builds(encode, points, st.integers(1, 7))
fractions = st.sampled_from([0.0, 1.0]) | st.floats(0, 1)


def unit_vector(point):
    phi, lam = math.radians(point.latitude), math.radians(point.longitude)
    return (math.cos(phi) * math.cos(lam), math.cos(phi) * math.sin(lam), math.sin(phi))


def by_vectors(a, b):
    """Twice the arc sine, or cosine, of half the chord: written another way on purpose."""
    u, v = unit_vector(a), unit_vector(b)
    near, far = math.dist(u, v), math.dist(u, [-x for x in v])
    return AUTHALIC_RADIUS_M * 2 * math.atan2(near, far)


def between(low, high, fraction):
    return min(high, max(low, low + fraction * (high - low)))


def in_box(box, north, east):
    return Point(between(box.south, box.north, north), between(box.west, box.east, east))


# --- points ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("latitude", "longitude", "what"),
    [
        (math.nan, 100, "latitude must be finite"),
        (math.inf, 100, "latitude must be finite"),
        (14, -math.inf, "longitude must be finite"),
        (90.0001, 100, "latitude must be between -90 and 90"),
        (14, 180.0001, "longitude must be between -180 and 180"),
        ("14", 100, "latitude must be a number, not str"),
        (14, None, "longitude must be a number, not NoneType"),
        (True, 100, "latitude must be a number, not bool"),
        pytest.param(14, 10**400, "longitude must be between", id="huge"),
    ],
)
def test_a_point_refuses_what_is_no_coordinate(latitude, longitude, what):
    with pytest.raises(InvalidPoint, match=what):
        Point(latitude, longitude)


def test_a_refusal_does_not_say_where_it_is():
    with pytest.raises(InvalidPoint) as refused:
        Point(100.523186, 13.736717)
    assert "100.5" not in str(refused.value)


def test_whole_numbers_become_floats():
    assert repr(Point(14, 100)) == "Point(latitude=14.0, longitude=100.0)"


# --- distance and bearing -------------------------------------------------------------------


def test_the_radius_is_that_of_the_sphere_with_the_area_of_the_ellipsoid():
    a, f = 6_378_137.0, 1 / 298.257223563
    e = math.sqrt(f * (2 - f))
    area_factor = 1 + (1 - e * e) / e * math.atanh(e)
    assert pytest.approx(a * math.sqrt(area_factor / 2), abs=0.01) == AUTHALIC_RADIUS_M


@pytest.mark.parametrize(
    ("a", "b", "share"),
    [
        (Point(0, 0), Point(0, 90), 1 / 2),
        (Point(0, 0), Point(90, 17), 1 / 2),
        (Point(90, 0), Point(-90, 0), 1),
        (Point(17, 104), Point(-17, -76), 1),
        (Point(0, 179.5), Point(0, -179.5), 1 / 180),
        (Point(3, 180), Point(3, -180), 0),
        (Point(90, 12), Point(90, -99), 0),
    ],
)
def test_known_distances(a, b, share):
    assert distance_m(a, b) == pytest.approx(share * HALF_WAY_ROUND, abs=1e-6)


@given(points, points)
def test_distance_agrees_with_chords_to_a_tenth_of_a_millimetre(a, b):
    assert distance_m(a, b) == pytest.approx(by_vectors(a, b), abs=1e-4)


def test_both_ends_of_the_scale_are_one_meridian():
    assert distance_m(Point(3, 180), Point(3, -180)) == 0


@given(points)
def test_a_point_is_no_distance_from_itself(point):
    assert distance_m(point, point) == 0


@pytest.mark.parametrize(
    ("start", "end", "bearing"),
    [
        (Point(17, 104), Point(18, 104), 0),
        (Point(0, 104), Point(0, 105), 90),
        (Point(17, 104), Point(16, 104), 180),
        (Point(0, 104), Point(0, 103), 270),
        (Point(0, 179), Point(0, -179), 90),
        (Point(17, 104), Point(17, 104), 0),
    ],
)
def test_known_bearings(start, end, bearing):
    assert initial_bearing_deg(start, end) == pytest.approx(bearing)


@given(points, points)
def test_going_the_distance_along_the_bearing_arrives(start, end):
    bearing, way = initial_bearing_deg(start, end), distance_m(start, end)
    assert 0 <= bearing < 360
    theta, arc = math.radians(bearing), way / AUTHALIC_RADIUS_M
    phi, lam = math.radians(start.latitude), math.radians(start.longitude)
    up, north, east = (
        unit_vector(start),
        (-math.sin(phi) * math.cos(lam), -math.sin(phi) * math.sin(lam), math.cos(phi)),
        (-math.sin(lam), math.cos(lam), 0.0),
    )
    arrived = [
        math.cos(arc) * u + math.sin(arc) * (math.cos(theta) * n + math.sin(theta) * e)
        for u, n, e in zip(up, north, east, strict=True)
    ]
    assert math.dist(arrived, unit_vector(end)) < 1e-7


# --- the least distance to a cell -----------------------------------------------------------


@settings(max_examples=120)
@given(points, cells, fractions, fractions)
def test_no_point_of_a_cell_is_nearer_than_the_bound(point, cell, north, east):
    box = bounds(cell)
    assert least_distance_m(point, box) <= distance_m(point, in_box(box, north, east))


@settings(max_examples=120)
@given(points, cells)
def test_no_corner_of_a_cell_is_nearer_than_the_bound(point, cell):
    box = bounds(cell)
    corners = [Point(lat, lon) for lat in (box.south, box.north) for lon in (box.west, box.east)]
    assert least_distance_m(point, box) <= min(distance_m(point, corner) for corner in corners)


@settings(max_examples=60)
@given(points, cells)
def test_the_bound_is_no_lower_than_it_must_be(point, cell):
    """The rim is walked in steps: the least met is at most half a step too far."""
    box, steps = bounds(cell), 60
    walk = [i / steps for i in range(steps + 1)]
    rim = [(0.0, w) for w in walk] + [(1.0, w) for w in walk]
    rim += [(w, 0.0) for w in walk] + [(w, 1.0) for w in walk]
    met = min(distance_m(point, in_box(box, north, east)) for north, east in rim)
    degrees = max(box.north - box.south, box.east - box.west) / steps
    half_step = math.radians(degrees) * AUTHALIC_RADIUS_M / 2
    within = box.south <= point.latitude <= box.north and (
        (point.longitude - box.west) % 360 <= box.east - box.west
    )
    least = least_distance_m(point, box)
    assert least == 0 if within else least >= (met - half_step) * (1 - 1e-9) - 0.0011


def test_clamping_to_the_cell_would_be_too_far():
    point, box = Point(60, 0), Box(south=50, west=40, north=80, east=50)
    clamped = distance_m(point, Point(60, 40))
    foot = math.degrees(math.atan2(math.tan(math.radians(60)), math.cos(math.radians(40))))
    nearest = distance_m(point, Point(foot, 40))
    assert nearest < clamped - 10_000
    assert least_distance_m(point, box) == pytest.approx(nearest, abs=0.01)


@pytest.mark.parametrize(
    ("point", "nearest"),
    [
        (Point(0, 179), Point(0, -180)),  # across the antimeridian
        (Point(90, 0), Point(5.625, -180)),  # from the pole
        (Point(2, 0), Point(5.625, -168.75)),  # over the pole: more than 90 degrees away
    ],
)
def test_bounds_across_the_antimeridian_and_the_pole(point, nearest):
    box = Box(south=0, west=-180, north=5.625, east=-168.75)
    assert least_distance_m(point, box) == pytest.approx(distance_m(point, nearest), abs=0.05)

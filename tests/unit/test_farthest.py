"""The farthest places: within the tolerance of what a grid finds, and never beside the area."""

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ess.domain.geo import AUTHALIC_RADIUS_M, Point, distance_m
from ess.domain.planar import covers
from ess.domain.planar import distance_m as to_edge_m
from operate.stations.farthest import Sites, farthest_places
from operate.stations.outline import LANDS

TOLERANCE_M = 400.0

degrees = st.integers(0, 200).map(lambda number: number / 100)
stations = st.lists(
    st.builds(lambda y, x: Point(14 + y, 100 + x), degrees, degrees), min_size=1, max_size=9
)


def ring(*corners):
    return tuple((100.0 + x, 14.0 + y) for x, y in (*corners, corners[0]))


SQUARE = ring((0, 0), (2, 0), (2, 2), (0, 2))
HOLE = ring((0.5, 0.5), (0.5, 1.7), (1.7, 1.7), (1.7, 0.5))
HOOK = ring((0, 0), (2, 0), (2, 0.3), (0.31, 0.3), (0.31, 1.9), (1.1, 2), (0, 2))
ISLET = ring((1.91, 1.91), (1.93, 1.91), (1.92, 1.94))
AREAS = st.sampled_from([((SQUARE,),), ((SQUARE, HOLE),), ((HOOK,), (ISLET,)), ((ISLET,),)])

GRID = [Point(14 + y / 25, 100 + x / 25) for y, x in itertools.product(range(51), repeat=2)]


def position(point):
    return point.longitude, point.latitude


def inside(area, point):
    return any(covers(polygon, position(point)) for polygon in area)


def nearest_m(sites, point):
    return min(distance_m(point, site) for site in sites)


@given(stations, AREAS, st.sampled_from([1.0, 20_000.0, 60_000.0]))
@settings(max_examples=15)
def test_no_place_of_a_grid_is_farther(sites, area, apart_m):
    found = farthest_places(Sites(sites), area, 3, apart_m=apart_m, tolerance_m=TOLERANCE_M)

    assert found
    for place in found:
        assert place.distance_m == pytest.approx(nearest_m(sites, place.point), abs=1e-6)
        assert place.distance_m == distance_m(place.point, sites[place.nearest])
        edge_m = min(to_edge_m(polygon, position(place.point)) for polygon in area)
        assert inside(area, place.point) or edge_m < 0.01
    for one, other in itertools.combinations(found, 2):
        assert distance_m(one.point, other.point) >= apart_m
    grid = [(point, nearest_m(sites, point)) for point in GRID[::3] if inside(area, point)]
    for number, place in enumerate(found):
        before = [one.point for one in found[:number]]
        for point, away_m in grid:
            if all(distance_m(point, one) >= apart_m + TOLERANCE_M for one in before):
                assert away_m <= place.distance_m + TOLERANCE_M


def test_the_corner_opposite_to_the_only_station():
    [place] = farthest_places(Sites([Point(14, 100)]), ((SQUARE,),), 1, apart_m=1, tolerance_m=5)

    assert place.distance_m == pytest.approx(distance_m(Point(14, 100), Point(16, 102)), abs=5)
    assert place.nearest == 0


def test_the_whole_earth():
    earth = (((-180.0, -85.0), (180.0, -85.0), (180.0, 85.0), (-180.0, 85.0), (-180.0, -85.0)),)

    [place] = farthest_places(Sites([Point(10, 20)]), (earth,), 1, apart_m=1, tolerance_m=100)

    assert place.distance_m == pytest.approx(math.pi * AUTHALIC_RADIUS_M, abs=100)
    assert distance_m(place.point, Point(-10, -160)) < 200


def test_places_no_farther_than_the_least_are_left_out():
    sites = Sites([Point(14.5, 100.5), Point(15.5, 101.5)])
    everything = farthest_places(sites, ((SQUARE,),), 9, apart_m=20_000, tolerance_m=50)

    least_m = everything[3].distance_m
    far = farthest_places(sites, ((SQUARE,),), 9, apart_m=20_000, least_m=least_m, tolerance_m=50)

    assert far == [place for place in everything if place.distance_m > least_m]


def test_without_stations_there_is_no_place():
    assert farthest_places(Sites([]), LANDS, 3, apart_m=1) == []


def test_stacked_stations_and_a_point_on_one_of_them():
    sites = Sites([Point(14, 100)] * 3)

    assert sites.nearest(Point(14, 100)).distance_m == 0
    assert len(farthest_places(sites, ((SQUARE,),), 2, apart_m=50_000)) == 2


def test_the_outline_holds_thailands_capitals():
    for place in (Point(13.75, 100.5), Point(18.79, 98.98), Point(7.01, 100.47)):
        assert inside(LANDS, place)

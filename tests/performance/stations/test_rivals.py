"""The rivals do what they say."""

import random

import numpy as np
import pytest
from botocore.exceptions import ClientError

from ess.domain.geo import Point, distance_m
from ess.domain.geohash import MAX_LENGTH, encode
from tests.performance.stations.cells import Grid, encode_all
from tests.performance.stations.geo_library import GeoLibrary
from tests.performance.stations.points import lookups, world
from tests.performance.stations.rivals import NineCells, Rings, WholeTable
from tests.performance.stations.truth import Truth

EDGES = [
    *(Point(latitude, longitude) for latitude in (-90, 90) for longitude in (-180, 0, 17, 180)),
    *(Point(latitude, longitude) for latitude in (-45, 0, 45.0) for longitude in (-180, 0, 180)),
    Point(-75, -120),
    Point(-40, -179.99),
    Point(89.9, 100),
]


@pytest.fixture(scope="module")
def small_world():
    return world(2_000)


def by_looking_at_all(stations, point, k):
    ranked = sorted((distance_m(point, site.point), site.unit_id) for site in stations.sites())
    return [unit_id for _, unit_id in ranked[:k]]


def points_near(stations, count):
    return [*EDGES, *lookups(stations, count), *(stations.site(i).point for i in range(0, 99, 9))]


def test_truth_is_what_looking_at_all_gives(small_world):
    truth = Truth(small_world.latitudes, small_world.longitudes, small_world.ids)
    for point in points_near(small_world, 40):
        assert truth.nearest(point, 10) == by_looking_at_all(small_world, point, 10)


def test_truth_among_stacked_and_nearly_stacked_stations():
    dice = random.Random(5)
    places = [(17 + dice.randrange(3) * 1e-9, 104 + dice.randrange(3) * 1e-9) for _ in range(300)]
    latitudes, longitudes = map(np.array, zip(*places, strict=True))
    ids = [f"{i:03}" for i in range(300)]
    for point in (Point(17, 104), Point(17.0000001, 104), Point(-17, -76)):
        ranked = sorted(
            (distance_m(point, Point(*place)), i) for place, i in zip(places, ids, strict=True)
        )
        found = Truth(latitudes, longitudes, ids).nearest(point, 10)
        assert found == [unit_id for _, unit_id in ranked[:10]]


def test_worlds_are_the_same_each_time_and_many_sided(small_world):
    again = world(2_000)
    assert list(again.sites()) == list(small_world.sites())
    assert lookups(again, 50) == lookups(small_world, 50)
    assert list(small_world.ids) == sorted(small_world.ids)
    assert {small_world.longitudes.min() < -170, small_world.longitudes.max() > 170} == {True}


def test_geohashes_of_many_points(small_world):
    sites = [site.point for site in small_world.sites()] + EDGES
    columns = np.array([(p.latitude, p.longitude) for p in sites]).T
    assert encode_all(*columns) == [encode(point, MAX_LENGTH) for point in sites]


@pytest.mark.parametrize("length", [1, 2, 5])
def test_rings_cover_each_cell_once(length):
    grid = Grid(length)
    for point in EDGES:
        centre = grid.place(point)
        assert grid.code(centre) == encode(point, length)
        radii = range(grid.columns // 2 + 1) if length < 5 else range(4)
        seen = [place for radius in radii for place in grid.ring(centre, radius)]
        assert len(seen) == len(set(seen))
        if length < 5:
            rows = {place.row for place in seen}
            assert len(seen) == grid.columns * len(rows)


def test_nothing_outside_the_rings_is_nearer_than_they_say():
    dice = random.Random(6)
    grid = Grid(2)
    for _ in range(300):
        point = dice.choice([*EDGES, Point(dice.uniform(-90, 90), dice.uniform(-180, 180))])
        centre, radius = grid.place(point), dice.randrange(4)
        inside = {p for r in range(radius + 1) for p in grid.ring(centre, r)}
        clear = grid.clear_m(point, centre, radius)
        for _ in range(30):
            other = Point(
                max(-90, min(90, point.latitude + dice.gauss(0, 20))),
                (point.longitude + dice.gauss(0, 40) + 180) % 360 - 180,
            )
            if grid.place(other) not in inside:
                assert distance_m(point, other) > clear


@pytest.mark.parametrize("make", [lambda: Rings(5), lambda: Rings(3), WholeTable])
def test_exact_methods_are_exact(small_world, make):
    method = make()
    method.build(small_world)
    truth = Truth(small_world.latitudes, small_world.longitudes, small_world.ids)
    for point in points_near(small_world, 30):
        assert list(method.lookup(point, 10)) == truth.nearest(point, 10), point


def test_nine_cells_take_one_round(small_world):
    method = NineCells(4)
    method.build(small_world)
    for point in points_near(small_world, 10):
        with method.tables.counting() as spent:
            method.lookup(point, 3)
        assert (spent.rounds, spent.calls.total()) == (1, spent.reads)
        in_polar_row = abs(point.latitude) > 90 - 180 / 2**10
        assert spent.reads == (6 if in_polar_row else 9)


def test_the_library_stores_what_is_loaded_for_it(small_world):
    loaded, put = GeoLibrary(), GeoLibrary()
    for row in range(0, 2_000, 97):
        site = small_world.site(row)
        put.put(site)
        loaded.tables.load("stations", [loaded._item(site)])
    assert contents(loaded) == contents(put)
    assert len(contents(put)) == 21


def contents(method):
    items = method.client.scan(TableName="stations")["Items"]
    return sorted(str(sorted(item.items())) for item in items)


def test_what_the_library_misses(small_world):
    """The faults that its module describes are there."""
    method = GeoLibrary()
    across = Point(31.6259762040465, -48.44461065959103)  # id 10^19 of an S2 cell
    site = small_world.site(0)._replace(latitude=across.latitude, longitude=across.longitude)
    method.put(site)
    beside = Point(across.latitude + 0.01, across.longitude)
    assert method.lookup(beside, 1) != [site.unit_id]
    assert method.lookup(Point(0, 179.99), 1) == []  # AssertionError in S2


def test_the_library_fails_after_an_answer_of_two_pages_unless_mended():
    town = world(20).site(0)._replace(latitude=16.0, longitude=104.0)
    crowd = [town._replace(unit_id=f"S{i}") for i in range(6_000)]
    around = [Point(16 + north / 100, 104 + east / 100) for north in (-1, 1) for east in (-1, 1)]
    mended, original = GeoLibrary(), GeoLibrary(mended=False)
    for method in (mended, original):
        method.tables.load("stations", map(method._item, crowd))
    assert [len(mended.lookup(point, 3)) for point in around] == [3] * 4
    with pytest.raises(ClientError, match="does not match the range key predicate"):
        [original.lookup(point, 3) for point in around]

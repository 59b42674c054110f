"""The index builder: its bounds under attack, leaves that tile, and no cut without end."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ess.domain.directory import Changes
from ess.domain.geo import AUTHALIC_RADIUS_M, Point, distance_m, least_distance_m
from ess.domain.geohash import MAX_BITS, cell_of
from ess.domain.leaf import INDEX_K, MIN_BITS, pack_listing, unpack
from ess.domain.station import Listing
from ess.indexing.bounds import (
    SLACK,
    beaten_everywhere,
    certain_distance_m,
    corners_of,
    greatest_dot,
    least_dot,
    unit_vectors,
)
from ess.indexing.index import LeafIndex
from ess.indexing.sites import Sites, thin_out
from tests.unit.directory_kit import FEW
from tests.unit.station_points import points, stations_at, throngs

cells = st.builds(cell_of, points, st.integers(MIN_BITS, 45))
shares = st.sampled_from([0.0, 1.0]) | st.floats(0, 1)


def vectors(*places):
    pairs = [(place.latitude, place.longitude) for place in places]
    latitudes, longitudes = np.array(pairs).reshape(-1, 2).T
    return unit_vectors(latitudes, longitudes)


def place_in(cell, north, east):
    box = cell.box
    return Point(
        min(box.north, box.south + north * (box.north - box.south)),
        min(box.east, box.west + east * (box.east - box.west)),
    )


def dot(a, b):
    return sum(float(u[0]) * float(v[0]) for u, v in zip(vectors(a), vectors(b), strict=True))


def ordered(stations):
    return sorted(stations, key=lambda station: station.unit_id)


# --- bounds -----------------------------------------------------------------------------------


@settings(max_examples=300, deadline=None)
@given(cells, points, shares, shares)
def test_no_place_of_a_cell_is_nearer_or_farther_than_the_bounds_say(cell, point, north, east):
    corners = corners_of(cell.box)
    here = dot(point, place_in(cell, north, east))
    assert here <= greatest_dot(corners, *vectors(point))[0] + SLACK
    assert here >= least_dot(corners, *vectors(point))[0] - SLACK


@settings(max_examples=200, deadline=None)
@given(cells, points)
def test_the_greatest_dot_is_reached_and_is_the_least_distance(cell, point):
    cosine = float(greatest_dot(corners_of(cell.box), *vectors(point))[0])
    least = least_distance_m(point, cell.box)
    # By another way: the scalar bound of the second stage, proved and tested on its own.
    assert certain_distance_m(cosine) <= AUTHALIC_RADIUS_M * math.acos(min(1.0, cosine)) + 1
    assert math.cos(least / AUTHALIC_RADIUS_M) == pytest.approx(cosine, abs=3e-9)


@settings(max_examples=200, deadline=None)
@given(cells, points, shares, shares)
def test_nothing_left_off_is_nearer_than_the_certain_distance(cell, point, north, east):
    cosine = float(greatest_dot(corners_of(cell.box), *vectors(point))[0])
    assert certain_distance_m(cosine) <= distance_m(point, place_in(cell, north, east))


def test_with_nothing_left_off_the_certain_distance_is_infinite():
    assert certain_distance_m(-math.inf) == math.inf


@settings(max_examples=200, deadline=None)
@given(cells, st.lists(points, min_size=2, max_size=8, unique=True), shares, shares)
def test_whoever_is_beaten_everywhere_is_beaten_by_distance(cell, places, north, east):
    rivals = np.arange(len(places))
    beaten = beaten_everywhere(corners_of(cell.box), vectors(*places), rivals, rivals, 1)
    here = place_in(cell, north, east)
    away = [distance_m(here, place) for place in places]
    for number in np.flatnonzero(beaten):
        assert min(away) < away[number]


def test_two_stations_beside_each_other_are_told_apart_from_afar():
    near, far = Point(15.0, 100.0), Point(15.0, 100.0001)
    cell = cell_of(Point(15.0, 99.0), 20)
    beaten = beaten_everywhere(
        corners_of(cell.box), vectors(near, far), np.arange(2), np.arange(2), 1
    )
    assert beaten.tolist() == [False, True]


# --- leaves -----------------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(throngs)
def test_leaves_tile_the_earth(crowd):
    leaves = list(LeafIndex(1, FEW).leaves(ordered(stations_at(crowd))))
    spans = [(leaf.cell.path << (MAX_BITS - leaf.cell.bits), leaf.cell.bits) for leaf in leaves]
    assert (spans[0][0], spans[-1][0] + (1 << (MAX_BITS - spans[-1][1]))) == (0, 1 << MAX_BITS)
    for (start, bits), (following, _) in pairwise(spans):
        assert start + (1 << (MAX_BITS - bits)) == following
    assert [leaf.start for leaf in leaves] == sorted(leaf.start for leaf in leaves)
    assert min(leaf.cell.bits for leaf in leaves) >= MIN_BITS


@settings(max_examples=30, deadline=None)
@given(throngs, st.data())
def test_everything_nearer_than_the_certain_distance_is_listed(crowd, data):
    stations = ordered(stations_at(crowd))
    leaves = list(LeafIndex(1, FEW).leaves(stations))
    leaf = unpack(data.draw(st.sampled_from(leaves)))
    here = place_in(leaf.cell, data.draw(shares), data.draw(shares))
    listed = {listing.unit_id for listing in leaf.listings}
    for station in stations:
        if station.unit_id not in listed:
            assert distance_m(here, station.point) >= leaf.complete_m


@settings(max_examples=25, deadline=None)
@given(throngs, throngs, st.data())
def test_changing_leaves_gives_what_building_anew_gives(crowd, others, data):
    before = stations_at(crowd)
    gone = tuple(before[: data.draw(st.integers(0, 3))])
    new = tuple(stations_at(others)[: data.draw(st.integers(0, 3))])
    new = tuple(s for s in new if s.unit_id not in {old.unit_id for old in before})
    after = ordered([*before[len(gone) :], *new])
    index = LeafIndex(1, FEW)
    leaves = {leaf.start: leaf for leaf in index.leaves(ordered(before))}
    changes = list(index.changed_leaves(before, Changes(added=new, removed=gone)))
    for old, _ in changes:
        if old:
            assert leaves.pop(old.start) == old
    leaves |= {fresh.start: fresh for _, fresh in changes if fresh}
    assert leaves == {leaf.start: leaf for leaf in index.leaves(after)}


def test_several_processes_make_the_same_leaves(monkeypatch):
    monkeypatch.setattr("ess.indexing.index._WORTH_FORKING", 10)
    stations = ordered(stations_at([Point(i % 30, i * 7 % 300 - 150) for i in range(900)]))
    assert list(LeafIndex(2).leaves(stations)) == list(LeafIndex(1).leaves(stations))


def test_a_listing_survives_packing():
    listing = Listing("x", 'สภ."ก"\n', "A", Point(-0.0, 5e-324), "k", "จ.", "191", "24/7", True)
    leaves = LeafIndex(1).leaves(stations_at([Point(1, 1)]))
    assert b"\n" not in pack_listing(listing)
    assert unpack(next(iter(leaves))).listings == (stations_at([Point(1, 1)])[0].listing,)


@pytest.mark.parametrize(
    ("places", "most"),
    [
        ([Point(15, 100)] * 300, 40),
        ([Point(15 + i % 10 * 1e-7, 100 + i // 10 * 1e-7) for i in range(100)], 8_000),
        ([Point(-80 + i * 2.7, 100) for i in range(60)], 200),
        ([Point(90, float(i)) for i in range(60)], 40),
        ([Point(15 + math.sin(i) / 2, 100 + math.cos(i) / 2) for i in range(100)], 400),
        ([Point(14 + i % 20 / 10, 100 + i // 20 / 10) for i in range(400)], 600),
    ],
    ids=["one place", "one square centimetre", "a meridian", "a pole", "a circle", "a grid"],
)
def test_no_crowd_cuts_the_earth_without_end(places, most):
    assert sum(1 for _ in LeafIndex(1).leaves(stations_at(places))) <= most


def test_of_stations_at_one_place_the_first_ten_by_id_stand_for_all():
    places = [Point(15, 100)] * 25 + [Point(3, 180), Point(3, -180)] * 6
    kept, full = thin_out(Sites(stations_at(places)), np.arange(37, dtype=np.int32))
    assert kept.tolist() == [*range(INDEX_K), *range(25, 25 + INDEX_K)]
    assert full.tolist() == kept.tolist()

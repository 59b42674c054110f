"""The lookup attacked: many more cases than the unit tests have time for."""

import math
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ess.domain.closing_ring import MAX_ROUNDS
from ess.domain.geo import Point
from ess.usecases.find_station import Filters, find_station
from tests.unit.directory_kit import FEW, brute_force, directory_of, ids, nearest
from tests.unit.station_points import points, stations_at, throngs

# The same crowds in every run: of random ones, one in very many makes leaves for minutes.
many = settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,
)


@many
@given(throngs, st.lists(points, min_size=1, max_size=5), st.integers(1, 10))
def test_it_finds_what_brute_force_finds(crowd, asked, k):
    stations = stations_at(crowd)
    directory = directory_of(stations, FEW)
    for point in (*asked, *crowd[:3]):
        assert nearest(directory, point, k) == brute_force(stations, point, k)


@many
@given(throngs.filter(bool), st.integers(1, 10), st.data())
def test_it_is_exact_at_between_and_beside_stations(crowd, k, data):
    stations = stations_at(crowd)
    one, other = (data.draw(st.sampled_from(crowd)) for _ in range(2))
    middle = Point((one.latitude + other.latitude) / 2, (one.longitude + other.longitude) / 2)
    directory = directory_of(stations, FEW)
    for point in (one, middle):
        assert nearest(directory, point, k) == brute_force(stations, point, k)


@many
@given(throngs.filter(lambda crowd: len(crowd) > FEW), st.integers(1, 10), st.data())
def test_it_is_exact_at_corners_and_edges_of_leaves(crowd, k, data):
    stations = stations_at(crowd)
    directory = directory_of(stations, FEW)
    leaf = find_station(directory, data.draw(st.sampled_from(crowd)), 1).leaf
    box = leaf.cell.box
    share = data.draw(st.sampled_from([0.0, 1.0]) | st.floats(0, 1))
    beside = data.draw(st.sampled_from([0.0, 9e-9, -9e-9]))  # a millimetre
    east = min(180.0, max(-180.0, box.west + share * (box.east - box.west)))
    for edge in (box.south, box.north):
        north = min(90.0, max(-90.0, edge + beside))
        for latitude in (north, math.nextafter(north, -90), math.nextafter(north, 90)):
            point = Point(latitude, east)
            assert nearest(directory, point, k) == brute_force(stations, point, k)


@many
@given(throngs, points, st.integers(1, 10), st.integers(1, 12))
def test_it_is_exact_with_filters(crowd, point, k, every):
    stations = [
        replace(station, kind="rare" if number % every == 0 else "common")
        for number, station in enumerate(stations_at(crowd))
    ]
    directory = directory_of(stations, FEW)
    lookup = find_station(directory, point, k, Filters(kinds={"rare"}))
    assert ids(lookup.nearest) == brute_force(stations, point, k, lambda s: s.kind == "rare")
    assert lookup.rounds <= 1 + MAX_ROUNDS

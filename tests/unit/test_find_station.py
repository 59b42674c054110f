"""The lookup against brute force, everywhere on earth, and what it costs."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ess.adapters.memory.stations import MemoryStationDirectory
from ess.domain.errors import DirectoryChanged, InvalidLookup, TemporaryFailure
from ess.domain.geo import Point, distance_m, initial_bearing_deg
from ess.domain.station import Station, Why, head_of
from ess.usecases.find_station import TRIES, find_station
from operate.station_rows import read_stations
from tests.unit.station_points import crowds, points, stations_at

SAMPLE = Path(__file__).parents[2] / "local" / "sample" / "stations_sample.geojson"
MARKET_NAKHON_PHANOM = Point(17.40, 104.79)


def brute_force(stations, point, k):
    ranked = sorted(stations, key=lambda s: (distance_m(point, s.point), s.unit_id))
    return [s.unit_id for s in ranked[:k]]


def ids(lookup):
    return [match.station.unit_id for match in lookup.matches]


@pytest.fixture(scope="module")
def sample():
    return read_stations(SAMPLE).stations


# --- exact ----------------------------------------------------------------------------------


@settings(max_examples=400)
@given(crowds, points, st.integers(1, 10))
def test_it_finds_what_brute_force_finds(crowd, point, k):
    stations = stations_at(crowd)
    assert ids(find_station(MemoryStationDirectory(stations), point, k)) == brute_force(
        stations, point, k
    )


@settings(max_examples=150)
@given(crowds.filter(bool), st.integers(1, 10), st.data())
def test_it_is_exact_at_and_between_stations(crowd, k, data):
    stations = stations_at(crowd)
    one, other = (data.draw(st.sampled_from(crowd)) for _ in range(2))
    middle = Point((one.latitude + other.latitude) / 2, (one.longitude + other.longitude) / 2)
    directory = MemoryStationDirectory(stations)
    for point in (one, middle):
        assert ids(find_station(directory, point, k)) == brute_force(stations, point, k)


@settings(max_examples=40)
@given(st.lists(points, min_size=60, max_size=120), points)
def test_it_is_exact_in_a_large_directory_without_reading_all_of_it(crowd, point):
    stations = stations_at(crowd)
    directory = MemoryStationDirectory(stations)
    lookup = find_station(directory, point, 3)
    assert ids(lookup) == brute_force(stations, point, 3)
    assert lookup.queries == directory.calls["stations_in"] <= len(directory.head().counts)


def test_ties_go_by_id():
    here = Point(17, 104)
    same_place = [Station(i, "สภ.", "Station", here) for i in ("c", "a", "b")]
    # In two cells, at the same distance to the last bit.
    mirrored = [Station("0", "สภ.", "Station", Point(0, 1)), Station("1", "ส", "S", Point(0, -1))]
    assert ids(find_station(MemoryStationDirectory(same_place), here, 3)) == ["a", "b", "c"]
    assert ids(find_station(MemoryStationDirectory(mirrored), Point(0, 0), 1)) == ["0"]
    assert ids(find_station(MemoryStationDirectory(mirrored[::-1]), Point(0, 0), 2)) == ["0", "1"]


def test_ties_go_by_id_on_both_sides_of_the_antimeridian():
    sides = [Station("b", "ส", "S", Point(3, -180)), Station("a", "ส", "S", Point(3, 180))]
    for k, found in ((1, ["a"]), (2, ["a", "b"])):
        for longitude in (180, -180):
            lookup = find_station(MemoryStationDirectory(sides), Point(3, longitude), k)
            assert ids(lookup) == found


# --- the answer -----------------------------------------------------------------------------


def test_each_match_says_how_far_which_way_and_why(sample):
    first, second = find_station(MemoryStationDirectory(sample), MARKET_NAKHON_PHANOM, 2).matches
    assert first.station.name_th == "สภ.เมืองนครพนม"
    assert (first.why, second.why) == (Why.NEAREST, Why.NEXT_NEAREST)
    assert first.distance_m == distance_m(MARKET_NAKHON_PHANOM, first.station.point)
    assert first.bearing_deg == initial_bearing_deg(MARKET_NAKHON_PHANOM, first.station.point)
    assert first.distance_m < second.distance_m


def test_an_empty_directory_finds_nothing_and_asks_nothing():
    lookup = find_station(MemoryStationDirectory(), MARKET_NAKHON_PHANOM)
    assert (lookup.matches, lookup.queries) == ((), 0)


def test_fewer_stations_than_asked_for_are_all_named(sample):
    lookup = find_station(MemoryStationDirectory(sample[:2]), MARKET_NAKHON_PHANOM, 10)
    assert len(lookup.matches) == 2


@pytest.mark.parametrize("k", [0, 11, -1, 2.0, "3", True, None])
def test_a_count_out_of_range_is_refused(sample, k):
    with pytest.raises(InvalidLookup, match="1 to 10"):
        find_station(MemoryStationDirectory(sample), MARKET_NAKHON_PHANOM, k)


# --- what it costs --------------------------------------------------------------------------


def test_a_pin_in_the_sample_costs_one_query(sample):
    directory = MemoryStationDirectory(sample)
    for row in range(20):
        for column in range(20):
            pin = Point(16.85 + row * 0.06, 103.9 + column * 0.05)
            assert find_station(directory, pin, 3).queries == 1


def test_only_cells_that_can_matter_are_queried():
    here = [Point(17.4 + i / 10, 104.8) for i in range(3)]
    far = [Point(1.3, 103.8), Point(35, 139), Point(-33, 151), Point(51, 0), Point(-90, 0)]
    directory = MemoryStationDirectory(stations_at(here + far))
    assert find_station(directory, Point(17.4, 104.8), 3).queries == 1
    assert find_station(directory, Point(17.4, 104.8), 4).queries == 2
    assert find_station(directory, Point(17.4, 104.8), 8).queries == 6


def test_a_pin_near_the_edge_of_a_cell_looks_over_it():
    # 16.875 is an edge: the nearest station stands 30 m beyond it.
    beyond, within = Point(16.8748, 104.7), Point(16.9, 104.7)
    directory = MemoryStationDirectory(stations_at([within, beyond]))
    lookup = find_station(directory, Point(16.8751, 104.7), 1)
    assert lookup.matches[0].station.point == beyond
    assert lookup.queries == 2


# --- a directory that changes meanwhile -------------------------------------------------------


def test_a_lookup_starts_over_on_the_new_directory(sample):
    directory = MemoryStationDirectory(sample)
    directory.plan("stations_in", lambda: directory.publish(sample[1:]))
    lookup = find_station(directory, MARKET_NAKHON_PHANOM, 3)
    assert ids(lookup) == brute_force(sample[1:], MARKET_NAKHON_PHANOM, 3)
    assert lookup.queries == 2


def test_a_directory_that_never_stays_is_a_temporary_failure(sample):
    directory = MemoryStationDirectory(sample)
    for skipped in range(1, TRIES + 1):
        directory.plan("stations_in", lambda skipped=skipped: directory.publish(sample[skipped:]))
    with pytest.raises(DirectoryChanged) as failure:
        find_station(directory, MARKET_NAKHON_PHANOM, 3)
    assert isinstance(failure.value, TemporaryFailure)


# --- versions -------------------------------------------------------------------------------


def test_versions_count_up_and_never_repeat(sample):
    empty = MemoryStationDirectory().head()
    first = head_of(sample, empty)
    second = head_of(sample[1:], first)
    again = head_of(sample, second)
    assert [head.number for head in (empty, first, second, again)] == [0, 1, 2, 3]
    assert len({first.version, second.version, again.version}) == 3
    assert again.digest == first.digest
    assert head_of(reversed(sample), first) is first
    assert first.total == len(sample) == 12


def test_two_stations_of_one_id_are_no_directory(sample):
    with pytest.raises(ValueError, match=sample[0].unit_id):
        head_of([sample[0], *sample], MemoryStationDirectory().head())

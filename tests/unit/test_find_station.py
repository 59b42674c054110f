"""The lookup against brute force, everywhere on earth, and what it costs."""

import math
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ess.adapters.memory.stations import MemoryStationDirectory
from ess.adapters.station_files import read_all
from ess.domain.closing_ring import MOST_CELLS
from ess.domain.errors import DirectoryChanged, InvalidLookup, TemporaryFailure
from ess.domain.geo import Point, distance_m, initial_bearing_deg
from ess.domain.jurisdiction import Jurisdiction
from ess.domain.station import POLICE_STATION, Station, Why
from ess.usecases.find_station import TRIES, Filters, find_station, find_units
from tests.unit.directory_kit import FEW, brute_force, directory_of, ids, nearest, publish
from tests.unit.station_points import points, stations_at, throngs

SAMPLE = Path(__file__).parents[2] / "local" / "sample" / "stations_sample.geojson"
MARKET_NAKHON_PHANOM = Point(17.40, 104.79)


def square(west, south, east, north):
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return Jurisdiction.from_coordinates([[ring]])


@pytest.fixture(scope="module")
def sample():
    return [unit for unit in read_all(SAMPLE).stations if unit.kind == POLICE_STATION]


# --- exact: tests/exactness attacks this with many more cases ---------------------------------


@settings(max_examples=15, deadline=None)
@given(throngs, points, st.integers(1, 10))
def test_it_finds_what_brute_force_finds(crowd, point, k):
    stations = stations_at(crowd)
    directory = directory_of(stations, FEW)
    for asked in (point, *crowd[:2]):
        assert nearest(directory, asked, k) == brute_force(stations, asked, k)


def test_ties_go_by_id():
    here = Point(17, 104)
    same_place = [Station(i, "สภ.", "Station", here) for i in ("c", "a", "b")]
    # In two leaves, at the same distance to the last bit.
    mirrored = [Station("0", "สภ.", "Station", Point(0, 1)), Station("1", "ส", "S", Point(0, -1))]
    assert nearest(directory_of(same_place), here, 3) == ["a", "b", "c"]
    assert nearest(directory_of(mirrored), Point(0, 0), 1) == ["0"]
    assert nearest(directory_of(mirrored[::-1]), Point(0, 0), 2) == ["0", "1"]


def test_ties_go_by_id_on_both_sides_of_the_antimeridian():
    sides = [Station("b", "ส", "S", Point(3, -180)), Station("a", "ส", "S", Point(3, 180))]
    directory = directory_of(sides)
    for k, found in ((1, ["a"]), (2, ["a", "b"])):
        for longitude in (180, -180):
            assert nearest(directory, Point(3, longitude), k) == found


def test_more_stations_at_one_place_than_a_leaf_lists():
    tower = [Station(f"t{i:02d}", "สภ.", "Tower", Point(15, 100)) for i in range(70)]
    others = stations_at([Point(14 + i / 50, 101) for i in range(60)])
    directory = directory_of([*tower, *others])
    for point in (Point(15, 100), Point(15.3, 100.4), Point(14.2, 101), Point(-40, -70)):
        for k in (1, 10):
            assert nearest(directory, point, k) == brute_force([*tower, *others], point, k)
    # Those that are left off come back where a filter asks for them.
    last = Filters(kinds={"last"})
    tower[-1] = replace(tower[-1], kind="last")
    assert nearest(directory_of([*tower, *others]), Point(15, 100), 1, last) == ["t69"]


# --- the responsible unit ---------------------------------------------------------------------

WEST = Station("west", "สภ.ตะวันตก", "West", Point(15.5, 99.2), jurisdiction=square(99, 15, 100, 16))
EAST = Station(
    "east", "สภ.ตะวันออก", "East", Point(15.5, 100.02), jurisdiction=square(100, 15, 101, 16)
)
A_METRE = 1 / 111_000


def responsible(directory, point, *filters):
    found = find_station(directory, point, 3, *filters).responsible
    return [(match.station.unit_id, match.why) for match in found]


def test_the_unit_whose_jurisdiction_covers_the_point_comes_before_a_nearer_one():
    directory = directory_of([WEST, EAST])
    lookup = find_station(directory, Point(15.5, 99.95), 3)
    assert responsible(directory, Point(15.5, 99.95)) == [("west", Why.JURISDICTION)]
    assert ids(lookup.nearest) == ["east", "west"]
    assert ids(lookup.matches) == ["west", "east"]


@pytest.mark.parametrize(
    ("metres", "found"),
    [
        (-110, [("west", Why.JURISDICTION)]),
        (-90, [("west", Why.JURISDICTION), ("east", Why.BOUNDARY)]),
        (0, [("east", Why.JURISDICTION), ("west", Why.BOUNDARY)]),
        (90, [("east", Why.JURISDICTION), ("west", Why.BOUNDARY)]),
        (110, [("east", Why.JURISDICTION)]),
    ],
)
def test_both_are_named_within_a_hundred_metres_of_their_boundary(metres, found):
    east = 100 + metres * A_METRE / math.cos(math.radians(15.5))
    assert responsible(directory_of([WEST, EAST]), Point(15.5, east)) == found


def test_beside_all_jurisdictions_the_nearest_boundary_within_a_hundred_metres_owns_the_point():
    directory = directory_of([WEST, EAST])
    assert responsible(directory, Point(16 + 50 * A_METRE, 99.5)) == [("west", Why.BOUNDARY)]
    assert responsible(directory, Point(16 + 150 * A_METRE, 99.5)) == []


def test_of_several_the_smallest_jurisdiction_owns_the_point_then_the_first_by_id():
    province = Station("a", "จ.", "Province", Point(13, 95), jurisdiction=square(98, 14, 102, 17))
    twin = replace(EAST, unit_id="zzz", point=Point(15.1, 100.9))
    directory = directory_of([province, twin, EAST])
    found = responsible(directory, Point(15.2, 100.5))
    assert [unit_id for unit_id, _ in found] == ["east", "zzz", "a"]


def test_a_responsible_unit_that_is_far_away_rides_in_the_leaf_all_the_same():
    far = Station("far", "ศูนย์", "Far", Point(-30, -60), jurisdiction=square(99, 15, 100, 16))
    crowd = stations_at([Point(15 + i / 70, 99.5) for i in range(30)])
    directory = directory_of([far, *crowd])
    lookup = find_station(directory, Point(15.5, 99.5), 10)
    assert ids(lookup.responsible) == ["far"]
    assert ids(lookup.nearest) == brute_force([far, *crowd], Point(15.5, 99.5), 10)
    assert lookup.queries == 1


def test_filters_count_for_the_responsible_too():
    directory = directory_of([replace(WEST, opening_hours="off"), replace(EAST, kind="other")])
    point = Point(15.5, 100)
    assert len(responsible(directory, point)) == 2
    assert [one for one, _ in responsible(directory, point, Filters(open_at=0.0))] == ["east"]
    assert [one for one, _ in responsible(directory, point, Filters(kinds={"other"}))] == ["east"]


# --- the answer -----------------------------------------------------------------------------


def test_each_match_says_how_far_which_way_and_why(sample):
    first, second = find_station(directory_of(sample), MARKET_NAKHON_PHANOM, 2).matches
    assert first.station.name_th == "สภ.เมืองนครพนม"
    assert (first.why, second.why) == (Why.NEAREST, Why.NEXT_NEAREST)
    assert first.distance_m == distance_m(MARKET_NAKHON_PHANOM, first.station.point)
    assert first.bearing_deg == initial_bearing_deg(MARKET_NAKHON_PHANOM, first.station.point)
    assert first.distance_m < second.distance_m


def test_before_anything_is_published_it_finds_nothing_and_asks_nothing():
    lookup = find_station(MemoryStationDirectory(), MARKET_NAKHON_PHANOM)
    assert (lookup.matches, lookup.queries) == ((), 0)


def test_in_an_empty_directory_it_finds_nothing():
    assert find_station(directory_of([]), MARKET_NAKHON_PHANOM).matches == ()


def test_fewer_stations_than_asked_for_are_all_named(sample):
    assert len(find_station(directory_of(sample[:2]), MARKET_NAKHON_PHANOM, 10).matches) == 2


@pytest.mark.parametrize("k", [0, 11, -1, 2.0, "3", True, None])
def test_a_count_out_of_range_is_refused(sample, k):
    with pytest.raises(InvalidLookup, match="1 to 10"):
        find_station(directory_of(sample), MARKET_NAKHON_PHANOM, k)


# --- what it costs --------------------------------------------------------------------------


def test_a_lookup_is_one_query_wherever_it_is():
    stations = stations_at([Point(5.6 + i % 40 / 3, 97.4 + i // 40 / 3) for i in range(900)])
    directory = directory_of(stations)
    for point in (MARKET_NAKHON_PHANOM, Point(0, 0), Point(90, 0), Point(-90, 7), Point(8, 180)):
        directory.calls.clear()
        lookup = find_station(directory, point, 10)
        assert (lookup.queries, lookup.rounds) == (1, 1)
        assert (directory.calls["leaf"], directory.calls["listings"]) == (1, 0)
        assert ids(lookup.nearest) == brute_force(stations, point, 10)


def test_a_filter_that_the_leaf_cannot_satisfy_costs_a_bounded_second_stage():
    stations = [
        replace(station, kind="rare" if number % 300 == 0 else "common")
        for number, station in enumerate(
            stations_at([Point(5.6 + i % 40 / 3, 97.4 + i // 40 / 3) for i in range(1_200)])
        )
    ]
    directory = directory_of(stations)
    rare = Filters(kinds={"rare"})
    lookup = find_station(directory, MARKET_NAKHON_PHANOM, 2, rare)
    assert ids(lookup.nearest) == brute_force(
        stations, MARKET_NAKHON_PHANOM, 2, lambda s: s.kind == "rare"
    )
    assert 1 < lookup.rounds <= 8
    assert lookup.queries <= 1 + MOST_CELLS * (lookup.rounds - 1)


def test_a_kind_that_the_directory_does_not_have_costs_one_query(sample):
    lookup = find_station(directory_of(sample), MARKET_NAKHON_PHANOM, 3, Filters(kinds={"none"}))
    assert (lookup.nearest, lookup.queries) == ((), 1)


# --- a directory that changes meanwhile -------------------------------------------------------


def test_a_lookup_starts_over_on_the_new_directory(sample):
    directory = directory_of(sample)

    def replaced():
        for skipped in (1, 2, 3):  # more often than versions are kept
            publish(directory, sample[skipped:])

    directory.plan("leaf", replaced)
    lookup = find_station(directory, MARKET_NAKHON_PHANOM, 3)
    assert ids(lookup.nearest) == brute_force(sample[3:], MARKET_NAKHON_PHANOM, 3)
    assert lookup.queries == 2


def test_a_directory_that_never_stays_is_a_temporary_failure(sample):
    directory = directory_of(sample)

    def replaced():
        for skipped in (1, 2, 3, 4):
            publish(directory, sample[skipped:])

    for _ in range(TRIES):
        directory.plan("leaf", replaced)
    with pytest.raises(DirectoryChanged) as failure:
        find_station(directory, MARKET_NAKHON_PHANOM, 3)
    assert isinstance(failure.value, TemporaryFailure)


# --- the units of a report --------------------------------------------------------------------

KINDS = ("police_station", "center_191", "social_office")


def of_kinds(stations, every):
    """Every `every`-th station is an office; one in the middle a centre."""
    middle = len(stations) // 2
    return [
        replace(
            station,
            kind="center_191"
            if number == middle
            else "social_office"
            if number % every == 0
            else "police_station",
        )
        for number, station in enumerate(stations)
    ]


@settings(max_examples=8, deadline=None)
@given(throngs, points, st.integers(1, 5))
def test_of_each_kind_it_finds_what_brute_force_finds(crowd, point, k):
    stations = of_kinds(stations_at(crowd), 3)
    found = ids(
        find_units(directory_of(stations, FEW), point, [(kind, k) for kind in KINDS]).matches
    )
    assert found == [
        unit_id
        for kind in KINDS
        for unit_id in brute_force(stations, point, k, lambda s, kind=kind: s.kind == kind)
    ]


def test_the_responsible_unit_of_each_kind_comes_before_a_nearer_one():
    office = replace(WEST, unit_id="west-office", kind="social_office")
    nearer = Station("o", "พมจ.", "Office", Point(15.5, 99.96), kind="social_office")
    directory = directory_of([WEST, EAST, office, nearer])
    found = find_units(
        directory, Point(15.5, 99.95), [("police_station", 2), ("social_office", 1)]
    ).matches
    assert ids(found) == ["west", "east", "west-office"]
    assert [match.why for match in found] == [Why.JURISDICTION, Why.NEAREST, Why.JURISDICTION]


def test_all_kinds_cost_one_query_where_the_leaf_settles_them(sample):
    office = Station("o", "พมจ.", "Office", MARKET_NAKHON_PHANOM, kind="social_office")
    directory = directory_of([*sample, office])
    directory.calls.clear()
    found = find_units(
        directory,
        MARKET_NAKHON_PHANOM,
        [("police_station", 5), ("center_191", 1), ("social_office", 1)],
    )
    assert (found.queries, found.rounds) == (1, 1)
    assert (directory.calls["leaf"], directory.calls["listings"]) == (1, 0)


def test_a_rare_kind_is_found_however_far_and_costs_a_bounded_second_stage():
    stations = stations_at([Point(5.6 + i % 40 / 3, 97.4 + i // 40 / 3) for i in range(1_200)])
    stations[-1] = replace(stations[-1], kind="center_191")
    found = find_units(
        directory_of(stations), MARKET_NAKHON_PHANOM, [("police_station", 5), ("center_191", 1)]
    )
    assert ids(found.matches)[-1] == stations[-1].unit_id
    assert len(found.matches) == 6
    assert 1 < found.rounds <= 8
    assert found.queries <= 1 + MOST_CELLS * (found.rounds - 1)


def test_a_rare_kind_that_is_responsible_needs_no_second_stage():
    stations = stations_at([Point(5.6 + i % 40 / 3, 97.4 + i // 40 / 3) for i in range(1_200)])
    centre = Station(
        "c",
        "ศูนย์ 191",
        "191",
        Point(6, 98),
        kind="center_191",
        jurisdiction=square(104, 17, 105, 18),
    )
    found = find_units(directory_of([*stations, centre]), MARKET_NAKHON_PHANOM, [("center_191", 1)])
    assert (ids(found.matches), found.queries) == (["c"], 1)


def test_units_of_an_empty_directory_and_before_anything_is_published():
    wanted = [("police_station", 5), ("center_191", 1)]
    assert find_units(directory_of([]), MARKET_NAKHON_PHANOM, wanted).matches == ()
    nothing = find_units(MemoryStationDirectory(), MARKET_NAKHON_PHANOM, wanted)
    assert (nothing.matches, nothing.queries) == ((), 0)


def test_the_units_are_looked_up_anew_when_the_directory_changes_meanwhile(sample):
    directory = directory_of(sample)

    def replaced():
        for skipped in (1, 2, 3):  # more often than versions are kept
            publish(directory, sample[skipped:])

    directory.plan("leaf", replaced)
    found = find_units(directory, MARKET_NAKHON_PHANOM, [("police_station", 3)])
    assert ids(found.matches) == brute_force(sample[3:], MARKET_NAKHON_PHANOM, 3)
    for _ in range(TRIES):
        directory.plan("leaf", replaced)
    with pytest.raises(DirectoryChanged):
        find_units(directory, MARKET_NAKHON_PHANOM, [("police_station", 3)])

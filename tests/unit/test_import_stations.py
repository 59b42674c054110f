"""What an import makes of rows beside each other, and what it would change."""

import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ess.adapters.staging.sqlite import SqliteStaging
from ess.adapters.station_files import read_stations_file, write_geojson
from ess.domain.geo import Point, distance_m
from ess.domain.jurisdiction import Jurisdiction
from ess.domain.station import Phone, Station, canonical
from ess.domain.station_doubts import ACCEPTABLE, CannotBeAccepted, Doubt
from ess.domain.station_names import name_key
from ess.usecases.import_stations import (
    EXAMPLES,
    PROGRESS_ROWS,
    SMALL_CHANGE,
    ChangeKind,
    Outcome,
    compare,
    stage_stations,
)
from tests.unit.station_file_kit import (
    THAT_PHANOM,
    collection,
    doubts_in,
    feature,
    imported,
    rows_of,
    shifted,
    square,
)


def ids(stations):
    return [station.unit_id for station in stations]


def outcome_of(*features, accept=(), keep=()):
    """(ids that go in, grave doubts by row)."""
    _, stations, remarks = imported(collection(*features), accept, keep)
    return ids(stations), doubts_in(remarks)


def as_station(**changes):
    _, (station,), _ = imported(collection(feature(**changes)))
    return station


# --- ids ------------------------------------------------------------------------------------


def test_the_first_row_of_an_id_goes_in():
    _, stations, remarks = imported(
        collection(feature("a"), feature("b", at=shifted(500)), feature("a", at=shifted(900)))
    )
    assert ids(stations) == ["a", "b"]
    assert [str(remark) for remark in remarks] == [
        "row 3 (สภ.ธาตุพนม): its id a is that of row 1: สภ.ธาตุพนม (a)"
    ]


def test_a_row_that_is_kept_out_takes_no_id():
    assert outcome_of(feature("a", name="ตู้ยาม"), feature("a")) == (
        ["a"],
        [(1, "not_a_station")],
    )


def test_repeated_ids_cannot_be_accepted():
    with pytest.raises(CannotBeAccepted, match="no_position, repeated_id"):
        imported(collection(), {Doubt.REPEATED_ID, Doubt.NO_POSITION, Doubt.OUTSIDE})


# --- duplicates -----------------------------------------------------------------------------

FULL_NAME = "สถานีตำรวจภูธรธาตุพนม"


@pytest.mark.parametrize("name", [FULL_NAME, "สภ. ธาตุพนม", "สภ.อ.ธาตุพนม", "สภ.ธาตุ\u200bพนม"])
def test_a_copy_under_another_spelling_is_kept_out(name):
    assert outcome_of(feature("a"), feature("b", at=shifted(60, 60), name=name)) == (
        ["a"],
        [(2, "duplicate")],
    )


@pytest.mark.parametrize(("metres", "copies"), [(0, 1), (149, 1), (151, 0), (2000, 0)])
@pytest.mark.parametrize("direction", [(1, 0), (0, 1), (-1, 0), (0, -1), (0.7, -0.7)])
def test_copies_lie_within_150_m(metres, copies, direction):
    there = shifted(*(metres * part for part in direction))
    here, away = (Point(y, x) for x, y in (THAT_PHANOM, there))
    expected = int(distance_m(here, away) < 150) if metres in (149, 151) else copies
    assert len(outcome_of(feature("a"), feature("b", at=there))[1]) == expected


def test_the_copy_that_says_more_goes_in_and_the_other_names_it():
    _, stations, remarks = imported(
        collection(
            feature("way/1", properties={"phone": None}),
            feature("node/2", at=shifted(30), properties={"phone": None}),
            feature("way/3", at=shifted(60), properties={"opening_hours": "24/7"}),
        )
    )
    assert ids(stations) == ["osm:way/3"]
    copies = [remark for remark in remarks if remark.doubt is Doubt.DUPLICATE]
    assert [remark.row for remark in copies] == [1, 2]
    assert all("of row 3: สภ.ธาตุพนม (osm:way/3)" in remark.reason for remark in copies)


def test_a_node_goes_before_a_building_that_says_as_much():
    assert outcome_of(feature("way/1"), feature("node/2", at=shifted(30)))[0] == ["osm:node/2"]


def test_of_a_chain_of_copies_every_second_one_stays():
    chain = [feature(f"{i}", at=shifted(100 * i)) for i in range(4)]
    assert outcome_of(*chain)[0] == ["0", "2"]


def test_stations_with_no_name_to_speak_of_are_no_copies():
    unnamed = [feature(f"{i}", at=shifted(60 * i), name="สถานีตำรวจ") for i in range(3)]
    assert outcome_of(*unnamed) == (["0", "1", "2"], [])


def test_accepted_copies_all_go_in_even_at_one_position():
    rows = [feature("a"), feature("b"), feature("c", name=FULL_NAME)]
    in_, doubts = outcome_of(*rows, accept={Doubt.DUPLICATE})
    assert (in_, doubts) == (["a", "b", "c"], [(2, "duplicate"), (3, "duplicate")])


# --- positions ------------------------------------------------------------------------------


def test_all_of_those_that_share_a_position_are_kept_out():
    rows = [feature(i, name=f"สภ.{i}", at=shifted(0.2 * n)) for n, i in enumerate("กขค")]
    in_, doubts = outcome_of(*rows, feature("z", name="สภ.ไกล", at=shifted(500)))
    assert in_ == ["z"]
    assert doubts == [(n, "shared_position") for n in (1, 2, 3)]


def test_rows_without_a_name_to_compare_share_a_position_too():
    unnamed = [feature(f"{n}", name="สถานีตำรวจ") for n in range(2)]
    assert outcome_of(*unnamed) == ([], [(1, "shared_position"), (2, "shared_position")])


def test_units_of_different_kinds_may_share_a_house():
    center = feature("c", name="ศูนย์วิทยุ 191", properties={"kind": "center_191"})
    assert outcome_of(feature("a"), center) == (["a", "c"], [])
    other = feature("d", name="ศูนย์วิทยุ 2", properties={"kind": "center_191"})
    in_, doubts = outcome_of(feature("a"), center, other)
    assert (in_, doubts) == (["a"], [(2, "shared_position"), (3, "shared_position")])


def test_close_ones_are_noted_and_go_in():
    rows = [feature("a"), feature("b", name="สภ.นาแก", at=shifted(0, 20))]
    _, stations, remarks = imported(collection(*rows))
    assert ids(stations) == ["a", "b"]
    assert [(r.row, r.doubt, r.outcome) for r in remarks] == [
        (1, Doubt.CLOSE_POSITION, Outcome.NOTED),
        (2, Doubt.CLOSE_POSITION, Outcome.NOTED),
    ]
    assert remarks[0].reason == "it stands 20.0 m from row 2: สภ.นาแก (b)"


@pytest.mark.parametrize(("metres", "noted"), [(49, 2), (51, 0)])
@pytest.mark.parametrize("direction", [(1, 0), (0, 1), (-0.7, 0.7)])
def test_close_is_within_50_m(metres, noted, direction):
    there = shifted(*(metres * part for part in direction))
    _, _, remarks = imported(collection(feature("a"), feature("b", name="สภ.ข", at=there)))
    assert len(remarks) == noted


def test_a_pair_may_be_accepted_by_the_flag_of_one():
    flagged = feature("a", properties={"flags": ["accepted:shared_position"]})
    in_, doubts = outcome_of(flagged, feature("b", name="สภ.นาแก"))
    assert (in_, doubts) == (["a", "b"], [(1, "shared_position")])
    assert outcome_of(flagged, feature("b", name="สภ.ข"), feature("c", name="สภ.ค"))[0] == ["a"]


positions = st.tuples(st.integers(-3, 3), st.integers(-3, 3), st.sampled_from("กขค"))


@settings(max_examples=25, deadline=None)
@given(st.lists(positions, max_size=10), st.sampled_from([0.45, 20.0, 60.0]), st.data())
def test_neighbours_are_those_of_brute_force(places, step, data):
    """Wherever the grid's cells begin."""
    start = (
        data.draw(st.floats(104.2, 104.6, allow_nan=False)),
        data.draw(st.floats(16.9, 17.6, allow_nan=False)),
    )
    rows = [
        feature(f"{n:02d}", name=f"สภ.{name}", at=shifted(step * y, step * x, start))
        for n, (x, y, name) in enumerate(places)
    ]
    _, stations, remarks = imported(collection(*rows), {Doubt.SHARED_POSITION, Doubt.DUPLICATE})
    points = {station.unit_id: station for station in stations}

    def away(one, other):
        return distance_m(one.point, other.point)

    def named(station):
        return name_key(station.name_th)

    near = {
        one.unit_id: min(
            (away(one, o) for o in points.values() if named(o) != named(one)), default=99
        )
        for one in points.values()
    }
    told = {r.unit_id: r.doubt for r in remarks if "it stands" in r.reason}
    assert {i for i, d in told.items() if d is Doubt.SHARED_POSITION} == {
        i for i, metres in near.items() if metres < 1
    }
    assert set(told) == {i for i, metres in near.items() if metres < 50}
    kept = [s for s in points.values() if not any("duplicate" in flag for flag in s.flags)]
    copies = [s for s in points.values() if s not in kept]
    assert all(away(a, b) >= 150 for a in kept for b in kept if a is not b and named(a) == named(b))
    assert all(any(away(c, k) < 150 and named(c) == named(k) for k in kept) for c in copies)


# --- jurisdictions --------------------------------------------------------------------------


def district(unit_id, west, south, size=0.1, **changes):
    middle = (west + size / 2, south + size / 2)
    area = square(west, south, size)
    return feature(unit_id, at=middle, name=f"สภ.{unit_id}", jurisdiction=area, **changes)


def test_neighbours_that_share_a_border_do_not_overlap():
    rows = [district(f"{x}{y}", 104 + 0.1 * x, 17 + 0.1 * y) for x in range(3) for y in range(3)]
    in_, doubts = outcome_of(*rows)
    assert (len(in_), doubts) == (9, [])


@pytest.mark.parametrize(
    "other",
    [
        district("b", 104.35, 17.35),
        district("b", 104.02, 17.02, 0.35),
        district("b", 103.5, 16.5, 1.2),
        district("b", 104.34, 17.31, 0.05),
    ],
)
def test_all_of_those_that_overlap_are_kept_out(other):
    rows = [district("a", 104.3, 17.3), other, district("z", 102, 15)]
    _, stations, remarks = imported(collection(*rows))
    assert ids(stations) == ["z"]
    assert doubts_in(remarks) == [(1, "overlapping_jurisdiction"), (2, "overlapping_jurisdiction")]
    assert "its jurisdiction overlaps that of row 2: สภ.b (b) by" in remarks[0].reason


def test_jurisdictions_of_different_kinds_overlap_of_necessity():
    kinds = ["police_station", "center_191", "social_office"]
    rows = [
        district(kind, 104 + 0.01 * n, 17.0, 0.1 + 0.2 * n, properties={"kind": kind})
        for n, kind in enumerate(kinds)
    ]
    in_, doubts = outcome_of(*rows)
    assert (sorted(in_), doubts) == (sorted(kinds), [])
    twice = district("again", 104.2, 17.1, properties={"kind": "center_191"})
    in_, doubts = outcome_of(*rows, twice)
    assert doubts == [(2, "overlapping_jurisdiction"), (4, "overlapping_jurisdiction")]


def test_a_row_that_is_kept_out_dooms_no_other_by_its_jurisdiction():
    twin = district("a", 104.3, 17.3) | {"id": "twin"}
    in_, doubts = outcome_of(district("a", 104.3, 17.3), twin)
    assert (in_, doubts) == (["a"], [(2, "duplicate")])


def test_accepted_overlaps_go_in_with_their_jurisdictions():
    rows = [district("a", 104.3, 17.3), district("b", 104.35, 17.35)]
    _, stations, _ = imported(collection(*rows), {Doubt.OVERLAPPING_JURISDICTION})
    assert all(station.jurisdiction for station in stations)
    assert all("accepted:overlapping_jurisdiction" in station.flags for station in stations)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 12), st.integers(0, 12), st.sampled_from([1, 2, 5, 9])),
        min_size=2,
        max_size=6,
    )
)
def test_overlaps_are_those_of_all_pairs(places):
    rows = [
        district(f"{n}", 101 + 0.05 * x, 14.5 + 0.05 * y, 0.05 * size)
        for n, (x, y, size) in enumerate(places)
    ]
    squares = [(x, y, x + size, y + size) for x, y, size in places]
    overlapping = {
        n + 1
        for n, a in enumerate(squares)
        for m, b in enumerate(squares)
        if n != m and max(a[0], b[0]) < min(a[2], b[2]) and max(a[1], b[1]) < min(a[3], b[3])
    }
    _, _, remarks = imported(collection(*rows), {Doubt.SHARED_POSITION})
    told = {r.row for r in remarks if r.doubt is Doubt.OVERLAPPING_JURISDICTION}
    assert told == overlapping


# --- merging --------------------------------------------------------------------------------

OLD = [as_station(unit_id="a"), as_station(unit_id="b", name="สภ.นาแก", at=shifted(5000))]


def test_a_merge_adds_and_replaces_and_keeps_the_others():
    rows = [
        feature("b", name="สภ.นาแก", at=shifted(5100)),
        feature("c", name="สภ.ใหม่", at=shifted(9000)),
    ]
    _, stations, remarks = imported(collection(*rows), keep=OLD)
    assert ids(stations) == ["a", "b", "c"]
    assert stations[0] == OLD[0]
    assert stations[1].point != OLD[1].point
    assert remarks == []


@pytest.mark.parametrize(
    "bad",
    [
        feature("b", name="ตู้ยามนาแก"),
        feature("b", at=shifted(40)),  # a copy of the directory's a
        feature("b", name="สภ.อื่น"),  # at the position of the directory's a
    ],
)
def test_a_doubtful_row_leaves_the_old_one_in_its_place(bad):
    report, stations, _ = imported(collection(bad), keep=OLD)
    assert stations == OLD
    assert (report.good, report.kept_out) == (0, 1)


def test_what_is_in_the_directory_is_never_kept_out_by_a_row():
    better = feature("n", at=shifted(40), properties={"verified": True, "opening_hours": "24/7"})
    _, stations, remarks = imported(collection(better), keep=OLD)
    assert ids(stations) == ["a", "b"]
    assert remarks[0].reason == "a copy, 40.0 m away, of the directory's สภ.ธาตุพนม (a)"


# --- the report -----------------------------------------------------------------------------


def test_the_sums_agree_and_memory_holds_examples_only():
    count = PROGRESS_ROWS + 500
    told, remarks = [], []
    rows = [feature(f"{n:04d}", name=f"สภ.{n}", at=shifted(200 * n)) for n in range(5)]
    rows += [feature("", name=f"สภ.{n}") for n in range(count - 5)]
    with SqliteStaging() as staging:
        report = stage_stations(
            rows_of(collection(*rows)), staging, tell=remarks.append, progress=told.append
        )
    assert told == [PROGRESS_ROWS, count]
    assert (report.read, report.good, report.kept_out) == (count, 5, count - 5)
    assert report.counts[Doubt.NO_ID, Outcome.KEPT_OUT] == count - 5 == len(remarks)
    assert len(report.examples[Doubt.NO_ID, Outcome.KEPT_OUT]) == EXAMPLES


def test_samples_are_counted_among_the_good():
    sample = {"sample": True}
    rows = [
        feature("a", properties=sample),
        feature("b", properties=sample),  # a copy
        feature("c", name="ตู้ยาม", properties=sample),
        feature("d", name="สภ.นาแก", at=shifted(900)),
    ]
    report, _, _ = imported(collection(*rows))
    assert (report.good, report.samples) == (2, 1)


# --- changes --------------------------------------------------------------------------------


def summary_of(before, after):
    with SqliteStaging() as staging:
        staging.keep(after)
        return compare(staging, before)


def some(count, **changes):
    return [
        Station(f"{n:03d}", f"สภ.{n}", f"S{n}", Point(17, 104 + n / 1000), **changes)
        for n in range(count)
    ]


def test_changes_are_found_and_named():
    a, b, c, d = some(4)
    moved = Station(b.unit_id, b.name_th, b.name_en, Point(17.5, 104), phones=(Phone("191"),))
    summary = summary_of([c, a, b], [d, moved, a])
    assert summary.counts == {"added": 1, "changed": 1, "removed": 1}
    assert summary.first[ChangeKind.CHANGED][0].fields == ("point", "phones")
    assert summary.changes.added == (d,)
    assert summary.changes.changed == ((b, moved),)
    assert summary.changes.removed == (c,)


def test_changes_come_in_the_order_of_ids():
    old = some(9)
    new = [Station(s.unit_id, s.name_th, "changed", s.point) for s in old[3:6]] + some(12)[9:]
    order = [*reversed(new)]
    with SqliteStaging() as staging:
        staging.keep(order)
        pairs = [*staging.differences(reversed(old))]
    assert [(before or after).unit_id for before, after in pairs] == [f"{n:03d}" for n in range(12)]


def test_nothing_changes_between_a_set_and_itself():
    summary = summary_of(some(30), reversed(some(30)))
    assert (summary.total, len(summary.changes)) == (0, 0)


@pytest.mark.parametrize(("count", "held"), [(SMALL_CHANGE, True), (SMALL_CHANGE + 1, False)])
def test_only_a_small_change_is_held_in_memory(count, held):
    summary = summary_of([], some(count))
    assert summary.counts[ChangeKind.ADDED] == count
    assert len(summary.first[ChangeKind.ADDED]) == EXAMPLES
    assert (summary.changes is not None) == held


# --- there and back ---------------------------------------------------------------------------

thai = st.text(st.sampled_from("กขมรสภนาแโำัิี่้ .a1()"), min_size=1, max_size=10)
numbers = st.sampled_from(
    ["042511266", "0 4251 1266-8", "191", "081-234-5678 ต่อ 3", "x", "+856 20 5555 1234"]
)
areas = st.sampled_from([None, square(104, 16, 1.5), square(104.3, 16.2, 1.1)])
features = st.builds(
    lambda n, name, x, y, phones, area, **properties: feature(
        f"{n}",
        at=(x, y),
        name=f"สภ.{name}",
        jurisdiction=area,
        properties={**properties, "phone": "; ".join(phones)},
    ),
    st.integers(0, 9),
    thai,
    st.floats(104.2, 104.7),
    st.floats(16.9, 17.6),
    st.lists(numbers, max_size=3),
    areas,
    province=thai,
    district=thai,
    agency=thai,
    opening_hours=st.sampled_from(["", "24/7", "Mo-Fr 08:30-16:30", "sometimes"]),
    flags=st.lists(thai, max_size=2),
    source=st.sampled_from(["", "osm:node/1"]),
    verified=st.booleans(),
    sample=st.booleans(),
)


@settings(max_examples=20, deadline=None)
@given(st.lists(features, max_size=5), st.booleans())
def test_importing_an_export_changes_nothing(rows, accept):
    """Whatever was accepted on the way in: no doubt keeps out what is in the directory already."""
    _, stations, _ = imported(collection(*rows), ACCEPTABLE if accept else ())
    out = io.StringIO()
    write_geojson(stations, out)
    report, again, _ = imported(out.getvalue())
    assert report.kept_out == 0
    assert [canonical(s) for s in again] == [canonical(s) for s in stations]
    assert again == stations


crowded = st.builds(
    lambda n, name, north, east, area: feature(
        f"{n}", name=f"สภ.{name}", at=shifted(north, east), jurisdiction=area
    ),
    st.integers(0, 9),
    st.sampled_from("กขค"),
    st.sampled_from([0, 0.5, 30, 100, 200]),
    st.sampled_from([0, 0.5, 100]),
    areas,
)
subsets = st.frozensets(
    st.sampled_from([Doubt.DUPLICATE, Doubt.SHARED_POSITION, Doubt.OVERLAPPING_JURISDICTION])
)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.lists(crowded, max_size=6), subsets), min_size=1, max_size=3))
def test_no_history_of_merges_makes_an_export_doubtful(steps):
    stations = []
    for rows, accept in steps:
        _, stations, _ = imported(collection(*rows), accept, keep=stations)
    out = io.StringIO()
    write_geojson(stations, out)
    report, again, _ = imported(out.getvalue())
    assert (report.kept_out, again) == (0, stations)


def test_importing_the_same_file_again_changes_nothing():
    rows = collection(*(feature(f"{n}", name=f"สภ.{n}", at=shifted(200 * n)) for n in range(5)))
    with SqliteStaging() as staging:
        stage_stations(read_stations_file(io.BytesIO(rows.encode())), staging)
        assert compare(staging, imported(rows)[1]).total == 0


def test_jurisdictions_come_back_whole():
    area = {
        "type": "MultiPolygon",
        "coordinates": [
            square(104, 16, 0.5)["coordinates"],
            square(104.7, 16.9, 0.1)["coordinates"],
        ],
    }
    _, (station,), _ = imported(collection(feature(jurisdiction=area)))
    assert station.jurisdiction == Jurisdiction.from_coordinates(area["coordinates"])
    out = io.StringIO()
    write_geojson([station], out)
    written = json.loads(out.getvalue())["features"][0]
    assert written["jurisdiction"] == area
    assert imported(out.getvalue())[1] == [station]

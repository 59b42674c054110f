"""The lookup function: two ways to ask, clear refusals, and nothing personal in its log."""

import io
import json
from dataclasses import replace

import pytest

from ess import bootstrap
from ess.adapters.memory.reports import MemoryReports
from ess.adapters.memory.store import MemoryStore
from ess.domain.errors import InvalidLookup, InvalidPoint, ReportNotFound
from ess.domain.geo import Point
from ess.domain.kinds import Kind
from ess.domain.ladder import UnitKind
from ess.domain.report import Report
from ess.domain.station import Station
from functions.find_station.app import handler, logger
from tests.unit.directory_kit import directory_of

PIN = Point(17.417317, 104.781231)
STATIONS = [
    Station("near", "สภ.ใกล้", "Near", Point(17.42, 104.78)),
    Station("far", "สภ.ไกล", "Far", Point(16.94, 104.71)),
]
OFFICE = Station(
    "office", "พมจ.", "Office", Point(17.41, 104.78), kind="social_office", opening_hours="off"
)
CENTRE = Station("centre", "ศูนย์ 191", "191 centre", Point(17.9, 104.1), kind="center_191")
POINT = {"latitude": PIN.latitude, "longitude": PIN.longitude}


@pytest.fixture(autouse=True)
def adapters(monkeypatch):
    report = Report("r1", "K7P-2MX", "U1", None, Kind.ASSAULT, PIN, 0.0, 0.0)
    reports = MemoryReports(MemoryStore(reports={"r1": report}))
    monkeypatch.setattr(bootstrap, "station_directory", lambda: directory_of(STATIONS))
    monkeypatch.setattr(bootstrap, "reports", lambda: reports)


def asked_with(**event):
    return handler(event, None)


def test_a_point_gets_the_nearest_stations():
    assert asked_with(point=POINT, k=1) == {
        "candidates": [
            {
                "unit_id": "near",
                "name_th": "สภ.ใกล้",
                "name_en": "Near",
                "kind": "police_station",
                "latitude": 17.42,
                "longitude": 104.78,
                "why": "nearest",
                "distance_m": 325.7,
                "bearing_deg": 336.4,
            }
        ],
        "queries": 1,
        "rounds": 1,
    }


def test_kinds_and_open_stations_can_be_asked_for(monkeypatch):
    directory = directory_of([*STATIONS, OFFICE])
    monkeypatch.setattr(bootstrap, "station_directory", lambda: directory)

    def found(**more):
        answer = asked_with(point=POINT, k=10, **more)
        return [candidate["unit_id"] for candidate in answer["candidates"]]

    assert found() == ["near", "office", "far"]
    assert found(open=True) == ["near", "far"]
    assert found(kinds=["social_office"]) == ["office"]
    assert found(kinds=["social_office"], open=True) == []


def test_a_report_is_looked_up_by_its_pin_and_the_answer_does_not_give_the_pin_away():
    answer = asked_with(report_id="r1")
    measured = asked_with(point=POINT)["candidates"]
    assert [c["unit_id"] for c in answer["candidates"]] == ["near", "far"]
    # Distances and bearings would give the pin away to whoever reads the workflow's history.
    told = {"unit_id", "name_th", "name_en", "kind", "latitude", "longitude", "why"}
    assert all(set(candidate) == told for candidate in answer["candidates"])
    assert answer["candidates"] == [{k: c[k] for k in told} for c in measured]
    json.dumps(answer)


def test_a_report_gets_five_stations_the_191_centre_and_the_social_office(monkeypatch):
    more = [Station(f"s{n}", "สภ.", "Station", Point(17.43 + n / 100, 104.78)) for n in range(1, 7)]
    second = replace(OFFICE, unit_id="office-2", point=Point(17.5, 104.78))
    directory = directory_of([*STATIONS, *more, OFFICE, second, CENTRE])
    monkeypatch.setattr(bootstrap, "station_directory", lambda: directory)
    answer = asked_with(report_id="r1")
    assert [(c["unit_id"], c["kind"]) for c in answer["candidates"]] == [
        ("near", "police_station"),
        *((f"s{n}", "police_station") for n in range(1, 5)),
        ("centre", "center_191"),
        ("office", "social_office"),
    ]
    assert (answer["queries"], answer["rounds"]) == (1, 1)
    # What the next function takes.
    for candidate in answer["candidates"]:
        assert UnitKind(candidate["kind"])


def test_a_report_gets_an_office_that_is_shut_too_for_its_people_may_be_on_duty(monkeypatch):
    directory = directory_of([OFFICE])
    monkeypatch.setattr(bootstrap, "station_directory", lambda: directory)
    assert [c["unit_id"] for c in asked_with(report_id="r1")["candidates"]] == ["office"]


@pytest.mark.parametrize(
    ("event", "error", "message"),
    [
        ({}, InvalidLookup, "give a point or a report_id"),
        ({"report_id": ""}, InvalidLookup, "give a point or a report_id"),
        ({"report_id": 7}, InvalidLookup, "give a point or a report_id"),
        ({"report_id": "unknown"}, ReportNotFound, "unknown"),
        ({"point": None}, InvalidLookup, "latitude and longitude"),
        ({"point": [17, 104]}, InvalidLookup, "latitude and longitude"),
        ({"point": {}}, InvalidPoint, "latitude must be a number"),
        ({"point": {"latitude": 17}}, InvalidPoint, "longitude must be a number"),
        ({"point": {"latitude": "17", "longitude": 104}}, InvalidPoint, "not str"),
        ({"point": {"latitude": float("nan"), "longitude": 104}}, InvalidPoint, "finite"),
        ({"point": POINT, "k": 0}, InvalidLookup, "1 to 10"),
        ({"point": POINT, "k": "3"}, InvalidLookup, "1 to 10"),
        ({"point": POINT, "kinds": "police_station"}, InvalidLookup, "list of texts"),
        ({"point": POINT, "kinds": [1]}, InvalidLookup, "list of texts"),
        ({"point": POINT, "open": "yes"}, InvalidLookup, "true or false"),
    ],
)
def test_bad_input_is_refused_by_name(event, error, message):
    with pytest.raises(error, match=message):
        handler(event, None)


def test_the_log_says_what_it_did_and_not_where(monkeypatch):
    kept = io.StringIO()
    for writer in logger.handlers:
        monkeypatch.setattr(writer, "stream", kept)
    asked_with(report_id="r1")
    asked_with(point=POINT)
    log = kept.getvalue()
    assert [json.loads(line)["candidates"] for line in log.splitlines()] == [2, 2]
    for trace in ("17.4", "104.7", "near", "สภ", "\\u0e2a"):
        assert trace not in log

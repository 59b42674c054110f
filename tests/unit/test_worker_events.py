"""The workers' functions over the corpus in `events/`: as the workflow and schedule call them."""

import importlib
import json
from pathlib import Path

import pytest

from ess import bootstrap
from ess.domain.geo import Point
from ess.domain.report import ClosingReason, Status
from ess.domain.station import Station
from tests.unit.directory_kit import directory_of
from tests.unit.incident_kit import ALICE, BOB, DORA, REPORT, World

ROOT = Path(__file__).parents[2]
EVENTS = ROOT / "events"


@pytest.fixture
def world(monkeypatch):
    world = World(ALICE, BOB, DORA)
    directory = directory_of([Station("np-first", "สภ.หนึ่ง", "First", Point(17.4, 104.7))])
    for name, value in {
        "reports": world.reports,
        "responders": world.responders,
        "workflow": world.workflow,
        "clock": world.clock,
        "station_directory": directory,
    }.items():
        monkeypatch.setattr(bootstrap, name, lambda value=value: value)
    monkeypatch.setattr(bootstrap, "messages_about", lambda _observe: world.about)
    return world


def call(name):
    function, _, _ = name.partition("/")
    event = json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))
    return importlib.import_module(f"functions.{function}.app").handler(event, None)


def test_every_function_has_a_sample_event():
    functions = {path.parent.name for path in (ROOT / "functions").glob("*/app.py")}
    assert {path.parent.name for path in EVENTS.glob("*/*.json")} == functions


@pytest.mark.parametrize("name", ["find_station/point", "find_station/report"])
def test_a_station_is_found(world, name):
    assert call(name)["candidates"][0]["unit_id"] == "np-first"


@pytest.mark.parametrize(
    ("name", "stations"), [("assign_report/two_stations", 2), ("assign_report/no_station", 0)]
)
def test_a_report_gets_its_ladder_and_always_the_desk(monkeypatch, name, stations):
    world = World(stations=None)
    monkeypatch.setattr(bootstrap, "reports", lambda: world.reports)
    assert call(name) == {"stations": stations}
    assert [rung.unit_id for rung in world.report.ladder][stations:] == ["desk"]


def test_the_first_station_is_notified(world):
    call("notify_responders/first_station")
    assert world.report.status is Status.NOTIFIED
    assert world.report.token == "token-of-the-waiting-state"
    assert world.told(ALICE) == world.told(BOB) == ["officer.offer"]


def test_the_desk_is_notified(world):
    call("notify_responders/desk")
    assert world.shown == "status.at_desk"
    assert world.told(DORA) == ["officer.offer"]


def test_an_accepted_report_is_followed_up(world):
    world.notify()
    world.tap(ALICE, "accept")
    call("follow_up_report/accepted")
    assert world.told()[-1] == "status.acknowledged"
    assert world.told(BOB)[-1] == "officer.taken"


def test_a_closed_report_is_concluded(world):
    world.notify()
    world.tap(ALICE, "accept")
    world.tap(ALICE, "close", ClosingReason.RESOLVED)
    call("follow_up_report/conclude")
    assert world.told()[-1] == "status.closed"


def test_the_schedule_starts_what_was_never_started(world):
    world.clock.advance(120)
    call("audit_reports/schedule")
    assert world.workflow.started == [REPORT]

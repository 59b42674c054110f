"""Assigning: the ladder in the order found, the desk always last, and once given it stays."""

from dataclasses import replace

import pytest

from ess import bootstrap
from ess.domain.errors import (
    ReportChanged,
    ReportClosed,
    ReportNotDispatched,
    ReportNotFound,
    TemporaryFailure,
)
from ess.domain.geo import Point
from ess.domain.ladder import DESK
from ess.domain.report import OVERDUE_SLACK_S, Status
from ess.usecases.assign_report import Candidate, assign_report
from ess.usecases.change_report import TRIES
from functions.assign_report.app import handler
from tests.unit.incident_kit import REPORT, World

NEAR = Candidate("near", "สภ.ใกล้", "Near", Point(17.42, 104.78))
FAR = Candidate("far", "สภ.ไกล", "Far", Point(16.94, 104.71))


def assign(world, *candidates, report_id=REPORT):
    return assign_report(report_id, candidates, 60, reports=world.reports, clock=world.clock)


@pytest.fixture
def world():
    return World(stations=None)


def test_the_stations_in_the_order_found_and_the_desk_last(world):
    report = assign(world, NEAR, FAR)
    assert [rung.unit_id for rung in report.ladder] == ["near", "far", "desk"]
    assert [rung.distance_m for rung in report.ladder] == [1666.5, 52496.0, None]
    assert report.due_at == world.clock.now() + 60 + OVERDUE_SLACK_S
    assert (world.actions, world.shown) == (["assigned"], "status.dispatched")


def test_without_a_station_the_desk_is_the_ladder(world):
    assert assign(world).ladder == (DESK,)


def test_a_ladder_once_given_stays(world):
    first = assign(world, NEAR)
    assert assign(world, FAR, NEAR) == first
    assert world.reports.calls["save"] == 1


@pytest.mark.parametrize(
    ("status", "error"),
    [(Status.CLOSED, ReportClosed), (Status.OPENED, ReportNotDispatched)],
)
def test_what_may_not_be_assigned(world, status, error):
    world.put(replace(world.report, status=status))
    with pytest.raises(error):
        assign(world, NEAR)
    assert world.actions == []


def test_a_report_that_does_not_exist(world):
    with pytest.raises(ReportNotFound):
        assign(world, NEAR, report_id="f" * 32)


def test_a_lost_race_is_decided_anew(world):
    world.reports.plan("save", lambda: world.put(replace(world.report, version=9, phone="+1")))
    report = assign(world, NEAR)
    assert (report.version, report.phone) == (10, "+1")


def test_a_report_that_keeps_changing_is_for_the_next_retry(world):
    world.reports.plan("save", *[ReportChanged() for _ in range(TRIES)])
    with pytest.raises(TemporaryFailure):
        assign(world, NEAR)


def test_the_function_takes_what_the_lookup_gives_and_leaves_out_a_bad_row(world, monkeypatch):
    monkeypatch.setattr(bootstrap, "reports", lambda: world.reports)
    monkeypatch.setattr(bootstrap, "clock", lambda: world.clock)
    good = {
        "name_th": "สภ.",
        "name_en": "S",
        "latitude": 17.4,
        "longitude": 104.8,
        "why": "nearest",
    }
    rows = [
        {**good, "unit_id": "a"},
        {**good, "unit_id": "b", "latitude": 123.0},
        {"unit_id": "c"},
        {**good, "unit_id": "d"},
    ]
    answer = handler({"report_id": REPORT, "candidates": rows, "wait_s": 60}, None)
    assert answer == {"stations": 2}
    assert [rung.unit_id for rung in world.report.ladder] == ["a", "d", "desk"]

"""Assigning: the ladder that the policy makes of what was found, and once given it stays."""

from dataclasses import replace

import pytest

from ess import bootstrap
from ess.domain import dispatch
from ess.domain.errors import (
    ReportChanged,
    ReportClosed,
    ReportNotDispatched,
    ReportNotFound,
    ReportSuperseded,
    TemporaryFailure,
)
from ess.domain.geo import Point
from ess.domain.kinds import Kind
from ess.domain.ladder import DESK, UnitKind, When
from ess.domain.policy_rows import read_policy
from ess.domain.report import OVERDUE_SLACK_S, Status
from ess.policies import builtin
from ess.usecases.assign_report import Candidate, assign_report
from ess.usecases.change_report import TRIES
from functions.assign_report.app import handler
from tests.unit.incident_kit import ALICE, REPORT, World

NEAR = Candidate("near", "สภ.ใกล้", "Near", UnitKind.POLICE_STATION, Point(17.42, 104.78))
FAR = Candidate("far", "สภ.ไกล", "Far", UnitKind.POLICE_STATION, Point(16.94, 104.71))
CENTRE = Candidate("191", "ศูนย์ 191", "191", UnitKind.CENTER_191, Point(17.40, 104.78))
OFFICE = Candidate("pmj", "พมจ.", "Office", UnitKind.SOCIAL_OFFICE, Point(17.41, 104.78))
POLICY = read_policy(builtin.load(), {"acknowledge": 61, "desk": 62})


def assign(world, *candidates, report_id=REPORT, run=1):
    return assign_report(
        report_id, run, candidates, POLICY, reports=world.reports, clock=world.clock
    )


def asked(report):
    return [[unit.unit_id for unit in rung.units] for rung in report.ladder.rungs]


@pytest.fixture
def world():
    return World(ALICE, ladder=None)


def test_the_units_in_the_order_found_and_the_desk_last(world):
    report = assign(world, NEAR, FAR, CENTRE, OFFICE)
    assert asked(report) == [["near"], ["near", "far"], ["191"], ["desk"]]
    both = report.ladder.rungs[1].units
    assert [unit.distance_m for unit in both] == [1666.5, 52496.0]
    assert report.ladder.waits() == [61, 61, 61, 62]
    assert [unit.unit_id for unit in report.ladder.nearby] == ["near", "far", "191", "pmj"]
    assert report.due_at == world.clock.now() + OVERDUE_SLACK_S
    assert (world.actions, world.shown) == (["assigned"], "status.dispatched")


@pytest.mark.parametrize(
    ("kind", "when"),
    [
        (Kind.CONFINEMENT, When.AT_ONCE),
        (Kind.SEXUAL_ABUSE, When.AT_ONCE),
        (Kind.ASSAULT, When.UNANSWERED),
    ],
)
def test_the_social_office_is_informed_as_the_policy_says_for_that_kind(world, kind, when):
    world.put(replace(world.report, kind=kind))
    (notice,) = assign(world, NEAR, OFFICE).ladder.notices
    assert ([unit.unit_id for unit in notice.units], notice.when) == (["pmj"], when)


def test_without_a_unit_the_desk_is_the_ladder(world):
    report = assign(world)
    assert [rung.units for rung in report.ladder.rungs] == [(DESK,)]
    assert report.ladder.place(0).last


def test_a_ladder_once_given_stays(world):
    first = assign(world, NEAR)
    assert assign(world, FAR, NEAR) == first
    assert world.reports.calls["save"] == 1


def test_an_execution_that_takes_over_keeps_the_ladder_and_may_ask_for_it(world):
    first = assign(world, NEAR)
    world.put(replace(first, run=2))
    assert assign(world, FAR, run=2).ladder == first.ladder


def test_a_lookup_that_failed_once_does_not_leave_the_search_to_the_desk_for_ever(world):
    assign(world)
    for step in range(3):
        world.notify(step, f"token-{step}")
    world.put(dispatch.restart(world.report, "failed", now=world.clock.now()).report)
    report = assign(world, NEAR, FAR, run=2)
    assert report.next_step == report.ladder.begins == 3
    assert [unit.unit_id for unit in report.rung_at(3).units] == ["near"]
    assert report.ladder.waits() == [62, 62, 62, 61, 61, 62]
    assert assign(world, FAR, run=2) == report


def test_an_execution_that_was_taken_over_from_gives_no_ladder(world):
    world.put(replace(world.report, run=2))
    with pytest.raises(ReportSuperseded):
        assign(world, NEAR)
    assert world.report.ladder is None


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


# --- the function ---------------------------------------------------------------------------------

GOOD = {
    "name_th": "สภ.",
    "name_en": "S",
    "kind": "police_station",
    "latitude": 17.4,
    "longitude": 104.8,
    "why": "nearest",
}


@pytest.fixture
def deployed(world, monkeypatch):
    monkeypatch.setattr(bootstrap, "reports", lambda: world.reports)
    monkeypatch.setattr(bootstrap, "clock", lambda: world.clock)
    monkeypatch.setattr(bootstrap, "policy", lambda tell: (POLICY, "version 7"))
    return world


def handled(*rows, run=1):
    return handler({"report_id": REPORT, "run": run, "candidates": list(rows)}, None)


def test_the_function_takes_what_the_lookup_gives_and_leaves_out_a_bad_row(deployed):
    answer = handled(
        {**GOOD, "unit_id": "a"},
        {**GOOD, "unit_id": "b", "latitude": 123.0},
        {"unit_id": "c"},
        {**GOOD, "unit_id": "d", "kind": "fire_station"},
        {**GOOD, "unit_id": "e"},
    )
    assert answer == {"waits": [61, 61, 62], "step": 0, "outcome": "search"}
    assert asked(deployed.report) == [["a"], ["a", "e"], ["desk"]]


def test_the_function_says_which_policy_a_report_was_given(deployed):
    handled({**GOOD, "unit_id": "a"})
    assert deployed.report.ladder.policy == "default, version 7"
    assert deployed.reports.timeline(REPORT)[0].detail["policy"] == "default, version 7"


def test_an_execution_that_takes_over_begins_where_the_one_before_was(deployed):
    handled({**GOOD, "unit_id": ALICE.unit_id})
    deployed.notify(0)
    deployed.put(replace(deployed.report, run=2))
    assert handled(run=2) == {"waits": [61, 61, 62], "step": 1, "outcome": "search"}


def test_an_execution_that_takes_over_an_accepted_report_follows_it_up(deployed):
    handled({**GOOD, "unit_id": ALICE.unit_id})
    deployed.notify(0)
    deployed.tap(ALICE, "accept")
    deployed.put(replace(deployed.report, run=2))
    assert handled(run=2)["outcome"] == "silence"


def test_a_policy_that_cannot_be_read_is_counted_and_does_not_stop_a_report(
    deployed, monkeypatch, capsys
):
    def policy(tell):
        tell("not valid")
        return POLICY, "built-in"

    monkeypatch.setattr(bootstrap, "policy", policy)
    handled({**GOOD, "unit_id": "a"})
    assert '"PolicyUnreadable":[1.0]' in capsys.readouterr().out
    assert deployed.report.ladder.policy == "default, built-in"

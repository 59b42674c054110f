"""The auditor: finds what stands still, sets it going again, and is stopped by nothing."""

import json
from dataclasses import replace

import pytest

from ess import bootstrap
from ess.domain import conversation as talk
from ess.domain.conversation import Conversation, reporter_view
from ess.domain.errors import ReportChanged, ReportSuperseded, TemporaryFailure
from ess.domain.report import ACCEPTED, ClosingReason, Status
from ess.ports.workflow import Execution
from ess.usecases.audit_reports import RETELL_S
from functions.audit_reports.app import handler
from tests.unit.incident_kit import ALICE, BOB, CAROL, REPORT, World


@pytest.fixture
def world():
    return World(ALICE, BOB, CAROL)


def counts(found):
    return (found.dispatched, found.unstarted, dict(found.repaired), found.failed)


NOTHING = (0, 0, {}, 0)


def opened(world, **fields):
    now = world.clock.now()
    world.put(replace(world.report, status=Status.OPENED, due_at=now + 90, ladder=None, **fields))


def restarts(world):
    lines = [e for e in world.reports.timeline(REPORT) if e.action == "restarted"]
    assert all(line.actor == "auditor" for line in lines)
    return [(line.detail["cause"], line.detail["run"]) for line in lines]


def test_nothing_due_is_nothing_done(world):
    opened(world)
    world.clock.advance(89)
    assert counts(world.audit()) == NOTHING
    assert (world.workflow.started, world.reports.calls["get"]) == ([], 0)


@pytest.mark.parametrize("can_talk", [True, False])
def test_a_reporter_who_gave_no_number_in_time_is_dispatched_without(world, can_talk):
    opened(world, phone=None, can_talk=can_talk)
    world.clock.advance(90)
    assert counts(world.audit()) == (1, 0, {}, 0)
    report = world.report
    assert (report.status, report.can_talk) == (Status.DISPATCHED, can_talk)
    assert world.workflow.started == [REPORT]
    assert world.shown == "status.dispatched"
    (line,) = world.reports.timeline(REPORT)
    assert (line.actor, line.action) == ("auditor", "dispatched")


def test_a_number_that_arrives_at_that_moment_wins(world):
    opened(world)
    world.clock.advance(90)
    world.reports.plan("save", ReportChanged())
    assert counts(world.audit()) == NOTHING
    assert world.workflow.started == []


# --- never started ------------------------------------------------------------------------------


def test_a_workflow_that_was_never_started_is_started_and_counted(world):
    world.clock.advance(31)
    assert counts(world.audit()) == (0, 1, {}, 0)
    assert world.workflow.states == {(REPORT, 1): Execution.RUNNING}
    assert world.actions == ["started"]
    assert world.report.run == 1


def test_a_reopened_report_whose_workflow_was_never_started_is_started(world):
    world.workflow.states[REPORT, 1] = Execution.SUCCEEDED
    closed(world)
    world.workflow.plan("start", TemporaryFailure("throttled"))
    with pytest.raises(TemporaryFailure):
        world.say(talk.NobodyCame(REPORT))
    world.clock.advance(31)
    assert counts(world.audit()) == (0, 1, {}, 0)
    assert world.workflow.states[REPORT, 2] is Execution.RUNNING


# --- stands still -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "state",
    [Execution.FAILED, Execution.TIMED_OUT, Execution.ABORTED, Execution.SUCCEEDED],
)
def test_a_report_whose_execution_is_over_goes_on_with_another(world, state):
    world.notify(0)
    world.workflow.states[REPORT, 1] = state
    world.clock.advance(91)
    assert counts(world.audit()) == (0, 0, {state.value: 1}, 0)
    assert restarts(world) == [(state.value, 2)]
    assert world.workflow.states[REPORT, 2] is Execution.RUNNING
    assert (world.report.run, world.report.next_step, world.report.token) == (2, 1, None)
    with pytest.raises(ReportSuperseded):
        world.notify(1, "token-2", run=1)
    world.notify(1, "token-2", run=2)
    assert world.told(CAROL) == ["officer.offer"]


def test_a_token_that_nobody_holds_is_found(world):
    world.workflow.start(REPORT)
    world.notify(0)
    world.workflow.over.add("token-1")
    world.clock.advance(91)
    assert counts(world.audit()) == (0, 0, {"token_lost": 1}, 0)
    assert restarts(world) == [("token_lost", 2)]
    assert world.workflow.states == {
        (REPORT, 1): Execution.ABORTED,
        (REPORT, 2): Execution.RUNNING,
    }


@pytest.mark.parametrize("token", [None, "token-1"])
def test_an_execution_that_runs_and_does_nothing_is_stopped_and_replaced(world, token):
    world.workflow.start(REPORT)
    world.notify(0)
    world.put(replace(world.report, token=token))
    world.clock.advance(91)
    assert counts(world.audit()) == (0, 0, {"stuck": 1}, 0)
    assert world.workflow.states[REPORT, 1] is Execution.ABORTED
    assert world.workflow.states[REPORT, 2] is Execution.RUNNING


@pytest.mark.parametrize("status", sorted(ACCEPTED))
def test_an_accepted_report_that_stands_still_keeps_its_officer(world, status):
    world.workflow.start(REPORT)
    world.notify(0)
    world.tap(ALICE, "accept")
    if status is not Status.ACKNOWLEDGED:
        world.tap(ALICE, status.value)
    world.clock.advance(10_000)
    assert world.audit().repaired.total() == 1
    assert (world.report.status, world.report.acknowledged_by) == (status, "alice")
    world.follow_up("silence", "token-9", run=2)
    assert world.report.token == "token-9"


def test_what_was_repaired_is_not_repaired_again_in_the_next_minute(world):
    world.workflow.start(REPORT)
    world.clock.advance(31)
    assert counts(world.audit()) == (0, 0, {"stuck": 1}, 0)
    world.clock.advance(29)
    assert counts(world.audit()) == NOTHING


def test_a_report_that_never_moves_is_repaired_again_and_again(world):
    world.workflow.start(REPORT)
    for number in range(1, 4):
        world.clock.advance(60)
        assert counts(world.audit()) == (0, 0, {"stuck": 1}, 0)
        assert world.report.run == number + 1
    assert sorted(world.workflow.states.values()) == [*[Execution.ABORTED] * 3, Execution.RUNNING]


def test_two_auditors_at_once_repair_once(world):
    world.workflow.start(REPORT)
    world.clock.advance(31)
    inner = []
    world.reports.plan("save", lambda: inner.append(world.audit()))
    outer = world.audit()
    assert (counts(outer), counts(inner[0])) == (NOTHING, (0, 0, {"stuck": 1}, 0))
    assert restarts(world) == [("stuck", 2)]
    assert sorted(world.workflow.states) == [(REPORT, 1), (REPORT, 2)]


def test_a_tap_at_that_moment_wins(world):
    world.workflow.start(REPORT)
    world.notify(0)
    world.clock.advance(91)
    world.reports.plan("save", lambda: world.tap(ALICE, "accept"))
    assert counts(world.audit()) == NOTHING
    assert (world.report.run, world.report.acknowledged_by) == (1, "alice")


def test_an_engine_that_fails_after_the_repair_was_written_leaves_it_to_the_next_minute(world):
    world.workflow.start(REPORT)
    world.clock.advance(31)
    world.workflow.plan("start", TemporaryFailure("throttled"))
    assert world.audit().failed == 1
    assert world.report.run == 2
    world.clock.advance(60)
    assert counts(world.audit()) == (0, 1, {}, 0)
    assert world.workflow.states[REPORT, 2] is Execution.RUNNING


# --- ended badly ----------------------------------------------------------------------------------

BAD = [Execution.FAILED, Execution.TIMED_OUT, Execution.ABORTED]


@pytest.mark.parametrize("state", BAD)
def test_an_execution_that_ended_badly_is_replaced_before_anything_is_due(world, state):
    world.notify(0)
    world.workflow.states[REPORT, 1] = state
    assert counts(world.audit()) == (0, 0, {state.value: 1}, 0)
    assert restarts(world) == [(state.value, 2)]
    assert counts(world.audit()) == NOTHING


def test_an_execution_that_another_has_taken_over_from_is_left_alone(world):
    world.put(replace(world.report, run=2))
    world.workflow.states = {
        (REPORT, 1): Execution.ABORTED,
        (REPORT, 2): Execution.RUNNING,
    }
    assert counts(world.audit()) == NOTHING


def closed(world):
    if world.report.step is None:
        world.notify(0)
    world.tap(ALICE, "accept")
    world.tap(ALICE, "close", ClosingReason.RESOLVED)


@pytest.mark.parametrize(("after_s", "again"), [(1, True), (RETELL_S, True), (RETELL_S + 1, False)])
def test_a_closed_report_whose_end_was_not_told_is_told_again_for_an_hour(world, after_s, again):
    closed(world)
    before = world.report
    world.workflow.states[REPORT, 1] = Execution.FAILED
    world.clock.advance(after_s)
    assert counts(world.audit()) == ((0, 0, {"failed": 1}, 0) if again else NOTHING)
    after = world.report
    assert (after.status, after.closing_reason, after.changed_at, after.due_at) == (
        Status.CLOSED,
        before.closing_reason,
        before.changed_at,
        None,
    )
    if again:
        world.conclude(run=2)
        assert world.told()[-1] == "status.closed"


def test_telling_again_does_not_go_on_for_ever(world):
    closed(world)
    world.workflow.states[REPORT, 1] = Execution.FAILED
    for _ in range(RETELL_S // 60 + 5):
        world.clock.advance(60)
        world.audit()
        world.workflow.states = dict.fromkeys(world.workflow.states, Execution.FAILED)
    assert len(restarts(world)) == RETELL_S // 60


def test_an_execution_of_a_report_that_was_erased_is_nobodys_failure(world):
    world.workflow.states["f" * 32, 1] = Execution.FAILED
    assert counts(world.audit()) == NOTHING


# --- what stops nothing --------------------------------------------------------------------------


def test_the_index_may_be_behind_the_table(world):
    world.clock.advance(31)
    world.reports.plan("get", lambda: world.put(replace(world.report, due_at=None)))
    assert counts(world.audit()) == NOTHING


@pytest.mark.parametrize("failure", [KeyError("kind"), TemporaryFailure("DynamoDB")])
def test_one_bad_report_does_not_keep_the_others_waiting(world, failure):
    second = replace(world.report, report_id="1" * 32, reporter_id="U" + "8" * 32)
    world.store.reports[second.report_id] = second
    world.clock.advance(31)
    world.reports.plan("get", failure)
    assert counts(world.audit()) == (0, 1, {}, 1)
    assert world.workflow.started == [second.report_id]
    assert world.failures == [(REPORT, failure)]


def test_one_bad_report_does_not_keep_those_that_ended_badly_waiting(world):
    bad = replace(world.report, report_id="1" * 32, reporter_id="U" + "8" * 32, due_at=0.0)
    world.store.reports[bad.report_id] = bad
    world.workflow.states[REPORT, 1] = Execution.FAILED
    world.reports.plan("get", ValueError())
    assert counts(world.audit()) == (0, 0, {"failed": 1}, 1)


def test_an_engine_that_does_not_answer_leaves_the_report_for_the_next_minute(world):
    opened(world)
    world.clock.advance(90)
    world.workflow.plan("start", TemporaryFailure())
    assert counts(world.audit()) == (0, 0, {}, 1)
    world.clock.advance(60)
    assert counts(world.audit()) == (0, 1, {}, 0)


@pytest.mark.parametrize(("adapter", "method"), [("reports", "due"), ("workflow", "ended_badly")])
def test_a_list_that_cannot_be_read_fails_the_run(world, adapter, method):
    getattr(world, adapter).plan(method, TemporaryFailure())
    with pytest.raises(TemporaryFailure):
        world.audit()


def test_what_is_overdue_is_looked_after_though_the_engine_cannot_list(world):
    world.clock.advance(31)
    world.workflow.plan("ended_badly", TemporaryFailure())
    with pytest.raises(TemporaryFailure):
        world.audit()
    assert world.workflow.started == [REPORT]


def test_a_report_whose_conversation_went_on_is_dispatched_all_the_same(world):
    opened(world)
    other = replace(reporter_view(world.report), report_id="1" * 32)
    who = world.report.reporter_id
    world.store.conversations[who] = Conversation(who, version=3, active=other)
    world.clock.advance(90)
    assert counts(world.audit()) == (1, 0, {}, 0)


# --- the function ---------------------------------------------------------------------------------


@pytest.fixture
def deployed(world, monkeypatch):
    for name in ("reports", "workflow", "clock", "conversations"):
        monkeypatch.setattr(bootstrap, name, lambda name=name: getattr(world, name))
    monkeypatch.setattr(bootstrap, "webhook_messenger", lambda: world.messenger)
    return world


def metrics_in(out):
    found = next(json.loads(line) for line in out.splitlines() if "AuditorRan" in line)
    names = ("AuditorRan", "ReportsFoundUnstarted", "ReportsRepaired", "ReportsNotAudited")
    return [found[name][0] for name in names]


def test_the_function_counts_even_when_nothing_is_wrong(deployed, capsys):
    handler({}, None)
    assert metrics_in(capsys.readouterr().out) == [1.0, 0.0, 0.0, 0.0]


def test_the_function_counts_what_it_started_and_repaired(deployed, capsys):
    deployed.clock.advance(31)
    handler({}, None)
    assert metrics_in(capsys.readouterr().out) == [1.0, 1.0, 0.0, 0.0]
    handler({}, None)
    assert metrics_in(capsys.readouterr().out) == [1.0, 0.0, 1.0, 0.0]


def test_the_function_counts_a_report_that_cannot_be_read_and_quotes_nothing(deployed, capsys):
    deployed.clock.advance(31)
    deployed.reports.plan("get", ValueError("+66812345678"))
    handler({}, None)
    out = capsys.readouterr().out
    assert metrics_in(out) == [1.0, 0.0, 0.0, 1.0]
    assert "+66812345678" not in out

"""The auditor: finds what stands still, restarts what never began, and is stopped by nothing."""

import json
from dataclasses import replace

import pytest

from ess import bootstrap
from ess.domain.conversation import Conversation, reporter_view
from ess.domain.errors import ReportChanged, TemporaryFailure
from ess.domain.report import Status
from ess.usecases.audit_reports import audit_reports
from functions.audit_reports.app import handler
from tests.unit.incident_kit import REPORT, World


@pytest.fixture
def world():
    return World()


def audit(world):
    world.failures = []
    return audit_reports(
        reports=world.reports,
        workflow=world.workflow,
        clock=world.clock,
        on_failure=lambda report_id, failure: world.failures.append((report_id, failure)),
    )


def counts(found):
    return (found.dispatched, found.unstarted, found.overdue, found.failed)


def opened(world, **fields):
    now = world.clock.now()
    world.put(replace(world.report, status=Status.OPENED, due_at=now + 90, ladder=(), **fields))


def test_nothing_due_is_nothing_done(world):
    opened(world)
    world.clock.advance(89)
    assert counts(audit(world)) == (0, 0, 0, 0)
    assert (world.workflow.started, world.reports.calls["get"]) == ([], 0)


@pytest.mark.parametrize("can_talk", [True, False])
def test_a_reporter_who_gave_no_number_in_time_is_dispatched_without(world, can_talk):
    opened(world, phone=None, can_talk=can_talk)
    world.clock.advance(90)
    assert counts(audit(world)) == (1, 0, 0, 0)
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
    assert counts(audit(world)) == (0, 0, 0, 0)
    assert world.workflow.started == []


def test_a_workflow_that_was_never_started_is_started_and_counted(world):
    world.clock.advance(31)
    assert counts(audit(world)) == (0, 1, 0, 0)
    assert world.workflow.started == [REPORT]
    assert world.actions == ["started"]


def test_a_workflow_that_was_started_and_stands_still_is_overdue(world):
    world.workflow.start(REPORT)
    world.clock.advance(31)
    assert counts(audit(world)) == (0, 0, 1, 0)
    assert world.actions == []


@pytest.mark.parametrize("status", [Status.NOTIFIED, Status.ACKNOWLEDGED, Status.ON_SCENE])
def test_every_later_step_can_be_overdue(world, status):
    world.put(replace(world.report, status=status))
    world.clock.advance(31)
    assert counts(audit(world)) == (0, 0, 1, 0)
    assert world.workflow.started == []


def test_the_index_may_be_behind_the_table(world):
    world.clock.advance(31)
    world.reports.plan("get", lambda: world.put(replace(world.report, due_at=None)))
    assert counts(audit(world)) == (0, 0, 0, 0)


@pytest.mark.parametrize("failure", [KeyError("kind"), TemporaryFailure("DynamoDB")])
def test_one_bad_report_does_not_keep_the_others_waiting(world, failure):
    second = replace(world.report, report_id="1" * 32, reporter_id="U" + "8" * 32)
    world.store.reports[second.report_id] = second
    world.clock.advance(31)
    world.reports.plan("get", failure)
    assert counts(audit(world)) == (0, 1, 0, 1)
    assert world.workflow.started == [second.report_id]
    assert world.failures == [(REPORT, failure)]


def test_an_engine_that_does_not_answer_leaves_the_report_for_the_next_minute(world):
    opened(world)
    world.clock.advance(90)
    world.workflow.plan("start", TemporaryFailure())
    assert counts(audit(world)) == (0, 0, 0, 1)
    world.clock.advance(60)
    assert counts(audit(world)) == (0, 1, 0, 0)


def test_a_list_that_cannot_be_read_fails_the_run(world):
    world.reports.plan("due", TemporaryFailure())
    with pytest.raises(TemporaryFailure):
        audit(world)


@pytest.fixture
def deployed(world, monkeypatch):
    for name in ("reports", "workflow", "clock"):
        monkeypatch.setattr(bootstrap, name, lambda name=name: getattr(world, name))
    return world


def metrics_in(out):
    return next(json.loads(line) for line in out.splitlines() if "AuditorRan" in line)


def test_the_function_counts_even_when_nothing_is_wrong(deployed, capsys):
    handler({}, None)
    found = metrics_in(capsys.readouterr().out)
    assert [found[n] for n in ("AuditorRan", "ReportsFoundUnstarted", "ReportsOverdue")] == [
        [1.0],
        [0.0],
        [0.0],
    ]


def test_the_function_counts_a_report_that_cannot_be_read_and_quotes_nothing(deployed, capsys):
    deployed.clock.advance(31)
    deployed.reports.plan("get", ValueError("+66812345678"))
    handler({}, None)
    out = capsys.readouterr().out
    assert metrics_in(out)["ReportsOverdue"] == [1.0]
    assert "+66812345678" not in out


def test_a_report_whose_conversation_went_on_is_dispatched_all_the_same(world):
    opened(world)
    other = replace(reporter_view(world.report), report_id="1" * 32)
    who = world.report.reporter_id
    world.store.conversations[who] = Conversation(who, version=3, active=other)
    world.clock.advance(90)
    assert counts(audit(world)) == (1, 0, 0, 0)

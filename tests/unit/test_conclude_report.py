"""The end of a report: whoever does not know it yet is told, and nobody is told twice."""

import pytest

from ess.domain import conversation as talk
from ess.domain.errors import ReportSuperseded, StepNotAllowed, TemporaryFailure
from ess.domain.ladder import When
from ess.domain.report import ClosingReason
from tests.unit.incident_kit import (
    ALICE,
    BOB,
    CAROL,
    FIRST,
    REPORT,
    REPORTER,
    SOCIAL,
    SOMCHAI,
    World,
    ladder_of,
    officer,
)

ERIN = officer("erin", line=False)


def closed_by_alice(*more, **fields):
    world = World(ALICE, BOB, *more, **fields)
    world.notify()
    world.tap(ALICE, "accept")
    world.tap(ALICE, "close", ClosingReason.NOBODY_FOUND)
    world.messenger.pushes.clear()
    world.sms.sent.clear()
    return world


def cancelled(*people, accepted_by=None, **fields):
    world = World(*people, **fields)
    world.notify()
    if accepted_by:
        world.tap(accepted_by, "accept")
    world.cancel()
    world.messenger.pushes.clear()
    world.sms.sent.clear()
    return world


def test_the_reporter_hears_how_it_ended_and_the_officer_who_closed_it_knows():
    world = closed_by_alice()
    world.conclude()
    assert world.told() == ["status.closed"]
    assert world.messenger.pushed_to(REPORTER)[0].params["reason"] == "nobody_found"
    assert (world.told(BOB), world.told(ALICE)) == (["officer.closed"], [])


def test_a_reporter_who_cancelled_knows_and_every_officer_is_told_not_to_go():
    world = cancelled(ALICE, BOB, accepted_by=ALICE)
    world.conclude()
    assert world.told() == []
    assert world.told(ALICE) == world.told(BOB) == ["officer.cancelled"]


def test_who_has_no_line_hears_of_a_cancelled_report_by_sms_once():
    world = cancelled(ALICE, ERIN)
    world.conclude()
    world.conclude()
    assert (world.texted(ERIN), world.texted(ALICE)) == (["sms.cancelled"], [])
    assert world.told(ALICE) == ["officer.cancelled"]


def test_a_report_that_was_closed_costs_no_sms():
    world = closed_by_alice(ERIN)
    world.conclude()
    assert world.sms.sent == []


def test_who_said_that_they_cannot_go_is_left_alone():
    world = World(ALICE, BOB)
    world.notify()
    world.tap(BOB, "decline")
    world.cancel()
    world.conclude()
    assert world.told(BOB) == ["officer.offer"]


def test_a_report_cancelled_before_anybody_was_asked_tells_nobody():
    world = World(ALICE, CAROL)
    world.cancel()
    world.conclude()
    assert (world.messenger.pushes, world.sms.sent) == ([], [])


def test_a_reporter_whom_line_does_not_take_now_is_tried_again():
    world = closed_by_alice()
    world.messenger.plan("push", *[TemporaryFailure()] * 6)
    with pytest.raises(TemporaryFailure):
        world.conclude()
    world.conclude()
    assert (world.told(), world.told(BOB)) == (["status.closed"], ["officer.closed"])


def test_an_open_report_has_no_end():
    world = World(ALICE)
    with pytest.raises(StepNotAllowed):
        world.conclude()


def test_a_reporter_who_said_that_it_is_safe_is_asked_whether_somebody_came():
    world = closed_by_alice(may_ask=True)
    world.conclude()
    assert world.told() == ["status.closed_ask"]


def test_a_reporter_who_did_not_say_that_it_is_safe_is_not_asked():
    world = closed_by_alice()
    world.conclude()
    assert world.told() == ["status.closed"]


def test_an_officer_whom_line_does_not_take_now_is_told_of_a_cancellation_later():
    world = cancelled(ALICE, BOB)
    world.messenger.plan("push", *[TemporaryFailure()] * 6)
    with pytest.raises(TemporaryFailure):
        world.conclude()
    world.conclude()
    assert world.told(ALICE) == world.told(BOB) == ["officer.cancelled"]


def test_the_informed_hear_of_a_cancellation_too_by_sms_where_they_have_no_line():
    ladder = ladder_of(FIRST, notices=[((SOCIAL,), When.AT_ONCE)])
    nid = officer("nid", SOCIAL.unit_id, line=False)
    world = cancelled(ALICE, SOMCHAI, nid, ladder=ladder)
    world.conclude()
    assert (world.told(SOMCHAI), world.texted(SOMCHAI)) == (["officer.cancelled"], [])
    assert world.texted(nid) == ["sms.cancelled"]


# --- reopened -----------------------------------------------------------------------------------


def reopened():
    world = closed_by_alice()
    world.conclude()
    assert world.say(talk.NobodyCame(REPORT))
    return world


def test_an_execution_of_before_the_reopening_tells_no_end():
    world = reopened()
    pushes = len(world.messenger.pushes)
    with pytest.raises(ReportSuperseded):
        world.conclude(run=1)
    assert len(world.messenger.pushes) == pushes


def test_the_end_of_a_report_that_was_reopened_is_another_message():
    world = reopened()
    world.notify(0, "token-9", run=2)
    world.tap(BOB, "accept")
    world.tap(BOB, "close", ClosingReason.NOBODY_FOUND)
    for _ in range(2):
        world.conclude(run=2)
    assert world.told() == ["status.closed", "status.notified", "status.closed"]
    assert world.told(ALICE) == ["officer.offer", "officer.closed"]


def test_the_end_of_a_drill_says_that_it_was_one():
    for world in (closed_by_alice(ERIN, drill=True), cancelled(ALICE, ERIN, drill=True)):
        world.conclude()
        prompts = [prompt for push in world.messenger.pushes for prompt in push.prompts]
        prompts += [prompt for _, prompt in world.sms.sent]
        assert len(prompts) >= 2
        assert all(prompt.params.get("drill") is True for prompt in prompts)

"""The end of a report: whoever does not know it yet is told, and nobody is told twice."""

import pytest

from ess.domain.errors import StepNotAllowed, TemporaryFailure
from ess.domain.report import ClosingReason
from tests.unit.incident_kit import ALICE, BOB, CAROL, REPORTER, World, officer

ERIN = officer("erin", line=False)


def closed_by_alice(*more):
    world = World(ALICE, BOB, *more)
    world.notify()
    world.tap(ALICE, "accept")
    world.tap(ALICE, "close", ClosingReason.NOBODY_FOUND)
    world.messenger.pushes.clear()
    world.sms.sent.clear()
    return world


def cancelled(*people, accepted_by=None):
    world = World(*people)
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

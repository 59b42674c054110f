"""A responder's tap in LINE: found by their LINE id, answered once, whatever is delivered again."""

from dataclasses import replace

import pytest

from ess.domain import response
from ess.domain.errors import PermanentFailure, ReplyTokenSpent, TemporaryFailure
from ess.domain.incoming import IncomingEvent, ResponderTap
from ess.domain.ladder import DESK_UNIT_ID
from ess.domain.report import ACTS_KEPT, ClosingReason, Notified, Part, Status
from ess.usecases.respond_to_report import respond_to_report
from tests.unit.incident_kit import (
    ALICE,
    BOB,
    CAROL,
    DORA,
    PROGRESS_S,
    REPORT,
    SOCIAL,
    World,
    officer,
)

EVE = officer("eve")


@pytest.fixture
def world():
    world = World(ALICE, BOB)
    world.notify()
    world.messenger.pushes.clear()
    return world


def test_a_tap_is_answered_by_a_reply(world):
    answer = world.tap(ALICE, "accept")
    assert world.answered == answer.prompt
    assert (world.answered.name, world.report.acknowledged_by) == ("officer.accepted", "alice")
    assert world.messenger.pushes == []


def test_a_stranger_may_do_nothing(world):
    for act in ("accept", "decline", "on_the_way", "on_scene", "help", "join", "close", "assign"):
        world.tap(EVE, act)
        assert (world.answered.name, world.answered.params) == ("officer.unknown", {})
    assert world.report.status is Status.NOTIFIED
    assert world.workflow.resumed == []


def test_an_unknown_report_is_answered_like_one_of_somebody_else(world):
    tap = ResponderTap("accept", "f" * 32)
    answer = respond_to_report(
        IncomingEvent("e", ALICE.line_user_id, "reply-e", tap),
        tap,
        reports=world.reports,
        responders=world.responders,
        messenger=world.messenger,
        workflow=world.workflow,
        clock=world.clock,
        progress_s=PROGRESS_S,
    )
    assert answer is None
    assert (world.answered.name, world.answered.params) == ("officer.unknown", {})


def test_the_same_tap_again_is_answered_once_and_changes_nothing(world):
    world.tap(ALICE, "accept", event_id="same")
    before = world.report
    world.tap(ALICE, "accept", event_id="same")
    assert world.report == before
    assert len(world.messenger.replies) == 1
    assert world.messenger.pushes == []


@pytest.mark.parametrize(
    ("before", "act", "choice"),
    [
        ((), "decline", None),
        (("accept",), "on_the_way", None),
        (("accept",), "help", None),
        (("accept",), "hand_over", "cannot_reach"),
        (("accept",), "decline", None),
        (("accept",), "note", "two injured"),
        (("accept",), "close", "resolved"),
    ],
)
def test_every_tap_that_is_delivered_again_has_the_effect_of_one(world, before, act, choice):
    for one in before:
        world.tap(ALICE, one)
    world.tap(ALICE, act, choice, event_id="same")
    once = world.report, world.actions, len(world.messenger.replies)
    world.tap(ALICE, act, choice, event_id="same")
    assert (world.report, world.actions, len(world.messenger.replies)) == once
    assert world.messenger.pushes == []


def test_a_delivery_that_ended_early_is_finished_by_the_next(world):
    world.workflow.plan("resume", TemporaryFailure("throttled"))
    with pytest.raises(TemporaryFailure):
        world.tap(ALICE, "accept", event_id="same")
    world.tap(ALICE, "accept", event_id="same")
    assert world.workflow.resumed == [("token-1", "accepted")]
    assert world.answered.name == "officer.accepted"


def test_an_officer_is_called_and_answered_in_their_own_language():
    world = World(replace(ALICE, language="en"), BOB)
    world.notify()
    spoken = {push.line_user_id: push.language for push in world.messenger.pushes}
    assert spoken[ALICE.line_user_id] == "en"
    assert spoken[BOB.line_user_id] is None
    world.tap(ALICE, "accept")
    assert world.messenger.replies[-1].language == "en"
    world.tap(BOB, "accept")
    assert world.messenger.replies[-1].language is None
    world.messenger.pushes.clear()
    world.tap(ALICE, "help")
    world.follow_up("help")
    spoken = {push.line_user_id: push.language for push in world.messenger.pushes}
    assert spoken[ALICE.line_user_id] == "en"


def test_what_stands_on_no_card_is_shown_by_more_to_whoever_accepted_and_changes_nothing(world):
    world.tap(ALICE, "more")
    assert world.answered.name == "officer.not_yours"
    world.tap(ALICE, "accept")
    before, woken = world.report, list(world.workflow.resumed)
    world.tap(ALICE, "more", event_id="same")
    assert (world.answered.name, world.answered.params["at_desk"]) == ("officer.more", False)
    assert (world.report, world.workflow.resumed) == (before, woken)
    world.tap(BOB, "more")
    assert world.answered.name == "officer.not_yours"
    world.tap(ALICE, "close", "resolved")
    world.tap(ALICE, "more")
    assert world.answered.name == "officer.closed"


def test_a_spent_reply_token_is_answered_by_push(world):
    world.messenger.plan("reply", ReplyTokenSpent("a minute has passed"))
    world.tap(ALICE, "accept")
    assert world.told(ALICE) == ["officer.accepted"]


def test_a_spent_reply_token_does_not_swallow_a_refusal(world):
    world.tap(ALICE, "accept")
    world.messenger.plan("reply", ReplyTokenSpent("a minute has passed"))
    world.tap(BOB, "accept")
    assert world.told(BOB) == ["officer.already_taken"]


def test_whoever_accepted_and_left_the_unit_does_not_get_the_number_again(world):
    world.tap(ALICE, "accept")
    world.responders.put([replace(ALICE, verified=False)])
    world.tap(ALICE, "accept")
    assert (world.answered.name, world.answered.params) == ("officer.unknown", {})
    assert len(world.workflow.resumed) == 1


def test_after_a_cancellation_every_tap_says_so(world):
    world.cancel()
    for act in ("accept", "decline", "on_scene"):
        world.tap(ALICE, act)
        assert world.answered.name == "officer.closed"
        assert world.answered.params["reason"] == ClosingReason.CANCELLED_BY_REPORTER
    assert world.report.report_id == REPORT


# --- a tap that is delivered again when much has happened since ---------------------------------


def given_back(world, who=ALICE):
    world.tap(who, "hand_over", "other_incident")


def released(world):
    world.put(response.hand_over(world.report, None, "alice", now=world.clock.now()).report)


def test_accepting_delivered_again_after_handing_over_accepts_nothing(world):
    world.tap(ALICE, "accept", event_id="same")
    given_back(world)
    before, woken = world.report, list(world.workflow.resumed)
    world.tap(ALICE, "accept", event_id="same")
    assert (world.report, world.workflow.resumed) == (before, woken)
    assert world.messenger.pushes == []


def test_a_second_fast_tap_is_known_again_too(world):
    world.tap(ALICE, "accept", event_id="first")
    world.tap(ALICE, "accept", event_id="second")
    given_back(world)
    world.tap(ALICE, "accept", event_id="second")
    assert world.report.status is Status.NOTIFIED


def test_declining_delivered_again_after_accepting_gives_nothing_back(world):
    world.tap(ALICE, "decline", event_id="once")
    world.tap(ALICE, "decline", event_id="twice")
    world.tap(ALICE, "accept")
    for event_id in ("once", "twice"):
        world.tap(ALICE, "decline", event_id=event_id)
        assert (world.report.status, world.report.acknowledged_by) == (Status.ACKNOWLEDGED, "alice")
        assert world.report.declined == ()


def test_a_call_for_help_delivered_again_after_it_was_passed_on_is_no_second_call(world):
    world.tap(ALICE, "accept")
    world.tap(ALICE, "help", event_id="same")
    world.put(replace(world.report, help_served=1, token="token-3"))
    answer = world.tap(ALICE, "help", event_id="same")
    assert (world.report.help_calls, answer.prompt.name) == (1, "officer.help_called")
    assert ("token-3", "help") not in world.workflow.resumed


def test_a_call_for_help_that_nobody_took_up_is_passed_on_by_the_next_delivery(world):
    world.tap(ALICE, "accept")
    world.put(replace(world.report, token="token-2"))
    world.workflow.plan("resume", TemporaryFailure("throttled"))
    with pytest.raises(TemporaryFailure):
        world.tap(ALICE, "help", event_id="same")
    world.tap(ALICE, "help", event_id="same")
    assert world.workflow.resumed[-1] == ("token-2", "help")
    assert world.report.help_calls == 1


def test_closing_delivered_again_after_reopening_and_accepting_does_not_close(world):
    world.tap(ALICE, "accept")
    world.tap(ALICE, "close", "resolved", event_id="same")
    world.put(replace(response.reopen(world.report, now=world.clock.now()), token="again"))
    world.tap(ALICE, "accept")
    world.tap(ALICE, "close", "resolved", event_id="same")
    assert world.report.status is Status.ACKNOWLEDGED


def test_progress_delivered_again_after_accepting_anew_is_not_told_anew(world):
    world.tap(ALICE, "accept")
    world.tap(ALICE, "on_the_way", event_id="same")
    released(world)
    world.tap(ALICE, "accept")
    world.tap(ALICE, "on_the_way", event_id="same")
    assert world.report.status is Status.ACKNOWLEDGED


def test_whoever_never_got_the_first_answer_reads_that_the_button_has_no_effect_now(world):
    world.messenger.plan("reply", TemporaryFailure("LINE is down"))
    with pytest.raises(TemporaryFailure):
        world.tap(ALICE, "accept", event_id="same")
    given_back(world)
    answer = world.tap(ALICE, "accept", event_id="same")
    assert world.answered == answer.prompt
    assert (answer.prompt.name, answer.changed, answer.refused) == ("officer.not_now", False, False)
    assert "phone" not in answer.prompt.params


def test_a_tap_delivered_again_that_would_be_refused_by_now_is_not_answered_again(world):
    world.tap(ALICE, "accept")
    world.tap(ALICE, "on_the_way", event_id="same")
    world.tap(ALICE, "on_scene")
    assert world.tap(ALICE, "on_the_way", event_id="same").changed is False
    assert world.report.status is Status.ON_SCENE
    assert world.messenger.pushes == []


def test_a_tap_that_changes_nothing_leaves_the_times_and_the_timeline_alone(world):
    world.tap(ALICE, "accept")
    before, actions = world.report, world.actions
    world.clock.advance(300)
    assert world.tap(ALICE, "accept").changed is False
    assert world.report.acts[:-1] == before.acts
    assert world.report.version == before.version + 1
    assert replace(world.report, acts=before.acts, version=before.version) == before
    assert world.actions == actions


def test_neither_asking_for_the_choices_nor_a_refusal_is_written_down(world):
    world.tap(ALICE, "accept")
    before = world.report
    world.tap(ALICE, "close")
    world.tap(BOB, "accept")
    world.tap(EVE, "accept")
    assert world.report == before


def test_a_report_remembers_so_many_taps_and_none_by_its_name(world):
    for number in range(ACTS_KEPT + 5):
        world.tap(ALICE, ("accept", "decline")[number % 2], event_id=f"event-{number}")
    assert len(world.report.acts) == ACTS_KEPT
    assert world.report.knows_act(f"event-{ACTS_KEPT + 4}")
    assert not world.report.knows_act("event-0")
    assert not [mark for mark in world.report.acts if "event" in mark]


# --- answered first, waked after ----------------------------------------------------------------


def test_the_officer_is_answered_before_the_workflow_is_waked(world):
    answered_by_then = []
    resume = world.workflow.resume
    world.workflow.resume = lambda *a: (
        answered_by_then.append([r.prompts[0].name for r in world.messenger.replies]) or resume(*a)
    )
    world.tap(ALICE, "accept")
    assert answered_by_then == [["officer.accepted"]]


def test_an_officer_whose_engine_hangs_has_the_number_and_is_not_answered_twice(world):
    world.workflow.plan("resume", TemporaryFailure("hangs"))
    with pytest.raises(TemporaryFailure):
        world.tap(ALICE, "accept", event_id="same")
    assert world.answered.params["phone"] == world.report.phone
    world.tap(ALICE, "accept", event_id="same")
    assert len(world.messenger.replies) == 1
    assert world.messenger.pushes == []


@pytest.mark.parametrize("failure", [TemporaryFailure, PermanentFailure])
def test_the_report_goes_on_even_if_line_does_not_take_the_answer(world, failure):
    world.messenger.plan("reply", failure("no"))
    with pytest.raises(failure):
        world.tap(ALICE, "accept")
    assert world.workflow.resumed == [("token-1", "accepted")]


# --- one LINE user, several places --------------------------------------------------------------


def notified_as(responder, part):
    return Notified(
        *(responder.responder_id, responder.unit_id, responder.name_th, responder.name_en, 0),
        responder.line_user_id,
        part,
    )


@pytest.mark.parametrize("part", [Part.HELPER, Part.INFORMED, Part.RESPONDER])
def test_whoever_accepted_goes_on_with_it_though_called_for_another_unit_since(world, part):
    other = replace(officer("alice-desk", DESK_UNIT_ID), line_user_id=ALICE.line_user_id)
    world.responders.put([other])
    world.tap(ALICE, "accept")
    world.put(replace(world.report, notified=(*world.report.notified, notified_as(other, part))))
    for act, choice in (("on_the_way", None), ("on_scene", None), ("close", "resolved")):
        world.tap(ALICE, act, choice)
    assert world.report.status is Status.CLOSED


def test_whoever_is_asked_may_accept_though_informed_for_another_unit_later(world):
    other = replace(officer("alice-pmj", SOCIAL.unit_id), line_user_id=ALICE.line_user_id)
    world.responders.put([other])
    informed = notified_as(other, Part.INFORMED)
    world.put(replace(world.report, notified=(*world.report.notified, informed)))
    world.tap(ALICE, "accept")
    assert world.report.acknowledged_by == "alice"


def test_a_place_that_was_given_to_somebody_else_is_no_longer_this_line_users(world):
    world.responders.put([replace(ALICE, line_user_id=EVE.line_user_id)])
    world.tap(ALICE, "accept")
    assert (world.answered.name, world.answered.params) == ("officer.unknown", {})
    assert world.report.acknowledged_by is None


# --- what the desk has, a station may still take ------------------------------------------------


@pytest.fixture
def at_desk():
    world = World(ALICE, BOB, CAROL, DORA)
    for step in range(3):
        world.notify(step, f"token-{step}")
    world.tap(DORA, "accept")
    world.follow_up("accepted", "token-3")
    return world


def test_stations_hear_that_the_desk_coordinates_and_may_still_go(at_desk):
    assert at_desk.told(ALICE)[-1] == "officer.taken_by_desk"
    assert at_desk.shown == at_desk.told()[-1] == "status.desk_acknowledged"


def test_an_officer_takes_over_from_the_desk_and_both_sides_hear_of_it(at_desk):
    at_desk.tap(ALICE, "accept")
    assert at_desk.answered.name == "officer.accepted"
    assert at_desk.answered.params["phone"] == at_desk.report.phone
    assert at_desk.report.acknowledged_by == "alice"
    assert "taken_over" in at_desk.actions
    assert at_desk.workflow.resumed[-1] == ("token-3", "accepted")
    at_desk.follow_up("accepted", "token-4")
    assert at_desk.told(DORA)[-1] == at_desk.told(BOB)[-1] == "officer.taken"
    assert at_desk.shown == at_desk.told()[-1] == "status.acknowledged"


def test_from_an_officer_neither_the_desk_nor_another_takes_it(at_desk):
    at_desk.tap(ALICE, "accept")
    for who in (BOB, DORA):
        at_desk.tap(who, "accept")
        assert at_desk.answered.name == "officer.already_taken"
    assert at_desk.report.acknowledged_by == "alice"

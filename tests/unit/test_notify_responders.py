"""Notifying a step: nobody asked twice by SMS, no answer lost, no status that is not true."""

import json
import math
from dataclasses import replace

import pytest

from ess import bootstrap
from ess.domain import conversation as talk
from ess.domain import dispatch
from ess.domain.conversation import reporter_view
from ess.domain.errors import (
    NobodyOnDuty,
    NoMoreRungs,
    PermanentFailure,
    ReportAlreadyAcknowledged,
    ReportClosed,
    ReportNotDispatched,
    ReportSuperseded,
    StepNotAllowed,
    TemporaryFailure,
)
from ess.domain.ladder import (
    DESK,
    DESK_UNIT_ID,
    LOOK_AGAIN_STEPS,
    MOST_LAST_STEPS,
    Channel,
    When,
)
from ess.domain.report import OVERDUE_SLACK_S, Status
from ess.ports.workflow import Execution
from ess.usecases import send_messages
from ess.usecases.send_messages import PATIENCE_S
from functions.notify_responders.app import handler
from tests.unit.incident_kit import (
    ALICE,
    BOB,
    CAROL,
    CENTER,
    DORA,
    FIRST,
    PIN,
    REPORT,
    REPORTER,
    SECOND,
    SOCIAL,
    SOMCHAI,
    WAIT_S,
    World,
    ladder_of,
    officer,
)


def test_everyone_on_duty_gets_line_and_sms_and_then_the_reporter_is_told():
    world = World(ALICE, BOB, CAROL)
    world.notify()
    assert world.told(ALICE) == world.told(BOB) == ["officer.offer"]
    assert world.texted(ALICE) == world.texted(BOB) == ["sms.offer"]
    assert (world.told(CAROL), world.texted(CAROL)) == ([], [])
    assert world.told() == ["status.notified"]
    assert world.messenger.pushes[-1].line_user_id == REPORTER
    report = world.report
    assert (report.status, report.step, report.reached, report.token) == (
        Status.NOTIFIED,
        0,
        (FIRST.unit_id,),
        "token-1",
    )
    assert report.due_at == world.clock.now() + WAIT_S + OVERDUE_SLACK_S
    assert {n.responder_id for n in report.notified} == {"alice", "bob"}


def test_the_card_says_what_an_officer_needs_and_not_the_number():
    world = World(ALICE)
    world.notify()
    (offer,) = world.messenger.pushed_to(ALICE.line_user_id)
    assert offer.params["distance_m"] == 1200.0
    assert offer.params["unit_th"] == "สภ.หนึ่ง"
    assert (offer.params["latitude"], offer.params["longitude"]) == (PIN.latitude, PIN.longitude)
    assert offer.params["report_id"] == REPORT
    assert "+66812345678" not in str(offer.params)
    ((_, text),) = world.sms.sent
    assert set(text.params) == {"kind", "reference", "unit_th", "unit_en", "link"}


def test_each_gets_a_link_of_their_own_by_sms():
    world = World(ALICE, BOB)
    world.notify()
    links = {phone: text.params["link"] for phone, text in world.sms.sent}
    assert links[ALICE.phone] == "https://ess.example/o/np-first.alice"
    assert links[BOB.phone] == "https://ess.example/o/np-first.bob"


def test_every_message_is_in_the_timeline_without_number_pin_or_line_id():
    world = World(ALICE, BOB)
    world.notify()
    assert world.actions[0] == "offered"
    assert sorted(world.outcomes()) == [
        ("alice", "officer.offer", "accepted"),
        ("bob", "officer.offer", "accepted"),
        ("reporter", "status.notified", "accepted"),
    ]
    assert [o[0] for o in sorted(world.outcomes("sms"))] == ["alice", "bob"]
    lines = str(world.reports.timeline(REPORT))
    personal = [p for who in (ALICE, BOB) for p in (who.line_user_id, who.phone)]
    for trace in (*personal, REPORTER, "+66812345678", "17.4", "104.7"):
        assert trace not in lines


@pytest.mark.parametrize(
    "nobody",
    [
        [],
        [replace(ALICE, on_duty=False)],
        [replace(ALICE, verified=False)],
        [officer("alice", line=False, phone=False)],
    ],
    ids=["no one", "off duty", "not verified", "no way to reach"],
)
def test_nobody_may_be_called(nobody):
    world = World(*nobody)
    with pytest.raises(NobodyOnDuty, match="np-first"):
        world.notify()
    assert world.report.status is Status.DISPATCHED
    assert (world.shown, world.told()) == ("status.dispatched", [])
    assert world.actions == ["offered", "nobody_reached"]
    assert world.reports.timeline(REPORT)[1].detail == {
        "unit_id": "np-first",
        "on_duty": 0,
        "step": 0,
    }


def test_when_every_channel_fails_the_reporter_is_told_nothing_untrue():
    world = World(ALICE)
    world.messenger.unreachable.add(ALICE.line_user_id)
    world.sms.refused.add(ALICE.phone)
    with pytest.raises(NobodyOnDuty):
        world.notify()
    assert (world.shown, world.told()) == ("status.dispatched", [])
    assert world.report.status is Status.DISPATCHED
    assert world.outcomes() == [("alice", "officer.offer", "unreachable")]
    assert world.outcomes("sms") == [("alice", "sms.offer", "refused")]


def test_the_station_before_stays_the_one_that_was_told_when_the_next_cannot_be_reached():
    world = World(ALICE)
    world.notify(0)
    with pytest.raises(NobodyOnDuty):
        world.notify(1)
    shown = reporter_view(world.report)
    assert (shown.status, shown.unit_th) == (Status.NOTIFIED, "สภ.หนึ่ง")
    assert world.told() == ["status.notified"]


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_one_bad_responder_never_spoils_the_others(who):
    world = World(ALICE, BOB)
    bad = ALICE if who == "alice" else BOB
    good = BOB if who == "alice" else ALICE
    world.messenger.unreachable.add(bad.line_user_id)
    world.sms.refused.add(bad.phone)
    world.notify()
    assert (world.told(good), world.texted(good)) == (["officer.offer"], ["sms.offer"])
    assert world.report.status is Status.NOTIFIED


def test_a_spent_quota_leaves_the_sms_and_the_status_is_true_by_it():
    world = World(ALICE)
    world.messenger.quota = 0
    world.notify()
    assert world.outcomes()[0] == ("alice", "officer.offer", "quota_spent")
    assert (world.texted(ALICE), world.shown) == (["sms.offer"], "status.notified")


def test_a_temporary_failure_of_line_is_tried_three_times():
    world = World(officer("alice", phone=False))
    world.messenger.plan("push", TemporaryFailure(), TemporaryFailure())
    world.notify()
    assert world.outcomes()[0] == ("alice", "officer.offer", "accepted")
    assert world.slept == [0.5, 1.5]


def test_line_that_stays_away_is_given_up_after_the_third_try():
    world = World(officer("alice", phone=False))
    world.messenger.plan("push", *[TemporaryFailure()] * 3)
    with pytest.raises(NobodyOnDuty):
        world.notify()
    assert world.outcomes() == [("alice", "officer.offer", "failed")]
    assert world.messenger.calls["push"] == 3


@pytest.mark.parametrize("failure", [PermanentFailure(), TemporaryFailure()])
def test_an_sms_is_never_tried_twice(failure):
    world = World(officer("alice", line=False))
    world.sms.plan("send", failure)
    with pytest.raises(NobodyOnDuty):
        world.notify()
    assert world.sms.calls["send"] == 1


def test_a_line_that_the_timeline_cannot_take_is_counted_and_sends_nothing_twice():
    world = World(officer("alice", phone=False))
    world.reports.plan("note", TemporaryFailure())
    world.notify()
    assert [sent.noted for sent in world.sent] == [False, True]
    assert world.told(ALICE) == ["officer.offer"]


def test_a_reporter_who_cannot_talk_is_told_without_a_sound():
    world = World(ALICE, can_talk=False)
    world.notify()
    assert [(p.silent, p.line_user_id) for p in world.messenger.pushes] == [
        (False, ALICE.line_user_id),
        (True, REPORTER),
    ]


def test_the_reporter_out_of_reach_does_not_stop_the_search():
    world = World(ALICE)
    world.messenger.unreachable.add(REPORTER)
    world.notify()
    assert world.outcomes()[-1] == ("reporter", "status.notified", "unreachable")
    assert world.report.status is Status.NOTIFIED


# --- the same step again ---------------------------------------------------------------------


def test_a_retry_takes_the_new_token_and_sends_nobody_a_second_message():
    world = World(ALICE, BOB)
    world.notify(token="token-1")
    before = world.report
    world.notify(token="token-1b")
    assert world.report == replace(before, token="token-1b", version=before.version + 1)
    assert world.told(ALICE) == ["officer.offer"]
    assert world.told() == ["status.notified"]
    assert len(world.sms.sent) == 2


def crash(world, method="push"):
    class Crashed(BaseException):
        pass

    adapter = world.messenger if method == "push" else world.sms
    adapter.plan(method, Crashed())
    with pytest.raises(Crashed):
        world.notify(token="token-1")


def test_a_crash_after_the_offer_is_made_good_by_line_and_no_sms_is_repeated():
    world = World(ALICE)
    crash(world)
    assert world.shown == "status.dispatched"
    texts = len(world.sms.sent)
    world.notify(token="token-1b")
    assert world.told(ALICE) == ["officer.offer"]
    assert len(world.sms.sent) == texts
    assert (world.shown, world.told()) == ("status.notified", ["status.notified"])


def test_a_retry_believes_the_sms_that_the_first_try_wrote_down():
    world = World(officer("alice", line=False))

    class Crashed(BaseException):
        pass

    world.reports.plan("get", None, None, None, Crashed())  # dies after the SMS, before the status
    with pytest.raises(Crashed):
        world.notify()
    assert world.report.status is Status.DISPATCHED
    world.notify(token="token-1b")
    assert (world.report.status, len(world.sms.sent)) == (Status.NOTIFIED, 1)


def test_a_retry_that_finds_nothing_sent_moves_on_at_once():
    world = World(officer("alice", line=False))
    crash(world, "send")
    with pytest.raises(NobodyOnDuty):
        world.notify(token="token-1b")
    assert world.sms.sent == []


# --- answers that come meanwhile ----------------------------------------------------------------


def test_an_answer_before_the_offer_ends_the_search():
    world = World(ALICE, CAROL)
    world.notify(0)
    world.tap(ALICE, "accept")
    with pytest.raises(ReportAlreadyAcknowledged):
        world.notify(1, token="token-2")
    assert world.told(CAROL) == []
    assert world.report.token == "token-1"


def test_an_answer_between_reading_and_writing_is_seen_not_written_over():
    """The proof that no tap is lost: the offer's write loses, reads again, and sees the tap."""
    world = World(ALICE, CAROL)
    world.notify(0)
    world.reports.plan("save", lambda: world.tap(ALICE, "accept"))
    with pytest.raises(ReportAlreadyAcknowledged):
        world.notify(1, token="token-2")
    assert world.report.acknowledged_by == "alice"
    assert world.workflow.resumed == [("token-1", "accepted")]
    assert world.told(CAROL) == []


def test_an_answer_right_after_the_offer_resumes_the_new_token():
    """The other half: whoever answers after the offer was written reads the offer's token."""
    world = World(ALICE, CAROL)
    world.notify(0)
    world.messenger.plan("push", lambda: world.tap(ALICE, "accept"))
    world.notify(1, token="token-2")
    assert world.workflow.resumed == [("token-2", "accepted")]
    assert (world.report.status, world.report.acknowledged_by) == (Status.ACKNOWLEDGED, "alice")
    assert world.told() == ["status.notified"]  # of the first station; the rest is for follow-up


def test_a_card_that_comes_after_the_news_is_corrected():
    world = World(ALICE, BOB)
    world.reports.plan("note", lambda: world.tap(ALICE, "accept"))
    world.notify()
    assert world.told(BOB) == ["officer.offer", "officer.taken"]
    assert world.told(ALICE) == ["officer.offer"]
    assert world.shown == "status.acknowledged"


def test_cards_of_a_report_that_is_cancelled_meanwhile_are_taken_back():
    world = World(ALICE)
    world.messenger.plan("push", world.cancel)
    world.notify()
    assert world.told(ALICE) == ["officer.offer", "officer.cancelled"]
    assert (world.told(), world.workflow.resumed) == ([], [("token-1", "closed")])


@pytest.mark.parametrize(
    ("status", "error"),
    [(Status.CLOSED, ReportClosed), (Status.OPENED, ReportNotDispatched)],
)
def test_what_may_not_be_offered(status, error):
    world = World(ALICE, status=status)
    with pytest.raises(error):
        world.notify()
    assert (world.messenger.pushes, world.sms.sent) == ([], [])


# --- several units at once ------------------------------------------------------------------------

BOTH = ladder_of(FIRST, (FIRST, SECOND))


def test_both_units_of_a_rung_are_asked_and_named_when_both_were_reached():
    world = World(ALICE, CAROL, ladder=BOTH)
    world.notify(0)
    world.notify(1, "token-2")
    assert world.told(ALICE) == ["officer.offer"] * 2
    assert (world.told(CAROL), world.texted(CAROL)) == (["officer.offer"], ["sms.offer"])
    assert world.report.reached == (FIRST.unit_id, SECOND.unit_id)
    last = world.messenger.pushed_to(REPORTER)[-1]
    assert (last.name, last.params["unit_th"]) == ("status.notified", "สภ.หนึ่ง และ สภ.สอง")


@pytest.mark.parametrize("lost", [ALICE, CAROL])
def test_only_the_unit_that_was_reached_is_named(lost):
    world = World(ALICE, CAROL, ladder=ladder_of((FIRST, SECOND)))
    world.messenger.unreachable.add(lost.line_user_id)
    world.sms.refused.add(lost.phone)
    world.notify(0)
    (told,) = world.messenger.pushed_to(REPORTER)
    assert told.params["unit_th"] == (SECOND if lost is ALICE else FIRST).name_th


def test_each_card_and_sms_names_the_persons_own_unit_and_how_far_it_is():
    world = World(ALICE, CAROL, ladder=ladder_of((FIRST, SECOND)))
    world.notify(0)
    for who, unit in ((ALICE, FIRST), (CAROL, SECOND)):
        (card,) = world.messenger.pushed_to(who.line_user_id)
        assert (card.params["unit_th"], card.params["distance_m"]) == (
            unit.name_th,
            unit.distance_m,
        )
    assert {text.params["unit_th"] for _, text in world.sms.sent} == {
        FIRST.name_th,
        SECOND.name_th,
    }


def test_one_unit_out_of_reach_does_not_stop_the_other():
    world = World(CAROL, ladder=ladder_of((FIRST, SECOND)))
    world.notify(0)
    assert world.report.reached == (SECOND.unit_id,)


def test_whoever_cannot_go_is_not_asked_at_the_next_rung_but_at_the_last():
    dora = replace(DORA, responder_id="alice")
    world = World(ALICE, BOB, CAROL, dora, ladder=BOTH)
    world.notify(0)
    world.tap(ALICE, "decline")
    world.notify(1, "token-2")
    assert (world.told(ALICE), world.told(BOB)) == (["officer.offer"], ["officer.offer"] * 2)
    world.notify(2, "token-3")
    assert world.told(dora) == ["officer.offer_desk"]


def test_whoever_cannot_go_is_asked_in_another_round():
    world = World(ALICE, ladder=ladder_of(FIRST, (FIRST, SECOND), rounds=2))
    world.notify(0)
    world.tap(ALICE, "decline")
    with pytest.raises(NobodyOnDuty):
        world.notify(1, "token-2")
    world.notify(2, "token-3")
    assert world.told(ALICE) == ["officer.offer"] * 2


# --- the informed ---------------------------------------------------------------------------------


def informing(when=When.AT_ONCE, **fields):
    ladder = ladder_of(FIRST, SECOND, notices=[((SOCIAL,), when)])
    return World(ALICE, BOB, CAROL, DORA, SOMCHAI, ladder=ladder, **fields)


def test_the_social_office_is_told_at_once_and_only_once():
    world = informing()
    for step in range(4):
        world.notify(step, f"token-{step}")
    assert (world.told(SOMCHAI), world.texted(SOMCHAI)) == (["officer.informed"], ["sms.informed"])
    (text,) = (prompt for _, prompt in world.sms.sent if prompt.name == "sms.informed")
    assert "link" not in text.params


def test_the_social_office_is_told_of_silence_when_the_desk_is_asked():
    world = informing(When.UNANSWERED)
    world.notify(0)
    world.notify(1, "token-2")
    assert world.told(SOMCHAI) == []
    for step in (2, 3):
        world.notify(step, f"token-{step}")
    assert world.told(SOMCHAI) == ["officer.informed"]


def test_a_retry_does_not_tell_the_informed_twice():
    world = informing()
    world.notify(token="token-1")
    world.notify(token="token-1b")
    assert (world.told(SOMCHAI), world.texted(SOMCHAI)) == (["officer.informed"], ["sms.informed"])


def test_an_office_that_was_told_is_not_told_again_because_another_has_nobody():
    ladder = ladder_of(FIRST, SECOND, notices=[((SOCIAL, CENTER), When.AT_ONCE)])
    world = World(ALICE, CAROL, SOMCHAI, ladder=ladder)
    world.notify(0)
    world.notify(1, "token-2")
    assert (world.told(SOMCHAI), len(world.texted(SOMCHAI))) == (["officer.informed"], 1)


def test_whoever_was_asked_to_go_is_not_informed_of_what_they_know():
    ladder = ladder_of(FIRST, SECOND, notices=[((FIRST,), When.AT_ONCE)])
    world = World(ALICE, CAROL, ladder=ladder)
    world.notify(0)
    world.notify(1, "token-2")
    assert (world.told(ALICE), world.texted(ALICE)) == (["officer.offer"], ["sms.offer"])


def test_the_informed_cannot_accept():
    world = informing()
    world.notify(0)
    world.tap(SOMCHAI, "accept")
    assert world.answered.name == "officer.unknown"
    assert world.report.status is Status.NOTIFIED


def test_that_the_social_office_was_told_is_not_that_anybody_was_asked():
    world = informing()
    world.responders = World(SOMCHAI).responders
    with pytest.raises(NobodyOnDuty):
        world.notify(0)
    assert world.told(SOMCHAI) == ["officer.informed"]
    assert (world.shown, world.told()) == ("status.dispatched", [])


def test_an_sms_to_the_informed_does_not_count_in_a_retry_either():
    world = informing()
    world.responders = World(replace(SOMCHAI, line_user_id=None)).responders
    for token in ("a", "b"):
        with pytest.raises(NobodyOnDuty):
            world.notify(0, token)
    assert len(world.sms.sent) == 1


# --- the SMS of a report that is taken ----------------------------------------------------------


def test_the_sms_of_a_report_that_is_taken_meanwhile_is_not_sent():
    alice, erin = officer("alice", phone=False), officer("erin", line=False)
    world = World(alice, erin)
    # Reads: the report, the offer, then the check before the SMS.
    world.reports.plan("get", None, None, lambda: world.tap(alice, "accept"))
    world.notify()
    assert world.report.acknowledged_by == "alice"
    assert world.sms.sent == []
    assert world.outcomes("sms") == [("erin", "sms.offer", "overtaken")]


def test_whether_a_report_is_taken_may_be_unknown_and_then_the_sms_goes_out():
    world = World(officer("erin", line=False))
    world.reports.plan("get", None, None, TemporaryFailure("DynamoDB"))
    world.notify()
    assert len(world.sms.sent) == 1


# --- the desk -----------------------------------------------------------------------------------


def test_at_the_desk_the_reporter_is_told_so_once():
    world = World(ALICE, DORA)
    world.notify(0)
    world.notify(2)
    world.notify(3)
    assert world.told() == ["status.notified", "status.at_desk"]
    assert world.told(DORA) == ["officer.offer_desk"] * 2
    assert world.texted(DORA) == ["sms.offer"] * 2
    assert world.report.step == 3


def test_the_desk_is_told_who_was_asked_and_has_not_answered():
    world = World(ALICE, CAROL, DORA)
    for step in range(3):
        world.notify(step, f"token-{step}")
    (card,) = world.messenger.pushed_to(DORA.line_user_id)
    assert card.params["asked_th"] == "สภ.หนึ่ง และ สภ.สอง"
    (mail,) = world.desk_mail.sent
    assert (mail.name, mail.params["asked_en"]) == ("mail.desk", "First and Second")


def test_the_desk_gets_an_e_mail_with_each_call_and_not_with_a_retry():
    world = World(ALICE, DORA)
    world.notify(0)
    assert world.desk_mail.sent == []
    for step, token in ((2, "a"), (2, "b"), (3, "c")):
        world.notify(step, token)
    assert len(world.desk_mail.sent) == 2
    assert world.outcomes("email") == [("reporter", "mail.desk", "accepted")] * 2


def test_an_e_mail_says_what_and_how_long_ago_but_not_where_or_whom_to_call():
    world = World(DORA)
    world.notify(2)
    (mail,) = world.desk_mail.sent
    assert set(mail.params) == {
        *("kind", "reference", "opened_at", "asked_th", "asked_en", "can_talk", "unit_th"),
    }


def test_an_e_mail_is_not_that_the_desk_was_reached():
    world = World()
    _, reached = world.notify(2)
    assert (len(world.desk_mail.sent), reached) == (1, False)
    assert world.shown == "status.nobody_reached"


def test_an_e_mail_that_cannot_be_sent_does_not_stop_the_call():
    world = World(DORA)
    world.desk_mail.plan("send", TemporaryFailure("throttled"))
    world.notify(2)
    assert world.shown == "status.at_desk"
    assert world.outcomes("email") == [("reporter", "mail.desk", "failed")]


def test_a_desk_that_cannot_be_reached_waits_its_time_and_says_just_that():
    world = World()
    with pytest.raises(NobodyOnDuty):
        world.notify(0)
    for step in (2, 3):
        world.notify(step, token=f"desk-{step}")
    assert world.told() == ["status.nobody_reached"]
    assert world.shown == "status.nobody_reached"
    assert (world.report.status, world.report.token) == (Status.DISPATCHED, "desk-3")


def test_a_desk_that_is_staffed_again_is_news():
    world = World()
    world.notify(2)
    world.responders.put([DORA])
    world.notify(3)
    assert world.told() == ["status.nobody_reached", "status.at_desk"]


def test_a_late_answer_from_a_station_is_taken_while_the_desk_is_asked():
    world = World(ALICE, DORA)
    world.notify(0)
    world.notify(2, token="desk-1")
    assert world.tap(ALICE, "accept").changed
    assert world.workflow.resumed == [("desk-1", "accepted")]
    assert reporter_view(world.report).unit_th == "สภ.หนึ่ง"


def test_the_desk_cannot_send_the_search_round_in_circles_by_declining():
    world = World(DORA)
    world.notify(2)
    world.tap(DORA, "decline")
    assert world.workflow.resumed == []
    world.notify(3)
    assert world.report.declined == ()


def test_all_of_a_station_declining_moves_on_at_once():
    world = World(ALICE, BOB)
    world.notify()
    world.tap(ALICE, "decline")
    assert world.workflow.resumed == []
    world.tap(BOB, "decline")
    assert world.workflow.resumed == [("token-1", "declined")]


def test_a_report_without_ladder_goes_to_the_desk():
    world = World(DORA, ladder=None)
    world.notify(0)
    assert [rung.units for rung in world.report.ladder.rungs] == [(DESK,)]
    assert world.told() == ["status.at_desk"]


def test_one_execution_asks_the_desk_so_often_and_then_another_has_to():
    world = World(ALICE)
    world.put(replace(world.report, step=MOST_LAST_STEPS + 2))
    with pytest.raises(NoMoreRungs):
        world.notify(MOST_LAST_STEPS + 3)


# --- nobody at the desk ---------------------------------------------------------------------------


def climbed(*people, **fields):
    """A world whose ladder has been climbed as far as the desk; counts what follows."""
    world = World(*people, **fields)
    for step in range(2):
        world.notify(step, f"token-{step}")
    world.messenger.pushes.clear()
    world.sms.sent.clear()
    return world


def test_while_nobody_is_at_the_desk_the_stations_are_called_with_each_step():
    world = climbed(ALICE, CAROL)
    for step in (2, 3, 4):
        _, reached = world.notify(step, f"token-{step}")
        assert not reached
    for who in (ALICE, CAROL):
        assert world.told(who) == ["officer.offer"] * 3
        assert world.texted(who) == ["sms.offer"] * 3
    assert world.told() == [world.shown] == ["status.nobody_reached"]
    assert (world.report.step, world.report.token) == (4, "token-4")
    world.tap(CAROL, "accept")
    assert world.workflow.resumed == [("token-4", "accepted")]


def test_a_desk_that_no_channel_reaches_is_not_waited_for_alone():
    world = climbed(ALICE, CAROL, DORA)
    world.messenger.unreachable.add(DORA.line_user_id)
    world.sms.refused.add(DORA.phone)
    world.notify(2, "token-2")
    assert world.told(ALICE) == world.told(CAROL) == ["officer.offer"]
    assert {n.responder_id for n in world.report.on_current_step()} == {"alice", "carol", "dora"}


def test_a_desk_that_is_reached_is_asked_alone():
    world = climbed(ALICE, CAROL, DORA)
    world.notify(2, "token-2")
    assert world.told(ALICE) == world.told(CAROL) == []


def test_stations_reached_for_the_first_time_while_nobody_is_at_the_desk_count_as_notified():
    world = World(replace(ALICE, on_duty=False))
    for step in range(2):
        with pytest.raises(NobodyOnDuty):
            world.notify(step, f"token-{step}")
    world.responders.put([ALICE])
    world.notify(2, "token-2")
    assert (world.report.status, world.report.reached) == (Status.NOTIFIED, (FIRST.unit_id,))
    assert world.shown == "status.nobody_reached"  # of the desk, which is true


def test_a_retry_while_nobody_is_at_the_desk_repeats_no_message():
    world = climbed(ALICE, officer("carol", SECOND.unit_id, line=False))
    world.notify(2, "token-2")
    before = world.report
    world.notify(2, "token-2b")
    assert (world.told(ALICE), len(world.sms.sent)) == (["officer.offer"], 2)
    assert world.report == replace(before, token="token-2b", version=before.version + 1)


def test_who_cannot_go_is_spared_most_calls_while_nobody_is_at_the_desk():
    world = climbed(ALICE, CAROL)
    world.notify(2, "token-2")
    world.tap(ALICE, "decline")
    for step in range(3, 7):
        world.notify(step, f"token-{step}")
    assert (len(world.told(ALICE)), len(world.told(CAROL))) == (2, 5)


def test_who_accepts_while_the_stations_are_called_once_more_ends_it():
    world = climbed(ALICE, CAROL)
    world.messenger.plan("push", lambda: world.tap(ALICE, "accept"))
    world.notify(2, "token-2")
    assert world.report.acknowledged_by == "alice"
    assert "officer.taken" in world.told(CAROL)
    assert world.told() == []


# --- a desk that does not answer for long ---------------------------------------------------------


def test_after_ten_calls_the_desk_gets_an_sms_and_a_mail_with_each_fifth_call_only():
    world = World(DORA, ladder=ladder_of(FIRST))
    for step in range(1, 21):
        world.notify(step, f"token-{step}")
    assert len(world.told(DORA)) == 20
    assert len(world.texted(DORA)) == len(world.desk_mail.sent) == 12


def test_a_desk_that_has_sms_alone_is_not_called_out_of_reach_while_sms_is_spared():
    erin = officer("erin", DESK_UNIT_ID, line=False)
    world = World(ALICE, erin, ladder=ladder_of(FIRST))
    for step in range(1, 16):
        _, reached = world.notify(step, f"token-{step}")
        assert reached
    assert (len(world.sms.sent), world.told(ALICE)) == (11, [])
    assert world.told() == ["status.at_desk"]
    assert "nobody_reached" not in world.actions


# --- ways to reach people -------------------------------------------------------------------------


def test_who_has_blocked_us_gets_the_sms_and_no_push():
    blocked = replace(ALICE, line_blocked=True)
    world = World(blocked, BOB)
    world.notify()
    assert (world.told(blocked), world.texted(blocked)) == ([], ["sms.offer"])
    assert world.told(BOB) == ["officer.offer"]


def test_line_taking_a_push_to_who_has_blocked_us_is_not_that_they_were_reached():
    world = World(replace(ALICE, line_blocked=True))
    world.sms.refused.add(ALICE.phone)
    with pytest.raises(NobodyOnDuty):
        world.notify()
    assert world.shown == "status.dispatched"


def test_who_has_none_of_the_rungs_channels_was_not_asked_and_is_not_waited_for():
    ladder = ladder_of(FIRST, SECOND)
    sms_only = replace(ladder.rungs[0], channels=(Channel.SMS,))
    ladder = replace(ladder, rungs=(sms_only, *ladder.rungs[1:]))
    world = World(ALICE, officer("bob", phone=False), ladder=ladder)
    world.notify()
    assert [n.responder_id for n in world.report.notified] == ["alice"]
    world.tap(ALICE, "decline")
    assert world.workflow.resumed == [("token-1", "declined")]


# --- LINE hangs -----------------------------------------------------------------------------------


def hanging(world, seconds, *, reporter_too=False):
    """Let each push to an officer take `seconds` and fail; the time is the world's own."""
    passed = [0.0]
    real = world.messenger.push

    def push(to, prompts, language, **more):
        if to == REPORTER and not reporter_too:
            return real(to, prompts, language, **more)
        passed[0] += seconds
        tried.append(to)
        raise TemporaryFailure("hangs")

    tried = []
    world.messenger.push = push
    world.monotonic = lambda: passed[0]
    return tried


@pytest.fixture
def one_at_a_time(monkeypatch):
    monkeypatch.setattr(send_messages, "AT_ONCE", 1)


@pytest.mark.usefixtures("one_at_a_time")
def test_the_sms_do_not_wait_for_a_line_that_hangs():
    world = World(ALICE, BOB, officer("erin"))
    order = []
    world.messenger.push = lambda to, *_, **__: order.append("line")
    send = world.sms.send

    def text(phone, prompt):
        order.append("sms")
        send(phone, prompt)

    world.sms.send = text
    world.notify()
    assert order == ["sms"] * 3 + ["line"] * 4


@pytest.mark.usefixtures("one_at_a_time")
def test_no_push_is_begun_after_the_patience_is_spent_and_the_reporter_is_told_all_the_same():
    people = [officer(f"p{number}") for number in range(20)]
    world = World(*people)
    tried = hanging(world, 6.0)
    world.notify()
    assert len(tried) == math.ceil(PATIENCE_S / 6)
    failed = [outcome for _, name, outcome in world.outcomes() if name == "officer.offer"]
    assert failed == ["failed"] * 20
    assert (len(world.sms.sent), world.told()) == (20, ["status.notified"])


@pytest.mark.usefixtures("one_at_a_time")
def test_the_reporter_is_tried_once_when_the_officers_have_used_up_the_patience():
    world = World(*[officer(f"p{number}") for number in range(20)])
    tried = hanging(world, 6.0, reporter_too=True)
    world.notify()
    assert tried.count(REPORTER) == 1
    assert world.outcomes()[-1] == ("reporter", "status.notified", "failed")


# --- counted anew ---------------------------------------------------------------------------------


def test_an_execution_that_cannot_learn_where_the_search_stands_goes_on_all_the_same():
    world = climbed(ALICE, CAROL, DORA)
    for step in range(2, 40):
        world.notify(step, f"token-{step}")
    world.put(dispatch.restart(world.report, "failed", now=world.clock.now()).report)
    calls = len(world.told(DORA))
    for step in range(3):
        world.notify(step, f"new-{step}", run=2, counted_anew=True)
    assert (world.report.step, world.report.token) == (42, "new-2")
    assert len(world.told(DORA)) == calls + 3
    world.notify(2, "new-2b", run=2, counted_anew=True)  # a retry
    assert (world.report.step, world.report.token) == (42, "new-2b")
    assert len(world.told(DORA)) == calls + 3


def test_a_search_whose_units_could_not_be_found_looks_again_in_the_next_execution():
    world = World(ALICE, DORA, ladder=None)
    for step in range(LOOK_AGAIN_STEPS + 1):
        world.notify(step, f"token-{step}", counted_anew=True)
    with pytest.raises(NoMoreRungs):
        world.notify(LOOK_AGAIN_STEPS + 1, "one-more", counted_anew=True)
    world.workflow.states[REPORT, 1] = Execution.FAILED
    assert world.audit().repaired == {"failed": 1}
    world.put(dispatch.assign(world.report, ladder_of(FIRST), now=world.clock.now()).report)
    world.notify(world.report.next_step, "found", run=2)
    assert world.told(ALICE) == ["officer.offer"]
    assert world.told() == ["status.at_desk", "status.notified"]


# --- by hand --------------------------------------------------------------------------------------

RADIO = officer("radio", CENTER.unit_id)


def test_what_the_desk_chose_is_asked_next_and_named_to_the_reporter():
    world = World(ALICE, DORA, RADIO)
    world.notify(2)
    world.tap(DORA, "assign", CENTER.unit_id)
    assert world.answered.name == "officer.assigned"
    assert world.workflow.resumed == [("token-1", "assigned")]
    world.notify(3, "token-2")
    assert (world.told(RADIO), world.told(DORA)) == (["officer.offer"], ["officer.offer_desk"])
    assert reporter_view(world.report).unit_th == CENTER.name_th
    world.notify(4, "token-3")
    assert world.told(DORA) == ["officer.offer_desk"] * 2


def test_what_the_desk_chose_and_cannot_be_reached_leads_back_to_the_desk_at_once():
    world = World(DORA, RADIO)
    world.notify(2)
    world.tap(DORA, "assign", CENTER.unit_id)
    world.messenger.unreachable.add(RADIO.line_user_id)
    world.sms.refused.add(RADIO.phone)
    with pytest.raises(NobodyOnDuty):
        world.notify(3, "token-2")
    world.notify(4, "token-3")
    assert world.told(DORA) == ["officer.offer_desk"] * 2


def test_what_the_desk_chose_is_asked_though_they_said_that_they_cannot_go():
    world = World(ALICE, BOB, DORA)
    world.notify(0)
    world.tap(ALICE, "decline")
    world.notify(2, "token-2")
    world.tap(DORA, "assign", FIRST.unit_id)
    world.notify(3, "token-3")
    assert world.told(ALICE) == ["officer.offer"] * 2
    assert world.report.declined == ()


def test_what_a_desk_chooses_late_is_called_on_all_channels():
    world = World(DORA, RADIO, ladder=ladder_of(FIRST))
    for step in range(1, 13):
        world.notify(step, f"token-{step}")
    world.tap(DORA, "assign", CENTER.unit_id)
    world.notify(13, "token-13")
    assert (world.told(RADIO), world.texted(RADIO)) == (["officer.offer"], ["sms.offer"])


def test_what_the_desk_chooses_while_the_next_step_is_prepared_is_called_at_once():
    world = World(DORA, RADIO)
    world.notify(2)
    world.reports.plan("save", lambda: world.tap(DORA, "assign", CENTER.unit_id))
    world.notify(3, "token-2")
    assert world.told(RADIO) == ["officer.offer"]
    assert world.told(DORA) == ["officer.offer_desk"]
    assert reporter_view(world.report).unit_th == CENTER.name_th
    world.notify(4, "token-3")
    assert world.told(DORA) == ["officer.offer_desk"] * 2


# --- reopened and drills --------------------------------------------------------------------------


def reopened(world):
    world.notify(0)
    world.tap(ALICE, "accept")
    world.tap(ALICE, "close", "resolved")
    world.say(talk.NobodyCame(REPORT))
    return world


def test_after_reopening_everyone_is_asked_anew():
    world = reopened(World(ALICE, BOB))
    texts = len(world.sms.sent)
    world.notify(0, "token-9", run=2)
    assert world.told(ALICE) == world.told(BOB) == ["officer.offer"] * 2
    assert world.messenger.pushed_to(BOB.line_user_id)[-1].params["again"] is True
    assert len(world.sms.sent) == texts + 2
    assert world.told()[-1] == "status.notified"


def test_after_reopening_the_stations_are_asked_first_though_they_had_been_found_late():
    world = World(ALICE, DORA, ladder=replace(ladder_of(FIRST), begins=5))
    world.notify(0)
    assert (world.told(ALICE), world.told(DORA)) == (["officer.offer"], [])
    assert world.report.ladder.begins == 0


def test_an_execution_that_is_taken_over_from_while_it_asks_does_not_write():
    world = World(ALICE)

    def taken_over():
        world.put(dispatch.restart(world.report, "stuck", now=world.clock.now()).report)

    world.reports.plan("get", None, taken_over)
    with pytest.raises(ReportSuperseded):
        world.notify(0)
    assert (world.report.step, world.messenger.pushes) == (None, [])


def test_after_reopening_the_execution_before_may_not_ask_anybody():
    world = reopened(World(ALICE, BOB))
    before = world.report, len(world.messenger.pushes)
    with pytest.raises(ReportSuperseded):
        world.notify(1, "token-9", run=1)
    assert (world.report, len(world.messenger.pushes)) == before


def test_a_drill_is_labelled_on_every_message():
    world = World(
        *(ALICE, CAROL, DORA, SOMCHAI),
        ladder=ladder_of(FIRST, SECOND, notices=[((SOCIAL,), When.AT_ONCE)]),
        drill=True,
    )
    for step in range(3):
        world.notify(step, f"token-{step}")
    prompts = [prompt for push in world.messenger.pushes for prompt in push.prompts]
    prompts += [prompt for _, prompt in world.sms.sent] + world.desk_mail.sent
    assert {prompt.name for prompt in prompts} >= {
        *("officer.offer", "officer.offer_desk", "officer.informed"),
        *("sms.offer", "sms.informed", "mail.desk", "status.notified", "status.at_desk"),
    }
    assert [prompt.name for prompt in prompts if prompt.params.get("drill") is not True] == []
    assert all(sent.drill for sent in world.sent)


def test_what_is_no_drill_is_not_labelled():
    world = World(ALICE, DORA)
    world.notify(0)
    world.notify(2)
    prompts = [prompt for push in world.messenger.pushes for prompt in push.prompts]
    prompts += [prompt for _, prompt in world.sms.sent] + world.desk_mail.sent
    assert not any(prompt.params.get("drill") for prompt in prompts)


# --- the function --------------------------------------------------------------------------------


@pytest.fixture
def deployed(monkeypatch):
    world = World(ALICE, DORA)
    monkeypatch.setattr(bootstrap, "officer_links", lambda: world.links)
    for name in ("reports", "responders", "clock"):
        monkeypatch.setattr(bootstrap, name, lambda name=name: getattr(world, name))
    observers = []

    def messages_about(observe):
        observers.append(observe)
        world.sent = type("Sent", (), {"append": staticmethod(observe)})
        return world.about

    monkeypatch.setattr(bootstrap, "messages_about", messages_about)
    return world


def payload(**more):
    return {"report_id": REPORT, "run": 1, "step": 0, "token": "t"} | more


def metrics_in(out):
    lines = [json.loads(line) for line in out.splitlines()]
    return {name: value for line in lines if "_aws" in line for name, value in line.items()}


def test_the_function_notifies_a_station_and_counts_how_long_the_first_message_took(
    deployed, capsys
):
    deployed.clock.advance(7)
    handler(payload(), None)
    assert metrics_in(capsys.readouterr().out)["SecondsToFirstMessage"] == [7.0]
    handler(payload(step=2), None)
    assert "SecondsToFirstMessage" not in metrics_in(capsys.readouterr().out)
    assert deployed.told(ALICE) == ["officer.offer"]
    assert deployed.told(DORA) == ["officer.offer_desk"]


def test_the_function_counts_steps_anew_when_the_workflow_says_so(deployed):
    deployed.put(replace(deployed.report, step=5, run_step=6))
    handler(payload(step=1, counted_anew=True), None)
    assert deployed.report.step == 7


def test_the_function_leaves_drills_out_of_the_statistics(deployed, capsys):
    deployed.put(replace(deployed.report, drill=True))
    handler(payload(), None)
    assert metrics_in(capsys.readouterr().out).keys() & {"SecondsToFirstMessage"} == set()


def test_the_function_of_an_execution_that_is_over_notifies_nobody(deployed):
    with pytest.raises(ReportSuperseded):
        handler(payload(run=2), None)
    assert deployed.messenger.pushes == []


def test_the_function_counts_a_desk_that_is_not_reached(deployed, capsys):
    deployed.responders = World().responders
    handler(payload(step=2), None)
    assert '"NobodyReached":[1.0]' in capsys.readouterr().out


def test_the_function_counts_what_failed_and_names_nobody(deployed, capsys):
    deployed.messenger.unreachable.add(ALICE.line_user_id)
    deployed.sms.refused.add(ALICE.phone)
    with pytest.raises(NobodyOnDuty):
        handler(payload(), None)
    out = capsys.readouterr().out
    for name in ("NobodyReached", "LineFailures", "SmsFailures"):
        assert f'"{name}":[1.0]' in out
    for trace in (ALICE.line_user_id, ALICE.phone, REPORTER, "17.4", "alice"):
        assert trace not in out


def test_an_invocation_that_hung_cannot_take_back_a_newer_offer():
    world = World(ALICE, CAROL)
    world.notify(0, "token-0")
    world.notify(1, "token-1")
    with pytest.raises(StepNotAllowed):
        world.notify(0, "token-late")
    assert (world.report.step, world.report.token) == (1, "token-1")


def test_a_push_to_the_reporter_that_is_true_no_more_is_not_tried_again():
    world = World(ALICE)
    fail = TemporaryFailure("LINE answered 500")
    # The offer to the officer passes; the reporter's first push fails while the officer accepts.
    world.messenger.plan("push", None, fail)
    world.slept = _Accepting(world)
    world.notify()
    assert "status.notified" not in world.told()
    assert ("reporter", "status.notified", "overtaken") in world.outcomes()


class _Accepting(list):
    def __init__(self, world):
        super().__init__()
        self._world = world

    def append(self, _pause):
        self._world.tap(ALICE, "accept")

"""Notifying a rung: nobody asked twice by SMS, no answer lost, no status that is not true."""

from dataclasses import replace

import pytest

from ess import bootstrap
from ess.domain.conversation import reporter_view
from ess.domain.errors import (
    NobodyOnDuty,
    NoMoreRungs,
    PermanentFailure,
    ReportAlreadyAcknowledged,
    ReportClosed,
    ReportNotDispatched,
    StepNotAllowed,
    TemporaryFailure,
)
from ess.domain.report import OVERDUE_SLACK_S, Status
from functions.notify_responders.app import handler
from tests.unit.incident_kit import (
    ALICE,
    BOB,
    CAROL,
    DORA,
    PIN,
    REPORT,
    REPORTER,
    WAIT_S,
    World,
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
    assert (report.status, report.rung, report.reached, report.attempt, report.token) == (
        Status.NOTIFIED,
        0,
        0,
        1,
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
    assert (offer.params["rung_kind"], offer.params["report_id"]) == ("station", REPORT)
    assert "+66812345678" not in str(offer.params)
    ((_, text),) = world.sms.sent
    assert set(text.params) == {"kind", "reference", "unit_th", "unit_en"}


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
    assert world.reports.timeline(REPORT)[1].detail == {"unit_id": "np-first", "on_duty": 0}


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


# --- the same round again ---------------------------------------------------------------------


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

    world.reports.plan("get", None, None, Crashed())  # dies after the SMS, before the status
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


# --- the desk -----------------------------------------------------------------------------------


def test_at_the_desk_the_reporter_is_told_so_once():
    world = World(ALICE, DORA)
    world.notify(0)
    world.notify(None, 1)
    world.notify(None, 2)
    assert world.told() == ["status.notified", "status.at_desk"]
    assert world.told(DORA) == ["officer.offer", "officer.offer"]
    assert world.texted(DORA) == ["sms.offer", "sms.offer"]
    assert (world.report.rung, world.report.attempt) == (2, 2)


def test_a_desk_that_cannot_be_reached_waits_its_round_and_says_just_that():
    world = World()
    with pytest.raises(NobodyOnDuty):
        world.notify(0)
    for round_number in (1, 2):
        world.notify(None, round_number, token=f"desk-{round_number}")
    assert world.told() == ["status.nobody_reached"]
    assert world.shown == "status.nobody_reached"
    assert (world.report.status, world.report.token) == (Status.DISPATCHED, "desk-2")


def test_a_desk_that_is_staffed_again_is_news():
    world = World()
    world.notify(None, 1)
    world.responders.put([DORA])
    world.notify(None, 2)
    assert world.told() == ["status.nobody_reached", "status.at_desk"]


def test_a_late_answer_from_a_station_is_taken_while_the_desk_is_asked():
    world = World(ALICE, DORA)
    world.notify(0)
    world.notify(None, 1, token="desk-1")
    assert world.tap(ALICE, "accept")
    assert world.workflow.resumed == [("desk-1", "accepted")]
    assert reporter_view(world.report).unit_th == "สภ.หนึ่ง"


def test_the_desk_cannot_send_the_search_round_in_circles_by_declining():
    world = World(DORA)
    world.notify(None, 1)
    world.tap(DORA, "decline")
    assert world.workflow.resumed == []
    world.notify(None, 2)
    assert world.report.declined == ()


def test_all_of_a_station_declining_moves_on_at_once():
    world = World(ALICE, BOB)
    world.notify()
    world.tap(ALICE, "decline")
    assert world.workflow.resumed == []
    world.tap(BOB, "decline")
    assert world.workflow.resumed == [("token-1", "declined")]


def test_a_report_without_ladder_goes_to_the_desk():
    world = World(DORA, stations=None)
    world.notify(None, 1)
    assert [rung.unit_id for rung in world.report.ladder] == ["desk"]
    assert world.told() == ["status.at_desk"]


def test_a_rung_beyond_the_ladder():
    world = World(ALICE)
    with pytest.raises(NoMoreRungs):
        world.notify(3)


# --- the function --------------------------------------------------------------------------------


@pytest.fixture
def deployed(monkeypatch):
    world = World(ALICE, DORA)
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
    return {"report_id": REPORT, "rung": 0, "attempt": 1, "wait_s": 60, "token": "t"} | more


def test_the_function_notifies_a_station_or_the_desk(deployed):
    handler(payload(), None)
    handler(payload(rung="desk"), None)
    assert deployed.told(ALICE) == deployed.told(DORA) == ["officer.offer"]


def test_the_function_counts_a_desk_that_is_not_reached(deployed, capsys):
    deployed.responders = World().responders
    handler(payload(rung="desk"), None)
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
    world.notify(0, 1, "token-0")
    world.notify(1, 1, "token-1")
    with pytest.raises(StepNotAllowed):
        world.notify(0, 1, "token-late")
    assert (world.report.rung, world.report.token) == (1, "token-1")


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

"""Conversations: what is stored, under which conditions, and what a write does to the report."""

from dataclasses import replace

import pytest

from ess.domain import conversation as talk
from ess.domain import dispatch as search
from ess.domain import response
from ess.domain.conversation import Conversation, Moment, advance
from ess.domain.errors import ConversationChanged, ReportChanged, StepNotAllowed
from ess.domain.geo import Point
from ess.domain.kinds import Kind
from ess.domain.report import OVERDUE_SLACK_S, REOPEN_S, Change, ClosingReason, Status
from ess.domain.report_writes import apply
from tests.adapters.reporting import (
    LADDER,
    NOW,
    OFFICER,
    PIN,
    USER,
    accept,
    change,
    close,
    dispatch,
    open_report,
    send,
)


def moment(event_id, now=NOW):
    return Moment(event_id, now, 60, lambda _text: "+66800000000")


def actions(stores, report_id):
    return [entry.action for entry in stores.reports.timeline(report_id)]


def test_an_unknown_person_has_a_new_conversation(stores):
    assert stores.conversations.get(USER) == Conversation(USER)


def test_what_was_saved_comes_back(stores):
    for number, given in enumerate(
        [
            talk.Followed(),
            talk.LanguageChosen("en"),
            talk.ReportAsked(),
            talk.KindChosen(Kind.CONFINEMENT),
            talk.TextSent("080"),
            talk.PinShared(Point(0.5, -0.1), "ocean"),
        ]
    ):
        outcome = send(stores, given, f"e{number}")
        assert stores.conversations.get(USER) == outcome.conversation


def test_a_draft_that_was_dropped_is_gone(stores):
    send(stores, talk.ReportAsked(), "e1")
    send(stores, talk.CancelAsked(), "e2")
    assert stores.conversations.get(USER).draft is None


@pytest.mark.parametrize("earlier", [0, 1])
def test_two_saves_from_the_same_read_the_second_changes_nothing(stores, earlier):
    for number in range(earlier):
        send(stores, talk.Followed(), f"before{number}")
    read = stores.conversations.get(USER)
    first = advance(read, talk.ReportAsked(), moment("first")).conversation
    second = advance(read, talk.LanguageChosen("th"), moment("second")).conversation
    stores.conversations.save(read, first, None)
    with pytest.raises(ConversationChanged):
        stores.conversations.save(read, second, None)
    assert stores.conversations.get(USER) == first


def test_a_report_is_opened_with_its_conversation(stores):
    report_id = open_report(stores)
    report = stores.reports.get(report_id)
    assert (report.status, report.kind, report.pin, report.place) == (
        Status.OPENED,
        Kind.ASSAULT,
        PIN,
        "ตลาด",
    )
    assert report.due_at == NOW + 60
    assert actions(stores, report_id) == ["opened"]


def test_a_lost_race_opens_no_report(stores):
    send(stores, talk.ReportAsked(), "ask")
    send(stores, talk.KindChosen(Kind.ASSAULT), "kind")
    read = stores.conversations.get(USER)
    outcome = advance(read, talk.PinShared(PIN), moment("pin"))
    send(stores, talk.LanguageChosen("th"), "other")
    with pytest.raises(ConversationChanged):
        stores.conversations.save(read, outcome.conversation, outcome.write)
    assert stores.reports.timeline(outcome.write.report.report_id) == []
    with pytest.raises(LookupError):
        stores.reports.get(outcome.write.report.report_id)


def test_a_report_that_exists_is_not_opened_again(stores):
    report_id = open_report(stores)
    opened = stores.reports.get(report_id)
    other = Conversation("U" + "c" * 32)
    write = talk.OpenReport(opened, ())
    with pytest.raises(ConversationChanged):
        stores.conversations.save(
            other, advance(other, talk.Followed(), moment("x")).conversation, write
        )
    assert stores.conversations.get(other.user_id) == other


@pytest.mark.parametrize(
    ("given", "action"),
    [
        (talk.TextSent("080 000 0000"), "dispatched"),
        (talk.CallDeclined(), "dispatched"),
        (talk.KindChosen(Kind.VIOLENT_PERSON), "revised"),
        (talk.PinShared(Point(17.5, 104.5), "วัด"), "revised"),
        (talk.PinShared(Point(17.5, 104.5)), "revised"),
    ],
)
def test_a_write_does_to_the_stored_report_what_the_domain_says(stores, given, action):
    report_id = open_report(stores)
    before = stores.reports.get(report_id)
    outcome = send(stores, given, "then", NOW + 7.25)
    assert stores.reports.get(report_id) == apply(before, outcome.write)
    assert actions(stores, report_id) == ["opened", action]


@pytest.mark.parametrize("prepare", [open_report, dispatch])
def test_cancelling_closes_whatever_the_report_is_at(stores, prepare):
    report_id = prepare(stores)
    before = stores.reports.get(report_id)
    outcome = send(stores, talk.CancelConfirmed(report_id), "cancel", NOW + 20)
    after = stores.reports.get(report_id)
    assert after == apply(before, outcome.write)
    assert (after.status, after.closing_reason, after.due_at, after.token) == (
        Status.CLOSED,
        ClosingReason.CANCELLED_BY_REPORTER,
        None,
        None,
    )
    assert actions(stores, report_id)[-1] == "closed"
    assert stores.reports.due(NOW + 1e6) == []


def test_revising_twice_leaves_two_lines(stores):
    report_id = open_report(stores)
    send(stores, talk.KindChosen(Kind.CONFINEMENT), "k2")
    send(stores, talk.KindChosen(Kind.VIOLENT_GATHERING), "k3")
    assert actions(stores, report_id).count("revised") == 2
    assert stores.reports.get(report_id).version == 3


@pytest.mark.parametrize(
    "write",
    [
        lambda report_id: talk.DispatchReport(report_id, "+66800000000", True, NOW),
        lambda report_id: talk.ReviseReport(report_id, Kind.CONFINEMENT, None, None, NOW),
        lambda report_id: talk.AddPhone(report_id, "+66800000000", NOW),
        lambda report_id: talk.ForbidCall(report_id, NOW),
        lambda report_id: talk.CancelReport(report_id, NOW),
        lambda report_id: talk.AllowAsking(report_id, NOW),
        lambda report_id: talk.CallHelp(report_id, NOW),
        lambda report_id: talk.ReopenReport(report_id, NOW),  # its reporter cancelled it
    ],
)
@pytest.mark.parametrize("state", ["closed", "missing"])
def test_a_write_that_no_longer_holds_changes_neither_report_nor_conversation(stores, write, state):
    report_id = dispatch(stores)
    send(stores, talk.CancelConfirmed(report_id), "cancel")
    target = report_id if state == "closed" else "f" * 32
    conversation, lines = stores.conversations.get(USER), stores.reports.timeline(report_id)
    after = advance(conversation, talk.Followed(), moment("late")).conversation
    with pytest.raises(ConversationChanged):
        stores.conversations.save(conversation, after, write(target))
    assert stores.conversations.get(USER) == conversation
    assert stores.reports.timeline(report_id) == lines
    with pytest.raises(LookupError):
        stores.reports.get("f" * 32)


def test_a_report_dispatched_by_the_grace_period_meets_the_late_phone_number(stores):
    report_id = open_report(stores)
    read = stores.conversations.get(USER)
    phone = advance(read, talk.TextSent("080 000 0000"), moment("phone"))
    report = stores.reports.get(report_id)
    stores.reports.save(
        search.dispatch(report, now=NOW + 60, phone=None, can_talk=True, actor="system")
    )
    with pytest.raises(ConversationChanged):
        stores.conversations.save(read, phone.conversation, phone.write)
    assert stores.conversations.get(USER).active.status is Status.DISPATCHED


def test_the_late_phone_number_is_added_while_nobody_has_accepted(stores):
    report_id = open_report(stores)
    report = stores.reports.get(report_id)
    stores.reports.save(
        search.dispatch(report, now=NOW + 60, phone=None, can_talk=True, actor="system")
    )
    before = stores.reports.get(report_id)
    outcome = send(stores, talk.TextSent("080 000 0000"), "phone", NOW + 70)
    after = stores.reports.get(report_id)
    assert after == apply(before, outcome.write)
    assert after.phone == "+66800000000"
    assert actions(stores, report_id)[-1] == "phone_added"


def test_do_not_call_is_written_into_a_dispatched_report(stores):
    report_id = dispatch(stores)
    before = stores.reports.get(report_id)
    outcome = send(stores, talk.CallDeclined(), "hush", NOW + 70)
    after = stores.reports.get(report_id)
    assert after == apply(before, outcome.write)
    assert not after.can_talk
    assert not stores.conversations.get(USER).active.can_talk
    assert actions(stores, report_id)[-1] == "call_forbidden"


def test_a_change_of_the_report_makes_a_racing_event_read_again(stores):
    report_id = dispatch(stores)
    read = stores.conversations.get(USER)
    cancel = advance(read, talk.CancelConfirmed(report_id), moment("cancel"))
    report = stores.reports.get(report_id)
    stores.reports.save(search.assign(report, LADDER, now=NOW + 9))
    with pytest.raises(ConversationChanged):
        stores.conversations.save(read, cancel.conversation, cancel.write)
    assert stores.reports.get(report_id).status is Status.DISPATCHED


# --- how it goes on, and how it ended -------------------------------------------------------------


def searching(stores):
    """A report that was offered to somebody, who has not answered; return its id."""
    report_id = dispatch(stores)
    change(stores, report_id, lambda r: search.assign(r, LADDER, now=NOW + 9))
    change(stores, report_id, lambda r: search.offer(r, 0, [OFFICER], now=NOW + 10, token="t" * 9))
    return report_id


def offered_by_hand(stores):
    """An accepted report with everything that reopening must forget; return its id."""
    report_id = accept(stores)
    busy = {
        "hand_rung": LADDER.rungs[0],
        "hand_step": 3,
        "helpers": ("r9",),
        "declined": ("r9",),
        "reminders": 2,
        "run": 4,
        "run_step": 2,
        "reopened": 1,
        "help_calls": 3,
        "help_served": 2,
        "quiet_since": NOW + 30.5,
        "nobody_came": 5,
        "nobody_served": 3,
        "nobody_known": 2,
        "checks": 2,
        "checks_served": 1,
        "contact_changes": 4,
        "contact_known": 1,
        "contact_told": 3,
        "acts": ("0123456789ab",),
    }
    change(stores, report_id, lambda r: Change(replace(r, version=r.version + 1, **busy), ()))
    change(
        stores,
        report_id,
        lambda r: response.close_as_responder(r, ClosingReason.REFERRED, "r1", now=NOW + 80),
    )
    return report_id


@pytest.mark.parametrize(
    ("prepare", "given", "action"),
    [
        (open_report, lambda _: talk.AskingAllowed(), "asking_allowed"),
        (dispatch, lambda _: talk.AskingAllowed(), "asking_allowed"),
        (searching, lambda _: talk.AskingAllowed(), "asking_allowed"),
        (accept, lambda _: talk.AskingAllowed(), "asking_allowed"),
        (accept, talk.NobodyCame, "nobody_came"),
        (close, talk.NobodyCame, "reopened"),
        (offered_by_hand, talk.NobodyCame, "reopened"),
        (close, talk.HelpCame, "help_confirmed"),
        (accept, lambda _: talk.CallDeclined(), "call_forbidden"),
        (accept, lambda _: talk.TextSent("080 000 0000"), "phone_added"),
        (searching, talk.CancelConfirmed, "closed"),
        (accept, talk.CancelConfirmed, "closed"),
    ],
)
def test_a_later_write_does_to_the_stored_report_what_the_domain_says(
    stores, prepare, given, action
):
    report_id = prepare(stores)
    before = stores.reports.get(report_id)
    outcome = send(stores, given(report_id), "then", NOW + 97.25)
    assert stores.reports.get(report_id) == apply(before, outcome.write)
    assert actions(stores, report_id)[-1] == action
    # The copy that the conversation carries says the same as one made from the report itself.
    shown = stores.conversations.get(USER).active
    assert shown.status is stores.reports.get(report_id).status
    stored = stores.reports.get(report_id)
    assert (shown.run, shown.may_ask) == (stored.run, stored.may_ask)
    # A cancelled one keeps its token in the copy: a repeated event tells the workflow again.
    assert action == "closed" or shown.token == stored.token


@pytest.mark.parametrize(
    ("given", "counter"),
    [
        (talk.NobodyCame, "nobody_came"),
        (lambda _: talk.CallDeclined(), "contact_changes"),
        (lambda _: talk.TextSent("080 000 0000"), "contact_changes"),
    ],
)
def test_what_a_reporter_says_is_counted_from_nothing_on_and_on(stores, given, counter):
    report_id = accept(stores)
    for number in (1, 2):
        send(stores, given(report_id), f"said{number}", NOW + 90 + number)
        assert getattr(stores.reports.get(report_id), counter) == number


def test_a_call_that_nobody_came_is_due_soon_whether_or_not_a_state_waits(stores):
    report_id = accept(stores)
    assert stores.reports.due(NOW + 97 + OVERDUE_SLACK_S) == []
    send(stores, talk.NobodyCame(report_id), "nobody", NOW + 97)
    assert stores.reports.get(report_id).due_at == NOW + 97 + OVERDUE_SLACK_S
    assert stores.reports.due(NOW + 97 + OVERDUE_SLACK_S) == [report_id]
    followed = change(
        stores,
        report_id,
        lambda r: response.wait_for_progress(r, now=NOW + 98, token="u" * 9, wait_s=600),
    )
    assert stores.reports.get(report_id) == followed.report
    assert stores.reports.due(NOW + 98 + OVERDUE_SLACK_S) == []


def test_a_call_that_comes_while_its_follow_up_is_written_is_not_written_over(stores):
    report_id = accept(stores)
    stale = response.wait_for_progress(
        stores.reports.get(report_id), now=NOW + 98, token="u" * 9, wait_s=600
    )
    send(stores, talk.NobodyCame(report_id), "nobody", NOW + 97)
    with pytest.raises(ReportChanged):
        stores.reports.save(stale)
    assert stores.reports.get(report_id).nobody_came == 1


def test_a_reopened_report_is_looked_after_again_and_keeps_its_past(stores):
    report_id = offered_by_hand(stores)
    lines = stores.reports.timeline(report_id)
    assert stores.reports.due(NOW + 1e6) == []
    outcome = send(stores, talk.NobodyCame(report_id), "reopen", NOW + 100)
    after = stores.reports.get(report_id)
    assert stores.reports.due(NOW + 1e6) == [report_id]
    assert (outcome.start, outcome.run, after.run) == (report_id, 5, 5)
    assert (after.step, after.hand_rung, after.token, after.acknowledged_by) == (None,) * 4
    assert (after.closing_reason, after.acknowledged_at) == (None, None)
    assert (after.reached, after.declined, after.helpers) == ((), (), ())
    assert after.ladder == LADDER
    assert after.find_notified("r1") is not None
    assert stores.reports.timeline(report_id)[:-1] == lines


def test_a_confirmation_does_not_move_the_day_for_reopening(stores):
    report_id = close(stores, at=NOW + 80)
    send(stores, talk.HelpCame(report_id), "came", NOW + 50_000)
    assert stores.reports.get(report_id).changed_at == NOW + 80
    read = stores.conversations.get(USER)
    after = advance(read, talk.Followed(), moment("late")).conversation
    with pytest.raises(ConversationChanged):
        stores.conversations.save(
            read, after, talk.ReopenReport(report_id, NOW + 80 + REOPEN_S + 1)
        )
    stores.conversations.save(read, after, talk.ReopenReport(report_id, NOW + 80 + REOPEN_S))
    assert stores.reports.get(report_id).status is Status.DISPATCHED


STALE = {
    # What the write needs, and where the report has gone meanwhile.
    "phone": (lambda r: talk.DispatchReport(r, "+66800000000", True, NOW), dispatch),
    "pin": (lambda r: talk.ReviseReport(r, Kind.CONFINEMENT, PIN, None, NOW), searching),
    "nobody came while opened": (lambda r: talk.CallHelp(r, NOW), open_report),
    "nobody came while searching": (lambda r: talk.CallHelp(r, NOW), searching),
    "nobody came after closing": (lambda r: talk.CallHelp(r, NOW), close),
    "reopened while opened": (lambda r: talk.ReopenReport(r, NOW), open_report),
    "reopened while accepted": (lambda r: talk.ReopenReport(r, NOW), accept),
    "reopened after a day": (lambda r: talk.ReopenReport(r, NOW + REOPEN_S + 80.5), close),
    "confirmed while accepted": (lambda r: talk.ConfirmHelp(r, NOW), accept),
    "asking allowed after closing": (lambda r: talk.AllowAsking(r, NOW), close),
    "phone after closing": (lambda r: talk.AddPhone(r, "+66800000000", NOW), close),
    "phone while opened": (lambda r: talk.AddPhone(r, "+66800000000", NOW), open_report),
    "no call after closing": (lambda r: talk.ForbidCall(r, NOW), close),
    "cancelled after closing": (lambda r: talk.CancelReport(r, NOW), close),
}


@pytest.mark.parametrize("name", STALE)
def test_a_write_for_another_status_changes_nothing(stores, name):
    write, prepare = STALE[name]
    report_id = prepare(stores)
    report, read = stores.reports.get(report_id), stores.conversations.get(USER)
    lines = stores.reports.timeline(report_id)
    with pytest.raises(StepNotAllowed):
        apply(report, write(report_id))
    after = advance(read, talk.Followed(), moment("late")).conversation
    with pytest.raises(ConversationChanged):
        stores.conversations.save(read, after, write(report_id))
    assert stores.reports.get(report_id) == report
    assert stores.reports.timeline(report_id) == lines
    assert stores.conversations.get(USER) == read


def test_of_two_reopenings_one_counts(stores):
    report_id = close(stores)
    read = stores.conversations.get(USER)
    first = advance(read, talk.NobodyCame(report_id), moment("first", NOW + 90))
    second = advance(read, talk.NobodyCame(report_id), moment("second", NOW + 91))
    stores.conversations.save(read, first.conversation, first.write)
    with pytest.raises(ConversationChanged):
        stores.conversations.save(read, second.conversation, second.write)
    assert (stores.reports.get(report_id).run, stores.reports.get(report_id).reopened) == (2, 1)


def test_a_drill_is_one_from_its_draft_to_its_report(stores):
    send(stores, talk.ReportAsked(drill=True), "ask")
    send(stores, talk.KindChosen(Kind.ASSAULT), "kind")
    assert stores.conversations.get(USER).draft.drill
    outcome = send(stores, talk.PinShared(PIN), "pin")
    assert stores.reports.get(outcome.write.report.report_id).drill
    assert stores.conversations.get(USER).active.drill

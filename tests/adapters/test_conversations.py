"""Conversations: what is stored, under which conditions, and what a write does to the report."""

from dataclasses import replace

import pytest

from ess.domain import conversation as talk
from ess.domain import dispatch as search
from ess.domain import drafts, response
from ess.domain.conversation import Conversation, Moment, advance
from ess.domain.drafts import EXPIRES_S, SILENT_S
from ess.domain.errors import (
    ConversationChanged,
    ReportChanged,
    ReportNotFound,
    StepNotAllowed,
)
from ess.domain.geo import Point
from ess.domain.kinds import Kind
from ess.domain.report import OVERDUE_SLACK_S, REOPEN_S, Change, ClosingReason, Status
from ess.domain.report_writes import apply
from ess.domain.reporter import Block, History
from ess.domain.understanding import Role
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
    outcome = send(stores, talk.CancelConfirmed(report_id, "safe_now"), "cancel", NOW + 20)
    after = stores.reports.get(report_id)
    assert after == apply(before, outcome.write)
    assert (after.status, after.closing_reason, after.due_at, after.token) == (
        Status.CLOSED,
        ClosingReason.CANCELLED_BY_REPORTER,
        None,
        None,
    )
    assert after.cancel_why == "safe_now"
    line = stores.reports.timeline(report_id)[-1]
    assert (line.action, line.detail["why"]) == ("closed", "safe_now")
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
        lambda report_id: talk.AddDetail(report_id, "note", "words", NOW),
        lambda report_id: talk.AllowAsking(report_id, NOW),
        lambda report_id: talk.CallHelp(report_id, NOW),
        lambda report_id: talk.ReopenReport(report_id, NOW),  # its reporter cancelled it
    ],
)
@pytest.mark.parametrize("state", ["closed", "missing"])
def test_a_write_that_no_longer_holds_changes_neither_report_nor_conversation(stores, write, state):
    report_id = dispatch(stores)
    send(stores, talk.CancelConfirmed(report_id, "other"), "cancel")
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
    cancel = advance(read, talk.CancelConfirmed(report_id, "other"), moment("cancel"))
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
        (accept, lambda _: talk.PinShared(Point(17.40, 104.78)), "revised"),
        (accept, lambda _: talk.KindChosen(Kind.VIOLENT_PERSON), "revised"),
        (accept, lambda _: talk.Answered("weapon", "yes"), "detail_added"),
        (accept, lambda _: talk.WhoChosen(Role.BYSTANDER), "detail_added"),
        (open_report, lambda _: talk.Answered("hurt", "unknown"), "detail_added"),
        (searching, lambda r: talk.CancelConfirmed(r, "safe_now"), "closed"),
        (accept, lambda r: talk.CancelConfirmed(r, "other"), "closed"),
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
    "pin": (lambda r: talk.ReviseReport(r, Kind.CONFINEMENT, PIN, None, NOW), close),
    "words": (lambda r: talk.AddDetail(r, "note", "words", NOW), close),
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


# --- what is added in words -----------------------------------------------------------------------

LATER = NOW + 50
ADDED = {
    "words": (accept, lambda r: talk.AddDetail(r, "note", "เขามีมีด", LATER)),
    "words before the dispatch": (open_report, lambda r: talk.AddDetail(r, "note", "ก", LATER)),
    "words of a message": (
        accept,
        lambda r: talk.AddDetail(r, "note", "เขามีมีด", LATER, message_id="7"),
    ),
    "landmark": (
        searching,
        lambda r: talk.AddDetail(r, "landmark", "รั้วเขียว", LATER, message_id="8"),
    ),
    "a long text": (
        accept,
        lambda r: talk.AddDetail(r, "note", "ก" * 1_200, LATER, message_id="9"),
    ),
    "a long text beside another": (
        searching,
        lambda r: talk.AddPhone(r, "+6682", LATER, "ข" * 600),
    ),
    "landmark with a number": (
        open_report,
        lambda r: talk.DispatchReport(r, "+6681", True, LATER, "ก", "9", landmark="รั้วเขียว"),
    ),
    "landmark with a later number": (
        searching,
        lambda r: talk.AddPhone(r, "+6682", LATER, message_id="9", landmark="รั้วเขียว"),
    ),
    "landmark of who cannot talk": (
        accept,
        lambda r: talk.ForbidCall(r, LATER, message_id="9", landmark="รั้วเขียว"),
    ),
    "language": (accept, lambda r: talk.SetLanguage(r, "en", LATER)),
    "answer with words": (accept, lambda r: talk.AddDetail(r, "hurt", "no", LATER, "แต่ชา")),
    "number with words": (open_report, lambda r: talk.DispatchReport(r, "+6681", True, LATER, "ก")),
    "later number with words": (searching, lambda r: talk.AddPhone(r, "+6682", LATER, "ก")),
    "no call with words": (accept, lambda r: talk.ForbidCall(r, LATER, "ก")),
    "no call and a number": (accept, lambda r: talk.ForbidCall(r, LATER, None, "+6683")),
    "pin with words": (accept, lambda r: talk.ReviseReport(r, None, PIN, None, LATER, "ย้าย")),
}


def add(stores, write):
    """Store a write with the next version of its conversation."""
    read = stores.conversations.get(USER)
    after = replace(read, version=read.version + 1)
    stores.conversations.save(read, after, write)


@pytest.mark.parametrize("name", ADDED)
def test_what_is_added_is_in_the_report_as_the_domain_says(stores, name):
    prepare, write = ADDED[name]
    report_id = prepare(stores)
    before = stores.reports.get(report_id)
    add(stores, write(report_id))
    assert stores.reports.get(report_id) == apply(before, write(report_id))
    add(stores, talk.AddDetail(report_id, "note", "อีกคำ", LATER + 1))
    after = stores.reports.get(report_id)
    assert after.notes[-1] == "อีกคำ"
    # Each thing that is added counts one, texts among them.
    assert after.mended == apply(before, write(report_id)).mended


@pytest.mark.parametrize("prepare", [open_report, searching, accept])
def test_who_cannot_talk_is_called_about_neither_of_two_reports(stores, prepare):
    older = prepare(stores)
    is_opened = stores.reports.get(older).status is Status.OPENED
    send(stores, talk.ReportAsked(fresh=True), "another")
    send(stores, talk.KindChosen(Kind.CONFINEMENT), "kind")
    read = stores.conversations.get(USER)
    draft = replace(read.draft, no_call=True)
    outcome = advance(replace(read, draft=draft), talk.PinShared(PIN), moment("second pin", LATER))
    forbid = talk.DispatchReport(older, None, can_talk=False, at=LATER)
    beside = forbid if is_opened else talk.ForbidCall(older, LATER)
    before = stores.reports.get(older)
    stores.conversations.save(read, outcome.conversation, replace(outcome.write, beside=beside))
    assert stores.reports.get(older) == apply(before, beside)
    assert not stores.reports.get(older).can_talk
    assert not stores.reports.get(outcome.write.report.report_id).can_talk
    told = stores.reports.timeline(older)[-1].action
    assert told == ("dispatched" if is_opened else "call_forbidden")


def test_of_two_reports_none_is_written_if_one_cannot_be(stores):
    older = accept(stores)
    send(stores, talk.ReportAsked(fresh=True), "another")
    send(stores, talk.KindChosen(Kind.CONFINEMENT), "kind")
    read = stores.conversations.get(USER)
    outcome = advance(read, talk.PinShared(PIN), moment("second pin", LATER))
    beside = talk.DispatchReport(
        older, None, can_talk=False, at=LATER
    )  # it was dispatched long ago
    with pytest.raises(ConversationChanged):
        stores.conversations.save(read, outcome.conversation, replace(outcome.write, beside=beside))
    with pytest.raises(ReportNotFound):
        stores.reports.get(outcome.write.report.report_id)
    assert stores.conversations.get(USER) == read


def test_the_words_of_who_cancels_are_kept_with_the_reason(stores):
    report_id = accept(stores)
    write = talk.CancelReport(report_id, LATER, "other", "พี่ชายมารับแล้ว", "7")
    before = stores.reports.get(report_id)
    add(stores, write)
    after = stores.reports.get(report_id)
    assert after == apply(before, write)
    assert (after.cancel_why, after.words, after.note_ids) == ("other", ("พี่ชายมารับแล้ว",), ("7",))


@pytest.mark.parametrize("name", ADDED)
def test_the_timeline_says_that_there_were_words_and_not_which(stores, name):
    prepare, write = ADDED[name]
    report_id = prepare(stores)
    add(stores, write(report_id))
    line = stores.reports.timeline(report_id)[-1]
    said = [getattr(write(report_id), "value", None), getattr(write(report_id), "note", None)]
    assert line.detail.get("noted") is (True if said[1] else None)
    assert not any(word in str(line) for word in said if word and word not in ("ก", "no"))


def test_a_group_is_forgotten_when_it_is_left_and_stays_known_until_then(stores):
    group = "C" + "0" * 32
    known = talk.Conversation(group, version=1)
    stores.conversations.save(talk.Conversation(group), known, None)
    assert stores.conversations.get(group) == known
    for _ in range(2):
        stores.conversations.forget(group)
        assert stores.conversations.get(group).version == 0


def test_what_was_typed_before_there_was_a_report_is_in_it(stores):
    c = stores.conversations.get(USER)
    draft = talk.Draft(kind=Kind.ASSAULT, notes=("ช่วยด้วย", "พ่อตีแม่"))
    stores.conversations.save(c, replace(c, version=1, draft=draft), None)
    outcome = send(stores, talk.PinShared(PIN), "pin")
    report = stores.reports.get(outcome.write.report.report_id)
    assert (report.notes, report.details) == (("ช่วยด้วย", "พ่อตีแม่"), 2)
    assert stores.conversations.get(USER).active.notes == 2


def test_older_reports_are_remembered_with_the_conversation(stores):
    first = dispatch(stores)
    second = dispatch(stores, tag="2")
    stored = stores.conversations.get(USER)
    assert stored.active.report_id == second
    assert [(other.report_id, other.kind) for other in stored.others] == [(first, Kind.ASSAULT)]


# --- drafts that are due --------------------------------------------------------------------------


def test_drafts_that_are_due_are_found_the_longest_overdue_first(stores):
    people = ["U" + letter * 32 for letter in "cde"]
    for user_id, delay in zip(people, [20.5, 0, 10], strict=True):
        send(stores, talk.ReportAsked(), f"ask{user_id}", NOW + delay, user_id)
    assert stores.conversations.due_drafts(NOW + SILENT_S - 1) == []
    assert stores.conversations.due_drafts(NOW + SILENT_S) == [people[1]]
    everyone = [people[1], people[2], people[0]]
    assert stores.conversations.due_drafts(NOW + 1e6) == everyone
    assert stores.conversations.due_drafts(NOW + 1e6, limit=2) == everyone[:2]


def test_no_crowd_without_a_pin_keeps_a_draft_with_one_waiting(stores):
    people = ["U" + letter * 32 for letter in "cdef"]
    for number, user_id in enumerate(people):
        send(stores, talk.ReportAsked(), f"ask{user_id}", NOW + number, user_id)
    for user_id in people[2:]:
        send(stores, talk.PinShared(PIN), "pin", NOW + 60, user_id)
    pinned, others = people[2:], people[:2]
    assert stores.conversations.due_drafts(NOW + 1e6) == pinned + others
    # However few are asked for, all with a pin are among them.
    assert stores.conversations.due_drafts(NOW + 1e6, limit=1) == [*pinned, others[0]]
    assert stores.conversations.due_drafts(NOW + 59 + SILENT_S) == others
    send(stores, talk.CancelAsked(), "cancel", NOW + 61, pinned[0])
    assert stores.conversations.due_drafts(NOW + 1e6) == [pinned[1], *others]


def test_a_draft_that_moves_on_is_due_later_and_one_that_ends_not_at_all(stores):
    send(stores, talk.ReportAsked(), "ask", NOW)
    send(stores, talk.KindChosen(Kind.ASSAULT), "kind", NOW + 100)
    assert stores.conversations.due_drafts(NOW + SILENT_S) == []
    assert stores.conversations.due_drafts(NOW + 100 + SILENT_S) == [USER]
    c = stores.conversations.get(USER)
    stores.conversations.save(c, drafts.nudged(c), None)
    assert stores.conversations.due_drafts(NOW + 100 + SILENT_S) == []
    assert stores.conversations.due_drafts(NOW + 100 + EXPIRES_S) == [USER]
    send(stores, talk.PinShared(PIN), "pin", NOW + 101)
    assert stores.conversations.due_drafts(NOW + 1e6) == []


def test_a_draft_is_made_a_report_with_its_conversation_or_not_at_all(stores):
    send(stores, talk.PinShared(Point(1.29, 103.85), "ท่าเรือ"), "pin", NOW)
    c = stores.conversations.get(USER)
    made = drafts.dispatch(c, NOW + SILENT_S)
    stores.conversations.save(c, made.conversation, made.write)
    report = stores.reports.get(made.write.report.report_id)
    assert report == made.write.report
    assert (report.kind, report.pin_doubt, report.place) == (Kind.UNKNOWN, "outside", "ท่าเรือ")
    assert stores.conversations.get(USER) == made.conversation
    assert stores.conversations.due_drafts(NOW + 1e6) == []
    assert stores.reports.due(NOW + 1e6) == [report.report_id]
    with pytest.raises(ConversationChanged):
        stores.conversations.save(c, made.conversation, made.write)
    # What is mended afterwards is believed.
    outcome = send(stores, talk.PinShared(PIN), "again", NOW + 300)
    assert stores.reports.get(report.report_id) == apply(report, outcome.write)
    assert stores.reports.get(report.report_id).pin_doubt is None


# --- a person's history ---------------------------------------------------------------------------


@pytest.mark.parametrize("reason", list(ClosingReason))
def test_a_closing_is_counted_in_the_history_of_its_reporter(stores, reason):
    report_id = dispatch(stores)
    history = stores.conversations.get(USER).history
    assert history == History(opened_at=(NOW,), open=1)
    change(stores, report_id, lambda r: response.close(r, reason, now=NOW + 80.25, actor="system"))
    false = (NOW + 80.25,) if reason is ClosingReason.FALSE_ALARM else ()
    assert stores.conversations.get(USER).history == History((NOW,), 0, false)
    # What changes a closed report later is no further closing.
    change(stores, report_id, lambda r: search.restart(r, "failed", now=NOW + 90))
    assert stores.conversations.get(USER).history == History((NOW,), 0, false)


def test_the_closing_of_an_older_report_is_counted_too(stores):
    first = dispatch(stores)
    second = dispatch(stores, tag="2")
    before = stores.conversations.get(USER)
    assert (before.active.report_id, before.history.open) == (second, 2)
    false = ClosingReason.FALSE_ALARM
    change(stores, first, lambda r: response.close(r, false, now=NOW + 80, actor="system"))
    after = stores.conversations.get(USER)
    assert after == replace(
        before, version=before.version + 1, history=before.history.after_closing(NOW + 80)
    )
    assert stores.reports.get(first).status is Status.CLOSED


def test_an_exercise_leaves_no_history(stores):
    send(stores, talk.ReportAsked(drill=True), "ask")
    send(stores, talk.KindChosen(Kind.ASSAULT), "kind")
    report_id = send(stores, talk.PinShared(PIN), "pin").write.report.report_id
    false = ClosingReason.FALSE_ALARM
    change(stores, report_id, lambda r: response.close(r, false, now=NOW + 80, actor="system"))
    assert stores.conversations.get(USER).history == History()
    assert stores.conversations.get(USER).active.closing_reason == "false_alarm"


def test_cancelling_and_reopening_are_counted(stores):
    report_id = dispatch(stores)
    send(stores, talk.CancelConfirmed(report_id, "other"), "cancel", NOW + 20)
    assert stores.conversations.get(USER).history.open == 0
    second = dispatch(stores, tag="2")
    false = ClosingReason.FALSE_ALARM
    change(stores, second, lambda r: response.close(r, false, now=NOW + 80.5, actor="system"))
    assert stores.conversations.get(USER).history.false_at == (NOW + 80.5,)
    send(stores, talk.NobodyCame(second), "reopen", NOW + 100)
    history = stores.conversations.get(USER).history
    assert (history.open, history.false_at) == (1, ())


def test_an_appeal_leaves_a_line_and_changes_nothing_else_whatever_the_report_is_at(stores):
    report_id = dispatch(stores)
    send(stores, talk.CancelConfirmed(report_id, "other"), "cancel", NOW + 20)
    c = stores.conversations.get(USER)
    block = Block(report_id, NOW + 30, NOW + 1e6, "ก", "เหตุผล")
    blocked = replace(c, version=c.version + 1, block=block)
    stores.conversations.save(c, blocked, None)
    assert stores.conversations.get(USER).block == block
    before = stores.reports.get(report_id)
    outcome = send(stores, talk.AppealAsked(), "appeal", NOW + 50)
    after = stores.reports.get(report_id)
    assert after == apply(before, outcome.write) == replace(before, version=before.version + 1)
    assert actions(stores, report_id)[-1] == "block_appealed"
    assert stores.conversations.get(USER).block.appeals == 1


def test_a_drill_is_one_from_its_draft_to_its_report(stores):
    send(stores, talk.ReportAsked(drill=True), "ask")
    send(stores, talk.KindChosen(Kind.ASSAULT), "kind")
    assert stores.conversations.get(USER).draft.drill
    outcome = send(stores, talk.PinShared(PIN), "pin")
    assert stores.reports.get(outcome.write.report.report_id).drill
    assert stores.conversations.get(USER).active.drill

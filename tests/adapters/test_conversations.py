"""Conversations: what is stored, under which conditions, and what a write does to the report."""

import pytest

from ess.domain import conversation as talk
from ess.domain import report as incident
from ess.domain.conversation import Conversation, Moment, advance
from ess.domain.errors import ConversationChanged
from ess.domain.geo import Point
from ess.domain.kinds import Kind
from ess.domain.report import ClosingReason, Status
from ess.domain.report_writes import apply
from tests.adapters.reporting import LADDER, NOW, PIN, USER, dispatch, open_report, send


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
        incident.dispatch(report, now=NOW + 60, phone=None, can_talk=True, actor="system")
    )
    with pytest.raises(ConversationChanged):
        stores.conversations.save(read, phone.conversation, phone.write)
    assert stores.conversations.get(USER).active.status is Status.DISPATCHED


def test_the_late_phone_number_is_added_while_nobody_has_accepted(stores):
    report_id = open_report(stores)
    report = stores.reports.get(report_id)
    stores.reports.save(
        incident.dispatch(report, now=NOW + 60, phone=None, can_talk=True, actor="system")
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
    stores.reports.save(incident.assign(report, LADDER, now=NOW + 9, acknowledge_s=60))
    with pytest.raises(ConversationChanged):
        stores.conversations.save(read, cancel.conversation, cancel.write)
    assert stores.reports.get(report_id).status is Status.DISPATCHED

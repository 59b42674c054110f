"""After somebody has accepted: progress, help, handing over, silence, notes, closing, reopening."""

from dataclasses import replace

import pytest

from ess.domain import dispatch, response
from ess.domain.conversation import (
    AddPhone,
    AllowAsking,
    CallHelp,
    CancelReport,
    ConfirmHelp,
    ForbidCall,
    ReopenReport,
)
from ess.domain.errors import NotNotified, NotTheAcknowledger, StepNotAllowed
from ess.domain.report import (
    OVERDUE_SLACK_S,
    REOPEN_S,
    RESPONDER_REASONS,
    ClosingReason,
    Entry,
    HandOverReason,
    Part,
    Status,
)
from ess.domain.report_writes import apply, entries_of
from ess.domain.response import Cause
from tests.unit.incident_kit import CENTER, FIRST, SECOND, SOCIAL
from tests.unit.report_kit import ALICE, BOB, CAROL, DORA, NOW, in_status

OPEN, D, N, A, W, S, C = Status


# --- silence ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wait_s", "quiet_s", "silent"),
    [
        (600, 0, False),
        (600, 569, False),
        (600, 570, True),  # a timer may be a little early
        (600, 600, True),
        (600, 9000, True),
        (20, 9, False),
        (20, 10, True),  # of a short wait no more than half may be missing
    ],
)
def test_silence_is_the_wait_without_an_act_of_the_responders(wait_s, quiet_s, silent):
    report = in_status(A, quiet_since=NOW - quiet_s, acknowledged_at=NOW - 10**6)
    assert response.fell_silent(report, now=NOW, wait_s=wait_s) is silent
    # What others do meanwhile is no sign of the responder's.
    assert response.fell_silent(replace(report, changed_at=NOW), now=NOW, wait_s=wait_s) is silent
    assert not response.fell_silent(replace(report, status=N), now=NOW, wait_s=wait_s)


def test_in_a_report_of_the_version_before_silence_counts_from_the_acceptance():
    report = in_status(A, quiet_since=None, acknowledged_at=NOW - 600)
    assert response.fell_silent(report, now=NOW, wait_s=600)
    assert not response.fell_silent(report, now=NOW - 60, wait_s=600)


@pytest.mark.parametrize(
    "act",
    [
        lambda r: response.progress(r, S, "alice", now=NOW, wait_s=600),
        lambda r: response.call_help(r, "alice", now=NOW),
        lambda r: response.remind(r, now=NOW, token="t", wait_s=600),
        lambda r: dispatch.acknowledge(
            response.release(r, now=NOW).report, "alice", now=NOW, wait_s=600
        ),
        lambda r: dispatch.acknowledge(
            response.hand_over(r, None, "alice", now=NOW).report, "bob", now=NOW, wait_s=600
        ),
    ],
)
def test_the_responders_acts_and_a_reminder_end_a_silence(act):
    report = in_status(A, quiet_since=NOW - 9000, reminders=1)
    assert not response.fell_silent(act(report).report, now=NOW + 569, wait_s=600)
    assert response.fell_silent(act(report).report, now=NOW + 570, wait_s=600)


@pytest.mark.parametrize(
    "act",
    [
        lambda r: response.join(r, "bob", now=NOW).report,
        lambda r: response.wait_for_progress(r, now=NOW, token="t", wait_s=600).report,
        lambda r: apply(r, CallHelp("0" * 32, NOW)),
        lambda r: apply(r, AddPhone("0" * 32, "+66800000000", NOW)),
        lambda r: apply(r, ForbidCall("0" * 32, NOW)),
        lambda r: serve(apply(r, CallHelp("0" * 32, NOW)), Cause.NOBODY_CAME, CAROL).report,
    ],
)
def test_what_others_do_does_not_end_a_silence(act):
    report = in_status(A, quiet_since=NOW - 600, reminders=1)
    after = act(report)
    assert response.fell_silent(after, now=NOW, wait_s=600)
    assert after.reminders == 1


@pytest.mark.parametrize(
    ("status", "most"),
    [
        (A, response.MAX_REMINDERS),
        (W, response.MAX_REMINDERS),
        (S, response.MAX_REMINDERS_ON_SCENE),
    ],
)
def test_who_may_lose_the_report(status, most):
    report = in_status(status, reminders=most)
    assert response.may_be_released(report)
    assert not response.may_be_released(replace(report, reminders=most - 1))


@pytest.mark.parametrize(("status", "checks"), [(A, 0), (W, 0), (S, 1)])
def test_after_some_reminders_on_the_scene_others_are_called_to_look_once(status, checks):
    report = in_status(status)
    for number in range(1, response.MAX_REMINDERS_ON_SCENE + 1):
        report = response.remind(report, now=NOW, token="t", wait_s=600).report
        assert report.checks == (checks if number >= response.MAX_REMINDERS else 0)
    assert response.unserved(report) == (Cause.CHECK,) * checks


def test_a_release_leaves_no_trace_of_the_acceptance_but_in_the_timeline():
    change = response.release(in_status(W, quiet_since=NOW, reminders=2), now=NOW)
    after = change.report
    assert (after.acknowledged_by, after.acknowledged_at, after.token) == (None, None, None)
    assert (after.quiet_since, after.reminders) == (None, 0)
    assert change.entries[0].detail == {"responder": "alice"}
    # Others have to be asked at once: nobody waits for the one who was silent.
    assert after.due_at == NOW + OVERDUE_SLACK_S


def test_overdue_is_at_the_second_and_never_when_closed():
    report = in_status(N)
    assert [response.overdue(report, NOW + s) for s in (4, 5, 6)] == [False, True, True]
    assert not response.overdue(in_status(C), NOW + 10**9)


# --- help ---------------------------------------------------------------------------------------


def call(report, who="alice"):
    return response.call_help(report, who, now=NOW).report


def serve(report, *people, token="t"):
    cause = people[0] if people and isinstance(people[0], Cause) else Cause.HELP
    people = [person for person in people if person is not cause]
    call = response.calls(report, cause)
    made = response.add_helpers(report, cause, people, now=NOW, token=token, wait_s=600)
    return replace(made, report=response.serve(made.report, cause, call).report)


def helper(person):
    return replace(person, part=Part.HELPER)


def test_help_comes_first_from_units_that_nobody_asked_and_then_from_those_before():
    assert response.units_to_help(in_status(A)) == (SECOND, CENTER, FIRST)
    report = in_status(A, notified=(ALICE, helper(CAROL)))
    assert response.units_to_help(report) == (CENTER, FIRST, SECOND)
    # The social office is nearby, too: it is informed, and sends nobody to a scene.
    assert SOCIAL in report.ladder.units()
    assert response.units_to_help(replace(report, ladder=None)) == ()


def test_a_unit_that_was_only_informed_may_be_called_for_help():
    informed = replace(CAROL, part=Part.INFORMED)
    report = in_status(A, notified=(ALICE, informed))
    assert response.units_to_help(report)[0] == SECOND
    after = serve(call(report), helper(CAROL)).report
    assert after.find_notified("carol").part is Part.HELPER


def test_a_call_that_nobody_has_heard_yet_is_not_made_twice():
    report = call(in_status(A))
    assert report.help_calls == 1
    assert response.call_help(report, "alice", now=NOW).report is report
    assert call(serve(report).report).help_calls == 2


def test_help_is_called_so_often_and_no_more():
    report = in_status(A)
    for _ in range(response.MAX_HELP_CALLS):
        report = serve(call(report)).report
    with pytest.raises(StepNotAllowed):
        call(report)


def test_a_retry_of_a_call_takes_the_token_and_calls_nobody():
    first = serve(call(in_status(A)), helper(CAROL), token="one")
    assert first.entries[0].detail == {
        "cause": "help",
        "call": 1,
        "responders": 1,
        "units": CAROL.unit_id,
    }
    again = serve(first.report, helper(DORA), token="two")
    assert again.entries == ()
    assert (again.report.token, again.report.notified) == ("two", first.report.notified)


def test_a_call_is_passed_on_once_people_were_told_and_not_when_they_were_let_in():
    report = call(in_status(A))
    people = [helper(CAROL), helper(DORA)]
    made = response.add_helpers(report, Cause.HELP, people, now=NOW, token="t", wait_s=600)
    assert response.unserved(made.report) == (Cause.HELP,)
    units = response.called_units(made.entries, Cause.HELP, 1)
    assert units == (CAROL.unit_id, DORA.unit_id)
    assert response.called_units(made.entries, Cause.HELP, 2) is None
    assert response.called_units(made.entries, Cause.CHECK, 1) is None
    told = response.serve(made.report, Cause.HELP, 1)
    assert (response.unserved(told.report), told.entries) == ((), ())
    assert response.serve(told.report, Cause.HELP, 1).report is told.report
    # A call that came meanwhile is still to be passed on.
    again = replace(made.report, help_calls=2)
    assert response.unserved(response.serve(again, Cause.HELP, 1).report) == (Cause.HELP,)


def test_a_line_of_the_version_before_names_no_units():
    line = Entry(NOW, "system", "helpers_called", {"cause": "help", "responders": 2}, "k")
    assert response.called_units([line], Cause.HELP, 1) is None


def test_those_who_may_accept_keep_that_right_when_help_is_called():
    report = serve(call(in_status(A)), helper(BOB), helper(CAROL)).report
    assert report.find_notified("bob") == BOB
    assert report.find_notified("carol").part is Part.HELPER


def test_a_helper_may_accept_once_the_one_they_helped_gives_up():
    report = serve(call(in_status(A)), helper(CAROL)).report
    report = response.release(report, now=NOW).report
    after = dispatch.acknowledge(report, "carol", now=NOW, wait_s=600).report
    assert after.acknowledged_by == "carol"


def test_each_cause_is_passed_on_by_itself():
    report = call(in_status(A, nobody_came=1, checks=1))
    assert response.unserved(report) == (Cause.HELP, Cause.NOBODY_CAME, Cause.CHECK)
    made = serve(report, Cause.NOBODY_CAME, helper(CAROL))
    assert response.unserved(made.report) == (Cause.HELP, Cause.CHECK)
    assert made.entries[0].detail["cause"] == "nobody_came"
    assert [response.calls(report, cause) for cause in Cause] == [1, 1, 1]


def test_several_calls_of_one_cause_are_passed_on_by_one():
    report = in_status(A, nobody_came=2)
    assert response.unserved(serve(report, Cause.NOBODY_CAME).report) == ()


def test_units_are_called_for_a_few_of_the_reporters_calls_and_it_costs_the_officer_no_help():
    report = in_status(A)
    for number in range(1, response.MAX_REPORTER_CALLS + 3):
        report = apply(report, CallHelp("0" * 32, NOW))
        heard = number <= response.MAX_REPORTER_CALLS
        assert response.unserved(report) == (Cause.NOBODY_CAME,) * heard
        report = serve(report, Cause.NOBODY_CAME).report
    assert response.unserved(call(report)) == (Cause.HELP,)


def test_whoever_accepts_next_answers_neither_for_the_silence_nor_the_lateness_before():
    report = response.release(in_status(S, nobody_came=1, checks=1), now=NOW).report
    after = dispatch.acknowledge(report, "bob", now=NOW, wait_s=600).report
    assert after.nobody_came == after.nobody_known
    assert response.unserved(after) == (Cause.NOBODY_CAME,)  # that one is true as before


def test_an_unheard_call_for_help_ends_with_whoever_called():
    report = response.hand_over(call(in_status(A)), None, "alice", now=NOW).report
    after = dispatch.acknowledge(report, "bob", now=NOW, wait_s=600).report
    assert after.help_calls == after.help_served


def test_joining_twice_is_once_and_nobody_joins_themselves():
    report = response.join(in_status(A), "bob", now=NOW).report
    assert report.helpers == ("bob",)
    assert response.join(report, "bob", now=NOW).report is report
    with pytest.raises(StepNotAllowed):
        response.join(in_status(A), "alice", now=NOW)


def test_the_informed_and_strangers_do_not_join():
    report = in_status(A, notified=(ALICE, replace(BOB, part=Part.INFORMED)))
    for who in ("bob", "eve"):
        with pytest.raises(NotNotified):
            response.join(report, who, now=NOW)


def test_joining_does_not_put_off_when_progress_is_expected():
    before = in_status(A)
    assert response.join(before, "bob", now=NOW).report.due_at == before.due_at


# --- handing over ---------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", HandOverReason)
def test_handing_over_keeps_the_reason_and_the_clock(reason):
    before = in_status(W, declined=("bob",), reminders=1)
    change = response.hand_over(before, reason, "alice", now=NOW)
    after = change.report
    assert (after.status, after.acknowledged_by, after.acknowledged_at) == (N, None, None)
    assert (after.opened_at, after.step, after.reminders) == (before.opened_at, before.step, 0)
    assert after.declined == ("bob", "alice")
    (entry,) = change.entries
    assert (entry.actor, entry.action) == ("responder:alice", "handed_over")
    assert entry.detail == {"reason": reason.value}
    assert after.due_at == NOW + OVERDUE_SLACK_S


def test_only_the_one_who_accepted_acts():
    for refused in (
        lambda r: response.progress(r, Status.ON_SCENE, "bob", now=NOW, wait_s=9),
        lambda r: response.call_help(r, "bob", now=NOW),
        lambda r: response.hand_over(r, HandOverReason.OUTSIDE_AREA, "bob", now=NOW),
        lambda r: response.close_as_responder(r, ClosingReason.RESOLVED, "bob", now=NOW),
    ):
        with pytest.raises(NotTheAcknowledger):
            refused(in_status(A))


# --- closing and notes --------------------------------------------------------------------------


@pytest.mark.parametrize("reason", ClosingReason)
def test_a_responder_closes_with_a_reason_of_their_own_and_not_in_the_reporters_name(reason):
    if reason not in RESPONDER_REASONS:
        with pytest.raises(StepNotAllowed):
            response.close_as_responder(in_status(A), reason, "alice", now=NOW)
        return
    after = response.close_as_responder(in_status(A), reason, "alice", now=NOW).report
    assert (after.status, after.closing_reason, after.due_at) == (C, reason, None)


def note(report, text, now=NOW, who="alice", **key):
    return response.note(report, text, who, now=now, **key)


def test_a_note_is_one_line_of_the_timeline_and_the_same_note_again_is_the_same_line():
    entry = note(in_status(A), "  two\n injured ")
    assert (entry.actor, entry.action) == ("responder:alice", "noted")
    assert entry.detail == {"text": "two injured"}
    assert note(in_status(S), "two injured").key == entry.key
    assert note(in_status(A), "three injured").key != entry.key
    assert note(in_status(A), "two injured", key="event").key == "note-event"


def test_a_long_note_is_cut_and_an_empty_one_refused():
    assert len(note(in_status(A), "ก" * 900).detail["text"]) == response.NOTE_LIMIT
    with pytest.raises(StepNotAllowed):
        note(in_status(A), " \n")


def test_a_note_is_taken_until_half_an_hour_after_the_closing():
    closed = replace(in_status(C), changed_at=NOW)
    assert note(closed, "note", NOW + response.NOTE_S)
    with pytest.raises(StepNotAllowed):
        note(closed, "note", NOW + response.NOTE_S + 1)


@pytest.mark.parametrize("status", [N, A, S, C])
def test_only_whoever_accepted_adds_notes(status):
    with pytest.raises(StepNotAllowed):
        note(in_status(status), "note", who="bob")


# --- the reporter's part ------------------------------------------------------------------------


def test_reopening_begins_the_search_anew_and_keeps_what_was_reported():
    before = in_status(
        C, help_calls=2, help_served=2, helpers=("bob",), reminders=1, hand_step=3, run=2
    )
    after = apply(before, ReopenReport(before.report_id, NOW))
    assert (after.status, after.run, after.reopened, after.version) == (D, 3, 1, 8)
    assert (after.step, after.next_step, after.run_step) == (None, 0, 0)
    assert (after.reached, after.declined, after.helpers, after.token) == ((), (), (), None)
    assert (after.acknowledged_by, after.closing_reason, after.hand_step) == (None, None, None)
    assert (after.reference, after.opened_at, after.ladder) == (
        before.reference,
        before.opened_at,
        before.ladder,
    )
    assert after.due_at == NOW + OVERDUE_SLACK_S
    # Whoever was notified before may still go.
    assert dispatch.acknowledge(after, "bob", now=NOW, wait_s=9).report.acknowledged_by == "bob"


@pytest.mark.parametrize(
    ("fields", "after_s", "allowed"),
    [
        ({}, REOPEN_S, True),
        ({}, REOPEN_S + 1, False),
        ({"closing_reason": ClosingReason.CANCELLED_BY_REPORTER}, 1, False),
    ],
)
def test_within_a_day_and_not_when_it_was_cancelled(fields, after_s, allowed):
    report = replace(in_status(C, **fields), changed_at=NOW)
    write = ReopenReport(report.report_id, NOW + after_s)
    if allowed:
        assert apply(report, write).status is D
    else:
        with pytest.raises(StepNotAllowed):
            apply(report, write)


@pytest.mark.parametrize("status", [OPEN, D, N, A, W, S])
def test_what_is_open_cannot_be_reopened_nor_confirmed(status):
    for write in (ReopenReport("0" * 32, NOW), ConfirmHelp("0" * 32, NOW)):
        with pytest.raises(StepNotAllowed):
            apply(in_status(status), write)


def test_confirming_help_changes_nothing_and_does_not_put_off_the_day_for_reopening():
    before = in_status(C)
    write = ConfirmHelp(before.report_id, NOW + 60)
    assert apply(before, write) == replace(before, version=8)
    assert entries_of(write, 4)[0].action == "help_confirmed"


@pytest.mark.parametrize("status", [OPEN, D, N, A, W, S])
def test_that_nobody_came_is_a_call_once_somebody_has_accepted(status):
    before, write = in_status(status, nobody_came=1, nobody_served=1), CallHelp("0" * 32, NOW)
    if status in (A, W, S):
        after = apply(before, write)
        assert (after.nobody_came, after.help_calls) == (2, before.help_calls)
        assert response.unserved(after) == (Cause.NOBODY_CAME,)
        # If no state of the workflow waits just now, the auditor sees to it.
        assert after.due_at == NOW + OVERDUE_SLACK_S
    else:
        with pytest.raises(StepNotAllowed):
            apply(before, write)


@pytest.mark.parametrize(
    ("write", "expected"),
    [
        (AddPhone("0" * 32, "+66800000000", NOW), ("+66800000000", True)),
        (ForbidCall("0" * 32, NOW), (None, False)),
    ],
)
@pytest.mark.parametrize("status", [D, N, A, W, S])
def test_how_the_reporter_may_be_reached_counts_its_changes(status, write, expected):
    before = in_status(status, contact_changes=1)
    after = apply(before, write)
    assert (after.contact_changes, after.phone, after.can_talk) == (2, *expected)
    if status is N:
        after = dispatch.acknowledge(after, "alice", now=NOW, wait_s=600).report
        assert (after.contact_known, after.contact_told) == (2, 2)


@pytest.mark.parametrize(
    "wait",
    [
        lambda r: response.wait_for_progress(r, now=NOW, token="new", wait_s=600),
        lambda r: response.remind(r, now=NOW, token="new", wait_s=600),
    ],
)
def test_the_state_that_waits_next_is_the_one_that_tells_what_is_new(wait):
    after = wait(in_status(A, contact_changes=3, contact_known=1, contact_told=2)).report
    assert (after.contact_told, after.contact_known, after.token) == (3, 1, "new")
    assert after.due_at == NOW + 600 + OVERDUE_SLACK_S


@pytest.mark.parametrize("status", [OPEN, D, N, A, W, S])
def test_asking_is_allowed_while_the_report_is_open(status):
    write = AllowAsking("0" * 32, NOW)
    after = apply(in_status(status), write)
    assert (after.may_ask, after.status) == (True, status)
    with pytest.raises(StepNotAllowed):
        apply(in_status(C), write)


@pytest.mark.parametrize(
    ("write", "action"),
    [
        (AllowAsking("r", NOW), "asking_allowed"),
        (CallHelp("r", NOW), "nobody_came"),
        (ReopenReport("r", NOW), "reopened"),
        (ConfirmHelp("r", NOW), "help_confirmed"),
        (CancelReport("r", NOW), "closed"),
        (AddPhone("r", "+66800000000", NOW), "phone_added"),
        (ForbidCall("r", NOW), "call_forbidden"),
    ],
)
def test_each_write_leaves_one_line_of_the_reporters(write, action):
    (entry,) = entries_of(write, 12)
    assert (entry.actor, entry.action, entry.key) == ("reporter", action, f"c000012-{action}")
    assert "+668" not in str(entry)

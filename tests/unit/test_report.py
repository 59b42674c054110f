"""A report's changes: what each status allows, and by which name the rest is refused."""

from dataclasses import replace

import pytest

from ess.domain import report as incident
from ess.domain.conversation import reporter_view, status_prompt
from ess.domain.errors import (
    EssError,
    NoMoreRungs,
    NotNotified,
    NotTheAcknowledger,
    ReportAlreadyAcknowledged,
    ReportClosed,
    ReportNotDispatched,
    StepNotAllowed,
)
from ess.domain.geo import Point
from ess.domain.kinds import Kind
from ess.domain.ladder import DESK, Rung, RungKind, build_ladder
from ess.domain.report import ACCEPTED, OVERDUE_SLACK_S, ClosingReason, Notified, Report, Status

NOW = 1_790_000_000.0
FIRST = Rung("first", "สภ.หนึ่ง", "First", RungKind.STATION, 900.0)
SECOND = Rung("second", "สภ.สอง", "Second", RungKind.STATION, 4200.0)
ALICE = Notified("alice", "first", "ด.ต. เอ", "Sgt. A", 0, "Ua")
BOB = Notified("bob", "first", "ด.ต. บี", "Sgt. B", 0)
CAROL = Notified("carol", "second", "ด.ต. ซี", "Sgt. C", 1, "Uc")


def in_status(status):
    """A report that got into `status` the usual way, with alice as the one who accepts."""
    accepted = status in ACCEPTED
    offered = status not in (Status.OPENED, Status.DISPATCHED)
    return Report(
        "0" * 32,
        "K7P-2MX",
        "U9",
        None,
        Kind.ASSAULT,
        Point(17.4, 104.8),
        NOW - 60,
        NOW - 30,
        status=status,
        version=7,
        due_at=None if status is Status.CLOSED else NOW + 5,
        ladder=() if status is Status.OPENED else build_ladder([FIRST, SECOND]),
        rung=0 if offered else None,
        attempt=1 if offered else 0,
        reached=0 if offered else None,
        notified=(ALICE, BOB) if offered else (),
        token="token" if offered else None,
        acknowledged_by="alice" if accepted else None,
        acknowledged_at=NOW - 30 if accepted else None,
        closing_reason=ClosingReason.RESOLVED if status is Status.CLOSED else None,
    )


def offer(report, rung=0, people=(ALICE, BOB), attempt=1, token="new"):
    return incident.offer(report, rung, attempt, people, now=NOW, token=token, wait_s=60)


CHANGES = {
    "dispatch": lambda r: incident.dispatch(r, now=NOW, phone=None, can_talk=True),
    "assign": lambda r: incident.assign(
        replace(r, ladder=()), build_ladder([]), now=NOW, acknowledge_s=60
    ),
    "offer": lambda r: offer(r, 1, [CAROL]),
    "reach": lambda r: incident.reach(replace(r, reached=None), 0, now=NOW),
    "acknowledge": lambda r: incident.acknowledge(r, "bob", now=NOW, wait_s=600),
    "decline": lambda r: incident.decline(r, "bob", now=NOW),
    "on_the_way": lambda r: incident.progress(r, Status.ON_THE_WAY, "alice", now=NOW, wait_s=9),
    "on_scene": lambda r: incident.progress(r, Status.ON_SCENE, "alice", now=NOW, wait_s=9),
    "close": lambda r: incident.close_as_responder(r, ClosingReason.REFERRED, "alice", now=NOW),
    "wait": lambda r: incident.wait_for_progress(r, now=NOW, token="new", wait_s=600),
    "remind": lambda r: incident.remind(r, now=NOW, token="new", wait_s=600),
    "release": lambda r: incident.release(r, now=NOW, wait_s=60),
}
OPEN, D, N, A, W, S, C = Status  # in the order of their life
# The new status, or the name of the refusal; one column for each status it may be tried from.
TABLE = {
    # from opened, dispatched, notified; then acknowledged, on the way, on scene
    "dispatch": (D, StepNotAllowed, StepNotAllowed, *[StepNotAllowed] * 3),
    "assign": (ReportNotDispatched, D, N, A, W, S),
    "offer": (ReportNotDispatched, D, N, *[ReportAlreadyAcknowledged] * 3),
    "reach": (ReportNotDispatched, NoMoreRungs, N, *[ReportAlreadyAcknowledged] * 3),
    "acknowledge": (NotNotified, NotNotified, A, *[ReportAlreadyAcknowledged] * 3),
    "decline": (NotNotified, NotNotified, N, *[ReportAlreadyAcknowledged] * 3),
    "on_the_way": (*[NotTheAcknowledger] * 3, W, W, StepNotAllowed),
    "on_scene": (*[NotTheAcknowledger] * 3, S, S, S),
    "close": (*[NotTheAcknowledger] * 3, C, C, C),
    "wait": (*[StepNotAllowed] * 3, A, W, S),
    "remind": (*[StepNotAllowed] * 3, A, W, S),
    "release": (*[StepNotAllowed] * 3, N, N, N),
}
CASES = [
    (name, status, after)
    for name, row in TABLE.items()
    for status, after in zip([OPEN, D, N, A, W, S], row, strict=True)
]


@pytest.mark.parametrize(("name", "status", "after"), CASES)
def test_every_change_from_every_status(name, status, after):
    report = in_status(status)
    if isinstance(after, Status):
        changed = CHANGES[name](report).report
        assert changed.status is after
        assert changed.version in (7, 8)  # 7: it was so already, nothing is written
    else:
        with pytest.raises(after):
            CHANGES[name](report)


@pytest.mark.parametrize("name", CHANGES)
def test_a_closed_report_takes_no_change(name):
    with pytest.raises(ReportClosed):
        CHANGES[name](in_status(C))


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("status", [OPEN, D, N, A, W])
def test_a_change_counts_up_and_says_when_something_must_have_happened(name, status):
    try:
        change = CHANGES[name](in_status(status))
    except EssError:  # refusals are the other tests'
        return
    if change.report.version == 7:
        return
    assert change.report.changed_at == NOW
    assert (change.report.due_at is None) == (change.report.status is C)
    for entry in change.entries:
        assert (entry.at, entry.key) == (NOW, f"000008-{entry.action}")


# --- offering and reaching ------------------------------------------------------------------------


def shown(report):
    view = reporter_view(report)
    return status_prompt(view).name, view.unit_th


def test_an_offer_lets_people_answer_and_claims_nothing():
    offered = offer(in_status(D)).report
    assert shown(offered)[0] == "status.dispatched"
    taken = incident.acknowledge(offered, "alice", now=NOW, wait_s=600).report
    assert (taken.status, taken.acknowledged_at) == (A, NOW)
    assert shown(taken) == ("status.acknowledged", "สภ.หนึ่ง")


def test_the_unit_that_was_reached_is_named_until_another_is():
    report = offer(in_status(N), 1, [CAROL]).report
    assert shown(report) == ("status.notified", "สภ.หนึ่ง")
    report = incident.reach(report, 1, now=NOW).report
    assert shown(report) == ("status.notified", "สภ.สอง")
    assert incident.reach(report, 0, now=NOW).report is report


def test_the_desk_is_named_once_it_is_reached_and_its_absence_is_said():
    report = offer(in_status(N), 2, []).report
    assert shown(report)[0] == "status.nobody_reached"
    assert shown(incident.reach(report, 2, now=NOW).report) == ("status.at_desk", DESK.name_th)


def test_a_late_answer_makes_its_unit_the_one_that_goes():
    report = incident.reach(offer(in_status(N), 2, []).report, 2, now=NOW).report
    taken = incident.acknowledge(report, "alice", now=NOW, wait_s=600).report
    assert shown(taken) == ("status.acknowledged", "สภ.หนึ่ง")


def test_offering_again_takes_the_token_and_nothing_else():
    first = offer(in_status(D), token="one").report
    again = offer(first, token="two")
    assert again.report == replace(first, token="two", version=first.version + 1)
    assert again.entries == ()


def test_a_new_round_forgets_who_could_not_go_in_the_last():
    report = incident.decline(in_status(N), "bob", now=NOW).report
    assert offer(report, 0, [BOB], attempt=2).report.declined == ()
    assert offer(report, 1, [CAROL]).report.declined == ("bob",)


@pytest.mark.parametrize("rung", [-1, 3])
def test_a_rung_that_is_not_in_the_ladder(rung):
    with pytest.raises(NoMoreRungs):
        offer(in_status(D), rung)


def test_the_search_moves_on_when_nobody_is_left_but_not_from_the_desk():
    report = in_status(N)
    for who, moves in (("alice", False), ("bob", True)):
        report = incident.decline(report, who, now=NOW).report
        assert incident.moves_on_at_once(report) is moves
    desk = offer(in_status(N), 2, [replace(CAROL, rung=2)]).report
    assert not incident.moves_on_at_once(incident.decline(desk, "carol", now=NOW).report)
    assert not incident.moves_on_at_once(in_status(D))


def test_declining_twice_is_once():
    report = incident.decline(in_status(N), "bob", now=NOW).report
    assert incident.decline(report, "bob", now=NOW).report is report


# --- silence ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quiet_s", "silent"), [(0, False), (299, False), (300, True), (600, True), (9000, True)]
)
def test_silence_is_half_of_the_wait_without_a_change(quiet_s, silent):
    report = replace(in_status(A), changed_at=NOW - quiet_s)
    assert incident.fell_silent(report, now=NOW, wait_s=600) is silent
    assert not incident.fell_silent(replace(report, status=N), now=NOW, wait_s=600)


@pytest.mark.parametrize(("status", "released"), [(A, True), (W, True), (S, False)])
def test_who_may_lose_the_report(status, released):
    report = replace(in_status(status), reminders=incident.MAX_REMINDERS)
    assert incident.may_be_released(report) is released
    assert not incident.may_be_released(replace(report, reminders=incident.MAX_REMINDERS - 1))


def test_a_release_leaves_no_trace_of_the_acceptance_but_in_the_timeline():
    change = incident.release(in_status(W), now=NOW, wait_s=60)
    after = change.report
    assert (after.acknowledged_by, after.acknowledged_at, after.token) == (None, None, None)
    assert change.entries[0].detail == {"responder": "alice"}
    assert after.due_at == NOW + 60 + OVERDUE_SLACK_S


# --- who may act ------------------------------------------------------------------------------


def test_a_stranger_may_do_nothing():
    for change in (incident.decline, incident.acknowledge):
        with pytest.raises(NotNotified):
            change(
                in_status(N),
                "eve",
                now=NOW,
                **({"wait_s": 9} if change is incident.acknowledge else {}),
            )
    with pytest.raises(NotTheAcknowledger):
        incident.progress(in_status(A), Status.ON_SCENE, "bob", now=NOW, wait_s=9)
    with pytest.raises(NotTheAcknowledger):
        incident.close_as_responder(in_status(A), ClosingReason.RESOLVED, "bob", now=NOW)


def test_a_responder_cannot_close_in_the_reporters_name():
    with pytest.raises(StepNotAllowed):
        incident.close_as_responder(
            in_status(A), ClosingReason.CANCELLED_BY_REPORTER, "alice", now=NOW
        )


def test_the_first_to_accept_is_named_to_the_second():
    with pytest.raises(ReportAlreadyAcknowledged) as raised:
        incident.acknowledge(in_status(A), "bob", now=NOW, wait_s=9)
    assert raised.value.responder_id == "alice"


def test_overdue_is_at_the_second_and_never_when_closed():
    report = in_status(N)
    assert [incident.overdue(report, NOW + s) for s in (4, 5, 6)] == [False, True, True]
    assert not incident.overdue(in_status(C), NOW + 10**9)


def test_a_ladder_must_end_at_the_desk():
    assert incident.desk_rung(in_status(N)) == 2
    for ladder in ((), (FIRST,)):
        with pytest.raises(NoMoreRungs):
            incident.desk_rung(replace(in_status(N), ladder=ladder))

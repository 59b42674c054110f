"""Looking for somebody who goes: what each status allows, and by which name the rest is refused."""

from dataclasses import replace

import pytest

from ess.domain import dispatch, response
from ess.domain.conversation import reporter_view, status_prompt
from ess.domain.errors import (
    EssError,
    NoMoreRungs,
    NotNotified,
    NotTheAcknowledger,
    ReportAlreadyAcknowledged,
    ReportClosed,
    ReportNotDispatched,
    ReportSuperseded,
    StepNotAllowed,
)
from ess.domain.ladder import (
    DESK,
    DESK_UNIT_ID,
    LOOK_AGAIN_STEPS,
    MOST_LAST_STEPS,
    Channel,
    Rung,
    When,
    desk_alone,
)
from ess.domain.report import (
    OVERDUE_SLACK_S,
    ClosingReason,
    HandOverReason,
    Notified,
    Part,
    Status,
    refuse_superseded,
)
from tests.unit.incident_kit import CENTER, FIRST, SECOND, SOCIAL, WAIT_S, ladder_of
from tests.unit.report_kit import ALICE, BOB, CAROL, DORA, NOW, in_status

SOMCHAI = Notified("somchai", SOCIAL.unit_id, "นายสมชาย", "Somchai", 0, "Us", Part.INFORMED)


def offer(report, step=0, people=(ALICE, BOB), token="new"):
    return dispatch.offer(report, step, people, now=NOW, token=token)


def reach(report, step, *units):
    return dispatch.reach(report, step, [unit.unit_id for unit in units], now=NOW)


def accept(report, who):
    return dispatch.acknowledge(report, who, now=NOW, wait_s=600)


def by_hand(report, unit=CENTER, who="dora"):
    return dispatch.assign_by_hand(report, unit.unit_id, who, now=NOW)


def with_desk(report):
    return replace(report, notified=(*report.notified, DORA))


def hand_over(report):
    return response.hand_over(report, HandOverReason.CANNOT_REACH, "alice", now=NOW)


def held_by_desk(status=Status.ACKNOWLEDGED, **fields):
    return replace(with_desk(in_status(status)), acknowledged_by="dora", **fields)


@pytest.mark.parametrize("status", [Status.ACKNOWLEDGED, Status.ON_THE_WAY, Status.ON_SCENE])
def test_what_the_desk_has_a_unit_that_was_asked_may_take_over(status):
    report = held_by_desk(status, reminders=2, helpers=("bob", "carol"), help_calls=1)
    made = accept(report, "bob")
    assert (made.report.status, made.report.acknowledged_by) == (Status.ACKNOWLEDGED, "bob")
    assert (made.report.reminders, made.report.helpers) == (0, ("carol",))
    assert [entry.action for entry in made.entries] == ["taken_over"]
    assert shown(report)[0] != shown(made.report)[0] or status is not Status.ACKNOWLEDGED


def test_neither_the_informed_nor_another_at_the_desk_takes_over_from_it():
    erin = replace(DORA, responder_id="erin")
    report = held_by_desk()
    report = replace(report, notified=(*report.notified, SOMCHAI, erin))
    with pytest.raises(NotNotified):
        accept(report, "somchai")
    for who in ("dora", "erin"):
        with pytest.raises(ReportAlreadyAcknowledged):
            accept(report, who)
    with pytest.raises(ReportAlreadyAcknowledged):
        dispatch.decline(report, "bob", now=NOW)


CHANGES = {
    "dispatch": lambda r: dispatch.dispatch(r, now=NOW, phone=None, can_talk=True),
    "assign": lambda r: dispatch.assign(replace(r, ladder=None), desk_alone(60), now=NOW),
    "offer": lambda r: offer(r, 1, [CAROL]),
    "reach": lambda r: reach(replace(r, reached=()), 0, FIRST),
    "acknowledge": lambda r: accept(r, "bob"),
    "decline": lambda r: dispatch.decline(r, "bob", now=NOW),
    "assign_by_hand": lambda r: by_hand(with_desk(r)),
    "on_the_way": lambda r: response.progress(r, Status.ON_THE_WAY, "alice", now=NOW, wait_s=9),
    "on_scene": lambda r: response.progress(r, Status.ON_SCENE, "alice", now=NOW, wait_s=9),
    "call_help": lambda r: response.call_help(r, "alice", now=NOW),
    "join": lambda r: response.join(r, "bob", now=NOW),
    "hand_over": hand_over,
    "close": lambda r: response.close_as_responder(r, ClosingReason.REFERRED, "alice", now=NOW),
    "wait": lambda r: response.wait_for_progress(r, now=NOW, token="new", wait_s=600),
    "remind": lambda r: response.remind(r, now=NOW, token="new", wait_s=600),
    "release": lambda r: response.release(r, now=NOW),
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
    "assign_by_hand": (ReportNotDispatched, D, N, *[NotTheAcknowledger] * 3),
    "on_the_way": (*[NotTheAcknowledger] * 3, W, W, StepNotAllowed),
    "on_scene": (*[NotTheAcknowledger] * 3, S, S, S),
    "call_help": (*[NotTheAcknowledger] * 3, A, W, S),
    "join": (NotNotified, NotNotified, StepNotAllowed, A, W, S),
    "hand_over": (*[NotTheAcknowledger] * 3, N, N, N),
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


def test_an_execution_that_another_has_taken_over_from_may_not_go_on():
    report = replace(in_status(N), run=2)
    refuse_superseded(report, 2)
    for run in (1, 3):
        with pytest.raises(ReportSuperseded):
            refuse_superseded(report, run)


# --- offering and reaching ------------------------------------------------------------------------


def shown(report):
    view = reporter_view(report)
    return status_prompt(view).name, view.unit_th


def test_an_offer_lets_people_answer_and_claims_nothing():
    offered = offer(in_status(D)).report
    assert shown(offered)[0] == "status.dispatched"
    taken = accept(offered, "alice").report
    assert (taken.status, taken.acknowledged_at) == (A, NOW)
    assert shown(taken) == ("status.acknowledged", FIRST.name_th)


def test_the_unit_that_was_reached_is_named_until_another_is():
    report = offer(in_status(N), 1, [CAROL]).report
    assert shown(report) == ("status.notified", FIRST.name_th)
    report = reach(report, 1, SECOND).report
    assert shown(report) == ("status.notified", SECOND.name_th)
    assert reach(report, 0, FIRST).report is report
    assert reach(report, 1, SECOND).report is report


def test_both_units_of_a_rung_are_named_when_both_were_reached_and_one_when_one_was():
    report = in_status(N, ladder=ladder_of(FIRST, (FIRST, SECOND)))
    report = offer(report, 1, [ALICE, BOB, CAROL]).report
    both = reporter_view(reach(report, 1, FIRST, SECOND).report)
    assert both.unit_th == "สภ.หนึ่ง และ สภ.สอง"
    assert (both.unit_en, both.distance_m) == ("First and Second", FIRST.distance_m)
    one = reporter_view(reach(report, 1, SECOND).report)
    assert (one.unit_th, one.distance_m) == (SECOND.name_th, SECOND.distance_m)


def test_the_desk_is_named_once_it_is_reached_and_its_absence_is_said():
    report = offer(in_status(N), 2, []).report
    assert shown(report)[0] == "status.nobody_reached"
    assert shown(reach(report, 2, DESK).report) == ("status.at_desk", DESK.name_th)


def test_a_late_answer_makes_its_unit_the_one_that_goes():
    report = reach(offer(in_status(N), 2, []).report, 2, DESK).report
    assert shown(accept(report, "alice").report) == ("status.acknowledged", FIRST.name_th)


def test_offering_again_takes_the_token_and_nothing_else():
    first = offer(in_status(D), token="one").report
    again = offer(first, token="two")
    assert again.report == replace(first, token="two", version=first.version + 1)
    assert again.entries == ()


def test_offering_again_gives_the_whole_time_again():
    first = offer(in_status(D)).report
    again = dispatch.offer(first, 0, [ALICE, BOB], now=NOW + 50, token="two").report
    assert again.due_at == NOW + 50 + WAIT_S + OVERDUE_SLACK_S


def test_an_offer_that_comes_after_a_later_one_is_refused():
    report = offer(in_status(N), 1, [CAROL]).report
    with pytest.raises(StepNotAllowed):
        offer(report, 0)


def test_nothing_is_offered_without_a_ladder():
    with pytest.raises(StepNotAllowed):
        offer(in_status(D, ladder=None))


def test_one_execution_asks_the_desk_so_often_and_another_goes_on():
    last = ladder_of(FIRST, SECOND).steps_before_last + MOST_LAST_STEPS
    report = in_status(N, step=last - 1)
    assert offer(report, last, []).report.step == last
    with pytest.raises(NoMoreRungs):
        offer(report, last + 1, [])
    restarted = dispatch.restart(offer(report, last, []).report, "failed", now=NOW).report
    assert offer(restarted, last + 1, []).report.step == last + 1


def test_an_offer_says_in_the_timeline_whom_it_went_to():
    (entry,) = offer(in_status(D), 0, [ALICE, BOB, SOMCHAI]).entries
    assert entry.detail == {
        "unit_id": FIRST.unit_id,
        "unit": FIRST.name_th,
        "step": 0,
        "attempt": 1,
        "by_hand": False,
        "responders": 2,
        "informed": 1,
    }


# --- answers --------------------------------------------------------------------------------------


def declined(report, *who):
    for one in who:
        report = dispatch.decline(report, one, now=NOW).report
    return report


def test_the_search_moves_on_when_nobody_is_left_but_not_from_the_desk():
    report = in_status(N)
    for who, moves in (("alice", False), ("bob", True)):
        report = declined(report, who)
        assert dispatch.moves_on_at_once(report) is moves
    desk = offer(in_status(N), 2, [replace(CAROL, step=2)]).report
    assert not dispatch.moves_on_at_once(declined(desk, "carol"))
    assert not dispatch.moves_on_at_once(in_status(D))


def test_people_who_only_need_to_know_are_not_waited_for():
    report = offer(in_status(D), 0, [ALICE, SOMCHAI]).report
    assert dispatch.moves_on_at_once(declined(report, "alice"))


def test_declining_twice_is_once():
    report = declined(in_status(N), "bob")
    assert dispatch.decline(report, "bob", now=NOW).report is report


def test_whoever_cannot_go_is_not_asked_at_the_next_rung_but_at_the_last_and_in_another_round():
    ladder = ladder_of(FIRST, (FIRST, SECOND), rounds=2)  # the desk from step 4
    report = declined(in_status(N, ladder=ladder), "bob")
    asked = [dispatch.may_be_asked(report, "bob", step) for step in range(6)]
    assert asked == [False, False, True, True, True, True]
    assert all(dispatch.may_be_asked(report, "alice", step) for step in range(6))


def test_whoever_cannot_go_is_asked_when_the_desk_chooses_their_unit():
    report = declined(with_desk(in_status(N)), "bob")
    assert not dispatch.may_be_asked(report, "bob", 1)
    assert dispatch.may_be_asked(by_hand(report, FIRST).report, "bob", 1)


def test_asking_somebody_again_forgets_that_they_could_not_go():
    report = declined(in_status(N), "bob")
    assert offer(report, 1, [replace(BOB, step=1)]).report.declined == ()
    assert offer(report, 1, [CAROL]).report.declined == ("bob",)


def test_whoever_declined_may_accept_after_all():
    taken = accept(declined(in_status(N), "bob"), "bob").report
    assert (taken.acknowledged_by, taken.declined) == ("bob", ())


def test_a_stranger_may_do_nothing():
    with pytest.raises(NotNotified):
        accept(in_status(N), "eve")
    with pytest.raises(NotNotified):
        dispatch.decline(in_status(N), "eve", now=NOW)


def test_the_first_to_accept_is_named_to_the_second():
    with pytest.raises(ReportAlreadyAcknowledged) as raised:
        accept(in_status(A), "bob")
    assert raised.value.responder_id == "alice"


# --- the informed ---------------------------------------------------------------------------------


def informing(when, *units, **fields):
    return in_status(D, ladder=ladder_of(FIRST, SECOND, notices=[(units, when)]), **fields)


def named(notices):
    return [unit.unit_id for notice in notices for unit in notice.units]


def test_the_informed_are_told_with_the_first_offer_and_not_with_the_next():
    report = informing(When.AT_ONCE, SOCIAL)
    assert named(dispatch.notices_due(report, 0)) == [SOCIAL.unit_id]
    report = offer(report, 0, [ALICE, SOMCHAI]).report
    assert named(dispatch.notices_due(report, 0)) == [SOCIAL.unit_id]  # a retry tells them, too
    assert [named(dispatch.notices_due(report, step)) for step in (1, 2, 3)] == [[], [], []]


def test_the_informed_are_told_once_somebody_of_them_is_there():
    report = offer(informing(When.AT_ONCE, SOCIAL), 0, [ALICE]).report
    assert named(dispatch.notices_due(report, 1)) == [SOCIAL.unit_id]


def test_a_unit_that_was_informed_is_not_told_again_because_another_was_not():
    report = offer(informing(When.AT_ONCE, SOCIAL, CENTER), 0, [ALICE, SOMCHAI]).report
    assert named(dispatch.notices_due(report, 1)) == [CENTER.unit_id]


def test_those_to_be_informed_of_silence_are_told_when_the_desk_is_asked():
    report = informing(When.UNANSWERED, SOCIAL)
    due = [named(dispatch.notices_due(report, step)) for step in range(4)]
    assert due == [[], [], [SOCIAL.unit_id], [SOCIAL.unit_id]]


def test_without_a_ladder_nobody_is_informed():
    assert dispatch.notices_due(in_status(D, ladder=None), 0) == ()


def test_the_informed_cannot_accept_or_decline():
    report = offer(in_status(D), 0, [ALICE, SOMCHAI]).report
    with pytest.raises(NotNotified):
        accept(report, "somchai")
    with pytest.raises(NotNotified):
        dispatch.decline(report, "somchai", now=NOW)


def test_an_informed_person_who_may_accept_already_keeps_that_right():
    report = in_status(N)
    again = offer(report, 1, [CAROL, replace(BOB, step=1, part=Part.INFORMED)]).report
    assert again.find_notified("bob") == BOB
    both = offer(in_status(D), 0, [ALICE, replace(ALICE, part=Part.INFORMED)]).report
    assert [n.part for n in both.notified] == [Part.RESPONDER]


def test_an_informed_person_who_is_asked_to_go_may_accept():
    report = offer(in_status(D), 0, [ALICE, SOMCHAI]).report
    asked = replace(SOMCHAI, step=1, part=Part.RESPONDER)
    report = offer(report, 1, [asked]).report
    assert accept(report, "somchai").report.acknowledged_by == "somchai"


# --- assigning by hand ------------------------------------------------------------------------


def test_what_the_desk_chose_is_offered_next_and_then_the_ladder_goes_on():
    report = by_hand(with_desk(in_status(N))).report
    rung = report.rung_at(1)
    assert (rung.units, rung.channels, rung.wait_s) == (
        (CENTER,),
        (Channel.LINE, Channel.SMS),
        WAIT_S,
    )
    assert not dispatch.is_last(report, 1)
    (entry,) = offer(report, 1, []).entries
    assert (entry.detail["unit_id"], entry.detail["by_hand"]) == (CENTER.unit_id, True)
    after = offer(report, 1, []).report
    assert after.rung_at(2).is_desk
    assert after.rung_at(1).units == (CENTER,)
    assert dispatch.is_last(after, 2)


def test_what_the_desk_chose_is_not_lost_when_the_workflow_has_left_out_a_step():
    """After "already acknowledged" the workflow counts on though that step was never offered."""
    report = by_hand(with_desk(in_status(N))).report
    assert not dispatch.is_last(report, 2)
    after = offer(report, 2, []).report
    assert after.current_rung.units == (CENTER,)
    assert offer(after, 2, [], token="again").report.current_rung.units == (CENTER,)
    assert after.rung_at(3).is_desk


def test_choosing_again_before_the_offer_changes_the_choice():
    report = by_hand(with_desk(in_status(N))).report
    assert by_hand(report, SECOND).report.rung_at(1).units == (SECOND,)


def test_only_the_desk_assigns():
    for who in ("alice", "bob", "eve"):
        with pytest.raises(NotNotified):
            by_hand(with_desk(in_status(N)), who=who)


@pytest.mark.parametrize("unit", ["nowhere", DESK_UNIT_ID])
def test_the_desk_assigns_to_units_that_the_report_knows(unit):
    with pytest.raises(StepNotAllowed):
        dispatch.assign_by_hand(with_desk(in_status(N)), unit, "dora", now=NOW)


def test_a_desk_that_has_accepted_hands_the_report_on():
    report = with_desk(in_status(A, acknowledged_by="dora", reached=(DESK_UNIT_ID,)))
    after = by_hand(report).report
    assert (after.status, after.acknowledged_by, after.acknowledged_at) == (N, None, None)
    assert (after.opened_at, after.step) == (report.opened_at, report.step)
    assert after.rung_at(after.next_step).units == (CENTER,)


# --- the auditor's new execution --------------------------------------------------------------


def test_a_restart_goes_on_where_the_report_stands():
    before = in_status(N)
    change = dispatch.restart(before, "token_lost", now=NOW)
    after = change.report
    assert (after.run, after.run_step, after.next_step, after.token) == (2, 1, 1, None)
    assert (after.status, after.step, after.notified) == (N, before.step, before.notified)
    (entry,) = change.entries
    assert (entry.actor, entry.action) == ("auditor", "restarted")
    assert entry.detail == {"cause": "token_lost", "run": 2}
    assert after.due_at == NOW + OVERDUE_SLACK_S


def test_an_accepted_report_keeps_who_accepted_it_through_a_restart():
    after = dispatch.restart(in_status(W), "failed", now=NOW).report
    assert (after.status, after.acknowledged_by) == (W, "alice")


def test_a_closed_report_stays_closed_and_keeps_the_time_of_its_closing():
    before = in_status(C)
    after = dispatch.restart(before, "failed", now=NOW + 60).report
    assert (after.status, after.due_at, after.changed_at) == (C, None, before.changed_at)
    assert (after.run, after.version) == (2, before.version + 1)


def test_a_ladder_is_kept_once_given():
    report = in_status(D)
    assert dispatch.assign(report, desk_alone(60), now=NOW).report is report


def test_assigning_says_by_which_policy_and_to_whom():
    (entry,) = dispatch.assign(in_status(D, ladder=None), ladder_of(FIRST), now=NOW).entries
    assert entry.detail == {
        "policy": "test",
        "rungs": 2,
        "unit": FIRST.name_th,
        "unit_id": FIRST.unit_id,
        "distance_m": 1200,
    }
    (entry,) = dispatch.assign(in_status(D, ladder=None), desk_alone(60), now=NOW).entries
    assert (entry.detail["unit_id"], entry.detail["distance_m"]) == (DESK_UNIT_ID, None)


def test_a_ladder_that_found_nothing_gives_way_to_one_that_did_and_is_climbed_from_its_first_rung():
    report = replace(in_status(N), ladder=desk_alone(60), step=31, run_step=32)
    change = dispatch.assign(report, ladder_of(FIRST, SECOND), now=NOW)
    after = change.report
    assert [after.rung_at(step).units for step in (31, 32, 33, 34)] == [
        *((DESK,), (FIRST,), (SECOND,), (DESK,)),
    ]
    assert (change.entries[0].action, change.entries[0].detail["rungs"]) == ("assigned", 3)
    assert dispatch.assign(after, ladder_of(SECOND), now=NOW).report is after
    assert dispatch.assign(after, desk_alone(60), now=NOW).report is after


def test_units_that_are_found_after_the_desk_accepted_do_not_hurry_it():
    report = replace(in_status(A), ladder=desk_alone(60), due_at=NOW + 500)
    after = dispatch.assign(report, ladder_of(FIRST), now=NOW).report
    assert (after.status, after.due_at, after.unit(FIRST.unit_id)) == (A, NOW + 500, FIRST)


def test_a_ladder_that_began_late_begins_at_once_after_reopening():
    late = replace(ladder_of(FIRST), begins=31)
    reopened = in_status(D, ladder=late, notified=(ALICE,))
    after = dispatch.assign(reopened, ladder_of(SECOND), now=NOW).report
    assert after.ladder == replace(late, begins=0)


def test_a_search_whose_units_were_not_found_gives_the_next_execution_the_chance_to_look_again():
    report = in_status(N, ladder=desk_alone(60), step=LOOK_AGAIN_STEPS - 1)
    report = offer(report, LOOK_AGAIN_STEPS, []).report
    with pytest.raises(NoMoreRungs):
        offer(report, LOOK_AGAIN_STEPS + 1, [])
    again = dispatch.restart(report, "failed", now=NOW).report
    assert offer(again, LOOK_AGAIN_STEPS + 1, []).report.step == LOOK_AGAIN_STEPS + 1


# --- after reopening ------------------------------------------------------------------------------


def test_who_was_asked_before_a_reopening_is_not_waited_for():
    report = in_status(D, notified=(ALICE, BOB))  # as reopening leaves it: no step, who was asked
    report = offer(report, 0, [ALICE]).report
    assert [n.responder_id for n in report.on_current_step()] == ["alice"]
    assert report.find_notified("bob").part is Part.RESPONDER  # and may still accept
    assert dispatch.moves_on_at_once(declined(report, "alice"))


def test_the_informed_are_informed_anew_after_a_reopening_and_once():
    report = informing(When.UNANSWERED, SOCIAL, notified=(ALICE, replace(SOMCHAI, step=2)))
    report = offer(report, 0, [ALICE]).report
    assert [named(dispatch.notices_due(report, step)) for step in (1, 2)] == [[], [SOCIAL.unit_id]]
    report = offer(report, 2, [replace(SOMCHAI, step=2)]).report
    assert named(dispatch.notices_due(report, 3)) == []


# --- nobody at the desk -----------------------------------------------------------------------


def units_before(report, step):
    return [unit.unit_id for rung in dispatch.those_before(report, step) for unit in rung.units]


def test_besides_the_last_rung_those_before_are_called_each_once():
    report = in_status(N, ladder=ladder_of(FIRST, (FIRST, SECOND)))
    assert units_before(report, 2) == [FIRST.unit_id, SECOND.unit_id]
    assert units_before(report, 0) == units_before(report, 1) == []
    report = offer(by_hand(with_desk(report)).report, 1, []).report
    assert units_before(report, 1) == []
    assert units_before(report, 2) == [FIRST.unit_id, SECOND.unit_id, CENTER.unit_id]


def besides(report, step, *people):
    asked = [replace(person, step=step) for person in people]
    return dispatch.offer_besides(report, step, asked, now=NOW)


def test_who_is_called_besides_may_accept_and_is_called_once():
    report = offer(declined(in_status(N), "bob"), 2, []).report
    change = besides(report, 2, ALICE, BOB, CAROL)
    assert change.entries[0].detail == {"step": 2, "responders": 3}
    assert (change.report.declined, change.report.due_at) == ((), report.due_at)
    assert besides(change.report, 2, ALICE, BOB, CAROL).report is change.report
    assert accept(change.report, "carol").report.acknowledged_by == "carol"


def test_who_is_called_besides_by_an_invocation_that_hung_is_not_called():
    report = offer(in_status(N), 3, []).report
    assert besides(report, 2, CAROL).report is report
    with pytest.raises(NoMoreRungs):
        besides(report, 4, CAROL)
    with pytest.raises(ReportAlreadyAcknowledged):
        besides(accept(report, "alice").report, 3, CAROL)


def test_who_cannot_go_is_called_besides_with_each_fifth_call():
    report = declined(in_status(N), "bob")
    asked = [step for step in range(2, 14) if dispatch.may_be_asked_besides(report, "bob", step)]
    assert asked == [6, 11]  # the desk's fifth and tenth
    assert all(dispatch.may_be_asked_besides(report, "alice", step) for step in range(2, 14))


def test_units_are_found_by_id_whether_on_the_ladder_or_chosen_by_hand():
    report = in_status(N, hand_rung=Rung((CENTER,), (Channel.LINE,), 60), hand_step=1)
    report = replace(report, ladder=replace(report.ladder, nearby=()))
    assert report.unit(CENTER.unit_id) == CENTER
    assert report.units([SECOND.unit_id, "nowhere", FIRST.unit_id]) == (SECOND, FIRST)

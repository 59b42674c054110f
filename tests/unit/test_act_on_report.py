"""What a responder does: who may act, the first one wins, the same act twice is one."""

from dataclasses import replace

import pytest

from ess.domain import response
from ess.domain.errors import ReportNotFound, TemporaryFailure
from ess.domain.incoming import ResponderTap
from ess.domain.ladder import DESK_UNIT_ID
from ess.domain.report import (
    ClosingReason,
    HandOverReason,
    Notified,
    Part,
    Status,
)
from ess.usecases.act_on_report import TRIES, act_on_report, offered_acts
from tests.unit.incident_kit import (
    ALICE,
    BOB,
    CAROL,
    CENTER,
    DORA,
    FIRST,
    PIN,
    PROGRESS_S,
    REPORT,
    SECOND,
    SOCIAL,
    SOMCHAI,
    World,
    officer,
)

EVE = officer("eve")
RADIO = officer("radio", CENTER.unit_id)


def notified(who, part=Part.RESPONDER, step=0):
    return Notified(
        who.responder_id, who.unit_id, who.name_th, who.name_en, step, who.line_user_id, part
    )


def world_of(*people, **fields):
    """A report that alice and bob were notified of, and the desk."""
    usual = {
        "status": Status.NOTIFIED,
        "step": 0,
        "reached": (FIRST.unit_id,),
        "notified": tuple(map(notified, (ALICE, BOB, DORA))),
        "token": "token-1",
    }
    return World(*(people or (ALICE, BOB, DORA)), **(usual | fields))


@pytest.fixture
def world():
    return world_of()


def act(world, who, what, choice=None, report_id=REPORT):
    return act_on_report(
        ResponderTap(what, report_id, choice),
        lambda report: report.find_notified(who.responder_id),
        reports=world.reports,
        responders=world.responders,
        workflow=world.workflow,
        clock=world.clock,
        progress_s=PROGRESS_S,
    )


def waiting(world, token):
    """The workflow waits on another token meanwhile."""
    world.put(replace(world.report, token=token))


def accepted(**fields):
    world = world_of(**fields)
    act(world, ALICE, "accept")
    waiting(world, "token-2")
    return world


# --- accepting ----------------------------------------------------------------------------------


def test_accepting_costs_one_read_of_the_report_and_of_the_person_and_one_write(world):
    answer = act(world, ALICE, "accept")
    assert world.reports.calls == {"get": 1, "save": 1}
    assert world.responders.calls == {"get": 1}
    assert world.report.status is Status.ACKNOWLEDGED
    assert world.report.acknowledged_by == "alice"
    assert world.workflow.resumed == [("token-1", "accepted")]
    assert (answer.prompt.name, answer.changed, answer.refused) == ("officer.accepted", True, False)
    assert (answer.person.responder_id, answer.report) == ("alice", world.report)


def test_only_the_one_who_goes_gets_the_number_and_the_place(world):
    going = act(world, ALICE, "accept").prompt.params
    assert (going["phone"], going["latitude"]) == ("+66812345678", PIN.latitude)
    other = act(world, BOB, "accept").prompt.params
    assert not {"phone", "latitude", "longitude"} & set(other)


def test_nobody_gets_the_number_of_someone_who_cannot_talk():
    world = world_of(can_talk=False)
    params = act(world, ALICE, "accept").prompt.params
    assert (params["phone"], params["can_talk"]) == (None, False)


def test_the_first_one_wins(world):
    act(world, ALICE, "accept")
    answer = act(world, BOB, "accept")
    assert world.report.acknowledged_by == "alice"
    assert (answer.prompt.name, answer.refused) == ("officer.already_taken", True)
    assert answer.prompt.params["responder_en"] == "Sgt. alice"


def test_the_first_one_wins_in_a_race_too(world):
    world.reports.plan("save", lambda: act(world, BOB, "accept"))
    answer = act(world, ALICE, "accept")
    assert world.report.acknowledged_by == "bob"
    assert answer.prompt.name == "officer.already_taken"
    assert world.workflow.resumed == [("token-1", "accepted")]


def test_a_report_that_keeps_changing_is_for_the_next_try(world):
    def touched():
        world.put(replace(world.report, version=world.report.version + 1))

    world.reports.plan("save", *[touched] * TRIES)
    with pytest.raises(TemporaryFailure):
        act(world, ALICE, "accept")
    assert world.report.acknowledged_by is None


def test_the_same_act_again_changes_nothing_and_gives_the_same_answer(world):
    first = act(world, ALICE, "accept")
    again = act(world, ALICE, "accept")
    assert world.report == first.report
    assert (again.prompt, again.changed, again.refused) == (first.prompt, False, False)


def test_an_act_that_could_not_wake_the_workflow_does_so_when_it_is_repeated(world):
    world.workflow.plan("resume", TemporaryFailure("throttled"))
    with pytest.raises(TemporaryFailure):
        act(world, ALICE, "accept")
    assert act(world, ALICE, "accept").prompt.name == "officer.accepted"
    assert world.workflow.resumed == [("token-1", "accepted")]


def test_accepting_again_later_does_not_say_that_it_is_new(world):
    world = accepted()
    act(world, ALICE, "on_the_way")
    waiting(world, "token-3")
    act(world, ALICE, "accept")
    assert world.workflow.resumed[-1] == ("token-3", "progress")


# --- who may act --------------------------------------------------------------------------------

EVERY_ACT = [
    ("accept", None),
    ("decline", None),
    ("on_the_way", None),
    ("on_scene", None),
    ("help", None),
    ("join", None),
    ("hand_over", None),
    ("hand_over", "outside_area"),
    ("close", None),
    ("close", "resolved"),
    ("assign", None),
    ("assign", SECOND.unit_id),
    ("note", "text"),
]


def untouched(world, who, what, choice):
    before = world.report
    answer = act(world, who, what, choice)
    assert world.report == before
    assert world.workflow.resumed in ([], [("token-1", "accepted")])
    assert answer.refused
    return answer.prompt


@pytest.mark.parametrize(("what", "choice"), EVERY_ACT)
def test_a_stranger_may_do_nothing(world, what, choice):
    prompt = untouched(world, EVE, what, choice)
    assert (prompt.name, prompt.params) == ("officer.unknown", {})


@pytest.mark.parametrize(("what", "choice"), EVERY_ACT)
@pytest.mark.parametrize("gone", ["removed", "not verified"])
@pytest.mark.parametrize("begin", [world_of, accepted], ids=["searching", "accepted by them"])
def test_whoever_lost_the_trust_of_their_unit_may_do_nothing_any_more(begin, gone, what, choice):
    world = begin()
    if gone == "removed":
        world.responders.remove(ALICE.unit_id, "alice")
    else:
        world.responders.put([replace(ALICE, verified=False)])
    prompt = untouched(world, ALICE, what, choice)
    assert (prompt.name, prompt.params) == ("officer.unknown", {})
    assert [e.action for e in world.reports.timeline(REPORT) if e.action == "noted"] == []


def test_whoever_went_off_duty_after_being_asked_may_still_go(world):
    world.responders.put([replace(ALICE, on_duty=False)])
    act(world, ALICE, "accept")
    assert world.report.acknowledged_by == "alice"


@pytest.mark.parametrize(("what", "choice"), EVERY_ACT)
def test_the_informed_may_do_nothing(what, choice):
    world = world_of(ALICE, SOMCHAI, notified=(notified(ALICE), notified(SOMCHAI, Part.INFORMED)))
    assert untouched(world, SOMCHAI, what, choice).name in (
        *("officer.unknown", "officer.not_yours", "officer.not_now"),
    )


def test_an_unknown_report_is_an_error_of_its_own(world):
    with pytest.raises(ReportNotFound):
        act(world, ALICE, "accept", report_id="f" * 32)


def test_after_a_cancellation_every_act_says_so(world):
    world.cancel()
    for what, choice in EVERY_ACT[:-1]:
        assert act(world, ALICE, what, choice).prompt.name == "officer.closed"


# --- declining and handing over -----------------------------------------------------------------


def test_one_decline_waits_for_the_others_and_the_last_moves_on():
    world = world_of(notified=(notified(ALICE), notified(BOB)))
    act(world, ALICE, "decline")
    assert world.workflow.resumed == []
    assert act(world, BOB, "decline").prompt.name == "officer.declined"
    assert world.workflow.resumed == [("token-1", "declined")]


def test_whoever_accepted_and_cannot_go_gives_it_back_and_others_are_asked_at_once():
    world = accepted()
    answer = act(world, ALICE, "decline")
    assert (world.report.status, world.report.acknowledged_by) == (Status.NOTIFIED, None)
    assert world.report.declined == ("alice",)
    assert world.workflow.resumed[-1] == ("token-2", "handed_over")
    assert answer.prompt.name == "officer.declined"
    act(world, BOB, "accept")
    assert world.report.acknowledged_by == "bob"


def test_handing_over_asks_why_and_keeps_the_reason_and_the_clock():
    world = accepted()
    act(world, ALICE, "on_the_way")
    before = world.report
    asked = act(world, ALICE, "hand_over")
    assert (asked.prompt.name, asked.changed) == ("officer.hand_over_reasons", False)
    assert world.report == before
    answer = act(world, ALICE, "hand_over", "other_incident")
    assert answer.prompt.name == "officer.handed_over"
    report = world.report
    assert (report.status, report.acknowledged_by) == (Status.NOTIFIED, None)
    assert (report.opened_at, report.step) == (before.opened_at, before.step)
    assert world.workflow.resumed[-1] == ("token-2", "progress")  # token-2 was resumed before
    line = world.reports.timeline(REPORT)[-1]
    assert (line.action, line.detail["reason"]) == ("handed_over", "other_incident")


@pytest.mark.parametrize("reason", HandOverReason)
def test_handing_over_wakes_the_workflow(reason):
    world = accepted()
    act(world, ALICE, "hand_over", reason.value)
    assert world.workflow.resumed[-1] == ("token-2", "handed_over")


def test_handing_over_twice_is_once():
    world = accepted()
    act(world, ALICE, "hand_over", "cannot_reach")
    before = world.report
    waiting(world, "token-3")
    again = act(world, ALICE, "hand_over", "cannot_reach")
    assert (again.prompt.name, again.changed, again.refused) == (
        "officer.handed_over",
        False,
        False,
    )
    assert world.report == replace(before, token="token-3")
    assert world.workflow.resumed[-1] == ("token-2", "handed_over")


def test_whoever_handed_over_hears_who_has_it_now():
    world = accepted()
    act(world, ALICE, "hand_over", "cannot_reach")
    act(world, BOB, "accept")
    assert act(world, ALICE, "hand_over", "cannot_reach").prompt.name == "officer.not_yours"
    assert world.report.acknowledged_by == "bob"


@pytest.mark.parametrize("what", ["hand_over", "close"])
def test_a_reason_that_does_not_exist(what):
    world = accepted()
    assert untouched(world, ALICE, what, "because").name == "officer.not_now"


# --- progress and closing -----------------------------------------------------------------------


def test_the_whole_way_to_closed():
    world = accepted()
    assert act(world, ALICE, "on_the_way").prompt.name == "officer.on_the_way"
    assert world.workflow.resumed[-1] == ("token-2", "progress")
    waiting(world, "token-3")
    assert act(world, ALICE, "on_scene").prompt.name == "officer.on_scene"
    waiting(world, "token-4")
    assert act(world, ALICE, "close").prompt.name == "officer.close_reasons"
    assert world.report.status is Status.ON_SCENE
    assert world.workflow.resumed[-1] == ("token-3", "progress")
    assert act(world, ALICE, "close", ClosingReason.RESOLVED).prompt.name == "officer.done"
    assert world.workflow.resumed[-1] == ("token-4", "closed")
    assert (world.report.status, world.report.closing_reason) == (
        Status.CLOSED,
        ClosingReason.RESOLVED,
    )


@pytest.mark.parametrize(
    ("what", "choice"),
    [
        *(("on_the_way", None), ("on_scene", None), ("help", None)),
        *(("close", None), ("close", "resolved")),
        *(("hand_over", None), ("hand_over", "outside_area")),
    ],
)
def test_only_the_one_who_accepted_reports_progress(what, choice):
    world = accepted()
    assert untouched(world, BOB, what, choice).name == "officer.not_yours"


def test_a_step_back_is_refused():
    world = accepted()
    act(world, ALICE, "on_scene")
    assert act(world, ALICE, "on_the_way").prompt.name == "officer.not_now"
    assert world.report.status is Status.ON_SCENE


def test_a_responder_cannot_close_as_the_reporter():
    world = accepted()
    prompt = untouched(world, ALICE, "close", ClosingReason.CANCELLED_BY_REPORTER)
    assert prompt.name == "officer.not_now"


def test_a_closing_that_could_not_wake_the_workflow_does_so_when_it_is_repeated():
    world = accepted()
    world.workflow.plan("resume", TemporaryFailure("throttled"))
    with pytest.raises(TemporaryFailure):
        act(world, ALICE, "close", "resolved")
    again = act(world, ALICE, "close", "resolved")
    assert (again.prompt.name, again.refused) == ("officer.done", False)
    assert world.workflow.resumed[-1] == ("token-2", "closed")
    other = act(world, ALICE, "close", "false_alarm")
    assert (other.prompt.name, other.refused) == ("officer.closed", True)


# --- help ---------------------------------------------------------------------------------------


def test_help_wakes_the_workflow_and_is_counted_once_until_it_is_served():
    world = accepted()
    assert act(world, ALICE, "help").prompt.name == "officer.help_called"
    assert world.workflow.resumed[-1] == ("token-2", "help")
    waiting(world, "token-3")
    assert act(world, ALICE, "help").prompt.name == "officer.help_called"
    assert world.report.help_calls == 1
    assert world.workflow.resumed[-1] == ("token-3", "help")


def test_help_cannot_be_called_without_end():
    world = accepted()
    calls = response.MAX_HELP_CALLS
    world.put(replace(world.report, help_calls=calls, help_served=calls))
    assert untouched(world, ALICE, "help", None).name == "officer.not_now"


def test_a_helper_joins_and_gets_the_place_but_not_the_number():
    world = accepted(notified=(notified(ALICE), notified(CAROL, Part.HELPER)))
    world.responders.put([CAROL])
    answer = act(world, CAROL, "join")
    assert (answer.prompt.name, world.report.helpers) == ("officer.joined", ("carol",))
    assert answer.prompt.params["latitude"] == PIN.latitude
    assert "phone" not in answer.prompt.params
    assert world.workflow.resumed[-1] == ("token-2", "joined")
    assert not act(world, CAROL, "join").changed


def test_there_is_nobody_to_help_before_somebody_has_accepted():
    world = world_of(ALICE, CAROL, notified=(notified(ALICE), notified(CAROL, Part.HELPER)))
    assert untouched(world, CAROL, "join", None).name == "officer.not_now"
    assert act(world, CAROL, "accept").prompt.name == "officer.accepted"


# --- the desk -----------------------------------------------------------------------------------


def test_the_desk_chooses_among_the_units_that_were_looked_up(world):
    answer = act(world, DORA, "assign")
    assert (answer.prompt.name, answer.changed) == ("officer.assign_units", False)
    params = answer.prompt.params
    ids = [params[f"unit_{number}_id"] for number in range(1, params["units"] + 1)]
    assert ids == [FIRST.unit_id, SECOND.unit_id, CENTER.unit_id, SOCIAL.unit_id]
    assert (params["unit_2_th"], params["unit_2_en"], params["unit_2_m"]) == (
        SECOND.name_th,
        SECOND.name_en,
        SECOND.distance_m,
    )
    assert world.workflow.resumed == []


def test_the_desk_assigns_and_the_workflow_goes_on_at_once():
    world = world_of(ALICE, DORA, CAROL)
    answer = act(world, DORA, "assign", SECOND.unit_id)
    assert answer.prompt.name == "officer.assigned"
    assert (answer.prompt.params["unit_th"], answer.prompt.params["distance_m"]) == (
        SECOND.name_th,
        SECOND.distance_m,
    )
    assert world.report.rung_at(world.report.next_step).units == (SECOND,)
    assert world.workflow.resumed == [("token-1", "assigned")]


def test_assigning_twice_is_once():
    world = world_of(ALICE, DORA, CAROL)
    act(world, DORA, "assign", SECOND.unit_id)
    before = world.report
    assert not act(world, DORA, "assign", SECOND.unit_id).changed
    assert world.report == before
    world.notify(1, "token-2")
    asked = act(world, DORA, "assign", SECOND.unit_id)
    assert (asked.prompt.name, asked.changed) == ("officer.assigned", False)
    assert world.workflow.resumed == [("token-1", "assigned")]  # their time is not cut short
    world.notify(2, "token-3")
    assert act(world, DORA, "assign", SECOND.unit_id).changed


def test_only_the_desk_assigns(world):
    for choice in (None, SECOND.unit_id):
        assert untouched(world, ALICE, "assign", choice).name == "officer.unknown"


@pytest.mark.parametrize(
    "crew",
    [[], [replace(CAROL, on_duty=False)], [replace(CAROL, verified=False)]],
    ids=["no one", "off duty", "not verified"],
)
def test_a_unit_with_nobody_on_duty_is_refused_before_anything_is_written(crew):
    world = world_of(ALICE, DORA, *crew)
    assert untouched(world, DORA, "assign", SECOND.unit_id).name == "officer.nobody_there"
    assert world.reports.calls["save"] == 0


@pytest.mark.parametrize("unit", ["nowhere", DESK_UNIT_ID])
def test_a_unit_that_the_report_does_not_know_is_refused(world, unit):
    assert untouched(world, DORA, "assign", unit).name == "officer.not_now"


def test_a_desk_that_has_accepted_hands_the_report_on():
    world = world_of(ALICE, DORA)
    assert act(world, DORA, "accept").prompt.params["at_desk"] is True
    waiting(world, "token-2")
    act(world, DORA, "assign", FIRST.unit_id)
    assert (world.report.status, world.report.acknowledged_by) == (Status.NOTIFIED, None)
    assert world.workflow.resumed[-1] == ("token-2", "assigned")


def test_the_desk_does_not_take_a_report_from_a_station_that_goes():
    world = accepted()
    assert untouched(world, DORA, "assign", SECOND.unit_id).name == "officer.not_yours"


# --- notes --------------------------------------------------------------------------------------


def noted(world):
    lines = [e for e in world.reports.timeline(REPORT) if e.action == "noted"]
    return [line.detail["text"] for line in lines]


def test_a_note_is_kept_once_and_wakes_nobody():
    world = accepted()
    before = world.report
    for _ in range(2):
        assert act(world, ALICE, "note", "two injured").prompt.name == "officer.noted"
    assert noted(world) == ["two injured"]
    assert world.report == before
    assert world.workflow.resumed == [("token-1", "accepted")]


@pytest.mark.parametrize("text", [None, "", " \n "])
def test_an_empty_note_is_none(text):
    world = accepted()
    assert untouched(world, ALICE, "note", text).name == "officer.not_now"


def test_only_the_one_who_accepted_adds_a_note():
    world = accepted()
    assert untouched(world, BOB, "note", "text").name == "officer.not_now"
    assert noted(world) == []


def test_a_note_is_taken_until_half_an_hour_after_the_closing():
    world = accepted()
    act(world, ALICE, "close", "resolved")
    world.clock.advance(response.NOTE_S)
    act(world, ALICE, "note", "in time")
    world.clock.advance(1)
    assert act(world, ALICE, "note", "late").prompt.name == "officer.not_now"
    assert noted(world) == ["in time"]


# --- what is offered ----------------------------------------------------------------------------


def acts(world, who):
    return offered_acts(world.report, world.report.find_notified(who.responder_id))


def test_what_is_offered_while_somebody_is_looked_for(world):
    assert acts(world, ALICE) == ("accept", "decline")
    assert acts(world, DORA) == ("accept", "decline", "assign")
    act(world, ALICE, "decline")
    assert acts(world, ALICE) == ("accept",)


def test_what_is_offered_to_whoever_accepted_and_to_the_others():
    world = accepted()
    assert acts(world, ALICE) == ("on_the_way", "on_scene", "help", "close", "hand_over")
    assert acts(world, BOB) == acts(world, DORA) == ()
    act(world, ALICE, "on_the_way")
    assert acts(world, ALICE) == ("on_scene", "help", "close", "hand_over")
    act(world, ALICE, "on_scene")
    assert acts(world, ALICE) == ("help", "close", "hand_over")
    act(world, ALICE, "close", "resolved")
    assert acts(world, ALICE) == acts(world, BOB) == ()


def test_a_desk_that_has_accepted_is_offered_to_hand_it_on(world):
    act(world, DORA, "accept")
    assert acts(world, DORA) == (
        *("on_the_way", "on_scene", "help"),
        *("assign", "close", "hand_over"),
    )


def test_a_helper_is_offered_to_join_once_and_the_informed_nothing():
    people = (notified(ALICE), notified(CAROL, Part.HELPER), notified(SOMCHAI, Part.INFORMED))
    world = accepted(notified=people)
    world.responders.put([CAROL])
    assert (acts(world, CAROL), acts(world, SOMCHAI)) == (("join",), ())
    act(world, CAROL, "join")
    assert acts(world, CAROL) == ()
    act(world, ALICE, "decline")
    assert (acts(world, CAROL), acts(world, SOMCHAI)) == (("accept", "decline"), ())


def test_everything_that_is_offered_is_allowed():
    """No button leads to a refusal."""
    for begin in (world_of, accepted):
        for who in (ALICE, BOB, DORA):
            for what in acts(begin(), who):
                assert not act(begin(), who, what).refused


def test_every_answer_about_a_drill_says_so():
    steps = [
        *((ALICE, "accept", None), (BOB, "accept", None), (ALICE, "on_the_way", None)),
        *((ALICE, "on_scene", None), (ALICE, "help", None), (ALICE, "note", "text")),
        *((ALICE, "hand_over", None), (ALICE, "hand_over", "cannot_reach"), (BOB, "decline", None)),
        *((DORA, "assign", None), (DORA, "assign", SECOND.unit_id), (DORA, "assign", "np-191")),
        *((BOB, "on_scene", None), (DORA, "assign", "nowhere")),
        *((BOB, "accept", None), (BOB, "close", None), (BOB, "close", "resolved")),
        *((BOB, "on_scene", None), (ALICE, "decline", None)),
    ]
    world = world_of(ALICE, BOB, DORA, CAROL, drill=True)
    prompts = [act(world, who, what, choice).prompt for who, what, choice in steps]
    assert {prompt.name for prompt in prompts} >= {
        *("officer.accepted", "officer.already_taken", "officer.on_the_way", "officer.on_scene"),
        *("officer.help_called", "officer.noted", "officer.hand_over_reasons"),
        *("officer.handed_over", "officer.declined", "officer.assign_units", "officer.assigned"),
        *("officer.nobody_there", "officer.close_reasons", "officer.done", "officer.closed"),
        *("officer.not_yours", "officer.not_now"),
    }
    assert [prompt.name for prompt in prompts if prompt.params.get("drill") is not True] == []


def test_while_the_desk_has_it_whoever_was_asked_is_offered_to_take_it_over():
    world = world_of()
    act(world, DORA, "accept")
    assert (acts(world, ALICE), acts(world, DORA)[0]) == (("accept",), "on_the_way")
    assert not act(world, ALICE, "accept").refused
    assert (acts(world, BOB), acts(world, DORA)) == ((), ())

"""Several reports of one incident: found, linked both ways, shown to officers, never merged."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ess import bootstrap
from ess.adapters.html.answer_page import AnswerPage
from ess.adapters.line.events import read_event
from ess.adapters.line.render import render
from ess.adapters.memory.clock import MemoryClock
from ess.adapters.memory.links import BASE_URL
from ess.adapters.memory.links import MemoryLinks as Links
from ess.adapters.memory.reports import MemoryReports
from ess.adapters.memory.store import MemoryStore
from ess.domain import dispatch, response
from ess.domain.conversation import Conversation, reporter_view, status_prompt
from ess.domain.errors import NobodyOnDuty, PermanentFailure, ReportChanged, TemporaryFailure
from ess.domain.geo import AUTHALIC_RADIUS_M, Point, distance_m
from ess.domain.geohash import bounds, encode, neighbours
from ess.domain.incoming import IncomingEvent, ResponderTap
from ess.domain.kinds import Kind
from ess.domain.ladder import DESK_UNIT_ID
from ess.domain.report import ClosingReason, Notified, Status
from ess.domain.same_incident import (
    MOST_LINKED,
    SAME_WITHIN_M,
    SAME_WITHIN_S,
    cells_near,
    is_same,
    link,
    near_cell,
)
from ess.usecases.answer_link import show_link
from ess.usecases.assign_report import assign_report
from ess.usecases.change_report import TRIES
from ess.usecases.link_reports import LOOKED_AT, link_same_incidents
from ess.usecases.respond_to_report import respond_to_report
from functions.assign_report.app import handler
from tests.unit.incident_kit import (
    ALICE,
    BOB,
    CAROL,
    DORA,
    FIRST,
    PIN,
    PROGRESS_S,
    REPORT,
    SECOND,
    World,
    ladder_of,
    officer,
)
from tests.unit.test_assign_report import GOOD, NEAR, POLICY

OTHER = "1" * 32
THIRD = "2" * 32


def away(point, metres, degrees=0.0):
    """The point so many metres from another, in a direction."""
    turn, far = math.radians(degrees), metres / AUTHALIC_RADIUS_M
    up = point.latitude + math.degrees(far * math.cos(turn))
    across = far * math.sin(turn) / math.cos(math.radians(point.latitude))
    return Point(up, point.longitude + math.degrees(across))


def beside(report, report_id=OTHER, **fields):
    """Another person's report of the same incident."""
    usual = {
        "report_id": report_id,
        "reference": f"{report_id[0] * 3}-AAA",
        "reporter_id": "U" + report_id,
    }
    return replace(report, **(usual | fields))


def accepted_by(person, report):
    """The report once an officer of its first unit has accepted it."""
    known = Notified(
        person.responder_id, person.unit_id, person.name_th, person.name_en, 0, person.line_user_id
    )
    return replace(
        report,
        status=Status.ON_SCENE,
        step=0,
        notified=(known,),
        acknowledged_by=person.responder_id,
        acknowledged_at=report.opened_at,
    )


# --- whether it is the same -------------------------------------------------------------------


@pytest.fixture
def world():
    return World(ALICE, BOB, CAROL, DORA)


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({}, True),
        ({"kind": Kind.CONFINEMENT}, False),
        ({"kind": Kind.UNKNOWN}, True),
        ({"pin": away(PIN, 249.5, 40)}, True),
        ({"pin": away(PIN, 250.5, 40)}, False),
        ({"opened_at": 1_790_000_000.0 - 1800}, True),
        ({"opened_at": 1_790_000_000.0 + 1801}, False),
        ({"drill": True}, False),
        ({"status": Status.CLOSED, "closing_reason": ClosingReason.RESOLVED}, True),
        (
            {"status": Status.CLOSED, "closing_reason": ClosingReason.CANCELLED_BY_REPORTER},
            False,
        ),
        ({"reporter_id": "U" + "9" * 32}, False),
        ({"report_id": REPORT}, False),
    ],
)
def test_what_is_perhaps_the_same_incident(world, changes, same):
    other = beside(world.report, **changes)
    assert is_same(world.report, other) is is_same(other, world.report) is same


def test_two_exercises_may_be_the_same(world):
    drill = replace(world.report, drill=True)
    assert is_same(drill, beside(drill))


PINS = st.builds(Point, st.floats(-75, 75), st.floats(-180, 180))


@given(PINS, st.floats(0, 250), st.floats(0, 360))
def test_whatever_is_near_enough_lies_in_a_cell_that_is_searched(pin, metres, degrees):
    up = away(Point(pin.latitude, 0), metres, degrees)
    other = Point(up.latitude, (pin.longitude + up.longitude + 180) % 360 - 180)
    if distance_m(pin, other) <= SAME_WITHIN_M:
        assert near_cell(other) in cells_near(pin)
    assert len(cells_near(pin)) <= 9
    assert len(set(cells_near(pin))) == len(cells_near(pin))


@pytest.mark.parametrize("pin", [PIN, Point(20.4, 99.9), Point(5.6, 101.1)])
def test_few_cells_are_searched_in_thailand(pin):
    assert len(cells_near(pin)) <= 4


@given(st.builds(Point, st.floats(-90, 90), st.floats(-180, 180)), st.integers(1, 8))
def test_neighbours_touch_and_are_mutual(point, length):
    own = encode(point, length)
    around = neighbours(own)
    box = bounds(own)
    pole = box.north == 90 or box.south == -90
    assert own not in around
    assert length == 1 or len(around) == (5 if pole else 8)
    assert all(own in neighbours(cell) for cell in around)


# --- linking ------------------------------------------------------------------------------------


def test_linking_is_no_event_in_a_reports_life(world):
    report = replace(world.report, changed_at=5.0)
    made = link(report, (beside(report),), now=99.0)
    assert made.report == replace(report, linked=(OTHER,), version=report.version + 1)
    (entry,) = made.entries
    assert (entry.action, entry.detail["new"]) == ("linked", "111-AAA")
    again = link(made.report, (beside(report),), now=100.0)
    assert again.report is made.report


def test_a_report_takes_so_many_links_and_no_more(world):
    others = tuple(beside(world.report, f"{n:032x}") for n in range(1, 30))
    made = link(world.report, others, now=1.0)
    assert made.report.linked == tuple(o.report_id for o in others[:MOST_LINKED])
    assert link(made.report, others, now=2.0).report is made.report


def put(world, *reports):
    for report in reports:
        world.store.reports[report.report_id] = report
        world.store.conversations[report.reporter_id] = Conversation(
            report.reporter_id, version=1, active=reporter_view(report)
        )


def assign(world, report_id=REPORT, failures=None):
    return assign_report(
        report_id,
        1,
        [NEAR],
        POLICY,
        reports=world.reports,
        clock=world.clock,
        on_search_failure=(failures if failures is not None else []).append,
    )


def test_assigning_links_both_and_changes_nothing_else_of_the_other(world):
    other = beside(world.report, pin=away(PIN, 200))
    put(world, other)
    failures = []
    report = assign(world, failures=failures)
    assert report.linked == (OTHER,)
    assert world.report == report
    after = world.store.reports[OTHER]
    assert after == replace(other, linked=(REPORT,), version=other.version + 1)
    assert [e.action for e in world.reports.timeline(OTHER)] == ["linked"]
    assert world.store.conversations[other.reporter_id].active.near == 1
    assert failures == []
    saves = world.reports.calls["save"]
    assert assign(world) == report
    assert world.reports.calls["save"] == saves


def test_one_that_waits_for_its_number_and_one_that_is_closed_are_linked(world):
    put(
        world,
        beside(world.report, status=Status.OPENED, ladder=None),
        beside(world.report, THIRD, status=Status.CLOSED, closing_reason=ClosingReason.RESOLVED),
    )
    assert assign(world).linked == (OTHER, THIRD)
    assert world.store.reports[OTHER].status is Status.OPENED
    closed = world.store.reports[THIRD]
    assert (closed.changed_at, closed.linked) == (world.report.changed_at, (REPORT,))


def test_accepted_ones_come_first(world):
    put(
        world,
        beside(world.report),
        accepted_by(ALICE, beside(world.report, THIRD, opened_at=world.report.opened_at + 60)),
    )
    assert assign(world).linked == (THIRD, OTHER)


@pytest.mark.parametrize("failure", [TemporaryFailure(), PermanentFailure(), KeyError("kind")])
@pytest.mark.parametrize("method", ["near", "get"])
def test_a_search_that_fails_never_stops_assigning(world, method, failure):
    put(world, beside(world.report))
    failures = []
    world.reports.plan(method, *([None] if method == "get" else []), failure)
    report = assign(world, failures=failures)
    assert report.ladder is not None
    assert failures == [type(failure).__name__]


def test_a_link_that_cannot_be_written_never_stops_assigning(world):
    put(world, beside(world.report))
    failures = []
    # The ladder is there already: the first save is that of the link.
    world.reports.plan("save", *[ReportChanged() for _ in range(TRIES)])
    report = assign(world, failures=failures)
    assert (report.linked, failures) == ((), ["TemporaryFailure"])
    assert world.store.reports[OTHER].linked == ()
    assert assign(world).linked == (OTHER,)


def test_a_slow_search_is_given_up(world):
    put(world, beside(world.report), beside(world.report, THIRD))
    failures = []
    world.reports.plan("near", lambda: world.clock.advance(4))
    assert assign(world, failures=failures).linked == ()
    assert failures == ["OutOfTime"]


def test_no_more_than_so_many_are_read(world):
    put(world, *(beside(world.report, f"{n:032x}") for n in range(1, 60)))
    assign(world)
    assert world.reports.calls["get"] <= LOOKED_AT + 2 * (MOST_LINKED + 2)


@given(
    st.lists(
        st.tuples(
            st.sampled_from([Kind.ASSAULT, Kind.CONFINEMENT, Kind.UNKNOWN]),
            st.floats(0, 400),
            st.floats(0, 360),
            st.floats(0, 3000),
            st.booleans(),
        ),
        min_size=2,
        max_size=MOST_LINKED + 1,
    ),
    st.randoms(use_true_random=False),
)
def test_links_are_symmetric_and_are_what_is_the_same(facts, random):
    store, clock = MemoryStore(), MemoryClock()
    reports = MemoryReports(store)
    first = World().report
    for number, (kind, metres, degrees, later, drill) in enumerate(facts):
        report = beside(
            first,
            f"{number:032x}",
            kind=kind,
            pin=away(PIN, metres, degrees),
            opened_at=first.opened_at + later,
            drill=drill,
        )
        store.reports[report.report_id] = report
    order = list(store.reports)
    random.shuffle(order)
    for report_id in order:
        link_same_incidents(
            store.reports[report_id], reports=reports, clock=clock, on_failure=pytest.fail
        )
    for one in store.reports.values():
        same = {o.report_id for o in store.reports.values() if is_same(one, o)}
        assert set(one.linked) == same
        assert all(one.report_id in store.reports[o].linked for o in one.linked)


def test_in_a_crowd_every_report_is_linked_with_some(world):
    crowd = [beside(world.report, f"{n:032x}", opened_at=1_790_000_000.0 + n) for n in range(1, 40)]
    for report in crowd:
        put(world, report)
        assign(world, report.report_id)
    linked = [world.store.reports[report.report_id].linked for report in crowd]
    assert all(len(ids) == MOST_LINKED for ids in linked)


def test_the_function_counts_a_search_that_failed(world, monkeypatch, capsys):
    monkeypatch.setattr(bootstrap, "reports", lambda: world.reports)
    monkeypatch.setattr(bootstrap, "clock", lambda: world.clock)
    monkeypatch.setattr(bootstrap, "policy", lambda tell: (POLICY, "version 7"))
    world.reports.plan("near", TemporaryFailure("throttled"))
    event = {"report_id": REPORT, "run": 1, "candidates": [{**GOOD, "unit_id": "a"}]}
    assert handler(event, None)["outcome"] == "search"
    assert '"SameIncidentNotSearched":[1.0]' in capsys.readouterr().out


# --- what officers see --------------------------------------------------------------------------


def linked_world(*others, people=(ALICE, BOB, CAROL, DORA), **fields):
    world = World(*people, **fields)
    made = [other(world.report) for other in others]
    put(world, *(replace(o, linked=(REPORT,)) for o in made))
    world.put(replace(world.report, linked=tuple(o.report_id for o in made)))
    return world


def held_by(person, report_id=OTHER):
    return lambda report: accepted_by(person, beside(report, report_id))


def card(world, who):
    return world.messenger.pushed_to(who.line_user_id)[-1]


def written(prompt, language="th"):
    return str(render([prompt], language))


def test_an_offer_names_the_other_report_and_who_has_it():
    world = linked_world(held_by(CAROL))
    world.notify(0)
    prompt = card(world, ALICE)
    assert prompt.name == "officer.offer"
    assert f"111-AAA ({CAROL.name_th} รับแล้ว)" in written(prompt)
    assert f"111-AAA ({CAROL.name_en} has accepted)" in written(prompt, "en")


def test_whoever_has_the_other_is_asked_at_the_first_step_and_accepts_with_one_tap():
    world = linked_world(held_by(CAROL))  # of another unit than the first rung's
    world.notify(0)
    prompt = card(world, CAROL)
    assert prompt.name == "officer.offer_same"
    assert f"o=accept&r={REPORT}" in written(prompt)
    assert world.report.reached == (FIRST.unit_id,)  # nobody is told that another was notified
    world.tap(CAROL, "accept")
    assert world.report.acknowledged_by == "carol"
    assert world.store.reports[OTHER].acknowledged_by == "carol"
    assert world.answered.name == "officer.accepted"
    assert "111-AAA" in written(world.answered)
    assert world.shown == "status.acknowledged"


def test_whoever_has_the_other_is_asked_once_though_their_unit_is():
    world = linked_world(held_by(ALICE), held_by(ALICE, THIRD))
    world.notify(0)
    assert world.told(ALICE) == ["officer.offer_same"]
    assert world.told(BOB) == ["officer.offer"]
    assert [n.responder_id for n in world.report.notified].count("alice") == 1


def test_at_a_later_step_whoever_has_the_other_is_not_asked_beside():
    world = linked_world(held_by(CAROL), ladder=ladder_of(FIRST, FIRST))
    world.notify(0)
    world.notify(1, "token-2")
    assert world.told(CAROL) == ["officer.offer_same"]


def test_the_search_goes_on_without_the_answer_of_whoever_has_the_other():
    world = linked_world(held_by(CAROL))
    world.notify(0)
    world.tap(ALICE, "decline")
    assert world.workflow.resumed == []
    world.tap(BOB, "decline")
    assert [outcome for _, outcome in world.workflow.resumed] == ["declined"]


def test_nobody_else_reached_is_nobody_on_duty_and_the_other_may_still_accept():
    world = linked_world(held_by(CAROL), people=(CAROL, DORA))
    with pytest.raises(NobodyOnDuty):
        world.notify(0)
    world.tap(CAROL, "accept")
    assert world.report.acknowledged_by == "carol"


@pytest.mark.parametrize(
    "holder",
    [
        DORA,  # the desk sends nobody
        officer("off", on_duty=False),
        officer("elsewhere", "unknown-unit"),
    ],
    ids=["desk", "off duty", "unknown unit"],
)
def test_who_has_the_other_and_is_not_asked(holder):
    world = linked_world(held_by(holder), people=(ALICE, holder))
    world.notify(0)
    assert world.told(holder) == []
    assert "same" not in card(world, ALICE).name
    assert f"111-AAA ({holder.name_th} รับแล้ว)" in written(card(world, ALICE))


def test_who_accepted_the_other_after_the_offer_was_written_is_not_asked_in_vain():
    world = linked_world(beside)
    world.notify(0)
    world.store.reports[OTHER] = accepted_by(CAROL, world.store.reports[OTHER])
    world.notify(0, "token-again")
    assert world.told(CAROL) == []


def test_a_linked_report_that_cannot_be_read_costs_no_offer():
    world = linked_world(held_by(CAROL))
    world.reports.plan("get", None, TemporaryFailure("throttled"))
    world.notify(0)
    assert world.told(ALICE) == ["officer.offer"]


def test_one_that_was_cancelled_since_is_not_named():
    reason = ClosingReason.CANCELLED_BY_REPORTER
    world = linked_world(lambda report: beside(report, status=Status.CLOSED, closing_reason=reason))
    world.notify(0)
    assert "111-AAA" not in written(card(world, ALICE))


def test_the_desk_is_told_as_well():
    world = linked_world(held_by(CAROL), ladder=ladder_of())
    world.notify(0)
    assert card(world, DORA).name == "officer.offer_desk"
    assert "111-AAA" in written(card(world, DORA))


def test_a_card_names_three_and_counts_the_rest():
    ids = [f"{n}" * 32 for n in range(1, 6)]
    world = linked_world(*(lambda report, i=i: beside(report, i) for i in ids))
    world.notify(0)
    text = written(card(world, ALICE))
    assert "111-AAA (ยังไม่มีใครรับ), 222-AAA (ยังไม่มีใครรับ), 333-AAA (ยังไม่มีใครรับ), และอีก 2 เหตุ" in text


def test_the_page_of_an_sms_shows_it_to_whoever_may_go():
    world = linked_world(held_by(CAROL))
    world.notify(0)
    links = Links()
    token = links.link_for(REPORT, ALICE.unit_id, "alice", world.clock.now()).removeprefix(BASE_URL)

    def page():
        shown = show_link(
            token,
            None,
            None,
            links=links,
            reports=world.reports,
            responders=world.responders,
            clock=world.clock,
        )
        return AnswerPage().sheet(shown, token)

    assert f"111-AAA ({CAROL.name_th} รับแล้ว)" in page()
    world.tap(BOB, "accept")
    assert "111-AAA" not in page()  # taken: not theirs any more


# --- closing -----------------------------------------------------------------------------------


def closed(world, who=ALICE, event_id=None):
    world.notify(0)
    world.tap(who, "accept")
    world.tap(who, "close", ClosingReason.FALSE_ALARM, event_id)
    return world.answered


def buttons(prompt):
    (message,) = render([prompt], "th")
    rows = message["contents"].get("footer", {}).get("contents", [])
    return [row["action"]["data"] for row in rows]


def test_closing_offers_to_close_the_linked_ones_that_are_theirs_and_no_others():
    world = linked_world(held_by(ALICE), held_by(CAROL, THIRD))
    prompt = closed(world, event_id="once")
    assert prompt.name == "officer.done"
    assert buttons(prompt) == [f"o=close&r={OTHER}&why=false_alarm"]
    assert world.store.reports[OTHER].status is Status.ON_SCENE  # nothing is closed unasked
    world.tap(ALICE, "close", ClosingReason.FALSE_ALARM, "twice")
    assert buttons(world.answered) == [f"o=close&r={OTHER}&why=false_alarm"]


def test_the_button_closes_the_other_for_the_same_reason():
    world = linked_world(held_by(ALICE))
    (data,) = buttons(closed(world))
    event = read_event(
        {
            "type": "postback",
            "mode": "active",
            "webhookEventId": "b",
            "timestamp": 1,
            "replyToken": "r",
            "source": {"type": "user", "userId": ALICE.line_user_id},
            "postback": {"data": data},
        }
    )
    assert isinstance(event, IncomingEvent)
    assert event.given == ResponderTap("close", OTHER, "false_alarm")
    respond_to_report(
        event,
        event.given,
        reports=world.reports,
        responders=world.responders,
        messenger=world.messenger,
        workflow=world.workflow,
        clock=world.clock,
        progress_s=PROGRESS_S,
    )
    other = world.store.reports[OTHER]
    assert (other.status, other.closing_reason) == (Status.CLOSED, ClosingReason.FALSE_ALARM)
    assert buttons(world.answered) == []  # the first one is closed already


def test_a_linked_report_that_cannot_be_read_keeps_nobody_from_closing():
    world = linked_world(held_by(ALICE))
    world.notify(0)
    world.tap(ALICE, "accept")
    world.follow_up()
    world.reports.plan("get", None, TemporaryFailure("throttled"))
    world.tap(ALICE, "close", ClosingReason.RESOLVED)
    assert world.report.status is Status.CLOSED
    assert buttons(world.answered) == []
    assert [outcome for _, outcome in world.workflow.resumed] == ["accepted", "closed"]


def test_a_person_of_two_units_holds_both():
    twin = replace(officer("twin", SECOND.unit_id), line_user_id=ALICE.line_user_id)
    world = linked_world(held_by(twin), people=(ALICE, twin))
    assert buttons(closed(world)) == [f"o=close&r={OTHER}&why=false_alarm"]


# --- what reporters see -------------------------------------------------------------------------


def test_reporters_are_told_how_many_others_there_are_and_nothing_of_them():
    world = linked_world(held_by(CAROL), held_by(BOB, THIRD))
    prompt = status_prompt(reporter_view(world.report))
    assert prompt.name == "status.dispatched"
    text = written(prompt)
    assert "มีการแจ้งเหตุใกล้จุดนี้อีก 2 ครั้ง" in text
    assert not any(word in text for word in ("111-AAA", "222-AAA", "carol", "bob"))


@pytest.mark.parametrize("status", [Status.OPENED, Status.CLOSED])
def test_before_the_dispatch_and_after_the_end_reporters_are_told_of_no_others(world, status):
    reason = ClosingReason.RESOLVED if status is Status.CLOSED else None
    report = replace(world.report, status=status, linked=(OTHER,), closing_reason=reason)
    assert "ใกล้จุดนี้อีก" not in written(status_prompt(reporter_view(report)))


def test_each_reporter_is_told_the_status_of_their_own_report():
    world = linked_world(held_by(ALICE))
    other = world.store.reports[OTHER]
    closed(world)
    world.conclude()
    assert world.told()[-1].startswith("status.closed")
    assert world.messenger.pushed_to(other.reporter_id) == []
    made = response.close_as_responder(
        other, ClosingReason.RESOLVED, "alice", now=world.clock.now()
    )
    assert made.report.linked == (REPORT,)


def test_reopening_keeps_the_links(world):
    report = replace(
        world.report,
        status=Status.CLOSED,
        closing_reason=ClosingReason.RESOLVED,
        linked=(OTHER,),
    )
    assert response.reopen(report, now=world.clock.now()).linked == (OTHER,)


def test_first_steps(world):
    later = replace(world.report, ladder=replace(world.report.ladder, begins=3))
    assert [step for step in range(6) if dispatch.is_first(later, step)] == [0, 3]
    assert DESK_UNIT_ID not in {unit.unit_id for unit in later.rung_at(3).units}
    assert SAME_WITHIN_S == 30 * 60

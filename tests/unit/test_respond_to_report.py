"""A responder's tap: who may act, the first one wins, the same tap twice is one."""

from dataclasses import replace

import pytest

from ess.adapters.memory.clock import MemoryClock
from ess.adapters.memory.messenger import MemoryMessenger
from ess.adapters.memory.reports import MemoryReports
from ess.adapters.memory.store import MemoryStore
from ess.adapters.memory.workflow import MemoryWorkflow
from ess.domain import report as incident
from ess.domain.errors import TemporaryFailure
from ess.domain.geo import Point
from ess.domain.incoming import IncomingEvent, ResponderTap
from ess.domain.kinds import Kind
from ess.domain.ladder import Rung, RungKind, build_ladder
from ess.domain.report import ClosingReason, Notified, Report, Status
from ess.usecases.respond_to_report import respond_to_report

REPORT = "0" * 32
ALICE, BOB, EVE = ("U" + c * 32 for c in "abe")
STATION = Rung("np-mueang", "สภ.เมือง", "Mueang", RungKind.STATION, 1200.0)
PEOPLE = (
    Notified("alice", "np-mueang", "ร.ต.อ.หญิง เอ", "Capt. A", 0, ALICE),
    Notified("bob", "np-mueang", "ด.ต. บี", "Sgt. B", 0, BOB),
)


class World:
    def __init__(self):
        self.store = MemoryStore()
        self.reports = MemoryReports(self.store)
        self.messenger = MemoryMessenger()
        self.workflow = MemoryWorkflow()
        self.clock = MemoryClock()
        self.taps = 0
        self.store.reports[REPORT] = Report(
            REPORT,
            "K7P-2MX",
            "U" + "9" * 32,
            None,
            Kind.ASSAULT,
            Point(17.4, 104.8),
            1.0,
            1.0,
            status=Status.NOTIFIED,
            phone="+66812345678",
            ladder=build_ladder([STATION]),
            rung=0,
            attempt=1,
            notified=PEOPLE,
            token="token-1",
        )

    @property
    def report(self):
        return self.store.reports[REPORT]

    def tap(self, user, act, reason=None, event_id=None, report_id=REPORT):
        self.taps += 1
        event_id = event_id or f"tap-{self.taps}"
        tap = ResponderTap(act, report_id, reason)
        event = IncomingEvent(event_id, user, f"reply-{event_id}", tap)
        respond_to_report(
            event,
            tap,
            reports=self.reports,
            messenger=self.messenger,
            workflow=self.workflow,
            clock=self.clock,
            progress_s=600,
        )

    @property
    def said(self):
        return self.messenger.replies[-1].prompts[0]


@pytest.fixture
def world():
    return World()


def test_accepting_costs_one_read_and_one_write_and_wakes_the_workflow(world):
    world.tap(ALICE, "accept")
    assert world.reports.calls == {"get": 1, "save": 1}
    assert world.report.status is Status.ACKNOWLEDGED
    assert world.report.acknowledged_by == "alice"
    assert world.workflow.resumed == [("token-1", "accepted")]
    assert world.said.name == "officer.accepted"


def test_only_the_one_who_goes_gets_the_number(world):
    world.tap(ALICE, "accept")
    assert world.said.params["phone"] == "+66812345678"
    world.tap(BOB, "accept")
    assert "phone" not in world.said.params
    assert "latitude" not in world.said.params


def test_nobody_gets_the_number_of_someone_who_cannot_talk(world):
    world.store.reports[REPORT] = replace(world.report, can_talk=False)
    world.tap(ALICE, "accept")
    assert world.said.params["phone"] is None
    assert world.said.params["can_talk"] is False


def test_the_first_one_wins(world):
    world.tap(ALICE, "accept")
    world.tap(BOB, "accept")
    assert world.report.acknowledged_by == "alice"
    assert world.said.name == "officer.already_taken"
    assert world.said.params["responder_en"] == "Capt. A"


def test_the_first_one_wins_in_a_race_too(world):
    world.reports.plan("save", lambda: world.tap(BOB, "accept"))
    world.tap(ALICE, "accept")
    assert world.report.acknowledged_by == "bob"
    assert world.said.name == "officer.already_taken"
    assert world.workflow.resumed == [("token-1", "accepted")]


def test_a_stranger_may_do_nothing(world):
    for act in ("accept", "decline", "on_the_way", "on_scene", "close"):
        world.tap(EVE, act)
        assert world.said.name == "officer.unknown"
    assert world.report.status is Status.NOTIFIED
    assert world.workflow.resumed == []


def test_an_unknown_report_is_answered_like_one_of_somebody_else(world):
    world.tap(ALICE, "accept", report_id="f" * 32)
    assert world.said.name == "officer.unknown"
    assert world.said.params == {}


def test_the_same_tap_again_is_answered_once_and_changes_nothing(world):
    world.tap(ALICE, "accept", event_id="same")
    before = world.report
    world.tap(ALICE, "accept", event_id="same")
    assert world.report == before
    assert len(world.messenger.replies) == 1
    assert world.messenger.pushes == []


def test_a_delivery_that_ended_early_is_finished_by_the_next(world):
    world.workflow.plan("resume", TemporaryFailure("throttled"))
    with pytest.raises(TemporaryFailure):
        world.tap(ALICE, "accept", event_id="same")
    world.tap(ALICE, "accept", event_id="same")
    assert world.workflow.resumed == [("token-1", "accepted")]
    assert world.said.name == "officer.accepted"


def test_one_decline_waits_for_the_others_and_the_last_moves_on(world):
    world.tap(ALICE, "decline")
    assert world.workflow.resumed == []
    world.tap(BOB, "decline")
    assert world.workflow.resumed == [("token-1", "declined")]


def test_the_whole_way_to_closed(world):
    world.tap(ALICE, "accept")
    world.store.reports[REPORT] = replace(world.report, token="token-2")
    world.tap(ALICE, "on_the_way")
    assert world.workflow.resumed[-1] == ("token-2", "progress")
    world.store.reports[REPORT] = replace(world.report, token="token-3")
    world.tap(ALICE, "on_scene")
    world.tap(ALICE, "close")
    assert world.said.name == "officer.close_reasons"
    assert world.report.status is Status.ON_SCENE
    world.tap(ALICE, "close", ClosingReason.RESOLVED)
    assert world.report.status is Status.CLOSED
    assert world.report.closing_reason is ClosingReason.RESOLVED
    assert world.said.name == "officer.done"


@pytest.mark.parametrize("act", ["on_the_way", "on_scene", "close"])
def test_only_the_one_who_accepted_reports_progress(world, act):
    world.tap(ALICE, "accept")
    world.tap(BOB, act, ClosingReason.RESOLVED if act == "close" else None)
    assert world.said.name == "officer.not_yours"
    assert world.report.status is Status.ACKNOWLEDGED


def test_a_step_back_is_refused(world):
    world.tap(ALICE, "accept")
    world.tap(ALICE, "on_scene")
    world.tap(ALICE, "on_the_way")
    assert world.said.name == "officer.not_now"
    assert world.report.status is Status.ON_SCENE


def test_a_responder_cannot_close_as_the_reporter(world):
    world.tap(ALICE, "accept")
    world.tap(ALICE, "close", ClosingReason.CANCELLED_BY_REPORTER)
    assert world.said.name == "officer.not_now"
    assert world.report.status is Status.ACKNOWLEDGED


def test_after_a_cancellation_every_tap_says_so(world):
    change = incident.close(
        world.report, ClosingReason.CANCELLED_BY_REPORTER, now=2.0, actor="reporter"
    )
    world.reports.save(change)
    for act in ("accept", "decline", "on_scene"):
        world.tap(ALICE, act)
        assert world.said.name == "officer.closed"


def test_whoever_accepted_and_cannot_go_gives_it_back_and_others_are_asked_at_once(world):
    world.tap(ALICE, "accept")
    world.store.reports[REPORT] = replace(world.report, token="token-2")
    world.tap(ALICE, "decline")
    assert world.report.status is Status.NOTIFIED
    assert world.report.acknowledged_by is None
    assert world.report.declined == ("alice",)
    assert world.workflow.resumed[-1] == ("token-2", "progress")
    assert world.said.name == "officer.declined"
    world.tap(BOB, "accept")
    assert world.report.acknowledged_by == "bob"

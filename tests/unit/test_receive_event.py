"""One webhook event: one read, one conditional write, one answer; what failures leave behind."""

from dataclasses import replace

import pytest

from ess.adapters.memory.clock import MemoryClock
from ess.adapters.memory.conversations import MemoryConversations
from ess.adapters.memory.messenger import MemoryMessenger
from ess.adapters.memory.reports import MemoryReports
from ess.adapters.memory.store import MemoryStore
from ess.adapters.memory.workflow import MemoryWorkflow
from ess.domain import conversation as talk
from ess.domain.errors import PermanentFailure, ReplyTokenSpent, TemporaryFailure
from ess.domain.geo import Point
from ess.domain.incoming import IncomingEvent
from ess.domain.kinds import Kind
from ess.domain.ladder import When
from ess.domain.report import Status
from ess.ports.workflow import Execution
from ess.usecases.receive_event import TRIES, receive_event
from tests.unit import incident_kit as incident

USER = "U" + "a" * 32
PIN = Point(17.392, 104.770)


class World:
    def __init__(self):
        self.store = MemoryStore()
        self.conversations = MemoryConversations(self.store)
        self.reports = MemoryReports(self.store)
        self.messenger = MemoryMessenger()
        self.workflow = MemoryWorkflow()
        self.clock = MemoryClock()

    def receive(self, event_id, given, reply_token="auto"):
        token = f"reply-{event_id}" if reply_token == "auto" else reply_token
        event = IncomingEvent(event_id, USER, token, given)
        return receive_event(
            event,
            given,
            conversations=self.conversations,
            messenger=self.messenger,
            workflow=self.workflow,
            clock=self.clock,
            grace_s=60,
            read_phone=lambda text: "+66812345678" if text.startswith("08") else None,
        )

    def to_phone_step(self):
        self.receive("e1", talk.KindChosen(Kind.ASSAULT))
        self.receive("e2", talk.PinShared(PIN))

    @property
    def stored(self):
        return self.store.conversations[USER]

    @property
    def report(self):
        (report,) = self.store.reports.values()
        return report


@pytest.fixture
def world():
    return World()


def test_an_event_costs_one_read_and_one_write(world):
    assert world.receive("e1", talk.ReportAsked())
    assert world.conversations.calls == {"get": 1, "save": 1}
    assert len(world.messenger.replies) == 1


def test_a_duplicate_costs_one_read_and_changes_nothing(world):
    world.receive("e1", talk.ReportAsked())
    before = world.stored
    assert not world.receive("e1", talk.ReportAsked())
    assert world.conversations.calls == {"get": 2, "save": 1}
    assert world.stored == before
    assert len(world.messenger.replies) == 1
    assert world.messenger.pushes == []


def test_an_old_duplicate_is_not_answered_again(world):
    world.receive("e1", talk.ReportAsked())
    world.receive("e2", talk.KindChosen(Kind.ASSAULT))
    world.messenger.spent_tokens.clear()
    assert not world.receive("e1", talk.ReportAsked())
    assert len(world.messenger.replies) == 2


def test_the_report_and_the_conversation_are_stored_together(world):
    world.to_phone_step()
    assert world.stored.active.report_id == world.report.report_id
    assert world.report.status is Status.OPENED
    assert world.workflow.started == []
    world.receive("e3", talk.TextSent("0812345678"))
    assert world.report.status is Status.DISPATCHED
    assert world.report.phone == "+66812345678"
    assert world.workflow.started == [world.report.report_id]
    actions = [e.action for e in world.reports.timeline(world.report.report_id)]
    assert actions == ["opened", "dispatched"]


def test_a_concurrent_delivery_of_the_same_event_has_the_effect_of_one(world):
    world.to_phone_step()
    world.conversations.plan("save", lambda: world.receive("e3", talk.TextSent("0812345678")))
    assert not world.receive("e3", talk.TextSent("0812345678"))
    assert world.workflow.started == [world.report.report_id]
    assert world.report.version == 2


def test_a_race_with_another_event_is_run_again_on_what_is_true_now(world):
    world.receive("e1", talk.ReportAsked())
    world.conversations.plan("save", lambda: world.receive("e2", talk.KindChosen(Kind.ASSAULT)))
    assert world.receive("e3", talk.PinShared(PIN))
    assert world.report.kind is Kind.ASSAULT
    assert world.stored.recent_events == ("e1", "e2", "e3")


def test_a_worker_that_writes_in_between_is_not_overwritten(world):
    world.to_phone_step()
    world.receive("e3", talk.CallDeclined())

    def worker():
        from ess.domain.report import Change

        after = replace(world.report, status=Status.NOTIFIED, version=world.report.version + 1)
        world.reports.save(Change(after, ()))

    world.conversations.plan("save", worker)
    world.receive("e4", talk.MenuAsked())
    assert world.stored.active.status is Status.NOTIFIED


def test_an_endless_race_ends_in_another_delivery(world):
    ids = iter(range(100))
    world.conversations.plan(
        "save",
        *[lambda: world.receive(f"other-{next(ids)}", talk.MenuAsked()), None] * TRIES,
    )
    with pytest.raises(TemporaryFailure):
        world.receive("e1", talk.ReportAsked())
    assert "e1" not in world.stored.recent_events


def test_a_store_that_does_not_answer_leaves_nothing_and_asks_for_redelivery(world):
    world.conversations.plan("save", TemporaryFailure("throttled"))
    with pytest.raises(TemporaryFailure):
        world.receive("e1", talk.ReportAsked())
    assert world.messenger.replies == []
    assert world.receive("e1", talk.ReportAsked())


def test_a_spent_reply_token_is_answered_by_push_once(world):
    world.messenger.plan("reply", ReplyTokenSpent("a minute has passed"))
    assert world.receive("e1", talk.ReportAsked())
    assert [p.line_user_id for p in world.messenger.pushes] == [USER]


def test_without_a_reply_token_the_answer_is_pushed(world):
    world.receive("e1", talk.ReportAsked(), reply_token=None)
    assert len(world.messenger.pushes) == 1


def test_an_answer_that_line_did_not_take_is_given_on_redelivery(world):
    world.messenger.plan("reply", TemporaryFailure("LINE answered 500"))
    with pytest.raises(TemporaryFailure):
        world.receive("e1", talk.ReportAsked())
    assert not world.receive("e1", talk.ReportAsked())
    (reply,) = world.messenger.replies
    assert [p.name for p in reply.prompts] == ["ask_kind"]
    assert world.stored.version == 1


def test_a_workflow_that_does_not_start_is_started_on_redelivery_and_the_reporter_answered(world):
    world.to_phone_step()
    world.workflow.plan("start", TemporaryFailure("throttled"))
    with pytest.raises(TemporaryFailure):
        world.receive("e3", talk.TextSent("0812345678"))
    assert [p.name for p in world.messenger.replies[-1].prompts] == ["received"]
    assert not world.receive("e3", talk.TextSent("0812345678"))
    assert world.workflow.started == [world.report.report_id]


def test_the_reporter_is_answered_even_if_the_workflow_refuses_for_good(world):
    world.to_phone_step()
    world.workflow.plan("start", PermanentFailure("AccessDenied"))
    with pytest.raises(PermanentFailure):
        world.receive("e3", talk.TextSent("0812345678"))
    assert [p.name for p in world.messenger.replies[-1].prompts] == ["received"]


def test_the_workflow_is_started_even_if_line_does_not_take_the_answer(world):
    world.to_phone_step()
    world.messenger.plan("reply", TemporaryFailure("LINE answered 500"))
    with pytest.raises(TemporaryFailure):
        world.receive("e3", talk.TextSent("0812345678"))
    assert world.workflow.started == [world.report.report_id]


def test_a_redelivery_after_newer_messages_still_starts_the_workflow(world):
    world.to_phone_step()
    world.workflow.plan("start", TemporaryFailure("throttled"))
    with pytest.raises(TemporaryFailure):
        world.receive("e3", talk.TextSent("0812345678"))
    world.receive("e4", talk.StatusAsked())
    world.receive("e3", talk.TextSent("0812345678"))
    assert world.workflow.started == [world.report.report_id]


def test_unfollowing_is_stored_and_not_answered(world):
    world.receive("e1", talk.KindChosen(Kind.ASSAULT))
    world.receive("e2", talk.Unfollowed(), reply_token=None)
    assert world.stored.draft is None
    assert world.messenger.pushes == []


# --- a report that is accepted, closed, reopened --------------------------------------------------

NOBODY_CAME = talk.NobodyCame(incident.REPORT)


def accepted(**fields):
    world = incident.World(incident.ALICE, incident.BOB, **fields)
    world.workflow.start(incident.REPORT)
    world.notify()
    world.tap(incident.ALICE, "accept")
    world.follow_up("accepted", "token-2")
    return world


def closed(**fields):
    world = accepted(**fields)
    world.tap(incident.ALICE, "close", "resolved")
    world.conclude()
    return world


def test_reopening_stores_the_report_and_starts_another_execution():
    world = closed()
    before = world.report
    assert world.say(NOBODY_CAME)
    report = world.report
    assert (report.status, report.run, report.reopened, report.reference) == (
        Status.DISPATCHED,
        2,
        1,
        before.reference,
    )
    assert sorted(world.workflow.states) == [(incident.REPORT, 1), (incident.REPORT, 2)]
    assert world.actions.count("reopened") == 1
    assert world.shown == "status.dispatched"


def test_reopening_whose_workflow_does_not_start_is_started_on_redelivery():
    world = closed()
    world.workflow.plan("start", TemporaryFailure("throttled"))
    with pytest.raises(TemporaryFailure):
        world.say(NOBODY_CAME, "again")
    assert not world.say(NOBODY_CAME, "again")
    assert (incident.REPORT, 2) in world.workflow.states
    assert world.report.reopened == 1


def test_reopening_after_the_auditor_told_the_end_again_counts_on_from_there():
    world = closed()
    world.workflow.states[incident.REPORT, 1] = Execution.FAILED
    world.audit()
    assert world.report.run == 2
    world.say(NOBODY_CAME)
    assert world.report.run == world.store.conversations[incident.REPORTER].active.run == 3
    assert (incident.REPORT, 3) in world.workflow.states


def test_a_reopening_that_loses_to_the_auditor_is_decided_anew():
    world = closed()
    world.workflow.states[incident.REPORT, 1] = Execution.FAILED
    world.conversations.plan("save", world.audit)
    assert world.say(NOBODY_CAME)
    assert world.report.run == 3
    assert (incident.REPORT, 3) in world.workflow.states


def test_that_somebody_came_leaves_the_report_closed():
    world = closed(may_ask=True)
    assert world.told()[-1] == "status.closed_ask"
    before = world.report
    world.say(talk.HelpCame(incident.REPORT))
    assert world.report == replace(before, version=before.version + 1)
    assert "help_confirmed" in world.actions


@pytest.mark.parametrize(
    ("given", "news"),
    [
        (talk.TextSent("+66898765432"), "phone_added"),
        (talk.CallDeclined(), "no_call"),
        (NOBODY_CAME, "nobody_came"),
    ],
)
def test_news_that_did_not_reach_the_workflow_does_so_on_redelivery(given, news):
    world = accepted()
    world.workflow.plan("resume", TemporaryFailure("throttled"))
    with pytest.raises(TemporaryFailure):
        world.say(given, "again")
    version = world.report.version
    assert not world.say(given, "again")
    assert world.workflow.resumed[-1] == ("token-2", news)
    assert world.report.version == version


def test_news_delivered_again_after_the_officer_gave_the_report_back_wakes_nobody():
    world = accepted()
    world.say(NOBODY_CAME, "again")
    world.tap(incident.ALICE, "hand_over", "cannot_reach")
    world.notify(2, "token-3")
    resumed = list(world.workflow.resumed)
    world.say(NOBODY_CAME, "again")
    assert world.workflow.resumed == resumed


def test_a_report_that_was_accepted_while_its_reporter_wrote_is_decided_anew():
    world = incident.World(incident.ALICE)
    world.notify()
    world.conversations.plan("save", lambda: world.tap(incident.ALICE, "accept"))
    world.say(NOBODY_CAME)
    assert world.report.nobody_came == 1
    assert world.workflow.resumed[-1] == ("token-1", "accepted")


def test_asking_is_allowed_until_the_end():
    world = accepted()
    world.say(talk.AskingAllowed())
    assert world.report.may_ask
    assert "asking_allowed" in world.actions
    world.tap(incident.ALICE, "close", "resolved")
    world.conclude()
    assert world.told()[-1] == "status.closed_ask"


def test_the_reporters_copy_stays_true_through_a_whole_report():
    ladder = incident.ladder_of(incident.FIRST, notices=[((incident.SOCIAL,), When.UNANSWERED)])
    world = closed(ladder=ladder)
    world.say(NOBODY_CAME)
    world.notify(0, "token-9", run=2)
    view = talk.reporter_view(world.report)
    assert world.store.conversations[incident.REPORTER].active == view

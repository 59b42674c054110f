"""One webhook event: one read, one conditional write, one answer; what failures leave behind."""

from dataclasses import replace

import pytest

from ess.adapters.line.events import read_event
from ess.adapters.memory.clock import MemoryClock
from ess.adapters.memory.conversations import MemoryConversations
from ess.adapters.memory.media_queue import MemoryMediaQueue
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
from ess.domain.lexicon import read_lexicon
from ess.domain.media import REPORTER, MediaItem, MediaKind
from ess.domain.report import Change, ClosingReason, Status
from ess.domain.reporter import Block
from ess.domain.understanding import understand
from ess.messages import catalogue
from ess.ports.workflow import Execution
from ess.usecases.receive_event import TRIES, receive_event
from tests.unit import incident_kit as incident

USER = "U" + "a" * 32
PIN = Point(17.392, 104.770)
LEXICON = read_lexicon(catalogue.load("lexicon"))


class World:
    def __init__(self):
        self.store = MemoryStore()
        self.conversations = MemoryConversations(self.store)
        self.reports = MemoryReports(self.store)
        self.messenger = MemoryMessenger()
        self.workflow = MemoryWorkflow()
        self.media = MemoryMediaQueue()
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
            understand=lambda text: understand(text, LEXICON),
            media=lambda: self.media,
            reports=lambda: self.reports,
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


def test_an_answer_on_redelivery_makes_no_sound_for_somebody_who_cannot_talk(world):
    world.receive("e1", talk.ReportAsked())
    world.messenger.plan("reply", TemporaryFailure("down"))
    with pytest.raises(TemporaryFailure):
        world.receive("e2", talk.CallDeclined())
    assert not world.receive("e2", talk.CallDeclined())
    assert world.messenger.replies[-1].silent


def test_a_draft_beside_a_report_of_somebody_who_cannot_talk_is_answered_without_a_sound(world):
    world.to_phone_step()
    world.receive("e3", talk.CallDeclined())
    world.receive("e4", talk.ReportAsked(fresh=True))
    assert world.stored.draft is not None
    assert world.messenger.replies[-1].silent


@pytest.mark.parametrize("fails", [False, True])
def test_the_answer_that_ends_a_report_of_somebody_who_cannot_talk_makes_no_sound(world, fails):
    world.to_phone_step()
    world.receive("e3", talk.CallDeclined())
    cancel = talk.CancelConfirmed(world.report.report_id, "other")
    if fails:
        world.messenger.plan("reply", TemporaryFailure("down"))
        with pytest.raises(TemporaryFailure):
            world.receive("e4", cancel)
    world.receive("e4", cancel)
    assert [prompt.name for prompt in world.messenger.replies[-1].prompts] == ["cancelled"]
    assert world.messenger.replies[-1].silent


def test_a_status_on_redelivery_is_the_one_that_is_true_then(world):
    world.to_phone_step()
    world.receive("e3", talk.NumberMissing())
    world.messenger.plan("reply", TemporaryFailure("down"))
    with pytest.raises(TemporaryFailure):
        world.receive("e4", talk.StatusAsked())
    after = replace(world.report, status=Status.NOTIFIED, version=world.report.version + 1)
    world.reports.save(Change(after, ()))
    assert not world.receive("e4", talk.StatusAsked())
    assert [prompt.name for prompt in world.messenger.replies[-1].prompts] == ["status.notified"]


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


# --- what is typed and sent ----------------------------------------


def test_what_is_typed_reaches_the_report(world):
    world.receive("e1", talk.TextSent("โดนทำร้าย"))
    world.receive("e2", talk.TextSent("17.4064, 104.7866"))
    world.receive("e3", talk.TextSent("0812345678 เขาถือมีดอยู่ชั้น 3"))
    world.receive("e4", talk.TextSent("เขากลับมาแล้ว"))
    report = world.report
    assert (report.kind, report.pin) == (Kind.ASSAULT, Point(17.4064, 104.7866))
    assert report.notes == ("โดนทำร้าย", "เขาถือมีดอยู่ชั้น 3", "เขากลับมาแล้ว")
    assert report.details == len(report.notes)
    assert world.stored.active == talk.reporter_view(report)
    lines = world.reports.timeline(report.report_id)
    assert [line.action for line in lines] == ["opened", "dispatched", "detail_added"]
    assert not any("มีด" in str(line) or "กลับ" in str(line) for line in lines)


def test_a_file_is_fetched_before_the_conversation_forgets_it(world):
    world.to_phone_step()
    item = MediaItem(world.report.report_id, "77", MediaKind.IMAGE, REPORTER, "e3")
    world.conversations.plan("save", TemporaryFailure("throttled"))
    with pytest.raises(TemporaryFailure):
        world.receive("e3", talk.MediaSent("image", "77"))
    assert world.receive("e3", talk.MediaSent("image", "77"))
    assert world.media.items == [item, item]  # the same, so that it is kept once
    assert not world.receive("e3", talk.MediaSent("image", "77"))
    assert len(world.media.items) == 2


def test_a_file_that_cannot_be_queued_is_delivered_again(world):
    world.to_phone_step()
    world.media.plan("put", TemporaryFailure("throttled"))
    with pytest.raises(TemporaryFailure):
        world.receive("e3", talk.MediaSent("image", "77"))
    assert "e3" not in world.stored.recent_events


@pytest.mark.parametrize("why", talk.CANCEL_REASONS)
def test_why_it_was_cancelled_is_in_the_timeline_and_blames_nobody(world, why):
    world.to_phone_step()
    world.receive("e3", talk.CallDeclined())
    report_id = world.report.report_id
    world.receive("e4", talk.TextSent("ปลอดภัยแล้ว"))
    assert [p.name for p in world.messenger.replies[-1].prompts] == ["note_kept", "cancel_confirm"]
    world.receive("e5", talk.CancelConfirmed(report_id))
    world.receive("e6", talk.CancelConfirmed(report_id, why))
    line = world.reports.timeline(report_id)[-1]
    assert (line.actor, line.action) == ("reporter", "closed")
    assert line.detail == {"reason": "cancelled_by_reporter", "why": why}
    assert world.report.cancel_why == why
    assert world.report.closing_reason is ClosingReason.CANCELLED_BY_REPORTER


# --- an older report ----------------------------------------


@pytest.fixture
def two(world):
    """Somebody with two open reports; returns the ids, the older one first."""
    for number, kind in ((1, Kind.ASSAULT), (2, Kind.CONFINEMENT)):
        for part, given in enumerate(
            (
                talk.ReportAsked(fresh=True),
                talk.KindChosen(kind),
                talk.PinShared(PIN),
                talk.CallDeclined(),
            )
        ):
            world.receive(f"r{number}.{part}", given)
    older, newer = world.store.reports
    return older, newer


def answered(world):
    return [prompt.name for prompt in world.messenger.replies[-1].prompts]


def moved_on(world, report_id, **changes):
    """Let a worker write to a report, as it does whatever its reporter's conversation is about."""
    report = world.store.reports[report_id]
    world.reports.save(Change(replace(report, version=report.version + 1, **changes), ()))


def test_an_older_open_report_is_listed_with_the_status(world, two):
    older, newer = two
    world.receive("e1", talk.StatusAsked())
    assert answered(world) == ["status.dispatched", "other_reports"]
    assert world.messenger.replies[-1].prompts[1].params["other_1_id"] == older
    assert world.stored.active.report_id == newer


def test_going_back_to_it_shows_it_as_it_is_now(world, two):
    older, newer = two
    moved_on(world, older, status=Status.NOTIFIED, reached=("np-1",), token="token-older")
    world.receive("e1", talk.SwitchAsked(older))
    assert answered(world) == ["status.notified", "other_reports"]
    assert world.stored.active == talk.reporter_view(world.store.reports[older])
    assert [other.report_id for other in world.stored.others] == [newer]
    world.receive("e2", talk.SwitchAsked(newer))
    assert world.stored.active.report_id == newer
    assert [other.report_id for other in world.stored.others] == [older]


def test_from_then_on_its_copy_is_kept_true_and_words_go_to_it(world, two):
    older, newer = two
    world.receive("e1", talk.SwitchAsked(older))
    moved_on(world, older, status=Status.ACKNOWLEDGED, token="token-older")
    world.receive("e2", talk.TextSent("เขามีมีด"))
    assert world.store.reports[older].notes == ("เขามีมีด",)
    assert world.store.reports[newer].notes == ()
    assert world.workflow.resumed == [("token-older", "details")]


def test_it_is_cancelled_by_its_own_button_whatever_is_spoken_of(world, two):
    older, newer = two
    moved_on(world, older, status=Status.NOTIFIED, token="token-older")
    world.receive("e1", talk.CancelConfirmed(older))
    assert answered(world) == ["cancel_reasons"]
    assert world.store.reports[older].status is Status.NOTIFIED
    world.receive("e2", talk.CancelConfirmed(older, "mistake"))
    assert world.store.reports[older].status is Status.CLOSED
    assert world.store.reports[newer].status is Status.DISPATCHED
    assert world.workflow.resumed == [("token-older", "closed")]


def test_one_that_is_closed_is_shown_closed_and_listed_no_more(world, two):
    older, newer = two
    moved_on(world, older, status=Status.CLOSED, closing_reason=ClosingReason.RESOLVED, due_at=None)
    world.receive("e1", talk.SwitchAsked(older))
    assert answered(world) == ["status.closed", "other_reports"]
    world.receive("e2", talk.SwitchAsked(newer))
    assert answered(world) == ["status.dispatched"]
    assert world.stored.others == ()


def test_what_is_written_to_it_while_it_is_brought_back_is_not_missed(world, two):
    older, _ = two
    world.conversations.plan(
        "save", lambda: moved_on(world, older, status=Status.ACKNOWLEDGED, token="late")
    )
    world.receive("e1", talk.SwitchAsked(older))
    assert world.stored.active == talk.reporter_view(world.store.reports[older])
    assert answered(world)[0] == "status.acknowledged"


def test_a_race_while_it_is_brought_back_is_run_again(world, two):
    older, _ = two
    world.conversations.plan("save", lambda: world.receive("e0", talk.MenuAsked()))
    assert world.receive("e1", talk.SwitchAsked(older))
    assert world.stored.active.report_id == older


def test_one_that_is_erased_is_forgotten(world, two):
    older, newer = two
    del world.store.reports[older]
    world.receive("e1", talk.SwitchAsked(older))
    assert answered(world)[0] == "late_button"
    assert world.stored.others == ()
    assert world.stored.active.report_id == newer


def test_nobody_gets_at_a_report_of_somebody_else(world, two):
    world.receive("e1", talk.SwitchAsked("f" * 32))
    assert answered(world)[0] == "late_button"
    assert world.reports.calls["get"] == 0


def test_only_so_many_older_ones_are_remembered():
    c = talk.Conversation(USER)
    for number in range(talk.MOST_OTHERS + 2):
        view = talk.ActiveReport(f"r{number}", "K", Kind.ASSAULT, Status.DISPATCHED, 1.0, 1.0)
        c = talk.brought_back(c, view)
    assert [other.report_id for other in c.others] == ["r1", "r2", "r3"]


# --- a report that is accepted, closed, reopened ----------------------------------------

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


# --- a cry for help, typed ----------------------------------------


def read_text(text):
    return read_event(
        {
            "type": "message",
            "webhookEventId": "e",
            "source": {"type": "user", "userId": USER},
            "message": {"type": "text", "id": "1", "text": text},
        }
    ).given


CRIES = ["ช่วยด้วย", "Help", "SOS"]


@pytest.mark.parametrize("cry", CRIES)
def test_a_cry_beside_an_open_report_reaches_the_officer(cry):
    world = accepted()
    world.say(read_text(cry))
    assert world.report.notes == (cry,)
    assert world.workflow.resumed[-1] == ("token-2", "details")
    names = [prompt.name for prompt in world.store.conversations[incident.REPORTER].last_answer]
    assert names == ["note_kept_passed", "already_open"]


@pytest.mark.parametrize("cry", CRIES)
def test_a_cry_while_the_number_is_awaited_is_kept_and_the_number_asked_for(world, cry):
    world.to_phone_step()
    world.receive("e3", read_text(cry))
    assert world.report.notes == (cry,)
    assert answered(world) == ["note_kept", "ask_phone"]


@pytest.mark.parametrize("cry", CRIES)
def test_a_cry_without_a_report_begins_one(world, cry):
    world.receive("e1", read_text(cry))
    assert answered(world) == ["ask_kind"]
    assert world.stored.draft.notes == ()


# --- an older report after the newer one is closed ----------------------------------------


def close(world, report_id):
    moved_on(
        world, report_id, status=Status.CLOSED, closing_reason=ClosingReason.RESOLVED, due_at=None
    )


@pytest.mark.parametrize(
    "given",
    [
        talk.TextSent("เขากลับมาแล้ว"),
        talk.PinShared(Point(17.393, 104.771)),
        talk.MediaSent("image", "123"),
        talk.CancelAsked(),
        talk.CallDeclined(),
        talk.ReportAsked(words="ช่วยด้วย"),
    ],
)
def test_what_is_sent_after_the_newer_one_is_closed_is_about_the_older_one(world, two, given):
    older, newer = two
    close(world, newer)
    moved_on(world, older, status=Status.ACKNOWLEDGED, token="token-older")
    world.receive("e1", given)
    assert world.stored.active.report_id == older
    assert world.stored.draft is None
    match given:
        case talk.TextSent(text):
            assert world.store.reports[older].notes == (text,)
            assert world.workflow.resumed == [("token-older", "details")]
        case talk.PinShared(pin):
            assert world.store.reports[older].pin == pin
        case talk.MediaSent():
            (item,) = world.media.items
            assert item.report_id == older
        case talk.CancelAsked():
            assert answered(world) == ["cancel_confirm"]


def test_looking_at_one_that_is_closed_makes_nobody_deaf_to_the_open_one(world, two):
    older, newer = two
    close(world, older)
    world.receive("e1", talk.HelpCame(older))
    assert world.stored.active.report_id == older
    world.receive("e2", talk.TextSent("ตอนนี้เขาพังประตู"))
    assert world.store.reports[newer].notes == ("ตอนนี้เขาพังประตู",)


def test_if_all_are_closed_words_begin_anew(world, two):
    for report_id in two:
        close(world, report_id)
    world.receive("e1", talk.TextSent("โดนทำร้าย"))
    assert answered(world) == ["ask_pin"]
    assert world.stored.others == ()


def test_a_file_sent_beside_a_draft_is_fetched_at_once_for_the_open_report(world, two):
    _, newer = two
    world.receive("e1", talk.ReportAsked(fresh=True))
    world.receive("e2", talk.MediaSent("image", "123"))
    assert answered(world) == ["media_received", "ask_kind"]
    (item,) = world.media.items
    assert item.report_id == newer


# --- one that its reporter cancelled ----------------------------------------


def test_one_that_was_cancelled_is_shown_as_cancelled_and_begun_anew(world):
    world.to_phone_step()
    world.receive("e3", talk.CallDeclined())
    world.receive("e4", talk.CancelConfirmed(world.report.report_id, "mistake"))
    world.receive("e5", talk.StatusAsked())
    assert answered(world) == ["status.cancelled"]
    world.receive("e6", talk.NobodyCame(world.report.report_id))
    assert answered(world) == ["was_cancelled", "ask_pin"]
    assert world.stored.draft.kind is Kind.ASSAULT
    world.receive("e7", talk.PinShared(PIN))
    cancelled, anew = world.store.reports.values()
    assert (cancelled.status, anew.status) == (Status.CLOSED, Status.OPENED)


# --- a report that is gone ----------------------------------------


@pytest.mark.parametrize(
    ("given", "answer"),
    [
        (talk.TextSent("โดนทำร้าย"), "ask_pin"),
        (talk.PinShared(Point(17.393, 104.771)), "ask_kind"),
        (talk.CancelConfirmed("gone", "other"), "late_button"),
    ],
)
def test_a_report_that_is_gone_does_not_block_its_reporter(world, given, answer):
    world.to_phone_step()
    world.receive("e3", talk.CallDeclined())
    if isinstance(given, talk.CancelConfirmed):
        given = replace(given, report_id=world.report.report_id)
    world.store.reports.clear()
    assert world.receive("e4", given)
    assert answered(world)[0] == answer
    assert world.stored.active is None
    assert not world.receive("e4", given)


@pytest.mark.parametrize("also_active", [False, True])
def test_an_appeal_is_passed_on_by_another_report_when_that_of_the_block_is_gone(
    world, two, also_active
):
    older, newer = two
    gone, left = (newer, older) if also_active else ("0" * 32, newer)
    world.store.reports.pop(gone, None)
    world.store.conversations[USER] = replace(world.stored, block=block_for(world, gone))
    world.receive("e1", talk.AppealAsked())
    assert answered(world) == ["appeal_sent"]
    assert (world.stored.block.report_id, world.stored.block.appeals) == (left, 1)
    assert "block_appealed" in [line.action for line in world.reports.timeline(left)]
    assert not world.receive("e1", talk.AppealAsked())


def test_a_block_that_nobody_can_review_ends_with_the_appeal(world):
    world.to_phone_step()
    world.receive("e3", talk.CallDeclined())
    held = block_for(world, world.report.report_id)
    world.store.conversations[USER] = replace(world.stored, block=held)
    world.store.reports.clear()
    assert world.receive("e4", talk.AppealAsked())
    assert answered(world)[0] == "late_button"
    assert (world.stored.block, world.stored.active) == (None, None)
    world.receive("e5", talk.ReportAsked())
    assert answered(world) == ["ask_kind"]


def test_lost_races_do_not_end_a_block(world, two):
    held = block_for(world, two[0])
    world.store.conversations[USER] = replace(world.stored, block=held)

    def race():
        world.store.conversations[USER] = replace(world.stored, version=world.stored.version + 1)

    world.conversations.plan("save", *[race] * (TRIES + 1))
    with pytest.raises(TemporaryFailure):
        world.receive("e1", talk.AppealAsked())
    assert world.stored.block == held


def block_for(world, report_id):
    now = world.clock.now()
    return Block(report_id, now, now + 1e6, "ก", "แจ้งเท็จ")


def test_with_the_newer_report_gone_words_go_to_the_older_one(world, two):
    older, newer = two
    del world.store.reports[newer]
    world.receive("e1", talk.TextSent("เขากลับมาแล้ว"))
    assert world.store.reports[older].notes == ("เขากลับมาแล้ว",)
    assert world.stored.active.report_id == older

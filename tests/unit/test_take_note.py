"""What an officer writes or sends after closing a report: added to it, once, if it was theirs."""

from dataclasses import replace

import pytest

from ess.adapters.memory.media_queue import MemoryMediaQueue
from ess.domain import conversation as talk
from ess.domain.conversation import Conversation, Step
from ess.domain.errors import TemporaryFailure
from ess.domain.incoming import IncomingEvent
from ess.domain.media import MediaItem, MediaKind
from ess.domain.officer_step import OfficerStep
from ess.domain.report import ClosingReason
from ess.domain.response import NOTE_S
from ess.usecases.take_note import TRIES, Notes
from tests.unit.incident_kit import ALICE, BOB, REPORT, World

TEXT = talk.TextSent("two injured")
PHOTO = talk.MediaSent("image", "5001")


class Closing(World):
    """Alice closes a report, and then writes; bob was asked, too."""

    def __init__(self, *, close=True):
        super().__init__(ALICE, BOB)
        self.queue = MemoryMediaQueue()
        self.notes = Notes(
            self.conversations, self.reports, self.responders, lambda: self.queue, self.messenger
        )
        self.notify()
        self.tap(ALICE, "accept")
        if close:
            self.tap(ALICE, "close", ClosingReason.RESOLVED)
        self.notes.begin(ALICE.line_user_id, REPORT, self.clock.now())

    def write(self, given=TEXT, who=ALICE, event_id="e1"):
        event = IncomingEvent(event_id, who.line_user_id, f"reply-{event_id}", given)
        conversation = self.conversations.get(who.line_user_id)
        taken = self.notes.take(event, conversation, self.clock.now())
        return taken and taken.prompt

    @property
    def noted(self):
        return [e for e in self.reports.timeline(REPORT) if e.action == "noted"]


def test_a_text_is_a_line_of_the_timeline_and_the_officer_hears_it():
    world = Closing()
    prompt = world.write()
    assert (prompt.name, prompt.params["reference"]) == ("officer.noted", "K7P-2MX")
    (line,) = world.noted
    assert (line.actor, line.detail) == ("responder:alice", {"text": "two injured"})


def test_the_same_message_again_is_one_line_and_the_same_words_later_are_another():
    world = Closing()
    for event_id in ("e1", "e1", "e2"):
        assert world.write(event_id=event_id).name == "officer.noted"
    assert len(world.noted) == 2


@pytest.mark.parametrize("kind", MediaKind)
def test_a_file_is_queued_to_be_fetched(kind):
    world = Closing()
    assert world.write(talk.MediaSent(kind.value, "5001")).name == "officer.photo_received"
    assert world.queue.items == [MediaItem(REPORT, "5001", kind, "responder:alice", "e1")]
    assert world.noted == []


@pytest.mark.parametrize(
    "given",
    [
        talk.TextSent("  "),
        talk.MediaSent("image", None),
        talk.MediaSent("sticker", "5001"),
        talk.StatusAsked(),
    ],
)
def test_what_is_neither_words_nor_a_file_is_no_note(given):
    world = Closing()
    assert world.write(given) is None
    assert (world.noted, world.queue.items) == ([], [])


@pytest.mark.parametrize("given", [TEXT, PHOTO])
def test_half_an_hour_after_the_closing_a_message_is_none_of_the_reports(given):
    world = Closing()
    world.clock.advance(NOTE_S - 1)
    assert world.write(given) is not None
    world.clock.advance(1)
    assert world.write(given, event_id="e2") is None
    assert len(world.noted) + len(world.queue.items) == 1


@pytest.mark.parametrize("given", [TEXT, PHOTO])
@pytest.mark.parametrize(
    "row",
    [
        None,
        replace(ALICE, verified=False),
        replace(ALICE, line_user_id=BOB.line_user_id),
        replace(ALICE, line_user_id=None),
    ],
)
def test_whom_the_unit_does_not_vouch_for_any_more_adds_nothing(given, row):
    world = Closing()
    if row is None:
        world.responders.remove(ALICE.unit_id, ALICE.responder_id)
    else:
        world.responders.put([row])
    assert world.write(given) is None
    assert (world.noted, world.queue.items) == ([], [])


@pytest.mark.parametrize("given", [TEXT, PHOTO])
def test_who_did_not_have_the_report_adds_nothing_even_if_the_chat_says_so(given):
    world = Closing()
    world.notes.begin(BOB.line_user_id, REPORT, world.clock.now())
    assert world.write(given, BOB) is None
    assert (world.noted, world.queue.items) == ([], [])


def test_who_is_not_closing_a_report_takes_no_notes():
    world = Closing()
    assert world.write(who=BOB) is None


def test_who_reports_something_takes_no_notes_meanwhile():
    world = Closing()
    before = world.conversations.get(ALICE.line_user_id)
    reporting = replace(before, version=before.version + 1, draft=talk.Draft())
    world.conversations.save(before, reporting, None)
    assert reporting.step is not Step.IDLE
    assert world.write() is None


def test_a_report_that_was_erased_takes_no_notes():
    world = Closing()
    del world.store.reports[REPORT]
    assert world.write() is None


def test_a_store_that_does_not_answer_has_the_event_delivered_again():
    world = Closing()
    world.responders.plan("get", TemporaryFailure())
    with pytest.raises(TemporaryFailure):
        world.write()
    assert world.write().name == "officer.noted"


def test_beginning_keeps_what_else_the_officer_is_at():
    world = Closing()
    before = world.conversations.get(BOB.line_user_id)
    step = OfficerStep(codes_sent=(1.0,))
    world.conversations.save(
        before, replace(before, version=before.version + 1, officer=step), None
    )
    world.notes.begin(BOB.line_user_id, REPORT, world.clock.now())
    kept = world.conversations.get(BOB.line_user_id).officer
    assert (kept.codes_sent, kept.noting.report_id) == ((1.0,), REPORT)
    assert kept.noting.until == world.clock.now() + NOTE_S


def racing(world, times):
    """Another event of the same person is faster, so often."""

    def faster():
        stored = world.store.conversations[ALICE.line_user_id]
        changed = replace(stored, version=stored.version + 1)
        world.store.conversations[ALICE.line_user_id] = changed

    world.conversations.plan("save", *[faster] * times)


def test_a_lost_race_is_run_again_and_not_for_ever():
    world = Closing()
    racing(world, TRIES - 1)
    world.notes.begin(ALICE.line_user_id, "f" * 32, world.clock.now())
    assert world.conversations.get(ALICE.line_user_id).officer.noting.report_id == "f" * 32
    racing(world, TRIES)
    with pytest.raises(TemporaryFailure):
        world.notes.begin(ALICE.line_user_id, REPORT, world.clock.now())


def test_in_the_webhook_a_note_answers_the_officer_and_is_no_report_of_theirs():
    world = Closing()
    replies = len(world.messenger.replies)
    for _ in range(2):
        event = IncomingEvent("n1", ALICE.line_user_id, "reply-n1", TEXT)
        world.receive(event, TEXT, notes=world.notes)
    answers = [p.name for r in world.messenger.replies[replies:] for p in r.prompts]
    assert answers == ["officer.noted"]
    conversation = world.conversations.get(ALICE.line_user_id)
    assert isinstance(conversation, Conversation)
    assert (conversation.draft, conversation.active) == (None, None)
    assert len(world.noted) == 1

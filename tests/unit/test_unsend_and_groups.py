"""What is taken back is gone; a group is told once; a profile's language is the person's."""

from dataclasses import replace

import pytest

from ess.adapters.line.events import read_event
from ess.adapters.memory.clock import MemoryClock
from ess.adapters.memory.conversations import MemoryConversations
from ess.adapters.memory.messenger import MemoryMessenger
from ess.domain import conversation as talk
from ess.domain import relay
from ess.domain.errors import MalformedEvent, TemporaryFailure
from ess.domain.geo import Point
from ess.domain.incoming import Edited, GroupLeft, GroupSpoke, IncomingEvent, Unsent
from ess.domain.kinds import Kind
from ess.domain.media import Content, MediaItem, MediaKind, from_plain, to_plain
from ess.domain.report import Report
from ess.domain.unsend import MOST_UNSENT, retract
from ess.usecases.answer_event import answer_event
from ess.usecases.answer_group import answer_group, leave_group
from ess.usecases.keep_media import TAKEN_BACK
from ess.usecases.receive_event import receive_event
from ess.usecases.unsend_message import unsend_message
from tests.unit.incident_kit import ALICE, REPORT, REPORTER, WorldOfFiles

GROUP = "C" + "1" * 32


class Chat(WorldOfFiles):
    """A world whose reporter's messages have ids."""

    def send(self, given, message_id, event_id=None):
        self.taps += 1
        event_id = event_id or f"sent-{self.taps}"
        event = IncomingEvent(event_id, REPORTER, f"reply-{event_id}", given, message_id)
        return self.receive(event, given, read_phone=lambda _: None, media=lambda: self.queue)

    def unsend(self, message_id, event_id="unsend"):
        unsend_message(
            IncomingEvent(event_id, REPORTER, None, Unsent(message_id)),
            message_id,
            conversations=self.conversations,
            reports=self.reports,
            media=lambda: self.queue,
            workflow=self.workflow,
            clock=self.clock,
        )

    def work_off(self):
        done = [self.keep(item, last_try=True) for item in self.queue.items]
        self.queue.items.clear()
        return done


@pytest.fixture
def chat():
    world = Chat(ALICE)
    world.notify()
    world.tap(ALICE, "accept")
    world.follow_up("accepted")
    return world


# --- unsend ---------------------------------------------------------------------------------------


def test_words_that_are_taken_back_are_nowhere_and_who_goes_is_told_so(chat):
    for number, text in enumerate(("one", "two", "three")):
        chat.send(talk.TextSent(text), str(number))
    chat.follow_up("details")
    chat.unsend("1")
    assert chat.report.words == ("one", "three")
    assert "two" not in str(chat.report)
    assert chat.workflow.resumed[-1][1] == "details"
    before = len(chat.told(ALICE))
    chat.follow_up("details", token="token-3")
    assert chat.told(ALICE)[before:] == ["officer.unsent"]
    assert chat.actions.count("unsent") == 1
    assert chat.queue.items == []


def test_taking_it_back_again_changes_nothing(chat):
    chat.send(talk.TextSent("one"), "1")
    chat.unsend("1")
    once = chat.report
    chat.unsend("1")
    assert chat.report == once


def test_words_that_come_after_it_still_reach_who_goes(chat):
    chat.send(talk.TextSent("one"), "1")
    chat.follow_up("details")
    chat.unsend("1")
    chat.send(talk.TextSent("two"), "2")
    words = [w.text for w in relay.news_of(chat.report, "alice").words]
    assert words == ["two"]
    assert chat.report.mended == 0


def test_words_that_nobody_was_told_are_never_told(chat):
    for number in range(6):
        chat.send(talk.TextSent(f"note {number}"), str(number))
    chat.unsend("0")
    chat.unsend("5")
    words = "\n".join(w.text for w in relay.news_of(chat.report, "alice").words)
    assert words.split("\n") == [f"note {number}" for number in range(1, 5)]


def test_a_landmark_is_taken_back_and_kind_and_pin_stay(chat):
    chat.send(talk.LandmarkAsked(), "")
    chat.send(talk.TextSent("green fence"), "4")
    assert chat.report.landmark == "green fence"
    before = chat.report
    chat.unsend("4")
    assert chat.report.landmark is None
    assert (chat.report.kind, chat.report.pin) == (before.kind, before.pin)


def test_a_file_is_deleted_shown_to_nobody_and_told(chat):
    chat.content.sent["9"] = Content(b"photo", "image/jpeg")
    chat.send(talk.MediaSent("image", "9"), "9")
    chat.work_off()
    assert len(chat.files.files) == len(chat.report.files) == 1
    chat.unsend("9")
    assert chat.report.files == ()
    assert [done.refusal for done in chat.work_off()] == [TAKEN_BACK]
    assert chat.files.files == {}
    assert chat.report.retracted == 1
    assert relay.news_of(chat.report, "alice").media == ()


def test_a_file_that_is_taken_back_before_it_is_fetched_is_never_kept(chat):
    chat.content.sent["9"] = Content(b"photo", "image/jpeg")
    chat.send(talk.MediaSent("image", "9"), "9")
    chat.unsend("9")
    pushes = len(chat.messenger.pushes)
    assert [done.kept for done in chat.work_off()] == [None, None]
    assert chat.files.files == {}
    assert (chat.report.files, chat.report.retracted) == ((), 0)
    assert len(chat.messenger.pushes) == pushes


def test_a_file_that_is_taken_back_while_it_is_fetched_does_not_stay(chat):
    chat.content.sent["9"] = Content(b"photo", "image/jpeg")
    chat.send(talk.MediaSent("image", "9"), "9")
    fetch = chat.content.fetch

    def unsent_meanwhile(*args):
        chat.unsend("9")
        return fetch(*args)

    chat.content.fetch = unsent_meanwhile
    chat.work_off()
    assert chat.files.files == {}
    assert chat.report.files == ()


def test_words_of_a_draft_are_taken_back_before_there_is_a_report():
    store = MemoryConversations()
    draft = talk.Draft(kind=Kind.ASSAULT, notes=("a", "b"), note_ids=("1", "2"))
    store.save(talk.Conversation("U1"), talk.Conversation("U1", version=1, draft=draft), None)
    unsend_message(
        IncomingEvent("e", "U1", None, Unsent("1")),
        "1",
        conversations=store,
        reports=None,
        media=None,
        workflow=None,
        clock=MemoryClock(),
    )
    now = store.get("U1")
    assert (now.draft.notes, now.draft.note_ids, now.version) == (("b",), ("2",), 2)


def test_notes_that_an_older_version_stored_without_ids_stay_where_they_are():
    report = Report(REPORT, "K", "U", None, Kind.ASSAULT, Point(17.0, 104.0), 1.0, 1.0)
    report = replace(report, notes=("old", "new"), note_ids=("7",))
    assert retract(report, "7", 2.0).report.words == ("old",)


def test_ids_of_what_was_taken_back_do_not_pile_up():
    report = Report(REPORT, "K", "U", None, Kind.ASSAULT, Point(17.0, 104.0), 1.0, 1.0)
    for number in range(MOST_UNSENT + 5):
        report = retract(report, str(number), 2.0).report
    assert len(report.unsent) == MOST_UNSENT


def test_a_file_that_was_taken_back_stays_so_whatever_is_taken_back_later(chat):
    chat.content.sent["9"] = Content(b"photo", "image/jpeg")
    chat.send(talk.MediaSent("image", "9"), "9")
    chat.work_off()
    report = retract(chat.report, "9", 2.0).report
    for number in range(100, 100 + 2 * MOST_UNSENT):
        report = retract(report, str(number), 2.0).report
    assert report.files == ()
    assert len(report.unsent) == MOST_UNSENT + 1


def test_a_closed_report_forgets_too(chat):
    chat.send(talk.TextSent("one"), "1")
    chat.cancel()
    closed = chat.report.changed_at
    chat.clock.advance(10)
    chat.unsend("1")
    assert (chat.report.words, chat.report.changed_at) == ((), closed)


def test_what_is_to_be_forgotten_passes_the_queue_as_such():
    item = MediaItem(REPORT, "9", MediaKind.IMAGE, "reporter", "e", taken_back=True)
    assert from_plain(to_plain(item)) == item
    assert from_plain(to_plain(replace(item, taken_back=False))).taken_back is False


# --- groups ---------------------------------------------------------------------------------------


def of_group(event_id, given=None):
    return IncomingEvent(event_id, GROUP, f"reply-{event_id}", given or GroupSpoke())


def test_a_group_is_told_once_until_the_account_has_left_it():
    conversations, messenger = MemoryConversations(), MemoryMessenger()
    told = [
        answer_group(of_group(e), conversations=conversations, messenger=messenger)
        for e in ("a", "b", "a")
    ]
    assert told == [True, False, False]
    assert [[p.name for p in reply.prompts] for reply in messenger.replies] == [["group"]]
    assert messenger.pushes == []
    leave_group(of_group("c", GroupLeft()), conversations=conversations)
    assert answer_group(of_group("d"), conversations=conversations, messenger=messenger)


def test_a_group_is_answered_when_the_event_comes_again_after_line_failed():
    conversations, messenger = MemoryConversations(), MemoryMessenger()
    messenger.plan("reply", TemporaryFailure("LINE"))
    with pytest.raises(TemporaryFailure):
        answer_group(of_group("a"), conversations=conversations, messenger=messenger)
    answer_group(of_group("a"), conversations=conversations, messenger=messenger)
    assert len(messenger.replies) == 1


def test_nothing_of_what_is_written_in_a_group_is_stored():
    conversations = MemoryConversations()
    answer_group(of_group("a"), conversations=conversations, messenger=MemoryMessenger())
    kept = conversations.get(GROUP)
    assert replace(kept, recent_events=(), last_answer=(), version=0) == talk.Conversation(GROUP)


# --- what LINE sends ------------------------------------------------------------------------------


def raw(kind, source=None, **more):
    user = {"type": "user", "userId": "U" + "a" * 32}
    return {"type": kind, "webhookEventId": "e", "source": source or user, **more}


IN_GROUP = {"type": "group", "groupId": GROUP, "userId": "U" + "a" * 32}
IN_ROOM = {"type": "room", "roomId": "R" + "1" * 32}
TEXT = {"id": "5", "type": "text", "text": "secret"}


@pytest.mark.parametrize(
    ("event", "given"),
    [
        (raw("join", IN_GROUP), GroupSpoke()),
        (raw("join", IN_ROOM), GroupSpoke()),
        (raw("message", IN_GROUP, message=TEXT), GroupSpoke()),
        (raw("leave", IN_GROUP), GroupLeft()),
        (raw("unsend", unsend={"messageId": "5"}), Unsent("5")),
        (raw("messageEdited", message=TEXT), Edited("secret")),
    ],
)
def test_it_is_read(event, given):
    read = read_event(event)
    assert read.given == given
    assert read.user_id == (
        event["source"].get("groupId") or event["source"].get("roomId") or event["source"]["userId"]
    )


@pytest.mark.parametrize(
    "event",
    [
        raw("unsend", IN_GROUP, unsend={"messageId": "5"}),
        raw("messageEdited", IN_GROUP, message=TEXT),
        raw("postback", IN_GROUP, postback={"data": "a=report"}),
        raw("memberJoined", IN_GROUP),
        raw("follow", {"type": "somewhere"}),
        raw("join"),
        raw("accountLink", link={}),
        raw("accountDeleted"),
    ],
)
def test_it_is_passed_over(event):
    assert read_event(event) is None


@pytest.mark.parametrize("unsend", [None, {}, {"messageId": 5}, {"messageId": "../x"}])
def test_an_unsend_without_a_message_is_malformed(unsend):
    with pytest.raises(MalformedEvent):
        read_event(raw("unsend", unsend=unsend))


# --- neutral pushes, languages --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "neutral"),
    [
        (["note_kept"], True),
        (["officer.noted"], False),
        (["officer.noted", "note_kept"], True),
    ],
)
def test_an_answer_that_has_to_be_pushed_is_neutral_unless_it_is_an_officers(names, neutral):
    messenger = MemoryMessenger()
    answer_event(
        IncomingEvent("e", "U1", None, talk.MenuAsked()),
        [talk.Prompt(name) for name in names],
        None,
        messenger=messenger,
        first_time=True,
        silent=True,
    )
    (push,) = messenger.pushes
    assert (push.neutral, push.silent) == (neutral, True)


def test_what_is_pushed_to_a_reporter_is_neutral_and_to_an_officer_is_not(chat):
    chat.content.sent["9"] = Content(b"photo", "image/jpeg")
    chat.send(talk.MediaSent("image", "9"), "9")
    chat.work_off()
    assert {(p.line_user_id == REPORTER, p.neutral) for p in chat.messenger.pushes} == {
        (True, True),
        (False, False),
    }


def test_a_language_chosen_later_is_that_of_the_open_report(chat):
    assert chat.report.language == "th"
    changed_at = chat.report.changed_at
    chat.clock.advance(5)
    chat.send(talk.LanguageChosen("en"), "")
    assert (chat.report.language, chat.report.changed_at) == ("en", changed_at)
    chat.cancel()
    chat.send(talk.LanguageChosen("th"), "")
    assert chat.report.language == "en"


@pytest.mark.parametrize(
    ("before", "given", "asked", "after"),
    [
        (None, talk.Followed(), 1, "en"),
        (None, talk.TextSent("hello"), 1, "en"),
        (talk.Conversation("U1", version=1), talk.Followed(), 1, "en"),
        (talk.Conversation("U1", version=1), talk.TextSent("hello"), 0, None),
        (talk.Conversation("U1", version=1, language="th"), talk.Followed(), 0, "th"),
        (None, talk.LanguageChosen("th"), 1, "th"),
    ],
)
def test_the_profiles_language_is_asked_for_once_and_never_against_a_choice(
    before, given, asked, after
):
    conversations, messenger, calls = MemoryConversations(), MemoryMessenger(), []
    if before is not None:
        conversations.save(talk.Conversation("U1"), before, None)

    def profile(user_id):
        calls.append(user_id)
        return "en"

    receive_event(
        IncomingEvent("e", "U1", "reply", given),
        given,
        conversations=conversations,
        messenger=messenger,
        workflow=None,
        clock=MemoryClock(),
        grace_s=60,
        read_phone=lambda _: None,
        profile_language=profile,
    )
    assert len(calls) == asked
    assert conversations.get("U1").language == after
    assert messenger.replies[0].language == after

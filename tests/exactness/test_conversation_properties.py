"""A reporter among lost races, failures, repetitions and a human's block: what always holds.

Whatever a person taps and types, in whatever order, is delivered through the real use cases; the
stores, LINE and the engine fail at calls that nobody chose, and both auditors run in between.
"""

import json
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from ess.adapters.line.events import read_event
from ess.adapters.line.render import render
from ess.adapters.memory.clock import MemoryClock
from ess.adapters.memory.conversations import MemoryConversations
from ess.adapters.memory.media_queue import MemoryMediaQueue
from ess.adapters.memory.messenger import MemoryMessenger
from ess.adapters.memory.reports import MemoryReports
from ess.adapters.memory.store import MemoryStore
from ess.adapters.memory.workflow import MemoryWorkflow
from ess.adapters.phone import read_phone
from ess.domain import conversation as talk
from ess.domain.conversation import Conversation, reporter_view, status_prompt
from ess.domain.conversation.own_number import own_number
from ess.domain.conversation.said import Said
from ess.domain.drafts import EXPIRES_S
from ess.domain.errors import (
    ConversationChanged,
    PermanentFailure,
    ReplyTokenSpent,
    TemporaryFailure,
)
from ess.domain.geo import Point
from ess.domain.incoming import CodeTyped, IncomingEvent, Unsent
from ess.domain.kinds import EMERGENCIES, Kind
from ess.domain.lexicon import read_lexicon
from ess.domain.report import ACCEPTED, SEARCHING, Change, ClosingReason, Status
from ess.domain.understanding import Role, understand
from ess.messages import catalogue
from ess.usecases.audit_drafts import audit_drafts
from ess.usecases.audit_reports import audit_reports
from ess.usecases.block_reporter import block_reporter, unblock_reporter
from ess.usecases.receive_event import receive_event
from ess.usecases.unsend_message import unsend_message
from tests.unit.incident_kit import FIRST, TWO_STATIONS
from tests.unit.report_kit import ALICE as OFFICER

USER = "U" + "a" * 32
GRACE_S = 60
OWN = {"+66812345678", "+66897654321"}
LEXICON = read_lexicon(catalogue.load("lexicon"))
UTTERANCES = json.loads(
    (Path(__file__).parents[1] / "unit" / "utterances.json").read_text(encoding="utf-8")
)
KIND_WORDS = {
    catalogue.text(f"kind.{int(kind)}", language)
    for kind in EMERGENCIES
    for language in catalogue.LANGUAGES
}

hear = cache(lambda text: understand(text, LEXICON))
number_in = cache(read_phone)


@cache
def said_in(text):
    return Said(text, hear(text), own_number(text, number_in))


class Listener(MemoryMessenger):
    """LINE, which holds everything sent to the reporter against what is stored at that moment."""

    def __init__(self, world):
        super().__init__()
        self.world = world

    def reply(self, reply_token, prompts, language, *, silent=False, neutral=True):
        super().reply(reply_token, prompts, language, silent=silent, neutral=neutral)
        self.check(prompts, language, silent, neutral)

    def push(self, to, prompts, language, *, retry_key, silent=False, neutral=True):
        super().push(to, prompts, language, retry_key=retry_key, silent=silent, neutral=neutral)
        self.check(prompts, language, silent, neutral)

    def check(self, prompts, language, silent, neutral):
        assert neutral
        c = self.world.stored
        hides = c.draft is not None and c.draft.no_call
        hides |= c.active is not None and c.active.is_open and not c.active.can_talk
        assert silent or not hides, "a message would be heard"
        for message in render(prompts, language, neutral=True):
            assert message["type"] == "flex"
            shown = message["altText"]
            assert not [words for words in KIND_WORDS if words in shown]
            assert not [text for text in self.world.texts if len(text) > 2 and text in shown]
        for prompt in prompts:
            if prompt.name.startswith("status."):
                report = self.world.store.reports[prompt.params["report_id"]]
                assert prompt.name == status_prompt(reporter_view(report)).name


class World:
    """One reporter, and the checks after everything that happens."""

    def __init__(self):
        self.store = MemoryStore()
        self.conversations = MemoryConversations(self.store)
        self.reports = MemoryReports(self.store)
        self.messenger = Listener(self)
        self.workflow = MemoryWorkflow()
        self.media = MemoryMediaQueue()
        self.clock = MemoryClock()
        self.texts = set()
        self.events = []
        self.sent = 0
        self.silenced = set()
        self.unsent = set()

    @property
    def stored(self):
        return self.store.conversations.get(USER) or Conversation(USER)

    @property
    def ports(self):
        return self.conversations, self.reports, self.messenger, self.workflow, self.media

    def kept(self):
        """Return the words that are kept, by the id of the message that they came in."""
        kept = dict[str, str]()
        holders = [
            *self.store.reports.values(),
            *([self.stored.draft] if self.stored.draft else []),
        ]
        for holder in holders:
            for note, note_id in zip(holder.notes, holder.note_ids, strict=True):
                kept[note_id] = kept.get(note_id, "") + note
            if getattr(holder, "landmark", None):
                landmark_id = holder.landmark_id
                kept[landmark_id] = holder.landmark + kept.get(landmark_id, "")
        return kept

    # --- what happens ---

    def say(self, what, seconds, fault, again):
        """Something is sent; it is delivered until it is taken, or LINE gives up."""
        self.clock.advance(seconds)
        event = self.event_of(what)
        before, words = self.snapshot(), self.kept()
        self.fail(fault)
        deliveries = 3 if again else 1
        for _ in range(deliveries):
            with suppress(TemporaryFailure, PermanentFailure):
                self.deliver(event)
                break
        self.calm()
        self.check(before, words, event)
        if event.event_id in self.stored.recent_events:
            self.events.append(event)
            self.check_taken(before[0], event)
        if again:
            self.repeat(event)

    def event_of(self, what):
        self.sent += 1
        event_id, message_id = f"e{self.sent}", str(10**6 + self.sent)
        if isinstance(what, str):
            self.texts.add(what)
            message = {"type": "text", "id": message_id, "text": what}
            return read_event(
                {
                    "type": "message",
                    "webhookEventId": event_id,
                    "source": {"type": "user", "userId": USER},
                    "replyToken": f"reply-{event_id}",
                    "message": message,
                }
            )
        if callable(what):
            what = what(self)
        if isinstance(what, talk.MediaSent):
            what = replace(what, message_id=message_id)
        if isinstance(what, talk.Unfollowed):
            self.messenger.unreachable.add(USER)
            return IncomingEvent(event_id, USER, None, what)
        self.messenger.unreachable.discard(USER)
        is_button = not isinstance(what, talk.PinShared | talk.MediaSent)
        if is_button or (isinstance(what, talk.PinShared) and what.about):
            message_id = ""
        return IncomingEvent(event_id, USER, f"reply-{event_id}", what, message_id)

    def deliver(self, event):
        return receive_event(
            event,
            event.given,
            conversations=self.conversations,
            messenger=self.messenger,
            workflow=self.workflow,
            clock=self.clock,
            grace_s=GRACE_S,
            read_phone=number_in,
            understand=hear,
            media=lambda: self.media,
            reports=lambda: self.reports,
        )

    def repeat(self, event):
        """What was taken is delivered once more: nothing that is stored changes."""
        if event.event_id not in self.stored.recent_events:
            return
        before = self.snapshot()
        with suppress(PermanentFailure):
            assert not self.deliver(event)
        assert self.snapshot() == before

    def late(self, index):
        if self.events:
            self.repeat(self.events[index % len(self.events)])

    def unsend(self, index):
        ids = [event.message_id for event in self.events if event.message_id]
        if not ids:
            return
        message_id = ids[index % len(ids)]
        before, words = self.snapshot(), self.kept()
        self.unsent.add(message_id)
        event = IncomingEvent(f"unsend-{message_id}", USER, None, Unsent(message_id))
        for _ in range(2):
            unsend_message(
                event,
                message_id,
                conversations=self.conversations,
                reports=self.reports,
                media=lambda: self.media,
                workflow=self.workflow,
                clock=self.clock,
            )
        assert not self.kept().get(message_id)
        self.check(before, words)

    def audit(self, seconds, fault=None):
        """Both auditors run, perhaps over a store that fails."""
        self.clock.advance(seconds)
        before, words = self.snapshot(), self.kept()
        failures = []
        self.fail(fault)
        with suppress(TemporaryFailure):
            audit_drafts(
                conversations=self.conversations,
                workflow=self.workflow,
                messenger=self.messenger,
                clock=self.clock,
                on_failure=lambda _what, failure: failures.append(failure),
            )
        with suppress(TemporaryFailure):
            audit_reports(
                reports=self.reports,
                workflow=self.workflow,
                clock=self.clock,
                on_failure=lambda _report_id, failure: failures.append(failure),
            )
        self.calm()
        assert all(isinstance(failure, TemporaryFailure) for failure in failures), failures
        self.check_expiry_told(before[0])
        self.check(before, words)

    def work(self, status):
        """The workers, or an officer, move the report that is spoken of."""
        active = self.stored.active
        report = self.store.reports.get(active.report_id) if active else None
        allowed = {
            Status.NOTIFIED: {Status.DISPATCHED},
            Status.ACKNOWLEDGED: {Status.NOTIFIED},
            Status.CLOSED: ACCEPTED,
        }[status]
        if report is None or report.status not in allowed:
            return
        closed = status is Status.CLOSED
        moved = replace(
            report,
            ladder=report.ladder or TWO_STATIONS,
            step=0,
            reached=(FIRST.unit_id,),
            notified=(OFFICER,),
            acknowledged_by=None if status is Status.NOTIFIED else OFFICER.responder_id,
            status=status,
            version=report.version + 1,
            token=None if closed else f"token-{report.version}",
            due_at=None if closed else self.clock.now() + 600,
            closing_reason=ClosingReason.RESOLVED if closed else None,
            changed_at=self.clock.now(),
        )
        self.reports.save(Change(moved, ()))

    def block(self):
        report_id = next(iter(self.store.reports), None)
        if report_id is not None:
            before, words = self.snapshot(), self.kept()
            block_reporter(report_id, 1, "why", "who", **self.human())
            self.check(before, words)

    def unblock(self):
        report_id = next(iter(self.store.reports), None)
        if report_id is not None:
            unblock_reporter(report_id, "why", "who", **self.human())

    def human(self):
        return {
            "reports": self.reports,
            "conversations": self.conversations,
            "clock": self.clock,
        }

    # --- what goes wrong ---

    def fail(self, fault):
        if fault is None:
            return
        port, method, passing, error = fault
        meets = getattr(self, error) if isinstance(error, str) else error
        getattr(self, port).plan(method, *([None] * passing), meets)

    def calm(self):
        for port in self.ports:
            port._plan.clear()  # what no call met must not meet the next event

    def race_worker(self):
        self.work(Status.NOTIFIED)
        self.work(Status.ACKNOWLEDGED)

    def race_status(self):
        self.sent += 1
        event_id = f"e{self.sent}"
        asked = talk.StatusAsked()
        self.deliver(IncomingEvent(event_id, USER, f"reply-{event_id}", asked))

    # --- what always holds ---

    def snapshot(self):
        return self.stored, dict(self.store.reports)

    def check(self, before, words, event=None):
        c, reports = self.stored, self.store.reports
        for report in reports.values():
            assert report.phone is None or report.phone in OWN
            if report.report_id in self.silenced:
                assert not report.can_talk
        assert c.draft is None or c.draft.phone is None or c.draft.phone in OWN
        if c.active is not None:
            true = reporter_view(reports[c.active.report_id])
            if not true.is_open:  # whoever closed it may still have to be told
                true = replace(true, token=c.active.token)
            assert replace(c.active, changed_at=0) == replace(true, changed_at=0)
        self.check_nothing_lost(before, words, event)

    def check_nothing_lost(self, before, words, event):
        was, old = before
        c, reports = self.stored, self.store.reports
        fresh = [report for report_id, report in reports.items() if report_id not in old]
        meant = event is not None and means_to_end(event.given, was)
        blocked = c.block is not None and c.block.holds(self.clock.now())
        for report_id, report in old.items():
            if report.status is not Status.CLOSED and reports[report_id].status is Status.CLOSED:
                assert meant, "a report was closed"
        if was.draft is not None:
            dropped = c.draft is None or c.draft.pin is None
            if was.draft.pin is not None and dropped and not (meant or blocked):
                assert fresh, "a pin was lost"
            if was.draft.no_call:
                assert c.draft is None or c.draft.no_call
                assert all(not report.can_talk for report in fresh)
                self.silenced |= {report.report_id for report in fresh}
        expired = event is None and was.draft is not None and (was.draft.pin is None or blocked)
        if meant or ((expired or blocked) and not was.has_words_beside):
            return
        if expired and self.clock.now() - was.draft.touched_at >= 2 * EXPIRES_S:
            return  # no auditor has run for an hour: by rule they are forgotten
        left = self.kept()
        for message_id, text in words.items():
            if message_id and message_id not in self.unsent:
                assert squeezed(text) == squeezed(left.get(message_id, "")), "words were lost"

    def check_expiry_told(self, was):
        """Whoever's words are forgotten was told that nobody was told of them."""
        draft, now = was.draft, self.clock.now()
        if draft is None or draft.pin is not None or self.stored.draft is not None:
            return
        block = self.stored.block
        blocked = block is not None and block.holds(now)
        excused = blocked or was.has_words_beside or USER in self.messenger.unreachable
        if not excused and now - draft.touched_at < 2 * EXPIRES_S:
            assert self.messenger.pushes[-1].prompts[0].name == "draft_expired"

    def check_taken(self, before, event):
        """What one event must have led to."""
        c, reports = self.stored, self.store.reports
        told = {prompt.name for prompt in c.last_answer}
        text = text_of(event.given)
        silent = isinstance(event.given, talk.CallDeclined)
        if text is not None:
            said = said_in(text)
            silent |= isinstance(event.given, talk.TextSent) and said.silent
            idle = c.draft is None and (c.active is None or not c.active.is_open)
            exempt = is_pure(said) or is_bare_cry(event.given, before)
            # The wish to cancel, said once more, is the answer to our question.
            wishes = said.meant.cancels or (said.meant.safe and not said.is_long)
            exempt |= wishes and "cancel_reasons" in told
            if not (exempt or idle or told & TOLD):
                kept = self.kept().get(event.message_id, "")
                assert squeezed(said.words) in squeezed(kept), (text, told)
        if silent:
            assert c.draft is None or c.draft.no_call
            for active in (before.active, c.active):
                report = reports.get(active.report_id) if active else None
                if report is not None and report.status is not Status.CLOSED:
                    assert not report.can_talk, (text, told)
                    self.silenced.add(report.report_id)

    def check_end(self):
        """Nobody writes any more, and nothing fails: whatever has a pin is somebody's now."""
        for seconds in (EXPIRES_S, EXPIRES_S, EXPIRES_S, GRACE_S):
            self.audit(seconds)
        assert self.stored.draft is None
        for report in self.store.reports.values():
            assert report.status is not Status.OPENED
            if report.status in SEARCHING | ACCEPTED:
                assert (report.report_id, report.run) in self.workflow.states


TOLD = {
    "notes_full",
    "phone_invalid",
    "cancelled",
    "draft_cancelled",
    "draft_dropped",
}
"""Answers that say what became of a text that is not kept."""

ASKED_TO_CANCEL = {"cancel_confirm", "cancel_reasons", "cancel_draft"}


def squeezed(text):
    return "".join(text.split())


def text_of(given):
    match given:
        case talk.TextSent(text) | CodeTyped(text):
            return text
        case talk.ReportAsked(words=words) if words:
            return words
        case _:
            return None


def is_pure(said):
    """Tell whether a text is nothing but an answer, a command or a number."""
    meant = said.meant
    bare = (meant.yes is not None or meant.keeps) and not said.is_long
    return not said.words or bare or meant.choice is not None or meant.only_cancels


def is_bare_cry(given, before):
    """Tell whether a cry for help begins a report, and has no words for one that is open."""
    active = before.active
    beside = before.draft is None and active is not None and active.is_open and not active.drill
    return isinstance(given, talk.ReportAsked) and not beside


def means_to_end(given, before):
    match given:
        case talk.CancelAsked() | talk.CancelConfirmed() | talk.RestartAsked():
            return True
        case talk.TextSent(text):
            meant = hear(text)
            asked = {prompt.name for prompt in before.last_answer} & ASKED_TO_CANCEL
            answers = meant.yes or meant.why is not None or meant.choice is not None
            return meant.cancels or meant.safe or bool(asked and answers)
        case _:
            return False


# --- what people send ---


def active_id(world):
    return world.stored.active.report_id if world.stored.active else "f" * 32


def other_id(world):
    return world.stored.others[0].report_id if world.stored.others else active_id(world)


CENTRE = Point(17.392, 104.770)
NEARBY = Point(17.395, 104.772)
FAR = Point(18.787, 98.993)
SINGAPORE = Point(1.290, 103.850)
POINTS = (CENTRE, NEARBY, FAR, SINGAPORE)

BUTTONS = [
    talk.MenuAsked(),
    talk.ReportAsked(),
    talk.ReportAsked(fresh=True),
    talk.ReportAsked(fresh=True),
    talk.ReportAsked(drill=True),
    talk.KindsAsked(),
    talk.KindChosen(Kind.ASSAULT),
    talk.KindChosen(Kind(3)),
    *(talk.PinShared(point) for point in POINTS),
    talk.PinShared(FAR, about="same"),
    talk.PinShared(FAR, about="new"),
    talk.PinKept(),
    talk.CallDeclined(),
    talk.CallDeclined(),
    talk.NumberMissing(),
    talk.CancelAsked(),
    talk.CancelRefused(),
    talk.RestartAsked(),
    talk.StatusAsked(),
    talk.AskingAllowed(),
    talk.WhoChosen(Role.VICTIM),
    talk.DetailsAsked(),
    talk.LandmarkAsked(),
    talk.Answered("weapon", "yes"),
    talk.ClearAsked(),
    talk.AppealAsked(),
    talk.LanguageChosen("en"),
    talk.MediaSent("image"),
    talk.MediaSent("sticker"),
    talk.Followed(),
    talk.Unfollowed(),
    talk.ButtonUnknown(),
]
ABOUT_A_REPORT = [
    lambda world: talk.CancelConfirmed(active_id(world)),
    lambda world: talk.CancelConfirmed(active_id(world), "safe_now"),
    lambda world: talk.CancelConfirmed(other_id(world), "other"),
    lambda world: talk.NobodyCame(active_id(world)),
    lambda world: talk.HelpCame(active_id(world)),
    lambda world: talk.SwitchAsked(other_id(world)),
]
OWN_NUMBERS = [
    "0812345678",
    "๐๘๑-๒๓๔-๕๖๗๘",
    "เบอร์หนู 0897654321",
    "โทรกลับที่ 081 234 5678 นะคะ อยู่บ้านเลขที่ 5",
    "my number is 0812345678",
]
OTHERS_NUMBERS = [
    "เบอร์ผัว 0865551234",
    "0865551234 เบอร์แฟนค่ะ",
    "มันโทรมาขู่จาก 0865551234",
    "his number is 0865551234",
    "อย่าโทรกลับเบอร์ 0865551234",
]
SILENT = ["คุยไม่ได้", "ตอนนี้คุยไม่ได้ค่ะ มันอยู่ข้างๆ", "i cannot talk, he is next to me"]
ANSWERS = ["ใช่", "ไม่", "ไม่ใช่", "2", "yes", "no", "ยกเลิก", "ไม่ยกเลิก", "ปลอดภัยแล้ว", "191", "status"]
BESIDE = [
    "ยกเลิกค่ะ แต่คุยไม่ได้ มันอยู่ข้างๆ",
    "ใช่ค่ะ แต่คุยไม่ได้นะ มันอยู่หน้าประตู",
    "ไม่ใช่ค่ะ อยู่ชั้นสองห้อง 204",
    "17.392, 104.770 หลังวัด",
    "มีมีด",
    "ก" * 700,
    "ใช่ค่ะ พี่ชายมารับไปอยู่บ้านยายแล้ว",
    "ยกเลิกก็ได้ค่ะ แต่เขายังถือมีดอยู่หน้าบ้าน",
]
TYPED = [one["text"] for one in UTTERANCES if number_in(one["text"]) is None]

THINGS = st.one_of(
    st.sampled_from(BUTTONS),
    st.sampled_from(BUTTONS),
    st.sampled_from(ABOUT_A_REPORT),
    st.sampled_from(TYPED),
    st.sampled_from([*OWN_NUMBERS, *OTHERS_NUMBERS, *ANSWERS]),
    st.sampled_from([*SILENT, *BESIDE]),
)
DOWN = TemporaryFailure("down")
FAULTS = st.one_of(
    st.none(),
    st.none(),
    st.builds(
        lambda call, passing, error: (*call, passing, error),
        st.sampled_from(
            [
                ("conversations", "get"),
                ("conversations", "save"),
                ("reports", "get"),
                ("messenger", "reply"),
                ("messenger", "push"),
                ("workflow", "start"),
                ("workflow", "resume"),
            ]
        ),
        st.integers(0, 1),
        st.just(DOWN),
    ),
    st.tuples(
        st.just("conversations"),
        st.just("save"),
        st.just(0),
        st.sampled_from([ConversationChanged("lost"), "race_worker", "race_status", "block"]),
    ),
    st.just(("messenger", "reply", 0, ReplyTokenSpent("over"))),
    st.just(("messenger", "reply", 0, PermanentFailure("refused"))),
)
SAYINGS = st.tuples(
    st.just("say"), THINGS, st.sampled_from([0, 1, 5, 70, 200, 2000]), FAULTS, st.booleans()
)
LIKELY = st.tuples(
    st.just("say"),
    st.sampled_from(
        [
            talk.KindChosen(Kind.ASSAULT),
            talk.PinShared(CENTRE),
            talk.CallDeclined(),
            talk.TextSent("0812345678"),
            talk.ReportAsked(fresh=True),
            "มีคนอยู่ในบ้านสองคน",
        ]
    ),
    st.just(1),
    st.none(),
    st.just(False),
)
CHANCES = st.one_of(
    st.tuples(st.just("late"), st.integers(0, 20)),
    st.tuples(st.just("unsend"), st.integers(0, 20)),
    st.tuples(st.just("audit"), st.sampled_from([0, 70, 200, 1900]), FAULTS),
    st.tuples(
        st.just("work"),
        st.sampled_from([Status.NOTIFIED, Status.NOTIFIED, Status.ACKNOWLEDGED, Status.CLOSED]),
    ),
    st.sampled_from([("block",), ("unblock",), ("unblock",)]),
)


def said(*things):
    return [("say", thing, 1, None, False) for thing in things]


OPENED = said(talk.KindChosen(Kind.ASSAULT), talk.PinShared(CENTRE))
DISPATCHED = [*OPENED, *said("0812345678")]
ACCEPTED_ONE = [*DISPATCHED, ("work", Status.NOTIFIED), ("work", Status.ACKNOWLEDGED)]
BEGINNINGS = [
    [],
    said(talk.PinShared(CENTRE)),
    said(talk.PinShared(SINGAPORE), talk.KindChosen(Kind.ASSAULT)),
    OPENED,
    [*OPENED, *said(talk.ReportAsked(fresh=True))],
    DISPATCHED,
    ACCEPTED_ONE,
    [*OPENED, *said(talk.CallDeclined())],
    [*DISPATCHED, *said(talk.CancelAsked())],
    [*OPENED, *said(lambda world: talk.CancelConfirmed(active_id(world)))],
    [*DISPATCHED, *said(talk.ReportAsked(fresh=True), "มีคนอยู่ในบ้านสองคน")],
    [*ACCEPTED_ONE, *said(talk.ReportAsked(fresh=True), talk.PinShared(NEARBY))],
    [*DISPATCHED, *said(talk.ReportAsked(fresh=True), "มีคนอยู่ในบ้านสองคน"), ("block",)],
]
"""Where people are when the rest happens."""

HAPPENINGS = st.builds(
    lambda beginning, more: [*beginning, *more],
    st.sampled_from(BEGINNINGS),
    st.lists(st.one_of(SAYINGS, SAYINGS, SAYINGS, LIKELY, CHANCES), max_size=20),
)


@given(HAPPENINGS)
@settings(max_examples=1_000, deadline=None)
def test_whatever_happens_nothing_that_a_reporter_said_is_lost_or_given_away(happenings):
    world = World()
    for name, *args in happenings:
        getattr(world, name)(*args)
    world.check_end()

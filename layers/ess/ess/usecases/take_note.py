"""What an officer writes in LINE about the report they acted on last.

While it is open, their words go to its reporter; within half an hour after they closed it, words
and pictures are added to it as notes. Who has several open is asked whom the words are for.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from ess.domain import enrolment, relay, response
from ess.domain.conversation import (
    Conversation,
    MediaSent,
    Params,
    PinShared,
    Prompt,
    Step,
    TextSent,
)
from ess.domain.conversation.answers import last_question
from ess.domain.errors import (
    ConversationChanged,
    PermanentFailure,
    ReportNotFound,
    TemporaryFailure,
)
from ess.domain.ids import retry_key
from ess.domain.incoming import IncomingEvent, ResponderTap
from ess.domain.media import RESPONDER, MediaItem, kind_of
from ess.domain.officer_step import Held, Noting, OfficerStep, turn_to
from ess.domain.report import Entry, Notified, Report, Status
from ess.domain.understanding import Understood
from ess.ports.conversations import Conversations
from ess.ports.media_queue import MediaQueue
from ess.ports.messenger import Messenger
from ess.ports.reports import Reports
from ess.ports.responders import Responders
from ess.usecases.officer_news import facts, label

TRIES = 5
"""How often a lost race is run again before LINE is asked to deliver again."""

_TAKEN_UP_BY = frozenset({"accept", "join", "on_the_way", "on_scene", "help", "talk"})
"""The acts with which an officer takes a report up; closing it does, too, once it has a reason."""


type _Theirs = tuple[Report, Notified]
"""A report, and who an officer is in it."""

_QUESTIONS = ("question.", "confirm_pin.", "cancel_", "already_open")
"""How the names of prompts begin that yes or no would answer."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of an officer's message.

    Args:
        conversation: theirs, to be stored with the event.
        prompt: what they are told.
    """

    conversation: Conversation
    prompt: Prompt


@dataclass(frozen=True, slots=True)
class Notes:
    """Takes officers' words, notes and pictures.

    Args:
        media: gives the queue of files to fetch; asked only when there is one.
        messenger: brings an officer's words to the reporter.
        understand: returns what a text says.
    """

    conversations: Conversations
    reports: Reports
    responders: Responders
    media: Callable[[], MediaQueue]
    messenger: Messenger
    understand: Callable[[str], Understood] = lambda _text: Understood()

    def follow(self, line_user_id: str, tap: ResponderTap, now: float) -> None:
        """Remember the report of a tap that was not refused, if it turns this officer to it.

        Raises:
            TemporaryFailure: the store did not answer, or the conversation kept changing.
        """
        if tap.act == "close" and tap.choice is not None:
            self.begin(line_user_id, tap.report_id, now)
        elif takes_up(tap):
            chosen = tap.act == "talk"
            self.begin(line_user_id, tap.report_id, now, closing=False, chosen=chosen)

    def begin(
        self,
        line_user_id: str,
        report_id: str,
        now: float,
        *,
        closing: bool = True,
        chosen: bool = False,
    ) -> None:
        """Remember that this officer has closed a report, or has acted on an open one.

        That alone allows nothing: whether the report is theirs is asked when a message comes.

        Args:
            chosen: whether they said that they write to its reporter.

        Raises:
            TemporaryFailure: the store did not answer, or the conversation kept changing.
        """
        until = now + (response.NOTE_S if closing else relay.TALK_S)
        noting = Noting(report_id, until, now + relay.CHOSEN_S if chosen else 0.0)
        for _ in range(TRIES):
            before = self.conversations.get(line_user_id)
            step = before.officer or OfficerStep()
            if not (closing or chosen) and _lasts(step.noting, report_id, now):
                return
            turned = turn_to(step, noting, now)
            after = replace(before, version=before.version + 1, officer=turned)
            try:
                self.conversations.save(before, after, None)
            except ConversationChanged:
                continue  # another event of the same person: look again
            return
        raise TemporaryFailure("the conversation kept changing")

    def take(self, event: IncomingEvent, c: Conversation, now: float) -> Taken | None:
        """Pass a text on, or add text or file to the report closed just now; twice is once.

        Returns:
            What came of it; None if the event is none of a report's.

        Raises:
            TemporaryFailure: a store or the queue did not answer; the event may come again.
        """
        if isinstance(event.given, ResponderTap):
            return self._choose(event, c, event.given, now)
        if not isinstance(event.given, TextSent | MediaSent | PinShared):
            return None
        if isinstance(event.given, TextSent) and enrolment.awaits_text(c, event.given.text, now):
            return None  # their own number, or the code that proves it: nobody's to read
        return self._sent_before(event, c, now) or self._of_theirs(event, c, now)

    def _of_theirs(self, event: IncomingEvent, c: Conversation, now: float) -> Taken | None:
        last, others = self._theirs(event, c, now)
        if last is not None and last[0].status is Status.CLOSED:
            prompt = self._note(event, last[0], last[1].responder_id, now)
            return None if prompt is None else Taken(c, prompt)
        if last is None and not others:
            return None
        return self._relay(event, c, last, others, now)

    def _choose(
        self, event: IncomingEvent, c: Conversation, tap: ResponderTap, now: float
    ) -> Taken:
        """Send the words that were held back to the reporter whom the officer chose."""
        found = self._find(tap.report_id, event.user_id)
        if found is None:
            return Taken(c, Prompt("officer.unknown"))
        report, person = found
        if report.status is Status.CLOSED:
            return Taken(c, Prompt("officer.closed", facts(report)))
        if not relay.is_on_it(report, person.responder_id):
            return Taken(c, Prompt("officer.not_yours", label(report)))
        step = c.officer or OfficerStep()
        noting = Noting(report.report_id, now + relay.TALK_S, now + relay.CHOSEN_S)
        turned = replace(c, officer=turn_to(step, noting, now))
        if outcome := self._outcome_of(event, report.report_id):
            # The words that are held now were written after this button had sent others.
            return Taken(turned, Prompt(f"officer.relay.{outcome}", facts(report)))
        if step.held is None or now >= step.held.until:
            return Taken(turned, Prompt("officer.relay.begin", facts(report)))
        return self._send(event, turned, found, step.held.words, now)

    def _note(self, event: IncomingEvent, report: Report, who: str, now: float) -> Prompt | None:
        match event.given:
            case TextSent(text) if text.strip():
                entry = response.note(report, text, who, now=now, key=event.event_id)
                self.reports.note(report.report_id, [entry])
                return Prompt("officer.noted", facts(report))
            case MediaSent(media, message_id) if message_id and (kind := kind_of(media)):
                sender = f"{RESPONDER}{who}"
                item = MediaItem(report.report_id, message_id, kind, sender, event.event_id)
                self.media().put(item)
                return Prompt("officer.photo_received", facts(report))
            case _:
                return None

    def _relay(
        self,
        event: IncomingEvent,
        c: Conversation,
        last: _Theirs | None,
        others: list[_Theirs],
        now: float,
    ) -> Taken | None:
        """Bring an officer's words to the reporter, or ask what is to become of them.

        Args:
            last: the open report that they acted on last, if it is still theirs.
            others: the other open ones, if it is not said which is meant.
        """
        first = last or others[0]
        if not isinstance(event.given, TextSent):
            return Taken(c, Prompt("officer.relay.words_only", facts(first[0])))
        words = event.given.text.strip()
        if not words:
            return None
        urgent = relay.calls_for_help(words, self.understand(words))
        if last is not None and not others and not urgent:
            return self._send(event, c, last, words, now)
        step = c.officer or OfficerStep()
        held = replace(c, officer=replace(step, held=Held(words, now + relay.CHOSEN_S)))
        if urgent:
            # Perhaps it is the officer who needs help: the reporter could give none.
            return Taken(held, Prompt("officer.relay.urgent", facts(first[0])))
        mine = ([] if last is None else [last]) + others
        return Taken(held, Prompt("officer.relay.which", _listed([report for report, _ in mine])))

    def _send(
        self, event: IncomingEvent, c: Conversation, theirs: _Theirs, words: str, now: float
    ) -> Taken:
        """Bring an officer's words to the reporter, and say what came of it."""
        report, person = theirs
        step = c.officer or OfficerStep()
        sent = relay.recently(step.relayed, now)
        if len(sent) >= relay.SENT_MOST:
            return Taken(c, Prompt("officer.relay.wait", facts(report)))
        outcome = self._push(event, report, person, words)
        line = Entry(
            now,
            f"{RESPONDER}{person.responder_id}",
            "relayed",
            {"to": "reporter", "outcome": outcome},
            f"relayed-{event.event_id}-{outcome}",
        )
        self.reports.note(report.report_id, [line])
        after = replace(c, officer=replace(step, relayed=(*sent, now), held=None))
        return Taken(after, Prompt(f"officer.relay.{outcome}", facts(report)))

    def _sent_before(self, event: IncomingEvent, c: Conversation, now: float) -> Taken | None:
        """Return what came of these words if they went to a reporter, and were not stored as taken.

        Since then this officer may have turned to another report: that reporter must not get them,
        too. With one report there is nobody else, and LINE takes the same message once.
        """
        step = c.officer or OfficerStep()
        several = step.others and isinstance(event.given, TextSent)
        for noting in (step.noting, *step.others) if several else ():
            outcome = self._outcome_of(event, noting.report_id) if noting else None
            found = self._find(noting.report_id, event.user_id) if noting and outcome else None
            if found is not None:
                relayed = (*relay.recently(step.relayed, now), now)
                after = replace(c, officer=replace(step, relayed=relayed))
                return Taken(after, Prompt(f"officer.relay.{outcome}", facts(found[0])))
        return None

    def _outcome_of(self, event: IncomingEvent, report_id: str) -> str | None:
        """Return what came of this event's words to a report's reporter; None if none went."""
        begin = f"relayed-{event.event_id}-"
        lines = (e for e in self.reports.timeline(report_id) if e.key.startswith(begin))
        return next((str(line.detail["outcome"]) for line in lines), None)

    def _push(self, event: IncomingEvent, report: Report, person: Notified, words: str) -> str:
        """Push to the reporter: ``sent`` once LINE took it, ``not_sent``, or ``perhaps``."""
        known: Params = {
            "words": words,
            "responder_th": person.name_th,
            "responder_en": person.name_en,
            "reference": report.reference,
            "can_talk": report.can_talk,
        }
        self._forget_question(report.reporter_id)
        try:
            self.messenger.push(
                report.reporter_id,
                [Prompt("from_officer", known | label(report))],
                report.language,
                retry_key=retry_key(report.report_id, "from_officer", event.event_id),
                silent=not report.can_talk,
            )
        except PermanentFailure:
            return "not_sent"
        except TemporaryFailure:
            # Not left to another delivery: LINE may never make one, and the officer would wait.
            return "perhaps"
        return "sent"

    def _forget_question(self, reporter_id: str) -> None:
        """Have the reporter's next yes or no answer the officer, not what we asked before."""
        for _ in range(TRIES):
            try:
                before = self.conversations.get(reporter_id)
                if before.awaiting is None and not _is_question(last_question(before)):
                    return
                after = replace(before, version=before.version + 1, last_answer=(), awaiting=None)
                self.conversations.save(before, after, None)
            except ConversationChanged:
                continue
            except TemporaryFailure:
                return  # the officer's words are worth more than a question that stays open
            return

    def _theirs(
        self, event: IncomingEvent, c: Conversation, now: float
    ) -> tuple[_Theirs | None, list[_Theirs]]:
        """Return the report acted on last, if it is still theirs, and the other open ones.

        The others are left out where it is said, or plain, that the last one is meant.
        """
        step = c.officer
        noting = step.noting if step else None
        if step is None or noting is None:
            return None, []
        chosen = now < noting.chosen_until
        if c.step is not Step.IDLE and not (chosen and _speaks_beside(event, c)):
            return None, []  # whoever is reporting something is not taking notes
        last = self._usable(noting, event.user_id, now)
        if last is not None and (chosen or last[0].status is Status.CLOSED):
            return last, []
        others = [self._usable(other, event.user_id, now) for other in step.others]
        return last, [one for one in others if one and one[0].status is not Status.CLOSED]

    def _usable(self, noting: Noting, line_user_id: str, now: float) -> _Theirs | None:
        """Return the report and who this person is in it, if they may add to it now."""
        found = self._find(noting.report_id, line_user_id) if now < noting.until else None
        return found if found and _may_add(found[0], found[1].responder_id, now) else None

    def _find(self, report_id: str, line_user_id: str) -> _Theirs | None:
        """Return a report and who this person is in it, if their unit vouches for them."""
        try:
            report = self.reports.get(report_id)
        except ReportNotFound:
            return None  # erased meanwhile: the message is none of a report's
        person = report.find_by_line_user(line_user_id)
        if person is None:
            return None
        member = self.responders.get(person.unit_id, person.responder_id)
        if member is None or not member.verified or member.line_user_id != line_user_id:
            return None  # left the unit, or lost its trust: what they send is none of a report's
        return report, person


def takes_up(tap: ResponderTap) -> bool:
    """Tell whether this tap makes the report the one that the officer's words go to."""
    return tap.act in _TAKEN_UP_BY


def sends_held(tap: ResponderTap) -> bool:
    """Tell whether this tap says whom the words are for that were held back."""
    return tap.act == "talk" and tap.choice == relay.SEND


def _is_question(name: str) -> bool:
    return name.startswith(_QUESTIONS)


def _speaks_beside(event: IncomingEvent, c: Conversation) -> bool:
    """Tell whether a text may go to a reporter although this officer has an exercise of theirs."""
    drills = c.step is Step.FOLLOWING and c.active is not None and c.active.drill
    return drills and isinstance(event.given, TextSent)


def _listed(reports: list[Report]) -> Params:
    params: Params = {}
    for number, report in enumerate(reports, start=1):
        params |= {
            f"other_{number}_id": report.report_id,
            f"other_{number}_reference": report.reference,
            f"other_{number}_kind": int(report.kind),
            f"other_{number}_at": report.opened_at,
        }
    return params


def _lasts(noting: Noting | None, report_id: str, now: float) -> bool:
    """Tell whether the report is remembered already, and for long: one write less for each tap."""
    if noting is None or noting.report_id != report_id:
        return False
    return noting.until - now > relay.TALK_S / 2


def _may_add(report: Report, responder_id: str, now: float) -> bool:
    if report.status is Status.CLOSED:
        return response.may_note(report, responder_id, now=now)
    return relay.is_on_it(report, responder_id)

"""After an officer has closed a report in LINE: what they write or send next is added to it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from ess.domain import response
from ess.domain.conversation import Conversation, MediaSent, Prompt, Step, TextSent
from ess.domain.errors import ConversationChanged, ReportNotFound, TemporaryFailure
from ess.domain.incoming import IncomingEvent
from ess.domain.media import RESPONDER, MediaItem, kind_of
from ess.domain.officer_step import Noting, OfficerStep
from ess.domain.report import Report
from ess.ports.conversations import Conversations
from ess.ports.media_queue import MediaQueue
from ess.ports.reports import Reports
from ess.ports.responders import Responders
from ess.usecases.officer_news import facts

TRIES = 5
"""How often a lost race is run again before LINE is asked to deliver again."""


@dataclass(frozen=True, slots=True)
class Notes:
    """Takes officers' notes and pictures.

    Args:
        media: gives the queue of files to fetch; asked only when there is one.
    """

    conversations: Conversations
    reports: Reports
    responders: Responders
    media: Callable[[], MediaQueue]

    def begin(self, line_user_id: str, report_id: str, now: float) -> None:
        """Remember that this officer is closing a report.

        That alone allows nothing: whether the report was theirs is asked when a note comes.

        Raises:
            TemporaryFailure: the store did not answer, or the conversation kept changing.
        """
        noting = Noting(report_id, now + response.NOTE_S)
        for _ in range(TRIES):
            before = self.conversations.get(line_user_id)
            step = before.officer or OfficerStep()
            after = replace(
                before, version=before.version + 1, officer=replace(step, noting=noting)
            )
            try:
                self.conversations.save(before, after, None)
            except ConversationChanged:
                continue  # another event of the same person: look again
            return
        raise TemporaryFailure("the conversation kept changing")

    def take(self, event: IncomingEvent, c: Conversation, now: float) -> Prompt | None:
        """Add the event's text or file to the report closed just now; twice is once.

        Returns:
            What the officer is told; None if the event is no note.

        Raises:
            TemporaryFailure: a store or the queue did not answer; the event may come again.
        """
        theirs = self._theirs(event, c, now)
        if theirs is None:
            return None
        report, who = theirs
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

    def _theirs(
        self, event: IncomingEvent, c: Conversation, now: float
    ) -> tuple[Report, str] | None:
        """Return the report that this person may add to now, and their responder id."""
        noting = c.officer.noting if c.officer else None
        # Whoever is reporting something is not taking notes.
        if noting is None or now >= noting.until or c.step is not Step.IDLE:
            return None
        try:
            report = self.reports.get(noting.report_id)
        except ReportNotFound:
            return None  # erased meanwhile: the message is none of a report's
        person = report.find_by_line_user(event.user_id)
        if person is None or not response.may_note(report, person.responder_id, now=now):
            return None
        member = self.responders.get(person.unit_id, person.responder_id)
        if member is None or not member.verified or member.line_user_id != event.user_id:
            return None  # left the unit, or lost its trust: what they send is none of a report's
        return report, person.responder_id

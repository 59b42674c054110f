"""Delete what is stored of a message that its sender took back, and tell who goes."""

from collections.abc import Callable

from ess.domain.conversation import Conversation
from ess.domain.errors import ConversationChanged, ReportNotFound, TemporaryFailure
from ess.domain.incoming import IncomingEvent
from ess.domain.media import REPORTER, MediaItem, MediaKind
from ess.domain.report import ACCEPTED
from ess.domain.unsend import forget_held, forget_in_draft, has_words, retract
from ess.ports.clock import Clock
from ess.ports.conversations import Conversations
from ess.ports.media_queue import MediaQueue
from ess.ports.reports import Reports
from ess.ports.workflow import Workflow
from ess.usecases.change_report import change_report

TRIES = 5
"""How often a lost race is run again before LINE is asked to deliver again."""


def unsend_message(
    event: IncomingEvent,
    message_id: str,
    *,
    conversations: Conversations,
    reports: Reports,
    media: Callable[[], MediaQueue],
    workflow: Workflow,
    clock: Clock,
) -> None:
    """Take a message back; doing it again has no further effect.

    Args:
        event: what says so; one that this person's conversation has taken is passed over.
        message_id: LINE's id of the message, digits.
        media: gives the queue on which files are forgotten.

    Raises:
        TemporaryFailure: something did not answer; the event may be delivered again.
    """
    c = _without_draft_words(event, message_id, conversations)
    if c is None:
        return
    for report_id in _reports_of(c):
        try:
            _, report = change_report(
                reports, report_id, lambda now_is: retract(now_is, message_id, clock.now())
            )
        except ReportNotFound:  # erased meanwhile
            continue
        if not has_words(report, message_id):
            kind = MediaKind.IMAGE  # whatever it is
            item = MediaItem(report_id, message_id, kind, REPORTER, event.event_id, taken_back=True)
            media().put(item)
        if report.token is not None and report.status in ACCEPTED:
            workflow.resume(report.token, "details")


def _without_draft_words(
    event: IncomingEvent, message_id: str, conversations: Conversations
) -> Conversation | None:
    """Return the conversation without the message; None if it has taken the event before."""
    for _ in range(TRIES):
        before = conversations.get(event.user_id)
        if event.event_id in before.recent_events:
            return None
        after = forget_in_draft(before, message_id)
        after = forget_held(before) if after is before else after
        if after is before:
            return before
        try:
            conversations.save(before, after, None)
        except ConversationChanged:
            continue  # another delivery was faster: look again at what is true now
        return after
    raise TemporaryFailure("the conversation kept changing")


def _reports_of(c: Conversation) -> list[str]:
    """Return the ids of the reports that a message may have gone to, the likeliest first.

    An officer's files go to the report that they add to.
    """
    ids = [c.active.report_id] if c.active else []
    ids += [other.report_id for other in reversed(c.others)]
    if c.officer is not None and c.officer.noting is not None:
        ids.append(c.officer.noting.report_id)
    return list(dict.fromkeys(ids))

"""What one input leads to, and what is needed to tell."""

from collections.abc import Callable
from dataclasses import dataclass

from ess.domain.conversation.state import Conversation, Prompt
from ess.domain.conversation.writes import ReportWrite
from ess.domain.report import ACCEPTED
from ess.domain.understanding import Understood


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one input leads to.

    Args:
        conversation: to be stored, with the event remembered.
        answer: what the person is told.
        write: a change to a report that must be stored with the conversation, or not at all.
        start: id of the report whose workflow must be started.
        run: the number of its execution, from 1.
        wake: task token of a workflow that must hear of this.
        news: what it hears: ``closed``, ``phone_added``, ``no_call``, ``nobody_came``, ``details``,
            or of somebody who floods ``many_details``.
        media: kind of file (LINE's message type) and id of the message that holds it, for the
            officers of the open report.
        mail: what the desk is sent by e-mail.
    """

    conversation: Conversation
    answer: tuple[Prompt, ...] = ()
    write: ReportWrite | None = None
    start: str | None = None
    run: int = 1
    wake: str | None = None
    news: str = "closed"
    media: tuple[str, str] | None = None
    mail: Prompt | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """What `advance` needs to know besides conversation and input.

    Args:
        event_id: id of the webhook event; also makes the id of a report it opens.
        now: epoch seconds.
        grace_s: seconds an opened report waits for a phone number before it is dispatched without.
        read_phone: returns the E.164 number found in a text, or None.
        understand: returns what a text says; by default nothing.
        message_id: LINE's id of the message, by which it may be taken back; empty if it is none.
    """

    event_id: str
    now: float
    grace_s: int
    read_phone: Callable[[str], str | None]
    understand: Callable[[str], Understood] = lambda _text: Understood()
    message_id: str = ""


def passed_on(c: Conversation, answer: tuple[Prompt, ...], write: ReportWrite) -> Outcome:
    """Store a write of the open report, and wake the workflow if somebody has accepted it."""
    active = c.active
    accepted = active is not None and active.status in ACCEPTED
    return Outcome(
        c, answer, write, wake=active.token if active and accepted else None, news="details"
    )

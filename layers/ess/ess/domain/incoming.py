"""What a webhook event means to us, whatever wire it came over."""

from dataclasses import dataclass

from ess.domain.conversation import Input
from ess.domain.report import ClosingReason

RESPONDER_ACTS = frozenset({"accept", "decline", "on_the_way", "on_scene", "close"})
"""What a responder can tap on an incident's card."""


@dataclass(frozen=True, slots=True)
class ResponderTap:
    """A responder's button on an incident's card.

    Args:
        act: one of `RESPONDER_ACTS`.
        report_id: the report it is about.
        reason: why it is closed, once chosen; only with ``close``.
    """

    act: str
    report_id: str
    reason: ClosingReason | None = None


@dataclass(frozen=True, slots=True)
class IncomingEvent:
    """An event from a 1:1 chat that is for us.

    Args:
        event_id: the same when the event is delivered again.
        user_id: LINE user id of the sender.
        reply_token: answers it once, within a minute; None for events without one.
        given: what it means.
    """

    event_id: str
    user_id: str
    reply_token: str | None
    given: Input | ResponderTap

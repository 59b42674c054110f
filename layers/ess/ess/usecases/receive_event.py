"""Take one webhook event of a reporter: one read, one conditional write, one answer."""

from collections.abc import Callable

from ess.domain.conversation import Conversation, Input, Moment, Outcome, advance
from ess.domain.errors import (
    ConversationChanged,
    EssError,
    PermanentFailure,
    TemporaryFailure,
)
from ess.domain.incoming import IncomingEvent
from ess.domain.report import Status
from ess.ports.clock import Clock
from ess.ports.conversations import Conversations
from ess.ports.messenger import Messenger
from ess.ports.workflow import Workflow
from ess.usecases.answer_event import answer_event

TRIES = 5
"""How often a lost race is run again before LINE is asked to deliver again."""


def receive_event(
    event: IncomingEvent,
    given: Input,
    *,
    conversations: Conversations,
    messenger: Messenger,
    workflow: Workflow,
    clock: Clock,
    grace_s: int,
    read_phone: Callable[[str], str | None],
) -> bool:
    """Advance the conversation by `given`; the same event again has no further effect.

    Without a race this costs one read, and one conditional write unless the event is a duplicate.

    Args:
        grace_s: seconds that an opened report waits for a phone number.
        read_phone: returns the E.164 number found in a text, or None.

    Returns:
        True if the event was new, False if it had been handled before.

    Raises:
        TemporaryFailure: something did not answer; the event may be delivered again as it is.
        PermanentFailure: LINE refuses our answer; what was given is stored all the same.
    """
    moment = Moment(event.event_id, clock.now(), grace_s, read_phone)
    for _ in range(TRIES):
        before = conversations.get(event.user_id)
        if event.event_id in before.recent_events:
            _repeat(event, before, messenger, workflow)
            return False
        outcome = advance(before, given, moment)
        try:
            conversations.save(before, outcome.conversation, outcome.write)
        except ConversationChanged:
            continue  # another delivery or a worker was faster: look again at what is true now
        _finish(event, outcome, messenger, workflow)
        return True
    raise TemporaryFailure("the conversation kept changing")


def _finish(
    event: IncomingEvent, outcome: Outcome, messenger: Messenger, workflow: Workflow
) -> None:
    """Answer, then start or wake the workflow; one that fails does not keep the other from it."""
    answer_failed: EssError | None = None
    try:
        answer_event(
            event,
            outcome.answer,
            outcome.conversation.language,
            messenger=messenger,
            first_time=True,
        )
    except EssError as failure:
        answer_failed = failure
    try:
        _tell_workflow(outcome.start, outcome.wake, outcome.news, workflow)
    except PermanentFailure:
        # What may pass comes first: delivering the event again gives the answer and tries both.
        if isinstance(answer_failed, TemporaryFailure):
            raise answer_failed from None
        raise
    if answer_failed is not None:
        raise answer_failed


def _tell_workflow(start: str | None, wake: str | None, news: str, workflow: Workflow) -> None:
    if start is not None:
        workflow.start(start)
    if wake is not None:
        workflow.resume(wake, news)


def _repeat(
    event: IncomingEvent, stored: Conversation, messenger: Messenger, workflow: Workflow
) -> None:
    """Finish what an earlier delivery may have left undone; each part is safe to repeat."""
    active = stored.active
    if active is not None and active.status is Status.DISPATCHED:
        workflow.start(active.report_id)
    if active is not None and active.status is Status.CLOSED and active.token is not None:
        workflow.resume(active.token, "closed")
    if stored.recent_events[-1] == event.event_id:
        # After newer messages an old answer would only confuse.
        answer_event(
            event, stored.last_answer, stored.language, messenger=messenger, first_time=False
        )

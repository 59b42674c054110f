"""Take one webhook event of a 1:1 chat: one read, one conditional write, one answer."""

from collections.abc import Callable
from functools import partial

from ess.domain.conversation import (
    ButtonUnknown,
    Conversation,
    Input,
    Moment,
    Outcome,
    TextSent,
    advance,
    remember,
)
from ess.domain.errors import (
    ConversationChanged,
    EssError,
    PermanentFailure,
    TemporaryFailure,
)
from ess.domain.incoming import CodeTyped, IncomingEvent, OfficerAsked
from ess.domain.report import ACCEPTED, Status
from ess.ports.clock import Clock
from ess.ports.conversations import Conversations
from ess.ports.messenger import Messenger
from ess.ports.workflow import Workflow
from ess.usecases.answer_event import answer_event
from ess.usecases.receive_officer_event import Officers, Passed, Turn
from ess.usecases.take_note import Notes

TRIES = 5
"""How often a lost race is run again before LINE is asked to deliver again."""


def receive_event(
    event: IncomingEvent,
    given: Input | OfficerAsked | CodeTyped,
    *,
    conversations: Conversations,
    messenger: Messenger,
    workflow: Workflow,
    clock: Clock,
    grace_s: int,
    read_phone: Callable[[str], str | None],
    officers: Officers | None = None,
    notes: Notes | None = None,
) -> bool:
    """Advance the conversation by `given`; the same event again has no further effect.

    Without a race this costs one read, and one conditional write unless the event is a duplicate.

    Args:
        grace_s: seconds that an opened report waits for a phone number.
        read_phone: returns the E.164 number found in a text, or None.
        officers: takes what is an officer's matter; without it everybody is a reporter.
        notes: takes what officers add to a report that they have closed.

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
            if officers is not None:
                officers.repeat(event, before)
            return False
        decided = _decide(event, before, given, moment, officers, notes)
        finish: Callable[[], None]
        try:
            if isinstance(decided, Turn):
                decided.keep()
                finish = partial(decided.finish, event)
            else:
                conversations.save(before, decided.conversation, decided.write)
                finish = partial(_finish, event, decided, messenger, workflow)
        except ConversationChanged:
            continue  # another delivery or a worker was faster: look again at what is true now
        finish()
        return True
    raise TemporaryFailure("the conversation kept changing")


def _decide(
    event: IncomingEvent,
    before: Conversation,
    given: Input | OfficerAsked | CodeTyped,
    moment: Moment,
    officers: Officers | None,
    notes: Notes | None,
) -> Outcome | Turn:
    """Return what the event leads to: a note, else an officer's matter, else a reporter's."""
    noted = notes.take(event, before, moment.now) if notes else None
    if noted is not None:
        return Outcome(remember(before, before, moment.event_id, (noted,)), (noted,))
    turn = officers.decide(before, given, moment) if officers else _passed(before, given)
    return advance(turn.conversation, turn.given, moment) if isinstance(turn, Passed) else turn


def _passed(c: Conversation, given: Input | OfficerAsked | CodeTyped) -> Passed:
    """Return what an officer's input is where everybody is a reporter."""
    match given:
        case CodeTyped():
            return Passed(c, TextSent(given.text))
        case OfficerAsked():
            return Passed(c, ButtonUnknown())
        case _:
            return Passed(c, given)


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
        _tell_workflow(outcome, workflow)
    except PermanentFailure:
        # What may pass comes first: delivering the event again gives the answer and tries both.
        if isinstance(answer_failed, TemporaryFailure):
            raise answer_failed from None
        raise
    if answer_failed is not None:
        raise answer_failed


def _tell_workflow(outcome: Outcome, workflow: Workflow) -> None:
    if outcome.start is not None:
        workflow.start(outcome.start, outcome.run)
    if outcome.wake is not None:
        workflow.resume(outcome.wake, outcome.news)


_NEWS = {
    "phone_passed": "phone_added",
    "no_call_passed": "no_call",
    "nobody_came_passed": "nobody_came",
}
"""Answers that promise to wake the workflow, and what it is to hear."""


def _repeat(
    event: IncomingEvent, stored: Conversation, messenger: Messenger, workflow: Workflow
) -> None:
    """Finish what an earlier delivery may have left undone; each part is safe to repeat."""
    active = stored.active
    if active is not None and active.status is Status.DISPATCHED:
        workflow.start(active.report_id, active.run)
    if active is not None and active.status is Status.CLOSED and active.token is not None:
        workflow.resume(active.token, "closed")
    if stored.recent_events[-1] == event.event_id:
        news = [_NEWS[prompt.name] for prompt in stored.last_answer if prompt.name in _NEWS]
        if active and active.token and active.status in ACCEPTED and news:
            workflow.resume(active.token, news[0])
        # After newer messages an old answer would only confuse.
        answer_event(
            event, stored.last_answer, stored.language, messenger=messenger, first_time=False
        )

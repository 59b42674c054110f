"""Take one webhook event of a 1:1 chat: one read, one conditional write, one answer."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial

from ess.domain.conversation import (
    ActiveReport,
    AppealAsked,
    ButtonUnknown,
    Conversation,
    Followed,
    Input,
    Moment,
    Outcome,
    Prompt,
    TextSent,
    advance,
    brought_back,
    other_report_of,
    remember,
    reporter_view,
    status_prompt,
    unheard,
    without_other,
)
from ess.domain.errors import (
    ConversationChanged,
    EssError,
    PermanentFailure,
    ReportNotFound,
    TemporaryFailure,
)
from ess.domain.incoming import CodeTyped, IncomingEvent, OfficerAsked
from ess.domain.media import REPORTER, MediaItem, kind_of
from ess.domain.report import ACCEPTED, Status
from ess.domain.understanding import Understood
from ess.ports.clock import Clock
from ess.ports.conversations import Conversations
from ess.ports.desk_mail import DeskMail
from ess.ports.media_queue import MediaQueue
from ess.ports.messenger import Messenger
from ess.ports.reports import Reports
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
    understand: Callable[[str], Understood] = lambda _text: Understood(),
    media: Callable[[], MediaQueue] | None = None,
    reports: Callable[[], Reports] | None = None,
    officers: Officers | None = None,
    notes: Notes | None = None,
    desk_mail: Callable[[], DeskMail] | None = None,
    observe: Callable[[str], None] = lambda _what: None,
    profile_language: Callable[[str], str | None] | None = None,
) -> bool:
    """Advance the conversation by `given`; the same event again has no further effect.

    Without a race this costs one read, and one conditional write unless the event is a duplicate.

    Args:
        grace_s: seconds that an opened report waits for a phone number.
        read_phone: returns the E.164 number found in a text, or None.
        understand: returns what a text says.
        media: gives the queue of files to fetch; asked only when there is one.
        reports: gives the reports; asked only when this person goes back to an older one of theirs.
        officers: takes what is an officer's matter; without it everybody is a reporter.
        notes: takes what officers add to a report that they have closed.
        desk_mail: gives the desk's mailbox; asked only when there is something for it.
        observe: is told what happened, as names of metrics.
        profile_language: tells which of our languages a person uses LINE in, or None; asked when
            somebody writes first or follows and has chosen no language.

    Returns:
        True if the event was new, False if it had been handled before.

    Raises:
        TemporaryFailure: something did not answer; the event may be delivered again as it is.
        PermanentFailure: LINE refuses our answer; what was given is stored all the same.
    """
    moment = Moment(event.event_id, clock.now(), grace_s, read_phone, understand, event.message_id)
    if profile_language is not None:
        profile_language = cache(profile_language)  # a lost race asks nobody again
    for number in range(TRIES + 1):
        before = conversations.get(event.user_id)
        # Nothing can be written to what was erased: at last go on without it.
        left = _without_gone(before, given, reports) if number == TRIES else None
        if number == TRIES and left is None:
            break
        if event.event_id in before.recent_events:
            _repeat(event, before, messenger, workflow)
            if officers is not None:
                officers.repeat(event, before)
            return False
        finish: Callable[[], None]
        if profile_language is not None and _is_new(before, given):
            before = replace(before, language=profile_language(event.user_id))
        try:
            if left is not None:
                left = replace(left, language=before.language)
                before = _stored(before, left, conversations)
            before = _bring_back(before, given, conversations, reports)
            decided = _decide(event, before, given, moment, officers, notes)
            if isinstance(decided, Turn):
                decided.keep()
                finish = partial(decided.finish, event)
            else:
                _queue_media(event, before, decided, media)
                conversations.save(before, decided.conversation, decided.write)
                mail = partial(_mail, decided, desk_mail, observe)
                # Whoever cannot talk is not given away by the answer that ends their report either.
                silent = before.is_silent or decided.conversation.is_silent
                finish = partial(_finish, event, decided, messenger, workflow, mail, silent=silent)
        except ConversationChanged:
            continue  # another delivery or a worker was faster: look again at what is true now
        finish()
        return True
    raise TemporaryFailure("the conversation kept changing")


def _without_gone(
    c: Conversation,
    given: Input | OfficerAsked | CodeTyped,
    reports: Callable[[], Reports] | None,
) -> Conversation | None:
    """Return `c` without what leads to erased reports; None if nothing does.

    Raises:
        TemporaryFailure: the store did not answer.
    """
    if reports is None:
        return None
    after = c
    if c.active is not None and _is_gone(c.active.report_id, reports()):
        after = replace(after, active=None)
    appealed = c.block if isinstance(given, AppealAsked) else None
    if appealed is not None and _is_gone(appealed.report_id, reports()):
        # Whoever reviews it finds the person by another report of theirs; with none left nobody
        # could, and a block that nobody can review ends.
        mine = [after.active.report_id] if after.active else []
        mine += [other.report_id for other in reversed(c.others)]
        left = next((one for one in mine if not _is_gone(one, reports())), None)
        block = None if left is None else replace(appealed, report_id=left)
        after = replace(after, block=block)
    return None if after is c else after


def _is_gone(report_id: str, reports: Reports) -> bool:
    """Tell whether a report was erased, though it is still known here.

    Raises:
        TemporaryFailure: the store did not answer.
    """
    try:
        reports.get(report_id)
    except ReportNotFound:
        return True
    return False


def _is_new(c: Conversation, given: Input | OfficerAsked | CodeTyped) -> bool:
    """Tell whether the language of a person's profile is to be asked for."""
    return c.language is None and (c.version == 0 or isinstance(given, Followed))


def _bring_back(
    before: Conversation,
    given: Input | OfficerAsked | CodeTyped,
    conversations: Conversations,
    reports: Callable[[], Reports] | None,
) -> Conversation:
    """Store the older report that `given` is about as the one that is spoken of; usually nothing.

    Only then is the copy kept true by every write to that report, as the rest of the event needs.

    Raises:
        ConversationChanged: it did, meanwhile.
        TemporaryFailure: a store did not answer.
    """
    if isinstance(given, OfficerAsked) or reports is None:
        return before
    said = TextSent(given.text) if isinstance(given, CodeTyped) else given
    report_id = other_report_of(before, said)
    if report_id is not None:
        return _spoken_of(before, report_id, conversations, reports)
    for report_id in unheard(before, said):
        before = _spoken_of(before, report_id, conversations, reports, only_open=True)
        if before.active is not None and before.active.is_open:
            break
    return before


def _spoken_of(
    before: Conversation,
    report_id: str,
    conversations: Conversations,
    reports: Callable[[], Reports],
    *,
    only_open: bool = False,
) -> Conversation:
    """Store an older report as the one that is spoken of; one that is gone is forgotten.

    Args:
        only_open: one that is closed is forgotten too.
    """
    try:
        report = reports().get(report_id)
    except ReportNotFound:  # erased meanwhile
        return _stored(before, without_other(before, report_id), conversations)
    if only_open and report.status is Status.CLOSED:
        return _stored(before, without_other(before, report_id), conversations)
    now = _stored(before, brought_back(before, reporter_view(report)), conversations)
    # What was written to it between reading and storing is not in the copy.
    latest = reports().get(report_id)
    if latest.version == report.version:
        return now
    return _stored(now, replace(now, active=reporter_view(latest)), conversations)


def _stored(
    before: Conversation, after: Conversation, conversations: Conversations
) -> Conversation:
    """Store `after` as one version more than `before`, and return it."""
    after = replace(after, version=before.version + 1)
    conversations.save(before, after, None)
    return after


def _queue_media(
    event: IncomingEvent,
    before: Conversation,
    outcome: Outcome,
    media: Callable[[], MediaQueue] | None,
) -> None:
    """Have a file fetched; before the conversation is stored, so that it is not forgotten."""
    active = before.active
    if outcome.media is None or active is None or media is None:
        return
    kind = kind_of(outcome.media[0])
    if kind is not None:
        item = MediaItem(active.report_id, outcome.media[1], kind, REPORTER, event.event_id)
        media().put(item)


def _decide(
    event: IncomingEvent,
    before: Conversation,
    given: Input | OfficerAsked | CodeTyped,
    moment: Moment,
    officers: Officers | None,
    notes: Notes | None,
) -> Outcome | Turn:
    """Return what the event leads to: a note, else an officer's matter, else a reporter's."""
    taken = notes.take(event, before, moment.now) if notes else None
    if taken is not None:
        told = (taken.prompt,)
        return Outcome(remember(before, taken.conversation, moment.event_id, told), told)
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
    event: IncomingEvent,
    outcome: Outcome,
    messenger: Messenger,
    workflow: Workflow,
    mail: Callable[[], None],
    *,
    silent: bool,
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
            silent=silent,
        )
    except EssError as failure:
        answer_failed = failure
    mail()
    try:
        _tell_workflow(outcome, workflow)
    except PermanentFailure:
        # What may pass comes first: delivering the event again gives the answer and tries both.
        if isinstance(answer_failed, TemporaryFailure):
            raise answer_failed from None
        raise
    if answer_failed is not None:
        raise answer_failed


def _mail(
    outcome: Outcome,
    desk_mail: Callable[[], DeskMail] | None,
    observe: Callable[[str], None],
) -> None:
    """Write to the desk, once; what it is about stands in a timeline, so a failure is counted."""
    if outcome.mail is None or desk_mail is None:
        return
    observe("AppealsReceived")
    try:
        desk_mail().send(outcome.mail)
    except (TemporaryFailure, PermanentFailure):
        observe("AppealsNotMailed")


def _tell_workflow(outcome: Outcome, workflow: Workflow) -> None:
    if outcome.start is not None:
        workflow.start(outcome.start, outcome.run)
    if outcome.wake is not None:
        workflow.resume(outcome.wake, outcome.news)


def _true_now(prompt: Prompt, active: ActiveReport | None) -> Prompt:
    """Return a prompt that is given again: a status as it is now, not as it was."""
    if active is None or prompt.params.get("report_id") != active.report_id:
        return prompt
    return status_prompt(active) if prompt.name.startswith("status.") else prompt


_NEWS = {
    "phone_passed": "phone_added",
    "no_call_passed": "no_call",
    "nobody_came_passed": "nobody_came",
    # What is said or mended while somebody has accepted; `_repeat` asks whether somebody has.
    "phone_added_silent": "details",
    "note_kept_passed": "details",
    "landmark_kept_passed": "details",
    "pin_mended": "details",
    "kind_mended": "details",
    "who_kept": "details",
    "question.still_there": "details",
    "question.weapon": "details",
    "answers_kept": "details",
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
        if not stored.last_answer:
            news = ["many_details"]  # of a flood not all is answered, and all is passed on
        if active and active.token and active.status in ACCEPTED and news:
            workflow.resume(active.token, news[0])
        # After newer messages an old answer would only confuse.
        answer_event(
            event,
            [_true_now(prompt, active) for prompt in stored.last_answer],
            stored.language,
            messenger=messenger,
            first_time=False,
            silent=stored.is_silent or (active is not None and not active.can_talk),
        )

"""One step of the conversation: an input in; new conversation, answer and effects out."""

from collections.abc import Callable
from dataclasses import replace

from ess.domain.conversation.adding import (
    call_declined,
    clear_asked,
    details_asked,
    landmark_asked,
    media_sent,
    number_missing,
    question_answered,
    who_chosen,
)
from ess.domain.conversation.answers import drill_label, stay
from ess.domain.conversation.ending import (
    appeal_asked,
    asking_allowed,
    cancel_asked,
    cancel_confirmed,
    cancel_refused,
    help_came,
    nobody_came,
)
from ess.domain.conversation.inputs import (
    Answered,
    AppealAsked,
    AskingAllowed,
    ButtonUnknown,
    CallDeclined,
    CancelAsked,
    CancelConfirmed,
    CancelRefused,
    ClearAsked,
    DetailsAsked,
    Followed,
    HelpCame,
    Input,
    KindChosen,
    KindsAsked,
    LandmarkAsked,
    LanguageChosen,
    MediaSent,
    MenuAsked,
    NobodyCame,
    NumberMissing,
    PinKept,
    PinShared,
    ReportAsked,
    RestartAsked,
    StatusAsked,
    SwitchAsked,
    TextSent,
    Unfollowed,
    WhoChosen,
)
from ess.domain.conversation.older import status_asked, switch_asked
from ess.domain.conversation.outcome import Moment, Outcome
from ess.domain.conversation.reporting import (
    followed,
    kind_chosen,
    kinds_asked,
    menu_asked,
    pin_kept,
    pin_shared,
    report_asked,
    restart_asked,
    unfollowed,
)
from ess.domain.conversation.state import REMEMBERED_EVENTS, Conversation, Prompt, Step
from ess.domain.conversation.writes import (
    AddDetail,
    CancelReport,
    OpenReport,
    ReopenReport,
    ReviseReport,
    SetLanguage,
)


def advance(conversation: Conversation, given: Input, moment: Moment) -> Outcome:
    """Take one input; whatever it is, nothing that was given before is lost."""
    outcome = _TRANSITIONS[type(given)](conversation, given, moment)
    outcome = _unless_blocked(outcome, conversation, given, moment)
    outcome = _paced(_counted(outcome, conversation, moment), conversation, moment)
    asked_again = isinstance(given, LandmarkAsked)
    after = _touched(outcome.conversation, conversation, moment, asked_again=asked_again)
    if _in_drill(after):
        outcome = replace(outcome, answer=tuple(map(_as_drill, outcome.answer)))
    return replace(
        outcome, conversation=remember(conversation, after, moment.event_id, outcome.answer)
    )


def _touched(
    after: Conversation, before: Conversation, m: Moment, *, asked_again: bool
) -> Conversation:
    """Return `after` with the time of the draft's last change; a text awaited is awaited once.

    Args:
        asked_again: the button for it was tapped, perhaps twice: it is awaited.
    """
    if after.awaiting is not None and after.awaiting == before.awaiting and not asked_again:
        after = replace(after, awaiting=None)
    if after.draft is None or after.draft == before.draft:
        return after
    return replace(after, draft=replace(after.draft, touched_at=m.now, nudged=False))


def _unless_blocked(outcome: Outcome, before: Conversation, given: Input, m: Moment) -> Outcome:
    """Return `outcome`, or what is said to somebody who may begin no report for a while.

    What they have open goes on, with all that can be said and asked about it: what is sent while a
    draft still stands is taken as being about that.
    """
    block = before.block
    if block is None or not block.holds(m.now) or not _begins(outcome):
        return outcome
    said = Prompt("blocked", {"until_at": block.until})
    # The auditor passes on what words a draft has for the report beside it.
    kept, went_on = before.draft if before.has_words_beside else None, outcome.conversation.draft
    if kept is not None and went_on is not None:
        kept = replace(kept, no_call=went_on.no_call)
    alone = replace(before, draft=None)
    about = None if before.draft is None else _TRANSITIONS[type(given)](alone, given, m)
    if about is None or _begins(about):
        outcome = Outcome(alone, (said,))
    else:
        outcome = replace(about, answer=(said, *about.answer))
    return replace(outcome, conversation=replace(outcome.conversation, draft=kept))


def _begins(outcome: Outcome) -> bool:
    """Tell whether a report is begun, opened or opened again."""
    opens = isinstance(outcome.write, OpenReport | ReopenReport)
    return opens or outcome.conversation.draft is not None


def _counted(outcome: Outcome, before: Conversation, m: Moment) -> Outcome:
    """Return `outcome` with what it does to the person's history; officers' closings come later."""
    after, active = outcome.conversation, before.active
    history = after.history
    match outcome.write:
        case OpenReport(report) if not report.drill:
            history = history.after_opening(m.now)
        case CancelReport() if active is not None and not active.drill:
            history = history.after_closing()
        case ReopenReport() if active is not None and not active.drill:
            history = history.after_reopening(active.changed_at)
    return replace(outcome, conversation=replace(after, history=history))


def _paced(outcome: Outcome, before: Conversation, m: Moment) -> Outcome:
    """Return `outcome`; of many messages in a short time some are not answered, none is refused.

    Nor is an officer told of each of them at once: the workflow waits `pace.SLOW_S` seconds, and
    then passes on all that was said, the last word too.
    """
    after, answer = outcome.conversation, outcome.answer
    pace, spent = after.pace.after_message(m.now)
    if spent and not _goes_on(outcome, before) and not pace.may_answer(m.now):
        answer = ()
    if answer:
        pace = replace(pace, answered_at=m.now)
    news = "many_details" if spent and outcome.news == "details" else outcome.news
    return replace(outcome, conversation=replace(after, pace=pace), answer=answer, news=news)


_STEPS = tuple(Step)


def _goes_on(outcome: Outcome, before: Conversation) -> bool:
    """Tell whether this brings a report further, and so must be answered whatever came before."""
    written = outcome.write is not None and not isinstance(
        outcome.write, AddDetail | ReviseReport | SetLanguage
    )
    after = outcome.conversation
    dropped = before.draft is not None and after.draft is None  # else they would wait for help
    return written or dropped or _STEPS.index(after.step) > _STEPS.index(before.step)


def remember(
    before: Conversation, after: Conversation, event_id: str, answer: tuple[Prompt, ...]
) -> Conversation:
    """Return `after` with its event and answer, one version after `before`."""
    return replace(
        after,
        version=before.version + 1,
        recent_events=(*before.recent_events, event_id)[-REMEMBERED_EVENTS:],
        last_answer=answer,
    )


def _in_drill(c: Conversation) -> bool:
    """Tell whether what is spoken of is an exercise: the draft, else the open report."""
    if c.draft is not None:
        return c.draft.drill
    return c.active is not None and c.active.is_open and c.active.drill


def _as_drill(prompt: Prompt) -> Prompt:
    return replace(prompt, params={**prompt.params, **drill_label(drill=True)})


def _text_sent(c: Conversation, given: TextSent, m: Moment) -> Outcome:
    # Imported here: every worker loads the conversation at its cold start, and none takes a text.
    from ess.domain.conversation.typed import text_sent  # noqa: PLC0415

    return text_sent(c, given, m)


def _language_chosen(c: Conversation, given: LanguageChosen, m: Moment) -> Outcome:
    told = stay(replace(c, language=given.language), "language_set")
    if c.active is None or not c.active.is_open:
        return told
    # What is pushed about the open report follows.
    return replace(told, write=SetLanguage(c.active.report_id, given.language, m.now))


def _button_unknown(c: Conversation, _given: ButtonUnknown, _m: Moment) -> Outcome:
    return stay(c, "late_button")


_TRANSITIONS: dict[type[Input], Callable[..., Outcome]] = {
    Followed: followed,
    Unfollowed: unfollowed,
    MenuAsked: menu_asked,
    ReportAsked: report_asked,
    KindsAsked: kinds_asked,
    KindChosen: kind_chosen,
    PinShared: pin_shared,
    PinKept: pin_kept,
    TextSent: _text_sent,
    CallDeclined: call_declined,
    NumberMissing: number_missing,
    CancelAsked: cancel_asked,
    CancelConfirmed: cancel_confirmed,
    CancelRefused: cancel_refused,
    RestartAsked: restart_asked,
    StatusAsked: status_asked,
    SwitchAsked: switch_asked,
    AskingAllowed: asking_allowed,
    NobodyCame: nobody_came,
    HelpCame: help_came,
    WhoChosen: who_chosen,
    DetailsAsked: details_asked,
    LandmarkAsked: landmark_asked,
    Answered: question_answered,
    ClearAsked: clear_asked,
    AppealAsked: appeal_asked,
    LanguageChosen: _language_chosen,
    MediaSent: media_sent,
    ButtonUnknown: _button_unknown,
}

"""Older reports of a person who has begun a newer one, and how to go back to them."""

from dataclasses import replace

from ess.domain.conversation.answers import ask_next, other_reports, status_prompt, stay
from ess.domain.conversation.inputs import (
    CallDeclined,
    CancelAsked,
    CancelConfirmed,
    HelpCame,
    Input,
    LandmarkAsked,
    MediaSent,
    NobodyCame,
    PinShared,
    ReportAsked,
    StatusAsked,
    SwitchAsked,
    TextSent,
)
from ess.domain.conversation.outcome import Moment, Outcome
from ess.domain.conversation.state import MOST_OTHERS, ActiveReport, Conversation, OtherReport, Step

_FOR_WHAT_IS_OPEN = (TextSent, PinShared, MediaSent, CancelAsked, CallDeclined, LandmarkAsked)


def kept_aside(c: Conversation) -> tuple[OtherReport, ...]:
    """Return the reports to go back to once another takes the place of `c.active`."""
    left = c.active
    if left is None or not left.is_open:
        return c.others
    other = OtherReport(left.report_id, left.reference, left.kind, left.opened_at)
    return (*c.others, other)[-MOST_OTHERS:]


def other_report_of(c: Conversation, given: Input) -> str | None:
    """Return the id of the older report that `given` is about, to be brought back first."""
    match given:
        case SwitchAsked() | CancelConfirmed() | NobodyCame() | HelpCame():
            others = (other.report_id for other in c.others)
            return given.report_id if given.report_id in others else None
        case _:
            return None


def unheard(c: Conversation, given: Input) -> tuple[str, ...]:
    """Return the older reports that `given` may be for, the latest first.

    Whoever goes on writing after their newer report was closed, or erased, means one that is open.
    """
    if c.draft is not None or (c.active is not None and c.active.is_open):
        return ()
    cries = isinstance(given, ReportAsked) and bool(given.words)
    if not cries and not isinstance(given, _FOR_WHAT_IS_OPEN):
        return ()
    return tuple(other.report_id for other in reversed(c.others))


def brought_back(c: Conversation, view: ActiveReport) -> Conversation:
    """Return `c` with one of its other reports as the one that is spoken of.

    Args:
        view: what that report is now.
    """
    aside = replace(c, others=without_other(c, view.report_id).others)
    return replace(c, active=view, others=kept_aside(aside))


def without_other(c: Conversation, report_id: str) -> Conversation:
    """Return `c` without one of its other reports, for one that is erased."""
    return replace(c, others=tuple(o for o in c.others if o.report_id != report_id))


def status_asked(c: Conversation, _given: StatusAsked, _m: Moment | None) -> Outcome:
    """Say where the report stands, and which other reports there are."""
    if c.draft is not None:
        return stay(c, "not_sent_yet")
    if c.active is None:
        return stay(c, "no_report")
    more = ask_next(c) if c.step is Step.GIVE_PHONE else ()
    return Outcome(c, (status_prompt(c.active), *other_reports(c), *more))


def switch_asked(c: Conversation, given: SwitchAsked, _m: Moment) -> Outcome:
    """Show the report that was brought back; see `ess.usecases.receive_event`."""
    if c.active is None or c.active.report_id != given.report_id:
        return stay(c, "late_button")
    more = ask_next(c) if c.draft is not None or c.step is Step.GIVE_PHONE else ()
    return Outcome(c, (status_prompt(c.active), *other_reports(c), *more))

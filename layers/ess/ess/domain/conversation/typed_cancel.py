"""Cancelling in words: whoever types it comes to an end as surely as whoever taps.

Each text is one step further, from the wish over the question to the reason, so that no word alone
cancels a report and none is asked for over and over.
"""

from dataclasses import replace

from ess.domain.conversation.adding import add_detail, heard_by_officer, with_words
from ess.domain.conversation.answers import last_question, status_params
from ess.domain.conversation.ending import cancel_asked, cancel_confirmed, cancel_refused
from ess.domain.conversation.inputs import (
    CANCEL_REASONS,
    CancelAsked,
    CancelConfirmed,
    CancelRefused,
)
from ess.domain.conversation.outcome import Moment, Outcome
from ess.domain.conversation.said import Said
from ess.domain.conversation.state import ActiveReport, Conversation, Prompt
from ess.domain.report import ACCEPTED


def cancelling(c: Conversation, active: ActiveReport, said: Said, m: Moment) -> Outcome | None:
    """Take a text about cancelling the open report; None if it is about something else."""
    meant, asked = said.meant, last_question(c)
    if asked == "cancel_reasons" and not said.is_emergency:
        return _reason_given(c, active, said, m)
    if meant.only_cancels:
        return cancel_asked(c, CancelAsked(typed=True), m)
    if asked != "cancel_confirm" or said.is_emergency or meant.hedged:
        return None
    if meant.keeps:
        return _kept(c, active, said, m)
    if meant.cancels or meant.safe:
        confirmed = cancel_confirmed(c, CancelConfirmed(active.report_id), m)
        tells = said.is_long and not meant.cancels
        return heard_by_officer(confirmed, said.words, m, is_long=tells)
    return None


def _reason_given(c: Conversation, active: ActiveReport, said: Said, m: Moment) -> Outcome | None:
    """Take the reason that a text names; any other words are passed on, and it is asked again.

    What is not understood may be "he is back" as well as "my brother fetched me".
    """
    meant = said.meant
    if meant.keeps or meant.yes is False:
        return _kept(c, active, said, m)
    again = Prompt("cancel_reasons", status_params(active))
    why = _why(said)
    if meant.yes and why is None:
        return heard_by_officer(Outcome(c, (again,)), said.words, m, is_long=said.is_long)
    if meant.hedged:
        return None
    if why is None and not meant.cancels:
        passed = add_detail(c, active, "note", said.text, m, "note_kept")
        return replace(passed, answer=(*passed.answer[:1], again))
    confirmed = cancel_confirmed(c, CancelConfirmed(active.report_id, why or "other"), m)
    words = said.words if why is None and not meant.only_cancels else ""
    return with_words(confirmed, words, said.message_id)


def _kept(c: Conversation, active: ActiveReport, said: Said, m: Moment) -> Outcome:
    """Keep the report; words beside the "no" are passed on, whoever is to go."""
    kept = cancel_refused(c, CancelRefused(), m)
    if not said.is_long or active.status in ACCEPTED:
        return heard_by_officer(kept, said.words, m)
    passed = add_detail(c, active, "note", said.text, m, "note_kept")
    return replace(passed, answer=kept.answer)


def _why(said: Said) -> str | None:
    """Return which of the reasons a text names, or None."""
    meant = said.meant
    if meant.choice is not None and meant.choice <= len(CANCEL_REASONS):
        return CANCEL_REASONS[meant.choice - 1]
    return meant.why or ("safe_now" if meant.safe else None)

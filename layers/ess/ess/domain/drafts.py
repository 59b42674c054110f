"""Reports that were begun and not finished: what is done about them, and when.

Whoever sent a pin and fell silent is looked for. Whoever sent none is asked once, quietly, whether
they want to go on, is told that nobody was told, and is then forgotten.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from ess.domain.conversation import (
    Conversation,
    Draft,
    Moment,
    OpenReport,
    Outcome,
    report_of,
    with_report,
)
from ess.domain.conversation.adding import add_detail
from ess.domain.ids import report_id_for
from ess.domain.report import OVERDUE_SLACK_S, Entry, Status

SILENT_S = 180
"""Seconds after the last change of a draft from which its sender counts as silent."""

EXPIRES_S = 1_800
"""Seconds after the last change of a draft without a pin from which it is forgotten."""


class Due(StrEnum):
    """What is to be done about a draft."""

    DISPATCH = "dispatch"
    RESUME = "resume"
    EXPIRE = "expire"


@dataclass(frozen=True, slots=True)
class Dispatched:
    """A draft that was made a report.

    Args:
        conversation: as it is to be stored.
        write: the report, to be stored with it.
    """

    conversation: Conversation
    write: OpenReport


def due_at(draft: Draft) -> float | None:
    """Return the epoch seconds at which something is to be done about `draft`.

    None for one that a version before this one stored: it says nothing of when it was changed.
    """
    if draft.touched_at is None:
        return None
    waits = draft.pin is not None or not draft.nudged
    return draft.touched_at + (SILENT_S if waits else EXPIRES_S)


def due(c: Conversation, now: float) -> Due | None:
    """Return what is to be done about the draft of `c` at epoch seconds `now`, if anything."""
    draft = c.draft
    at = None if draft is None else due_at(draft)
    if draft is None or draft.touched_at is None or at is None or now < at:
        return None
    if c.block is not None and c.block.holds(now):
        return Due.EXPIRE
    if draft.pin is not None:
        return Due.DISPATCH
    # Whoever could not be asked all the while is not asked any more.
    return Due.EXPIRE if now - draft.touched_at >= EXPIRES_S else Due.RESUME


def dispatch(c: Conversation, now: float) -> Dispatched:
    """Make a report of the draft of `c`, which has a pin, and hand it to the workflow.

    The same conversation makes the same report, so that doing it twice is once.

    Raises:
        ValueError: there is no draft, or it has no pin.
    """
    draft = c.draft
    if draft is None or draft.pin is None:
        raise ValueError("no draft with a pin")
    # The last message is remembered once: no other draft can have come of it.
    report_id = report_id_for(f"draft:{c.recent_events[-1]}" if c.recent_events else c.user_id)
    opened = report_of(c, draft, draft.pin, report_id, now)
    report = replace(opened, status=Status.DISPATCHED, due_at=now + OVERDUE_SLACK_S)
    detail = {"phone_given": report.phone is not None, "can_talk": report.can_talk}
    entries = (
        Entry(now, "auditor", "opened", {"kind": int(report.kind)}, "000001-opened"),
        Entry(now, "auditor", "dispatched", detail, "000001-dispatched"),
    )
    after = replace(
        with_report(c, report),
        version=c.version + 1,
        history=c.history if report.drill else c.history.after_opening(now),
    )
    return Dispatched(after, OpenReport(report, entries))


def nudged(c: Conversation) -> Conversation:
    """Return `c` with its draft marked as asked about."""
    draft = None if c.draft is None else replace(c.draft, nudged=True)
    return replace(c, version=c.version + 1, draft=draft)


def tells_expiry(c: Conversation, now: float) -> bool:
    """Tell whether whoever began the draft of `c` is to hear, once, that nobody was told of it.

    Not who may not report, nor whose words go to the report that is open beside it. Whom LINE could
    not be asked to tell for half an hour is forgotten untold.
    """
    draft = c.draft
    if draft is None or draft.touched_at is None or (c.block is not None and c.block.holds(now)):
        return False
    return now - draft.touched_at < 2 * EXPIRES_S and expired(c, now).conversation.draft is None


def expired(c: Conversation, now: float) -> Outcome:
    """Drop the draft of `c`; of one with words beside an open report, pass the first on instead.

    One at a time, so that each can still be taken back by its own message.

    Returns:
        What is to be stored, and whom to wake; there is more to do while a draft is left.
    """
    draft, active = c.draft, c.active
    version = c.version + 1
    gone = Outcome(replace(c, version=version, draft=None))
    if draft is None or active is None or not c.has_words_beside:
        return gone
    # After a while words that no write takes must not hold the draft for ever.
    too_late = draft.touched_at is None or now - draft.touched_at >= 2 * EXPIRES_S
    if too_late:
        return gone
    rest = replace(c, draft=replace(draft, notes=draft.notes[1:], note_ids=draft.note_ids[1:]))
    message_id = draft.note_ids[0] if draft.note_ids else ""
    moment = Moment("", now, 0, lambda _text: None, message_id=message_id)
    passed = add_detail(rest, active, "note", draft.notes[0], moment, "note_kept")
    return replace(passed, conversation=replace(passed.conversation, version=version))

"""What a write from the conversation does to a report, and the lines it leaves in the timeline.

The conversation never reads the report it changes: `apply` says what a store has to end up with,
whether it computes it or lets the database do so under a condition.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from ess.domain.conversation import (
    AddDetail,
    AddPhone,
    AllowAsking,
    AppealBlock,
    CallHelp,
    CancelReport,
    ConfirmHelp,
    DispatchReport,
    ForbidCall,
    LaterWrite,
    OpenReport,
    ReopenReport,
    ReportWrite,
    ReviseReport,
    SetLanguage,
)
from ess.domain.errors import StepNotAllowed
from ess.domain.note_text import pieces
from ess.domain.report import (
    ACCEPTED,
    OVERDUE_SLACK_S,
    SEARCHING,
    ClosingReason,
    Detail,
    Entry,
    Report,
    Status,
)
from ess.domain.response import reopen

_WITH_WORDS = (DispatchReport, ReviseReport, AddPhone, ForbidCall, AddDetail, CancelReport)
"""What may come with words, beside what it is about."""

type Line = tuple[str, Detail]
"""What happened, and small facts about it."""

HOLDS_WHILE: dict[type[LaterWrite], frozenset[Status]] = {
    DispatchReport: frozenset({Status.OPENED}),
    ReviseReport: frozenset(Status) - {Status.CLOSED},
    AddPhone: SEARCHING | ACCEPTED,
    ForbidCall: SEARCHING | ACCEPTED,
    CancelReport: frozenset(Status) - {Status.CLOSED},
    AllowAsking: frozenset(Status) - {Status.CLOSED},
    CallHelp: ACCEPTED,
    AddDetail: frozenset(Status) - {Status.CLOSED},
    ReopenReport: frozenset({Status.CLOSED}),
    ConfirmHelp: frozenset({Status.CLOSED}),
    AppealBlock: frozenset(Status),
    SetLanguage: frozenset(Status) - {Status.CLOSED},
}
"""The statuses in which each write still makes sense."""

TOLD_ONLY = (ConfirmHelp, AppealBlock, SetLanguage)
"""Writes that change nothing of the incident: its times stay as they were."""


def apply(report: Report, write: LaterWrite) -> Report:
    """Return `report` after `write`.

    Raises:
        StepNotAllowed: the report has moved on, and `write` no longer holds.
    """
    if report.status not in HOLDS_WHILE[type(write)]:
        raise StepNotAllowed(f"{type(write).__name__} from {report.status}")
    after = _CHANGES[type(write)](report, write)
    after = _noted(after, write)
    changed_at = report.changed_at if isinstance(write, TOLD_ONLY) else write.at
    return replace(after, version=report.version + 1, changed_at=changed_at)


def parts_of(write: ReportWrite) -> Iterator[tuple[str, ReportWrite]]:
    """Yield the id of each report that `write` changes, and what is written to it."""
    match write:
        case OpenReport():
            yield write.report.report_id, write
            if write.beside is not None:
                yield write.beside.report_id, write.beside
        case _:
            yield write.report_id, write


def _noted(report: Report, write: LaterWrite) -> Report:
    notes = notes_of(write)
    if landmark := landmark_of(write):
        report = replace(report, landmark=landmark, landmark_id=message_id_of(write))
    return replace(
        report,
        notes=(*report.notes, *notes),
        note_ids=(*report.note_ids, *([message_id_of(write)] * len(notes))),
        details=report.details + details_of(write),
    )


def notes_of(write: LaterWrite) -> tuple[str, ...]:
    """Return the notes that `write` adds, each with the id of the same message."""
    said = write.value if isinstance(write, AddDetail) and write.what == "note" else ""
    return (*pieces(said), *pieces(note_of(write) or ""))


def details_of(write: LaterWrite) -> int:
    """Return how many things `write` adds or mends: each note is one."""
    mends = isinstance(write, ReviseReport) or (
        isinstance(write, AddDetail) and write.what != "note"
    )
    return mends + (landmark_of(write) is not None) + len(notes_of(write))


def landmark_of(write: LaterWrite) -> str | None:
    """Return the landmark that came with what `write` is about."""
    match write:
        case DispatchReport() | AddPhone() | ForbidCall():
            return write.landmark
        case _:
            return None


def message_id_of(write: LaterWrite) -> str:
    """Return the id of the message that the words of `write` were in; empty if not known."""
    return write.message_id if isinstance(write, _WITH_WORDS) else ""


def note_of(write: LaterWrite) -> str | None:
    """Return the words that came with `write`, beside what it is about."""
    return write.note if isinstance(write, _WITH_WORDS) else None


def entries_of(write: ReportWrite, conversation_version: int) -> tuple[Entry, ...]:
    """Return the timeline's lines for `write`.

    Args:
        write: the change.
        conversation_version: the version that the same transaction gives the conversation; it
            makes the keys unique, since the version of the report is not known here.
    """
    if isinstance(write, OpenReport):
        return write.entries
    action, detail = _LINES[type(write)](write)
    if note_of(write):
        detail = {**detail, "noted": True}
    key = f"c{conversation_version:06d}-{action}"
    return (Entry(write.at, "reporter", action, detail, key),)


def _dispatched(report: Report, write: DispatchReport) -> Report:
    return replace(
        report,
        status=Status.DISPATCHED,
        phone=write.phone or report.phone,
        can_talk=write.can_talk,
        due_at=write.at + OVERDUE_SLACK_S,
    )


def _revised(report: Report, write: ReviseReport) -> Report:
    if write.kind is not None:
        report = replace(report, kind=write.kind)
    if write.pin is None:
        return report
    moved = replace(report, pin=write.pin, place=write.place, pin_moves=report.pin_moves + 1)
    return replace(moved, pin_doubt=None)


def _detailed(report: Report, write: AddDetail) -> Report:
    if write.what == "note":
        return report
    said: dict[str, Any] = {write.what: write.value}
    if write.what == "landmark":
        said["landmark_id"] = write.message_id
    return replace(report, **said)


def _cancelled(report: Report, write: CancelReport) -> Report:
    return replace(
        report,
        cancel_why=write.why,
        status=Status.CLOSED,
        closing_reason=ClosingReason.CANCELLED_BY_REPORTER,
        due_at=None,
        token=None,
    )


_CHANGES: dict[type[LaterWrite], Callable[..., Report]] = {
    DispatchReport: _dispatched,
    ReviseReport: _revised,
    AddPhone: lambda report, write: replace(
        report, phone=write.phone, contact_changes=report.contact_changes + 1
    ),
    ForbidCall: lambda report, write: replace(
        report,
        can_talk=False,
        phone=write.phone or report.phone,
        contact_changes=report.contact_changes + 1,
    ),
    CancelReport: _cancelled,
    AllowAsking: lambda report, _: replace(report, may_ask=True),
    # Soon: if no state of the workflow waits just now, the auditor sees to it.
    CallHelp: lambda report, write: replace(
        report, nobody_came=report.nobody_came + 1, due_at=write.at + OVERDUE_SLACK_S
    ),
    ReopenReport: lambda report, write: reopen(report, now=write.at),
    ConfirmHelp: lambda report, _: report,
    AppealBlock: lambda report, _: report,
    SetLanguage: lambda report, write: replace(report, language=write.language),
    AddDetail: _detailed,
}


def _line_of_dispatch(write: DispatchReport) -> Line:
    return "dispatched", {"phone_given": write.phone is not None, "can_talk": write.can_talk}


def _line_of_revision(write: ReviseReport) -> Line:
    kind = {} if write.kind is None else {"kind": int(write.kind)}
    return "revised", {**kind, "pin_moved": write.pin is not None}


_LINES: dict[type[LaterWrite], Callable[..., Line]] = {
    DispatchReport: _line_of_dispatch,
    ReviseReport: _line_of_revision,
    AddPhone: lambda _: ("phone_added", {}),
    ForbidCall: lambda _: ("call_forbidden", {}),
    CancelReport: lambda write: (
        "closed",
        {"reason": ClosingReason.CANCELLED_BY_REPORTER.value, "why": write.why},
    ),
    AllowAsking: lambda _: ("asking_allowed", {}),
    CallHelp: lambda _: ("nobody_came", {}),
    ReopenReport: lambda _: ("reopened", {}),
    ConfirmHelp: lambda _: ("help_confirmed", {}),
    AppealBlock: lambda _: ("block_appealed", {}),
    SetLanguage: lambda write: ("language_chosen", {"language": write.language}),
    # The words themselves stay in the report: a timeline is read by people who need not know them.
    AddDetail: lambda write: ("detail_added", {"what": write.what}),
}

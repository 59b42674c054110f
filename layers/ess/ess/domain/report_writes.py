"""What a write from the conversation does to a report, and the lines it leaves in the timeline.

The conversation never reads the report it changes: `apply` says what a store has to end up with,
whether it computes it or lets the database do so under a condition.
"""

from collections.abc import Callable
from dataclasses import replace

from ess.domain.conversation import (
    AddPhone,
    AllowAsking,
    CallHelp,
    CancelReport,
    ConfirmHelp,
    DispatchReport,
    ForbidCall,
    OpenReport,
    ReopenReport,
    ReportWrite,
    ReviseReport,
)
from ess.domain.errors import StepNotAllowed
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

LaterWrite = (
    DispatchReport
    | ReviseReport
    | AddPhone
    | ForbidCall
    | CancelReport
    | AllowAsking
    | CallHelp
    | ReopenReport
    | ConfirmHelp
)
"""The writes to a report that exists."""

type Line = tuple[str, Detail]
"""What happened, and small facts about it."""

HOLDS_WHILE: dict[type[LaterWrite], frozenset[Status]] = {
    DispatchReport: frozenset({Status.OPENED}),
    ReviseReport: frozenset({Status.OPENED}),
    AddPhone: SEARCHING | ACCEPTED,
    ForbidCall: SEARCHING | ACCEPTED,
    CancelReport: frozenset(Status) - {Status.CLOSED},
    AllowAsking: frozenset(Status) - {Status.CLOSED},
    CallHelp: ACCEPTED,
    ReopenReport: frozenset({Status.CLOSED}),
    ConfirmHelp: frozenset({Status.CLOSED}),
}
"""The statuses in which each write still makes sense."""


def apply(report: Report, write: LaterWrite) -> Report:
    """Return `report` after `write`.

    Raises:
        StepNotAllowed: the report has moved on, and `write` no longer holds.
    """
    if report.status not in HOLDS_WHILE[type(write)]:
        raise StepNotAllowed(f"{type(write).__name__} from {report.status}")
    after = _CHANGES[type(write)](report, write)
    # The day for reopening counts from the closing, which a confirmation does not move.
    changed_at = report.changed_at if isinstance(write, ConfirmHelp) else write.at
    return replace(after, version=report.version + 1, changed_at=changed_at)


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
    return report if write.pin is None else replace(report, pin=write.pin, place=write.place)


def _cancelled(report: Report, _write: CancelReport) -> Report:
    return replace(
        report,
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
    ForbidCall: lambda report, _: replace(
        report, can_talk=False, contact_changes=report.contact_changes + 1
    ),
    CancelReport: _cancelled,
    AllowAsking: lambda report, _: replace(report, may_ask=True),
    # Soon: if no state of the workflow waits just now, the auditor sees to it.
    CallHelp: lambda report, write: replace(
        report, nobody_came=report.nobody_came + 1, due_at=write.at + OVERDUE_SLACK_S
    ),
    ReopenReport: lambda report, write: reopen(report, now=write.at),
    ConfirmHelp: lambda report, _: report,
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
    CancelReport: lambda _: ("closed", {"reason": ClosingReason.CANCELLED_BY_REPORTER.value}),
    AllowAsking: lambda _: ("asking_allowed", {}),
    CallHelp: lambda _: ("nobody_came", {}),
    ReopenReport: lambda _: ("reopened", {}),
    ConfirmHelp: lambda _: ("help_confirmed", {}),
}

"""What a write from the conversation does to a report, and the lines it leaves in the timeline.

The conversation never reads the report it changes: `apply` says what a store has to end up with,
whether it computes it or lets the database do so under a condition.
"""

from dataclasses import replace

from ess.domain.conversation import (
    AddPhone,
    CancelReport,
    DispatchReport,
    ForbidCall,
    OpenReport,
    ReportWrite,
    ReviseReport,
)
from ess.domain.errors import StepNotAllowed
from ess.domain.report import (
    ACCEPTED,
    OVERDUE_SLACK_S,
    SEARCHING,
    ClosingReason,
    Entry,
    Report,
    Status,
)

LaterWrite = DispatchReport | ReviseReport | AddPhone | ForbidCall | CancelReport
"""The writes to a report that exists."""

HOLDS_WHILE: dict[type[LaterWrite], frozenset[Status]] = {
    DispatchReport: frozenset({Status.OPENED}),
    ReviseReport: frozenset({Status.OPENED}),
    AddPhone: SEARCHING | ACCEPTED,
    ForbidCall: SEARCHING | ACCEPTED,
    CancelReport: frozenset(Status) - {Status.CLOSED},
}
"""The statuses in which each write still makes sense."""


def apply(report: Report, write: LaterWrite) -> Report:
    """Return `report` after `write`.

    Raises:
        StepNotAllowed: the report has moved on, and `write` no longer holds.
    """
    if report.status not in HOLDS_WHILE[type(write)]:
        raise StepNotAllowed(f"{type(write).__name__} from {report.status}")
    after = replace(report, version=report.version + 1, changed_at=write.at)
    match write:
        case DispatchReport():
            return replace(
                after,
                status=Status.DISPATCHED,
                phone=write.phone or report.phone,
                can_talk=write.can_talk,
                due_at=write.at + OVERDUE_SLACK_S,
            )
        case ReviseReport():
            if write.kind is not None:
                after = replace(after, kind=write.kind)
            if write.pin is not None:
                after = replace(after, pin=write.pin, place=write.place)
            return after
        case AddPhone():
            return replace(after, phone=write.phone)
        case ForbidCall():
            return replace(after, can_talk=False)
        case CancelReport():
            return replace(
                after,
                status=Status.CLOSED,
                closing_reason=ClosingReason.CANCELLED_BY_REPORTER,
                due_at=None,
                token=None,
            )


def entries_of(write: ReportWrite, conversation_version: int) -> tuple[Entry, ...]:
    """Return the timeline's lines for `write`.

    Args:
        write: the change.
        conversation_version: the version that the same transaction gives the conversation; it
            makes the keys unique, since the version of the report is not known here.
    """
    if isinstance(write, OpenReport):
        return write.entries
    action, detail = _line(write)
    key = f"c{conversation_version:06d}-{action}"
    return (Entry(write.at, "reporter", action, detail, key),)


def _line(
    write: LaterWrite,
) -> tuple[str, dict[str, str | int | float | bool | None]]:
    match write:
        case DispatchReport():
            given = write.phone is not None
            return "dispatched", {"phone_given": given, "can_talk": write.can_talk}
        case ReviseReport():
            kind = {} if write.kind is None else {"kind": int(write.kind)}
            return "revised", {**kind, "pin_moved": write.pin is not None}
        case AddPhone():
            return "phone_added", {}
        case ForbidCall():
            return "call_forbidden", {}
        case CancelReport():
            return "closed", {"reason": ClosingReason.CANCELLED_BY_REPORTER.value}

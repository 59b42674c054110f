"""When what is stored is deleted: the attribute `expires_at` of each item."""

from dataclasses import dataclass

from ess.domain.report import Entry, Report, Status

_DAY_S = 86_400
_TIMELINE_EXTRA_DAYS = 30


@dataclass(frozen=True, slots=True)
class Retention:
    """How long personal data is kept.

    DynamoDB deletes within a few days after the time given, and never tells anybody.

    Args:
        conversation_days: after the last message or change.
        report_days: after a report was closed; one that is open never expires.
    """

    conversation_days: int = 90
    report_days: int = 365

    def of_conversation(self, now: float) -> int:
        """Return when a conversation that was written at `now` expires; both epoch seconds."""
        return int(now) + self.conversation_days * _DAY_S

    def of_report(self, report: Report) -> int | None:
        """Return when `report` expires, in epoch seconds; None while it is open."""
        return self.of_closed(report.changed_at) if report.status is Status.CLOSED else None

    def of_closed(self, closed_at: float) -> int:
        """Return when a report closed at `closed_at` expires; both epoch seconds."""
        return int(closed_at) + self.report_days * _DAY_S

    def of_entry(self, entry: Entry) -> int:
        """Return when a line of a timeline expires, in epoch seconds: a while after its report."""
        return int(entry.at) + (self.report_days + _TIMELINE_EXTRA_DAYS) * _DAY_S

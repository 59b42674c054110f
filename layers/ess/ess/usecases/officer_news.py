"""What the officers who need not go any more are told."""

from ess.domain.conversation import Prompt
from ess.domain.report import ClosingReason, Notified, Report, Status
from ess.usecases.respond_to_report import facts


def news_for_others(report: Report) -> Prompt:
    """Return the line for officers whom an accepted or closed report was offered to."""
    if report.status is not Status.CLOSED:
        return Prompt("officer.taken", facts(report))
    if report.closing_reason is ClosingReason.CANCELLED_BY_REPORTER:
        return Prompt("officer.cancelled", facts(report))
    return Prompt("officer.closed", facts(report))


def still_listening(report: Report) -> list[Notified]:
    """Return those it was offered to, without those who said that they cannot go."""
    return [
        person
        for person in report.notified
        if person.responder_id == report.acknowledged_by
        or person.responder_id not in report.declined
    ]


def others(report: Report) -> list[Notified]:
    """Return those of `still_listening` who have LINE and are not the one who accepted."""
    return [
        person
        for person in still_listening(report)
        if person.line_user_id and person.responder_id != report.acknowledged_by
    ]

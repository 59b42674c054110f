"""Take a responder's tap on an incident's card: one read, one conditional write, one answer."""

from collections.abc import Callable

from ess.domain import report as incident
from ess.domain.conversation import Params, Prompt
from ess.domain.errors import (
    EssError,
    NotNotified,
    NotTheAcknowledger,
    ReportAlreadyAcknowledged,
    ReportChanged,
    ReportClosed,
    ReportNotFound,
    StepNotAllowed,
    TemporaryFailure,
)
from ess.domain.incoming import IncomingEvent, ResponderTap
from ess.domain.report import Change, Notified, Report, Status
from ess.ports.clock import Clock
from ess.ports.messenger import Messenger
from ess.ports.reports import Reports
from ess.ports.workflow import Workflow
from ess.usecases.answer_event import answer_event

TRIES = 5
"""How often a lost race is run again before LINE is asked to deliver again."""


def respond_to_report(
    event: IncomingEvent,
    tap: ResponderTap,
    *,
    reports: Reports,
    messenger: Messenger,
    workflow: Workflow,
    clock: Clock,
    progress_s: int,
) -> bool:
    """Apply a responder's tap; the same tap again has no further effect.

    Who may act is decided on the report itself: only responders that were notified of it, who are
    verified at that moment, are named there.

    Args:
        progress_s: seconds within which an accepted report should show progress.

    Returns:
        True if the report was changed.

    Raises:
        TemporaryFailure: something did not answer; the event may be delivered again as it is.
        PermanentFailure: LINE refuses our answer; the change is stored all the same.
    """
    for _ in range(TRIES):
        try:
            report = reports.get(tap.report_id)
        except ReportNotFound:
            _answer(event, Prompt("officer.unknown"), messenger, changed=False)
            return False
        person = report.find_by_line_user(event.user_id)
        try:
            change = _decide(report, person, tap, clock.now(), progress_s)
        except EssError as refusal:
            return _refuse(event, tap, report, person, refusal, messenger, workflow)
        if change.report is not report:
            try:
                reports.save(change)
            except ReportChanged:
                continue  # somebody else was faster: look again at what is true now
        _resume(report, change.report, tap, workflow)
        _answer(event, _done(change.report, tap), messenger, changed=change.report is not report)
        return change.report is not report
    raise TemporaryFailure("the report kept changing")


def _decide(
    report: Report, person: Notified | None, tap: ResponderTap, now: float, progress_s: int
) -> Change:
    if person is None:
        raise NotNotified(report.report_id)
    who = person.responder_id
    match tap.act:
        case "accept":
            return incident.acknowledge(report, who, now=now, wait_s=progress_s)
        case "decline" if report.status in incident.ACCEPTED and report.acknowledged_by == who:
            # Whoever accepted and cannot go after all gives it back: others are asked at once.
            return incident.hand_back(report, who, now=now)
        case "decline":
            return incident.decline(report, who, now=now)
        case "close" if tap.reason is None:
            incident.refuse_unless_theirs(report, who)
            return Change(report, ())
        case "close" if tap.reason is not None:
            return incident.close_as_responder(report, tap.reason, who, now=now)
        case _:
            return incident.progress(report, Status(tap.act), who, now=now, wait_s=progress_s)


def _resume(before: Report, report: Report, tap: ResponderTap, workflow: Workflow) -> None:
    """Wake the waiting workflow; the token is the one of the version that was written over."""
    outcome = {"accept": "accepted", "decline": "declined"}.get(tap.act, "progress")
    handed_back = tap.act == "decline" and before.status in incident.ACCEPTED
    if handed_back:
        outcome = "progress"
    elif tap.act == "decline" and not incident.moves_on_at_once(report):
        return
    if tap.act == "close":
        if tap.reason is None:
            return
        outcome = "closed"
    if before.token is not None:
        workflow.resume(before.token, outcome)


def _refuse(
    event: IncomingEvent,
    tap: ResponderTap,
    report: Report,
    person: Notified | None,
    refusal: EssError,
    messenger: Messenger,
    workflow: Workflow,
) -> bool:
    mine = person is not None and report.acknowledged_by == person.responder_id
    if tap.act == "accept" and mine and report.status in incident.ACCEPTED:
        # The same tap again: perhaps the first delivery ended before it could tell anyone.
        if report.token is not None:
            fresh = report.status is Status.ACKNOWLEDGED
            workflow.resume(report.token, "accepted" if fresh else "progress")
        _answer(event, _done(report, tap), messenger, changed=False)
        return False
    if tap.act == "close" and mine and report.status is Status.CLOSED and report.token is not None:
        workflow.resume(report.token, "closed")
    say = _REFUSALS.get(type(refusal))
    if say is None:
        raise refusal
    # A refusal is news to this person, so a spent reply token must not swallow it; it is harmless
    # to hear it twice.
    _answer(event, say(report), messenger, changed=True)
    return False


def _answer(event: IncomingEvent, prompt: Prompt, messenger: Messenger, *, changed: bool) -> None:
    answer_event(event, (prompt,), None, messenger=messenger, first_time=changed)


def _done(report: Report, tap: ResponderTap) -> Prompt:
    name = {"accept": "officer.accepted", "decline": "officer.declined"}.get(
        tap.act, f"officer.{tap.act}"
    )
    if tap.act == "close":
        name = "officer.close_reasons" if tap.reason is None else "officer.done"
    params = facts(report)
    if tap.act == "accept":
        # Number and exact place go to the one who goes, and to nobody else.
        params |= {
            "phone": report.phone if report.can_talk else None,
            "latitude": report.pin.latitude,
            "longitude": report.pin.longitude,
        }
    return Prompt(name, params)


def facts(report: Report) -> Params:
    """Return what cards and lines to officers may name; without the reporter's number."""
    person = report.acknowledger
    unit = report.current_rung
    return {
        "report_id": report.report_id,
        "reference": report.reference,
        "kind": int(report.kind),
        "place": report.place,
        "can_talk": report.can_talk,
        "opened_at": report.opened_at,
        "status": report.status.value,
        "reason": report.closing_reason.value if report.closing_reason else None,
        "responder_th": person.name_th if person else None,
        "responder_en": person.name_en if person else None,
        "unit_th": unit.name_th if unit else None,
        "unit_en": unit.name_en if unit else None,
        "distance_m": unit.distance_m if unit else None,
    }


_REFUSALS: dict[type[EssError], Callable[[Report], Prompt]] = {
    ReportClosed: lambda report: Prompt("officer.closed", facts(report)),
    ReportAlreadyAcknowledged: lambda report: Prompt("officer.already_taken", facts(report)),
    NotNotified: lambda _: Prompt("officer.unknown"),
    NotTheAcknowledger: lambda _: Prompt("officer.not_yours"),
    StepNotAllowed: lambda _: Prompt("officer.not_now"),
}

"""Tell everyone that a report has ended."""

from collections.abc import Callable, Iterable
from functools import partial

from ess.domain.conversation import Prompt
from ess.domain.errors import StepNotAllowed, TemporaryFailure
from ess.domain.report import ClosingReason, Notified, Report, Status, refuse_superseded
from ess.ports.reports import Reports
from ess.ports.responders import Responders
from ess.usecases.officer_news import news_for, others, still_listening
from ess.usecases.send_messages import MessagesAbout, Outcome

OCCASION = "end"


def conclude_report(
    report_id: str,
    run: int,
    *,
    reports: Reports,
    responders: Responders,
    messages_about: Callable[[Report], MessagesAbout],
) -> None:
    """Tell the reporter the closing, and the officers that nobody needs to go any more.

    Whoever ended the report knows already: the reporter who cancelled it, the officer who closed
    it. An officer without LINE hears of a cancelled report by SMS, once.

    Args:
        run: the workflow execution that asks.

    Raises:
        ReportNotFound: there is none.
        ReportSuperseded: another execution carries it: it was reopened.
        StepNotAllowed: it is not closed.
        TemporaryFailure: a store did not answer, or the reporter could not be told for now. All
            may be repeated.
    """
    report = reports.get(report_id)
    refuse_superseded(report, run)
    if report.status is not Status.CLOSED:
        raise StepNotAllowed(f"conclude from {report.status}")
    messages = messages_about(report)
    cancelled = report.closing_reason is ClosingReason.CANCELLED_BY_REPORTER
    audience = others(report)
    if cancelled and report.acknowledger and report.acknowledger.line_user_id:
        audience.append(report.acknowledger)
    # A report that was reopened is closed once more: that is another message.
    occasion = f"{OCCASION}-{report.reopened}"
    jobs: list[Callable[[], Outcome]] = [
        partial(messages.push_to, person, news_for(person, report), occasion) for person in audience
    ]
    if cancelled:
        text = Prompt(
            "sms.cancelled", {"reference": report.reference, "drill": report.drill or None}
        )
        jobs += [
            partial(messages.text_to, person, phone, text, occasion)
            for person, phone in _without_line(report, occasion, reports, responders)
        ]
        if Outcome.FAILED in messages.together(jobs)[: len(audience)]:
            raise TemporaryFailure("an officer could not be told yet")
        return
    told, *_ = messages.together([partial(messages.tell_reporter, occasion), *jobs])
    if told is Outcome.FAILED:
        raise TemporaryFailure("the reporter could not be told yet")


def _without_line(
    report: Report, occasion: str, reports: Reports, responders: Responders
) -> Iterable[tuple[Notified, str]]:
    """Return officers who have only a phone and have not been told by an earlier try."""
    people = {p.responder_id: p for p in still_listening(report) if not p.line_user_id}
    if not people:
        return []
    told = {
        entry.detail.get("responder")
        for entry in reports.timeline(report.report_id)
        if entry.action == "sms_sent" and entry.detail.get("occasion") == occasion
    }
    units = sorted({person.unit_id for person in people.values()})
    return [
        (people[responder.responder_id], responder.phone)
        for unit_id in units
        for responder in responders.of_unit(unit_id)
        if responder.phone and responder.responder_id in people.keys() - told
    ]

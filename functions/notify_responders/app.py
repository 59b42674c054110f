"""Notifies one step of a report's ladder; the workflow then waits on the task token."""

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from ess import bootstrap
from ess.domain.errors import NobodyOnDuty
from ess.domain.report import Report
from ess.usecases.notify_responders import notify_responders
from ess.usecases.send_messages import Outcome, Sent

Json = dict[str, Any]

logger = Logger(service="notify_responders")
metrics = Metrics(service="notify_responders")


@metrics.log_metrics
def handler(event: Json, context: object) -> None:
    """Offer a report to the responders of a step.

    Args:
        event: ``report_id``; ``run``, the number of the workflow execution; ``step`` of the ladder,
            from 0; ``counted_anew``, true if the step counts from 0 in this execution, since
            assigning failed; ``token``, the task token that the workflow waits on.
        context: Lambda's context, not used.

    Raises:
        NobodyOnDuty, ReportClosed, ReportAlreadyAcknowledged, ReportSuperseded,
        ReportNotDispatched, NoMoreRungs, ReportNotFound, TemporaryFailure: see the use case; the
        workflow catches them by name.
    """
    metrics.add_metric("StepsOffered", MetricUnit.Count, 1)
    about = {"report_id": event["report_id"], "run": event["run"], "step": event["step"]}
    try:
        report, reached = notify_responders(
            event["report_id"],
            event["run"],
            event["step"],
            event["token"],
            reports=bootstrap.reports(),
            responders=bootstrap.responders(),
            links=bootstrap.officer_links(),
            clock=bootstrap.clock(),
            messages_about=bootstrap.messages_about(_observe),
            counted_anew=event.get("counted_anew", False),
        )
    except NobodyOnDuty:
        _count_unreached(about)
        raise
    if not reached:
        _count_unreached(about)
        return
    logger.info("responders notified", extra=about)
    _count_first(report)


def _count_first(report: Report) -> None:
    """Count how long a report waited for its first message, unless it is an exercise."""
    if report.step == 0 and not report.drill:
        waited = bootstrap.clock().now() - report.opened_at
        metrics.add_metric("SecondsToFirstMessage", MetricUnit.Seconds, round(waited, 1))


def _count_unreached(about: Json) -> None:
    metrics.add_metric("NobodyReached", MetricUnit.Count, 1)
    logger.warning("nobody reached", extra=about)


def _observe(sent: Sent) -> None:
    logger.info("message sent", extra={"channel": sent.channel, "outcome": sent.outcome.value})
    if sent.outcome not in (Outcome.ACCEPTED, Outcome.OVERTAKEN):
        metrics.add_metric(f"{sent.channel.capitalize()}Failures", MetricUnit.Count, 1)
    if not sent.noted:
        metrics.add_metric("TimelineLinesLost", MetricUnit.Count, 1)

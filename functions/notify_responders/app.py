"""Notifies one rung of a report's ladder; the workflow then waits on the task token."""

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from ess import bootstrap
from ess.domain.errors import NobodyOnDuty
from ess.usecases.notify_responders import notify_responders
from ess.usecases.send_messages import Outcome, Sent

Json = dict[str, Any]

logger = Logger(service="notify_responders")
metrics = Metrics(service="notify_responders")


@metrics.log_metrics
def handler(event: Json, context: object) -> None:
    """Offer a report to the responders of a rung.

    Args:
        event: ``report_id``; ``rung``, an index in the ladder or ``desk``; ``attempt``, from 1;
            ``wait_s``, seconds that the workflow waits; ``token``, its task token.
        context: Lambda's context, not used.

    Raises:
        NobodyOnDuty, ReportClosed, ReportAlreadyAcknowledged, ReportNotDispatched, NoMoreRungs,
        ReportNotFound, TemporaryFailure: see the use case; the workflow catches them by name.
    """
    rung = event["rung"]
    metrics.add_metric("RungsOffered", MetricUnit.Count, 1)
    about = {"report_id": event["report_id"], "rung": rung, "attempt": event["attempt"]}
    try:
        reached = notify_responders(
            event["report_id"],
            None if rung == "desk" else rung,
            event["attempt"],
            event["token"],
            event["wait_s"],
            reports=bootstrap.reports(),
            responders=bootstrap.responders(),
            clock=bootstrap.clock(),
            messages_about=bootstrap.messages_about(_observe),
        )
    except NobodyOnDuty:
        _count_unreached(about)
        raise
    if not reached:
        _count_unreached(about)
        return
    logger.info("responders notified", extra=about)


def _count_unreached(about: Json) -> None:
    metrics.add_metric("NobodyReached", MetricUnit.Count, 1)
    logger.warning("nobody reached", extra=about)


def _observe(sent: Sent) -> None:
    logger.info("message sent", extra={"channel": sent.channel, "outcome": sent.outcome.value})
    if sent.outcome is not Outcome.ACCEPTED:
        metrics.add_metric(f"{sent.channel.capitalize()}Failures", MetricUnit.Count, 1)
    if not sent.noted:
        metrics.add_metric("TimelineLinesLost", MetricUnit.Count, 1)

"""Follows up a report that was accepted, and concludes one that is closed."""

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from ess import bootstrap
from ess.usecases.conclude_report import conclude_report
from ess.usecases.follow_up_report import ACCEPTED, follow_up_report
from ess.usecases.send_messages import Outcome, Sent

Json = dict[str, Any]

logger = Logger(service="follow_up_report")
metrics = Metrics(service="follow_up_report")


@metrics.log_metrics
def handler(event: Json, context: object) -> None:
    """Tell everyone how a report stands.

    Args:
        event: ``action``, ``report_id`` and ``run``, the number of the workflow execution. To
            ``follow_up``: also ``outcome`` of the wait before, ``token`` to wait on and ``wait_s``,
            seconds. To ``conclude``: nothing more.
        context: Lambda's context, not used.

    Raises:
        ReportClosed, ReportReleased, ReportSuperseded, ReportNotFound, StepNotAllowed,
        TemporaryFailure: see the use cases; the workflow catches them by name.
        KeyError: ``action`` is neither of the two.
    """
    metrics.add_metric("StepsTold", MetricUnit.Count, 1)
    _ACTIONS[event["action"]](event)
    logger.info("told", extra={"report_id": event["report_id"], "action": event["action"]})


def _follow_up(event: Json) -> None:
    report = follow_up_report(
        event["report_id"],
        event["run"],
        event["outcome"],
        event["token"],
        event["wait_s"],
        reports=bootstrap.reports(),
        responders=bootstrap.responders(),
        links=bootstrap.officer_links(),
        clock=bootstrap.clock(),
        messages_about=bootstrap.messages_about(_observe),
    )
    if event["outcome"] == ACCEPTED and report.acknowledged_at and not report.drill:
        waited = report.acknowledged_at - report.opened_at
        metrics.add_metric("SecondsToAcknowledge", MetricUnit.Seconds, round(waited, 1))


def _conclude(event: Json) -> None:
    conclude_report(
        event["report_id"],
        event["run"],
        reports=bootstrap.reports(),
        responders=bootstrap.responders(),
        messages_about=bootstrap.messages_about(_observe),
    )


_ACTIONS = {"follow_up": _follow_up, "conclude": _conclude}


def _observe(sent: Sent) -> None:
    logger.info("message sent", extra={"channel": sent.channel, "outcome": sent.outcome.value})
    if sent.outcome not in (Outcome.ACCEPTED, Outcome.OVERTAKEN):
        metrics.add_metric(f"{sent.channel.capitalize()}Failures", MetricUnit.Count, 1)
    if not sent.noted:
        metrics.add_metric("TimelineLinesLost", MetricUnit.Count, 1)

"""Every minute: finds reports that stand still, and such as were begun and never finished."""

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from ess import bootstrap
from ess.usecases.audit_drafts import audit_drafts
from ess.usecases.audit_reports import audit_reports

Json = dict[str, Any]

logger = Logger(service="audit_reports")
metrics = Metrics(service="audit_reports")


@metrics.log_metrics
def handler(event: Json, context: object) -> None:
    """Look after reports that stand still and drafts that are due, and count what was found.

    Args:
        event: EventBridge's scheduled event, not used.
        context: Lambda's context, not used.

    Raises:
        TemporaryFailure: the list of overdue reports, of executions or of drafts could not be read;
            the next minute may.
    """
    try:
        _audit_reports()
    finally:  # neither keeps the other waiting
        _audit_drafts()


def _audit_reports() -> None:
    audit = audit_reports(
        reports=bootstrap.reports(),
        workflow=bootstrap.workflow(),
        clock=bootstrap.clock(),
        on_failure=_log_failure,
    )
    metrics.add_metric("AuditorRan", MetricUnit.Count, 1)
    metrics.add_metric("ReportsFoundUnstarted", MetricUnit.Count, audit.unstarted)
    metrics.add_metric("ReportsRepaired", MetricUnit.Count, audit.repaired.total())
    metrics.add_metric("ReportsNotAudited", MetricUnit.Count, audit.failed)
    logger.info(
        "audited",
        extra={
            "dispatched": audit.dispatched,
            "unstarted": audit.unstarted,
            "repaired": dict(audit.repaired),
            "failed": audit.failed,
        },
    )


def _audit_drafts() -> None:
    audit = audit_drafts(
        conversations=bootstrap.conversations(),
        workflow=bootstrap.workflow(),
        messenger=bootstrap.webhook_messenger(),
        clock=bootstrap.clock(),
        on_failure=_log_draft_failure,
    )
    metrics.add_metric("DraftsDispatched", MetricUnit.Count, audit.dispatched)
    metrics.add_metric("DraftsResumed", MetricUnit.Count, audit.resumed)
    metrics.add_metric("DraftsExpired", MetricUnit.Count, audit.expired)
    metrics.add_metric("DraftsNotAudited", MetricUnit.Count, audit.failed)
    logger.info(
        "drafts audited",
        extra={
            "dispatched": audit.dispatched,
            "resumed": audit.resumed,
            "expired": audit.expired,
            "failed": audit.failed,
        },
    )


def _log_draft_failure(what: str, failure: Exception) -> None:
    # Neither whose draft it is nor what was stored of it.
    logger.error("draft not audited", extra={"what": what, "error": type(failure).__name__})


def _log_failure(report_id: str, failure: Exception) -> None:
    # The type only: a message may quote what is stored.
    extra = {"report_id": report_id, "error": type(failure).__name__}
    logger.error("report not audited", extra=extra)

"""Every minute: finds reports that stand still, whatever was lost on the way."""

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from ess import bootstrap
from ess.usecases.audit_reports import audit_reports

Json = dict[str, Any]

logger = Logger(service="audit_reports")
metrics = Metrics(service="audit_reports")


@metrics.log_metrics
def handler(event: Json, context: object) -> None:
    """Look after every report that stands still, and count what was found.

    Args:
        event: EventBridge's scheduled event, not used.
        context: Lambda's context, not used.

    Raises:
        TemporaryFailure: the list of overdue reports, or of executions, could not be read; the
            next minute may.
    """
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


def _log_failure(report_id: str, failure: Exception) -> None:
    # The type only: a message may quote what is stored.
    extra = {"report_id": report_id, "error": type(failure).__name__}
    logger.error("report not audited", extra=extra)

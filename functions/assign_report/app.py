"""Assigns a report: snapshots the escalation policy into the ladder that its workflow climbs."""

from dataclasses import replace
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from ess import bootstrap
from ess.domain.geo import Point
from ess.domain.ladder import UnitKind
from ess.domain.report import ACCEPTED
from ess.usecases.assign_report import Candidate, assign_report

Json = dict[str, Any]

logger = Logger(service="assign_report")
metrics = Metrics(service="assign_report")


@metrics.log_metrics
def handler(event: Json, context: object) -> Json:
    """Store the ladder of a report, and say where its workflow goes on.

    Args:
        event: ``report_id``; ``run``, the number of the workflow execution; ``candidates`` as
            `find_station` returns them, the responsible first, perhaps none.
        context: Lambda's context, not used.

    Returns:
        ``waits``: seconds that each step waits, the last one for every further step. ``step``: the
        step to begin with. ``outcome``: ``search``, or ``silence`` for a report that somebody has
        accepted already (an execution that takes over from another).

    Raises:
        ReportClosed, ReportSuperseded, ReportNotDispatched, ReportNotFound, TemporaryFailure: see
        the use case.
    """
    metrics.add_metric("ReportsAssigned", MetricUnit.Count, 1)
    report_id = event["report_id"]
    policy, version = bootstrap.policy(_tell_unreadable)
    candidates = [found for found in map(_candidate, event["candidates"]) if found is not None]
    report = assign_report(
        report_id,
        event["run"],
        candidates,
        replace(policy, name=f"{policy.name}, {version}"),
        reports=bootstrap.reports(),
        clock=bootstrap.clock(),
        on_search_failure=_tell_not_searched,
    )
    ladder = report.ladder
    waits = ladder.waits() if ladder else []
    logger.info("report assigned", extra={"report_id": report_id, "steps": len(waits)})
    outcome = "silence" if report.status in ACCEPTED else "search"
    return {"waits": waits, "step": report.next_step, "outcome": outcome}


def _tell_unreadable(reason: str) -> None:
    metrics.add_metric("PolicyUnreadable", MetricUnit.Count, 1)
    logger.error("policy passed over", extra={"reason": reason})


def _tell_not_searched(reason: str) -> None:
    metrics.add_metric("SameIncidentNotSearched", MetricUnit.Count, 1)
    logger.warning("same incident not searched", extra={"reason": reason})


def _candidate(found: Json) -> Candidate | None:
    """Return a unit that was found, or None: one bad row must not cost the others."""
    try:
        return Candidate(
            unit_id=str(found["unit_id"]),
            name_th=str(found["name_th"]),
            name_en=str(found["name_en"]),
            kind=UnitKind(found["kind"]),
            point=Point(found["latitude"], found["longitude"]),
        )
    except (KeyError, TypeError, ValueError) as failure:
        logger.error("candidate not usable", extra={"reason": repr(failure)})  # noqa: TRY400
        return None

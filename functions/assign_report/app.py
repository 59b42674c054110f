"""Assigns a report: gives it the ladder of units that it is offered to."""

from typing import Any

from aws_lambda_powertools import Logger

from ess import bootstrap
from ess.domain.geo import Point
from ess.domain.ladder import RungKind
from ess.usecases.assign_report import Candidate, assign_report

Json = dict[str, Any]

logger = Logger(service="assign_report")


def handler(event: Json, context: object) -> Json:
    """Store the ladder of a report.

    Args:
        event: ``report_id``; ``candidates`` as `find_station` returns them, nearest first, perhaps
            none; ``wait_s``, seconds until the first rung must have been notified.
        context: Lambda's context, not used.

    Returns:
        ``stations``: how many rungs come before the desk.

    Raises:
        ReportClosed, ReportNotDispatched, ReportNotFound, TemporaryFailure: see the use case.
    """
    report_id = event["report_id"]
    candidates = [found for found in map(_candidate, event["candidates"]) if found is not None]
    report = assign_report(
        report_id,
        candidates,
        event["wait_s"],
        reports=bootstrap.reports(),
        clock=bootstrap.clock(),
    )
    count = sum(rung.kind is RungKind.STATION for rung in report.ladder)
    logger.info("report assigned", extra={"report_id": report_id, "stations": count})
    return {"stations": count}


def _candidate(found: Json) -> Candidate | None:
    """Return a station that was found, or None: one bad row must not cost the others."""
    try:
        return Candidate(
            unit_id=str(found["unit_id"]),
            name_th=str(found["name_th"]),
            name_en=str(found["name_en"]),
            point=Point(found["latitude"], found["longitude"]),
        )
    except (KeyError, TypeError, ValueError) as failure:
        logger.error("candidate not usable", extra={"reason": repr(failure)})  # noqa: TRY400
        return None

"""Find reports that have not moved when they should have. Relies on no event and no workflow."""

from collections.abc import Callable
from dataclasses import dataclass

from ess.domain import report as incident
from ess.domain.errors import ReportChanged
from ess.domain.report import Entry, Report, Status
from ess.ports.clock import Clock
from ess.ports.reports import Reports
from ess.ports.workflow import Workflow

LIMIT = 500
"""Reports looked at in one run, the most overdue first: far more than a province has open."""


@dataclass(slots=True)
class Audit:
    """What one run found.

    Args:
        dispatched: reports whose reporter gave no number in time; handed to the workflow.
        unstarted: dispatched reports whose workflow had never been started; started now.
        overdue: reports whose workflow was started and that stand still all the same.
        failed: reports that could not be looked after in this run.
    """

    dispatched: int = 0
    unstarted: int = 0
    overdue: int = 0
    failed: int = 0


def audit_reports(
    *,
    reports: Reports,
    workflow: Workflow,
    clock: Clock,
    on_failure: Callable[[str, Exception], None],
) -> Audit:
    """Look after every report that is overdue; one that cannot be does not keep the others waiting.

    Args:
        on_failure: is told of each report that failed, and of the error.

    Raises:
        TemporaryFailure: the list of overdue reports could not be read.
    """
    audit = Audit()
    for report_id in reports.due(clock.now(), LIMIT):
        try:
            _look_after(report_id, audit, reports, workflow, clock)
        except ReportChanged:
            continue  # somebody is moving it at this moment
        except Exception as failure:  # noqa: BLE001 - a row that cannot be read must not stop the run
            audit.failed += 1
            on_failure(report_id, failure)
    return audit


def _look_after(
    report_id: str, audit: Audit, reports: Reports, workflow: Workflow, clock: Clock
) -> None:
    now = clock.now()
    report = reports.get(report_id)
    if not incident.overdue(report, now):
        return  # the index is a moment behind the table
    if report.status is Status.OPENED:
        change = incident.dispatch(
            report, now=now, phone=None, can_talk=report.can_talk, actor="auditor"
        )
        reports.save(change)
        workflow.start(report_id)
        audit.dispatched += 1
    elif report.status is Status.DISPATCHED and workflow.start(report_id):
        audit.unstarted += 1
        reports.note(report_id, [_started(report, now)])
    else:
        audit.overdue += 1


def _started(report: Report, now: float) -> Entry:
    return Entry(now, "auditor", "started", {}, key=f"{report.version:06d}-started")

"""Find reports that have not moved when they should have, and set them going again.

Relies on no event and on no workflow: what is due is an index of the reports themselves. Repairing
is a new workflow execution that goes on where the report stands; the one before is stopped, and may
not change the report any more. Doing it twice at once is decided by the report's version.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from ess.domain import dispatch
from ess.domain.errors import ReportChanged, ReportNotFound
from ess.domain.report import Entry, Report, Status
from ess.domain.response import overdue
from ess.ports.clock import Clock
from ess.ports.reports import Reports
from ess.ports.workflow import Execution, Workflow

LIMIT = 500
"""Reports looked at in one run, the most overdue first: far more than a province has open."""

LOOK_BACK_S = 600
"""Seconds for which executions that ended badly are looked for: ten runs of the auditor."""

RETELL_S = 3_600
"""Seconds after the closing of a report within which a conclusion that failed is tried again."""


@dataclass(slots=True)
class Audit:
    """What one run found.

    Args:
        dispatched: reports whose reporter gave no number in time; handed to the workflow.
        unstarted: dispatched reports whose workflow had never been started; started now.
        repaired: reports that were given to a new execution, by cause.
        failed: reports that could not be looked after in this run.
    """

    dispatched: int = 0
    unstarted: int = 0
    repaired: Counter[str] = field(default_factory=Counter)
    failed: int = 0


def audit_reports(
    *,
    reports: Reports,
    workflow: Workflow,
    clock: Clock,
    on_failure: Callable[[str, Exception], None],
) -> Audit:
    """Look after every report that is overdue or whose execution ended badly.

    One that cannot be looked after does not keep the others waiting.

    Args:
        on_failure: is told of each report that failed, and of the error.

    Raises:
        TemporaryFailure: the list of overdue reports, or of executions, could not be read.
    """
    auditor = _Auditor(reports, workflow, clock, on_failure, Audit())
    for report_id in reports.due(clock.now(), LIMIT):
        auditor.guard(report_id, auditor.look_after)
    for report_id, run, state in workflow.ended_badly(clock.now() - LOOK_BACK_S):
        auditor.guard(report_id, partial(auditor.revive, run=run, state=state))
    return auditor.audit


@dataclass(frozen=True, slots=True)
class _Auditor:
    reports: Reports
    workflow: Workflow
    clock: Clock
    on_failure: Callable[[str, Exception], None]
    audit: Audit

    def guard(self, report_id: str, look_after: Callable[[str], None]) -> None:
        try:
            look_after(report_id)
        except (ReportChanged, ReportNotFound):
            return  # somebody is moving it at this moment, or it was erased
        except Exception as failure:  # noqa: BLE001 - a row that cannot be read must not stop the run
            self.audit.failed += 1
            self.on_failure(report_id, failure)

    def look_after(self, report_id: str) -> None:
        """Take care of a report that the index calls overdue."""
        now = self.clock.now()
        report = self.reports.get(report_id)
        if not overdue(report, now):
            return  # the index is a moment behind the table
        if report.status is Status.OPENED:
            change = dispatch.dispatch(
                report, now=now, phone=None, can_talk=report.can_talk, actor="auditor"
            )
            self.reports.save(change)
            self.workflow.start(report_id, report.run)
            self.audit.dispatched += 1
            return
        state = self.workflow.state_of(report_id, report.run)
        if state is Execution.ABSENT:
            self._start(report, now)
        elif state is Execution.RUNNING:
            cause = self._why_stuck(report)
            self._restart(report, cause, running=True)
        else:
            self._restart(report, state.value)

    def revive(self, report_id: str, *, run: int, state: Execution) -> None:
        """Take care of a report whose execution `run` has ended badly."""
        report = self.reports.get(report_id)
        if report.run != run:
            return  # another execution carries it already
        if report.status is Status.CLOSED and self.clock.now() - report.changed_at > RETELL_S:
            return
        self._restart(report, state.value)

    def _start(self, report: Report, now: float) -> None:
        if self.workflow.start(report.report_id, report.run):
            self.audit.unstarted += 1
            entry = Entry(now, "auditor", "started", {}, key=f"{report.version:06d}-started")
            self.reports.note(report.report_id, [entry])

    def _why_stuck(self, report: Report) -> str:
        held = report.token is not None and self.workflow.holds(report.token)
        return "stuck" if held or report.token is None else "token_lost"

    def _restart(self, report: Report, cause: str, *, running: bool = False) -> None:
        # First the report, so that nobody else does the same; should the rest fail, the next minute
        # finds an execution that was never started.
        change = dispatch.restart(report, cause, now=self.clock.now())
        self.reports.save(change)
        if running:
            self.workflow.stop(report.report_id, report.run)
        self.workflow.start(report.report_id, change.report.run)
        self.audit.repaired[cause] += 1

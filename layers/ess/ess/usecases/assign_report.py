"""Give a report the ladder of units that it is offered to, one after the other."""

from collections.abc import Sequence

from ess.domain import report as incident
from ess.domain.ladder import Rung, build_ladder
from ess.domain.report import Report
from ess.ports.clock import Clock
from ess.ports.reports import Reports
from ess.usecases.change_report import change_report


def assign_report(
    report_id: str, stations: Sequence[Rung], wait_s: int, *, reports: Reports, clock: Clock
) -> Report:
    """Store the ladder: `stations` in the order given, and always the desk last.

    A report that has a ladder keeps it, so that a retry after another station was loaded does not
    change the rungs under a search that has begun.

    Args:
        stations: may be empty; then the desk is asked at once.
        wait_s: seconds until the first rung must have been notified.

    Returns:
        The report with its ladder.

    Raises:
        ReportClosed: it is closed.
        ReportNotDispatched: its reporter is still being waited for.
        ReportNotFound: there is none.
        TemporaryFailure: the store did not answer, or the report kept changing.
    """
    ladder = build_ladder(stations)
    _, report = change_report(
        reports,
        report_id,
        lambda now_is: incident.assign(now_is, ladder, now=clock.now(), acknowledge_s=wait_s),
    )
    return report

"""Give a report the ladder of units that it is offered to, one after the other."""

from collections.abc import Sequence
from dataclasses import dataclass

from ess.domain import report as incident
from ess.domain.geo import Point, distance_m
from ess.domain.ladder import Rung, RungKind, build_ladder
from ess.domain.report import Change, Report
from ess.ports.clock import Clock
from ess.ports.reports import Reports
from ess.usecases.change_report import change_report


@dataclass(frozen=True, slots=True)
class Candidate:
    """A station that a report may be offered to, and where it is."""

    unit_id: str
    name_th: str
    name_en: str
    point: Point


def assign_report(
    report_id: str, candidates: Sequence[Candidate], wait_s: int, *, reports: Reports, clock: Clock
) -> Report:
    """Store the ladder: `candidates` in the order given, and always the desk last.

    A report that has a ladder keeps it, so that a retry after another station was loaded does not
    change the rungs under a search that has begun.

    Args:
        candidates: may be empty; then the desk is asked at once.
        wait_s: seconds until the first rung must have been notified.

    Returns:
        The report with its ladder.

    Raises:
        ReportClosed: it is closed.
        ReportNotDispatched: its reporter is still being waited for.
        ReportNotFound: there is none.
        TemporaryFailure: the store did not answer, or the report kept changing.
    """

    def decide(report: Report) -> Change:
        rungs = [_rung(candidate, report.pin) for candidate in candidates]
        return incident.assign(report, build_ladder(rungs), now=clock.now(), acknowledge_s=wait_s)

    return change_report(reports, report_id, decide)[1]


def _rung(candidate: Candidate, pin: Point) -> Rung:
    return Rung(
        unit_id=candidate.unit_id,
        name_th=candidate.name_th,
        name_en=candidate.name_en,
        kind=RungKind.STATION,
        distance_m=round(distance_m(pin, candidate.point), 1),
    )

"""Give a report the ladder of units that it is offered to, one rung after the other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ess.domain import dispatch
from ess.domain.geo import Point, distance_m
from ess.domain.ladder import Unit, UnitKind
from ess.domain.policy import Policy, climb
from ess.domain.report import Change, Report, refuse_superseded
from ess.ports.clock import Clock
from ess.ports.reports import Reports
from ess.usecases.change_report import change_report
from ess.usecases.link_reports import link_same_incidents


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit that a report may be offered to, and where it is."""

    unit_id: str
    name_th: str
    name_en: str
    kind: UnitKind
    point: Point


def assign_report(
    report_id: str,
    run: int,
    candidates: Sequence[Candidate],
    policy: Policy,
    *,
    reports: Reports,
    clock: Clock,
    on_search_failure: Callable[[str], None] = lambda _: None,
) -> Report:
    """Store the ladder that `policy` makes of `candidates`, the desk always its last rung.

    A report that has a ladder keeps it, so that a retry after another station or policy was loaded
    does not change the rungs under a search that has begun. Only a ladder that was made while no
    unit could be found gives way to one with units.

    Then reports of the same incident are looked for and linked; that fails without a consequence.

    Args:
        run: the workflow execution that asks.
        candidates: as the lookup ranks them; may be empty, then the desk is asked at once.
        on_search_failure: told why reports of the same incident were not found or linked.

    Returns:
        The report with its ladder.

    Raises:
        ReportClosed: it is closed.
        ReportSuperseded: another execution carries it.
        ReportNotDispatched: its reporter is still being waited for.
        ReportNotFound: there is none.
        TemporaryFailure: the store did not answer, or the report kept changing.
    """

    def decide(report: Report) -> Change:
        refuse_superseded(report, run)
        units = [_unit(candidate, report.pin) for candidate in candidates]
        return dispatch.assign(report, climb(policy, report.kind, units), now=clock.now())

    _, report = change_report(reports, report_id, decide)
    return link_same_incidents(report, reports=reports, clock=clock, on_failure=on_search_failure)


def _unit(candidate: Candidate, pin: Point) -> Unit:
    return Unit(
        unit_id=candidate.unit_id,
        name_th=candidate.name_th,
        name_en=candidate.name_en,
        kind=candidate.kind,
        distance_m=round(distance_m(pin, candidate.point), 1),
    )

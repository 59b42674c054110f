"""Find reports of what is perhaps the same incident, and link them."""

from collections.abc import Callable

from ess.domain.report import ACCEPTED, Report
from ess.domain.same_incident import MOST_LINKED, SAME_WITHIN_S, is_same, link
from ess.ports.clock import Clock
from ess.ports.reports import Reports
from ess.usecases.change_report import change_report
from ess.usecases.linked_reports import FAILURES, read_other

LOOKED_AT = 25
"""Reports nearby that are read, the earliest first; a crowd's later ones find each other so."""

PATIENCE_S = 3.0
"""Seconds after which no further report is looked at: somebody waits to be sent for."""


def link_same_incidents(
    report: Report,
    *,
    reports: Reports,
    clock: Clock,
    on_failure: Callable[[str], None],
) -> Report:
    """Link `report` with those of the same incident, both ways; doing so again changes nothing.

    Those that somebody has accepted come first, then the earliest. A report that has all the links
    it takes is still named by the later ones, so that none of them stands alone in a crowd.

    Args:
        on_failure: told what kept a report from being looked at or linked; nothing is raised.

    Returns:
        The report as it is now.
    """
    until = clock.now() + PATIENCE_S
    try:
        ids = reports.near(report.pin, report.opened_at - SAME_WITHIN_S)
    except FAILURES as failure:
        on_failure(type(failure).__name__)
        return report
    found = []
    for report_id in [one for one in ids if one != report.report_id][:LOOKED_AT]:
        if clock.now() >= until:
            on_failure("OutOfTime")
            break
        other = read_other(report_id, reports, on_failure)
        if other is not None and is_same(report, other):
            found.append(other)
    found.sort(key=lambda other: (other.status not in ACCEPTED, other.opened_at, other.report_id))
    others = tuple(found[:MOST_LINKED])
    if not others:
        return report
    report = _link(report, others, reports, clock, on_failure)
    for other in others:
        if other.report_id in report.linked:
            _link(other, (report,), reports, clock, on_failure)
    return report


def _link(
    report: Report,
    others: tuple[Report, ...],
    reports: Reports,
    clock: Clock,
    on_failure: Callable[[str], None],
) -> Report:
    try:
        return change_report(
            reports, report.report_id, lambda now_is: link(now_is, others, now=clock.now())
        )[1]
    except FAILURES as failure:
        on_failure(type(failure).__name__)
        return report

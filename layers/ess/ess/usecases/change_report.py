"""Change a report that others may be changing too: read, decide, write under a condition."""

from collections.abc import Callable

from ess.domain.errors import ReportChanged, TemporaryFailure
from ess.domain.report import Change, Report
from ess.ports.reports import Reports

TRIES = 5
"""How often a lost race is run again before the caller has to."""


def change_report(
    reports: Reports, report_id: str, decide: Callable[[Report], Change]
) -> tuple[Report, Report]:
    """Apply what `decide` makes of the report as it is now; a lost race is decided anew.

    The write holds only if nobody has changed the report since it was read. So when `decide` stores
    a task token, either whoever answers reads that token, or `decide` sees the answer.

    Returns:
        The report before and after; the same object twice if `decide` left it as it was.

    Raises:
        ReportNotFound: there is none.
        TemporaryFailure: the store did not answer, or the report kept changing.
        EssError: whatever `decide` raises.
    """
    for _ in range(TRIES):
        before = reports.get(report_id)
        change = decide(before)
        if change.report is before:
            return before, before
        try:
            reports.save(change)
        except ReportChanged:
            continue  # somebody was faster: look again at what is true now
        return before, change.report
    raise TemporaryFailure("the report kept changing")

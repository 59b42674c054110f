"""What an import tells its operator."""

from collections.abc import Iterator

from ess.domain.station_doubts import DOUBTS, Doubt
from ess.usecases.import_stations import (
    ChangeKind,
    ChangesSummary,
    ImportReport,
    Outcome,
)

_SHOWN = 20
_SIGNS = {ChangeKind.ADDED: "+", ChangeKind.CHANGED: "~", ChangeKind.REMOVED: "-"}


def tell_doubts(report: ImportReport, *, verbose: bool, named_in: str) -> Iterator[str]:
    """Yield lines about the doubtful rows.

    Args:
        report: of the import.
        verbose: True to name rows with doubts that are only noted, too.
        named_in: the file that names each of them, or empty.
    """
    for outcome in (Outcome.KEPT_OUT, Outcome.ACCEPTED, Outcome.NOTED):
        for doubt in DOUBTS:
            count = report.counts.get((doubt, outcome), 0)
            if count:
                yield _headline(doubt, outcome, count)
                if outcome is not Outcome.NOTED or verbose:
                    yield from _examples(report, doubt, outcome, count, named_in)


def _headline(doubt: Doubt, outcome: Outcome, count: int) -> str:
    about = DOUBTS[doubt]
    line = f"{outcome.value}: {count:,} {doubt.value}: {about.meaning}"
    if outcome is Outcome.KEPT_OUT and about.when_accepted:
        line += f" (--accept {doubt.value}: {about.when_accepted})"
    if outcome is Outcome.ACCEPTED:
        line += f"; {about.when_accepted}"
    return line


def _examples(
    report: ImportReport, doubt: Doubt, outcome: Outcome, count: int, named_in: str
) -> Iterator[str]:
    remarks = report.examples[doubt, outcome][:_SHOWN]
    yield from (f"  {remark}" for remark in remarks)
    if count > len(remarks):
        where = named_in or "--report FILE names each"
        yield f"  ... and {count - len(remarks):,} more ({where})"


def tell_changes(summary: ChangesSummary) -> Iterator[str]:
    """Yield lines about what publishing changes."""
    new, changed, removed = (summary.counts[kind] for kind in ChangeKind)
    yield f"{new:,} new, {changed:,} changed, {removed:,} removed"
    shown = [change for kind in ChangeKind for change in summary.first[kind]][:_SHOWN]
    for change in shown:
        fields = f" ({', '.join(change.fields)})" if change.fields else ""
        yield f"  {_SIGNS[change.kind]} {change.unit_id} {change.name}{fields}"
    if summary.total > len(shown):
        yield f"  ... and {summary.total - len(shown):,} more"


def tell_total(report: ImportReport) -> str:
    """Return a line with the sums."""
    samples = f", {report.samples:,} of them samples" if report.samples else ""
    return f"{report.read:,} rows: {report.good:,} good{samples}, {report.kept_out:,} kept out."

"""What officers see of reports that are linked with theirs."""

from collections.abc import Callable, Iterable

from ess.domain.conversation import Params, Prompt
from ess.domain.errors import EssError
from ess.domain.report import ACCEPTED, ClosingReason, Notified, Report, Status
from ess.ports.reports import Reports

FAILURES = (EssError, KeyError, TypeError, ValueError)
"""What another report may fail with, be it unreadable: none of it may keep somebody's own."""


def read_other(
    report_id: str, reports: Reports, on_failure: Callable[[str], None] = lambda _: None
) -> Report | None:
    """Return a report beside the one at hand, or None if it cannot be read just now."""
    try:
        return reports.get(report_id)
    except FAILURES as failure:
        on_failure(type(failure).__name__)
        return None


def linked_with(report: Report, reports: Reports) -> list[Report]:
    """Return the reports that `report` is linked with, without those that cannot be read now.

    One that was cancelled since is none any more.
    """
    read = (read_other(report_id, reports) for report_id in report.linked)
    cancelled = ClosingReason.CANCELLED_BY_REPORTER
    return [o for o in read if o is not None and o.closing_reason is not cancelled]


def same_facts(linked: Iterable[Report]) -> Params:
    """Return what a card may say of linked reports: references and who has accepted, no more.

    As ``same_1_reference``, ``same_1_state`` (``open``, ``accepted`` or ``closed``) and the name
    of who accepted; those that somebody has accepted come first.
    """
    params: Params = {}
    ordered = sorted(linked, key=lambda other: other.status not in ACCEPTED)
    for number, other in enumerate(ordered, start=1):
        holder = other.acknowledger if other.status in ACCEPTED else None
        closed = other.status is Status.CLOSED
        state = "accepted" if holder else "closed" if closed else "open"
        params |= {
            f"same_{number}_reference": other.reference,
            f"same_{number}_state": state,
            f"same_{number}_th": holder.name_th if holder else None,
            f"same_{number}_en": holder.name_en if holder else None,
        }
    return params


def is_held_by(report: Report, person: Notified) -> bool:
    """Tell whether `person` has accepted `report` and it is open, perhaps for another unit."""
    holder = report.acknowledger
    if report.status not in ACCEPTED or holder is None:
        return False
    by_line = person.line_user_id is not None and holder.line_user_id == person.line_user_id
    return by_line or holder.responder_id == person.responder_id


def with_linked(prompt: Prompt, report: Report, person: Notified, reports: Reports) -> Prompt:
    """Return an answer to an officer with what it has to say of linked reports, if anything.

    Whoever accepts sees which they are; whoever closes may close those that are theirs, too.
    """
    if not report.linked or prompt.name not in ("officer.accepted", "officer.done"):
        return prompt
    linked = linked_with(report, reports)
    if prompt.name == "officer.accepted":
        return Prompt(prompt.name, prompt.params | same_facts(linked))
    held: Params = {}
    mine = (other for other in linked if is_held_by(other, person))
    for number, other in enumerate(mine, start=1):
        held |= {f"held_{number}_id": other.report_id, f"held_{number}_reference": other.reference}
    return Prompt(prompt.name, prompt.params | held)

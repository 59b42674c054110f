"""Reports of several people that are perhaps of one incident.

Such reports are linked, so that officers see one beside the other. Nothing is merged: each stays
its own, with its own reporter, search and end.
"""

from dataclasses import replace

from ess.domain.geo import Point, distance_m, least_distance_m
from ess.domain.geohash import bounds, encode, neighbours
from ess.domain.kinds import Kind
from ess.domain.report import Change, ClosingReason, Detail, Entry, Report, unchanged

SAME_WITHIN_M = 250.0
"""Metres between two pins of one incident."""

SAME_WITHIN_S = 1800.0
"""Seconds between the openings of two reports of one incident."""

MOST_LINKED = 10
"""Reports that one report is linked with."""

_CELL_LENGTH = 6
"""Characters of the cells that reports are looked for in: 610 m high and, up to 78 degrees of
latitude, more than `SAME_WITHIN_M` wide, so that a cell and its neighbours are always enough."""


def near_cell(pin: Point) -> str:
    """Return the cell by which a report with this pin is found."""
    return encode(pin, _CELL_LENGTH)


def cells_near(pin: Point) -> list[str]:
    """Return the cells, nine at most, that a report of the same incident may lie in."""
    own = near_cell(pin)
    beside = [
        cell for cell in neighbours(own) if least_distance_m(pin, bounds(cell)) <= SAME_WITHIN_M
    ]
    return [own, *beside]


def is_same(one: Report, other: Report) -> bool:
    """Tell whether two reports are perhaps of one incident; the order makes no difference.

    A person's own two reports are not: they said that these are two. Nor is one that its reporter
    cancelled, nor an exercise and a real one.
    """
    return (
        one.report_id != other.report_id
        and one.reporter_id != other.reporter_id
        and one.drill is other.drill
        and (one.kind is other.kind or Kind.UNKNOWN in (one.kind, other.kind))
        and abs(one.opened_at - other.opened_at) <= SAME_WITHIN_S
        and ClosingReason.CANCELLED_BY_REPORTER not in (one.closing_reason, other.closing_reason)
        and _apart_m(one.pin, other.pin) <= SAME_WITHIN_M
    )


def _apart_m(one: Point, other: Point) -> float:
    # In one order: the last bit of a distance may depend on where it begins.
    start, end = sorted((one, other), key=lambda pin: (pin.latitude, pin.longitude))
    return distance_m(start, end)


def link(report: Report, others: tuple[Report, ...], *, now: float) -> Change:
    """Link `report` with `others`, as far as `MOST_LINKED` allows; what is linked stays so.

    That is no event in the report's life: neither what is awaited of it nor the time of its last
    change moves, from which a reporter's day to reopen it counts.
    """
    new = [other for other in others if other.report_id not in report.linked]
    new = new[: max(0, MOST_LINKED - len(report.linked))]
    if not new:
        return unchanged(report)
    linked = (*report.linked, *(other.report_id for other in new))
    version = report.version + 1
    detail: Detail = {"reports": len(linked), "new": " ".join(other.reference for other in new)}
    entry = Entry(now, "system", "linked", detail, key=f"{version:06d}-linked")
    return Change(replace(report, linked=linked, version=version), (entry,))

"""Reports in every status, for the tests of the domain."""

from ess.domain.geo import Point
from ess.domain.kinds import Kind
from ess.domain.ladder import DESK_UNIT_ID
from ess.domain.report import ACCEPTED, ClosingReason, Notified, Report, Status
from tests.unit.incident_kit import FIRST, SECOND, ladder_of

NOW = 1_790_000_000.0
ALICE = Notified("alice", FIRST.unit_id, "ด.ต. เอ", "Sgt. A", 0, "Ua")
BOB = Notified("bob", FIRST.unit_id, "ด.ต. บี", "Sgt. B", 0)
CAROL = Notified("carol", SECOND.unit_id, "ด.ต. ซี", "Sgt. C", 1, "Uc")
DORA = Notified("dora", DESK_UNIT_ID, "ด.ต. ดี", "Sgt. D", 0, "Ud")


def in_status(status, **fields):
    """A report that got into `status` the usual way, with alice as the one who accepts."""
    accepted = status in ACCEPTED
    closed = status is Status.CLOSED
    offered = status not in (Status.OPENED, Status.DISPATCHED)
    usual = {
        "status": status,
        "version": 7,
        "due_at": None if closed else NOW + 5,
        "ladder": None if status is Status.OPENED else ladder_of(FIRST, SECOND),
        "step": 0 if offered else None,
        "reached": (FIRST.unit_id,) if offered else (),
        "notified": (ALICE, BOB) if offered else (),
        "token": "token" if offered else None,
        "acknowledged_by": "alice" if accepted or closed else None,
        "acknowledged_at": NOW - 30 if accepted or closed else None,
        "closing_reason": ClosingReason.RESOLVED if closed else None,
    }
    return Report(
        "0" * 32,
        "K7P-2MX",
        "U9",
        None,
        Kind.ASSAULT,
        Point(17.4, 104.8),
        NOW - 60,
        NOW - 30,
        **(usual | fields),
    )

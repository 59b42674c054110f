"""From the domain to items. `from_item` is the way back: change both together.

Each function names every attribute, so that renaming a field of a dataclass cannot rename what is
stored. None means that the attribute is absent.
"""

from ess.adapters.dynamodb.table import Item
from ess.domain.conversation import ActiveReport, Conversation, Draft, Prompt
from ess.domain.geo import Point
from ess.domain.ladder import Rung
from ess.domain.report import Entry, Notified, Report
from ess.domain.responder import Responder

OPEN_SHARD = "open"
"""Partition of the index `due`: every report that something is still expected of."""

REPORT_ENTRY = "report"
"""Sort key of the report itself, beside its timeline entries."""

_SMALLEST_NUMBER = 1e-120
"""DynamoDB refuses numbers nearer to zero than 1e-130; in degrees this is far less than an atom."""


def entry_key(entry: Entry) -> str:
    """Return the sort key of a timeline entry: its own key, so that writing it twice is once."""
    return f"t#{entry.key}"


def report_attributes(report: Report, expires_at: int | None) -> Item:
    """Return everything of `report` but its keys.

    Args:
        report: the report.
        expires_at: epoch seconds after which it is deleted; None while it is open.
    """
    return {
        "reference": report.reference,
        "reporter_id": report.reporter_id,
        "language": report.language,
        "kind": int(report.kind),
        "pin": point_item(report.pin),
        "opened_at": report.opened_at,
        "changed_at": report.changed_at,
        "status": report.status.value,
        "place": report.place,
        "phone": report.phone,
        "can_talk": report.can_talk,
        "version": report.version,
        "due_at": report.due_at,
        # The index is sparse: a report without a due time is not in it.
        "due_shard": None if report.due_at is None else OPEN_SHARD,
        "ladder": [_rung_item(rung) for rung in report.ladder],
        "rung": report.rung,
        "attempt": report.attempt,
        "reached": report.reached,
        "notified": [_notified_item(person) for person in report.notified],
        "declined": list(report.declined),
        "token": report.token,
        "acknowledged_by": report.acknowledged_by,
        "acknowledged_at": report.acknowledged_at,
        "reminders": report.reminders,
        "closing_reason": report.closing_reason.value if report.closing_reason else None,
        "expires_at": expires_at,
    }


def entry_attributes(entry: Entry, expires_at: int) -> Item:
    """Return everything of a timeline entry but its keys; it expires at epoch `expires_at`."""
    return {
        "at": entry.at,
        "actor": entry.actor,
        "action": entry.action,
        "detail": dict(entry.detail),
        "expires_at": expires_at,
    }


def conversation_attributes(conversation: Conversation, expires_at: int) -> Item:
    """Return everything of `conversation` but its key; it expires at epoch `expires_at`."""
    active = conversation.active
    return {
        "version": conversation.version,
        "language": conversation.language,
        "draft": _draft_item(conversation.draft) if conversation.draft else None,
        "active": active_item(active) if active else None,
        # Beside the copy, for the condition of whoever keeps the copy true.
        "active_report_id": active.report_id if active else None,
        "recent_events": list(conversation.recent_events),
        "last_answer": [_prompt_item(prompt) for prompt in conversation.last_answer],
        "expires_at": expires_at,
    }


def active_item(active: ActiveReport) -> Item:
    """Return the reporter's copy of a report as a map."""
    return _present(
        {
            "report_id": active.report_id,
            "reference": active.reference,
            "kind": int(active.kind),
            "status": active.status.value,
            "opened_at": active.opened_at,
            "changed_at": active.changed_at,
            "unit_th": active.unit_th,
            "unit_en": active.unit_en,
            "distance_m": active.distance_m,
            "at_desk": active.at_desk,
            "nobody_reached": active.nobody_reached,
            "can_talk": active.can_talk,
            "responder_th": active.responder_th,
            "responder_en": active.responder_en,
            "closing_reason": active.closing_reason,
            "token": active.token,
        }
    )


def responder_item(responder: Responder) -> Item:
    """Return `responder` with its keys."""
    return {
        "unit_id": responder.unit_id,
        "responder_id": responder.responder_id,
        "name_th": responder.name_th,
        "name_en": responder.name_en,
        "line_user_id": responder.line_user_id,
        "phone": responder.phone,
        "on_duty": responder.on_duty,
        "verified": responder.verified,
        "sample": responder.sample,
    }


def point_item(point: Point) -> Item:
    """Return a point as a map of degrees WGS84."""
    return {"latitude": _storable(point.latitude), "longitude": _storable(point.longitude)}


def _draft_item(draft: Draft) -> Item:
    return _present(
        {
            "kind": None if draft.kind is None else int(draft.kind),
            "pin": None if draft.pin is None else point_item(draft.pin),
            "place": draft.place,
            "pin_area": draft.pin_area.value,
            "pin_kept": draft.pin_kept,
            "phone": draft.phone,
            "no_call": draft.no_call,
        }
    )


def _prompt_item(prompt: Prompt) -> Item:
    return {"name": prompt.name, "params": dict(prompt.params)}


def _rung_item(rung: Rung) -> Item:
    return _present(
        {
            "unit_id": rung.unit_id,
            "name_th": rung.name_th,
            "name_en": rung.name_en,
            "kind": rung.kind.value,
            "distance_m": rung.distance_m,
        }
    )


def _notified_item(person: Notified) -> Item:
    return _present(
        {
            "responder_id": person.responder_id,
            "unit_id": person.unit_id,
            "name_th": person.name_th,
            "name_en": person.name_en,
            "rung": person.rung,
            "line_user_id": person.line_user_id,
        }
    )


def _present(item: Item) -> Item:
    return {name: value for name, value in item.items() if value is not None}


def _storable(degrees: float) -> float:
    return degrees if abs(degrees) >= _SMALLEST_NUMBER else 0.0

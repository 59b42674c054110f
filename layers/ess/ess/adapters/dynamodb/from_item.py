"""From items to the domain: the way back of `to_item`.

Attributes that this version does not know are left alone, and those that an older one did not
write get their default, so that two versions can run side by side during a deployment.
"""

from ess.adapters.dynamodb.table import Item
from ess.domain.conversation import ActiveReport, Conversation, Draft, Prompt
from ess.domain.geo import Point
from ess.domain.kinds import Kind
from ess.domain.ladder import Rung, RungKind
from ess.domain.report import ClosingReason, Entry, Notified, Report, Status
from ess.domain.responder import Responder
from ess.domain.service_area import Area


def report_from(item: Item) -> Report:
    """Return the report that `item` holds.

    Raises:
        KeyError, ValueError: it lacks what every report has, or has a value unknown here.
    """
    return Report(
        report_id=item["report_id"],
        reference=item["reference"],
        reporter_id=item["reporter_id"],
        language=item.get("language"),
        kind=Kind(item["kind"]),
        pin=_point(item["pin"]),
        opened_at=float(item["opened_at"]),
        changed_at=float(item["changed_at"]),
        status=Status(item["status"]),
        place=item.get("place"),
        phone=item.get("phone"),
        can_talk=item.get("can_talk", True),
        version=int(item["version"]),
        due_at=_float(item.get("due_at")),
        ladder=tuple(_rung(rung) for rung in item.get("ladder", ())),
        rung=item.get("rung"),
        attempt=item.get("attempt", 0),
        reached=item.get("reached"),
        notified=tuple(_notified(person) for person in item.get("notified", ())),
        declined=tuple(item.get("declined", ())),
        token=item.get("token"),
        acknowledged_by=item.get("acknowledged_by"),
        acknowledged_at=_float(item.get("acknowledged_at")),
        reminders=item.get("reminders", 0),
        closing_reason=_reason(item.get("closing_reason")),
    )


def entry_from(item: Item) -> Entry:
    """Return the timeline entry that `item` holds; raises as `report_from`."""
    return Entry(
        at=float(item["at"]),
        actor=item["actor"],
        action=item["action"],
        detail=item.get("detail", {}),
        key=item["entry"].removeprefix("t#"),
    )


def conversation_from(item: Item) -> Conversation:
    """Return the conversation that `item` holds; raises as `report_from`."""
    draft, active = item.get("draft"), item.get("active")
    return Conversation(
        user_id=item["user_id"],
        version=int(item["version"]),
        language=item.get("language"),
        draft=None if draft is None else _draft(draft),
        active=None if active is None else _active(active),
        recent_events=tuple(item.get("recent_events", ())),
        last_answer=tuple(
            Prompt(prompt["name"], prompt.get("params", {}))
            for prompt in item.get("last_answer", ())
        ),
    )


def responder_from(item: Item) -> Responder:
    """Return the responder that `item` holds; raises as `report_from`."""
    return Responder(
        responder_id=item["responder_id"],
        unit_id=item["unit_id"],
        name_th=item["name_th"],
        name_en=item["name_en"],
        line_user_id=item.get("line_user_id"),
        phone=item.get("phone"),
        on_duty=item.get("on_duty", False),
        verified=item.get("verified", False),
        sample=item.get("sample", False),
    )


def _draft(item: Item) -> Draft:
    kind, pin = item.get("kind"), item.get("pin")
    return Draft(
        kind=None if kind is None else Kind(kind),
        pin=None if pin is None else _point(pin),
        place=item.get("place"),
        pin_area=Area(item.get("pin_area", Area.INSIDE)),
        pin_kept=item.get("pin_kept", False),
        phone=item.get("phone"),
        no_call=item.get("no_call", False),
    )


def _active(item: Item) -> ActiveReport:
    return ActiveReport(
        report_id=item["report_id"],
        reference=item["reference"],
        kind=Kind(item["kind"]),
        status=Status(item["status"]),
        opened_at=float(item["opened_at"]),
        changed_at=float(item["changed_at"]),
        unit_th=item.get("unit_th"),
        unit_en=item.get("unit_en"),
        distance_m=_float(item.get("distance_m")),
        at_desk=item.get("at_desk", False),
        nobody_reached=item.get("nobody_reached", False),
        can_talk=item.get("can_talk", True),
        responder_th=item.get("responder_th"),
        responder_en=item.get("responder_en"),
        closing_reason=item.get("closing_reason"),
        token=item.get("token"),
    )


def _rung(item: Item) -> Rung:
    return Rung(
        unit_id=item["unit_id"],
        name_th=item["name_th"],
        name_en=item["name_en"],
        kind=RungKind(item["kind"]),
        distance_m=_float(item.get("distance_m")),
    )


def _notified(item: Item) -> Notified:
    return Notified(
        responder_id=item["responder_id"],
        unit_id=item["unit_id"],
        name_th=item["name_th"],
        name_en=item["name_en"],
        rung=item["rung"],
        line_user_id=item.get("line_user_id"),
    )


def _point(item: Item) -> Point:
    return Point(float(item["latitude"]), float(item["longitude"]))


def _reason(value: str | None) -> ClosingReason | None:
    return None if value is None else ClosingReason(value)


def _float(value: float | None) -> float | None:
    return None if value is None else float(value)

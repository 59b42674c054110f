"""From items to the domain: the way back of `to_item`.

Attributes that this version does not know are left alone, and those that an older one did not
write get their default, so that two versions can run side by side during a deployment.
"""

from ess.adapters.dynamodb.older_items import renewed_report
from ess.adapters.dynamodb.table import Item
from ess.domain.conversation import ActiveReport, Conversation, Draft, OtherReport, Prompt
from ess.domain.duty import Shift
from ess.domain.geo import Point
from ess.domain.kinds import Kind
from ess.domain.ladder import Channel, Ladder, Notice, Rung, Unit, UnitKind, When
from ess.domain.media import MediaKind, MediaRef
from ess.domain.officer_step import Held, Noting, OfficerStep, PhoneCheck
from ess.domain.pace import EVENTS, Pace
from ess.domain.report import ClosingReason, Entry, Notified, Part, Report, Status, Told
from ess.domain.reporter import Block, History
from ess.domain.responder import Responder
from ess.domain.service_area import Area
from ess.domain.understanding import Role


def report_from(item: Item) -> Report:
    """Return the report that `item` holds.

    Raises:
        KeyError, ValueError: it lacks what every report has, or has a value unknown here.
    """
    item = renewed_report(item)
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
        may_ask=item.get("may_ask", False),
        drill=item.get("drill", False),
        who=item.get("who"),
        landmark=item.get("landmark"),
        hurt=item.get("hurt"),
        still_there=item.get("still_there"),
        weapon=item.get("weapon"),
        notes=tuple(item.get("notes", ())),
        details=item.get("details", 0),
        pin_moves=item.get("pin_moves", 0),
        media=tuple(
            MediaRef(item["report_id"], MediaKind(kind), media_id)
            for kind, media_id in item.get("media", ())
        ),
        told=tuple(map(_told, item.get("told", ()))),
        note_ids=tuple(item.get("note_ids", ())),
        landmark_id=item.get("landmark_id", ""),
        unsent=tuple(item.get("unsent", ())),
        retracted=item.get("retracted", 0),
        cancel_why=item.get("cancel_why"),
        pin_doubt=item.get("pin_doubt"),
        earlier_false=item.get("earlier_false", 0),
        run=int(item.get("run", 1)),
        run_step=int(item.get("run_step", 0)),
        ladder=None if item.get("ladder") is None else _ladder(item["ladder"]),
        step=item.get("step"),
        hand_rung=None if item.get("hand_rung") is None else _rung(item["hand_rung"]),
        hand_step=item.get("hand_step"),
        reached=tuple(item.get("reached", ())),
        notified=tuple(_notified(person) for person in item.get("notified", ())),
        declined=tuple(item.get("declined", ())),
        token=item.get("token"),
        acknowledged_by=item.get("acknowledged_by"),
        acknowledged_at=_float(item.get("acknowledged_at")),
        helpers=tuple(item.get("helpers", ())),
        help_calls=item.get("help_calls", 0),
        help_served=item.get("help_served", 0),
        quiet_since=_float(item.get("quiet_since")),
        reminders=item.get("reminders", 0),
        nobody_came=item.get("nobody_came", 0),
        nobody_served=item.get("nobody_served", 0),
        nobody_known=item.get("nobody_known", 0),
        checks=item.get("checks", 0),
        checks_served=item.get("checks_served", 0),
        contact_changes=item.get("contact_changes", 0),
        contact_known=item.get("contact_known", 0),
        contact_told=item.get("contact_told", 0),
        reopened=item.get("reopened", 0),
        closing_reason=_reason(item.get("closing_reason")),
        acts=tuple(item.get("acts", ())),
        linked=tuple(item.get("linked", ())),
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
        others=tuple(map(_other, item.get("others", ()))),
        awaiting=item.get("awaiting"),
        officer=None if item.get("officer") is None else _officer(item["officer"]),
        pace=_pace(item.get("pace", {})),
        history=History(
            opened_at=tuple(map(float, item.get("opened_times", ()))),
            # Below zero once reports of before are closed that were never counted.
            open=max(0, int(item.get("open_reports", 0))),
            false_at=tuple(map(float, item.get("false_times", ()))),
        ),
        block=None if item.get("block") is None else _block(item["block"]),
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
        duty_set_at=_float(item.get("duty_set_at")),
        shifts=tuple(
            Shift(float(start), float(end), bool(on)) for start, end, on in item.get("shifts", ())
        ),
        line_blocked=item.get("line_blocked", False),
        language=item.get("language"),
        version=int(item.get("version", 0)),
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
        drill=item.get("drill", False),
        who=Role(item["who"]) if item.get("who") else None,
        touched_at=_float(item.get("touched_at")),
        nudged=item.get("nudged", False),
        notes=tuple(item.get("notes", ())),
        note_ids=tuple(item.get("note_ids", ())),
    )


def _pace(item: Item) -> Pace:
    return Pace(
        left=float(item.get("left", EVENTS)),
        at=float(item.get("at", 0.0)),
        answered_at=float(item.get("answered_at", 0.0)),
        files=tuple((report_id, int(number)) for report_id, number in item.get("files", ())),
    )


def _block(item: Item) -> Block:
    return Block(
        report_id=item["report_id"],
        at=float(item["at"]),
        until=float(item["until"]),
        by=item["by"],
        why=item["why"],
        appealed_at=_float(item.get("appealed_at")),
        appeals=int(item.get("appeals", 0)),
    )


def _other(item: Item) -> OtherReport:
    return OtherReport(
        report_id=item["report_id"],
        reference=item["reference"],
        kind=Kind(item["kind"]),
        opened_at=float(item["opened_at"]),
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
        by_desk=item.get("by_desk", False),
        nobody_reached=item.get("nobody_reached", False),
        can_talk=item.get("can_talk", True),
        responder_th=item.get("responder_th"),
        responder_en=item.get("responder_en"),
        closing_reason=item.get("closing_reason"),
        token=item.get("token"),
        run=item.get("run", 1),
        may_ask=item.get("may_ask", False),
        drill=item.get("drill", False),
        who=item.get("who"),
        answered=tuple(item.get("answered", ())),
        near=item.get("near", 0),
        notes=item.get("notes", 0),
        note_bytes=item.get("note_bytes", 0),
        pin=None if item.get("pin") is None else _point(item["pin"]),
    )


def _ladder(item: Item) -> Ladder:
    return Ladder(
        policy=item["policy"],
        rungs=tuple(map(_rung, item["rungs"])),
        rounds=item.get("rounds", 1),
        notices=tuple(map(_notice, item.get("notices", ()))),
        nearby=tuple(map(_unit, item.get("nearby", ()))),
        begins=item.get("begins", 0),
    )


def _rung(item: Item) -> Rung:
    return Rung(
        units=tuple(map(_unit, item["units"])),
        channels=tuple(map(Channel, item["channels"])),
        wait_s=item["wait_s"],
        times=item.get("times", 1),
    )


def _notice(item: Item) -> Notice:
    return Notice(
        units=tuple(map(_unit, item["units"])),
        channels=tuple(map(Channel, item["channels"])),
        when=When(item.get("when", When.AT_ONCE)),
    )


def _unit(item: Item) -> Unit:
    return Unit(
        unit_id=item["unit_id"],
        name_th=item["name_th"],
        name_en=item["name_en"],
        kind=UnitKind(item["kind"]),
        distance_m=_float(item.get("distance_m")),
    )


def _notified(item: Item) -> Notified:
    return Notified(
        responder_id=item["responder_id"],
        unit_id=item["unit_id"],
        name_th=item["name_th"],
        name_en=item["name_en"],
        step=item["step"],
        line_user_id=item.get("line_user_id"),
        part=Part(item.get("part", Part.RESPONDER)),
        language=item.get("language"),
    )


def _officer(item: Item) -> OfficerStep:
    check = item.get("check")
    return OfficerStep(
        check=None
        if check is None
        else PhoneCheck(
            joining=tuple((unit_id, responder_id) for unit_id, responder_id in check["joining"]),
            until=float(check["until"]),
            phone=check.get("phone"),
            digest=check.get("digest"),
            code_until=float(check.get("code_until", 0.0)),
            tries=check.get("tries", 0),
        ),
        codes_sent=tuple(map(float, item.get("codes_sent", ()))),
        wrong_codes=tuple(map(float, item.get("wrong_codes", ()))),
        leave_asked_at=_float(item.get("leave_asked_at")),
        noting=None if item.get("noting") is None else _noting(item["noting"]),
        relayed=tuple(map(float, item.get("relayed", ()))),
        others=tuple(map(_noting, item.get("others", ()))),
        held=None
        if item.get("held") is None
        else Held(item["held"]["words"], float(item["held"]["until"])),
    )


def _noting(item: Item) -> Noting:
    return Noting(item["report_id"], float(item["until"]), float(item.get("chosen_until", 0.0)))


def _told(item: Item) -> Told:
    return Told(
        responder_id=item["responder_id"],
        mended=item.get("mended", 0),
        pin_moves=item.get("pin_moves", 0),
        notes=item.get("notes", 0),
        media=item.get("media", 0),
        texted_at=_float(item.get("texted_at")),
        retracted=item.get("retracted", 0),
    )


def _point(item: Item) -> Point:
    return Point(float(item["latitude"]), float(item["longitude"]))


def _reason(value: str | None) -> ClosingReason | None:
    return None if value is None else ClosingReason(value)


def _float(value: float | None) -> float | None:
    return None if value is None else float(value)

"""From the domain to items. `from_item` is the way back: change both together.

Each function names every attribute, so that renaming a field of a dataclass cannot rename what is
stored. None means that the attribute is absent.
"""

from ess.adapters.dynamodb.table import Item
from ess.domain.conversation import ActiveReport, Conversation, Draft, OtherReport, Prompt
from ess.domain.drafts import due_at
from ess.domain.geo import Point
from ess.domain.ladder import Ladder, Notice, Rung, Unit
from ess.domain.officer_step import Noting, OfficerStep
from ess.domain.pace import Pace
from ess.domain.report import Entry, Notified, Report, Told
from ess.domain.reporter import Block
from ess.domain.responder import Responder
from ess.domain.same_incident import near_cell

OPEN_SHARD = "open"
"""Partition of the index `due`: every report that something is still expected of."""

DRAFT_SHARD = "draft"
PINNED_SHARD = "draft-pin"
"""Partition of the index `drafts`: everybody who has begun a report and not finished."""

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
        "near_cell": near_cell(report.pin),
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
        "may_ask": report.may_ask,
        "drill": report.drill,
        "who": report.who,
        "landmark": report.landmark,
        "hurt": report.hurt,
        "still_there": report.still_there,
        "weapon": report.weapon,
        "notes": list(report.notes),
        "details": report.details,
        "pin_moves": report.pin_moves,
        "media": [[ref.kind.value, ref.media_id] for ref in report.media],
        "told": [_told_item(told) for told in report.told],
        "note_ids": list(report.note_ids),
        "landmark_id": report.landmark_id,
        "unsent": list(report.unsent),
        "retracted": report.retracted,
        "cancel_why": report.cancel_why,
        "pin_doubt": report.pin_doubt,
        "earlier_false": report.earlier_false,
        "run": report.run,
        "run_step": report.run_step,
        "ladder": _ladder_item(report.ladder) if report.ladder else None,
        "step": report.step,
        "hand_rung": _rung_item(report.hand_rung) if report.hand_rung else None,
        "hand_step": report.hand_step,
        "reached": list(report.reached),
        "notified": [_notified_item(person) for person in report.notified],
        "declined": list(report.declined),
        "token": report.token,
        "acknowledged_by": report.acknowledged_by,
        "acknowledged_at": report.acknowledged_at,
        "helpers": list(report.helpers),
        "help_calls": report.help_calls,
        "help_served": report.help_served,
        "quiet_since": report.quiet_since,
        "reminders": report.reminders,
        "nobody_came": report.nobody_came,
        "nobody_served": report.nobody_served,
        "nobody_known": report.nobody_known,
        "checks": report.checks,
        "checks_served": report.checks_served,
        "contact_changes": report.contact_changes,
        "contact_known": report.contact_known,
        "contact_told": report.contact_told,
        "reopened": report.reopened,
        "closing_reason": report.closing_reason.value if report.closing_reason else None,
        "acts": list(report.acts),
        "linked": list(report.linked),
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


def _shard_of(draft: Draft) -> str:
    """Return the part of the index that `draft` is in: one with a pin waits behind none without."""
    return DRAFT_SHARD if draft.pin is None else PINNED_SHARD


def conversation_attributes(conversation: Conversation, expires_at: int | None) -> Item:
    """Return everything of `conversation` but its key.

    Args:
        conversation: the conversation.
        expires_at: epoch seconds after which it is deleted; None for one that stays.
    """
    active, draft, history = conversation.active, conversation.draft, conversation.history
    draft_due_at = None if draft is None else due_at(draft)
    return {
        "version": conversation.version,
        "language": conversation.language,
        "draft": None if draft is None else _draft_item(draft),
        # The index is sparse: whoever has no draft is not in it.
        "draft_shard": None if draft is None or draft_due_at is None else _shard_of(draft),
        "draft_due_at": draft_due_at,
        "active": active_item(active) if active else None,
        # Beside the copy, for the condition of whoever keeps the copy true.
        "active_report_id": active.report_id if active else None,
        "recent_events": list(conversation.recent_events),
        "last_answer": [_prompt_item(prompt) for prompt in conversation.last_answer],
        "others": [_other_item(other) for other in conversation.others],
        "awaiting": conversation.awaiting,
        "officer": _officer_item(conversation.officer) if conversation.officer else None,
        "pace": _pace_item(conversation.pace),
        # Not in a map: whoever closes a report changes these without reading the conversation.
        "opened_times": list(history.opened_at),
        "open_reports": history.open,
        "false_times": list(history.false_at),
        "block": _block_item(conversation.block) if conversation.block else None,
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
            "by_desk": active.by_desk,
            "nobody_reached": active.nobody_reached,
            "can_talk": active.can_talk,
            "responder_th": active.responder_th,
            "responder_en": active.responder_en,
            "closing_reason": active.closing_reason,
            "token": active.token,
            "run": active.run,
            "may_ask": active.may_ask,
            "drill": active.drill,
            "who": active.who,
            "answered": list(active.answered),
            "notes": active.notes,
            "note_bytes": active.note_bytes,
            "pin": None if active.pin is None else point_item(active.pin),
            "near": active.near,
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
        "duty_set_at": responder.duty_set_at,
        # A shift is [start, end, on]: names in each of 200 would be most of the item.
        "shifts": [[shift.start, shift.end, shift.on] for shift in responder.shifts] or None,
        "line_blocked": responder.line_blocked,
        "language": responder.language,
        "version": responder.version,
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
            "drill": draft.drill,
            "who": draft.who.value if draft.who else None,
            "touched_at": draft.touched_at,
            "nudged": draft.nudged,
            "notes": list(draft.notes) or None,
            "note_ids": list(draft.note_ids) or None,
        }
    )


def _other_item(other: OtherReport) -> Item:
    return {
        "report_id": other.report_id,
        "reference": other.reference,
        "kind": int(other.kind),
        "opened_at": other.opened_at,
    }


def _officer_item(step: OfficerStep) -> Item:
    check = step.check
    return _present(
        {
            "check": None
            if check is None
            else _present(
                {
                    "joining": [list(row) for row in check.joining],
                    "until": check.until,
                    "phone": check.phone,
                    "digest": check.digest,
                    "code_until": check.code_until,
                    "tries": check.tries,
                }
            ),
            "codes_sent": list(step.codes_sent),
            "wrong_codes": list(step.wrong_codes),
            "leave_asked_at": step.leave_asked_at,
            "noting": None if step.noting is None else _noting_item(step.noting),
            "relayed": list(step.relayed),
            "others": [_noting_item(other) for other in step.others],
            "held": None
            if step.held is None
            else {"words": step.held.words, "until": step.held.until},
        }
    )


def _noting_item(noting: Noting) -> Item:
    return {
        "report_id": noting.report_id,
        "until": noting.until,
        "chosen_until": noting.chosen_until,
    }


def _pace_item(pace: Pace) -> Item:
    return {
        "left": pace.left,
        "at": pace.at,
        "answered_at": pace.answered_at,
        "files": [[report_id, number] for report_id, number in pace.files],
    }


def _block_item(block: Block) -> Item:
    return _present(
        {
            "report_id": block.report_id,
            "at": block.at,
            "until": block.until,
            "by": block.by,
            "why": block.why,
            "appealed_at": block.appealed_at,
            "appeals": block.appeals,
        }
    )


def _prompt_item(prompt: Prompt) -> Item:
    return {"name": prompt.name, "params": dict(prompt.params)}


def _ladder_item(ladder: Ladder) -> Item:
    return {
        "policy": ladder.policy,
        "rungs": [_rung_item(rung) for rung in ladder.rungs],
        "rounds": ladder.rounds,
        "notices": [_notice_item(notice) for notice in ladder.notices],
        "nearby": [_unit_item(unit) for unit in ladder.nearby],
        "begins": ladder.begins,
    }


def _rung_item(rung: Rung) -> Item:
    return {
        "units": [_unit_item(unit) for unit in rung.units],
        "channels": [channel.value for channel in rung.channels],
        "wait_s": rung.wait_s,
        "times": rung.times,
    }


def _notice_item(notice: Notice) -> Item:
    return {
        "units": [_unit_item(unit) for unit in notice.units],
        "channels": [channel.value for channel in notice.channels],
        "when": notice.when.value,
    }


def _unit_item(unit: Unit) -> Item:
    return _present(
        {
            "unit_id": unit.unit_id,
            "name_th": unit.name_th,
            "name_en": unit.name_en,
            "kind": unit.kind.value,
            "distance_m": unit.distance_m,
        }
    )


def _notified_item(person: Notified) -> Item:
    return _present(
        {
            "responder_id": person.responder_id,
            "unit_id": person.unit_id,
            "name_th": person.name_th,
            "name_en": person.name_en,
            "step": person.step,
            "line_user_id": person.line_user_id,
            "part": person.part.value,
            "language": person.language,
        }
    )


def _told_item(told: Told) -> Item:
    return _present(
        {
            "responder_id": told.responder_id,
            "mended": told.mended,
            "pin_moves": told.pin_moves,
            "notes": told.notes,
            "media": told.media,
            "texted_at": told.texted_at,
            "retracted": told.retracted,
        }
    )


def _present(item: Item) -> Item:
    return {name: value for name, value in item.items() if value is not None}


def _storable(degrees: float) -> float:
    return degrees if abs(degrees) >= _SMALLEST_NUMBER else 0.0

"""A report: what it is, and every change it may go through.

Each change is a function from a report to a `Change`: the report after it and the line it leaves in
the timeline. A change that the present status does not allow raises a named error and has no
effect. Nothing here reads a clock or a table: `now` is always handed in, in epoch seconds.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from ess.domain.errors import (
    NoMoreRungs,
    NotNotified,
    NotTheAcknowledger,
    ReportAlreadyAcknowledged,
    ReportClosed,
    ReportNotDispatched,
    StepNotAllowed,
)
from ess.domain.geo import Point
from ess.domain.kinds import Kind
from ess.domain.ladder import Rung, RungKind


class Status(StrEnum):
    """Where a report stands. Each is shown to the reporter, so each must be true when written."""

    OPENED = "opened"  # kind and pin are known; waits a short while for a phone number
    DISPATCHED = "dispatched"  # handed to the workflow; no message has reached a channel yet
    NOTIFIED = "notified"  # a channel took a message for a unit's responders; nobody has accepted
    ACKNOWLEDGED = "acknowledged"
    ON_THE_WAY = "on_the_way"
    ON_SCENE = "on_scene"
    CLOSED = "closed"


class ClosingReason(StrEnum):
    """Why a report ended."""

    RESOLVED = "resolved"
    NOBODY_FOUND = "nobody_found"
    FALSE_ALARM = "false_alarm"
    REFERRED = "referred"
    CANCELLED_BY_REPORTER = "cancelled_by_reporter"


RESPONDER_REASONS = (
    ClosingReason.RESOLVED,
    ClosingReason.NOBODY_FOUND,
    ClosingReason.FALSE_ALARM,
    ClosingReason.REFERRED,
)
"""The reasons a responder may close with; the remaining one is the reporter's own."""

ACCEPTED = frozenset({Status.ACKNOWLEDGED, Status.ON_THE_WAY, Status.ON_SCENE})
"""Somebody has accepted, and the report is not closed."""

SEARCHING = frozenset({Status.DISPATCHED, Status.NOTIFIED})
"""Somebody is being looked for; whoever was offered the report may accept it."""

PROGRESS_FROM = {
    Status.ON_THE_WAY: frozenset({Status.ACKNOWLEDGED}),
    Status.ON_SCENE: frozenset({Status.ACKNOWLEDGED, Status.ON_THE_WAY}),
}
"""Which statuses lead to which: an officer who is already there need not say "on the way" first."""

OVERDUE_SLACK_S = 30
"""Seconds that a step may be late before the auditor calls it overdue."""

MAX_REMINDERS = 2
"""Reminders that a silent responder gets before others are asked."""


@dataclass(frozen=True, slots=True)
class Notified:
    """A responder who was notified of a report, and so may act on it."""

    responder_id: str
    unit_id: str
    name_th: str
    name_en: str
    rung: int
    line_user_id: str | None = None


Detail = Mapping[str, str | int | float | bool | None]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a report's timeline: append-only, free of phone numbers, pins and LINE ids.

    Args:
        at: epoch seconds.
        actor: ``reporter``, ``system``, ``auditor`` or ``responder:<id>``.
        action: what happened, a past participle such as ``notified``.
        detail: small facts worth reading later (unit, rung, distance, outcome, reason).
        key: makes an entry unique; writing the same key again changes nothing.
    """

    at: float
    actor: str
    action: str
    detail: Detail = field(default_factory=dict)
    key: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """An incident somebody reported.

    Args:
        report_id: 32 hexadecimal characters; also the name of its workflow execution.
        reference: what people read out, ``K7P-2MX``.
        reporter_id: LINE user id of the person who reports.
        language: ``th``, ``en`` or None (not chosen: both are shown).
        kind: which of the five emergencies.
        pin: where it happens, degrees WGS84.
        place: title or address that came with the pin, if any.
        phone: E.164 number to call back, if given.
        can_talk: False when the reporter said that a call is not possible.
        opened_at: epoch seconds.
        changed_at: epoch seconds of the last change.
        version: counts changes; a write states the version it has read.
        due_at: epoch seconds when something must have happened; None when closed.
        ladder: whom it is offered to, in order; empty until assigned.
        rung: index in `ladder` that it is offered to, or that has accepted; None before.
        attempt: how often it has been offered to that rung, from 1.
        reached: the latest rung that a channel took a message for; None while there is none. Only
            this one may be named to the reporter as notified.
        notified: everyone it was offered to so far, and who may therefore answer.
        declined: responder ids that said "cannot go".
        token: task token of the workflow's waiting state, if one waits.
        acknowledged_by: responder id, once somebody has accepted.
        acknowledged_at: epoch seconds of that.
        reminders: how often the accepting responder was reminded since the last progress.
        closing_reason: set when closed.
    """

    report_id: str
    reference: str
    reporter_id: str
    language: str | None
    kind: Kind
    pin: Point
    opened_at: float
    changed_at: float
    status: Status = Status.OPENED
    place: str | None = None
    phone: str | None = None
    can_talk: bool = True
    version: int = 1
    due_at: float | None = None
    ladder: tuple[Rung, ...] = ()
    rung: int | None = None
    attempt: int = 0
    reached: int | None = None
    notified: tuple[Notified, ...] = ()
    declined: tuple[str, ...] = ()
    token: str | None = None
    acknowledged_by: str | None = None
    acknowledged_at: float | None = None
    reminders: int = 0
    closing_reason: ClosingReason | None = None

    @property
    def current_rung(self) -> Rung | None:
        """Return the rung that is being notified or was accepted on, if any."""
        return None if self.rung is None else self.ladder[self.rung]

    @property
    def acknowledger(self) -> Notified | None:
        """Return the responder who accepted, if somebody has."""
        return self.find_notified(self.acknowledged_by) if self.acknowledged_by else None

    def find_notified(self, responder_id: str) -> Notified | None:
        """Return the latest notification of `responder_id`, or None."""
        return next((n for n in reversed(self.notified) if n.responder_id == responder_id), None)

    def find_by_line_user(self, line_user_id: str) -> Notified | None:
        """Return the latest notification that went to `line_user_id`, or None."""
        return next((n for n in reversed(self.notified) if n.line_user_id == line_user_id), None)

    def on_current_rung(self) -> tuple[Notified, ...]:
        """Return everyone who was notified on the current rung."""
        return tuple(n for n in self.notified if n.rung == self.rung)


@dataclass(frozen=True, slots=True)
class Change:
    """A report after a change, and what the timeline says of it.

    `report.version` is already the new one; the writer's condition is the one before.
    """

    report: Report
    entries: tuple[Entry, ...]


def dispatch(
    report: Report, *, now: float, phone: str | None, can_talk: bool, actor: str = "reporter"
) -> Change:
    """Hand `report` to the workflow.

    Raises:
        ReportClosed: it is closed.
        StepNotAllowed: it was dispatched before.
    """
    _refuse_closed(report)
    if report.status is not Status.OPENED:
        raise StepNotAllowed(f"dispatch from {report.status}")
    after = replace(
        report, status=Status.DISPATCHED, phone=phone or report.phone, can_talk=can_talk
    )
    detail = {"phone_given": after.phone is not None, "can_talk": can_talk}
    return _change(after, now, actor, "dispatched", detail, due_in=0)


def assign(report: Report, ladder: tuple[Rung, ...], *, now: float, acknowledge_s: int) -> Change:
    """Give `report` the ladder that its workflow climbs; a ladder once given stays.

    Args:
        acknowledge_s: seconds until the first rung must have been notified.

    Raises:
        ReportClosed: it is closed.
        ReportNotDispatched: its reporter is still being waited for.
    """
    _refuse_closed(report)
    if report.status is Status.OPENED:
        raise ReportNotDispatched(report.report_id)
    if report.ladder:
        return Change(report, ())
    first = ladder[0]
    detail: Detail = {
        "rungs": len(ladder),
        "unit": first.name_th,
        "unit_id": first.unit_id,
        "distance_m": None if first.distance_m is None else round(first.distance_m),
    }
    return _change(
        replace(report, ladder=ladder), now, "system", "assigned", detail, due_in=acknowledge_s
    )


def offer(
    report: Report,
    rung: int,
    attempt: int,
    people: Iterable[Notified],
    *,
    now: float,
    token: str | None,
    wait_s: int,
) -> Change:
    """Offer `report` to the responders of `rung`: from now on they may answer.

    This is written before anything is sent, so that no answer can come too early, and therefore
    claims nothing: the status stays what it was until `reach` says that a channel took a message.
    Offering the same rung and attempt again (a retry) only replaces the token.

    Args:
        rung: index in the ladder.
        attempt: 1 for the first time on this rung.
        people: whom; may be empty, then nobody new may act.
        token: task token of the state that waits for an answer.
        wait_s: seconds that state waits.

    Raises:
        ReportClosed, ReportAlreadyAcknowledged: there is nobody to look for any more.
        ReportNotDispatched: its reporter is still being waited for.
        NoMoreRungs: the ladder ends before `rung`.
        StepNotAllowed: a later offer was written: this one comes from an invocation that hung.
    """
    _refuse_unless_searching(report)
    if not 0 <= rung < len(report.ladder):
        raise NoMoreRungs(f"{rung} of {len(report.ladder)}")
    if report.rung is not None and (rung, attempt) < (report.rung, report.attempt):
        raise StepNotAllowed(f"an offer to rung {rung} after one to {report.rung}")
    if is_repeat_of_offer(report, rung, attempt):
        return Change(replace(report, token=token, version=report.version + 1), ())
    fresh = tuple(people)
    ids = {person.responder_id for person in fresh}
    kept = tuple(n for n in report.notified if n.responder_id not in ids)
    after = replace(
        report,
        rung=rung,
        attempt=attempt,
        notified=kept + fresh,
        # "Cannot go" holds for the round it was said in: a later round may ask again.
        declined=tuple(r for r in report.declined if r not in ids),
        token=token,
    )
    unit = report.ladder[rung]
    detail: Detail = {
        "unit_id": unit.unit_id,
        "unit": unit.name_th,
        "rung": rung,
        "attempt": attempt,
        "responders": len(fresh),
    }
    return _change(after, now, "system", "offered", detail, due_in=wait_s)


def is_repeat_of_offer(report: Report, rung: int, attempt: int) -> bool:
    """Tell whether `report` already stands where `offer(report, rung, attempt)` would put it."""
    return report.status in SEARCHING and (report.rung, report.attempt) == (rung, attempt)


def reach(report: Report, rung: int, *, now: float) -> Change:
    """Write down that a channel took a message for `rung`, to which `report` was offered.

    Only from here on is the reporter told that this unit was notified.

    Raises:
        ReportClosed, ReportAlreadyAcknowledged: an answer came first.
        ReportNotDispatched, NoMoreRungs: it was never offered to this rung.
    """
    _refuse_unless_searching(report)
    if report.rung is None or not 0 <= rung <= report.rung:
        raise NoMoreRungs(f"{rung} was not offered")
    if report.reached is not None and rung <= report.reached:
        return Change(report, ())
    after = replace(report, status=Status.NOTIFIED, reached=rung)
    unit = report.ladder[rung]
    detail: Detail = {"unit_id": unit.unit_id, "unit": unit.name_th, "rung": rung}
    return _change(after, now, "system", "notified", detail, due_at=report.due_at)


def acknowledge(report: Report, responder_id: str, *, now: float, wait_s: int) -> Change:
    """Make `responder_id` the one who goes; the first one wins.

    Args:
        wait_s: seconds until progress is expected.

    Raises:
        ReportClosed: it is closed.
        NotNotified: it was never offered to this responder.
        ReportAlreadyAcknowledged: somebody (perhaps the same one) has accepted before.
    """
    _refuse_closed(report)
    person = report.find_notified(responder_id)
    if person is None:
        raise NotNotified(report.report_id)
    if report.status not in SEARCHING:
        raise ReportAlreadyAcknowledged(report.report_id, responder_id=report.acknowledged_by)
    after = replace(
        report,
        status=Status.ACKNOWLEDGED,
        acknowledged_by=responder_id,
        acknowledged_at=now,
        # A late answer from an earlier rung is welcome; from then on that unit is the one.
        rung=person.rung,
        reached=person.rung,
        reminders=0,
    )
    detail = {"unit_id": person.unit_id, "responder": person.name_th}
    return _change(after, now, f"responder:{responder_id}", "acknowledged", detail, due_in=wait_s)


def decline(report: Report, responder_id: str, *, now: float) -> Change:
    """Write down that `responder_id` cannot go; saying so twice changes nothing.

    Raises:
        ReportClosed, NotNotified: as for `acknowledge`.
        ReportAlreadyAcknowledged: it is taken, there is nothing to decline.
    """
    _refuse_closed(report)
    person = report.find_notified(responder_id)
    if person is None:
        raise NotNotified(report.report_id)
    if report.status not in SEARCHING:
        raise ReportAlreadyAcknowledged(report.report_id, responder_id=report.acknowledged_by)
    if responder_id in report.declined:
        return Change(report, ())
    after = replace(report, declined=(*report.declined, responder_id))
    detail = {"unit_id": person.unit_id, "responder": person.name_th}
    return _change(
        after, now, f"responder:{responder_id}", "declined", detail, due_at=report.due_at
    )


def moves_on_at_once(report: Report) -> bool:
    """Tell whether the search need not wait: nobody on the current rung might still accept.

    The desk is the last rung: there is nowhere to move on to, and its round takes its time, so that
    somebody who cannot go is not asked again at once.
    """
    unit = report.current_rung
    if unit is None or unit.kind is RungKind.DESK:
        return False
    people = report.on_current_rung()
    return bool(people) and all(n.responder_id in report.declined for n in people)


def progress(
    report: Report, status: Status, responder_id: str, *, now: float, wait_s: int
) -> Change:
    """Move an accepted report to `status` (on the way, on scene).

    Args:
        wait_s: seconds until the next progress is expected.

    Raises:
        ReportClosed: it is closed.
        NotTheAcknowledger: somebody else has accepted it, or nobody yet.
        StepNotAllowed: the present status does not lead there.
    """
    refuse_unless_theirs(report, responder_id)
    if report.status is status:
        return Change(report, ())
    if report.status not in PROGRESS_FROM.get(status, frozenset()):
        raise StepNotAllowed(f"{report.status} to {status}")
    after = replace(report, status=status, reminders=0)
    return _change(after, now, f"responder:{responder_id}", status.value, {}, due_in=wait_s)


def close(report: Report, reason: ClosingReason, *, now: float, actor: str) -> Change:
    """End `report` for `reason`.

    Raises:
        ReportClosed: it is closed already.
    """
    _refuse_closed(report)
    after = replace(report, status=Status.CLOSED, closing_reason=reason)
    return _change(after, now, actor, "closed", {"reason": reason.value}, due_at=None)


def close_as_responder(
    report: Report, reason: ClosingReason, responder_id: str, *, now: float
) -> Change:
    """End `report` as the responder who accepted it.

    Raises:
        ReportClosed: it is closed already.
        NotTheAcknowledger: somebody else has accepted it, or nobody yet.
        StepNotAllowed: `reason` is not a responder's to give.
    """
    refuse_unless_theirs(report, responder_id)
    if reason not in RESPONDER_REASONS:
        raise StepNotAllowed(f"close as {reason}")
    return close(report, reason, now=now, actor=f"responder:{responder_id}")


def wait_for_progress(report: Report, *, now: float, token: str, wait_s: int) -> Change:
    """Keep the token of the state that waits for an accepted report's next step.

    Raises:
        ReportClosed: there is nothing to wait for.
        StepNotAllowed: nobody has accepted it.
    """
    _refuse_closed(report)
    if report.status not in ACCEPTED:
        raise StepNotAllowed(f"wait for progress from {report.status}")
    after = replace(
        report,
        token=token,
        version=report.version + 1,
        changed_at=now,
        due_at=now + wait_s + OVERDUE_SLACK_S,
    )
    return Change(after, ())


def fell_silent(report: Report, *, now: float, wait_s: int) -> bool:
    """Tell whether a wait of `wait_s` seconds that has just ended brought nothing.

    A tap at the last moment, or a retry of the step that already took notice of the silence, has
    changed the report less than half that time ago.
    """
    return report.status in ACCEPTED and now - report.changed_at >= wait_s / 2


def may_be_released(report: Report) -> bool:
    """Tell whether a silent responder was reminded enough.

    Whoever is on the scene is only reminded: "nobody has accepted" would no longer be true.
    """
    return report.status is not Status.ON_SCENE and report.reminders >= MAX_REMINDERS


def remind(report: Report, *, now: float, token: str, wait_s: int) -> Change:
    """Count a reminder to the responder who accepted but has shown no progress.

    Args:
        token: task token of the state that waits for the next progress.
        wait_s: seconds that state waits.

    Raises:
        ReportClosed: there is nothing to remind of.
        StepNotAllowed: nobody has accepted it.
    """
    _refuse_closed(report)
    if report.status not in ACCEPTED:
        raise StepNotAllowed(f"remind from {report.status}")
    after = replace(report, reminders=report.reminders + 1, token=token)
    return _change(after, now, "system", "reminded", {"reminder": after.reminders}, due_in=wait_s)


def hand_back(report: Report, responder_id: str, *, now: float) -> Change:
    """Take an accepted report back from the responder who cannot go after all.

    Raises:
        ReportClosed: it is closed already.
        NotTheAcknowledger: somebody else has accepted it, or nobody yet.
    """
    refuse_unless_theirs(report, responder_id)
    given = release(report, now=now, wait_s=0)
    return replace(given, report=replace(given.report, declined=(*report.declined, responder_id)))


def release(report: Report, *, now: float, wait_s: int) -> Change:
    """Take an accepted report back from a responder who fell silent, so that others are asked.

    Raises:
        ReportClosed: it is closed.
        StepNotAllowed: nobody has accepted it.
    """
    _refuse_closed(report)
    if report.status not in ACCEPTED:
        raise StepNotAllowed(f"release from {report.status}")
    silent = report.acknowledged_by
    after = replace(
        report,
        status=Status.NOTIFIED,
        acknowledged_by=None,
        acknowledged_at=None,
        reminders=0,
        token=None,
    )
    return _change(after, now, "system", "released", {"responder": silent}, due_in=wait_s)


def overdue(report: Report, now: float) -> bool:
    """Tell whether `report` should have moved before `now` and has not."""
    return report.due_at is not None and report.due_at <= now


def desk_rung(report: Report) -> int:
    """Return the index of the desk in the report's ladder: always its last rung."""
    last = len(report.ladder) - 1
    if last < 0 or report.ladder[last].kind is not RungKind.DESK:
        raise NoMoreRungs("the ladder does not end at the desk")
    return last


def refuse_unless_theirs(report: Report, responder_id: str) -> None:
    """Check that `responder_id` may still say how `report` ends; changes nothing.

    Raises:
        ReportClosed: it is closed already.
        NotTheAcknowledger: somebody else has accepted it, or nobody yet.
    """
    _refuse_closed(report)
    _refuse_others(report, responder_id)


def _refuse_unless_searching(report: Report) -> None:
    _refuse_closed(report)
    if report.status is Status.OPENED:
        raise ReportNotDispatched(report.report_id)
    if report.status in ACCEPTED:
        raise ReportAlreadyAcknowledged(report.report_id, responder_id=report.acknowledged_by)


def _refuse_closed(report: Report) -> None:
    if report.status is Status.CLOSED:
        raise ReportClosed(report.report_id)


def _refuse_others(report: Report, responder_id: str) -> None:
    if report.status not in ACCEPTED or report.acknowledged_by != responder_id:
        raise NotTheAcknowledger(report.report_id)


def _change(
    after: Report,
    now: float,
    actor: str,
    action: str,
    detail: Detail,
    *,
    due_in: float | None = None,
    due_at: float | None = None,
) -> Change:
    version = after.version + 1
    due = now + due_in + OVERDUE_SLACK_S if due_in is not None else due_at
    entry = Entry(now, actor, action, detail, key=f"{version:06d}-{action}")
    return Change(replace(after, version=version, changed_at=now, due_at=due), (entry,))

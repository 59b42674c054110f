"""A report: what it is, where it stands, and what a change of it looks like.

Every change is a function from a report to a `Change`: in `dispatch` while somebody is looked for,
in `response` once somebody has accepted. A change that the present status does not allow raises a
named error and has no effect. Nothing here reads a clock or a table: `now` is always handed in, in
epoch seconds.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from ess.domain.errors import (
    NotTheAcknowledger,
    ReportAlreadyAcknowledged,
    ReportClosed,
    ReportNotDispatched,
    ReportSuperseded,
)
from ess.domain.geo import Point
from ess.domain.kinds import Kind
from ess.domain.ladder import DESK_UNIT_ID, Ladder, Rung, Unit
from ess.domain.media import MediaRef


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


class HandOverReason(StrEnum):
    """Why the responder who accepted gives a report to others."""

    OTHER_INCIDENT = "other_incident"
    OUTSIDE_AREA = "outside_area"
    CANNOT_REACH = "cannot_reach"
    OTHER_UNIT_NEEDED = "other_unit_needed"


ACCEPTED = frozenset({Status.ACKNOWLEDGED, Status.ON_THE_WAY, Status.ON_SCENE})
"""Somebody has accepted, and the report is not closed."""

SEARCHING = frozenset({Status.DISPATCHED, Status.NOTIFIED})
"""Somebody is being looked for; whoever was offered the report may accept it."""

OVERDUE_SLACK_S = 30
"""Seconds that a step may be late before the auditor calls it overdue."""

REOPEN_S = 86_400
"""Seconds after its closing within which a reporter can say that nobody came."""


ACTS_KEPT = 20
"""Officers' latest taps that a report remembers: more than come while LINE delivers one again."""


class Part(StrEnum):
    """What a person who was notified of a report may do."""

    RESPONDER = "responder"  # may accept it
    HELPER = "helper"  # was called to help whoever accepted; may accept it if that one gives up
    INFORMED = "informed"  # is told what happens, and cannot accept


@dataclass(frozen=True, slots=True)
class Notified:
    """A person who was notified of a report, and so may act on it.

    Args:
        responder_id: id of the responder.
        unit_id: the unit for which they were notified.
        name_th: name in Thai.
        name_en: name in English.
        step: the step of the ladder at which they were notified last.
        line_user_id: LINE user id, if they have LINE.
        part: what they may do.
        language: ``th``, ``en``, or None for the first language. As it was when they were notified:
            LINE takes a message that is sent again only if not a letter differs.
    """

    responder_id: str
    unit_id: str
    name_th: str
    name_en: str
    step: int
    line_user_id: str | None = None
    part: Part = Part.RESPONDER
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """How much of what the reporter says an officer has been told; see `ess.domain.relay`.

    Args:
        responder_id: who.
        mended: of `Report.mended`.
        pin_moves: of `Report.pin_moves`.
        notes: of the reporter's texts.
        media: of the reporter's files.
        texted_at: epoch seconds of the last SMS about it, or None.
        retracted: of `Report.retracted`.
    """

    responder_id: str
    mended: int = 0
    pin_moves: int = 0
    notes: int = 0
    media: int = 0
    texted_at: float | None = None
    retracted: int = 0


Detail = Mapping[str, str | int | float | bool | None]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a report's timeline: append-only, free of phone numbers, pins and LINE ids.

    Args:
        at: epoch seconds.
        actor: ``reporter``, ``system``, ``auditor``, ``operator`` or ``responder:<id>``.
        action: what happened, a past participle such as ``notified``.
        detail: small facts worth reading later (unit, step, distance, outcome, reason).
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
        report_id: 32 hexadecimal characters; also the name of its first workflow execution.
        reference: what people read out, ``K7P-2MX``.
        reporter_id: LINE user id of the person who reports.
        language: ``th``, ``en`` or None (not chosen: both are shown).
        kind: which of the five emergencies.
        pin: where it happens, degrees WGS84.
        place: title or address that came with the pin, if any.
        phone: E.164 number to call back, if given.
        can_talk: False when the reporter said that a call is not possible.
        may_ask: True when the reporter said that it is safe to ask how it ended.
        drill: True for an exercise: labelled on every message, left out of statistics.
        who: who reports, a word of `ess.domain.understanding.Role`, if known.
        landmark: how the place is found, in the reporter's words.
        hurt: whether anybody is hurt: ``yes``, ``no``, ``unknown``; None while not asked.
        still_there: whether the person who does it is still there; the same words.
        weapon: whether there is a weapon; the same words.
        notes: what the reporter wrote, oldest first.
        details: how often the reporter added or mended something since the dispatch, each of the
            notes included.
        pin_moves: how often that was the pin; the ladder stays the one of the first pin.
        media: the reporter's files that are kept, oldest first.
        told: how much of all this the officers on the report have been told.
        note_ids: for each of the latest notes the id of the message it was in, or empty. A note
            that was taken back is empty, and keeps its place.
        landmark_id: the id of the message that the landmark was in.
        unsent: ids of media that were taken back, whether they had been kept by then or not.
        retracted: how often something was taken back that officers may have been told.
        cancel_why: the reporter's reason to cancel.
        pin_doubt: why the pin may be wrong, a word of `ess.domain.service_area.Area`; its reporter
            fell silent before confirming it. None for a pin that is not doubted.
        earlier_false: how many earlier reports of this person proved to be false alarms.
        opened_at: epoch seconds.
        changed_at: epoch seconds of the last change.
        version: counts changes; a write states the version it has read.
        due_at: epoch seconds when something must have happened; None when closed.
        run: which workflow execution carries it, from 1; earlier ones may not change it any more.
        run_step: the step at which this execution began.
        ladder: whom it is offered to, in order; None until assigned.
        step: the step of the ladder that it was offered at last; None before.
        hand_rung: the unit that the desk assigned by hand, if it did.
        hand_step: the step at which that unit is offered the report, or the earliest it can be.
        reached: ids of the units for which a channel took a message at the latest step where that
            was so. Only these may be named to the reporter as notified.
        notified: everyone it was offered to so far, and who may therefore answer.
        declined: responder ids that said "cannot go".
        token: task token of the workflow's waiting state, if one waits.
        acknowledged_by: responder id, once somebody has accepted.
        acknowledged_at: epoch seconds of that.
        helpers: responder ids who said that they go to help.
        help_calls: how often the responder asked for help.
        help_served: how many of these calls were passed on to further units.
        quiet_since: epoch seconds of the accepting responder's last act, or of the last reminder.
        reminders: how often the accepting responder was reminded since the last progress.
        nobody_came: how often the reporter said so while somebody had accepted it.
        nobody_served: how many of these were passed on to further units.
        nobody_known: how many of these were before the accepting responder accepted.
        checks: how often nothing was heard from a responder on the scene, reminders and all.
        checks_served: how many of these were passed on.
        contact_changes: how often the reporter changed how they may be reached since the dispatch.
        contact_known: how many of these changes the accepting responder saw when accepting.
        contact_told: how many of them have been passed on to the accepting responder.
        reopened: how often the reporter said that nobody came, after it had been closed.
        closing_reason: set when closed.
        acts: what stands for each of the officers' latest taps, oldest first; see `remember`.
        linked: ids of reports that are perhaps of the same incident; see
            `ess.domain.same_incident`.
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
    may_ask: bool = False
    drill: bool = False
    who: str | None = None
    landmark: str | None = None
    hurt: str | None = None
    still_there: str | None = None
    weapon: str | None = None
    notes: tuple[str, ...] = ()
    details: int = 0
    pin_moves: int = 0
    media: tuple[MediaRef, ...] = ()
    told: tuple[Told, ...] = ()
    note_ids: tuple[str, ...] = ()
    landmark_id: str = ""
    unsent: tuple[str, ...] = ()
    retracted: int = 0
    cancel_why: str | None = None
    pin_doubt: str | None = None
    earlier_false: int = 0
    version: int = 1
    due_at: float | None = None
    run: int = 1
    run_step: int = 0
    ladder: Ladder | None = None
    step: int | None = None
    hand_rung: Rung | None = None
    hand_step: int | None = None
    reached: tuple[str, ...] = ()
    notified: tuple[Notified, ...] = ()
    declined: tuple[str, ...] = ()
    token: str | None = None
    acknowledged_by: str | None = None
    acknowledged_at: float | None = None
    helpers: tuple[str, ...] = ()
    help_calls: int = 0
    help_served: int = 0
    quiet_since: float | None = None
    reminders: int = 0
    nobody_came: int = 0
    nobody_served: int = 0
    nobody_known: int = 0
    checks: int = 0
    checks_served: int = 0
    contact_changes: int = 0
    contact_known: int = 0
    contact_told: int = 0
    reopened: int = 0
    closing_reason: ClosingReason | None = None
    acts: tuple[str, ...] = ()
    linked: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """Return the reporter's texts but for those that were taken back, oldest first."""
        return tuple(note for note in self.notes if note)

    @property
    def files(self) -> tuple[MediaRef, ...]:
        """Return the reporter's files but for those that were taken back, oldest first."""
        return tuple(ref for ref in self.media if ref.media_id not in self.unsent)

    @property
    def mended(self) -> int:
        """Return how often the reporter added or mended something that is no text."""
        return self.details - len(self.notes)

    @property
    def next_step(self) -> int:
        """Return the step of the ladder that comes after the one offered last."""
        return 0 if self.step is None else self.step + 1

    def rung_at(self, step: int) -> Rung | None:
        """Return whom `step` offers the report to: a unit assigned by hand, else the ladder's."""
        if self.is_by_hand(step):
            return self.hand_rung
        return None if self.ladder is None else self.ladder.rung_at(step)

    def is_by_hand(self, step: int) -> bool:
        """Tell whether `step` offers the report to the unit that the desk chose.

        That is the next one: a workflow may have left out some steps since it was chosen.
        """
        if self.hand_rung is None or self.hand_step is None:
            return False
        waits = self.step is None or self.step < self.hand_step
        return step >= self.hand_step if waits else step == self.hand_step

    @property
    def current_rung(self) -> Rung | None:
        """Return whom the report is or was last offered to, if anybody."""
        return None if self.step is None else self.rung_at(self.step)

    def unit(self, unit_id: str) -> Unit | None:
        """Return a unit that the report knows of, by its id."""
        known = [*(self.ladder.units() if self.ladder else ())]
        known += self.hand_rung.units if self.hand_rung else ()
        return next((unit for unit in known if unit.unit_id == unit_id), None)

    def units(self, unit_ids: Iterable[str]) -> tuple[Unit, ...]:
        """Return those of `unit_ids` that the report knows of, in the same order."""
        return tuple(unit for unit in map(self.unit, unit_ids) if unit is not None)

    @property
    def named_units(self) -> tuple[Unit, ...]:
        """Return the units to name when the report is spoken of.

        Whoever accepted; else those that were reached; else the first that will be asked.
        """
        person = self.acknowledger
        if person is not None:
            return self.units([person.unit_id])
        if self.reached:
            return self.units(self.reached)
        return self.ladder.rungs[0].units if self.ladder else ()

    @property
    def is_at_desk(self) -> bool:
        """Tell whether somebody at the desk has accepted: it coordinates, and sends nobody yet."""
        person = self.acknowledger
        return self.status in ACCEPTED and person is not None and person.unit_id == DESK_UNIT_ID

    def knows_act(self, act_id: str) -> bool:
        """Tell whether the tap `act_id` has been taken: it was delivered again."""
        return _mark_of(act_id) in self.acts

    @property
    def acknowledger(self) -> Notified | None:
        """Return the responder who accepted, if somebody has."""
        return self.find_notified(self.acknowledged_by) if self.acknowledged_by else None

    def find_notified(self, responder_id: str) -> Notified | None:
        """Return the latest notification of `responder_id`, or None."""
        return next((n for n in reversed(self.notified) if n.responder_id == responder_id), None)

    def find_by_line_user(self, line_user_id: str) -> Notified | None:
        """Return whom this LINE user acts as, or None; a person may belong to several units.

        Whoever accepted the report, or joined, goes on with it; else it is the latest notification,
        and one that lets them act before one that only informs.
        """
        theirs = [n for n in reversed(self.notified) if n.line_user_id == line_user_id]
        if not theirs:
            return None
        # The smallest: of those that are alike, the first.
        return min(theirs, key=self._strangeness)

    def _strangeness(self, n: Notified) -> tuple[bool, bool, bool]:
        holds, helps = n.responder_id == self.acknowledged_by, n.responder_id in self.helpers
        return (not holds, not helps, n.part is Part.INFORMED)

    def on_current_step(self) -> tuple[Notified, ...]:
        """Return everyone who was asked to go at the current step."""
        return tuple(n for n in self.notified if n.step == self.step and n.part is Part.RESPONDER)


@dataclass(frozen=True, slots=True)
class Change:
    """A report after a change, and what the timeline says of it.

    `report.version` is already the new one; the writer's condition is the one before.
    """

    report: Report
    entries: tuple[Entry, ...]


def change(
    after: Report,
    now: float,
    actor: str,
    action: str,
    detail: Detail,
    *,
    due_in: float | None = None,
    due_at: float | None = None,
) -> Change:
    """Return the change to `after`, with one line in the timeline.

    Args:
        after: the report as it will be, still with the version before.
        now: epoch seconds.
        actor: who changes it.
        action: what happened.
        detail: small facts.
        due_in: seconds within which something must happen next; `OVERDUE_SLACK_S` is added.
        due_at: the same in epoch seconds as it was, instead; None when nothing is expected.
    """
    version = after.version + 1
    due = now + due_in + OVERDUE_SLACK_S if due_in is not None else due_at
    entry = Entry(now, actor, action, detail, key=f"{version:06d}-{action}")
    return Change(replace(after, version=version, changed_at=now, due_at=due), (entry,))


def closes(made: Change) -> bool:
    """Tell whether `made` is what closes the report, and not a later change of a closed one."""
    return made.report.status is Status.CLOSED and any(e.action == "closed" for e in made.entries)


def unchanged(report: Report) -> Change:
    """Return the change that is none."""
    return Change(report, ())


def remember(before: Report, made: Change, act_id: str) -> Change:
    """Return `made` with the tap that it comes from, to know it when it is delivered again.

    A tap that changes nothing is remembered, too: delivered later it might. That is no event in
    the report's life, so neither its times nor its timeline tell of it.

    Args:
        before: the report that `made` changes.
        made: the change, or none.
        act_id: what the tap has in common with its repetitions, such as a webhook event's id.
    """
    version = made.report.version + (made.report is before)
    acts = (*before.acts, _mark_of(act_id))[-ACTS_KEPT:]
    return replace(made, report=replace(made.report, version=version, acts=acts))


def _mark_of(act_id: str) -> str:
    return hashlib.sha256(act_id.encode()).hexdigest()[:12]


def refuse_closed(report: Report) -> None:
    """Raise ReportClosed if `report` is closed."""
    if report.status is Status.CLOSED:
        raise ReportClosed(report.report_id)


def refuse_superseded(report: Report, run: int) -> None:
    """Raise ReportSuperseded unless the workflow execution `run` carries `report`."""
    if report.run != run:
        raise ReportSuperseded(f"{report.report_id}: {run}, not {report.run}")


def refuse_unless_searching(report: Report) -> None:
    """Check that somebody is being looked for.

    Raises:
        ReportClosed: it is closed.
        ReportNotDispatched: its reporter is still being waited for.
        ReportAlreadyAcknowledged: somebody has accepted it.
    """
    refuse_closed(report)
    if report.status is Status.OPENED:
        raise ReportNotDispatched(report.report_id)
    if report.status in ACCEPTED:
        raise ReportAlreadyAcknowledged(report.report_id, responder_id=report.acknowledged_by)


def refuse_unless_theirs(report: Report, responder_id: str) -> None:
    """Check that `responder_id` has accepted `report`.

    Raises:
        ReportClosed: it is closed already.
        NotTheAcknowledger: somebody else has accepted it, or nobody yet.
    """
    refuse_closed(report)
    if report.status not in ACCEPTED or report.acknowledged_by != responder_id:
        raise NotTheAcknowledger(report.report_id)

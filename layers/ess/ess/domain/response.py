"""After somebody has accepted: progress, help, handing over, silence, closing, reopening."""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import replace
from enum import StrEnum
from typing import Any

from ess.domain.errors import NotNotified, StepNotAllowed
from ess.domain.ladder import Unit, UnitKind
from ess.domain.relay import seen_by
from ess.domain.report import (
    ACCEPTED,
    OVERDUE_SLACK_S,
    REOPEN_S,
    RESPONDER_REASONS,
    Change,
    ClosingReason,
    Detail,
    Entry,
    HandOverReason,
    Notified,
    Part,
    Report,
    Status,
    change,
    refuse_closed,
    refuse_unless_theirs,
    unchanged,
)

PROGRESS_FROM = {
    Status.ON_THE_WAY: frozenset({Status.ACKNOWLEDGED}),
    Status.ON_SCENE: frozenset({Status.ACKNOWLEDGED, Status.ON_THE_WAY}),
}
"""Which statuses lead to which: an officer who is already there need not say "on the way" first."""

MAX_REMINDERS = 2
"""Reminders that a silent responder gets before others are asked."""

MAX_REMINDERS_ON_SCENE = 6
"""The same for one who is on the scene; after `MAX_REMINDERS` others are called to have a look."""

UNITS_TO_HELP = 2
"""Units with somebody on duty that one call for help goes to; the desk always hears of it, too."""

_MAY_HELP = frozenset({UnitKind.POLICE_STATION, UnitKind.CENTER_191})
"""Kinds of units that go to a scene; the social office is informed, and comes afterwards."""

MAX_HELP_CALLS = 5
"""Calls for help on one report: each calls further units, and there are no more."""

MAX_REPORTER_CALLS = 3
"""Calls of "nobody came" that are passed on to further units; the responder hears of each."""

NOTE_S = 1_800
"""Seconds after closing within which a note or a photo may be added to a report."""

NOTE_LIMIT = 500
"""Characters of a note; what is longer is cut."""


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
        return unchanged(report)
    if report.status not in PROGRESS_FROM.get(status, frozenset()):
        raise StepNotAllowed(f"{report.status} to {status}")
    after = replace(report, status=status, quiet_since=now, reminders=0)
    return change(after, now, f"responder:{responder_id}", status.value, {}, due_in=wait_s)


def call_help(report: Report, responder_id: str, *, now: float) -> Change:
    """Write down that whoever accepted needs help; further units are called for it.

    Calling again before they were called is the same call.

    Raises:
        ReportClosed: it is closed.
        NotTheAcknowledger: somebody else has accepted it, or nobody yet.
        StepNotAllowed: help was called often enough; nobody further is left to call.
    """
    refuse_unless_theirs(report, responder_id)
    if report.help_calls > report.help_served:
        return unchanged(report)
    if report.help_calls >= MAX_HELP_CALLS:
        raise StepNotAllowed("help was called")
    after = replace(report, help_calls=report.help_calls + 1, quiet_since=now, reminders=0)
    who = f"responder:{responder_id}"
    # Soon: if no state of the workflow waits just now, the auditor sees to it.
    return change(after, now, who, "help_called", {}, due_in=0)


class Cause(StrEnum):
    """Why further units are called to a report that somebody has accepted."""

    HELP = "help"  # the responder asked for it
    NOBODY_CAME = "nobody_came"  # the reporter says that nobody has arrived
    CHECK = "check"  # nothing is heard from a responder on the scene


_COUNTERS = {
    Cause.HELP: ("help_calls", "help_served", MAX_HELP_CALLS),
    Cause.NOBODY_CAME: ("nobody_came", "nobody_served", MAX_REPORTER_CALLS),
    Cause.CHECK: ("checks", "checks_served", MAX_HELP_CALLS),
}
"""Of each cause: the calls made, those passed on, and how many are passed on at most."""


def calls(report: Report, cause: Cause) -> int:
    """Return how many calls of a cause there were."""
    number: int = getattr(report, _COUNTERS[cause][0])
    return number


def unserved(report: Report) -> tuple[Cause, ...]:
    """Return the causes for which further units are still to be called."""
    return tuple(
        cause
        for cause, (made, served, most) in _COUNTERS.items()
        if min(getattr(report, made), most) > getattr(report, served)
    )


def units_to_help(report: Report) -> tuple[Unit, ...]:
    """Return the units that may help, those first that nobody has asked yet; without the desk."""
    asked = {n.unit_id for n in report.notified if n.part is not Part.INFORMED}
    known = report.ladder.units() if report.ladder else ()
    able = [unit for unit in known if unit.kind in _MAY_HELP]
    return tuple(sorted(able, key=lambda unit: unit.unit_id in asked))


def add_helpers(
    report: Report,
    cause: Cause,
    people: Collection[Notified],
    *,
    now: float,
    token: str,
    wait_s: int,
) -> Change:
    """Let `people` join whoever accepted; those who may accept already keep that right.

    The calls count as passed on only once `people` have been told: see `serve`. Until then whoever
    goes on learns from the timeline which units it was: see `called_units`.

    Args:
        cause: all calls of this cause are passed on by this.
        people: everyone who is called, known already or not.
        token: task token of the state that waits for the next step.
        wait_s: seconds that state waits.
    """
    if cause not in unserved(report):
        return wait_for_progress(report, now=now, token=token, wait_s=wait_s)
    known = {n.responder_id for n in report.notified if n.part is not Part.INFORMED}
    fresh = tuple(person for person in people if person.responder_id not in known)
    ids = {person.responder_id for person in fresh}
    kept = tuple(n for n in report.notified if n.responder_id not in ids)
    after = replace(report, notified=kept + fresh, token=token)
    detail: Detail = {
        "cause": cause.value,
        "call": calls(report, cause),
        "responders": len(fresh),
        "units": " ".join(dict.fromkeys(person.unit_id for person in people)),
    }
    return change(after, now, "system", "helpers_called", detail, due_in=wait_s)


def called_units(timeline: Iterable[Entry], cause: Cause, call: int) -> tuple[str, ...] | None:
    """Return the ids of the units that a call went to; None if it has gone to nobody yet.

    Args:
        call: how many calls of this cause there were then.
    """
    for entry in timeline:
        said = entry.detail
        if entry.action == "helpers_called" and (said["cause"], said.get("call")) == (cause, call):
            return tuple(str(said["units"]).split())
    return None


def serve(report: Report, cause: Cause, call: int) -> Change:
    """Write down that the calls of a cause, `call` of them, were passed on, whatever came since."""
    _, served, _ = _COUNTERS[cause]
    if getattr(report, served) >= call:
        return unchanged(report)
    passed_on: dict[str, Any] = {served: call}
    return Change(replace(report, version=report.version + 1, **passed_on), ())


def join(report: Report, responder_id: str, *, now: float) -> Change:
    """Write down that a person who was notified goes to help whoever accepted.

    Raises:
        ReportClosed: it is closed.
        NotNotified: this person was not notified, or only informed.
        StepNotAllowed: nobody has accepted it (then it can be accepted), or it is their own.
    """
    refuse_closed(report)
    person = report.find_notified(responder_id)
    if person is None or person.part is Part.INFORMED:
        raise NotNotified(report.report_id)
    if report.status not in ACCEPTED or responder_id == report.acknowledged_by:
        raise StepNotAllowed("nobody to help")
    if responder_id in report.helpers:
        return unchanged(report)
    helpers = (*report.helpers, responder_id)
    after = replace(report, helpers=helpers, told=seen_by(report, person))
    detail = {"unit_id": person.unit_id, "responder": person.name_th}
    return change(after, now, f"responder:{responder_id}", "joined", detail, due_at=report.due_at)


def hand_over(
    report: Report, reason: HandOverReason | None, responder_id: str, *, now: float
) -> Change:
    """Take an accepted report back from the responder who cannot finish it, for others to accept.

    The clock goes on: neither the time of the report nor the place on the ladder begins anew.

    Args:
        reason: why, kept in the timeline; None when they said no more than "cannot go".

    Raises:
        ReportClosed: it is closed already.
        NotTheAcknowledger: somebody else has accepted it, or nobody yet.
    """
    refuse_unless_theirs(report, responder_id)
    after = replace(
        report,
        status=Status.NOTIFIED,
        acknowledged_by=None,
        acknowledged_at=None,
        reminders=0,
        declined=(*(r for r in report.declined if r != responder_id), responder_id),
    )
    detail = {"reason": reason.value if reason else None}
    return change(after, now, f"responder:{responder_id}", "handed_over", detail, due_in=0)


def close(report: Report, reason: ClosingReason, *, now: float, actor: str) -> Change:
    """End `report` for `reason`.

    Raises:
        ReportClosed: it is closed already.
    """
    refuse_closed(report)
    after = replace(report, status=Status.CLOSED, closing_reason=reason)
    return change(after, now, actor, "closed", {"reason": reason.value}, due_at=None)


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


def may_note(report: Report, responder_id: str, *, now: float) -> bool:
    """Tell whether this responder may add notes: it is theirs, or was closed by them just now."""
    late = report.status is Status.CLOSED and now - report.changed_at > NOTE_S
    return report.acknowledged_by == responder_id and not late


def note(report: Report, text: str, responder_id: str, *, now: float, key: str = "") -> Entry:
    """Return the timeline's line for what the responder wants to be remembered.

    A note changes nothing else: it is no progress, and the day for reopening counts from the
    closing.

    Args:
        text: cut at `NOTE_LIMIT` characters.
        key: makes the note unique; by default its own words do, so that sending it twice is once.

    Raises:
        StepNotAllowed: it is not theirs, was closed more than `NOTE_S` seconds ago, or the note is
            empty.
    """
    words = " ".join(text.split())[:NOTE_LIMIT]
    if not may_note(report, responder_id, now=now) or not words:
        raise StepNotAllowed("a note")
    unique = key or hashlib.sha256(words.encode()).hexdigest()[:16]
    return Entry(now, f"responder:{responder_id}", "noted", {"text": words}, key=f"note-{unique}")


def wait_for_progress(report: Report, *, now: float, token: str, wait_s: int) -> Change:
    """Keep the token of the state that waits for an accepted report's next step.

    Raises:
        ReportClosed: there is nothing to wait for.
        StepNotAllowed: nobody has accepted it.
    """
    refuse_closed(report)
    if report.status not in ACCEPTED:
        raise StepNotAllowed(f"wait for progress from {report.status}")
    after = replace(
        report,
        token=token,
        contact_told=report.contact_changes,
        version=report.version + 1,
        changed_at=now,
        due_at=now + wait_s + OVERDUE_SLACK_S,
    )
    return Change(after, ())


def fell_silent(report: Report, *, now: float, wait_s: int) -> bool:
    """Tell whether the responder has done nothing for `wait_s` seconds, or nearly.

    What others do, the reporter above all, is no sign of the responder's. A timer may be a little
    early: it was set before the reminder that it counts from was written.
    """
    if report.status not in ACCEPTED:
        return False
    since = report.acknowledged_at if report.quiet_since is None else report.quiet_since
    return now - (since or report.changed_at) >= max(wait_s / 2, wait_s - OVERDUE_SLACK_S)


def may_be_released(report: Report) -> bool:
    """Tell whether a silent responder was reminded enough.

    One on the scene is reminded longer: that "nobody has accepted" is true must be likelier than
    that somebody has their hands full.
    """
    on_scene = report.status is Status.ON_SCENE
    return report.reminders >= (MAX_REMINDERS_ON_SCENE if on_scene else MAX_REMINDERS)


def remind(report: Report, *, now: float, token: str, wait_s: int) -> Change:
    """Count a reminder to the responder who accepted but has shown no progress.

    After `MAX_REMINDERS` on the scene others are called to have a look.

    Args:
        token: task token of the state that waits for the next progress.
        wait_s: seconds that state waits.

    Raises:
        ReportClosed: there is nothing to remind of.
        StepNotAllowed: nobody has accepted it.
    """
    refuse_closed(report)
    if report.status not in ACCEPTED:
        raise StepNotAllowed(f"remind from {report.status}")
    reminders = report.reminders + 1
    check = report.status is Status.ON_SCENE and reminders == MAX_REMINDERS
    after = replace(
        report,
        reminders=reminders,
        quiet_since=now,
        token=token,
        contact_told=report.contact_changes,
        checks=report.checks + check,
    )
    return change(after, now, "system", "reminded", {"reminder": reminders}, due_in=wait_s)


def release(report: Report, *, now: float) -> Change:
    """Take an accepted report back from a responder who fell silent, so that others are asked.

    Raises:
        ReportClosed: it is closed.
        StepNotAllowed: nobody has accepted it.
    """
    refuse_closed(report)
    if report.status not in ACCEPTED:
        raise StepNotAllowed(f"release from {report.status}")
    silent = report.acknowledged_by
    after = replace(
        report,
        status=Status.NOTIFIED,
        acknowledged_by=None,
        acknowledged_at=None,
        quiet_since=None,
        reminders=0,
        token=None,
    )
    return change(after, now, "system", "released", {"responder": silent}, due_in=0)


def may_be_reopened(status: Status, reason: str | None, closed_at: float, now: float) -> bool:
    """Tell whether the reporter may still say that nobody came.

    Args:
        status: where the report stands.
        reason: why it was closed, if it was.
        closed_at: epoch seconds of its closing.
        now: epoch seconds.
    """
    cancelled = reason == ClosingReason.CANCELLED_BY_REPORTER
    return status is Status.CLOSED and not cancelled and now - closed_at <= REOPEN_S


def reopen(report: Report, *, now: float) -> Report:
    """Return `report` as its reporter reopens it: the search begins anew, the reference stays.

    Everyone who was notified may still accept it. The version is the caller's to count.

    Raises:
        StepNotAllowed: it is not closed, was cancelled by its reporter, or more than a day ago.
    """
    reason = report.closing_reason.value if report.closing_reason else None
    if not may_be_reopened(report.status, reason, report.changed_at, now):
        raise StepNotAllowed(f"reopen from {report.status}")
    return replace(
        report,
        status=Status.DISPATCHED,
        closing_reason=None,
        run=report.run + 1,
        run_step=0,
        step=None,
        hand_rung=None,
        hand_step=None,
        reached=(),
        declined=(),
        token=None,
        acknowledged_by=None,
        acknowledged_at=None,
        helpers=(),
        reminders=0,
        reopened=report.reopened + 1,
        due_at=now + OVERDUE_SLACK_S,
    )


def overdue(report: Report, now: float) -> bool:
    """Tell whether `report` should have moved before `now` and has not."""
    return report.due_at is not None and report.due_at <= now

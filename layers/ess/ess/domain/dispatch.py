"""Looking for somebody who goes: dispatch, assignment, offers, answers, assignment by hand."""

from collections.abc import Iterable
from dataclasses import replace

from ess.domain.errors import (
    NoMoreRungs,
    NotNotified,
    NotTheAcknowledger,
    ReportAlreadyAcknowledged,
    ReportNotDispatched,
    StepNotAllowed,
)
from ess.domain.ladder import (
    DESK_UNIT_ID,
    SPARED_EVERY,
    Channel,
    Ladder,
    Notice,
    Rung,
    Unit,
    When,
)
from ess.domain.relay import seen_by
from ess.domain.report import (
    ACCEPTED,
    OVERDUE_SLACK_S,
    SEARCHING,
    Change,
    Detail,
    Notified,
    Part,
    Report,
    Status,
    change,
    refuse_closed,
    refuse_unless_searching,
    unchanged,
)

BEFORE_REOPENING = -1
"""The step of people who were notified before their report was reopened, and not since."""


def dispatch(
    report: Report, *, now: float, phone: str | None, can_talk: bool, actor: str = "reporter"
) -> Change:
    """Hand `report` to the workflow.

    Raises:
        ReportClosed: it is closed.
        StepNotAllowed: it was dispatched before.
    """
    refuse_closed(report)
    if report.status is not Status.OPENED:
        raise StepNotAllowed(f"dispatch from {report.status}")
    after = replace(
        report, status=Status.DISPATCHED, phone=phone or report.phone, can_talk=can_talk
    )
    detail = {"phone_given": after.phone is not None, "can_talk": can_talk}
    return change(after, now, actor, "dispatched", detail, due_in=0)


def assign(report: Report, ladder: Ladder, *, now: float) -> Change:
    """Give `report` the ladder that its workflow climbs; a ladder once given stays.

    Only one that was made without any unit gives way to one with units, which is then climbed from
    its first rung.

    Raises:
        ReportClosed: it is closed.
        ReportNotDispatched: its reporter is still being waited for.
    """
    refuse_closed(report)
    if report.status is Status.OPENED:
        raise ReportNotDispatched(report.report_id)
    had = report.ladder
    if had is None or (had.found_nothing and not ladder.found_nothing):
        given = replace(ladder, begins=report.next_step)
    else:
        given = replace(had, begins=had.begins if report.step is not None else 0)  # 0: reopened
    if given == had:
        return unchanged(report)
    first = given.rungs[0].units[0]
    detail: Detail = {
        "policy": given.policy,
        "rungs": len(given.rungs),
        "unit": first.name_th,
        "unit_id": first.unit_id,
        "distance_m": None if first.distance_m is None else round(first.distance_m),
    }
    after = replace(report, ladder=given)
    if report.status in ACCEPTED:  # who has it is waited for as before
        return change(after, now, "system", "assigned", detail, due_at=report.due_at)
    return change(after, now, "system", "assigned", detail, due_in=0)


def may_be_asked(report: Report, responder_id: str, step: int) -> bool:
    """Tell whether `step` may ask this person.

    "Cannot go" holds while the ladder is climbed: the next rung does not ask the same person again.
    The last rung, another round and the desk's own choice do, since nobody better is left.
    """
    if responder_id not in report.declined or report.ladder is None or report.step is None:
        return True
    place = report.ladder.place(step)
    another_round = place.round > report.ladder.place(report.step).round
    return place.last or another_round or report.is_by_hand(step)


def channels_at(report: Report, step: int) -> tuple[Channel, ...]:
    """Return the channels that `step` uses; see `Ladder.channels_at`."""
    rung = report.rung_at(step)
    if rung is None or report.ladder is None:
        return ()
    return (
        rung.channels if report.is_by_hand(step) else report.ladder.channels_at(step, rung.channels)
    )


def those_before(report: Report, step: int) -> tuple[Rung, ...]:
    """Return the rungs to call besides the last one, at `step`, if nobody answers for that one.

    Each unit is named once. That nobody is at the desk must not end the asking of people.
    """
    ladder = report.ladder
    if ladder is None or not is_last(report, step):
        return ()
    before = (*ladder.rungs[:-1], *([report.hand_rung] if report.hand_rung else ()))
    named = {unit.unit_id for unit in ladder.rungs[-1].units}
    rungs: list[Rung] = []
    for rung in before:
        units = tuple(unit for unit in rung.units if unit.unit_id not in named)
        named |= {unit.unit_id for unit in units}
        rungs += [replace(rung, units=units)] if units else []
    return tuple(rungs)


def may_be_asked_besides(report: Report, responder_id: str, step: int) -> bool:
    """Tell whether `step` of the last rung may ask this person of a rung before.

    Who said that they cannot go is asked with each `SPARED_EVERY`-th call only.
    """
    if responder_id not in report.declined or report.ladder is None:
        return True
    return report.ladder.place(step).attempt % SPARED_EVERY == 0


def notices_due(report: Report, step: int) -> tuple[Notice, ...]:
    """Return who is to be informed at `step`, besides those who are asked to go."""
    if report.ladder is None:
        return ()
    # Whoever was asked to go, or to help, knows as much; what was before a reopening is over.
    informed = {
        n.unit_id
        for n in report.notified
        if n.part is not Part.INFORMED
        or not (report.step is None or n.step in (step, BEFORE_REOPENING))
    }
    last = report.ladder.place(step).last
    return tuple(
        replace(notice, units=units)
        for notice in report.ladder.notices
        if (notice.when is When.AT_ONCE or last)
        and (units := tuple(unit for unit in notice.units if unit.unit_id not in informed))
    )


def offer(
    report: Report,
    step: int,
    people: Iterable[Notified],
    *,
    now: float,
    token: str | None,
) -> Change:
    """Offer `report` to the responders of `step`: from now on they may answer.

    This is written before anything is sent, so that no answer can come too early, and therefore
    claims nothing: the status stays what it was until `reach` says that a channel took a message.
    Offering the same step again (a retry) only replaces the token, and the time it has.

    Args:
        step: step of the ladder.
        people: whom, and who is informed; may be empty, then nobody new may act.
        token: task token of the state that waits for an answer.

    Raises:
        ReportClosed, ReportAlreadyAcknowledged: there is nobody to look for any more.
        ReportNotDispatched: its reporter is still being waited for.
        NoMoreRungs: this execution has offered the last rung often enough.
        StepNotAllowed: it has no ladder, or a later step was offered: this offer comes from an
            invocation that hung.
    """
    refuse_unless_searching(report)
    rung = report.rung_at(step)
    if rung is None or report.ladder is None:
        raise StepNotAllowed("there is no ladder")
    if step - report.run_step > report.ladder.most_steps:
        raise NoMoreRungs(f"step {step}, begun at {report.run_step}")
    if report.step is not None and step < report.step:
        raise StepNotAllowed(f"an offer of step {step} after {report.step}")
    if is_repeat_of_offer(report, step):
        due_at = now + rung.wait_s + OVERDUE_SLACK_S
        again = replace(report, token=token, version=report.version + 1, due_at=due_at)
        return Change(again, ())
    fresh = _unless_asked_to_go(report, people)
    ids = {person.responder_id for person in fresh}
    kept = tuple(n for n in report.notified if n.responder_id not in ids)
    if report.step is None:  # reopened: steps are counted anew, so these belong to none
        kept = tuple(replace(n, step=BEFORE_REOPENING) for n in kept)
    place = report.ladder.place(step)
    after = replace(
        report,
        step=step,
        notified=kept + fresh,
        declined=tuple(r for r in report.declined if r not in ids),
        hand_step=step if report.is_by_hand(step) else report.hand_step,
        token=token,
    )
    by_hand = report.is_by_hand(step)
    detail: Detail = {
        "unit_id": " ".join(unit.unit_id for unit in rung.units),
        "unit": " ".join(unit.name_th for unit in rung.units),
        "step": step,
        "attempt": 1 if by_hand else place.attempt,
        "by_hand": by_hand,
        "responders": sum(n.part is Part.RESPONDER for n in fresh),
        "informed": sum(n.part is Part.INFORMED for n in fresh),
    }
    return change(after, now, "system", "offered", detail, due_in=rung.wait_s)


def offer_besides(report: Report, step: int, people: Iterable[Notified], *, now: float) -> Change:
    """Let `people` of the rungs before answer, too, since nobody of the last rung was reached.

    Doing so again (a retry) changes nothing.

    Raises:
        ReportClosed, ReportAlreadyAcknowledged: there is nobody to look for any more.
        ReportNotDispatched, NoMoreRungs: it was never offered at this step.
    """
    last = _offered_last(report, step)
    asked = {n.responder_id for n in report.on_current_step()}
    fresh = tuple(person for person in people if person.responder_id not in asked)
    if step < last or not fresh:
        return unchanged(report)
    ids = {person.responder_id for person in fresh}
    after = replace(
        report,
        notified=(*(n for n in report.notified if n.responder_id not in ids), *fresh),
        declined=tuple(r for r in report.declined if r not in ids),
    )
    detail: Detail = {"step": step, "responders": len(fresh)}
    return change(after, now, "system", "offered_besides", detail, due_at=report.due_at)


def _offered_last(report: Report, step: int) -> int:
    """Return the step that was offered last: `step`, or a later one."""
    refuse_unless_searching(report)
    if report.step is None or step > report.step:
        raise NoMoreRungs(f"{step} was not offered")
    return report.step


def _unless_asked_to_go(report: Report, people: Iterable[Notified]) -> tuple[Notified, ...]:
    """Return `people` without the informed who may accept already: that must not be lost."""
    may_accept = {n.responder_id for n in report.notified if n.part is not Part.INFORMED}
    fresh: dict[str, Notified] = {}
    for person in people:
        if person.part is Part.INFORMED and person.responder_id in may_accept | fresh.keys():
            continue
        fresh[person.responder_id] = person
    return tuple(fresh.values())


def is_repeat_of_offer(report: Report, step: int) -> bool:
    """Tell whether `report` already stands where `offer(report, step)` would put it."""
    return report.status in SEARCHING and report.step == step


def is_last(report: Report, step: int) -> bool:
    """Tell whether `step` is the last rung's: there is nowhere to go on to but itself."""
    by_hand = report.is_by_hand(step)
    return report.ladder is not None and not by_hand and report.ladder.place(step).last


def is_first(report: Report, step: int) -> bool:
    """Tell whether `step` begins the search, or the ladder once its units were found."""
    return report.ladder is not None and step in (0, report.ladder.begins)


def reach(report: Report, step: int, unit_ids: Iterable[str], *, now: float) -> Change:
    """Write down that a channel took messages for units that `step` offered the report to.

    Only from here on is the reporter told that these units were notified. That the same units were
    reached again is no news.

    Args:
        step: the step offered.
        unit_ids: the units reached, in the order in which they are named; at least one.

    Raises:
        ReportClosed, ReportAlreadyAcknowledged: an answer came first.
        ReportNotDispatched, NoMoreRungs: it was never offered at this step.
    """
    last = _offered_last(report, step)
    reached = tuple(dict.fromkeys(unit_ids))
    if step < last or (report.status is Status.NOTIFIED and reached == report.reached):
        return unchanged(report)
    after = replace(report, status=Status.NOTIFIED, reached=reached)
    detail: Detail = {
        "unit_id": " ".join(reached),
        "unit": " ".join(unit.name_th for unit in report.units(reached)),
        "step": step,
    }
    return change(after, now, "system", "notified", detail, due_at=report.due_at)


def acknowledge(report: Report, responder_id: str, *, now: float, wait_s: int) -> Change:
    """Make `responder_id` the one who goes; the first one wins.

    A late answer to an earlier step is welcome. The desk only coordinates: while somebody there has
    the report, anyone of a unit who was asked may still take it over and go.

    Args:
        wait_s: seconds until progress is expected.

    Raises:
        ReportClosed: it is closed.
        NotNotified: it was never offered to this person.
        ReportAlreadyAcknowledged: somebody (perhaps the same one) has accepted before.
    """
    person = _asked(report, responder_id, of_desk_too=True)
    action = "taken_over" if report.status in ACCEPTED else "acknowledged"
    after = replace(
        report,
        status=Status.ACKNOWLEDGED,
        acknowledged_by=responder_id,
        told=seen_by(report, person),
        acknowledged_at=now,
        quiet_since=now,
        contact_known=report.contact_changes,
        contact_told=report.contact_changes,
        nobody_known=report.nobody_came,
        checks_served=report.checks,  # it was whoever had it before that nothing was heard of
        # Who answers was reached, even if that has not been written yet.
        reached=report.reached or (person.unit_id,),
        declined=tuple(r for r in report.declined if r != responder_id),
        reminders=0,
        helpers=tuple(r for r in report.helpers if r != responder_id),
        help_served=report.help_calls,  # a call for help ends with whoever called
    )
    detail = {"unit_id": person.unit_id, "responder": person.name_th}
    return change(after, now, f"responder:{responder_id}", action, detail, due_in=wait_s)


def may_take_over(report: Report, person: Notified) -> bool:
    """Tell whether this person may take the report from the desk, which sends nobody itself."""
    from_desk = report.is_at_desk and person.unit_id != DESK_UNIT_ID
    return from_desk and person.part is not Part.INFORMED


def decline(report: Report, responder_id: str, *, now: float) -> Change:
    """Write down that `responder_id` cannot go; saying so twice changes nothing.

    Whoever went to help does so no more: what the reporter says from now on is not for them.

    Raises:
        ReportClosed, NotNotified: as for `acknowledge`.
        ReportAlreadyAcknowledged: it is taken, there is nothing to decline.
    """
    person = _asked(report, responder_id)
    if responder_id in report.declined:
        return unchanged(report)
    after = replace(
        report,
        declined=(*report.declined, responder_id),
        helpers=tuple(r for r in report.helpers if r != responder_id),
    )
    detail = {"unit_id": person.unit_id, "responder": person.name_th}
    return change(after, now, f"responder:{responder_id}", "declined", detail, due_at=report.due_at)


def moves_on_at_once(report: Report) -> bool:
    """Tell whether the search need not wait: nobody asked at this step might still accept.

    The last rung takes its time, so that somebody who cannot go is not asked again at once.
    """
    if report.step is None or is_last(report, report.step):
        return False
    rung = report.current_rung
    units = {unit.unit_id for unit in rung.units} if rung else set()
    # Who has a linked report is asked besides, and not waited for.
    people = [n for n in report.on_current_step() if n.unit_id in units]
    return bool(people) and all(n.responder_id in report.declined for n in people)


def assign_by_hand(report: Report, unit_id: str, responder_id: str, *, now: float) -> Change:
    """Let the next step offer `report` to a unit that somebody at the desk chose.

    A desk that has accepted the report hands it on so, without ending the search's clock. Choosing
    a unit that is about to be asked, or is being asked, changes nothing.

    Args:
        unit_id: one of the units that the report knows of.
        responder_id: somebody at the desk who was notified of it.

    Raises:
        ReportClosed: it is closed.
        ReportNotDispatched: its reporter is still being waited for.
        NotNotified: this person is not at the desk, or was not notified.
        NotTheAcknowledger: another unit has it.
        StepNotAllowed: the report knows no such unit.
    """
    refuse_closed(report)
    person = report.find_notified(responder_id)
    if person is None or person.unit_id != DESK_UNIT_ID:
        raise NotNotified(report.report_id)
    if report.status is Status.OPENED:
        raise ReportNotDispatched(report.report_id)
    holder = report.acknowledger
    if report.status in ACCEPTED and (holder is None or holder.unit_id != DESK_UNIT_ID):
        raise NotTheAcknowledger(report.report_id)
    unit = report.unit(unit_id)
    if unit is None or unit.unit_id == DESK_UNIT_ID:
        raise StepNotAllowed("there is no such unit")
    if _is_chosen(report, unit):
        return unchanged(report)
    desk = report.rung_at(report.next_step)
    rung = Rung((unit,), (Channel.LINE, Channel.SMS), desk.wait_s if desk else 60)
    after = replace(
        report,
        status=Status.NOTIFIED if report.status in ACCEPTED else report.status,
        acknowledged_by=None,
        acknowledged_at=None,
        reminders=0,
        hand_rung=rung,
        hand_step=report.next_step,
    )
    detail = {"unit_id": unit_id, "unit": unit.name_th}
    who = f"responder:{responder_id}"
    return change(after, now, who, "assigned_by_hand", detail, due_in=0)


def _is_chosen(report: Report, unit: Unit) -> bool:
    if report.hand_rung is None or report.hand_step is None or report.status not in SEARCHING:
        return False
    return report.hand_rung.units == (unit,) and report.hand_step >= (report.step or 0)


def restart(report: Report, cause: str, *, now: float) -> Change:
    """Give `report` to a new workflow execution, because the one before does not carry it on.

    The new one goes on where the report stands. A closed report is only told of again.

    Args:
        cause: ``never_started``, ``failed``, ``timed_out``, ``aborted``, ``ended_early``,
            ``token_lost`` or ``stuck``.
    """
    after = replace(report, run=report.run + 1, run_step=report.next_step, token=None)
    detail: Detail = {"cause": cause, "run": after.run}
    if report.status is Status.CLOSED:
        made = change(after, now, "auditor", "restarted", detail, due_at=None)
        return replace(made, report=replace(made.report, changed_at=report.changed_at))
    return change(after, now, "auditor", "restarted", detail, due_in=0)


def _asked(report: Report, responder_id: str, *, of_desk_too: bool = False) -> Notified:
    """Return the person if they may answer an open offer, or take over what the desk has."""
    refuse_closed(report)
    person = report.find_notified(responder_id)
    if person is None or person.part is Part.INFORMED:
        raise NotNotified(report.report_id)
    if of_desk_too and may_take_over(report, person):
        return person
    if report.status not in SEARCHING:
        raise ReportAlreadyAcknowledged(report.report_id, responder_id=report.acknowledged_by)
    return person

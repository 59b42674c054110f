"""Who is on duty when: a plan of shifts, and what a person says of themselves.

- The plan: on duty while a shift covers the moment, unless leave (a shift that is off) covers it
  too: leave wins. A shift has its first moment, not its last.
- A person's own word holds until the plan's next boundary after it, and then the plan is followed
  again: whoever goes home ill stays off until their next shift, and whoever helps out is not
  called for weeks because they forgot to say that they went home.
- Without any plan of duty, a person's own word holds until they say otherwise; leave alone only
  interrupts it.
- A plan that has run out means off duty: nobody stays "on" only because the next plan was not
  loaded. The desk learns of it from the check for gaps before it happens.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby

MOST_SHIFTS = 200
"""Shifts kept for one person: a year of weekly leave beside eight weeks of daily shifts."""

KEEP_ENDED_S = 2 * 24 * 3600.0
"""Seconds for which a shift that has ended is kept, for whoever asks what was planned."""


@dataclass(frozen=True, slots=True)
class Shift:
    """A stretch of time in which a person is planned to be on duty, or not to be.

    Args:
        start: epoch seconds, its first moment.
        end: epoch seconds, greater than `start`; the first moment that is no longer in it.
        on: True for duty, False for leave, which wins over duty.

    Raises:
        ValueError: it ends before it begins, or at once.
    """

    start: float
    end: float
    on: bool = True

    def __post_init__(self) -> None:
        if not self.start < self.end:
            raise ValueError("a shift ends after it starts")

    def covers(self, moment: float) -> bool:
        """Tell whether `moment`, in epoch seconds, is in it."""
        return self.start <= moment < self.end


def planned(shifts: Iterable[Shift], moment: float, *, otherwise: bool = False) -> bool:
    """Tell whether the plan has its person on duty at `moment`, in epoch seconds.

    Args:
        otherwise: what holds outside of leave if no shift is one of duty.
    """
    duty_planned, covering = False, set()
    for shift in shifts:
        duty_planned |= shift.on
        if shift.covers(moment):
            covering.add(shift.on)
    if False in covering:
        return False
    return True in covering if duty_planned else otherwise


def plan_boundaries(shifts: Iterable[Shift]) -> list[float]:
    """Return when the plan speaks anew, in epoch seconds, ascending.

    That is when it changes between duty and no duty, and when a shift of duty begins although
    another one covers its start: a new shift is a new word, the end of an overlap is none.
    """
    plan = list(shifts)
    marks = sorted(
        mark for shift in plan for mark in ((shift.start, shift.on, 1), (shift.end, shift.on, -1))
    )
    leave_alone = not any(shift.on for shift in plan)
    open_shifts = {True: 0, False: 0}
    boundaries, was_on = [], leave_alone
    for moment, group in groupby(marks, key=lambda mark: mark[0]):
        duty_begins = False
        for _, on, step in group:
            open_shifts[on] += step
            duty_begins |= on and step > 0
        is_on = (open_shifts[True] > 0 or leave_alone) and not open_shifts[False]
        if is_on != was_on or (is_on and duty_begins):
            boundaries.append(moment)
        was_on = is_on
    return boundaries


def kept(shifts: Iterable[Shift], now: float) -> tuple[Shift, ...]:
    """Return the shifts worth keeping at epoch seconds `now`, ordered, none twice.

    Those that ended more than `KEEP_ENDED_S` ago go, but never the last one of duty, nor those that
    make the plan's latest boundary: a plan that has run out must still be known as one (see above),
    and must still end what its person said before. Leave stays as long as the duty that it cuts.
    """
    ordered = sorted(set(shifts), key=lambda shift: (shift.start, shift.end, shift.on))
    last = max((s for s in ordered if s.on), key=lambda shift: shift.end, default=None)
    past = [moment for moment in plan_boundaries(ordered) if moment <= now] if last else []
    stays = {
        shift
        for shift in ordered
        if shift.end > now - KEEP_ENDED_S
        or shift == last
        or any(shift.start <= moment <= shift.end for moment in past[-1:])
    }
    duty = [shift for shift in stays if shift.on]
    return tuple(
        shift
        for shift in ordered
        if shift in stays
        or (not shift.on and any(shift.start < of.end and of.start < shift.end for of in duty))
    )


def replanned(
    shifts: Iterable[Shift], plan: Iterable[Shift], since: float, now: float
) -> tuple[Shift, ...]:
    """Return the shifts of somebody whose plan from `since` on is `plan`.

    What was planned before `since` stays; a shift that reaches over it is cut there.

    Args:
        shifts: as planned until now.
        plan: none starts before `since`.
        since: epoch seconds.
        now: epoch seconds; see `kept`.
    """
    before = (replace(shift, end=min(shift.end, since)) for shift in shifts if shift.start < since)
    return kept([*before, *plan], now)

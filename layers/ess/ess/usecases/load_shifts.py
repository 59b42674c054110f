"""Load a plan of shifts for some people, in the place of what was planned for them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from math import inf

from ess.domain.duty import MOST_SHIFTS, Shift, replanned
from ess.domain.responder import Responder
from ess.ports.responders import Responders
from ess.usecases.change_responder import change_responder

Who = tuple[str, str]
"""Ids of a unit and of a responder in it."""


@dataclass(slots=True)
class LoadedShifts:
    """What became of a plan.

    Args:
        since: epoch seconds from which on it counts; None if it is for nobody.
        changed: whose shifts are not the same as before.
        unchanged: whose shifts already were.
        unknown: who is no responder; nothing was planned for them.
        dropped: how many shifts to come that were planned before are not so any more.
        too_many: who would have so many shifts, more than `MOST_SHIFTS`; theirs stay as they were.
    """

    since: float | None = None
    changed: list[Who] = field(default_factory=list)
    unchanged: list[Who] = field(default_factory=list)
    unknown: list[Who] = field(default_factory=list)
    dropped: int = 0
    too_many: dict[Who, int] = field(default_factory=dict)


def load_shifts(
    plans: Mapping[Who, Sequence[Shift]],
    responders: Responders,
    now: float,
    *,
    add: bool = False,
    dry_run: bool = False,
) -> LoadedShifts:
    """Give the people of `plans` their shifts from the earliest moment of all of these on.

    What was planned for them before that moment stays, and so does the plan of everybody else.
    Loading the same again changes nothing.

    Args:
        plans: shifts by person; none without a shift.
        responders: who there is.
        now: epoch seconds.
        add: True to keep everything that was planned, and only add to it.
        dry_run: True to only say what would become of it.

    Raises:
        ResponderChanged, TemporaryFailure: some were not stored; loading again does the rest.
    """
    loaded = LoadedShifts()
    asked = {who: responders.get(*who) for who in plans}
    people = {who: person for who, person in asked.items() if person is not None}
    loaded.unknown = [who for who in plans if who not in people]
    known = {who: plan for who, plan in plans.items() if who in people}
    if not known:
        return loaded
    loaded.since = min(shift.start for plan in known.values() for shift in plan)
    keep_before = inf if add else loaded.since
    for who, plan in known.items():
        edit = partial(_planned, plan=plan, since=keep_before, now=now)
        _load(who, people[who], edit, responders, now, loaded, dry_run=dry_run)
    return loaded


def _planned(before: Responder, plan: Sequence[Shift], since: float, now: float) -> Responder:
    return replace(before, shifts=replanned(before.shifts, plan, since, now))


def _load(
    who: Who,
    person: Responder,
    edit: Callable[[Responder], Responder],
    responders: Responders,
    now: float,
    loaded: LoadedShifts,
    *,
    dry_run: bool,
) -> None:
    after = edit(person)
    if len(after.shifts) > MOST_SHIFTS:
        loaded.too_many[who] = len(after.shifts)
    elif after == person:
        loaded.unchanged.append(who)
    elif dry_run or change_responder(responders, *who, edit):
        loaded.changed.append(who)
        loaded.dropped += sum(s.end > now and s not in after.shifts for s in person.shifts)
    else:  # removed since they were read
        loaded.unknown.append(who)

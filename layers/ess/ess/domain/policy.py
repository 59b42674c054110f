"""The escalation policy: who is asked, by which channels, how long and how often. Data, not code.

A policy names *roles*; `climb` turns them into the units that a lookup found for one report.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ess.domain.kinds import Kind
from ess.domain.ladder import DESK, Channel, Ladder, Notice, Rung, Unit, UnitKind, When

LOOKED_UP: Mapping[UnitKind, int] = {
    UnitKind.POLICE_STATION: 5,
    UnitKind.CENTER_191: 1,
    UnitKind.SOCIAL_OFFICE: 1,
}
"""How many units of each kind are looked up for a report. Five stations: the responsible one is
among the nearest five for 99 % of points in Bangkok, and they are what the desk may assign to."""


class Role(StrEnum):
    """What a unit is for a report."""

    RESPONSIBLE = "responsible"
    NEXT_NEAREST = "next_nearest"
    NEXT_NEAREST_2 = "next_nearest_2"
    NEXT_NEAREST_3 = "next_nearest_3"
    CENTER_191 = "center_191"
    SOCIAL_OFFICE = "social_office"
    DESK = "desk"


OF_KIND: Mapping[Role, tuple[UnitKind, int]] = {
    Role.RESPONSIBLE: (UnitKind.POLICE_STATION, 0),
    Role.NEXT_NEAREST: (UnitKind.POLICE_STATION, 1),
    Role.NEXT_NEAREST_2: (UnitKind.POLICE_STATION, 2),
    Role.NEXT_NEAREST_3: (UnitKind.POLICE_STATION, 3),
    Role.CENTER_191: (UnitKind.CENTER_191, 0),
    Role.SOCIAL_OFFICE: (UnitKind.SOCIAL_OFFICE, 0),
}
"""Which unit a role is: of the candidates of that kind, the one of that number."""


@dataclass(frozen=True, slots=True)
class RungRule:
    """A rung before its units are known; see `ess.domain.ladder.Rung`."""

    roles: tuple[Role, ...]
    channels: tuple[Channel, ...]
    wait_s: int
    times: int = 1


@dataclass(frozen=True, slots=True)
class LadderRule:
    """A ladder before its units are known.

    Args:
        kinds: the emergencies that it is for; empty for all that no other ladder names.
        rungs: at least one, the last one the desk alone.
        rounds: how often all but the last are climbed, 1 to 5.
    """

    kinds: frozenset[Kind]
    rungs: tuple[RungRule, ...]
    rounds: int = 1


@dataclass(frozen=True, slots=True)
class NoticeRule:
    """Who is informed, of which emergencies, and when."""

    kinds: frozenset[Kind]
    roles: tuple[Role, ...]
    channels: tuple[Channel, ...]
    when: When = When.AT_ONCE

    def concerns(self, kind: Kind) -> bool:
        """Tell whether it is for a report of `kind`; one of which nothing is known may be any."""
        return kind in self.kinds or kind is Kind.UNKNOWN


@dataclass(frozen=True, slots=True)
class Policy:
    """A whole policy.

    Args:
        name: what it is called in timelines.
        ladders: one for each kind of emergency that is different, and one for all others.
        notices: who is informed besides.
    """

    name: str
    ladders: tuple[LadderRule, ...]
    notices: tuple[NoticeRule, ...] = ()

    def ladder_for(self, kind: Kind) -> LadderRule:
        """Return the ladder of `kind`: its own, else the one for all others and the unknown."""
        general = next(rule for rule in self.ladders if not rule.kinds)
        return next((rule for rule in self.ladders if kind in rule.kinds), general)


def climb(policy: Policy, kind: Kind, candidates: Sequence[Unit]) -> Ladder:
    """Return the ladder of a report of `kind`, snapshotted with the units found for it.

    A rung none of whose units was found is left out; the desk is always there. A unit is named once
    in a rung, however many roles it has.

    Args:
        policy: a valid policy.
        candidates: units as the lookup ranks them: the responsible one first, then the nearest.
    """
    rule = policy.ladder_for(kind)
    rungs = [
        Rung(units, one.channels, one.wait_s, one.times)
        for one in rule.rungs
        if (units := _units(one.roles, candidates))
    ]
    notices = [
        Notice(units, one.channels, one.when)
        for one in policy.notices
        if one.concerns(kind) and (units := _units(one.roles, candidates))
    ]
    return Ladder(policy.name, tuple(rungs), rule.rounds, tuple(notices), tuple(candidates))


def unit_of(role: Role, candidates: Sequence[Unit]) -> Unit | None:
    """Return the unit that has `role` for a report, or None if the lookup found none.

    Args:
        role: what it is asked as.
        candidates: units as the lookup ranks them.
    """
    if role is Role.DESK:
        return DESK
    kind, number = OF_KIND[role]
    of_kind = [unit for unit in candidates if unit.kind is kind]
    return of_kind[number] if number < len(of_kind) else None


def _units(roles: Sequence[Role], candidates: Sequence[Unit]) -> tuple[Unit, ...]:
    found: dict[str, Unit] = {}
    for role in roles:
        unit = unit_of(role, candidates)
        if unit is not None:
            found.setdefault(unit.unit_id, unit)
    return tuple(found.values())

"""Whom a report is offered to, in which order, for how long: a policy, resolved for one report.

A ladder is a snapshot: it names units, channels and seconds, so a policy that is changed later
does not change a search that has begun. It is climbed by *steps*, counted from 0. Each rung takes
as many steps as it is offered times; all rungs but the last are climbed `rounds` times; the last
rung is offered again and again until a person answers.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

DESK_UNIT_ID = "desk"
"""The staffed desk: the last rung of every ladder. Its people are loaded like any unit's."""

MOST_LAST_STEPS = 720
"""How often one execution offers the last rung (12 hours at 60 s): far below the 25,000 events that
the history of a Standard workflow may have. Afterwards the auditor starts another execution."""

LOOK_AGAIN_STEPS = 5
"""How often one execution calls the desk again for a report whose units could not be found. Then
the auditor starts another, which looks them up anew: the desk cannot assign what is not known."""

SPARING_AFTER = 10
"""Calls of the last rung that use all its channels; a desk that has not answered ten of them is not
asleep, and each SMS costs."""

SPARED_EVERY = 5
"""From then on only one call in so many uses the channels that are spared."""


class UnitKind(StrEnum):
    """What a unit is; the same words as `kind` in the directory of stations."""

    POLICE_STATION = "police_station"
    CENTER_191 = "center_191"
    SOCIAL_OFFICE = "social_office"
    DESK = "desk"


class Channel(StrEnum):
    """A way to reach people. E-mail goes to the desk's own address, not to persons."""

    LINE = "line"
    SMS = "sms"
    EMAIL = "email"


SPARED = frozenset({Channel.SMS, Channel.EMAIL})
"""Channels that are spared after `SPARING_AFTER` calls; LINE goes out with each."""


class When(StrEnum):
    """When units that only need to know are informed."""

    AT_ONCE = "at_once"
    UNANSWERED = "unanswered"  # once the last rung is reached


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit that a report may be offered to.

    Args:
        unit_id: the unit's id in the directory, or `DESK_UNIT_ID`.
        name_th: name in Thai, as people say it.
        name_en: name in English.
        kind: what it is.
        distance_m: great-circle distance from the incident in metres; None for the desk.
    """

    unit_id: str
    name_th: str
    name_en: str
    kind: UnitKind
    distance_m: float | None = None


@dataclass(frozen=True, slots=True)
class Rung:
    """Units that are asked at the same time.

    Args:
        units: at least one.
        channels: how their people are reached.
        wait_s: seconds to wait for an answer, 1 to 3,600.
        times: how often the rung is offered before the next one, 1 to 10; of no meaning for the
            last rung.
    """

    units: tuple[Unit, ...]
    channels: tuple[Channel, ...]
    wait_s: int
    times: int = 1

    @property
    def is_desk(self) -> bool:
        """Tell whether this is the desk alone."""
        return all(unit.kind is UnitKind.DESK for unit in self.units)


@dataclass(frozen=True, slots=True)
class Notice:
    """Units that are informed of a report without being asked to go.

    Args:
        units: at least one.
        channels: how their people are reached.
        when: at once, or when nobody has answered.
    """

    units: tuple[Unit, ...]
    channels: tuple[Channel, ...]
    when: When = When.AT_ONCE


@dataclass(frozen=True, slots=True)
class Place:
    """Where on the ladder a step is.

    Args:
        rung: index of the rung.
        attempt: how often this rung was offered with this step, from 1.
        round: how often the ladder was begun, from 1; 0 before it was.
        last: whether it is the last rung, which is offered until a person answers.
    """

    rung: int
    attempt: int
    round: int
    last: bool


@dataclass(frozen=True, slots=True)
class Ladder:
    """All rungs of a report, the last of them the desk.

    Args:
        policy: name of the policy that it was made by.
        rungs: at least one; the last one is the desk.
        rounds: how often all rungs but the last are climbed, 1 to 5.
        notices: who is informed besides.
        nearby: units that the desk may assign by hand, nearest first.
        begins: the step at which its first rung is offered. Before, while the units were not known
            yet, the desk was called.
    """

    policy: str
    rungs: tuple[Rung, ...]
    rounds: int = 1
    notices: tuple[Notice, ...] = ()
    nearby: tuple[Unit, ...] = ()
    begins: int = 0

    @property
    def found_nothing(self) -> bool:
        """Tell whether it was made without any unit: a lookup failed, or none is known there."""
        return len(self.rungs) == 1 and not self.nearby

    @property
    def most_steps(self) -> int:
        """Return how many steps further than its first one execution may offer."""
        if self.found_nothing:
            return LOOK_AGAIN_STEPS
        return self.steps_before_last + MOST_LAST_STEPS

    @property
    def steps_before_last(self) -> int:
        """Return how many steps come before the last rung."""
        return self.rounds * sum(rung.times for rung in self.rungs[:-1])

    def place(self, step: int) -> Place:
        """Return where `step` (from 0) is.

        Raises:
            ValueError: `step` is negative.
        """
        if step < 0:
            raise ValueError(f"step {step}")
        before = self.steps_before_last
        last = len(self.rungs) - 1
        if step < self.begins:
            return Place(last, step + 1, 0, last=True)
        step -= self.begins
        if step >= before:
            return Place(last, step - before + 1, self.rounds, last=True)
        rounds, step = divmod(step, before // self.rounds)
        for index, rung in enumerate(self.rungs):
            if step < rung.times:
                return Place(index, rounds * rung.times + step + 1, rounds + 1, last=False)
            step -= rung.times
        raise AssertionError("the rungs before the last hold every step before it")

    def rung_at(self, step: int) -> Rung:
        """Return the rung that `step` offers."""
        return self.rungs[self.place(step).rung]

    def waits(self) -> list[int]:
        """Return the seconds that each step waits: those before the last rung, then its own."""
        steps = range(self.begins + self.steps_before_last + 1)
        return [self.rung_at(step).wait_s for step in steps]

    def channels_at(self, step: int, channels: Iterable[Channel]) -> tuple[Channel, ...]:
        """Return those of `channels` that `step` uses: the last rung spares some after a while."""
        place = self.place(step)
        spares = place.last and place.attempt > SPARING_AFTER and place.attempt % SPARED_EVERY
        return tuple(channel for channel in channels if not spares or channel not in SPARED)

    def units(self) -> Iterable[Unit]:
        """Return every unit that it names, each once, in the order in which it is asked."""
        named: dict[str, Unit] = {}
        groups = (*(rung.units for rung in self.rungs), *(note.units for note in self.notices))
        for unit in (*(unit for group in groups for unit in group), *self.nearby):
            named.setdefault(unit.unit_id, unit)
        return named.values()


DESK = Unit(DESK_UNIT_ID, "ศูนย์ประสานงาน ESS", "ESS coordination desk", UnitKind.DESK)


def desk_alone(wait_s: int) -> Ladder:
    """Return the ladder of a report whose stations could not be looked up: the desk, at once.

    Args:
        wait_s: seconds after which the desk is asked again.
    """
    return Ladder("desk alone", (Rung((DESK,), tuple(Channel), wait_s),))


def spoken(units: Iterable[Unit]) -> tuple[str, str, float | None]:
    """Return units as one says them, in Thai and in English, and how far the nearest one is.

    The distance is in metres; None when none of them is anywhere.
    """
    named = list(units)
    away = [unit.distance_m for unit in named if unit.distance_m is not None]
    return (
        " และ ".join(unit.name_th for unit in named),
        " and ".join(unit.name_en for unit in named),
        min(away, default=None),
    )

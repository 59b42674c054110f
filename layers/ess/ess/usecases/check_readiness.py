"""Check that every unit has somebody to call, before somebody needs them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from ess.domain.ladder import DESK_UNIT_ID
from ess.domain.readiness import Gap, gaps
from ess.domain.responder import Responder
from ess.ports.responders import Responders


@dataclass(frozen=True, slots=True)
class UnitReadiness:
    """How a unit is staffed in the time that was checked.

    Args:
        unit_id: the unit.
        people: how many belong to it.
        gaps: when nobody could be called, in order; empty if somebody always can.
    """

    unit_id: str
    people: int
    gaps: tuple[Gap, ...]


def check_readiness(
    responders: Responders,
    since: float,
    until: float,
    *,
    units: Iterable[str] | None = None,
) -> list[UnitReadiness]:
    """Return how each unit is staffed from `since` up to `until`, ordered by unit, the desk first.

    It reads all responders at once: a Query for each of 1,484 units would be as many requests, and
    all of them would be needed to learn that most have nobody yet.

    Args:
        responders: who answers for which unit.
        since: epoch seconds.
        until: epoch seconds, greater than `since`.
        units: the units to check. None checks those that have anybody, and the desk in any case, so
            that units that have not joined yet do not drown the others.

    Raises:
        TemporaryFailure: the responders could not be read.
    """
    of_unit: defaultdict[str, list[Responder]] = defaultdict(list)
    for person in responders.everyone():
        of_unit[person.unit_id].append(person)
    asked = {DESK_UNIT_ID, *of_unit} if units is None else set(units)
    return [
        UnitReadiness(
            unit_id,
            len(of_unit.get(unit_id, ())),
            tuple(gaps(of_unit.get(unit_id, ()), since, until)),
        )
        for unit_id in sorted(asked, key=lambda unit_id: (unit_id != DESK_UNIT_ID, unit_id))
    ]

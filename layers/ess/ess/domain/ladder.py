"""Whom a report is offered to, one rung after the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

DESK_UNIT_ID = "desk"
"""The staffed desk: the last rung of every ladder. Its people are loaded like any unit's."""


class RungKind(StrEnum):
    """What a rung is, for the words the reporter reads."""

    STATION = "station"
    DESK = "desk"


@dataclass(frozen=True, slots=True)
class Rung:
    """One unit that is notified, and how far from the incident it is.

    Args:
        unit_id: the unit's id in the directory, or `DESK_UNIT_ID`.
        name_th: name in Thai, as people say it.
        name_en: name in English.
        kind: station or desk.
        distance_m: great-circle distance from the incident in metres; None for the desk.
    """

    unit_id: str
    name_th: str
    name_en: str
    kind: RungKind
    distance_m: float | None = None


DESK = Rung(DESK_UNIT_ID, "ศูนย์ประสานงาน ESS", "ESS coordination desk", RungKind.DESK)


def build_ladder(stations: Sequence[Rung]) -> tuple[Rung, ...]:
    """Return the ladder of a report: the stations in the order given, and always the desk last."""
    return (*stations, DESK)

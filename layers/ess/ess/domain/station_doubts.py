"""What can be wrong with a row of a stations file, and what becomes of such a row."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from ess.domain.errors import EssError
from ess.domain.station import Station

ACCEPTED = "accepted:"
"""Begins the flag of a station that went in with a doubt: ``accepted:shared_position``. A row that
carries the flag is accepted again, so that an export can be imported as it is."""

DUPLICATE_M = 150.0
"""Rows of one name this near to each other, in metres, are copies of one station."""

SHARED_M = 1.0
"""Rows of different names nearer than this, in metres, stand at the same position."""

CLOSE_M = 50.0
"""Rows of different names nearer than this, in metres, are worth a look: one may be misplaced."""


class CannotBeAccepted(EssError, ValueError):
    """A doubt is to be accepted that makes a row unusable; the message names it."""


class Doubt(StrEnum):
    """A reason to look at a row again."""

    UNREADABLE = "unreadable"
    NO_POSITION = "no_position"
    PROJECTED = "projected"
    RESERVED_ID = "reserved_id"
    REPEATED_ID = "repeated_id"
    NO_ID = "no_id"
    NO_NAME = "no_name"
    SWAPPED = "swapped"
    OUTSIDE = "outside"
    NOT_A_STATION = "not_a_station"
    SPECIAL_BRANCH = "special_branch"
    DUPLICATE = "duplicate"
    SHARED_POSITION = "shared_position"
    INVALID_JURISDICTION = "invalid_jurisdiction"
    OUTSIDE_JURISDICTION = "outside_jurisdiction"
    OVERLAPPING_JURISDICTION = "overlapping_jurisdiction"
    SAMPLE_VERIFIED = "sample_verified"
    CLOSE_POSITION = "close_position"
    NO_THAI_NAME = "no_thai_name"
    NO_PHONE = "no_phone"
    UNUSABLE_PHONE = "unusable_phone"
    HOURS_NOT_UNDERSTOOD = "hours_not_understood"


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a doubt means and does.

    Args:
        meaning: what was seen.
        keeps_out: True when the row stays out of the directory unless the doubt is accepted.
        when_accepted: what happens to the row then; empty when it cannot be accepted.
    """

    meaning: str
    keeps_out: bool = True
    when_accepted: str = ""


DOUBTS: Mapping[Doubt, Explanation] = {
    Doubt.UNREADABLE: Explanation("not a row of this format, or a value of the wrong sort"),
    Doubt.NO_POSITION: Explanation("no position, or none on earth"),
    Doubt.PROJECTED: Explanation(
        "the position is in metres of a map grid (UTM, Web Mercator), not in degrees: "
        "convert the file to WGS84 degrees first"
    ),
    Doubt.RESERVED_ID: Explanation("the id is that of the coordination desk"),
    Doubt.REPEATED_ID: Explanation("an earlier row has the same id; the earlier one goes in"),
    Doubt.NO_ID: Explanation(
        "no id", when_accepted="goes in under an id made of its name and province"
    ),
    Doubt.NO_NAME: Explanation(
        "no name", when_accepted="goes in as 'สถานีตำรวจ' with its district or province"
    ),
    Doubt.SWAPPED: Explanation(
        "latitude and longitude in each other's place", when_accepted="goes in swapped back"
    ),
    Doubt.OUTSIDE: Explanation("outside Thailand, or at sea", when_accepted="goes in as it is"),
    Doubt.NOT_A_STATION: Explanation(
        "a police box, checkpoint, office, impound lot, hospital, school, housing, museum",
        when_accepted="goes in as a station",
    ),
    Doubt.SPECIAL_BRANCH: Explanation(
        "a unit of highway, tourist, marine, railway, border or immigration police",
        when_accepted="goes in as a station",
    ),
    Doubt.DUPLICATE: Explanation(
        f"within {DUPLICATE_M:.0f} m of a row of the same name that says more, which goes in",
        when_accepted="both go in",
    ),
    Doubt.SHARED_POSITION: Explanation(
        f"less than {SHARED_M:.0f} m from a row of its kind and another name: at least one of the "
        "positions may be wrong, so all of them stay out",
        when_accepted="all go in where they are",
    ),
    Doubt.INVALID_JURISDICTION: Explanation(
        "the outline of the jurisdiction is not a sound polygon",
        when_accepted="goes in without a jurisdiction",
    ),
    Doubt.OUTSIDE_JURISDICTION: Explanation(
        "more than 100 m outside its own jurisdiction", when_accepted="goes in as it is"
    ),
    Doubt.OVERLAPPING_JURISDICTION: Explanation(
        "the jurisdiction overlaps that of another row of its kind, so all of them stay out",
        when_accepted="all go in as they are",
    ),
    Doubt.SAMPLE_VERIFIED: Explanation(
        "marked both as a sample and as verified", when_accepted="goes in as a sample, not verified"
    ),
    Doubt.CLOSE_POSITION: Explanation(
        f"less than {CLOSE_M:.0f} m from a row of its kind and another name", keeps_out=False
    ),
    Doubt.NO_THAI_NAME: Explanation("no Thai name; the other name stands for it", keeps_out=False),
    Doubt.NO_PHONE: Explanation("no phone number", keeps_out=False),
    Doubt.UNUSABLE_PHONE: Explanation(
        "a phone number that cannot be called; it is left out", keeps_out=False
    ),
    Doubt.HOURS_NOT_UNDERSTOOD: Explanation(
        "opening hours that cannot be read; they are kept as a remark only", keeps_out=False
    ),
}
"""The table of doubts. Those that only get noted (`keeps_out` False) never keep a row out."""

ACCEPTABLE: frozenset[Doubt] = frozenset(d for d, e in DOUBTS.items() if e.when_accepted)
"""The doubts that an operator can accept."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A doubt about a row, with what is wrong with this one."""

    doubt: Doubt
    reason: str


def accepted_in(flags: Iterable[str]) -> frozenset[Doubt]:
    """Return the doubts that a row's own flags accept; those that cannot be accepted are not."""
    named = {flag.removeprefix(ACCEPTED) for flag in flags if flag.startswith(ACCEPTED)}
    return frozenset(doubt for doubt in ACCEPTABLE if doubt.value in named)


def with_accepted(station: Station, doubts: Iterable[Doubt]) -> Station:
    """Return `station` with a flag for each of `doubts` that it has no flag for yet."""
    missing = [flag for d in doubts if (flag := f"{ACCEPTED}{d.value}") not in station.flags]
    if not missing:
        return station
    return replace(station, flags=(*station.flags, *dict.fromkeys(missing)))

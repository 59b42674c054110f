"""Where a row says that it is, and what is odd about it: swapped, projected, abroad, nowhere."""

import math
import re
import unicodedata
from dataclasses import dataclass

from ess.domain.errors import InvalidPoint
from ess.domain.geo import Point
from ess.domain.service_area import Area, locate
from ess.domain.station_doubts import Doubt, Finding

_NUMBER = re.compile(r"([+-]?\d+(?:[.,]\d+)?)\s*°?\s*([NSEW]?)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Grid:
    """A map grid in metres, as far as Thailand reaches into it.

    Args:
        name: for people.
        eastings: least and greatest.
        northings: least and greatest.
    """

    name: str
    eastings: tuple[float, float]
    northings: tuple[float, float]


GRIDS = (
    # Zone 47 is often stretched over the whole country, to 1,215 km east.
    Grid("UTM, zone 47N or 48N", (160_000, 1_250_000), (610_000, 2_280_000)),
    Grid("Web Mercator", (10_800_000, 11_790_000), (610_000, 2_360_000)),
)


@dataclass(frozen=True, slots=True)
class Position:
    """What could be made of a row's position.

    Args:
        point: the place, swapped back where it was swapped; None when there is none.
        finding: what is doubtful about it, or None.
    """

    point: Point | None
    finding: Finding | None = None


def read_position(latitude: object, longitude: object) -> Position:
    """Return the place that two values describe.

    Args:
        latitude: degrees as a number or a text (``17.39``, ``17,39``, ``๑๗.๓๙``, ``17.39° N``).
        longitude: likewise.
    """
    north, east = _number(latitude), _number(longitude)
    if north is None or east is None:
        return Position(None, Finding(Doubt.NO_POSITION, _why(latitude, longitude)))
    try:
        point = Point(north, east)
    except InvalidPoint as error:  # not degrees, or not in this order: see which
        return _out_of_range(north, east, str(error))
    return Position(point, _out_of_country(point))


def _out_of_range(north: float, east: float, message: str) -> Position:
    if abs(east) <= 90 and abs(north) <= 180 and locate(Point(east, north)) is Area.INSIDE:
        return Position(
            Point(east, north),
            Finding(
                Doubt.SWAPPED, "it lies in Thailand only if latitude and longitude swap places"
            ),
        )
    for grid in GRIDS:
        if _in_grid(grid, east, north) or _in_grid(grid, north, east):
            reason = f"its position is in metres ({grid.name}), not in degrees"
            return Position(None, Finding(Doubt.PROJECTED, reason))
    return Position(None, Finding(Doubt.NO_POSITION, message))


def _out_of_country(point: Point) -> Finding | None:
    area = locate(point)
    if area is Area.INSIDE:
        return None
    if point == Point(0, 0):
        return Finding(Doubt.OUTSIDE, "its position is 0, 0: probably none was known")
    where = "at sea" if area is Area.AT_SEA else "outside Thailand"
    return Finding(Doubt.OUTSIDE, f"it lies {where}")


def _in_grid(grid: Grid, easting: float, northing: float) -> bool:
    return (
        grid.eastings[0] <= easting <= grid.eastings[1]
        and grid.northings[0] <= northing <= grid.northings[1]
    )


def _number(value: object) -> float | None:
    """Return the finite number that `value` is or spells, or None."""
    if isinstance(value, str):
        value = _spelled(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    number = float(value)
    return number if math.isfinite(number) else None


def _spelled(text: str) -> float | None:
    digits = "".join(str(unicodedata.decimal(c, c)) for c in text.strip())  # Thai digits too
    found = _NUMBER.fullmatch(digits)
    if not found:
        return None
    number = float(found[1].replace(",", "."))
    return -number if found[2].upper() in ("S", "W") and found[2] else number


def _why(latitude: object, longitude: object) -> str:
    for name, value in (("latitude", latitude), ("longitude", longitude)):
        if value is None or value == "":
            return f"it has no {name}"
        if _number(value) is None:
            return f"its {name} is not a number in decimal degrees"
    return "it has no position"

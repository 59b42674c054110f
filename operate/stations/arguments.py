"""Options that several verbs share: a time, a place, kinds of stations, an area."""

import argparse
import json
import math
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from ess.adapters.station_files import FileUnreadable
from ess.domain.directory import DirectoryHead
from ess.domain.errors import InvalidLookup, InvalidPoint
from ess.domain.geo import Point
from ess.domain.jurisdiction import InvalidJurisdiction, Jurisdiction, Polygon
from ess.domain.opening_hours import BANGKOK_OFFSET_S
from ess.domain.station import Station
from operate.stations.files import opened

JURISDICTIONS = "jurisdictions"

BANGKOK = timezone(timedelta(seconds=BANGKOK_OFFSET_S))


def add_at(verb: argparse.ArgumentParser) -> None:
    """Add ``--at TIME``: seconds since 1970 (UTC), None for now."""
    verb.add_argument(
        "--at",
        metavar="TIME",
        type=at_time,
        help="when stations must be open, such as 2025-06-01T22:00 (Thailand's time; default: now)",
    )


def add_kinds(verb: argparse.ArgumentParser) -> None:
    """Add ``--kind KIND``, several times: a list, or None for all."""
    verb.add_argument(
        "--kind",
        metavar="KIND",
        action="append",
        help="only stations of this kind; may be repeated",
    )


def add_within(verb: argparse._ActionsContainer) -> None:
    """Add ``--within AREA``: what `area_of` takes, or None."""
    verb.add_argument(
        "--within",
        metavar="AREA",
        help="look for far places inside the polygons of this GeoJSON file, such as a province's "
        f"outline, or inside the directory's own '{JURISDICTIONS}' (default: Thailand's coarse "
        "outline, some kilometres outside of the border)",
    )


def at_time(text: str) -> float:
    """Return the seconds since 1970 (UTC) of a time in ISO 8601, Thailand's if it names no zone.

    Raises:
        argparse.ArgumentTypeError: it is no time.
    """
    try:
        time = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no time such as 2025-06-01T22:00") from error
    return (time if time.tzinfo else time.replace(tzinfo=BANGKOK)).timestamp()


def time_text(at_s: float) -> str:
    """Return a time as the clocks of Thailand show it."""
    return f"{datetime.fromtimestamp(at_s, UTC).astimezone(BANGKOK):%Y-%m-%d %H:%M}"


def kilometres(text: str) -> float:
    """Return a distance in kilometres, more than 0.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is no distance in kilometres")
    return value


def point(text: str) -> Point:
    """Return the place of ``LAT,LON``.

    Raises:
        argparse.ArgumentTypeError: it is no place.
    """
    latitude, _, longitude = text.partition(",")
    try:
        return Point(float(latitude), float(longitude))
    except InvalidPoint as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no LAT,LON in degrees") from error


def known_kinds(head: DirectoryHead, kinds: list[str] | None) -> frozenset[str] | None:
    """Return the kinds asked for, None for all.

    Raises:
        InvalidLookup: the directory has no station of one of them.
    """
    if kinds is None:
        return None
    for kind in kinds:
        if kind not in head.kinds:
            there = ", ".join(head.kinds) or "none"
            raise InvalidLookup(f"no station is of the kind {kind!r}; there are: {there}")
    return frozenset(kinds)


def area_of(within: str, stations: Iterable[Station]) -> tuple[Polygon, ...]:
    """Return the polygons that ``--within`` names.

    Raises:
        FileUnreadable: the file cannot be read, or holds no usable polygon.
        InvalidLookup: no station has a jurisdiction.
    """
    if within != JURISDICTIONS:
        return read_area(within)
    areas = [station.jurisdiction.polygons for station in stations if station.jurisdiction]
    if not areas:
        raise InvalidLookup("no station of the directory has a jurisdiction")
    return tuple(polygon for polygons in areas for polygon in polygons)


def read_area(location: str) -> tuple[Polygon, ...]:
    """Return the polygons of a GeoJSON file, of whichever objects hold them.

    Args:
        location: as `operate.stations.files.opened` takes it.

    Raises:
        FileUnreadable: it cannot be read, or holds no usable polygon.
    """
    with opened(location) as stream:
        try:
            found = tuple(_polygons(json.load(stream)))
        except (json.JSONDecodeError, UnicodeDecodeError) as error:
            raise FileUnreadable(f"not JSON: {error}") from error
        except InvalidJurisdiction as error:
            raise FileUnreadable(str(error)) from error
        if not found:
            raise FileUnreadable("no polygon is in it")
    return found


def _polygons(value: Any) -> Iterator[Polygon]:
    if not isinstance(value, dict):
        return
    kind, coordinates = value.get("type"), value.get("coordinates")
    if kind == "Polygon":
        yield from Jurisdiction.from_coordinates([coordinates]).polygons
    elif kind == "MultiPolygon":
        yield from Jurisdiction.from_coordinates(coordinates).polygons
    else:
        for part in (value.get("geometry"), *_list(value, "features"), *_list(value, "geometries")):
            yield from _polygons(part)


def _list(value: dict[str, Any], name: str) -> list[Any]:
    items = value.get(name)
    return items if isinstance(items, list) else []

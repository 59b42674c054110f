"""`ess stations coverage`: places that are far from any open station."""

import argparse
import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ess import bootstrap
from ess.adapters.station_files import FileUnreadable
from ess.domain.errors import InvalidPoint
from ess.domain.geo import Point, initial_bearing_deg
from ess.domain.jurisdiction import Polygon
from ess.domain.station import Station
from ess.usecases.find_station import Filters
from operate.stations.arguments import (
    add_at,
    add_kinds,
    add_within,
    area_of,
    kilometres,
    known_kinds,
    time_text,
)
from operate.stations.farthest import (
    APART_KM,
    TOLERANCE_M,
    FarPlace,
    farthest_among,
    nearest_among,
)
from operate.stations.files import opened
from operate.stations.outline import LANDS

_COMPASS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")

_LATITUDE, _LONGITUDE = ("lat", "latitude"), ("lon", "lng", "longitude")

_COARSE = (
    "The outline of Thailand used here is coarse and lies some kilometres outside of the border: "
    "places on its edge may be abroad or at sea. --within AREA takes a better one."
)


@dataclass(frozen=True, slots=True)
class _Named:
    """A place of the operator's list."""

    name: str
    point: Point


def register(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", common: argparse.ArgumentParser
) -> None:
    """Add the verb to the command line."""
    verb = verbs.add_parser(
        "coverage",
        parents=[common],
        help="list the places farthest from any open station",
        description="List the places that are farthest from any open station, as the crow flies: "
        "anywhere inside Thailand, or those of a list. A station whose hours are not known counts "
        "as open.",
    )
    add_at(verb)
    add_kinds(verb)
    verb.add_argument(
        "--top",
        metavar="N",
        type=int,
        default=10,
        help="list so many places at the most (default: %(default)s)",
    )
    verb.add_argument(
        "--max-km",
        metavar="KM",
        type=kilometres,
        default=0.0,
        help="list only places farther than this from any open station",
    )
    verb.add_argument(
        "--apart",
        metavar="KM",
        type=kilometres,
        default=APART_KM,
        help="places listed are at least so far from each other (default: %(default)g)",
    )
    where = verb.add_mutually_exclusive_group()
    add_within(where)
    where.add_argument(
        "--places",
        metavar="CSV",
        help="look only at these places: a file with the columns name, lat, lon",
    )
    verb.set_defaults(run=_run)


def _run(given: argparse.Namespace) -> int:
    named = _read_places(given.places) if given.places else None
    directory = bootstrap.station_directory()
    head = directory.head(fresh=True)
    kinds = known_kinds(head, given.kind)
    at_s = bootstrap.clock().now() if given.at is None else given.at
    filters = Filters(kinds, at_s)
    stations = sorted(
        directory.stations(head) if head.version else (), key=lambda station: station.unit_id
    )
    area = area_of(given.within, stations) if given.within else LANDS
    open_now = sum(filters.passes(station.listing) for station in stations)
    if not open_now:
        print(f"No station is open at {time_text(at_s)}: everywhere is far.")
        return 1
    beyond = f" farther than {given.max_km:g} km" if given.max_km else ""
    print(
        f"{open_now:,} of {len(stations):,} stations count: open at {time_text(at_s)} (Thailand's "
        f"time){', of the kinds asked for' if kinds else ''}."
    )
    lines = (
        _tell_anywhere(given, stations, filters, area, beyond)
        if named is None
        else _tell_named(given, stations, filters, named, beyond)
    )
    for line in lines:
        print(line)
    if named is None and area is LANDS:
        print(_COARSE)
    return 0


def _tell_anywhere(
    given: argparse.Namespace,
    stations: Sequence[Station],
    filters: Filters,
    area: Sequence[Polygon],
    beyond: str,
) -> Iterator[str]:
    places = farthest_among(
        stations,
        filters,
        area,
        max(0, given.top),
        apart_m=given.apart * 1000,
        least_m=given.max_km * 1000,
    )
    if not places:
        yield f"No place is{beyond or ' listed'}."
        return
    yield f"Places{beyond}, farthest first, at least {given.apart:g} km apart:"
    yield _HEADER
    for number, place in enumerate(places, start=1):
        yield _row(number, place, stations, "")
    yield f"Each is the farthest place that far from those above it, to within {TOLERANCE_M:g} m."


def _tell_named(
    given: argparse.Namespace,
    stations: Sequence[Station],
    filters: Filters,
    named: Sequence[_Named],
    beyond: str,
) -> Iterator[str]:
    found = zip(named, nearest_among(stations, filters, [one.point for one in named]), strict=True)
    far = [(one.name, place) for one, place in found if place.distance_m > given.max_km * 1000]
    far.sort(key=lambda one: (-one[1].distance_m, one[0]))
    yield f"{len(far):,} of {len(named):,} places are{beyond or ' listed'}, farthest first:"
    yield _HEADER
    for number, (name, place) in enumerate(far[: max(0, given.top)], start=1):
        yield _row(number, place, stations, name)
    left = len(far) - max(0, given.top)
    if left > 0:
        yield f"... and {left:,} more (--top N lists more)"


_HEADER = "   #     km   latitude  longitude  where"


def _row(number: int, place: FarPlace, stations: Sequence[Station], name: str) -> str:
    station = stations[place.nearest]
    wind = _COMPASS[round(initial_bearing_deg(station.point, place.point) / 45) % 8]
    there = f"{wind} of {station.name_th} ({station.name_en})"
    where = ", ".join(filter(None, (name, there, station.province)))
    return (
        f"{number:>4} {place.distance_m / 1000:>6.1f} {place.point.latitude:>10.5f} "
        f"{place.point.longitude:>10.5f}  {where}{'  [sample]' if station.sample else ''}"
    )


def _read_places(location: str) -> list[_Named]:
    """Return the places of a CSV file; a bad row is named and left out.

    Raises:
        FileUnreadable: it cannot be read, or has not the columns.
    """
    with opened(location) as stream:
        text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
        try:
            rows = csv.DictReader(text, strict=True)
            columns = [name.strip().lower() for name in rows.fieldnames or ()]
            rows.fieldnames = columns
            latitude = next((name for name in _LATITUDE if name in columns), None)
            longitude = next((name for name in _LONGITUDE if name in columns), None)
            if "name" not in columns or not latitude or not longitude:
                raise FileUnreadable("its first line must name the columns name, lat and lon")
            places = []
            for number, row in enumerate(rows, start=1):
                try:
                    point = Point(float(row[latitude]), float(row[longitude]))
                except (TypeError, ValueError, InvalidPoint) as error:
                    print(f"left out: row {number} ({row['name']}): {error}")
                else:
                    places.append(_Named(str(row["name"]), point))
        except UnicodeDecodeError as error:
            raise FileUnreadable(f"not UTF-8 (byte {error.start})") from error
        except csv.Error as error:
            raise FileUnreadable(f"not CSV: {error}") from error
    return places

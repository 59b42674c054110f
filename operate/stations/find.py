"""`ess stations find`: try out a lookup."""

import argparse

from ess import bootstrap
from ess.domain.geo import Point
from ess.domain.jurisdiction import BOUNDARY_M
from ess.domain.station import Why
from ess.usecases.find_station import MAX_STATIONS, Filters, find_station
from operate.stations.arguments import at_time

_COMPASS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")
_WORDS = {
    Why.JURISDICTION: "responsible: its jurisdiction covers the point",
    Why.BOUNDARY: f"its jurisdiction ends within {BOUNDARY_M:.0f} m",
    Why.NEAREST: "nearest",
    Why.NEXT_NEAREST: "next nearest",
}


def register(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", common: argparse.ArgumentParser
) -> None:
    """Add the verb to the command line."""
    verb = verbs.add_parser(
        "find", parents=[common], help="show who is responsible for a point, and who is nearest"
    )
    verb.add_argument("latitude", metavar="LAT", type=float, help="degrees, north positive")
    verb.add_argument("longitude", metavar="LON", type=float, help="degrees, east positive")
    verb.add_argument("-k", type=int, default=3, help=f"how many, 1 to {MAX_STATIONS} (default: 3)")
    verb.add_argument(
        "--kind", metavar="KIND", action="append", help="only this kind; may be given several times"
    )
    verb.add_argument("--open", action="store_true", help="only stations that are open now")
    verb.add_argument(
        "--at",
        metavar="TIME",
        type=at_time,
        help="only stations that are open then, such as 2025-06-01T22:00 (Thailand's time)",
    )
    verb.set_defaults(run=_run)


def _run(given: argparse.Namespace) -> int:
    point = Point(given.latitude, given.longitude)
    filters = Filters(
        kinds=frozenset(given.kind) if given.kind else None,
        open_at=bootstrap.clock().now() if given.open and given.at is None else given.at,
    )
    directory = bootstrap.station_directory()
    lookup = find_station(directory, point, given.k, filters)
    if not lookup.matches:
        print(
            "No station passes the filters."
            if directory.head().total
            else "The directory is empty: load one with 'ess stations import FILE'."
        )
        return 1
    for rank, match in enumerate(lookup.matches, start=1):
        station = match.station
        direction = _COMPASS[round(match.bearing_deg / 45) % 8]
        marks = "  [sample]" if station.sample else ""
        print(
            f"{rank}. {station.name_th} ({station.name_en})  {match.distance_m / 1000:.2f} km "
            f"{direction}  {station.unit_id}  {_WORDS[match.why]}{marks}"
        )
    print(f"{lookup.queries} queries in {lookup.rounds} rounds")
    return 0

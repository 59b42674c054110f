"""`ess stations`: load, look at and try out the directory of stations."""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

from ess import bootstrap
from ess.domain.geo import Point
from ess.domain.station import Station
from ess.ports.stations import StationDirectory
from ess.usecases.find_station import MAX_STATIONS, find_station
from operate.station_rows import Reading, read_stations, to_geojson

_COMPASS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")
_SHOWN = 20


def register(
    groups: "argparse._SubParsersAction[argparse.ArgumentParser]", common: argparse.ArgumentParser
) -> None:
    """Add `ess stations` to the command line."""
    verbs = groups.add_parser("stations", help=__doc__).add_subparsers(
        required=True, metavar="VERB"
    )

    verb = verbs.add_parser(
        "import",
        parents=[common],
        help="make a GeoJSON file the whole directory",
        description="Make the stations of FILE the whole directory. Lookups see the old directory "
        "until the new one is complete. Bad rows are named and kept out; exit code 1 tells that "
        "there were some. Importing the same file again changes nothing.",
    )
    verb.add_argument("file", metavar="FILE", type=Path, help="a GeoJSON FeatureCollection")
    verb.add_argument(
        "--dry-run", action="store_true", help="say what would change, change nothing"
    )
    verb.set_defaults(run=_import)

    verb = verbs.add_parser("export", parents=[common], help="write the directory as GeoJSON")
    verb.add_argument("file", metavar="FILE", type=Path, nargs="?", help="default: standard output")
    verb.set_defaults(run=_export)

    verb = verbs.add_parser("find", parents=[common], help="show the stations nearest to a point")
    verb.add_argument("latitude", metavar="LAT", type=float, help="degrees, north positive")
    verb.add_argument("longitude", metavar="LON", type=float, help="degrees, east positive")
    verb.add_argument("-k", type=int, default=3, help=f"how many, 1 to {MAX_STATIONS} (default: 3)")
    verb.set_defaults(run=_find)


def _import(given: argparse.Namespace) -> int:
    _progress(f"reading {given.file}")
    reading = read_stations(given.file)
    for note in reading.notes:
        print(f"note: {note}")
    for refused in reading.refused:
        print(f"kept out: {refused}")
    if not reading.stations:
        print("No usable row: the directory stays as it is.")
        return 1
    directory = bootstrap.station_directory()
    _progress("comparing with the directory")
    _show_changes(published_stations(directory), reading.stations)
    code = 1 if reading.refused else 0
    if given.dry_run:
        print(f"Dry run, nothing was changed. {_summary(reading)}")
        return code
    _progress(f"publishing {len(reading.stations):,} stations")
    publication = directory.publish(reading.stations)
    outcome = "published" if publication.changed else "already current"
    print(f"Version {publication.head.version} {outcome}. {_summary(reading)}")
    return code


def _export(given: argparse.Namespace) -> int:
    stations = published_stations(bootstrap.station_directory())
    text = to_geojson(stations)
    if given.file is None:
        sys.stdout.write(text)
    else:
        given.file.write_text(text, encoding="utf-8")
        print(f"{len(stations):,} stations written to {given.file}")
    return 0


def _find(given: argparse.Namespace) -> int:
    point = Point(given.latitude, given.longitude)
    lookup = find_station(bootstrap.station_directory(), point, given.k)
    if not lookup.matches:
        print("The directory is empty: load one with 'ess stations import FILE'.")
        return 1
    for rank, match in enumerate(lookup.matches, start=1):
        station = match.station
        direction = _COMPASS[round(match.bearing_deg / 45) % 8]
        marks = "  [sample]" if station.sample else ""
        print(
            f"{rank}. {station.name_th} ({station.name_en})  {match.distance_m / 1000:.2f} km "
            f"{direction}  {station.unit_id}  {match.why.value}{marks}"
        )
    print(f"{lookup.queries} cell(s) queried")
    return 0


def published_stations(directory: StationDirectory) -> list[Station]:
    """Return every station that is published now.

    Raises:
        DirectoryChanged: another directory was published while this one was read.
        TemporaryFailure: the store did not answer.
    """
    head = directory.head()
    return [station for cell in head.counts for station in directory.stations_in(head, cell)]


def _show_changes(before: Iterable[Station], after: Iterable[Station]) -> None:
    old, new = ({s.unit_id: s for s in stations} for stations in (before, after))
    added, removed = sorted(new.keys() - old.keys()), sorted(old.keys() - new.keys())
    changed = sorted(i for i in new.keys() & old.keys() if new[i] != old[i])
    lines = [f"  + {i} {new[i].name_th}" for i in added]
    lines += [f"  ~ {i} {new[i].name_th}" for i in changed]
    lines += [f"  - {i} {old[i].name_th}" for i in removed]
    print(f"{len(added)} new, {len(changed)} changed, {len(removed)} removed")
    print("\n".join(lines[:_SHOWN]), end="\n" if lines else "")
    if len(lines) > _SHOWN:
        print(f"  ... and {len(lines) - _SHOWN:,} more")


def _summary(reading: Reading) -> str:
    good, kept_out = len(reading.stations), len(reading.refused)
    samples = sum(station.sample for station in reading.stations)
    remark = f", {samples:,} of them samples" if samples else ""
    return f"{good + kept_out:,} rows: {good:,} good{remark}, {kept_out:,} kept out."


def _progress(text: str) -> None:
    print(f"{text} ...", file=sys.stderr, flush=True)

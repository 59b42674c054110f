"""Directories to be drawn, and the commands that draw them and tell of far places."""

import random

from ess import bootstrap
from ess.adapters.memory.stations import MemoryStationDirectory
from ess.domain.geo import Point
from ess.domain.jurisdiction import Jurisdiction
from ess.domain.station import Phone, Station
from operate.cli import build_parser
from tests.unit.directory_kit import INDEX, directory_of

NIGHT = "2025-06-01T22:00"
"""A Sunday evening: offices are closed."""

OFFICE_HOURS = "Mo-Fr 08:30-16:30"


def square(latitude, longitude, size):
    """A jurisdiction with its southwest corner at a place."""
    west, south, east, north = longitude, latitude, longitude + size, latitude + size
    corners = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return Jurisdiction.from_coordinates([[corners]])


def station(unit_id, latitude, longitude, **more):
    names = {"name_th": f"สภ.{unit_id}", "name_en": f"Station {unit_id}"}
    return Station(unit_id, point=Point(latitude, longitude), **{**names, **more})


def a_few():
    """Stations of That Phanom and around: all that a page can show."""
    return [
        station("tp", 16.94, 104.71, province="นครพนม", jurisdiction=square(16.8, 104.6, 0.2)),
        station("nk", 16.95, 104.50, province="นครพนม", jurisdiction=square(16.8, 104.4, 0.2)),
        station("mk", 17.40, 104.78, phones=(Phone("042 511 266", "+6642511266"),), sample=True),
        station("rn", 17.05, 104.68, opening_hours=OFFICE_HOURS),
        station("fire", 17.39, 104.79, kind="fire_station", opening_hours=OFFICE_HOURS),
    ]


def a_crowd(seed=7):
    """Stations in clusters, on cell edges, stacked, at poles and at the antimeridian."""
    dice = random.Random(seed)
    spots = [
        (13.75, 100.5),
        (17.4, 104.78),
        (0.0, 0.0),
        (7.0, 180.0),
        (-17.0, -179.99),
        (89.9, 12.0),
    ]
    found = []
    for number in range(160):
        latitude, longitude = dice.choice(spots)
        spread = dice.choice([0.001, 0.05, 0.5])
        place = (
            max(-90.0, min(90.0, latitude + dice.gauss(0, spread))),
            (longitude + dice.gauss(0, spread) + 180) % 360 - 180,
        )
        found.append(
            station(
                f"s{number:03d}",
                *(place if number % 9 else (latitude, longitude)),
                kind=dice.choice(["police_station", "police_station", "fire_station"]),
                opening_hours=dice.choice(["", OFFICE_HOURS, "24/7"]),
                sample=number % 5 == 0,
                # Overlapping and neighbouring squares, whose corners lie on cell edges too.
                jurisdiction=square(
                    latitude + number % 3 * 0.25 - 0.5,
                    max(-180.0, min(longitude - 0.25, 179.75)),
                    0.25,
                )
                if number % 8 == 0 and abs(latitude) < 80
                else None,
            )
        )
    # Two sizes over each other, the larger with the smaller id; a boundary beside the antimeridian.
    found.append(station("a-large", 17.2, 104.9, jurisdiction=square(17.0, 104.55, 0.5)))
    found.append(station("dateline", 7.5, 179.9, jurisdiction=square(7.3, 179.4996, 0.5)))
    return found


def run(monkeypatch, stations, *arguments):
    """Run a verb on a directory of these stations (None: nothing published); return its code."""
    directory = MemoryStationDirectory() if stations is None else directory_of(stations)
    return run_on(monkeypatch, directory, *arguments)


def run_on(monkeypatch, directory, *arguments):
    """Run a verb on a directory; what goes wrong is raised, not told as the command does."""
    monkeypatch.setattr(bootstrap, "station_directory", lambda: directory)
    monkeypatch.setattr(bootstrap, "station_index", lambda: INDEX)
    given = build_parser().parse_args(["stations", *arguments])
    return given.run(given)

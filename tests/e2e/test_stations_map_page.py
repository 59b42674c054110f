"""The page of `ess stations map` in a browser: it finds what the service finds."""

import json
import random
from dataclasses import replace

import pytest

from ess import bootstrap
from ess.domain.geo import Point
from ess.domain.jurisdiction import Jurisdiction
from ess.domain.station import Station
from ess.usecases.find_station import find_station
from operate.cli import main
from tests.unit.directory_kit import INDEX, directory_of

pytestmark = pytest.mark.browser


def square(west, south):
    ring = [[west, south], [west + 1, south], [west + 1, south + 1], [west, south + 1]]
    return Jurisdiction.from_coordinates([[[*ring, ring[0]]]])


def made_up():
    dice = random.Random(7)
    stations = [
        Station(
            f"s{n:03d}",
            f"สภ.{n}",
            f"Station {n}",
            Point(dice.uniform(6, 20), dice.uniform(98, 105)),
        )
        for n in range(300)
    ]
    return [
        replace(one, jurisdiction=square(int(one.point.longitude), int(one.point.latitude)))
        if n % 30 == 0
        else one
        for n, one in enumerate(stations)
    ]


def test_the_page_finds_what_the_service_finds(browser, monkeypatch, tmp_path):
    directory = directory_of(made_up())
    for name in ("station_directory", "station_archive"):
        monkeypatch.setattr(bootstrap, name, lambda: directory)
    monkeypatch.setattr(bootstrap, "station_index", lambda: INDEX)
    file = tmp_path / "map.html"
    assert main(["stations", "map", str(file)]) == 0
    dice = random.Random(8)
    points = [Point(dice.uniform(5, 21), dice.uniform(97, 106)) for _ in range(200)]
    page = browser.new_page()
    failures = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    page.goto(file.as_uri())
    asked = json.dumps([[point.latitude, point.longitude] for point in points])
    found = page.evaluate(
        f"""{asked}.map(([lat, lon]) => {{
            const {{ responsible, nearest }} =
                stationMap.find(lat, lon, {{ k: 5, kinds: null, open: false }});
            const told = (matches) => matches.map(([id, , , why]) => [id, why]);
            return [told(responsible), told(nearest)];
        }})"""
    )
    page.close()
    assert failures == []
    for point, both in zip(points, found, strict=True):
        lookup = find_station(directory, point, 5)
        for shown, matches in zip(both, (lookup.responsible, lookup.nearest), strict=True):
            assert shown == [[match.station.unit_id, match.why.value] for match in matches]
    assert sum(len(responsible) for responsible, _ in found) > 5

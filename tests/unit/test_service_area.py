"""Where the service works: never a false "outside" for a place in Thailand."""

import csv
import json
from pathlib import Path

import pytest

from ess.domain.geo import Point
from ess.domain.service_area import Area, locate
from ess.domain.service_area_outlines import ISLANDS, MAINLAND, SEAS

DATA = Path(__file__).parents[2].parent / "shared" / "data"


@pytest.mark.parametrize(
    ("name", "latitude", "longitude"),
    [
        ("Bangkok", 13.756, 100.502),
        ("Chiang Mai", 18.788, 98.985),
        ("Betong", 5.774, 101.072),
        ("Mae Sai", 20.433, 99.876),
        ("Ubon Ratchathani", 15.244, 104.847),
        ("Khong Chiam", 15.319, 105.500),
        ("Mae Sot", 16.713, 98.570),
        ("Mae Sam Laep", 17.972, 97.737),
        ("Three Pagodas Pass", 15.301, 98.404),
        ("Hat Lek", 11.646, 102.914),
        ("Tak Bai", 6.258, 102.055),
        ("Padang Besar", 6.662, 100.320),
        ("Nong Khai", 17.879, 102.742),
        ("Bueng Kan", 18.361, 103.646),
        ("Nakhon Phanom", 17.405, 104.780),
        ("Nakhon Phanom, the Lao bank", 17.40, 104.82),
        ("Mukdahan bridge", 16.600, 104.735),
        ("Ko Samui", 9.512, 100.013),
        ("Ko Tao", 10.096, 99.838),
        ("Phuket", 7.880, 98.392),
        ("Ko Lipe", 6.489, 99.304),
        ("Ko Phi Phi", 7.740, 98.774),
        ("Similan islands", 8.655, 97.640),
        ("Surin islands", 9.430, 97.870),
        ("Ko Kut", 11.660, 102.560),
        ("Ko Si Chang", 13.150, 100.810),
        ("off the pier of Hua Hin", 12.570, 100.000),
    ],
)
def test_thai_places_are_inside(name, latitude, longitude):
    assert locate(Point(latitude, longitude)) is Area.INSIDE, name


@pytest.mark.parametrize(
    ("name", "latitude", "longitude"),
    [
        ("middle of the Gulf", 9.5, 101.5),
        ("Gulf, south of Sattahip", 11.2, 100.7),
        ("Andaman Sea", 7.5, 97.0),
    ],
)
def test_open_water_is_at_sea(name, latitude, longitude):
    assert locate(Point(latitude, longitude)) is Area.AT_SEA, name


@pytest.mark.parametrize(
    ("name", "latitude", "longitude"),
    [
        ("Singapore", 1.352, 103.820),
        ("Tokyo", 35.68, 139.76),
        ("Phnom Penh", 11.556, 104.928),
        ("Yangon", 16.866, 96.195),
        ("Kuala Lumpur", 3.139, 101.687),
        ("Siem Reap", 13.362, 103.860),
        ("Luang Prabang", 19.887, 102.135),
        ("null island", 0, 0),
        ("north pole", 90, 0),
        ("antimeridian", 15, 180),
        ("Bangkok mirrored", -13.756, 100.502),
        ("Bangkok in the west", 13.756, -100.502),
    ],
)
def test_elsewhere_is_outside(name, latitude, longitude):
    assert locate(Point(latitude, longitude)) is Area.OUTSIDE, name


def test_the_margin_is_ten_kilometres():
    # The outline at Hua Hin is at 100.06 E; one degree of longitude is 108.5 km there.
    assert locate(Point(12.55, 100.06 + 9.5 / 108.5)) is Area.INSIDE
    assert locate(Point(12.55, 100.06 + 11.5 / 108.5)) is Area.AT_SEA


def test_outlines_are_rings_of_different_corners():
    for ring in (MAINLAND, *ISLANDS, *SEAS):
        assert len(ring) >= 4
        assert len(set(ring)) == len(ring)


def _skip_without(path):
    if not path.exists():
        pytest.skip(f"needs {path.name} in ../shared/data, which is not part of the project")


def test_every_village_and_town_of_the_data_set_is_inside():
    path = DATA / "places_th.csv"
    _skip_without(path)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    outside = [
        row["name"]
        for row in rows
        if locate(Point(float(row["lat"]), float(row["lon"]))) is not Area.INSIDE
    ]
    assert (len(rows), outside) == (5000, [])


def test_every_border_and_coast_of_the_data_set_is_inside():
    path = DATA / "provinces_th.geojson"
    _skip_without(path)
    outside = set()
    for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
        shape = feature["geometry"]
        polygons = (
            shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
        )
        for longitude, latitude in (corner for polygon in polygons for corner in polygon[0]):
            if locate(Point(latitude, longitude)) is not Area.INSIDE:
                outside.add(feature["properties"]["adm1_en"])
    assert outside == set()

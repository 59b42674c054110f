"""The nation-wide table against the right answers: villages, stations, corners and edges of leaves.

`Truth` looks at every station; the lookup reads one leaf. Not one difference in ids or order.
"""

import csv
import math
from pathlib import Path

import pytest

from ess.domain.geo import AUTHALIC_RADIUS_M, Point
from ess.domain.leaf import INDEX_K
from ess.indexing.index import LeafIndex
from ess.usecases.find_station import find_station
from tests.performance.stations.points import nation
from tests.performance.stations.truth import truth_of
from tests.unit.directory_kit import directory_of, ids

PLACES = Path(__file__).parents[3] / "shared" / "data" / "places_th.csv"
METRE = math.degrees(1 / AUTHALIC_RADIUS_M)
MILLIMETRE = METRE / 1_000


@pytest.fixture(scope="module")
def stations():
    return [site.station for site in nation().sites()]


@pytest.fixture(scope="module")
def differences(stations):
    """Return a function that counts lookups, and names those that differ from the truth."""
    directory, truth = directory_of(stations), truth_of(stations)

    def compare(points):
        wrong, count = [], 0
        for point in points:
            lookup = find_station(directory, point, INDEX_K)
            assert (lookup.queries, lookup.rounds) == (1, 1)
            if ids(lookup.nearest) != truth.nearest(point, INDEX_K):
                wrong.append(point)
            count += 1
        return wrong, count

    return compare


def clamped(latitude, longitude):
    return Point(max(-90.0, min(90.0, latitude)), max(-180.0, min(180.0, longitude)))


def test_twenty_thousand_places(differences):
    if not PLACES.exists():
        pytest.skip(f"real places are not here: {PLACES}")
    with PLACES.open(encoding="utf-8") as file:
        villages = [(float(row["lat"]), float(row["lon"])) for row in csv.DictReader(file)]
    # Each village, and three pins around it: across the street, at its edge, in the fields.
    offsets = [(0, 0), (37, -51), (-610, 402), (1_900, 2_300)]
    places = [
        clamped(lat + north * METRE, lon + east * METRE)
        for lat, lon in villages
        for north, east in offsets
    ]
    wrong, count = differences(places)
    assert wrong == []
    assert count >= 20_000


def test_where_each_station_stands(stations, differences):
    wrong, count = differences(station.point for station in stations)
    assert (wrong, count) == ([], len(stations))


def test_corners_and_edges_of_leaves_and_a_millimetre_beside_them(stations, differences):
    ordered = sorted(stations, key=lambda station: station.unit_id)
    boxes = [leaf.cell.box for leaf in LeafIndex(1).leaves(ordered)]
    corners = [
        (latitude, longitude)
        for box in boxes
        for latitude in (box.south, (box.south + box.north) / 2)
        for longitude in (box.west, (box.west + box.east) / 2)
    ]
    beside = [
        clamped(latitude + north, longitude + east)
        for latitude, longitude in corners
        for north, east in ((0, 0), (MILLIMETRE, MILLIMETRE), (-MILLIMETRE, -MILLIMETRE))
    ]
    beside += [clamped(math.nextafter(lat, -90), math.nextafter(lon, -180)) for lat, lon in corners]
    wrong, count = differences(beside)
    assert wrong == []
    assert count > 10_000

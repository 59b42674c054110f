"""Geohashes against pygeohash, and their cells."""

import pygeohash
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ess.domain.errors import InvalidPoint
from ess.domain.geo import Point
from ess.domain.geohash import MAX_LENGTH, bounds, encode
from tests.unit.station_points import LAT_EDGES, LON_EDGES, points

lengths = st.integers(1, MAX_LENGTH)


@settings(max_examples=120)
@given(points, lengths)
def test_it_is_what_pygeohash_says(point, length):
    assert encode(point, length) == pygeohash.encode(point.latitude, point.longitude, length)


def test_it_is_what_pygeohash_says_at_every_corner_of_the_directory_cells():
    for latitude in LAT_EDGES:
        for longitude in LON_EDGES:
            expected = pygeohash.encode(latitude, longitude, MAX_LENGTH)
            assert encode(Point(latitude, longitude)) == expected


@pytest.mark.parametrize(
    ("point", "geohash"),
    [
        (Point(57.64911, 10.40744), "u4pruydqqvj8"),  # the example of geohash.org
        (Point(90, 180), "zzzzzzzzzzzz"),
        (Point(-90, -180), "000000000000"),
        (Point(0.0, -0.0), "s00000000000"),
    ],
)
def test_known_geohashes(point, geohash):
    assert encode(point) == geohash


@given(points, lengths)
def test_a_point_lies_in_its_cell(point, length):
    box = bounds(encode(point, length))
    assert box.south <= point.latitude <= box.north
    assert box.west <= point.longitude <= box.east
    # Only the ends of the scale belong to the upper edge.
    assert point.latitude < box.north or point.latitude == 90
    assert point.longitude < box.east or point.longitude == 180


@given(points, lengths)
def test_the_cell_is_what_pygeohash_says(point, length):
    cell = encode(point, length)
    box, expected = bounds(cell), pygeohash.get_bounding_box(cell)
    ours = (box.south, box.west, box.north, box.east)
    theirs = (expected.min_lat, expected.min_lon, expected.max_lat, expected.max_lon)
    assert ours == pytest.approx(theirs, abs=1e-12)


@pytest.mark.parametrize("length", [0, 13])
def test_a_length_out_of_range_is_refused(length):
    with pytest.raises(ValueError, match="1 to 12"):
        encode(Point(0, 0), length)


@pytest.mark.parametrize("cell", ["", "a", "W7", "w7-", "0" * 13])
def test_what_is_no_geohash_is_refused(cell):
    with pytest.raises(InvalidPoint, match="not a geohash"):
        bounds(cell)

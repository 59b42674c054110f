"""A place in the outline of a building."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point, Polygon

from ess.adapters.station_files.errors import RowUnreadable
from ess.adapters.station_files.outlines import middle_of, polygons_of, refuse_large


def around(*offsets):
    """A ring of offsets of a hundred-thousandth of a degree."""
    ring = [[104.7 + x * 1e-5, 17.4 + y * 1e-5] for x, y in offsets]
    return [*ring, ring[0]]


BOX = around((0, 0), (40, 0), (40, 20), (0, 20))
HORSESHOE = around((0, 0), (60, 0), (60, 60), (50, 60), (50, 10), (10, 10), (10, 60), (0, 60))
COURTYARD = [
    around((0, 0), (60, 0), (60, 60), (0, 60)),
    around((10, 10), (50, 10), (50, 50), (10, 50)),
]


@pytest.mark.parametrize("rings", [[BOX], [BOX[::-1]], [HORSESHOE], COURTYARD])
def test_the_place_is_inside(rings):
    assert Polygon(rings[0], rings[1:]).contains(Point(middle_of([rings])))


def test_a_convex_outline_is_stood_for_by_its_centroid():
    x, y = middle_of([[BOX]])
    assert (x, y) == pytest.approx((104.7002, 17.4001), abs=1e-9)


def test_the_largest_of_several_counts():
    small = around((100, 100), (101, 100), (101, 101))
    assert middle_of([[small], [BOX]]) == middle_of([[BOX]])


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=3, max_size=9, unique=True)
)
def test_it_is_inside_whatever_the_shape(corners):
    ring = around(*corners)
    polygon = Polygon(ring)
    if polygon.is_valid and polygon.area > 0:
        assert polygon.buffer(1e-10).contains(Point(middle_of([[ring]])))


@pytest.mark.parametrize(
    "polygons",
    [
        [], [[]], [[[]]], [5], [[5]], [[[5]]], [[[["a", "b"]]]], [[[None]]], "text", [[[[1, 2]]]],
        [[[[1, 2], [1, 2], [1, 2], [1, 2]]]], [[[[float("nan"), 2], [1, 2], [3, 4]]]],
    ],
)  # fmt: skip
def test_nonsense_is_refused(polygons):
    with pytest.raises(RowUnreadable):
        middle_of(polygons)


def test_an_area_is_no_building():
    district = [[104.7, 17.4], [104.73, 17.4], [104.73, 17.43], [104.7, 17.4]]
    with pytest.raises(RowUnreadable, match=r"5 km across.*jurisdiction"):
        middle_of([[district]])
    with pytest.raises(RowUnreadable, match="across"):
        refuse_large(104.7, 17.4, 104.7, 18.4)


@pytest.mark.parametrize(
    ("geometry", "polygons"),
    [
        ({"type": "Polygon", "coordinates": [BOX]}, [[BOX]]),
        ({"type": "MultiPolygon", "coordinates": [[BOX]]}, [[BOX]]),
        ({"type": "Point", "coordinates": [1, 2]}, None),
        ({"type": "Polygon"}, None),
        (None, None),
        ("Polygon", None),
    ],
)
def test_polygons_of_a_geometry(geometry, polygons):
    assert polygons_of(geometry) == polygons

"""Real borders: 77 provinces with 28,000 corners, against an independent library."""

import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
import shapely

from ess.domain.geo import Box, Point
from ess.domain.jurisdiction import (
    BOUNDARY_M,
    EARTH,
    Jurisdiction,
    JurisdictionPart,
    overlap_depth_m,
    whole,
)

PROVINCES = Path(__file__).parents[3] / "shared" / "data" / "provinces_th.geojson"
THAILAND = (97.0, 5.3, 106.0, 20.8)
POINTS = 20_000
LEVELS = 26  # cells of 4.9 by 2.4 km

type Parts = dict[str, JurisdictionPart]


@pytest.fixture(scope="module")
def shapes() -> dict[str, shapely.MultiPolygon]:
    if not PROVINCES.exists():
        pytest.skip(f"needs ../shared/data/{PROVINCES.name}, which is not part of the project")
    found = {}
    for feature in json.loads(PROVINCES.read_text(encoding="utf-8"))["features"]:
        shape = shapely.geometry.shape(feature["geometry"])
        parts = getattr(shape, "geoms", [shape])
        found[feature["properties"]["adm1_en"]] = shapely.MultiPolygon(list(parts))
    assert len(found) == 77
    return found


@pytest.fixture(scope="module")
def provinces(shapes) -> dict[str, Jurisdiction]:
    return {
        name: Jurisdiction.from_coordinates(
            [
                [list(ring.coords) for ring in (polygon.exterior, *polygon.interiors)]
                for polygon in shape.geoms
            ]
        )
        for name, shape in shapes.items()
    }


@pytest.fixture(scope="module")
def index(provinces) -> dict[tuple[int, int], tuple[Box, Parts]]:
    """Every cell of `LEVELS` halvings that a province is in or near, by column and row."""
    return dict(_cells(EARTH, 0, 0, 0, {name: whole(area) for name, area in provinces.items()}))


def _cells(
    box: Box, level: int, column: int, row: int, parts: Parts
) -> Iterator[tuple[tuple[int, int], tuple[Box, Parts]]]:
    if level == LEVELS:
        yield (column, row), (box, parts)
        return
    for high in (0, 1):
        if level % 2:
            middle = (box.south + box.north) / 2
            half = Box((box.south, middle)[high], box.west, (middle, box.north)[high], box.east)
            place = (column, 2 * row + high)
        else:
            middle = (box.west + box.east) / 2
            half = Box(box.south, (box.west, middle)[high], box.north, (middle, box.east)[high])
            place = (2 * column + high, row)
        inside = {name: child for name, part in parts.items() if (child := part.within(box, half))}
        if inside:
            yield from _cells(half, level + 1, *place, inside)


def cell_of(index, point: Point) -> tuple[Box, Parts]:
    side = 1 << LEVELS // 2
    column = int((point.longitude + 180) / 360 * side)
    row = int((point.latitude + 90) / 180 * side)
    return index.get((column, row), (EARTH, {}))


def random_points(seed: int, count: int) -> list[Point]:
    chance = random.Random(seed)
    west, south, east, north = THAILAND
    return [Point(chance.uniform(south, north), chance.uniform(west, east)) for _ in range(count)]


def points_at_borders(shapes, seed: int, count: int) -> list[Point]:
    """Points from a nanometre to some hundred metres beside corners and edges of provinces."""
    chance = random.Random(seed)
    corners = [
        pair
        for shape in shapes.values()
        for polygon in shape.geoms
        for pair in zip(polygon.exterior.coords, polygon.exterior.coords[1:], strict=False)
    ]
    found = []
    for (ax, ay), (bx, by) in chance.choices(corners, k=count):
        share = chance.choice((0.0, chance.random()))
        off = chance.choice((0.0, 1e-14, 1e-8, 5e-4, 2e-3))
        x = ax + share * (bx - ax) + chance.uniform(-off, off)
        y = ay + share * (by - ay) + chance.uniform(-off, off)
        found.append(Point(y, x))
    return found


def test_the_provinces_cover_what_shapely_says(shapes, index):
    """All of them at once, through the parts that index cells carry."""
    names, tree = list(shapes), shapely.STRtree(list(shapes.values()))
    borders = shapely.STRtree([shape.boundary for shape in shapes.values()])
    points = random_points(1, POINTS) + points_at_borders(shapes, 2, POINTS // 4)
    compared = 0
    for point in points:
        place = shapely.Point(point.longitude, point.latitude)
        if len(borders.query(place, predicate="dwithin", distance=1e-12)):
            continue
        box, parts = cell_of(index, point)
        mine = {name for name, part in parts.items() if part.covers(box, point)}
        assert mine == {names[i] for i in tree.query(place, predicate="within")}, point
        compared += 1
    assert compared > POINTS


def test_parts_tell_what_whole_provinces_tell_to_the_last_bit(shapes, provinces, index):
    """Right on the borders too, where there is nothing to compare with but the whole."""
    for point in points_at_borders(shapes, 3, 1000):
        place = shapely.Point(point.longitude, point.latitude)
        box, parts = cell_of(index, point)
        for name, area in provinces.items():
            if not shapely.box(*shapes[name].bounds).dwithin(place, 0.1):
                continue
            part = parts.get(name)
            assert (part is not None and part.covers(box, point)) is area.covers(point)
            true = area.boundary_distance_m(point)
            found = part.boundary_distance_m(point) if part else BOUNDARY_M + 1
            assert found == true if true <= BOUNDARY_M else found > BOUNDARY_M


def test_every_corner_of_a_mosaic_has_one_owner(shapes):
    """The country covered with triangles between its provinces' corners: each corner in one."""
    corners = sorted(map(tuple, shapely.get_coordinates(list(shapes.values())).tolist()))
    sites = shapely.MultiPoint(random.Random(4).sample(corners, 2000))
    triangles = shapely.delaunay_triangles(sites).geoms
    areas = [Jurisdiction.from_coordinates([[list(t.exterior.coords)]]) for t in triangles]
    tree = shapely.STRtree(triangles)
    rim = set(sites.convex_hull.exterior.coords)
    inner = [site for site in sites.geoms if (site.x, site.y) not in rim]
    assert len(inner) > 1800
    for site in inner:
        # All whose bounding boxes the corner is in.
        assert sum(areas[i].covers(Point(site.y, site.x)) for i in tree.query(site)) == 1


def test_the_provinces_are_valid(provinces):
    assert {name: area.problems() for name, area in provinces.items() if area.problems()} == {}


def test_provinces_overlap_only_where_they_do(shapes, provinces):
    """They were simplified one by one, so that some reach more than 200 m into a neighbour."""
    names = list(provinces)
    metre = 1 / 111_195
    for number, one in enumerate(names):
        for other in names[number + 1 :]:
            depth = overlap_depth_m(provinces[one], provinces[other])
            if depth is not None:
                common = shapely.intersection(shapes[one], shapes[other]).buffer(0)
                deepest = shapely.maximum_inscribed_circle(common, tolerance=1e-7).length
                assert BOUNDARY_M < depth < 120
                assert deepest > 0.97 * BOUNDARY_M * metre

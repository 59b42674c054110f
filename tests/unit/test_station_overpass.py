"""OpenStreetMap's stations: answers of Overpass, and GeoJSON made of them."""

import pytest

from ess.adapters.station_files import FileUnreadable
from ess.domain.geo import Point
from ess.domain.station import Phone, Station
from ess.domain.station_doubts import Doubt
from tests.unit.station_file_kit import collection, overpass, problem_of, rows_of, square, station

A_BUILDING = square(104.717, 16.942, 0.0004)


TAGS = {
    "amenity": "police",
    "name": "สถานีตำรวจภูธรธาตุพนม",
    "name:en": "That Phanom Police Station",
    "operator": "สำนักงานตำรวจแห่งชาติ",
    "addr:province": "นครพนม",
    "addr:district": "ธาตุพนม",
    "contact:phone": "+66 42 541 266",
    "opening_hours": "24/7",
    "source": "Bing",
}
FROM_THE_MAP = Station(
    unit_id="osm:node/123",
    name_th="สภ.ธาตุพนม",
    name_en="That Phanom Police Station",
    point=Point(16.942, 104.717),
    agency="สำนักงานตำรวจแห่งชาติ",
    province="นครพนม",
    district="ธาตุพนม",
    phones=(Phone("+66 42 541 266", "+6642541266"),),
    opening_hours="24/7",
    source="osm:node/123",
)
POINT = {"type": "Point", "coordinates": [104.717, 16.942]}


NODE = {"type": "node", "id": 123, "lat": 16.942, "lon": 104.717, "tags": TAGS}


@pytest.mark.parametrize(
    "content",
    [
        overpass(NODE),
        collection({"type": "Feature", "id": "node/123", "properties": TAGS, "geometry": POINT}),
        collection(
            {"type": "Feature", "properties": {"@id": "node/123", **TAGS}, "geometry": POINT}
        ),
        collection(
            {
                "type": "Feature",
                "properties": {
                    "type": "node",
                    "id": 123,
                    "tags": TAGS,
                    "meta": {},
                    "relations": [],
                },
                "geometry": POINT,
            }
        ),
    ],
)
def test_the_map_in_each_of_its_formats(content):
    assert station(content) == FROM_THE_MAP


@pytest.mark.parametrize("kind", ["way", "relation"])
def test_buildings_of_the_map_stand_at_their_centre(kind):
    bounds = {"minlat": 16.941, "minlon": 104.716, "maxlat": 16.943, "maxlon": 104.718}
    centre = {"lat": 16.942, "lon": 104.717}
    element = {"type": kind, "id": 9, "bounds": bounds, "center": centre, "tags": TAGS}
    read = station(overpass(element))
    assert (read.unit_id, read.point, read.jurisdiction) == (
        f"osm:{kind}/9",
        Point(16.942, 104.717),
        None,
    )


def test_an_outline_of_the_map_never_becomes_a_jurisdiction():
    way = {"type": "Feature", "id": "way/9", "properties": TAGS, "geometry": A_BUILDING}
    read = station(collection(way))
    assert read.jurisdiction is None
    assert read.point.latitude == pytest.approx(16.9422, abs=1e-9)
    assert read.point.longitude == pytest.approx(104.7172, abs=1e-9)


@pytest.mark.parametrize(
    ("element", "doubt", "reason"),
    [
        ({"type": "way", "id": 9, "tags": TAGS}, Doubt.NO_POSITION, "out center"),
        ({"type": "area", "id": 9, "tags": TAGS}, Doubt.UNREADABLE, "not a node, way or relation"),
        (
            {"type": "node", "id": "x", "tags": TAGS},
            Doubt.UNREADABLE,
            "not a node, way or relation",
        ),
        ({"type": "node", "id": 9, "tags": [1]}, Doubt.UNREADABLE, "not an element"),
        (7, Doubt.UNREADABLE, "not an element"),
        (
            {
                "type": "relation",
                "id": 9,
                "tags": TAGS,
                "center": {"lat": 17, "lon": 104.5},
                "bounds": {"minlat": 16.5, "minlon": 104, "maxlat": 17.5, "maxlon": 105},
            },
            Doubt.NO_POSITION,
            "km across",
        ),
        (NODE | {"tags": TAGS | {"police": "car_pound"}}, Doubt.NOT_A_STATION, "impound"),
    ],
)
def test_bad_elements(element, doubt, reason):
    found, said = problem_of(overpass(element))
    assert found is doubt
    assert reason in said


def test_corners_of_outlines_are_no_rows():
    corner = {"type": "node", "id": 1, "lat": 1, "lon": 2}
    assert [row.number for row in rows_of(overpass(corner, NODE, corner))] == [1]


def test_an_answer_that_overpass_did_not_finish_is_refused():
    content = overpass(
        NODE, remark='runtime error: Query timed out in "query" at line 3 after 61 s'
    )
    with pytest.raises(FileUnreadable, match=r"did not finish .*timed out.* incomplete"):
        rows_of(content)

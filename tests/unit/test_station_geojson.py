"""GeoJSON of all sorts as rows."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ess.adapters.station_files import read_all
from ess.adapters.station_files.geojson_rows import row_of_feature
from ess.domain.geo import Point
from ess.domain.jurisdiction import Jurisdiction
from ess.domain.ladder import UnitKind
from ess.domain.station import POLICE_STATION, Phone, Station
from ess.domain.station_doubts import Doubt
from ess.domain.station_rows import judge
from tests.unit.station_file_kit import collection, feature, problem_of, rows_of, square, station

SAMPLE = Path(__file__).parents[2] / "local" / "sample" / "stations_sample.geojson"
AREA = square(104.7, 16.9)


def test_the_sample_is_the_twelve_districts_and_says_that_it_is_a_sample():
    reading = read_all(SAMPLE)
    assert reading.refused == []
    stations = [unit for unit in reading.stations if unit.kind == POLICE_STATION]
    assert not any(station.jurisdiction for station in stations)
    assert {station.district for station in stations} == {
        "เมืองนครพนม",
        "ปลาปาก",
        "ท่าอุเทน",
        "บ้านแพง",
        "ธาตุพนม",
        "เรณูนคร",
        "นาแก",
        "ศรีสงคราม",
        "นาหว้า",
        "โพนสวรรค์",
        "นาทม",
        "วังยาง",
    }
    assert all(station.sample and not station.phones for station in reading.stations)
    assert all(station.name_en.isascii() for station in reading.stations)
    assert reading.stations == sorted(reading.stations, key=lambda station: station.unit_id)


def test_the_sample_has_the_units_of_the_province_and_they_answer_for_all_of_it():
    units = {unit.unit_id: unit for unit in read_all(SAMPLE).stations}
    kinds = {"sample-np-191": UnitKind.CENTER_191, "sample-np-pmj": UnitKind.SOCIAL_OFFICE}
    for unit_id, kind in kinds.items():
        assert units[unit_id].kind == kind
        assert all(units[unit_id].jurisdiction.covers(unit.point) for unit in units.values())


@pytest.mark.parametrize(
    "wrap",
    [
        collection,
        lambda f: json.dumps({"features": [f], "type": "FeatureCollection"}),
        lambda f: "\ufeff  \n" + collection(f),
        lambda f: collection(f).encode("utf-16"),
        json.dumps,
        lambda f: json.dumps(f, indent=1),
        lambda f: f"\x1e{json.dumps(f)}\n",
        lambda f: json.dumps({"properties": f["properties"], **f}),
    ],
)
def test_collections_and_lines_of_features(wrap):
    assert station(wrap(feature())) == Station(
        unit_id="np-1",
        name_th="สภ.ธาตุพนม",
        name_en="สภ.ธาตุพนม",
        point=Point(16.942, 104.717),
        phones=(Phone("0 4254 1266", "+6642541266"),),
    )


def test_several_lines_of_features():
    lines = "\n".join(json.dumps(feature(i)) for i in range(3))
    assert [row.texts["unit_id"] for row in rows_of(lines)] == ["0", "1", "2"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"id": 7}, {"unit_id": "7"}),
        ({"id": None, "properties": {"id": "p"}}, {"unit_id": "p"}),
        (
            {"geometry": {"type": "Point", "coordinates": [104.7, 16.9, 140.0]}},
            {"point": Point(16.9, 104.7)},
        ),
        ({"properties": {"verified": True}}, {"verified": True, "sample": False}),
        (
            {"properties": {"phones": ["042511266", "191"]}},
            {"phones": (Phone("042511266", "+6642511266"), Phone("191"))},
        ),
        (
            {"properties": {"phones": [{"original": "042511266-7", "e164": "+6642511267"}]}},
            {"phones": (Phone("042511266-7", "+6642511267"),)},
        ),
        ({"properties": {"phone": 42511266}}, {"phones": (Phone("42511266", "+6642511266"),)}),
        (
            {"properties": {"note": "moving", "phone_source": "osm"}},
            {"flags": ("note: moving", "phone_source: osm")},
        ),
        ({"properties": {"name_full": "สถานีตำรวจภูธรธาตุพนม"}}, {"flags": ()}),
        (
            {"properties": {"name_full": "สถานีตำรวจภูธรนาแก"}},
            {"flags": ("name_full: สถานีตำรวจภูธรนาแก",)},
        ),
        ({"properties": {"synthetic": True}}, {"sample": True}),
        (
            {"properties": {"name_th": None, "name": "That Phanom", "alt_name": "สภ.ธาตุพนม"}},
            {"name_th": "สภ.ธาตุพนม", "name_en": "That Phanom"},
        ),
    ],
)
def test_features_of_all_sorts(changes, expected):
    read = station(collection(feature(**changes)))
    assert {name: getattr(read, name) for name in expected} == expected


@pytest.mark.parametrize(
    "changes",
    [
        {"jurisdiction": AREA},
        {"jurisdiction": {"type": "MultiPolygon", "coordinates": [AREA["coordinates"]]}},
        {"properties": {"jurisdiction": AREA}},
        {
            "geometry": {
                "type": "GeometryCollection",
                "geometries": [{"type": "Point", "coordinates": [104.717, 16.942]}, AREA],
            }
        },
    ],
)
def test_a_jurisdiction_in_each_of_its_places(changes):
    read = station(collection(feature(**changes)))
    assert read.point == Point(16.942, 104.717)
    assert read.jurisdiction == Jurisdiction.from_coordinates([AREA["coordinates"]])


@pytest.mark.parametrize(
    ("bad", "doubt", "reason"),
    [
        (None, Doubt.UNREADABLE, "not a GeoJSON Feature"),
        ("สภ.", Doubt.UNREADABLE, "not a GeoJSON Feature"),
        ({"type": "Point", "coordinates": [104, 17]}, Doubt.UNREADABLE, "not a GeoJSON Feature"),
        (feature() | {"properties": [1]}, Doubt.UNREADABLE, "properties are not an object"),
        (feature(id=True), Doubt.UNREADABLE, "id must be text"),
        (feature(id=["np-1"]), Doubt.UNREADABLE, "id must be text"),
        (feature(name=7), Doubt.UNREADABLE, "name_th must be text"),
        (feature(properties={"province": ["นครพนม"]}), Doubt.UNREADABLE, "province must be text"),
        (feature(properties={"phones": "042541266"}), Doubt.UNREADABLE, "phones must be a list"),
        (feature(properties={"phones": [42541266]}), Doubt.UNREADABLE, "phones must be texts"),
        (
            feature(properties={"phones": [{"original": "", "e164": "+66"}]}),
            Doubt.UNREADABLE,
            "phones",
        ),
        (
            feature(properties={"phones": [{"original": "1", "e164": "66"}]}),
            Doubt.UNREADABLE,
            "e164",
        ),
        (feature(properties={"sample": "yes"}), Doubt.UNREADABLE, "sample must be true or false"),
        (feature(properties={"flags": [1]}), Doubt.UNREADABLE, "flags must be a list of texts"),
        (feature(id=None), Doubt.NO_ID, "no id"),
        (feature(id="desk"), Doubt.RESERVED_ID, "coordination desk"),
        (feature(name=" "), Doubt.NO_NAME, "no name"),
        (feature() | {"properties": None}, Doubt.NO_NAME, "no name"),
        (feature(geometry=None), Doubt.NO_POSITION, "no position"),
        (feature(geometry={}), Doubt.NO_POSITION, "no position"),
        (feature(geometry={"type": "Nonsense"}), Doubt.NO_POSITION, "not a Nonsense"),
        (
            feature(geometry={"type": "LineString", "coordinates": []}),
            Doubt.NO_POSITION,
            "LineString",
        ),
        (feature(geometry=AREA), Doubt.NO_POSITION, "15 km across"),
        (
            feature(geometry={"type": "Polygon", "coordinates": [[]]}),
            Doubt.NO_POSITION,
            "not a polygon",
        ),
        (
            feature(geometry={"type": "GeometryCollection", "geometries": [1]}),
            Doubt.NO_POSITION,
            "no Point",
        ),
        (feature(at=()), Doubt.NO_POSITION, r"must be \[longitude, latitude\]"),
        (feature(at=(104.7,)), Doubt.NO_POSITION, r"must be \[longitude, latitude\]"),
        (feature(at=(None, None)), Doubt.NO_POSITION, "no latitude"),
        (feature(at=([104.7], 16.9)), Doubt.NO_POSITION, "longitude is not a number"),
        (feature(at=(float("nan"), 17)), Doubt.NO_POSITION, "no longitude"),
        (feature(at=(16.942, 104.717)), Doubt.SWAPPED, "swap places"),
        (feature(at=(463_000, 1_873_000)), Doubt.PROJECTED, "UTM"),
        (
            feature(jurisdiction={"type": "Point", "coordinates": [1, 2]}),
            Doubt.INVALID_JURISDICTION,
            "list",
        ),
        (feature(jurisdiction={"type": "Polygon"}), Doubt.INVALID_JURISDICTION, "list"),
    ],
)
def test_a_bad_feature_is_named_and_spoils_nothing(bad, doubt, reason):
    found, said = problem_of(collection(bad))
    assert found is doubt
    assert re.search(reason, said), said
    whole = rows_of(collection(feature("a"), bad, feature("b")))
    assert [row.number for row in whole] == [1, 2, 3]
    assert [row.texts.get("unit_id") for row in (whole[0], whole[2])] == ["a", "b"]


json_values = st.recursive(
    st.none() | st.booleans() | st.floats(-200, 200) | st.integers(-5, 5) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["type", "coordinates", "geometries", "id", "tags", "name", "phones", "flags"]
            ),
            inner | st.sampled_from(["Point", "Polygon", "MultiPolygon", "GeometryCollection"]),
            max_size=4,
        )
    ),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(json_values, json_values, json_values, json_values)
def test_no_feature_makes_the_import_fail(unit_id, properties, geometry, jurisdiction):
    row = row_of_feature(
        1,
        {
            "type": "Feature",
            "id": unit_id,
            "properties": properties,
            "geometry": geometry,
            "jurisdiction": jurisdiction,
        },
    )
    assert judge(row).findings

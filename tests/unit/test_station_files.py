"""Files of stations that cannot be read, and how stations are written."""

import io

import geojson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ess.adapters.station_files import FileUnreadable, read_all, read_stations_file, write_geojson
from ess.domain.geo import Point
from ess.domain.jurisdiction import Jurisdiction
from ess.domain.station import Phone, Station
from ess.domain.station_rows import judge
from tests.unit.station_file_kit import (
    collection,
    feature,
    only,
    rows_of,
    square,
    station,
)

AREA = square(104.7, 16.9)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b" \n ", "empty"),
        (b"{", "no JSON that ends"),
        (b"[]", "neither a GeoJSON FeatureCollection"),
        (b"{}", "neither a GeoJSON FeatureCollection"),
        (b'{"type": "FeatureCollection"}', "neither a GeoJSON FeatureCollection"),
        (b'{"type": "FeatureCollection", "features": null}', "neither a GeoJSON FeatureCollection"),
        (b'{"type": "Topology", "objects": {}}', "neither a GeoJSON FeatureCollection"),
        (b'{"features": []}', "no GeoJSON"),
        (b'{"features": [], "type": "Sheep"}', "no GeoJSON"),
        (collection(feature())[:-2].encode(), "ends too early, at byte .* after 1 whole rows"),
        (
            collection(feature(), feature())[:-60].encode(),
            "ends too early, at byte .* after 1 whole",
        ),
        (collection(feature()).replace("np-1", "\x01").encode(), "broken JSON in row 1"),
        ('{"type": "FeatureCollection", "features": [}'.encode("utf-16"), "broken JSON"),
        (b"PK\x03\x04...", "Excel workbook"),
        (b"\x1f\x8b...", "compressed"),
        (b"<osm></osm>", r"\[out:json\]"),
        (b"  <!DOCTYPE html>", r"\[out:json\]"),
        (b"name,province\n", "no column was found for: latitude .*longitude"),
        ("ชื่อ,จังหวัด\n".encode("cp874"), "no column was found for: latitude"),
        (b'id,name,lat,lon\n1,"x,17,104\n', "broken CSV in line 2, after row 0"),
        (b'id,name,lat,lon\n1,x,17,104\n2,"x" y,17,104\n', "broken CSV in line 3, after row 1"),
        (b"id,name,lat,lon\n" + b"x" * 70_000 + "ก".encode("cp874"), "not all in UTF-8.*CSV UTF-8"),
        (b"id,name,lat,lon\n1,\xa1\xdb,17,104\n", "not all in CP874.*CSV UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(content, reason):
    with pytest.raises(FileUnreadable, match=reason):
        rows_of(content)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(FileUnreadable, match="No such file"):
        read_all(tmp_path / "none")


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=40), st.integers(0, 400), st.integers(0, 40))
@example(b"\x80", 102, 1)  # within a letter of three bytes
@example(b"\xc0", 94, 19)  # the same, before the kind of file is known
def test_no_damage_goes_further_than_an_unreadable_file(noise, start, length):
    whole = collection(feature("a"), feature("b", jurisdiction=AREA)).encode()
    damaged = whole[:start] + noise + whole[start + length :]
    try:
        for row in read_stations_file(io.BytesIO(damaged)):
            judge(row)
    except FileUnreadable:  # said as such, and that is all that may happen
        return


FULL = Station(
    unit_id="np-1",
    name_th="สภ.ธาตุพนม",
    name_en="That Phanom",
    point=Point(16.942000000000001, 104.71712345678901),
    kind="call_centre",
    agency="ตร.",
    province="นครพนม",
    district="ธาตุพนม",
    phones=(Phone("042511266-7", "+6642511266"), Phone("042511266-7", "+6642511267"), Phone("191")),
    opening_hours="Mo-Fr 08:30-16:30",
    flags=("note: x", "accepted:outside"),
    source="osm:node/1",
    verified=True,
    jurisdiction=Jurisdiction.from_coordinates(
        [AREA["coordinates"], square(104.9, 17)["coordinates"]]
    ),
)


def written(*stations):
    out = io.StringIO()
    assert write_geojson(stations, out) == len(stations)
    return out.getvalue()


@pytest.mark.parametrize("count", [0, 1, 3])
def test_what_is_written_is_geojson(count):
    read = geojson.loads(written(*[FULL] * count))
    assert read.is_valid
    assert len(read.features) == count
    assert written(*[FULL] * count).count("\n") == count + 2


def test_what_is_written_reads_back_the_same():
    assert station(written(FULL)) == FULL
    assert only(written(FULL)).area == FULL.jurisdiction.coordinates()

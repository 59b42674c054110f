"""Places that people type or paste: coordinates, links, plus codes."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ess.domain.geo import Point
from ess.domain.plus_code import decode
from ess.domain.written_place import PlaceDoubt, read_place

HERE = (17.392, 104.785)


def near(point: Point | None, place: tuple[float, float]) -> bool:
    return point is not None and math.dist((point.latitude, point.longitude), place) < 0.00001


@pytest.mark.parametrize(
    "text",
    [
        "17.392, 104.785",
        "17.392,104.785",
        "17.392 104.785",
        "(17.392; 104.785)",
        "๑๗.๓๙๒, ๑๐๔.๗๘๕",
        "１７.３９２, １０４.７８５",
        "อยู่ที่17.392,104.785ค่ะ",
        "lat 17.392 long 104.785",
        "lat:17.392,lng:104.785",
        "Latitude = 17.392, Longitude = 104.785",
        "long 104.785 lat 17.392",
        "ละติจูด 17.392 ลองจิจูด 104.785",
        "17.392° N, 104.785° E",
        "17.392N 104.785E",
        "N17.392 E104.785",
        "N 17.392, E 104.785",
        "104.785E 17.392N",
        "17°23'31.2\"N 104°47'06\"E",
        "17° 23′ 31.2″ N, 104° 47′ 6″ E",
        "17°23.52'N 104°47.1'E",
        "17°23'31.2\" 104°47'06\"",
        "17°23'31.2\" เหนือ 104°47'06\" ตะวันออก",
        "geo:17.392,104.785?z=17",
        "https://www.google.com/maps?q=17.392,104.785",
        "https://maps.google.com/maps?q=loc:17.392,104.785",
        "https://maps.google.co.th/?q=17.392,+104.785",
        "http://maps.google.com/?ll=17.392,104.785&z=16",
        "https://www.google.com/maps/search/?api=1&query=17.392%2C104.785",
        "https://www.google.com/maps/dir/?api=1&origin=13.7,100.5&destination=17.392,104.785",
        "https://maps.google.com/maps?saddr=13.7,100.5&daddr=17.392,104.785",
        "https://www.google.com/maps/place/17.392,104.785",
        "https://www.google.com/maps/search/17.392,+104.785?entry=tts",
        "https://www.google.com/maps/place/X/@17.39,104.78,17z/data=!3m1!8m2!3d17.392!4d104.785",
        "https://www.google.com/maps/place/17%C2%B023'31.2%22N+104%C2%B047'06.0%22E/@17.3,104.7,17z",
        "https://www.google.com/maps/embed?pb=!1m18!2d104.785!3d17.392!2m3",
        "maps.google.com/?q=17.392,104.785",
        "https://maps.apple.com/?ll=17.392,104.785&q=Pin",
        "https://maps.apple.com/place?coordinate=17.392,104.785&name=Pin",
        "https://www.openstreetmap.org/?mlat=17.392&mlon=104.785#map=17/17.3/104.7",
        "https://waze.com/ul?ll=17.392%2C104.785&navigate=yes",
        "https://map.longdo.com/?lat=17.392&long=104.785",
        "ตำแหน่งที่ตั้ง\nถนนสุนทรวิจิตร\nhttps://maps.google.com/maps?q=17.392,104.785",
        "17.392, 104.785 (https://www.google.com/maps?q=17.392,104.785)",
    ],
)
def test_a_place_is_read(text):
    place = read_place(text)
    assert near(place.point, HERE), place.point
    assert place.doubt is None
    assert place.link is None


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("-33.8568, 151.2153", (-33.8568, 151.2153)),
        ("33.8568S 151.2153E", (-33.8568, 151.2153)),
        ("40°26'46\"N 79°58'56\"W", (40.446111, -79.982222)),
        ("พิกัด 13.75 100.50", (13.75, 100.5)),
        ("13.75, 100.50", (13.75, 100.5)),
        ("lat 13 long 100", (13, 100)),
    ],
)
def test_places_elsewhere_and_coarse_ones(text, place):
    assert near(read_place(text).point, place)


@pytest.mark.parametrize(
    "text",
    ["104.785, 17.392", "lat 104.785 long 17.392", "https://maps.google.com/?q=104.785,17.392"],
)
def test_swapped_coordinates_are_put_right_and_asked_about(text):
    place = read_place(text)
    assert near(place.point, HERE)
    assert place.doubt is PlaceDoubt.SWAPPED


@pytest.mark.parametrize(
    "text",
    [
        "https://www.google.com/maps/@17.392,104.785,17z",
        "https://www.google.com/maps/place/Somewhere/@17.392,104.785,17z",
        "https://www.openstreetmap.org/#map=17/17.392/104.785",
    ],
)
def test_the_middle_of_a_map_is_asked_about(text):
    place = read_place(text)
    assert near(place.point, HERE)
    assert place.doubt is PlaceDoubt.MAP_VIEW


def test_two_places_are_none():
    place = read_place("13.7563,100.5018 หรือ 17.392,104.785")
    assert place.point is None
    assert place.doubt is PlaceDoubt.SEVERAL


@pytest.mark.parametrize(
    "text",
    [
        "",
        "081-234-5678",
        "0812345678 0898765432",
        "12/03/2568 14.30",
        "เมื่อ 12.30, 13.45 น.",
        "เวลา 18.30 ราคา 100.50 บาท",
        "ทะเบียน 1กข 2345",
        "บ้านเลขที่ 99/123 หมู่ 4",
        "192.168.1.10 10.0.0.1",
        "1.2345, 2.345",
        "สูง 1.75, 60.5",
        "17, 104",
        "95.1234, 195.1234",
        "0.0000, 0.0000",
        "17°75'00\"N 104°47'06\"E",
        "17°23'31\"N 104°47'06\"N",
        "17°23'31\"N",
        "5+5",
        "2222+22",
        "version 13.756.100",
    ],
)
def test_other_numbers_are_no_place(text):
    place = read_place(text)
    assert place.point is None
    assert place.link is None
    assert place.doubt is None


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("https://maps.app.goo.gl/AbC123?g_st=ic", "https://maps.app.goo.gl/AbC123?g_st=ic"),
        ("อยู่นี่ https://maps.app.goo.gl/AbC123ช่วยด้วย", "https://maps.app.goo.gl/AbC123"),
        ("https://goo.gl/maps/AbC123.", "https://goo.gl/maps/AbC123"),
        ("goo.gl/maps/AbC123", "https://goo.gl/maps/AbC123"),
        ("http://maps.app.goo.gl/AbC123", "https://maps.app.goo.gl/AbC123"),
        ("https://maps.apple/p/AbC", "https://maps.apple/p/AbC"),
        ("https://osm.org/go/4vbJ--", "https://osm.org/go/4vbJ--"),
        ("https://w3w.co/filled.count.soap", "https://w3w.co/filled.count.soap"),
        ("///filled.count.soap", "///filled.count.soap"),
        ("QG4J+GQ กรุงเทพ", "QG4J+GQ"),
    ],
)
def test_a_link_that_must_be_looked_up_is_handed_on(text, link):
    place = read_place(text)
    assert place.link == link
    assert place.point is None


@pytest.mark.parametrize(
    "text",
    [
        "https://maps.app.goo.gl.example.com/AbC123",
        "https://example.com/?q=17.392,104.785",
        "https://user@maps.app.goo.gl/AbC123",
        "https://maps.app.goo.gl:8443/AbC123",
        "https://maps.app.goo.gl",
        "https://www.google.com/search?q=police",
        "https://line.me/R/nv/location/",
        "https://[broken/maps",
        "https://maps.app.goo.gl:port/x",
        "ftp://maps.app.goo.gl/AbC123",
    ],
)
def test_no_other_address_is_handed_on(text):
    place = read_place(text)
    assert place.link is None
    assert place.point is None


def test_a_place_beats_a_link():
    place = read_place("https://maps.app.goo.gl/AbC123 17.392,104.785")
    assert near(place.point, HERE)
    assert place.link is None


def test_the_rest_holds_neither_links_nor_coordinates():
    place = read_place("โดนทำร้าย 17.392,104.785 https://maps.app.goo.gl/x 0812345678")
    assert place.rest.split() == ["โดนทำร้าย", "0812345678"]


# Vectors of the reference implementation (test_data/decoding.csv of google/open-location-code).
@pytest.mark.parametrize(
    ("code", "south", "west", "north", "east"),
    [
        ("7FG49QCJ+2V", 20.37, 2.782125, 20.370125, 2.78225),
        ("7FG49QCJ+2VX", 20.3701, 2.78221875, 20.370125, 2.78225),
        ("7FG49QCJ+2VXGJ", 20.370113, 2.782234375, 20.370114, 2.78223632813),
        ("8FVC2222+22", 47.0, 8.0, 47.000125, 8.000125),
        ("4VCPPQGP+Q9", -41.273125, 174.785875, -41.273, 174.786),
        ("62G20000+", None, None, None, None),
    ],
)
def test_plus_codes(code, south, west, north, east):
    point = decode(code)
    if south is None:
        assert point is None
    else:
        assert near(point, ((south + north) / 2, (west + east) / 2))


@pytest.mark.parametrize(
    "code", ["", "+", "7FG49QCJ", "7FG49QCJ+2", "7FG49QCA+2V", "X2222222+22", "2X222222+22"]
)
def test_what_is_no_full_plus_code(code):
    assert decode(code) is None


def test_a_plus_code_within_a_sentence():
    assert near(read_place("อยู่ 7fg49qcj+2v ค่ะ").point, (20.3700625, 2.7821875))


@settings(max_examples=100, deadline=None)
@given(
    st.floats(-89.9, 89.9).filter(lambda x: abs(x) > 0.001),
    st.floats(-179.9, 179.9).filter(lambda x: abs(x) > 0.001),
)
def test_any_precise_pair_is_read_as_written(latitude, longitude):
    place = read_place(f"{latitude:.6f}, {longitude:.6f}")
    assert near(place.point, (latitude, longitude))


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="0123456789.,+-°'\"NSEW /@!3d4?q=&:htpsmagole\n"))
def test_any_text_is_read(text):
    assert isinstance(read_place(text).rest, str)

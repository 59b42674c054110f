"""`ess stations map`: one page that needs nothing else, whatever stations are called."""

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from ess.adapters.station_files import FileUnreadable
from ess.domain.errors import InvalidLookup
from ess.domain.geo import Point
from ess.domain.leaf import unpack
from operate.stations import map as map_verb
from operate.stations import map_page
from operate.stations.map_page import Picture, html
from tests.unit.directory_kit import INDEX, directory_of
from tests.unit.station_map_kit import NIGHT, OFFICE_HOURS, a_few, run, run_on, square, station

NASTY = "</script><script>alert(1)</script><!-- data --><img src=x onerror=alert(1)>&amp;\u2028"


class Page(HTMLParser):
    """What a browser would see of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.contents = [], [], {}
        self._inside = "between"
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attributes]
        self._inside = dict(attributes).get("id") or tag

    def handle_endtag(self, tag):
        self._inside = "between"

    def handle_data(self, data):
        self.contents[self._inside] = self.contents.get(self._inside, "") + data

    @property
    def data(self):
        return json.loads(self.contents["data"])


@pytest.fixture
def drawn(monkeypatch, tmp_path):
    def draw(stations, *arguments):
        path = tmp_path / "map.html"
        quick = () if "--top" in arguments else ("--top", "0")
        assert run(monkeypatch, stations, "map", str(path), *quick, *arguments) == 0
        return Page(path.read_text(encoding="utf-8"))

    return draw


# --- one file, and nothing from outside ---


def test_nothing_is_left_to_the_network(drawn):
    page = drawn(a_few())

    loads = {"src", "srcset", "data", "poster", "background", "action", "xlink:href", "ping"}
    for tag, name, value in page.attributes:
        assert name not in loads, (tag, name)
        assert name != "href" or value.startswith("#"), value
    assert not {"link", "base", "iframe", "object", "embed", "img"} & set(page.tags)
    static = "".join(text for name, text in page.contents.items() if name != "data")
    assert not re.search(r"(?i)\bhttps?:|\bwss?:|[\"'(]//|url\(|@import|\bimport ?[({*\"']", static)
    assert not re.search(r"\b(fetch|XMLHttpRequest|WebSocket|EventSource|sendBeacon)\b", static)
    assert not re.search(r"innerHTML|insertAdjacentHTML|document\.write|\beval\b", static)


def test_the_policy_allows_the_pages_own_style_and_script_alone(drawn):
    page = drawn(a_few())

    def hash_of(part):
        digest = hashlib.sha256(page.contents[part].encode()).digest()
        return f"'sha256-{base64.b64encode(digest).decode()}'"

    [policy] = [
        v for tag, name, v in page.attributes if (tag, name) == ("meta", "content") and "src" in v
    ]
    assert policy == (
        f"default-src 'none'; style-src {hash_of('style')}; script-src {hash_of('script')}; "
        "base-uri 'none'; form-action 'none'"
    )


def test_names_from_outside_stay_data(drawn):
    stations = [station(NASTY, 17, 104, name_th=NASTY, name_en=NASTY, province=NASTY)]

    page = drawn(stations)

    assert page.tags.count("script") == 2
    assert "img" not in page.tags
    assert page.data["stations"]["th"] == page.data["stations"]["id"] == [NASTY]
    assert page.data["provinces"] == [NASTY]


def test_half_a_surrogate_pair_is_no_obstacle():
    # A directory cannot hold it, as nothing hashes it; a note or a source may still bring one.
    head = replace(directory_of(a_few()).head(), note="\ud800")

    page = Page(html(Picture(head, a_few(), (), 0.0)).decode("utf-8"))

    assert page.data["head"]["note"] == "\ud800"


# --- what is in it ---


def test_stations_are_columns_in_the_order_of_their_ids(drawn):
    page = drawn(a_few(), "--at", NIGHT)

    columns = page.data["stations"]
    assert columns["id"] == ["fire", "mk", "nk", "rn", "tp"]
    assert columns["lat"] == [17.39, 17.40, 16.95, 17.05, 16.94]
    assert [page.data["kinds"][kind] for kind in columns["kind"]] == [
        "fire_station", *["police_station"] * 4,
    ]  # fmt: skip
    assert page.data["kinds"][0] == "police_station"
    assert columns["open"] == "01101"
    assert columns["sample"] == "01000"
    assert columns["hours"] == {"0": OFFICE_HOURS, "3": OFFICE_HOURS}
    assert columns["phone"][1] == "+6642511266"
    assert page.data["at"] == "2025-06-01 22:00 น."


def test_the_leaves_are_those_that_were_published(drawn):
    few = a_few()

    page = drawn(few)

    assert directory_of(few).head().leaves == len(page.data["leaves"]) > 1
    ids = page.data["stations"]["id"]
    areas = {number for number, *_ in page.data["areas"]}
    for packed, (start, bits, complete_m, listed, owners) in zip(
        INDEX.leaves(sorted(few, key=lambda one: one.unit_id)), page.data["leaves"], strict=True
    ):
        leaf = unpack(packed)
        assert (start.ljust(12, "0"), bits) == (leaf.cell.start, leaf.cell.bits)
        assert complete_m == (None if leaf.complete_m == float("inf") else leaf.complete_m)
        assert [ids[number] for number in listed] == [one.unit_id for one in leaf.listings]
        assert set(owners) <= areas


def test_what_is_asked_at_first(drawn):
    page = drawn(a_few(), "--point", "17.1,104.7", "-k", "2", "--kind", "fire_station", "--open")

    assert page.data["ask"] == {
        "point": {"lat": 17.1, "lon": 104.7}, "k": 2, "kinds": [1], "open": True,
    }  # fmt: skip


def test_far_places_are_from_stations_that_are_open(drawn):
    page = drawn(a_few(), "--at", NIGHT, "--top", "3", "--within", "jurisdictions")

    far = page.data["far"]
    ids = page.data["stations"]["id"]
    assert len(far["places"]) == 1  # the areas are smaller than the places would be apart
    assert ids[far["places"][0]["station"]] in {"tp", "nk"}
    assert page.data["land"] is None
    assert far["within"] == "jurisdictions"


def test_a_file_of_polygons_is_the_land(drawn, tmp_path):
    area = tmp_path / "province.geojson"
    polygon = {"type": "Polygon", "coordinates": square(17, 104, 0.5).coordinates()[0]}
    area.write_text(
        json.dumps(
            {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": polygon}]}
        )
    )

    page = drawn(a_few(), "--within", str(area))

    assert page.data["land"] == square(17, 104, 0.5).coordinates()
    assert page.data["far"]["within"] == "province.geojson"


@pytest.mark.parametrize(
    "text",
    [
        "[",
        '{"type": "Point", "coordinates": [1, 2]}',
        '{"type": "Polygon", "coordinates": [[[1, 2]]]}',
    ],
)
def test_a_file_without_a_usable_polygon_is_named(drawn, tmp_path, text):
    area = tmp_path / "area.geojson"
    area.write_text(text)

    with pytest.raises(FileUnreadable, match=r"area\.geojson: "):
        drawn(a_few(), "--within", str(area))


def test_before_anything_was_published(drawn):
    page = drawn(None)

    assert page.data["stations"]["id"] == page.data["leaves"] == page.data["far"]["places"] == []
    assert page.data["areas"] == []
    assert page.data["head"]["label"] == "none"


def test_an_empty_directory(drawn):
    page = drawn([])

    assert page.data["stations"]["id"] == []


# --- limits ---


def test_of_a_huge_index_the_leaf_of_the_place_alone(monkeypatch, drawn):
    monkeypatch.setattr(map_verb, "MOST_LEAVES", 1)

    [leaf] = drawn(a_few(), "--point", "17.1,104.7").data["leaves"]
    page = drawn(a_few())

    directory = directory_of(a_few())
    assert leaf[0].ljust(12, "0") == directory.leaf(directory.head(), Point(17.1, 104.7)).cell.start
    assert page.data["leaves"] == []
    assert page.data["head"]["leaves"] > 1


def test_jurisdictions_beyond_the_limit_are_left_out(monkeypatch, drawn):
    monkeypatch.setattr(map_page, "MOST_VERTICES", 9)

    page = drawn(a_few(), "--within", "jurisdictions")

    assert page.data["areas"] is None
    assert len(page.data["land"]) == 2


def test_too_many_stations_are_refused(monkeypatch, drawn):
    monkeypatch.setattr(map_verb, "MOST_STATIONS", 4)

    with pytest.raises(map_verb.TooManyToDraw, match=r"5 stations are too many"):
        drawn(a_few())


# --- the command ---


def test_the_operator_is_told_where_it_is(monkeypatch, tmp_path, capsys):
    path = tmp_path / "map.html"

    run(monkeypatch, a_few(), "map", str(path))

    assert re.fullmatch(
        rf"5 stations drawn in {re.escape(str(path))} \(0\.\d MB\): .*\n", capsys.readouterr().out
    )


def test_a_file_that_cannot_be_written_leaves_none_behind(monkeypatch, tmp_path):
    with pytest.raises(FileUnreadable, match="No such file"):
        run(monkeypatch, a_few(), "map", str(tmp_path / "no" / "map.html"))


@pytest.mark.parametrize(
    "wrong",
    [("--point", "91,0"), ("--point", "17"), ("--point", "17,x"), ("--at", "noon"), ("-k", "11")],
)
def test_what_is_no_place_time_or_number_is_refused(monkeypatch, tmp_path, capsys, wrong):
    with pytest.raises(SystemExit) as stopped:
        run(monkeypatch, a_few(), "map", str(tmp_path / "map.html"), *wrong)

    assert stopped.value.code == 2
    assert wrong[0] in capsys.readouterr().err


def test_a_kind_that_is_not_there_is_named(drawn):
    with pytest.raises(InvalidLookup, match=r"'hospital'; there are: fire_station, police_station"):
        drawn(a_few(), "--kind", "hospital")


def test_the_table_is_read_once_when_the_directory_is_small(monkeypatch, tmp_path):
    directory = directory_of(a_few())

    run_on(monkeypatch, directory, "map", str(tmp_path / "map.html"))

    assert (directory.calls["stations"], directory.calls["leaf"]) == (1, 0)

"""`ess stations map` and `coverage`: a page that needs nothing else, and places that are far."""

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ess import bootstrap
from ess.adapters.memory.stations import MemoryStationDirectory
from ess.domain.geo import Point, distance_m
from ess.domain.station import Station
from operate.cli import main
from operate.stations.farthest import TOLERANCE_M, Sites, farthest_places
from tests.unit.directory_kit import INDEX, directory_of

SQUARE = (((99.0, 14.0), (101.0, 14.0), (101.0, 16.0), (99.0, 16.0), (99.0, 14.0)),)
NASTY = Station("x", "</script><b>สภ.&", "A & B", Point(15, 100))


@pytest.fixture
def page(monkeypatch, tmp_path):
    """Return a function that draws stations, and gives the page."""

    def draw(stations):
        directory = directory_of(stations) if stations else MemoryStationDirectory()
        monkeypatch.setattr(bootstrap, "station_directory", lambda: directory)
        monkeypatch.setattr(bootstrap, "station_archive", lambda: directory)
        monkeypatch.setattr(bootstrap, "station_index", lambda: INDEX)
        file = tmp_path / "map.html"
        code = main(["stations", "map", str(file)])
        return code, file.read_text(encoding="utf-8")

    return draw


def test_the_page_needs_no_network(page):
    code, text = page([NASTY])
    assert code == 0
    for needy in ("http://", "https://", 'src="//', "@import", "fetch(", "XMLHttpRequest", "<link"):
        assert needy not in text.replace("http://www.w3.org/", "")


def test_names_from_outside_cannot_leave_their_place(page):
    _, text = page([NASTY])
    assert "</script><b>" not in text
    assert text.count("<script") == text.count("</script>")


def test_an_empty_directory_is_a_page_too(page):
    code, text = page([])
    assert code in {0, 1}
    assert "</html>" in text


def test_coverage_names_the_farthest_place(page, capsys):
    page([NASTY, replace(NASTY, unit_id="y", point=Point(7, 100), opening_hours="off")])
    capsys.readouterr()
    assert main(["stations", "coverage", "--top", "2"]) == 0
    assert capsys.readouterr().out.startswith("1 of 2 stations count")  # the other is never open


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.builds(Point, st.floats(13.5, 16.5), st.floats(98.5, 101.5)), min_size=1, max_size=12
    )
)
def test_nowhere_in_the_area_is_farther_than_the_first_of_the_farthest_places(stations):
    first = next(iter(farthest_places(Sites(stations), [SQUARE], 1, apart_m=10_000.0)))
    here = [distance_m(first.point, station) for station in stations]
    assert first.distance_m == pytest.approx(min(here), abs=0.01)
    steps = [i / 20 for i in range(21)]
    grid = [Point(14 + 2 * north, 99 + 2 * east) for north in steps for east in steps]
    farthest = max(min(distance_m(place, station) for station in stations) for place in grid)
    assert farthest <= first.distance_m + TOLERANCE_M
    assert math.isfinite(first.distance_m)

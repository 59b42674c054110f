"""`ess stations versions`, `undo` and `find`, on a directory in memory."""

from dataclasses import replace

import pytest

from ess import bootstrap
from ess.adapters.memory.stations import MemoryStationDirectory
from ess.domain.geo import Point
from ess.domain.jurisdiction import Jurisdiction
from ess.domain.station import Station
from operate.cli import main
from tests.unit.directory_kit import INDEX, publish

SQUARE = [[[[104, 17], [105, 17], [105, 18], [104, 18], [104, 17]]]]
FAR = Station("far", "สภ.ไกล", "Far", Point(17.9, 104.9))
AREA = replace(FAR, unit_id="area", jurisdiction=Jurisdiction.from_coordinates(SQUARE))
NEAR = Station("near", "สภ.ใกล้", "Near", Point(17.01, 104.01), opening_hours="off")


@pytest.fixture
def directory(monkeypatch):
    directory = MemoryStationDirectory()
    for name in ("station_directory", "station_archive"):
        monkeypatch.setattr(bootstrap, name, lambda: directory)
    monkeypatch.setattr(bootstrap, "station_index", lambda: INDEX)
    return directory


def said(capsys, *arguments):
    code = main(["stations", *arguments])
    printed = capsys.readouterr()
    return code, printed.out + printed.err


def test_versions_are_listed_newest_first_and_the_current_one_is_marked(directory, capsys):
    assert said(capsys, "versions")[0] == 1
    publish(directory, [FAR], note="from a.csv")
    publish(directory, [FAR, NEAR], note="from b.csv")
    code, text = said(capsys, "versions")
    newest, oldest, _ = text.splitlines()
    assert code == 0
    assert newest.startswith("* 000002-")
    assert "2 stations" in newest
    assert oldest.startswith("  000001-")
    assert oldest.endswith("from a.csv")


def test_an_import_is_taken_back_and_brought_back(directory, capsys):
    publish(directory, [FAR], note="from a.csv")
    second = publish(directory, [FAR, NEAR], note="from b.csv").head
    code, text = said(capsys, "undo")
    assert code == 0
    assert "1 stations (from a.csv)" in text
    assert f"undo --to {second.version}" in text
    assert directory.head().total == 1
    assert said(capsys, "undo", "--to", second.version)[0] == 0
    assert directory.head() == second
    assert "already" in said(capsys, "undo", "--to", second.version)[1]


def test_where_nothing_can_be_taken_back_it_says_so(directory, capsys):
    publish(directory, [FAR])
    code, text = said(capsys, "undo")
    assert (code, text) == (1, "ess: no earlier version is kept\n")
    assert said(capsys, "undo", "--to", "x") == (1, "ess: version x is not kept\n")


def test_a_lookup_says_why_each_was_chosen(directory, capsys):
    publish(directory, [AREA, NEAR, replace(FAR, kind="office")])
    code, text = said(capsys, "find", "17", "104.0001")
    first, second, *_ = text.splitlines()
    assert code == 0
    assert first.startswith("1. สภ.ไกล (Far)")
    assert first.endswith("area  responsible: its jurisdiction covers the point")
    assert second.endswith("near  nearest")
    assert text.endswith("1 queries in 1 rounds\n")
    assert "สภ.ใกล้" not in said(capsys, "find", "17", "104.0001", "--open")[1]
    assert said(capsys, "find", "17", "104", "--kind", "office")[1].startswith("1. สภ.ไกล")
    assert "No station passes" in said(capsys, "find", "17", "104", "--kind", "none")[1]

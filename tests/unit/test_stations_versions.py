"""`ess stations versions`, `undo` and `find`, on a directory in memory."""

from dataclasses import replace

import pytest

from ess import bootstrap
from ess.adapters.memory.stations import MemoryStationDirectory
from ess.domain.directory import Changes
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


def test_a_version_is_brought_back_by_the_name_that_is_listed(directory, capsys):
    publish(directory, [FAR])
    second = publish(directory, [FAR, NEAR]).head
    said(capsys, "undo")
    listed = said(capsys, "versions")[1].split()[0]
    assert listed == second.label
    assert said(capsys, "undo", "--to", f"{second.version}.7") == (
        1,
        f"ess: version {second.version} is kept as {second.label} alone\n",
    )
    assert said(capsys, "undo", "--to", listed)[0] == 0
    assert directory.head() == second


def test_a_change_in_place_is_taken_back(directory, capsys):
    first = publish(directory, [FAR, NEAR], note="from a.csv").head
    changed = replace(NEAR, name_en="Nearer")
    publish(
        directory,
        [FAR, changed],
        since=first,
        changes=Changes(changed=((NEAR, changed),)),
        note="from b.csv",
    )
    code, text = said(capsys, "undo")
    assert code == 0
    assert f"Version {first.label} is current again: 2 stations (from a.csv)." in text
    assert f"Version {first.version}.1 (from b.csv) was taken back." in text
    assert directory.head() == first


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
    assert "สภ.ใกล้" not in said(capsys, "find", "17", "104.0001", "--at", "2026-01-01T12:00")[1]
    assert said(capsys, "find", "17", "104", "--kind", "office")[1].startswith("1. สภ.ไกล")
    assert "No station passes" in said(capsys, "find", "17", "104", "--kind", "none")[1]


def test_who_is_open_is_asked_for_any_time_of_thailands_clock(directory, capsys):
    publish(directory, [FAR, replace(NEAR, opening_hours="Mo-Fr 08:30-16:30")])

    def nearest(*when):
        return said(capsys, "find", "17", "104", "-k", "1", *when)[1].split()[1]

    assert nearest("--at", "2026-11-25T08:29") == "สภ.ไกล"  # a Wednesday
    assert nearest("--at", "2026-11-25T08:30") == "สภ.ใกล้"
    assert nearest("--open", "--at", "2026-11-25T01:30Z") == "สภ.ใกล้"
    assert nearest("--at", "2026-11-28T12:00") == "สภ.ไกล"


def test_a_time_that_is_none_is_refused(directory, capsys):
    with pytest.raises(SystemExit) as exit_:
        main(["stations", "find", "17", "104", "--at", "noon"])
    assert exit_.value.code == 2
    assert "is no time such as" in capsys.readouterr().err

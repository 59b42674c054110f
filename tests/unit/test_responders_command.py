"""`ess responders`, over stores in memory."""

import json
from dataclasses import replace

import pytest

from ess import bootstrap
from ess.adapters.memory.responders import MemoryResponders
from ess.domain.duty import Shift
from ess.domain.geo import Point
from ess.domain.responder import Responder
from ess.domain.station import Station
from operate.cli import main
from tests.unit.directory_kit import directory_of

GOOD = {
    "unit_id": "np",
    "responder_id": "np-1",
    "name_th": "ร.ต.อ. ก",
    "name_en": "Capt. K",
    "phone": "0800000101",
    "on_duty": True,
    "verified": True,
}


@pytest.fixture
def responders(monkeypatch):
    people = MemoryResponders()
    directory = directory_of([Station("np", "สภ.เมือง", "Mueang", Point(17.4, 104.7))])
    monkeypatch.setattr(bootstrap, "responders", lambda: people)
    monkeypatch.setattr(bootstrap, "station_directory", lambda: directory)
    return people


@pytest.fixture
def load(tmp_path, responders):
    def run(rows, *options):
        file = tmp_path / "people.json"
        file.write_text(json.dumps(rows), encoding="utf-8")
        return main(["responders", "import", str(file), *options])

    return run


def test_good_rows_are_loaded(load, responders, capsys):
    assert load([GOOD]) == 0
    assert responders.of_unit("np") == [
        Responder("np-1", "np", "ร.ต.อ. ก", "Capt. K", None, "+66800000101", True, True)
    ]
    assert "Loaded. 1 rows: 1 good, in 1 units, 0 kept out." in capsys.readouterr().out


def test_a_bad_row_is_named_the_others_go_in_and_the_exit_code_tells(load, responders, capsys):
    assert load([GOOD, GOOD | {"responder_id": "np-2", "phone": "1"}]) == 1
    assert len(responders.of_unit("np")) == 1
    assert "kept out: row 2 (ร.ต.อ. ก): phone is not a number" in capsys.readouterr().out


def test_a_dry_run_changes_nothing(load, responders, capsys):
    assert load([GOOD], "--dry-run") == 0
    assert responders.calls["put"] == 0
    assert "nothing was changed" in capsys.readouterr().out


def test_no_good_row_changes_nothing(load, responders, capsys):
    assert load([{}]) == 1
    assert responders.calls["put"] == 0
    assert "No usable row" in capsys.readouterr().out


def test_a_unit_that_is_no_station_is_said_and_the_desk_is_known(load, capsys):
    rows = [GOOD, GOOD | {"unit_id": "pn", "responder_id": "p"}]
    assert load([*rows, GOOD | {"unit_id": "desk", "responder_id": "d"}]) == 0
    said = capsys.readouterr().out
    assert "no station has the id pn:" in said
    assert said.count("no station has") == 1


def test_a_file_that_is_none(tmp_path, responders, capsys):
    assert main(["responders", "import", str(tmp_path / "none.csv")]) == 1
    assert "No such file" in capsys.readouterr().err


def test_the_list_tells_who_would_be_called_and_hides_numbers(load, responders, capsys):
    load([GOOD, GOOD | {"responder_id": "np-2", "verified": False}])
    capsys.readouterr()
    assert main(["responders", "list", "np"]) == 0
    said = capsys.readouterr().out
    assert "np-2  ร.ต.อ. ก (Capt. K)  +66...101  [on duty, NOT VERIFIED]" in said
    assert "2 responders, 1 would be called now." in said
    assert "800000" not in said


def test_a_unit_without_people(responders, capsys):
    assert main(["responders", "list", "np"]) == 1
    assert "Nobody answers for np" in capsys.readouterr().out


def test_loading_again_loses_neither_plan_nor_version_and_says_what_changed(
    load, responders, capsys
):
    load([GOOD, GOOD | {"responder_id": "np-2"}])
    (before, other) = responders.of_unit("np")
    planned = responders.change(before, replace(before, shifts=(Shift(10, 20),), line_blocked=True))
    capsys.readouterr()
    renamed = GOOD | {"name_en": "Capt. New", "on_duty": False}
    assert load([renamed, GOOD | {"responder_id": "np-2"}, GOOD | {"responder_id": "np-3"}]) == 0
    said = capsys.readouterr().out
    assert "1 new, 1 changed, 1 as before." in said
    assert "np-1 (ร.ต.อ. ก) has a plan of shifts" in said
    first, second, _ = responders.of_unit("np")
    assert first == replace(planned, name_en="Capt. New", version=2)
    assert second == other


def test_the_list_tells_of_plans_and_of_blocked_accounts(load, responders, capsys):
    load([GOOD | {"line_user_id": "U" + "0a" * 16}])
    (person,) = responders.of_unit("np")
    now = bootstrap.clock().now()
    shifts = (Shift(now - 100, now + 3600),)
    responders.change(
        person, replace(person, on_duty=False, phone=None, line_blocked=True, shifts=shifts)
    )
    capsys.readouterr()
    main(["responders", "list", "np"])
    said = capsys.readouterr().out
    assert "LINE (blocked)  [on duty, by plan, verified]" in said
    assert "1 responders, 0 would be called now." in said

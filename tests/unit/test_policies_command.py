"""`ess policies`, over stores in memory."""

import json
import re
from pathlib import Path

import pytest

from ess import bootstrap
from ess.adapters.memory.clock import MemoryClock
from ess.adapters.memory.settings import MemorySettings
from ess.domain import policy_rows
from ess.domain.geo import Point
from ess.domain.ladder import Channel, When
from ess.domain.policy import Role
from ess.domain.station import Station
from ess.policies import builtin
from ess.settings import Settings
from ess.usecases.current_policy import SETTING
from operate.cli import main
from operate.policies import words
from tests.unit.directory_kit import directory_of
from tests.unit.test_current_policy import DESK_RUNG, RUNG, named

UNITS = [
    Station("mueang", "สภ.เมือง", "Mueang", Point(17.40, 104.70)),
    Station("far", "สภ.ไกล", "Far", Point(17.40, 104.90)),
    Station("191", "ศูนย์ 191 นครพนม", "191 Nakhon Phanom", Point(17.5, 104.7), "center_191"),
]


class World:
    def __init__(self, folder, capsys):
        self.store = MemorySettings()
        self._file = folder / "policy.json"
        self._capsys = capsys

    def file(self, data):
        text = data if isinstance(data, str) else json.dumps(data)
        self._file.write_text(text, encoding="utf-8")
        return str(self._file)

    def run(self, *arguments):
        code = main(["policies", *arguments])
        printed = self._capsys.readouterr()
        return code, printed.out + printed.err

    def load(self, name):
        assert self.run("load", self.file(named(name)))[0] == 0

    def in_force(self):
        (line,) = (x for x in self.run("show")[1].splitlines() if x.startswith("In force"))
        return line


@pytest.fixture
def world(tmp_path, capsys, monkeypatch):
    world = World(tmp_path, capsys)
    times = {"ESS_ACKNOWLEDGE_SECONDS": "31", "ESS_DESK_SECONDS": "32"}
    monkeypatch.setattr(bootstrap, "settings", lambda: Settings(times))
    monkeypatch.setattr(bootstrap, "settings_store", lambda: world.store)
    monkeypatch.setattr(bootstrap, "clock", MemoryClock)
    monkeypatch.setattr(bootstrap, "station_directory", lambda: directory_of(UNITS))
    return world


def test_the_default_is_a_file_to_start_from(world):
    code, text = world.run("default")
    assert code == 0
    assert json.loads(text) == builtin.load()
    assert world.run("check", world.file(text))[0] == 0


def test_checking_names_every_mistake_and_changes_nothing(world):
    bad = named("x", ladders=[{"rungs": [RUNG | {"wait": 5000}, DESK_RUNG], "rounds": 9}])
    for verb in ("check", "load"):
        code, text = world.run(verb, world.file(bad))
        assert code == 1
        assert "wrong: ladders[0].rounds: 9 is not 1 to 5" in text
        assert "wrong: ladders[0].rungs[0].wait: 5000 is not 1 to 3600 seconds" in text
        assert "2 to mend" in text
    assert world.store.get(SETTING) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{\n  nothing", "line 2, column 3: not JSON"),
        ('{"name": "a", "name": "b"}', '"name" is given twice'),
        ('{"name": NaN}', "NaN is no number"),
        ("[" * 100_000, "not JSON"),
        ("", "line 1, column 1"),
    ],
)
def test_what_is_not_json_is_refused_with_its_place(world, text, said):
    code, printed = world.run("check", world.file(text))
    assert code == 1
    assert said in printed


def test_a_file_that_cannot_be_read_is_told(world, tmp_path):
    assert world.run("check", str(tmp_path / "none.json")) == (
        1,
        f"ess: {tmp_path}/none.json: No such file or directory\n",
    )
    (tmp_path / "latin.json").write_bytes(b'{"name": "\xe9"}')
    assert "not UTF-8" in world.run("check", str(tmp_path / "latin.json"))[1]
    assert "are the most" in world.run("check", world.file(" " * 400_000))[1]


def test_a_byte_order_mark_is_passed_over(world):
    assert world.run("check", world.file("\ufeff" + builtin.text()))[0] == 0


def test_the_ladder_is_told_in_both_languages_with_its_seconds(world):
    code, text = world.run("show", "--kind", "2")
    assert code == 0
    assert "In force: default (built in)" in text
    assert "เหตุ 2 กักขังหน่วงเหนี่ยว" in text
    assert "second 31: the responsible station, the next nearest station by LINE, SMS" in text
    assert "วินาทีที่ 62: ศูนย์ 191 ของจังหวัด" in text
    assert "second 93: the ESS coordination desk by LINE, SMS, e-mail, again every 32 s" in text
    assert "แจ้งให้ทราบทันที: พมจ. ของจังหวัด" in text
    assert "Kind 1" not in text


def test_kinds_with_the_same_ladder_are_told_together(world):
    text = world.run("show")[1]
    assert [text.count(f"Kind {kind}:") for kind in range(1, 6)] == [1] * 5
    assert text.count("second 0:") == 2


def test_rounds_and_repeats_are_told_second_by_second(world):
    data = named("x", ladders=[{"rungs": [RUNG | {"times": 2}, DESK_RUNG], "rounds": 2}])
    text = world.run("check", world.file(data), "--kind", "1")[1]
    assert [f"second {at}:" in text for at in (0, 31, 62, 93, 124)] == [True] * 5


def test_units_of_a_place_are_named_and_missing_ones_too(world):
    text = world.run("show", "--kind", "2", "--at", "17.40,104.71")[1]
    assert "second 0: Mueang (1.1 km) by LINE, SMS, wait 31 s" in text
    assert "วินาทีที่ 31: สภ.เมือง (1.1 กม.), สภ.ไกล (20.2 กม.) ทาง LINE, SMS" in text
    assert "second 62: 191 Nakhon Phanom (11.2 km)" in text
    assert "not found, so passed over: the province's social development office" in text


@pytest.mark.parametrize("place", ["17.4", "x,y", "17.4,204", "1,2,3"])
def test_what_is_no_place_is_refused(world, place):
    with pytest.raises(SystemExit):
        world.run("show", "--at", place)


def test_loading_undoing_and_history(world):
    assert "No policy was loaded" in world.run("history")[1]
    world.load("a")
    world.load("b")
    assert world.in_force().startswith("In force: b (version 2)")
    assert "nothing was changed" in world.run("load", world.file(named("b")))[1]
    code, text = world.run("undo")
    assert (code, text[:41]) == (0, "In force: a, version 1 again (now version")
    assert world.in_force().startswith("In force: a (version 3)")
    history = world.run("history")[1].splitlines()
    assert [line[:11] for line in history[:3]] == ["* version 3", "  version 2", "  version 1"]
    assert world.run("undo", "--to", "3")[1].startswith("That is in force already")
    assert world.run("undo", "--to", "0")[0] == 0
    assert world.in_force().startswith("In force: default (built in)")
    assert world.run("undo") == (
        1,
        "ess: the built-in policy is in force: there is none before it\n",
    )


def test_going_back_to_what_is_no_policy_any_more_is_told(world):
    world.store.put(SETTING, {"policy": {"name": "old"}}, 0, 0.0)
    world.load("b")
    code, text = world.run("undo")
    assert code == 1
    assert "wrong: ladders: missing" in text
    assert world.in_force().startswith("In force: b")


def test_showing_tells_that_the_loaded_policy_cannot_be_read(world):
    world.store.put(SETTING, {"policy": {"name": "old"}}, 0, 0.0)
    text = world.run("show")[1]
    assert "note: the loaded policy cannot be read: ladders: missing" in text
    assert "In force: default (built in)" in text


def test_a_policy_that_leaves_the_social_office_out_is_told(world):
    text = world.run("check", world.file(named("x")))[1]
    assert text.count("the social development office is not told of kind") == 5
    assert "not told" not in world.run("show")[1]


def test_without_a_stack_the_templates_times_are_assumed_and_that_is_told(world, monkeypatch):
    monkeypatch.setattr(bootstrap, "settings", lambda: Settings({}))
    text = world.run("check", world.file(builtin.text()))[1]
    assert "no stack is named: acknowledge 60 s, desk 60 s" in text
    assert "second 180: the ESS coordination desk" in text


def test_every_word_is_there_in_both_languages():
    assert all(len(pair) == len(words.LANGUAGES) and all(pair) for pair in words._words().values())


def test_the_example_of_the_manual_is_a_good_policy(world):
    manual = (Path(__file__).parents[2] / "docs" / "policies.md").read_text("utf-8")
    (example,) = re.findall(r"```json\n(.*?)```", manual, re.DOTALL)
    code, text = world.run("check", world.file(example))
    assert code == 0
    assert "a good policy, two patrols" in text
    assert "second 240: the ESS coordination desk" in text  # kinds 1 and 4: 2 x (30 + 30 + 60)


def test_the_manual_names_every_role_and_field():
    manual = (Path(__file__).parents[2] / "docs" / "policies.md").read_text("utf-8")
    known = policy_rows._POLICY | policy_rows._LADDER | policy_rows._RUNG | policy_rows._NOTICE
    assert not [word for word in (*known, *Role, *Channel, *When) if f"`{word}`" not in manual]

"""Rich menus: what is drawn where, what LINE allows, and an upload that may stop anywhere."""

import json
from dataclasses import replace
from itertools import combinations

import pytest

from ess import bootstrap
from ess.adapters.line.events import read_event
from ess.adapters.line.menus import SETTING as READ_SETTING
from ess.adapters.memory.menu_shelf import MemoryMenuShelf
from ess.adapters.memory.responders import MemoryResponders
from ess.adapters.memory.settings import MemorySettings
from ess.domain import conversation as talk
from ess.domain.errors import TemporaryFailure
from ess.domain.responder import Responder
from ess.settings import Settings
from local.simulator import validate
from operate.cli import build_parser, main
from operate.rich_menus import definition, draw
from operate.rich_menus.definition import OFFICER, REPORTER
from operate.rich_menus.page import page_of
from operate.rich_menus.upload import SETTING, Uploader

MENUS = definition.load()
AREAS = [pytest.param(m, a, id=f"{k}-{a.name}") for k, m in MENUS.items() for a in m.areas]

# --- what is where -----------------------------------------------------------------------------


@pytest.mark.parametrize("menu", MENUS.values(), ids=MENUS)
def test_the_areas_tile_the_picture(menu):
    for area in menu.areas:
        assert 0 <= area.x < area.x + area.width <= menu.width
        assert 0 <= area.y < area.y + area.height <= menu.height
    for one, other in combinations(menu.areas, 2):
        apart_x = one.x + one.width <= other.x or other.x + other.width <= one.x
        apart_y = one.y + one.height <= other.y or other.y + other.height <= one.y
        assert apart_x or apart_y, (one.name, other.name)
    # Inside, apart and together as large as the picture: no gap is left.
    assert sum(a.width * a.height for a in menu.areas) == menu.width * menu.height
    assert len({a.name for a in menu.areas}) == len(menu.areas)


@pytest.mark.parametrize(("menu", "area"), AREAS)
def test_a_thumb_finds_every_button(menu, area):
    assert min(area.width, area.height) / menu.pixels_per_mm >= 10


@pytest.mark.parametrize("menu", MENUS.values(), ids=MENUS)
def test_line_takes_the_menu(menu):
    body = definition.line_body(menu, definition.name_of(menu, "prod", page_of(menu)))
    assert validate.rich_menu(body) == []
    assert (menu.width, menu.height) in {(2500, 1686), (2500, 843)}


@pytest.mark.parametrize(("menu", "area"), AREAS)
def test_every_button_has_a_name_for_those_who_cannot_see_it(menu, area):
    assert 0 < len(area.action["label"]) <= 20


@pytest.mark.parametrize(
    ("menu", "area"), [p for p in AREAS if p.values[1].action["type"] == "postback"]
)
def test_every_tap_is_understood(menu, area):
    event = read_event(
        {
            "type": "postback",
            "mode": "active",
            "webhookEventId": "01",
            "source": {"type": "user", "userId": "U" + "1" * 32},
            "postback": {"data": area.action["data"]},
        }
    )
    assert not isinstance(event.given, talk.ButtonUnknown)


def test_both_menus_call_191_and_report():
    for menu in MENUS.values():
        uris = [a.action.get("uri") for a in menu.areas]
        data = [a.action.get("data") for a in menu.areas]
        assert uris.count("tel:191") == 1
        assert data.count("a=report") == 1


# --- what is seen ------------------------------------------------------------------------------


def luminance(colour: str) -> float:
    """Relative luminance by WCAG 2."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("menu", "area"), AREAS)
def test_letters_stand_out_and_are_large(menu, area):
    assert contrast(area.look.paper, area.look.ink) >= 4.5
    assert area.mm >= definition.LEAST_MM >= 4


@pytest.mark.parametrize("menu", MENUS.values(), ids=MENUS)
def test_no_meaning_is_in_a_colour_alone(menu):
    icons = (definition.FOLDER / "icons.svg").read_text(encoding="utf-8")
    for area in menu.areas:
        assert area.text
        assert f'id="{area.icon}"' in icons
    assert len({a.icon for a in menu.areas}) == len(menu.areas)
    assert len({a.text for a in menu.areas}) == len(menu.areas)


@pytest.mark.parametrize("menu", MENUS.values(), ids=MENUS)
def test_the_page_fetches_nothing(menu):
    page = page_of(menu).replace("http://www.w3.org/2000/svg", "")
    assert not [word for word in ("http:", "https:", "//fonts", "@import", "url(") if word in page]


def test_without_chromium_it_says_what_to_install(monkeypatch, tmp_path):
    for value in ("", str(tmp_path / "none")):
        monkeypatch.setenv("CHROMIUM", value)
        monkeypatch.setenv("PATH", "")
        with pytest.raises(draw.CannotDraw, match="apt-get install chromium fonts-thai-tlwg"):
            draw.draw(MENUS.values(), tmp_path / "out")


def test_pictures_that_are_there_need_no_chromium(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("CHROMIUM", raising=False)
    for menu in MENUS.values():
        draw.picture_of(menu, tmp_path).write_bytes(b"drawn elsewhere")
    assert len(draw.draw(MENUS.values(), tmp_path)) == 2


# --- names -------------------------------------------------------------------------------------


def test_a_menu_is_another_when_its_actions_or_its_drawing_change():
    menu = MENUS[REPORTER]
    moved = replace(menu, areas=(replace(menu.areas[0], action={"type": "none"}), *menu.areas[1:]))
    names = {
        definition.name_of(menu, "dev", "drawing"),
        definition.name_of(menu, "prod", "drawing"),
        definition.name_of(menu, "dev", "another"),
        definition.name_of(moved, "dev", "drawing"),
        definition.name_of(replace(menu, chat_bar="x"), "dev", "drawing"),
    }
    assert len(names) == 5
    assert definition.name_of(menu, "dev", "drawing") in names


# --- upload ------------------------------------------------------------------------------------


def person(number: int, **more: object) -> Responder:
    given = {"line_user_id": f"U{number:032x}", "verified": True} | more
    return Responder(f"r{number}", "unit", "ก", "a", **given)


PEOPLE = [person(1), person(2), person(3, verified=False), person(4, line_user_id=None)]
BOTH = {PEOPLE[0].line_user_id, PEOPLE[1].line_user_id}


class Line:
    """A channel, a table of settings and officers, outliving the uploads that fail."""

    def __init__(self, stage: str = "dev") -> None:
        self.shelf, self.store = MemoryMenuShelf(), MemorySettings()
        self.uploader = Uploader(
            self.shelf, self.store, MemoryResponders(PEOPLE), stage, lambda: 5.0
        )
        self.drawn: list[str] = []

    def upload(self, version: str = "1"):
        def picture(menu):
            self.drawn.append(menu.key)
            return menu.key.encode()

        return self.uploader.upload(MENUS, lambda menu: f"{menu.key} {version}", picture)

    def check(self, version: str = "1") -> None:
        """Everything is in place and nothing else is there."""
        names = {
            k: definition.name_of(m, self.uploader.stage, f"{k} {version}")
            for k, m in MENUS.items()
        }
        ids = {name: menu_id for menu_id, name in self.shelf.names().items()}
        ours = {n for n in ids if n.startswith(f"ess-{self.uploader.stage}-")}
        assert ours == set(names.values())
        assert self.shelf.everybodys == ids[names[REPORTER]]
        assert self.shelf.seen == dict.fromkeys(BOTH, ids[names[OFFICER]])
        assert self.shelf.pictures[ids[names[OFFICER]]] == b"officer"
        stored = self.store.get(SETTING).value
        assert stored["officer"]["id"] == ids[names[OFFICER]]
        assert stored["complete"] is True


def test_the_first_upload_gives_everybody_their_menu():
    line = Line()
    done = line.upload()
    assert (len(done.added), done.removed, done.linked, done.default_set) == (2, (), 2, True)
    line.check()


def test_the_second_upload_does_nothing_and_draws_nothing():
    line = Line()
    line.upload()
    line.drawn.clear()
    before = dict(line.shelf.calls)
    assert line.upload().nothing
    assert line.drawn == []
    reads = {"names": before["names"] + 1, "default": before["default"] + 1}
    assert dict(line.shelf.calls) == before | reads
    assert line.store.get(SETTING).version == 2


def test_a_changed_drawing_replaces_the_old_menus():
    line = Line()
    line.upload()
    done = line.upload("2")
    assert (len(done.added), len(done.removed), done.linked) == (2, 2, 2)
    line.check("2")


def test_menus_of_other_stages_and_other_hands_are_left_alone():
    line = Line()
    for name in ("ess-prod-officer-1", "summer campaign", "ess-dev2-officer-1"):
        line.shelf.add({"name": name}, b"")
    line.upload()
    line.upload("2")
    line.check("2")
    assert len(line.shelf.menus) == 5


@pytest.mark.parametrize("method", ["names", "add", "default", "set_default", "show", "remove"])
@pytest.mark.parametrize("passing", [0, 1])
def test_stopped_anywhere_it_finishes_the_next_time(method, passing):
    line = Line()
    line.upload()
    line.shelf.plan(method, *[None] * passing, TemporaryFailure("LINE: gone"))
    try:
        line.upload("2")
    except TemporaryFailure:
        # Nobody is left without a menu, whatever was done.
        assert line.shelf.everybodys in line.shelf.pictures
        assert set(line.shelf.seen) == BOTH
        line.upload("2")
    line.shelf._plan.clear()
    line.check("2")


@pytest.mark.parametrize("call", [1, 2])
def test_the_settings_may_fail_too(call):
    line = Line()
    line.upload()
    line.store.plan("put", *[None] * (call - 1), TemporaryFailure("DynamoDB"))
    with pytest.raises(TemporaryFailure):
        line.upload("2")
    line.upload("2")
    line.check("2")


def test_a_first_upload_that_could_not_link_is_completed():
    line = Line()
    line.shelf.plan("show", TemporaryFailure("LINE: gone"))
    with pytest.raises(TemporaryFailure):
        line.upload()
    assert line.upload().linked == 2
    line.check()


def test_a_menu_deleted_by_hand_is_uploaded_again():
    line = Line()
    line.upload()
    line.shelf.remove(line.store.get(SETTING).value["officer"]["id"])
    assert len(line.upload().added) == 1
    line.check()


def test_another_default_is_set_right_again():
    line = Line()
    line.upload()
    line.shelf.set_default(line.shelf.add({"name": "by hand"}, b""))
    done = line.upload()
    assert (done.default_set, done.added, done.linked) == (True, (), 0)
    line.check()


def test_officers_can_be_linked_again():
    line = Line()
    assert line.uploader.link() is None
    line.upload()
    line.shelf.seen.clear()
    assert line.uploader.link() == 2
    line.check()


def test_the_webhook_reads_what_the_upload_remembers():
    assert READ_SETTING == SETTING


# --- the command -------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["draw", "upload", "link", "show"])
def test_the_verbs_exist(verb):
    assert build_parser().parse_args(["menus", verb]).run


@pytest.fixture
def run(monkeypatch, tmp_path, capsys):
    """Run `ess menus ...` on a channel in memory; returns the exit code and what was printed."""
    line = Line()
    monkeypatch.setattr(bootstrap, "menu_shelf", lambda: line.shelf)
    monkeypatch.setattr(bootstrap, "settings_store", lambda: line.store)
    monkeypatch.setattr(bootstrap, "responders", lambda: MemoryResponders(PEOPLE))
    monkeypatch.setattr(bootstrap, "settings", lambda: Settings({"ESS_STAGE": "dev"}))
    monkeypatch.setenv("PATH", "")
    for menu in MENUS.values():
        draw.picture_of(menu, tmp_path).write_bytes(b"drawn elsewhere")

    def command(verb: str) -> tuple[int, str]:
        more = ["--pictures", str(tmp_path)] if verb == "upload" else []
        code = main(["menus", verb, *more])
        return code, capsys.readouterr().out

    return command


def test_the_commands_tell_what_they_did_and_what_is_there(run):
    code, said = run("show")
    assert (code, said.count("missing"), "Run 'ess menus upload'" in said) == (1, 2, True)
    assert run("link")[0] == 1
    code, said = run("upload")
    assert (code, said.count("added"), "given to 2 responders" in said) == (0, 2, True)
    assert run("upload") == (0, "Nothing to do: the menus on LINE are these already.\n")
    assert run("link") == (0, "The officers' menu was given to 2 responders.\n")
    code, said = run("show")
    assert (code, said.count("current"), said.count("everybody's")) == (0, 2, 1)
    assert "U0000" not in said


def test_every_look_is_used_and_is_another():
    looks = json.loads((definition.FOLDER / "looks.json").read_text(encoding="utf-8"))
    used = {a.look for m in MENUS.values() for a in m.areas}
    assert {definition.Look(**look) for look in looks.values()} == used
    assert len(used) == len(looks)

"""The manuals: every button they name is one that people are shown, and nothing else is quoted."""

import re

import pytest

from ess.messages import catalogue
from operate.rich_menus import definition
from tools.manuals.page import label, manuals, names_in, page_of, pictures_of, texts_of

FORMS, ACTIONS = catalogue.load("forms"), catalogue.load("actions")
PIXEL = b"\x89PNG"


def shown_to(officers):
    """Names of all buttons on the cards, and areas of the menu, of officers or of reporters."""
    forms = [form for name, form in FORMS.items() if name.startswith("officer.") == officers]
    names = {name for form in forms for name in (*form.get("buttons", ()), *form.get("quick", ()))}
    keys = {f"action.{ACTIONS[name].get('label', name)}" for name in names}
    keys |= {key for form in forms for key in form.get("choices", {})}
    menu = definition.load()["officer" if officers else "reporter"]
    return keys | {f"menu.{area.name}" for area in menu.areas}


@pytest.mark.parametrize("name", ["reporter", "officer"])
def test_every_button_that_is_named_is_shown_to_who_reads_it(name):
    named = names_in(manuals()[name])
    assert named
    on_screen = shown_to(officers=name == "officer") | {"command.join"}
    assert [one for one in named if one not in on_screen] == []


@pytest.mark.parametrize("name", ["reporter", "officer"])
def test_what_is_quoted_is_always_a_button(name):
    quoted = [q for text in texts_of(manuals()[name]) for q in re.findall(r"“([^”]*)”", text)]
    assert quoted
    assert [one for one in quoted if not re.fullmatch(r"\{[a-z_0-9.]+\}", one)] == []


@pytest.mark.parametrize("name", ["reporter", "officer"])
def test_the_page_shows_the_words_of_the_catalogue_and_191_first(name):
    manual = manuals()[name]
    html = page_of(manual, dict.fromkeys(pictures_of(manual), PIXEL))
    body = html.partition("<main>")[2]
    assert "<b>191</b>" in body.partition("<h1>")[0]
    for one in names_in(manual):
        assert f"“{label(one)}”" in body
    assert "{" not in re.sub(r"base64,[^\"]*", "", body)
    assert body.count("<img ") == len(pictures_of(manual))


def test_a_number_that_is_filled_in_is_no_part_of_a_label():
    assert label("action.call_reporter") == "โทรหาผู้แจ้ง"


def test_a_button_that_is_gone_breaks_the_manual():
    manual = manuals()["reporter"] | {"lead": "กด “{action.no_such_button}”"}
    with pytest.raises(KeyError):
        page_of(manual, dict.fromkeys(pictures_of(manual), PIXEL))

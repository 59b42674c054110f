"""What an officer must see on a small screen: not to call, in one language, few buttons."""

import json

import pytest

from ess.adapters.line.render import OFFICERS, render
from ess.domain.conversation import Prompt
from ess.domain.incoming import ResponderTap
from ess.messages import catalogue
from tests.cases import for_each
from tests.contract.test_messages import FORMS, PARAMS, meanings, texts

CARDS = [name for name in FORMS if name.startswith(OFFICERS) and FORMS[name]["form"] == "card"]
WARNED = [name for name in CARDS if "silent" in FORMS[name].get("warnings", ())]
ABOUT_NO_REPORT = ("officer.join.", "officer.leave.")
MOST_BUTTONS = 5
LANGUAGES = (None, "th", "en")
ANSWERS = ("hurt.yes", "weapon.no", "still_there.unknown")  # of PARAMS


def card(name, language, **changes):
    (message,) = render([Prompt(name, PARAMS | changes)], language)
    return message


@for_each(name=WARNED, language=LANGUAGES)
def test_that_nobody_may_call_is_the_first_line_below_the_title_and_in_the_preview(name, language):
    main = language or "th"
    message = card(name, language, can_talk=False)
    box = message["contents"]["body"]["contents"][0]
    assert [*texts(box)] == [catalogue.text("officer.offer_silent", main)]
    (line,) = box["contents"]
    assert (line["weight"], line["color"], box["backgroundColor"]) == ("bold", "#FFFFFF", "#8C1D18")
    before, _, after = catalogue.load(main)["alt.silent"].partition("{alt}")
    assert (bool(before), after) == (True, "")
    assert message["altText"] == before + card(name, language)["altText"]
    drill = card(name, language, can_talk=False, drill=True)["altText"]
    assert drill == catalogue.load(main)["drill.label"] + message["altText"]


@for_each(name=WARNED, language=LANGUAGES)
def test_nothing_of_it_where_the_reporter_can_talk(name, language):
    for can_talk in (True, None):
        written = json.dumps(card(name, language, can_talk=can_talk), ensure_ascii=False)
        assert catalogue.text("officer.offer_silent", language or "th") not in written
        assert catalogue.load(language or "th")["alt.silent"].partition("{")[0] not in written


def test_every_card_about_a_report_on_which_one_acts_says_it():
    # The new number comes only where a call is welcome; a held back text is not sent at all.
    without = {"officer.phone_added", "officer.relay.urgent"}
    about = {name for name in CARDS if not name.startswith(ABOUT_NO_REPORT)}
    assert about - without == set(WARNED)


@for_each(
    language=(None, "xx", *catalogue.LANGUAGES),
    name=[name for name in FORMS if name.startswith(OFFICERS)],
)
def test_an_officer_reads_one_language(name, language):
    (one,) = render([Prompt(name, PARAMS)], language)
    (same,) = render([Prompt(name, PARAMS)], "en" if language == "en" else "th")
    assert one == same


def test_a_reporter_who_has_chosen_nothing_still_reads_both():
    written = json.dumps(render([Prompt("ask_pin", PARAMS)], None), ensure_ascii=False)
    for language in ("th", "en"):
        assert catalogue.text("ask_pin.title", language) in written


@for_each(name=CARDS, can_talk=(True, False), at_desk=(True, False))
def test_a_card_has_few_buttons(name, can_talk, at_desk):
    footer = card(name, None, can_talk=can_talk, at_desk=at_desk)["contents"].get("footer", {})
    assert len(footer.get("contents", ())) <= MOST_BUTTONS


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_nobody_may_call_stands_above_the_buttons_too_since_a_chat_opens_at_its_end(language):
    said = catalogue.text("action.do_not_call", language)
    silent = card("officer.accepted", language, can_talk=False)["contents"]["footer"]["contents"]
    assert [*texts(silent[0])] == [said]
    assert "action" not in silent[0]
    assert all("action" in button for button in silent[1:])
    loud = card("officer.accepted", language)["contents"]["footer"]
    assert said not in [*texts(loud)]


def test_what_the_accepted_card_has_no_room_for_is_behind_one_button():
    acts = {given.act for given in meanings(card("officer.accepted", None)) if _is_tap(given)}
    assert {"on_the_way", "help", "more"} <= acts
    more = {given.act for given in meanings(card("officer.more", None)) if _is_tap(given)}
    assert more == {"on_scene", "talk", "assign", "close", "hand_over"}
    asked = {given.act for given in meanings(card("officer.more", None, at_desk=False))}
    assert asked == more - {"assign"}


def _is_tap(given):
    return isinstance(given, ResponderTap)


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_what_the_reporter_answered_is_one_line_that_says_what_is_not_known(language):
    said = catalogue.load(language)
    line = " · ".join(said[f"said.{answer}"] for answer in ANSWERS)
    assert line in [*texts(card("officer.offer", language))]
    alone = [*texts(card("officer.offer", language, hurt=None, still_there=None))]
    assert said["said.weapon.no"] in alone
    nothing = [*texts(card("officer.offer", language, hurt=None, still_there=None, weapon=None))]
    assert said["fact.said"] not in nothing


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_a_unit_stands_with_its_distance_and_without_one_alone(language):
    names = {"unit_th": "สภ.เมือง", "unit_en": "Mueang"}
    name = names[f"unit_{language}"]
    away = catalogue.distance(PARAMS["distance_m"], language)
    assert f"{name} · {away}" in [*texts(card("officer.offer", language, **names))]
    assert name in [*texts(card("officer.offer", language, **names, distance_m=None))]


def test_that_calls_are_forbidden_later_comes_first_in_its_text():
    for language in catalogue.LANGUAGES:
        first = catalogue.load(language)["alt.silent"].partition(" ·")[0]
        assert catalogue.load(language)["officer.no_call"].startswith(first)

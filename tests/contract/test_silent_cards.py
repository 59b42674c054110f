"""What somebody who cannot talk is given to tap: nothing that needs a voice alone."""

import json

import pytest

from ess.adapters.line.render import OFFICERS, render
from ess.domain.conversation import (
    QUESTIONS,
    CancelAsked,
    ClearAsked,
    DetailsAsked,
    Prompt,
    StatusAsked,
)
from ess.messages import catalogue
from tests.contract.test_messages import FORMS, PARAMS, meanings, parts, rendered

OF_OPEN_REPORTS = ("status.", "received_silent", "reopened", "nobody_came_passed", "draft_sent")
ENDED = ("status.closed", "status.cancelled")
NEEDS_A_NUMBER = {"status.opened"}  # shown only to who has not said whether they can talk


def buttons(name, language):
    (message,) = render([Prompt(name, PARAMS | {"can_talk": False})], language)
    footer = message["contents"].get("footer", {"contents": []})
    return [part for key, part in parts(footer) if key == "action"]


@pytest.mark.parametrize("language", [None, *catalogue.LANGUAGES])
def test_who_cannot_talk_gets_buttons_that_make_no_sound_and_191_in_words(language):
    (message,) = render([Prompt("received_silent", PARAMS | {"can_talk": False})], language)
    assert "tel:" not in json.dumps(message)
    assert {StatusAsked(), DetailsAsked(), ClearAsked(), CancelAsked()} <= {*meanings(message)}
    # The question comes below it, with the same to tap: a footer would push "we have it" away.
    assert "footer" not in message["contents"]
    for question in QUESTIONS:
        asked = {*meanings(rendered(f"question.{question}", language)[0])}
        assert {StatusAsked(), DetailsAsked(), ClearAsked(), CancelAsked()} <= asked
    for one in catalogue.languages_for(language):
        body = catalogue.text("received_silent.body", one)
        assert "191" in body
        assert "SMS" not in body  # nobody has told us that 191 reads any


@pytest.mark.parametrize("name", [n for n in FORMS if n.startswith(OF_OPEN_REPORTS)])
def test_to_call_is_never_the_only_button_of_who_cannot_talk(name):
    if name in NEEDS_A_NUMBER or name.startswith(ENDED):
        return
    uris = [action.get("uri", "") for action in buttons(name, "th")]
    assert uris != ["tel:191"]
    assert not any(uri.startswith("tel:+") for uri in uris)


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_what_a_text_says_to_tap_is_on_its_card(language):
    """A quoted label that no button carries sends somebody who is afraid looking for it."""
    texts = catalogue.load(language)
    labels = {text for key, text in texts.items() if key.startswith("action.")}
    quoted = set()
    for name, form in FORMS.items():
        body = texts.get(f"{name}.body", "")
        if name.startswith(OFFICERS) or form["form"] != "card":
            continue
        (message,) = render([Prompt(name, PARAMS)], language)
        shown = {part["label"] for key, part in parts(message) if key == "action"}
        for label in labels:
            if f"“{label}”" in body:
                quoted.add(label)
                assert label in shown, (name, label)
    assert quoted

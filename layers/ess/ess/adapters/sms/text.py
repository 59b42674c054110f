"""The words of an SMS: a link is never cut, and every part is paid for."""

from functools import partial

from ess.adapters.sms.parts import count_parts, shorten
from ess.domain.conversation import Params, Prompt
from ess.messages import catalogue

MAX_PARTS = 3
"""Parts of an SMS at most: AWS's own address of the page, which needs no domain, takes two."""

LANGUAGE = "th"
"""Officers read Thai; one language, since a second would double the price."""

_LEAST_OF_A_NAME = 6
"""Letters; what is left of a shorter name says nothing."""


def compose(prompt: Prompt, most: int = MAX_PARTS) -> str:
    """Return a prompt's text in the fewest parts that hold all but the unit's name.

    Of the name there is as much as those parts have room for. A link (``link`` among the
    parameters) stands at the end, where no phone takes the next word for a part of it.

    Args:
        prompt: name and parameters; the text without its link must make sense.
        most: parts that it may take; text gives way, the link does not.
    """
    name = str(prompt.params.get(f"unit_{LANGUAGE}") or "")
    tail = _tail(prompt.params)
    say = partial(_text, prompt, tail)
    parts = min(count_parts(say("")), most)
    for length in range(len(name), -1, -1):
        text = say(_begin(name, length))
        if count_parts(text) <= parts:
            return text
    return _cut(_text(prompt, "", ""), tail, most)


def _tail(params: Params) -> str:
    if not params.get("link"):
        return ""
    return " " + catalogue.text("sms.link", LANGUAGE, {"link": params["link"]})


def _text(prompt: Prompt, tail: str, name: str) -> str:
    given = prompt.params | {"unit": name, f"unit_{LANGUAGE}": name}
    words = catalogue.text(prompt.name, LANGUAGE, given)
    if prompt.params.get("drill"):
        words = f"{catalogue.text('sms.drill', LANGUAGE)} {words}"
    return words.replace("  ", " ").strip() + tail


def _begin(name: str, length: int) -> str:
    if length == len(name):
        return name
    return f"{name[:length].rstrip()}…" if length >= _LEAST_OF_A_NAME else ""


def _cut(text: str, tail: str, most: int) -> str:
    while text and count_parts(text + tail) > most:
        text = text[:-1]
    return text + tail if tail else shorten(text, most)

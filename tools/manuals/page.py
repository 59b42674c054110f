"""A manual as one page of HTML: its texts, the labels of the buttons in them, its pictures."""

import base64
import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, Final

from ess.messages import catalogue
from operate.rich_menus import definition

Json = dict[str, Any]

_HERE: Final = Path(__file__).parent
_NAMED: Final = re.compile(r"\{([a-z_0-9.]+)\}")
_LANGUAGE: Final = "th"


@cache
def manuals() -> dict[str, Json]:
    """Return the manuals by their names, as they are written."""
    read: dict[str, Json] = json.loads((_HERE / "manuals.json").read_text("utf-8"))
    return read


def label(name: str) -> str:
    """Return what people read on a button, or type: ``action.report``, ``menu.drill``...

    Raises:
        KeyError: there is no such button or command.
    """
    source, _, key = name.partition(".")
    if source == "menu":
        areas = [area for menu in definition.load().values() for area in menu.areas]
        return str({area.name: area.action["label"] for area in areas}[key])
    if source == "command":
        return str(catalogue.load("commands")[key][0])
    # A number that is filled in stands last: "โทรหาผู้แจ้ง 089-...".
    return catalogue.load(_LANGUAGE)[name].partition("{")[0].strip()


def names_in(manual: Json) -> list[str]:
    """Return the names of all buttons and commands that a manual speaks of."""
    return [name for text in texts_of(manual) for name in _NAMED.findall(text)]


def texts_of(manual: Json) -> Iterator[str]:
    """Yield every text of a manual, as it is written."""
    yield manual["title"]
    yield manual["lead"]
    for step in manual["steps"]:
        yield step["text"]
    for note in manual["notes"]:
        yield note["head"]
        yield from note["lines"]


def pictures_of(manual: Json) -> list[str]:
    """Return the names of a manual's pictures, in their order."""
    return [one["picture"] for one in (*manual["steps"], *manual["notes"]) if "picture" in one]


def page_of(manual: Json, pictures: Mapping[str, bytes]) -> str:
    """Return a manual as HTML that needs no other file.

    Args:
        manual: one of `manuals()`.
        pictures: PNGs by their names.

    Raises:
        KeyError: a picture is missing, or a button that is named does not exist.
    """
    steps = "".join(
        f'<li><p><b class="number">{number}</b>{_filled(step["text"])}</p>'
        f"{_picture(pictures[step['picture']], step['text'])}</li>"
        for number, step in enumerate(manual["steps"], start=1)
    )
    notes = "".join(_note(note, pictures) for note in manual["notes"])
    css = (_HERE / "manual.css").read_text("utf-8")
    return (
        f'<!doctype html><html lang="{_LANGUAGE}"><head><meta charset="utf-8">'
        f"<title>{escape(manual['title'])}</title><style>{css}</style></head><body><main>"
        '<header class="call"><span>อันตรายเฉพาะหน้า โทรทันที</span> <b>191</b></header>'
        f"<h1>{escape(manual['title'])}</h1>"
        f'<p class="lead">{_filled(manual["lead"])}</p>'
        f'<ol class="steps">{steps}</ol><div class="notes">{notes}</div>'
        "<footer>ESS Help Me · ปักหมุด หยุดเหตุ</footer></main></body></html>"
    )


def _note(note: Json, pictures: Mapping[str, bytes]) -> str:
    lines = "".join(f"<li>{_filled(line)}</li>" for line in note["lines"])
    said = f"<h2>{escape(note['head'])}</h2><ul>{lines}</ul>"
    if "picture" not in note:
        return f"<section>{said}</section>"
    shown = _picture(pictures[note["picture"]], note["head"])
    return f'<section class="pictured">{shown}{said}</section>'


def _filled(text: str) -> str:
    """Return a text as HTML, with the words that stand on the buttons."""
    said = re.sub(r"“([^”]*)”", r"<b>“\1”</b>", escape(text))
    return _NAMED.sub(lambda found: escape(label(found[1])), said)


def _picture(content: bytes, about: str) -> str:
    data = base64.b64encode(content).decode()
    words = _NAMED.sub(lambda found: label(found[1]), about)
    return f'<img alt="{escape(words)}" src="data:image/png;base64,{data}">'

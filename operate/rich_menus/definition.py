"""The rich menus as data: what is where, what it says, what a tap does."""

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent

OFFICER, REPORTER = "officer", "reporter"

LEAST_MM = 4.0
"""Height of a label's letters on a phone: readable at arm's length."""

LEAST_UNDER_MM = 2.2
"""The same of the smaller line below, which only adds to the label."""

SHOWN_MM = 65.0
"""Width of the menu on a usual phone."""


@dataclass(frozen=True, slots=True)
class Look:
    """Colours of a button: ``#rrggbb`` of its paper, its ink and its edge."""

    paper: str
    ink: str
    edge: str


@dataclass(frozen=True, slots=True)
class Area:
    """One button.

    Attributes:
        name: unique in its menu.
        x, y, width, height: in pixels of the picture.
        look: its colours.
        icon: id of a symbol in icons.svg.
        place: where the icon is, ``above`` or ``beside`` the words.
        text: the label.
        mm: height of the label's letters in millimetres on a phone.
        under: the smaller line below the label.
        action: LINE's action object.
    """

    name: str
    x: int
    y: int
    width: int
    height: int
    look: Look
    icon: str
    place: str
    text: str
    mm: float
    under: str
    action: dict[str, str]


@dataclass(frozen=True, slots=True)
class Menu:
    """A rich menu: `key` tells whose, the rest as LINE names it; sizes in pixels."""

    key: str
    chat_bar: str
    selected: bool
    width: int
    height: int
    areas: tuple[Area, ...]

    @property
    def pixels_per_mm(self) -> float:
        """Pixels of the picture that a phone shows in one millimetre."""
        return self.width / SHOWN_MM


@cache
def load() -> dict[str, Menu]:
    """Return the menus of menus.json by their key."""
    return {key: _menu(key, given) for key, given in _json("menus.json").items()}


def prefix_of(stage: str) -> str:
    """Return how the names of all menus of a stage begin: two stages may share a channel."""
    return f"ess-{stage}-"


def name_of(menu: Menu, stage: str, drawing: str) -> str:
    """Return the name under which LINE keeps `menu`; another drawing or action is another name.

    Args:
        menu: what is uploaded.
        stage: of the stack.
        drawing: the page that the picture is taken of.
    """
    return f"{prefix_of(stage)}{menu.key}-{digest_of(menu, drawing)}"


def digest_of(menu: Menu, drawing: str) -> str:
    """Return 12 characters that change with the menu's actions or its drawing."""
    content = json.dumps(line_body(menu, ""), ensure_ascii=False, sort_keys=True) + drawing
    return hashlib.sha256(content.encode()).hexdigest()[:12]


def line_body(menu: Menu, name: str) -> dict[str, Any]:
    """Return `menu` as LINE's API takes it."""
    return {
        "size": {"width": menu.width, "height": menu.height},
        "selected": menu.selected,
        "name": name,
        "chatBarText": menu.chat_bar,
        "areas": [
            {
                "bounds": {"x": a.x, "y": a.y, "width": a.width, "height": a.height},
                "action": a.action,
            }
            for a in menu.areas
        ],
    }


def _menu(key: str, given: dict[str, Any]) -> Menu:
    return Menu(
        key,
        given["chat_bar"],
        given["selected"],
        given["width"],
        given["height"],
        tuple(_area(area) for area in given["areas"]),
    )


def _area(given: dict[str, Any]) -> Area:
    x, y, width, height = given["at"]
    return Area(
        given["name"],
        x,
        y,
        width,
        height,
        look=Look(**_json("looks.json")[given["look"]]),
        icon=given["icon"],
        place=given["place"],
        text=given["text"]["words"],
        mm=given["text"].get("mm", LEAST_MM),
        under=given["under"],
        action=given["action"],
    )


@cache
def _json(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return content

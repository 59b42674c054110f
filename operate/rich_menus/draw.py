"""Pictures of the rich menus, taken by Chromium: Thai needs a shaper."""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from ess.domain.errors import EssError
from operate.rich_menus.definition import Menu, digest_of
from operate.rich_menus.page import FIT, page_of

MOST_BYTES = 1024 * 1024
"""LINE: "Max file size: 1 MB"."""

# Chromium may try to reach its maker: drawing needs no network.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]


class CannotDraw(EssError):
    """The pictures cannot be drawn on this machine; the message says what it lacks."""


def picture_of(menu: Menu, folder: Path) -> Path:
    """Return where in `folder` the picture of `menu` is, or will be."""
    return folder / f"{menu.key}-{digest_of(menu, page_of(menu))}.png"


def draw(menus: Iterable[Menu], folder: Path) -> list[Path]:
    """Draw those of `menus` that `folder` does not have yet, and return all their pictures.

    Raises:
        CannotDraw: there is no Chromium or no Thai font, or a label does not fit.
    """
    menus = list(menus)
    missing = [menu for menu in menus if not picture_of(menu, folder).exists()]
    if missing:
        folder.mkdir(parents=True, exist_ok=True)
        _draw(missing, folder)
    return [picture_of(menu, folder) for menu in menus]


def find_chromium() -> str:
    """Return the path of Chromium.

    Raises:
        CannotDraw: there is none.
    """
    named = os.environ.get("CHROMIUM", "")
    found = shutil.which(named) if named else shutil.which("chromium")
    if not found:
        raise CannotDraw(
            (f"CHROMIUM={named} is no program. " if named else "There is no Chromium. ")
            + "On Debian: apt-get install chromium fonts-thai-tlwg; elsewhere set CHROMIUM to the "
            "path of the program. Or draw the pictures on another machine (ess menus draw --out "
            "DIR) and give them with --pictures DIR."
        )
    return found


def _draw(menus: list[Menu], folder: Path) -> None:
    program = find_chromium()
    # Imported here: slow, and only for those who draw.
    try:
        from playwright.sync_api import Error, sync_playwright  # noqa: PLC0415
    except ImportError as error:
        raise CannotDraw("playwright is not installed: run 'make setup'") from error
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
            for menu in menus:
                page = browser.new_page(viewport={"width": menu.width, "height": menu.height})
                page.set_content(page_of(menu))
                faults = page.evaluate(FIT)
                if faults:
                    raise CannotDraw(f"{menu.key}: {'; '.join(faults)}. {_FONT_HINT}")
                _keep(page.screenshot(), picture_of(menu, folder))
                page.close()
            browser.close()
    except Error as error:
        raise CannotDraw(f"Chromium: {error.message.splitlines()[0]}") from error


_FONT_HINT = "The letters of Loma fit: on Debian apt-get install fonts-thai-tlwg"


def _keep(picture: bytes, path: Path) -> None:
    if len(picture) > MOST_BYTES:
        raise CannotDraw(f"{path.name} has {len(picture):,} bytes: LINE takes {MOST_BYTES:,}")
    # Under its name only when whole, or the next run would take half a picture for one.
    part = path.with_suffix(".part")
    part.write_bytes(picture)
    part.replace(path)

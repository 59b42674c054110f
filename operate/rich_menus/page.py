"""A menu as a page: the browser shapes the Thai, sizes the letters, and says what does not fit."""

from html import escape

from operate.rich_menus.definition import FOLDER, LEAST_UNDER_MM, Area, Menu

FIT = "fit()"
"""Run in the page before the picture is taken: sizes the letters, returns a list of faults."""


def page_of(menu: Menu) -> str:
    """Return the HTML of `menu`, complete in itself: nothing is fetched."""
    style = (FOLDER / "page.css").read_text(encoding="utf-8")
    icons = (FOLDER / "icons.svg").read_text(encoding="utf-8")
    script = (FOLDER / "fit.js").read_text(encoding="utf-8")
    keys = "\n".join(_key(menu, area) for area in menu.areas)
    return (
        f'<!doctype html>\n<html lang="th"><meta charset="utf-8"><title>{menu.key}</title>\n'
        f"<style>\n{style}</style>\n<script>\n{script}</script>\n{icons}"
        f'<main style="width:{menu.width}px;height:{menu.height}px">\n{keys}\n</main></html>\n'
    )


def _key(menu: Menu, area: Area) -> str:
    look = area.look
    where = f"left:{area.x}px;top:{area.y}px;width:{area.width}px;height:{area.height}px"
    colours = f"--paper:{look.paper};--ink:{look.ink};--edge:{look.edge}"
    wide = " wide" if area.width == menu.width else ""
    under_mm = LEAST_UNDER_MM * max(1.0, area.mm / 4.6)
    return (
        f'<div class="area" style="{where}"><div class="key {area.place}{wide}" '
        f'data-name="{escape(area.name)}" style="{colours}">'
        f'<svg class="icon" viewBox="0 0 24 24"><use href="#{escape(area.icon)}"/></svg>'
        f'<div class="words">'
        f'<div class="text" data-letter-px="{area.mm * menu.pixels_per_mm:.1f}">'
        f"{escape(area.text)}</div>"
        f'<div class="under" data-letter-px="{under_mm * menu.pixels_per_mm:.1f}">'
        f"{escape(area.under)}</div>"
        "</div></div></div>"
    )

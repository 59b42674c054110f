"""The drawing as SVG: no script, no font of its own, the same text for the same drawing."""

from collections.abc import Iterator
from html import escape
from typing import Final

from tools.picture.layout import (
    BOX,
    FONT,
    INSET,
    NAME_FONT,
    PITCH,
    Box,
    Drawing,
    Row,
    Trunk,
    width_of,
)

_XMLNS: Final = "http://www.w3.org/2000/svg"
_ROUND: Final = 6.0
_ARROW: Final = 8.0
_FONTS: Final = "system-ui, 'Segoe UI', Helvetica, Arial, 'DejaVu Sans', sans-serif"
# Blue and orange differ for every kind of colour vision; the dashes say it once more.
_STYLE: Final = f"""
text {{ font: {FONT}px {_FONTS}; fill: #1b1b1b }}
.name {{ font-weight: bold; font-size: {NAME_FONT}px }}
.note {{ fill: #444 }}
.error.note, .error.label {{ fill: #8a3500 }}
.line {{ fill: none; stroke: #005a9c; stroke-width: 1.6 }}
.error.line {{ stroke: #c04a00; stroke-dasharray: 5 2.5 }}
.head {{ fill: #005a9c }}
.error.head {{ fill: #c04a00 }}
.frame {{ fill: none; stroke: #555; stroke-width: 1.2 }}
.rule {{ stroke: #bbb }}
.paper {{ fill: #fff }}
"""
_FILLS: Final = {
    "callback": "#fff3c4",
    "task": "#dcebf7",
    "choice": "#e9e2f3",
    "wait": "#fff3c4",
    "fail": "#f9ddcc",
    "succeed": "#d9efe3",
    "end": "#d9efe3",
}
_OTHER: Final = "#eee"


def draw(drawing: Drawing, title: str, description: str) -> str:
    """The picture; `title` and `description` are for those who do not see it."""
    size = f'width="{drawing.width:g}" height="{drawing.height:g}"'
    view = f'viewBox="0 0 {drawing.width:g} {drawing.height:g}" {size}'
    lines = [
        f'<svg xmlns="{_XMLNS}" {view} role="img" aria-labelledby="title description">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="description">{escape(description)}</desc>',
        f"<style>{_STYLE}</style>",
        f'<rect class="paper" {size}/>',
        *_legend(drawing),
    ]
    targets = {box.node.name: box for box in drawing.boxes}
    for box in drawing.boxes:
        lines += _box(box)
    for trunk in drawing.trunks:
        lines += _trunk(trunk, targets)
    for box in drawing.boxes:
        for row in box.rows:
            if row.side == "down":
                lines += _straight_down(box, row)
    return "\n".join([*lines, "</svg>", ""])


# --- boxes ------------------------------------------------------------------------------------


def _box(box: Box) -> Iterator[str]:
    node = box.node
    place = f'x="{box.x:g}" y="{box.y:g}" width="{BOX}"'
    yield f'<g class="state" data-name="{escape(node.name)}">'
    if node.comment:
        yield f"<title>{escape(node.comment)}</title>"
    yield f'<rect class="paper" {place} height="{box.height}" rx="5"/>'
    fill = _FILLS.get(node.kind, _OTHER)
    yield f'<rect {place} height="{box.head}" rx="5" fill="{fill}"/>'
    if box.rows:
        yield f'<path class="rule" d="M{box.x:g} {box.y + box.head:g}h{BOX}"/>'
    yield f'<rect class="frame" {place} height="{box.height}" rx="5"/>'
    y = box.y + PITCH / 2
    yield _text(box.x + INSET, y, node.name, "name")
    for note in box.notes:
        y += PITCH
        yield _text(box.x + INSET, y, note.text, "error note" if note.error else "note")
    for row in box.rows:
        for count, line in enumerate(row.lines):
            kind = "error label" if row.edge.error else "label"
            yield _text(box.x + 2 * INSET, row.y + count * PITCH, line, kind)
    yield "</g>"


def _text(x: float, middle: float, text: str, kind: str) -> str:
    return f'<text class="{kind}" x="{x:g}" y="{middle + 4.8:g}">{escape(text)}</text>'


# --- lines ------------------------------------------------------------------------------------


def _trunk(trunk: Trunk, boxes: dict[str, Box]) -> Iterator[str]:
    """Branches that bend towards the target, the lane itself, and the arrow into the target."""
    kind = "error line" if trunk.error else "line"
    target = boxes[trunk.target]
    inward, edge_x = _way_in(trunk, target)
    for _, row in trunk.branches:
        source = boxes[row.edge.source]
        yield _edge(row, _branch(row, source, trunk))
    for up in (False, True):
        heights = [row.y for _, row in trunk.branches if (row.y > trunk.y) is up]
        if heights:
            far = max(heights) if up else min(heights)
            turn = _ROUND if up else -_ROUND
            bend = _bend(far, trunk.y)
            yield (
                f'<path class="{kind}" d="M{trunk.x:g} {far - bend * (1 if up else -1):g}'
                f"V{trunk.y + turn:g}"
                f'Q{trunk.x:g} {trunk.y:g} {trunk.x + inward * _ROUND:g} {trunk.y:g}"/>'
            )
    stop = edge_x - inward * _ARROW
    begin = trunk.x + inward * _ROUND
    yield f'<path class="{kind}" d="M{begin:g} {trunk.y:g}H{stop:g}"/>'
    yield _head(edge_x, trunk.y, inward, 0, error=trunk.error)


def _straight_down(box: Box, row: Row) -> Iterator[str]:
    """From the last row to the box below."""
    x, stop = box.x + BOX / 2, box.y + box.height + PITCH
    begin = _after_label(box, row)
    path = f"H{x - _ROUND:g}Q{x:g} {row.y:g} {x:g} {row.y + _ROUND:g}V{stop - _ARROW:g}"
    yield _edge(row, f"M{begin:g} {row.y:g}{path}")
    yield _head(x, stop, 0, 1, error=False)


def _after_label(box: Box, row: Row) -> float:
    return box.x + 2 * INSET + width_of(row.lines[0]) + 4


def _way_in(trunk: Trunk, target: Box) -> tuple[int, float]:
    """Which way the line enters its target (1: to the right), and at which x."""
    return (1, target.x) if trunk.column == trunk.gutter else (-1, target.x + BOX)


def _branch(row: Row, source: Box, trunk: Trunk) -> str:
    outward = 1 if row.side == "right" else -1
    begin = _after_label(source, row) if outward > 0 else source.x + 2 * INSET - 4
    bend = _bend(row.y, trunk.y)
    down = 1 if trunk.y > row.y else -1
    return (
        f"M{begin:g} {row.y:g}H{trunk.x - outward * bend:g}"
        f"Q{trunk.x:g} {row.y:g} {trunk.x:g} {row.y + down * bend:g}"
    )


def _bend(a: float, b: float) -> float:
    return min(_ROUND, abs(a - b) / 2)


def _edge(row: Row, path: str) -> str:
    """The part of a line that is its own, with all that it says."""
    edge = row.edge
    kind = "error line" if edge.error else "line"
    return (
        f'<path class="{kind}" data-from="{escape(edge.source)}" data-to="{escape(edge.target)}"'
        f' d="{path}"><title>{escape(f"{edge.source}: {edge.label} -> {edge.target}")}</title>'
        "</path>"
    )


def _head(x: float, y: float, right: int, down: int, *, error: bool) -> str:
    """An arrowhead with its point at x, y."""
    back_x, back_y = x - right * _ARROW, y - down * _ARROW
    half = _ARROW / 2
    one = f"{back_x + down * half:g},{back_y + right * half:g}"
    two = f"{back_x - down * half:g},{back_y - right * half:g}"
    kind = "error head" if error else "head"
    return f'<polygon class="{kind}" points="{x:g},{y:g} {one} {two}"/>'


def _legend(drawing: Drawing) -> Iterator[str]:
    start = drawing.start
    x = start.x + BOX / 2
    top = start.y - 20
    yield f'<circle cx="{x:g}" cy="{top:g}" r="5" fill="#005a9c"/>'
    yield f'<path class="line" d="M{x:g} {top:g}V{start.y - _ARROW:g}"/>'
    yield _head(x, start.y, 0, 1, error=False)
    at, y = start.x, 18.0
    for kind, words in (("line", "goes on"), ("error line", "after a caught error")):
        yield f'<path class="{kind}" d="M{at:g} {y:g}h30"/>'
        yield _text(at + 36, y, words, "note")
        at += 36 + width_of(words) + 20
    for kind, words in (("callback", "waits"), ("task", "calls"), ("choice", "decides")):
        place = f'x="{at:g}" y="{y - 6:g}" width="18" height="12"'
        yield f'<rect class="frame" {place} style="fill: {_FILLS[kind]}"/>'
        yield _text(at + 24, y, words, "note")
        at += 24 + width_of(words) + 20

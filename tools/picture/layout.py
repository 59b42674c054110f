"""Where everything of the picture stands.

Two columns of boxes in the file's order. A box lists its ways out, one a row, so that a label never
meets a line. Lines run in the three gutters beside the columns only, so that none crosses a box:
those to the same state share a lane. The right column is half a row lower, so that no two level
pieces of a gutter lie on each other.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Final, Literal

from tools.picture.graph import Edge, Node

Side = Literal["left", "right", "down"]

PITCH: Final = 18
"""Height of a row; every height is a multiple of it."""
FONT: Final = 12.0
NAME_FONT: Final = 13.5
BOX: Final = 330
"""Width of a box."""
INSET: Final = 10
"""Between a box's edge and its text."""
_LANE: Final = 13
_BESIDE: Final = 18
"""Between a column and the nearest lane: room for an arrowhead."""
_EDGE: Final = 12
_TOP: Final = 54
# Generous widths, in ems, so that the text fits in whichever font shows it.
_WIDTHS: Final = (
    dict.fromkeys("ijl.,:;'| ", 0.34) | dict.fromkeys("rtf()[]!", 0.42) | dict.fromkeys("mwMW%@", 1)
)
_UPPER: Final = 0.72
_OTHER: Final = 0.62


def width_of(text: str, size: float = FONT) -> float:
    """How wide a text is at most, in pixels."""
    return size * sum(_WIDTHS.get(c, _UPPER if c.isupper() else _OTHER) for c in text)


def wrapped(text: str, width: float) -> tuple[str, ...]:
    """The text in lines of at most `width` pixels; a word alone may be wider."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return tuple(lines)


@dataclass(frozen=True)
class Note:
    """A line under a state's name. `error` marks what happens after a failure."""

    text: str
    error: bool = False


@dataclass(frozen=True)
class Row:
    """A way out. `y` is the middle of its first line."""

    edge: Edge
    lines: tuple[str, ...]
    side: Side
    y: float = 0.0


@dataclass(frozen=True)
class Box:
    """A state with what is written in it."""

    node: Node
    column: int
    notes: tuple[Note, ...]
    rows: tuple[Row, ...]
    x: float = 0.0
    y: float = 0.0

    @property
    def head(self) -> int:
        """Height of the part above the rows."""
        return PITCH * (1 + len(self.notes))

    @property
    def height(self) -> int:
        """Height of all of it."""
        return self.head + PITCH * sum(len(row.lines) for row in self.rows)

    def entry(self, error: bool) -> float:
        """Where lines from its side come in: those of errors below the others."""
        return self.y + PITCH * (1.5 if error else 0.5)


@dataclass(frozen=True)
class Trunk:
    """The lane of one gutter to one state, of errors or of others; branches lead into it.

    Args:
        gutter: 0 left of both columns, 1 between them, 2 right of them.
        branches: rows that lead into it, with the column each comes from.
        y: where it enters its target, whose column is `column`.
        x: the lane.
    """

    gutter: int
    error: bool
    target: str
    column: int
    y: float
    branches: tuple[tuple[int, Row], ...]
    x: float = 0.0

    @cached_property
    def ends(self) -> tuple[float, float]:
        """The topmost and the lowest point."""
        heights = [self.y, *(row.y for _, row in self.branches)]
        return min(heights), max(heights)

    @cached_property
    def level(self) -> tuple[tuple[bool, float], ...]:
        """Its level pieces: whether it comes from the gutter's left, and where."""
        pieces = ((self.column, self.y), *((column, row.y) for column, row in self.branches))
        return tuple((column < self.gutter, y) for column, y in pieces)


@dataclass(frozen=True)
class Drawing:
    """The whole picture."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    trunks: tuple[Trunk, ...]
    start: Box


def lay_out(nodes: Sequence[Node], start: str) -> Drawing:
    """Give every state and line its place. The same nodes always give the same drawing."""
    boxes = _columns([_box(node) for node in nodes])
    trunks = _trunks(boxes)
    gutters = [_in_lanes([trunk for trunk in trunks if trunk.gutter == g]) for g in range(3)]
    widths = [2 * _BESIDE + _LANE * max(len(gutter) - 1, 0) for gutter in gutters]
    begins = (_EDGE, _EDGE + widths[0] + BOX, _EDGE + widths[0] + 2 * BOX + widths[1])
    placed = tuple(replace(box, x=begins[box.column] + widths[box.column]) for box in boxes)
    return Drawing(
        width=begins[2] + widths[2] + _EDGE,
        height=max(box.y + box.height for box in placed) + _EDGE,
        boxes=placed,
        trunks=tuple(
            replace(trunk, x=begins[g] + _BESIDE + _LANE * lane)
            for g, gutter in enumerate(gutters)
            for lane, trunk in enumerate(gutter)
        ),
        start=next(box for box in placed if box.node.name == start),
    )


# --- boxes ------------------------------------------------------------------------------------


def _box(node: Node) -> Box:
    width = BOX - 2 * INSET
    notes = [Note(line) for line in wrapped(_what(node), width)]
    for retry in node.retries:
        errors = ", ".join([*retry.named, *(["Lambda's passing errors"] if retry.passing else [])])
        text = f"tries again {retry.tries()} ({retry.pauses()}): {errors}"
        notes += [Note(line, error=True) for line in wrapped(text, width)]
    # The plain way on comes last: it may lead straight down.
    edges = sorted(node.edges, key=lambda edge: edge.error is False and node.kind != "choice")
    rows = (Row(edge, wrapped(edge.label, width - INSET), "down") for edge in edges)
    return Box(node, 0, tuple(notes), tuple(rows))


def _what(node: Node) -> str:
    """What a state does, in a few words."""
    waits = f", {node.waits.most}" if node.waits else ""
    return {
        "callback": f"calls {node.calls}, waits for an answer{waits}",
        "task": f"calls {node.calls}{waits}",
        "wait": f"waits {node.waits.text}" if node.waits else "waits",
        "choice": "takes the first that is true",
        "fail": "the execution fails",
        "succeed": "the execution ends well",
        "end": "the execution ends well",
    }.get(node.kind, node.kind)


def _columns(boxes: Sequence[Box]) -> list[Box]:
    """The boxes in two columns of about the same height, one below the other."""

    def height(part: Sequence[Box]) -> int:
        return sum(box.height + PITCH for box in part)

    split = min(
        range(1, len(boxes)),
        key=lambda at: max(height(boxes[:at]), height(boxes[at:])),
    )
    placed: list[Box] = []
    for column, part in enumerate((boxes[:split], boxes[split:])):
        y = _TOP + column * PITCH / 2
        for box in part:
            placed.append(replace(box, column=column, y=y))
            y += box.height + PITCH
    below = {a.node.name: b.node.name for a, b in pairwise(placed) if a.column == b.column}
    columns = {box.node.name: box.column for box in placed}
    return [replace(box, rows=tuple(_rows(box, columns, below))) for box in placed]


def _rows(box: Box, columns: Mapping[str, int], below: Mapping[str, str]) -> Iterator[Row]:
    y = box.y + box.head + PITCH / 2
    for row in box.rows:
        side = _side(box.column, columns[row.edge.target])
        if (
            row is box.rows[-1]
            and not row.edge.error
            and below.get(box.node.name) == row.edge.target
        ):
            side = "down"
        yield replace(row, y=y, side=side)
        y += PITCH * len(row.lines)


def _side(source: int, target: int) -> Side:
    """Out into the middle to the other column, outside round to one's own."""
    if source != target:
        return "left" if source else "right"
    return "right" if source else "left"


# --- lines ------------------------------------------------------------------------------------


def _trunks(boxes: Sequence[Box]) -> list[Trunk]:
    """One trunk for each state that lines lead to, gutter, and kind of line."""
    branches: dict[tuple[str, bool, int], list[tuple[int, Row]]] = {}
    for box in boxes:
        for row in box.rows:
            if row.side != "down":
                gutter = box.column + (row.side == "right")
                key = (row.edge.target, row.edge.error, gutter)
                branches.setdefault(key, []).append((box.column, row))
    targets = {box.node.name: box for box in boxes}
    return [
        Trunk(
            gutter,
            error,
            target,
            targets[target].column,
            targets[target].entry(error),
            tuple(rows),
        )
        for (target, error, gutter), rows in branches.items()
    ]


def _in_lanes(trunks: Sequence[Trunk]) -> list[Trunk]:
    """The trunks of one gutter from left to right, so that few lines cross.

    Each is moved to where it helps most until no move helps, from a few first orders.
    """
    firsts = (list(trunks), list(reversed(trunks)), sorted(trunks, key=lambda t: t.ends))
    return min((_improved(first) for first in firsts), key=_cost)


def _improved(order: list[Trunk]) -> list[Trunk]:
    best, cost = order, _cost(order)
    while True:
        moves = [
            [*(rest := best[:at] + best[at + 1 :])[:to], best[at], *rest[to:]]
            for at in range(len(best))
            for to in range(len(best))
            if to != at
        ]
        better = min(moves, key=_cost, default=best)
        if _cost(better) >= cost:
            return best
        best, cost = better, _cost(better)


def _cost(order: Sequence[Trunk]) -> tuple[int, int]:
    """Crossings of the lines, then lanes passed by level pieces."""
    crossings = passed = 0
    for at, trunk in enumerate(order):
        for from_left, y in trunk.level:
            between = order[:at] if from_left else order[at + 1 :]
            passed += len(between)
            crossings += sum(other.ends[0] < y < other.ends[1] for other in between)
    return crossings, passed

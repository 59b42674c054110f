"""The page of docs/ around the picture: the same states as a table, for reading and searching."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from tools.picture.graph import Edge, Node, Retry

_HEAD: Final = """\
# The way of a report through the state machine

<!-- Made by `make picture` from workflow/report.asl.json; `make lint` says when it is old. -->

![The states, and every way from one to the next]({picture})

A box is a state, and its rows are its ways out. Blue goes on; dashed orange follows an error that
was caught. What is tried again first stands above the rows. Errors are named as in
`ess/domain/errors.py`; those that begin with `States.` are Step Functions' own.

| state | what it does | waits | tried again | leads to |
| --- | --- | --- | --- | --- |
"""
_KINDS: Final = {
    "callback": "Calls `{calls}` and waits for an answer.",
    "task": "Calls `{calls}`.",
    "choice": "Takes the first way that is true.",
    "wait": "Waits.",
    "fail": "The execution fails.",
    "succeed": "The execution ends well.",
    "end": "The execution ends well.",
}


def write(nodes: Sequence[Node], meanings: Mapping[str, str], picture: str) -> str:
    """The page as Markdown.

    Args:
        nodes: the states, in the order of the table.
        meanings: what each of the domain's errors means, by name.
        picture: where the picture is, relative to the page.
    """
    passing = _passing(nodes)
    lines = [_HEAD.format(picture=picture).rstrip("\n")]
    lines += [_row(node, passing) for node in nodes]
    for number, errors in enumerate(passing, 1):
        names = ", ".join(f"`{name}`" for name in errors)
        lines += ["", f"Passing errors of Lambda{_mark(number, passing)}: {names}."]
    lines += ["", "## What the errors mean", "| error | means |", "| --- | --- |"]
    lines += [f"| `{name}` | {_cell(meanings[name])} |" for name in _named(nodes, meanings)]
    return "\n".join([*lines, ""])


def _row(node: Node, passing: Sequence[tuple[str, ...]]) -> str:
    does = _KINDS.get(node.kind, node.kind).format(calls=node.calls)
    cells = (
        f"**{node.name}**",
        " ".join(part for part in (does, _cell(node.comment)) if part),
        _waits(node),
        "<br>".join(_retry(rule, passing) for rule in node.retries),
        "<br>".join(_way(edge) for edge in node.edges),
    )
    return f"| {' | '.join(cells)} |"


def _waits(node: Node) -> str:
    if node.waits is None:
        return ""
    code = node.waits.code
    time = f"`{_cell(code)}` seconds" if code else _cell(node.waits.text)
    return f"for an answer, at most {time}" if node.kind == "callback" else time


def _way(edge: Edge) -> str:
    """One line such as `ReportClosed` → ConcludeReport."""
    if edge.error:
        return f"*{_cell(edge.label)}* → {edge.target}"
    return f"{_cell(edge.label)} → {edge.target}"


def _retry(rule: Retry, passing: Sequence[tuple[str, ...]]) -> str:
    errors = [*rule.named]
    if rule.passing:
        errors.append(f"Lambda's passing errors{_mark(_number(rule, passing), passing)}")
    return f"{', '.join(errors)}: {rule.tries()}, after {rule.pauses()}"


def _passing(nodes: Sequence[Node]) -> list[tuple[str, ...]]:
    """The different lists of errors that are not the domain's, in order of appearance."""
    rules = [rule for node in nodes for rule in node.retries]
    return list(dict.fromkeys(rule.passing for rule in rules if rule.passing))


def _number(rule: Retry, passing: Sequence[tuple[str, ...]]) -> int:
    return passing.index(rule.passing) + 1


def _mark(number: int, passing: Sequence[tuple[str, ...]]) -> str:
    """Which list is meant, where there are several."""
    return f" ({number})" if len(passing) > 1 else ""


def _named(nodes: Sequence[Node], meanings: Mapping[str, str]) -> Iterator[str]:
    """The domain's errors that the machine handles, by name."""
    handled = {name for node in nodes for rule in node.retries for name in rule.named}
    for node in nodes:
        for edge in node.edges:
            if edge.error:
                handled |= set(edge.label.split(", "))
    yield from sorted(handled & set(meanings))


def _cell(text: str) -> str:
    """A text that cannot end its cell."""
    return text.replace("|", "\\|").replace("\n", " ")

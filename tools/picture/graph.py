"""The state machine as states and labelled edges, in words that fit a picture."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tools.check_workflow import parse_named

State = Mapping[str, Any]

END: Final = "End"
_CALLBACK: Final = ".waitForTaskToken"
_ALL: Final = "States.ALL"
_WORDS: Final = {_ALL: f"anything else ({_ALL})"}
# What an expression reads from is plain from where it stands; the name is what matters.
_READ_FROM: Final = re.compile(r"\$states\.(?:input|result\.Payload|result)\.")
_VARIABLE: Final = re.compile(r"\$\w+\b(?!\s*\()")
_PLACEHOLDER: Final = re.compile(r"\$\{(\w+)\}")
_PASSING: Final = re.compile(r"(Lambda|Sandbox|Runtime)\.")
_MOST_DELAYS: Final = 4


@dataclass(frozen=True)
class Edge:
    """One way out of a state. `label` says when it is taken; `error` is a caught one."""

    source: str
    target: str
    label: str
    error: bool = False


@dataclass(frozen=True)
class Retry:
    """One rule of a state's Retry.

    Args:
        named: errors worth naming, such as the domain's.
        passing: Lambda's own, which are many and mean the same: not now.
        delays: seconds before each further try.
        jitter: whether a delay is drawn between 0 and what `delays` says.
    """

    named: tuple[str, ...]
    passing: tuple[str, ...]
    delays: tuple[float, ...]
    jitter: bool = False

    def pauses(self) -> str:
        """Such as `1, 2, 4 s`; of a long row the beginning and the end."""
        shown = [f"{seconds:g}" for seconds in self.delays]
        if len(shown) > _MOST_DELAYS:
            shown = [*shown[: _MOST_DELAYS - 1], "...", shown[-1]]
        return f"{'up to ' if self.jitter else ''}{', '.join(shown)} s"

    def tries(self) -> str:
        """Such as `3 times`."""
        times = {1: "once", 2: "twice"}.get(len(self.delays))
        return times or f"{len(self.delays)} times"


@dataclass(frozen=True)
class Time:
    """How long a state waits at most: `text` in short, `code` where an expression says it."""

    text: str
    code: str = ""

    @property
    def most(self) -> str:
        """As a limit, for the picture."""
        return f"at most a time from {self.text}" if self.code else f"at most {self.text}"


@dataclass(frozen=True)
class Node:
    """A state. `kind` is its type in small letters; `callback` and `end` are kinds of ours."""

    name: str
    kind: str
    comment: str = ""
    calls: str = ""
    waits: Time | None = None
    retries: tuple[Retry, ...] = ()
    edges: tuple[Edge, ...] = ()

    @property
    def ends(self) -> bool:
        """Whether an execution ends here."""
        return not self.edges


def read(definition: str, defaults: Mapping[str, Any]) -> tuple[Node, ...]:
    """The states in the file's order; after the first with `End: true` stands a node for the end.

    Args:
        definition: the text of the .asl.json file, placeholders and all.
        defaults: what placeholders stand for when nothing else is deployed, where known.

    Raises:
        json.JSONDecodeError: the definition is not JSON.
    """
    nodes: list[Node] = []
    for name, state in parse_named(definition)["States"].items():
        nodes.append(_node(name, state, defaults))
        if state.get("End") and END not in {node.name for node in nodes}:
            nodes.append(Node(END, "end"))
    return tuple(nodes)


def start(definition: str) -> str:
    """The name of the first state."""
    return str(parse_named(definition)["StartAt"])


def expression(text: str) -> str:
    """A JSONata expression without its braces and without where its names are read from."""
    return _READ_FROM.sub("", text.removeprefix("{%").removesuffix("%}").strip())


def _node(name: str, state: State, defaults: Mapping[str, Any]) -> Node:
    kind = state["Type"].lower()
    if _CALLBACK in state.get("Resource", ""):
        kind = "callback"
    return Node(
        name=name,
        kind=kind,
        comment=state.get("Comment") or state.get("Cause", ""),
        calls=_calls(state),
        waits=_time(state.get("TimeoutSeconds", state.get("Seconds")), defaults),
        retries=tuple(_retry(rule) for rule in state.get("Retry", ())),
        edges=tuple(_edges(name, kind, state)),
    )


def _edges(name: str, kind: str, state: State) -> Iterator[Edge]:
    for rule in state.get("Choices", ()):
        yield Edge(name, rule["Next"], rule.get("Comment") or expression(rule["Condition"]))
    if "Default" in state:
        yield Edge(name, state["Default"], "otherwise")
    for rule in state.get("Catch", ()):
        errors = ", ".join(_WORDS.get(error, error) for error in rule["ErrorEquals"])
        yield Edge(name, rule["Next"], errors, error=True)
    if "Next" in state or state.get("End"):
        label = {"callback": "answered", "wait": "waited"}.get(kind, "done")
        yield Edge(name, state.get("Next", END), label)


def _calls(state: State) -> str:
    """The folder in functions/ of the Lambda that a task calls; empty when it calls none."""
    function = str(state.get("Arguments", {}).get("FunctionName", ""))
    found = _PLACEHOLDER.search(function)
    words = found[1].removesuffix("Arn").removesuffix("Function") if found else ""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", words).lower()


def _time(value: Any, defaults: Mapping[str, Any]) -> Time | None:
    if value is None:
        return None
    if not isinstance(value, str):
        return Time(f"{value} s")
    if value.startswith("{%"):
        code = expression(value)
        # What it is computed from says enough; the page has the formula.
        return Time(" and ".join(dict.fromkeys(_VARIABLE.findall(code))) or code, code)
    name = value.strip("${}")
    return Time(f"{name} ({defaults[name]} s)" if name in defaults else f"{name} s")


def _retry(rule: State) -> Retry:
    errors: Sequence[str] = rule["ErrorEquals"]
    first, rate = rule.get("IntervalSeconds", 1), rule.get("BackoffRate", 2)
    delays = (first * rate**count for count in range(rule.get("MaxAttempts", 3)))
    most = rule.get("MaxDelaySeconds")
    return Retry(
        named=tuple(error for error in errors if not _PASSING.match(error)),
        passing=tuple(error for error in errors if _PASSING.match(error)),
        delays=tuple(delay if most is None else min(delay, most) for delay in delays),
        jitter=rule.get("JitterStrategy") == "FULL",
    )

"""Draws the state machine: docs/workflow.svg, and docs/workflow.md around it.

`python -m tools.draw_workflow` reads workflow/report.asl.json and writes both. With `--check` it
writes nothing, and the exit status is 1 when what is in docs/ is not what would be written.
"""

import argparse
import inspect
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from ess.domain import errors
from tools.check_workflow import (
    DEFINITION,
    ROOT,
    TEMPLATE,
    CloudFormationLoader,
    domain_errors,
)
from tools.picture import graph, layout, page, svg

DOCS: Final = ROOT / "docs"
PICTURE: Final = "workflow.svg"
PAGE: Final = "workflow.md"
_TITLE: Final = "The state machine of a report"


def files(definition: str, template: str) -> dict[str, str]:
    """What belongs into docs/, by name.

    Raises:
        json.JSONDecodeError: the definition is not JSON.
        KeyError: the definition leads to a state that it does not have.
    """
    nodes = graph.read(definition, defaults_in(template))
    drawing = layout.lay_out(nodes, graph.start(definition))
    ways = "; ".join(
        f"{edge.source}: {edge.label} -> {edge.target}" for node in nodes for edge in node.edges
    )
    return {
        PICTURE: svg.draw(drawing, _TITLE, ways),
        PAGE: page.write(nodes, meanings(), PICTURE),
    }


def defaults_in(template: str) -> dict[str, Any]:
    """What a placeholder of the definition stands for by default, where a parameter fills it."""
    read = yaml.load(template, CloudFormationLoader)  # noqa: S506 - a safe loader's subclass
    parameters = read.get("Parameters", {})
    filled: dict[str, Any] = {}
    for resource in read["Resources"].values():
        if resource["Type"] == "AWS::Serverless::StateMachine":
            filled |= resource["Properties"].get("DefinitionSubstitutions", {})
    return {
        name: parameters[value]["Default"]
        for name, value in filled.items()
        if isinstance(value, str) and "Default" in parameters.get(value, {})
    }


def meanings() -> dict[str, str]:
    """The first sentence of each of the domain's errors, by name."""
    return {
        name: (inspect.getdoc(getattr(errors, name)) or "").split("\n\n")[0]
        for name in domain_errors()
    }


def outdated(wanted: Mapping[str, str], folder: Path) -> list[str]:
    """Names of files in `folder` that are missing or say something else than `wanted`."""
    return [name for name, text in wanted.items() if _text(folder / name) != text]


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def main(arguments: Sequence[str] | None = None, folder: Path = DOCS) -> int:
    """Write the picture and its page, or check them; the exit status."""
    parser = argparse.ArgumentParser(description="draw the state machine into docs/")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when outdated")
    check = parser.parse_args(arguments).check
    wanted = files(DEFINITION.read_text(encoding="utf-8"), TEMPLATE.read_text(encoding="utf-8"))
    changed = outdated(wanted, folder)
    for name in changed:
        if check:
            print(f"docs/{name} is not current: make picture", file=sys.stderr)
        else:
            (folder / name).write_text(wanted[name], encoding="utf-8")
            print(f"docs/{name} written")
    return int(check and bool(changed))


if __name__ == "__main__":
    sys.exit(main())

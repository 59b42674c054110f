"""Checks the state machine as a graph, which neither moto nor cfn-lint does for a SAM definition.

`python -m tools.check_workflow` reads workflow/report.asl.json and template.yaml and lists what is
wrong. tests/unit/test_check_workflow.py has one case for each rule.
"""

import inspect
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from ess.domain import errors

ROOT: Final = Path(__file__).resolve().parent.parent
DEFINITION: Final = ROOT / "workflow" / "report.asl.json"
TEMPLATE: Final = ROOT / "template.yaml"

State = Mapping[str, Any]

_PLACEHOLDER: Final = re.compile(r"\$\{(\w+)\}")
# A placeholder outside quotes stands for a number, such as TimeoutSeconds.
_BARE_PLACEHOLDER: Final = re.compile(r"(?<=[:\[,])(\s*)\$\{(\w+)\}(?=\s*[,}\]])")
_EXPRESSION: Final = re.compile(r"\{%(.*)%\}", re.DOTALL)
_QUOTED: Final = re.compile(r"'[^']*'|\"[^\"]*\"")
# In JSONata `$name(` is a function; `$name :=` and the parameters of one are its own.
_VARIABLE: Final = re.compile(r"\$(\w+)\b(?!\s*\()")
_OWN_VARIABLE: Final = re.compile(r"(\$\w+)\s*:=|(?:function|λ)\s*(\([^)]*\))")
_STAND_IN: Final = 99_999_999
_ENDS: Final = frozenset({"Succeed", "Fail"})
_JSONPATH_FIELDS: Final = {"InputPath", "OutputPath", "Parameters", "ResultPath", "ResultSelector"}
_TYPES: Final = _ENDS | {"Task", "Choice", "Wait", "Pass", "Parallel", "Map"}
# https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html and Lambda's own
_KNOWN_ERRORS: Final = re.compile(
    r"(States|Lambda|Sandbox|Runtime|DynamoDb|SNS|StepFunctions)\.\w+"
)


def domain_errors() -> frozenset[str]:
    """Names of the domain's errors, which Lambda reports as the error of a failed task."""
    return frozenset(
        name
        for name, value in inspect.getmembers(errors, inspect.isclass)
        if issubclass(value, errors.EssError)
    )


def parse(text: str) -> Any:
    """The definition as JSON, with a number in place of every bare placeholder.

    Raises:
        json.JSONDecodeError: it is not JSON.
    """
    return json.loads(_BARE_PLACEHOLDER.sub(rf"\g<1>{_STAND_IN}", text))


def parse_named(text: str) -> Any:
    """The definition as JSON, with the text `${Name}` where a bare placeholder stands.

    Raises:
        json.JSONDecodeError: it is not JSON.
    """
    return json.loads(_BARE_PLACEHOLDER.sub(r'\g<1>"${\g<2>}"', text))


def substitutions_in(template: str) -> dict[str, set[str]]:
    """DefinitionSubstitutions of each state machine of a template, by logical id."""
    resources = yaml.load(template, CloudFormationLoader)["Resources"]  # noqa: S506 - safe subclass
    return {
        name: set(resource["Properties"].get("DefinitionSubstitutions", {}))
        for name, resource in resources.items()
        if resource["Type"] == "AWS::Serverless::StateMachine"
    }


class CloudFormationLoader(yaml.SafeLoader):
    """Reads CloudFormation's short forms (!Ref, !Sub ...) as what follows them."""


def _short_form(loader: yaml.SafeLoader, _suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    assert isinstance(node, yaml.MappingNode)  # noqa: S101 - there is no fourth kind
    return loader.construct_mapping(node, deep=True)


CloudFormationLoader.add_multi_constructor("!", _short_form)


# --- the checks -------------------------------------------------------------------------------


def check(definition: str, substitutions: Iterable[str], known: frozenset[str]) -> list[str]:
    """Everything wrong with a definition, one sentence each; empty when nothing is."""
    placeholders = set(_PLACEHOLDER.findall(definition))
    given = set(substitutions)
    problems = [
        *(f"${{{name}}} is not given by DefinitionSubstitutions" for name in placeholders - given),
        *(
            f"DefinitionSubstitutions gives {name}, which is not used"
            for name in given - placeholders
        ),
    ]
    try:
        machine = parse(definition)
    except json.JSONDecodeError as error:
        return [*problems, f"not JSON: {error}"]
    if machine.get("QueryLanguage") != "JSONata":
        problems.append('QueryLanguage is not "JSONata"')
    if "TimeoutSeconds" not in machine:
        problems.append(
            "the machine has no TimeoutSeconds: a lost callback would keep it for a year"
        )
    problems += _check_machine(machine, "", known)
    problems += _check_variables(machine)
    return sorted(problems)


def _check_machine(machine: State, where: str, known: frozenset[str]) -> Iterator[str]:
    states: Mapping[str, State] = machine.get("States", {})
    start = machine.get("StartAt")
    if start not in states:
        yield f"{where}StartAt names {start!r}, which does not exist"
    targets = {name: set(_targets(state)) for name, state in states.items()}
    for name, state in states.items():
        at = f"{where}{name}: "
        for target in sorted(targets[name] - set(states)):
            yield f"{at}leads to {target!r}, which does not exist"
        yield from (at + problem for problem in _check_state(state, known))
        for branch in _inner_machines(state):
            yield from _check_machine(branch, f"{where}{name}/", known)
    for name in sorted(set(states) - _reachable({start}, targets)):
        yield f"{where}{name}: cannot be reached"
    ends = {name for name, state in states.items() if _is_end(state)}
    backwards = {name: {s for s, to in targets.items() if name in to} for name in states}
    for name in sorted(set(states) - _reachable(ends, backwards)):
        yield f"{where}{name}: no end can be reached from here"


def _targets(state: State) -> Iterator[str]:
    if "Next" in state:
        yield state["Next"]
    if "Default" in state:
        yield state["Default"]
    for rule in [*state.get("Choices", []), *state.get("Catch", [])]:
        if "Next" in rule:
            yield rule["Next"]


def _inner_machines(state: State) -> Iterator[State]:
    yield from state.get("Branches", [])
    for key in ("ItemProcessor", "Iterator"):
        if key in state:
            yield state[key]


def _is_end(state: State) -> bool:
    return state.get("Type") in _ENDS or state.get("End") is True


def _reachable(begin: Iterable[Any], edges: Mapping[str, set[str]]) -> set[Any]:
    seen: set[Any] = set()
    waiting = list(begin)
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += edges.get(name, ())
    return seen


def _check_state(state: State, known: frozenset[str]) -> Iterator[str]:
    kind = state.get("Type")
    if kind not in _TYPES:
        yield f"Type {kind!r} does not exist"
    if kind not in _ENDS | {"Choice"} and ("Next" in state) == _is_end(state):
        yield "needs either Next or End, not both"
    if kind == "Choice" and "Default" not in state:
        yield "Choice without Default: an unforeseen value would end the report"
    if _JSONPATH_FIELDS & set(state):
        yield "has JSONPath fields; this machine speaks JSONata"
    if kind == "Task":
        yield from _check_task(state)
    yield from _check_rules(state.get("Retry", []), known)
    yield from _check_rules(state.get("Catch", []), known)


def _check_rules(rules: Sequence[State], known: frozenset[str]) -> Iterator[str]:
    for error in (error for rule in rules for error in rule["ErrorEquals"]):
        if error not in known and not _KNOWN_ERRORS.fullmatch(error):
            yield f"handles {error!r}, which is neither AWS's nor in ess.domain.errors"
    if any("States.ALL" in rule["ErrorEquals"] for rule in rules[:-1]):
        yield "States.ALL stands before another rule, which it hides"


def _check_task(state: State) -> Iterator[str]:
    caught = {error for rule in state.get("Catch", []) for error in rule["ErrorEquals"]}
    if "Retry" not in state:
        yield "Task without Retry"
    if "States.ALL" not in caught:
        yield "Task without a Catch on States.ALL"
    if ".waitForTaskToken" in state.get("Resource", ""):
        if "TimeoutSeconds" not in state:
            yield "callback without TimeoutSeconds"
        elif not _is_time(state["TimeoutSeconds"]):
            yield f"TimeoutSeconds {state['TimeoutSeconds']!r} is no positive number of seconds"
        if "States.Timeout" not in caught:
            yield "callback without a Catch on States.Timeout"
        if "$states.context.Task.Token" not in json.dumps(state.get("Arguments", {})):
            yield "callback that gives nobody its task token"


def _is_time(value: Any) -> bool:
    if isinstance(value, str):
        return _EXPRESSION.fullmatch(value) is not None
    return isinstance(value, int) and value > 0


def _check_variables(machine: State) -> Iterator[str]:
    """An expression over a variable that nobody assigns fails when it is evaluated, not before."""
    assigned: set[str] = set()
    used: dict[str, str] = {}
    for name, state in machine.get("States", {}).items():
        for key, value in _values(state):
            if key == "Assign" and isinstance(value, dict):
                assigned |= set(value)
            elif isinstance(value, str) and (found := _EXPRESSION.fullmatch(value)):
                code = _QUOTED.sub("''", found[1])
                own = {v for part in _OWN_VARIABLE.finditer(code) for v in _names(part[0])}
                used |= dict.fromkeys(_names(code) - own - {"states"}, name)
    for variable in sorted(set(used) - assigned):
        yield f"{used[variable]}: reads ${variable}, which no Assign gives"


def _names(code: str) -> set[str]:
    return set(_VARIABLE.findall(code))


def _values(node: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Every value of a JSON tree with the key that it stands under."""
    yield key, node
    if isinstance(node, dict):
        for name, value in node.items():
            yield from _values(value, name)
    elif isinstance(node, list):
        for value in node:
            yield from _values(value, key)


def main() -> int:
    """Check the project's own state machine; the exit status is 1 when something is wrong."""
    definition = DEFINITION.read_text(encoding="utf-8")
    machines = substitutions_in(TEMPLATE.read_text(encoding="utf-8"))
    problems = [
        problem
        for given in machines.values()
        for problem in check(definition, given, domain_errors())
    ]
    if len(machines) != 1:
        problems.append(f"template.yaml has {len(machines)} state machines; this check knows one")
    for problem in problems:
        print(f"workflow/report.asl.json: {problem}", file=sys.stderr)
    if not problems:
        count = len(parse(definition)["States"])
        print(f"workflow/report.asl.json: {count} states, all reachable, every callback caught")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())

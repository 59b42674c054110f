"""DynamoDB's expressions, as far as the benchmark's clients use them.

Whatever is not understood raises `NotImplementedError`, so that nothing is answered wrongly.
"""

import base64
import operator
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from tests.performance.stations.sizes import Wire

Item = Mapping[str, Wire]
Node = tuple[str, ...] | tuple[Any, ...]
"""Operator and operands; an operand is a node, or a name or placeholder as it was written."""

_TOKEN = re.compile(r"\s*(<=|>=|<>|[=<>(),]|[#:]?[\w-]+)")
_COMPARISONS = frozenset({"=", "<>", "<", "<=", ">", ">="})
_FUNCTIONS = frozenset({"attribute_exists", "attribute_not_exists", "begins_with"})
_CONNECTIVES: dict[str, Callable[[Iterable[bool]], bool]] = {
    "AND": all,
    "OR": any,
    "NOT": lambda parts: not all(parts),
}
_PRESENCE = {"attribute_exists": True, "attribute_not_exists": False}
_COMPARE: dict[str, Callable[..., bool]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "BETWEEN": lambda value, low, high: low <= value <= high,
    "begins_with": lambda value, prefix: value.startswith(prefix),
}
_UPDATE = re.compile(r"(?i)\b(SET|REMOVE|ADD|DELETE)\b")


class Placeholders(NamedTuple):
    """ExpressionAttributeNames and ExpressionAttributeValues of a request."""

    names: Mapping[str, str]
    values: Mapping[str, Wire]

    def name(self, written: str) -> str:
        """Return the attribute that was written as a name or as ``#placeholder``."""
        return self.names[written] if written.startswith("#") else written


def plain(value: Wire) -> Any:
    """Return a scalar as something that sorts as DynamoDB sorts it."""
    ((kind, content),) = value.items()
    if kind == "N":
        return int(content) if content.lstrip("-").isdigit() else Decimal(content)
    if kind == "B":
        return base64.b64decode(content)
    if kind in {"S", "BOOL"}:
        return content
    raise NotImplementedError(f"comparing values of type {kind}")


@cache
def parse(expression: str) -> Node:
    """Return the tree of a condition."""
    tokens = _tokens(expression)
    node = _either(tokens)
    if tokens:
        raise NotImplementedError(f"expression: {expression}")
    return node


def holds(condition: str | None, item: Item, placeholders: Placeholders) -> bool:
    """Return whether `condition` holds for an item; an empty one is one that does not exist."""
    return condition is None or _holds(parse(condition), item, placeholders)


def conjuncts(node: Node) -> list[Node]:
    """Return the conditions that `node` joins by AND."""
    if node[0] == "AND":
        return [part for side in node[1:] for part in conjuncts(side)]
    return [node]


def updated(item: Item, expression: str, placeholders: Placeholders) -> dict[str, Wire]:
    """Return `item` after an UpdateExpression of plain SET and REMOVE clauses."""
    result = dict(item)
    _, *parts = _UPDATE.split(expression)
    for keyword, clauses in zip(parts[::2], parts[1::2], strict=True):
        for clause in clauses.split(","):
            path, _, value = (text.strip() for text in clause.partition("="))
            name = placeholders.name(path)
            if keyword.upper() == "SET" and value in placeholders.values:
                result[name] = placeholders.values[value]
            elif keyword.upper() == "REMOVE" and not value:
                result.pop(name, None)
            else:
                raise NotImplementedError(f"update: {expression}")
    return result


def projected(item: Item, expression: str, placeholders: Placeholders) -> dict[str, Wire]:
    """Return the attributes of `item` that a ProjectionExpression names."""
    names = [placeholders.name(path.strip()) for path in expression.split(",")]
    return {name: item[name] for name in names if name in item}


def _tokens(expression: str) -> list[str]:
    """Return the tokens in reverse, so that the next one is popped."""
    found, position = [], 0
    text = expression.strip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if not match:
            raise NotImplementedError(f"expression: {expression}")
        found.append(match[1])
        position = match.end()
    return found[::-1]


def _next_is(tokens: list[str], word: str) -> bool:
    if tokens and tokens[-1].upper() == word:
        tokens.pop()
        return True
    return False


def _expect(tokens: list[str], word: str) -> None:
    if not _next_is(tokens, word):
        raise NotImplementedError(f"{word} expected before {' '.join(tokens[::-1])}")


def _either(tokens: list[str]) -> Node:
    node = _both(tokens)
    while _next_is(tokens, "OR"):
        node = ("OR", node, _both(tokens))
    return node


def _both(tokens: list[str]) -> Node:
    node = _one(tokens)
    while _next_is(tokens, "AND"):
        node = ("AND", node, _one(tokens))
    return node


def _one(tokens: list[str]) -> Node:
    if _next_is(tokens, "NOT"):
        return ("NOT", _one(tokens))
    if _next_is(tokens, "("):
        node = _either(tokens)
        _expect(tokens, ")")
        return node
    operand = tokens.pop()
    if operand in _FUNCTIONS:
        return (operand, *_arguments(tokens))
    if _next_is(tokens, "BETWEEN"):
        low = tokens.pop()
        _expect(tokens, "AND")
        return ("BETWEEN", operand, low, tokens.pop())
    sign = tokens.pop()
    if sign not in _COMPARISONS:
        raise NotImplementedError(f"operator {sign}")
    return (sign, operand, tokens.pop())


def _arguments(tokens: list[str]) -> list[str]:
    _expect(tokens, "(")
    found = [tokens.pop()]
    while _next_is(tokens, ","):
        found.append(tokens.pop())
    _expect(tokens, ")")
    return found


def _holds(node: Node, item: Item, placeholders: Placeholders) -> bool:
    sign, *operands = node
    if sign in _CONNECTIVES:
        return _CONNECTIVES[sign](_holds(part, item, placeholders) for part in operands)
    values = [_value(operand, item, placeholders) for operand in operands]
    if sign == "<>":
        return values[0] != values[1]
    if sign in _PRESENCE:
        return (values[0] is not None) == _PRESENCE[sign]
    # Types never compare with each other, and an absent attribute with nothing.
    kinds = {tuple(value or ()) for value in values}
    return len(kinds) == 1 and () not in kinds and _COMPARE[sign](*map(plain, values))


def _value(operand: str, item: Item, placeholders: Placeholders) -> Wire | None:
    if operand.startswith(":"):
        return placeholders.values[operand]
    return item.get(placeholders.name(operand))

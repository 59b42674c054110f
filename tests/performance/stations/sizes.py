"""What AWS charges for: sizes of items in bytes, and capacity units.

Rules: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
("Item sizes and formats") and .../provisioned-capacity-mode.html ("Read/Write capacity units").
"""

from collections.abc import Iterable, Mapping
from typing import Any

Wire = Mapping[str, Any]
"""A value as DynamoDB's JSON has it: ``{"S": "text"}``, ``{"N": "1.5"}``, ``{"M": {...}}``."""

READ_STEP = 4096
WRITE_STEP = 1024


def item_size(item: Mapping[str, Wire]) -> int:
    """Return the size of an item in bytes: its attributes' names and values."""
    return sum([_text_size(name) + value_size(value) for name, value in item.items()])


def value_size(value: Wire) -> int:
    """Return the size of a value in bytes, without its name."""
    ((kind, content),) = value.items()
    return _SIZES[kind](content)


def read_units(size: int, *, strong: bool) -> float:
    """Return the read units of a GetItem, or of one page of a Query or Scan.

    Args:
        size: bytes read, of all items of a page together; 0 when there was nothing.
        strong: strongly consistent: 1 unit for each 4 KB begun, otherwise half a unit.
    """
    return max(1, -(-size // READ_STEP)) * (1.0 if strong else 0.5)


def write_units(*sizes: int) -> int:
    """Return the write units of one write: 1 for each KB begun of the largest of `sizes`.

    Args:
        sizes: bytes of the item before and after, as far as there is one.
    """
    return max(1, -(-max(sizes, default=0) // WRITE_STEP))


def _text_size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())


def _number_size(text: str) -> int:
    """Two significant digits a byte, and one byte more; "approximately", says AWS."""
    digits = text.upper().partition("E")[0].replace(".", "").strip("+-0")
    return (len(digits) + 1) // 2 + 1


def _binary_size(base64: str) -> int:
    return len(base64) // 4 * 3 - base64.count("=")


def _list_size(values: Iterable[Wire]) -> int:
    return 3 + sum([1 + value_size(value) for value in values])


def _map_size(values: Mapping[str, Wire]) -> int:
    return 3 + item_size(values) + len(values)


_SIZES = {
    "S": _text_size,
    "N": _number_size,
    "B": _binary_size,
    "BOOL": lambda _: 1,
    "NULL": lambda _: 1,
    "L": _list_size,
    "M": _map_size,
    "SS": lambda texts: sum(map(_text_size, texts)),
    "NS": lambda texts: sum(map(_number_size, texts)),
    "BS": lambda texts: sum(map(_binary_size, texts)),
}

"""Rows that other hands may have written: one that cannot be read must not hide the others."""

import logging
from collections.abc import Callable, Iterable
from typing import Any

_log = logging.getLogger("ess")


def readable[T](
    items: Iterable[dict[str, Any]], read: Callable[[dict[str, Any]], T], key: str
) -> list[T]:
    """Return what `read` makes of each item; one that it cannot read is logged by its `key`.

    Args:
        key: name of the attribute that tells an operator which row it is; nothing else is logged.
    """
    rows = []
    for item in items:
        try:
            rows.append(read(item))
        except (KeyError, TypeError, ValueError) as failure:
            _log.error("row left out: %s %s", item.get(key), type(failure).__name__)
    return rows

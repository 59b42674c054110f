"""How every store of settings keeps a value: as JSON text, refused before it is stored."""

import json
import re
from collections.abc import Mapping
from typing import Any

MOST_BYTES = 350_000
"""An item of DynamoDB holds 400 KB, names and numbers included."""

_NAME = re.compile(r"[A-Za-z0-9_-]{1,100}")


def checked_name(name: str) -> str:
    """Return `name`.

    Raises:
        ValueError: it could be taken for the place of an old version, or is empty.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"a setting cannot be named {name!r}")
    return name


def to_json(value: Mapping[str, Any]) -> str:
    """Return a setting's value as text, always the same text for the same value.

    Raises:
        ValueError: it holds what JSON has no word for, or is too long.
    """
    try:
        text = json.dumps(dict(value), ensure_ascii=False, sort_keys=True, allow_nan=False)
    except TypeError as error:
        raise ValueError(f"a setting must be a JSON object: {error}") from error
    if len(text.encode()) > MOST_BYTES:
        raise ValueError(f"a setting may have {MOST_BYTES:,} bytes at most")
    return text

"""Reading a file of a policy, strictly: what JSON would quietly pass over is refused."""

import json
from collections.abc import Mapping
from pathlib import Path

from ess import bootstrap
from ess.domain.errors import EssError, InvalidPolicy
from ess.domain.policy_rows import TIMES
from ess.settings import SettingMissing

MOST_BYTES = 300_000
"""More than the longest good policy has."""


class PolicyFileUnreadable(EssError):
    """The file cannot be read at all; the message says why."""


def read_file(path: Path) -> object:
    """Return the data of a JSON file.

    Raises:
        PolicyFileUnreadable: it cannot be read, or is far too long.
        InvalidPolicy: it is not JSON, or names a field twice.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise PolicyFileUnreadable(f"{path}: {error.strerror or error}") from error
    if len(raw) > MOST_BYTES:
        raise PolicyFileUnreadable(f"{path}: {len(raw):,} bytes; {MOST_BYTES:,} are the most")
    try:
        data: object = json.loads(
            raw.decode("utf-8-sig"), object_pairs_hook=_each_once, parse_constant=_refuse_constant
        )
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise InvalidPolicy([f"{place}: not JSON: {error.msg}"]) from error
    except UnicodeDecodeError as error:
        raise InvalidPolicy(["the file is not UTF-8"]) from error
    except (ValueError, RecursionError) as error:
        raise InvalidPolicy([f"not JSON as policies have it: {error}"]) from error
    return data


def times() -> tuple[Mapping[str, int], str]:
    """Return the seconds of the named waits, and a remark if they are not the stack's own."""
    try:
        return bootstrap.policy_times(), ""
    except SettingMissing:
        known = ", ".join(f"{name} {seconds} s" for name, seconds in TIMES.items())
        return TIMES, f"no stack is named: {known}, as the template has them"


def _each_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"{json.dumps(name)} is given twice in one object")
        found[name] = value
    return found


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is no number")

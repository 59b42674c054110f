"""Responders as JSON or CSV: what each row must have, and why one is kept out."""

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ess.adapters.phone import read_phone
from ess.adapters.station_files import FileUnreadable
from ess.domain.responder import Responder
from operate.rows import Remark, RowRefused

COLUMNS = (
    "unit_id",
    "responder_id",
    "name_th",
    "name_en",
    "line_user_id",
    "phone",
    "on_duty",
    "verified",
    "sample",
)

_LINE_USER_ID = re.compile(r"U[0-9a-f]{32}")
# It is part of buttons' data and timeline keys, where other characters would need escaping.
_RESPONDER_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_WORDS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False, "": False}


@dataclass(slots=True)
class Reading:
    """What a file holds.

    Args:
        responders: the good rows.
        refused: the rows that were kept out, and why.
        notes: what is worth knowing of good rows.
    """

    responders: list[Responder] = field(default_factory=list)
    refused: list[Remark] = field(default_factory=list)
    notes: list[Remark] = field(default_factory=list)


def read_responders(path: Path) -> Reading:
    """Read a file of responders: CSV if its name ends so, else a JSON list of objects.

    A bad row never spoils the others.

    Raises:
        FileUnreadable: it cannot be opened, or is neither.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise FileUnreadable(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        hint = "save it as 'CSV UTF-8'" if path.suffix.lower() == ".csv" else "save it as UTF-8"
        raise FileUnreadable(f"{path}: not UTF-8 (byte {error.start}): {hint}") from error
    rows = _csv_rows(path, text) if path.suffix.lower() == ".csv" else _json_rows(path, text)
    return read_rows(rows)


def read_rows(rows: Iterable[Any]) -> Reading:
    """Read rows, each a mapping with the names of `COLUMNS`; see `read_responders`."""
    reading = Reading()
    row_of: dict[str, int] = {}
    for number, row in enumerate(rows, start=1):
        about = _about(row)
        try:
            responder = responder_from(row)
            _refuse_repeat(responder.responder_id, row_of)
        except RowRefused as error:
            reading.refused.append(Remark(number, about, str(error)))
            continue
        row_of[responder.responder_id] = number
        reading.responders.append(responder)
        reading.notes += [Remark(number, about, note) for note in _notes(row, responder)]
    return reading


def responder_from(row: Any) -> Responder:
    """Return the responder that a row describes.

    Required: ``unit_id``, ``responder_id``, ``name_th``. Else: ``name_en`` (the Thai name),
    ``line_user_id`` and ``phone`` (none), ``on_duty``, ``verified``, ``sample`` (false).

    Raises:
        RowRefused: something is missing or is not what it should be.
    """
    if not isinstance(row, Mapping):
        raise RowRefused("it is not an object with named values")
    if None in row:
        raise RowRefused("it has more values than the first line has columns")
    responder_id = _required(row, "responder_id")
    if not _RESPONDER_ID.fullmatch(responder_id):
        raise RowRefused("responder_id must be 1 to 64 of A-Z a-z 0-9 . _ -")
    name_th = _required(row, "name_th")
    return Responder(
        responder_id=responder_id,
        unit_id=_required(row, "unit_id"),
        name_th=name_th,
        name_en=_text(row, "name_en") or name_th,
        line_user_id=_line_user_id(row),
        phone=_phone(row),
        on_duty=_truth(row, "on_duty"),
        verified=_truth(row, "verified"),
        sample=_truth(row, "sample"),
    )


def _refuse_repeat(responder_id: str, row_of: Mapping[str, int]) -> None:
    if responder_id in row_of:
        raise RowRefused(f"its responder_id is that of row {row_of[responder_id]}")


def _json_rows(path: Path, text: str) -> list[Any]:
    try:
        rows = json.loads(text)
    except json.JSONDecodeError as error:
        raise FileUnreadable(f"{path}: not JSON: {error}") from error
    if not isinstance(rows, list):
        raise FileUnreadable(f"{path}: not a JSON list of responders")
    return rows


def _csv_rows(path: Path, text: str) -> list[dict[str, str]]:
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        missing = [c for c in ("unit_id", "responder_id", "name_th") if c not in _header(reader)]
        if missing:
            raise FileUnreadable(
                f"{path}: its first line must name the columns; missing: {', '.join(missing)}"
            )
        return list(reader)
    except csv.Error as error:
        raise FileUnreadable(f"{path}: not CSV: {error}") from error


def _header(reader: "csv.DictReader[str]") -> list[str]:
    reader.fieldnames = [name.strip() for name in reader.fieldnames or ()]
    return list(reader.fieldnames)


def _required(row: Mapping[str, Any], name: str) -> str:
    value = _text(row, name)
    if not value:
        raise RowRefused(f"it has no {name}")
    return value


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise RowRefused(f"{name} must be text")
    return " ".join(value.split())


def _line_user_id(row: Mapping[str, Any]) -> str | None:
    value = _text(row, "line_user_id")
    if value and not _LINE_USER_ID.fullmatch(value):
        raise RowRefused("line_user_id must be U and 32 of 0-9 a-f (not the LINE ID people search)")
    return value or None


def _phone(row: Mapping[str, Any]) -> str | None:
    spelling = _text(row, "phone")
    if not spelling:
        return None
    number = read_phone(spelling)
    if number is None:
        raise RowRefused("phone is not a number that can be called")
    return number


def _truth(row: Mapping[str, Any], name: str) -> bool:
    value = row.get(name)
    if isinstance(value, bool):
        return value
    word = _WORDS.get(value.strip().lower()) if isinstance(value, str) else None
    if value is not None and word is None:
        raise RowRefused(f"{name} must be true or false")
    return bool(word)


def _notes(row: Mapping[str, Any], responder: Responder) -> list[str]:
    notes = []
    unknown = sorted(str(name) for name in row.keys() - set(COLUMNS))
    if unknown:
        notes.append(f"left out: {', '.join(unknown)}")
    if not (responder.line_user_id or responder.phone):
        notes.append("neither line_user_id nor phone: this person cannot be called")
    elif responder.on_duty and not responder.verified:
        notes.append("on duty but not verified: this person will not be called")
    return notes


def _about(row: Any) -> str:
    """Return what a person would call the row: never a number or a LINE id."""
    if not isinstance(row, Mapping):
        return "no name"
    return str(row.get("name_th") or row.get("responder_id") or "no name")[:60]

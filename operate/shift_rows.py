"""A plan of shifts as CSV: what each row means, and why one is kept out."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from ess.adapters.station_files import FileUnreadable
from ess.domain.duty import KEEP_ENDED_S, Shift
from ess.usecases.load_shifts import Who
from operate.rows import RowRefused
from operate.thai_time import (
    DAY_MINUTES,
    TimeNotUnderstood,
    When,
    epoch,
    read_days,
    read_times,
    read_when,
)

REQUIRED = ("unit_id", "responder_id", "type", "from", "until")
COLUMNS = (*REQUIRED, "days", "times")

MOST_WEEKS = 8
LONGEST_DUTY_S = 7 * 24 * 3600.0
"""Nobody is on duty for longer at a stretch: more is a month or a year mistyped."""
FARTHEST_S = 366 * 24 * 3600.0
"""How far ahead a shift may start and how long leave may last, for the same reason."""

_TYPES = {
    **dict.fromkeys(("duty", "on", "เวร", "เข้าเวร"), True),
    **dict.fromkeys(("off", "leave", "หยุด", "ลา", "ออกเวร"), False),
}
_EVERY_DAY = frozenset(range(7))


@dataclass(slots=True)
class PlanReading:
    """What a file holds.

    Args:
        plans: the shifts of the good rows by person.
        lines: in which lines of the file a person is, by person.
        refused: the rows that were kept out, each with its line and why.
        notes: what is worth knowing of good rows.
        rows: how many rows there were, good or not.
        over: how many shifts of good rows ended so long ago that they are not kept.
    """

    plans: defaultdict[Who, list[Shift]] = field(default_factory=lambda: defaultdict(list))
    lines: defaultdict[Who, list[int]] = field(default_factory=lambda: defaultdict(list))
    refused: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    rows: int = 0
    over: int = 0


def read_plan(path: Path, now: float) -> PlanReading:
    """Read a plan of shifts; a bad row never spoils the others.

    Args:
        path: CSV in UTF-8 with a line of columns; lines that begin with # are passed over.
        now: epoch seconds.

    Raises:
        FileUnreadable: it cannot be opened, or is no such file.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise FileUnreadable(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise FileUnreadable(f"{path}: not UTF-8: save it as 'CSV UTF-8'") from error
    reading = PlanReading()
    remarks: dict[str, list[int]] = defaultdict(list)
    try:
        for line, row in _rows(path, text):
            reading.rows += 1
            _read_row(line, row, now, reading, remarks)
    except csv.Error as error:
        raise FileUnreadable(f"{path}: not CSV: {error}") from error
    reading.notes = [f"{note} ({lines_told(lines)})" for note, lines in remarks.items()]
    return reading


def lines_told(lines: Sequence[int]) -> str:
    """Return ``line 4`` or ``lines 4, 5, 6 and 12 more``."""
    if len(lines) == 1:
        return f"line {lines[0]}"
    more = f" and {len(lines) - 5:,} more" if len(lines) > 5 else ""
    return f"lines {', '.join(map(str, lines[:5]))}{more}"


def _rows(path: Path, text: str) -> Iterator[tuple[int, dict[str, str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    columns: list[str] = []
    for values in reader:
        cells = [" ".join(value.split()) for value in values]
        if not any(cells) or cells[0].startswith("#"):
            continue
        if columns:
            row = dict(zip(columns, cells, strict=False))
            yield reader.line_num, row | ({"": "more"} if any(cells[len(columns) :]) else {})
        else:
            columns = [cell.lower() for cell in cells]
            _check_columns(path, columns)
    if not columns:
        _check_columns(path, columns)


def _check_columns(path: Path, columns: Sequence[str]) -> None:
    if missing := [name for name in REQUIRED if name not in columns]:
        raise FileUnreadable(
            f"{path}: its first line must name the columns; missing: {', '.join(missing)}"
        )


def _read_row(
    line: int,
    row: Mapping[str, str],
    now: float,
    reading: PlanReading,
    remarks: dict[str, list[int]],
) -> None:
    try:
        who, shifts, notes = shifts_of(row, now)
    except (RowRefused, TimeNotUnderstood) as error:
        about = row.get("responder_id") or "nobody named"
        reading.refused.append(f"line {line} ({about[:64]}): {error}")
        return
    for note in notes:
        remarks[note].append(line)
    reading.plans[who] += shifts
    reading.lines[who].append(line)
    reading.over += sum(shift.end <= now - KEEP_ENDED_S for shift in shifts)


def shifts_of(row: Mapping[str, str], now: float) -> tuple[Who, list[Shift], list[str]]:
    """Return whom a row is for, the shifts that it means, and what is worth knowing of it.

    ``from`` and ``until`` are two moments of one shift, or with ``days`` or ``times`` the first and
    the last day of shifts that repeat. A day without a time begins at 00:00 and ends at 24:00.

    Args:
        row: the names of `COLUMNS` and what stands there.
        now: epoch seconds.

    Raises:
        RowRefused, TimeNotUnderstood: it cannot be used; the message says why.
    """
    if "" in row:
        raise RowRefused("it has more values than the first line has columns")
    for name in REQUIRED:
        if not row.get(name):
            raise RowRefused(f"it has no {name}")
    on = _TYPES.get(row["type"].lower())
    if on is None:
        raise RowRefused("type must be duty or off")
    start, end = read_when(row["from"]), read_when(row["until"])
    repeated = bool(row.get("days") or row.get("times"))
    spans = _repeated(row, start, end) if repeated else [_single(start, end)]
    shifts = [_shift(since, until, now, on=on) for since, until in spans]
    return (row["unit_id"], row["responder_id"]), shifts, _notes(row, start, end)


def _single(start: When, end: When) -> tuple[float, float]:
    return (
        epoch(start.day, start.minute or 0),
        epoch(end.day, DAY_MINUTES if end.minute is None else end.minute),
    )


def _repeated(row: Mapping[str, str], start: When, end: When) -> list[tuple[float, float]]:
    if start.minute is not None or end.minute is not None:
        raise RowRefused("with days or times, from and until must be days without a time")
    number = (end.day - start.day).days + 1
    if number > MOST_WEEKS * 7:
        raise RowRefused(f"it repeats over more than {MOST_WEEKS} weeks: load fewer")
    weekdays = read_days(row["days"]) if row.get("days") else _EVERY_DAY
    times = read_times(row["times"]) if row.get("times") else [(0, DAY_MINUTES)]
    days = [start.day + timedelta(days=n) for n in range(max(number, 0))]
    spans = [
        (epoch(day, since), epoch(day, until))
        for day in days
        if day.weekday() in weekdays
        for since, until in times
    ]
    if not spans:
        raise RowRefused("no such day lies between from and until")
    return spans


def _shift(since: float, until: float, now: float, *, on: bool) -> Shift:
    if since >= until:
        raise RowRefused("until must be later than from")
    if since > now + FARTHEST_S:
        raise RowRefused("it is more than a year ahead: is the year right?")
    if until - since > (LONGEST_DUTY_S if on else FARTHEST_S):
        raise RowRefused(
            "duty of more than 7 days at a stretch: are the days right?"
            if on
            else "leave of more than a year: are the days right?"
        )
    return Shift(since, until, on)


def _notes(row: Mapping[str, str], start: When, end: When) -> list[str]:
    unknown = sorted(name for name in row.keys() - set(COLUMNS) if row[name])
    left_out = [f"columns left out: {', '.join(unknown)}"] if unknown else []
    return list(dict.fromkeys([*left_out, *start.notes, *end.notes]))

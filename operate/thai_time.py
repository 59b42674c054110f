"""Times as operators in Thailand read and write them."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

from ess.domain.opening_hours import BANGKOK_OFFSET_S

THAI_TIME = timezone(timedelta(seconds=BANGKOK_OFFSET_S))

DAY_MINUTES = 24 * 60

_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_DATE = re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})")
_THAI_DATE = re.compile(r"(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>\d{4})")
_TIME = re.compile(r"(\d{1,2})[:.](\d{2})(?::00)?\s*(?:น\.?)?")
_BUDDHIST = 543
_FIRST_BUDDHIST = 2400
"""Years from this one on are of the Buddhist era: nobody plans four centuries ahead."""

_WEEKDAYS = (
    ("mon", "mo", "monday", "จ", "จันทร์"),
    ("tue", "tu", "tuesday", "อ", "อังคาร"),
    ("wed", "we", "wednesday", "พ", "พุธ"),
    ("thu", "th", "thursday", "พฤ", "พฤหัส", "พฤหัสบดี"),
    ("fri", "fr", "friday", "ศ", "ศุกร์"),
    ("sat", "sa", "saturday", "ส", "เสาร์"),
    ("sun", "su", "sunday", "อา", "อาทิตย์"),
)
_WEEKDAY_OF = {name: day for day, names in enumerate(_WEEKDAYS) for name in names}
_EVERY_DAY = {"daily", "every day", "ทุกวัน"}


class TimeNotUnderstood(ValueError):
    """It is no date or time that can be read; the message says what was expected."""


@dataclass(frozen=True, slots=True)
class When:
    """A day in Thailand, with or without a time.

    Args:
        day: the day.
        minute: minutes since its midnight, up to 1,440 (24:00); None if only the day was written.
        notes: how it was read, where it could be read otherwise.
    """

    day: date
    minute: int | None = None
    notes: tuple[str, ...] = ()


def read_when(text: str) -> When:
    """Read ``2026-11-30``, ``2026-11-30 08:00``, ``30/11/2569 08.00 น.`` and the like.

    Thai digits and Buddhist years are understood; what has slashes begins with the day.

    Raises:
        TimeNotUnderstood: it is nothing of that.
    """
    plain = " ".join(text.translate(_DIGITS).replace("T", " ").split())
    written, _, rest = plain.partition(" ")
    day, notes = _read_day(written, text)
    return When(day, read_time(rest) if rest else None, notes)


def _read_day(written: str, text: str) -> tuple[date, tuple[str, ...]]:
    found = _DATE.fullmatch(written) or _THAI_DATE.fullmatch(written)
    if not found:
        raise TimeNotUnderstood(f"{text!r} is no date: write 2026-11-30 or 30/11/2569")
    year, month, day = (int(found[part]) for part in "ymd")
    notes = ["dates with slashes are read as day/month/year"] if "/" in written else []
    if year >= _FIRST_BUDDHIST:
        notes.append(f"the year {year} is read as {year - _BUDDHIST}")
        year -= _BUDDHIST
    try:
        return date(year, month, day), tuple(notes)
    except ValueError as error:
        raise TimeNotUnderstood(f"{text!r} is no day of the calendar") from error


def read_time(text: str) -> int:
    """Read ``08:00``, ``8.00 น.``, ``24:00`` as minutes since midnight.

    Raises:
        TimeNotUnderstood: it is nothing of that.
    """
    found = _TIME.fullmatch(text.translate(_DIGITS).strip())
    hours, minutes = (int(found[1]), int(found[2])) if found else (99, 99)
    if hours * 60 + minutes > DAY_MINUTES or minutes >= 60:
        raise TimeNotUnderstood(f"{text!r} is no time of the day: write 08:00, up to 24:00")
    return hours * 60 + minutes


def read_times(text: str) -> list[tuple[int, int]]:
    """Read ``08:00-20:00``, several with commas between, as minutes since midnight.

    What does not end later than it begins ends on the next day: ``20:00-08:00``.

    Raises:
        TimeNotUnderstood: it is nothing of that.
    """
    spans = []
    for part in re.split(r"[,;]", text):
        ends = re.split(r"[-–]|ถึง", part)
        if len(ends) != 2:
            raise TimeNotUnderstood(f"{text!r} must say from when until when: 08:00-20:00")
        start, end = map(read_time, ends)
        spans.append((start, end if end > start else end + DAY_MINUTES))
    return spans


def read_days(text: str) -> frozenset[int]:
    """Read ``Mon-Fri``, ``จ-ศ``, ``Sat,Sun``, ``ทุกวัน`` as weekdays, Monday 0.

    Raises:
        TimeNotUnderstood: it is nothing of that.
    """
    plain = re.sub(r"\s*(?:[-–]|ถึง)\s*", "-", text.strip().lower())
    if plain in _EVERY_DAY:
        return frozenset(range(7))
    days: set[int] = set()
    for part in re.split(r"[,;/+\s]+", plain):
        ends = [_WEEKDAY_OF.get(name.rstrip(".").removeprefix("วัน")) for name in part.split("-")]
        first, last = ends[0], ends[-1]
        if len(ends) > 2 or first is None or last is None:
            raise TimeNotUnderstood(f"{text!r} are no days of the week: write Mon-Fri or จ-ศ")
        days.update((first + step) % 7 for step in range((last - first) % 7 + 1))
    return frozenset(days)


def epoch(day: date, minute: int) -> float:
    """Return epoch seconds of the time `minute` minutes after midnight of a day in Thailand."""
    midnight = datetime.combine(day, time(), THAI_TIME)
    return midnight.timestamp() + minute * 60


def thai_day(at_s: float) -> date:
    """Return the day that it is in Thailand at epoch seconds."""
    return datetime.fromtimestamp(at_s, THAI_TIME).date()


def spoken(at_s: float) -> str:
    """Return epoch seconds as ``Mon 30 Nov 20:00``; seconds are told where there are any."""
    at = datetime.fromtimestamp(at_s, THAI_TIME)
    return f"{at:%a} {at.day} {at:%b} {_clock(at)}"


def spoken_span(since: float, until: float) -> str:
    """Return a stretch of time; an end on the same day is told without its date."""
    start, end = (datetime.fromtimestamp(at, THAI_TIME) for at in (since, until))
    ending = _clock(end) if start.date() == end.date() else spoken(until)
    return f"{spoken(since)} - {ending}"


def _clock(at: datetime) -> str:
    return f"{at:%H:%M}" if not at.second else f"{at:%H:%M:%S}"

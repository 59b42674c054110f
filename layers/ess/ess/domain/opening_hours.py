"""When a station is open, written as OpenStreetMap writes it.

Understood is the part of https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification that
offices need: ``24/7``, weekdays, times of the day and ``off``, in rules separated by semicolons::

    Mo-Fr 08:30-12:00,13:00-16:30; Sa 09:00-12:00; PH off

A later rule replaces what earlier ones say of the weekdays that it names. Hours past midnight
(``22:00-06:00``, ``22:00-30:00``) belong to the day on which they begin, and go with it. There is
no calendar of public or school holidays here (``PH``, ``SH``): rules for them are passed over.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from ess.domain.errors import EssError

BANGKOK_OFFSET_S = 7 * 3600
"""Thailand's time is UTC+7 all year, since 1920; no table of time zones is needed."""

_DAY_S = 24 * 3600
_EPOCH_WEEKDAY = 3  # 1 January 1970 was a Thursday

_WEEKDAYS = {name: number for number, name in enumerate(("mo", "tu", "we", "th", "fr", "sa", "su"))}
_HOLIDAYS = {"ph", "sh"}
_CLOSED = {"off", "closed"}

_RULE = re.compile(r"(?P<days>[a-z,-]*?)(?P<times>[0-9:,-]*)(?P<word>open|off|closed|)")
_TIMES = re.compile(r"(\d?\d):(\d\d)-(\d?\d):(\d\d)")

type Span = tuple[int, int]
"""From and until, in seconds since midnight; the end may lie on the next day."""


class OpeningHoursNotUnderstood(EssError, ValueError):
    """Opening hours are not written in a way that is understood here; the message says what."""


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """A week of opening hours in Thailand.

    Args:
        week: for each weekday, Monday first, the spans that begin on it.
    """

    week: tuple[tuple[Span, ...], ...]

    def is_open(self, at_s: float) -> bool:
        """Tell whether it is open at `at_s`, seconds since 1970 (UTC). The end is closed."""
        day, second = divmod(at_s + BANGKOK_OFFSET_S, _DAY_S)
        today = int(day + _EPOCH_WEEKDAY) % 7
        yesterday = self.week[today - 1]
        return any(start <= second < end for start, end in self.week[today]) or any(
            second + _DAY_S < end for _, end in yesterday
        )


def is_open(text: str, at_s: float) -> bool:
    """Tell whether a station with the opening hours `text` is open at `at_s`.

    Empty text, or text that is not understood, counts as open. What is not known must never hide a
    station: a closed one that is asked does not answer, and the next one is called; an open one
    that is passed over for a typing mistake is never asked.

    Args:
        text: as OpenStreetMap writes it.
        at_s: seconds since 1970 (UTC).
    """
    hours = _understood(text)
    return hours is None or hours.is_open(at_s)


@lru_cache(maxsize=256)
def _understood(text: str) -> OpeningHours | None:
    try:
        return parse_opening_hours(text)
    except OpeningHoursNotUnderstood:
        return None


def parse_opening_hours(text: str) -> OpeningHours:
    """Return the opening hours that `text` describes.

    Raises:
        OpeningHoursNotUnderstood: `text` uses more than the part described at the module's top.
    """
    week: dict[int, tuple[Span, ...]] = {}
    for part in text.split(";"):
        # OpenStreetMap's own tools take spaces anywhere and either case.
        rule = "".join(part.split()).lower()
        if rule:
            days, spans = _rule(rule, part.strip())
            week |= dict.fromkeys(days, spans)
    if not week:
        raise OpeningHoursNotUnderstood(f"{text!r} says nothing about weekdays")
    return OpeningHours(tuple(week.get(day, ()) for day in range(7)))


def _rule(rule: str, written: str) -> tuple[frozenset[int], tuple[Span, ...]]:
    """Return the weekdays that a rule names, and when it says that it is open on them."""
    if rule == "24/7":
        rule = "mo-su"
    parts = _RULE.fullmatch(rule)
    if parts is None:
        raise OpeningHoursNotUnderstood(f"{written!r} is no rule of weekdays and times")
    days = _days(parts["days"], written) if parts["days"] else frozenset(range(7))
    spans = _spans(parts["times"], written) if parts["times"] else ((0, _DAY_S),)
    if parts["word"] not in _CLOSED:
        return days, spans
    if parts["times"]:
        raise OpeningHoursNotUnderstood(f"{written!r} closes for a part of the day")
    return days, ()


def _days(text: str, written: str) -> frozenset[int]:
    days: set[int] = set()
    for item in text.split(","):
        if item in _HOLIDAYS:
            continue
        first, dash, last = item.partition("-")
        if not dash:
            last = first
        if first not in _WEEKDAYS or last not in _WEEKDAYS:
            raise OpeningHoursNotUnderstood(f"{written!r}: {item!r} is no weekday")
        start = _WEEKDAYS[first]
        length = (_WEEKDAYS[last] - start) % 7 + 1
        days.update((start + day) % 7 for day in range(length))
    return frozenset(days)


def _spans(text: str, written: str) -> tuple[Span, ...]:
    return tuple(_span(item, written) for item in text.split(","))


def _span(text: str, written: str) -> Span:
    times = _TIMES.fullmatch(text)
    if times is None:
        raise OpeningHoursNotUnderstood(f"{written!r}: {text!r} is no span of time")
    from_hour, from_minute, to_hour, to_minute = map(int, times.groups())
    start, end = from_hour * 3600 + from_minute * 60, to_hour * 3600 + to_minute * 60
    if max(from_minute, to_minute) > 59 or start >= _DAY_S or end > 2 * _DAY_S:
        raise OpeningHoursNotUnderstood(f"{written!r}: {text!r} has no such hours")
    return start, end if end > start else end + _DAY_S

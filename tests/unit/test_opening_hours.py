"""Opening hours as OpenStreetMap writes them, in Thailand's time."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ess.domain.opening_hours import OpeningHoursNotUnderstood, is_open, parse_opening_hours

BANGKOK = timezone(timedelta(hours=7))
MONDAY = datetime(2026, 11, 23, tzinfo=BANGKOK)
DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


def at(text):
    """Seconds since 1970 of such as ``Mo 08:30``, in the week of 23 November 2026."""
    day, clock = text.split()
    hour, minute = map(int, clock.split(":"))
    return (MONDAY + timedelta(days=DAYS.index(day), hours=hour, minutes=minute)).timestamp()


OFFICE = "Mo-Fr 08:30-12:00,13:00-16:30; Sa 09:00-12:00"


@pytest.mark.parametrize(
    ("text", "when", "expected"),
    [
        ("24/7", "Su 03:00", True),
        ("Mo-Su 00:00-24:00", "Su 23:59", True),
        ("Mo-Su 00:00-24:00", "Mo 00:00", True),
        ("Mo-Fr 08:30-16:30", "Mo 08:29", False),
        ("Mo-Fr 08:30-16:30", "Mo 08:30", True),
        ("Mo-Fr 08:30-16:30", "Fr 16:29", True),
        ("Mo-Fr 08:30-16:30", "Fr 16:30", False),
        ("Mo-Fr 08:30-16:30", "Sa 12:00", False),
        (OFFICE, "Tu 12:30", False),
        (OFFICE, "Tu 13:00", True),
        (OFFICE, "Sa 11:59", True),
        (OFFICE, "Sa 13:00", False),
        (OFFICE, "Su 10:00", False),
        ("Mo,We 08:00-17:00", "We 10:00", True),
        ("Mo,We 08:00-17:00", "Tu 10:00", False),
        ("Fr-Mo 08:00-17:00", "Su 10:00", True),
        ("Fr-Mo 08:00-17:00", "Mo 10:00", True),
        ("Fr-Mo 08:00-17:00", "We 10:00", False),
        ("Mo-Mo 08:00-17:00", "Tu 10:00", False),
        ("08:00-17:00", "Su 10:00", True),
        ("08:00-17:00", "Su 17:00", False),
        ("8:00-17:00", "Su 08:00", True),
        ("22:00-06:00", "We 23:00", True),
        ("22:00-06:00", "We 05:59", True),
        ("22:00-06:00", "We 06:00", False),
        ("22:00-30:00", "We 05:59", True),
        ("Su 22:00-06:00", "Mo 05:00", True),  # over the end of the week
        ("Su 22:00-06:00", "Su 05:00", False),
        ("Mo-Fr 22:00-06:00", "Sa 05:00", True),
        ("Mo-Fr 22:00-06:00", "Mo 05:00", False),
        ("08:00-08:00", "Th 07:59", True),
        ("Mo-Fr", "Mo 03:00", True),
        ("Mo-Fr", "Sa 03:00", False),
        ("Mo-Fr 08:30-16:30 open", "Mo 10:00", True),
        ("off", "Mo 10:00", False),
        ("closed", "Mo 10:00", False),
        # A later rule replaces what earlier ones say of its days.
        ("Mo-Su 08:00-20:00; We off", "We 10:00", False),
        ("Mo-Su 08:00-20:00; We off", "Th 10:00", True),
        ("Mo-Su 08:00-20:00; We 10:00-12:00", "We 09:00", False),
        ("We off; Mo-Su 08:00-20:00", "We 10:00", True),
        ("Mo-Fr 08:30-16:30; 24/7", "Sa 03:00", True),
        # A night belongs to the day on which it begins.
        ("Mo-Su 22:00-06:00; Sa off", "Sa 05:00", True),
        ("Mo-Su 22:00-06:00; Sa off", "Su 05:00", False),
        # Holidays are not known.
        ("Mo-Fr 08:30-16:30; PH off", "Mo 10:00", True),
        ("Mo-Fr 08:30-16:30; PH,SH off;", "Mo 10:00", True),
        ("Mo-Fr,PH 08:30-16:30", "Sa 10:00", False),
        ("24/7; PH 10:00-12:00", "Mo 03:00", True),
        # However it is spaced and written.
        (" mo - fr  08:30 - 12:00 , 13:00-16:30 ;SA OFF", "Fr 13:30", True),
        (" mo - fr  08:30 - 12:00 , 13:00-16:30 ;SA OFF", "Fr 12:30", False),
    ],
)
def test_open_or_closed(text, when, expected):
    assert parse_opening_hours(text).is_open(at(when)) is expected
    assert is_open(text, at(when)) is expected


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "says nothing about weekdays"),
        (" ; ", "says nothing about weekdays"),
        ("PH off", "says nothing about weekdays"),
        ("every day", "no weekday"),
        ("Mo-Xx 08:00-16:00", "'mo-xx' is no weekday"),
        ("Mo-, Tu", "'mo-' is no weekday"),
        ("Mo- 08:00-16:00", "no span of time"),
        ("Mo,,Tu", "'' is no weekday"),
        ("Mo, 08:00-16:00", "no span of time"),
        ("Mo-Fr 08:00", "'08:00' is no span of time"),
        ("Mo-Fr 08:00+", "no rule"),
        ("Mo-Fr 08.30-16.30", "no rule"),
        ("Mo-Fr 08:00-12:00 13:00-16:00", "no span of time"),
        ("Mo-Fr 08:60-12:00", "no such hours"),
        ("Mo-Fr 08:00-12:75", "no such hours"),
        ("24:00-30:00", "no such hours"),
        ("08:00-48:01", "no such hours"),
        ("sunrise-sunset", "no weekday"),
        ("Mo-Fr 08:00-16:00, Sa 08:00-12:00", "no rule"),
        ("Mo-Su 08:00-20:00; We 12:00-13:00 off", "closes for a part of the day"),
        ('Mo-Fr 08:00-16:00 "ring the bell"', "no rule"),
        ("Jan-Mar 08:00-16:00", "'jan-mar' is no weekday"),
        ("week 1-10 08:00-16:00", "'week' is no weekday"),
        ("๐๘:๐๐-๑๖:๐๐", "no rule"),
    ],
)
def test_what_is_not_understood_is_said_and_counts_as_open(text, why):
    with pytest.raises(OpeningHoursNotUnderstood, match=why):
        parse_opening_hours(text)
    assert is_open(text, at("Su 03:00")) is True


@given(st.text("MoTuWeFrSaSu0123456789:-,; off24/7PH", max_size=30), st.floats(-1e11, 1e11))
def test_no_text_hides_a_station_by_an_error(text, when):
    assert is_open(text, when) in {True, False}


@given(st.datetimes(datetime(1930, 1, 1), datetime(2100, 1, 1)))  # noqa: DTZ001 - any clock
def test_days_are_those_of_the_calendar_in_bangkok(naive):
    moment = naive.replace(tzinfo=UTC)
    local = moment.astimezone(BANGKOK)
    assert is_open(f"{DAYS[local.weekday()]} 00:00-24:00", moment.timestamp())
    other = DAYS[(local.weekday() + 1) % 7]
    assert not is_open(f"{other} 00:00-24:00", moment.timestamp())


minutes = st.integers(0, 24 * 60 - 1)


@given(minutes, minutes, minutes, st.sampled_from(DAYS))
def test_a_span_is_open_from_its_start_until_before_its_end(start, end, now, day):
    def clock(minute):
        return f"{minute // 60:02d}:{minute % 60:02d}"

    text = f"{clock(start)}-{clock(end)}"
    expected = start <= now < end if start < end else now >= start or now < end
    assert is_open(text, at(f"{day} {clock(now)}")) is expected

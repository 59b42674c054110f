"""Days and times as people in Thailand write them."""

from datetime import date

import pytest

from operate.thai_time import (
    TimeNotUnderstood,
    When,
    epoch,
    read_days,
    read_time,
    read_times,
    read_when,
    spoken,
    spoken_span,
    thai_day,
)

DAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("text", "minute"),
    [
        ("2026-11-30", None),
        ("2026-11-30 08:00", 480),
        (" 2026-11-30T08:00 ", 480),
        ("2026-11-30 8:05:00", 485),
        ("2026-11-30  08.00 น.", 480),
        ("2026-11-30 24:00", 1440),
    ],
)
def test_iso(text, minute):
    assert read_when(text) == When(DAY, minute)


@pytest.mark.parametrize("text", ["30/11/2569 08:00", "๓๐/๑๑/๒๕๖๙ ๐๘.๐๐ น."])
def test_thai_digits_and_buddhist_years_are_understood_and_said(text):
    when = read_when(text)
    assert (when.day, when.minute) == (DAY, 480)
    assert when.notes == (
        "dates with slashes are read as day/month/year",
        "the year 2569 is read as 2026",
    )
    assert read_when("2569-11-30").notes == ("the year 2569 is read as 2026",)


@pytest.mark.parametrize(
    "text",
    [
        *("", "tomorrow", "2026-02-29", "11/30/2026", "30/11/69", "30-11-2026", "2026-11-30 25:00"),
        *("2026-11-30 08:60", "2026-11-30 24:01", "2026-11-30 8", "2026-11-30 08:00+07:00"),
        "2026-11-30 08:00 20:00",
    ],
)
def test_what_cannot_be_meant(text):
    with pytest.raises(TimeNotUnderstood, match=r"date|calendar|time of the day"):
        read_when(text)


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("08:00-20:00", [(480, 1200)]),
        ("20:00 - 08:00", [(1200, 1920)]),
        ("๘.๐๐ – ๑๖.๐๐ น.", [(480, 960)]),
        ("00:00-24:00", [(0, 1440)]),
        ("08:00-08:00", [(480, 1920)]),
        ("08:00-12:00, 13:00-17:00", [(480, 720), (780, 1020)]),
        ("08:00 ถึง 16:00", [(480, 960)]),
    ],
)
def test_times(text, spans):
    assert read_times(text) == spans


@pytest.mark.parametrize("text", ["08:00", "08:00-12:00-16:00", "morning", "08:00-"])
def test_times_that_are_none(text):
    with pytest.raises(TimeNotUnderstood):
        read_times(text)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Mon-Fri", {0, 1, 2, 3, 4}),
        ("Mo-Fr", {0, 1, 2, 3, 4}),
        ("จ-ศ", {0, 1, 2, 3, 4}),
        ("จ. – ศ.", {0, 1, 2, 3, 4}),
        ("วันจันทร์ ถึง วันพุธ", {0, 1, 2}),
        ("พฤ", {3}),
        ("พ", {2}),
        ("ส,อา", {5, 6}),
        ("Sat+Sun", {5, 6}),
        ("sunday tuesday", {6, 1}),
        ("Sat-Mon", {5, 6, 0}),
        ("Fri-Thu", set(range(7))),
        ("ทุกวัน", set(range(7))),
    ],
)
def test_days(text, days):
    assert read_days(text) == days


@pytest.mark.parametrize("text", ["", "Mon-Wed-Fri", "M", "วัน", "8"])
def test_days_that_are_none(text):
    with pytest.raises(TimeNotUnderstood):
        read_days(text)


def test_thailand_is_seven_hours_ahead():
    assert epoch(date(1970, 1, 1), 7 * 60) == 0
    assert epoch(date(1970, 1, 1), 24 * 60) == epoch(date(1970, 1, 2), 0)
    assert thai_day(epoch(DAY, 0)) == DAY
    assert thai_day(epoch(DAY, 0) - 1) == date(2026, 11, 29)


def test_as_it_is_told():
    assert spoken(epoch(DAY, 20 * 60)) == "Mon 30 Nov 20:00"
    assert spoken(epoch(DAY, 0)) == "Mon 30 Nov 00:00"
    assert spoken(epoch(DAY, 20 * 60) + 5) == "Mon 30 Nov 20:00:05"
    assert spoken_span(epoch(DAY, 480), epoch(DAY, 1200)) == "Mon 30 Nov 08:00 - 20:00"
    assert spoken_span(epoch(DAY, 1200), epoch(DAY, 1920)) == "Mon 30 Nov 20:00 - Tue 1 Dec 08:00"
    assert read_time("24:00") == 1440

"""`ess units check`: who will have nobody to call, and when."""

from dataclasses import replace
from datetime import date

import pytest

from ess import bootstrap
from ess.adapters.memory.clock import MemoryClock
from ess.adapters.memory.responders import MemoryResponders
from ess.adapters.memory.stations import MemoryStationDirectory
from ess.domain.duty import Shift
from ess.domain.geo import Point
from ess.domain.responder import Responder
from ess.domain.station import Station
from operate.cli import main
from operate.thai_time import epoch
from tests.unit.directory_kit import directory_of

NOW = epoch(date(2026, 11, 30), 12 * 60) + 17
NOON = NOW - 17
H = 3600
WEEK = "Mon 30 Nov 12:00 - Mon 7 Dec 12:00"
NONE_LEFT = "0 have gaps, 0 have nobody."
SOME_LEFT = "2 have gaps, 1 have nobody."
NO_WAY = "not reachable (no phone; not on LINE, or blocked there)"
ONE = Responder("1", "np", "ก", "K", phone="+66800000001", on_duty=True, verified=True)
DESK = replace(ONE, unit_id="desk")


@pytest.fixture
def check(monkeypatch, capsys):
    def run(*people, options=(), directory=None):
        units = [
            Station("np", "สภ.เมือง", "Mueang", Point(17.4, 104.7)),
            Station("c191", "ศูนย์ 191", "191", Point(17.3, 104.6), kind="center_191"),
        ]
        directory = directory or directory_of(units)
        monkeypatch.setattr(bootstrap, "responders", lambda: MemoryResponders(people))
        monkeypatch.setattr(bootstrap, "station_directory", lambda: directory)
        monkeypatch.setattr(bootstrap, "clock", lambda: MemoryClock(NOW))
        code = main(["units", "check", *options])
        return code, capsys.readouterr().out.splitlines()

    return run


def test_all_is_well(check):
    code, said = check(DESK, ONE, replace(ONE, unit_id="c191"))
    assert code == 0
    assert said == [
        f"{WEEK} in Thailand: 3 units checked, 3 always have somebody to call, {NONE_LEFT}"
    ]


def test_gaps_are_merged_and_told_in_thai_time_the_desk_first(check):
    day = (Shift(NOON - 4 * H, NOON + 8 * H), Shift(NOON + 20 * H, NOON + 999 * H))
    code, said = check(
        replace(DESK, phone=None, line_user_id="U1", line_blocked=True),
        replace(ONE, shifts=day),
    )
    assert code == 1
    assert said == [
        f"the desk, the last rung of every search (desk): on duty but {NO_WAY} {WEEK}",
        "สภ.เมือง (np): nobody on duty Mon 30 Nov 20:00 - Tue 1 Dec 08:00",
        "ศูนย์ 191 (c191): nobody belongs to it",
        f"{WEEK} in Thailand: 3 units checked, 0 always have somebody to call, {SOME_LEFT}",
    ]


def test_how_far_ahead(check):
    tomorrow = replace(ONE, shifts=(Shift(NOON, NOON + 25 * H),))
    people = (DESK, tomorrow, replace(ONE, unit_id="c191"))
    assert check(*people, options=["--days", "1"])[0] == 0
    code, said = check(*people, options=["--days", "2"])
    assert code == 1
    assert said[0] == "สภ.เมือง (np): nobody on duty Tue 1 Dec 13:00 - Wed 2 Dec 12:00"


def test_one_unit(check):
    code, said = check(ONE, options=["--unit", "np"])
    assert (code, len(said)) == (0, 1)
    assert "1 unit checked" in said[0]
    code, said = check(ONE, options=["--unit", "desk"])
    assert code == 1
    assert said[0].endswith("(desk): nobody belongs to it")
    code, said = check(ONE, options=["--unit", "nowhere"])
    assert (code, said) == (
        1,
        ["No unit has the id nowhere: nobody is ever sent to it."],
    )


def test_before_any_directory_is_published_it_says_so(check):
    code, said = check(DESK, directory=MemoryStationDirectory())
    assert code == 0
    assert said[0] == "note: no directory of stations is published, so only the desk was checked"


@pytest.mark.parametrize("days", ["0", "57", "x", "-1", "1.5"])
def test_days_that_are_none(check, days):
    with pytest.raises(SystemExit):
        check(options=[f"--days={days}"])

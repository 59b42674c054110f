"""`ess stations coverage`: the table that a planner reads."""

import re

import pytest

from ess.adapters.station_files import FileUnreadable
from ess.domain.errors import InvalidLookup
from tests.unit.station_map_kit import NIGHT, OFFICE_HOURS, a_few, run, station

DAY = "2025-06-02T10:00"


@pytest.fixture
def told(monkeypatch, capsys):
    def coverage(stations, *arguments, code=0):
        assert run(monkeypatch, stations, "coverage", *arguments) == code
        return capsys.readouterr().out.splitlines()

    return coverage


def rows(lines):
    return [line.split(None, 4) for line in lines if re.match(r" +\d+ ", line)]


def test_places_in_order_with_the_station_nearest_to_them(told):
    lines = told(a_few(), "--at", DAY, "--top", "2", "--within", "jurisdictions", "--apart", "10")

    assert lines[0] == "5 of 5 stations count: open at 2025-06-02 10:00 (Thailand's time)."
    first, second = rows(lines)
    assert float(first[1]) >= float(second[1]) > 10
    assert first[4] in {"SW of สภ.nk (Station nk), นครพนม", "S of สภ.nk (Station nk), นครพนม"}
    assert lines[-1].startswith("Each is the farthest place")


def test_closed_stations_do_not_count(told):
    only = [station("day", 16.9, 104.5, opening_hours=OFFICE_HOURS), station("far", 6.0, 101.0)]

    by_day = rows(told(only, "--at", DAY, "--top", "1"))
    by_night = rows(told(only, "--at", NIGHT, "--top", "1"))

    assert float(by_night[0][1]) > float(by_day[0][1]) + 200
    assert "สภ.far" in by_night[0][4]


def test_only_stations_of_a_kind(told):
    lines = told(a_few(), "--at", DAY, "--kind", "fire_station", "--top", "1")

    assert lines[0].startswith("1 of 5 stations count")
    assert "สภ.fire" in rows(lines)[0][4]


def test_places_that_are_near_enough_are_not_listed(told):
    area = ("--within", "jurisdictions")
    assert len(rows(told(a_few(), *area, "--apart", "5", "--max-km", "15"))) >= 1

    lines = told(a_few(), *area, "--max-km", "500")

    assert rows(lines) == []
    assert lines[-1] == "No place is farther than 500 km."


def test_the_coarse_outline_is_called_coarse(told):
    assert "coarse" in told(a_few())[-1]
    assert "coarse" not in " ".join(told(a_few(), "--within", "jurisdictions"))


def test_nothing_open(told):
    shut = [station("day", 17, 104, opening_hours=OFFICE_HOURS)]

    assert told(shut, "--at", NIGHT, code=1) == [
        "No station is open at 2025-06-01 22:00: everywhere is far."
    ]
    assert "everywhere is far" in told(None, code=1)[0]


def test_named_places(told, tmp_path):
    places = tmp_path / "places.csv"
    places.write_text(
        "\ufeffNAME, Lat, LON\nบ้านไกล,15.0,104.0\nบ้านใกล้,16.95,104.71\nบ้านกลาง,16.0,104.0\n"
        "ผิด,x,1\nผิดอีก,99,1\n",
        encoding="utf-8",
    )

    lines = told(a_few(), "--places", str(places), "--max-km", "20", "--top", "1")

    assert lines[0].startswith("left out: row 4 (ผิด): ")
    assert lines[1].startswith("left out: row 5 (ผิดอีก): latitude")
    assert lines[3] == "2 of 3 places are farther than 20 km, farthest first:"
    [[number, km, latitude, _, where]] = rows(lines)
    assert (number, latitude) == ("1", "15.00000")
    assert 215 < float(km) < 230
    assert where.startswith("บ้านไกล, S of สภ.nk")
    assert lines[-1] == "... and 1 more (--top N lists more)"


@pytest.mark.parametrize("text", ["a,b\n1,2\n", "", 'name,lat,lon\n"x'])
def test_a_list_of_places_that_is_none(told, tmp_path, text):
    places = tmp_path / "places.csv"
    places.write_text(text)

    with pytest.raises(FileUnreadable, match=r"places\.csv: "):
        told(a_few(), "--places", str(places))


def test_jurisdictions_that_nobody_has(told):
    with pytest.raises(InvalidLookup, match="no station of the directory has a jurisdiction"):
        told([station("a", 17, 104)], "--within", "jurisdictions")


@pytest.mark.parametrize("wrong", [("--apart", "0"), ("--max-km", "far"), ("--apart", "nan")])
def test_distances_that_are_none(monkeypatch, wrong):
    with pytest.raises(SystemExit):
        run(monkeypatch, a_few(), "coverage", *wrong)

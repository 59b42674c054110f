"""`ess shifts`: plans as CSV, bad rows named, loading twice the same as once."""

from dataclasses import replace
from datetime import date

import pytest

from ess import bootstrap
from ess.adapters.memory.clock import MemoryClock
from ess.adapters.memory.responders import MemoryResponders
from ess.domain.duty import MOST_SHIFTS, Shift
from ess.domain.responder import Responder
from operate.cli import main
from operate.thai_time import epoch

HEADER = "unit_id,responder_id,type,from,until,days,times"
NOW = epoch(date(2026, 11, 25), 15 * 60)
ONE = Responder("np-1", "np", "ร.ต.อ. ก", "Capt. K", phone="+66800000001", verified=True)
TWO = replace(ONE, responder_id="np-2", name_th="ด.ต. ข", name_en="Sgt. B")


def at(day, hour, month=11):
    return epoch(date(2026, month, day), hour * 60)


@pytest.fixture
def people(monkeypatch):
    store = MemoryResponders([ONE, TWO])
    monkeypatch.setattr(bootstrap, "responders", lambda: store)
    monkeypatch.setattr(bootstrap, "clock", lambda: MemoryClock(NOW))
    return store


@pytest.fixture
def load(tmp_path, people, capsys):
    def run(*rows, options=(), header=HEADER, encoding="utf-8-sig"):
        file = tmp_path / "plan.csv"
        file.write_text("\r\n".join([header, *rows]), encoding=encoding)
        code = main(["shifts", "load", str(file), *options])
        done = capsys.readouterr()
        return code, done.out + done.err

    return run


def shifts_of(people, responder_id="np-1"):
    return people.get("np", responder_id).shifts


def test_single_shifts_leave_and_weeks(load, people):
    code, said = load(
        "np,np-1,duty,2026-11-30 08:00,2026-11-30 20:00,,",
        "np,np-1,off,2026-12-02,2026-12-03,,",
        "np,np-2,เวร,2026-11-30,2026-12-06,ส-อา,20:00-08:00",
    )
    assert code == 0
    assert shifts_of(people) == (
        Shift(at(30, 8), at(30, 20)),
        Shift(at(2, 0, 12), at(4, 0, 12), on=False),
    )
    assert shifts_of(people, "np-2") == (
        Shift(at(5, 20, 12), at(6, 8, 12)),
        Shift(at(6, 20, 12), at(7, 8, 12)),
    )
    assert "3 rows, from Mon 30 Nov 08:00 on: 2 people changed, 0 as before, 0 kept out." in said


def test_thai_writing_is_understood_and_noted(load, people):
    code, said = load("np,np-1,เวร,30/11/2569 08.00 น.,๓๐/๑๑/๒๕๖๙ ๒๐.๐๐,,")
    assert code == 0
    assert shifts_of(people) == (Shift(at(30, 8), at(30, 20)),)
    assert "note: the year 2569 is read as 2026 (line 2)" in said


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",np-1,duty,2026-11-30,2026-11-30,,", "it has no unit_id"),
        ("np,np-1,,2026-11-30,2026-11-30,,", "it has no type"),
        ("np,np-1,holiday,2026-11-30,2026-11-30,,", "type must be duty or off"),
        ("np,np-1,duty,30.11.2026,2026-11-30,,", "is no date"),
        ("np,np-1,duty,2026-11-30 20:00,2026-11-30 08:00,,", "until must be later"),
        ("np,np-1,duty,2026-11-30 08:00,2026-11-30 20:00,Mon,", "days without a time"),
        ("np,np-1,duty,2026-11-30,2027-01-25,,08:00-20:00", "more than 8 weeks"),
        ("np,np-1,duty,2026-11-30,2026-11-30,Tue,08:00-20:00", "no such day lies between"),
        ("np,np-1,duty,2026-12-30,2026-11-30,,08:00-20:00", "no such day lies between"),
        ("np,np-1,duty,2026-11-30,2026-12-30,,", "more than 7 days"),
        ("np,np-1,off,2026-11-30,2028-11-30,,", "leave of more than a year"),
        ("np,np-1,duty,2028-11-30,2028-11-30,,", "more than a year ahead"),
        ("np,np-1,duty,2026-11-30,2026-11-30,Monkday,08:00-20:00", "no days of the week"),
        ("np,np-1,duty,2026-11-30,2026-11-30,,8-20", "no time of the day"),
        ("np,np-1,duty,2026-11-30,2026-11-30,,,too much", "more values"),
        ("np,np-9,duty,2026-11-30,2026-11-30,,", "unit np has no responder of this id"),
        ("pn,np-1,duty,2026-11-30,2026-11-30,,", "unit pn has no responder of this id"),
    ],
)
def test_a_bad_row_is_named_with_its_line_and_the_others_go_in(load, people, row, reason):
    code, said = load("# a remark", row, "np,np-2,duty,2026-11-30,2026-11-30,,")
    assert code == 1
    assert "kept out: line 3 (" in said
    assert reason in said
    assert shifts_of(people) == ()
    assert shifts_of(people, "np-2") == (Shift(at(30, 0), at(1, 0, 12)),)


def test_only_bad_rows_change_nothing(load, people):
    code, said = load("np,np-9,duty,2026-11-30,2026-11-30,,")
    assert code == 1
    assert "No usable row: nothing was changed." in said
    assert people.calls["change"] == 0


@pytest.mark.parametrize(
    ("header", "encoding", "reason"),
    [
        ("unit_id,responder_id", "utf-8", "missing: type, from, until"),
        ("", "utf-8", "missing: unit_id"),
        (HEADER + ",ก", "cp874", "CSV UTF-8"),
        (HEADER + ',"', "utf-8", "not CSV"),
    ],
)
def test_a_file_that_is_none_says_why(load, header, encoding, reason):
    code, said = load(header=header, encoding=encoding)
    assert code == 1
    assert reason in said


def test_loading_again_changes_nothing_and_a_dry_run_never(load, people):
    row = "np,np-1,duty,2026-11-30,2026-12-27,,08:00-20:00"
    code, said = load(row, options=["--dry-run"])
    assert code == 0
    assert "Dry run, nothing was changed." in said
    assert "1 person changed" in said
    assert people.get("np", "np-1") == ONE
    load(row)
    once = people.get("np", "np-1")
    assert len(once.shifts) == 28
    code, said = load(row)
    assert code == 0
    assert "0 people changed, 1 as before" in said
    assert people.get("np", "np-1") == once


def test_a_plan_is_replaced_from_the_earliest_moment_of_the_file_on(load, people):
    old = (
        Shift(at(25, 8), at(25, 20)),
        Shift(at(28, 20), at(29, 8)),
        Shift(at(30, 8), at(30, 20)),
    )
    for who in (ONE, TWO):
        people.change(who, replace(who, shifts=old, on_duty=True, duty_set_at=5.0))
    code, said = load("np,np-1,duty,2026-11-29 00:00,2026-11-29 06:00,,")
    assert code == 0
    assert shifts_of(people) == (
        old[0],
        Shift(at(28, 20), at(29, 0)),
        Shift(at(29, 0), at(29, 6)),
    )
    assert "note: 2 shifts to come that were planned before are replaced or cut" in said
    assert shifts_of(people, "np-2") == old
    assert (people.get("np", "np-1").on_duty, people.get("np", "np-1").duty_set_at) == (True, 5.0)


def test_leave_beside_a_plan_is_added(load, people):
    plan = (Shift(at(26, 8), at(26, 20)), Shift(at(30, 8), at(30, 20)))
    people.change(ONE, replace(ONE, shifts=plan))
    leave = "np,np-1,off,2026-11-26,2026-11-26,,"
    for _ in range(2):
        code, said = load(leave, options=["--add"])
        assert code == 0
        assert "replaced" not in said
    assert set(shifts_of(people)) == {*plan, Shift(at(26, 0), at(27, 0), on=False)}
    assert not people.get("np", "np-1").on_duty_at(at(26, 9))
    assert people.get("np", "np-1").on_duty_at(at(30, 9))


def test_shifts_that_are_over_are_left_out_and_said(load, people):
    code, said = load("np,np-1,duty,2026-11-01,2026-11-30,,08:00-20:00")
    assert code == 0
    assert "22 shifts ended more than 2 days ago" in said
    assert shifts_of(people)[0] == Shift(at(23, 8), at(23, 20))
    assert len(shifts_of(people)) == 8


def test_more_than_can_be_kept_is_refused_for_that_person_alone(load, people):
    times = '"' + ",".join(f"{hour:02}:00-{hour + 1:02}:00" for hour in range(0, 20, 5)) + '"'
    many = f"np,np-1,duty,2026-11-30,2027-01-24,,{times}"
    code, said = load(many, "np,np-2,duty,2026-11-30,2026-11-30,,")
    assert code == 1
    assert f"line 2 (np-1): 224 shifts, and {MOST_SHIFTS} can be kept" in said
    assert shifts_of(people) == ()
    assert len(shifts_of(people, "np-2")) == 1


def test_the_example_can_be_loaded(load, people, capsys):
    assert main(["shifts", "example"]) == 0
    example = capsys.readouterr().out
    people.put(replace(ONE, unit_id="np-mueang", responder_id=f"np-{n}") for n in (1, 2, 3))
    header, *rows = (line for line in example.splitlines() if not line.startswith("#"))
    assert header == HEADER
    code, said = load(*rows)
    assert code == 0
    assert "3 people changed, 0 as before, 0 kept out." in said
    assert all(len(line) <= 100 for line in example.splitlines())


def test_show_says_who_is_on_duty_and_why(people, capsys):
    day = Shift(NOW - 3600, NOW + 3600)
    people.change(ONE, replace(ONE, shifts=(day,)))
    people.change(TWO, replace(TWO, shifts=(day,), duty_set_at=NOW - 5))
    over = (Shift(NOW - 7200, NOW - 3600),)
    people.put(
        [
            replace(ONE, responder_id="np-3", on_duty=True),
            replace(ONE, responder_id="np-4", on_duty=True, shifts=over),
        ]
    )
    assert main(["shifts", "show", "np"]) == 0
    said = capsys.readouterr().out
    assert "np-1  ร.ต.อ. ก (Capt. K): on duty by plan, until Wed 25 Nov 16:00\n" in said
    assert "    duty  Wed 25 Nov 14:00 - 16:00\n" in said
    assert "np-2  ด.ต. ข (Sgt. B): off duty by their own word, until Wed 25 Nov 16:00\n" in said
    assert "np-3  ร.ต.อ. ก (Capt. K): on duty, no plan\n" in said
    assert "np-4  ร.ต.อ. ก (Capt. K): off duty, the plan has run out\n" in said
    assert "4 people, 2 with shifts to come." in said
    assert main(["shifts", "show", "nowhere"]) == 1


def test_clearing_leaves_everybody_as_they_are_now(people, capsys):
    people.change(ONE, replace(ONE, shifts=(Shift(NOW - 3600, NOW + 3600),)))
    assert main(["shifts", "clear", "np", "np-1"]) == 0
    assert "on duty, no plan" in capsys.readouterr().out
    person = people.get("np", "np-1")
    assert (person.shifts, person.on_duty, person.duty_set_at) == ((), True, NOW)
    assert main(["shifts", "clear", "np", "np-9"]) == 1

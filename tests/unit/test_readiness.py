"""Gaps: found to the second, merged, and told with their reason."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ess import bootstrap
from ess.adapters.memory.clock import MemoryClock
from ess.adapters.memory.responders import MemoryResponders
from ess.domain.duty import Shift
from ess.domain.errors import TemporaryFailure
from ess.domain.readiness import Gap, Lack, gaps, lack_at
from ess.domain.responder import Responder
from ess.usecases.check_readiness import UnitReadiness, check_readiness
from functions.check_readiness.app import handler

NOW = 1_790_000_000.0
ONE = Responder("1", "u", "ก", "K", phone="+66800000001", on_duty=True, verified=True)
TWO = replace(ONE, responder_id="2")
DAY = replace(ONE, shifts=(Shift(8, 20), Shift(32, 44)))
NIGHT = replace(TWO, shifts=(Shift(20, 32),))
NO_WAY = replace(ONE, phone=None, line_user_id="U1", line_blocked=True)


def test_somebody_without_a_plan_who_is_on_leaves_no_gap():
    assert gaps([ONE], 0, 1000) == []


def test_people_who_relieve_each_other_leave_no_gap_until_the_plan_runs_out():
    assert gaps([DAY, NIGHT], 8, 44) == []
    assert gaps([DAY, NIGHT], 0, 50) == [Gap(0, 8, Lack.OFF_DUTY), Gap(44, 50, Lack.OFF_DUTY)]


def test_a_gap_is_found_to_the_second():
    late = replace(NIGHT, shifts=(Shift(20.5, 32),))
    assert gaps([DAY, late], 8, 44) == [Gap(20, 20.5, Lack.OFF_DUTY)]


def test_a_gap_that_others_boundaries_cut_is_one():
    elsewhere = replace(TWO, phone=None, shifts=(Shift(21, 22), Shift(22, 23)))
    assert gaps([DAY, replace(elsewhere, verified=False, shifts=())], 8, 44) == [
        Gap(20, 32, Lack.UNVERIFIED)
    ]
    assert gaps([DAY, elsewhere], 8, 32) == [
        Gap(20, 21, Lack.OFF_DUTY),
        Gap(21, 23, Lack.UNREACHABLE),
        Gap(23, 32, Lack.OFF_DUTY),
    ]


def test_the_last_word_counts_until_the_plan_speaks_again():
    ill = replace(DAY, on_duty=False, duty_set_at=10)
    assert gaps([ill], 10, 40) == [Gap(10, 32, Lack.OFF_DUTY)]


@pytest.mark.parametrize(
    ("people", "lack"),
    [
        ([], Lack.NOBODY),
        ([replace(ONE, verified=False)], Lack.NOBODY_VERIFIED),
        ([replace(ONE, verified=False), replace(TWO, on_duty=False)], Lack.UNVERIFIED),
        ([replace(ONE, on_duty=False)], Lack.OFF_DUTY),
        ([NO_WAY, replace(TWO, verified=False)], Lack.UNREACHABLE),
        ([NO_WAY, TWO], None),
    ],
)
def test_the_reason(people, lack):
    assert lack_at(people, 5) is lack


CREWS = st.lists(
    st.builds(
        lambda shifts, on, verified, phone, said: replace(
            ONE,
            shifts=tuple(shifts),
            on_duty=on,
            verified=verified,
            phone=phone,
            duty_set_at=said,
        ),
        st.lists(
            st.builds(
                lambda start, length, on: Shift(start, start + length, on),
                st.integers(0, 30),
                st.integers(1, 12),
                st.booleans(),
            ),
            max_size=4,
        ),
        st.booleans(),
        st.booleans(),
        st.sampled_from([None, "+66800000001"]),
        st.none() | st.integers(-3, 5),
    ),
    max_size=3,
)


@given(CREWS)
def test_gaps_are_what_asking_at_every_moment_finds(people):
    since, until = 5, 45
    found = gaps(people, since, until)
    lacks = {
        moment: next((gap.lack for gap in found if gap.since <= moment < gap.until), None)
        for moment in range(since, until)
    }
    assert lacks == {moment: lack_at(people, moment) for moment in range(since, until)}
    ends = [(a.until, a.lack) for a in found]
    assert all((b.since, b.lack) not in ends for b in found)


# --- all units ---


def test_units_that_have_joined_and_the_desk_first():
    people = [replace(ONE, unit_id="b"), replace(ONE, unit_id="a", on_duty=False)]
    store = MemoryResponders([*people, replace(TWO, unit_id="b")])
    assert check_readiness(store, 0, 10) == [
        UnitReadiness("desk", 0, (Gap(0, 10, Lack.NOBODY),)),
        UnitReadiness("a", 1, (Gap(0, 10, Lack.OFF_DUTY),)),
        UnitReadiness("b", 2, ()),
    ]
    assert store.calls == {"everyone": 1}


def test_units_that_are_asked_for_also_without_anybody():
    store = MemoryResponders([ONE, replace(TWO, unit_id="other")])
    checked = check_readiness(store, 0, 10, units=["z", "u"])
    assert [(unit.unit_id, unit.people, len(unit.gaps)) for unit in checked] == [
        ("u", 1, 0),
        ("z", 0, 1),
    ]


def test_a_store_that_does_not_answer_is_not_taken_for_an_empty_one():
    store = MemoryResponders([ONE])
    store.plan("everyone", TemporaryFailure("no"))
    with pytest.raises(TemporaryFailure):
        check_readiness(store, 0, 10)


# --- the function ---


@pytest.fixture
def deployed(monkeypatch):
    def people(*given):
        store = MemoryResponders(given)
        monkeypatch.setattr(bootstrap, "responders", lambda: store)
        return store

    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "test")
    monkeypatch.setattr(bootstrap, "clock", lambda: MemoryClock(NOW))
    return people


def counted(capsys):
    out = capsys.readouterr().out
    found = next(json.loads(line) for line in out.splitlines() if "_aws" in line)
    return found["DeskWithoutContact"], found["UnitsWithoutContact"], out


def test_the_function_counts_even_when_nothing_is_wrong(deployed, capsys):
    deployed(replace(ONE, unit_id="desk"), TWO)
    handler({}, None)
    desk, units, _ = counted(capsys)
    assert (desk, units) == ([0.0], [0.0])


def test_the_function_counts_what_happens_within_a_day_and_not_later(deployed, capsys, caplog):
    tomorrow = (Shift(NOW - 10, NOW + 24 * 3600),)
    today = (Shift(NOW - 10, NOW + 24 * 3600 - 1),)
    deployed(
        replace(ONE, unit_id="desk", shifts=tomorrow),
        replace(ONE, unit_id="fine", shifts=tomorrow),
        replace(ONE, unit_id="short", shifts=today),
        replace(NO_WAY, unit_id="blocked"),
    )
    handler({}, None)
    desk, units, out = counted(capsys)
    assert (desk, units) == ([0.0], [2.0])
    named = [line for line in caplog.records if line.message == "unit without contact"]
    assert [(line.unit_id, line.lack, line.in_s) for line in named] == [
        ("blocked", "unreachable", 0),
        ("short", "off_duty", 24 * 3600 - 1),
    ]
    assert "+66800000001" not in out + caplog.text


def test_the_function_counts_the_desk_by_itself_also_when_it_has_nobody(deployed, capsys):
    deployed(TWO)
    handler({}, None)
    desk, units, _ = counted(capsys)
    assert (desk, units) == ([1.0], [0.0])


def test_the_function_fails_loudly_when_it_cannot_read(deployed):
    deployed().plan("everyone", TemporaryFailure("no"))
    with pytest.raises(TemporaryFailure):
        handler({}, None)

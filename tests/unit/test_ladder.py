"""A ladder's steps: which rung each one offers, for the how manieth time, and for how long."""

from dataclasses import replace

import pytest

from ess.domain.ladder import (
    DESK,
    LOOK_AGAIN_STEPS,
    MOST_LAST_STEPS,
    Channel,
    Ladder,
    Notice,
    Rung,
    Unit,
    UnitKind,
    desk_alone,
)

BOTH = (Channel.LINE, Channel.SMS)
FIRST = Unit("first", "สภ.หนึ่ง", "First", UnitKind.POLICE_STATION, 1200.0)
SECOND = Unit("second", "สภ.สอง", "Second", UnitKind.POLICE_STATION, 5600.0)
OFFICE = Unit("office", "พมจ.", "Office", UnitKind.SOCIAL_OFFICE, 9000.0)
DESK_RUNG = Rung((DESK,), tuple(Channel), 45)
LADDER = Ladder(
    "policy",
    (Rung((FIRST,), BOTH, 60, 2), Rung((FIRST, SECOND), BOTH, 30), DESK_RUNG),
    rounds=2,
    notices=(Notice((OFFICE,), BOTH),),
    nearby=(FIRST, SECOND),
)


def test_a_ladder_is_climbed_rung_by_rung_and_round_by_round_then_stays_at_the_desk():
    places = [LADDER.place(step) for step in range(9)]
    assert [(p.rung, p.attempt, p.round, p.last) for p in places] == [
        (0, 1, 1, False),
        (0, 2, 1, False),
        (1, 1, 1, False),
        (0, 3, 2, False),
        (0, 4, 2, False),
        (1, 2, 2, False),
        (2, 1, 2, True),
        (2, 2, 2, True),
        (2, 3, 2, True),
    ]


def test_each_step_waits_as_its_rung_says():
    assert LADDER.waits() == [60, 60, 30, 60, 60, 30, 45]


def test_the_rung_of_any_late_step_is_the_desk():
    assert LADDER.rung_at(6) is LADDER.rung_at(10_000) is DESK_RUNG
    assert DESK_RUNG.is_desk
    assert not LADDER.rung_at(0).is_desk


def test_there_is_no_step_before_the_first():
    with pytest.raises(ValueError, match="-1"):
        LADDER.place(-1)


def test_every_unit_is_named_once_in_the_order_of_asking():
    assert list(LADDER.units()) == [FIRST, SECOND, DESK, OFFICE]


def test_where_no_station_is_known_the_desk_is_asked_at_once():
    ladder = desk_alone(60)
    assert ladder.steps_before_last == 0
    assert ladder.place(0).last
    assert ladder.waits() == [60]
    assert ladder.rung_at(0).units == (DESK,)


# --- units that were found late -------------------------------------------------------------------

LATE = replace(LADDER, begins=3)


def test_a_ladder_that_was_made_late_begins_at_its_first_rung_and_was_the_desk_before():
    assert [LATE.rung_at(step) for step in range(3)] == [DESK_RUNG] * 3
    assert [LATE.place(step + 3) for step in range(9)] == [LADDER.place(step) for step in range(9)]
    assert LATE.waits() == [45, 45, 45, *LADDER.waits()]
    assert LATE.place(2).round < LATE.place(3).round


def test_a_ladder_is_known_to_have_found_nothing():
    assert desk_alone(60).found_nothing
    assert not LADDER.found_nothing
    assert not replace(desk_alone(60), nearby=(FIRST,)).found_nothing  # a policy of the desk alone


def test_one_execution_does_not_stay_long_with_a_ladder_that_found_nothing():
    assert desk_alone(60).most_steps == LOOK_AGAIN_STEPS
    assert LADDER.most_steps == 6 + MOST_LAST_STEPS


# --- what a desk costs that does not answer -------------------------------------------------------


def test_the_last_rung_uses_all_channels_ten_times_and_then_with_each_fifth_call():
    all_of_them = [
        step - 5
        for step in range(6, 30)
        if LADDER.channels_at(step, tuple(Channel)) == tuple(Channel)
    ]
    assert all_of_them == [*range(1, 11), 15, 20]
    others = {LADDER.channels_at(step, tuple(Channel)) for step in range(16, 20)}
    assert others == {(Channel.LINE,)}


def test_no_other_rung_is_spared_anything():
    assert all(LADDER.channels_at(step, tuple(Channel)) == tuple(Channel) for step in range(6))

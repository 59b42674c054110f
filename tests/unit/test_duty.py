"""Who is on duty: the plan, a person's own word, and which of them counts when."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ess.domain.duty import KEEP_ENDED_S, Shift, kept, plan_boundaries, planned
from ess.domain.responder import Responder

H = 3600.0
MIDNIGHT = 1_790_010_000.0 - 1_790_010_000.0 % (24 * H) - 7 * H  # in Thailand
DAY = Shift(MIDNIGHT + 8 * H, MIDNIGHT + 20 * H)
NIGHT = Shift(MIDNIGHT + 20 * H, MIDNIGHT + 32 * H)


def at(hour):
    return MIDNIGHT + hour * H


def person(*shifts, on_duty=False, said=None, **more):
    given = {"verified": True, "phone": "+66800000001"} | more
    return Responder("r", "u", "ก", "K", on_duty=on_duty, duty_set_at=said, shifts=shifts, **given)


# --- the plan ---


def test_a_shift_has_its_first_moment_and_not_its_last():
    assert not planned([DAY], at(8) - 0.001)
    assert planned([DAY], at(8))
    assert planned([DAY], at(20) - 0.001)
    assert not planned([DAY], at(20))


def test_a_shift_over_midnight_is_one_shift():
    assert all(planned([NIGHT], at(hour)) for hour in (20, 23.99, 24, 31.99))
    assert not planned([NIGHT], at(32))


def test_shifts_that_meet_leave_no_gap():
    assert all(planned([DAY, NIGHT], at(hour)) for hour in range(8, 32))


def test_leave_wins_over_duty_whatever_the_order():
    leave = Shift(at(10), at(22), on=False)
    for shifts in ([DAY, leave, NIGHT], [leave, NIGHT, DAY]):
        duty = [hour for hour in range(8, 32) if planned(shifts, at(hour))]
        assert duty == [8, 9, *range(22, 32)]


@pytest.mark.parametrize(("start", "end"), [(5, 5), (6, 5), (float("nan"), 5), (5, float("nan"))])
def test_a_shift_ends_after_it_starts(start, end):
    with pytest.raises(ValueError, match="ends after"):
        Shift(start, end)


@pytest.mark.parametrize(
    ("shifts", "expected"),
    [
        ([], []),
        ([DAY], [8, 20]),
        ([DAY, NIGHT], [8, 20, 32]),  # a new shift is a new word
        ([DAY, Shift(at(12), at(22))], [8, 12, 22]),  # the end of an overlap is none
        ([DAY, DAY], [8, 20]),
        ([DAY, Shift(at(10), at(12), on=False)], [8, 10, 12, 20]),
        ([DAY, Shift(at(8), at(20), on=False)], []),
        ([DAY, Shift(at(6), at(10), on=False)], [10, 20]),
        ([Shift(at(6), at(10), on=False)], [6, 10]),
        ([DAY, Shift(at(18), at(30), on=False), NIGHT], [8, 18, 30, 32]),
    ],
)
def test_boundaries_are_where_the_plan_speaks_anew(shifts, expected):
    assert plan_boundaries(shifts) == [at(hour) for hour in expected]
    assert plan_boundaries(reversed(shifts)) == [at(hour) for hour in expected]


# --- whose word counts ---


@pytest.mark.parametrize("on", [True, False])
def test_without_any_plan_the_last_word_holds_until_changed(on):
    for said in (None, at(0)):
        assert person(on_duty=on, said=said).on_duty_at(at(10_000)) is on


@pytest.mark.parametrize("flag", [True, False])
def test_a_word_of_unknown_time_gives_way_to_the_plan(flag):
    someone = person(DAY, on_duty=flag)
    assert [someone.on_duty_at(at(hour)) for hour in (7, 8, 19, 20)] == [False, True, True, False]


def test_who_goes_home_ill_stays_off_until_the_next_shift():
    someone = person(DAY, NIGHT, on_duty=False, said=at(10))
    assert not any(someone.on_duty_at(at(hour)) for hour in (10, 15, 19.99))
    assert someone.on_duty_at(at(20))


def test_the_end_of_an_overlap_does_not_call_back_who_went_home():
    someone = person(DAY, Shift(at(12), at(22)), on_duty=False, said=at(13))
    assert not any(someone.on_duty_at(at(hour)) for hour in (13, 20, 21, 22, 30))


def test_who_helps_out_is_on_until_the_plan_speaks_again():
    someone = person(DAY, on_duty=True, said=at(2))
    assert someone.on_duty_at(at(2))
    assert someone.on_duty_at(at(7.99))
    assert someone.on_duty_at(at(19))
    assert not someone.on_duty_at(at(20))  # forgot to say that they went home


def test_who_stays_longer_says_so_after_the_end():
    later = Shift(at(56), at(68))
    assert person(DAY, later, on_duty=True, said=at(20.1)).on_duty_at(at(50))


def test_a_word_at_the_very_boundary_counts_from_it():
    assert not person(DAY, on_duty=False, said=at(8)).on_duty_at(at(9))
    assert person(DAY, on_duty=True, said=at(20)).on_duty_at(at(20))


def test_a_word_from_before_the_boundary_ends_at_it():
    assert person(DAY, on_duty=False, said=at(8) - 0.001).on_duty_at(at(8))


def test_a_plan_that_has_run_out_leaves_nobody_on():
    for flag, said in [(True, None), (True, at(10)), (False, None)]:
        assert not person(DAY, on_duty=flag, said=said).on_duty_at(at(20))
        assert not person(DAY, on_duty=flag, said=said).on_duty_at(at(1000))


@pytest.mark.parametrize("said", [None, -5])
def test_leave_alone_interrupts_a_persons_own_word(said):
    leave = Shift(at(10), at(12), on=False)
    someone = person(leave, on_duty=True, said=said and at(said))
    assert [someone.on_duty_at(at(hour)) for hour in (9, 10, 11.99, 12)] == [
        *(True, False, False, True)
    ]
    assert person(leave, on_duty=True, said=at(11)).on_duty_at(at(11.5))
    assert not person(leave, on_duty=False, said=at(11)).on_duty_at(at(13))


def test_after_the_plan_has_run_out_a_persons_own_word_holds():
    assert person(DAY, on_duty=True, said=at(21)).on_duty_at(at(1000))


def test_a_clock_that_is_behind_changes_nothing_of_the_last_word():
    assert not person(DAY, on_duty=False, said=at(10)).on_duty_at(at(9.999))


def test_changes_are_those_after_and_up_to():
    someone = person(DAY, NIGHT)
    assert someone.duty_changes(at(8), at(32)) == [at(20), at(32)]
    assert someone.duty_changes(at(8) - 1, at(31)) == [at(8), at(20)]
    assert person().duty_changes(at(0), at(99)) == []


SHIFTS = st.lists(
    st.builds(
        lambda start, length, on: Shift(float(start), float(start + length), on),
        st.integers(0, 40),
        st.integers(1, 15),
        st.booleans(),
    ),
    max_size=6,
)


@given(SHIFTS, st.booleans(), st.none() | st.integers(-5, 60), st.integers(-5, 60))
def test_nothing_changes_between_the_boundaries(shifts, on_duty, said, now):
    someone = person(*shifts, on_duty=on_duty, said=said)
    if not someone.duty_changes(now, now + 1) and (said is None or not now < said <= now + 1):
        assert someone.on_duty_at(now) == someone.on_duty_at(now + 1)


@given(SHIFTS, st.integers(-5, 60))
def test_a_plan_alone_is_followed_at_every_moment(shifts, now):
    covering = [shift for shift in shifts if shift.start <= now < shift.end]
    expected = bool(covering) and not any(not shift.on for shift in covering)
    assert person(*shifts).on_duty_at(now) == expected
    if any(shift.on for shift in shifts):
        assert person(*shifts, on_duty=True).on_duty_at(now) == expected


# --- who may be called ---


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, True),
        ({"verified": False}, False),
        ({"phone": None}, False),
        ({"phone": None, "line_user_id": "U1"}, True),
        ({"phone": None, "line_user_id": "U1", "line_blocked": True}, False),
        ({"line_user_id": "U1", "line_blocked": True}, True),
        ({"phone": ""}, False),
    ],
)
def test_verified_reachable_and_on_duty(more, expected):
    assert person(DAY, **more).may_be_called(at(9)) is expected
    assert not person(DAY, **more).may_be_called(at(7))


# --- what is kept ---


def test_ended_shifts_go_but_never_the_last_of_duty():
    leave, cut = Shift(at(9), at(10), on=False), Shift(at(21), at(22), on=False)
    assert kept([NIGHT, DAY, DAY, cut, leave], at(32)) == (DAY, leave, NIGHT, cut)
    much_later = at(32) + KEEP_ENDED_S + 1
    assert kept([DAY, NIGHT, cut, leave], much_later) == (NIGHT, cut)
    assert kept([], much_later) == ()


def test_the_end_of_a_plan_is_kept_even_if_leave_cut_the_last_shift_away():
    early, last = Shift(at(0), at(1)), Shift(at(1), at(2))
    leave = Shift(at(1), at(2), on=False)
    much_later = at(3) + KEEP_ENDED_S
    assert kept([early, leave, last], much_later) == (early, leave, last)
    assert kept([leave], much_later) == ()


TIMES = (st.integers(0, 100), st.none() | st.integers(-5, 60), st.integers(0, 50))


@given(SHIFTS, st.booleans(), *TIMES)
@example([Shift(0, 1), Shift(1, 2, on=False), Shift(1, 2)], True, 1, 0, 0)
@example([Shift(3, 6), Shift(3, 5, on=False), Shift(5, 7), Shift(5, 7, on=False)], True, 9, 1, 0)
def test_what_is_dropped_changes_nobodys_duty_now_or_later(shifts, on_duty, now, said, later):
    now = now + KEEP_ENDED_S
    before = person(*shifts, on_duty=on_duty, said=said)
    after = person(*kept(shifts, now), on_duty=on_duty, said=said)
    assert after.on_duty_at(now + later) == before.on_duty_at(now + later)

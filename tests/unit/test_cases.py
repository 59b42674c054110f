"""The kit that folds many cases into one test still finds each of them."""

import pytest

from tests.cases import MOST_SHOWN, for_each


def test_every_case_is_tried_and_every_fault_named():
    seen = []

    @for_each(name="ab", number=(1, 2))
    def check(name, number):
        seen.append((name, number))
        assert number == 1
        assert name != "a", name

    with pytest.raises(ExceptionGroup, match="3 of 4 cases") as told:
        check()
    assert seen == [("a", 1), ("a", 2), ("b", 1), ("b", 2)]
    assert [fault.__notes__ for fault in told.value.exceptions] == [
        ["case: {'name': 'a', 'number': 1}"],
        ["case: {'name': 'a', 'number': 2}"],
        ["case: {'name': 'b', 'number': 2}"],
    ]


def test_a_fault_of_any_sort_fails_and_few_are_printed():
    @for_each(number=range(50))
    def check(number):
        raise KeyError(number)

    with pytest.raises(ExceptionGroup, match="50 of 50 cases") as told:
        check()
    assert len(told.value.exceptions) == MOST_SHOWN


def test_nothing_to_check_is_a_fault_and_not_a_success():
    @for_each(name=())
    def check(name):
        pass

    with pytest.raises(AssertionError, match="nothing to check"):
        check()

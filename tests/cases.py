"""Many quick cases in one test: pytest's own share of a case is larger than such a check's."""

from collections.abc import Callable, Iterable
from itertools import product
from typing import Any, Final

MOST_SHOWN: Final = 10
"""As many faults are printed in full; the others are counted."""


def for_each(**given: Iterable[Any]) -> Callable[[Callable[..., None]], Callable[[], None]]:
    """Make one test of a check that holds for every combination of what is given.

    Every case is tried, whichever fails. Checks that need a fixture, or are slow, are better
    parametrized.

    Args:
        given: the values of each argument of the check. None of one is a fault: a list that has
            become empty must not pass for checked.
    """
    names, cases = [*given], [*product(*given.values())]

    def one_test(check: Callable[..., None]) -> Callable[[], None]:
        def test() -> None:
            assert cases, "nothing to check"
            faults: list[Exception] = []
            for case in cases:
                named = dict(zip(names, case, strict=True))
                try:
                    check(**named)
                except Exception as fault:  # noqa: BLE001 - whatever it is, it fails the test below
                    fault.add_note(f"case: {named}")
                    faults.append(fault)
            if faults:
                said = f"{len(faults)} of {len(cases)} cases"
                raise ExceptionGroup(said, faults[:MOST_SHOWN])

        test.__name__, test.__qualname__ = check.__name__, check.__qualname__
        test.__doc__, test.__module__ = check.__doc__, check.__module__
        return test

    return one_test

"""Change one responder, whoever else changes them at the same time."""

from collections.abc import Callable

from ess.domain.errors import ResponderChanged
from ess.domain.responder import Responder
from ess.ports.responders import Responders

TRIES = 4
"""How often a change is decided anew because somebody else's came first."""


def change_responder(
    responders: Responders,
    unit_id: str,
    responder_id: str,
    edit: Callable[[Responder], Responder],
) -> Responder | None:
    """Store what `edit` makes of a responder as they are now, and return it.

    Args:
        edit: is given the responder; returning them unchanged writes nothing. It may be called
            again, with what another writer left.

    Returns:
        The responder as stored, or None if there is no such responder (any more).

    Raises:
        ResponderChanged: others came first `TRIES` times.
        TemporaryFailure: the store did not answer.
    """
    for attempt in range(1, TRIES + 1):
        before = responders.get(unit_id, responder_id)
        if before is None:
            return None
        after = edit(before)
        if after == before:
            return before
        try:
            return responders.change(before, after)
        except ResponderChanged:
            if attempt == TRIES:
                raise
    raise AssertionError("unreachable")  # pragma: no cover

"""Who answers for a unit."""

from collections.abc import Iterable
from typing import Protocol

from ess.domain.responder import Responder


class Responders(Protocol):
    """The responders of each unit."""

    def of_unit(self, unit_id: str) -> list[Responder]:
        """Return everyone who belongs to `unit_id`, on duty or not, ordered by id.

        Raises:
            TemporaryFailure: the store did not answer.
        """
        ...

    def put(self, responders: Iterable[Responder]) -> None:
        """Store responders, each replacing the one of the same unit and id."""
        ...

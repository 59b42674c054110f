"""Who answers for a unit."""

from collections.abc import Iterable
from typing import Protocol

from ess.domain.responder import Responder


class Responders(Protocol):
    """The responders of each unit.

    Every method raises TemporaryFailure if the store did not answer.
    """

    def get(self, unit_id: str, responder_id: str) -> Responder | None:
        """Return one responder as last written, or None if there is none."""
        ...

    def of_unit(self, unit_id: str) -> list[Responder]:
        """Return everyone who belongs to `unit_id`, on duty or not, ordered by id."""
        ...

    def by_line_user(self, line_user_id: str) -> list[Responder]:
        """Return what this LINE user is, one for each unit they belong to, ordered by unit.

        It may miss what was written in the last second; `get` does not.
        """
        ...

    def everyone(self) -> list[Responder]:
        """Return all responders of all units, in no order, not the last second's changes.

        For checks that look at every unit; it reads the whole store.
        """
        ...

    def put(self, responders: Iterable[Responder]) -> None:
        """Store responders, each replacing the one of the same unit and id whatever it was."""
        ...

    def change(self, before: Responder, after: Responder) -> Responder:
        """Store `after` in the place of `before`, and return it with its new version.

        Args:
            before: as it was read; it must be unchanged since.
            after: of the same unit and id; its `version` is set here.

        Raises:
            ResponderChanged: somebody else changed or removed it meanwhile.
        """
        ...

    def remove(self, unit_id: str, responder_id: str) -> None:
        """Remove a responder; one that is gone already is no error."""
        ...

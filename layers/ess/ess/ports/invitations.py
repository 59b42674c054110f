"""One-time invitations to join a unit."""

from typing import Protocol

from ess.domain.invitation import Invitation


class Invitations(Protocol):
    """Invitations by the hash of their code. They are used by `ess.ports.enrolments`.

    Every method raises TemporaryFailure if the store did not answer.
    """

    def add(self, invitation: Invitation) -> bool:
        """Store a new one; False if there is one with this code already."""
        ...

    def get(self, code_hash: str) -> Invitation | None:
        """Return the invitation as last written, or None."""
        ...

    def everyone(self) -> list[Invitation]:
        """Return all that are kept, used and expired ones too, the newest first.

        For operators; it reads the whole store.
        """
        ...

    def remove(self, code_hash: str) -> None:
        """Remove one, so that nobody can use it; one that is gone already is no error."""
        ...

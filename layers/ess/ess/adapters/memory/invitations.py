"""Invitations in a dictionary."""

from collections.abc import Iterable

from ess.adapters.memory.script import Scripted
from ess.domain.invitation import Invitation


class MemoryInvitations(Scripted):
    """Keeps invitations by the hash of their code."""

    def __init__(self, invitations: Iterable[Invitation] = ()) -> None:
        super().__init__()
        self.kept = {invitation.code_hash: invitation for invitation in invitations}

    def add(self, invitation: Invitation) -> bool:
        """Store a new one; see `ess.ports.invitations`."""
        self._called("add")
        return self.kept.setdefault(invitation.code_hash, invitation) is invitation

    def get(self, code_hash: str) -> Invitation | None:
        """Return one; see `ess.ports.invitations`."""
        self._called("get")
        return self.kept.get(code_hash)

    def everyone(self) -> list[Invitation]:
        """Return all; see `ess.ports.invitations`."""
        self._called("everyone")
        return sorted(self.kept.values(), key=lambda invitation: -invitation.created_at)

    def remove(self, code_hash: str) -> None:
        """Remove one; see `ess.ports.invitations`."""
        self._called("remove")
        self.kept.pop(code_hash, None)

"""Invitations in DynamoDB."""

from pynamodb.connection import Connection
from pynamodb.expressions.operand import Path

from ess.adapters.dynamodb.errors import Refused
from ess.adapters.dynamodb.rows import readable
from ess.adapters.dynamodb.table import Item, Key, Table, connect
from ess.domain.invitation import Invitation

_KEPT_AFTER_S = 30 * 24 * 3600
"""How long an invitation is kept after its end, for whoever asks who came in by it."""


def invitations_in(connection: Connection, name: str) -> Table:
    """Return the table of invitations."""
    return Table(connection, name, ["code_hash"])


class DynamoInvitations:
    """Keeps invitations by the hash of their code.

    Args:
        table: name of the table.
        connection: the client; the process's own by default.
    """

    def __init__(self, table: str, *, connection: Connection | None = None) -> None:
        self._table = invitations_in(connection or connect(), table)

    def add(self, invitation: Invitation) -> bool:
        """Store a new one by one PutItem; see `ess.ports.invitations`."""
        key = Key(invitation.code_hash)
        try:
            self._table.put(
                key, invitation_attributes(invitation), Path("code_hash").does_not_exist()
            )
        except Refused:
            return False
        return True

    def get(self, code_hash: str) -> Invitation | None:
        """Return one by one GetItem; see `ess.ports.invitations`."""
        item = self._table.get(Key(code_hash))
        return invitation_from(item) if item else None

    def everyone(self) -> list[Invitation]:
        """Return all by a Scan; see `ess.ports.invitations`."""
        found = readable(self._table.scan(), invitation_from, "unit_id")
        return sorted(found, key=lambda invitation: -invitation.created_at)

    def remove(self, code_hash: str) -> None:
        """Remove one by one DeleteItem; see `ess.ports.invitations`."""
        self._table.delete(Key(code_hash))


def invitation_attributes(invitation: Invitation) -> Item:
    """Return everything of an invitation but its key; `invitation_from` is the way back."""
    return {
        "unit_id": invitation.unit_id,
        "unit_th": invitation.unit_th,
        "unit_en": invitation.unit_en,
        "name_th": invitation.name_th,
        "name_en": invitation.name_en,
        "created_at": invitation.created_at,
        "valid_until": invitation.valid_until,
        "used_by": invitation.used_by,
        "used_at": invitation.used_at,
        "expires_at": int(invitation.valid_until) + _KEPT_AFTER_S,
    }


def invitation_from(item: Item) -> Invitation:
    """Return the invitation that `item` holds.

    Raises:
        KeyError, ValueError: it lacks what every invitation has.
    """
    used_at = item.get("used_at")
    return Invitation(
        code_hash=item["code_hash"],
        unit_id=item["unit_id"],
        unit_th=item["unit_th"],
        unit_en=item["unit_en"],
        name_th=item["name_th"],
        name_en=item["name_en"],
        created_at=float(item["created_at"]),
        valid_until=float(item["valid_until"]),
        used_by=item.get("used_by"),
        used_at=None if used_at is None else float(used_at),
    )

"""Responders in DynamoDB."""

from collections.abc import Iterable
from dataclasses import replace

from pynamodb.connection import Connection
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path

from ess.adapters.dynamodb.errors import Refused
from ess.adapters.dynamodb.from_item import responder_from
from ess.adapters.dynamodb.rows import readable
from ess.adapters.dynamodb.table import Key, assignments, connect
from ess.adapters.dynamodb.tables import LINE_INDEX, responders_in
from ess.adapters.dynamodb.to_item import responder_item
from ess.domain.errors import ResponderChanged
from ess.domain.responder import Responder


class DynamoResponders:
    """Keeps responders by unit.

    Args:
        table: name of the table.
        connection: the client; the process's own by default.
    """

    def __init__(self, table: str, *, connection: Connection | None = None) -> None:
        self._table = responders_in(connection or connect(), table)

    def get(self, unit_id: str, responder_id: str) -> Responder | None:
        """Return one responder: one GetItem; see `ess.ports.responders`."""
        item = self._table.get(Key(unit_id, responder_id))
        return responder_from(item) if item else None

    def of_unit(self, unit_id: str) -> list[Responder]:
        """Return everyone of a unit: one Query; see `ess.ports.responders`."""
        return readable(self._table.query(unit_id), responder_from, "responder_id")

    def by_line_user(self, line_user_id: str) -> list[Responder]:
        """Return what a LINE user is: one Query of the index; see `ess.ports.responders`."""
        items = self._table.query(line_user_id, index=LINE_INDEX)
        found = readable(items, responder_from, "responder_id")
        return sorted(found, key=lambda person: (person.unit_id, person.responder_id))

    def everyone(self) -> list[Responder]:
        """Return all responders: a Scan, 1 MB a request; see `ess.ports.responders`."""
        return readable(self._table.scan(), responder_from, "responder_id")

    def put(self, responders: Iterable[Responder]) -> None:
        """Store responders: a BatchWriteItem for every 25; see `ess.ports.responders`."""
        # One batch may not name a key twice; the last one is the one that counts.
        latest = {(r.unit_id, r.responder_id): r for r in responders}
        self._table.put_all(responder_item(responder) for responder in latest.values())

    def change(self, before: Responder, after: Responder) -> Responder:
        """Store `after` by one UpdateItem; see `ess.ports.responders`."""
        changed = replace(after, version=before.version + 1)
        attributes = responder_item(changed)
        key = Key(attributes.pop("unit_id"), attributes.pop("responder_id"))
        try:
            self._table.update(key, assignments(attributes), _stored_version(before.version))
        except Refused as error:
            raise ResponderChanged(str(error)) from error
        return changed

    def remove(self, unit_id: str, responder_id: str) -> None:
        """Remove a responder by one DeleteItem; see `ess.ports.responders`."""
        self._table.delete(Key(unit_id, responder_id))


def _stored_version(version: int) -> Condition:
    stored = Path("version") == version
    # Rows of the time before versions have none.
    return (
        stored
        if version
        else Path("unit_id").exists() & (stored | Path("version").does_not_exist())
    )

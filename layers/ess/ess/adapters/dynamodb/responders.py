"""Responders in DynamoDB."""

from collections.abc import Iterable

from pynamodb.connection import Connection

from ess.adapters.dynamodb.from_item import responder_from
from ess.adapters.dynamodb.rows import readable
from ess.adapters.dynamodb.table import Table, connect
from ess.adapters.dynamodb.to_item import responder_item
from ess.domain.responder import Responder


class DynamoResponders:
    """Keeps responders by unit.

    Args:
        table: name of the table.
        connection: the client; the process's own by default.
    """

    def __init__(self, table: str, *, connection: Connection | None = None) -> None:
        self._table = Table(connection or connect(), table, ["unit_id", "responder_id"])

    def of_unit(self, unit_id: str) -> list[Responder]:
        """Return everyone of a unit: one Query; see `ess.ports.responders`."""
        return readable(self._table.query(unit_id), responder_from, "responder_id")

    def put(self, responders: Iterable[Responder]) -> None:
        """Store responders: a BatchWriteItem for every 25; see `ess.ports.responders`."""
        # One batch may not name a key twice; the last one is the one that counts.
        latest = {(r.unit_id, r.responder_id): r for r in responders}
        self._table.put_all(responder_item(responder) for responder in latest.values())

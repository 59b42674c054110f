"""One table, and one transaction over several: plain Python in and out, refusals by label."""

import random
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from itertools import batched
from typing import Any, NamedTuple

from pynamodb.attributes import MapAttribute
from pynamodb.connection import Connection
from pynamodb.connection.base import MetaTable
from pynamodb.exceptions import PynamoDBException, TableError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action

from ess.adapters.dynamodb.errors import meaning_of, refusal_of
from ess.domain.errors import TemporaryFailure

Item = dict[str, Any]
"""Attributes in plain Python: str, int, float, bool, None, and lists and maps of them."""

_PLAIN: Any = MapAttribute()  # type: ignore[no-untyped-call]

CONNECT_TIMEOUT_S = 1
READ_TIMEOUT_S = 2
RETRIES = 2


class Key(NamedTuple):
    """Where an item is: values of the partition key and, if the table has one, the sort key."""

    partition: str
    sort: str | None = None


_BATCH = 25
"""Most puts or deletes that one BatchWriteItem takes."""

_BATCH_ROUNDS = 8

_BATCH_PAUSE_S = 0.05
"""Longest pause in seconds after a batch that was not taken whole; it doubles each time."""

_BATCHES_AT_ONCE = 8


@cache
def connect() -> Connection:
    """Return the one client of this process: building a second costs a cold start dearly.

    Region, credentials and endpoint come from AWS's own environment variables.
    """
    return Connection(
        connect_timeout_seconds=CONNECT_TIMEOUT_S,
        read_timeout_seconds=READ_TIMEOUT_S,
        max_retry_attempts=RETRIES,
    )


def to_values(item: Mapping[str, Any]) -> Item:
    """Return `item` as DynamoDB writes it, without the attributes that are None.

    Numbers travel as the shortest decimal that reads back as the same float.
    """
    present = {name: value for name, value in item.items() if value is not None}
    values: Item = _PLAIN.serialize(present)
    return values


def from_values(values: Mapping[str, Any]) -> Item:
    """Return what `to_values` was given; a float without fraction comes back as an int."""
    item: Item = _PLAIN.deserialize(dict(values))
    return item


def assignments(attributes: Mapping[str, Any]) -> list[Action]:
    """Return the update that sets `attributes` and removes those that are None.

    Attributes that this version of the code does not know stay as they are.
    """
    return [
        Path([name]).remove() if value is None else Path([name]).set(value)
        for name, value in attributes.items()
    ]


class Table:
    """A table by its name and keys.

    Args:
        connection: shared by all tables of a process.
        name: the table's name.
        keys: names of the partition key and, if there is one, the sort key; both strings.
        indexes: names of partition and, if there is one, sort key by index; the sort key is a
            number.
    """

    def __init__(
        self,
        connection: Connection,
        name: str,
        keys: Sequence[str],
        indexes: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self.name = name
        self.connection = connection
        try:
            connection.get_meta_table(name)
        except TableError:
            # Told here, or pynamodb would refuse; DescribeTable is never called.
            connection.add_meta_table(MetaTable(_schema(name, keys, indexes or {})))

    def get(self, key: Key) -> Item | None:
        """Return the item of `key` by one strongly consistent GetItem, or None.

        Raises:
            TemporaryFailure, PermanentFailure: the table did not give it.
        """
        try:
            data = self.connection.get_item(
                self.name, key.partition, key.sort, consistent_read=True
            )
        except PynamoDBException as error:
            raise meaning_of(error) from error
        return from_values(data["Item"]) if data and data.get("Item") else None

    def put(self, key: Key, item: Mapping[str, Any], condition: Condition) -> None:
        """Store `item` by one PutItem.

        Raises:
            Refused: `condition` failed, or another write is under way.
            TemporaryFailure, PermanentFailure: the table did not take it.
        """
        try:
            self.connection.put_item(
                self.name, key.partition, key.sort, attributes=to_values(item), condition=condition
            )
        except PynamoDBException as error:
            raise refusal_of(error, ["put"]) or meaning_of(error) from error

    def update(self, key: Key, actions: list[Action], condition: Condition) -> None:
        """Change or create an item by one UpdateItem; raises as `put` does."""
        try:
            self.connection.update_item(
                self.name, key.partition, key.sort, actions=actions, condition=condition
            )
        except PynamoDBException as error:
            raise refusal_of(error, ["update"]) or meaning_of(error) from error

    def delete(self, key: Key) -> None:
        """Delete an item by one DeleteItem; one that is gone already is no error.

        Raises:
            TemporaryFailure, PermanentFailure: the table did not do it.
        """
        try:
            self.connection.delete_item(self.name, key.partition, key.sort)
        except PynamoDBException as error:
            raise meaning_of(error) from error

    def put_all(self, items: Iterable[Mapping[str, Any]]) -> None:
        """Store items by BatchWriteItem, each replacing the one of its key.

        Raises:
            TemporaryFailure: some were not taken after several rounds; others may have been.
            PermanentFailure: the table refuses them.
        """
        self._write_all("put_items", "PutRequest", "Item", items)

    def delete_all(self, keys: Iterable[Mapping[str, str]]) -> None:
        """Delete items by BatchWriteItem; those that are gone already are no error.

        Args:
            keys: values of the key attributes by name.

        Raises:
            TemporaryFailure: some were not deleted after several rounds; others may have been.
            PermanentFailure: the table refuses.
        """
        self._write_all("delete_items", "DeleteRequest", "Key", keys)

    def _write_all(
        self, argument: str, request: str, part: str, items: Iterable[Mapping[str, Any]]
    ) -> None:
        # Imported here: only publishing writes so much, and the webhook's cold start is dear.
        from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

        write = partial(self._write_whole, argument, request, part)
        batches = batched(items, _BATCH, strict=False)
        # Threads wait for the network; what `items` yields is made here, a few batches ahead.
        with ThreadPoolExecutor(_BATCHES_AT_ONCE) as pool:
            for some in batched(batches, _BATCHES_AT_ONCE, strict=False):
                if len(some) == 1:
                    write(some[0])
                else:
                    list(pool.map(write, some))

    def _write_whole(
        self, argument: str, request: str, part: str, items: Sequence[Mapping[str, Any]]
    ) -> None:
        batch = [to_values(item) for item in items]
        for attempt in range(_BATCH_ROUNDS):
            batch = self._write_batch(argument, request, part, batch)
            if not batch:
                return
            time.sleep(random.uniform(0, _BATCH_PAUSE_S * 2**attempt))  # noqa: S311  jitter
        raise TemporaryFailure(f"DynamoDB: {len(batch)} items not taken")

    def _write_batch(self, argument: str, request: str, part: str, batch: list[Item]) -> list[Item]:
        arguments: dict[str, Any] = {argument: batch}
        try:
            data = self.connection.batch_write_item(self.name, **arguments)
        except PynamoDBException as error:
            raise meaning_of(error) from error
        left = data.get("UnprocessedItems", {}).get(self.name, [])
        return [kept[request][part] for kept in left]

    def query(
        self,
        partition: str,
        condition: Condition | None = None,
        *,
        index: str | None = None,
        limit: int | None = None,
        only: Sequence[str] | None = None,
        descending: bool = False,
        consistent: bool = True,
    ) -> Iterator[Item]:
        """Yield the items of a partition in the order of the sort key, page by page.

        Args:
            partition: value of the partition key.
            condition: on the sort key.
            index: name of an index; a query on one is eventually consistent.
            limit: yield no more than this many.
            only: names of the attributes to read.
            descending: the greatest sort key first.
            consistent: read the table strongly consistently, for twice the read units.

        Raises:
            TemporaryFailure, PermanentFailure: the table did not answer.
        """
        left, start = limit, None
        while left is None or left > 0:
            try:
                page = self.connection.query(
                    self.name,
                    partition,
                    range_key_condition=condition,
                    consistent_read=consistent and index is None,
                    scan_index_forward=not descending,
                    exclusive_start_key=start,
                    index_name=index,
                    limit=left,
                    attributes_to_get=None if only is None else list(only),  # a tuple is one name
                )
            except PynamoDBException as error:
                raise meaning_of(error) from error
            items = page["Items"]
            yield from map(from_values, items)
            left = None if left is None else left - len(items)
            start = page.get("LastEvaluatedKey")
            if not start:
                return

    def scan(self) -> Iterator[Item]:
        """Yield every item of the table, eventually consistent, in no order, 1 MB a request.

        Raises:
            TemporaryFailure, PermanentFailure: the table did not answer.
        """
        start = None
        while True:
            try:
                page = self.connection.scan(self.name, exclusive_start_key=start)
            except PynamoDBException as error:
                raise meaning_of(error) from error
            yield from map(from_values, page["Items"])
            start = page.get("LastEvaluatedKey")
            if not start:
                return


class Transaction:
    """Writes to several tables that happen together or not at all, in one TransactWriteItems.

    The client's own retries carry the same ClientRequestToken, so that a lost answer does not make
    a write meet itself.
    """

    MOST = 100
    """Items in one transaction, by DynamoDB's limit."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._puts: list[tuple[str, Item]] = []
        self._updates: list[tuple[str, Item]] = []
        self._deletes: list[tuple[str, Item]] = []

    def put(
        self,
        label: str,
        table: Table,
        key: Key,
        item: Mapping[str, Any],
        condition: Condition | None = None,
    ) -> None:
        """Add a put; `label` names it in a refusal."""
        operation = self._connection.get_operation_kwargs(
            table.name,
            key.partition,
            key.sort,
            key="Item",
            attributes=to_values(item),
            condition=condition,
        )
        self._puts.append((label, operation))

    def update(
        self,
        label: str,
        table: Table,
        key: Key,
        actions: list[Action],
        condition: Condition,
    ) -> None:
        """Add an update; `label` names it in a refusal."""
        operation = self._connection.get_operation_kwargs(
            table.name, key.partition, key.sort, actions=actions, condition=condition
        )
        self._updates.append((label, operation))

    def delete(self, label: str, table: Table, key: Key) -> None:
        """Add a delete; what is gone already is no error."""
        operation = self._connection.get_operation_kwargs(table.name, key.partition, key.sort)
        self._deletes.append((label, operation))

    def commit(self) -> None:
        """Write everything.

        Raises:
            Refused: nothing was written; says which conditions failed.
            TemporaryFailure, PermanentFailure: DynamoDB did not answer, or will not do this.
        """
        # The order in which the request, and so a refusal, lists them.
        labels = [label for label, _ in (*self._deletes, *self._puts, *self._updates)]
        try:
            self._connection.transact_write_items(
                condition_check_items=[],
                delete_items=[operation for _, operation in self._deletes],
                put_items=[operation for _, operation in self._puts],
                update_items=[operation for _, operation in self._updates],
            )
        except PynamoDBException as error:
            raise refusal_of(error, labels) or meaning_of(error) from error


def _schema(name: str, keys: Sequence[str], indexes: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    kinds = dict.fromkeys(keys, "S")
    for names in indexes.values():
        kinds |= dict(zip(names, "SN", strict=False))
    return {
        "TableName": name,
        "KeySchema": _key_schema(keys),
        "AttributeDefinitions": [
            {"AttributeName": attribute, "AttributeType": kind} for attribute, kind in kinds.items()
        ],
        "GlobalSecondaryIndexes": [
            {"IndexName": index, "KeySchema": _key_schema(names)}
            for index, names in indexes.items()
        ],
    }


def _key_schema(names: Sequence[str]) -> list[dict[str, str]]:
    return [
        {"AttributeName": name, "KeyType": role}
        for name, role in zip(names, ("HASH", "RANGE"), strict=False)
    ]

"""DynamoDB's operations on tables in memory: from the body of a request to that of its answer."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from tests.performance.stations.expressions import (
    Placeholders,
    conjuncts,
    holds,
    parse,
    plain,
    projected,
    updated,
)
from tests.performance.stations.ledger import Ledger
from tests.performance.stations.sizes import Wire, write_units
from tests.performance.stations.store import PAGE_BYTES, Rows, Stored, Table, Window

_BATCH = 25
_TRANSACTION = 100

Body = dict[str, Any]
Key = tuple[Any, Any]


class Refusal(Exception):
    """An error that DynamoDB answers with status 400.

    Args:
        code: the exception's name.
        message: in words.
        more: further fields of the answer.
    """

    def __init__(self, code: str, message: str, **more: Any) -> None:
        super().__init__(f"{code}: {message}")
        self.body = {
            "__type": f"com.amazonaws.dynamodb.v20120810#{code}",
            "message": message,
            **more,
        }


class _Write(NamedTuple):
    table: Table
    key: Key
    old: Stored | None
    new: Mapping[str, Wire] | None
    allowed: bool
    changes: bool


class Operations:
    """Answers requests.

    Args:
        tables: by name; CreateTable adds to them.
        ledger: what counts the cost.
    """

    def __init__(self, tables: dict[str, Table], ledger: Ledger) -> None:
        self._tables = tables
        self._ledger = ledger

    def answer(self, operation: str, body: Body) -> bytes:
        """Return the body of DynamoDB's answer.

        Raises:
            Refusal: DynamoDB would answer with an error.
            NotImplementedError: the request has something that this stand-in does not know.
        """
        method = _OPERATIONS.get(operation)
        if method is None:
            raise NotImplementedError(operation)
        known, run = method
        if unknown := body.keys() - known - {"ReturnConsumedCapacity"}:
            raise NotImplementedError(f"{operation}: {', '.join(sorted(unknown))}")
        self._ledger.called(operation, body)
        return run(self, body)

    def _table(self, body: Body) -> Table:
        try:
            return self._tables[body["TableName"]]
        except KeyError:
            raise Refusal("ResourceNotFoundException", "Requested resource not found") from None

    def _create_table(self, body: Body) -> bytes:
        if body["TableName"] in self._tables:
            raise Refusal("ResourceInUseException", "Table already exists")
        self._tables[body["TableName"]] = Table(body)
        return _json({"TableDescription": self._description(body)})

    def _describe_table(self, body: Body) -> bytes:
        return _json({"Table": self._description(self._table(body).description)})

    def _description(self, description: Body) -> Body:
        kept = ("TableName", "KeySchema", "AttributeDefinitions")
        return {"TableStatus": "ACTIVE", **{name: description[name] for name in kept}}

    def _get_item(self, body: Body) -> bytes:
        table = self._table(body)
        row = table.get(table.key_of(body["Key"]))
        units = self._ledger.read(
            1 if row else 0, row.size if row else 0, strong=body.get("ConsistentRead", False)
        )
        fields = _capacity(body, table, units)
        if row:
            fields["Item"] = _shown([row.body], body)
        return _answer(fields)

    def _query(self, body: Body) -> bytes:
        table = self._table(body)
        index, forward = body.get("IndexName"), body.get("ScanIndexForward", True)
        if index is not None and index not in table.indexes:
            raise _invalid(f"The table does not have the specified index: {index}")
        partition, operator, values = _key_condition(table, index, body)
        rows = table.rows(index, partition)
        window = rows.window(operator, values) if operator else rows.all()
        if start := body.get("ExclusiveStartKey"):
            window = _continued(table, index, partition, rows, window, start, forward=forward)
        limit = body.get("Limit")
        page = rows.page(window, limit, forward=forward, room=PAGE_BYTES)
        bodies, size = rows.read(page, forward=forward)
        ended = page == window and len(bodies) != limit and size < PAGE_BYTES
        return self._page(table, index, body, bodies, size, ended=ended)

    def _scan(self, body: Body) -> bytes:
        table = self._table(body)
        start, limit = body.get("ExclusiveStartKey"), body.get("Limit")
        bodies, size = table.scan(start and table.key_of(start), limit)
        ended = len(bodies) != limit and size < PAGE_BYTES
        return self._page(table, None, body, bodies, size, ended=ended)

    def _page(
        self,
        table: Table,
        index: str | None,
        body: Body,
        bodies: list[bytes],
        size: int,
        *,
        ended: bool,
    ) -> bytes:
        units = self._ledger.read(len(bodies), size, strong=body.get("ConsistentRead", False))
        fields = _capacity(body, table, units)
        fields["Count"] = fields["ScannedCount"] = _json(len(bodies))
        fields["Items"] = b"[" + _shown(bodies, body) + b"]"
        if not ended:
            last = json.loads(bodies[-1])
            names = [*table.key_names, *([table.index_keys[index]] if index else [])]
            fields["LastEvaluatedKey"] = _json({name: last[name] for name in names})
        return _answer(fields)

    def _put_item(self, body: Body) -> bytes:
        return self._write_one("Put", body)

    def _update_item(self, body: Body) -> bytes:
        return self._write_one("Update", body)

    def _delete_item(self, body: Body) -> bytes:
        return self._write_one("Delete", body)

    def _write_one(self, kind: str, body: Body) -> bytes:
        write = self._prepare(kind, body)
        if not write.allowed:
            # A refused write is charged like one that happens.
            self._ledger.wrote(0, write_units(write.old.size if write.old else 0))
            raise Refusal("ConditionalCheckFailedException", "The conditional request failed")
        return _answer(_capacity(body, write.table, self._apply(write)))

    def _batch_write_item(self, body: Body) -> bytes:
        requests = [
            (name, request) for name, many in body["RequestItems"].items() for request in many
        ]
        if not 1 <= len(requests) <= _BATCH:
            raise _invalid("Too many items requested for the BatchWriteItem call")
        for name, request in requests:
            ((kind, arguments),) = request.items()
            operation = {"PutRequest": "Put", "DeleteRequest": "Delete"}[kind]
            self._apply(self._prepare(operation, {"TableName": name, **arguments}))
        return _json({"UnprocessedItems": {}})

    def _transact_write_items(self, body: Body) -> bytes:
        if len(body["TransactItems"]) > _TRANSACTION:
            raise _invalid("Member must have length less than or equal to 100")
        writes = [
            self._prepare(kind, arguments)
            for member in body["TransactItems"]
            for kind, arguments in member.items()
        ]
        if len({(write.table.name, write.key) for write in writes}) < len(writes):
            raise _invalid("Transaction request cannot include multiple operations on one item")
        if not all(write.allowed for write in writes):
            reasons = ["None" if write.allowed else "ConditionalCheckFailed" for write in writes]
            raise Refusal(
                "TransactionCanceledException",
                "Transaction cancelled, please refer cancellation reasons for specific reasons "
                f"[{', '.join(reasons)}]",
                CancellationReasons=[{"Code": reason} for reason in reasons],
            )
        for write in writes:
            self._apply(write, times=2)
        return b"{}"

    def _prepare(self, kind: str, body: Body) -> _Write:
        if unknown := body.keys() - _WRITE:
            raise NotImplementedError(f"{kind}: {', '.join(sorted(unknown))}")
        table, placeholders = self._table(body), _placeholders(body)
        key = table.key_of(body["Item"] if kind == "Put" else body["Key"])
        old = table.get(key)
        before = old.item() if old else {}
        allowed = holds(body.get("ConditionExpression"), before, placeholders)
        after: Mapping[str, Wire] | None = None
        if kind == "Put":
            after = body["Item"]
        elif kind == "Update":
            after = updated(before or body["Key"], body.get("UpdateExpression", ""), placeholders)
        return _Write(table, key, old, after, allowed, changes=kind != "ConditionCheck")

    def _apply(self, write: _Write, times: int = 1) -> float:
        """Write; return the write units.

        Args:
            write: what.
            times: 2 in a transaction, which reads and writes each item twice.
        """
        if write.changes:
            units = write.table.write(write.key, write.new) * times
        else:
            units = write_units(write.old.size if write.old else 0) * times
        self._ledger.wrote(1, units)
        return units


def _placeholders(body: Body) -> Placeholders:
    return Placeholders(
        body.get("ExpressionAttributeNames", {}), body.get("ExpressionAttributeValues", {})
    )


def _key_condition(table: Table, index: str | None, body: Body) -> tuple[Any, str, list[Any]]:
    """Return the partition, and operator and values of the condition on the sort key."""
    placeholders = _placeholders(body)
    names = (table.partition_key, table.index_keys[index] if index else table.sort_key)
    partition, operator, values = None, "", []
    for condition, path, *operands in conjuncts(parse(body["KeyConditionExpression"])):
        name, found = placeholders.name(path), [plain(placeholders.values[o]) for o in operands]
        if name == names[0] and condition == "=" and partition is None:
            partition = found[0]
        elif name == names[1] and not operator:
            operator, values = condition, found
        else:
            raise _invalid("Query condition missed key schema element")
    if partition is None:
        raise _invalid(f"Query condition missed key schema element: {names[0]}")
    return partition, operator, values


def _continued(
    table: Table,
    index: str | None,
    partition: Any,
    rows: Rows,
    window: Window,
    start: Mapping[str, Wire],
    *,
    forward: bool,
) -> Window:
    names = {*table.key_names, *([table.index_keys[index]] if index else [])}
    if start.keys() != names:
        raise _invalid("The provided starting key is invalid")
    start_partition, key = table.key_of(start)
    if index:
        key = (plain(start[table.index_keys[index]]), key)
    if start_partition != partition:
        raise _invalid("The provided starting key is outside query boundaries")
    left = rows.after(key, window, forward=forward)
    if left is None:
        raise _invalid("The provided starting key does not match the range key predicate")
    return left


def _invalid(message: str) -> Refusal:
    return Refusal("ValidationException", message)


def _capacity(body: Body, table: Table, units: float) -> dict[str, bytes]:
    if body.get("ReturnConsumedCapacity", "NONE") == "NONE":
        return {}
    return {"ConsumedCapacity": _json({"TableName": table.name, "CapacityUnits": units})}


def _shown(bodies: list[bytes], body: Body) -> bytes:
    """Return items as they are kept, or the attributes that are asked for."""
    if expression := body.get("ProjectionExpression"):
        placeholders = _placeholders(body)
        bodies = [_json(projected(json.loads(b), expression, placeholders)) for b in bodies]
    return b",".join(bodies)


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _answer(fields: Mapping[str, bytes]) -> bytes:
    return b"{" + b",".join(b'"%s":%s' % (n.encode(), v) for n, v in fields.items()) + b"}"


_EXPRESSION = {"ExpressionAttributeNames", "ExpressionAttributeValues"}
_WRITE = _EXPRESSION | {
    "TableName",
    "Item",
    "Key",
    "ConditionExpression",
    "UpdateExpression",
}
_READ = _EXPRESSION | {"TableName", "ConsistentRead", "ProjectionExpression"}
_PAGED = _READ | {"Limit", "ExclusiveStartKey"}
_OPERATIONS = {
    "CreateTable": (
        {
            "TableName",
            "KeySchema",
            "AttributeDefinitions",
            "LocalSecondaryIndexes",
            "BillingMode",
            "ProvisionedThroughput",
        },
        Operations._create_table,
    ),
    "DescribeTable": ({"TableName"}, Operations._describe_table),
    "GetItem": (_READ | {"Key"}, Operations._get_item),
    "Query": (
        _PAGED | {"IndexName", "KeyConditionExpression", "ScanIndexForward"},
        Operations._query,
    ),
    "Scan": (_PAGED, Operations._scan),
    "PutItem": (_WRITE, Operations._put_item),
    "UpdateItem": (_WRITE, Operations._update_item),
    "DeleteItem": (_WRITE, Operations._delete_item),
    "BatchWriteItem": ({"RequestItems"}, Operations._batch_write_item),
    "TransactWriteItems": (
        {"TransactItems", "ClientRequestToken"},
        Operations._transact_write_items,
    ),
}
"""What each operation may be given, and what runs it."""

"""A stand-in for DynamoDB inside this process, which counts what AWS would charge.

It answers the JSON bodies of DynamoDB's HTTP API, so that real clients run with all of their own
work (serialising, signing, paging, parsing) and no socket is opened:

    tables = Tables()
    client = tables.client()            # boto3; `tables.connection()` for pynamodb
    client.create_table(...)
    tables.load("stations", items)      # a million items in half a minute
    with tables.counting() as spent:
        with tables.round():            # calls that would travel together
            client.query(...)
    print(spent.reads, spent.rounds, spent.read_units)

A parameter that it does not know raises `NotImplementedError`.
"""

import base64
import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import boto3
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from pynamodb.connection import Connection

from tests.performance.stations.ledger import Ledger
from tests.performance.stations.operations import Operations, Refusal
from tests.performance.stations.sizes import Wire
from tests.performance.stations.store import Stored, Table

REGION = "ap-southeast-1"


class Size(NamedTuple):
    """How large a table is: its items, their bytes, and the bytes of its indexes' entries."""

    items: int
    bytes: int
    index_bytes: int


class Tables(Ledger):
    """All tables of one stand-in, and the count of what is done with them."""

    def __init__(self) -> None:
        super().__init__()
        self._tables: dict[str, Table] = {}
        self._operations = Operations(self._tables, self)
        self._lock = threading.Lock()

    # --- clients ------------------------------------------------------------------------------

    def client(self) -> Any:
        """Return a boto3 client that talks to this stand-in; it does not try again."""
        client = boto3.client(
            "dynamodb",
            region_name=REGION,
            aws_access_key_id="stand-in",
            aws_secret_access_key="stand-in",
            config=Config(retries={"total_max_attempts": 1}),
        )
        self.attach(client)
        return client

    def connection(self) -> Connection:
        """Return a pynamodb connection that talks to this stand-in."""
        connection = Connection(
            region=REGION, aws_access_key_id="stand-in", aws_secret_access_key="stand-in"
        )
        self.attach(connection.client)
        return connection

    def attach(self, client: Any) -> None:
        """Answer all calls of a botocore client from now on."""
        client.meta.events.register_first("before-send.dynamodb", self._sent)

    def _sent(self, request: Any, **_: Any) -> AWSResponse:
        began = time.thread_time()
        target = request.headers["X-Amz-Target"]
        operation = (target.decode() if isinstance(target, bytes) else target).partition(".")[2]
        with self._lock:
            try:
                status, content = 200, self._operations.answer(operation, json.loads(request.body))
            except Refusal as refusal:
                status, content = 400, json.dumps(refusal.body).encode()
            self.spent.seconds += time.thread_time() - began
        return AWSResponse(request.url, status, {}, _Raw(content))

    def size(self, name: str) -> Size:
        """Return how large a table is, by AWS's rules and without 100 bytes of overhead an item."""
        table = self._tables[name]
        index_rows = [rows for index in table.indexes.values() for rows in index.values()]
        return Size(
            sum(map(len, table.partitions.values())),
            sum(rows.size for rows in table.partitions.values()),
            sum(rows.size for rows in index_rows),
        )

    # --- loading ------------------------------------------------------------------------------

    def load(self, name: str, items: Iterable[Mapping[str, Wire]]) -> None:
        """Add items in DynamoDB's JSON, uncounted; their keys must be new."""
        load = self._tables[name].load
        for item in items:
            load(item)

    def load_native(self, name: str, items: Iterable[Mapping[str, Any]]) -> None:
        """Add items of plain Python values, uncounted; their keys must be new."""
        self.load(name, ({key: to_wire(value) for key, value in i.items()} for i in items))

    def load_stored(self, name: str, rows: Iterable[tuple[Mapping[str, Wire], Stored]]) -> None:
        """Add items whose JSON and size are known, each with its key attributes, uncounted."""
        load = self._tables[name].load_stored
        for keys, row in rows:
            load(keys, row)


class _Raw:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self._content


def to_wire(value: Any) -> Wire:
    """Return a plain Python value as DynamoDB's JSON has it."""
    return _WIRE[type(value)](value)


_WIRE: Mapping[type, Callable[[Any], Wire]] = {
    str: lambda text: {"S": text},
    bool: lambda truth: {"BOOL": truth},
    int: lambda number: {"N": repr(number)},
    float: lambda number: {"N": repr(number)},
    type(None): lambda _: {"NULL": True},
    bytes: lambda content: {"B": base64.b64encode(content).decode()},
    list: lambda elements: {"L": [to_wire(element) for element in elements]},
    tuple: lambda elements: {"L": [to_wire(element) for element in elements]},
    dict: lambda elements: {"M": {name: to_wire(e) for name, e in elements.items()}},
}

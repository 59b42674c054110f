"""The same suite over memory and over DynamoDB as moto plays it."""

import json
import pickle
from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import botocore.loaders
import botocore.session
import pytest
from botocore.awsrequest import AWSResponse
from hypothesis import settings
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from pynamodb.connection import Connection

from ess.adapters.dynamodb.conversations import DynamoConversations
from ess.adapters.dynamodb.reports import DynamoReports
from ess.adapters.dynamodb.responders import DynamoResponders
from ess.adapters.dynamodb.retention import Retention
from ess.adapters.dynamodb.table import RETRIES
from ess.adapters.memory.conversations import MemoryConversations
from ess.adapters.memory.reports import MemoryReports
from ess.adapters.memory.responders import MemoryResponders
from ess.adapters.memory.store import MemoryStore

# How long an example takes on a busy machine says nothing of the code.
settings.register_profile("adapters", deadline=None)
settings.load_profile("adapters")

NOW = 1_790_000_000.0
RETENTION = Retention(conversation_days=90, report_days=365)
REGION = "ap-southeast-1"


@dataclass
class Stores:
    """The three stores over one set of tables."""

    conversations: Any
    reports: Any
    responders: Any

    def again(self, _name: Hashable, tell: Callable[[], Any]) -> Any:
        """Let a story happen; return what came of it."""
        return tell()


class Wire:
    """Between the client and moto: counts calls and attempts, and answers in DynamoDB's stead."""

    def __init__(self, client: Any) -> None:
        self.reset()
        client.meta.events.register("before-call.dynamodb", self._called)
        client.meta.events.register_first("before-send.dynamodb", self._sent)

    def reset(self) -> None:
        self.calls: Counter[str] = Counter()
        self.requests: list[dict[str, Any]] = []
        self.answers: list[Any] = []

    def answer(self, number: int, answer: Any) -> None:
        """Let the next attempts fail with an exception, or get a status and a JSON body."""
        self.answers = [answer] * number

    def _called(self, model: Any, **_: Any) -> None:
        self.calls[model.name] += 1

    def _sent(self, request: Any, **_: Any) -> AWSResponse | None:
        self.requests.append(json.loads(request.body))
        if not self.answers:
            return None
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        status, body = answer
        return AWSResponse(request.url, status, {}, _Raw(json.dumps(body).encode()))


class _Raw:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self._content


@dataclass
class Dynamo(Stores):
    """The stores on moto, what they send, and a way to look at the raw items."""

    wire: Wire
    client: Any

    def again(self, name: Hashable, tell: Callable[[], Any]) -> Any:
        """Let a story happen; what it writes into empty tables is kept, and put there next time.

        moto takes half a second for the way to an accepted report.
        """
        tables = _tables()
        if self.wire.answers or any(table.items for table in tables.values()):
            return tell()  # with faults, or with something before it, it is another story
        if name not in _TOLD:
            result = tell()
            _TOLD[name] = result, pickle.dumps({n: t.items for n, t in tables.items()})
            return result
        result, kept = _TOLD[name]
        for table, items in pickle.loads(kept).items():
            tables[table].items = items
        return result

    def item(self, table: str, **key: str) -> dict[str, Any] | None:
        wire = {name: {"S": value} for name, value in key.items()}
        return self.client.get_item(TableName=table, Key=wire).get("Item")


_TOLD: dict[Hashable, tuple[Any, bytes]] = {}
"""By the name of a story, what came of it and the items of all tables after it."""


def _tables():
    return dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables


def _table(client, name, keys, *indexes, projection="KEYS_ONLY"):
    kinds = dict.fromkeys(keys, "S")
    more = {}
    for index, *names in indexes:
        kinds |= dict(zip(names, "SN", strict=False))
        more.setdefault("GlobalSecondaryIndexes", []).append(
            {
                "IndexName": index,
                "KeySchema": _keys(names),
                "Projection": {"ProjectionType": projection},
            }
        )
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=_keys(keys),
        AttributeDefinitions=[{"AttributeName": k, "AttributeType": t} for k, t in kinds.items()],
        **more,
    )


def _keys(names):
    roles = ("HASH", "RANGE")
    return [{"AttributeName": n, "KeyType": r} for n, r in zip(names, roles, strict=False)]


@pytest.fixture(scope="session", autouse=True)
def models_are_read_once():
    """Let all clients share botocore's descriptions of the services: each is megabytes of JSON."""
    shared = botocore.loaders.create_loader()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.session, "create_loader", lambda _path=None: shared)
        yield


@pytest.fixture(scope="module")
def cloud_of_module():
    with pytest.MonkeyPatch.context() as environment, mock_aws():
        environment.setenv("AWS_DEFAULT_REGION", REGION)
        environment.delenv("AWS_ENDPOINT_URL", raising=False)
        yield boto3.client("dynamodb")


def _empty(client):
    """Leave the tables of the stores, and nothing in them."""
    tables = _tables()
    if tables.keys() == {"conversations", "reports", "responders"}:
        for table in tables.values():  # a tenth of the time that making them takes
            table.items.clear()
        return
    for name in [*tables]:
        client.delete_table(TableName=name)
    _table(client, "conversations", ["user_id"], ("drafts", "draft_shard", "draft_due_at"))
    due, near = ("due", "due_shard", "due_at"), ("near", "near_cell", "opened_at")
    _table(client, "reports", ["report_id", "entry"], due, near)
    line = ("line", "line_user_id")
    _table(client, "responders", ["unit_id", "responder_id"], line, projection="ALL")


@pytest.fixture
def dynamo(cloud_of_module):
    _empty(cloud_of_module)
    # One for each test: botocore's retries come out of an allowance that a client has once.
    connection = Connection(max_retry_attempts=RETRIES)
    shared = {"retention": RETENTION, "connection": connection}
    return Dynamo(
        DynamoConversations("conversations", "reports", now=lambda: NOW, **shared),
        DynamoReports("reports", "conversations", **shared),
        DynamoResponders("responders", connection=connection),
        Wire(connection.client),
        cloud_of_module,
    )


@pytest.fixture
def memory():
    store = MemoryStore()
    return Stores(MemoryConversations(store), MemoryReports(store), MemoryResponders())


@pytest.fixture(params=["memory", "dynamo"])
def stores(request):
    return request.getfixturevalue(request.param)

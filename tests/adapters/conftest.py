"""The same suite over memory and over DynamoDB as moto plays it."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from moto import mock_aws
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

NOW = 1_790_000_000.0
RETENTION = Retention(conversation_days=90, report_days=365)


@dataclass
class Stores:
    """The three stores over one set of tables."""

    conversations: Any
    reports: Any
    responders: Any


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

    def item(self, table: str, **key: str) -> dict[str, Any] | None:
        wire = {name: {"S": value} for name, value in key.items()}
        return self.client.get_item(TableName=table, Key=wire).get("Item")


def _table(client, name, keys, index=None, projection="KEYS_ONLY"):
    kinds = dict.fromkeys(keys, "S")
    more = {}
    if index:
        kinds |= dict(zip(index[1:], "SN", strict=False))
        more["GlobalSecondaryIndexes"] = [
            {
                "IndexName": index[0],
                "KeySchema": _keys(index[1:]),
                "Projection": {"ProjectionType": projection},
            }
        ]
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


@pytest.fixture(scope="module")
def cloud_of_module():
    with pytest.MonkeyPatch.context() as environment, mock_aws():
        environment.setenv("AWS_DEFAULT_REGION", "ap-southeast-1")
        environment.delenv("AWS_ENDPOINT_URL", raising=False)
        yield boto3.client("dynamodb")


@pytest.fixture
def dynamo(cloud_of_module):
    client = cloud_of_module
    for name in client.list_tables()["TableNames"]:
        client.delete_table(TableName=name)
    _table(client, "conversations", ["user_id"])
    _table(client, "reports", ["report_id", "entry"], ("due", "due_shard", "due_at"))
    _table(client, "responders", ["unit_id", "responder_id"], ("line", "line_user_id"), "ALL")
    # One for each test: botocore's retries come out of an allowance that a client has once.
    connection = Connection(max_retry_attempts=RETRIES)
    shared = {"retention": RETENTION, "connection": connection}
    return Dynamo(
        DynamoConversations("conversations", "reports", now=lambda: NOW, **shared),
        DynamoReports("reports", "conversations", **shared),
        DynamoResponders("responders", connection=connection),
        Wire(connection.client),
        client,
    )


@pytest.fixture
def memory():
    store = MemoryStore()
    return Stores(MemoryConversations(store), MemoryReports(store), MemoryResponders())


@pytest.fixture(params=["memory", "dynamo"])
def stores(request):
    return request.getfixturevalue(request.param)

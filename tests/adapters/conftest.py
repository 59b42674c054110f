"""The same suite over memory and over DynamoDB as moto plays it."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest
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


@dataclass
class Dynamo(Stores):
    """The stores on moto, every API call they make, and a way to look at the raw items."""

    calls: Counter = field(default_factory=Counter)
    attempts: Counter = field(default_factory=Counter)
    requests: list = field(default_factory=list)
    client: Any = None
    connection: Any = None

    def item(self, table: str, **key: str) -> dict[str, Any] | None:
        wire = {name: {"S": value} for name, value in key.items()}
        return self.client.get_item(TableName=table, Key=wire).get("Item")

    def forget_calls(self) -> None:
        self.calls.clear()
        self.attempts.clear()
        self.requests.clear()


def _table(client, name, keys, index=None):
    kinds = dict.fromkeys(keys, "S")
    more = {}
    if index:
        kinds |= {index[1]: "S", index[2]: "N"}
        more["GlobalSecondaryIndexes"] = [
            {
                "IndexName": index[0],
                "KeySchema": _keys(index[1:]),
                "Projection": {"ProjectionType": "KEYS_ONLY"},
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


@pytest.fixture
def dynamo(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-southeast-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        client = boto3.client("dynamodb")
        _table(client, "conversations", ["user_id"])
        _table(client, "reports", ["report_id", "entry"], ("due", "due_shard", "due_at"))
        _table(client, "responders", ["unit_id", "responder_id"])
        connection = Connection(max_retry_attempts=RETRIES)
        stores = Dynamo(
            DynamoConversations(
                "conversations",
                "reports",
                retention=RETENTION,
                now=lambda: NOW,
                connection=connection,
            ),
            DynamoReports("reports", "conversations", retention=RETENTION, connection=connection),
            DynamoResponders("responders", connection=connection),
            client=client,
            connection=connection,
        )
        events = connection.client.meta.events

        def called(model, params, **_):
            stores.calls[model.name] += 1
            stores.requests.append(params["body"])

        events.register("before-call.dynamodb", called)
        events.register_first(
            "before-send.dynamodb", lambda event_name, **_: stores.attempts.update([event_name])
        )
        yield stores


@pytest.fixture
def memory():
    store = MemoryStore()
    return Stores(MemoryConversations(store), MemoryReports(store), MemoryResponders())


@pytest.fixture(params=["memory", "dynamo"])
def stores(request):
    return request.getfixturevalue(request.param)

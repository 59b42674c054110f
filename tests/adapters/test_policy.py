"""The policy in force over DynamoDB: read by one GetItem a minute, and never in a report's way."""

import pytest
from pynamodb.connection import Connection

from ess import bootstrap
from ess.adapters.dynamodb.settings import DynamoSettings
from ess.adapters.dynamodb.table import RETRIES
from ess.adapters.memory.clock import MemoryClock
from ess.policies import builtin
from ess.settings import Settings
from ess.usecases.current_policy import BUILT_IN, SETTING, TRUSTED_S
from ess.usecases.load_policy import load_policy, loaded_policies, undo_policy
from tests.adapters.conftest import Wire, _table

TIMES = {"acknowledge": 31, "desk": 32}
OURS = builtin.load() | {"name": "ของเรา", "notices": []}


class World:
    def __init__(self, client):
        connection = Connection(max_retry_attempts=RETRIES)
        self.client = client
        self.clock = MemoryClock()
        self.store = DynamoSettings("settings", connection=connection)
        self.wire = Wire(connection.client)
        self.told = []

    def load(self, data):
        load_policy(data, times=TIMES, store=self.store, clock=self.clock)

    def read(self):
        policy, version = bootstrap.policy(self.told.append)
        return policy.name, version


@pytest.fixture
def world(cloud_of_module, monkeypatch):
    for name in cloud_of_module.list_tables()["TableNames"]:
        cloud_of_module.delete_table(TableName=name)
    _table(cloud_of_module, "settings", ["name"])
    world = World(cloud_of_module)
    variables = {"ESS_ACKNOWLEDGE_SECONDS": "31", "ESS_DESK_SECONDS": "32"}
    monkeypatch.setattr(bootstrap, "settings", lambda: Settings(variables))
    monkeypatch.setattr(bootstrap, "settings_store", lambda: world.store)
    monkeypatch.setattr(bootstrap, "clock", lambda: world.clock)
    bootstrap._policy_in_force.cache_clear()
    yield world
    bootstrap._policy_in_force.cache_clear()


def test_a_function_reads_the_policy_by_one_get_item_a_minute(world):
    world.load(OURS)
    world.wire.reset()
    assert [world.read() for _ in range(3)] == [("ของเรา", "version 1")] * 3
    assert world.wire.calls == {"GetItem": 1}
    world.clock.advance(TRUSTED_S)
    world.read()
    assert world.wire.calls == {"GetItem": 2}
    assert world.told == []


def test_a_loaded_policy_comes_back_with_the_times_of_the_deployment(world):
    world.load(OURS)
    policy, _ = bootstrap.policy(world.told.append)
    assert [rung.wait_s for rung in policy.ladders[0].rungs] == [31, 31, 31, 32]


def test_loading_and_undoing_keep_every_version(world):
    world.load(OURS)
    world.load(OURS | {"name": "b"})
    undo_policy(times=TIMES, store=world.store, clock=world.clock)
    assert world.read() == ("ของเรา", "version 3")
    assert [one.name for one in loaded_policies(world.store)] == ["ของเรา", "b", "ของเรา"]


@pytest.mark.parametrize(
    "item",
    [
        {"value": {"S": "{"}},
        {"value": {"N": "1"}},
        {"value": {"S": "[]"}},
        {"value": {"S": '{"policy": {"name": "newer", "drones": true}}'}},
        {},
    ],
)
def test_a_damaged_item_does_not_stop_a_report(world, item):
    common = {"name": {"S": SETTING}, "version": {"N": "1"}, "changed_at": {"N": "1"}}
    world.client.put_item(TableName="settings", Item=common | item)
    assert world.read() == ("default", BUILT_IN)
    (reason,) = world.told
    assert reason.startswith("the loaded policy ")


def test_a_missing_table_does_not_stop_a_report(world):
    world.client.delete_table(TableName="settings")
    assert world.read() == ("default", BUILT_IN)
    assert len(world.told) == 1


def test_a_table_that_does_not_answer_does_not_stop_a_report(world):
    world.load(OURS)
    world.wire.answer(20, (500, {"__type": "InternalServerError"}))
    assert world.read() == ("default", BUILT_IN)
    assert world.told == ["the settings cannot be read: TemporaryFailure"]

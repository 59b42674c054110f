"""Settings over memory and over DynamoDB: versions, races, and what is refused."""

import pytest
from pynamodb.connection import Connection

from ess.adapters.dynamodb.settings import DynamoSettings
from ess.adapters.dynamodb.table import RETRIES
from ess.adapters.memory.settings import MemorySettings
from ess.domain.errors import SettingChanged
from tests.adapters.conftest import _table

VALUE = {"เจ้าหน้าที่": {"id": "richmenu-1", "n": 1.5, "empty": "", "none": None, "list": [1, [], {}]}}


@pytest.fixture
def dynamo_settings(cloud_of_module):
    client = cloud_of_module
    if "settings" in client.list_tables()["TableNames"]:
        client.delete_table(TableName="settings")
    _table(client, "settings", ["name"])
    return DynamoSettings("settings", connection=Connection(max_retry_attempts=RETRIES))


@pytest.fixture(params=["memory", "dynamo"])
def store(request):
    return (
        MemorySettings()
        if request.param == "memory"
        else request.getfixturevalue("dynamo_settings")
    )


def test_what_was_never_set_is_none(store):
    assert store.get("policy") is None
    assert store.version("policy", 1) is None
    assert store.history("policy") == []


def test_a_value_comes_back_as_it_was_put(store):
    put = store.put("policy", VALUE, 0, 12.25)
    assert (put.version, put.value, put.changed_at) == (1, VALUE, 12.25)
    assert store.get("policy") == put


def test_every_version_can_be_read_again_the_last_first(store):
    put = [store.put("policy", {"n": n}, n, float(n)) for n in range(3)]
    assert store.get("policy") == put[2]
    assert store.history("policy") == put[::-1]
    assert store.history("policy", 2) == [put[2], put[1]]
    assert store.version("policy", 1) == put[0]
    assert store.version("policy", 4) is None


@pytest.mark.parametrize("expected", [0, 2])
def test_a_race_is_told_and_changes_nothing(store, expected):
    first = store.put("policy", {"n": 1}, 0, 1.0)
    with pytest.raises(SettingChanged):
        store.put("policy", {"n": 2}, expected, 2.0)
    assert store.history("policy") == [first]


def test_names_do_not_meet_the_places_of_old_versions(store):
    store.put("policy", {}, 0, 1.0)
    for name in ("policy/1", "", "ก", "a" * 101):
        with pytest.raises(ValueError, match="cannot be named"):
            store.get(name)
        with pytest.raises(ValueError, match="cannot be named"):
            store.put(name, {}, 0, 1.0)


@pytest.mark.parametrize("value", [{"x": float("nan")}, {"x": object()}, {"x": "ก" * 120_000}])
def test_what_cannot_be_kept_is_refused_before_it_is_sent(store, value):
    with pytest.raises(ValueError, match=r"JSON|setting"):
        store.put("policy", value, 0, 1.0)
    assert store.get("policy") is None

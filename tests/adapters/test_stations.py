"""The directory of stations: the same promises in memory and in DynamoDB."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pynamodb.connection import Connection

from ess.adapters.dynamodb.stations import DynamoStationDirectory
from ess.adapters.memory.stations import MemoryStationDirectory
from ess.domain.errors import DirectoryChanged, PermanentFailure
from ess.domain.geo import Point
from ess.domain.station import DirectoryHead, Station
from ess.usecases.find_station import find_station
from operate.station_rows import read_stations
from operate.stations import published_stations

SAMPLE = Path(__file__).parents[2] / "local" / "sample" / "stations_sample.geojson"
TABLE = "stations"


class Calls:
    """Counts the calls of a client, and lets something happen just before one of them."""

    def __init__(self, client):
        self.reset()
        client.meta.events.register("before-call.dynamodb", self._called)

    def reset(self):
        self.made = Counter()
        self.before = {}

    def _called(self, model, **_):
        self.made[model.name] += 1
        happening = self.before.pop((model.name, self.made[model.name]), None)
        if happening:
            happening()


class Dynamo(DynamoStationDirectory):
    """The directory on moto, and somebody else's view of the same table.

    Its client and the other's are made once a module: making one takes most of a second.
    """

    def __init__(self, clients):
        super().__init__(TABLE, connection=clients.connection)
        self.client = clients.raw
        self.other = DynamoStationDirectory(TABLE, connection=clients.other)
        self.wire = clients.calls
        self.wire.reset()

    @property
    def calls(self):
        return self.wire.made

    def before_call(self, name, number, happening):
        """Let `happening` run just before the `number`-th call of this name from now."""
        self.wire.reset()
        self.wire.before = {(name, number): happening}

    def items(self):
        return self.client.scan(TableName=TABLE)["Items"]

    def versions_with_items(self):
        """Versions of which anything is stored, records included."""
        cells = {item["cell"]["S"] for item in self.items()} - {"directory"}
        records = {item["position"]["S"] for item in self.items()} - {"current"}
        return {c.split("#")[0] for c in cells} | {
            r.split("#")[1] for r in records if r.startswith("version#")
        }


@dataclass
class Clients:
    """What every test of the module shares."""

    raw: Any
    connection: Connection
    other: Connection
    calls: Calls


@pytest.fixture(scope="module")
def clients(cloud_of_module):
    connection = Connection()
    return Clients(cloud_of_module, connection, Connection(), Calls(connection.client))


@pytest.fixture
def dynamo(cloud_of_module, clients):
    if TABLE in cloud_of_module.list_tables()["TableNames"]:
        cloud_of_module.delete_table(TableName=TABLE)
    kinds = [{"AttributeName": name, "AttributeType": "S"} for name in ("cell", "position")]
    keys = [
        {"AttributeName": "cell", "KeyType": "HASH"},
        {"AttributeName": "position", "KeyType": "RANGE"},
    ]
    cloud_of_module.create_table(
        TableName=TABLE, BillingMode="PAY_PER_REQUEST", AttributeDefinitions=kinds, KeySchema=keys
    )
    return Dynamo(clients)


@pytest.fixture(params=["memory", "dynamo"])
def directory(request):
    if request.param == "memory":
        return MemoryStationDirectory()
    return request.getfixturevalue("dynamo")


@pytest.fixture(scope="module")
def sample():
    return read_stations(SAMPLE).stations


def by_id(stations):
    return sorted(stations, key=lambda station: station.unit_id)


WORLD = [
    Station("tokyo", "โตเกียว", "Tokyo", Point(35.68, 139.76)),
    Station("pole", "ขั้วโลก", "Pole", Point(90, 180)),
    Station("corner", "มุม", "Corner", Point(-90, -180)),
    Station("zero", "ศูนย์", "Zero", Point(0, 0)),
    Station("tiny", "จิ๋ว", "Tiny", Point(1e-7, -1e-7)),
    Station("long", "ยาว", "Long", Point(17.123456789012345, 104.98765432109876)),
    Station(
        "full",
        "สภ.ครบ",
        "Full",
        Point(17.4, 104.78),
        kind="patrol",
        agency="ตร.",
        province="นครพนม",
        district="เมือง",
        phones=("+6642511266", "+66812345678"),
        sample=True,
    ),
]


# --- both -----------------------------------------------------------------------------------


def test_before_anything_is_published_it_is_empty(directory):
    assert directory.head() == DirectoryHead()
    assert published_stations(directory) == []


def test_what_is_published_comes_back_to_the_last_bit(directory):
    publication = directory.publish(WORLD)
    assert publication.changed
    assert publication.head == directory.head()
    assert publication.head.total == len(WORLD)
    assert by_id(published_stations(directory)) == by_id(WORLD)


def test_stations_come_by_cell(directory):
    head = directory.publish(WORLD).head
    for cell, count in head.counts.items():
        found = directory.stations_in(head, cell)
        assert len(found) == count
        assert {station.cell for station in found} == {cell}
    assert directory.stations_in(head, "q0") == []


def test_publishing_the_same_again_changes_nothing(directory, sample):
    first = directory.publish(sample)
    again = directory.publish(reversed(sample))
    assert (again.changed, again.head) == (False, first.head)
    assert directory.head() == first.head


def test_publishing_replaces_everything(directory, sample):
    old = directory.publish(sample).head
    new = directory.publish(WORLD).head
    assert new.number == old.number + 1
    assert by_id(published_stations(directory)) == by_id(WORLD)


def test_an_old_head_is_told_that_it_is_over(directory, sample):
    old = directory.publish(sample).head
    directory.publish(WORLD)
    with pytest.raises(DirectoryChanged):
        directory.stations_in(old, sample[0].cell)


def test_going_back_to_earlier_stations_is_a_new_version(directory, sample):
    versions = [directory.publish(s).head.version for s in (sample, WORLD, sample)]
    assert len(set(versions)) == 3
    assert by_id(published_stations(directory)) == by_id(sample)


def test_an_empty_directory_can_be_published(directory, sample):
    directory.publish(sample)
    assert directory.publish([]).head.total == 0
    assert find_station(directory, Point(17.4, 104.8)).matches == ()


def test_two_stations_of_one_id_are_refused_and_change_nothing(directory, sample):
    head = directory.publish(sample).head
    with pytest.raises(ValueError, match=sample[0].unit_id):
        directory.publish([*sample, sample[0]])
    assert directory.head() == head


def test_a_lookup_on_it(directory, sample):
    directory.publish(sample)
    lookup = find_station(directory, Point(16.94, 104.72), 2)
    assert [m.station.name_th for m in lookup.matches] == ["สภ.ธาตุพนม", "สภ.เรณูนคร"]
    assert lookup.queries == 1


# --- DynamoDB alone ---------------------------------------------------------------------------


def test_a_lookup_in_the_sample_is_one_read_and_one_query(dynamo, sample):
    dynamo.publish(sample)
    dynamo.calls.clear()
    find_station(dynamo, Point(17.4, 104.8), 3)
    assert dynamo.calls == {"GetItem": 1, "Query": 1}


def test_publishing_the_same_again_writes_nothing(dynamo, sample):
    dynamo.publish(sample)
    before = dynamo.items()
    dynamo.calls.clear()
    dynamo.publish(sample)
    assert dynamo.calls == {"GetItem": 1, "Query": 1}
    assert dynamo.items() == before


def test_old_items_are_deleted_after_the_switch(dynamo, sample):
    dynamo.publish(sample)
    head = dynamo.publish(WORLD).head
    assert dynamo.versions_with_items() == {head.version}
    assert len(dynamo.items()) == len(WORLD) + 2  # the head and the record of its version


def test_a_directory_of_more_than_one_batch(dynamo):
    crowd = [Station(f"s{i:03d}", "สภ.", "Station", Point(17 + i / 1000, 104)) for i in range(60)]
    dynamo.publish(crowd)
    assert by_id(published_stations(dynamo)) == crowd
    dynamo.publish(crowd[:1])
    assert len(dynamo.items()) == 3


def test_lookups_see_the_old_directory_until_the_new_one_is_whole(dynamo, sample):
    dynamo.publish(sample)
    seen = []
    dynamo.before_call("PutItem", 1, lambda: seen.extend(published_stations(dynamo.other)))
    dynamo.publish(WORLD)
    assert by_id(seen) == by_id(sample)


@pytest.mark.parametrize(
    ("call", "number", "switched"),
    [
        ("BatchWriteItem", 1, False),  # before the record of the new version
        ("BatchWriteItem", 2, False),  # before its stations
        ("PutItem", 1, False),  # before the switch
        ("Query", 1, True),  # before tidying up
        ("BatchWriteItem", 3, True),  # before the old stations are deleted
        ("BatchWriteItem", 4, True),  # before the old version's record is deleted
    ],
)
def test_an_interrupted_publication_shows_one_directory_and_can_be_run_again(
    dynamo, sample, call, number, switched
):
    def stop():
        raise KeyboardInterrupt

    dynamo.publish(sample)
    dynamo.before_call(call, number, stop)
    with pytest.raises(KeyboardInterrupt):
        dynamo.publish(WORLD)
    assert by_id(published_stations(dynamo)) == by_id(WORLD if switched else sample)
    head = dynamo.publish(WORLD).head
    assert head.number == 2
    assert by_id(published_stations(dynamo)) == by_id(WORLD)
    assert dynamo.versions_with_items() == {head.version}


def test_what_an_interrupted_publication_left_is_deleted_by_a_different_one(dynamo, sample):
    def stop():
        raise KeyboardInterrupt

    dynamo.publish(sample)
    dynamo.before_call("PutItem", 1, stop)
    with pytest.raises(KeyboardInterrupt):
        dynamo.publish(WORLD)
    head = dynamo.publish(sample[1:]).head
    assert dynamo.versions_with_items() == {head.version}


def test_the_second_of_two_publications_at_once_fails_and_leaves_nothing(dynamo, sample):
    dynamo.publish(sample)
    dynamo.before_call("PutItem", 1, lambda: dynamo.other.publish(sample[1:]))
    with pytest.raises(DirectoryChanged, match="meanwhile"):
        dynamo.publish(WORLD)
    assert by_id(published_stations(dynamo)) == by_id(sample[1:])
    assert dynamo.versions_with_items() == {dynamo.head().version}


def test_the_same_file_published_twice_at_once_is_published_once(dynamo, sample):
    dynamo.before_call("PutItem", 1, lambda: dynamo.other.publish(sample))
    assert not dynamo.publish(sample).changed
    assert by_id(published_stations(dynamo)) == by_id(sample)
    assert dynamo.versions_with_items() == {dynamo.head().version}


def test_a_publication_that_changes_nothing_leaves_one_under_way_alone(dynamo, sample):
    dynamo.publish(sample)
    dynamo.before_call("PutItem", 1, lambda: dynamo.other.publish(sample))
    assert dynamo.publish(WORLD).changed
    assert by_id(published_stations(dynamo)) == by_id(WORLD)


def test_a_lookup_during_a_switch_answers_from_the_new_directory(dynamo, sample):
    dynamo.publish(sample)
    dynamo.before_call("Query", 1, lambda: dynamo.other.publish(sample[1:]))
    lookup = find_station(dynamo, sample[0].point, 1)
    assert lookup.matches[0].station in sample[1:]
    assert lookup.queries == 2


def test_a_table_that_is_not_there_is_a_lasting_failure(clients):
    with pytest.raises(PermanentFailure, match="ResourceNotFound"):
        DynamoStationDirectory("nowhere", connection=clients.other).head()

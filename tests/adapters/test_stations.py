"""The directory of stations: the same promises in memory and in DynamoDB."""

import json
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from pynamodb.connection import Connection

from ess.adapters.dynamodb.stations import HEAD_SECONDS, DynamoStationDirectory
from ess.adapters.memory.stations import MemoryStationDirectory
from ess.adapters.station_files import read_all
from ess.domain.directory import VERSIONS_KEPT, Changes, DirectoryHead
from ess.domain.errors import DirectoryChanged, PermanentFailure
from ess.domain.geo import Point
from ess.domain.jurisdiction import Jurisdiction
from ess.domain.station import POLICE_STATION, Phone, Station
from ess.usecases.find_station import Filters, find_station
from ess.usecases.import_directory import published_stations
from ess.usecases.publish_directory import NothingToUndo, Outcome, restore, undo
from tests.unit.directory_kit import INDEX, brute_force, nearest, publish

SAMPLE = Path(__file__).parents[2] / "local" / "sample" / "stations_sample.geojson"
TABLE = "stations"
PIN = Point(17.4, 104.8)


class Calls:
    """Counts the calls of a client, and lets something happen just before one of them."""

    def __init__(self, client):
        self.reset()
        client.meta.events.register("before-call.dynamodb", self._called)

    def reset(self):
        self.made = Counter()
        self.before = {}
        self.bodies = []

    def _called(self, model, params, **_):
        self.made[model.name] += 1
        self.bodies.append(json.loads(params["body"]))
        happening = self.before.pop((model.name, self.made[model.name]), None)
        if happening:
            happening()


class Dynamo(DynamoStationDirectory):
    """The directory on moto, and somebody else's view of the same table.

    Its client and the other's are made once a module: making one takes most of a second.
    """

    def __init__(self, clients):
        self.time = 0.0
        super().__init__(TABLE, connection=clients.connection, now=lambda: self.time)
        self.client = clients.raw
        self.other = DynamoStationDirectory(TABLE, connection=clients.other)
        self.wire = clients.calls
        self.wire.reset()

    @property
    def made(self):
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
        records = {item["position"]["S"] for item in self.items()}
        return {c.split("#")[0] for c in cells} | {
            r.split("#")[1] for r in records if r.startswith(("version#", "amendment#"))
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
    return [unit for unit in read_all(SAMPLE).stations if unit.kind == POLICE_STATION]


def by_id(stations):
    return sorted(stations, key=lambda station: station.unit_id)


def published(directory):
    return by_id(directory.stations(directory.head(fresh=True)))


def interrupted():
    raise KeyboardInterrupt


AREA = Jurisdiction.from_coordinates(
    [[[[104.5, 17], [105, 17], [105, 17.6], [104.5, 17.6], [104.5, 17]]]]
)
WORLD = [
    Station("tokyo", "โตเกียว", "Tokyo", Point(35.68, 139.76)),
    Station("pole", "ขั้วโลก", "Pole", Point(90, 180)),
    Station("corner", "มุม", "Corner", Point(-90, -180)),
    Station("zero", "ศูนย์", "Zero", Point(0, -0.0)),
    Station("bare", "", "", Point(10, 10)),
    Station("tiny", "จิ๋ว", "Tiny", Point(1e-7, -5e-324)),
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
        phones=(Phone("0 4251 1266", "+6642511266"), Phone("191")),
        opening_hours="Mo-Fr 08:30-16:30",
        flags=("ย้ายที่ตั้ง 2568",),
        source="osm:node/1",
        sample=True,
        jurisdiction=AREA,
    ),
]


def crowd(count):
    return [
        Station(f"s{i:03d}", "สภ.", "Station", Point(17 + i % 20 / 50, 104 + i // 20 / 50))
        for i in range(count)
    ]


# --- publishing, in both ------------------------------------------------------------------------


def test_before_anything_is_published_it_is_empty(directory):
    assert directory.head() == DirectoryHead()
    assert published(directory) == []
    assert directory.versions() == []


def test_what_is_published_comes_back_to_the_last_bit(directory):
    publication = publish(directory, WORLD)
    assert publication.outcome is Outcome.PUBLISHED
    head = directory.head(fresh=True)
    assert publication.head == head
    assert (head.total, head.kinds) == (len(WORLD), {"patrol": 1, "police_station": 7})
    assert published(directory) == by_id(WORLD)
    assert repr(published(directory)) == repr(by_id(WORLD))  # -0.0 equals 0.0


def test_publishing_the_same_again_changes_nothing(directory, sample):
    first = publish(directory, sample)
    again = publish(directory, sample[::-1], note="another file")
    assert (again.outcome, again.head) == (Outcome.UNCHANGED, first.head)
    assert directory.head(fresh=True) == first.head


def test_publishing_replaces_everything(directory, sample):
    old = publish(directory, sample).head
    new = publish(directory, WORLD, note="the world").head
    assert (new.number, new.note) == (old.number + 1, "the world")
    assert published(directory) == by_id(WORLD)


def test_a_lookup_with_a_head_of_a_moment_ago_still_finds_its_version(directory, sample):
    old = publish(directory, sample).head
    publish(directory, WORLD)
    assert {listing.sample for listing in directory.leaf(old, PIN).listings} == {True}


def test_a_head_whose_version_is_forgotten_is_told_so(directory, sample):
    old = publish(directory, sample).head
    for skipped in range(1, VERSIONS_KEPT + 1):
        publish(directory, sample[skipped:])
    assert len(directory.versions()) == VERSIONS_KEPT
    with pytest.raises(DirectoryChanged):
        directory.leaf(old, PIN)
    with pytest.raises(DirectoryChanged):
        directory.listings(old, [sample[0].cell])
    with pytest.raises(DirectoryChanged):
        list(directory.stations(old))


def test_an_empty_directory_can_be_published(directory, sample):
    publish(directory, sample)
    assert publish(directory, []).head.total == 0
    assert find_station(directory, PIN).matches == ()


@pytest.mark.parametrize("count", [1, 2])
def test_two_stations_of_one_id_are_refused_and_change_nothing(directory, sample, count):
    head = publish(directory, sample).head
    with pytest.raises(ValueError, match=sample[0].unit_id):
        publish(directory, [*sample, *sample[:count]])
    assert directory.head(fresh=True) == head


def test_a_lookup_on_it(directory, sample):
    publish(directory, sample)
    lookup = find_station(directory, Point(16.94, 104.72), 2)
    assert [m.station.name_th for m in lookup.matches] == ["สภ.ธาตุพนม", "สภ.เรณูนคร"]
    assert lookup.queries == 1


def test_the_responsible_unit_comes_with_it(directory, sample):
    publish(directory, [*sample, WORLD[-1]])
    lookup = find_station(directory, Point(17.2, 104.6), 1)
    assert [m.station.unit_id for m in lookup.responsible] == ["full"]
    assert lookup.responsible[0].station == WORLD[-1].listing


def test_filters_reach_beyond_the_leaf(directory):
    stations = crowd(300)
    rare = replace(stations[-1], kind="rare")
    publish(directory, [*stations[:-1], rare])
    lookup = find_station(directory, Point(17, 104), 3, Filters(kinds={"rare"}))
    assert [m.station.unit_id for m in lookup.nearest] == [rare.unit_id]
    assert lookup.rounds > 1


# --- small changes in place, in both ------------------------------------------------------------


def amended(stations, *, name="สภ.ใหม่"):
    before = stations[7]
    after = replace(before, name_th=name)
    changes = Changes(changed=((before, after),))
    return [*stations[:7], after, *stations[8:]], changes


def test_a_small_change_writes_only_the_leaves_that_it_touches(directory):
    stations = crowd(200)
    first = publish(directory, stations).head
    new, changes = amended(stations)
    publication = publish(directory, new, changes=changes)
    assert publication.outcome is Outcome.AMENDED
    assert 0 < publication.leaves_written < first.leaves
    assert publication.head.label == f"{first.version}.1"
    assert directory.head(fresh=True) == publication.head
    assert published(directory) == by_id(new)


@pytest.mark.parametrize("what", ["added", "removed", "moved"])
def test_after_a_small_change_the_index_is_as_if_built_anew(directory, what):
    stations = crowd(200)
    publish(directory, stations)
    here = stations[7]
    moved = replace(here, point=Point(17.05, 104.05))
    extra = replace(moved, unit_id="zzz")
    new, changes = {
        "added": ([*stations, extra], Changes(added=(extra,))),
        "removed": ([s for s in stations if s is not here], Changes(removed=(here,))),
        "moved": (
            [s for s in stations if s is not here] + [moved],
            Changes(changed=((here, moved),)),
        ),
    }[what]
    publication = publish(directory, new, changes=changes)
    assert publication.outcome is Outcome.AMENDED
    anew = MemoryStationDirectory()
    assert publication.head.leaves == publish(anew, new).head.leaves
    for row in range(12):
        point = Point(16.9 + row * 0.05, 103.95 + row * 0.04)
        head = directory.head(fresh=True)
        assert directory.leaf(head, point) == anew.leaf(anew.head(), point)
        assert nearest(directory, point, 10) == brute_force(new, point, 10)


def test_a_change_that_is_too_large_for_a_transaction_is_a_new_version(directory):
    stations = crowd(200)
    first = publish(directory, stations).head
    new = [replace(station, name_th="สภ.ใหม่") for station in stations]
    changes = Changes(changed=tuple(zip(stations, new, strict=True)))
    publication = publish(directory, new, changes=changes)
    assert publication.outcome is Outcome.PUBLISHED
    assert publication.head.number == first.number + 1
    assert published(directory) == by_id(new)


@pytest.mark.parametrize("few", [True, False])
def test_what_somebody_published_since_the_comparison_is_not_lost(directory, few):
    stations = crowd(200)
    compared = publish(directory, stations).head
    rival = publish(directory, stations[1:]).head
    new, changes = amended(stations)
    with pytest.raises(DirectoryChanged, match="meanwhile"):
        publish(directory, new, since=compared, changes=changes if few else None)
    assert directory.head(fresh=True) == rival
    assert published(directory) == by_id(stations[1:])


# --- undoing, in both -----------------------------------------------------------------------------


def test_a_mistaken_import_is_undone(directory, sample):
    first = publish(directory, sample).head
    publish(directory, WORLD)
    undone = undo(directory, INDEX)
    assert (undone.outcome, undone.head) == (Outcome.RESTORED, first)
    assert published(directory) == by_id(sample)
    assert nearest(directory, PIN, 1) == brute_force(sample, PIN, 1)


def test_what_was_undone_can_be_brought_back_by_its_version(directory, sample):
    publish(directory, sample)
    second = publish(directory, WORLD).head
    undo(directory, INDEX)
    assert restore(directory, second.version).head == second
    assert published(directory) == by_id(WORLD)


def test_a_small_change_is_undone_in_place_and_one_after_the_other(directory):
    stations = crowd(200)
    first = publish(directory, stations).head
    once, changes = amended(stations)
    publish(directory, once, changes=changes)
    twice, changes = amended(once, name="สภ.ใหม่กว่า")
    second = publish(directory, twice, changes=changes).head
    assert (second.version, second.revision) == (first.version, 2)
    for expected in (once, stations):
        undone = undo(directory, INDEX)
        assert undone.outcome is Outcome.AMENDED
        assert published(directory) == by_id(expected)
    assert directory.head(fresh=True) == first
    with pytest.raises(NothingToUndo):
        undo(directory, INDEX)


def test_undoing_goes_back_as_far_as_versions_are_kept(directory, sample):
    sets = [sample[skipped:] for skipped in range(VERSIONS_KEPT + 1)]
    for stations in sets:
        publish(directory, stations)
    for expected in reversed(sets[1:-1]):
        undo(directory, INDEX)
        assert published(directory) == by_id(expected)
    with pytest.raises(NothingToUndo, match="no earlier version"):
        undo(directory, INDEX)


def test_a_version_that_is_not_kept_cannot_be_brought_back(directory, sample):
    publish(directory, sample)
    with pytest.raises(NothingToUndo, match="000009-x"):
        restore(directory, "000009-x")


def test_after_undoing_a_new_version_has_a_number_of_its_own(directory, sample):
    publish(directory, sample)
    undone = publish(directory, WORLD).head
    undo(directory, INDEX)
    assert publish(directory, sample[1:]).head.number == undone.number + 1


def test_undoing_never_leads_to_what_was_undone_before(directory, sample):
    good, mistake, better = sample, sample[1:], sample[2:]
    for stations in (good, mistake):
        publish(directory, stations)
    undo(directory, INDEX)
    publish(directory, better)
    undo(directory, INDEX)
    assert published(directory) == by_id(good)


def test_what_was_gone_back_to_stays_to_be_gone_back_to_again(directory, sample):
    heads = [publish(directory, sample[skipped:]).head for skipped in range(3)]
    restore(directory, heads[0].version)
    publish(directory, WORLD)
    assert len(directory.versions()) == VERSIONS_KEPT
    assert directory.leaf(heads[0], PIN).listings  # lookups of a moment ago still find it
    undo(directory, INDEX)
    assert published(directory) == by_id(sample)


def test_a_filtered_lookup_counts_with_the_directory_as_it_is_now(directory):
    near = [replace(station, kind="box") for station in crowd(60)]
    far = [Station(f"h{n}", "รพ.", "H", Point(6, 100 + n), kind="hospital") for n in (1, 2)]
    publish(directory, [*near, *far])
    find_station(directory, PIN)
    new = Station("h0", "รพ.", "H", Point(19, 98), kind="hospital")
    other = getattr(directory, "other", directory)
    publish(other, [*near, *far, new], changes=Changes(added=(new,)))
    for k in (1, 2, 3):
        found = nearest(directory, Point(17, 104), k, Filters(kinds={"hospital"}))
        assert found == brute_force([*far, new], Point(17, 104), k)


def test_reading_all_while_somebody_amends_is_refused(directory):
    stations = [
        Station(i, "ส", "S", Point(17, lon)) for i, lon in (("a", 90), ("m", 103), ("z", 115))
    ]
    publish(directory, stations)
    reading = published_stations(directory)
    next(reading)
    moved = [replace(stations[0], point=Point(17, 116)), replace(stations[2], point=Point(17, 91))]
    changes = Changes(changed=tuple(zip((stations[0], stations[2]), moved, strict=True)))
    other = getattr(directory, "other", directory)
    done = publish(other, [moved[0], stations[1], moved[1]], changes=changes)
    assert done.outcome is Outcome.AMENDED
    with pytest.raises(DirectoryChanged):
        list(reading)


# --- DynamoDB alone -------------------------------------------------------------------------------


def test_a_lookup_is_one_eventually_consistent_query_of_one_item(dynamo, sample):
    publish(dynamo, sample)
    dynamo.head(fresh=True)
    dynamo.wire.reset()
    find_station(dynamo, PIN, 10)
    assert dynamo.made == {"Query": 1}
    (query,) = dynamo.wire.bodies
    assert (query["Limit"], query["ScanIndexForward"]) == (1, False)
    assert not query.get("ConsistentRead")


def test_the_head_is_read_once_a_minute(dynamo, sample):
    publish(dynamo, sample)
    dynamo.wire.reset()
    find_station(dynamo, PIN)
    find_station(dynamo, PIN)
    assert dynamo.made == {"GetItem": 1, "Query": 2}
    dynamo.time += HEAD_SECONDS
    find_station(dynamo, PIN)
    assert dynamo.made == {"GetItem": 2, "Query": 3}


def test_leaves_fit_into_half_a_read_unit(dynamo):
    publish(dynamo, crowd(200))
    leaves = [item for item in dynamo.items() if "#leaf#" in item["cell"]["S"]]
    assert len(leaves) > 32
    size = [
        sum(len(name) for name in item)
        + len(item["cell"]["S"])
        + len(item["position"]["S"])
        + len(item["body"]["B"])
        + 3  # bits: a number of two digits
        for item in leaves
    ]
    assert max(size) <= 4096


def test_a_leaf_that_has_not_arrived_yet_is_read_again_consistently(dynamo, sample):
    head = publish(dynamo, sample).head
    before = dynamo.leaf(head, PIN)

    def hidden(parsed, **_):
        if parsed.get("Items"):
            parsed["Items"] = []

    events = dynamo._connection.client.meta.events
    once = [hidden]
    events.register("after-call.dynamodb.Query", lambda **kw: once and once.pop()(**kw), "lag")
    try:
        dynamo.wire.reset()
        assert dynamo.leaf(head, PIN) == before
    finally:
        events.unregister("after-call.dynamodb.Query", unique_id="lag")
    assert [body.get("ConsistentRead", False) for body in dynamo.wire.bodies] == [False, True]


def test_publishing_the_same_again_writes_nothing(dynamo, sample):
    publish(dynamo, sample)
    before = dynamo.items()
    dynamo.wire.reset()
    publish(dynamo, sample)
    assert dynamo.made == {"GetItem": 1}
    assert dynamo.items() == before


def test_a_directory_of_more_than_one_batch(dynamo):
    publish(dynamo, crowd(60))
    assert published(dynamo) == crowd(60)


def test_lookups_see_the_old_directory_until_the_new_one_is_whole(dynamo, sample):
    publish(dynamo, sample)
    seen = []
    dynamo.before_call("TransactWriteItems", 1, lambda: seen.extend(published(dynamo.other)))
    publish(dynamo, WORLD)
    assert by_id(seen) == by_id(sample)


@pytest.mark.parametrize(
    ("call", "number", "switched"),
    [
        ("BatchWriteItem", 1, False),  # before the record of the new version
        ("BatchWriteItem", 2, False),  # before its stations
        ("BatchWriteItem", 3, False),  # before its leaves
        ("TransactWriteItems", 1, False),  # before the switch
        ("Query", 2, True),  # before tidying up
    ],
)
def test_an_interrupted_publication_shows_one_directory_and_can_be_run_again(
    dynamo, sample, call, number, switched
):
    first = publish(dynamo, sample).head
    dynamo.before_call(call, number, interrupted)
    with pytest.raises(KeyboardInterrupt):
        publish(dynamo, WORLD)
    assert published(dynamo) == by_id(WORLD if switched else sample)
    head = publish(dynamo, WORLD).head
    assert published(dynamo) == by_id(WORLD)
    assert dynamo.versions_with_items() == {first.version, head.version}


@pytest.mark.parametrize("number", range(1, 6))
def test_an_interrupted_tidying_is_finished_by_the_next_publication(dynamo, sample, number):
    for skipped in range(VERSIONS_KEPT):
        publish(dynamo, sample[skipped:])
    # The three before are written by five calls: record, rows, leaves (twice), and then it deletes.
    dynamo.before_call("BatchWriteItem", 4 + number, interrupted)
    with pytest.raises(KeyboardInterrupt):
        publish(dynamo, WORLD)
    assert published(dynamo) == by_id(WORLD)
    publish(dynamo, WORLD[1:])
    assert dynamo.versions_with_items() == {head.version for head in dynamo.versions()}
    assert len(dynamo.versions()) == VERSIONS_KEPT


def test_the_second_of_two_publications_at_once_fails_and_leaves_nothing(dynamo, sample):
    publish(dynamo, sample)
    dynamo.before_call("TransactWriteItems", 1, lambda: publish(dynamo.other, sample[1:]))
    with pytest.raises(DirectoryChanged, match="meanwhile"):
        publish(dynamo, WORLD)
    assert published(dynamo) == by_id(sample[1:])
    assert dynamo.versions_with_items() == {head.version for head in dynamo.versions()}


def test_the_same_file_published_twice_at_once_is_published_once(dynamo, sample):
    dynamo.before_call("TransactWriteItems", 1, lambda: publish(dynamo.other, sample))
    with pytest.raises(DirectoryChanged):
        publish(dynamo, sample)
    assert publish(dynamo, sample).outcome is Outcome.UNCHANGED
    assert published(dynamo) == by_id(sample)
    assert dynamo.versions_with_items() == {dynamo.head(fresh=True).version}


def test_a_small_change_on_top_of_another_ones_is_refused(dynamo):
    stations = crowd(200)
    publish(dynamo, stations)
    new, changes = amended(stations)
    dynamo.before_call("TransactWriteItems", 1, lambda: publish(dynamo.other, new, changes=changes))
    with pytest.raises(DirectoryChanged, match="meanwhile"):
        publish(dynamo, *amended(stations, name="สภ.อื่น")[:1], changes=amended(stations)[1])
    assert published(dynamo) == by_id(new)


def test_a_small_change_is_one_transaction(dynamo):
    stations = crowd(200)
    publish(dynamo, stations)
    new, changes = amended(stations)
    dynamo.wire.reset()
    publish(dynamo, new, changes=changes)
    assert dynamo.made["TransactWriteItems"] == 1
    assert dynamo.made["BatchWriteItem"] == 0


def test_a_directory_of_the_layout_before_is_replaced_by_importing_again(dynamo, sample):
    head = {"version": "000012-abc", "digest": "d", "counts": {"w7": 1}}
    row = {"cell": "000012-abc#w7", "position": "w7xxxxxxxxxx#old", "unit_id": "old"}
    dynamo._table.put_all(
        [
            {"cell": "directory", "position": "current", **head},
            {"cell": "directory", "position": "version#000012-abc", **head},
            row,
        ]
    )
    with pytest.raises(DirectoryChanged):
        find_station(dynamo, PIN)
    assert published(dynamo) == []
    publication = publish(dynamo, sample)
    assert publication.outcome is Outcome.PUBLISHED
    assert nearest(dynamo, PIN, 3) == brute_force(sample, PIN, 3)
    assert dynamo.versions_with_items() == {publication.head.version}


@pytest.mark.parametrize("number", [6, 7])  # just before the record is marked, and just after
def test_going_back_to_a_version_that_is_being_deleted_never_leaves_nothing(dynamo, sample, number):
    heads = [publish(dynamo, sample[skipped:]).head for skipped in range(VERSIONS_KEPT)]
    outcomes = []

    def go_back():
        try:
            restore(dynamo.other, heads[0].version)
            outcomes.append("restored")
        except (DirectoryChanged, NothingToUndo):
            outcomes.append("refused")

    seen = []
    original = dynamo._delete

    def deleting(head):
        if number == 6:
            go_back()
        else:
            dynamo.before_call("GetItem", 1, go_back)
        seen.append(head.version)
        original(head)

    dynamo._delete = deleting
    publish(dynamo, WORLD)
    assert seen == [heads[0].version]
    assert outcomes == (["restored"] if number == 6 else ["refused"])
    expected = sample if number == 6 else WORLD
    assert published(dynamo.other) == by_id(expected)
    assert nearest(dynamo.other, PIN, 1) == brute_force(expected, PIN, 1)


def test_a_revision_that_was_undone_and_made_anew_is_another_one(dynamo):
    stations = crowd(200)
    publish(dynamo, stations)
    once, first = amended(stations)
    publish(dynamo, once, changes=first)
    twice, second = amended(once, name="สภ.สาม")

    def meanwhile():
        undo(dynamo.other, INDEX)
        extra = replace(stations[9], unit_id="zzz")
        publish(dynamo.other, [*stations, extra], changes=Changes(added=(extra,)))

    dynamo.before_call("TransactWriteItems", 1, meanwhile)
    with pytest.raises(DirectoryChanged, match="meanwhile"):
        publish(dynamo, twice, changes=second)
    assert published(dynamo)[-1].unit_id == "zzz"


def test_a_change_too_large_to_remember_is_a_whole_version(dynamo, sample, monkeypatch):
    monkeypatch.setattr("ess.adapters.dynamodb.stations._MOST_ITEM_BYTES", 200)
    stations = crowd(200)
    publish(dynamo, stations)
    new, changes = amended(stations)
    assert publish(dynamo, new, changes=changes).outcome is Outcome.PUBLISHED
    assert published(dynamo) == by_id(new)


def test_a_table_that_is_not_there_is_a_lasting_failure(clients):
    with pytest.raises(PermanentFailure, match="ResourceNotFound"):
        DynamoStationDirectory("nowhere", connection=clients.other).head()

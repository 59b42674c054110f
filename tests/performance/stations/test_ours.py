"""Our own way, as the benchmark runs it, is the deployed one."""

import pytest

from ess.adapters.dynamodb.table import from_values
from ess.usecases.find_station import Filters
from tests.performance.stations.method import one_change
from tests.performance.stations.ours import SHARES, Ours, kind_for, kinds_of
from tests.performance.stations.points import lookups, world
from tests.performance.stations.rival import NAME
from tests.performance.stations.truth import truth_of


@pytest.fixture(scope="module")
def small_world():
    return world(1_200)


@pytest.fixture
def ours(small_world):
    method = Ours()
    method.build(small_world)
    return method


def contents(method):
    """All items, but for the random part of the version's name."""
    version = method.directory.head().version
    pages = method.tables.client().get_paginator("scan").paginate(TableName=NAME)
    items = [from_values(item) for page in pages for item in page["Items"]]
    return sorted(str(sorted(item.items())).replace(version, "version") for item in items)


def answers(method, points, k=3, filters=None):
    return [method.lookup(p, k, *([filters] if filters else [])) for p in points]


def test_loading_gives_the_items_that_publishing_writes(small_world, ours):
    loaded = Ours(wired=0)
    built = loaded.build(small_world)
    assert contents(loaded) == contents(ours)
    assert len(contents(ours)) == built.items > 1_200


def test_what_is_counted_as_the_index(small_world):
    built = Ours().build(small_world)
    assert f"{len(small_world):,} stations" in built.note
    assert built.seconds > 0
    assert "one GetItem and one round more, 1.0 read units" in built.note


@pytest.mark.parametrize("read", [True, False])
def test_a_change_is_written_in_place(small_world, ours, monkeypatch, read):
    if not read:
        monkeypatch.setattr("tests.performance.stations.ours.READ", 0)
    before, after = one_change(small_world)
    change = ours.change(before, after)
    assert change.written
    assert change.write_units >= 2 * (change.leaves + 4)  # row, head, record, amendment
    assert (change.read_units > 10) == read  # a few are for the head
    assert ours.station(after) in list(ours.now())
    truth = truth_of(ours.now())
    points = [before.point, after.point, *lookups(small_world, 50)]
    assert answers(ours, points) == [truth.nearest(point, 3) for point in points]


def test_a_change_of_too_many_leaves_is_told_and_not_made(small_world, ours, monkeypatch):
    monkeypatch.setattr(type(ours.directory), "MOST_AMENDED", 1)
    before, after = one_change(small_world)
    items = contents(ours)
    change = ours.change(before, after)
    assert not change.written
    assert change.leaves > 1
    assert change.write_units >= 2 * change.leaves
    assert contents(ours) == items
    assert ours.station(after) not in list(ours.now())


def test_both_ways_count_the_leaves_of_a_change_alike(small_world, ours, monkeypatch):
    before, after = one_change(small_world)
    with monkeypatch.context() as patch:
        patch.setattr(type(ours.directory), "MOST_AMENDED", 1)
        told = ours.change(before, after)
    made = ours.change(before, after)
    assert (told.leaves, told.written, made.written) == (made.leaves, False, True)
    # The transaction has the rows, the head and its records beside.
    assert told.write_units < made.write_units <= told.write_units + 20


def test_kinds_have_their_shares(small_world):
    kinds = kinds_of(small_world)
    assert kinds == kinds_of(world(1_200))
    counts = [sum(kind == kind_for(share) for kind in kinds.values()) for share in SHARES]
    assert 200 <= counts[0] <= 240
    assert 20 <= counts[1] <= 24
    assert counts[2] == 2


def test_filtered_lookups_count_a_round_for_what_travels_together(small_world, ours):
    kind = kind_for(50)
    truth = truth_of(station for station in ours.now() if station.kind == kind)
    costs = []
    for point in lookups(small_world, 30):
        with ours.tables.counting() as spent:
            found = ours.lookup(point, 3, Filters(kinds={kind}))
        assert found == truth.nearest(point, 3)
        costs.append(spent)
    assert any(1 < spent.rounds < spent.reads for spent in costs)
    assert all(spent.rounds <= spent.reads for spent in costs)


def test_own_cpu_is_measured_on_answers_that_were_fetched(small_world, ours):
    points = lookups(small_world, 20)
    ours.directory.head()
    with ours.tables.counting() as spent:
        took = ours.own_cpu_ms(points, 10)
    assert spent.reads == len(points) == len(took)
    truth = truth_of(ours.now())  # the directory is as it was
    assert answers(ours, points) == [truth.nearest(point, 3) for point in points]

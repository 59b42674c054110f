"""Our station directory over the stand-in: the real adapter, index and use cases, as deployed.

Where the wire would take too long, two shortcuts are taken: from `WIRED` stations on, what is
published is loaded into the stand-in uncounted; from `READ` on, a change is given the published
stations from memory, instead of reading them all. The items, and how they are read and changed, are
the same (`test_ours.py`).
"""

import os
import random
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from ess.adapters.dynamodb.stations import DynamoStationDirectory, _leaf_item
from ess.adapters.memory.clock import MemoryClock
from ess.domain.directory import Changes, DirectoryHead
from ess.domain.geo import Point
from ess.domain.leaf import PackedLeaf
from ess.domain.station import Listing, Station
from ess.indexing.index import LeafIndex
from ess.usecases.find_station import EVERY_STATION, Filters, find_station
from ess.usecases.publish_directory import Outcome, publish_directory
from tests.performance.stations.dynamo import Tables, to_wire
from tests.performance.stations.method import Built, quiet_collector
from tests.performance.stations.points import Site, Stations
from tests.performance.stations.rival import NAME
from tests.performance.stations.sizes import item_size, write_units

WIRED = 10_000
"""From so many stations on, items are loaded and not written one by one."""

READ = 500_000
"""From so many stations on, a change is not made to read them all."""

SHARES = (5, 50, 500)
"""One in so many stations is of a kind of its own, for lookups that ask for that kind."""


class Change(NamedTuple):
    """What one station's change took.

    Args:
        written: True if it was made in place; False if it is too much for one transaction. What
            follows is then what it would have taken, and a whole version is published instead.
        leaves: of the index, written or deleted.
        write_units: all items of the change together.
        read_units: of reading the head, and the published stations where that was not left out.
    """

    written: bool
    leaves: int
    write_units: float
    read_units: float


class Ours:
    """Lookups with `find_station` over `DynamoStationDirectory` and the leaves of `LeafIndex`.

    Args:
        wired: from so many stations on, items are loaded and not written.
    """

    def __init__(self, wired: int = WIRED) -> None:
        self.name = "ours"
        self.tables = Tables()
        keys = ("cell", "position")
        self.tables.client().create_table(
            TableName=NAME,
            KeySchema=[
                {"AttributeName": key, "KeyType": role}
                for key, role in zip(keys, ("HASH", "RANGE"), strict=True)
            ],
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
            BillingMode="PAY_PER_REQUEST",
        )
        self.directory = _Directory(self.tables)
        self._wired = wired
        self._stations: Stations | None = None
        self._kinds: Mapping[str, str] = {}
        self._changed: dict[str, Station] = {}

    # --- as every method ----------------------------------------------------------------------

    def build(self, stations: Stations) -> Built:
        self._stations, self._kinds = stations, kinds_of(stations)
        self.directory.only_load = len(stations) >= self._wired
        index = _TimedIndex()
        with self.tables.counting() as spent:
            done = publish_directory(self.directory, index, self.now, clock=MemoryClock())
        self.directory.closed = True
        size = self.tables.size(NAME)
        note = (
            f"{len(stations):,} stations: build is of the index alone, {index.wall_seconds:,.1f} s "
            f"by the clock with {os.cpu_count()} processes at most; {done.head.leaves:,} leaves "
            f"are {index.megabytes:,.1f} of the MB"
        )
        if spent.write_units and not self.directory.only_load:
            note += f"; a whole version takes {spent.write_units:,.0f} write units"
        return Built(index.cpu_seconds, size.items, size.bytes / 1e6, f"{note}; {self._cold()}")

    def lookup(self, point: Point, k: int, filters: Filters = EVERY_STATION) -> list[str]:
        found = find_station(self.directory, point, k, filters)
        return [match.station.unit_id for match in found.matches]

    def change_one(self, before: Site, after: Site) -> float:
        return self.change(before, after).write_units

    # --- ours alone ---------------------------------------------------------------------------

    def change(self, before: Site, after: Site) -> Change:
        """Publish one station's change."""
        old, new = self.station(before), self.station(after)
        if self._stations is not None and len(self._stations) >= READ:
            self.directory.known = tuple(self.now())
        changes = Changes(changed=((old, new),))
        self._changed[new.unit_id] = new
        with self.tables.counting() as spent:
            try:
                done = publish_directory(
                    self.directory,
                    _TimedIndex(),
                    self.now,
                    clock=MemoryClock(),
                    since=self.directory.head(),
                    changes=changes,
                )
            except _Closed:
                self._changed[old.unit_id] = old
                return self._unwritten(changes, spent.read_units)
        assert done.outcome is Outcome.AMENDED
        return Change(True, done.leaves_written, spent.write_units, spent.read_units)

    def own_cpu_ms(self, points: Sequence[Point], k: int) -> list[float]:
        """Return the CPU time of each lookup in our code: all but pynamodb and boto.

        From the point to the key, and from the item that the client has parsed to the answer.
        """
        table, took = self.directory._table, []
        with quiet_collector():
            for point in points:
                recorded = _Recorded(table)
                self.directory._table = recorded
                self.lookup(point, k)
                self.directory._table = _Replayed(recorded.answers)
                began = time.process_time()
                self.lookup(point, k)
                took.append(1000 * (time.process_time() - began))
        self.directory._table = table
        return took

    def now(self) -> Iterator[Station]:
        """Yield all stations, changes included, in the order of their ids."""
        assert self._stations is not None
        for site in self._stations.sites():
            yield self._changed.get(site.unit_id) or self.station(site)

    def station(self, site: Site) -> Station:
        """Return a site as a row of the directory."""
        kind = self._kinds.get(site.unit_id)
        return replace(site.station, kind=kind) if kind else site.station

    def _cold(self) -> str:
        """Return what the first lookup of a process takes beside its query."""
        directory = _Directory(self.tables)
        with self.tables.counting() as spent:
            directory.head()
        assert (spent.reads, spent.rounds) == (1, 1)
        return (
            "a process reads the head when it starts and once a minute, which is one GetItem and "
            f"one round more, {spent.read_units:.1f} read units ({spent.bytes:,} bytes)"
        )

    def _unwritten(self, changes: Changes, read_units: float) -> Change:
        version = self.directory.head().version
        pairs = list(LeafIndex().changed_leaves(self.now(), changes))
        sizes = [[_size(_leaf_item(version, leaf)) for leaf in pair if leaf] for pair in pairs]
        units = sum(2 * write_units(*pair) for pair in sizes)
        return Change(False, len(pairs), units, read_units)


def kinds_of(stations: Stations) -> dict[str, str]:
    """Return the kinds of those stations that get one of their own, by id."""
    dice, kinds = random.Random(len(stations)), {}
    for share in SHARES:
        for unit_id in dice.sample(stations.ids, round(len(stations) / share)):
            kinds[unit_id] = kind_for(share)
    return kinds


def kind_for(share: int) -> str:
    """Return the kind that one in `share` stations is of."""
    return f"one_in_{share}"


class _Closed(Exception):
    """A whole version was about to be published."""


class _Directory(DynamoStationDirectory):
    """The adapter; its clock stands still, so that the head it has read stays trusted.

    Args:
        tables: where it is.
    """

    def __init__(self, tables: Tables) -> None:
        super().__init__(NAME, connection=tables.connection(), now=lambda: 0.0)
        self._tables = tables
        self.only_load = self.closed = False
        self.known: Sequence[Station] | None = None

    def listings(self, head: DirectoryHead, cells: Sequence[str]) -> list[Listing]:
        with self._tables.round():  # they are sent by threads
            return super().listings(head, cells)

    def stations(self, head: DirectoryHead) -> Iterator[Station]:
        return super().stations(head) if self.known is None else iter(self.known)

    def publish(self, *arguments: Any) -> DirectoryHead:
        if self.closed:
            raise _Closed
        if not self.only_load:
            return super().publish(*arguments)
        table, self._table = self._table, _Loaded(self._table, self._tables)
        try:
            return super().publish(*arguments)
        finally:
            self._table = table


class _Table:
    """In the place of the adapter's table, most of which it is."""

    def __init__(self, table: Any) -> None:
        self._table = table

    def __getattr__(self, name: str) -> Any:
        return getattr(self._table, name)


class _Loaded(_Table):
    """Loads what is put, uncounted."""

    def __init__(self, table: Any, tables: Tables) -> None:
        super().__init__(table)
        self._tables = tables

    def put_all(self, items: Iterable[Mapping[str, Any]]) -> None:
        self._tables.load_native(NAME, items)


class _Recorded(_Table):
    """Keeps what queries gave."""

    def __init__(self, table: Any) -> None:
        super().__init__(table)
        self.answers: list[list[Any]] = []

    def query(self, *asked: Any, **how: Any) -> Iterator[Any]:
        self.answers.append(list(self._table.query(*asked, **how)))
        return iter(self.answers[-1])


class _Replayed:
    """Gives what queries gave before."""

    def __init__(self, answers: Sequence[Sequence[Any]]) -> None:
        self._answers = iter(answers)

    def query(self, *_: Any, **__: Any) -> Iterator[Any]:
        return iter(next(self._answers))


class _TimedIndex(LeafIndex):
    """The index; tells how long making the leaves took. All are made before the first is given."""

    def __init__(self) -> None:
        super().__init__()
        self.cpu_seconds = self.wall_seconds = self.megabytes = 0.0

    def leaves(self, stations: Iterable[Station]) -> Iterator[PackedLeaf]:
        cpu, wall = _cpu_seconds(), time.monotonic()
        made = list(super().leaves(stations))
        self.cpu_seconds = _cpu_seconds() - cpu
        self.wall_seconds = time.monotonic() - wall
        made.reverse()
        while made:
            leaf = made.pop()
            self.megabytes += _size(_leaf_item("000001-00000000", leaf)) / 1e6
            yield leaf


def _size(item: Mapping[str, Any]) -> int:
    return item_size({name: to_wire(value) for name, value in item.items()})


def _cpu_seconds() -> float:
    """Return the CPU time of this process and of those of its children that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system

"""Stations in DynamoDB: rows by geohash, and the leaves of the index, by version.

    cell                     position                  what
    directory                current                   the head: which version lookups read
    directory                version#<v>               a head for each version that has items
    directory                amendment#<v>#<revision>  what a change in place changed
    <v>#<2 characters>       <geohash>#<unit id>       a station's row
    <v>#areas                <unit id>                 its jurisdiction
    <v>#leaf#<1 character>   <geohash>                 a leaf, by where it starts

A version is written whole before the head names it, and two older ones stay for undoing. What an
interrupted publication left behind is found by its record, and deleted by the next one.
"""

import json
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from typing import Any

from pynamodb.connection import Connection
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path

from ess.adapters.dynamodb.errors import Refused
from ess.adapters.dynamodb.rows import readable
from ess.adapters.dynamodb.table import Item, Key, Table, Transaction, connect
from ess.domain.directory import Amendment, Changes, DirectoryHead, versions_to_keep
from ess.domain.errors import DirectoryChanged
from ess.domain.geo import Point
from ess.domain.geohash import ALPHABET, Cell, cell_named, encode
from ess.domain.leaf import PARTITION_LENGTH, Leaf, PackedLeaf, unpack
from ess.domain.station import CELL_LENGTH, Listing, Station, from_plain, to_plain

HEAD_SECONDS = 60.0
"""How long a process trusts the head it has read. The versions before stay readable meanwhile."""

_DIRECTORY = "directory"
_CURRENT = Key(_DIRECTORY, "current")
_RECORD = "version#"
_AMENDMENT = "amendment#"
_KEYS = ("cell", "position")
_AT_ONCE = 12

_MOST_ITEM_BYTES = 390_000
"""DynamoDB takes items of 400 KB, names and keys included."""

_MOST_TRANSACTION_BYTES = 3_500_000
"""DynamoDB takes transactions of 4 MB."""


class DynamoStationDirectory:
    """Keeps the published stations, and publishes new ones; see `ess.ports.stations`.

    Args:
        table: name of the table.
        connection: the client; the process's own by default.
        now: seconds of a clock that only runs forward.
    """

    MOST_AMENDED = 100 - 3
    """A transaction takes 100 items: head, record and amendment are three of them."""

    def __init__(
        self,
        table: str,
        *,
        connection: Connection | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._connection = connection or connect()
        self._table = Table(self._connection, table, _KEYS)
        self._now = now
        self._seen: tuple[float, DirectoryHead] | None = None

    # --- reading ---

    def head(self, *, fresh: bool = False) -> DirectoryHead:
        """Return what is published now: one GetItem, and none for a minute after."""
        if not fresh and self._seen and self._now() < self._seen[0]:
            return self._seen[1]
        item = self._table.get(_CURRENT)
        head = _head_from(item) if item else DirectoryHead()
        if head.version:  # an empty directory may be filled at any moment
            self._seen = (self._now() + HEAD_SECONDS, head)
        return head

    def leaf(self, head: DirectoryHead, point: Point) -> Leaf:
        """Return the leaf of a point: one Query of one item, half a read unit.

        An eventually consistent read may miss what was written a moment ago. A leaf tells its cell,
        so that one that does not hold the point is noticed, and read again consistently.
        """
        start = encode(point)
        partition = f"{head.version}#leaf#{start[:PARTITION_LENGTH]}"
        until = Path("position") <= start
        for consistent in (False, True):
            items = self._table.query(
                partition, until, limit=1, descending=True, consistent=consistent
            )
            for item in items:
                packed = _leaf_from(item)
                if packed.cell.holds(point):
                    return unpack(packed)
        raise DirectoryChanged(f"version {head.version} is gone")

    def listings(self, head: DirectoryHead, cells: Sequence[str]) -> list[Listing]:
        """Return the stations of geohash cells: one Query a cell, several at a time."""
        if len(cells) == 1:
            return self._listings(head, cells[0])
        # Imported here: hardly a lookup comes this far.
        from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

        with ThreadPoolExecutor(min(len(cells), _AT_ONCE)) as pool:
            found = pool.map(lambda cell: self._listings(head, cell), cells)
            return [listing for listings in found for listing in listings]

    def _listings(self, head: DirectoryHead, cell: str) -> list[Listing]:
        whole = cell[:CELL_LENGTH]
        within = Path("position").startswith(cell) if len(cell) > CELL_LENGTH else None
        items = list(self._table.query(f"{head.version}#{whole}", within))
        if within is None and len(items) < head.counts.get(whole, 0):
            raise DirectoryChanged(f"version {head.version} is gone")
        return readable(items, lambda item: _station_from(item).listing, "position")

    def stations(self, head: DirectoryHead) -> Iterator[Station]:
        """Yield all stations: one Query a cell, and one for the jurisdictions."""
        areas = {
            item["position"]: json.loads(zlib.decompress(item["body"]))
            for item in self._table.query(f"{head.version}#areas")
        }
        for cell, count in head.counts.items():
            items = list(self._table.query(f"{head.version}#{cell}"))
            if len(items) < count:
                raise DirectoryChanged(f"version {head.version} is gone")
            yield from readable(items, lambda item: _station_from(item, areas), "position")

    # --- publishing ---

    def publish(
        self,
        before: DirectoryHead,
        after: DirectoryHead,
        stations: Iterable[Station],
        leaves: Iterable[PackedLeaf],
    ) -> DirectoryHead:
        """Write the version, switch to it, delete what nobody can go back to."""
        # First, so that whatever happens next, all items can be found again.
        self._table.put_all([_record(after, complete=False)])
        self._table.put_all(_rows(after.version, stations))
        counted = _Counted(leaves)
        self._table.put_all(_leaf_item(after.version, leaf) for leaf in counted)
        after = replace(after, leaves=counted.number)
        try:
            self._switch(before, after)
        except DirectoryChanged:
            self._delete(after)
            raise
        self._tidy(after)
        return after

    def amend(
        self,
        before: DirectoryHead,
        after: DirectoryHead,
        changes: Changes,
        replaced: Sequence[PackedLeaf],
        dropped: Sequence[PackedLeaf],
    ) -> bool:
        """Change the current version in one transaction of at most 100 items."""
        version = after.version
        puts = [*_rows(version, changes.after), *(_leaf_item(version, leaf) for leaf in replaced)]
        puts.append(_record(after, complete=True))
        deletes = {key for station in changes.before for key in _row_keys(version, station)}
        deletes |= {_leaf_key(version, leaf) for leaf in dropped}
        if after.revision > before.revision:
            remembered = _amendment_item(after, before, changes)
            if len(remembered["body"]) > _MOST_ITEM_BYTES:
                return False
            puts.append(remembered)
        else:
            deletes.add(_amendment_key(before))
        deletes -= {_key_of(item) for item in puts}
        large = sum(len(str(value)) for item in puts for value in item.values())
        if len(puts) + len(deletes) + 1 > Transaction.MOST or large > _MOST_TRANSACTION_BYTES:
            return False
        transaction = Transaction(self._connection)
        transaction.put("head", self._table, _CURRENT, _head_item(after), _still(before))
        for item in puts:
            transaction.put("row", self._table, _key_of(item), item)
        for key in deletes:
            transaction.delete("row", self._table, key)
        self._commit(transaction)
        self._seen = None
        return True

    def last_amendment(self, head: DirectoryHead) -> Amendment | None:
        """Return the change that made this revision: one GetItem."""
        item = self._table.get(_amendment_key(head)) if head.revision else None
        return _amendment_from(item) if item else None

    def versions(self) -> list[DirectoryHead]:
        """Return the versions that are kept whole, newest first: one Query."""
        return [head for head, complete in self._records() if complete]

    def restore(self, before: DirectoryHead, version: DirectoryHead) -> None:
        """Switch back to a kept version, unless it is being deleted."""
        self._switch(before, version, Path("complete") == True)  # noqa: E712  it builds a condition

    # --- inside ---

    def _switch(
        self, before: DirectoryHead, after: DirectoryHead, recorded: Condition | None = None
    ) -> None:
        transaction = Transaction(self._connection)
        transaction.put("head", self._table, _CURRENT, _head_item(after), _still(before))
        record = _record(after, complete=True)
        there = Path("cell").exists() if recorded is None else recorded
        transaction.put("record", self._table, _key_of(record), record, there)
        self._commit(transaction)
        self._seen = None

    @staticmethod
    def _commit(transaction: Transaction) -> None:
        try:
            transaction.commit()
        except Refused as error:
            raise DirectoryChanged("another directory was published meanwhile") from error

    def _records(self) -> list[tuple[DirectoryHead, bool]]:
        """Return every version that has items, newest first, and whether it is whole."""
        items = self._table.query(_DIRECTORY, Path("position").startswith(_RECORD))
        records = [(_head_from(item), bool(item.get("complete"))) for item in items]
        return sorted(records, key=lambda record: -record[0].number)

    def _tidy(self, current: DirectoryHead) -> None:
        """Delete the versions that nobody goes back to, and what interruptions left behind.

        A version that is not whole and has a higher number is being written by somebody else.
        """
        records = self._records()
        kept = versions_to_keep(current, [head for head, complete in records if complete])
        for head, complete in records:
            forgotten = complete and head.version not in kept
            abandoned = not complete and head.number <= current.number
            if (forgotten or abandoned) and head.version != current.version:
                self._delete(head)

    def _delete(self, head: DirectoryHead) -> None:
        version = head.version
        # From here on nobody can go back to it; after an interruption it leads here again.
        self._table.put_all([_record(head, complete=False)])
        current = self.head(fresh=True)
        if current.version == version:  # somebody went back to it just before
            self._table.put_all([_record(current, complete=True)])
            return
        leaves = [f"{version}#leaf#{cell}" for cell in ALPHABET]
        for partition in (*leaves, f"{version}#areas", *(f"{version}#{c}" for c in head.counts)):
            self._table.delete_all(self._table.query(partition, only=_KEYS))
        amendments = Path("position").startswith(f"{_AMENDMENT}{version}#")
        self._table.delete_all(self._table.query(_DIRECTORY, amendments, only=_KEYS))
        self._table.delete_all([{"cell": _DIRECTORY, "position": _RECORD + version}])


class _Counted:
    """Passes leaves on and counts them."""

    def __init__(self, leaves: Iterable[PackedLeaf]) -> None:
        self._leaves = leaves
        self.number = 0

    def __iter__(self) -> Iterator[PackedLeaf]:
        for leaf in self._leaves:
            self.number += 1
            yield leaf


def _still(head: DirectoryHead) -> Condition:
    if not head.version:
        return Path("cell").does_not_exist()
    same = Path("revision") == head.revision
    if not head.revision:  # a head written before there were revisions
        same |= Path("revision").does_not_exist()
    # The digest too: undoing takes revisions back, and the next one has the same number.
    same &= Path("digest") == head.digest
    condition: Condition = (Path("version") == head.version) & same
    return condition


def _key_of(item: Item) -> Key:
    return Key(item["cell"], item["position"])


def _item(key: Key, **attributes: Any) -> Item:
    return dict(zip(_KEYS, key, strict=True)) | attributes


# --- items ---


def _head_item(head: DirectoryHead) -> Item:
    return {
        "version": head.version,
        "revision": head.revision,
        "digest": head.digest,
        "counts": dict(head.counts),
        "kinds": dict(head.kinds),
        "leaves": head.leaves,
        "published_at": head.published_at,
        "note": head.note,
        "previous": head.previous,
    }


def _head_from(item: Item) -> DirectoryHead:
    # A directory of the layout before this one has no leaves, and can only be replaced.
    return DirectoryHead(
        version=item["version"],
        revision=item.get("revision", 0),
        digest=item["digest"],
        counts=item["counts"],
        kinds=item.get("kinds", {}),
        leaves=item.get("leaves", 0),
        published_at=float(item.get("published_at", 0)),
        note=item.get("note", ""),
        previous=item.get("previous", ""),
    )


def _record(head: DirectoryHead, *, complete: bool) -> Item:
    key = {"cell": _DIRECTORY, "position": _RECORD + head.version}
    return {**key, **_head_item(head), "complete": complete}


def _rows(version: str, stations: Iterable[Station]) -> Iterator[Item]:
    for station in stations:
        row, *of_area = _row_keys(version, station)
        plain = to_plain(station)
        area = plain.pop("jurisdiction", None)
        # JSON, since DynamoDB's numbers are not quite those of a file: -0.0, 5e-324.
        yield _item(row, row=json.dumps(plain, ensure_ascii=False))
        for key in of_area:
            body = zlib.compress(json.dumps(area, separators=(",", ":")).encode())
            yield _item(key, body=body)


def _row_keys(version: str, station: Station) -> list[Key]:
    """Return the keys of a station's row and, if it has one, of its jurisdiction."""
    row = Key(f"{version}#{station.cell}", f"{encode(station.point)}#{station.unit_id}")
    return [row, Key(f"{version}#areas", station.unit_id)] if station.jurisdiction else [row]


def _station_from(item: Item, areas: dict[str, Any] | None = None) -> Station:
    plain = json.loads(item["row"])
    area = (areas or {}).get(plain["unit_id"])
    return from_plain(plain if area is None else {**plain, "jurisdiction": area})


def _leaf_key(version: str, leaf: PackedLeaf) -> Key:
    start = leaf.start
    return Key(f"{version}#leaf#{start[:PARTITION_LENGTH]}", start)


def _leaf_item(version: str, leaf: PackedLeaf) -> Item:
    return _item(_leaf_key(version, leaf), bits=leaf.cell.bits, body=leaf.body)


def _leaf_from(item: Item) -> PackedLeaf:
    start = cell_named(item["position"])
    bits = item["bits"]
    return PackedLeaf(Cell(bits, start.path >> (start.bits - bits)), item["body"])


def _amendment_key(head: DirectoryHead) -> Key:
    return Key(_DIRECTORY, f"{_AMENDMENT}{head.version}#{head.revision:06d}")


def _amendment_item(after: DirectoryHead, before: DirectoryHead, changes: Changes) -> Item:
    rows = {
        "head": asdict(before),
        "added": [to_plain(station) for station in changes.added],
        "changed": [[to_plain(old), to_plain(new)] for old, new in changes.changed],
        "removed": [to_plain(station) for station in changes.removed],
    }
    body = zlib.compress(json.dumps(rows, ensure_ascii=False).encode())
    return _item(_amendment_key(after), body=body)


def _amendment_from(item: Item) -> Amendment:
    rows = json.loads(zlib.decompress(item["body"]))
    return Amendment(
        DirectoryHead(**rows["head"]),
        Changes(
            added=tuple(map(from_plain, rows["added"])),
            changed=tuple((from_plain(old), from_plain(new)) for old, new in rows["changed"]),
            removed=tuple(map(from_plain, rows["removed"])),
        ),
    )

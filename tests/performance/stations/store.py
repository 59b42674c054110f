"""Items of one table in memory: sorted partitions, each item as the JSON that answers carry."""

import json
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate
from operator import itemgetter
from typing import Any, NamedTuple

from tests.performance.stations.expressions import plain
from tests.performance.stations.sizes import Wire, item_size, write_units

PAGE_BYTES = 1 << 20
"""A page ends with the item that reaches 1 MB (a full page reads 128.5 units, not 128)."""

_first = itemgetter(0)


class Stored(NamedTuple):
    """An item as it is kept: its JSON, and its size in bytes by AWS's rules."""

    body: bytes
    size: int

    def item(self) -> dict[str, Wire]:
        """Return it as DynamoDB's JSON has it."""
        item: dict[str, Wire] = json.loads(self.body)
        return item


class Window(NamedTuple):
    """Positions `low` to `high` (exclusive) of a partition."""

    low: int
    high: int


class Rows:
    """One partition, of a table or of an index, in the order of its sort key.

    Items that are loaded in bulk are sorted when they are first read.

    Args:
        indexed: True for an index, whose keys are pairs: its own sort key, then the table's.
    """

    __slots__ = ("_bodies", "_key", "_keys", "_sizes", "_sorted")

    def __init__(self, *, indexed: bool = False) -> None:
        self._key = _first if indexed else None
        self._keys: list[Any] = []
        self._bodies: list[bytes] = []
        self._sizes = array("I")
        self._sorted = True

    def __len__(self) -> int:
        return len(self._keys)

    @property
    def size(self) -> int:
        """Return the bytes of all items."""
        return sum(self._sizes)

    def append(self, key: Any, stored: Stored) -> None:
        """Add an item whose key is new; cheap, in any order."""
        self._sorted = self._sorted and (not self._keys or self._keys[-1] < key)
        self._keys.append(key)
        self._bodies.append(stored.body)
        self._sizes.append(stored.size)

    def get(self, key: Any) -> Stored | None:
        """Return the item of `key`."""
        at = self._position(key)
        return None if at is None else Stored(self._bodies[at], self._sizes[at])

    def put(self, key: Any, stored: Stored) -> None:
        """Add or replace an item."""
        at = self._position(key)
        if at is None:
            at = bisect_left(self._keys, key)
            self._keys.insert(at, key)
            self._bodies.insert(at, stored.body)
            self._sizes.insert(at, stored.size)
        else:
            self._bodies[at], self._sizes[at] = stored

    def delete(self, key: Any) -> None:
        """Remove an item that is there."""
        at = self._position(key)
        if at is None:
            raise KeyError(key)
        del self._keys[at], self._bodies[at], self._sizes[at]

    def window(self, operator: str, values: Sequence[Any]) -> Window:
        """Return where the items are whose (index) sort key satisfies a condition."""
        self._sort()
        left, right = values[0], values[-1]
        low, high = 0, len(self._keys)
        if operator in {"=", ">=", "BETWEEN", "begins_with"}:
            low = bisect_left(self._keys, left, key=self._key)
        elif operator == ">":
            low = bisect_right(self._keys, left, key=self._key)
        if operator in {"=", "<=", "BETWEEN"}:
            high = bisect_right(self._keys, right, key=self._key)
        elif operator == "<":
            high = bisect_left(self._keys, right, key=self._key)
        elif operator == "begins_with":
            high = bisect_left(self._keys, left + "\U0010ffff", key=self._key)
        return Window(low, max(low, high))

    def all(self) -> Window:
        """Return the window of all items."""
        self._sort()
        return Window(0, len(self._keys))

    def after(self, key: Any, window: Window, *, forward: bool) -> Window | None:
        """Return what is left of `window` after the item of `key`; None if that lies outside."""
        low, high = bisect_left(self._keys, key), bisect_right(self._keys, key)
        if low < window.low or high > window.high:
            return None
        return Window(high, window.high) if forward else Window(window.low, low)

    def page(self, window: Window, most: int | None, *, forward: bool, room: int) -> Window:
        """Return the part of `window` that fits a page.

        Args:
            window: what is asked for.
            most: items at most.
            forward: begin at the low end.
            room: bytes; the item that fills them is the last.
        """
        low, high = window
        if most is not None and high - low > most:
            low, high = (low, low + most) if forward else (high - most, high)
        sizes = self._sizes[low:high]
        if sum(sizes) >= room:
            ordered = sizes if forward else sizes[::-1]
            fits = next(n for n, total in enumerate(accumulate(ordered), 1) if total >= room)
            low, high = (low, low + fits) if forward else (high - fits, high)
        return Window(low, high)

    def read(self, window: Window, *, forward: bool = True) -> tuple[list[bytes], int]:
        """Return the items of a window and their total size in bytes."""
        self._sort()
        bodies = self._bodies[window.low : window.high]
        size = sum(self._sizes[window.low : window.high])
        return (bodies if forward else bodies[::-1]), size

    def _position(self, key: Any) -> int | None:
        self._sort()
        at = bisect_left(self._keys, key)
        return at if at < len(self._keys) and self._keys[at] == key else None

    def _sort(self) -> None:
        if self._sorted:
            return
        order = sorted(range(len(self._keys)), key=self._keys.__getitem__)
        self._keys = [self._keys[at] for at in order]
        self._bodies = [self._bodies[at] for at in order]
        self._sizes = array("I", [self._sizes[at] for at in order])
        self._sorted = True
        if any(a == b for a, b in zip(self._keys, self._keys[1:], strict=False)):
            raise ValueError("two loaded items have the same key")


class Table:
    """A table with its local secondary indexes, which hold whole items (projection ALL).

    Args:
        description: the body of CreateTable.
    """

    def __init__(self, description: Mapping[str, Any]) -> None:
        self.description = dict(description)
        self.name: str = description["TableName"]
        self.partition_key, self.sort_key = _schema(description["KeySchema"])
        self.partitions: dict[Any, Rows] = {}
        self.index_keys: dict[str, str] = {}
        self.indexes: dict[str, dict[Any, Rows]] = {}
        if description.get("GlobalSecondaryIndexes"):
            raise NotImplementedError("global secondary indexes")
        for index in description.get("LocalSecondaryIndexes", ()):
            partition, sort = _schema(index["KeySchema"])
            if index["Projection"]["ProjectionType"] != "ALL" or partition != self.partition_key:
                raise NotImplementedError("local secondary indexes other than of whole items")
            self.index_keys[index["IndexName"]] = sort
            self.indexes[index["IndexName"]] = {}

    @property
    def key_names(self) -> list[str]:
        """Return the names of partition and sort key."""
        return [self.partition_key, *([self.sort_key] if self.sort_key else [])]

    def key_of(self, item: Mapping[str, Wire]) -> tuple[Any, Any]:
        """Return partition and sort key of an item; the sort key of a table without one is ""."""
        sort = plain(item[self.sort_key]) if self.sort_key else ""
        return plain(item[self.partition_key]), sort

    def load(self, item: Mapping[str, Wire]) -> None:
        """Add an item whose key is new, without counting."""
        self.load_stored(item, stored(item))

    def load_stored(self, keys: Mapping[str, Wire], row: Stored) -> None:
        """Add an item whose key is new and whose JSON and size are known already.

        Args:
            keys: at least the key attributes, those of indexes too.
            row: the item.
        """
        partition, sort = self.key_of(keys)
        _rows_of(self.partitions, partition).append(sort, row)
        for index, name in self.index_keys.items():
            if name in keys:
                rows = _rows_of(self.indexes[index], partition, indexed=True)
                rows.append((plain(keys[name]), sort), row)

    def get(self, key: tuple[Any, Any]) -> Stored | None:
        """Return the item of a key."""
        rows = self.partitions.get(key[0])
        return rows.get(key[1]) if rows else None

    def write(self, key: tuple[Any, Any], item: Mapping[str, Wire] | None) -> int:
        """Put `item`, or delete what is there when it is None; return the write units.

        An index takes a write when its entry changes, and two when the entry moves
        (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LSI.html, "Writes").
        """
        old = self.get(key)
        new = None if item is None else stored(item)
        _replace(self.partitions, key[0], key[1], old, new)
        units = write_units(*(row.size for row in (old, new) if row))
        for index in self.index_keys:
            units += self._write_index(index, key, old, new)
        return units

    def _write_index(
        self, index: str, key: tuple[Any, Any], old: Stored | None, new: Stored | None
    ) -> int:
        if old and new and old.body == new.body:
            return 0
        partition, sort = key
        name = self.index_keys[index]
        before, after = (plain(row.item()[name]) if row else None for row in (old, new))
        rows = self.indexes[index]
        if old and new and before == after:
            _rows_of(rows, partition, indexed=True).put((after, sort), new)
            return write_units(old.size, new.size)
        units = 0
        if old:
            rows[partition].delete((before, sort))
            units += write_units(old.size)
        if new:
            _rows_of(rows, partition, indexed=True).put((after, sort), new)
            units += write_units(new.size)
        return units

    def rows(self, index: str | None, partition: Any) -> Rows:
        """Return a partition of the table or of an index, empty if there is none."""
        partitions = self.partitions if index is None else self.indexes[index]
        return partitions.get(partition) or Rows(indexed=index is not None)

    def scan(self, start: tuple[Any, Any] | None, most: int | None) -> tuple[list[bytes], int]:
        """Return the items of one page after the key `start`, and their size in bytes."""
        partitions = list(self.partitions)
        found: list[bytes] = []
        size = 0
        for partition in partitions[partitions.index(start[0]) if start else 0 :]:
            rows = self.partitions[partition]
            window = rows.all()
            if start and partition == start[0]:
                window = rows.after(start[1], window, forward=True) or window
            left = None if most is None else most - len(found)
            page = rows.page(window, left, forward=True, room=PAGE_BYTES - size)
            bodies, more = rows.read(page)
            found += bodies
            size += more
            if size >= PAGE_BYTES or len(found) == most:
                break
        return found, size


def stored(item: Mapping[str, Wire]) -> Stored:
    """Return an item as it is kept."""
    body = json.dumps(item, ensure_ascii=False, separators=(",", ":")).encode()
    return Stored(body, item_size(item))


def _schema(schema: Sequence[Mapping[str, str]]) -> tuple[str, str]:
    names = {key["KeyType"]: key["AttributeName"] for key in schema}
    return names["HASH"], names.get("RANGE", "")


def _rows_of(partitions: dict[Any, Rows], partition: Any, *, indexed: bool = False) -> Rows:
    rows = partitions.get(partition)
    if rows is None:
        rows = partitions[partition] = Rows(indexed=indexed)
    return rows


def _replace(
    partitions: dict[Any, Rows], partition: Any, sort: Any, old: Stored | None, new: Stored | None
) -> None:
    if new:
        _rows_of(partitions, partition).put(sort, new)
    elif old:
        partitions[partition].delete(sort)
        if not partitions[partition]:
            del partitions[partition]

"""Stations in dictionaries: whole versions of them, with their leaves."""

import bisect
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from ess.adapters.memory.script import Scripted
from ess.domain.directory import Amendment, Changes, DirectoryHead, versions_to_keep
from ess.domain.errors import DirectoryChanged
from ess.domain.geo import Point
from ess.domain.geohash import encode
from ess.domain.leaf import Leaf, PackedLeaf, unpack
from ess.domain.station import Listing, Station


@dataclass(slots=True)
class _Version:
    head: DirectoryHead
    stations: dict[str, Station]
    leaves: dict[str, PackedLeaf]
    starts: list[str] = field(default_factory=list)
    amendments: dict[int, Amendment] = field(default_factory=dict)

    def sort(self) -> None:
        self.starts = sorted(self.leaves)


class MemoryStationDirectory(Scripted):
    """Keeps the newest versions; a head of an older one no longer finds anything."""

    MOST_AMENDED = 100

    def __init__(self) -> None:
        super().__init__()
        self._current = ""
        self._versions: dict[str, _Version] = {}

    # --- reading ---

    def head(self, *, fresh: bool = False) -> DirectoryHead:  # noqa: ARG002  always fresh
        """Return what is published now; see `ess.ports.stations`."""
        self._called("head")
        return self._head

    def leaf(self, head: DirectoryHead, point: Point) -> Leaf:
        """Return the leaf of a point; see `ess.ports.stations`."""
        self._called("leaf")
        version = self._version(head)
        place = bisect.bisect_right(version.starts, encode(point)) - 1
        return unpack(version.leaves[version.starts[place]])

    def listings(self, head: DirectoryHead, cells: Sequence[str]) -> list[Listing]:
        """Return the stations of cells; see `ess.ports.stations`."""
        self._called("listings")
        rows = self._version(head).stations.values()
        return [row.listing for row in rows if encode(row.point).startswith(tuple(cells))]

    def stations(self, head: DirectoryHead) -> Iterator[Station]:
        """Yield all stations; see `ess.ports.stations`."""
        self._called("stations")
        if head.version:
            yield from list(self._version(head).stations.values())

    # --- publishing ---

    def publish(
        self,
        before: DirectoryHead,
        after: DirectoryHead,
        stations: Iterable[Station],
        leaves: Iterable[PackedLeaf],
    ) -> DirectoryHead:
        """Write a version and switch to it; see `ess.ports.stations`."""
        rows = {station.unit_id: station for station in stations}
        packed = {leaf.start: leaf for leaf in leaves}
        after = replace(after, leaves=len(packed))
        self._called("publish")
        self._refuse_rival(before)
        self._versions[after.version] = _Version(after, rows, packed)
        self._versions[after.version].sort()
        self._current = after.version
        kept = versions_to_keep(after, self.versions())
        self._versions = {name: one for name, one in self._versions.items() if name in kept}
        return after

    def amend(
        self,
        before: DirectoryHead,
        after: DirectoryHead,
        changes: Changes,
        replaced: Sequence[PackedLeaf],
        dropped: Sequence[PackedLeaf],
    ) -> bool:
        """Change the current version in place; see `ess.ports.stations`."""
        self._called("amend")
        self._refuse_rival(before)
        if len(replaced) + len(dropped) + len(changes) > self.MOST_AMENDED:
            return False
        version = self._versions[self._current]
        for station in changes.before:
            del version.stations[station.unit_id]
        version.stations |= {station.unit_id: station for station in changes.after}
        for leaf in dropped:
            del version.leaves[leaf.start]
        version.leaves |= {leaf.start: leaf for leaf in replaced}
        version.sort()
        if after.revision > before.revision:
            version.amendments[after.revision] = Amendment(before, changes)
        else:
            del version.amendments[before.revision]
        version.head = after
        return True

    def last_amendment(self, head: DirectoryHead) -> Amendment | None:
        """Return the change that made this revision; see `ess.ports.stations`."""
        self._called("last_amendment")
        return self._version(head).amendments.get(head.revision) if head.revision else None

    def versions(self) -> list[DirectoryHead]:
        """Return the versions that are kept, newest first; see `ess.ports.stations`."""
        heads = (version.head for version in self._versions.values())
        return sorted(heads, key=lambda head: -head.number)

    def restore(self, before: DirectoryHead, version: DirectoryHead) -> None:
        """Make a kept version current again; see `ess.ports.stations`."""
        self._called("restore")
        self._refuse_rival(before)
        self._version(version)
        self._current = version.version

    # --- inside ---

    @property
    def _head(self) -> DirectoryHead:
        return self._versions[self._current].head if self._current else DirectoryHead()

    def _version(self, head: DirectoryHead) -> _Version:
        if head.version not in self._versions:
            raise DirectoryChanged(f"version {head.version} is gone")
        return self._versions[head.version]

    def _refuse_rival(self, before: DirectoryHead) -> None:
        if self._head != before:
            raise DirectoryChanged("another directory was published meanwhile")

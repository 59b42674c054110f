"""The directory of stations: versions of it, and what changes from one to the next."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from ess.domain.station import Station

VERSIONS_KEPT = 3
"""The current version and two to go back to."""


@dataclass(frozen=True, slots=True)
class DirectoryHead:
    """What is published now, or was once: where to look for stations and how many there are.

    Args:
        version: names the set; empty before anything was published.
        revision: how many small changes were made to this version in place.
        digest: fingerprint of its stations (`ess.domain.station.canonical` of each, by id).
        counts: number of stations in each occupied cell of two geohash characters.
        kinds: number of stations of each kind.
        leaves: number of index leaves.
        published_at: seconds since 1970 (UTC).
        note: where the stations came from, in the operator's words.
        previous: the version that was current before this one; empty for the first.
    """

    version: str = ""
    revision: int = 0
    digest: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    kinds: Mapping[str, int] = field(default_factory=dict)
    leaves: int = 0
    published_at: float = 0.0
    note: str = ""
    previous: str = ""

    @property
    def total(self) -> int:
        """Return how many stations it holds."""
        return sum(self.counts.values())

    @property
    def number(self) -> int:
        """Return the running number of the version; 0 before anything was published."""
        return int(self.version.partition("-")[0] or 0)

    def number_of(self, kinds: Collection[str] | None) -> int:
        """Return how many stations of `kinds` it holds; of all kinds for None."""
        if kinds is None:
            return self.total
        return sum(self.kinds.get(kind, 0) for kind in set(kinds))

    @property
    def label(self) -> str:
        """Return version and revision as people name them, such as ``000012-1a2b3c.4``."""
        return f"{self.version}.{self.revision}" if self.version else "none"


def versions_to_keep(current: DirectoryHead, whole: Iterable[DirectoryHead]) -> frozenset[str]:
    """Return which of the versions that are there stay: `VERSIONS_KEPT` of them.

    The current one and those that undoing leads back to come first: whoever has read the head a
    moment ago may still look things up in the version before. Then the newest, which may have been
    undone.

    Args:
        current: the version that lookups read.
        whole: all versions that are there whole, in any order.
    """
    by_name = {head.version: head for head in whole} | {current.version: current}
    kept: list[str] = []
    version = current.version
    while version in by_name and version not in kept:
        kept.append(version)
        version = by_name[version].previous
    others = sorted(by_name.keys() - set(kept), key=lambda name: -by_name[name].number)
    return frozenset((*kept, *others)[:VERSIONS_KEPT])


@dataclass(frozen=True, slots=True)
class Changes:
    """How one set of stations differs from another.

    Args:
        added: stations that are new.
        changed: pairs of a station before and after.
        removed: stations that are gone.
    """

    added: tuple[Station, ...] = ()
    changed: tuple[tuple[Station, Station], ...] = ()
    removed: tuple[Station, ...] = ()

    def __len__(self) -> int:
        return len(self.added) + len(self.changed) + len(self.removed)

    @property
    def before(self) -> tuple[Station, ...]:
        """Return the rows that stop being so."""
        return (*self.removed, *(old for old, _ in self.changed))

    @property
    def after(self) -> tuple[Station, ...]:
        """Return the rows that begin to be so."""
        return (*self.added, *(new for _, new in self.changed))

    def inverse(self) -> "Changes":
        """Return what takes these changes back."""
        return Changes(self.removed, tuple((new, old) for old, new in self.changed), self.added)


@dataclass(frozen=True, slots=True)
class Amendment:
    """A change that was made in place, kept so that it can be taken back.

    Args:
        before: the head that it started from.
        changes: the stations that it changed.
    """

    before: DirectoryHead
    changes: Changes

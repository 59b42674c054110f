"""What makes the leaves of the station index."""

from collections.abc import Iterable, Iterator
from typing import Protocol

from ess.domain.directory import Changes
from ess.domain.leaf import PackedLeaf
from ess.domain.station import Station


class StationIndex(Protocol):
    """Makes leaves for stations; they are right by `ess.domain.leaf.Leaf`'s word."""

    def leaves(self, stations: Iterable[Station]) -> Iterator[PackedLeaf]:
        """Yield leaves that tile the earth, in the order of their start.

        Args:
            stations: in the order of their ids.
        """
        ...

    def changed_leaves(
        self, stations: Iterable[Station], changes: Changes
    ) -> Iterator[tuple[PackedLeaf | None, PackedLeaf | None]]:
        """Yield each leaf that goes with the one that comes in its place; either may be None.

        Args:
            stations: the set before `changes`, in any order.
            changes: what differs.
        """
        ...

"""Makes the leaves of the index: cuts the earth into cells until each needs few stations.

Why a leaf is right. A cell starts with the candidates of the cell it was cut from; at first these
are all stations. From them it drops, in this order:

* a station s whose least distance to the cell is more than the K-th smallest of the candidates'
  greatest distances: then K others are nearer than s wherever in the cell one stands;
* a station that K others beat everywhere in the cell (`beaten_everywhere`), where more than M
  are left and halving alone would take long.

Either way K stations come before s at every point of the cell, strictly and by more than rounding,
so s is none of the K nearest there, nor in any cell cut from this one. By induction a leaf lists
the K nearest of each of its points. `closest` is the greatest cosine that anything dropped, here or
further up, can have with a point of the cell; so nothing off the list is nearer than
`certain_distance_m(closest)`.

A cell with more than M candidates is halved, and so is one whose body is too long for half a read
unit, as long as halving helps. Between two crowds that are equally far away it does not, however
small the cells become: so a cell far from all stations, for its size, stays whole and lists more
when it still has nine tenths of the candidates that it had `_PATIENCE` halvings ago. That costs
another read unit there, and is as exact.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from ess.domain.geo import Box
from ess.domain.geohash import Cell
from ess.domain.jurisdiction import JurisdictionPart, whole
from ess.domain.leaf import INDEX_K, MIN_BITS, LeafArea, PackedLeaf, pack
from ess.indexing.bounds import (
    SLACK,
    beaten_everywhere,
    certain_distance_m,
    corners_of,
    greatest_dot,
    least_dot,
)
from ess.indexing.sites import Indices, Sites, thin_out

MAX_LISTED = 40
"""M: a leaf lists no more places than this."""

MAX_BODY = 4_096 - 160
"""Bytes of a leaf's body with which its item, keys and names of attributes included, is no larger
than 4 KB: half a read unit
(https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html)."""

_COMPARED = 4
"""With more than so many times M candidates halving is cheaper than comparing, while it helps."""

_AT_ONCE = 50_000
"""So many candidates are compared at a time, which takes some 100 MB."""

_RIVALS = 3 * INDEX_K
"""Stations are compared with so many of the candidates nearest to the middle of the cell."""

_ENOUGH = 2 * INDEX_K
"""A body too long is not cut further for this few places ..."""

_FEW_EDGES = 16
"""... and this few vertices."""

_SMALLEST_BITS = 40
"""No cell is cut below 38 m by 19 m."""

_PATIENCE = 6
"""After so many halvings that did not help a cell is left whole ..."""

_PATIENT = 8
"""... unless it has more than this many times M candidates."""

_HELP = 0.9


@dataclass(frozen=True, slots=True)
class State:
    """What is known of a cell while the earth is cut.

    Args:
        candidates: numbers of stations, ascending.
        full: those of them that share their place with others that are left off.
        closest: greatest cosine with the cell of anything that is left off; -inf for nothing.
        most: how many candidates there were when halving last helped.
        idle: halvings since then, as far as the cell is far from all stations.
        parts: jurisdictions by the station's number.
    """

    candidates: Indices
    full: Indices
    closest: float
    most: int
    idle: int
    parts: Mapping[int, JurisdictionPart]

    def same_as(self, other: "State") -> bool:
        """Tell whether all leaves below are the same."""
        return (
            (self.closest, self.most, self.idle) == (other.closest, other.most, other.idle)
            and np.array_equal(self.candidates, other.candidates)
            and np.array_equal(self.full, other.full)
            and self.parts == other.parts
        )


class IndexBuilder:
    """Makes leaves for stations.

    Args:
        sites: all stations that are asked about.
        most: a leaf lists no more places than this; more than `INDEX_K`.
    """

    def __init__(self, sites: Sites, most: int = MAX_LISTED) -> None:
        self._sites = sites
        self._most = most

    def __len__(self) -> int:
        return len(self._sites)

    def leaves(self) -> Iterator[PackedLeaf]:
        """Yield the leaves for all stations, in the order of their start; they tile the earth."""
        yield from self.leaves_of(*self._everything())

    def leaves_of(self, cell: Cell, state: State) -> Iterator[PackedLeaf]:
        """Yield the leaves that tile one cell, in the order of their start."""
        waiting = [(cell, state)]
        while waiting:
            cell, state = waiting.pop()
            leaf = self._leaf(cell, state)
            if leaf:
                yield leaf
            else:
                waiting += reversed(self._halves(cell, state))

    def changed_leaves(
        self, before: Indices, after: Indices
    ) -> Iterator[tuple[PackedLeaf | None, PackedLeaf | None]]:
        """Yield what differs between the leaves of two sets of stations.

        Cells that the change does not reach are not looked into.

        Args:
            before: numbers of the stations that the first set has, ascending.
            after: the same of the second.

        Yields:
            A leaf that goes and the one that comes, either of which may be None; never two alike.
        """
        yield from self._changes(Cell(0, 0), self._start(before), self._start(after))

    def pieces(self, number: int) -> list[tuple[Cell, State]]:
        """Return cells that tile the earth, `number` or more, those with many stations cut small.

        In the order of their start, each with what `leaves_of` has to know of it.
        """
        pieces = [self._everything()]
        while len(pieces) < number:
            largest = max(pieces, key=lambda piece: (piece[1].candidates.size, -piece[0].bits))
            if self._leaf(*largest):
                break  # the tiling does not depend on who makes it
            pieces.remove(largest)
            pieces += self._halves(*largest)
        return sorted(pieces, key=lambda piece: piece[0].start)

    # --- one cell ---

    def _everything(self) -> tuple[Cell, State]:
        return Cell(0, 0), self._start(np.arange(len(self._sites), dtype=np.int32))

    def _start(self, chosen: Indices) -> State:
        kept, full = thin_out(self._sites, chosen)
        areas = {n: whole(self._sites.areas[n]) for n in chosen.tolist() if n in self._sites.areas}
        return State(kept, full, -np.inf, kept.size, 0, areas)

    def _halves(self, cell: Cell, state: State) -> list[tuple[Cell, State]]:
        box = cell.box
        return [(half, self._narrow(box, half, state)) for half in cell.halves]

    def _narrow(self, parent: Box, cell: Cell, state: State) -> State:
        box = cell.box
        narrowed = ((number, part.within(parent, box)) for number, part in state.parts.items())
        parts = {number: part for number, part in narrowed if part is not None}
        if cell.bits < MIN_BITS or not state.candidates.size:
            return replace(state, parts=parts)
        sites, chosen = self._sites, state.candidates
        corners = corners_of(box)
        x, y, z = sites.x[chosen], sites.y[chosen], sites.z[chosen]
        nearest = greatest_dot(corners, x, y, z)
        closest = state.closest
        if state.full.size:
            alike = nearest[np.searchsorted(chosen, state.full)]
            closest = max(closest, float(alike.max()))
        if chosen.size > INDEX_K:
            farthest = least_dot(corners, x, y, z)
            bound = np.partition(farthest, chosen.size - INDEX_K)[chosen.size - INDEX_K]
            keep = nearest >= bound - SLACK
            left = np.count_nonzero(keep)
            helpless = left == chosen.size
            if self._most < left and (left <= _COMPARED * self._most or helpless):
                rest = np.flatnonzero(keep)
                middle = (nearest + farthest)[rest]
                rivals = np.argpartition(-middle, min(_RIVALS, len(rest) - 1))[:_RIVALS]
                best = rest[rivals]
                for some in np.array_split(rest, -(-rest.size // _AT_ONCE)):
                    beaten = beaten_everywhere(corners, (x, y, z), some, best, INDEX_K)
                    keep[some[beaten]] = False
            if not keep.all():
                closest = max(closest, float(nearest[~keep].max()))
                chosen = chosen[keep]
        full = state.full[np.isin(state.full, chosen)] if state.full.size else state.full
        helped = chosen.size <= _HELP * state.most or not _is_far(box, float(nearest.max()))
        most, idle = (chosen.size, 0) if helped else (state.most, state.idle + 1)
        return State(chosen, full, closest, most, idle, parts)

    def _leaf(self, cell: Cell, state: State) -> PackedLeaf | None:
        """Return the leaf of a cell, or None where the cell is to be cut further."""
        if cell.bits < MIN_BITS:
            return None
        few = state.candidates.size <= _PATIENT * self._most
        smallest = cell.bits >= _SMALLEST_BITS or (few and state.idle >= _PATIENCE)
        places = state.candidates.size
        if places > _ENOUGH:
            places = np.unique(self._sites.places[state.candidates]).size
        if places > self._most and not smallest:
            return None
        leaf = self._pack(cell, state)
        if len(leaf.body) <= MAX_BODY or smallest:
            return leaf
        edges = sum(len(chain) for part in state.parts.values() for chain in part.chains)
        return leaf if places <= _ENOUGH and edges <= _FEW_EDGES else None

    def _pack(self, cell: Cell, state: State) -> PackedLeaf:
        numbers = sorted({*state.candidates.tolist(), *state.parts})
        areas = [
            LeafArea(numbers.index(number), self._sites.areas_m2[number], part)
            for number, part in sorted(state.parts.items())
        ]
        listings = [self._sites.listing(number) for number in numbers]
        return pack(cell, listings, certain_distance_m(state.closest), areas)

    def _changes(
        self, cell: Cell, before: State, after: State
    ) -> Iterator[tuple[PackedLeaf | None, PackedLeaf | None]]:
        if before.same_as(after):
            return
        old, new = self._leaf(cell, before), self._leaf(cell, after)
        if old and new:
            if old.body != new.body:
                yield old, new
        elif old:
            yield old, None
            yield from ((None, leaf) for leaf in self.leaves_of(cell, after))
        elif new:
            yield from ((leaf, None) for leaf in self.leaves_of(cell, before))
            yield None, new
        else:
            pairs = zip(self._halves(cell, before), self._halves(cell, after), strict=True)
            for (half, one), (_, other) in pairs:
                yield from self._changes(half, one, other)


def _is_far(box: Box, nearest: float) -> bool:
    """Tell whether a cell is farther from every station than it is wide."""
    across = math.cos(math.radians((box.south + box.north) / 2)) * (box.east - box.west)
    diagonal = math.radians(math.hypot(across, box.north - box.south))
    return diagonal < math.acos(min(1.0, nearest))

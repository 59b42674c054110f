"""The station index as publishing asks for it, made by as many processes as help."""

import multiprocessing
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor

import numpy as np

from ess.domain.directory import Changes
from ess.domain.geohash import Cell
from ess.domain.leaf import PackedLeaf
from ess.domain.station import Station
from ess.indexing.builder import MAX_LISTED, IndexBuilder, State
from ess.indexing.sites import Sites

_WORTH_FORKING = 20_000
"""Stations from which a second process pays for itself."""

_PIECES = 128
"""Parts of the earth that are handed out one by one, so that all processes end together."""

_KEPT, _GONE, _NEW = range(3)


class LeafIndex:
    """Makes leaves; see `ess.ports.station_index`.

    Args:
        processes: how many to use for many stations; 1 where forking is not possible, as in Lambda.
        most: a leaf lists no more places than this.
    """

    def __init__(self, processes: int | None = None, most: int = MAX_LISTED) -> None:
        self._processes = processes or os.cpu_count() or 1
        self._most = most

    def leaves(self, stations: Iterable[Station]) -> Iterator[PackedLeaf]:
        """Yield leaves that tile the earth; see `ess.ports.station_index`."""
        builder = IndexBuilder(Sites(stations), self._most)
        if self._processes == 1 or len(builder) < _WORTH_FORKING:
            yield from builder.leaves()
        else:
            yield from self._by_processes(builder)

    def changed_leaves(
        self, stations: Iterable[Station], changes: Changes
    ) -> Iterator[tuple[PackedLeaf | None, PackedLeaf | None]]:
        """Yield the leaves that change; see `ess.ports.station_index`."""
        gone = {station.unit_id for station in changes.before}
        both = [(s.unit_id, _GONE if s.unit_id in gone else _KEPT, s) for s in stations]
        both += [(s.unit_id, _NEW, s) for s in changes.after]
        both.sort(key=lambda row: row[:2])
        before = [number for number, (_, what, _) in enumerate(both) if what != _NEW]
        after = [number for number, (_, what, _) in enumerate(both) if what != _GONE]
        builder = IndexBuilder(Sites(station for *_, station in both), self._most)
        yield from builder.changed_leaves(
            np.array(before, dtype=np.int32), np.array(after, dtype=np.int32)
        )

    def _by_processes(self, builder: IndexBuilder) -> Iterator[PackedLeaf]:
        # Forked, so that the children have the stations without being sent them.
        context = multiprocessing.get_context("fork")
        pieces = builder.pieces(_PIECES)
        with ProcessPoolExecutor(self._processes, context, _keep, (builder,)) as pool:
            for leaves in pool.map(_leaves_of, pieces):
                yield from leaves


_kept: list[IndexBuilder] = []


def _keep(builder: IndexBuilder) -> None:
    _kept[:] = [builder]


def _leaves_of(piece: tuple[Cell, State]) -> list[PackedLeaf]:
    return list(_kept[0].leaves_of(*piece))

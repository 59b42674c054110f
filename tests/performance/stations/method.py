"""What a way of looking stations up has to offer, so that the benchmark can run it."""

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple, Protocol

from ess.domain.geo import Point
from tests.performance.stations.dynamo import Tables
from tests.performance.stations.ledger import Spent
from tests.performance.stations.points import Site, Stations
from tests.performance.stations.truth import Truth


class Built(NamedTuple):
    """What building an index took and made.

    Args:
        seconds: CPU time of computing the items, without writing them.
        items: in the table.
        megabytes: 1e6 bytes by AWS's rules, entries of secondary indexes included.
        note: what else the reader of the table must know.
    """

    seconds: float
    items: int
    megabytes: float
    note: str = ""


class Method(Protocol):
    """A way of finding the nearest stations in DynamoDB.

    Args:
        name: in the printed table.
        tables: the stand-in that all of its calls go to; they are counted there.
    """

    name: str
    tables: Tables

    def build(self, stations: Stations) -> Built:
        """Fill the tables; called once."""
        ...

    def lookup(self, point: Point, k: int) -> Sequence[str]:
        """Return the ids of the k nearest stations, the nearest first."""
        ...

    def change_one(self, before: Site, after: Site) -> float:
        """Write one station's change, and return the write units.

        Called after all lookups; the directory is not used any more.
        """
        ...


@dataclass(frozen=True)
class Lookups:
    """What lookups took.

    Args:
        spent: the costs of each.
        exact: share of them whose ids and order were right.
        cpu_ms: CPU time of each in milliseconds: the method's own and its client's (signing,
            parsing), without the stand-in's.
    """

    spent: Sequence[Spent]
    exact: float
    cpu_ms: Sequence[float]


@dataclass(frozen=True)
class Measured:
    """What one method took.

    Args:
        name: of the method.
        stations: how many there are.
        built: what building took.
        lookups: what looking up took.
        change_units: write units of one station's change.
    """

    name: str
    stations: int
    built: Built
    lookups: Lookups
    change_units: float


def measure(
    method: Method,
    stations: Stations,
    points: Sequence[Point],
    truth: Truth | None = None,
    k: int = 3,
) -> Measured:
    """Build a method's tables, run its lookups, and change one station.

    Args:
        method: not built yet.
        stations: to build from.
        points: to look up.
        truth: the right answers; made from `stations` by default.
        k: how many stations each lookup asks for.
    """
    truth = truth or Truth(stations.latitudes, stations.longitudes, stations.ids)
    return Measured(
        name=method.name,
        stations=len(stations),
        built=method.build(stations),
        lookups=run(method.tables, partial(method.lookup, k=k), points, truth, k),
        change_units=method.change_one(*one_change(stations)),
    )


def run(
    tables: Tables,
    lookup: Callable[[Point], Sequence[str]],
    points: Sequence[Point],
    truth: Truth,
    k: int,
) -> Lookups:
    """Look up points, one after the other.

    Args:
        tables: the stand-in that the calls go to.
        lookup: what looks one up.
        points: to look up.
        truth: the right answers.
        k: how many stations each of them has.
    """
    spent, cpu_ms, answers = [], [], []
    with quiet_collector():
        lookup(points[0])  # the first one pays for lazy sorting and lazy imports
        for point in points:
            with tables.counting() as cost:
                began = time.process_time()
                answers.append(list(lookup(point)))
                took = time.process_time() - began
            spent.append(cost)
            cpu_ms.append(1000 * (took - cost.seconds))
    right = [a == truth.nearest(p, k) for a, p in zip(answers, points, strict=True)]
    return Lookups(spent, sum(right) / len(points), cpu_ms)


def one_change(stations: Stations) -> tuple[Site, Site]:
    """Return a station before and after the change that each method is asked to write."""
    before = stations.site(len(stations) // 2)
    return before, moved(before)


def moved(site: Site) -> Site:
    """Return a station with a new number, found to be some 80 m farther south."""
    return site._replace(phone="+6642511266", latitude=site.latitude - 0.0007)


@contextmanager
def quiet_collector() -> Iterator[None]:
    """Keep the collector from walking through a million items in the middle of a lookup."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()

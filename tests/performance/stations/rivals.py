"""Other ways of finding the k nearest stations in DynamoDB.

All read eventually consistent, as their recipes do, through boto3 clients whose calls are sent one
after the other here; `tables.round()` marks those that a real client would send together (threads
would cost it more CPU than is counted).
"""

import heapq
import time
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from ess.domain.geo import Point, distance_m
from ess.domain.geohash import encode
from tests.performance.stations.cells import Grid, encode_all
from tests.performance.stations.dynamo import to_wire
from tests.performance.stations.geo_library import GeoLibrary
from tests.performance.stations.method import Built, Method
from tests.performance.stations.points import Site, Stations
from tests.performance.stations.rival import NAME, Item, Rival, listing
from tests.performance.stations.truth import Truth

Ranked = list[tuple[float, str]]


class _ByGeohash(Rival):
    """Stations under a prefix of their geohash, sorted by the whole of it."""

    def __init__(self, name: str, prefix: int) -> None:
        super().__init__(name, ("cell", "position"))
        self._prefix = prefix

    def build(self, stations: Stations) -> Built:
        codes = encode_all(stations.latitudes, stations.longitudes)
        return self._load(map(self._item, stations.sites(), codes))

    def change_one(self, before: Site, after: Site) -> float:
        old, new = (self._item(site, encode(site.point)) for site in (before, after))
        with self.tables.counting() as spent:
            self.client.put_item(TableName=NAME, Item=new)
            key = {name: old[name] for name in ("cell", "position")}
            if key != {name: new[name] for name in key}:
                self.client.delete_item(TableName=NAME, Key=key)
        return spent.write_units

    def _item(self, site: Site, code: str) -> Item:
        return {
            "cell": {"S": code[: self._prefix]},
            "position": {"S": f"{code}#{site.unit_id}"},
            **listing(site),
            "latitude": to_wire(site.latitude),
            "longitude": to_wire(site.longitude),
        }


class NineCells(_ByGeohash):
    """The common recipe: the point's geohash cell and its eight neighbours, in one round.

    Approximate: stations beyond the nine cells are not seen, and there may be fewer than k in them.

    Args:
        length: characters of the cells, which are the partitions: 4 (39 by 20 km at the equator)
            or 5 (4.9 by 4.9 km).
    """

    def __init__(self, length: int) -> None:
        super().__init__(f"nine geohash cells ({length})", length)
        self._grid = Grid(length)

    def lookup(self, point: Point, k: int) -> list[str]:
        centre = self._grid.place(point)
        items: list[Item] = []
        with self.tables.round():
            for radius in (0, 1):
                for place in self._grid.ring(centre, radius):
                    items += self._query("cell = :c", {":c": self._grid.code(place)})
        return _ids(_nearest(point, items, k))


class Rings(_ByGeohash):
    """Geohash cells ring by ring until nothing outside can be nearer: exact.

    Each ring is one round. After `RINGS` rings of one length it goes on with cells 32 times as
    large, down to two characters, whose rings may go around the earth (1,024 cells).

    Args:
        finest: characters of the cells that it begins with.
    """

    COARSEST = 2
    RINGS = 4

    def __init__(self, finest: int) -> None:
        super().__init__(f"expanding rings ({finest})", self.COARSEST)
        self._grids = [Grid(length) for length in range(finest, self.COARSEST - 1, -1)]

    def lookup(self, point: Point, k: int) -> list[str]:
        best: Ranked = []
        for grid in self._grids:
            centre = grid.place(point)
            rings = self.RINGS if grid.length > self.COARSEST else grid.columns
            # Larger cells read again what the smaller ones in them gave.
            best = []
            for radius in range(rings):
                best = _nearest(point, self._ring(grid, centre, radius), k, best)
                clear = grid.clear_m(point, centre, radius)
                if clear == np.inf or (len(best) == k and best[-1][0] < clear):
                    return _ids(best)
        return _ids(best)

    def _ring(self, grid: Grid, centre: Any, radius: int) -> list[Item]:
        items: list[Item] = []
        with self.tables.round():
            for cell in map(grid.code, grid.ring(centre, radius)):
                values = {":c": cell[: self.COARSEST], ":p": cell}
                items += self._query("cell = :c AND begins_with(position, :p)", values)
        return items


class WholeTable(Rival):
    """All stations in the process's memory: read once at its start, then brute force in numpy."""

    def __init__(self) -> None:
        super().__init__("whole table in memory", ("unit_id",))
        self._truth: Truth | None = None

    def build(self, stations: Stations) -> Built:
        built = self._load(self._item(site) for site in stations.sites())
        with self.tables.counting() as spent:
            began = time.process_time()
            self._truth = self._read()
            seconds = time.process_time() - began - spent.seconds
        return built._replace(
            note=f"{built.items:,} stations: every process first reads {spent.reads:,} pages, "
            f"{spent.read_units:,.1f} read units and {seconds:.1f} s of CPU, "
            "and again after every change",
        )

    def _read(self) -> Truth:
        rows: list[tuple[str, float, float]] = []
        start: dict[str, Any] = {}
        while True:
            page = self.client.scan(TableName=NAME, **start)
            rows += [
                (i["unit_id"]["S"], float(i["latitude"]["N"]), float(i["longitude"]["N"]))
                for i in page["Items"]
            ]
            if "LastEvaluatedKey" not in page:
                break
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
        ids, latitudes, longitudes = zip(*rows, strict=True)
        return Truth(np.array(latitudes), np.array(longitudes), ids)

    def lookup(self, point: Point, k: int) -> list[str]:
        return self._truth.nearest(point, k) if self._truth else []

    def change_one(self, before: Site, after: Site) -> float:
        with self.tables.counting() as spent:
            self.client.put_item(TableName=NAME, Item=self._item(after))
        return spent.write_units

    def _item(self, site: Site) -> Item:
        place = {"latitude": to_wire(site.latitude), "longitude": to_wire(site.longitude)}
        return {**listing(site), **place}


def _nearest(point: Point, items: Iterable[Item], k: int, known: Ranked = ()) -> Ranked:
    """Return distance and id of the k nearest among `items` and those `known`, ties by id."""
    found = [
        (distance_m(point, Point(float(i["latitude"]["N"]), float(i["longitude"]["N"]))), unit_id)
        for i in items
        for unit_id in (i["unit_id"]["S"],)
    ]
    return heapq.nsmallest(k, [*known, *found])


def _ids(ranked: Ranked) -> list[str]:
    return [unit_id for _, unit_id in ranked]


RIVALS: tuple[Callable[[], Method], ...] = (
    GeoLibrary,
    lambda: NineCells(5),
    lambda: NineCells(4),
    lambda: Rings(5),
    lambda: Rings(4),
    lambda: Rings(3),
    WholeTable,
)
"""Makers of all of them; geohash cells in several lengths, as no one length suits every number."""

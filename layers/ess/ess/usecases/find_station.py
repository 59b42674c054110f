"""Find the units for a point: the responsible ones, and the nearest ones, exactly."""

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from ess.domain.closing_ring import MAX_ROUNDS, cells_around, next_radius_m
from ess.domain.directory import DirectoryHead
from ess.domain.errors import DirectoryChanged, InvalidLookup
from ess.domain.geo import Point, distance_m, initial_bearing_deg
from ess.domain.jurisdiction import BOUNDARY_M
from ess.domain.leaf import INDEX_K, Leaf
from ess.domain.opening_hours import is_open
from ess.domain.station import Listing, StationMatch, Why
from ess.ports.stations import StationDirectory

MAX_STATIONS = INDEX_K
TRIES = 3
"""How often a lookup starts over when the version under its hands is gone."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which stations count.

    Args:
        kinds: only these kinds; None for all.
        open_at: only stations open then, in seconds since 1970 (UTC); a station whose hours are not
            known counts as open. None for all.
    """

    kinds: Collection[str] | None = None
    open_at: float | None = None

    def passes(self, listing: Listing) -> bool:
        """Tell whether a station counts."""
        if self.kinds is not None and listing.kind not in self.kinds:
            return False
        return self.open_at is None or is_open(listing.opening_hours, self.open_at)


@dataclass(frozen=True, slots=True)
class Lookup:
    """The answer to a lookup.

    Args:
        responsible: units whose jurisdiction covers the point, the owner first; within 100 m of a
            boundary the unit on the other side too. Empty where no jurisdiction is known.
        nearest: the nearest stations, nearest first, whether or not they are responsible; fewer
            than asked for only when the directory holds fewer.
        leaf: the leaf that was read, or None from an empty directory.
        queries: queries that it took, reading the head not counted.
        rounds: how many of them had to wait for one before.
    """

    responsible: tuple[StationMatch, ...]
    nearest: tuple[StationMatch, ...]
    leaf: Leaf | None
    queries: int
    rounds: int

    @property
    def matches(self) -> tuple[StationMatch, ...]:
        """Return the responsible units, then the nearest of the others."""
        named = {match.station.unit_id for match in self.responsible}
        others = (match for match in self.nearest if match.station.unit_id not in named)
        return (*self.responsible, *others)


EVERY_STATION = Filters()


def find_station(
    directory: StationDirectory, point: Point, k: int = 3, filters: Filters = EVERY_STATION
) -> Lookup:
    """Return the unit responsible for `point` and the `k` stations nearest to it.

    Nearest is by great-circle distance on the WGS84 authalic sphere (`ess.domain.geo.distance_m`),
    equal distances ordered by id. The *owner* of a point is the unit whose jurisdiction covers it;
    of several the one with the smallest jurisdiction, then the first by id. If none covers it but a
    boundary is within 100 m, as at the water's edge, the one with the nearest boundary.

    Args:
        directory: the published stations.
        point: degrees WGS84.
        k: how many, 1 to 10.
        filters: which stations count, also among the responsible.

    Raises:
        InvalidLookup: `k` is out of range or not a whole number.
        DirectoryChanged: the directory changed three times while it was read.
        TemporaryFailure: the directory did not answer.
    """
    if isinstance(k, bool) or not isinstance(k, int) or not 1 <= k <= MAX_STATIONS:
        raise InvalidLookup(f"k must be a whole number from 1 to {MAX_STATIONS}")
    spent = _Spent()
    for attempt in range(TRIES):
        head = directory.head(fresh=attempt > 0)
        if not head.version:
            return Lookup((), (), None, spent.queries, spent.rounds)
        try:
            spent.add(1)
            leaf = directory.leaf(head, point)
            nearest = _nearest(directory, head, leaf, point, k, filters, spent)
        except DirectoryChanged:
            continue
        responsible = _responsible(leaf, point, filters)
        return Lookup(responsible, _described(point, nearest), leaf, spent.queries, spent.rounds)
    raise DirectoryChanged(f"the directory changed {TRIES} times while it was read")


@dataclass(frozen=True, slots=True)
class Units:
    """The units that a report may be offered to.

    Args:
        matches: kind after kind as asked for; of each the responsible units, then the nearest.
        queries: queries that it took, reading the head not counted.
        rounds: how many of them had to wait for one before.
    """

    matches: tuple[StationMatch, ...]
    queries: int
    rounds: int


def find_units(
    directory: StationDirectory, point: Point, wanted: Sequence[tuple[str, int]]
) -> Units:
    """Return as many units of each kind as `wanted` says: the responsible, then the nearest.

    One query for all kinds. Further ones only where a kind is so rare that the leaf does not settle
    which is nearest, and no unit of it is responsible for the point.

    Args:
        directory: the published units.
        point: degrees WGS84.
        wanted: kinds, and how many of each, 1 to 10.

    Raises:
        DirectoryChanged: the directory changed three times while it was read.
        TemporaryFailure: the directory did not answer.
    """
    spent = _Spent()
    for attempt in range(TRIES):
        head = directory.head(fresh=attempt > 0)
        if not head.version:
            return Units((), spent.queries, spent.rounds)
        try:
            spent.add(1)
            leaf = directory.leaf(head, point)
            found = [
                match
                for kind, number in wanted
                for match in _of_kind(directory, head, leaf, point, kind, number, spent)
            ]
        except DirectoryChanged:
            continue
        return Units(tuple(found), spent.queries, spent.rounds)
    raise DirectoryChanged(f"the directory changed {TRIES} times while it was read")


def _of_kind(
    directory: StationDirectory,
    head: DirectoryHead,
    leaf: Leaf,
    point: Point,
    kind: str,
    number: int,
    spent: "_Spent",
) -> list[StationMatch]:
    filters = Filters(frozenset({kind}))
    found = {match.station.unit_id: match for match in _responsible(leaf, point, filters)}
    if len(found) < number and head.number_of(filters.kinds):
        nearest = _nearest(directory, head, leaf, point, number, filters, spent)
        for match in _described(point, nearest):
            found.setdefault(match.station.unit_id, match)
    return list(found.values())[:number]


class _Spent:
    def __init__(self) -> None:
        self.queries = self.rounds = 0

    def add(self, queries: int) -> None:
        self.queries += queries
        self.rounds += 1


type _Ranked = tuple[float, str, Listing]


def _ranked(point: Point, listings: Iterable[Listing]) -> list[_Ranked]:
    found = ((distance_m(point, one.point), one.unit_id, one) for one in listings)
    return sorted(found, key=lambda one: one[:2])


def _nearest(
    directory: StationDirectory,
    head: DirectoryHead,
    leaf: Leaf,
    point: Point,
    k: int,
    filters: Filters,
    spent: _Spent,
) -> list[_Ranked]:
    ranked = _ranked(point, leaf.listings)
    passing = [(rank, one) for rank, one in enumerate(ranked) if filters.passes(one[2])]
    if math.isinf(leaf.complete_m):  # every station there is is listed
        return [one for _, one in passing[:k]]
    if len(passing) >= k:
        last, (distance, *_) = passing[k - 1]
        if leaf.certain(last, distance):
            return [one for _, one in passing[:k]]
        radius = distance
    else:
        # Within this everything is listed, and too little of it passes.
        radius = next_radius_m(max(leaf.complete_m, ranked[INDEX_K - 1][0]))
    # What the head counts must be true now: a change in place leaves the version its name.
    _refuse_stale(directory, head)
    if len(passing) == head.number_of(filters.kinds):
        return [one for _, one in passing[:k]]
    found = _closing_ring(directory, head, point, k, filters, radius, spent)
    _refuse_stale(directory, head)
    return found


def _refuse_stale(directory: StationDirectory, head: DirectoryHead) -> None:
    if directory.head(fresh=True) != head:
        raise DirectoryChanged("the directory was changed since it was read")


def _closing_ring(
    directory: StationDirectory,
    head: DirectoryHead,
    point: Point,
    k: int,
    filters: Filters,
    radius: float,
    spent: _Spent,
) -> list[_Ranked]:
    """Read everything within a radius; widen it until `k` are found within it.

    What is found so is exact: everything nearer than the radius has been read. Each radius is twice
    the one before, or the distance of the k-th station found where that is less: the next reading
    is then the last.
    """
    most = head.number_of(filters.kinds)
    found: dict[str, Listing] = {}
    read: set[str] = set()
    for _ in range(MAX_ROUNDS):
        ring = cells_around(point, radius, head.counts)
        if new := [cell for cell in ring.cells if cell not in read]:
            spent.add(len(new))
            found |= {one.unit_id: one for one in directory.listings(head, new)}
            read.update(new)
        ranked = _ranked(point, filter(filters.passes, found.values()))
        within = [one for one in ranked if one[0] <= radius]
        if len(within) >= k or ring.everything or len(ranked) == most:
            return ranked[:k]
        wider = next_radius_m(radius)
        radius = min(wider, ranked[k - 1][0]) if len(ranked) >= k else wider
    raise AssertionError("the last radius holds the whole earth")


def _responsible(leaf: Leaf, point: Point, filters: Filters) -> tuple[StationMatch, ...]:
    covering, beside = [], []
    for area in leaf.areas:
        listing = leaf.listings[area.listing]
        if not filters.passes(listing):
            continue
        if area.part.covers(leaf.cell.box, point):
            covering.append((area.area_m2, listing.unit_id, listing))
        elif (away := area.part.boundary_distance_m(point)) <= BOUNDARY_M:
            beside.append((away, listing.unit_id, listing))
    chosen = [(listing, Why.JURISDICTION) for *_, listing in sorted(covering, key=_by_size_and_id)]
    chosen += [(listing, Why.BOUNDARY) for *_, listing in sorted(beside, key=_by_size_and_id)]
    return tuple(
        _match(point, listing, distance_m(point, listing.point), why) for listing, why in chosen
    )


def _by_size_and_id(one: _Ranked) -> tuple[float, str]:
    return one[:2]


def _described(point: Point, ranked: list[_Ranked]) -> tuple[StationMatch, ...]:
    return tuple(
        _match(point, listing, away, Why.NEXT_NEAREST if rank else Why.NEAREST)
        for rank, (away, _, listing) in enumerate(ranked)
    )


def _match(point: Point, listing: Listing, away: float, why: Why) -> StationMatch:
    return StationMatch(listing, away, initial_bearing_deg(point, listing.point), why)

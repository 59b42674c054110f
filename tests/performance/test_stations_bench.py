"""`make bench`: finding stations, our way and others, in one run.

Prints tables; asserts counts, never times.
"""

import csv
import multiprocessing
import random
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import repeat
from statistics import fmean
from typing import NamedTuple

import pytest

from ess.domain.closing_ring import MAX_ROUNDS
from ess.domain.geo import Point
from ess.usecases.find_station import EVERY_STATION, Filters
from tests.performance.stations.method import (
    Built,
    Lookups,
    Measured,
    measure,
    moved,
    one_change,
    run,
)
from tests.performance.stations.ours import SHARES, Ours, kind_for
from tests.performance.stations.points import DATA, NATION, Stations, lookups, stations_of
from tests.performance.stations.rivals import RIVALS
from tests.performance.stations.rows import COSTS, costs, laid_out, percentile, table
from tests.performance.stations.truth import Truth, truth_of

pytestmark = pytest.mark.timeout(3_600)

POINTS = {NATION: 300, 100_000: 200, 1_000_000: 100}
"""How many points all methods look up, by the number of stations."""

MORE = {NATION: 0, 100_000: 3_000, 1_000_000: 500}
"""How many more are looked up our way: at 1,484 stations a test of its own has more than 20,000."""

FILTERED = {NATION: 200, 100_000: 100}
"""How many points are looked up with each filter, by the number of stations."""

CHANGES = 60


class Bench(NamedTuple):
    """Our directory of some stations, before anything is changed in it."""

    ours: Ours
    stations: Stations
    built: Built


def made(size: int) -> Bench:
    ours, stations = Ours(), stations_of(size)
    return Bench(ours, stations, ours.build(stations))


@pytest.fixture(scope="module", params=POINTS, ids=str)
def bench(request: pytest.FixtureRequest) -> Bench:
    return made(request.param)


def look(
    ours: Ours, points: list[Point], k: int, truth: Truth, filters: Filters = EVERY_STATION
) -> Lookups:
    """Look up points our way."""
    return run(ours.tables, partial(ours.lookup, k=k, filters=filters), points, truth, k)


def truth_now(ours: Ours, filters: Filters = EVERY_STATION) -> Truth:
    """Return the right answers for the directory as it is, changes included."""
    return truth_of(station for station in ours.now() if filters.passes(station.listing))


def assert_one_read(lookups: Lookups) -> None:
    """One query, one round, 0.6 read units at the most, and not one difference."""
    assert fmean(spent.reads for spent in lookups.spent) == 1.00
    assert max(spent.rounds for spent in lookups.spent) == 1
    assert fmean(spent.read_units for spent in lookups.spent) <= 0.6
    assert lookups.exact == 1.0


# --- side by side -----------------------------------------------------------------------------


def test_side_by_side(bench):
    ours, stations, built = bench
    size, count = len(stations), POINTS[len(stations)]
    points = lookups(stations, count)
    truth = truth_now(ours)
    three, ten = look(ours, points, 3, truth), look(ours, points, 10, truth)
    own = ours.own_cpu_ms(points, 10)
    more = look(ours, lookups(stations, MORE[size]), 10, truth) if MORE[size] else None
    with processes() as pool:
        others = pool.map(rival, range(len(RIVALS)), repeat(size))
        # The last of what is done with this directory, as for every method.
        change = ours.change(*one_change(stations))
        results = [
            *others,
            Measured(ours.name, size, built, three, change.write_units),
            Measured(
                f"{ours.name}, k = 10", size, built._replace(note=""), ten, change.write_units
            ),
        ]
    print(f"\n\n{table(f'{size:,} stations ({stations.label}), {count} points, k = 3', results)}")
    read = (
        f"{change.read_units:,.0f} read units for reading all stations"
        if change.read_units > 10
        else "reading all stations before it was left out here"
    )
    print(
        f"  ours: own CPU, without pynamodb and boto, k = 10: mean {fmean(own):.2f} ms, "
        f"p99 {percentile(own, 99):.2f} ms, max {max(own):.2f} ms\n"
        f"  ours: the change {'is' if change.written else 'WOULD BE'} one transaction of "
        f"{change.leaves} leaves and the items of station and directory; {read}"
    )
    if more:
        print(f"  ours: {len(more.spent):,} more points, k = 10: exact {more.exact:.4f}")
    for measured in (three, ten, *([more] if more else [])):
        assert_one_read(measured)


def processes() -> ProcessPoolExecutor:
    """Return two processes for the other ways, which make a new one for each of them."""
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(2, context, max_tasks_per_child=1)


def rival(number: int, size: int) -> Measured:
    stations = stations_of(size)
    return measure(RIVALS[number](), stations, lookups(stations, POINTS[size]), k=3)


# --- filters ----------------------------------------------------------------------------------


@pytest.mark.parametrize("bench", FILTERED, ids=str, indirect=True)
def test_filtered_lookups(bench):
    ours, stations, _ = bench
    points = lookups(stations, FILTERED[len(stations)])
    kinds = {f"1 in {share}": kind_for(share) for share in SHARES} | {"none": "no_such_kind"}
    results = {}
    for name, kind in kinds.items():
        filters = Filters(kinds=frozenset([kind]))
        results[name] = look(ours, points, 3, truth_now(ours, filters), filters)
    rows = []
    for name, found in results.items():
        units = [spent.read_units for spent in found.spent]
        passing = sum(station.kind == kinds[name] for station in ours.now())
        rows.append(
            [
                *(name, f"{passing:,}", *costs(found)),
                *(f"{percentile(units, 50):,.1f}", f"{percentile(units, 99):,.1f}"),
                f"{max(units):,.1f}",
            ]
        )
    columns = (
        *(("passing", "share"), ("", "stations"), *COSTS),
        *(("read units", "median"), ("", "p99"), ("", "max")),
    )
    title = f"ours, filtered by kind: {len(stations):,} stations, {len(points)} points, k = 3"
    print(f"\n\n{laid_out(title, columns, rows)}")
    for found in results.values():
        assert found.exact == 1.0
        assert max(spent.rounds for spent in found.spent) <= MAX_ROUNDS


# --- the nation -------------------------------------------------------------------------------


@pytest.mark.parametrize("bench", [NATION], ids=str, indirect=True)
def test_more_than_20_000_places_of_the_nation(bench):
    path = DATA / "places_th.csv"
    if not path.exists():
        pytest.skip(f"{path} is absent")
    ours, stations, _ = bench
    with path.open(encoding="utf-8", newline="") as file:
        places = [Point(float(row["lat"]), float(row["lon"])) for row in csv.DictReader(file)]
    points = [*pins(places, 21_000), *(site.point for site in stations.sites())]
    found = look(ours, points, 10, truth_now(ours))
    print(
        f"\n\n  ours: {len(points):,} lookups, k = 10: {len(places):,} places, pins beside and "
        f"between them, and each of the {len(stations):,} stations' own positions: exact "
        f"{found.exact:.5f}, CPU mean {fmean(found.cpu_ms):.2f} ms, "
        f"p99 {percentile(found.cpu_ms, 99):.2f} ms"
    )
    assert len(points) - len(stations) >= 20_000
    assert_one_read(found)


def pins(places: list[Point], count: int) -> list[Point]:
    """Return the places, then pins some 1 and 10 km beside them, and on lines between them."""
    dice = random.Random(11)

    def beside(place: Point, spread_deg: float) -> Point:
        return Point(
            place.latitude + dice.gauss(0, spread_deg), place.longitude + dice.gauss(0, spread_deg)
        )

    def between(one: Point, other: Point) -> Point:
        share = dice.random()
        return Point(
            one.latitude + share * (other.latitude - one.latitude),
            one.longitude + share * (other.longitude - one.longitude),
        )

    ways = (
        lambda: beside(dice.choice(places), 0.01),
        lambda: beside(dice.choice(places), 0.1),
        lambda: between(dice.choice(places), dice.choice(places)),
    )
    more = (ways[number % 3]() for number in range(count - len(places)))
    return [*places, *more]


def test_changes_of_the_nation():
    ours, stations, _ = made(NATION)
    rows = random.Random(3).sample(range(NATION), CHANGES)
    # Each again from what the changes before it made of the directory.
    changes = [ours.change(site, moved(site)) for site in map(stations.site, rows)]
    leaves = [change.leaves for change in changes]
    units = [change.write_units for change in changes if change.written]
    print(
        f"\n\n  ours: {CHANGES} changes of one station each, among {NATION:,}: leaves mean "
        f"{fmean(leaves):.1f}, p90 {percentile(leaves, 90)}, max {max(leaves)}; write units mean "
        f"{fmean(units):.0f}, p90 {percentile(units, 90):.0f}, max {max(units):.0f}; "
        f"{CHANGES - len(units)} too much for one transaction, so that the whole is published"
    )
    points = lookups(stations, 300) + [stations.site(row).point for row in rows]
    assert_one_read(look(ours, points, 10, truth_now(ours)))

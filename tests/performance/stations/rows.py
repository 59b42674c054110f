"""The benchmark's table: one line for each method and number of stations."""

from collections.abc import Iterable, Sequence
from statistics import fmean
from textwrap import fill

from tests.performance.stations.method import Lookups, Measured

COSTS = (
    ("queries", "mean"),
    ("", "p99"),
    ("", "max"),
    ("rounds", "mean"),
    ("", "max"),
    ("read units", "mean"),
    ("items", "mean"),
    ("exact", "fraction"),
    ("CPU ms", "a lookup"),
)
_INDEX = (
    ("build", "s"),
    ("index", "items"),
    ("", "MB"),
    ("change", "WCU"),
)
_LEGEND = """\
  queries: calls that read, each page of a query one; rounds: of them, those that had to wait for
  the one before; read units: of DynamoDB, as AWS charges them; exact: ids and order as by looking
  at all stations; CPU: the method and its client (signing, parsing), without the stand-in for
  DynamoDB, and without any network; build: CPU time of computing the items, not of writing them;
  change: write units of one station that gets a new number and moves by 80 m."""


def percentile(values: Iterable[float], percent: float) -> float:
    """Return the value that `percent` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def row(measured: Measured) -> list[str]:
    """Return one line's cells."""
    return [
        measured.name,
        f"{measured.stations:,}",
        *costs(measured.lookups),
        f"{measured.built.seconds:,.2f}",
        f"{measured.built.items:,}",
        f"{measured.built.megabytes:,.1f}",
        f"{measured.change_units:,.0f}",
    ]


def costs(lookups: Lookups) -> list[str]:
    """Return the cells that tell of lookups."""
    queries = [spent.reads for spent in lookups.spent]
    rounds = [spent.rounds for spent in lookups.spent]
    return [
        f"{fmean(queries):,.2f}",
        f"{percentile(queries, 99):,}",
        f"{max(queries):,}",
        f"{fmean(rounds):,.2f}",
        f"{max(rounds):,}",
        f"{fmean(spent.read_units for spent in lookups.spent):,.2f}",
        f"{fmean(spent.items for spent in lookups.spent):,.1f}",
        f"{lookups.exact:.4f}",
        f"{fmean(lookups.cpu_ms):,.2f}",
    ]


def table(title: str, results: Sequence[Measured]) -> str:
    """Return the lines of a table with its legend and the methods' notes."""
    columns = (("method", ""), ("stations", ""), *COSTS, *_INDEX)
    notes = {f"{one.name}: {one.built.note}" for one in results if one.built.note}
    return "\n".join(
        [laid_out(title, columns, map(row, results)), _LEGEND, *map(wrapped, sorted(notes))]
    )


def wrapped(note: str) -> str:
    """Return a remark below a table."""
    return fill(note, 100, initial_indent="  ", subsequent_indent="    ")


def laid_out(title: str, columns: Iterable[tuple[str, str]], rows: Iterable[Sequence[str]]) -> str:
    """Return a table's lines: the first column flush left, the others flush right.

    Args:
        title: above it.
        columns: two lines of head for each.
        rows: cells.
    """
    lines = [*map(list, zip(*columns, strict=True)), *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join([title, *(_line(line, widths) for line in lines)])


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    name, *numbers = (
        cell.ljust(width) if at == 0 else cell.rjust(width)
        for at, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return "  " + "  ".join([name, *numbers])

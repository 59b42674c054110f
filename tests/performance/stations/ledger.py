"""What calls to DynamoDB cost, counted while they are answered."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.performance.stations.sizes import read_units

_READS = ("GetItem", "Query", "Scan")


@dataclass
class Spent:
    """What the calls of some stretch of code cost.

    Args:
        calls: number of calls by operation; each page of a query is a call.
        rounds: how many calls had to wait for the one before.
        items: read or written.
        bytes: of those items, by AWS's rules.
        read_units: capacity units of reading.
        write_units: capacity units of writing, indexes included.
        seconds: CPU time that the stand-in itself took; not a cost of the code under test.
    """

    calls: Counter[str] = field(default_factory=Counter)
    rounds: int = 0
    items: int = 0
    bytes: int = 0
    read_units: float = 0.0
    write_units: float = 0.0
    seconds: float = 0.0

    @property
    def reads(self) -> int:
        """Return the number of reading calls."""
        return sum(self.calls[operation] for operation in _READS)


class Ledger:
    """The count of what is done with the tables of a stand-in."""

    def __init__(self) -> None:
        self.spent = Spent()
        self._chains: Counter[str] | None = None

    @contextmanager
    def counting(self) -> Iterator[Spent]:
        """Count anew inside the block."""
        before, self.spent = self.spent, Spent()
        try:
            yield self.spent
        finally:
            self.spent = before

    @contextmanager
    def round(self) -> Iterator[None]:
        """Count the calls of the block as sent together: only the pages of a query wait."""
        if self._chains is not None:
            raise RuntimeError("a round inside a round")
        self._chains = Counter()
        try:
            yield
        finally:
            self.spent.rounds += max(self._chains.values(), default=0)
            self._chains = None

    def called(self, operation: str, body: Mapping[str, Any]) -> None:
        """Count a call."""
        self.spent.calls[operation] += 1
        if self._chains is None:
            self.spent.rounds += 1
        else:
            chain = {name: value for name, value in body.items() if name != "ExclusiveStartKey"}
            self._chains[operation + json.dumps(chain, sort_keys=True)] += 1

    def read(self, items: int, size: int, *, strong: bool) -> float:
        """Count what one call read, and return its read units."""
        units = read_units(size, strong=strong)
        self.spent.items += items
        self.spent.bytes += size
        self.spent.read_units += units
        return units

    def wrote(self, items: int, units: float) -> None:
        """Count what one call wrote."""
        self.spent.items += items
        self.spent.write_units += units

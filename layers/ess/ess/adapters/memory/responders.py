"""Responders in a dictionary."""

from collections.abc import Iterable

from ess.adapters.memory.script import Scripted
from ess.domain.responder import Responder


class MemoryResponders(Scripted):
    """Keeps responders by unit and id."""

    def __init__(self, responders: Iterable[Responder] = ()) -> None:
        super().__init__()
        self._by_key = {(r.unit_id, r.responder_id): r for r in responders}

    def of_unit(self, unit_id: str) -> list[Responder]:
        """Return everyone of a unit; see `ess.ports.responders`."""
        self._called("of_unit")
        return [self._by_key[key] for key in sorted(self._by_key) if key[0] == unit_id]

    def put(self, responders: Iterable[Responder]) -> None:
        """Store responders; see `ess.ports.responders`."""
        self._called("put")
        self._by_key.update({(r.unit_id, r.responder_id): r for r in responders})

"""Responders in a dictionary."""

from collections.abc import Iterable
from dataclasses import replace

from ess.adapters.memory.script import Scripted
from ess.domain.errors import ResponderChanged
from ess.domain.responder import Responder


class MemoryResponders(Scripted):
    """Keeps responders by unit and id."""

    def __init__(self, responders: Iterable[Responder] = ()) -> None:
        super().__init__()
        self._by_key = {(r.unit_id, r.responder_id): r for r in responders}

    def get(self, unit_id: str, responder_id: str) -> Responder | None:
        """Return one responder; see `ess.ports.responders`."""
        self._called("get")
        return self._by_key.get((unit_id, responder_id))

    def of_unit(self, unit_id: str) -> list[Responder]:
        """Return everyone of a unit; see `ess.ports.responders`."""
        self._called("of_unit")
        return [self._by_key[key] for key in sorted(self._by_key) if key[0] == unit_id]

    def by_line_user(self, line_user_id: str) -> list[Responder]:
        """Return what a LINE user is; see `ess.ports.responders`."""
        self._called("by_line_user")
        ordered = [self._by_key[key] for key in sorted(self._by_key)]
        return [person for person in ordered if person.line_user_id == line_user_id]

    def everyone(self) -> list[Responder]:
        """Return all responders; see `ess.ports.responders`."""
        self._called("everyone")
        return list(self._by_key.values())

    def put(self, responders: Iterable[Responder]) -> None:
        """Store responders; see `ess.ports.responders`."""
        self._called("put")
        self._by_key.update({(r.unit_id, r.responder_id): r for r in responders})

    def change(self, before: Responder, after: Responder) -> Responder:
        """Store `after` in the place of `before`; see `ess.ports.responders`."""
        self._called("change")
        key = (before.unit_id, before.responder_id)
        stored = self._by_key.get(key)
        if stored is None or stored.version != before.version:
            raise ResponderChanged("somebody else came first")
        self._by_key[key] = replace(after, version=before.version + 1)
        return self._by_key[key]

    def remove(self, unit_id: str, responder_id: str) -> None:
        """Remove a responder; see `ess.ports.responders`."""
        self._called("remove")
        self._by_key.pop((unit_id, responder_id), None)

"""Rejected events as a list."""

from ess.adapters.memory.script import Scripted


class MemoryRejectedEvents(Scripted):
    """Keeps what was put, with its reason."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[tuple[object, str]] = []

    def put(self, event: object, reason: str) -> None:
        """Keep `event` with `reason`; see `ess.ports.rejected_events`."""
        self._called("put")
        self.kept.append((event, reason))

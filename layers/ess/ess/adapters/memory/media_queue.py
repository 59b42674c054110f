"""Files to be fetched, as a list."""

from ess.adapters.memory.script import Scripted
from ess.domain.media import MediaItem


class MemoryMediaQueue(Scripted):
    """Keeps what was put, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.items: list[MediaItem] = []

    def put(self, item: MediaItem) -> None:
        """Have a file kept; see `ess.ports.media_queue`."""
        self._called("put")
        self.items.append(item)

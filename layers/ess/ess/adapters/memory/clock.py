"""A clock that stands still until it is told to move."""


class MemoryClock:
    """Tells the time it was set to.

    Args:
        now: epoch seconds.
    """

    def __init__(self, now: float = 1_790_000_000.0) -> None:
        self._now = now

    def now(self) -> float:
        """Return epoch seconds, UTC."""
        return self._now

    def advance(self, seconds: float) -> float:
        """Let `seconds` pass and return the new time."""
        self._now += seconds
        return self._now

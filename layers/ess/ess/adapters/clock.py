"""The machine's clock."""

import time


class SystemClock:
    """Clock port over the machine's own time."""

    def now(self) -> float:
        """Return epoch seconds, UTC."""
        return time.time()

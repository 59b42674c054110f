"""The time of day, as something that can be handed in."""

from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> float:
        """Return epoch seconds, UTC."""
        ...

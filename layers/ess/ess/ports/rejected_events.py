"""Where webhook events go that nobody can handle."""

from typing import Any, Protocol


class RejectedEvents(Protocol):
    """Keeps events that failed for good, with the reason, for a human to look at."""

    def put(self, event: Any, reason: str) -> None:
        """Keep `event`, exactly as it came, with `reason`.

        Raises:
            TemporaryFailure: the store did not answer.
        """
        ...

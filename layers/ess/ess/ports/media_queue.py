"""Files that are still to be fetched."""

from typing import Protocol

from ess.domain.media import MediaItem


class MediaQueue(Protocol):
    """Takes what the webhook has no time to fetch."""

    def put(self, item: MediaItem) -> None:
        """Have a file fetched and kept soon; putting the same item again has no further effect.

        Raises:
            TemporaryFailure: the queue did not take it.
        """
        ...

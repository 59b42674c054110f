"""Files of stations that were put into the stack, and the files that an import leaves there."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

from ess.domain.station_rows import RawRow


class LinesFile(AbstractContextManager[Callable[[Mapping[str, Any]], None]], Protocol):
    """A file of JSON, a line each. Entering it gives what takes a line.

    It is there once it was left without an error, if it has a line.

    Raises:
        TemporaryFailure, PermanentFailure: on leaving, the store did not take it.
    """

    @property
    def location(self) -> str:
        """Return ``s3://BUCKET/KEY``; empty when it was not stored."""
        ...


class StationFiles(Protocol):
    """Keeps files of stations by ``s3://BUCKET/KEY``."""

    def rows(self, location: str) -> AbstractContextManager[Iterable[RawRow]]:
        """Open a file for its rows; what turns out wrong with it is said with its name.

        Raises:
            FileUnreadable: it is not one of ours, is not there, or cannot be read as a whole.
            TemporaryFailure: the store did not answer.
        """
        ...

    def lines_about(self, location: str, at: float) -> LinesFile:
        """Return a new file of lines about a file, named after it and the time (epoch seconds)."""
        ...

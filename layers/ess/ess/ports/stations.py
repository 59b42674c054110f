"""Where stations are kept."""

from collections.abc import Iterable
from typing import Protocol

from ess.domain.station import DirectoryHead, Publication, Station


class StationDirectory(Protocol):
    """All stations of one published version, by cell."""

    def head(self) -> DirectoryHead:
        """Return what is published now; an empty head before anything was.

        Raises:
            TemporaryFailure: the store did not answer.
        """
        ...

    def stations_in(self, head: DirectoryHead, cell: str) -> list[Station]:
        """Return all stations of `cell` as `head` published them, in one query.

        Raises:
            DirectoryChanged: another version was published since `head` was read.
            TemporaryFailure: the store did not answer.
        """
        ...

    def publish(self, stations: Iterable[Station]) -> Publication:
        """Replace the whole directory: written whole, then switched to, then tidied up.

        A lookup sees all of the old version or all of the new one. Publishing the same stations
        again changes nothing. After an interruption, publish again.

        Raises:
            DirectoryChanged: somebody else published at the same time, and theirs stands.
            TemporaryFailure: the store did not answer.
            ValueError: two stations have the same id.
        """
        ...

"""Where stations are kept: what a lookup reads, and what publishing writes."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from ess.domain.directory import Amendment, Changes, DirectoryHead
from ess.domain.geo import Point
from ess.domain.leaf import Leaf, PackedLeaf
from ess.domain.station import Listing, Station


class StationDirectory(Protocol):
    """What a lookup reads: leaves of the index, and rows by geohash where a leaf does not do."""

    def head(self, *, fresh: bool = False) -> DirectoryHead:
        """Return what is published now; an empty head before anything was.

        Args:
            fresh: read it now. Otherwise it may be up to a minute old; versions stay readable for
                longer than that.

        Raises:
            TemporaryFailure: the store did not answer.
        """
        ...

    def leaf(self, head: DirectoryHead, point: Point) -> Leaf:
        """Return the leaf that `point` lies in, by one query.

        Raises:
            DirectoryChanged: the version of `head` is no longer there.
            TemporaryFailure: the store did not answer.
        """
        ...

    def listings(self, head: DirectoryHead, cells: Sequence[str]) -> list[Listing]:
        """Return all stations in geohash cells of 2 to 12 characters, one query (or more) a cell.

        The queries of one call do not wait for each other's answers.

        Raises:
            DirectoryChanged: the version of `head` is no longer there.
            TemporaryFailure: the store did not answer.
        """
        ...

    def stations(self, head: DirectoryHead) -> Iterator[Station]:
        """Yield every station of a version, jurisdictions included, cell by cell.

        Raises:
            DirectoryChanged: the version of `head` is no longer there.
            TemporaryFailure: the store did not answer.
        """
        ...


class DirectoryArchive(StationDirectory, Protocol):
    """What publishing writes: whole versions, and small changes of the current one."""

    MOST_AMENDED: int
    """No more leaves than this are ever changed in place."""

    def publish(
        self,
        before: DirectoryHead,
        after: DirectoryHead,
        stations: Iterable[Station],
        leaves: Iterable[PackedLeaf],
    ) -> DirectoryHead:
        """Write the version `after` whole, then switch from `before` to it, then tidy up.

        A lookup sees all of one version. After an interruption publish again: what was left behind
        is found and deleted. The two versions before stay, for `restore`.

        Returns:
            The head that is current afterwards, with `leaves` counted.

        Raises:
            DirectoryChanged: somebody else published meanwhile, and theirs stands.
            TemporaryFailure: the store did not answer.
        """
        ...

    def amend(
        self,
        before: DirectoryHead,
        after: DirectoryHead,
        changes: Changes,
        replaced: Sequence[PackedLeaf],
        dropped: Sequence[PackedLeaf],
    ) -> bool:
        """Change the current version in place, all at once or not at all.

        Args:
            before: the head that the changes start from.
            after: the same version with the next revision; or with the one before, when `changes`
                take back the amendment of `before`.
            changes: the stations.
            replaced: leaves to write, each over the one of its start.
            dropped: leaves to delete; none starts where one of `replaced` does.

        Returns:
            False when it is too much for one transaction; nothing was written then.

        Raises:
            DirectoryChanged: somebody else published meanwhile.
            TemporaryFailure: the store did not answer.
        """
        ...

    def last_amendment(self, head: DirectoryHead) -> Amendment | None:
        """Return the change that made the revision of `head`; None for revision 0."""
        ...

    def versions(self) -> list[DirectoryHead]:
        """Return the versions that are kept whole, the current one too, newest first."""
        ...

    def restore(self, before: DirectoryHead, version: DirectoryHead) -> None:
        """Make a kept version the current one again, at once.

        Raises:
            DirectoryChanged: somebody else published meanwhile, or the version is gone.
            TemporaryFailure: the store did not answer.
        """
        ...

"""Make a set of stations the directory: whole, or by changing what is published in place."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from secrets import token_hex

from ess.domain.directory import Changes, DirectoryHead
from ess.domain.errors import DirectoryChanged, EssError
from ess.domain.leaf import PackedLeaf
from ess.domain.station import Station, canonical
from ess.ports.clock import Clock
from ess.ports.station_index import StationIndex
from ess.ports.stations import DirectoryArchive

Stations = Callable[[], Iterator[Station]]
"""Gives all stations in the order of their ids, each time it is called."""


class Outcome(StrEnum):
    """What became of a publication."""

    UNCHANGED = "unchanged"
    AMENDED = "amended"
    """Changed in place: only the leaves that the change reaches were written."""
    PUBLISHED = "published"
    """Written whole, and switched to."""
    RESTORED = "restored"
    """A version that was kept is current again."""


class NothingToUndo(EssError):
    """No earlier state of the directory is kept."""


@dataclass(frozen=True, slots=True)
class Publication:
    """What publishing did.

    Args:
        head: the directory after it.
        outcome: how.
        leaves_written: leaves of the index that were written or deleted for it.
    """

    head: DirectoryHead
    outcome: Outcome
    leaves_written: int = 0


def publish_directory(
    archive: DirectoryArchive,
    index: StationIndex,
    stations: Stations,
    *,
    clock: Clock,
    since: DirectoryHead | None = None,
    changes: Changes | None = None,
    note: str = "",
) -> Publication:
    """Make `stations` the whole directory; the same as is published already changes nothing.

    Lookups see all of the old directory until they see all of the new one. An interrupted
    publication is run again by the same call.

    Args:
        archive: where stations are kept.
        index: what makes leaves.
        stations: the new set.
        clock: dates the version.
        since: the directory that `stations` were compared or merged with, if they were: what
            somebody else has published since must not be lost.
        changes: how the new set differs from `since`, where that is little: then the published
            version is changed in place, if one transaction can do it.
        note: where the stations come from, in the operator's words.

    Raises:
        DirectoryChanged: somebody else published meanwhile, and theirs stands.
        TemporaryFailure: the store did not answer.
        ValueError: two stations have the same id, or they are not ordered by id.
    """
    before = archive.head(fresh=True)
    if since is not None and since != before:
        raise DirectoryChanged("another directory was published meanwhile")
    told = replace(_tell(stations()), published_at=clock.now(), note=note)
    if before.version and told.digest == before.digest:
        return Publication(before, Outcome.UNCHANGED)
    if changes is not None and since is not None and before.version:
        after = replace(
            told,
            version=before.version,
            revision=before.revision + 1,
            previous=before.previous,
        )
        amended = _amend(archive, index, before, after, changes)
        if amended:
            return amended
    number = 1 + max(before.number, *(head.number for head in archive.versions()), 0)
    # Unique, so that nobody who tidies up after another publication can mean this one.
    version = f"{number:06d}-{token_hex(4)}"
    after = replace(told, version=version, previous=before.version)
    head = archive.publish(before, after, stations(), index.leaves(stations()))
    return Publication(head, Outcome.PUBLISHED, head.leaves)


def undo(archive: DirectoryArchive, index: StationIndex) -> Publication:
    """Take back the last publication: called again, the one before it, as far as they are kept.

    Raises:
        NothingToUndo: there is none, or what was before is not kept any more.
        DirectoryChanged: somebody else published meanwhile.
        TemporaryFailure: the store did not answer.
    """
    head = archive.head(fresh=True)
    last = archive.last_amendment(head)
    if last is not None:
        undone = _amend(archive, index, head, last.before, last.changes.inverse())
        if undone:
            return undone
        raise NothingToUndo("the last change is too large to take back in place: import again")
    if head.previous not in {kept.version for kept in archive.versions()}:
        raise NothingToUndo("no earlier version is kept")
    return restore(archive, head.previous)


def restore(archive: DirectoryArchive, version: str) -> Publication:
    """Make a kept version the current one again.

    Raises:
        NothingToUndo: this version is not kept.
        DirectoryChanged: somebody else published meanwhile.
        TemporaryFailure: the store did not answer.
    """
    head = archive.head(fresh=True)
    kept = next((one for one in archive.versions() if one.version == version), None)
    if kept is None:
        raise NothingToUndo(f"version {version} is not kept")
    if kept.version == head.version:
        return Publication(head, Outcome.UNCHANGED)
    archive.restore(head, kept)
    return Publication(kept, Outcome.RESTORED)


def _amend(
    archive: DirectoryArchive,
    index: StationIndex,
    before: DirectoryHead,
    after: DirectoryHead,
    changes: Changes,
) -> Publication | None:
    replaced: list[PackedLeaf] = []
    dropped: list[PackedLeaf] = []
    for old, new in index.changed_leaves(archive.stations(before), changes):
        if old:
            dropped.append(old)
        if new:
            replaced.append(new)
        if len(replaced) > archive.MOST_AMENDED:
            return None
    starts = {leaf.start for leaf in replaced}
    gone = [leaf for leaf in dropped if leaf.start not in starts]
    grown = len(replaced) - len(dropped)
    after = replace(after, leaves=before.leaves + grown)
    if not archive.amend(before, after, changes, replaced, gone):
        return None
    return Publication(after, Outcome.AMENDED, len(replaced) + len(gone))


def _tell(stations: Iterable[Station]) -> DirectoryHead:
    """Return what a head says of a set of stations.

    Raises:
        ValueError: they are not ordered by id, or two have the same.
    """
    digest, cells, kinds = hashlib.sha256(), Counter[str](), Counter[str]()
    last = ""
    for station in stations:
        if station.unit_id == last:
            raise ValueError(f"two stations have the id {last}")
        if station.unit_id < last:
            raise ValueError(f"stations are not ordered by id: {station.unit_id} after {last}")
        last = station.unit_id
        digest.update(canonical(station).encode() + b"\n")
        cells[station.cell] += 1
        kinds[station.kind] += 1
    return DirectoryHead(
        digest=digest.hexdigest(),
        counts=dict(sorted(cells.items())),
        kinds=dict(sorted(kinds.items())),
    )

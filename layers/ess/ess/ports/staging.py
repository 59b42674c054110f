"""Where an import puts its rows until all of them are known: as many as there are, on disk."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from ess.domain.station import Station
from ess.domain.station_doubts import Doubt


@dataclass(frozen=True, slots=True)
class Copy:
    """A staged station, as another row's reason names it.

    Args:
        row: its place in the file, from 1; None for a station that was there before.
        station: the station.
    """

    row: int | None
    station: Station

    def __str__(self) -> str:
        where = "the directory's" if self.row is None else f"row {self.row}:"
        return f"{where} {self.station.name_th} ({self.station.unit_id})"


@dataclass(frozen=True, slots=True)
class Clash:
    """A staged row that cannot stand beside another one without a doubt.

    Args:
        key: names the row in the staging.
        row: its place in the file, from 1.
        station: the station.
        other: the row that it clashes with; where there are several, one of them.
    """

    key: int
    row: int
    station: Station
    other: Copy


class StationStaging(Protocol):
    """Holds the rows of one import.

    Each of the questions looks at rows that have not been kept out, and finds all of its clashes
    before it yields the first: rows may be kept out while they are gone through. Stations of
    `keep` clash with nobody themselves; rows of other ids clash with them, even where a row is to
    take their place: it may yet be kept out, and they come back. A row that carries the flag of an
    accepted doubt is told of, and is no reason to doubt another one: whoever accepted it accepted
    the pair. Iterating yields the stations that are to be published, ordered by id, as often as it
    is done.
    """

    def add(self, row: int, station: Station) -> None:
        """Stage the station of a row."""
        ...

    def keep(self, stations: Iterable[Station]) -> None:
        """Stage stations that were there before, for as long as no good row has their id."""
        ...

    def repeated_ids(self) -> Iterator[Clash]:
        """Yield each row whose id an earlier row has."""
        ...

    def duplicates(self) -> Iterator[Clash]:
        """Yield each row with a better one of its name (`name_key`) less than `DUPLICATE_M` away.

        Better is a station that was there before, then a higher `score`, then the earlier row.
        """
        ...

    def neighbours(self) -> Iterator[Clash]:
        """Yield each row with one of its kind and another name less than `CLOSE_M` away.

        The other is the nearest one, or any that is less than `SHARED_M` away. Units of different
        kinds may share a house: a 191 centre sits in a station.
        """
        ...

    def overlapping_jurisdictions(self) -> Iterator[Clash]:
        """Yield each row whose jurisdiction overlaps another's of its kind (`overlap_depth_m`).

        Those of different kinds overlap of necessity: a 191 centre answers for the province.
        """
        ...

    def keep_out(self, key: int) -> bool:
        """Keep a row out; False when it has been already."""
        ...

    def accept(self, key: int, doubt: Doubt) -> None:
        """Put the flag of an accepted doubt on a row's station."""
        ...

    def differences(
        self, published: Iterable[Station]
    ) -> Iterator[tuple[Station | None, Station | None]]:
        """Yield what is not the same before and after, by id: (before, after), None for absent."""
        ...

    def __len__(self) -> int:
        """Return how many stations are to be published."""
        ...

    def __iter__(self) -> Iterator[Station]:
        """Yield the stations that are to be published, ordered by id."""
        ...

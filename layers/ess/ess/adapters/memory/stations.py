"""Stations in a dictionary."""

from collections.abc import Iterable

from ess.adapters.memory.script import Scripted
from ess.domain.errors import DirectoryChanged
from ess.domain.station import DirectoryHead, Publication, Station, head_of


class MemoryStationDirectory(Scripted):
    """Keeps the stations of the published version; an older head no longer finds anything."""

    def __init__(self, stations: Iterable[Station] = ()) -> None:
        super().__init__()
        self._head = DirectoryHead()
        self._by_cell: dict[str, list[Station]] = {}
        given = list(stations)
        if given:
            self._replace(given)

    def head(self) -> DirectoryHead:
        """Return what is published now; see `ess.ports.stations`."""
        self._called("head")
        return self._head

    def stations_in(self, head: DirectoryHead, cell: str) -> list[Station]:
        """Return the stations of a cell; see `ess.ports.stations`."""
        self._called("stations_in")
        if head.version != self._head.version:
            raise DirectoryChanged(f"version {head.version} is gone")
        return list(self._by_cell.get(cell, ()))

    def publish(self, stations: Iterable[Station]) -> Publication:
        """Replace all stations; see `ess.ports.stations`."""
        given = list(stations)
        head_of(given, self._head)
        started_from = self._head.version
        self._called("publish")
        if self._head.version != started_from:
            raise DirectoryChanged("another directory was published meanwhile")
        return self._replace(given)

    def _replace(self, stations: list[Station]) -> Publication:
        head = head_of(stations, self._head)
        if head.version == self._head.version:
            return Publication(head, changed=False)
        self._head = head
        self._by_cell = {}
        for station in stations:
            self._by_cell.setdefault(station.cell, []).append(station)
        for inhabitants in self._by_cell.values():
            inhabitants.sort(key=lambda station: station.unit_id)
        return Publication(head, changed=True)

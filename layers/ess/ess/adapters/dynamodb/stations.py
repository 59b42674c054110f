"""Stations in DynamoDB: one partition for each occupied cell of each version.

The head ("directory", "current") names the version that lookups read. Beside it stands one record
("directory", "version#...") for each version that has items, so that what an interrupted
publication left behind is found and deleted by the next one.
"""

from collections.abc import Iterable, Sequence

from pynamodb.connection import Connection
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path

from ess.adapters.dynamodb.errors import Refused
from ess.adapters.dynamodb.rows import readable
from ess.adapters.dynamodb.table import Item, Key, Table, connect
from ess.adapters.dynamodb.to_item import point_item
from ess.domain.errors import DirectoryChanged
from ess.domain.geo import Point
from ess.domain.geohash import encode
from ess.domain.station import DirectoryHead, Publication, Station, head_of

_DIRECTORY = "directory"
_CURRENT = Key(_DIRECTORY, "current")
_RECORD = "version#"
_KEYS = ("cell", "position")


class DynamoStationDirectory:
    """Keeps the published stations, and publishes new ones.

    Args:
        table: name of the table.
        connection: the client; the process's own by default.
    """

    def __init__(self, table: str, *, connection: Connection | None = None) -> None:
        self._table = Table(connection or connect(), table, _KEYS)

    def head(self) -> DirectoryHead:
        """Return what is published now: one GetItem; see `ess.ports.stations`."""
        item = self._table.get(_CURRENT)
        return _head_from(item) if item else DirectoryHead()

    def stations_in(self, head: DirectoryHead, cell: str) -> list[Station]:
        """Return the stations of a cell: one Query; see `ess.ports.stations`."""
        items = list(self._table.query(_partition(head.version, cell)))
        # The head knows how many there are: fewer means that tidying up has begun on this version.
        if len(items) != head.counts.get(cell, 0):
            raise DirectoryChanged(f"version {head.version} is gone")
        return readable(items, _station_from, "position")

    def publish(self, stations: Iterable[Station]) -> Publication:
        """Write the new version, switch to it, delete the others; see `ess.ports.stations`.

        Every step may be interrupted: until the switch lookups read the old version whole, and
        what is left over is found again by its record.
        """
        given = list(stations)
        before = self.head()
        after = head_of(given, before)
        changed = after.version != before.version
        if changed:
            self._write(after, given)
            changed = self._switch(before, after)
        self._tidy(after)
        return Publication(after, changed)

    def _write(self, head: DirectoryHead, stations: Sequence[Station]) -> None:
        record = {"cell": _DIRECTORY, "position": _RECORD + head.version, **_head_item(head)}
        self._table.put_all([record])
        self._table.put_all(_station_item(station, head.version) for station in stations)

    def _switch(self, before: DirectoryHead, after: DirectoryHead) -> bool:
        """Make `after` the current version; False if the very same one is current already."""
        try:
            self._table.put(_CURRENT, _head_item(after), _still(before))
        except Refused as error:
            if self.head().version == after.version:
                return False  # two operators imported the same file at the same time
            self._delete(after)
            raise DirectoryChanged("another directory was published meanwhile") from error
        return True

    def _tidy(self, current: DirectoryHead) -> None:
        """Delete the items of all versions that can never be current again.

        Versions with a higher number are being written by somebody else, who may yet switch.
        """
        records = self._table.query(_DIRECTORY, Path("position").startswith(_RECORD))
        for head in map(_head_from, list(records)):
            if head.version != current.version and head.number <= current.number:
                self._delete(head)

    def _delete(self, head: DirectoryHead) -> None:
        for cell in head.counts:
            keys = self._table.query(_partition(head.version, cell), only=_KEYS)
            self._table.delete_all(list(keys))
        # Last, so that an interruption leaves the record that leads here again.
        self._table.delete_all([{"cell": _DIRECTORY, "position": _RECORD + head.version}])


def _partition(version: str, cell: str) -> str:
    return f"{version}#{cell}"


def _still(head: DirectoryHead) -> Condition:
    return Path("version") == head.version if head.version else Path("cell").does_not_exist()


def _head_item(head: DirectoryHead) -> Item:
    return {"version": head.version, "digest": head.digest, "counts": dict(head.counts)}


def _head_from(item: Item) -> DirectoryHead:
    return DirectoryHead(item["version"], item["digest"], item["counts"])


def _station_item(station: Station, version: str) -> Item:
    return {
        "cell": _partition(version, station.cell),
        "position": f"{encode(station.point)}#{station.unit_id}",
        "unit_id": station.unit_id,
        "name_th": station.name_th,
        "name_en": station.name_en,
        "point": point_item(station.point),
        "kind": station.kind,
        "agency": station.agency,
        "province": station.province,
        "district": station.district,
        "phones": list(station.phones),
        "sample": station.sample,
    }


def _station_from(item: Item) -> Station:
    point = item["point"]
    return Station(
        unit_id=item["unit_id"],
        name_th=item["name_th"],
        name_en=item["name_en"],
        point=Point(point["latitude"], point["longitude"]),
        kind=item["kind"],
        agency=item["agency"],
        province=item["province"],
        district=item["district"],
        phones=tuple(item["phones"]),
        sample=item["sample"],
    )

"""A station, and the directory that all of them are published in."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from itertools import pairwise

from ess.domain.geo import Point
from ess.domain.geohash import encode

CELL_LENGTH = 2
"""Geohash characters of a directory cell: 5.6 by 11.3 degrees, 1,024 cells on earth."""

POLICE_STATION = "police_station"


@dataclass(frozen=True, slots=True)
class Station:
    """A unit that a report can be sent to.

    Args:
        unit_id: unique in the directory.
        name_th: name in Thai, as people say it (``สภ.ธาตุพนม``).
        name_en: name in English.
        point: where it stands, degrees WGS84.
        kind: what sort of unit.
        agency: whose it is, or empty.
        province: in Thai, or empty.
        district: in Thai, or empty.
        phones: numbers to call, E.164.
        sample: True for made-up entries, which no real deployment may hold.
    """

    unit_id: str
    name_th: str
    name_en: str
    point: Point
    kind: str = POLICE_STATION
    agency: str = ""
    province: str = ""
    district: str = ""
    phones: tuple[str, ...] = ()
    sample: bool = False

    @property
    def cell(self) -> str:
        """Return the directory cell that holds this station."""
        return encode(self.point, CELL_LENGTH)


class Why(StrEnum):
    """Why a station was chosen."""

    NEAREST = "nearest"
    NEXT_NEAREST = "next_nearest"


@dataclass(frozen=True, slots=True)
class StationMatch:
    """A station that answers a lookup.

    Args:
        station: the station.
        distance_m: great-circle distance in metres from the point asked for.
        bearing_deg: direction from the point to the station, degrees clockwise from north.
        why: what made it a candidate.
    """

    station: Station
    distance_m: float
    bearing_deg: float
    why: Why


@dataclass(frozen=True, slots=True)
class DirectoryHead:
    """What is published now: where to look for stations, and how many must be found there.

    Args:
        version: names the published set; empty before anything was published.
        digest: fingerprint of its stations.
        counts: number of stations in each occupied cell.
    """

    version: str = ""
    digest: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Return how many stations are published."""
        return sum(self.counts.values())

    @property
    def number(self) -> int:
        """Return how many versions have been published, this one included; 0 for none."""
        return int(self.version.partition("-")[0] or 0)


@dataclass(frozen=True, slots=True)
class Publication:
    """What publishing did.

    Args:
        head: the directory after it.
        changed: False when the same stations were published already.
    """

    head: DirectoryHead
    changed: bool


def head_of(stations: Iterable[Station], previous: DirectoryHead) -> DirectoryHead:
    """Return the head that publishes `stations` after `previous`; `previous` itself if the same.

    The version counts up and carries the fingerprint, so that no two sets ever share one, and an
    interrupted publication is taken up again under the same name.

    Raises:
        ValueError: two stations have the same id.
    """
    ordered = sorted(stations, key=lambda station: station.unit_id)
    for first, second in pairwise(ordered):
        if first.unit_id == second.unit_id:
            raise ValueError(f"two stations have the id {first.unit_id}")
    rows = json.dumps([asdict(s) for s in ordered], ensure_ascii=False, sort_keys=True)
    digest = hashlib.sha256(rows.encode()).hexdigest()
    if previous.version and digest == previous.digest:
        return previous
    counts = Counter(station.cell for station in ordered)
    version = f"{previous.number + 1:06d}-{digest[:12]}"
    return DirectoryHead(version, digest, dict(sorted(counts.items())))

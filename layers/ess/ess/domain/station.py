"""A station: what its row holds, and the short form of it that a lookup tells."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ess.domain.geo import Point
from ess.domain.geohash import encode
from ess.domain.jurisdiction import Jurisdiction

CELL_LENGTH = 2
"""Geohash characters of a directory cell: 5.6 by 11.3 degrees, 1,024 cells on earth."""

POLICE_STATION = "police_station"


@dataclass(frozen=True, slots=True)
class Phone:
    """A number of a unit.

    Args:
        original: as its source writes it.
        e164: the same in E.164 (``+6642511266``); empty for what cannot be called from abroad, such
            as a short code (``191``).
    """

    original: str
    e164: str = ""

    @property
    def callable(self) -> str:
        """Return what a phone in Thailand dials."""
        return self.e164 or self.original


@dataclass(frozen=True, slots=True)
class Listing:
    """What a lookup tells of a station, and what filters look at.

    Args:
        unit_id: unique in the directory.
        name_th: name in Thai, as people say it (``สภ.ธาตุพนม``).
        name_en: name in English.
        point: where it stands, degrees WGS84.
        kind: what sort of unit.
        province: in Thai, or empty.
        phone: the first number to call, or empty.
        opening_hours: as OpenStreetMap writes them (``Mo-Fr 08:30-16:30``); empty when not known.
        sample: True for made-up entries, which no real deployment may hold.
    """

    unit_id: str
    name_th: str
    name_en: str
    point: Point
    kind: str = POLICE_STATION
    province: str = ""
    phone: str = ""
    opening_hours: str = ""
    sample: bool = False


@dataclass(frozen=True, slots=True)
class Station:
    """A unit that a report can be sent to, as its row in the directory has it.

    Args:
        unit_id: unique in the directory.
        name_th: name in Thai, as people say it (``สภ.ธาตุพนม``).
        name_en: name in English.
        point: where it stands, degrees WGS84.
        kind: what sort of unit.
        agency: whose it is, or empty.
        province: in Thai, or empty.
        district: in Thai, or empty.
        phones: numbers to call, the best first.
        opening_hours: as OpenStreetMap writes them; empty when not known (police are always open).
        flags: remarks of its source, and the doubts with which it was accepted (``accepted:...``).
        source: where the row comes from (``osm:node/123``), or empty.
        verified: True when somebody of the agency has confirmed the row.
        sample: True for made-up entries, which no real deployment may hold; never with `verified`.
        jurisdiction: the area that it is responsible for, or None where that is not known.
    """

    unit_id: str
    name_th: str
    name_en: str
    point: Point
    kind: str = POLICE_STATION
    agency: str = ""
    province: str = ""
    district: str = ""
    phones: tuple[Phone, ...] = ()
    opening_hours: str = ""
    flags: tuple[str, ...] = ()
    source: str = ""
    verified: bool = False
    sample: bool = False
    jurisdiction: Jurisdiction | None = None

    @property
    def cell(self) -> str:
        """Return the directory cell that holds this station."""
        return encode(self.point, CELL_LENGTH)

    @property
    def listing(self) -> Listing:
        """Return what a lookup tells of it."""
        return Listing(
            unit_id=self.unit_id,
            name_th=self.name_th,
            name_en=self.name_en,
            point=self.point,
            kind=self.kind,
            province=self.province,
            phone=self.phones[0].callable if self.phones else "",
            opening_hours=self.opening_hours,
            sample=self.sample,
        )


class Why(StrEnum):
    """Why a station was chosen."""

    JURISDICTION = "jurisdiction"
    """Its jurisdiction covers the point."""
    BOUNDARY = "boundary"
    """Its jurisdiction ends within 100 m of the point."""
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

    station: Listing
    distance_m: float
    bearing_deg: float
    why: Why


def to_plain(station: Station) -> dict[str, Any]:
    """Return `station` as plain values for JSON; fields that say nothing are left out."""
    always = {
        "unit_id": station.unit_id,
        "name_th": station.name_th,
        "name_en": station.name_en,
        "latitude": station.point.latitude,
        "longitude": station.point.longitude,
        "kind": station.kind,
    }
    where_known = {
        "agency": station.agency,
        "province": station.province,
        "district": station.district,
        "phones": [[phone.original, phone.e164] for phone in station.phones],
        "opening_hours": station.opening_hours,
        "flags": list(station.flags),
        "source": station.source,
        "verified": station.verified,
        "sample": station.sample,
        "jurisdiction": station.jurisdiction.coordinates() if station.jurisdiction else None,
    }
    return always | {name: value for name, value in where_known.items() if value}


def from_plain(plain: Mapping[str, Any]) -> Station:
    """Return the station that `to_plain` was given; fields it does not know are passed over.

    Raises:
        KeyError, TypeError, ValueError: it is not what `to_plain` writes.
    """
    area = plain.get("jurisdiction")
    return Station(
        unit_id=plain["unit_id"],
        name_th=plain["name_th"],
        name_en=plain["name_en"],
        point=Point(plain["latitude"], plain["longitude"]),
        kind=plain["kind"],
        agency=plain.get("agency", ""),
        province=plain.get("province", ""),
        district=plain.get("district", ""),
        phones=tuple(Phone(original, e164) for original, e164 in plain.get("phones", ())),
        opening_hours=plain.get("opening_hours", ""),
        flags=tuple(plain.get("flags", ())),
        source=plain.get("source", ""),
        verified=plain.get("verified", False),
        sample=plain.get("sample", False),
        jurisdiction=Jurisdiction.from_coordinates(area) if area else None,
    )


def canonical(station: Station) -> str:
    """Return `station` as one line of JSON: equal lines are equal stations, and the other way."""
    return json.dumps(to_plain(station), ensure_ascii=False, sort_keys=True, separators=(",", ":"))

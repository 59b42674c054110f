"""Stations as GeoJSON: what each row must have, and why one is kept out."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geojson

from ess.adapters.phone import read_phone
from ess.domain.errors import EssError, InvalidPoint
from ess.domain.geo import Point
from ess.domain.ladder import DESK_UNIT_ID
from ess.domain.station import POLICE_STATION, Station

# The package's own default rounds to six decimals; what is exported must be what was imported.
geojson.geometry.DEFAULT_PRECISION = 15

_OPTIONAL_TEXTS = {"kind": POLICE_STATION, "agency": "", "province": "", "district": ""}


class FileUnreadable(EssError):
    """The file as a whole is not a GeoJSON FeatureCollection; the message says why."""


class RowRefused(EssError, ValueError):
    """A row cannot become a station; the message says why."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to be said of a row (counted from 1)."""

    row: int
    about: str
    reason: str

    def __str__(self) -> str:
        return f"row {self.row} ({self.about}): {self.reason}"


@dataclass(slots=True)
class Reading:
    """What a file holds.

    Args:
        stations: the good rows.
        refused: the rows that were kept out, and why.
        notes: what was left out of good rows, and why.
    """

    stations: list[Station] = field(default_factory=list)
    refused: list[Remark] = field(default_factory=list)
    notes: list[Remark] = field(default_factory=list)


def read_stations(path: Path) -> Reading:
    """Read a GeoJSON FeatureCollection of stations; a bad row never spoils the others.

    Raises:
        FileUnreadable: it cannot be opened, or is not a FeatureCollection.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise FileUnreadable(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise FileUnreadable(f"{path}: not UTF-8 (byte {error.start})") from error
    except json.JSONDecodeError as error:
        raise FileUnreadable(f"{path}: not JSON: {error}") from error
    rows = content.get("features") if isinstance(content, dict) else None
    if not isinstance(rows, list) or content.get("type") != "FeatureCollection":
        raise FileUnreadable(f"{path}: not a GeoJSON FeatureCollection")
    return read_rows(rows)


def read_rows(rows: Iterable[Any]) -> Reading:
    """Read the features of a collection; see `read_stations`."""
    reading = Reading()
    row_of: dict[str, int] = {}
    for number, row in enumerate(rows, start=1):
        about = _about(row)
        try:
            station = station_from(row)
            _refuse_repeat(station.unit_id, row_of)
        except (RowRefused, InvalidPoint) as error:
            reading.refused.append(Remark(number, about, str(error)))
            continue
        row_of[station.unit_id] = number
        reading.stations.append(station)
        reading.notes += [
            Remark(number, about, f"phone {spelling!r} left out: not a number that can be called")
            for spelling in _spellings(row["properties"])
            if read_phone(spelling) is None
        ]
    return reading


def station_from(row: Any) -> Station:
    """Return the station that a GeoJSON feature describes.

    Its id is that of the feature or the property ``id``. Properties: ``name`` or ``name_th``
    (required), ``name_en`` (else the Thai name), ``kind``, ``agency``, ``province``, ``district``,
    ``phones`` (a list) or ``phone`` (several between ``;`` or ``,``), ``sample``.

    Raises:
        RowRefused, InvalidPoint: something is missing or is not what it should be.
    """
    feature = _feature(row)
    properties = feature.properties
    unit_id = feature.get("id", properties.get("id"))
    if isinstance(unit_id, int) and not isinstance(unit_id, bool):
        unit_id = str(unit_id)
    if not isinstance(unit_id, str) or not unit_id.strip():
        raise RowRefused("it has no id")
    if unit_id.strip() == DESK_UNIT_ID:
        raise RowRefused(f"the id {DESK_UNIT_ID} is that of the coordination desk")
    name_th = _text(properties, "name_th") or _text(properties, "name")
    if not name_th:
        raise RowRefused("it has no name")
    sample = properties.get("sample", False)
    if not isinstance(sample, bool):
        raise RowRefused("sample must be true or false")
    phones = (read_phone(spelling) for spelling in _spellings(properties))
    return Station(
        unit_id=unit_id.strip(),
        name_th=name_th,
        name_en=_text(properties, "name_en") or name_th,
        point=_point(feature.geometry),
        phones=tuple(dict.fromkeys(phone for phone in phones if phone)),
        sample=sample,
        **{name: _text(properties, name) or default for name, default in _OPTIONAL_TEXTS.items()},
    )


def to_geojson(stations: Iterable[Station]) -> str:
    """Return `stations` as a FeatureCollection, one feature a line, ordered by id.

    Reading it gives the same stations again.
    """
    ordered = sorted(stations, key=lambda station: station.unit_id)
    lines = ",\n".join(geojson.dumps(feature_of(s), ensure_ascii=False) for s in ordered)
    return f'{{"type": "FeatureCollection", "features": [\n{lines}\n]}}\n'


def feature_of(station: Station) -> geojson.Feature:
    """Return the GeoJSON feature of `station`."""
    properties: dict[str, Any] = {"name_th": station.name_th, "name_en": station.name_en}
    properties |= {name: getattr(station, name) for name in _OPTIONAL_TEXTS}
    properties |= {"phones": list(station.phones), "sample": station.sample}
    return geojson.Feature(
        id=station.unit_id,
        geometry=geojson.Point((station.point.longitude, station.point.latitude)),
        properties=properties,
    )


def _refuse_repeat(unit_id: str, row_of: Mapping[str, int]) -> None:
    if unit_id in row_of:
        raise RowRefused(f"its id is that of row {row_of[unit_id]}")


def _feature(row: Any) -> geojson.Feature:
    try:
        feature = geojson.loads(json.dumps(row))
    except (ValueError, TypeError, AttributeError) as error:  # all three, for all sorts of nonsense
        raise RowRefused(f"it is not GeoJSON: {error}") from error
    if not isinstance(feature, geojson.Feature):
        raise RowRefused("it is not a GeoJSON Feature")
    if not isinstance(feature.properties, dict):
        raise RowRefused("it has no properties")
    return feature


def _point(geometry: Any) -> Point:
    if not geometry:
        raise RowRefused("it has no position")
    if not isinstance(geometry, geojson.Point):
        raise RowRefused(f"its position must be a Point, not a {geometry.get('type')}")
    if len(geometry.coordinates) not in (2, 3):
        raise RowRefused("its position must be [longitude, latitude]")
    longitude, latitude = geometry.coordinates[:2]
    try:
        return Point(latitude, longitude)
    except InvalidPoint as error:
        raise RowRefused(f"{error} (GeoJSON has the longitude first)") from error


def _text(properties: dict[str, Any], name: str) -> str:
    value = properties.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise RowRefused(f"{name} must be text")
    return " ".join(value.split())


def _spellings(properties: dict[str, Any]) -> list[str]:
    """Return the phone numbers of a row as they are written there."""
    given = properties.get("phones")
    if given is None:
        given = re.split(r"[;,]", _text(properties, "phone"))
    if not isinstance(given, list) or not all(isinstance(spelling, str) for spelling in given):
        raise RowRefused("phones must be a list of texts")
    return [spelling.strip() for spelling in given if spelling.strip()]


def _about(row: Any) -> str:
    """Return what a person would call the row."""
    properties = row.get("properties") if isinstance(row, dict) else None
    if not isinstance(properties, dict):
        return "no name"
    return str(properties.get("name_th") or properties.get("name") or "no name")[:60]

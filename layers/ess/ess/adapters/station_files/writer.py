"""Stations as GeoJSON: what is written reads back the same."""

from collections.abc import Iterable
from typing import Any, TextIO

import geojson

from ess.domain.station import Station

_EVERY_DIGIT = 400
"""Decimals that the package keeps of a coordinate: all (its default is six, some 11 cm)."""


def write_geojson(stations: Iterable[Station], out: TextIO) -> int:
    """Write `stations` as a FeatureCollection, a Feature a line, and return how many there were."""
    out.write('{"type": "FeatureCollection", "features": [')
    count = 0
    for count, station in enumerate(stations, start=1):
        line = geojson.dumps(feature_of(station), ensure_ascii=False, allow_nan=False)
        out.write(f"{',' if count > 1 else ''}\n{line}")
    out.write("\n]}\n")
    return count


def feature_of(station: Station) -> geojson.Feature:
    """Return the GeoJSON Feature of `station`, its jurisdiction as the foreign member of that name.

    Fields that say nothing are left out.
    """
    properties: dict[str, Any] = {
        "name_th": station.name_th,
        "name_en": station.name_en,
        "kind": station.kind,
        "agency": station.agency,
        "province": station.province,
        "district": station.district,
        "phones": [{"original": p.original, "e164": p.e164} for p in station.phones],
        "opening_hours": station.opening_hours,
        "flags": list(station.flags),
        "source": station.source,
        "verified": station.verified,
        "sample": station.sample,
    }
    area = station.jurisdiction
    foreign = {"jurisdiction": _multi_polygon(area.coordinates())} if area else {}
    return geojson.Feature(
        id=station.unit_id,
        geometry=geojson.Point(
            (station.point.longitude, station.point.latitude), precision=_EVERY_DIGIT
        ),
        properties={name: value for name, value in properties.items() if value},
        **foreign,
    )


def _multi_polygon(coordinates: list[Any]) -> geojson.MultiPolygon:
    return geojson.MultiPolygon(coordinates, precision=_EVERY_DIGIT)

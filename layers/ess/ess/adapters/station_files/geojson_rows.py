"""Features of GeoJSON as rows: our own export, OpenStreetMap's by osmtogeojson, anybody's.

The place of a station is the feature's geometry: a Point, or the outline of a building, in which a
place is chosen. Its jurisdiction is a Polygon or MultiPolygon in the foreign member
``jurisdiction`` of the feature (RFC 7946, section 6.1), which other software passes over while it
shows the points; also taken are a property of that name, and the polygon of a GeometryCollection
beside its Point. An outline alone never becomes a jurisdiction.
"""

from typing import Any

from ess.adapters.station_files.errors import RowUnreadable
from ess.adapters.station_files.fields import (
    OSM_ID,
    about,
    flags_of,
    phones_of,
    text_of,
    texts_of,
    truth_of,
)
from ess.adapters.station_files.outlines import middle_of, polygons_of
from ess.domain.station_rows import RawRow


def row_of_feature(number: int, feature: object) -> RawRow:
    """Return the row that a GeoJSON Feature describes; what is none says why."""
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        return about(number, feature, "it is not a GeoJSON Feature")
    properties = feature.get("properties") or {}
    if not isinstance(properties, dict):
        return about(number, None, "its properties are not an object")
    try:
        tags = properties.get("tags")
        given = properties | tags if isinstance(tags, dict) else properties
        place = _Place(feature.get("geometry"))
        return row_of_properties(
            number,
            given,
            unit_id=_unit_id(feature, properties),
            latitude=place.latitude,
            longitude=place.longitude,
            no_position=place.problem,
            area=_area(feature, properties, place),
        )
    except RowUnreadable as error:  # told of this row; the others go on
        return about(number, properties, str(error))


def row_of_properties(
    number: int,
    properties: dict[str, Any],
    *,
    unit_id: str,
    latitude: object = None,
    longitude: object = None,
    no_position: str = "",
    area: object = None,
) -> RawRow:
    """Return the row with these properties or tags at this place.

    Raises:
        RowUnreadable: one of them is not of the sort that it must be.
    """
    texts = texts_of(properties)
    if unit_id:
        texts["unit_id"] = unit_id
    if from_map := OSM_ID.fullmatch(texts.get("unit_id", "")):
        texts["unit_id"] = f"osm:{from_map[1]}/{from_map[2]}"
        # A mapper's own source tag tells where the outline was traced from.
        if not texts.get("source", "").startswith("osm:"):
            texts["source"] = texts["unit_id"]
    phones, unusable = phones_of(properties)
    return RawRow(
        number,
        texts,
        latitude=latitude,
        longitude=longitude,
        phones=phones,
        unusable_phones=unusable,
        flags=flags_of(properties, texts.get("name_th", "")),
        verified=truth_of(properties, "verified"),
        sample=truth_of(properties, "sample") or properties.get("synthetic") is True,
        area=area,
        no_position=no_position,
    )


def _unit_id(feature: dict[str, Any], properties: dict[str, Any]) -> str:
    for value in (feature.get("id"), properties.get("@id")):
        if text := text_of("id", value, numbers=True):
            return text
    kind, number = properties.get("type"), properties.get("id")
    if isinstance(number, int) and OSM_ID.fullmatch(f"{kind}/{number}"):
        return f"{kind}/{number}"
    return ""


class _Place:
    """Where a geometry says that the station is, and the area that it brings along."""

    def __init__(self, geometry: object) -> None:
        self.latitude: object = None
        self.longitude: object = None
        self.problem = ""
        self.area: object = None
        try:
            self._read(geometry)
        except RowUnreadable as error:  # not the row is at fault, but its place: a doubt of its own
            self.problem = str(error)

    def _read(self, geometry: object) -> None:
        if not geometry or not isinstance(geometry, dict):
            raise RowUnreadable("it has no position")
        if geometry.get("type") == "GeometryCollection":
            geometry = self._collected(geometry.get("geometries"))
        polygons = polygons_of(geometry)
        if polygons is not None:
            self.longitude, self.latitude = middle_of(polygons)
            return
        if geometry.get("type") != "Point":
            raise RowUnreadable(
                f"its position must be a Point or an outline, not a {geometry.get('type')}"
            )
        coordinates = geometry.get("coordinates")
        if not isinstance(coordinates, list) or len(coordinates) not in (2, 3):
            raise RowUnreadable("its position must be [longitude, latitude]")
        self.longitude, self.latitude = coordinates[:2]

    def _collected(self, geometries: object) -> dict[str, Any]:
        """Return the Point of a collection, with the area beside it kept, or else its outline."""
        listed = geometries if isinstance(geometries, list) else []
        parts: list[dict[str, Any]] = [part for part in listed if isinstance(part, dict)]
        point = next((part for part in parts if part.get("type") == "Point"), None)
        areas = [part for part in parts if polygons_of(part) is not None]
        if point is None:
            if not areas:
                raise RowUnreadable("its collection has no Point")
            return areas[0]
        if areas:
            self.area = polygons_of(areas[0])
        return point


def _area(feature: dict[str, Any], properties: dict[str, Any], place: _Place) -> object:
    """Return the coordinates of the jurisdiction as a MultiPolygon's, or what stands there."""
    given = feature.get("jurisdiction") or properties.get("jurisdiction")
    if not given:
        return place.area
    polygons = polygons_of(given)
    return given if polygons is None else polygons

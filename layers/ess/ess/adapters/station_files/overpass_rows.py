"""Elements of an Overpass answer (``[out:json]``) as rows.

https://wiki.openstreetmap.org/wiki/Overpass_API/Overpass_QL: ``out center`` gives ways and
relations a ``center``; nodes have ``lat`` and ``lon``.
"""

from collections.abc import Iterator
from typing import Any

from ess.adapters.station_files.errors import RowUnreadable
from ess.adapters.station_files.fields import OSM_ID, about
from ess.adapters.station_files.geojson_rows import row_of_properties
from ess.adapters.station_files.outlines import refuse_large
from ess.domain.station_rows import RawRow


def rows_of_elements(elements: Iterator[object]) -> Iterator[RawRow]:
    """Yield the rows of an answer; elements without tags, corners of outlines, are none."""
    number = 0
    for element in elements:
        if isinstance(element, dict) and not element.get("tags"):
            continue
        number += 1
        yield _row(number, element)


def _row(number: int, element: object) -> RawRow:
    if not isinstance(element, dict) or not isinstance(element["tags"], dict):
        return about(number, element, "it is not an element of OpenStreetMap")
    tags = element["tags"]
    unit_id = f"{element.get('type')}/{element.get('id')}"
    if not OSM_ID.fullmatch(unit_id):
        return about(number, tags, "it is not a node, way or relation with an id")
    try:
        # "name" and the like are the mappers' tags; an "id" or "sample" among them is not ours.
        named = {name: value for name, value in tags.items() if name not in ("id", "unit_id")}
        latitude, longitude, problem = _place(element)
        return row_of_properties(
            number,
            named,
            unit_id=unit_id,
            latitude=latitude,
            longitude=longitude,
            no_position=problem,
        )
    except RowUnreadable as error:  # told of this row; the others go on
        return about(number, tags, str(error))


def _place(element: dict[str, Any]) -> tuple[object, object, str]:
    """Return latitude, longitude, and why there are none."""
    bounds = element.get("bounds")
    try:
        if isinstance(bounds, dict):
            refuse_large(*(bounds[edge] for edge in ("minlon", "minlat", "maxlon", "maxlat")))
    except RowUnreadable as error:  # an area, and no compound: a doubt about its place
        return None, None, str(error)
    except (KeyError, TypeError):  # bounds are extra: without them the size is not known
        pass
    centre = element.get("center")
    place = centre if isinstance(centre, dict) else element
    if "lat" not in place:
        return None, None, "it has no position: end the query with 'out center;'"
    return place.get("lat"), place.get("lon"), ""

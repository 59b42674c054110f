"""A page that draws a directory of stations: one HTML file that needs nothing else.

The page's style and scripts lie beside this module, as plain files; here the data are put in, as
JSON that scripts only read. Nothing is left to the network: the page's Content-Security-Policy
allows its own style and script, by their hashes, and nothing else.
"""

import base64
import hashlib
import itertools
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from ess.domain.directory import DirectoryHead
from ess.domain.geo import AUTHALIC_RADIUS_M, Point
from ess.domain.jurisdiction import BOUNDARY_M, Polygon
from ess.domain.leaf import INDEX_K, Leaf
from ess.domain.opening_hours import is_open
from ess.domain.station import POLICE_STATION, Station
from ess.indexing.builder import MAX_LISTED
from operate.stations.arguments import JURISDICTIONS, time_text
from operate.stations.farthest import FarPlace
from operate.stations.outline import LANDS, SEAS

MOST_LEAVES = 10_000
"""A page carries no index with more leaves than this, except the leaf of the place asked for."""

MOST_VERTICES = 1_000_000
"""A page carries no jurisdictions that have more vertices than this together."""

_SCRIPTS = ("data", "sphere", "plane", "lookup", "chart", "panel", "main")
_SLOT = re.compile(r"<!-- (policy|style|data|script) -->")


@dataclass(frozen=True, slots=True)
class Question:
    """What the page asks when it is opened, and offers to ask anywhere else.

    Args:
        point: the place; None to wait for a click.
        k: how many stations.
        kinds: only these; None for all.
        open_only: only those that are open.
    """

    point: Point | None = None
    k: int = 3
    kinds: frozenset[str] | None = None
    open_only: bool = False


@dataclass(frozen=True, slots=True)
class FarPlaces:
    """The places farthest from any open station, and what was asked for.

    Args:
        places: their `nearest` are numbers of the picture's stations.
        apart_m, tolerance_m: as `operate.stations.farthest.farthest_places` takes them.
    """

    places: Sequence[FarPlace] = ()
    apart_m: float = 0.0
    tolerance_m: float = 0.0


@dataclass(frozen=True, slots=True)
class Picture:
    """What a page shows.

    Args:
        head: of the directory.
        stations: all of it, ordered by id.
        leaves: all leaves of its index, or fewer, ordered by start.
        at_s: when stations are open or closed, in seconds since 1970 (UTC).
        question: what is asked at first.
        far: places far from any open station.
        area: where those were looked for, drawn as the land.
        area_name: where `area` comes from; empty for the coarse outline of Thailand.
    """

    head: DirectoryHead
    stations: Sequence[Station]
    leaves: Sequence[Leaf]
    at_s: float
    question: Question = Question()
    far: FarPlaces = FarPlaces()
    area: Sequence[Polygon] = LANDS
    area_name: str = ""


def html(picture: Picture) -> bytes:
    """Return the page, in UTF-8."""
    style = _part("page.css")
    script = "(() => {\n" + "\n".join(_part(f"{name}.js") for name in _SCRIPTS) + "\n})();"
    parts = {
        "policy": f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
        "base-uri 'none'; form-action 'none'",
        "style": style,
        "script": script,
        "data": _json(_data(picture)),
    }
    # In one pass: what is put in is not looked at again.
    page = _SLOT.sub(lambda slot: parts[slot[1]], _part("page.html"))
    # Half a surrogate pair, which no UTF-8 can hold, becomes JSON's own \udxxx.
    return page.encode("utf-8", "backslashreplace")


def _part(name: str) -> str:
    return files(__name__).joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _json(value: Any) -> str:
    """Return JSON that may stand in a script element: names come from outside."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c")


# --- data -------------------------------------------------------------------------------------


def _data(picture: Picture) -> dict[str, Any]:
    head, stations, question = picture.head, picture.stations, picture.question
    kinds, areas = _kinds(stations), _areas(stations)
    provinces = {
        name: number for number, name in enumerate(dict.fromkeys(s.province for s in stations))
    }
    number_of = {station.unit_id: number for number, station in enumerate(stations)}
    return {
        "constants": {
            "RADIUS_M": AUTHALIC_RADIUS_M,
            "BOUNDARY_M": BOUNDARY_M,
            "INDEX_K": INDEX_K,
            "MOST_LISTED": MAX_LISTED,
        },
        "limits": {"leaves": MOST_LEAVES, "vertices": MOST_VERTICES},
        "head": {
            "label": head.label,
            "note": head.note,
            "published": time_text(head.published_at) if head.version else "",
            "leaves": head.leaves,
        },
        "at": f"{time_text(picture.at_s)} น.",
        "kinds": list(kinds),
        "provinces": list(provinces),
        "stations": _columns(stations, kinds, provinces, picture.at_s),
        "areas": areas,
        "leaves": [_leaf(leaf, number_of) for leaf in picture.leaves],
        # The jurisdictions are in the page already.
        "land": None if areas and picture.area_name == JURISDICTIONS else picture.area,
        "sea": SEAS,
        "far": {
            "places": [
                {**_place(place.point), "metres": place.distance_m, "station": place.nearest}
                for place in picture.far.places
            ],
            "apartM": picture.far.apart_m,
            "toleranceM": picture.far.tolerance_m,
            "within": picture.area_name,
            "kinds": _numbers(kinds, question.kinds),
        },
        "ask": {
            "point": _place(question.point) if question.point else None,
            "k": question.k,
            "kinds": _numbers(kinds, question.kinds),
            "open": question.open_only,
        },
    }


def _kinds(stations: Sequence[Station]) -> Mapping[str, int]:
    """Return numbers for the kinds: police first, they are what reports go to."""
    names = {station.kind for station in stations}
    ordered = sorted(names, key=lambda name: (name != POLICE_STATION, name))
    return {name: number for number, name in enumerate(ordered)}


def _numbers(kinds: Mapping[str, int], wanted: frozenset[str] | None) -> list[int] | None:
    return None if wanted is None else sorted(kinds[kind] for kind in wanted)


def _columns(
    stations: Sequence[Station],
    kinds: Mapping[str, int],
    provinces: Mapping[str, int],
    at_s: float,
) -> dict[str, Any]:
    listings = [station.listing for station in stations]
    hours = {n: one.opening_hours for n, one in enumerate(listings) if one.opening_hours}
    return {
        "id": [one.unit_id for one in listings],
        "th": [one.name_th for one in listings],
        "en": [one.name_en for one in listings],
        "lat": [one.point.latitude for one in listings],
        "lon": [one.point.longitude for one in listings],
        "kind": [kinds[one.kind] for one in listings],
        "province": [provinces[one.province] for one in listings],
        "phone": [one.phone for one in listings],
        "hours": hours,
        "open": _bits(is_open(one.opening_hours, at_s) for one in listings),
        "sample": _bits(one.sample for one in listings),
    }


def _bits(truths: Any) -> str:
    return "".join("1" if truth else "0" for truth in truths)


def _areas(stations: Sequence[Station]) -> list[Any] | None:
    areas = [(n, one.jurisdiction) for n, one in enumerate(stations) if one.jurisdiction]
    lengths = (len(ring) for _, area in areas for ring in area.rings)
    if any(total > MOST_VERTICES for total in itertools.accumulate(lengths)):
        return None
    # Rounded as the leaves have it: the smaller area owns a place.
    return [(number, round(area.area_m2), area.polygons) for number, area in areas]


def _leaf(leaf: Leaf, number_of: Mapping[str, int]) -> tuple[Any, ...]:
    numbers = [number_of[listing.unit_id] for listing in leaf.listings]
    return (
        leaf.cell.start.rstrip("0"),
        leaf.cell.bits,
        None if leaf.complete_m == float("inf") else leaf.complete_m,
        numbers,
        [numbers[area.listing] for area in leaf.areas],
    )


def _place(point: Point) -> dict[str, float]:
    return {"lat": point.latitude, "lon": point.longitude}

"""A leaf of the station index: everything that a lookup anywhere in one cell needs.

The cells of the leaves tile the earth. What a leaf says holds for *every* point of its cell:

1. the `INDEX_K` nearest stations, by distance and then id, are all listed;
2. no station that is not listed is nearer than `complete_m`.

Who looks up a point may so trust each listed station that is nearer than `complete_m`, or that is
among the `INDEX_K` nearest of the list: nothing off the list comes before it.
`ess.indexing.builder` makes leaves and says why both hold.
"""

import json
import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ess.domain.geo import Point
from ess.domain.geohash import Cell
from ess.domain.jurisdiction import JurisdictionPart
from ess.domain.station import Listing

INDEX_K = 10
"""So many nearest stations a leaf lists for certain: the most that a lookup may ask for."""

PARTITION_LENGTH = 1
"""Geohash characters that choose a leaf's partition; no leaf is larger than such a cell."""

MIN_BITS = 5 * PARTITION_LENGTH


@dataclass(frozen=True, slots=True)
class LeafArea:
    """What a leaf knows of one unit's jurisdiction.

    Args:
        listing: the number of the unit in the leaf's list.
        area_m2: size of the whole jurisdiction in square metres.
        part: what of it touches the cell or comes within 100 m of it.
    """

    listing: int
    area_m2: float
    part: JurisdictionPart


@dataclass(frozen=True, slots=True)
class Leaf:
    """What is known of one cell; see the module.

    Args:
        cell: where it holds.
        listings: candidates, ordered by id.
        complete_m: metres; infinite when every station there is is listed.
        areas: jurisdictions, ordered by the unit's id.
    """

    cell: Cell
    listings: tuple[Listing, ...]
    complete_m: float
    areas: tuple[LeafArea, ...] = ()

    def certain(self, rank: int, distance_m: float) -> bool:
        """Tell whether no station off the list comes before a listed one.

        Args:
            rank: its place in the list by distance and id, 0 for the nearest.
            distance_m: how far it is, in metres.
        """
        return rank < INDEX_K or distance_m < self.complete_m


@dataclass(frozen=True, slots=True)
class PackedLeaf:
    """A leaf as it is stored.

    Args:
        cell: where it holds.
        body: deflated JSON (RFC 1951): Thai names shrink to less than half.
    """

    cell: Cell
    body: bytes

    @property
    def start(self) -> str:
        """Return its sort key: the leaf of a point is the last one that does not start after it."""
        return self.cell.start


def pack_listing(listing: Listing) -> bytes:
    """Return `listing` as a leaf's body holds it, made once however many leaves name it."""
    values = (
        listing.unit_id,
        listing.name_th,
        listing.name_en,
        listing.point.latitude,
        listing.point.longitude,
        listing.kind,
        listing.province,
        listing.phone,
        listing.opening_hours,
        int(listing.sample),
    )
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()


def pack(
    cell: Cell, listings: Sequence[bytes], complete_m: float, areas: Sequence[LeafArea] = ()
) -> PackedLeaf:
    """Return a leaf as it is stored.

    Args:
        listings: each as `pack_listing` writes it.
        complete_m: metres, rounded down to whole ones here.
    """
    known = {
        "m": None if math.isinf(complete_m) else math.floor(complete_m),
        "a": [
            (a.listing, round(a.area_m2), int(a.part.corner_inside), a.part.chains) for a in areas
        ],
    }
    text = json.dumps(known, separators=(",", ":")).encode()
    body = b"[" + text + b",[" + b",".join(listings) + b"]]"
    deflate = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return PackedLeaf(cell, deflate.compress(body) + deflate.flush())


def unpack(packed: PackedLeaf) -> Leaf:
    """Return the leaf that `pack` was given.

    Raises:
        KeyError, TypeError, ValueError: it is not what `pack` writes.
    """
    try:
        text = zlib.decompress(packed.body, wbits=-zlib.MAX_WBITS)
    except zlib.error as error:
        raise ValueError("a leaf's body is not deflated JSON") from error
    known, rows = json.loads(text)
    return Leaf(
        cell=packed.cell,
        listings=tuple(map(_unpack_listing, rows)),
        complete_m=math.inf if known["m"] is None else known["m"],
        areas=tuple(
            LeafArea(
                number,
                area_m2,
                JurisdictionPart(
                    bool(inside), tuple(tuple((x, y) for x, y in chain) for chain in chains)
                ),
            )
            for number, area_m2, inside, chains in known["a"]
        ),
    )


def _unpack_listing(row: list[Any]) -> Listing:
    unit_id, name_th, name_en, latitude, longitude, kind, province, phone, hours, sample = row
    point = Point(latitude, longitude)
    return Listing(
        unit_id, name_th, name_en, point, kind, province, phone, hours, sample=bool(sample)
    )

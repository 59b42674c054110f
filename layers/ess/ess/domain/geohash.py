"""Geohash: a point as a string whose prefixes are ever larger cells.

The base-32 code of Gustavo Niemeyer (geohash.org, 2008): bits of longitude and latitude
interleaved, longitude first, five to a character. Between the levels of characters lie those of
single bits: `Cell` names a cell of any of them.
"""

from dataclasses import dataclass

from ess.domain.errors import InvalidPoint
from ess.domain.geo import Box, Point

MAX_LENGTH = 12
"""Characters of the finest cell: 30 bits a coordinate, at most 38 mm by 19 mm."""

MAX_BITS = 5 * MAX_LENGTH
"""Bits of the finest cell."""

ALPHABET = "0123456789bcdefghjkmnpqrstuvwxyz"
"""The 32 characters of a geohash, in the order of their cells."""

_VALUES = {letter: value for value, letter in enumerate(ALPHABET)}


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the binary tree in which every fifth level is one of geohash cells.

    A cell contains its southern and western edges; the northernmost and easternmost cells
    (latitude 90, longitude 180) contain those too, so that every point has a cell.

    Args:
        bits: how often the earth was halved, in turns by longitude and by latitude: 0 to 60.
        path: which half was taken each time (1 for the eastern or northern one), the first one in
            the highest of `bits` bits.
    """

    bits: int
    path: int

    @property
    def start(self) -> str:
        """Return the geohash, 12 characters long, of the finest cell in its southwest corner.

        Starts sort as the cells of a level do, and a cell's own finest cells come before the start
        of the next one.
        """
        path = self.path << (MAX_BITS - self.bits)
        return "".join(ALPHABET[path >> shift & 31] for shift in range(MAX_BITS - 5, -1, -5))

    @property
    def box(self) -> Box:
        """Return its edges in degrees, exactly."""
        column = row = 0
        for bit in range(self.bits):
            one = self.path >> (self.bits - 1 - bit) & 1
            if bit % 2:
                row = row << 1 | one
            else:
                column = column << 1 | one
        lon_bits, lat_bits = (self.bits + 1) // 2, self.bits // 2
        return Box(
            south=_edge(row, 90, lat_bits),
            west=_edge(column, 180, lon_bits),
            north=_edge(row + 1, 90, lat_bits),
            east=_edge(column + 1, 180, lon_bits),
        )

    @property
    def halves(self) -> tuple["Cell", "Cell"]:
        """Return its two halves, in the order of their `start`."""
        return Cell(self.bits + 1, self.path << 1), Cell(self.bits + 1, self.path << 1 | 1)

    def holds(self, point: Point) -> bool:
        """Tell whether `point` lies in it."""
        return cell_of(point, self.bits) == self


def cell_of(point: Point, bits: int = MAX_BITS) -> Cell:
    """Return the cell of `bits` bits (0 to 60) that holds `point`."""
    lon_bits, lat_bits = (bits + 1) // 2, bits // 2
    column = _index(point.longitude, 180, lon_bits)
    row = _index(point.latitude, 90, lat_bits)
    path = 0
    for bit in range(bits):
        source, width = (row, lat_bits) if bit % 2 else (column, lon_bits)
        path = path << 1 | (source >> (width - 1 - bit // 2)) & 1
    return Cell(bits, path)


def encode(point: Point, length: int = MAX_LENGTH) -> str:
    """Return the geohash of `point` with `length` characters (1 to 12).

    Raises:
        ValueError: `length` is out of range.
    """
    if not 1 <= length <= MAX_LENGTH:
        raise ValueError(f"length must be 1 to {MAX_LENGTH}")
    return cell_of(point, 5 * length).start[:length]


def cell_named(geohash: str) -> Cell:
    """Return the cell of a geohash of 1 to 12 characters.

    Raises:
        InvalidPoint: it is not a geohash.
    """
    if not 1 <= len(geohash) <= MAX_LENGTH or any(letter not in _VALUES for letter in geohash):
        raise InvalidPoint("not a geohash")
    path = 0
    for letter in geohash:
        path = path << 5 | _VALUES[letter]
    return Cell(5 * len(geohash), path)


def bounds(geohash: str) -> Box:
    """Return the edges in degrees of the cell of a geohash of 1 to 12 characters, exactly.

    Raises:
        InvalidPoint: it is not a geohash.
    """
    return cell_named(geohash).box


def neighbours(geohash: str) -> list[str]:
    """Return the cells of the same length around a geohash's: eight, five beside a pole.

    Raises:
        InvalidPoint: it is not a geohash.
    """
    box = bounds(geohash)
    height, width = box.north - box.south, box.east - box.west
    middle, centre = (box.south + box.north) / 2, (box.west + box.east) / 2
    around: dict[str, None] = {}
    for up in (-1, 0, 1):
        latitude = middle + up * height
        if not -90 < latitude < 90:
            continue
        for right in (-1, 0, 1):
            # The last cell in the east lies beside the first in the west.
            longitude = (centre + right * width + 180) % 360 - 180
            around[encode(Point(latitude, longitude), len(geohash))] = None
    return [cell for cell in around if cell != geohash]


def _edge(index: int, limit: int, bits: int) -> float:
    """Return the lower edge of interval `index`: exact, as its 36 bits fit a float's 53."""
    return float(index * 2 * limit - (limit << bits)) / (1 << bits)


def _index(degrees: float, limit: int, bits: int) -> int:
    """Return the interval that holds `degrees`, right also where the division rounds up."""
    last = (1 << bits) - 1
    index = min(int((degrees + limit) / (2 * limit) * (1 << bits)), last)
    return index - 1 if degrees < _edge(index, limit, bits) else index

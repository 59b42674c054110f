"""Geohash: a point as a string whose prefixes are ever larger cells.

The base-32 code of Gustavo Niemeyer (geohash.org, 2008): bits of longitude and latitude
interleaved, longitude first, five to a character.
"""

from ess.domain.errors import InvalidPoint
from ess.domain.geo import Box, Point

MAX_LENGTH = 12
"""Characters of the finest cell: 30 bits a coordinate, at most 38 mm by 19 mm."""

_ALPHABET = "0123456789bcdefghjkmnpqrstuvwxyz"
_VALUES = {letter: value for value, letter in enumerate(_ALPHABET)}


def encode(point: Point, length: int = MAX_LENGTH) -> str:
    """Return the geohash of `point` with `length` characters (1 to 12).

    A cell contains its southern and western edges; the northernmost and easternmost cells
    (latitude 90, longitude 180) contain those too, so that every point has a cell.

    Raises:
        ValueError: `length` is out of range.
    """
    if not 1 <= length <= MAX_LENGTH:
        raise ValueError(f"length must be 1 to {MAX_LENGTH}")
    bits = 5 * length
    lon_bits, lat_bits = (bits + 1) // 2, bits // 2
    column = _index(point.longitude, 180, lon_bits)
    row = _index(point.latitude, 90, lat_bits)
    letters = []
    for position in range(length):
        value = 0
        for bit in range(5 * position, 5 * position + 5):
            source, width = (row, lat_bits) if bit % 2 else (column, lon_bits)
            value = value << 1 | (source >> (width - 1 - bit // 2)) & 1
        letters.append(_ALPHABET[value])
    return "".join(letters)


def bounds(cell: str) -> Box:
    """Return the edges of the geohash cell `cell` (1 to 12 characters), exactly.

    Raises:
        InvalidPoint: it is not a geohash.
    """
    if not 1 <= len(cell) <= MAX_LENGTH or any(letter not in _VALUES for letter in cell):
        raise InvalidPoint("not a geohash")
    column = row = 0
    for bit in range(5 * len(cell)):
        one = _VALUES[cell[bit // 5]] >> (4 - bit % 5) & 1
        if bit % 2:
            row = row << 1 | one
        else:
            column = column << 1 | one
    lon_bits, lat_bits = (5 * len(cell) + 1) // 2, 5 * len(cell) // 2
    return Box(
        south=_edge(row, 90, lat_bits),
        west=_edge(column, 180, lon_bits),
        north=_edge(row + 1, 90, lat_bits),
        east=_edge(column + 1, 180, lon_bits),
    )


def _edge(index: int, limit: int, bits: int) -> float:
    """Return the lower edge of interval `index`: exact, as its 36 bits fit a float's 53."""
    return float(index * 2 * limit - (limit << bits)) / (1 << bits)


def _index(degrees: float, limit: int, bits: int) -> int:
    """Return the interval that holds `degrees`, right also where the division rounds up."""
    last = (1 << bits) - 1
    index = min(int((degrees + limit) / (2 * limit) * (1 << bits)), last)
    return index - 1 if degrees < _edge(index, limit, bits) else index

"""Geohash cells as columns and rows of a grid: neighbours, rings, and codes of a million points."""

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ess.domain.geo import AUTHALIC_RADIUS_M, Point
from ess.domain.geohash import MAX_LENGTH, encode

_ALPHABET = "0123456789bcdefghjkmnpqrstuvwxyz"


class Place(NamedTuple):
    """A cell, counted from west and south."""

    column: int
    row: int


class Grid:
    """The cells of geohashes of one length."""

    def __init__(self, length: int) -> None:
        self.length = length
        self._lon_bits, self._lat_bits = (5 * length + 1) // 2, 5 * length // 2
        self.columns, self.rows = 1 << self._lon_bits, 1 << self._lat_bits

    def place(self, point: Point) -> Place:
        """Return the cell of a point."""
        column = row = 0
        for at, letter in enumerate(encode(point, self.length)):
            value = _ALPHABET.index(letter)
            for bit in range(5):
                one = value >> (4 - bit) & 1
                if (5 * at + bit) % 2:
                    row = row << 1 | one
                else:
                    column = column << 1 | one
        return Place(column, row)

    def code(self, place: Place) -> str:
        """Return the geohash of a cell."""
        letters = []
        for at in range(0, 5 * self.length, 5):
            value = 0
            for bit in range(at, at + 5):
                source, width = (
                    (place.row, self._lat_bits) if bit % 2 else (place.column, self._lon_bits)
                )
                value = value << 1 | (source >> (width - 1 - bit // 2)) & 1
            letters.append(_ALPHABET[value])
        return "".join(letters)

    def ring(self, centre: Place, radius: int) -> Iterator[Place]:
        """Yield the cells `radius` steps away, across the antimeridian, but not over the poles."""
        columns = self._columns_within(centre.column, radius)
        inner = self._columns_within(centre.column, radius - 1)
        for row in range(centre.row - radius, centre.row + radius + 1):
            if not 0 <= row < self.rows:
                continue
            whole = abs(row - centre.row) == radius
            for column in columns if whole else columns - inner:
                yield Place(column, row)

    def _columns_within(self, column: int, radius: int) -> frozenset[int]:
        return frozenset((column + step) % self.columns for step in range(-radius, radius + 1))

    def clear_m(self, point: Point, centre: Place, radius: int) -> float:
        """Return a distance that everything outside the rings up to `radius` is beyond.

        Whoever leaves the block of cells crosses one of its edges: a parallel, which is nearest
        straight north or south, or a meridian, which is nearest at the foot of the perpendicular
        (sin d = cos phi sin delta), or at the pole if it is more than 90 degrees of longitude away.

        Args:
            point: in the cell `centre`.
            centre: the middle of the rings.
            radius: of the outermost ring, in cells.

        Returns:
            Metres, less 1e-9 of it and a millimetre for rounding; infinity for the whole earth.
        """
        height, width = 180 / self.rows, 360 / self.columns
        gaps = []
        if centre.row - radius > 0:
            gaps.append(math.radians(point.latitude + 90 - (centre.row - radius) * height))
        if centre.row + radius + 1 < self.rows:
            gaps.append(math.radians((centre.row + radius + 1) * height - 90 - point.latitude))
        if 2 * radius + 1 < self.columns:
            west = point.longitude + 180 - (centre.column - radius) * width
            east = (2 * radius + 1) * width - west
            gaps += [_to_meridian(point, west), _to_meridian(point, east)]
        return AUTHALIC_RADIUS_M * min(gaps, default=math.inf) * (1 - 1e-9) - 0.001


def _to_meridian(point: Point, delta_deg: float) -> float:
    phi = math.radians(point.latitude)
    if delta_deg >= 90:
        return math.pi / 2 - abs(phi)
    return math.asin(math.cos(phi) * math.sin(math.radians(delta_deg)))


def encode_all(latitudes: NDArray[np.float64], longitudes: NDArray[np.float64]) -> list[str]:
    """Return the 12-character geohashes of many points, as `encode` gives them one by one."""
    half = 5 * MAX_LENGTH // 2
    bits = (_indexes(longitudes, 180, half), _indexes(latitudes, 90, half))
    letters = np.zeros((len(latitudes), MAX_LENGTH), np.uint8)
    for bit in range(5 * MAX_LENGTH):
        one = bits[bit % 2] >> np.int64(half - 1 - bit // 2) & 1
        letters[:, bit // 5] |= (one << (4 - bit % 5)).astype(np.uint8)
    codes = np.frombuffer(_ALPHABET.encode(), np.uint8)[letters]
    joined = codes.tobytes().decode()
    return [joined[at : at + MAX_LENGTH] for at in range(0, len(joined), MAX_LENGTH)]


def _indexes(degrees: NDArray[np.float64], limit: int, bits: int) -> NDArray[np.int64]:
    steps = 1 << bits
    index = np.minimum((degrees + limit) / (2 * limit) * steps, steps - 1).astype(np.int64)
    # Where the division rounded up, as in `ess.domain.geohash`.
    edges = (index * 2 * limit - (limit << bits)) / steps
    return index - (degrees < edges)

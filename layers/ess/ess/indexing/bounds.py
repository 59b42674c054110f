"""How near and how far the points of a cell can be to many stations at once, without trigonometry.

Stations and places are unit vectors, and distance is compared by its cosine, the dot product: the
greater, the nearer.

The greatest dot product over a cell. Let x = (cos f cos l, cos f sin l, sin f) run over the cell
(latitude f from s to n, longitude l from w to e, at most 90 degrees wide) and v be any vector.
Then x.v = cos f A(l) + vz sin f with A(l) = vx cos l + vy sin l. As cos f >= 0, the greatest value
has the greatest A whatever f is: A* = hypot(vx, vy) if the direction of (vx, vy) lies between w and
e, else the greater of A(w) and A(e), for A is a cosine and falls with the angle from its crest.
What is left, A* cos f + vz sin f, is a cosine in f as well: its crest hypot(A*, vz) lies within the
cell exactly when its slope is positive at s and negative at n (both are less than 90 degrees apart,
so there is no second change of sign); otherwise an end is greatest. All cases are compared exactly;
where rounding takes one crest for inside that is just outside, the value is too great by less than
the square of that rounding.

The least dot product is minus the greatest one of -v.

Rounding: each component of a unit vector is off by at most 2^-52, and the sums of three products of
numbers up to 1 by a few units of 2^-53 more: less than 2e-15 in all. `SLACK` is five times that. As
d(cos t) = sin t dt, a difference of `SLACK` is 64 nanometres or more on the ground, above the
rounding of `ess.domain.geo.distance_m` (some nanometres), so that "nearer by more than the slack"
here means "nearer" there too.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ess.domain.geo import AUTHALIC_RADIUS_M, Box

Floats = NDArray[np.float64]

SLACK = 1e-14
"""Cosines that differ by no more than this count as equal."""

_SHORT = 1 - 1e-9
_SHORT_M = 0.001


@dataclass(frozen=True, slots=True)
class Corners:
    """A cell by the sines and cosines of its edges.

    Args:
        cos_w, sin_w, cos_e, sin_e: of the western and eastern longitude, at most 90 degrees apart.
        cos_s, sin_s, cos_n, sin_n: of the southern and northern latitude.
    """

    cos_w: float
    sin_w: float
    cos_e: float
    sin_e: float
    cos_s: float
    sin_s: float
    cos_n: float
    sin_n: float


def corners_of(box: Box) -> Corners:
    """Return the corners of `box`, which is at most 90 degrees wide and high."""
    edges = (box.west, box.east, box.south, box.north)
    pairs = [(math.cos(a), math.sin(a)) for a in map(math.radians, edges)]
    return Corners(*(number for pair in pairs for number in pair))


def unit_vectors(latitudes: Floats, longitudes: Floats) -> tuple[Floats, Floats, Floats]:
    """Return x (towards 0 N 0 E), y (0 N 90 E) and z (north) of places given in degrees."""
    phi, lam = np.radians(latitudes), np.radians(longitudes)
    return np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)


def greatest_dot(cell: Corners, x: Floats, y: Floats, z: Floats) -> Floats:
    """Return the greatest dot product of each vector with any unit vector of the cell."""
    at_w = x * cell.cos_w + y * cell.sin_w
    at_e = x * cell.cos_e + y * cell.sin_e
    across = np.maximum(at_w, at_e)
    # The direction is east of the western edge and west of the eastern one: its crest is inside.
    inside = (y * cell.cos_w >= x * cell.sin_w) & (x * cell.sin_e >= y * cell.cos_e)
    across[inside] = np.hypot(x[inside], y[inside])
    at_s = across * cell.cos_s + z * cell.sin_s
    at_n = across * cell.cos_n + z * cell.sin_n
    greatest = np.maximum(at_s, at_n)
    rising = z * cell.cos_s > across * cell.sin_s
    falling = z * cell.cos_n < across * cell.sin_n
    crest = rising & falling
    greatest[crest] = np.hypot(across[crest], z[crest])
    return greatest


def least_dot(cell: Corners, x: Floats, y: Floats, z: Floats) -> Floats:
    """Return the least dot product of each vector with any unit vector of the cell."""
    return -greatest_dot(cell, -x, -y, -z)


def beaten_everywhere(
    cell: Corners,
    vectors: tuple[Floats, Floats, Floats],
    asked: NDArray[np.intp],
    rivals: NDArray[np.intp],
    times: int,
) -> NDArray[np.bool_]:
    """Tell which of `asked` have `times` others that are nearer on all of the cell.

    p is nearer than s at a place q exactly when q.(s - p) < 0; so p beats s everywhere exactly when
    the greatest dot product of s - p with the cell is negative. Without this test stations that are
    nearly equally near, as two beside each other seen from afar, would split cells without end.

    Args:
        vectors: of all stations.
        asked: numbers of the stations that are asked about.
        rivals: numbers of the stations that they are compared with.
        times: at least 1.
    """
    differences = [(v[asked][:, None] - v[rivals][None, :]).ravel() for v in vectors]  # s - p
    beats = greatest_dot(cell, *differences).reshape(len(asked), len(rivals)) < -SLACK
    beaten: NDArray[np.bool_] = np.count_nonzero(beats, axis=1) >= times
    return beaten


def certain_distance_m(cosine: float) -> float:
    """Return a distance in metres that a place whose computed cosine is `cosine` surely has.

    Infinite for minus infinity: there is no such place.
    """
    if math.isinf(cosine):
        return math.inf
    angle = math.acos(max(-1.0, min(1.0, cosine + SLACK)))
    return max(0.0, AUTHALIC_RADIUS_M * angle * _SHORT - _SHORT_M)

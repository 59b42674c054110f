"""Points on the earth, and distances between them and to cells of latitude and longitude.

The earth is the WGS84 authalic sphere: the sphere with the ellipsoid's surface area. Great-circle
distance on it differs from the geodesic on the ellipsoid by less than 0.56 %.
"""

import math
from dataclasses import dataclass

from ess.domain.errors import InvalidPoint

AUTHALIC_RADIUS_M = 6_371_007.18
"""Radius in metres of the sphere with WGS84's surface area (Snyder, Map Projections - A Working
Manual, USGS PP 1395, eq. 3-13; a = 6378137 m, f = 1/298.257223563)."""

_RELATIVE_SLACK = 1e-9
_SLACK_M = 0.001


@dataclass(frozen=True, slots=True)
class Point:
    """A place on the earth, in degrees WGS84.

    Args:
        latitude: -90 (south pole) to 90 (north pole).
        longitude: -180 to 180, east positive; both ends are the same meridian.

    Raises:
        InvalidPoint: a coordinate is not a number, not finite or out of range.
    """

    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "latitude", _degrees("latitude", self.latitude, 90))
        object.__setattr__(self, "longitude", _degrees("longitude", self.longitude, 180))


@dataclass(frozen=True, slots=True)
class Box:
    """A cell of latitude and longitude with its edges, in degrees; `west` <= `east`."""

    south: float
    west: float
    north: float
    east: float


def _degrees(name: str, value: object, limit: int) -> float:
    # The value itself stays out of the message: it may be where somebody is hiding.
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidPoint(f"{name} must be a number, not {type(value).__name__}")
    if isinstance(value, float) and not math.isfinite(value):
        raise InvalidPoint(f"{name} must be finite")
    if not -limit <= value <= limit:
        raise InvalidPoint(f"{name} must be between -{limit} and {limit} degrees")
    return float(value)


def distance_m(start: Point, end: Point) -> float:
    """Return the great-circle distance in metres, 0 to half the circumference (20,015,109 m).

    Vincenty's formula with zero flattening (Survey Review 23 no. 176, 1975): unlike haversine and
    the law of cosines it keeps its accuracy (nanometres) both for near and for antipodal points.
    """
    phi_1, phi_2 = math.radians(start.latitude), math.radians(end.latitude)
    delta = math.radians(_turn(start.longitude, end.longitude))
    across = math.cos(phi_2) * math.sin(delta)
    along = _along(phi_1, phi_2, delta)
    cosine = math.sin(phi_1) * math.sin(phi_2) + math.cos(phi_1) * math.cos(phi_2) * math.cos(delta)
    return AUTHALIC_RADIUS_M * math.atan2(math.hypot(across, along), cosine)


def initial_bearing_deg(start: Point, end: Point) -> float:
    """Return the direction in which `end` lies as seen from `start`.

    Degrees clockwise from north, 0 <= bearing < 360; 0 when the points coincide.
    """
    phi_1, phi_2 = math.radians(start.latitude), math.radians(end.latitude)
    delta = math.radians(_turn(start.longitude, end.longitude))
    bearing = math.atan2(math.cos(phi_2) * math.sin(delta), _along(phi_1, phi_2, delta))
    degrees = math.degrees(bearing) % 360
    return 0.0 if degrees == 360 else degrees  # -1e-17 % 360 rounds up to 360


def least_distance_m(point: Point, box: Box) -> float:
    """Return a distance in metres that no point of `box`, edges included, is nearer than.

    Within the box's longitudes the nearest point lies straight north or south. Elsewhere it lies
    on the nearer meridian edge, since at equal latitude distance grows with the difference in
    longitude, delta. The great circle through the edge is nearest to the point at the foot
    of the perpendicular, at latitude atan2(sin phi, cos phi cos delta) and with
    sin(distance) = cos phi sin delta (Napier's rules). Distance grows with each step along the edge
    away from the foot, so if the foot lies beyond the edge, an end of the edge is nearest; so it
    does, beyond a pole (more than 90 degrees), wherever delta is more than 90 degrees.

    Clamping latitude and longitude to the box instead is not a lower bound: away from the equator
    the nearest point of a meridian edge lies poleward of the parallel.

    Slack of 1e-9 of the distance and 1 mm stays far above the rounding of this and of
    `distance_m`, so that the bound holds for computed distances too.
    """
    offset = (point.longitude - box.west) % 360
    width = box.east - box.west
    if offset <= width:
        gap = max(box.south - point.latitude, point.latitude - box.north, 0.0)
        least = AUTHALIC_RADIUS_M * math.radians(gap)
    else:
        east_is_nearer = offset - width <= 360 - offset
        edge = box.east if east_is_nearer else box.west
        least = _distance_to_meridian_edge_m(
            point, edge, min(offset - width, 360 - offset), box.south, box.north
        )
    return max(0.0, least * (1 - _RELATIVE_SLACK) - _SLACK_M)


def _distance_to_meridian_edge_m(
    point: Point, edge: float, delta_deg: float, south: float, north: float
) -> float:
    phi, delta = math.radians(point.latitude), math.radians(delta_deg)
    foot = math.degrees(math.atan2(math.sin(phi), math.cos(phi) * math.cos(delta)))
    if south <= foot <= north:
        return AUTHALIC_RADIUS_M * math.asin(min(1.0, math.cos(phi) * math.sin(delta)))
    return min(distance_m(point, Point(south, edge)), distance_m(point, Point(north, edge)))


def _turn(start: float, end: float) -> float:
    """Return the shorter turn from one longitude to another, -180 to 180 degrees, exactly."""
    return math.remainder(end - start, 360)


def _along(phi_1: float, phi_2: float, delta: float) -> float:
    return math.cos(phi_1) * math.sin(phi_2) - math.sin(phi_1) * math.cos(phi_2) * math.cos(delta)

"""Points that attack a lookup, for Hypothesis."""

import math

from hypothesis import strategies as st

from ess.domain.geo import Point
from ess.domain.station import Station

LAT_EDGES = [-90 + 5.625 * i for i in range(33)]
LON_EDGES = [-180 + 11.25 * i for i in range(33)]
A_MILLIMETRE = 9e-9  # degrees of latitude


def _around(edges, limit):
    """Values on cell edges, one float beside them, a millimetre and some metres beside them."""
    beside = st.sampled_from([0.0, A_MILLIMETRE, -A_MILLIMETRE, 1e-4, -1e-4])
    near = st.builds(lambda edge, off: max(-limit, min(limit, edge + off)), edges, beside)
    next_float = st.builds(
        lambda edge, up: max(
            -limit, min(limit, math.nextafter(edge, math.inf if up else -math.inf))
        ),
        edges,
        st.booleans(),
    )
    return near | next_float


latitudes = st.one_of(
    st.floats(-90, 90),
    _around(st.sampled_from(LAT_EDGES), 90),
    st.floats(89, 90),
    st.floats(-90, -89),
)
longitudes = st.one_of(
    st.floats(-180, 180),
    _around(st.sampled_from(LON_EDGES), 180),
    st.floats(179.9, 180),
    st.floats(-180, -179.9),
)
points = st.builds(Point, latitudes, longitudes)


def _shifted(centre, north, east):
    return Point(
        max(-90.0, min(90.0, centre.latitude + north)),
        math.remainder(centre.longitude + east, 360),
    )


def _clusters(spread):
    offset = st.floats(-spread, spread)
    return points.flatmap(
        lambda centre: st.lists(
            st.builds(_shifted, st.just(centre), offset, offset), min_size=1, max_size=12
        )
    )


def _line(start, north, east, count):
    return [_shifted(start, north * i, east * i) for i in range(count)]


step = st.floats(-3, 3)
crowds = st.one_of(
    st.lists(points, max_size=25),
    _clusters(1e-7),
    _clusters(0.05),
    _clusters(8.0),
    st.builds(_line, points, step, step, st.integers(1, 15)),
    st.builds(lambda point, count: [point] * count, points, st.integers(1, 14)),
    st.lists(st.lists(points, max_size=8) | _clusters(0.5), max_size=4).map(
        lambda groups: [p for group in groups for p in group]
    ),
)
throngs = st.lists(crowds, min_size=1, max_size=8).map(lambda some: [p for c in some for p in c])


def stations_at(crowd):
    """Stations at the points given; ids in no order that distance could have."""
    ids = [f"{(i * 7) % 100:02d}-{i}" for i in range(len(crowd))]
    return [Station(i, f"สภ.{i}", f"Station {i}", p) for i, p in zip(ids, crowd, strict=True)]

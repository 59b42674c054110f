"""Positions of rows: swapped, projected, abroad, nowhere."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ess.domain.geo import Point
from ess.domain.station_doubts import Doubt
from ess.domain.station_positions import read_position

THAT_PHANOM = Point(16.942, 104.717)


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [
        (16.942, 104.717),
        ("16.942", "104.717"),
        (" 16.942 ", "104.717°"),
        ("16,942", "104,717"),
        ("๑๖.๙๔๒", "๑๐๔.๗๑๗"),
        ("16.942 N", "104.717° e"),
        ("+16.942", "+104.717"),
    ],
)
def test_positions_in_many_spellings(latitude, longitude):
    position = read_position(latitude, longitude)
    assert (position.point, position.finding) == (THAT_PHANOM, None)


@pytest.mark.parametrize(
    ("latitude", "longitude", "doubt", "reason"),
    [
        (104.717, 16.942, Doubt.SWAPPED, "swap places"),
        ("104.717", "16.942", Doubt.SWAPPED, "swap places"),
        (1_873_500, 470_000, Doubt.PROJECTED, "UTM"),
        (470_000, 1_873_500, Doubt.PROJECTED, "UTM"),
        ("1873500.25", "470000.5", Doubt.PROJECTED, "UTM"),
        (1_900_000, 1_110_000, Doubt.PROJECTED, "UTM"),  # zone 47, far beyond its edge
        (1_915_000, 11_657_000, Doubt.PROJECTED, "Web Mercator"),
        (35.68, 139.76, Doubt.OUTSIDE, "outside Thailand"),
        (-16.942, 104.717, Doubt.OUTSIDE, "outside Thailand"),
        ("16.942S", "104.717", Doubt.OUTSIDE, "outside Thailand"),
        (0, 0, Doubt.OUTSIDE, "0, 0"),
        (9.5, 101.0, Doubt.OUTSIDE, "at sea"),
        (139.76, 35.68, Doubt.NO_POSITION, "latitude must be between"),
        (5_000_000, 5_000_000, Doubt.NO_POSITION, "latitude must be between"),
        (None, 104.717, Doubt.NO_POSITION, "no latitude"),
        (16.942, "", Doubt.NO_POSITION, "no longitude"),
        ("16°56'", "104.717", Doubt.NO_POSITION, "latitude is not a number"),
        (math.nan, 104.717, Doubt.NO_POSITION, "latitude is not a number"),
        (16.942, math.inf, Doubt.NO_POSITION, "longitude is not a number"),
        (True, 104.717, Doubt.NO_POSITION, "latitude is not a number"),
        ([16.942], 104.717, Doubt.NO_POSITION, "latitude is not a number"),
        ("nan", "inf", Doubt.NO_POSITION, "latitude is not a number"),
    ],
)
def test_doubtful_positions(latitude, longitude, doubt, reason):
    finding = read_position(latitude, longitude).finding
    assert finding.doubt is doubt
    assert reason in finding.reason


def test_a_swapped_position_is_the_one_meant():
    assert read_position(104.717, 16.942).point == THAT_PHANOM


def test_what_is_elsewhere_stays_where_it_is():
    assert read_position(35.68, 139.76).point == Point(35.68, 139.76)


@given(st.floats() | st.integers() | st.text(max_size=8), st.floats() | st.text(max_size=8))
def test_nothing_makes_it_fail(latitude, longitude):
    position = read_position(latitude, longitude)
    assert position.point is not None or position.finding is not None

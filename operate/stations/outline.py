"""The coarse outline of Thailand and its seas, in GeoJSON's order of coordinates."""

from collections.abc import Sequence

from ess.domain.jurisdiction import Polygon, Ring
from ess.domain.service_area_outlines import ISLANDS, MAINLAND
from ess.domain.service_area_outlines import SEAS as SEAS_OUTLINES


def _ring(corners: Sequence[tuple[float, float]]) -> Ring:
    return tuple((longitude, latitude) for latitude, longitude in (*corners, corners[0]))


LANDS: tuple[Polygon, ...] = tuple((_ring(corners),) for corners in (MAINLAND, *ISLANDS))
"""The mainland and groups of islands; drawn by hand, some kilometres outside of the true border."""

SEAS: tuple[Polygon, ...] = tuple((_ring(corners),) for corners in SEAS_OUTLINES)

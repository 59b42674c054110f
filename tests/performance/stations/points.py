"""Stations and places to look up: the nation's, and made-up worlds of any size.

The nation's come from ../shared/data beside the repository, which is no part of it; where that is
absent, made-up ones of the same number stand in and their label says so.
"""

import csv
import json
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ess.domain.geo import Point
from ess.domain.station import Phone, Station

DATA = Path(__file__).parents[4] / "shared" / "data"
NATION = 1_484
THAILAND = (5.6, 20.5, 97.3, 105.6)
"""South, north, west and east, in degrees."""

# Shares and rough bounds of the inhabited earth: south, north, west, east.
_CONTINENTS = (
    (0.10, (25, 55, -125, -65)),
    (0.10, (-40, 20, -82, -36)),
    (0.20, (36, 62, -10, 42)),
    (0.15, (-34, 36, -17, 48)),
    (0.20, (7, 33, 68, 97)),
    (0.20, (-10, 45, 95, 143)),
    # Across the antimeridian: New Zealand, Fiji, Tonga.
    (0.05, (-46, -12, 165, 190)),
)
_NOISE = 0.15
_NEAR = 0.8
_INHABITED_DEG = (-60.0, 75.0)
_SYLLABLES = (
    *(("บ้าน", "Ban"), ("หนอง", "Nong"), ("โนน", "Non"), ("ท่า", "Tha"), ("นา", "Na")),
    *(("คำ", "Kham"), ("ทุ่ง", "Thung"), ("เมือง", "Mueang"), ("วัง", "Wang"), ("ดอน", "Don")),
    *(("ห้วย", "Huai"), ("โคก", "Khok"), ("บาง", "Bang"), ("ป่า", "Pa"), ("เขา", "Khao")),
    ("ศรี", "Si"),
)
_PROVINCES = ("นครพนม", "สกลนคร", "เชียงใหม่", "กรุงเทพมหานคร", "สุราษฎร์ธานี")


class Site(NamedTuple):
    """What a lookup tells of a station; position in degrees."""

    unit_id: str
    name_th: str
    name_en: str
    province: str
    phone: str
    latitude: float
    longitude: float

    @property
    def point(self) -> Point:
        """Return where it stands."""
        return Point(self.latitude, self.longitude)

    @property
    def station(self) -> Station:
        """Return it as a row of the directory."""
        return Station(
            unit_id=self.unit_id,
            name_th=self.name_th,
            name_en=self.name_en,
            point=self.point,
            province=self.province,
            phones=(Phone(self.phone, self.phone),),
        )


@dataclass(frozen=True)
class Stations:
    """Stations by column, so that a million fit; `sites` makes rows of them.

    Args:
        label: where they come from.
        ids: in ascending order.
        latitudes: in degrees.
        longitudes: in degrees.
        texts: gives names in Thai and English, province and phone of a row.
    """

    label: str
    ids: Sequence[str]
    latitudes: NDArray[np.float64]
    longitudes: NDArray[np.float64]
    texts: Callable[[int], tuple[str, str, str, str]]

    def __len__(self) -> int:
        return len(self.ids)

    def site(self, row: int) -> Site:
        """Return a row."""
        place = float(self.latitudes[row]), float(self.longitudes[row])
        return Site(self.ids[row], *self.texts(row), *place)

    def sites(self) -> Iterator[Site]:
        """Yield all rows in the order of their ids."""
        return map(self.site, range(len(self)))


def nation() -> Stations:
    """Return the 1,484 stations of the nation-wide table, or as many made-up ones."""
    path = DATA / "stations_th_proxy.geojson"
    if not path.exists():
        dice = np.random.default_rng(NATION)
        towns = _spread(dice, 200, THAILAND)
        return _made_up(f"made up: {path} is absent", *_around(dice, towns, NATION, 0.15))
    features = json.loads(path.read_text("utf-8"))["features"]
    features.sort(key=lambda feature: feature["properties"]["id"])
    rows = [feature["properties"] for feature in features]
    places = np.array([feature["geometry"]["coordinates"] for feature in features])
    return Stations(
        label=path.name,
        ids=[row["id"] for row in rows],
        latitudes=places[:, 1].copy(),
        longitudes=places[:, 0].copy(),
        texts=lambda i: (rows[i]["name"], rows[i]["name_en"], rows[i]["province"], _phone(i)),
    )


def world(size: int) -> Stations:
    """Return `size` made-up stations all over the earth, the same ones each time.

    Most stand in towns, whose sizes follow Zipf's law; the rest anywhere but near the poles.
    """
    dice = np.random.default_rng(size)
    shares = np.array([share for share, _ in _CONTINENTS])
    counts = dice.multinomial(max(20, size // 25), shares / shares.sum())
    towns = np.concatenate(
        [_spread(dice, n, box) for n, (_, box) in zip(counts, _CONTINENTS, strict=True)]
    )
    dice.shuffle(towns)
    alone = int(size * _NOISE)
    latitudes, longitudes = _around(dice, towns, size - alone, 0.06)
    lone_latitudes, lone_longitudes = _anywhere(dice, alone)
    return _made_up(
        "made up",
        np.concatenate([latitudes, lone_latitudes]),
        np.concatenate([longitudes, lone_longitudes]),
    )


def stations_of(size: int) -> Stations:
    """Return the nation's stations where `size` is their number, otherwise a world of that size."""
    return nation() if size == NATION else world(size)


def lookups(stations: Stations, count: int) -> list[Point]:
    """Return points to look up, the same ones each time.

    For the nation's stations, villages and towns of the nation; otherwise four of five within some
    kilometres of a station, the rest anywhere but near the poles.
    """
    path = DATA / "places_th.csv"
    dice = np.random.default_rng(7)
    if stations.label.endswith(".geojson") and path.exists():
        with path.open(encoding="utf-8", newline="") as file:
            places = [Point(float(row["lat"]), float(row["lon"])) for row in csv.DictReader(file)]
        return [places[i] for i in dice.permutation(len(places))[:count]]
    near = int(count * _NEAR)
    rows = dice.integers(len(stations), size=near)
    towns = np.stack([stations.latitudes[rows], stations.longitudes[rows]], axis=1)
    latitudes, longitudes = _scattered(dice, towns, 0.04)
    far_latitudes, far_longitudes = _anywhere(dice, count - near)
    columns = (
        np.concatenate([latitudes, far_latitudes]),
        np.concatenate([longitudes, far_longitudes]),
    )
    return [Point(float(a), float(b)) for a, b in zip(*columns, strict=True)]


def _made_up(
    label: str, latitudes: NDArray[np.float64], longitudes: NDArray[np.float64]
) -> Stations:
    def texts(row: int) -> tuple[str, str, str, str]:
        digits = [(row >> shift) % 16 for shift in (0, 4, 8)]
        th = "".join(_SYLLABLES[digit][0] for digit in digits)
        en = " ".join(_SYLLABLES[digit][1] for digit in digits)
        return f"สภ.{th}", f"{en} {row}", _PROVINCES[row % len(_PROVINCES)], _phone(row)

    ids = [f"S{row:07}" for row in range(len(latitudes))]
    # As people write them down: six decimals, a tenth of a metre.
    return Stations(label, ids, latitudes.round(6), longitudes.round(6), texts)


def _phone(row: int) -> str:
    return f"+6642{row % 1_000_000:06}"


def _spread(
    dice: np.random.Generator, count: int, box: tuple[float, float, float, float]
) -> NDArray[np.float64]:
    south, north, west, east = box
    return np.stack([dice.uniform(south, north, count), dice.uniform(west, east, count)], axis=1)


def _around(
    dice: np.random.Generator, towns: NDArray[np.float64], count: int, spread_deg: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    weights = 1 / np.arange(1, len(towns) + 1) ** 0.8
    rows = dice.choice(len(towns), size=count, p=weights / weights.sum())
    return _scattered(dice, towns[rows], spread_deg)


def _scattered(
    dice: np.random.Generator, centres: NDArray[np.float64], spread_deg: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    north, east = dice.normal(0, spread_deg, (2, len(centres)))
    latitudes = np.clip(centres[:, 0] + north, -90, 90)
    return latitudes, _turned(centres[:, 1] + east / np.cos(np.radians(centres[:, 0])))


def _anywhere(
    dice: np.random.Generator, count: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    heights = dice.uniform(*(math.sin(math.radians(edge)) for edge in _INHABITED_DEG), count)
    return np.degrees(np.arcsin(heights)), _turned(dice.uniform(-180, 180, count))


def _turned(longitudes: NDArray[np.float64]) -> NDArray[np.float64]:
    return (longitudes + 180) % 360 - 180

"""From a row as a file has it to a station, with every doubt about it named."""

import hashlib
import json
import zlib
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from ess.domain.geo import Point
from ess.domain.jurisdiction import BOUNDARY_M, InvalidJurisdiction, Jurisdiction
from ess.domain.ladder import DESK_UNIT_ID
from ess.domain.opening_hours import OpeningHoursNotUnderstood, parse_opening_hours
from ess.domain.station import POLICE_STATION, Phone, Station
from ess.domain.station_doubts import ACCEPTABLE, DOUBTS, Doubt, Finding, accepted_in, with_accepted
from ess.domain.station_names import has_thai, name_key, short_name, tidy, unlike_a_station
from ess.domain.station_positions import read_position

TEXTS = (
    *("unit_id", "name_th", "name_en", "kind", "agency", "province", "district"),
    *("opening_hours", "source", "amenity", "police"),
)
"""The texts of a row, by the names that `RawRow.texts` has for them."""

LONGEST_ID = 100
LONGEST_TEXT = 300

_PLACE_PREFIXES = {"province": ("จังหวัด", "จ."), "district": ("อำเภอ", "อ.", "เขต")}
_BANGKOK = frozenset(("กทม", "กทม.", "กรุงเทพ", "กรุงเทพฯ"))


MOST_OUTLINE_BYTES = 380_000
"""Compressed JSON of a jurisdiction; DynamoDB takes items of 400 KB."""


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row as its file has it, under our names.

    Args:
        number: its place in the file, from 1.
        texts: what it says, by the names in `TEXTS`; what it does not say is missing or empty.
        latitude: as the file has it: a number, a text, or None.
        longitude: likewise.
        phones: the numbers that can be called.
        unusable_phones: spellings of those that cannot.
        flags: remarks of its source.
        verified: as the file says.
        sample: as the file says.
        area: coordinates of the jurisdiction as GeoJSON writes a MultiPolygon's; None for none.
        derive_id: True where rows have no ids by nature (CSV): one is made without a doubt.
        problem: why it cannot be read at all; empty when it can.
        no_position: why it has no position, where the file knows better than `read_position`.
    """

    number: int
    texts: Mapping[str, str] = field(default_factory=dict)
    latitude: object = None
    longitude: object = None
    phones: tuple[Phone, ...] = ()
    unusable_phones: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    verified: bool = False
    sample: bool = False
    area: object = None
    derive_id: bool = False
    problem: str = ""
    no_position: str = ""

    @property
    def about(self) -> str:
        """Return what a person would call the row."""
        names = (self.texts.get(name) for name in ("name_th", "name_en", "unit_id"))
        return next((tidy(name)[:60] for name in names if name), "no name")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a row.

    Args:
        station: the station it is, or None when it is kept out.
        findings: every doubt about it.
        accepted: those of the doubts that were accepted.
    """

    station: Station | None
    findings: tuple[Finding, ...]
    accepted: frozenset[Doubt]


def judge(row: RawRow, accept: AbstractSet[Doubt] = frozenset()) -> Verdict:
    """Return the station that `row` describes, as far as it can be told from this row alone.

    Args:
        row: as its file has it.
        accept: doubts that keep no row out, as far as they can be accepted; the row's own flags
            add to them.
    """
    return _Case(row, accept).verdict()


def score(station: Station) -> int:
    """Return how much a row says: of two copies of a station the higher score goes in.

    A verified row before others, then one with a jurisdiction, with more numbers to call, with more
    to tell; of equals OpenStreetMap's node, which somebody has put where the entrance is.
    """
    told = (station.province, station.district, station.agency, station.opening_hours)
    return (
        10_000 * station.verified
        + 1_000 * (station.jurisdiction is not None)
        + 100 * min(len(station.phones), 9)
        + 10 * (sum(map(bool, told)) + (station.name_en != station.name_th))
        + station.source.startswith("osm:node/")
    )


def derived_id(name_th: str, name_en: str, province: str) -> str:
    """Return the id of a row that has none: the same for every spelling of its name.

    ``name-`` and 16 hexadecimal digits of SHA-256 over `name_key` and the province.
    """
    key = name_key(name_th, name_en, province) or tidy(name_th or name_en)
    return f"name-{hashlib.sha256(f'{key}\x1f{province}'.encode()).hexdigest()[:16]}"


class _Case:
    """One row while it is judged."""

    def __init__(self, row: RawRow, accept: AbstractSet[Doubt]) -> None:
        self._row = row
        self._texts = {name: tidy(text) for name, text in row.texts.items() if text}
        self._accept = (accept & ACCEPTABLE) | accepted_in(row.flags)
        self._findings: list[Finding] = []
        self._flags = list(row.flags)

    def verdict(self) -> Verdict:
        station = self._station()
        seen = {finding.doubt for finding in self._findings}
        accepted = frozenset(seen & self._accept)
        kept_out = any(DOUBTS[doubt].keeps_out for doubt in seen - accepted)
        if station is not None and not kept_out:
            station = with_accepted(station, sorted(accepted))
        return Verdict(None if kept_out else station, tuple(self._findings), accepted)

    def _station(self) -> Station | None:
        """Return the station as if every doubt were accepted; None where that cannot help."""
        if problem := self._row.problem or self._too_long():
            self._doubt(Doubt.UNREADABLE, problem)
            return None
        province, district = self._place("province"), self._place("district")
        name_th, name_en = self._names(district or province)
        point = self._point()
        unit_id = self._unit_id(name_th, name_en, province)
        kind = self._text("kind") or POLICE_STATION
        self._check_sort(kind, name_th, name_en)
        phones = self._phones()
        opening_hours = self._opening_hours()
        verified = self._verified()
        jurisdiction = self._jurisdiction(point)
        if point is None:
            return None
        return Station(
            unit_id=unit_id,
            name_th=name_th,
            name_en=name_en,
            point=point,
            kind=kind,
            agency=self._text("agency"),
            province=province,
            district=district,
            phones=phones,
            opening_hours=opening_hours,
            flags=tuple(dict.fromkeys(self._flags)),
            source=self._text("source"),
            verified=verified,
            sample=self._row.sample,
            jurisdiction=jurisdiction,
        )

    def _doubt(self, doubt: Doubt, reason: str) -> None:
        self._findings.append(Finding(doubt, reason))

    def _text(self, name: str) -> str:
        return self._texts.get(name, "")

    def _too_long(self) -> str:
        for name in TEXTS:
            limit = LONGEST_ID if name == "unit_id" else LONGEST_TEXT
            if len(self._text(name)) > limit:
                return f"its {name} is longer than {limit} characters"
        return ""

    def _place(self, name: str) -> str:
        text = self._text(name)
        for prefix in _PLACE_PREFIXES[name]:
            if text.startswith(prefix) and text != prefix:
                text = text.removeprefix(prefix).strip()
                break
        return "กรุงเทพมหานคร" if name == "province" and text in _BANGKOK else text

    def _names(self, place: str) -> tuple[str, str]:
        name_th, name_en = short_name(self._text("name_th")), self._text("name_en")
        if not name_th and not name_en:
            self._doubt(Doubt.NO_NAME, "it has no name")
            name_th = f"สถานีตำรวจ{place}"
        elif not has_thai(name_th):
            self._doubt(Doubt.NO_THAI_NAME, "it has no Thai name")
        return name_th or name_en, name_en or name_th

    def _unit_id(self, name_th: str, name_en: str, province: str) -> str:
        unit_id = self._text("unit_id")
        if not unit_id:
            if not self._row.derive_id:
                self._doubt(Doubt.NO_ID, "it has no id")
            return derived_id(name_th, name_en, province)
        if unit_id == DESK_UNIT_ID:
            self._doubt(
                Doubt.RESERVED_ID, f"the id {DESK_UNIT_ID} is that of the coordination desk"
            )
        return unit_id

    def _point(self) -> Point | None:
        if self._row.no_position:
            self._doubt(Doubt.NO_POSITION, self._row.no_position)
            return None
        position = read_position(self._row.latitude, self._row.longitude)
        if position.finding:
            self._findings.append(position.finding)
        return position.point

    def _check_sort(self, kind: str, name_th: str, name_en: str) -> None:
        # What says that it is something else says so on purpose: no need to guess from its name.
        if kind != POLICE_STATION:
            return
        finding = unlike_a_station(name_th, name_en, self._text("amenity"), self._text("police"))
        if finding:
            self._findings.append(finding)

    def _phones(self) -> tuple[Phone, ...]:
        if self._row.unusable_phones:
            spellings = ", ".join(repr(spelling) for spelling in self._row.unusable_phones)
            self._doubt(Doubt.UNUSABLE_PHONE, f"{spellings} left out")
        phones = tuple(dict.fromkeys(self._row.phones))
        if not phones:
            self._doubt(Doubt.NO_PHONE, "it has no phone number")
        return phones

    def _opening_hours(self) -> str:
        text = self._text("opening_hours")
        if not text:
            return ""
        try:
            parse_opening_hours(text)
        except OpeningHoursNotUnderstood as error:  # kept as a remark, so that no rule reads it
            self._doubt(Doubt.HOURS_NOT_UNDERSTOOD, f"{text!r}: {error}")
            self._flags.append(f"opening_hours: {text}")
            return ""
        return text

    def _verified(self) -> bool:
        if self._row.sample and self._row.verified:
            self._doubt(Doubt.SAMPLE_VERIFIED, "it is marked both as a sample and as verified")
        return self._row.verified and not self._row.sample

    def _jurisdiction(self, point: Point | None) -> Jurisdiction | None:
        if self._row.area is None:
            return None
        jurisdiction, problems = _sound(self._row.area)
        if jurisdiction is None:
            self._doubt(Doubt.INVALID_JURISDICTION, f"its jurisdiction: {'; '.join(problems)}")
            return None
        if point is not None and not jurisdiction.covers(point):
            away = jurisdiction.boundary_distance_m(point)
            if away > BOUNDARY_M:
                self._doubt(
                    Doubt.OUTSIDE_JURISDICTION, f"it lies {away:,.0f} m outside its jurisdiction"
                )
        return jurisdiction


def _sound(area: object) -> tuple[Jurisdiction | None, tuple[str, ...]]:
    """Return the jurisdiction, or None and what is wrong with it."""
    try:
        jurisdiction = Jurisdiction.from_coordinates(area)
    except InvalidJurisdiction as error:  # said of the row, by the caller
        return None, (str(error),)
    problems = jurisdiction.problems()
    text = json.dumps(jurisdiction.coordinates(), separators=(",", ":")).encode()
    if len(zlib.compress(text)) > MOST_OUTLINE_BYTES:
        problems = (*problems, "it has more detail than can be stored: simplify it to some metres")
    return (None, problems) if problems else (jurisdiction, ())

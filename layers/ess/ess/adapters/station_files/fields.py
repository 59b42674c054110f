"""What sources call the fields of a station, and how their values are read."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ess.adapters.station_files.errors import RowUnreadable
from ess.adapters.station_files.phones import read_phones
from ess.domain.station import Phone
from ess.domain.station_names import has_thai, short_name, tidy
from ess.domain.station_rows import RawRow

PROPERTIES: Mapping[str, Sequence[str]] = {
    "unit_id": ("unit_id", "id"),
    "name_th": ("name_th", "name:th", "name", "official_name:th", "official_name", "alt_name"),
    "name_en": ("name_en", "name:en", "official_name:en", "int_name"),
    "kind": ("kind",),
    "agency": ("agency", "operator:th", "operator"),
    "province": ("province", "addr:province"),
    "district": ("district", "addr:district"),
    "opening_hours": ("opening_hours",),
    "source": ("source",),
    "amenity": ("amenity",),
    "police": ("police",),
}
"""Properties of GeoJSON and tags of OpenStreetMap, the first that says something counts."""

PHONES = ("phone", "contact:phone", "phone:mobile", "contact:mobile", "mobile", "telephone", "tel")
"""Properties and tags with phone numbers: all of them count."""

REMARKS = ("note", "fixme", "phone_source", "check_date")
"""Properties and tags that are kept as flags."""

OSM_ID = re.compile(r"(?:osm:)?(node|way|relation)/(\d{1,19})")

_E164 = re.compile(r"\+[1-9]\d{6,14}|")


def texts_of(properties: Mapping[str, Any]) -> dict[str, str]:
    """Return the texts of a row by our names; numbers count as texts where ids are meant.

    Raises:
        RowUnreadable: a value is neither.
    """
    texts = {}
    for name, spellings in PROPERTIES.items():
        for spelling in spellings:
            text = text_of(spelling, properties.get(spelling), numbers=name == "unit_id")
            if text:
                texts[name] = text
                break
    # A map is labelled in the language of the place; where it is not, `name` is the English one.
    first = texts.get("name_th", "")
    if not has_thai(first):
        thai = (str(properties.get(spelling, "")) for spelling in PROPERTIES["name_th"])
        texts["name_th"] = next(filter(has_thai, thai), first)
        texts["name_en"] = texts.get("name_en") or first
    return texts


def text_of(name: str, value: object, *, numbers: bool = False) -> str:
    """Return a value that is meant to be a text; empty when it is null.

    Raises:
        RowUnreadable: it is something else.
    """
    if value is None:
        return ""
    if numbers and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise RowUnreadable(f"{name} must be text")
    return value


def truth_of(properties: Mapping[str, Any], name: str) -> bool:
    """Return a value that is meant to be true or false; False when it is missing or null.

    Raises:
        RowUnreadable: it is something else.
    """
    value = properties.get(name)
    if value is not None and not isinstance(value, bool):
        raise RowUnreadable(f"{name} must be true or false")
    return bool(value)


def phones_of(properties: Mapping[str, Any]) -> tuple[tuple[Phone, ...], tuple[str, ...]]:
    """Return the numbers that can be called, and the spellings of those that cannot.

    ``phones`` is what our own export writes: a list of texts, or of objects with ``original`` and
    ``e164``, which are taken as they are.

    Raises:
        RowUnreadable: they are neither texts nor such a list.
    """
    listed = properties.get("phones")
    if listed is None:
        texts = (text_of(name, properties.get(name), numbers=True) for name in PHONES)
        return read_phones(";".join(filter(None, texts)))
    if not isinstance(listed, list):
        raise RowUnreadable("phones must be a list")
    phones: list[Phone] = []
    unusable: list[str] = []
    for item in listed:
        if isinstance(item, str):
            found, refused = read_phones(item)
            phones += found
            unusable += refused
        else:
            phones.append(_own_phone(item))
    return tuple(phones), tuple(unusable)


def flags_of(properties: Mapping[str, Any], name_th: str) -> tuple[str, ...]:
    """Return the remarks of a row: its ``flags``, then its notes, and a full name that differs.

    Raises:
        RowUnreadable: ``flags`` is not a list of texts.
    """
    flags = properties.get("flags")
    if flags is None:
        flags = []
    elif isinstance(flags, str):  # a tag of the map, or a column
        flags = flags.split(";")
    if not isinstance(flags, list) or not all(isinstance(flag, str) for flag in flags):
        raise RowUnreadable("flags must be a list of texts")
    notes = [f"{name}: {properties[name]}" for name in REMARKS if _says(properties.get(name))]
    full = properties.get("name_full")
    if _says(full) and short_name(str(full)) != short_name(name_th):
        notes.append(f"name_full: {full}")
    tidied = (tidy(flag)[:300] for flag in (*flags, *notes))
    return tuple(dict.fromkeys(filter(None, tidied)))


def about(number: int, properties: object, problem: str) -> RawRow:
    """Return a row that cannot be read, with what can be said of it."""
    named = properties if isinstance(properties, dict) else {}
    texts = {
        name: value
        for name, spellings in PROPERTIES.items()
        for spelling in reversed(spellings)
        if isinstance(value := named.get(spelling), str)
    }
    return RawRow(number, texts, problem=problem)


def _own_phone(item: object) -> Phone:
    if isinstance(item, dict):
        original, e164 = item.get("original"), item.get("e164") or ""
        if isinstance(original, str) and original and isinstance(e164, str):
            if _E164.fullmatch(e164):
                return Phone(original, e164)
            raise RowUnreadable("an e164 in phones is not + and 7 to 15 digits")
    raise RowUnreadable("phones must be texts, or objects with original and e164")


def _says(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())

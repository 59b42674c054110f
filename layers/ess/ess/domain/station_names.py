"""Names of police stations: how they are tidied, shortened and compared, and what is no station.

A Thai station is written สถานีตำรวจภูธรธาตุพนม or สภ.ธาตุพนม (in Bangkok สถานีตำรวจนครบาล, สน.),
with or without spaces, with ำ as one character or two. The directory holds what people say:
สภ.ธาตุพนม. The full form follows from it and is not kept.
"""

import re
import unicodedata
from dataclasses import dataclass

from ess.domain.station_doubts import Doubt, Finding

_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]"
)
# ำ typed as ํ and า, with a tone mark before, between or after them; แ typed as two เ.
_SPLIT_AM = re.compile("([่-๋]*)ํ([่-๋]*)า")
_DOUBLE_E = re.compile("เเ")
_MARKS = re.compile("[ัิ-ฺ็่-๋]{2,}")
_TONES = frozenset("่้๊๋")

_PREFIXES = (
    ("สภ.", re.compile(r"(?:(?:สถานีตำรวจภูธร|สภ\.|ส\.\s?ภ\.|สภ(?=\s))\s*)+")),
    ("สน.", re.compile(r"(?:(?:สถานีตำรวจนครบาล|สน\.|ส\.\s?น\.|สน(?=\s))\s*)+")),
)
_ANY_PREFIX = re.compile(r"สภ\.|สน\.|สถานีตำรวจ|โรงพัก")
_QUALIFIERS = re.compile(r"\s*(?:กิ่งอำเภอ|กิ่งอ\.|อำเภอ|ตำบล|จังหวัด|[อตจ]\.)\s*")
_PROVINCE_AT_END = re.compile(r"\s(?:จังหวัด|จ\.)\s*\S+$")
_THAI = re.compile("[ก-ฮ]")
_CAPITAL_DISTRICT = "เมือง"
"""76 stations have this short name: which one is meant follows from the province."""
_ENGLISH_NOISE = frozenset(
    (
        *("police", "station", "provincial", "metropolitan", "metro", "royal", "thai"),
        *("amphoe", "amphur", "tambon", "district", "subdistrict", "sub", "the", "of"),
    )
)


def tidy(text: str) -> str:
    """Return `text` in one spelling of what it looks like.

    Spaces are single and never at an end, invisible characters gone, Thai vowels and tone marks in
    the order of their codes, ำ and แ one character each. Doing it twice changes nothing.
    """
    if text.isascii() and text.isprintable():  # most are, and a file has many
        return " ".join(text.split())
    text = " ".join(_INVISIBLE.sub("", text).split())
    # Composing can bring marks together that something stood between: again, until it is the same.
    while (spelled := _spelled(text)) != text:
        text = spelled
    return text


def _spelled(text: str) -> str:
    composed = unicodedata.normalize("NFC", _MARKS.sub(_in_order, text))
    return _DOUBLE_E.sub("แ", _SPLIT_AM.sub(r"\1\2ำ", composed))


def has_thai(text: str) -> bool:
    """Tell whether `text` holds a Thai letter."""
    return _THAI.search(text) is not None


def short_name(name: str) -> str:
    """Return `name`, tidied, as people say it: สภ.ธาตุพนม for สถานีตำรวจภูธรธาตุพนม, สน. likewise."""
    text = tidy(name)
    for short, pattern in _PREFIXES:
        found = pattern.match(text)
        if found and found.end() < len(text):
            return short + text[found.end() :]
    return text


def name_key(name_th: str, name_en: str = "", province: str = "") -> str:
    """Return what is equal for names of one station, or empty where a name says nothing.

    สภ. เมือง, สถานีตำรวจภูธรอำเภอเมืองนครพนม and สภ.เมืองนครพนม of Nakhon Phanom have the same key.
    """
    text = short_name(name_th)
    if not has_thai(text):
        words = re.findall(r"[^\W_]+", f"{text or name_en}".lower())
        return "".join(word for word in words if word not in _ENGLISH_NOISE)
    core = _PROVINCE_AT_END.sub("", text)
    if found := _ANY_PREFIX.match(core):
        core = core[found.end() :]
    while found := _QUALIFIERS.match(core):
        core = core[found.end() :]
    key = "".join(_digit(c) for c in core if c.isalnum() or unicodedata.category(c) == "Mn")
    return key + province if key == _CAPITAL_DISTRICT else key


@dataclass(frozen=True, slots=True)
class _Sort:
    """A sort of unit that is no station which answers for an area.

    Args:
        doubt: what it is called in a report.
        what: the same for one row.
        start: Thai words that only mean it at the start of a name (places are called ป้อม and ด่าน).
        inside: Thai words that mean it as a word of its own after สภ. or สน. too.
        english: words of an English name, as a regular expression.
    """

    doubt: Doubt
    what: str
    start: str
    inside: str
    english: str


_NO = Doubt.NOT_A_STATION
_SORTS = (
    # First: immigration police have checkpoints.
    _Sort(
        Doubt.SPECIAL_BRANCH,
        "a unit of a special branch, which answers for no area",
        r"สถานีตำรวจทางหลวง|ตำรวจทางหลวง|ส\.ทล\.|สถานีตำรวจท่องเที่ยว|ตำรวจท่องเที่ยว|"
        r"(?:สถานี)?ตำรวจน้ำ(?=$|[\s\d])|(?:สถานี)?ตำรวจรถไฟ|ตำรวจตระเวนชายแดน|ตชด|(?:ด่าน)?ตรวจคนเข้าเมือง|ตม\.|"
        r"ตำรวจป่าไม้|กองปราบ",
        "ตำรวจทางหลวง|ตำรวจท่องเที่ยว|ตำรวจตระเวนชายแดน|ตรวจคนเข้าเมือง",
        r"highway|tourist|marine|water police|railway|border patrol|immigration|forest police",
    ),
    _Sort(
        _NO,
        "a checkpoint",
        "จุดตรวจ|จุดสกัด|จุด|ด่าน",
        "จุดตรวจ|จุดสกัด|จุดคัดกรอง|ด่านตรวจ",
        r"check[ -]?points?",
    ),
    _Sort(
        _NO,
        "a police box",
        "ป้อม|ตู้",
        "ป้อมตำรวจ|ป้อมยาม|ป้อมจราจร|ตู้ยาม|ตู้ตำรวจ|ตู้จราจร|ตู้บริการ",
        r"box|booth|kiosk|police post",
    ),
    _Sort(
        _NO,
        "a service point or patrol shelter",
        "ที่พักสายตรวจ|หน่วยบริการ",
        "ที่พักสายตรวจ|จุดบริการ|หน่วยบริการประชาชน",
        r"service (?:point|unit|center|centre)|patrol shelter",
    ),
    _Sort(
        _NO,
        "an impound lot or car park",
        "ลาน",
        "ลานเก็บรถ|ที่เก็บรถ|ลานจอดรถ|รถของกลาง",
        r"impound(?:ed|ment)?|car pound|parking|car park",
    ),
    _Sort(
        _NO,
        "housing",
        "แฟลต|บ้านพัก|อาคารที่พัก|ที่พัก",
        "แฟลตตำรวจ|แฟลต|บ้านพักตำรวจ|บ้านพักข้าราชการ|อาคารที่พัก|ที่พักอาศัย",
        r"housing|flats?|apartments?|residences?|quarters|dormitory",
    ),
    _Sort(_NO, "a hospital", "โรงพยาบาล|รพ\\.", "โรงพยาบาลตำรวจ", r"hospital|clinic"),
    _Sort(
        _NO,
        "a school",
        "โรงเรียน|วิทยาลัย|ศูนย์ฝึก",
        "โรงเรียนนายร้อย|โรงเรียนตำรวจ|ศูนย์ฝึกอบรม",
        r"school|academy|cadets?|college|training",
    ),
    _Sort(_NO, "a museum", "พิพิธภัณฑ์", "พิพิธภัณฑ์", r"museum"),
    _Sort(
        _NO,
        "a club, cooperative or range",
        "สโมสร|สหกรณ์|สนาม",
        "สโมสรตำรวจ|สหกรณ์ออมทรัพย์|สนามยิงปืน",
        r"club|co-?operative|shooting range|firing range",
    ),
    # Last: the units above belong to such offices, and often say so.
    _Sort(
        _NO,
        "an office or headquarters",
        r"(?!สถานีตำรวจ).*(?:กองบัญชาการ|กองบังคับการ|กองกำกับการ|ตำรวจภูธรจังหวัด|ตำรวจภูธรภาค)|"
        r"กอง|ภ\.จว\.|บช\.|บก\.|กก\.|สำนัก|ศูนย์|ฝ่าย",
        "",
        r"headquarters?|hq|bureau|division|provincial police(?! station)|police region",
    ),
)
_OSM_SORTS = {
    "barracks": "housing",
    "car_pound": "an impound lot",
    "checkpoint": "a checkpoint",
    "detention": "a place of detention",
    "naval_base": "a base",
    "offices": "an office",
    "range": "a range",
    "storage": "a store",
    "training_area": "a training ground",
}
"""Values of OpenStreetMap's key ``police`` that are no stations
(https://wiki.openstreetmap.org/wiki/Key:police)."""

_START = tuple(re.compile(f"(?:{sort.start})") for sort in _SORTS)
_ANYWHERE = tuple(re.compile(sort.inside) if sort.inside else None for sort in _SORTS)
_WORD = tuple(re.compile(rf"[\s(](?:{sort.inside})") if sort.inside else None for sort in _SORTS)
_ENGLISH = tuple(re.compile(rf"\b(?:{sort.english})\b", re.IGNORECASE) for sort in _SORTS)


def unlike_a_station(
    name_th: str, name_en: str, amenity: str = "", police: str = ""
) -> Finding | None:
    """Return why a row looks like no station that answers for an area, or None.

    A Thai name that begins with สภ. or สน. is a station whatever its place is called, unless
    another word says what it is (สน.บางรัก ป้อมยาม).

    Args:
        name_th: as `short_name` returns it.
        name_en: name in English, or empty.
        amenity: OpenStreetMap's tag, or empty.
        police: OpenStreetMap's tag, or empty.
    """
    if amenity not in ("", "police"):
        return Finding(_NO, f"it is amenity={amenity} on the map")
    if police in _OSM_SORTS:
        return Finding(_NO, f"it is police={police} on the map: {_OSM_SORTS[police]}")
    for sort, named in zip(_SORTS, _named_by(name_th, name_en), strict=True):
        if named:
            return Finding(sort.doubt, f"its name is that of {sort.what}")
    return None


def _named_by(name_th: str, name_en: str) -> list[bool]:
    """Tell for each of `_SORTS` whether the names are of that sort."""
    if name_th.startswith(("สภ.", "สน.")):
        return [bool(word and word.search(name_th)) for word in _WORD]
    return [
        bool(start.match(name_th) or (inside and inside.search(name_th)) or english.search(name_en))
        for start, inside, english in zip(_START, _ANYWHERE, _ENGLISH, strict=True)
    ]


def _in_order(found: re.Match[str]) -> str:
    return "".join(sorted(found[0], key=lambda mark: mark in _TONES))


def _digit(character: str) -> str:
    value = unicodedata.decimal(character, None)
    return character.lower() if value is None else str(value)

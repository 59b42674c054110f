"""CSV of government agencies as rows: Thai or English columns, in the order they come."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from ess.adapters.station_files.errors import FileUnreadable, RowUnreadable
from ess.adapters.station_files.fields import flags_of
from ess.adapters.station_files.phones import read_phones
from ess.domain.station_names import has_thai
from ess.domain.station_rows import RawRow

COLUMNS: Mapping[str, Sequence[str]] = {
    "name_th": (
        *("name_th", "ชื่อสถานีตำรวจ", "ชื่อสถานี", "สถานีตำรวจ", "สถานี", "ชื่อหน่วยงาน", "ชื่อหน่วย", "ชื่อ"),
        *("name_thai", "thai_name", "station_name", "police_station", "station", "name"),
        *("หน่วยงาน", "หน่วย"),
    ),
    "name_en": ("name_en", "name_eng", "english_name", "ชื่ออังกฤษ", "ชื่อภาษาอังกฤษ", "ชื่อสถานีภาษาอังกฤษ"),
    "latitude": (
        *("latitude", "lat", "ละติจูด", "ละติจูด(y)", "ละติจูดy", "แลตติจูด", "พิกัดy", "พิกัดlat"),
        *("y", "lat_y", "y_coord", "northing", "utm_y", "utm_n", "พิกัดเหนือ"),
    ),
    "longitude": (
        *("longitude", "lon", "lng", "long", "ลองจิจูด", "ลองจิจูด(x)", "ลองจิจูดx", "ลองติจูด"),
        *("พิกัดx", "พิกัดlong", "พิกัดlon", "x", "long_x", "lon_x", "x_coord", "easting", "utm_x"),
        *("utm_e", "พิกัดตะวันออก"),
    ),
    "unit_id": (
        "unit_id",
        "id",
        "station_id",
        "station_code",
        "code",
        "รหัส",
        "รหัสสถานี",
        "รหัสหน่วยงาน",
        "รหัสหน่วย",
    ),
    "agency": ("agency", "operator", "สังกัด", "หน่วยงานต้นสังกัด", "ต้นสังกัด", "organization"),
    "province": ("province", "province_th", "จังหวัด", "changwat", "prov_name"),
    "district": (
        "district",
        "district_th",
        "อำเภอ",
        "อำเภอ/เขต",
        "เขต/อำเภอ",
        "เขต",
        "amphoe",
        "amphur",
    ),
    "opening_hours": ("opening_hours", "เวลาทำการ", "เวลาเปิดทำการ", "hours"),
    "source": ("source", "แหล่งข้อมูล", "ที่มา"),
    "kind": ("kind",),
    "verified": ("verified",),
    "sample": ("sample",),
    "flags": ("flags",),
}
"""Names of columns, best first, as `_plain_name` leaves them. A running number (ลำดับ) is no id: it
names another station once a row is added."""

PHONE_COLUMNS = (
    *("phone", "phones", "tel", "telephone", "phone_number", "tel_no", "mobile", "mobile_phone"),
    *("โทร", "โทรศัพท์", "เบอร์โทร", "เบอร์โทรศัพท์", "หมายเลขโทรศัพท์", "เบอร์ติดต่อ", "มือถือ"),
    *("โทรศัพท์มือถือ", "เบอร์มือถือ"),
)
"""Columns with phone numbers: all of them count."""

REQUIRED = ("name_th", "latitude", "longitude")

_TITLE_LINES = 10
"""How many lines of titles may stand above the columns' names."""

_DELIMITERS = ",;\t"
_NOT_IN_NAMES = re.compile(r"[\s._\-:*\"'\ufeff]+")
_WORDS = dict.fromkeys(("true", "yes", "1", "ใช่"), True) | dict.fromkeys(
    ("false", "no", "0", "", "ไม่ใช่"), False
)


@dataclass(frozen=True, slots=True)
class _Header:
    """Where the fields are.

    Args:
        line: the line with the columns' names, from 0.
        delimiter: what stands between columns.
        width: number of columns.
        places: column of each field.
        phones: columns with phone numbers.
    """

    line: int
    delimiter: str
    width: int
    places: Mapping[str, int]
    phones: Sequence[int]


def rows_of_csv(text: io.TextIOBase, head: str) -> Iterator[RawRow]:
    """Yield the rows of a CSV file.

    Args:
        text: the file from its beginning, its line ends as they are.
        head: its first lines, to find the columns' names and the delimiter in.

    Raises:
        FileUnreadable: no line names the columns, or what follows is no CSV.
    """
    header = _header_of(head)
    lines = islice(text, header.line + 1, None)
    reader = csv.reader(lines, delimiter=header.delimiter, strict=True)
    number = 0
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                number += 1
                yield _row(number, cells, header)
    except csv.Error as error:  # the rest of the file hangs on a quote: told to whoever reads it
        line = header.line + 1 + reader.line_num
        raise FileUnreadable(
            f"broken CSV in line {line:,}, after row {number:,}: {error}"
        ) from error


def _row(number: int, cells: Sequence[str], header: _Header) -> RawRow:
    texts = {name: cells[place] for name, place in header.places.items() if place < len(cells)}
    named = {name: texts[name] for name in texts if name not in ("latitude", "longitude")}
    if len(cells) != header.width:
        problem = f"it has {len(cells)} values, and the columns are {header.width}"
        return RawRow(number, named, problem=problem)
    try:
        if not has_thai(texts["name_th"]) and not texts.get("name_en"):
            named["name_en"] = texts["name_th"]
        numbers = ";".join(cells[place] for place in header.phones if cells[place].strip())
        phones, unusable = read_phones(numbers)
        return RawRow(
            number,
            named,
            latitude=texts["latitude"],
            longitude=texts["longitude"],
            phones=phones,
            unusable_phones=unusable,
            flags=flags_of({"flags": texts.get("flags")}, texts["name_th"]),
            verified=_truth("verified", texts),
            sample=_truth("sample", texts),
            derive_id=True,
        )
    except RowUnreadable as error:  # told of this row; the others go on
        return RawRow(number, named, problem=str(error))


def _truth(name: str, texts: Mapping[str, str]) -> bool:
    word = _WORDS.get(texts.get(name, "").strip().lower())
    if word is None:
        raise RowUnreadable(f"{name} must be true or false")
    return word


def _header_of(head: str) -> _Header:
    """Return where the fields are, by the first line that names the required ones.

    Raises:
        FileUnreadable: none does.
    """
    best: tuple[str, ...] = REQUIRED
    for line, text in enumerate(islice(head.splitlines(), _TITLE_LINES)):
        for delimiter in _DELIMITERS:
            names = next(csv.reader([text], delimiter=delimiter), [])
            header = _read_header(line, delimiter, names)
            missing = tuple(name for name in REQUIRED if name not in header.places)
            if not missing:
                return header
            best = min(best, missing, key=len)
    wanted = "; ".join(
        f"{name.removesuffix('_th')} ({', '.join(COLUMNS[name][:5])})" for name in best
    )
    raise FileUnreadable(
        "neither JSON nor a CSV file whose first lines name its columns; "
        f"no column was found for: {wanted}"
    )


def _read_header(line: int, delimiter: str, names: Iterable[str]) -> _Header:
    plain = [_plain_name(name) for name in names]
    places = {}
    for name, spellings in COLUMNS.items():
        known = (plain.index(s) for s in map(_plain_name, spellings) if s in plain)
        place = next(known, None)
        if place is not None:
            places[name] = place
    phones = {_plain_name(spelling) for spelling in PHONE_COLUMNS}
    numbers = [place for place, name in enumerate(plain) if name in phones]
    return _Header(line, delimiter, len(plain), places, numbers)


def _plain_name(name: str) -> str:
    return _NOT_IN_NAMES.sub("", name).lower()

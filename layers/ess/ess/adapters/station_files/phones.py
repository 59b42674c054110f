"""Phone numbers as lists of stations have them: several in one text, ranges, extensions."""

import re
import unicodedata
from dataclasses import replace

from ess.adapters.phone import read_phone
from ess.domain.station import Phone

_COUNTRY = "TH"
_LONGEST_RANGE = 10
_MOST = 10
"""Numbers of a unit that are kept."""

_BETWEEN = re.compile(
    r"[;,|\n]|หรือ|และ|&|\b(?:or|and)\b|(?=โทรสาร|แฟกซ์|แฟ็กซ์|\bfax\b)", re.IGNORECASE
)
_FAX = re.compile(r"โทรสาร|แฟกซ์|แฟ็กซ์|fax", re.IGNORECASE)
_LABEL = re.compile(r"^[^\d+(]+")
_EXTENSION = re.compile(r"\s*(?:ต่อ|กด|ext(?:ension)?\.?|x|#)\s*\d[\d\s-]*$", re.IGNORECASE)
_SHORT_CODE = re.compile(r"1\d{2,3}")
_ENDING = re.compile(r"\d{1,2}")
_RANGE = re.compile(r"(.*\d)\s*(?:[-–—~/]|ถึง|to)\s*(\d{1,4})", re.IGNORECASE)
_NUMBER_ALONE = re.compile(r"[\d\s().+–-]+")


def read_phones(text: str) -> tuple[tuple[Phone, ...], tuple[str, ...]]:
    """Return the numbers in `text` that can be called, and the spellings of those that cannot.

    Numbers stand between ``;`` ``,`` ``/`` or words. ``042511266-7`` is two numbers, with one
    spelling; an extension stays in the spelling alone. A short code such as 191 can be called
    within the country, and has no E.164. What is marked as a fax cannot be called.
    """
    phones: list[Phone] = []
    unusable: list[str] = []
    for part in _parts(text):
        if _is_further_extension(part, phones):
            last = phones.pop()
            phones.append(replace(last, original=f"{last.original}, {part}"))
            continue
        found = _read(part, phones)
        phones += found
        if not found:
            unusable.append(part)
    first_of = {phone.callable: phone for phone in reversed(phones)}
    unique = [phone for phone in phones if first_of[phone.callable] is phone]
    return tuple(unique[:_MOST]), tuple(dict.fromkeys(unusable))


def _parts(text: str) -> list[str]:
    """Return what stands between the separators; a slash that begins a range is none."""
    parts: list[str] = []
    for part in _BETWEEN.split(text):
        pieces = [part] if _range_of(_plain(part)) else part.split("/")
        parts += [" ".join(piece.split()) for piece in pieces]
    return [part for part in parts if part]


def _read(part: str, before: list[Phone]) -> list[Phone]:
    plain = _plain(part)
    if _FAX.search(plain):
        return []
    plain = _EXTENSION.sub("", _LABEL.sub("", plain)).strip()
    if _SHORT_CODE.fullmatch(plain):
        return [Phone(part)]
    if _ENDING.fullmatch(plain):  # "042511266, 67": the last digits of another number
        return _with_ending(before[-1], plain) if before else []
    if numbers := _range_of(plain):
        return [Phone(part, number) for number in numbers]
    number = _number(plain)
    return [Phone(part, number)] if number else []


def _number(plain: str) -> str | None:
    """Return the number that `plain` is, or else one that is found in it, as E.164."""
    return _whole_number(plain) or read_phone(plain)


def _whole_number(plain: str) -> str | None:
    """Return the number that all of `plain` is, as E.164."""
    # Imported here: whoever only writes files should not pay for it.
    import phonenumbers  # noqa: PLC0415

    if not _NUMBER_ALONE.fullmatch(plain):
        return None
    try:
        number = phonenumbers.parse(plain, _COUNTRY)
    except phonenumbers.NumberParseException:  # none in its eyes: perhaps there is one in it
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    e164: str = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return e164


def _range_of(plain: str) -> list[str]:
    """Return the numbers of a range such as ``042511266-7``; none when it is no range.

    It is one only where what stands before the last dash is a number, and the whole is not.
    """
    plain = _EXTENSION.sub("", _LABEL.sub("", plain)).strip()
    found = _RANGE.fullmatch(plain)
    first = _whole_number(found[1]) if found and not _whole_number(plain) else None
    if not found or not first:
        return []
    start, end = int(first[-len(found[2]) :]), int(found[2])
    stem = first[: -len(found[2])]
    if not start < end < start + _LONGEST_RANGE:
        return [first]
    return [f"{stem}{value:0{len(found[2])}d}" for value in range(start, end + 1)]


def _with_ending(before: Phone, ending: str) -> list[Phone]:
    if not before.e164:
        return []
    return [Phone(f"{before.original}, {ending}", before.e164[: -len(ending)] + ending)]


def _is_further_extension(part: str, before: list[Phone]) -> bool:
    """Tell whether `part` is the ``13`` of ``042511266 ต่อ 12, 13``."""
    bare = part.isdecimal() and len(part) <= 4
    return bare and bool(before) and bool(_EXTENSION.search(_plain(before[-1].original)))


def _plain(text: str) -> str:
    if not text.isascii():
        text = "".join(str(unicodedata.decimal(c, c)) for c in text)
    return text.strip()

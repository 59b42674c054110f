"""A place that somebody typed or pasted: coordinates, map links, plus codes.

Only what names a place beyond doubt is taken. Numbers that may be a phone number, a date, a time or
a number plate are none, and whatever is odd about a place is said, so that it can be asked about.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote, urlsplit

from ess.domain.errors import InvalidPoint
from ess.domain.geo import Point
from ess.domain.plus_code import decode


class PlaceDoubt(StrEnum):
    """What is to be asked about a place before it is used."""

    SWAPPED = "swapped"  # longitude came first: `point` has them the right way round
    MAP_VIEW = "map_view"  # the middle of the map that was looked at, not a pin
    SEVERAL = "several"  # more than one place was written: none was taken


@dataclass(frozen=True, slots=True)
class WrittenPlace:
    """What a text says about a place.

    Args:
        point: the place, or None.
        doubt: what is to be asked about it, or None.
        link: a map link or short code that names a place, but not to us: it would have to be looked
            up elsewhere. Only of known map services, `https`, and without a `point`.
        rest: the text without coordinates and links, for whoever reads it on.
    """

    point: Point | None
    doubt: PlaceDoubt | None
    link: str | None
    rest: str


Found = tuple[Point, PlaceDoubt | None]

_NUMBER = r"([-+−]?\d{1,3}(?:\.\d{1,20})?)"
_BETWEEN = r"\s*[,;~ ]\s*"
_PRECISE = r"([-−]?\d{1,3}\.\d{2,20})"

_URL = re.compile(
    r"(?:https?://|(?<![\w./@-])(?=(?:www\.google|maps\.|goo\.gl/|google\.[a-z.]{2,6}/maps"
    r"|(?:www\.)?openstreetmap\.org|osm\.org|w3w\.co|(?:ul\.|www\.)?waze\.com|map\.longdo\.com)))"
    r"[^\s<>\"]+",
    re.IGNORECASE,
)
_MAP_HOST = re.compile(
    r"(?:(?:www|maps)\.)?google\.(?:com?|[a-z]{2})(?:\.[a-z]{2})?"
    r"|maps\.app\.goo\.gl|goo\.gl|g\.co|maps\.apple(?:\.com)?|(?:www\.)?openstreetmap\.org|osm\.org"
    r"|(?:ul\.|www\.)?waze\.com|map\.longdo\.com|(?:www\.)?bing\.com|(?:share|wego)\.here\.com"
    r"|w3w\.co|what3words\.com|line\.me"
)
# Pages of these hosts that name no place when they hold no coordinates.
_NO_PLACE = re.compile(r"(?:www\.)?google\.[a-z.]+/(?!maps)|(?:www\.)?bing\.com/(?!maps)|line\.me/")

_NOT_OF_LINKS = re.compile(r"[^!-~]")
_LINK_LIMIT = 2048

_PIN = re.compile(r"!3d(-?\d+\.\d+)!4d(-?\d+\.\d+)")
_EMBEDDED = re.compile(r"!2d(-?\d+\.\d+)!3d(-?\d+\.\d+)")
_PARAMETER = re.compile(
    r"[?&#](?:q|query|ll|daddr|destination|coordinate|sll|center|cp|to|loc)="
    rf"(?:loc:|ll\.|@)?\s*{_NUMBER}{_BETWEEN}{_NUMBER}(?![\d.])"
)
_PARAMETERS = re.compile(
    rf"[?&#](?:m?lat|latitude)={_NUMBER}&(?:[^#]*?&)?(?:m?lon|m?lng|m?long|longitude)={_NUMBER}"
)
_PATH = re.compile(rf"/(?:place|search|dir/[^/]*)/{_NUMBER}\s*,\s*{_NUMBER}(?=[/?#@]|$)")
_PARTS_OF_LINKS = ((_EMBEDDED, 2, 1), (_PARAMETER, 1, 2), (_PARAMETERS, 1, 2), (_PATH, 1, 2))
"""The most exact first, with the groups of latitude and longitude."""

_VIEW = re.compile(rf"[/?&]@{_NUMBER},{_NUMBER}|#map=[\d.]+/{_NUMBER}/{_NUMBER}")

_GEO = re.compile(rf"\bgeo:{_NUMBER},{_NUMBER}", re.IGNORECASE)
_LATITUDE = r"(?:\blat(?:itude)?|ละติจูด|แลตติจูด|ละติ)"
_LONGITUDE = r"(?:\blon(?:g|gitude)?|\blng|ลองจิจูด|ลองติจูด|ลองจิ)"
_LABELLED = re.compile(
    rf"{_LATITUDE}\W{{0,3}}{_NUMBER}\W{{0,4}}{_LONGITUDE}\W{{0,3}}{_NUMBER}", re.IGNORECASE
)
_LABELLED_BACK = re.compile(
    rf"{_LONGITUDE}\W{{0,3}}{_NUMBER}\W{{0,4}}{_LATITUDE}\W{{0,3}}{_NUMBER}", re.IGNORECASE
)
_SIDE = r"(?:([NSEW])(?![A-Za-z])|(เหนือ|ใต้|ตะวันออก|ตะวันตก))"


def _angle_pattern(group: int) -> str:
    """Return the pattern of an angle whose side of the earth is in `group`, if it comes first."""
    return (
        r"(?:(?<![A-Za-z])([NSEW])\s*)?(\d{1,3}(?:\.\d{1,20})?)\s*(°|º|˚)?\s*"
        r"(?:(\d{1,2}(?:\.\d{1,20})?)\s*['′’]\s*"
        r"(?:(\d{1,2}(?:\.\d{1,20})?)\s*(?:\"|″|”|''|′′|’’))?)?"
        rf"(?({group})|(?:\s*{_SIDE})?)"
    )


_ANGLES = re.compile(
    rf"(?<![\d.]){_angle_pattern(1)}\s*[,;/]?\s*{_angle_pattern(8)}(?![\d.])", re.IGNORECASE
)
_PAIR = re.compile(rf"(?<![\d.,/:+-]){_PRECISE}{_BETWEEN}{_PRECISE}(?![\d]|\.\d)")
_PLACE_WORD = re.compile(r"(?:พิกัด|gps|coord\w*|location|ตำแหน่ง)\W{0,5}$", re.IGNORECASE)
_CODE = "23456789CFGHJMPQRVWXcfghjmpqrvwx"
_FULL_CODE = re.compile(rf"(?<![A-Za-z0-9])[{_CODE}]{{8}}\+[{_CODE}]{{2,7}}(?![A-Za-z0-9])")
_SHORT_CODE = re.compile(
    r"(?<![A-Za-z0-9])(?=[2-9]*[A-Z])[2-9CFGHJMPQRVWX]{4,6}\+[2-9CFGHJMPQRVWX]{2,3}(?![A-Za-z0-9])"
)
_THREE_WORDS = re.compile(r"(?<![/\w:])///\w+\.\w+\.\w+")

_SPACES = re.compile(r"[^\S\n]+")
_LINES = re.compile(r"\s*\n\s*")

_SAME_DEGREES = 0.0002
"""Two writings of a place (rounded, or as degrees and minutes) differ by less: some 20 m."""

_NORTH, _SOUTH, _EAST, _WEST = "N", "S", "E", "W"
_SIDES = {"เหนือ": _NORTH, "ใต้": _SOUTH, "ตะวันออก": _EAST, "ตะวันตก": _WEST}
_MINUS = str.maketrans("−+", "- ")


def read_place(text: str) -> WrittenPlace:
    """Return the place that `text` names, if it names one.

    Reads decimal degrees, degrees with minutes and seconds, hemispheres, labels, Thai digits,
    ``geo:`` addresses, plus codes, and links of the usual map services.
    """
    text = _plain_digits(text)
    found: list[Found] = []
    link: str | None = None

    def read_link(match: re.Match[str]) -> str:
        nonlocal link
        places, unread = _read_url(match[0])
        found.extend(places)
        link = link or unread
        return " "

    rest = _URL.sub(read_link, text)
    for read in _READERS:
        rest = read(rest, found)
    if not found:
        link = link or _unread_code(rest)
    point, doubt = _settle(found)
    if found:
        link = None
    rest = _SHORT_CODE.sub(" ", _THREE_WORDS.sub(" ", rest))
    return WrittenPlace(point, doubt, link, rest)


def _settle(found: list[Found]) -> tuple[Point | None, PlaceDoubt | None]:
    """Return the one place among `found`; pins count before views of a map."""
    pins = [place for place in found if place[1] is not PlaceDoubt.MAP_VIEW] or found
    if not pins:
        return None, None
    first = pins[0][0]
    for other, _ in pins[1:]:
        if not _is_same(first, other):
            return None, PlaceDoubt.SEVERAL
    # Written twice, once without a doubt: that one settles it.
    return min(pins, key=lambda place: place[1] is not None)


def _is_same(one: Point, other: Point) -> bool:
    return (
        abs(one.latitude - other.latitude) < _SAME_DEGREES
        and abs(one.longitude - other.longitude) < _SAME_DEGREES
    )


# --- links --------------------------------------------------------------------------------------


def _read_url(raw: str) -> tuple[list[Found], str | None]:
    """Return the places in a link, and the link itself when it names one that we cannot read."""
    raw = raw[:_LINK_LIMIT].rstrip(".,;!?)]}’”")
    address = raw if "://" in raw else f"https://{raw}"
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:  # brackets in a host, a port that is no number
        return [], None
    if not _MAP_HOST.fullmatch(host):
        return [], None  # whatever numbers it holds, they are no place
    # A plus is a space in links, and itself in plus codes.
    plain, spaced = unquote(address), unquote(address.replace("+", " "))
    if places := _pins_in(plain) or _pins_in(spaced) or _view_in(plain):
        return places, None
    if _NO_PLACE.match(host + parts.path) or parts.path in {"", "/"}:
        return [], None
    if port not in {None, 443} or parts.username is not None:
        return [], None
    printable = _NOT_OF_LINKS.split(address, 1)[0]  # Thai glued to a link is no part of it
    return [], "https://" + printable.partition("://")[2]


def _pins_in(url: str) -> list[Found]:
    """Return the places in a decoded link, from its most exact part that has any."""
    pins = [_place(match[1], match[2]) for match in _PIN.finditer(url)]
    if read := [pin for pin in pins if pin]:
        return read
    for pattern, latitude, longitude in _PARTS_OF_LINKS:
        match = pattern.search(url)
        place = _place(match[latitude], match[longitude]) if match else None
        if place:
            return [place]
    angles: list[Found] = []
    _take_angles(url, angles)
    _take_full_codes(url, angles)
    return angles


def _view_in(url: str) -> list[Found]:
    """Return the middle of the map that a decoded link shows."""
    view = _VIEW.search(url)
    place = _place(view[1] or view[3], view[2] or view[4]) if view else None
    return [(place[0], PlaceDoubt.MAP_VIEW)] if place else []


# --- text ---------------------------------------------------------------------------------------


def _taking(
    pattern: re.Pattern[str], read: Callable[[re.Match[str]], Found | None]
) -> Callable[[str, list[Found]], str]:
    """Return a reader that adds each place it finds, and returns the text without them."""

    def take(text: str, found: list[Found]) -> str:
        def one(match: re.Match[str]) -> str:
            place = read(match)
            if place is None:
                return match[0]
            found.append(place)
            return " "

        return pattern.sub(one, text)

    return take


def _full_code(match: re.Match[str]) -> Found | None:
    point = decode(match[0])
    return (point, None) if point else None


def _angles(match: re.Match[str]) -> Found | None:
    first, second = _angle(match, 1), _angle(match, 8)
    if first is None or second is None:
        return None
    (one, side, is_angle), (other, other_side, is_other_angle) = first, second
    if side is None and other_side is None and not (is_angle and is_other_angle):
        return None  # two bare numbers: the pair of decimal degrees has rules of its own
    if (side is None) != (other_side is None):
        return None
    axes = (side in {_EAST, _WEST}, other_side in {_EAST, _WEST})
    if side is not None and axes[0] == axes[1]:
        return None
    if axes == (True, False):
        return _exact(other, one)
    return _exact(one, other) if side is not None else _place(str(one), str(other))


def _angle(match: re.Match[str], group: int) -> tuple[float, str | None, bool] | None:
    """Return signed degrees, the side of the earth, and whether a degree sign was written."""
    before, whole, sign, minutes, seconds, after, thai = match.group(*range(group, group + 7))
    side = (before or after or _SIDES.get(thai or "", "")).upper() or None
    if minutes and not sign:
        return None
    if float(minutes or 0) >= 60 or float(seconds or 0) >= 60:
        return None
    degrees = float(whole) + float(minutes or 0) / 60 + float(seconds or 0) / 3600
    return (-degrees if side in {_SOUTH, _WEST} else degrees), side, bool(sign)


def _pair(match: re.Match[str]) -> Found | None:
    place = _place(match[1], match[2])
    if place is None:
        return None
    decimals = min(len(match[1].partition(".")[2]), len(match[2].partition(".")[2]))
    return place if decimals >= _decimals_needed(match, place[0]) else None


def _decimals_needed(match: re.Match[str], point: Point) -> int:
    """Return how many decimals make two numbers a place: fewer where little else is possible."""
    if not (5 <= point.latitude <= 21 and 97 <= point.longitude <= 106):
        return 4  # not in Thailand
    text = match.string
    alone = not (text[: match.start()] + text[match.end() :]).strip(" ().,!\n")
    return 2 if alone or _PLACE_WORD.search(text, 0, match.start()) else 3


def _unread_code(text: str) -> str | None:
    match = _SHORT_CODE.search(text) or _THREE_WORDS.search(text)
    return match[0] if match else None


def _place(latitude: str, longitude: str) -> Found | None:
    """Return the place of two numbers in this order, or in the other where only that is one."""
    first, second = (float(number.translate(_MINUS)) for number in (latitude, longitude))
    if first == second == 0:
        return None  # what an app without a fix gives
    if abs(first) > 90 >= abs(second):
        place = _exact(second, first)
        return (place[0], PlaceDoubt.SWAPPED) if place else None
    return _exact(first, second)


def _exact(latitude: float, longitude: float) -> Found | None:
    try:
        return Point(latitude, longitude), None
    except InvalidPoint:
        return None


def _plain_digits(text: str) -> str:
    """Return `text` with every decimal digit of any script as 0-9, and single spaces.

    Runs of spaces would cost the patterns their speed.
    """
    if not text.isascii():
        text = "".join(_plain(letter) for letter in text)
    return _LINES.sub("\n", _SPACES.sub(" ", text))


def _plain(letter: str) -> str:
    if letter.isascii():
        return letter
    if letter.isdecimal():
        return str(unicodedata.decimal(letter))
    return "" if unicodedata.category(letter) == "Cf" else letter


_take_angles = _taking(_ANGLES, _angles)
_take_full_codes = _taking(_FULL_CODE, _full_code)
_READERS = (
    _taking(_GEO, lambda match: _place(match[1], match[2])),
    _taking(_LABELLED, lambda match: _place(match[1], match[2])),
    _taking(_LABELLED_BACK, lambda match: _place(match[2], match[1])),
    _take_full_codes,
    _take_angles,
    _taking(_PAIR, _pair),
)

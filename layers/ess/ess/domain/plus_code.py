"""Plus codes (Open Location Code): a place in eleven characters, as Google Maps shows it.

The code of https://github.com/google/open-location-code: five pairs of base-20 digits, latitude
first, each a twentieth of the one before; further characters cut the cell into 5 rows by 4 columns.
"""

from ess.domain.geo import Point

ALPHABET = "23456789CFGHJMPQRVWX"
"""The twenty digits, in the order of their values; none spells a word."""

_VALUES = {letter: value for value, letter in enumerate(ALPHABET)}
_PAIR_DEGREES = (20.0, 1.0, 0.05, 0.0025, 0.000125)
_ROWS, _COLUMNS = 5, 4


def decode(code: str) -> Point | None:
    """Return the centre of a full code's cell, or None when `code` is none.

    Takes codes of 8 characters before the plus and 2 or more (14 m or finer) after it, in any case.
    """
    before, plus, after = code.upper().partition("+")
    digits = [_VALUES.get(letter, -1) for letter in before + after]
    if not plus or len(before) != 8 or not 2 <= len(after) <= 7 or min(digits) < 0:
        return None
    if digits[0] > 8 or digits[1] > 17:  # beyond the pole, or once around
        return None
    south = sum(value * size for value, size in zip(digits[0:10:2], _PAIR_DEGREES, strict=True))
    west = sum(value * size for value, size in zip(digits[1:10:2], _PAIR_DEGREES, strict=True))
    height = width = _PAIR_DEGREES[-1]
    for value in digits[10:]:
        height, width = height / _ROWS, width / _COLUMNS
        south += value // _COLUMNS * height
        west += value % _COLUMNS * width
    return Point(south + height / 2 - 90, west + width / 2 - 180)

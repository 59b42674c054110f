"""Phone numbers as people type them."""

import re
import unicodedata

_COUNTRY = "TH"
_NUMBER_ALONE = re.compile(r"[\d\s().+-]+")


def read_phone(text: str) -> str | None:
    """Return the first number in `text` that can be called back, as E.164, or None.

    Takes Thai digits, dashes, spaces, ``+66``, ``66``, ``0066`` and a sentence around the number;
    foreign numbers with their country code. Short codes such as 191 are nobody's number.
    """
    # Imported here: most events carry no number, and the cold start should not pay for it.
    from phonenumbers import PhoneNumberFormat, PhoneNumberMatcher, format_number  # noqa: PLC0415

    for candidate in _spellings(_plain_digits(text)):
        for match in PhoneNumberMatcher(candidate, _COUNTRY):
            number: str = format_number(match.number, PhoneNumberFormat.E164)
            return number
    return None


def _plain_digits(text: str) -> str:
    """Return `text` with every decimal digit of any script as 0-9."""
    return "".join(
        str(unicodedata.decimal(c)) if unicodedata.decimal(c, None) is not None else c for c in text
    )


def _spellings(text: str) -> list[str]:
    """Return `text` as it is, then in the spellings that the matcher would miss."""
    international = re.sub(r"(?<!\d)(?:00\s?66|66)(?=[\s-]?[2-9])", "+66", text)
    # Digits glued to letters, as Thai is written without spaces: give them room.
    spaced = re.sub(r"(?<=[^\W\d_])(?=[+\d])|(?<=\d)(?=[^\W\d_])", " ", international)
    spellings = [text, international, spaced]
    if _NUMBER_ALONE.fullmatch(international):
        # "0 8 1 2 3 4 5 6 7 8": digits are joined only where nothing but a number was written; out
        # of a sentence the time of day and a room would make a stranger's number.
        spellings.append(re.sub(r"[^\d+]", "", international))
    return spellings

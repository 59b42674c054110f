"""How many parts an SMS takes: each is billed as one message.

3GPP TS 23.038 (alphabets, section 6.2.1) and 23.040 (concatenation, section 9.2.3.24.1).
"""

_GSM_7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_7_EXTENSION = frozenset("^{}\\[~]|€\f")
_SEPTETS = (160, 153)  # alone; in each of several parts
_UNITS = (70, 67)


def count_parts(text: str) -> int:
    """Return how many SMS parts `text` takes; Thai is UCS-2, 70 characters, then 67 a part."""
    sizes, (alone, each) = _sizes(text)
    if sum(sizes) <= alone:
        return 1
    parts, room = 1, each
    for size in sizes:
        if size > room:  # a pair of surrogates or an escape is never torn apart
            parts, room = parts + 1, each
        room -= size
    return parts


def shorten(text: str, parts: int) -> str:
    """Return `text`, cut at its end if it takes more than `parts` SMS parts."""
    while count_parts(text) > parts:
        text = text[:-1]
    return text


def _sizes(text: str) -> tuple[list[int], tuple[int, int]]:
    if all(letter in _GSM_7 or letter in _GSM_7_EXTENSION for letter in text):
        return [2 if letter in _GSM_7_EXTENSION else 1 for letter in text], _SEPTETS
    return [2 if ord(letter) > 0xFFFF else 1 for letter in text], _UNITS

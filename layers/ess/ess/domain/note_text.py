"""Words of a reporter as a report keeps them: in notes short enough to read, with a limit in bytes.

A limit in notes would drop the second line of whoever writes one word a line, and keep thirty long
ones; what a store and a telephone can take is counted in bytes.
"""

import unicodedata
from collections.abc import Iterable

from ess.domain.plain_text import TRAILING_VOWELS

NOTE_LIMIT = 500
"""Characters of one note; a longer text becomes several."""

MOST_BYTES = 30_000
"""Bytes of notes that a report keeps; a conversation this long is better held by telephone."""

MOST_DRAFT_BYTES = 16_000
"""The same before there is a report: the conversation's item has to stay small. One text of LINE's,
5,000 letters of Thai, must fit."""

_OVERHEAD = 24
"""Bytes that each note costs beside its letters: the id of the message it came in."""


def pieces(text: str) -> tuple[str, ...]:
    """Return `text` as the notes that it is kept in, each of at most `NOTE_LIMIT` characters.

    It is cut at spaces where there are any, and never between a letter and the marks on it.
    """
    rest, found = " ".join(text.split()), list[str]()
    while len(rest) > NOTE_LIMIT:
        end = _end_of_piece(rest)
        found.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return (*found, rest) if rest else tuple(found)


def _end_of_piece(text: str) -> int:
    space = text.rfind(" ", NOTE_LIMIT // 2, NOTE_LIMIT + 1)
    if space > 0:
        return space
    end = NOTE_LIMIT
    while end > 1 and (unicodedata.category(text[end])[0] == "M" or text[end] in TRAILING_VOWELS):
        end -= 1
    return end


def weight(notes: Iterable[str]) -> int:
    """Return how many bytes `notes` take of what may be kept."""
    return sum(len(note.encode()) + _OVERHEAD for note in notes if note)


def fitting(text: str, used: int, most: int) -> tuple[str, ...]:
    """Return the notes of `text` that fit beside what is kept, from its beginning.

    Args:
        text: what is to be kept.
        used: bytes that are taken already.
        most: bytes that may be.
    """
    kept = list[str]()
    for piece in pieces(text):
        used += weight([piece])
        if used > most:
            break
        kept.append(piece)
    return tuple(kept)

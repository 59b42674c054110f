"""Text as it is compared: without the differences that a hurried thumb makes.

Thai is written without spaces and its tone marks are what people mistype most, so that letters and
tones are kept apart: letters decide what may be meant, tones tell a slip from another word.
"""

import re
import unicodedata
from dataclasses import dataclass

TONES = frozenset("่้๊๋์")
"""Thai tone marks and the mark of a silent letter."""

LEADING_VOWELS = frozenset("เแโใไ")
"""Vowels written before their consonant: what follows one is no beginning of a word."""

TRAILING_VOWELS = frozenset("ะัาำิีึืฺุู็ๅ")
"""Vowels written after or around their consonant: one of them is no beginning of a word."""

BREAKS = frozenset("\n.,;!?()/:")
"""Characters over which nothing is read as one phrase with what follows."""

_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
# Apostrophes are left out half of the time ("dont"), and the repetition mark only stresses.
_DROPPED = dict.fromkeys(map(ord, "ๆ'’‘`´"))
_WITHOUT_TONES = dict.fromkeys(map(ord, TONES))
_SARA_AM = re.compile("ํ([่้๊๋]?)า")  # typed as its two halves
_REPEATED = re.compile(r"([^\d\s])\1{2,}")  # "helppp", "ช่วยด้วยยย"; digits stay: 5555 is a laugh
_REPEATED_TONE = re.compile("([่้๊๋์])\\1+")


@dataclass(frozen=True, slots=True)
class PlainText:
    """A text in the form that phrases are compared in.

    Args:
        letters: everything but tone marks. There are no spaces beside Thai letters, one between
            other words.
        tones: for each letter the tone marks on it, mostly none.
        gaps: indices of letters before which a space beside a Thai letter was left out.
    """

    letters: str
    tones: tuple[str, ...]
    gaps: frozenset[int]

    def tones_of(self, start: int, end: int) -> str:
        """Return the tone marks on the letters from `start` to before `end`."""
        return "".join(self.tones[start:end])

    def is_pause(self, index: int) -> bool:
        """Tell whether Thai goes on at letter `index` after a space, as after a comma."""
        return (
            index in self.gaps
            and _is_thai(self.letters[index - 1])
            and (_is_thai(self.letters[index]))
        )

    def begins_word(self, start: int) -> bool:
        """Tell whether a word may begin at letter `start`."""
        if start == 0:
            return True
        before, first = self.letters[start - 1], self.letters[start]
        if before in LEADING_VOWELS:
            return False
        return not (_is_word(before) and _is_word(first))

    def ends_word(self, end: int) -> bool:
        """Tell whether a word may end before letter `end`."""
        if end >= len(self.letters):
            return True
        last, after = self.letters[end - 1], self.letters[end]
        if after in TRAILING_VOWELS:
            return False
        return not (_is_word(last) and _is_word(after))


def plain_text(text: str) -> PlainText:
    """Return `text` without case, tones, stretched letters and spaces between Thai words."""
    letters: list[str] = []
    tones: list[str] = []
    gaps: set[int] = set()
    spaced = False
    for letter in _spelled_alike(text):
        if letter in TONES:
            if tones:
                tones[-1] += letter
            continue
        if letter == " ":
            spaced = bool(letters)
            continue
        if spaced:
            spaced = False
            if _is_thai(letters[-1]) or _is_thai(letter):
                gaps.add(len(letters))
            else:
                letters.append(" ")
                tones.append("")
        letters.append(letter)
        tones.append("")
    return PlainText("".join(letters), tuple(tones), frozenset(gaps))


def split_tones(phrase: str) -> tuple[str, str]:
    """Return the letters and the tone marks of a phrase that is plain already.

    Thousands of phrases are read at a cold start: for them it is ten times as fast as `plain_text`.
    """
    letters = phrase.translate(_WITHOUT_TONES)
    if len(letters) == len(phrase):
        return letters, ""
    return letters, "".join(letter for letter in phrase if letter in TONES)


def _spelled_alike(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).casefold().translate(_THAI_DIGITS)
    text = text.translate(_DROPPED).replace("เเ", "แ")
    text = _REPEATED_TONE.sub(r"\1", _SARA_AM.sub(r"\1ำ", text))
    # Compared letter by letter only where needed: most texts hold no invisible character.
    if not text.isprintable():
        text = "".join(" " if c in "\t\r" else c for c in text if _is_visible(c))
    return _REPEATED.sub(r"\1", text)


def _is_visible(letter: str) -> bool:
    return (
        letter in "\n\t\r"
        or unicodedata.category(letter) not in {"Cf", "Cc", "Mn"}
        or (_is_thai(letter))
    )


def _is_thai(letter: str) -> bool:
    return "฀" <= letter <= "๿"


def _is_word(letter: str) -> bool:
    return letter.isascii() and letter.isalnum()

"""A one-time invitation to join a unit: its code, who may use it, and until when."""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ess.domain.ids import UNAMBIGUOUS

CODE_LENGTH = 8
"""Characters of a code: 29^8, or 5e11 codes, of which a guesser may try five in a quarter hour."""

DEFAULT_HOURS = 72
MOST_HOURS = 14 * 24

_DIGITS = frozenset("0123456789")
_HALF = CODE_LENGTH // 2
_CODE = rf"([{UNAMBIGUOUS}]{{{_HALF}}})[\s-]*([{UNAMBIGUOUS}]{{{_HALF}}})(?![A-Z0-9])"


@dataclass(frozen=True, slots=True)
class Invitation:
    """A place in a unit, kept for the person who knows the code.

    Args:
        code_hash: `hash_of` its code; the code itself is stored nowhere.
        unit_id: the unit that invites.
        unit_th: its name in Thai, for the welcome.
        unit_en: the same in English.
        name_th: rank and name of the invited person, as reporters read it.
        name_en: the same in English.
        created_at: epoch seconds.
        valid_until: epoch seconds; the code does not work from then on.
        used_by: LINE user id of who joined with it, or None.
        used_at: when, in epoch seconds.
    """

    code_hash: str
    unit_id: str
    unit_th: str
    unit_en: str
    name_th: str
    name_en: str
    created_at: float
    valid_until: float
    used_by: str | None = None
    used_at: float | None = None

    @property
    def responder_id(self) -> str:
        """Return the id of the responder that it makes: one invitation, one responder."""
        return f"inv-{hashlib.sha256(f'responder:{self.code_hash}'.encode()).hexdigest()[:16]}"

    @property
    def number(self) -> str:
        """Return what operators call it by; it does not lead to the code."""
        return self.code_hash[:8]

    def is_open(self, now: float) -> bool:
        """Tell whether somebody may still join with it at epoch seconds `now`."""
        return self.used_by is None and now < self.valid_until


def make_code(below: Callable[[int], int]) -> str:
    """Return a new code, with at least one letter and one digit, so that no word looks like one.

    Args:
        below: returns a random whole number from 0 to below its argument; must be unguessable.
    """
    while True:
        code = "".join(UNAMBIGUOUS[below(len(UNAMBIGUOUS))] for _ in range(CODE_LENGTH))
        if _is_mixed(code):
            return code


def shown(code: str) -> str:
    """Return a code as people read it: ``ABCD-2FGH``."""
    return f"{code[:_HALF]}-{code[_HALF:]}"


def hash_of(code: str) -> str:
    """Return what is stored in the place of `code`: hexadecimal SHA-256."""
    return hashlib.sha256(f"ess-invitation:{code}".encode()).hexdigest()


def read_code(text: str, words: Iterable[str]) -> tuple[str | None, bool] | None:
    """Find an invitation code in what a person typed.

    Any case, with or without dash and spaces. A code that stands alone is one; within other text
    (a forwarded message) it is one after one of `words`.

    Args:
        text: what was typed.
        words: what says that one wants to join, in lower case.

    Returns:
        None if nobody meant a code. Else the code, and whether one of `words` stands before it;
        the code is None after a word with something that is nearly one.
    """
    plain = _plain(text)
    alone = re.fullmatch(_CODE, plain)
    if alone and _is_mixed(code := "".join(alone.groups())):
        return code, False
    said = "|".join(re.escape(_plain(word)) for word in words)
    for match in re.finditer(rf"(?:{said})[\s:]*{_CODE}", plain):
        if _is_mixed(code := "".join(match.groups())):
            return code, True
    # One character too few or too many, or a zero for an O: worth an answer of its own.
    nearly = re.fullmatch(rf"(?:{said})[\s:]*([A-Z0-9 -]*)", plain)
    if nearly and abs(len(re.sub(r"[\s-]", "", nearly[1])) - CODE_LENGTH) <= 1:
        return None, True
    return None


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).upper()
    digits = (
        str(unicodedata.decimal(c)) if unicodedata.decimal(c, None) is not None else c
        for c in folded
    )
    return " ".join("".join(digits).split())


def _is_mixed(code: str) -> bool:
    return not _DIGITS.isdisjoint(code) and not _DIGITS.issuperset(code)

"""A text that was sent, and what is in it."""

import unicodedata
from dataclasses import dataclass

from ess.domain.conversation.own_number import OwnNumber, only_names_it
from ess.domain.understanding import Other, Understood
from ess.domain.written_place import read_place

LONG_ANSWER = 12
"""Letters from which an answer to a question of yes or no says more than that."""

URGENT = (Other.SELF_HARM, Other.MEDICAL, Other.FIRE, Other.ACCIDENT)
"""Misfortunes for which others are to be called even while we look for the police."""

_WORDS_FROM = 6  # "อยู่ที่" beside a place: no words to pass on


@dataclass(frozen=True, slots=True)
class Said:
    """A text, and what is in it.

    Args:
        text: as it was sent.
        meant: what it says.
        number: the writer's own telephone number in it, if any.
        message_id: by which it may be taken back.
    """

    text: str
    meant: Understood
    number: OwnNumber
    message_id: str = ""

    @property
    def phone(self) -> str | None:
        """Return the E.164 number at which the writer may be called."""
        return self.number.phone

    @property
    def silent(self) -> bool:
        """Tell whether a call would be heard by whom it must not: nobody who hides is called."""
        return self.meant.cannot_talk or self.meant.hides

    @property
    def words(self) -> str:
        """Return the text without a number or place that is taken for itself, to be passed on."""
        rest = self.number.rest
        if self.meant.place is not None:
            rest = read_place(rest).rest
        words = " ".join(rest.split())
        is_whole = self.phone is None and self.meant.place is None
        # A digit that is left is a floor, a room or a house.
        tells = letters_of(words) >= _WORDS_FROM or any(map(str.isdigit, words))
        # "มีมีด": short words may be the most important ones.
        if self.meant.place is None and letters_of(words) > 1:
            tells = not only_names_it(words)
        return words if is_whole or tells else ""

    @property
    def whole(self) -> str:
        """Return all of the text, to be passed on."""
        return " ".join(self.text.split())

    @property
    def is_long(self) -> bool:
        """Tell whether it says more than yes or no."""
        return letters_of(self.text) >= LONG_ANSWER

    @property
    def tells_more(self) -> bool:
        """Tell whether it reports something, whatever it says of its writer's own safety."""
        meant = self.meant
        emergency = meant.kind is not None or bool(meant.kinds) or meant.asks_help
        return emergency or meant.place is not None or self.phone is not None

    @property
    def is_emergency(self) -> bool:
        """Tell whether it tells of danger or asks for something: it is no reason to cancel."""
        meant = self.meant
        asks = meant.asks_status or meant.other is not None or self.number.others
        return self.tells_more or self.silent or asks


def letters_of(text: str) -> int:
    """Return how many letters a text has, the marks of Thai vowels and tones among them."""
    return sum(unicodedata.category(sign)[0] in "LM" for sign in text)

"""What a person means who types instead of tapping.

Tables and rules, no guessing: a kind is returned only where nothing else is likely. Where something
speaks for one, but not clearly or for others as well, they are returned to be asked about with
buttons. Nothing here changes what is stored; that is for the caller, who knows what was asked.

"55", with which a silent caller in the United Kingdom asks for the police, is a laugh in Thai ("ha
ha") and says nothing here; "191", the number of the Thai police, asks for help.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from ess.domain.geo import Point
from ess.domain.kinds import Kind
from ess.domain.lexicon import Lexicon, Sense, Token
from ess.domain.plain_text import BREAKS, PlainText, plain_text
from ess.domain.written_place import PlaceDoubt, read_place

CLEAR = 3
"""Weight from which a phrase says alone what happens."""

ASKABLE = 2
"""Weight from which a kind is worth a button."""

LEAD = 2
"""By how much the likeliest kind must lead the next to be beyond doubt."""

MOST_ASKED = 3
"""Kinds that are asked about, at most: more than these are no help to choose from."""


class Role(StrEnum):
    """Who reports."""

    VICTIM = "victim"
    RELATIVE = "relative"  # or a friend
    BYSTANDER = "bystander"
    VOLUNTEER = "volunteer"  # อพม., อสม. or an official of พมจ.


class Other(StrEnum):
    """A misfortune that others take care of; whoever reports one is told whom to call."""

    SELF_HARM = "self_harm"
    MEDICAL = "medical"
    FIRE = "fire"
    ACCIDENT = "accident"
    THEFT = "theft"
    MISSING = "missing"
    ANIMAL = "animal"


@dataclass(frozen=True, slots=True)
class Understood:
    """What a text says. Several things may be said at once, or nothing.

    Args:
        kind: the emergency, where it is beyond doubt; otherwise None.
        kinds: the emergencies to ask about, likeliest first; empty when `kind` is set.
        denied: emergencies that are said not to happen.
        place: where, degrees WGS84, or None.
        place_doubt: what to ask about `place` before it is used, or that there were several.
        link: a map link or short code that names a place which cannot be read without a look-up.
        phone_text: a telephone number seems to be in it; which one is read elsewhere.
        asks_help: help or the police is asked for.
        cannot_talk: the person says that a call is not possible.
        hides: the person seems to be hiding or overheard: ask whether a call is possible.
        cancels: the report is to be dropped.
        hedged: a "but" or a "still" is in it.
        only_cancels: it says nothing else, as the button does.
        keeps: the report is said not to be dropped.
        why: the reason to cancel that is named: ``helped``, ``mistake``, or None.
        no_number: the person says that there is no number to call.
        choice: nothing but the number of a choice, "1" or "ข้อ 2": 1 to 9, or None.
        asks_status: what happens with the report is asked.
        who: who reports, where said.
        yes: an answer: True for yes, False for no, None when it is neither.
        safe: the person says that they are out of danger.
        is_test: the text calls itself a test or a joke.
        other: a misfortune that is none of the five emergencies.
    """

    kind: Kind | None = None
    kinds: tuple[Kind, ...] = ()
    denied: tuple[Kind, ...] = ()
    place: Point | None = None
    place_doubt: PlaceDoubt | None = None
    link: str | None = None
    phone_text: bool = False
    asks_help: bool = False
    cannot_talk: bool = False
    hides: bool = False
    cancels: bool = False
    hedged: bool = False
    only_cancels: bool = False
    keeps: bool = False
    why: str | None = None
    no_number: bool = False
    choice: int | None = None
    asks_status: bool = False
    who: Role | None = None
    yes: bool | None = None
    safe: bool = False
    is_test: bool = False
    other: Other | None = None

    @property
    def nothing(self) -> bool:
        """Tell whether nothing was understood."""
        return self == Understood()


@dataclass(frozen=True, slots=True)
class _Evidence:
    """Something said about kinds or roles, and how it is meant."""

    sense: Sense
    negated: bool
    doubtful: bool


# A number that could be called back: Thai with 0, 66, +66 or 0066, foreign ones with a plus.
_PHONE = re.compile(
    r"(?<!\d)(?<!\d-)(?:"
    r"(?:(?:\+|00)\s?66|66|0)[\s().-]{0,2}(?:\(?0\)?\s?)?[2-9](?:[\s().-]{0,2}\d){7,8}"
    r"|\+(?:[\s().-]{0,2}\d){9,15}"
    r")(?!\d)"
)
# Two of a letter are often right where words meet, so they are undone only if nothing else helps.
_DOUBLED = re.compile(r"([^\W\d])\1")
# Compared without tones: "ข้อ 2ค่ะ".
_CHOICE = re.compile(
    r"(?:เลือก|เอา|กด|ตอบ)?"
    r"(?:ขอที|ขอ|อันที|อัน|เบอร|หมายเลข|เลข|ตัวเลือกที|ตัวเลือก|no\.? ?|number |option |choice |#)?"
    r"(?:([1-9])|(หนึง|one)|(สอง|two)|(สาม|three)|(สี|four)|(หา|five))[.)]?"
    r"(?:ครับ|คับ|คะ|คา|นะ|จา|จะ| ?please)*"
)
_HEDGE = re.compile(r"แต(?!ง)|ยัง|\b(?:but|still)\b")
_LAUGH = re.compile(r"(?<!\d)5{3,}\+?(?!\d)|\b(?:lol|lmao|haha\w*)\b|😂|🤣")

_ALONE = "_alone"
"""Ends the name of a mark that counts, without this, only where the phrase is a clause."""

_ASKABLE_MARKS = {"safe", "test"}
"""What is not so when it is asked."""

_REACH = 6
"""Phrases over which a "not" reaches, at most."""

_WHYS = ("helped", "mistake")
"""Reasons to cancel that have words of their own; see `ess.domain.conversation.CANCEL_REASONS`."""

_HARM_ROLES = {"victim": Role.VICTIM, "relative": Role.RELATIVE}
_SAID_ROLES = {"volunteer": Role.VOLUNTEER, "bystander": Role.BYSTANDER}
_ROLES = (Role.VOLUNTEER, Role.VICTIM, Role.RELATIVE, Role.BYSTANDER)
_SKIPPED = ("filler", "person", "me", "mine", "kin", "passive", "i_passive")


def understand(text: str, lexicon: Lexicon) -> Understood:
    """Return what `text` says; see `Understood`."""
    place = read_place(text)
    plain = plain_text(place.rest)
    tokens = lexicon.tokens(plain)
    if all(token.has("particle", "help_alone") for token in tokens):
        plain = plain_text(_DOUBLED.sub(r"\1", place.rest))
        tokens = lexicon.tokens(plain)
    reading = _Reading(plain, tokens, lexicon)
    said = reading.said()
    alone = _is_alone(plain, tokens)
    doubtful = (
        reading.doubtful
        or bool(said & {"cancel", "safe", "test"})
        or _LAUGH.search(plain.letters) is not None
    )
    evidence = [*reading.evidence()]
    kind, kinds = _kinds(evidence, lexicon, doubtful)
    if not tokens or all(token.has("particle") for token in tokens):
        slip = lexicon.near_sense(_without_tokens(plain, [])) or lexicon.near_sense(
            _without_tokens(plain, tokens)
        )
        if slip:
            said |= slip.marks & {"help"}
            kinds = tuple(kind for kind, weight in slip.weights.items() if weight >= ASKABLE)
    return Understood(
        kind=kind,
        kinds=kinds,
        denied=_denied(evidence),
        place=place.point,
        place_doubt=place.doubt,
        link=place.link,
        phone_text=_PHONE.search(place.rest) is not None,
        asks_help="help" in said,
        cannot_talk="no_call" in said,
        hides="hides" in said,
        cancels="cancel" in said,
        hedged=_HEDGE.search(plain.letters) is not None,
        only_cancels="cancel" in said and _only(plain, tokens, "drop"),
        keeps="keeps" in said,
        why=next((why for why in _WHYS if f"why.{why}" in said), None),
        no_number="no_number" in said or _only(plain, tokens, "no_number_alone"),
        choice=_choice(plain),
        asks_status="status" in said,
        who=_role(said, evidence, reading.doubtful),
        yes=_answer(plain, tokens, alone),
        safe="safe" in said,
        is_test="test" in said,
        other=next((other for other in Other if f"other.{other}" in said), None),
    )


class _Reading:
    """The phrases of one text, read together."""

    def __init__(self, plain: PlainText, tokens: list[Token], lexicon: Lexicon) -> None:
        self._plain = plain
        self._tokens = tokens
        self._lexicon = lexicon
        self.doubtful = any(token.has("doubt") for token in tokens)

    def said(self) -> set[str]:
        """Return the marks of all phrases but those that are denied or forbidden."""
        said: set[str] = set()
        for index, token in enumerate(self._tokens):
            before = self._before(index)
            if before and before.has("negator", "forbid"):
                continue
            said |= token.sense.marks - (_ASKABLE_MARKS if self._is_asked(index) else set())
            if _is_clause(self._plain, self._tokens, index):
                said |= {mark.removesuffix(_ALONE) for mark in token.sense.marks}
        return said

    def evidence(self) -> Iterator[_Evidence]:
        """Yield what phrases and pairs of phrases say about kinds and roles."""
        for index, token in enumerate(self._tokens):
            if token.sense.weights:
                yield self._judged(token.sense, index, index)
            for mark in token.sense.marks:
                for pair in self._lexicon.pairs.get(mark, ()):
                    then = self._follower(index, pair.then, pair.within)
                    if then is not None:
                        yield self._judged(pair.sense, index, then)

    def _judged(self, sense: Sense, first: int, last: int) -> _Evidence:
        before, gap = self._negator(first)
        negated = before is not None and before.has("negator") and not gap
        doubtful = self._is_asked(last) or (before is not None and not negated)
        return _Evidence(sense, negated, doubtful)

    def _is_asked(self, index: int) -> bool:
        """Tell whether the phrase at `index` is a question by the word after it."""
        after = index + 1
        return (
            after < len(self._tokens)
            and self._tokens[after].has("question")
            and self._touches(index, after)
        )

    def _negator(self, index: int) -> tuple[Token | None, bool]:
        """Return what negates or forbids the phrase at `index`, and whether a space is between."""
        gap = False
        furthest = max(0, index - _REACH)
        while index > furthest and self._touches(index - 1, index):
            gap = gap or self._tokens[index].start in self._plain.gaps
            index -= 1
            before = self._tokens[index]
            if before.has("negator", "forbid"):
                return before, gap
            if not before.has(*_SKIPPED):
                break
        return None, False

    def _before(self, index: int) -> Token | None:
        """Return the negating phrase right before the phrase at `index`, without a space."""
        before, gap = self._negator(index)
        return None if gap else before

    def _follower(self, index: int, mark: str, within: int) -> int | None:
        """Return the first phrase with `mark` after the one at `index` in the same clause."""
        end = self._tokens[index].end
        for other in range(index + 1, len(self._tokens)):
            token = self._tokens[other]
            between = self._plain.letters[end : token.start]
            if token.start - end > within or not BREAKS.isdisjoint(between):
                return None
            if within <= 1 and self._plain.is_pause(token.start):
                return None
            if token.has(mark):
                return other
            if token.has("negator", "forbid"):
                return None
        return None

    def _touches(self, one: int, other: int) -> bool:
        """Tell whether nothing but a space is between two phrases."""
        between = self._plain.letters[self._tokens[one].end : self._tokens[other].start]
        return between in {"", " "}


def _kinds(
    evidence: list[_Evidence], lexicon: Lexicon, doubtful: bool
) -> tuple[Kind | None, tuple[Kind, ...]]:
    """Return the kind that is beyond doubt, or those to ask about, likeliest first."""
    weights: dict[Kind, list[int]] = {}
    unsure: set[Kind] = set()
    for piece in evidence:
        for kind, weight in piece.sense.weights.items():
            if piece.negated or piece.doubtful:
                unsure.add(kind)
            if not piece.negated:
                weights.setdefault(kind, []).append(weight)
    # The strongest sign counts in full, further ones a little: repeating is no proof.
    scores = {kind: max(signs) + min(len(signs) - 1, 2) for kind, signs in weights.items()}
    clear = {kind for kind, signs in weights.items() if max(signs) >= CLEAR}
    for kind in clear & lexicon.absorbs.keys() - unsure:
        for part in lexicon.absorbs[kind]:
            scores.pop(part, None)
    ranked = sorted(scores, key=lambda kind: (-scores[kind], kind))
    if not ranked:
        return None, ()
    first, second = ranked[0], scores[ranked[1]] if len(ranked) > 1 else 0
    if not doubtful and first in clear - unsure and scores[first] - second >= LEAD:
        return first, ()
    return None, tuple(kind for kind in ranked if scores[kind] >= ASKABLE)[:MOST_ASKED]


def _denied(evidence: list[_Evidence]) -> tuple[Kind, ...]:
    return tuple(sorted({kind for e in evidence if e.negated for kind in e.sense.weights}))


def _role(said: set[str], evidence: list[_Evidence], doubtful: bool) -> Role | None:
    """Return who reports; somebody harmed only where harm is spoken of, and not of a story."""
    roles = {role for mark, role in _SAID_ROLES.items() if mark in said}
    if doubtful:
        return Role.VOLUNTEER if Role.VOLUNTEER in roles else None
    harm = [piece for piece in evidence if not piece.negated]
    if any(piece.sense.weights for piece in harm):
        marks = {mark for piece in harm for mark in piece.sense.marks}
        roles |= {role for mark, role in _HARM_ROLES.items() if mark in marks}
    return next((role for role in _ROLES if role in roles), None)


def _is_alone(plain: PlainText, tokens: list[Token]) -> bool:
    """Tell whether the text is one phrase, with nothing but particles around it."""
    words = [token for token in tokens if not token.has("particle")]
    return len(words) <= 1 and not _without_tokens(plain, tokens)


def _only(plain: PlainText, tokens: list[Token], mark: str) -> bool:
    """Tell whether the text is nothing but phrases with `mark`, and particles."""
    telling = [token for token in tokens if not token.has("particle")]
    says = bool(telling) and all(token.has(mark) for token in telling)
    return says and not _without_tokens(plain, tokens)


def _choice(plain: PlainText) -> int | None:
    match = _CHOICE.fullmatch(plain.letters)
    if match is None:
        return None
    index = match.lastindex or 1
    return int(match[1]) if index == 1 else index - 1


def _is_clause(plain: PlainText, tokens: list[Token], index: int) -> bool:
    """Tell whether a phrase stands by itself: between pauses, particles aside."""
    start, last = tokens[index].start, index
    letters = plain.letters
    begins = start == 0 or letters[start - 1] in BREAKS
    if not begins and start not in plain.gaps:
        return False  # and no particle behind it is looked at: a text may be made of nothing else
    while last + 1 < len(tokens) and _is_glued_particle(plain, tokens, last + 1):
        last += 1
    end = tokens[last].end
    ends = end == len(letters) or letters[end] in BREAKS
    # Between two spaces it may be any word of a sentence.
    return ends or (begins and end in plain.gaps)


def _is_glued_particle(plain: PlainText, tokens: list[Token], index: int) -> bool:
    token = tokens[index]
    glued = token.start == tokens[index - 1].end and token.start not in plain.gaps
    return glued and token.has("particle")


def _without_tokens(plain: PlainText, tokens: list[Token]) -> str:
    """Return the letters of `plain` that no phrase covers, without breaks and spaces."""
    kept, end = [], 0
    for token in tokens:
        kept.append(plain.letters[end : token.start])
        end = token.end
    kept.append(plain.letters[end:])
    return "".join(letter for letter in "".join(kept) if letter not in BREAKS and letter != " ")


def _answer(plain: PlainText, tokens: list[Token], alone: bool) -> bool | None:
    """Return yes or no where the text begins with it and goes on, if at all, after a pause."""
    if not tokens or tokens[0].start > 0:
        return None
    first = tokens[0]
    if alone and first.has("courtesy") and len(tokens) == 1:
        return True
    if not first.has("yes", "no"):
        return None
    end = first.end
    for index in range(1, len(tokens)):
        if not _is_glued_particle(plain, tokens, index):
            break
        end = tokens[index].end
    paused = end >= len(plain.letters) or end in plain.gaps or plain.letters[end] in BREAKS
    return first.has("yes") if paused or alone else None

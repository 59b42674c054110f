"""The phrases that people use, and what each of them says.

The table itself is data (`messages/lexicon.json`); this is its form in memory, made for finding the
longest phrase at each letter of a text. The table has:

- a block for each language (a further one is a further block): under ``kinds`` rows of phrases that
  speak for kinds of emergency, with weights 1 to 4 (see `Sense`); under ``marks`` phrases by what
  they say (``help``, ``cancel``) or do in a sentence (``negator``, ``doubt``). A mark that ends in
  ``_alone`` counts only where the phrase is a clause of its own. ``ignored`` phrases say nothing,
  and keep the shorter ones within them from being seen: "ตีกอล์ฟ" is no "ตี".
- ``sets``: words that fill ``{name}`` in phrases.
- ``pairs``: what two marks say together; ``absorbs``: which kinds include others.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from ess.domain.kinds import Kind
from ess.domain.plain_text import PlainText, split_tones

TOLERANT_FROM = 5
"""Letters from which a phrase is known by its letters alone, however its tones are typed."""

HARM = "harm"
"""The mark of every phrase that speaks for a kind with a weight of 2 or more."""

_SET = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Sense:
    """What a phrase says.

    Args:
        marks: names of what it says or does in a sentence, as the table has them.
        weights: for each kind of emergency how much it speaks for it: 1 a hint, 2 worth asking,
            3 clear, 4 clear whatever else is said.
    """

    marks: frozenset[str] = frozenset()
    weights: Mapping[Kind, int] = field(default_factory=dict)

    def joined(self, other: "Sense") -> "Sense":
        """Return what a phrase says that has both senses."""
        weights = {
            kind: max(self.weights.get(kind, 0), other.weights.get(kind, 0))
            for kind in (*self.weights, *other.weights)
        }
        return Sense(self.marks | other.marks, weights)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two phrases that say more together: "โดน" and, a few letters on, "ตี".

    Args:
        first: mark of the phrase that comes first.
        then: mark of the one that follows.
        within: letters between them, at most.
        sense: what they say together.
    """

    first: str
    then: str
    within: int
    sense: Sense


@dataclass(frozen=True, slots=True)
class Token:
    """A phrase found in a text, from letter `start` to before letter `end`."""

    start: int
    end: int
    sense: Sense

    def has(self, *marks: str) -> bool:
        """Tell whether it carries one of `marks`."""
        return not self.sense.marks.isdisjoint(marks)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All phrases.

    Args:
        phrases: by letters: each spelling's tones, and its sense.
        lengths: by the first two letters, or the only one: how long the phrases are that begin so,
            longest first.
        pairs: by the mark of the first.
        absorbs: kinds whose clear signs make those of other kinds a part of them.
        near: letters of phrases that are known even with a slip, and their senses.
    """

    phrases: Mapping[str, Mapping[str, Sense]]
    lengths: Mapping[str, tuple[int, ...]]
    pairs: Mapping[str, tuple[Pair, ...]]
    absorbs: Mapping[Kind, tuple[Kind, ...]]
    near: tuple[tuple[str, Sense], ...]

    def tokens(self, plain: PlainText) -> list[Token]:
        """Return the phrases in a text from left to right: the longest at each letter."""
        letters, found, start = plain.letters, list[Token](), 0
        while start < len(letters):
            token = self._longest(plain, start)
            if token:
                found.append(token)
                start = token.end
            else:
                start += 1
        return found

    def _longest(self, plain: PlainText, start: int) -> Token | None:
        two, one = plain.letters[start : start + 2], plain.letters[start]
        lengths = (*self.lengths.get(two, ()), *self.lengths.get(one, ()))
        if not lengths or not plain.begins_word(start):
            return None
        for length in lengths:
            letters, end = plain.letters[start : start + length], start + length
            spellings = self.phrases.get(letters) if len(letters) == length else None
            if spellings is None or not plain.ends_word(end):
                continue
            sense = spellings.get(plain.tones_of(start, end))
            if sense is None and length >= TOLERANT_FROM:
                sense = next(iter(spellings.values()))
            if sense is not None:
                return Token(start, end, sense)
        return None

    def near_sense(self, letters: str) -> Sense | None:
        """Return the sense of a phrase that `letters` is but for one letter, or None."""
        for phrase, sense in self.near:
            # A comparison of lengths costs a tenth of a call, and tells most phrases apart.
            if -1 <= len(phrase) - len(letters) <= 1 and _is_one_slip(letters, phrase):
                return sense
        return None


def read_lexicon(table: Mapping[str, Any]) -> Lexicon:
    """Return the lexicon of a table: the module says how one looks.

    Raises:
        KeyError: a phrase names a set of words that the table does not have.
    """
    phrases: dict[str, dict[str, Sense]] = {}
    for phrase, sense in _entries(table):
        letters, tones = split_tones(phrase)
        spellings = phrases.setdefault(letters, {})
        known = spellings.get(tones)
        spellings[tones] = known.joined(sense) if known else sense
    lengths: dict[str, set[int]] = {}
    for letters in phrases:
        lengths.setdefault(letters[:2], set()).add(len(letters))
    pairs: dict[str, tuple[Pair, ...]] = {}
    for row in table["pairs"]:
        pair = Pair(row["first"], row["then"], row["within"], _sense(row))
        pairs[pair.first] = (*pairs.get(pair.first, ()), pair)
    return Lexicon(
        phrases,
        {start: tuple(sorted(found, reverse=True)) for start, found in lengths.items()},
        pairs,
        {Kind(int(kind)): tuple(map(Kind, others)) for kind, others in table["absorbs"].items()},
        tuple(_near(phrases)),
    )


def phrases_of(table: Mapping[str, Any]) -> Iterator[str]:
    """Yield every phrase of a table, its sets of words filled in."""
    for phrase, _ in _entries(table):
        yield phrase


def _entries(table: Mapping[str, Any]) -> Iterator[tuple[str, Sense]]:
    sets: Mapping[str, list[str]] = table["sets"]
    for name, block in table.items():
        if name in {"sets", "pairs", "absorbs"}:
            continue
        for row in block.get("kinds", ()):
            sense = _sense(row)
            if max(sense.weights.values()) >= 2:
                sense = sense.joined(Sense(frozenset({HARM})))
            for phrase in _spelled_out(row["phrases"], sets):
                yield phrase, sense
        for mark, phrases in block["marks"].items():
            sense = Sense(frozenset({mark}))
            for phrase in _spelled_out(phrases, sets):
                yield phrase, sense


def _sense(row: Mapping[str, Any]) -> Sense:
    weights = {Kind(int(kind)): int(weight) for kind, weight in row["weights"].items()}
    return Sense(frozenset(row.get("marks", ())), weights)


def _spelled_out(phrases: Iterable[str], sets: Mapping[str, list[str]]) -> Iterator[str]:
    """Yield `phrases` with each ``{set}`` in them replaced by each of its words."""
    for phrase in phrases:
        names = _SET.findall(phrase)
        if not names:
            yield phrase
            continue
        template = _SET.sub("{}", phrase)
        for words in product(*(sets[name] for name in names)):
            yield template.format(*words)


def _near(phrases: Mapping[str, Mapping[str, Sense]]) -> Iterator[tuple[str, Sense]]:
    for letters, spellings in phrases.items():
        sense = next(iter(spellings.values()))
        telling = "help" in sense.marks or any(weight >= 4 for weight in sense.weights.values())
        if telling and len(letters) > TOLERANT_FROM:
            yield letters, sense


def _is_one_slip(typed: str, meant: str) -> bool:
    """Tell whether one letter was left out, added, mistyped or swapped with the next."""
    longer, shorter = (typed, meant) if len(typed) >= len(meant) else (meant, typed)
    if len(longer) - len(shorter) > 1:
        return False
    same = 0
    for one, other in zip(longer, shorter, strict=False):
        if one != other:
            break
        same += 1
    if len(longer) > len(shorter):
        return longer[same + 1 :] == shorter[same:]
    rest, other_rest = longer[same + 1 :], shorter[same + 1 :]
    if rest == other_rest:
        return True
    return longer[same : same + 2] == shorter[same : same + 2][::-1] and rest[1:] == other_rest[1:]

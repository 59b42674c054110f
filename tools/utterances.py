"""How well typed words are understood: `python -m tools.utterances [file ...]`.

Reads the two corpora of tests/unit: one that the lexicon was written against, one that was written
and labelled by somebody who had seen neither. Prints tables, and every utterance that was not
understood.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
UTTERANCES: Final = ROOT / "tests" / "unit" / "utterances.json"
HELD_OUT: Final = ROOT / "tests" / "unit" / "utterances_held_out.json"

# Run as a module, the package of the layer is not installed.
sys.path.insert(0, str(ROOT / "layers" / "ess"))

from ess.domain.lexicon import Lexicon, read_lexicon  # noqa: E402
from ess.domain.understanding import Understood, understand  # noqa: E402
from ess.messages import catalogue  # noqa: E402


class Kinds(StrEnum):
    """What became of the kind of an emergency that an utterance tells of."""

    RIGHT = "taken, right"
    ONE_OF = "taken, one of several that it may be"
    OFFERED = "asked, with the right ones on buttons"
    PARTLY = "asked, with some of them on buttons"
    ALL = "asked, with all five on buttons"
    NOTHING = "not noticed: the menu is shown"
    WRONG = "taken or offered, wrong"


PLACE_DEGREES: Final = 0.00001
"""How exactly a place must be read: about a metre."""


class Grade(StrEnum):
    """How an utterance was taken."""

    UNDERSTOOD = "understood"  # all that was said, and nothing else; or rightly nothing
    RIGHTLY_ASKED = "rightly asked"  # unclear, and the buttons have what may be meant
    ASKED = "asked, though clear"  # one tap that could have been spared
    MISSED = "missed"  # something said was not seen, or a question too many is asked
    MISUNDERSTOOD = "misunderstood"  # something wrong was taken as certain


@dataclass(frozen=True, slots=True)
class Graded:
    """An utterance, what it was taken for, and how good that is."""

    by: str
    text: str
    expect: Mapping[str, Any]
    got: Mapping[str, Any]
    grade: Grade


def lexicon() -> Lexicon:
    """Return the lexicon of the service."""
    return read_lexicon(catalogue.load("lexicon"))


def grade_file(path: Path, words: Lexicon) -> list[Graded]:
    """Return every utterance of a corpus with its grade."""
    rows = json.loads(path.read_text("utf-8"))
    graded = []
    for row in rows:
        got = facts(understand(row["text"], words))
        graded.append(Graded(row["by"], row["text"], row["expect"], got, grade(row["expect"], got)))
    return graded


def facts(understood: Understood) -> dict[str, Any]:
    """Return what was understood in the form that the corpora expect it."""
    place = understood.place
    everything = {
        "kind": int(understood.kind) if understood.kind else None,
        "kinds": [int(kind) for kind in understood.kinds],
        "denied": [int(kind) for kind in understood.denied],
        "place": [place.latitude, place.longitude] if place else None,
        "place_doubt": str(understood.place_doubt) if understood.place_doubt else None,
        "link": understood.link is not None,
        "phone": understood.phone_text,
        "help": understood.asks_help,
        "no_call": understood.cannot_talk,
        "hides": understood.hides,
        "cancel": understood.cancels,
        "status": understood.asks_status,
        "who": str(understood.who) if understood.who else None,
        "yes": understood.yes,
        "safe": understood.safe,
        "test": understood.is_test,
        "other": str(understood.other) if understood.other else None,
    }
    return {
        name: value
        for name, value in everything.items()
        if value is not None and value != [] and (value is not False or name == "yes")
    }


STORED: Final = ("kind", "place", "no_call", "cancel", "who", "yes", "safe", "test")
"""What changes a report or what is asked next: wrong here is misunderstood, not missed."""


def grade(expect: Mapping[str, Any], got: Mapping[str, Any]) -> Grade:
    """Return how good it is to have `got` this where `expect` was said."""
    if any(name in got and not _same(name, expect, got) for name in STORED):
        return Grade.MISUNDERSTOOD
    if "place" in got and got.get("place_doubt") != expect.get("place_doubt"):
        return Grade.MISUNDERSTOOD
    rest = {*expect, *got} - {"kind", "kinds", "denied"}
    if any(not _same(name, expect, got) for name in rest):
        return Grade.MISSED
    if not {*expect.get("denied", ())} <= {*got.get("denied", ())}:
        return Grade.MISSED
    return _grade_kinds(expect, got)


def _grade_kinds(expect: Mapping[str, Any], got: Mapping[str, Any]) -> Grade:
    offered = set(got.get("kinds", ()))
    if "kind" in expect:
        if got.get("kind") == expect["kind"]:
            return Grade.UNDERSTOOD
        return Grade.ASKED if expect["kind"] in offered else Grade.MISSED
    wanted = set(expect.get("kinds", ()))
    if not wanted:
        return Grade.MISSED if offered else Grade.UNDERSTOOD
    return Grade.RIGHTLY_ASKED if wanted <= offered else Grade.MISSED


def kinds_taken(expect: Mapping[str, Any], got: Mapping[str, Any]) -> Kinds | None:
    """Return what became of the kind; None if none of the five is told of, and none is taken."""
    wanted = {expect["kind"]} if "kind" in expect else {*expect.get("kinds", ())}
    offered = {*got.get("kinds", ())}
    if not wanted:
        return Kinds.WRONG if "kind" in got else None
    if "kind" in got:
        if got["kind"] not in wanted:
            return Kinds.WRONG
        return Kinds.RIGHT if "kind" in expect else Kinds.ONE_OF
    if wanted <= offered:
        return Kinds.OFFERED
    if offered:
        return Kinds.PARTLY if wanted & offered else Kinds.WRONG
    return Kinds.ALL if got.get("help") else Kinds.NOTHING


def kinds_table(graded: Iterable[Graded]) -> str:
    """Return how often each thing became of the kinds, a line each."""
    counts = Counter(taken for one in graded if (taken := kinds_taken(one.expect, one.got)))
    total = counts.total()
    return "\n".join(f"  {counts[taken]:>4} of {total}  {taken}" for taken in Kinds)


def _same(name: str, expect: Mapping[str, Any], got: Mapping[str, Any]) -> bool:
    one, other = expect.get(name), got.get(name)
    if name == "place" and one and other:
        return all(abs(a - b) < PLACE_DEGREES for a, b in zip(one, other, strict=True))
    return bool(one == other)


def share_taken_rightly(graded: Iterable[Graded]) -> float:
    """Return the share (0 to 1) that was understood, or asked about where that is right."""
    grades = Counter(one.grade for one in graded)
    return (grades[Grade.UNDERSTOOD] + grades[Grade.RIGHTLY_ASKED]) / grades.total()


def table(graded: Iterable[Graded]) -> str:
    """Return counts by who speaks and grade, with the totals last."""
    rows: dict[str, Counter[Grade]] = {}
    for one in graded:
        rows.setdefault(one.by, Counter())[one.grade] += 1
    rows["all"] = Counter[Grade]()
    for name, counts in rows.items():
        if name != "all":
            rows["all"] += counts
    lines = [f"{'':<12}{'n':>5}" + "".join(f"{grade:>21}" for grade in Grade)]
    lines += [
        f"{name:<12}{counts.total():>5}" + "".join(f"{counts[grade]:>21}" for grade in Grade)
        for name, counts in rows.items()
    ]
    return "\n".join(lines)


def main(names: list[str]) -> int:
    """Print the tables; the exit status is 1 when something was misunderstood."""
    words, worst = lexicon(), 0
    for path in [Path(name) for name in names] or [UTTERANCES, HELD_OUT]:
        graded = grade_file(path, words)
        print(f"\n{path.name}: {share_taken_rightly(graded):.1%} understood or rightly asked")
        print(f"{table(graded)}\n\n{kinds_table(graded)}\n")
        for one in graded:
            if one.grade not in {Grade.UNDERSTOOD, Grade.RIGHTLY_ASKED}:
                print(f"  {one.grade}: {one.text}\n    said {one.expect}, taken as {one.got}")
            worst |= one.grade is Grade.MISUNDERSTOOD
    return int(worst)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

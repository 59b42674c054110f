"""A ladder in words, Thai first: what happens at which second."""

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files

from ess.domain.kinds import EMERGENCIES, Kind
from ess.domain.ladder import DESK, Channel, Ladder, Unit
from ess.domain.policy import OF_KIND, Policy, Role, climb, unit_of
from ess.messages import catalogue

LANGUAGES = catalogue.LANGUAGES


def describe(policy: Policy, kinds: Iterable[Kind], found: Sequence[Unit] | None) -> Iterator[str]:
    """Yield what happens to a report of each kind; kinds with the same ladder are told together.

    Args:
        policy: a valid policy.
        kinds: which to tell.
        found: the units of a place as the lookup ranks them; None to tell of roles instead.
    """
    candidates = _roles_as_units() if found is None else found
    groups: dict[tuple[Ladder, tuple[Role, ...]], list[Kind]] = {}
    for kind in kinds:
        key = climb(policy, kind, candidates), _missing(policy, kind, candidates)
        groups.setdefault(key, []).append(kind)
    for (ladder, missing), alike in groups.items():
        yield ""
        for kind in alike:
            yield from _both("kind", number=str(int(kind)), name=_kind_names(kind))
        for line in _steps(ladder):
            yield f"  {line}"
        for notice in ladder.notices:
            words = {
                "when": _word(f"when.{notice.when}"),
                "units": _units(notice.units),
                "channels": _channels(notice.channels),
            }
            for line in _both("inform", **words):
                yield f"  {line}"
        for role in missing:
            for line in _both("missing", role=_word(f"role.{role}")):
                yield f"  {line}"


def uninformed(policy: Policy) -> Iterator[str]:
    """Yield a line for each kind that the social development office is never told of."""
    for kind in EMERGENCIES:
        ladder = climb(policy, kind, _roles_as_units())
        told = {unit.unit_id for notice in ladder.notices for unit in notice.units}
        told |= {unit.unit_id for rung in ladder.rungs for unit in rung.units}
        if Role.SOCIAL_OFFICE not in told:
            yield from _both("uninformed", number=str(int(kind)), name=_kind_names(kind))


def _steps(ladder: Ladder) -> Iterator[str]:
    at = 0
    for step, wait_s in enumerate(ladder.waits()):
        rung = ladder.rung_at(step)
        wait = "again" if ladder.place(step).last else "wait"
        yield from _both(
            "ask",
            at=str(at),
            units=_units(rung.units),
            channels=_channels(rung.channels),
            wait=_both(wait, seconds=str(wait_s)),
        )
        at += wait_s


def _roles_as_units() -> list[Unit]:
    """Return a unit for each role, named as the role is."""
    found = []
    for role, (kind, _) in OF_KIND.items():
        name_th, name_en = _word(f"role.{role}")
        found.append(Unit(str(role), name_th, name_en, kind))
    return found


def _missing(policy: Policy, kind: Kind, candidates: Sequence[Unit]) -> tuple[Role, ...]:
    asked = [role for rung in policy.ladder_for(kind).rungs for role in rung.roles]
    told = [role for notice in policy.notices if kind in notice.kinds for role in notice.roles]
    return tuple(role for role in dict.fromkeys(asked + told) if not unit_of(role, candidates))


# --- words, each as a pair: Thai and English ---

type Pair = tuple[str, ...]


@cache
def _words() -> dict[str, list[str]]:
    words: dict[str, list[str]] = json.loads(
        files(__package__).joinpath("words.json").read_text("utf-8")
    )
    return words


def _word(key: str) -> Pair:
    return tuple(_words()[key])


def _both(key: str, **parts: str | Pair) -> Pair:
    """Return a sentence in both languages; a part is the same in both, or a pair itself."""
    return tuple(
        sentence.format_map(
            {name: part if isinstance(part, str) else part[index] for name, part in parts.items()}
        )
        for index, sentence in enumerate(_word(key))
    )


def _joined(pairs: Iterable[Pair]) -> Pair:
    return tuple(", ".join(words) for words in zip(*pairs, strict=True))


def _kind_names(kind: Kind) -> Pair:
    return tuple(catalogue.text(f"kind.{int(kind)}", language) for language in LANGUAGES)


def _channels(channels: Iterable[Channel]) -> Pair:
    return _joined(_word(f"channel.{channel}") for channel in channels)


def _units(units: Iterable[Unit]) -> Pair:
    return _joined(_unit(unit) for unit in units)


def _unit(unit: Unit) -> Pair:
    if unit == DESK:
        return _word("role.desk")
    names: Pair = (unit.name_th, unit.name_en or unit.name_th)
    if unit.distance_m is None:
        return names
    away = tuple(catalogue.distance(unit.distance_m, language) for language in LANGUAGES)
    return _both("unit", name=names, distance=away)

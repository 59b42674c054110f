"""Reading an escalation policy from the JSON that an operator writes.

Everything that is wrong is found in one reading, each with its place in the file and with what is
allowed there: a policy is written once in a quiet hour and needed in a bad one.
"""

import json
from collections.abc import Iterator, Mapping
from enum import StrEnum

from ess.domain.errors import InvalidPolicy
from ess.domain.kinds import EMERGENCIES, Kind
from ess.domain.ladder import Channel, When
from ess.domain.policy import LadderRule, NoticeRule, Policy, Role, RungRule

TIMES: Mapping[str, int] = {"acknowledge": 60, "desk": 60}
"""Names that a wait may have instead of a number, with the seconds that the template gives the
deploy parameters of that name where nobody says otherwise."""

WAIT_S = (1, 3600)
DESK_WAIT_S = (1, 600)
"""The desk is asked again after ten minutes at most, as the deploy parameter has it too."""
ROUNDS = (1, 5)
ATTEMPTS = (1, 10)
MOST_RUNGS = 20
MOST_LADDERS = len(EMERGENCIES) + 1
MOST_NOTICES = 20
MOST_NAME = 60
MOST_NOTE = 500

MOST_STEPS = 60
"""Steps before the desk: each sends messages to people and costs events of the workflow."""
MOST_BEFORE_DESK_S = 900
"""Seconds before the desk is asked: whatever a province writes, somebody who was reported to be in
danger has a human looking after the report within a quarter of an hour."""

_POLICY = {
    "name": "give it a name for timelines",
    "ladders": "give a list of ladders",
    "notices": "",
    "note": "",
}
_LADDER = {
    "kinds": "",
    "rungs": "give a list of rungs, the last one the desk",
    "rounds": "",
    "note": "",
}
_RUNG = {
    "roles": f"name one or more of {', '.join(Role)}",
    "channels": f"name one or more of {', '.join(Channel)}",
    "wait": f"give seconds, or one of {', '.join(TIMES)}",
    "times": "",
    "note": "",
}
_NOTICE = {
    "kinds": "name the emergencies by number, 1 to 5",
    "roles": f"name one or more of {', '.join(role for role in Role if role is not Role.DESK)}",
    "channels": f"name one or both of {Channel.LINE}, {Channel.SMS}",
    "when": f"give one of {', '.join(When)}",
    "note": "",
}
"""The fields of each object; those that must be given have a text that says what with."""


def read_policy(data: object, times: Mapping[str, int] = TIMES) -> Policy:
    """Return the policy that `data` describes; docs/policies.md has its fields.

    Args:
        data: as `json.loads` returns it.
        times: the seconds of each name that a wait may have.

    Raises:
        InvalidPolicy: it is none that a report could be given; `problems` has all reasons.
    """
    problems: list[str] = []
    policy = _policy(_At(data, "", problems), times)
    if problems:
        raise InvalidPolicy(problems)
    return policy


class _At:
    """A value of the file and its place; what is wrong with it goes to the list of problems.

    Readers return something harmless for what they refuse, so that the rest is looked at as well.
    """

    def __init__(self, value: object, place: str, problems: list[str]) -> None:
        self.value = value
        self._place = place
        self._problems = problems

    def refuse(self, reason: str) -> None:
        """Note that something is wrong here."""
        self._problems.append(f"{self._place or 'policy'}: {reason}")

    def refuse_value(self, allowed: str) -> None:
        """Note that the value is not what is allowed here."""
        self.refuse(f"{_shown(self.value)} is not {allowed}")

    def fields(self, known: Mapping[str, str]) -> dict[str, "_At"]:
        """Return the fields of an object; typing mistakes and missing ones are refused."""
        if not isinstance(self.value, dict):
            self.refuse_value(f"an object with {', '.join(known)}")
            return {}
        for name in sorted(map(str, self.value.keys() - known.keys())):
            self._field(name).refuse(f"unknown; the fields here are {', '.join(known)}")
        for name, say in known.items():
            if say and name not in self.value:
                self._field(name).refuse(f"missing; {say}")
        found = {name: self._field(name, self.value[name]) for name in known if name in self.value}
        if "note" in found:
            found["note"].text(MOST_NOTE)
        return found

    def _field(self, name: str, value: object = None) -> "_At":
        shown = name if name.isprintable() and len(name) <= MOST_NAME else "(a field)"
        return _At(value, f"{self._place}.{shown}" if self._place else shown, self._problems)

    def items(self, most: int, what: str) -> list["_At"]:
        """Return the elements of a list of 1 to `most`; of a longer one none is looked at."""
        if not isinstance(self.value, list):
            self.refuse_value(f"a list of 1 to {most} {what}")
            return []
        if not 1 <= len(self.value) <= most:
            self.refuse(f"{len(self.value)} is not 1 to {most} {what}")
            return []
        return [
            _At(value, f"{self._place}[{index}]", self._problems)
            for index, value in enumerate(self.value)
        ]

    def whole(self, limits: tuple[int, int], unit: str = "") -> int:
        """Return a whole number within `limits`, or 0."""
        least, most = limits
        value = self.value
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        whole = "a whole number, " if isinstance(value, float) else ""
        self.refuse_value(f"{whole}{least} to {most}{unit}")
        return 0

    def text(self, most: int) -> str:
        """Return a text of 1 to `most` characters, or an empty one."""
        stripped = self.value.strip() if isinstance(self.value, str) else ""
        if stripped.isprintable() and 1 <= len(stripped) <= most:
            return stripped
        self.refuse_value(f"a text of 1 to {most} characters in one line")
        return ""

    def word[Word: StrEnum](self, words: type[Word]) -> Word | None:
        """Return one of `words`, or None."""
        if isinstance(self.value, str) and self.value in list(words):
            return words(self.value)
        self.refuse_value(f"one of {', '.join(words)}")
        return None

    def words[Word: StrEnum](self, words: type[Word]) -> tuple[Word, ...]:
        """Return one or more of `words`, none of them twice."""
        found: list[Word] = []
        for item in self.items(len(words), f"words out of {', '.join(words)}"):
            word = item.word(words)
            if word in found:
                item.refuse(f"{word} is named twice")
            elif word is not None:
                found.append(word)
        return tuple(found)


def _policy(at: _At, times: Mapping[str, int]) -> Policy:
    fields = at.fields(_POLICY)
    name = fields["name"].text(MOST_NAME) if "name" in fields else ""
    ladders: tuple[LadderRule, ...] = ()
    notices: tuple[NoticeRule, ...] = ()
    if "ladders" in fields:
        items = fields["ladders"].items(MOST_LADDERS, "ladders")
        ladders = tuple(_ladder(item, times) for item in items)
        if items:
            _check_kinds(fields["ladders"], items, ladders)
    if "notices" in fields and fields["notices"].value != []:
        items = fields["notices"].items(MOST_NOTICES, "notices")
        notices = tuple(_notice(item) for item in items)
        _check_told_once(items, notices)
    return Policy(name, ladders, notices)


# --- ladders ---


def _ladder(at: _At, times: Mapping[str, int]) -> LadderRule:
    fields = at.fields(_LADDER)
    kinds = (
        _kinds(fields["kinds"], " (without kinds: all others)")
        if "kinds" in fields
        else frozenset()
    )
    rounds = fields["rounds"].whole(ROUNDS) if "rounds" in fields else 1
    items = fields["rungs"].items(MOST_RUNGS, "rungs") if "rungs" in fields else []
    rungs = tuple(
        _rung(item, times, last=number == len(items)) for number, item in enumerate(items, start=1)
    )
    rule = LadderRule(kinds, rungs, rounds)
    for reason in _too_long(rule):
        at.refuse(reason)
    return rule


def _too_long(rule: LadderRule) -> Iterator[str]:
    """Say how a ladder is too long; what could not be read counts as nothing."""
    before = rule.rungs[:-1]
    steps = rule.rounds * sum(rung.times for rung in before)
    if steps > MOST_STEPS:
        yield f"{steps} times units are asked before the desk; {MOST_STEPS} are the most"
    waits_s = rule.rounds * sum(rung.times * rung.wait_s for rung in before)
    if waits_s > MOST_BEFORE_DESK_S:
        yield (
            f"{waits_s} seconds pass before the desk is asked (rounds x times x wait); "
            f"{MOST_BEFORE_DESK_S} are the most: within 15 minutes a human must look after it"
        )


def _rung(at: _At, times: Mapping[str, int], *, last: bool) -> RungRule:
    fields = at.fields(_RUNG)
    roles = _rung_roles(fields["roles"], last=last) if "roles" in fields else ()
    channels = _rung_channels(fields["channels"], last=last) if "channels" in fields else ()
    wait_s = (
        _wait(fields["wait"], times, DESK_WAIT_S if last else WAIT_S) if "wait" in fields else 0
    )
    attempts = fields["times"].whole(ATTEMPTS) if "times" in fields else 1
    if last and attempts > 1:
        fields["times"].refuse("not for the last rung: the desk is asked until a person answers")
    return RungRule(roles, channels, wait_s, attempts)


def _rung_roles(at: _At, *, last: bool) -> tuple[Role, ...]:
    roles = at.words(Role)
    if last and at.value != [Role.DESK]:
        at.refuse("the last rung must be the desk alone: it is asked until a person answers")
    if not last and Role.DESK in roles:
        at.refuse("the desk is the last rung and no other")
    return roles


def _rung_channels(at: _At, *, last: bool) -> tuple[Channel, ...]:
    channels = at.words(Channel)
    if not last:
        _refuse_email(at, channels)
    elif channels == (Channel.EMAIL,):
        at.refuse("an e-mail alone wakes nobody: add line or sms")
    return channels


def _refuse_email(at: _At, channels: tuple[Channel, ...]) -> None:
    if Channel.EMAIL in channels:
        at.refuse("email goes to the desk's own address: it is for the desk's rung alone")


def _wait(at: _At, times: Mapping[str, int], limits: tuple[int, int]) -> int:
    if not isinstance(at.value, str):
        return at.whole(limits, f" seconds (or one of {', '.join(times)})")
    if at.value not in times:
        at.refuse_value(f"a number of seconds, or one of {', '.join(times)}")
        return 0
    wait_s, (least, most) = times[at.value], limits
    if not least <= wait_s <= most:
        at.refuse(f"{at.value} is {wait_s}, which is not {least} to {most} seconds")
    return wait_s


def _check_kinds(at: _At, items: list[_At], ladders: tuple[LadderRule, ...]) -> None:
    """Refuse kinds with two ladders, and kinds without any."""
    owner: dict[Kind, int] = {}
    general: int | None = None
    for index, (item, ladder) in enumerate(zip(items, ladders, strict=True)):
        if isinstance(item.value, dict) and "kinds" not in item.value:
            if general is not None:
                item.refuse(f"without kinds, as ladders[{general}] is; only one may be")
            general = index if general is None else general
        for kind in sorted(ladder.kinds):
            if owner.setdefault(kind, index) != index:
                item.refuse(f"kind {kind} has a ladder already, ladders[{owner[kind]}]")
    if general is None:
        at.refuse("one must be without kinds: it is for every kind that no other names")


# --- notices ---


def _notice(at: _At) -> NoticeRule:
    fields = at.fields(_NOTICE)
    kinds = _kinds(fields["kinds"]) if "kinds" in fields else frozenset()
    roles = fields["roles"].words(Role) if "roles" in fields else ()
    if Role.DESK in roles:
        fields["roles"].refuse("the desk is asked, never only informed")
    channels = fields["channels"].words(Channel) if "channels" in fields else ()
    if "channels" in fields:
        _refuse_email(fields["channels"], channels)
    when = fields["when"].word(When) if "when" in fields else None
    return NoticeRule(kinds, roles, channels, when or When.AT_ONCE)


def _check_told_once(items: list[_At], notices: tuple[NoticeRule, ...]) -> None:
    """Refuse to tell the same people the same thing twice."""
    told: dict[tuple[Kind, Role, When], int] = {}
    for index, (item, notice) in enumerate(zip(items, notices, strict=True)):
        for kind in sorted(notice.kinds):
            for role in notice.roles:
                first = told.setdefault((kind, role, notice.when), index)
                if first != index:
                    item.refuse(f"{role} is told of kind {kind} by notices[{first}] already")


# --- both ---


def _kinds(at: _At, hint: str = "") -> frozenset[Kind]:
    found: set[Kind] = set()
    for item in at.items(len(EMERGENCIES), f"kinds of emergency{hint}"):
        number = item.whole((min(EMERGENCIES), max(EMERGENCIES)))
        if not number:
            continue
        if Kind(number) in found:
            item.refuse(f"{number} is named twice")
        found.add(Kind(number))
    return frozenset(found)


def _shown(value: object) -> str:
    """Return a value as the file has it, if it is short."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    if isinstance(value, int | float) and not abs(value) < 10**12:
        return "a number beyond all bounds"
    if isinstance(value, str) and not (len(value) <= 40 and value.isprintable()):
        return "a text that is long, or has what cannot be shown,"
    return json.dumps(value, ensure_ascii=False, default=lambda _: "?")

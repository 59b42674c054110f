"""An officer's 1:1 chat: join with a code, confirm a phone, go on and off duty, leave.

Pure functions: what is known in; answer, change and messages out. What `people` means throughout:
the rows of the person who writes, as stored, in all units, verified or not.
"""

import hashlib
import hmac
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from ess.domain.conversation import Conversation, Params, Prompt, Step, remember
from ess.domain.invitation import Invitation
from ess.domain.officer_step import OfficerStep, PhoneCheck, Row
from ess.domain.responder import Responder

WRONG_CODES = 5
"""Wrong invitation codes after which one person has to wait."""

WRONG_CODES_S = 15 * 60.0

CODES_SENT = 4
"""Most codes by SMS in an hour for one person: the first one, and three new ones."""

CODES_SENT_S = 3600.0

CODE_S = 600.0
"""How long a code that came by SMS works, in seconds."""

TRIES = 5
"""Wrong codes after which a new one is needed."""

CHECK_S = 24 * 3600.0
"""How long a phone can be confirmed after joining; later a new invitation is needed."""

LEAVE_S = 600.0
"""Seconds that "yes, leave" works after it was asked: an old button must not unenrol anybody."""


@dataclass(frozen=True, slots=True)
class Redeem:
    """Use an invitation; holds only while nobody else has.

    Args:
        invitation: with who used it and when.
        newcomer: the row to create, or None when this person has one in the unit.
    """

    invitation: Invitation
    newcomer: Responder | None


@dataclass(frozen=True, slots=True)
class ChangePeople:
    """Store the second of each pair in the place of the first, which must be unchanged."""

    pairs: tuple[tuple[Responder, Responder], ...]


@dataclass(frozen=True, slots=True)
class RemovePeople:
    """Remove rows."""

    rows: tuple[Row, ...]


OfficerWrite = Redeem | ChangePeople | RemovePeople


class Menu(StrEnum):
    """Whose rich menu a person is shown."""

    OFFICER = "officer"
    REPORTER = "reporter"


@dataclass(frozen=True, slots=True)
class Texting:
    """An SMS to send, once; its words never enter a conversation."""

    phone: str
    prompt: Prompt


@dataclass(frozen=True, slots=True)
class OfficerOutcome:
    """What an officer's input leads to.

    Args:
        conversation: to be stored, with the event remembered.
        answer: what the person is told.
        write: stored together with the conversation, or not at all.
        texting: an SMS that must go out for the answer to be true.
        menu: the menu to show from now on; None leaves it.
        said: what happened, for a metric; empty for nothing worth counting.
    """

    conversation: Conversation
    answer: tuple[Prompt, ...]
    write: OfficerWrite | None = None
    texting: Texting | None = None
    menu: Menu | None = None
    said: str = ""


MENU_AFTER = {"officer.join.done": Menu.OFFICER, "officer.leave.done": Menu.REPORTER}
"""Which menu belongs to an answer: shown again when the event is delivered again."""


def remembered(outcome: OfficerOutcome, before: Conversation, event_id: str) -> OfficerOutcome:
    """Return `outcome` with its event in the conversation, one version after `before`."""
    return replace(
        outcome, conversation=remember(before, outcome.conversation, event_id, outcome.answer)
    )


# --- joining ------------------------------------------------------------------------------------


def must_wait(c: Conversation, now: float) -> bool:
    """Tell whether this person has typed so many wrong codes that none is looked up."""
    return len(_recent(_step(c).wrong_codes, now, WRONG_CODES_S)) >= WRONG_CODES


def count_wrong(c: Conversation, now: float) -> Conversation:
    """Return `c` with one more wrong invitation code."""
    step = _step(c)
    wrong = (*_recent(step.wrong_codes, now, WRONG_CODES_S), now)
    return _with(c, replace(step, wrong_codes=wrong))


def refuse_code(c: Conversation, now: float) -> OfficerOutcome:
    """Answer a code that does not work; whether it is wrong, used or over is not told."""
    counted = count_wrong(c, now)
    name = "officer.join.wait" if must_wait(counted, now) else "officer.join.unknown"
    return OfficerOutcome(counted, (Prompt(name),), said="InvitationsRefused")


def redeem(
    c: Conversation, invitation: Invitation, people: Sequence[Responder], now: float
) -> OfficerOutcome | None:
    """Join with an invitation; None if it does not work for this person.

    Whoever has joined the unit already keeps their row and its id, and the code stays unused if
    they are verified.
    """
    mine = [person for person in people if person.unit_id == invitation.unit_id]
    if invitation.is_open(now):
        if any(person.verified for person in mine):
            return OfficerOutcome(c, (Prompt("officer.join.already", _names(invitation)),))
        newcomer = None if mine else _newcomer(invitation, c)
        row = (invitation.unit_id, (mine[0] if mine else newcomer or mine[0]).responder_id)
        used = replace(invitation, used_by=c.user_id, used_at=now)
        pending = _check(c, now)
        joining = (*(r for r in (pending.joining if pending else ()) if r != row), row)
        after = _with(c, replace(_step(c), check=PhoneCheck(joining, now + CHECK_S)))
        answer = (Prompt("officer.join.welcome", _names(invitation)), Prompt("officer.phone.ask"))
        return OfficerOutcome(after, answer, Redeem(used, newcomer), said="OfficersInvited")
    if invitation.used_by != c.user_id or not mine:
        return None
    if any(person.verified for person in mine):
        return OfficerOutcome(c, (Prompt("officer.join.already", _names(invitation)),))
    # Typed twice: go on with what is asked. Once that is over, only a new invitation vouches.
    pending = _check(c, now)
    return OfficerOutcome(c, (_pending_prompt(pending),)) if pending else None


def _newcomer(invitation: Invitation, c: Conversation) -> Responder:
    return Responder(
        invitation.responder_id,
        invitation.unit_id,
        invitation.name_th,
        invitation.name_en,
        line_user_id=c.user_id,
        language=c.language,
    )


def _names(invitation: Invitation) -> Params:
    return {
        "unit_th": invitation.unit_th,
        "unit_en": invitation.unit_en,
        "responder_th": invitation.name_th,
        "responder_en": invitation.name_en,
    }


# --- confirming a phone -----------------------------------------------------------------------


def code_in(text: str) -> str | None:
    """Return the six digits that `text` is, spaces and dashes aside; of any script."""
    kept = "".join(text.split()).replace("-", "")
    return str(int(kept)).zfill(6) if len(kept) == 6 and kept.isdecimal() else None


def awaits_text(c: Conversation, text: str, now: float) -> bool:
    """Tell whether `text` belongs to the phone that is being confirmed.

    A code is never anything else. Any other text is the reporter's while they report: a person in
    danger comes first.
    """
    check = _check(c, now)
    if check is None:
        return False
    return (check.digest is not None and code_in(text) is not None) or c.step is Step.IDLE


def take_text(
    c: Conversation,
    text: str,
    phone: str | None,
    people: Sequence[Responder],
    now: float,
    new_code: str,
) -> OfficerOutcome:
    """Take a number, or the code that was sent to it; only if `awaits_text`.

    Args:
        phone: the E.164 number found in `text`, or None.
        new_code: six random digits, for when one must be sent.
    """
    check = _check(c, now)
    if check is None:
        return ask_code_again(c, people, now, new_code)
    code = code_in(text)
    if check.digest is not None and code is not None:
        return _take_code(c, check, code, people, now)
    if phone is None:
        looks_like_one = sum(character.isdigit() for character in text) >= 7
        return OfficerOutcome(c, (_pending_prompt(check, wrong=looks_like_one),))
    if not _takes_sms(phone):
        return OfficerOutcome(c, (Prompt("officer.phone.not_mobile"),))
    return _send_code(c, replace(check, phone=phone), now, new_code)


def ask_code_again(
    c: Conversation, people: Sequence[Responder], now: float, new_code: str
) -> OfficerOutcome:
    """Send another code to the same number."""
    check = _check(c, now)
    if check is None:
        return show_status(c, people, now)
    if check.phone is None:
        return OfficerOutcome(c, (Prompt("officer.phone.ask"),))
    return _send_code(c, check, now, new_code)


def change_phone(c: Conversation, people: Sequence[Responder], now: float) -> OfficerOutcome:
    """Ask for another number: while one is confirmed, or later."""
    check = _check(c, now)
    if check is None and not _verified(people):
        return show_status(c, people, now)
    fresh = PhoneCheck(check.joining if check else (), check.until if check else now + CHECK_S)
    return OfficerOutcome(_with(c, replace(_step(c), check=fresh)), (Prompt("officer.phone.ask"),))


def _send_code(c: Conversation, check: PhoneCheck, now: float, code: str) -> OfficerOutcome:
    step = _step(c)
    sent = _recent(step.codes_sent, now, CODES_SENT_S)
    if len(sent) >= CODES_SENT or check.phone is None:
        at = min(sent, default=now) + CODES_SENT_S
        return OfficerOutcome(c, (Prompt("officer.phone.wait", {"until_at": at}),))
    until = now + CODE_S
    asked = replace(check, digest=_digest(c, check.phone, until, code), code_until=until, tries=0)
    after = _with(c, replace(step, check=asked, codes_sent=(*sent, now)))
    texting = Texting(check.phone, Prompt("sms.confirm_phone", {"code": code}))
    return OfficerOutcome(after, (_pending_prompt(asked),), texting=texting, said="PhoneCodesSent")


def _take_code(
    c: Conversation, check: PhoneCheck, code: str, people: Sequence[Responder], now: float
) -> OfficerOutcome:
    if now >= check.code_until:
        return OfficerOutcome(c, (Prompt("officer.phone.code_over"),))
    if check.tries >= TRIES:
        return OfficerOutcome(c, (Prompt("officer.phone.code_spent"),))
    given = _digest(c, check.phone or "", check.code_until, code)
    if not hmac.compare_digest(given, check.digest or ""):
        tried = replace(check, tries=check.tries + 1)
        left = TRIES - tried.tries
        prompt = (
            Prompt("officer.phone.code_wrong", {"left": left})
            if left
            else Prompt("officer.phone.code_spent")
        )
        return OfficerOutcome(_with(c, replace(_step(c), check=tried)), (prompt,))
    return _confirm(c, check, people)


def _confirm(c: Conversation, check: PhoneCheck, people: Sequence[Responder]) -> OfficerOutcome:
    """Store the number with all rows of this person, and verify those that were joined."""
    done = _with(c, replace(_step(c), check=None))
    joined = [person for person in people if _row(person) in check.joining]
    if check.joining and not joined:
        return OfficerOutcome(done, (Prompt("officer.join.gone"),))
    pairs = [
        (
            person,
            replace(person, phone=check.phone, verified=True, on_duty=False, line_blocked=False),
        )
        for person in joined
        if not person.verified
    ]
    pairs += [(person, replace(person, phone=check.phone)) for person in _verified(people)]
    if not pairs:
        return OfficerOutcome(done, (Prompt("officer.none"),))
    write = ChangePeople(tuple(pairs))
    if not joined:
        return OfficerOutcome(done, (Prompt("officer.phone.changed"),), write)
    return OfficerOutcome(
        done, (Prompt("officer.join.done"),), write, menu=Menu.OFFICER, said="OfficersJoined"
    )


def _takes_sms(phone: str) -> bool:
    """Tell whether a number is a Thai mobile: ours is no way to send SMS abroad at our cost."""
    return len(phone) == 12 and phone.startswith(("+666", "+668", "+669"))


def _digest(c: Conversation, phone: str, until: float, code: str) -> str:
    words = f"{c.user_id}\x1f{phone}\x1f{until:.3f}\x1f{code}"
    return hashlib.sha256(words.encode()).hexdigest()


def _pending_prompt(check: PhoneCheck, *, wrong: bool = False) -> Prompt:
    """Return the question of a check."""
    if check.digest is not None and check.phone is not None:
        return Prompt("officer.phone.sent", {"phone_end": check.phone[-4:]})
    return Prompt("officer.phone.invalid" if wrong else "officer.phone.ask")


# --- duty -----------------------------------------------------------------------------------


def set_duty(
    c: Conversation, people: Sequence[Responder], now: float, *, on: bool, alone: bool
) -> OfficerOutcome:
    """Go on or off duty, in all units of this person.

    Args:
        alone: whether some unit of theirs would have nobody on duty without them.
    """
    verified = _verified(people)
    if not verified:
        return show_status(c, people, now)
    pairs = tuple(
        # Whoever presses a button has not blocked us.
        (
            person,
            replace(
                person,
                on_duty=on,
                duty_set_at=now,
                line_blocked=False,
                language=c.language or person.language,
            ),
        )
        for person in verified
    )
    name = "officer.duty.on" if on else "officer.duty.off"
    answer = [_until(name, [after for _, after in pairs], now)]
    if not on and alone:
        answer.insert(0, Prompt("officer.duty.nobody_left"))
    said = "OfficersOnDuty" if on else "OfficersOffDuty"
    return OfficerOutcome(c, tuple(answer), ChangePeople(pairs), said=said)


def show_status(c: Conversation, people: Sequence[Responder], now: float) -> OfficerOutcome:
    """Say what is true of this person as an officer, and what is still missing."""
    verified, check = _verified(people), _check(c, now)
    answer = []
    if verified:
        on = any(person.on_duty_at(now) for person in verified)
        relevant = [person for person in verified if person.on_duty_at(now) is on]
        answer.append(_until("officer.status.on" if on else "officer.status.off", relevant, now))
    elif people and check is None:
        answer.append(Prompt("officer.status.unverified"))
    elif not people:
        answer.append(Prompt("officer.none"))
    if check is not None and people:
        answer.append(_pending_prompt(check))
    return OfficerOutcome(c, tuple(answer), menu=Menu.OFFICER if verified else None)


def _until(name: str, people: Sequence[Responder], now: float) -> Prompt:
    """Return the text of `name` with the moment at which the plan ends what it says, if any."""
    moment = min((changes_at(person, now) for person in people), default=math.inf)
    return Prompt(name) if moment == math.inf else Prompt(f"{name}_until", {"until_at": moment})


def changes_at(person: Responder, now: float) -> float:
    """Return when `person` goes on or off duty next by plan, epoch seconds; infinity for never."""
    state = person.on_duty_at(now)
    changes = person.duty_changes(now, math.inf)
    return next((moment for moment in changes if person.on_duty_at(moment) is not state), math.inf)


# --- leaving ----------------------------------------------------------------------------------


def ask_to_leave(c: Conversation, people: Sequence[Responder], now: float) -> OfficerOutcome:
    """Ask whether this person really wants to leave."""
    if not people:
        return OfficerOutcome(c, (Prompt("officer.none"),), menu=Menu.REPORTER)
    asked = _with(c, replace(_step(c), leave_asked_at=now))
    return OfficerOutcome(asked, (Prompt("officer.leave.ask"),))


def leave(c: Conversation, people: Sequence[Responder], now: float) -> OfficerOutcome:
    """Leave all units, if that was asked for a moment ago."""
    step = _step(c)
    if not people or step.leave_asked_at is None or now >= step.leave_asked_at + LEAVE_S:
        return ask_to_leave(c, people, now)
    gone = _with(c, replace(step, check=None, leave_asked_at=None))
    rows = tuple(_row(person) for person in people)
    return OfficerOutcome(
        gone,
        (Prompt("officer.leave.done"),),
        RemovePeople(rows),
        menu=Menu.REPORTER,
        said="OfficersLeft",
    )


def stay(c: Conversation, people: Sequence[Responder], now: float) -> OfficerOutcome:
    """Stay after all."""
    return show_status(_with(c, replace(_step(c), leave_asked_at=None)), people, now)


# --- parts ------------------------------------------------------------------------------------


def joining_rows(c: Conversation) -> tuple[Row, ...]:
    """Return the rows that this conversation is about to verify."""
    check = _step(c).check
    return check.joining if check else ()


def _step(c: Conversation) -> OfficerStep:
    return c.officer or OfficerStep()


def _with(c: Conversation, step: OfficerStep) -> Conversation:
    return replace(c, officer=None if step == OfficerStep() else step)


def _check(c: Conversation, now: float) -> PhoneCheck | None:
    check = _step(c).check
    return check if check is not None and now < check.until else None


def _recent(moments: Sequence[float], now: float, span_s: float) -> tuple[float, ...]:
    return tuple(moment for moment in moments if moment > now - span_s)


def _verified(people: Sequence[Responder]) -> list[Responder]:
    return [person for person in people if person.verified]


def _row(person: Responder) -> Row:
    return person.unit_id, person.responder_id

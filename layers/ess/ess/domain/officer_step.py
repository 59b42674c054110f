"""What is awaited from an officer in their 1:1 chat; kept in their conversation."""

from dataclasses import dataclass, replace

Row = tuple[str, str]
"""Unit id and responder id: where a responder is stored."""


@dataclass(frozen=True, slots=True)
class PhoneCheck:
    """A phone number that its owner has still to give, or to prove by a code sent to it.

    Args:
        joining: the rows that become verified with the number; empty when somebody who has joined
            changes their number.
        until: epoch seconds; from then on nothing more is expected.
        phone: E.164 number that a code went to, or None while it is still asked for.
        digest: stands for the code; None while none is awaited.
        code_until: epoch seconds; the code does not work from then on.
        tries: how many wrong codes were typed for this one.
    """

    joining: tuple[Row, ...]
    until: float
    phone: str | None = None
    digest: str | None = None
    code_until: float = 0.0
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Noting:
    """The report that this officer acted on last: what they write belongs to it.

    While it is open that goes to its reporter; once it is closed, it is a note.

    Args:
        report_id: the report.
        until: epoch seconds; from then on a message is none of the report's.
        chosen_until: epoch seconds until which this officer has said that they write to this very
            reporter; 0 where they only acted on the report.
    """

    report_id: str
    until: float
    chosen_until: float = 0.0


@dataclass(frozen=True, slots=True)
class Held:
    """Words of an officer that wait for them to say whom they are for.

    Args:
        words: what was written.
        until: epoch seconds; from then on they go to nobody.
    """

    words: str
    until: float


MOST_OTHERS = 7
"""Reports remembered beside the one acted on last: a radio room has several at a time."""


@dataclass(frozen=True, slots=True)
class OfficerStep:
    """The officer's side of a conversation.

    Args:
        check: a phone number that is being confirmed, or None.
        codes_sent: when codes were sent by SMS, within the last hour; epoch seconds.
        wrong_codes: when wrong invitation codes were typed, within the last 15 minutes.
        leave_asked_at: epoch seconds when this person said that they want to leave, or None.
        noting: the report that words, notes and pictures belong to, or None.
        relayed: when this person's words went to reporters, within the last 5 minutes.
        others: reports acted on before `noting` that may be open still, the latest first.
        held: words of which it was asked whom they are for, or None.
    """

    check: PhoneCheck | None = None
    codes_sent: tuple[float, ...] = ()
    wrong_codes: tuple[float, ...] = ()
    leave_asked_at: float | None = None
    noting: Noting | None = None
    relayed: tuple[float, ...] = ()
    others: tuple[Noting, ...] = ()
    held: Held | None = None


def turn_to(step: OfficerStep, noting: Noting, now: float) -> OfficerStep:
    """Return `step` with the report that is acted on now; what was said of it before stays so."""
    last = step.noting
    if last is not None and last.report_id == noting.report_id:
        noting = replace(noting, chosen_until=max(noting.chosen_until, last.chosen_until))
    before = (*(() if last is None else (last,)), *step.others)
    others = tuple(
        replace(other, chosen_until=0.0)
        for other in before
        if other.report_id != noting.report_id and now < other.until
    )
    return replace(step, noting=noting, others=others[:MOST_OTHERS])

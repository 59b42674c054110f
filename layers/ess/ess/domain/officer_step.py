"""What is awaited from an officer in their 1:1 chat; kept in their conversation."""

from dataclasses import dataclass

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
    """A report that this officer closed just now: what they write and send belongs to it.

    Args:
        report_id: the report.
        until: epoch seconds; from then on a message is none of the report's.
    """

    report_id: str
    until: float


@dataclass(frozen=True, slots=True)
class OfficerStep:
    """The officer's side of a conversation.

    Args:
        check: a phone number that is being confirmed, or None.
        codes_sent: when codes were sent by SMS, within the last hour; epoch seconds.
        wrong_codes: when wrong invitation codes were typed, within the last 15 minutes.
        leave_asked_at: epoch seconds when this person said that they want to leave, or None.
        noting: the report that notes and pictures belong to, or None.
    """

    check: PhoneCheck | None = None
    codes_sent: tuple[float, ...] = ()
    wrong_codes: tuple[float, ...] = ()
    leave_asked_at: float | None = None
    noting: Noting | None = None

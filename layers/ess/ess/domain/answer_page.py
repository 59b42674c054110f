"""What an officer's page shows, and what its buttons say; the words are the adapter's."""

from dataclasses import dataclass
from enum import StrEnum

from ess.domain.conversation import Params
from ess.domain.ladder import Unit
from ess.domain.media import MediaRef


class Stand(StrEnum):
    """How a report stands for the person who looks."""

    OFFERED = "offered"
    YOURS = "yours"
    TAKEN = "taken"
    AT_DESK = "at_desk"  # the desk has it and coordinates: whoever can go may still accept
    HELP_WANTED = "help_wanted"
    HELPING = "helping"
    INFORMED = "informed"
    CLOSED = "closed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several ways to do an act.

    Args:
        value: what is chosen: a reason, or a unit's id.
        unit: the unit, where it is one; a reason has its words in the catalogue.
    """

    value: str
    unit: Unit | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the page shows.

    Args:
        stand: how the report stands for this person.
        facts: what may be named. The pin is there for whoever goes, the number for the one who
            accepted, and for nobody else.
        acts: what they may do now, the likeliest first.
        choosing: the act whose choices are shown; None for the page itself.
        choices: those choices.
        note: what came of the button before, if that is still so.
        said_no: whether they said that they cannot go.
        help_calls: how often help was called for.
        words: the reporter's texts, oldest first; for whoever goes.
        files: the reporter's files, oldest first; for whoever goes.
    """

    stand: Stand
    facts: Params
    acts: tuple[str, ...] = ()
    choosing: str | None = None
    choices: tuple[Choice, ...] = ()
    note: str | None = None
    said_no: bool = False
    help_calls: int = 0
    words: tuple[str, ...] = ()
    files: tuple[MediaRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Press:
    """A button that was pressed.

    Args:
        act: what it does, anything at all.
        choice: what was chosen, if it has choices.
        note: what was written beside it.
        help_calls: how often help had been called for when the button was shown, if it says so.
    """

    act: str
    choice: str | None = None
    note: str = ""
    help_calls: int | None = None


@dataclass(frozen=True, slots=True)
class Pressed:
    """What came of a button.

    Args:
        code: what the next page may say of it.
        changed: whether it changed the report.
        report_id: which report.
    """

    code: str
    changed: bool
    report_id: str

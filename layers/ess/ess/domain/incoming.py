"""What a webhook event means to us, whatever wire it came over."""

from dataclasses import dataclass

from ess.domain.conversation import Input

RESPONDER_ACTS = frozenset(
    {
        "accept",
        "decline",
        "on_the_way",
        "on_scene",
        "help",
        "join",
        "hand_over",
        "close",
        "assign",
        "note",
        "talk",
        "more",
    }
)
"""What a responder can do about a report."""


OFFICER_ACTS = frozenset(
    {
        "join",
        "duty_on",
        "duty_off",
        "my_status",
        "change_phone",
        "new_code",
        "leave",
        "leave_yes",
        "leave_no",
    }
)
"""What an officer can ask of us beside incidents."""


@dataclass(frozen=True, slots=True)
class ResponderTap:
    """A responder's button on an incident's card, or on its page.

    Args:
        act: one of `RESPONDER_ACTS`.
        report_id: the report it is about.
        choice: what was chosen or written: the reason to ``close`` or ``hand_over``, the id of the
            unit to ``assign``, the text of a ``note``; None asks for the choices.
    """

    act: str
    report_id: str
    choice: str | None = None


@dataclass(frozen=True, slots=True)
class OfficerAsked:
    """A button of the officers' menu, or the word for it.

    Args:
        act: one of `OFFICER_ACTS`.
    """

    act: str


@dataclass(frozen=True, slots=True)
class CodeTyped:
    """A text that holds an invitation code, or nearly one.

    Args:
        text: all of it; for a reporter who only happened to type such a thing it is just that.
        code: the code, or None for what is nearly one.
        said: whether the text says that one wants to join.
    """

    text: str
    code: str | None
    said: bool


@dataclass(frozen=True, slots=True)
class GroupSpoke:
    """The account was added to a group or room, or somebody wrote in one."""


@dataclass(frozen=True, slots=True)
class GroupLeft:
    """The account was removed from a group."""


@dataclass(frozen=True, slots=True)
class Unsent:
    """A message was taken back.

    Args:
        message_id: LINE's id of it, digits.
    """

    message_id: str


@dataclass(frozen=True, slots=True)
class Edited:
    """A text was changed after it was sent; the event's own message id is that of the text."""

    text: str


Given = Input | ResponderTap | OfficerAsked | CodeTyped | GroupSpoke | GroupLeft | Unsent | Edited
"""What an event can mean."""


@dataclass(frozen=True, slots=True)
class IncomingEvent:
    """An event that is for us: from a 1:1 chat, or from a group that the account is in.

    Args:
        event_id: the same when the event is delivered again.
        user_id: LINE user id of the sender; id of the group or room for `GroupSpoke` and
            `GroupLeft`.
        reply_token: answers it once, within a minute; None for events without one.
        given: what it means.
        message_id: LINE's id of the message, digits; empty for what is none.
    """

    event_id: str
    user_id: str
    reply_token: str | None
    given: Given
    message_id: str = ""

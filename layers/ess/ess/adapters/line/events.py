"""LINE's webhook events as inputs of the domain.

Everything unknown is passed over, as LINE asks (new types and properties appear unannounced);
a known event that lacks what it must have is malformed.
"""

import math
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from ess.domain import conversation as talk
from ess.domain.errors import InvalidPoint, MalformedEvent
from ess.domain.geo import Point
from ess.domain.incoming import (
    OFFICER_ACTS,
    RESPONDER_ACTS,
    CodeTyped,
    Edited,
    Given,
    GroupLeft,
    GroupSpoke,
    IncomingEvent,
    OfficerAsked,
    ResponderTap,
    Unsent,
)
from ess.domain.invitation import read_code
from ess.domain.kinds import EMERGENCIES, Kind
from ess.domain.understanding import Role
from ess.messages import catalogue

Json = dict[str, Any]
_USER_ID = re.compile(r"U[0-9a-f]{32}")
_GROUP_ID = re.compile(r"[CR][0-9a-f]{32}")
_REPORT_ID = re.compile(r"[0-9a-f]{32}")
_MESSAGE_ID = re.compile(r"[0-9]{1,40}")  # it becomes part of an address of LINE's
_PLACE_LIMIT = 200


def read_event(raw: Any) -> IncomingEvent | None:
    """Return the event that `raw` is, or None when it is not for us.

    Not for us are unknown types and standby mode. Of a group it is only read that there is one.

    Raises:
        MalformedEvent: it lacks what its type must have; the message names the part.
    """
    if not isinstance(raw, dict):
        raise MalformedEvent("event is not an object")
    if raw.get("mode") == "standby":
        return None
    kind = raw.get("type")
    if not isinstance(kind, str):
        raise MalformedEvent("event has no type")
    if kind not in _READERS and kind not in _OF_GROUPS:
        return None
    source = raw.get("source")
    if not isinstance(source, dict):
        raise MalformedEvent("source is missing")
    place = _PLACES.get(str(source.get("type")))
    if place is None:
        return None
    readers, name, pattern = place
    reader = readers.get(kind)
    if reader is None:
        return None
    user_id, event_id = source.get(name), raw.get("webhookEventId")
    if not isinstance(user_id, str) or not pattern.fullmatch(user_id):
        raise MalformedEvent(f"source.{name} is missing or not an id")
    if not isinstance(event_id, str) or not 0 < len(event_id) <= 64:
        raise MalformedEvent("webhookEventId is missing")
    given = reader(raw)
    reply_token = raw.get("replyToken")
    return IncomingEvent(
        event_id,
        user_id,
        reply_token if isinstance(reply_token, str) else None,
        given,
        "" if isinstance(given, GroupSpoke | GroupLeft) else _message_id(raw.get("message")),
    )


def _message(raw: Json) -> Given:
    message = raw.get("message")
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        raise MalformedEvent("message is missing or has no type")
    match message["type"]:
        case "text":
            return _text(message)
        case "location":
            return _location(message)
        case other:
            # A message type that is new today is answered like a picture: seen, not understood.
            return talk.MediaSent(other[:40], _message_id(message))


def _message_id(message: Any) -> str:
    message_id = message.get("id") if isinstance(message, dict) else None
    return message_id if isinstance(message_id, str) and _MESSAGE_ID.fullmatch(message_id) else ""


def _unsent(raw: Json) -> Given:
    unsend = raw.get("unsend")
    message_id = unsend.get("messageId") if isinstance(unsend, dict) else None
    if not isinstance(message_id, str) or not _MESSAGE_ID.fullmatch(message_id):
        raise MalformedEvent("unsend.messageId is missing or not an id")
    return Unsent(message_id)


def _edited(raw: Json) -> Given:
    message = raw.get("message")
    text = message.get("text") if isinstance(message, dict) else None
    if not isinstance(text, str):
        raise MalformedEvent("message.text is missing")
    return Edited(text)


def _text(message: Json) -> Given:
    text = message.get("text")
    if not isinstance(text, str):
        raise MalformedEvent("message.text is missing")
    command = _commands().get(" ".join(text.casefold().split()))
    if command == "cry":
        return talk.ReportAsked(words=text)
    if command:
        return _COMMANDS[command]
    code = read_code(text, catalogue.load("commands")["join"])
    return CodeTyped(text, *code) if code else talk.TextSent(text)


def _location(message: Json) -> talk.Input:
    latitude, longitude = message.get("latitude"), message.get("longitude")
    for value in (latitude, longitude):
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not math.isfinite(value)
        ):
            raise MalformedEvent("message.latitude or longitude is not a number")
    try:
        pin = Point(float(latitude), float(longitude))  # type: ignore[arg-type]
    except InvalidPoint as error:
        raise MalformedEvent("message.latitude or longitude is out of range") from error
    named = [message.get("title"), message.get("address")]
    place = " · ".join(part.strip() for part in named if isinstance(part, str) and part.strip())
    return talk.PinShared(pin, place[:_PLACE_LIMIT] or None)


def _postback(raw: Json) -> Given:
    postback = raw.get("postback")
    data = postback.get("data") if isinstance(postback, dict) else None
    if not isinstance(data, str):
        raise MalformedEvent("postback.data is missing")
    fields = {name: values[0] for name, values in parse_qs(data).items()}
    if "o" in fields:
        return _responder_tap(fields)
    if "u" in fields:
        act = fields["u"]
        return OfficerAsked(act) if act in OFFICER_ACTS else talk.ButtonUnknown()
    button = _BUTTONS.get(fields.get("a", ""))
    return button(fields) if button else talk.ButtonUnknown()


def _responder_tap(fields: dict[str, str]) -> talk.Input | ResponderTap:
    act, report_id = fields["o"], fields.get("r", "")
    if act not in RESPONDER_ACTS or not _REPORT_ID.fullmatch(report_id):
        return talk.ButtonUnknown()
    # Whether the choice is one that the act knows is decided where the act is.
    return ResponderTap(act, report_id, fields.get("why") or fields.get("to"))


def _kind_button(fields: dict[str, str]) -> talk.Input:
    number = fields.get("k", "")
    known = number.isascii() and number.isdecimal() and int(number) in EMERGENCIES
    return talk.KindChosen(Kind(int(number))) if known else talk.ButtonUnknown()


def _far_pin_button(fields: dict[str, str]) -> talk.Input:
    about = fields.get("v", "")
    try:
        pin = Point(float(fields.get("lat", "")), float(fields.get("lon", "")))
    except (ValueError, InvalidPoint):
        return talk.ButtonUnknown()
    return talk.PinShared(pin, about=about) if about in talk.PIN_ABOUT else talk.ButtonUnknown()


def _who_button(fields: dict[str, str]) -> talk.Input:
    known = fields.get("w", "") in set(Role)
    return talk.WhoChosen(Role(fields["w"])) if known else talk.ButtonUnknown()


def _language_button(fields: dict[str, str]) -> talk.Input:
    language = fields.get("l", "")
    known = language in catalogue.LANGUAGES
    return talk.LanguageChosen(language) if known else talk.ButtonUnknown()


_READERS: dict[str, Callable[[Json], Given]] = {
    "message": _message,
    "postback": _postback,
    "follow": lambda _: talk.Followed(),
    "unfollow": lambda _: talk.Unfollowed(),
    "unsend": _unsent,
    "messageEdited": _edited,  # today LINE has it in groups only
}

_OF_GROUPS: dict[str, Callable[[Json], Given]] = {
    "join": lambda _: GroupSpoke(),
    "message": lambda _: GroupSpoke(),
    "leave": lambda _: GroupLeft(),
}

_PLACES = {
    "user": (_READERS, "userId", _USER_ID),
    "group": (_OF_GROUPS, "groupId", _GROUP_ID),
    "room": (_OF_GROUPS, "roomId", _GROUP_ID),
}
"""Where an event can come from: what is read there, and the name and shape of the place's id."""

_BUTTONS: dict[str, Callable[[dict[str, str]], talk.Input]] = {
    "menu": lambda _: talk.MenuAsked(),
    "report": lambda fields: talk.ReportAsked(
        fresh=fields.get("fresh") == "1", drill=fields.get("drill") == "1"
    ),
    "kinds": lambda _: talk.KindsAsked(),
    "kind": _kind_button,
    "pin_ok": lambda _: talk.PinKept(),
    "pin_far": _far_pin_button,
    "no_call": lambda _: talk.CallDeclined(),
    "no_number": lambda _: talk.NumberMissing(),
    "status": lambda _: talk.StatusAsked(),
    "switch": lambda fields: talk.SwitchAsked(fields.get("r", "")),
    "cancel": lambda _: talk.CancelAsked(),
    "cancel_yes": lambda fields: talk.CancelConfirmed(fields.get("r", ""), fields.get("why")),
    "who": _who_button,
    "details": lambda _: talk.DetailsAsked(),
    "landmark": lambda _: talk.LandmarkAsked(),
    "answer": lambda fields: talk.Answered(fields.get("q", ""), fields.get("v", "")),
    "clear": lambda _: talk.ClearAsked(),
    "appeal": lambda _: talk.AppealAsked(),
    "cancel_no": lambda _: talk.CancelRefused(),
    "restart": lambda _: talk.RestartAsked(),
    "may_ask": lambda _: talk.AskingAllowed(),
    "nobody_came": lambda fields: talk.NobodyCame(fields.get("r", "")),
    "help_came": lambda fields: talk.HelpCame(fields.get("r", "")),
    "language": _language_button,
}

_COMMANDS: dict[str, talk.Input | OfficerAsked] = {
    "report": talk.ReportAsked(),
    "menu": talk.MenuAsked(),
    "cancel": talk.CancelAsked(typed=True),
    "status": talk.StatusAsked(),
    "restart": talk.RestartAsked(),
    "no_call": talk.CallDeclined(),
    "language_th": talk.LanguageChosen("th"),
    "language_en": talk.LanguageChosen("en"),
    "join": OfficerAsked("join"),
    "duty_on": OfficerAsked("duty_on"),
    "duty_off": OfficerAsked("duty_off"),
    "my_status": OfficerAsked("my_status"),
    "change_phone": OfficerAsked("change_phone"),
    "leave": OfficerAsked("leave"),
}


def _commands() -> dict[str, str]:
    """Return what people type, folded, and the command each means."""
    table = catalogue.load("commands")
    return {words: command for command, spellings in table.items() for words in spellings}

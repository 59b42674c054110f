"""Phones of the LINE simulator, worked through its control API as a person works them."""

import base64
import re
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, Final, Self
from urllib.parse import parse_qs

import httpx

from local.simulator.taps import find_actions

Json = dict[str, Any]
Button = Callable[[str], bool]

WAIT_SECONDS: Final = 30.0

_REFERENCE: Final = re.compile(r"\b[2-9A-Z]{3}-[2-9A-Z]{3}\b")


class NeverHappened(AssertionError):
    """What a person waited for did not come in time; the message says what they saw instead."""


BEHIND_MORE: Final = ("on_scene", "talk", "assign", "close", "hand_over")
"""What the card of an accepted report has as quick replies, or behind "more"."""

MORE_AFTER_S: Final = 1.0
"""Seconds after which a hand looks there: a newer message has taken the quick replies away."""


def postback(**wanted: str) -> Button:
    """A test for a button's postback data: every given field has the given value."""

    def matches(data: str) -> bool:
        fields = {name: values[0] for name, values in parse_qs(data).items()}
        return all(fields.get(name) == value for name, value in wanted.items())

    return matches


def leads_to(data: str, button: Button) -> bool:
    """Tell whether the button with `data` is "more" of an officer's card, with `button` behind."""
    fields = data.split("&")
    if "o=more" not in fields:
        return False
    rest = [field for field in fields if field != "o=more"]
    return any(button("&".join([f"o={act}", *rest])) for act in BEHIND_MORE)


def texts_of(message: Json) -> list[str]:
    """Every text that a person reads in a message, in reading order."""
    if message["type"] == "text":
        return [str(message["text"])]
    if message["type"] == "flex":
        return list(_texts(message["contents"]))
    if message["type"] == "location":
        return ["📍 " + (message.get("title") or f"{message['latitude']}, {message['longitude']}")]
    return [message.get("altText") or f"[{message['type']}]"]


def _texts(value: object) -> Iterable[str]:
    if isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        if value.get("type") == "text" and value.get("text"):
            yield str(value["text"])
        for key in ("header", "hero", "body", "footer", "contents"):
            yield from _texts(value.get(key))


def find_button(chat: list[Json], button: Button) -> tuple[str, str] | None:
    """Where a chat shows a button: (message id, path), the newest first; None when nowhere.

    Quick replies are shown below the newest bubble only.
    """
    seen = [entry for entry in chat if entry["delivered"]]
    for entry in reversed(seen):
        if entry["from"] != "bot":
            continue
        for path, action in find_actions(entry["message"]):
            if path.startswith("quickReply.") and entry is not seen[-1]:
                continue
            if button(str(action.get("data", ""))):
                return entry["id"], path
    return None


class Phones:
    """The control API of a simulator.

    Args:
        url: the simulator's base URL.
    """

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=url, trust_env=False, timeout=60)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._http.close()

    def post(self, path: str, body: Json | None = None) -> Any:
        """Call the control API; its answer.

        Raises:
            httpx.HTTPStatusError: it refused.
        """
        answer = self._http.post(path, json=body or {})
        if answer.is_error:
            raise httpx.HTTPStatusError(answer.text, request=answer.request, response=answer)
        return answer.json()

    def get(self, path: str) -> Any:
        """Read from the control API."""
        return self._http.get(path).raise_for_status().json()

    def reporter(self, name: str, *, language: str = "th") -> "Phone":
        """A new person with a phone and LINE."""
        user = self.post("/_sim/users", {"display_name": name, "language": language})
        return Phone(self, user["user_id"], name)

    def officers(self) -> "list[Phone]":
        """The officers' phones."""
        return [
            Phone(self, user["user_id"], user["display_name"], user.get("unit", ""))
            for user in self.get("/_sim/users")
            if user["role"] == "officer"
        ]

    def wait_for_officer(
        self, button: Button, seconds: float = WAIT_SECONDS, *, since: int = 0
    ) -> "Phone":
        """The first officer whose phone shows a button.

        Args:
            button: which button.
            seconds: how long to wait.
            since: only in messages that came at or after this, in milliseconds since the epoch.

        Raises:
            NeverHappened: nobody's does.
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            now = self.get("/_sim/state")
            for user in now["users"]:
                chat = now["chats"].get(user["user_id"], [])
                shown = [entry for entry in chat if entry["at"] >= since]
                if user["role"] == "officer" and find_button(shown, button):
                    return Phone(self, user["user_id"], user["display_name"])
            time.sleep(0.05)
        raise NeverHappened(f"no officer saw the button in {seconds:.0f} s")

    def officer_for(self, reporter: "Phone", seconds: float = WAIT_SECONDS) -> "tuple[Phone, str]":
        """The first officer who is asked about a reporter's latest report, and the report's id.

        Raises:
            NeverHappened: there is no report, or nobody is asked.
        """
        reference = reporter.reference()
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for report in self.get("/_sim/reports"):
                if report.get("reference") == reference:
                    report_id = str(report["report_id"])
                    return self.wait_for_officer(postback(o="accept", r=report_id)), report_id
            time.sleep(0.1)
        raise NeverHappened(f"no report {reference}")


class Phone:
    """One person's phone."""

    def __init__(self, phones: Phones, user_id: str, name: str, unit: str = "") -> None:
        self._phones = phones
        self.user_id = user_id
        self.name = name
        self.unit = unit

    def chat(self) -> list[Json]:
        """The bubbles, oldest first."""
        return list(self._phones.get(f"/_sim/users/{self.user_id}/chat"))

    def act(self, **action: Any) -> Json:
        """Do something, and wait until the service has answered the webhook."""
        return dict(self._phones.post(f"/_sim/users/{self.user_id}/actions", action))

    def follow(self) -> Json:
        """Add the account as a friend."""
        return self.act(type="follow")

    def say(self, text: str) -> Json:
        """Type and send a text."""
        return self.act(type="text", text=text)

    def share(self, latitude: float, longitude: float, title: str = "") -> Json:
        """Send a pin, in degrees WGS84."""
        return self.act(type="location", latitude=latitude, longitude=longitude, title=title)

    def send_picture(self, picture: bytes, *, preparing: int = 0) -> Json:
        """Send a picture; LINE answers 202 to the first `preparing` requests for it."""
        data = base64.b64encode(picture).decode()
        return self.act(type="image", data=data, preparing=preparing)

    def find(self, button: Button) -> tuple[str, str] | None:
        """Where a button is: (message id, path), the newest first; None when it is not shown."""
        return find_button(self.chat(), button)

    def tap(self, button: Button, seconds: float = WAIT_SECONDS) -> Json:
        """Tap a button as soon as it is shown, or behind the "more" of a card.

        Raises:
            NeverHappened: it is not shown in time.
            httpx.HTTPStatusError: the simulator refused the tap.
        """
        begun = time.monotonic()
        opened = False
        while (waited := time.monotonic() - begun) <= seconds:
            if (done := self._tap_if_shown(button)) is not None:
                return done
            if not opened and waited > MORE_AFTER_S:
                more = self._tap_if_shown(lambda data: leads_to(data, button))
                opened = more is not None
            time.sleep(0.05)
        raise NeverHappened(f"{self.name} never saw the button; {self.last_words()}")

    def _tap_if_shown(self, button: Button) -> Json | None:
        place = self.find(button)
        if place is None:
            return None
        try:
            return self.act(type="tap", message_id=place[0], path=place[1])
        except httpx.HTTPStatusError as refused:
            # A newer message took the quick reply away just now: as a hand, look again.
            if refused.response.status_code != HTTPStatus.CONFLICT:
                raise
            return None

    def wait_for(self, text: str, seconds: float = WAIT_SECONDS) -> Json:
        """The first bubble of the service in which a text stands.

        Raises:
            NeverHappened: it does not come in time.
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for entry in self.chat():
                if entry["from"] == "bot" and text in "\n".join(texts_of(entry["message"])):
                    return entry
            time.sleep(0.05)
        raise NeverHappened(f"{self.name} never read {text!r}; {self.last_words()}")

    def reference(self) -> str:
        """The reference of the latest report that the phone shows.

        Raises:
            NeverHappened: it shows none.
        """
        words = "\n".join(text for entry in self.chat() for text in texts_of(entry["message"]))
        found = _REFERENCE.findall(words)
        if not found:
            raise NeverHappened(f"{self.name} never read a reference; {self.last_words()}")
        return str(found[-1])

    def last_words(self) -> str:
        """What the phone shows last, for messages about what went wrong."""
        said = [" / ".join(texts_of(entry["message"])) for entry in self.chat()[-3:]]
        return "the last bubbles: " + (" | ".join(said) or "none")

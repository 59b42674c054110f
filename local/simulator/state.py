"""What the simulated LINE platform knows: people, chats, tokens, menus, quota, and a log.

No HTTP and no threads here; time comes from an injected clock, so tests can move it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import secrets
import time
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from local.simulator import limits

Json = dict[str, Any]
Friendship = Literal["none", "friend", "blocked"]
USER_ID = re.compile(r"^U[0-9a-f]{32}$")
LOG_KEPT = 2000
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def ulid(milliseconds: int) -> str:
    """A ULID for an instant, in milliseconds since the epoch (github.com/ulid/spec)."""
    value = (milliseconds << 80) | secrets.randbits(80)
    return "".join(CROCKFORD[(value >> shift) & 31] for shift in range(125, -1, -5))


@dataclass
class User:
    """A person with a LINE account."""

    user_id: str
    display_name: str
    language: str = "th"
    role: Literal["citizen", "officer"] = "citizen"
    unit: str = ""
    friendship: Friendship = "none"
    rich_menu_id: str | None = None


@dataclass
class ChatEntry:
    """One bubble in a person's chat; ``at`` is in milliseconds since the epoch."""

    id: str
    user_id: str
    at: int
    sender: Literal["user", "bot"]
    message: Json
    via: str = ""
    silent: bool = False
    delivered: bool = True
    reason: str = ""

    def to_json(self) -> Json:
        """The entry as the page and the control API show it."""
        record = asdict(self)
        record["from"] = record.pop("sender")
        return record


@dataclass
class ReplyToken:
    """A reply token: one use, sixty seconds."""

    user_id: str
    issued: float
    used: bool = False


@dataclass
class RetryKey:
    """What was accepted under an ``X-Line-Retry-Key``."""

    body: str
    request_id: str
    response: Json
    at: float


@dataclass
class Content:
    """Bytes a person sent: ``preparing`` more requests answer 202, ``gone`` answers 410."""

    data: bytes
    mime: str
    preparing: int = 0
    gone: bool = False


@dataclass
class RichMenu:
    """A rich menu and its image."""

    rich_menu_id: str
    body: Json
    image: bytes | None = None
    mime: str = ""


@dataclass
class Fault:
    """The next ``count`` calls of ``endpoint`` go wrong.

    ``after`` performs the call first and then loses its answer; ``delay_ms`` holds it.
    """

    endpoint: str
    count: int = 1
    status: int | None = None
    body: Json | None = None
    delay_ms: int = 0
    after: bool = False


@dataclass
class Config:
    """Switches of the platform; the page's chaos drawer sets them."""

    webhook_url: str = ""
    webhook_timeout_seconds: float = limits.WEBHOOK_TIMEOUT_SECONDS
    redelivery: bool = True
    redelivery_delays: tuple[float, ...] = (1.0, 2.0, 4.0, 8.0, 16.0)
    standby: bool = False
    bad_signature: bool = False
    duplicate: bool = False
    hold: bool = False


@dataclass
class Quota:
    """Messages a month; ``limit`` None means no limit."""

    limit: int | None = 3000
    used: int = 0


class InvalidUserId(ValueError):
    """A user id that LINE would never give out."""


class UnknownUser(KeyError):
    """No such person."""


@dataclass
class World:
    """Everything the platform remembers. ``publish`` receives each change as it happens."""

    clock: Callable[[], float] = time.time
    publish: Callable[[str, Json], None] = lambda _kind, _data: None
    config: Config = field(default_factory=Config)
    quota: Quota = field(default_factory=Quota)
    users: dict[str, User] = field(default_factory=dict)
    chats: dict[str, list[ChatEntry]] = field(default_factory=dict)
    tokens: dict[str, ReplyToken] = field(default_factory=dict)
    retry_keys: dict[str, RetryKey] = field(default_factory=dict)
    contents: dict[str, Content] = field(default_factory=dict)
    rich_menus: dict[str, RichMenu] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    default_menu: str | None = None
    faults: list[Fault] = field(default_factory=list)
    events: list[Json] = field(default_factory=list)
    held: list[Json] = field(default_factory=list)
    log: deque[Json] = field(default_factory=lambda: deque(maxlen=LOG_KEPT))
    bot_user_id: str = "U" + "0" * 31 + "b"
    _serial: int = 0

    def now_ms(self) -> int:
        """The clock in milliseconds since the epoch."""
        return int(self.clock() * 1000)

    def next_id(self) -> str:
        """A message id: digits, growing, as LINE's are."""
        self._serial += 1
        return f"{540_000_000_000_000_000 + self.now_ms() * 1000 + self._serial}"

    def reset(self) -> None:
        """Forget all but the configuration."""
        fresh = World(clock=self.clock, publish=self.publish, config=self.config)
        fresh._serial = self._serial
        self.__dict__.update(fresh.__dict__)
        self.publish("reset", {})

    # --- people and chats ---

    def add_user(
        self,
        display_name: str,
        *,
        user_id: str | None = None,
        language: str = "th",
        role: Literal["citizen", "officer"] = "citizen",
        unit: str = "",
    ) -> User:
        """Add a person, or bring an existing one's name, language, role and unit up to date.

        Raises:
            InvalidUserId: ``user_id`` does not match ``U[0-9a-f]{32}``.
        """
        user_id = user_id or "U" + secrets.token_hex(16)
        if not USER_ID.match(user_id):
            raise InvalidUserId(f"{user_id!r} does not match U[0-9a-f]{{32}}")
        known = self.users.get(user_id)
        user = known or User(user_id, display_name)
        user.display_name, user.language = display_name, language
        user.role, user.unit = role, unit
        self.users[user_id] = user
        self.chats.setdefault(user_id, [])
        self.publish_user(user)
        return user

    def user(self, user_id: str) -> User:
        """Look a person up.

        Raises:
            UnknownUser: there is none.
        """
        try:
            return self.users[user_id]
        except KeyError:
            raise UnknownUser(user_id) from None

    def user_json(self, user: User) -> Json:
        """A person with the rich menu they see now."""
        return asdict(user) | {"menu": self.menu_of(user)}

    def publish_user(self, user: User) -> None:
        """Tell listeners that a person changed."""
        self.publish("user", self.user_json(user))

    def append(self, entry: ChatEntry) -> ChatEntry:
        """Put a bubble into a chat."""
        self.chats.setdefault(entry.user_id, []).append(entry)
        self.publish("message", entry.to_json())
        return entry

    def entry(self, user_id: str, message_id: str) -> ChatEntry | None:
        """Find a bubble by its message id."""
        return next((e for e in self.chats.get(user_id, []) if e.id == message_id), None)

    # --- reply tokens and retry keys ---

    def issue_token(self, user_id: str) -> str:
        """Make a reply token for an event of ``user_id``."""
        token = secrets.token_hex(16)
        self.tokens[token] = ReplyToken(user_id, self.clock())
        return token

    def live_token(self, token: str) -> ReplyToken | None:
        """The token if it is known, unused and not older than a minute."""
        found = self.tokens.get(token)
        if found is None or found.used:
            return None
        if self.clock() - found.issued > limits.REPLY_TOKEN_SECONDS:
            return None
        return found

    def accepted(self, key: str) -> RetryKey | None:
        """What was accepted under a retry key in the last 24 hours."""
        found = self.retry_keys.get(key)
        if found is None or self.clock() - found.at > limits.RETRY_KEY_SECONDS:
            return None
        return found

    def accept(self, key: str, body: bytes, request_id: str, response: Json) -> None:
        """Remember an accepted request under its retry key."""
        self.retry_keys[key] = RetryKey(digest(body), request_id, response, self.clock())

    # --- quota ---

    def quota_left(self, messages: int) -> bool:
        """Whether ``messages`` more may be sent this month."""
        return self.quota.limit is None or self.quota.used + messages <= self.quota.limit

    def spend(self, messages: int) -> None:
        """Count messages against the quota."""
        self.quota.used += messages
        self.publish("quota", asdict(self.quota))

    # --- rich menus ---

    def menu_of(self, user: User) -> Json | None:
        """The menu a person sees: their own before the default; only menus with an image."""
        for menu_id in (user.rich_menu_id, self.default_menu):
            menu = self.rich_menus.get(menu_id or "")
            if menu is not None and menu.image is not None:
                return menu.body | {"richMenuId": menu.rich_menu_id}
        return None

    def publish_menus(self) -> None:
        """Tell listeners about everyone's menu after a change of menus."""
        for user in self.users.values():
            self.publish_user(user)

    # --- faults and log ---

    def take_fault(self, endpoint: str) -> Fault | None:
        """The fault waiting for this endpoint, with one use of it spent."""
        for fault in self.faults:
            if fault.endpoint in {endpoint, "*"}:
                fault.count -= 1
                if fault.count <= 0:
                    self.faults.remove(fault)
                return fault
        return None

    def note(self, **record: Any) -> Json:
        """Write a line to the log and show it."""
        self._serial += 1
        line = {"seq": self._serial, "at": self.now_ms(), **record}
        self.log.append(line)
        self.publish("log", line)
        return line

    def snapshot(self) -> Json:
        """All that the page needs to draw itself."""
        return {
            "users": [self.user_json(user) for user in self.users.values()],
            "chats": {uid: [e.to_json() for e in chat] for uid, chat in self.chats.items()},
            "config": asdict(self.config),
            "quota": asdict(self.quota),
            "faults": [asdict(fault) for fault in self.faults],
            "held": len(self.held),
            "log": list(self.log)[-200:],
            "now": self.now_ms(),
        }


def digest(body: bytes) -> str:
    """A digest of a request body that ignores the order of JSON keys and white space."""
    with contextlib.suppress(ValueError):  # not JSON: the bytes themselves are compared
        body = json.dumps(json.loads(body), sort_keys=True).encode()
    return hashlib.sha256(body).hexdigest()

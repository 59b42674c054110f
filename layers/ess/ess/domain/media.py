"""Pictures, videos and sounds that people add to a report: which are taken, what each is called.

What a file is, its own first bytes say: names and headers are whatever the sender likes.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ess.domain.errors import MalformedEvent

REPORTER = "reporter"
"""The sender of what the reporter adds; also the actor of a timeline's line."""

RESPONDER = "responder:"
"""The sender of what an officer adds begins with this; the responder's id follows."""

LAST_TRY = 7
"""From this delivery of a `MediaItem` on, what is still not ready is refused. The queue gives up
one delivery later, which leaves one for a function that was never started."""

LINK_S = 15 * 60
"""Seconds that a link to media works."""

OFFICER_LINK_S = 5 * 60
"""Seconds that the address behind a link of an officer's page works: the page gives another."""

_NAMESPACE = uuid.UUID("3c0d8e86-5c35-4f0e-8c4b-0c4a2d7a9d15")


class MediaKind(StrEnum):
    """What people can add, by the name that LINE's messages give it."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"


MOST_BYTES: Mapping[MediaKind, int] = {
    MediaKind.IMAGE: 10_000_000,
    MediaKind.VIDEO: 50_000_000,
    MediaKind.AUDIO: 50_000_000,
}
"""The largest of each kind that is taken, in bytes as sent."""


class Refusal(StrEnum):
    """Why something was not kept; each has a text of its own for its sender."""

    TOO_LARGE = "too_large"
    WRONG_TYPE = "wrong_type"
    UNREADABLE = "unreadable"
    GONE = "gone"  # LINE has it no more
    NOT_READY = "not_ready"  # LINE still prepares it, after all our tries


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes of a file, and what they are (``image/jpeg``)."""

    data: bytes
    content_type: str

    def __repr__(self) -> str:
        """Say how much, never what."""
        return f"Content({len(self.data)} bytes, {self.content_type})"


@dataclass(frozen=True, slots=True)
class MediaRef:
    """Names one file of one report.

    Args:
        report_id: 32 hexadecimal characters.
        kind: what it is.
        media_id: 32 hexadecimal characters; says nothing about who sent it.
    """

    report_id: str
    kind: MediaKind
    media_id: str

    @property
    def key(self) -> str:
        """Return where it is stored."""
        return f"reports/{self.report_id}/{self.kind.value}-{self.media_id}"


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is in the store: its size in bytes, and what it is."""

    size: int
    content_type: str


@dataclass(frozen=True, slots=True)
class MediaItem:
    """A file that somebody sent and that is still to be fetched from LINE.

    Args:
        report_id: the report it belongs to.
        message_id: LINE's id of the message, digits.
        kind: what LINE says it is.
        sender: ``reporter`` or ``responder:<id>``, as the actor of a timeline's line.
        event_id: the webhook event that brought it.
        taken_back: it is not to be fetched but to be forgotten, whatever `kind` it is.
    """

    report_id: str
    message_id: str
    kind: MediaKind
    sender: str
    event_id: str
    taken_back: bool = False

    @property
    def ref(self) -> MediaRef:
        """Return what it will be called: the same however often the message is handled."""
        return MediaRef(self.report_id, self.kind, media_id_of(self.report_id, self.message_id))

    @property
    def responder_id(self) -> str | None:
        """Return the id of the officer who sent it; None when the reporter did."""
        if self.sender == REPORTER:
            return None
        return self.sender.removeprefix(RESPONDER)


def media_id_of(report_id: str, message_id: str) -> str:
    """Return what the file of a message is called in a report."""
    return uuid.uuid5(_NAMESPACE, f"{report_id}:{message_id}").hex


def kind_of(message_type: str) -> MediaKind | None:
    """Return the kind that a LINE message of this type is; None for what is not kept."""
    return MediaKind(message_type) if message_type in set(MediaKind) else None


def to_plain(item: MediaItem) -> dict[str, str]:
    """Return `item` as what JSON holds."""
    return {
        "report_id": item.report_id,
        "message_id": item.message_id,
        "kind": item.kind.value,
        "sender": item.sender,
        "event_id": item.event_id,
        **({"taken_back": "yes"} if item.taken_back else {}),
    }


def from_plain(plain: Any) -> MediaItem:
    """Return the item that `to_plain` wrote.

    Raises:
        MalformedEvent: it did not write this; the message names the part, never its text.
    """
    if not isinstance(plain, dict):
        raise MalformedEvent("the item is not an object")
    for name, is_right in _PARTS.items():
        value = plain.get(name)
        if not isinstance(value, str) or not is_right(value):
            raise MalformedEvent(f"{name} of the item is missing or not what it should be")
    return MediaItem(
        report_id=plain["report_id"],
        message_id=plain["message_id"],
        kind=MediaKind(plain["kind"]),
        sender=plain["sender"],
        event_id=plain["event_id"],
        taken_back="taken_back" in plain,
    )


def content_type_of(head: bytes, kind: MediaKind) -> str | None:
    """Return the content type that a file of `kind` has, by its first 16 bytes; None: not taken."""
    for offset, magic, content_type in _MAGIC[kind]:
        if head.startswith(magic, offset):
            return content_type
    return None


def _is_report_id(text: str) -> bool:
    return len(text) == 32 and set(text) <= set("0123456789abcdef")


def _is_message_id(text: str) -> bool:
    return 0 < len(text) <= 40 and text.isascii() and text.isdecimal()


def _is_sender(text: str) -> bool:
    return text == REPORTER or (text.startswith(RESPONDER) and len(text) > len(RESPONDER))


_PARTS: Mapping[str, Callable[[str], bool]] = {
    "report_id": _is_report_id,
    "message_id": _is_message_id,
    "kind": lambda text: text in set(MediaKind),
    "sender": _is_sender,
    "event_id": bool,
}

# Bytes at an offset, and what a file is that has them there. Brands of ISO media files ("ftyp")
# are those that phones write; heic and avif, pictures that nothing here can clean, are not named.
_MP4_BRANDS = (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"MSNV")
_MAGIC: Mapping[MediaKind, tuple[tuple[int, bytes, str], ...]] = {
    MediaKind.IMAGE: (
        (0, b"\xff\xd8\xff", "image/jpeg"),
        (0, b"\x89PNG\r\n\x1a\n", "image/png"),
        (8, b"WEBP", "image/webp"),
    ),
    MediaKind.VIDEO: (
        *((4, b"ftyp" + brand, "video/mp4") for brand in (*_MP4_BRANDS, b"M4V ")),
        (4, b"ftypqt  ", "video/quicktime"),
        (4, b"ftyp3gp", "video/3gpp"),
        (4, b"ftyp3g2", "video/3gpp2"),
        (0, b"\x1a\x45\xdf\xa3", "video/webm"),
    ),
    MediaKind.AUDIO: (
        *((4, b"ftyp" + brand, "audio/mp4") for brand in (*_MP4_BRANDS, b"M4A ", b"M4B ")),
        (4, b"ftyp3gp", "audio/3gpp"),
        (0, b"ID3", "audio/mpeg"),
        (0, b"\xff\xfb", "audio/mpeg"),
        (0, b"\xff\xf3", "audio/mpeg"),
        (0, b"\xff\xf1", "audio/aac"),
        (0, b"\xff\xf9", "audio/aac"),
        (0, b"OggS", "audio/ogg"),
        (0, b"#!AMR", "audio/amr"),
        (8, b"WAVE", "audio/wav"),
    ),
}

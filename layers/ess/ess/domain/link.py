"""The link in an officer's SMS: a signed, expiring token that is good for answering one report.

It names the report, the person it was sent to (as a hash) and until when it holds. It carries no
number, no pin and no LINE id. Whoever holds it may do what that person may: nothing more, and only
while the report itself still names them.

    1 byte   what it is good for
    16 bytes the report's id
    8 bytes  SHA-256 of unit and responder, cut
    4 bytes  when it ends, epoch seconds
    12 bytes HMAC-SHA256 of all of this, cut: 96 bits; a guess can only be tried over the network

In base64url these 41 bytes are 55 characters, the last of which is always a letter or a digit: old
phones leave a final "-" out of the link that they underline.
"""

import base64
import binascii
import hashlib
import hmac
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from ess.domain.errors import LinkExpired, LinkRefused

LINK_LIFE_S = 12 * 3600
"""Seconds that a link holds: a shift, and as long as a search goes on without a new one."""

ANSWER = 1
"""Purpose: answering a report. A link for anything else is refused, whoever has signed it."""

_CLAIM = struct.Struct(">B16s8sI")
_SEAL_BYTES = 12
_TEXT_LENGTH = 55
_KEY_BYTES = 8


class Person(Protocol):
    """Somebody whom a report names."""

    @property
    def unit_id(self) -> str:
        """Return the unit they answer for."""
        ...

    @property
    def responder_id(self) -> str:
        """Return their id within the service."""
        ...


@dataclass(frozen=True, slots=True)
class LinkClaim:
    """What a genuine link says.

    Args:
        report_id: 32 lower-case hexadecimal characters.
        person_key: stands for the person it was sent to; see `person_key`.
        expires_at: epoch seconds.
    """

    report_id: str
    person_key: bytes
    expires_at: int


def person_key(unit_id: str, responder_id: str) -> bytes:
    """Return the 8 bytes that stand for a person in a link."""
    named = f"{len(unit_id)}:{unit_id}/{responder_id}".encode()
    return hashlib.sha256(named).digest()[:_KEY_BYTES]


def make_link(
    secret: bytes,
    report_id: str,
    unit_id: str,
    responder_id: str,
    expires_at: float,
    *,
    purpose: int = ANSWER,
) -> str:
    """Return the token of a link, 55 characters of base64url.

    Args:
        secret: not empty.
        report_id: 32 hexadecimal characters.
        expires_at: epoch seconds, before the year 2106.
        purpose: what it is good for, 0 to 255.

    Raises:
        ValueError: the secret is empty, or the report's id is no such id.
    """
    if not secret:
        raise ValueError("a link needs a secret")
    report = bytes.fromhex(report_id)
    if len(report) != 16:
        raise ValueError("a report's id has 32 hexadecimal characters")
    claim = _CLAIM.pack(purpose, report, person_key(unit_id, responder_id), int(expires_at))
    return base64.urlsafe_b64encode(claim + _seal(secret, claim)).decode().rstrip("=")


def read_link(
    secrets: Sequence[bytes], text: str, now: float, *, purpose: int = ANSWER
) -> LinkClaim:
    """Return what a token says, once it is known to be ours and to hold.

    Args:
        secrets: the present one and, while links of the one before are about, that one too.
        text: what came; anything at all.
        now: epoch seconds.
        purpose: what it must be good for.

    Raises:
        LinkRefused: it is none of ours, or good for something else.
        LinkExpired: it was ours; its time is over.
    """
    raw = _decode(text)
    claim, seal = raw[: _CLAIM.size], raw[_CLAIM.size :]
    # Every secret is tried, so that the time taken does not tell which one fitted.
    fits = [hmac.compare_digest(_seal(secret, claim), seal) for secret in secrets if secret]
    if not any(fits):
        raise LinkRefused("not sealed by us")
    meant_for, report, key, expires_at = _CLAIM.unpack(claim)
    if meant_for != purpose:
        raise LinkRefused("good for something else")
    if now >= expires_at:
        raise LinkExpired("its time is over")
    return LinkClaim(report.hex(), key, expires_at)


def person_of[P: Person](people: Iterable[P], claim: LinkClaim) -> P | None:
    """Return whom of `people` a link was sent to; the last one named, if named twice."""
    found = None
    for person in people:
        if hmac.compare_digest(person_key(person.unit_id, person.responder_id), claim.person_key):
            found = person
    return found


def _seal(secret: bytes, claim: bytes) -> bytes:
    # The words before it keep the seal apart from whatever else is ever sealed with this secret.
    return hmac.digest(secret, b"ess link 1\0" + claim, "sha256")[:_SEAL_BYTES]


def _decode(text: str) -> bytes:
    if len(text) != _TEXT_LENGTH or not text.isascii():
        raise LinkRefused("not of our length")
    try:
        raw = base64.b64decode(text + "=", altchars=b"-_", validate=True)
    except binascii.Error:
        raise LinkRefused("not base64url") from None
    # Two bits of the last letter say nothing: of the four spellings only one is ours.
    if base64.urlsafe_b64encode(raw).decode().rstrip("=") != text:
        raise LinkRefused("not as we spell it")
    return raw

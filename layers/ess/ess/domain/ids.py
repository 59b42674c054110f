"""Identifiers that are the same however often the same webhook event is handled.

Deriving them from the event makes a retried event find what it already made, and makes
`StartExecution` idempotent by name (report id = execution name).
"""

import hashlib
import uuid

UNAMBIGUOUS = "23456789ABCDEFGHJKMNPQRSTWXYZ"
"""No 0/O, 1/I/L, U/V: what is made of it is read out over a bad line, by someone who is afraid."""

_REFERENCE_LENGTH = 6
_NAMESPACE = uuid.UUID("6f0c4b5e-3d0b-4f57-9a51-6f6d3c1f2e77")


def report_id_for(event_id: str) -> str:
    """Return the id of the report that the webhook event `event_id` opens.

    32 lower-case hexadecimal characters: fits an execution name (80 characters at most) and says
    nothing about the person.
    """
    return uuid.uuid5(_NAMESPACE, f"report:{event_id}").hex


def reference_of(report_id: str) -> str:
    """Return the short reference people read out, such as ``K7P-2MX``, for `report_id`.

    Six characters of 29 (about 594 million values): for people, never a key.
    """
    number = int.from_bytes(hashlib.sha256(report_id.encode()).digest()[:8], "big")
    letters = []
    for _ in range(_REFERENCE_LENGTH):
        number, digit = divmod(number, len(UNAMBIGUOUS))
        letters.append(UNAMBIGUOUS[digit])
    return f"{''.join(letters[:3])}-{''.join(letters[3:])}"


def retry_key(*parts: str) -> str:
    """Return the UUID for ``X-Line-Retry-Key``: the same for the same message to the same person.

    LINE keeps a key for 24 hours and answers 409 to the second use, so a retried send is not
    a second message.
    """
    return str(uuid.uuid5(_NAMESPACE, "push:" + "\x1f".join(parts)))

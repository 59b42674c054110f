"""A delivery of LINE's webhook: whether it is genuine, and the events in it."""

import json
from typing import Any

from ess.adapters.line.credentials import LineCredentials
from ess.adapters.line.events import read_event
from ess.adapters.line.signature import is_genuine
from ess.domain.errors import MalformedDelivery, SignatureRefused
from ess.domain.incoming import IncomingEvent


class LineWebhook:
    """Opens deliveries with the channel secret.

    Args:
        credentials: where the channel secret comes from.
    """

    def __init__(self, credentials: LineCredentials) -> None:
        self._credentials = credentials

    def open(self, body: bytes, signature: str | None) -> list[Any]:
        """Return the raw events of a genuine delivery; none for LINE's connection check.

        Args:
            body: the request's raw bytes, exactly as signed.
            signature: the ``X-Line-Signature`` header, if there was one.

        Raises:
            SignatureRefused: it does not come from our channel.
            MalformedDelivery: it is genuine, yet no list of events.
            TemporaryFailure: the channel secret cannot be read now.
        """
        if not self._is_genuine(body, signature):
            raise SignatureRefused("signature does not match")
        try:
            payload = json.loads(body)
        except ValueError as error:
            raise MalformedDelivery("body is not JSON") from error
        events = payload.get("events") if isinstance(payload, dict) else None
        if not isinstance(events, list):
            raise MalformedDelivery("no list of events")
        return events

    def read(self, raw: Any) -> IncomingEvent | None:
        """Return the event that `raw` is, or None when it is not for us; see `read_event`."""
        return read_event(raw)

    def _is_genuine(self, body: bytes, signature: str | None) -> bool:
        if signature is None:
            return False
        if is_genuine(self._credentials.get().secret, body, signature):
            return True
        # The secret may have been rotated since it was read.
        return self._credentials.refresh() and is_genuine(
            self._credentials.get().secret, body, signature
        )

"""What people sent in messages, from LINE's data host."""

import time
from collections.abc import Callable
from urllib.parse import quote

import urllib3

from ess.adapters.line.answers import error_for
from ess.adapters.line.credentials import LineCredentials
from ess.domain.errors import ContentNotReady, MediaRefused, TemporaryFailure
from ess.domain.media import MOST_BYTES, Content, MediaKind, Refusal, content_type_of

CONNECT_S = 1.0
READ_S = 10.0
WHOLE_S = 35.0
"""Seconds for all of one file: a host that sends a byte every few seconds never meets `READ_S`."""

_CHUNK = 256 * 1024
_HEAD = 16

_NOT_READY = 202
_GONE = frozenset({404, 410})


class LineContent:
    """MessageContent port over LINE's HTTP API.

    Args:
        endpoint: base URL of the data host, ``https://api-data.line.me``.
        credentials: where the channel access token comes from.
        monotonic: seconds that never go back.
    """

    def __init__(
        self,
        endpoint: str,
        credentials: LineCredentials,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._endpoint = endpoint
        self._credentials = credentials
        self._monotonic = monotonic
        self._pool = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=CONNECT_S, read=READ_S), retries=False
        )

    def fetch(self, message_id: str, kind: MediaKind) -> Content:
        """Return the content of a message; see `ess.ports.media.MessageContent`."""
        try:
            answer = self._ask(message_id)
            if answer.status == 401 and self._credentials.refresh():
                answer.close()
                answer = self._ask(message_id)
            try:
                return self._read(answer, kind)
            finally:
                # A connection with bytes left on it cannot be used again.
                answer.close()
        except urllib3.exceptions.HTTPError as error:
            raise TemporaryFailure(f"LINE: {type(error).__name__}") from error

    def _ask(self, message_id: str) -> urllib3.BaseHTTPResponse:
        return self._pool.request(
            "GET",
            f"{self._endpoint}/v2/bot/message/{quote(message_id, safe='')}/content",
            headers={"Authorization": f"Bearer {self._credentials.get().token}"},
            preload_content=False,
            decode_content=False,  # a few compressed bytes can become any number
        )

    def _read(self, answer: urllib3.BaseHTTPResponse, kind: MediaKind) -> Content:
        if answer.status == _NOT_READY:
            raise ContentNotReady("LINE prepares it")
        if answer.status in _GONE:
            raise MediaRefused(Refusal.GONE)
        error = error_for(answer.status, "")
        if error is not None:
            raise error
        data = self._capped(answer, MOST_BYTES[kind])
        content_type = content_type_of(data[:_HEAD], kind)
        if content_type is None:
            raise MediaRefused(Refusal.WRONG_TYPE)
        return Content(data, content_type)

    def _capped(self, answer: urllib3.BaseHTTPResponse, most: int) -> bytes:
        declared = answer.headers.get("Content-Length", "")
        if declared.isdecimal() and int(declared) > most:
            raise MediaRefused(Refusal.TOO_LARGE)
        until = self._monotonic() + WHOLE_S
        data = bytearray()
        # What has come, not a whole chunk: else a trickle would never be looked at.
        while chunk := answer.read1(_CHUNK):
            data += chunk
            if len(data) > most:
                raise MediaRefused(Refusal.TOO_LARGE)
            if self._monotonic() > until:
                raise TemporaryFailure("LINE: the content comes too slowly")
        return bytes(data)

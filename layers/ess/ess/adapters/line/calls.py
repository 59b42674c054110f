"""LINE's HTTP API over urllib3: light enough for a cold start, errors by their meaning."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import urllib3

from ess.adapters.line.answers import error_for
from ess.adapters.line.credentials import LineCredentials
from ess.domain.errors import TemporaryFailure

CONNECT_S = 0.5
READ_S = 1.0
"""LINE gives the webhook 2 s in all."""

_NONE: Final[Mapping[str, str]] = MappingProxyType({})


class LineCalls:
    """Calls endpoints of one of LINE's hosts; keeps one connection warm and retries nothing.

    Args:
        endpoint: base URL, ``https://api.line.me`` or ``https://api-data.line.me``.
        credentials: where the channel access token comes from.
        connect_s: seconds to wait for a connection.
        read_s: seconds to wait for an answer.
    """

    def __init__(
        self,
        endpoint: str,
        credentials: LineCredentials,
        *,
        connect_s: float = CONNECT_S,
        read_s: float = READ_S,
    ) -> None:
        self._endpoint = endpoint
        self._credentials = credentials
        self._pool = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=connect_s, read=read_s), retries=False
        )

    def json(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] = _NONE
    ) -> dict[str, Any]:
        """Send `body` as JSON, or nothing, and return the JSON object of the answer.

        Args:
            method: of HTTP.
            path: with its leading slash. It may hold a LINE id where LINE knows no other way:
                then it is never logged, and no error names it.
            body: what `json.dumps` takes; None for a request without a body.
            headers: those beside the token and the type of the body.

        Raises:
            TemporaryFailure, PermanentFailure: as `ess.adapters.line.answers.error_for` reads it.
        """
        if body is None:
            return self.send(method, path, None, None, headers)
        data = json.dumps(body, ensure_ascii=False).encode()
        return self.send(method, path, data, "application/json; charset=utf-8", headers)

    def send(
        self,
        method: str,
        path: str,
        data: bytes | None,
        content_type: str | None,
        headers: Mapping[str, str] = _NONE,
    ) -> dict[str, Any]:
        """Send bytes as they are; otherwise as `json`."""
        typed = {"Content-Type": content_type} if content_type else {}
        status, answer = self._try(method, path, data, {**typed, **headers})
        if status == 401 and self._credentials.refresh():
            status, answer = self._try(method, path, data, {**typed, **headers})
        error = error_for(status, str(answer.get("message", "")))
        if error is not None:
            raise error
        return answer

    def _try(
        self, method: str, path: str, data: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, dict[str, Any]]:
        token = {"Authorization": f"Bearer {self._credentials.get().token}"}
        try:
            answer = self._pool.request(
                method, f"{self._endpoint}{path}", body=data, headers={**token, **headers}
            )
        except urllib3.exceptions.HTTPError as error:
            raise TemporaryFailure(f"LINE: {type(error).__name__}") from error
        try:
            parsed = json.loads(answer.data)
        except ValueError:
            return answer.status, {}  # not JSON: a proxy answered, the status says enough
        return answer.status, parsed if isinstance(parsed, dict) else {}

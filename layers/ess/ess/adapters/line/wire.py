"""The webhook's own LINE client: reply and push over urllib3, light enough for a cold start."""

import json
from collections.abc import Sequence
from typing import Any

import urllib3

from ess.adapters.line.answers import error_for
from ess.adapters.line.credentials import LineCredentials
from ess.adapters.line.render import render
from ess.domain.conversation import Prompt
from ess.domain.errors import TemporaryFailure

CONNECT_S = 0.5
READ_S = 1.0
"""LINE gives the webhook 2 s in all; an answer that takes longer than this is tried again later."""


class WireMessenger:
    """Messenger port over LINE's HTTP API; keeps one connection warm.

    Args:
        endpoint: base URL, ``https://api.line.me``.
        credentials: where the channel access token comes from.
    """

    def __init__(self, endpoint: str, credentials: LineCredentials) -> None:
        self._endpoint = endpoint
        self._credentials = credentials
        self._pool = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=CONNECT_S, read=READ_S), retries=False
        )

    def reply(self, reply_token: str, prompts: Sequence[Prompt], language: str | None) -> None:
        """See `ess.ports.messenger.Messenger.reply`."""
        self._post("reply", {"replyToken": reply_token, "messages": render(prompts, language)}, {})

    def push(
        self,
        line_user_id: str,
        prompts: Sequence[Prompt],
        language: str | None,
        *,
        retry_key: str,
        silent: bool = False,
    ) -> None:
        """See `ess.ports.messenger.Messenger.push`."""
        body = {
            "to": line_user_id,
            "messages": render(prompts, language),
            "notificationDisabled": silent,
        }
        self._post("push", body, {"X-Line-Retry-Key": retry_key})

    def _post(self, verb: str, body: dict[str, Any], headers: dict[str, str]) -> None:
        data = json.dumps(body, ensure_ascii=False).encode()
        status, message = self._send(verb, data, headers)
        if status == 401 and self._credentials.refresh():
            status, message = self._send(verb, data, headers)
        error = error_for(status, message)
        if error is not None:
            raise error

    def _send(self, verb: str, data: bytes, headers: dict[str, str]) -> tuple[int, str]:
        try:
            answer = self._pool.request(
                "POST",
                f"{self._endpoint}/v2/bot/message/{verb}",
                body=data,
                headers={
                    "Authorization": f"Bearer {self._credentials.get().token}",
                    "Content-Type": "application/json; charset=utf-8",
                    **headers,
                },
            )
        except urllib3.exceptions.HTTPError as error:
            raise TemporaryFailure(f"LINE: {type(error).__name__}") from error
        try:
            parsed = json.loads(answer.data)
        except ValueError:
            return answer.status, ""  # not JSON: a proxy answered, the status says enough
        return answer.status, str(parsed.get("message", "")) if isinstance(parsed, dict) else ""

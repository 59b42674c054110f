"""The webhook's own LINE client: reply and push over urllib3, light enough for a cold start."""

from collections.abc import Sequence
from typing import Any

from ess.adapters.line.calls import LineCalls
from ess.adapters.line.credentials import LineCredentials
from ess.adapters.line.render import render
from ess.domain.conversation import Prompt

CONNECT_S = 0.3
READ_S = 0.9
"""LINE gives the webhook 2 s in all; an answer that takes longer than this is tried again later."""

RELAY_CONNECT_S = 0.2
RELAY_READ_S = 0.5
"""The same for what comes before the answer, so that both together leave time for the stores."""


class WireMessenger:
    """Messenger port over LINE's HTTP API; keeps one connection warm.

    Args:
        endpoint: base URL, ``https://api.line.me``.
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
        self._calls = LineCalls(endpoint, credentials, connect_s=connect_s, read_s=read_s)

    def reply(
        self,
        reply_token: str,
        prompts: Sequence[Prompt],
        language: str | None,
        *,
        silent: bool = False,
        neutral: bool = True,
    ) -> None:
        """See `ess.ports.messenger.Messenger.reply`."""
        body = {
            "replyToken": reply_token,
            "messages": render(prompts, language, neutral=neutral),
            "notificationDisabled": silent,
        }
        self._post("reply", body, {})

    def push(
        self,
        line_user_id: str,
        prompts: Sequence[Prompt],
        language: str | None,
        *,
        retry_key: str,
        silent: bool = False,
        neutral: bool = True,
    ) -> None:
        """See `ess.ports.messenger.Messenger.push`."""
        body = {
            "to": line_user_id,
            "messages": render(prompts, language, neutral=neutral),
            "notificationDisabled": silent,
        }
        self._post("push", body, {"X-Line-Retry-Key": retry_key})

    def _post(self, verb: str, body: dict[str, Any], headers: dict[str, str]) -> None:
        self._calls.json("POST", f"/v2/bot/message/{verb}", body, headers)

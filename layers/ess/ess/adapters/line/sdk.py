"""The workers' LINE client: line-bot-sdk, with the timeouts and meanings that it leaves open."""

import json
from collections.abc import Callable, Sequence

import urllib3
from linebot.v3.messaging import (
    ApiClient,
    Configuration,
    MessagingApi,
    PushMessageRequest,
    ReplyMessageRequest,
)
from linebot.v3.messaging.exceptions import ApiException

from ess.adapters.line.answers import error_for
from ess.adapters.line.credentials import LineCredentials
from ess.adapters.line.render import render
from ess.domain.conversation import Prompt
from ess.domain.errors import TemporaryFailure

_TIMEOUT_S = (1.0, 5.0)  # connect, read; the SDK has none of its own


class SdkMessenger:
    """Messenger port over line-bot-sdk.

    Args:
        endpoint: base URL, ``https://api.line.me``.
        credentials: where the channel access token comes from.
    """

    def __init__(self, endpoint: str, credentials: LineCredentials) -> None:
        self._credentials = credentials
        # The token is put in before each call; retries are the caller's, who knows what may repeat.
        configuration = Configuration(host=endpoint, access_token="")
        configuration.retries = False
        self._client = ApiClient(configuration)
        self._api = MessagingApi(self._client)

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
        request = ReplyMessageRequest.from_dict(
            {
                "replyToken": reply_token,
                "messages": render(prompts, language, neutral=neutral),
                "notificationDisabled": silent,
            }
        )
        self._call(
            lambda: self._api.reply_message_with_http_info(request, _request_timeout=_TIMEOUT_S)
        )

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
        request = PushMessageRequest.from_dict(
            {
                "to": line_user_id,
                "messages": render(prompts, language, neutral=neutral),
                "notificationDisabled": silent,
            }
        )
        self._call(
            lambda: self._api.push_message_with_http_info(
                request, x_line_retry_key=retry_key, _request_timeout=_TIMEOUT_S
            )
        )

    def _call(self, send: Callable[[], object]) -> None:
        status, message = self._try(send)
        if status == 401 and self._credentials.refresh():
            status, message = self._try(send)
        error = error_for(status, message)
        if error is not None:
            raise error

    def _try(self, send: Callable[[], object]) -> tuple[int, str]:
        token = self._credentials.get().token
        self._client.configuration.access_token = token
        try:
            send()
        except ApiException as error:  # ServiceException and the like are its subclasses
            return int(error.status or 500), _message_of(error.body)
        except urllib3.exceptions.HTTPError as error:
            raise TemporaryFailure(f"LINE: {type(error).__name__}") from error
        except ValueError:
            return 200, ""  # LINE took the message; only its answer has a shape that is new
        return 200, ""


def _message_of(body: str | bytes | None) -> str:
    try:
        parsed = json.loads(body or "")
    except ValueError:
        return ""  # not JSON: a proxy answered, the status says enough
    return str(parsed.get("message", "")) if isinstance(parsed, dict) else ""

"""SMS through Amazon SNS."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
)

from ess.adapters.sms.text import compose
from ess.domain.conversation import Prompt
from ess.domain.errors import PermanentFailure, TemporaryFailure

PAUSES_S = (0.3, 1.0)
"""Pauses between tries, where it is certain that nothing was sent."""

# https://docs.aws.amazon.com/sns/latest/api/API_Publish.html and CommonErrors; "Throttled" is what
# SNS calls a spent send rate. All are refused before anything is sent.
_NOT_NOW = frozenset(
    {"Throttled", "Throttling", "ThrottlingException", "ThrottledException", "ServiceUnavailable"}
)
_NOT_SENT = (ConnectTimeoutError, EndpointConnectionError)


class SnsSms:
    """Sms port over SNS.

    Args:
        client: botocore's ``sns`` client, without retries of its own: SNS knows no client token,
            and a second try after a lost answer would be a second SMS.
        sender_id: sender name, 3 to 11 letters and digits, registered with the carriers.
        sleep: pauses for seconds.
        pauses_s: pauses between tries, in seconds; there is one try more than pauses.
    """

    def __init__(
        self,
        client: Any,
        sender_id: str,
        sleep: Callable[[float], None] = time.sleep,
        pauses_s: Sequence[float] = PAUSES_S,
    ) -> None:
        self._client = client
        self._pauses_s = pauses_s
        self._sender_id = sender_id
        self._sleep = sleep

    def send(self, phone: str, prompt: Prompt) -> None:
        """Send one SMS in Thai; see `ess.ports.sms.Sms.send`."""
        text = compose(prompt)
        for pause in self._pauses_s:
            if self._publish(phone, text):
                return
            self._sleep(pause)
        if not self._publish(phone, text):
            raise TemporaryFailure("SNS: not now")

    def _publish(self, phone: str, text: str) -> bool:
        """Publish once; False if SNS certainly sent nothing and may do so later."""
        try:
            self._client.publish(
                PhoneNumber=phone,
                Message=text,
                MessageAttributes={
                    "AWS.SNS.SMS.SenderID": _text(self._sender_id),
                    "AWS.SNS.SMS.SMSType": _text("Transactional"),
                },
            )
        except _NOT_SENT:
            return False
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code in _NOT_NOW:
                return False
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
            failure = TemporaryFailure if status >= 500 else PermanentFailure
            raise failure(f"SNS: {code}") from None  # its message may repeat the number
        except BotoCoreError as error:
            raise TemporaryFailure(f"SNS: {type(error).__name__}") from None
        return True


def _text(value: str) -> dict[str, str]:
    return {"DataType": "String", "StringValue": value}

"""Events that nobody can handle, kept in an encrypted SQS queue for a human."""

import json
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ess.domain.errors import TemporaryFailure

_BODY_LIMIT = 250_000  # SQS takes 262,144 bytes, attributes included


class SqsRejectedEvents:
    """RejectedEvents port over SQS.

    Args:
        client: botocore's ``sqs`` client.
        queue_url: the queue's URL.
    """

    def __init__(self, client: Any, queue_url: str) -> None:
        self._client = client
        self._queue_url = queue_url

    def put(self, event: Any, reason: str) -> None:
        """See `ess.ports.rejected_events.RejectedEvents.put`."""
        # ASCII: whatever stands in a poisonous event, SQS takes it (it refuses some characters).
        body = json.dumps(event)
        if len(body) > _BODY_LIMIT:
            body = json.dumps({"cut": body[: _BODY_LIMIT // 2]})
        try:
            self._client.send_message(
                QueueUrl=self._queue_url,
                MessageBody=body,
                MessageAttributes={
                    "reason": {
                        "DataType": "String",
                        "StringValue": reason.encode("ascii", "replace").decode()[:250]
                        or "unknown",
                    }
                },
            )
        except (BotoCoreError, ClientError) as error:
            raise TemporaryFailure(f"rejected events: {type(error).__name__}") from error

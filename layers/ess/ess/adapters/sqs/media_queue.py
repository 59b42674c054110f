"""Files to be fetched, in an encrypted SQS queue that the function `keep_media` works off."""

import json
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ess.domain.errors import TemporaryFailure
from ess.domain.media import MediaItem, to_plain


class SqsMediaQueue:
    """MediaQueue port over SQS.

    Args:
        client: botocore's ``sqs`` client.
        queue_url: the queue's URL.
    """

    def __init__(self, client: Any, queue_url: str) -> None:
        self._client = client
        self._queue_url = queue_url

    def put(self, item: MediaItem) -> None:
        """See `ess.ports.media_queue.MediaQueue.put`."""
        try:
            self._client.send_message(
                QueueUrl=self._queue_url, MessageBody=json.dumps(to_plain(item))
            )
        except (BotoCoreError, ClientError) as error:
            raise TemporaryFailure(f"media queue: {type(error).__name__}") from error

"""E-mail to the desk through an Amazon SNS topic that its address is subscribed to."""

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ess.domain.conversation import Prompt
from ess.domain.errors import PermanentFailure, TemporaryFailure
from ess.messages import catalogue

SUBJECT_LIMIT = 99
"""Characters of a subject (https://docs.aws.amazon.com/sns/latest/api/API_Publish.html)."""


class SnsDeskMail:
    """DeskMail port over an SNS topic.

    Args:
        client: botocore's ``sns`` client, without retries of its own: a second try after a lost
            answer would be a second e-mail.
        topic_arn: the topic.
    """

    def __init__(self, client: Any, topic_arn: str) -> None:
        self._client = client
        self._topic_arn = topic_arn

    def send(self, prompt: Prompt) -> None:
        """Send one e-mail, Thai first; see `ess.ports.desk_mail.DeskMail.send`."""
        words = [_labelled(f"{prompt.name}.body", la, prompt) for la in ("th", "en")]
        # A subject must be ASCII, so it is in English alone.
        subject = _labelled(f"{prompt.name}.subject", "en", prompt)
        try:
            self._client.publish(
                TopicArn=self._topic_arn,
                Subject=subject.encode("ascii", "replace").decode()[:SUBJECT_LIMIT],
                Message="\n\n".join(words),
            )
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
            throttled = "Throttl" in code  # of SNS itself, or of the key that encrypts the topic
            failure = TemporaryFailure if throttled or status >= 500 else PermanentFailure
            raise failure(f"SNS: {code}") from None  # its message may repeat the text
        except BotoCoreError as error:
            raise TemporaryFailure(f"SNS: {type(error).__name__}") from None


def _labelled(key: str, language: str, prompt: Prompt) -> str:
    """Return a text, with the label of an exercise where it is one."""
    label = catalogue.text("drill.label", language) if prompt.params.get("drill") else ""
    return label + catalogue.text(key, language, prompt.params)

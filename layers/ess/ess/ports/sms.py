"""Text messages on the telephone network."""

from typing import Protocol

from ess.domain.conversation import Prompt


class Sms(Protocol):
    """Sends a prompt as SMS; the adapter turns its name into words."""

    def send(self, phone: str, prompt: Prompt) -> None:
        """Send one SMS to an E.164 number. Not safe to repeat: a repeat is a second SMS.

        Raises:
            TemporaryFailure: the carrier did not answer, or not now.
            PermanentFailure: the carrier refuses this number or message.
        """
        ...

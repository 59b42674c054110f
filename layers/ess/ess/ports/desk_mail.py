"""The desk's own e-mail address."""

from typing import Protocol

from ess.domain.conversation import Prompt


class DeskMail(Protocol):
    """Sends a prompt to the desk as e-mail; the adapter turns its name into words."""

    def send(self, prompt: Prompt) -> None:
        """Send one e-mail. Not safe to repeat: a repeat is a second e-mail.

        That this returns means that the mail was taken, never that somebody read it.

        Raises:
            TemporaryFailure: the mail service did not answer, or not now.
            PermanentFailure: it refuses this mail.
        """
        ...

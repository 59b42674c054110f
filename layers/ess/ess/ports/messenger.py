"""Messages on LINE."""

from collections.abc import Sequence
from typing import Protocol

from ess.domain.conversation import Prompt


class Messenger(Protocol):
    """Sends prompts to people; the adapter turns names into words and cards."""

    def reply(
        self,
        reply_token: str,
        prompts: Sequence[Prompt],
        language: str | None,
        *,
        silent: bool = False,
        neutral: bool = True,
    ) -> None:
        """Answer a webhook event; free of charge, once, within a minute.

        Args:
            silent: no sound, no vibration.
            neutral: see `push`.

        Raises:
            ReplyTokenSpent: the token was used, or its minute is over.
            TemporaryFailure: LINE did not answer, or not now.
            PermanentFailure: LINE refuses these messages.
        """
        ...

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
        """Send messages unasked; safe to repeat for 24 hours with the same `retry_key`.

        Args:
            silent: no sound, no vibration.
            neutral: nothing of the messages is to be read in the preview of a notification; False
                is for officers, who have to see at once what it is.

        That this returns means that LINE took the message, never that somebody read it.

        Raises:
            QuotaSpent: the month's pushes are used up.
            RecipientUnreachable: LINE does not know this person.
            TemporaryFailure: LINE did not answer, or not now.
            PermanentFailure: LINE refuses these messages.
        """
        ...

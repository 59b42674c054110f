"""Messages on LINE."""

from collections.abc import Sequence
from typing import Protocol

from ess.domain.conversation import Prompt


class Messenger(Protocol):
    """Sends prompts to people; the adapter turns names into words and cards."""

    def reply(self, reply_token: str, prompts: Sequence[Prompt], language: str | None) -> None:
        """Answer a webhook event; free of charge, once, within a minute.

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
    ) -> None:
        """Send messages unasked; safe to repeat for 24 hours with the same `retry_key`.

        That this returns means that LINE took the message, never that somebody read it.

        Raises:
            QuotaSpent: the month's pushes are used up.
            RecipientUnreachable: LINE does not know this person.
            TemporaryFailure: LINE did not answer, or not now.
            PermanentFailure: LINE refuses these messages.
        """
        ...

"""Where conversations are kept."""

from typing import Protocol

from ess.domain.conversation import Conversation, ReportWrite


class Conversations(Protocol):
    """Conversations by LINE user: one read and one conditional write for each event."""

    def get(self, user_id: str) -> Conversation:
        """Return what is known of `user_id`; a new conversation (version 0) when nothing is.

        Raises:
            TemporaryFailure: the store did not answer.
        """
        ...

    def save(self, before: Conversation, after: Conversation, write: ReportWrite | None) -> None:
        """Store `after` and `write` together or not at all, if `before` is still what is stored.

        Raises:
            ConversationChanged: it is not, or the report has moved on: read again, decide again.
            TemporaryFailure: the store did not answer.
        """
        ...

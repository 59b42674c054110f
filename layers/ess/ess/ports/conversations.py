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

    def forget(self, user_id: str) -> None:
        """Delete what is known of `user_id`, if anything is; doing it again changes nothing.

        Raises:
            TemporaryFailure: the store did not answer.
        """
        ...

    def due_drafts(self, now: float, limit: int = 100) -> list[str]:
        """Return ids of people whose draft is due: all with a pin, then the others.

        Of each the longest overdue first, so that no crowd without a pin keeps one with a pin
        waiting. See `ess.domain.drafts.due_at`. What is told may be a moment behind.

        Args:
            now: epoch seconds.
            limit: return no more than this many of those without a pin.

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

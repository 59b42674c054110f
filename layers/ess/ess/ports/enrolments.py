"""What an officer's message changes, stored in one piece with their conversation."""

from typing import Protocol

from ess.domain.conversation import Conversation
from ess.domain.enrolment import OfficerWrite


class Enrolments(Protocol):
    """Writes conversation, invitation and responders together."""

    def save(self, before: Conversation, after: Conversation, write: OfficerWrite) -> None:
        """Store `after` and `write` together or not at all, if `before` is still what is stored.

        Raises:
            ConversationChanged: it is not; or the invitation is used, or a responder was changed
                meanwhile: read again, decide again.
            TemporaryFailure: the store did not answer.
        """
        ...

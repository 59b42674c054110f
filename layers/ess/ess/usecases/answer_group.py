"""In a group the account says once that it works in 1:1, and keeps nothing of what is written."""

from ess.domain.conversation import Conversation, Prompt, remember
from ess.domain.errors import ConversationChanged
from ess.domain.incoming import IncomingEvent
from ess.ports.conversations import Conversations
from ess.ports.messenger import Messenger
from ess.usecases.answer_event import answer_event

TOLD = (Prompt("group"),)


def answer_group(
    event: IncomingEvent, *, conversations: Conversations, messenger: Messenger
) -> bool:
    """Say it, if the group has not been told: one read, and one write the first time.

    Args:
        event: of the group; its `user_id` is the group's or room's id.

    Returns:
        True if the group was told by this event.

    Raises:
        TemporaryFailure, PermanentFailure: as `ess.usecases.answer_event`.
    """
    before = conversations.get(event.user_id)
    first_time = before.version == 0
    if first_time:
        after = remember(before, Conversation(event.user_id), event.event_id, TOLD)
        try:
            conversations.save(before, after, None)
        except ConversationChanged:
            return False  # another message of the same moment is answered
    elif event.event_id not in before.recent_events:
        return False
    if event.reply_token is not None:
        # A push to a group counts as one to each of its members: it is a reply, or it is nothing.
        answer_event(event, TOLD, None, messenger=messenger, first_time=False)
    return first_time


def leave_group(event: IncomingEvent, *, conversations: Conversations) -> None:
    """Forget a group that the account is no longer in.

    Raises:
        TemporaryFailure: the store did not answer.
    """
    conversations.forget(event.user_id)

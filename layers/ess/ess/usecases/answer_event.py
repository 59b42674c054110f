"""Answer a webhook event so that the person gets the answer once, whatever fails."""

from collections.abc import Sequence

from ess.domain.conversation import Prompt
from ess.domain.errors import RecipientUnreachable, ReplyTokenSpent
from ess.domain.ids import retry_key
from ess.domain.incoming import IncomingEvent
from ess.ports.messenger import Messenger


def answer_event(
    event: IncomingEvent,
    prompts: Sequence[Prompt],
    language: str | None,
    *,
    messenger: Messenger,
    first_time: bool,
    silent: bool = False,
) -> None:
    """Reply to `event`; push the answer instead if its reply token is over.

    Args:
        first_time: False when the event was handled before. Its reply token is then the guard
            against a second answer: LINE takes it once, so there is nothing to push.
        silent: the answer makes no sound.

    Raises:
        TemporaryFailure: LINE did not answer; delivering the event again repeats only the answer.
        PermanentFailure: LINE refuses the answer.
    """
    if not prompts:
        return
    # One text among them that is a reporter's is enough.
    neutral = not all(prompt.name.startswith("officer.") for prompt in prompts)
    if event.reply_token is not None:
        try:
            messenger.reply(event.reply_token, prompts, language, silent=silent, neutral=neutral)
        except ReplyTokenSpent:
            if not first_time:
                return  # the answer was given when the event came first
        else:
            return
    if not first_time:
        return
    try:
        messenger.push(
            event.user_id,
            prompts,
            language,
            retry_key=retry_key("answer", event.event_id),
            silent=silent,
            neutral=neutral,
        )
    except RecipientUnreachable:
        return  # blocked or gone since: there is nobody left to answer

"""LINE as a list."""

from collections.abc import Sequence
from dataclasses import dataclass

from ess.adapters.memory.script import Scripted
from ess.domain.conversation import Prompt
from ess.domain.errors import QuotaSpent, RecipientUnreachable, ReplyTokenSpent


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer to a webhook event."""

    reply_token: str
    prompts: tuple[Prompt, ...]
    language: str | None
    silent: bool = False
    neutral: bool = True


@dataclass(frozen=True, slots=True)
class Push:
    """One push that reached LINE."""

    line_user_id: str
    prompts: tuple[Prompt, ...]
    language: str | None
    retry_key: str
    silent: bool
    neutral: bool = True


class MemoryMessenger(Scripted):
    """Records what people receive, under LINE's own rules.

    A reply token works once; a retry key is delivered once; `unreachable` people and a spent
    `quota` (pushes left; None: no limit) are refused.
    """

    def __init__(self, *, quota: int | None = None) -> None:
        super().__init__()
        self.replies: list[Reply] = []
        self.pushes: list[Push] = []
        self.retry_keys: set[str] = set()
        self.spent_tokens: set[str] = set()
        self.unreachable: set[str] = set()
        self.quota = quota

    def reply(
        self,
        reply_token: str,
        prompts: Sequence[Prompt],
        language: str | None,
        *,
        silent: bool = False,
        neutral: bool = True,
    ) -> None:
        """Answer a webhook event; see `ess.ports.messenger`."""
        self._called("reply")
        if reply_token in self.spent_tokens:
            raise ReplyTokenSpent("used before")
        self.spent_tokens.add(reply_token)
        self.replies.append(Reply(reply_token, tuple(prompts), language, silent, neutral))

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
        """Send messages unasked; see `ess.ports.messenger`."""
        self._called("push")
        if retry_key in self.retry_keys:
            return
        if line_user_id in self.unreachable:
            raise RecipientUnreachable("unknown to LINE")
        if self.quota is not None:
            if self.quota <= 0:
                raise QuotaSpent("monthly limit")
            self.quota -= 1
        self.retry_keys.add(retry_key)
        self.pushes.append(Push(line_user_id, tuple(prompts), language, retry_key, silent, neutral))

    def pushed_to(self, line_user_id: str) -> list[Prompt]:
        """Return every prompt pushed to one person, oldest first."""
        return [
            p for push in self.pushes if push.line_user_id == line_user_id for p in push.prompts
        ]

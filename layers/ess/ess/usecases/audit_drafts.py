"""Look after reports that were begun and not finished, once a minute; see `ess.domain.drafts`.

One at a time and each on its own. Every change holds only if the conversation is still what was
read: whoever writes at that moment is first, and is looked after again later.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from ess.domain import drafts
from ess.domain.conversation import Conversation, Params, Prompt, status_params
from ess.domain.drafts import Due
from ess.domain.errors import ConversationChanged, PermanentFailure
from ess.domain.ids import retry_key
from ess.domain.kinds import Kind
from ess.domain.report import SEARCHING
from ess.ports.clock import Clock
from ess.ports.conversations import Conversations
from ess.ports.messenger import Messenger
from ess.ports.workflow import Workflow

LIMIT = 200
"""Drafts without a pin looked at in one run, the longest overdue first; of the others all are."""

LOOKING_S = 20
"""Seconds of a run for looking at drafts; what is left then is the next run's, pins first."""

TELLING_S = 20
"""Seconds of a run for writing to people; the next run goes on."""


@dataclass(slots=True)
class DraftsAudit:
    """What one run did.

    Args:
        dispatched: drafts with a pin that were made reports and handed to the workflow.
        resumed: people who were asked whether they want to go on.
        expired: drafts that were forgotten.
        failed: drafts that could not be looked after in this run.
    """

    dispatched: int = 0
    resumed: int = 0
    expired: int = 0
    failed: int = 0


def audit_drafts(
    *,
    conversations: Conversations,
    workflow: Workflow,
    messenger: Messenger,
    clock: Clock,
    on_failure: Callable[[str, Exception], None],
) -> DraftsAudit:
    """Dispatch, resume or forget every draft that is due.

    Dispatching comes first, and waits for no message to anybody.

    Args:
        on_failure: is told of each draft that failed: what was tried, and the error. Whose draft it
            is stays untold.

    Raises:
        TemporaryFailure: the list of drafts could not be read.
    """
    started = clock.now()
    auditor = _Auditor(conversations, workflow, messenger, clock, on_failure)
    for user_id in conversations.due_drafts(started, LIMIT):
        if clock.now() - started > LOOKING_S:
            break  # whoever was dispatched by now is still to be told
        auditor.guard("look_after", partial(auditor.look_after, user_id))
    looked = clock.now()
    for what, tell in auditor.to_tell:
        if clock.now() - looked > TELLING_S:
            break  # LINE hangs; who is not asked now is asked by the next run
        auditor.guard(what, tell)
    return auditor.audit


@dataclass(frozen=True, slots=True)
class _Auditor:
    conversations: Conversations
    workflow: Workflow
    messenger: Messenger
    clock: Clock
    on_failure: Callable[[str, Exception], None]
    audit: DraftsAudit = field(default_factory=DraftsAudit)
    to_tell: list[tuple[str, Callable[[], None]]] = field(default_factory=list)

    def guard(self, what: str, do: Callable[[], None]) -> None:
        try:
            do()
        except ConversationChanged:
            return  # its sender goes on at this very moment
        except Exception as failure:  # noqa: BLE001 - a row that cannot be read must not stop the run
            self.audit.failed += 1
            self.on_failure(what, failure)

    def look_after(self, user_id: str) -> None:
        """Dispatch or forget a draft; whoever is to be written to comes on the list for that."""
        c = self.conversations.get(user_id)
        match drafts.due(c, self.clock.now()):
            case Due.DISPATCH:
                self._dispatch(c)
            case Due.RESUME:
                self.to_tell.append(("resume", partial(self._resume, user_id)))
            case Due.EXPIRE if drafts.tells_expiry(c, self.clock.now()):
                self.to_tell.append(("tell_expired", partial(self._tell_expired, user_id)))
            case Due.EXPIRE:
                self._expire(c)
            case None:
                return  # the index is a moment behind the table

    def _tell_expired(self, user_id: str) -> None:
        """Say once, without a sound, that nobody was told; only then is the draft forgotten."""
        c = self.conversations.get(user_id)
        if c.draft is None or drafts.due(c, self.clock.now()) is not Due.EXPIRE:
            return
        key = retry_key("draft expired", user_id, str(c.draft.touched_at))
        self._push(c, [Prompt("draft_expired", _label(drill=c.draft.drill))], key, silent=True)
        self._expire(c)

    def _expire(self, c: Conversation) -> None:
        """Forget a draft; its words go to the report that is open beside it, if there is one."""
        wake: tuple[str, str] | None = None
        while c.draft is not None:
            done = drafts.expired(c, self.clock.now())
            self.conversations.save(c, done.conversation, done.write)
            c = done.conversation
            if done.wake is not None:
                wake = done.wake, done.news
        self.audit.expired += 1
        if wake is not None:
            self.workflow.resume(*wake)

    def _dispatch(self, c: Conversation) -> None:
        made = drafts.dispatch(c, self.clock.now())
        self.conversations.save(c, made.conversation, made.write)
        self.audit.dispatched += 1
        self.to_tell.append(("tell_dispatched", partial(self._tell_dispatched, made)))
        # Should this fail, the next minute finds a report whose workflow was never started.
        self.workflow.start(made.write.report.report_id, made.write.report.run)

    def _tell_dispatched(self, made: drafts.Dispatched) -> None:
        """Say once that a report was made of the draft, while that nobody has accepted is true."""
        report = made.write.report
        c = self.conversations.get(report.reporter_id)
        active = c.active
        if active is None or active.report_id != report.report_id:
            return
        if active.status not in SEARCHING:
            return
        prompts = [Prompt("draft_sent", status_params(active))]
        if report.kind is Kind.UNKNOWN:
            prompts.append(Prompt("ask_kind", _label(drill=report.drill)))
        key = retry_key("draft sent", report.report_id)
        self._push(made.conversation, prompts, key, silent=c.is_silent)

    def _resume(self, user_id: str) -> None:
        """Ask once whether somebody wants to go on.

        The message comes first: asked again with the same key it is no second message, and whoever
        LINE will never reach is not tried again.
        """
        c = self.conversations.get(user_id)
        if c.draft is None or drafts.due(c, self.clock.now()) is not Due.RESUME:
            return
        prompt = Prompt("resume", _label(drill=c.draft.drill))
        key = retry_key("resume", user_id, str(c.draft.touched_at))
        asked = self._push(c, [prompt], key, silent=c.is_silent)
        self.conversations.save(c, drafts.nudged(c), None)
        self.audit.resumed += asked

    def _push(self, c: Conversation, prompts: list[Prompt], key: str, *, silent: bool) -> bool:
        """Push; False if LINE will never take it for this person, or the month's quota is spent."""
        try:
            self.messenger.push(c.user_id, prompts, c.language, retry_key=key, silent=silent)
        except PermanentFailure:
            return False
        return True


def _label(*, drill: bool) -> Params:
    return {"drill": True} if drill else {}

"""Conversations in a dictionary, under the same conditions as in DynamoDB."""

from ess.adapters.memory.script import Scripted
from ess.adapters.memory.store import MemoryStore
from ess.domain.conversation import Conversation, OpenReport, ReportWrite
from ess.domain.drafts import due_at
from ess.domain.errors import ConversationChanged, StepNotAllowed
from ess.domain.report import Report
from ess.domain.report_writes import apply, entries_of, parts_of


class MemoryConversations(Scripted):
    """Keeps conversations by LINE user id; share `store` with `MemoryReports`."""

    def __init__(self, store: MemoryStore | None = None) -> None:
        super().__init__()
        self._store = store or MemoryStore()

    def get(self, user_id: str) -> Conversation:
        """Return what is known of `user_id`; see `ess.ports.conversations`."""
        self._called("get")
        return self._store.conversations.get(user_id) or Conversation(user_id)

    def save(self, before: Conversation, after: Conversation, write: ReportWrite | None) -> None:
        """Store `after` and `write`, or nothing; see `ess.ports.conversations`."""
        self._called("save")
        stored = self._store.conversations.get(before.user_id)
        if (stored.version if stored else 0) != before.version:
            raise ConversationChanged("another event came first")
        if write is not None:
            self._write(write, after.version)
        self._store.conversations[after.user_id] = after

    def forget(self, user_id: str) -> None:
        """Forget what is known of `user_id`; see `ess.ports.conversations`."""
        self._called("forget")
        self._store.conversations.pop(user_id, None)

    def due_drafts(self, now: float, limit: int = 100) -> list[str]:
        """Return whose drafts are due, those with a pin first; see `ess.ports.conversations`."""
        self._called("due_drafts")
        late = sorted(
            (at, c.user_id, c.draft.pin is not None)
            for c in self._store.conversations.values()
            if c.draft is not None and (at := due_at(c.draft)) is not None and at <= now
        )
        pinned = [user_id for _, user_id, has_pin in late if has_pin]
        return pinned + [user_id for _, user_id, has_pin in late if not has_pin][:limit]

    def _write(self, write: ReportWrite, conversation_version: int) -> None:
        reports = self._store.reports
        after = {report_id: self._written(report_id, part) for report_id, part in parts_of(write)}
        reports.update(after)
        for report_id, part in parts_of(write):
            self._store.add_entries(report_id, entries_of(part, conversation_version))

    def _written(self, report_id: str, write: ReportWrite) -> Report:
        """Return a report after `write`, which is stored only if all of it holds."""
        reports = self._store.reports
        if isinstance(write, OpenReport):
            if report_id in reports:
                raise ConversationChanged("the report exists")
            return write.report
        if report_id not in reports:
            raise ConversationChanged("the report is gone")
        try:
            return apply(reports[report_id], write)
        except StepNotAllowed as error:
            raise ConversationChanged("the report has moved on") from error

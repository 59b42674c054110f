"""Conversations in a dictionary, under the same conditions as in DynamoDB."""

from ess.adapters.memory.script import Scripted
from ess.adapters.memory.store import MemoryStore
from ess.domain.conversation import Conversation, OpenReport, ReportWrite
from ess.domain.errors import ConversationChanged, StepNotAllowed
from ess.domain.report_writes import apply, entries_of


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

    def _write(self, write: ReportWrite, conversation_version: int) -> None:
        reports = self._store.reports
        if isinstance(write, OpenReport):
            report_id = write.report.report_id
            if report_id in reports:
                raise ConversationChanged("the report exists")
            reports[report_id] = write.report
        else:
            report_id = write.report_id
            if report_id not in reports:
                raise ConversationChanged("the report is gone")
            try:
                reports[report_id] = apply(reports[report_id], write)
            except StepNotAllowed as error:
                raise ConversationChanged("the report has moved on") from error
        self._store.add_entries(report_id, entries_of(write, conversation_version))

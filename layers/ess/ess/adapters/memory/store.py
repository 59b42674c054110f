"""What conversations and reports share: a transaction may touch both."""

from dataclasses import dataclass, field

from ess.domain.conversation import Conversation
from ess.domain.report import Entry, Report


@dataclass(slots=True)
class MemoryStore:
    """The rows of both tables."""

    conversations: dict[str, Conversation] = field(default_factory=dict)
    reports: dict[str, Report] = field(default_factory=dict)
    timelines: dict[str, dict[str, Entry]] = field(default_factory=dict)

    def add_entries(self, report_id: str, entries: tuple[Entry, ...]) -> None:
        """Add timeline entries; a key written before stays as it is."""
        lines = self.timelines.setdefault(report_id, {})
        for entry in entries:
            lines.setdefault(entry.key, entry)

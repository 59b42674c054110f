"""Reports in a dictionary, under the same conditions as in DynamoDB."""

from collections.abc import Sequence
from dataclasses import replace

from ess.adapters.memory.script import Scripted
from ess.adapters.memory.store import MemoryStore
from ess.domain.conversation import reporter_view
from ess.domain.errors import ReportChanged, ReportNotFound
from ess.domain.geo import Point
from ess.domain.report import Change, ClosingReason, Entry, Report, closes
from ess.domain.same_incident import cells_near, near_cell


class MemoryReports(Scripted):
    """Keeps reports and timelines; share `store` with `MemoryConversations`."""

    def __init__(self, store: MemoryStore | None = None) -> None:
        super().__init__()
        self._store = store or MemoryStore()

    def get(self, report_id: str) -> Report:
        """Return the report as it is now; see `ess.ports.reports`."""
        self._called("get")
        try:
            return self._store.reports[report_id]
        except KeyError:
            raise ReportNotFound(report_id) from None

    def save(self, change: Change) -> None:
        """Store a change, its entries and the reporter's copy; see `ess.ports.reports`."""
        self._called("save")
        report = change.report
        stored = self._store.reports.get(report.report_id)
        if stored is None or stored.version != report.version - 1:
            raise ReportChanged(report.report_id)
        self._store.reports[report.report_id] = report
        self._store.add_entries(report.report_id, change.entries)
        told = self._store.conversations.get(report.reporter_id)
        if told is None:
            return
        after = told
        if told.active and told.active.report_id == report.report_id:
            after = replace(after, active=reporter_view(report))
        if closes(change) and not report.drill:
            false = report.closing_reason is ClosingReason.FALSE_ALARM
            history = told.history.after_closing(report.changed_at if false else None)
            after = replace(after, history=history)
        if after is not told:
            self._store.conversations[report.reporter_id] = replace(after, version=told.version + 1)

    def note(self, report_id: str, entries: Sequence[Entry]) -> None:
        """Add lines to the timeline; see `ess.ports.reports`."""
        self._called("note")
        self._store.add_entries(report_id, tuple(entries))

    def timeline(self, report_id: str) -> list[Entry]:
        """Return all entries, oldest first; see `ess.ports.reports`."""
        self._called("timeline")
        lines = self._store.timelines.get(report_id, {})
        return sorted(lines.values(), key=lambda entry: (entry.at, entry.key))

    def due(self, now: float, limit: int = 100) -> list[str]:
        """Return ids of overdue reports, most overdue first; see `ess.ports.reports`."""
        self._called("due")
        late = [
            (report.due_at, report.report_id)
            for report in self._store.reports.values()
            if report.due_at is not None and report.due_at <= now
        ]
        return [report_id for _, report_id in sorted(late)[:limit]]

    def near(self, point: Point, since: float, limit: int = 100) -> list[str]:
        """Return ids of reports around `point`, the earliest first; see `ess.ports.reports`."""
        self._called("near")
        cells = cells_near(point)
        found = [
            (report.opened_at, report.report_id)
            for report in self._store.reports.values()
            if report.opened_at >= since and near_cell(report.pin) in cells
        ]
        return [report_id for _, report_id in sorted(found)[:limit]]

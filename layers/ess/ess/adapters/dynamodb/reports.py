"""Reports and their timelines in DynamoDB."""

from collections.abc import Sequence

from pynamodb.connection import Connection
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action

from ess.adapters.dynamodb.errors import Refused
from ess.adapters.dynamodb.from_item import entry_from, report_from
from ess.adapters.dynamodb.retention import Retention
from ess.adapters.dynamodb.table import Key, Transaction, assignments, connect
from ess.adapters.dynamodb.tables import (
    DUE_INDEX,
    NEAR_INDEX,
    conversations_in,
    put_entries,
    reports_in,
)
from ess.adapters.dynamodb.to_item import (
    OPEN_SHARD,
    REPORT_ENTRY,
    active_item,
    entry_attributes,
    entry_key,
    report_attributes,
)
from ess.domain.conversation import reporter_view
from ess.domain.errors import ReportChanged, ReportNotFound, TemporaryFailure
from ess.domain.geo import Point
from ess.domain.report import Change, ClosingReason, Entry, Report, closes
from ess.domain.same_incident import cells_near

_COPY = "reporter's copy"
_HISTORY = "reporter's history"
"""What is written beside a report, and what it must not wait for: the reporter's row may tell of
another report, or be gone."""


def _counts(change: Change) -> bool:
    """Tell whether the reporter's history has to hear of `change`."""
    return closes(change) and not change.report.drill


def _counted(report: Report) -> list[Action]:
    """Return what a closing adds to the reporter's history; see `ess.domain.reporter.History`."""
    # "or": rows of the version before have none of it.
    actions: list[Action] = [Path("open_reports").set((Path("open_reports") | 1) - 1)]
    if report.closing_reason is ClosingReason.FALSE_ALARM:
        times = (Path("false_times") | []).append([report.changed_at])
        actions.append(Path("false_times").set(times))
    return actions


class DynamoReports:
    """Keeps reports, one writer for each change.

    Args:
        reports_table: name of the table of reports.
        conversations_table: name of the table that holds the reporters' copies.
        retention: how long things are kept.
        connection: the client; the process's own by default.
    """

    def __init__(
        self,
        reports_table: str,
        conversations_table: str,
        *,
        retention: Retention | None = None,
        connection: Connection | None = None,
    ) -> None:
        self._connection = connection or connect()
        self._reports = reports_in(self._connection, reports_table)
        self._conversations = conversations_in(self._connection, conversations_table)
        self._retention = retention or Retention()

    def get(self, report_id: str) -> Report:
        """Return the report as it is now: one GetItem; see `ess.ports.reports`."""
        item = self._reports.get(Key(report_id, REPORT_ENTRY))
        if item is None:
            raise ReportNotFound(report_id)
        return report_from(item)

    def save(self, change: Change) -> None:
        """Store a change, its entries and the reporter's copy by one TransactWriteItems.

        A second one follows when the reporter's conversation is about another report by now, or
        gone: the copy is then nobody's, and the report must not wait for it. Nor must it wait for
        the reporter's history, which a closing adds to whatever the conversation is about.
        See `ess.ports.reports`.
        """
        ways = [_COPY, _HISTORY, None] if _counts(change) else [_COPY, None]
        try:
            self._commit_one_way(change, ways)
        except Refused as error:
            raise ReportChanged(f"{change.report.report_id}: {error}") from error

    def _commit_one_way(self, change: Change, ways: Sequence[str | None]) -> None:
        *before, last = ways
        for way in before:
            try:
                self._commit(change, way)
            except Refused as error:
                if error.failed != {way} or error.conflicting:
                    raise
            else:
                return
        self._commit(change, last)

    def _commit(self, change: Change, beside: str | None) -> None:
        report = change.report
        transaction = Transaction(self._connection)
        transaction.update(
            "report",
            self._reports,
            Key(report.report_id, REPORT_ENTRY),
            assignments(report_attributes(report, self._retention.of_report(report))),
            Path("version") == report.version - 1,
        )
        put_entries(transaction, self._reports, report.report_id, change.entries, self._retention)
        if beside is not None:
            actions = [
                Path("version").set(Path("version") + 1),
                Path("expires_at").set(self._retention.of_conversation(report.changed_at)),
                *(_counted(report) if _counts(change) else ()),
            ]
            theirs: Condition = Path("version").exists()
            if beside == _COPY:
                actions.append(Path("active").set(active_item(reporter_view(report))))
                theirs = Path("active_report_id") == report.report_id
            transaction.update(
                beside, self._conversations, Key(report.reporter_id), actions, theirs
            )
        transaction.commit()

    def note(self, report_id: str, entries: Sequence[Entry]) -> None:
        """Add lines to the timeline: one PutItem each; see `ess.ports.reports`."""
        for entry in entries:
            item = entry_attributes(entry, self._retention.of_entry(entry))
            key = Key(report_id, entry_key(entry))
            try:
                self._reports.put(key, item, Path("report_id").does_not_exist())
            except Refused as error:
                if not error.failed:
                    # The same line is being written in a transaction: which one wins is not known.
                    raise TemporaryFailure(str(error)) from error

    def timeline(self, report_id: str) -> list[Entry]:
        """Return all entries, oldest first: one Query; see `ess.ports.reports`."""
        items = self._reports.query(report_id, Path("entry").startswith("t#"))
        return sorted(map(entry_from, items), key=lambda entry: (entry.at, entry.key))

    def due(self, now: float, limit: int = 100) -> list[str]:
        """Return ids of overdue reports, most overdue first: one Query; see `ess.ports.reports`."""
        items = self._reports.query(
            OPEN_SHARD, Path("due_at") <= now, index=DUE_INDEX, limit=limit, only=["report_id"]
        )
        return [item["report_id"] for item in items]

    def near(self, point: Point, since: float, limit: int = 100) -> list[str]:
        """Return ids of reports around `point`, the earliest first: one Query a cell, 9 at most.

        See `ess.ports.reports`.
        """
        found = [
            (item["opened_at"], item["report_id"])
            for cell in cells_near(point)
            for item in self._reports.query(
                cell,
                Path("opened_at") >= since,
                index=NEAR_INDEX,
                limit=limit,
                only=["report_id", "opened_at"],
            )
        ]
        return [report_id for _, report_id in sorted(found)[:limit]]

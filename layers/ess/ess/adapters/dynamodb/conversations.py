"""Conversations in DynamoDB: one read and one conditional write for each event."""

import time
from collections.abc import Callable
from typing import Any

from pynamodb.connection import Connection
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path

from ess.adapters.dynamodb.errors import Refused
from ess.adapters.dynamodb.from_item import conversation_from
from ess.adapters.dynamodb.retention import Retention
from ess.adapters.dynamodb.table import Key, Transaction, assignments, connect
from ess.adapters.dynamodb.tables import (
    DRAFTS_INDEX,
    conversations_in,
    put_entries,
    reports_in,
)
from ess.adapters.dynamodb.to_item import (
    DRAFT_SHARD,
    OPEN_SHARD,
    PINNED_SHARD,
    REPORT_ENTRY,
    conversation_attributes,
    point_item,
    report_attributes,
)
from ess.domain.conversation import (
    AddDetail,
    AddPhone,
    AllowAsking,
    AppealBlock,
    CallHelp,
    CancelReport,
    ConfirmHelp,
    Conversation,
    DispatchReport,
    ForbidCall,
    LaterWrite,
    OpenReport,
    ReopenReport,
    ReportWrite,
    ReviseReport,
    SetLanguage,
)
from ess.domain.errors import ConversationChanged
from ess.domain.report import OVERDUE_SLACK_S, REOPEN_S, ClosingReason, Status
from ess.domain.report_writes import (
    HOLDS_WHILE,
    TOLD_ONLY,
    details_of,
    entries_of,
    landmark_of,
    message_id_of,
    notes_of,
    parts_of,
)
from ess.domain.same_incident import near_cell


class DynamoConversations:
    """Keeps conversations, and writes what they do to a report in the same transaction.

    Args:
        conversations_table: name of the table of conversations.
        reports_table: name of the table of reports.
        retention: how long things are kept.
        now: tells epoch seconds; only for when a conversation expires.
        connection: the client; the process's own by default.
    """

    def __init__(
        self,
        conversations_table: str,
        reports_table: str,
        *,
        retention: Retention | None = None,
        now: Callable[[], float] = time.time,
        connection: Connection | None = None,
    ) -> None:
        self._connection = connection or connect()
        self._conversations = conversations_in(self._connection, conversations_table)
        self._reports = reports_in(self._connection, reports_table)
        self._retention = retention or Retention()
        self._now = now

    def get(self, user_id: str) -> Conversation:
        """Return what is known of `user_id`: one GetItem; see `ess.ports.conversations`."""
        item = self._conversations.get(Key(user_id))
        return conversation_from(item) if item else Conversation(user_id)

    def save(self, before: Conversation, after: Conversation, write: ReportWrite | None) -> None:
        """Store `after` by one UpdateItem, or with `write` by one TransactWriteItems.

        See `ess.ports.conversations`.
        """
        key = Key(after.user_id)
        # A group or room is told once, ever: what says so stays until the account has left it.
        stays = after.user_id.startswith(("C", "R"))
        expires_at = None if stays else self._retention.of_conversation(self._now())
        actions = assignments(conversation_attributes(after, expires_at))
        unchanged = stored_conversation(before.version)
        try:
            if write is None:
                self._conversations.update(key, actions, unchanged)
            else:
                transaction = Transaction(self._connection)
                transaction.update("conversation", self._conversations, key, actions, unchanged)
                for report_id, part in parts_of(write):
                    self._add_write(transaction, part)
                    entries = entries_of(part, after.version)
                    put_entries(transaction, self._reports, report_id, entries, self._retention)
                transaction.commit()
        except Refused as error:
            raise ConversationChanged(str(error)) from error

    def forget(self, user_id: str) -> None:
        """Delete what is known of `user_id`: one DeleteItem; see `ess.ports.conversations`."""
        self._conversations.delete(Key(user_id))

    def due_drafts(self, now: float, limit: int = 100) -> list[str]:
        """Return whose drafts are due, those with a pin first: two Queries.

        See `ess.ports.conversations`.
        """
        found: list[str] = []
        for shard, most in ((PINNED_SHARD, None), (DRAFT_SHARD, limit)):
            items = self._conversations.query(
                shard,
                Path("draft_due_at") <= now,
                index=DRAFTS_INDEX,
                limit=most,
                only=["user_id"],
            )
            found += [item["user_id"] for item in items]
        return found

    def _add_write(self, transaction: Transaction, write: ReportWrite) -> None:
        if isinstance(write, OpenReport):
            report = write.report
            transaction.put(
                "report",
                self._reports,
                Key(report.report_id, REPORT_ENTRY),
                report_attributes(report, self._retention.of_report(report)),
                Path("report_id").does_not_exist(),
            )
            return
        actions = assignments(_CHANGES[type(write)](write, self._retention))
        # An absent status is in no list, so that no write can create a report.
        holds = Path("status").is_in(*sorted(s.value for s in HOLDS_WHILE[type(write)]))
        if isinstance(write, ReopenReport):
            holds = (
                holds
                & (Path("changed_at") >= write.at - REOPEN_S)
                & (Path("closing_reason") != ClosingReason.CANCELLED_BY_REPORTER.value)
            )
        if not isinstance(write, TOLD_ONLY):
            actions.append(Path("changed_at").set(write.at))
        counters = _COUNTED | _COUNTED_BY.get(type(write), {})
        if isinstance(write, ReviseReport) and write.pin is not None:
            counters = counters | {"pin_moves": 0}
        notes = [*notes_of(write)]
        added = dict.fromkeys(counters, 1)
        if details := details_of(write):
            counters = {"details": 0} | counters
            added["details"] = details
        # "or": DynamoDB adds to nothing that is absent, as it is in reports of the version before.
        actions += [
            Path(name).set((Path(name) | start) + added[name]) for name, start in counters.items()
        ]
        if landmark := landmark_of(write):
            found = {"landmark": landmark, "landmark_id": message_id_of(write)}
            actions += assignments(found)
        if notes:
            actions.append(Path("notes").set((Path("notes") | []).append(notes)))
            ids = [message_id_of(write)] * len(notes)
            actions.append(Path("note_ids").set((Path("note_ids") | []).append(ids)))
        key = Key(write.report_id, REPORT_ENTRY)
        transaction.update("report", self._reports, key, actions, holds)


_FORGOTTEN_ON_REOPENING = (
    "closing_reason",
    "step",
    "hand_rung",
    "hand_step",
    "token",
    "acknowledged_by",
    "acknowledged_at",
    "expires_at",
)


def _dispatched(write: DispatchReport, _kept: Retention) -> dict[str, Any]:
    return {
        "status": Status.DISPATCHED.value,
        "can_talk": write.can_talk,
        "due_at": write.at + OVERDUE_SLACK_S,
        **({} if write.phone is None else {"phone": write.phone}),
    }


def _revised(write: ReviseReport, _kept: Retention) -> dict[str, Any]:
    kind = {} if write.kind is None else {"kind": int(write.kind)}
    if write.pin is None:
        return kind
    # Only a pin that nobody doubts replaces another.
    moved = {"pin": point_item(write.pin), "near_cell": near_cell(write.pin)}
    return {**kind, **moved, "place": write.place, "pin_doubt": None}


def _detailed(write: AddDetail, _kept: Retention) -> dict[str, Any]:
    if write.what == "note":
        return {}
    said = {write.what: write.value}
    return said | {"landmark_id": write.message_id} if write.what == "landmark" else said


def _cancelled(write: CancelReport, kept: Retention) -> dict[str, Any]:
    return {
        "cancel_why": write.why,
        "status": Status.CLOSED.value,
        "closing_reason": ClosingReason.CANCELLED_BY_REPORTER.value,
        "due_at": None,
        "due_shard": None,
        "token": None,
        "expires_at": kept.of_closed(write.at),
    }


def _reopened(write: ReopenReport, _kept: Retention) -> dict[str, Any]:
    return {
        "status": Status.DISPATCHED.value,
        "due_at": write.at + OVERDUE_SLACK_S,
        "due_shard": OPEN_SHARD,
        "run_step": 0,
        "reached": [],
        "declined": [],
        "helpers": [],
        "reminders": 0,
        **dict.fromkeys(_FORGOTTEN_ON_REOPENING),
    }


_CHANGES: dict[type[LaterWrite], Callable[..., dict[str, Any]]] = {
    DispatchReport: _dispatched,
    ReviseReport: _revised,
    AddPhone: lambda write, _: {"phone": write.phone},
    ForbidCall: lambda write, _: {
        "can_talk": False,
        **({} if write.phone is None else {"phone": write.phone}),
    },
    CancelReport: _cancelled,
    AllowAsking: lambda _write, _: {"may_ask": True},
    CallHelp: lambda write, _: {"due_at": write.at + OVERDUE_SLACK_S},
    ReopenReport: _reopened,
    ConfirmHelp: lambda _write, _: {},
    AppealBlock: lambda _write, _: {},
    SetLanguage: lambda write, _: {"language": write.language},
    AddDetail: _detailed,
}
"""The attributes that `ess.domain.report_writes.apply` changes; None removes one."""

_COUNTED = {"version": 1}
"""The counter that each write adds one to, and what it begins at; see `from_item`."""

_COUNTED_BY: dict[type[LaterWrite], dict[str, int]] = {
    AddPhone: {"contact_changes": 0},
    ForbidCall: {"contact_changes": 0},
    CallHelp: {"nobody_came": 0},
    ReopenReport: {"run": 1, "reopened": 0},
}
"""The counters of one write alone."""


def stored_conversation(version: int) -> Condition:
    """Return what holds while the stored conversation has `version`; 0 for none stored."""
    return Path("version") == version if version else Path("user_id").does_not_exist()

"""The tables that conversations and reports share, and the one way to add to a timeline."""

from collections.abc import Iterable

from pynamodb.connection import Connection
from pynamodb.expressions.operand import Path

from ess.adapters.dynamodb.retention import Retention
from ess.adapters.dynamodb.table import Key, Table, Transaction
from ess.adapters.dynamodb.to_item import entry_attributes, entry_key
from ess.domain.report import Entry

DUE_INDEX = "due"

NEAR_INDEX = "near"
"""Index of reports by the cell of their pin and when they were opened."""

DRAFTS_INDEX = "drafts"
"""Index of conversations with something half-finished, by when something must be done about it."""

LINE_INDEX = "line"
"""Index of responders by LINE user id: sparse, those without one are not in it."""


def conversations_in(connection: Connection, name: str) -> Table:
    """Return the table of conversations."""
    indexes = {DRAFTS_INDEX: ("draft_shard", "draft_due_at")}
    return Table(connection, name, ["user_id"], indexes)


def reports_in(connection: Connection, name: str) -> Table:
    """Return the table of reports and their timelines."""
    indexes = {DUE_INDEX: ("due_shard", "due_at"), NEAR_INDEX: ("near_cell", "opened_at")}
    return Table(connection, name, ["report_id", "entry"], indexes)


def responders_in(connection: Connection, name: str) -> Table:
    """Return the table of responders."""
    return Table(connection, name, ["unit_id", "responder_id"], {LINE_INDEX: ("line_user_id",)})


def put_entries(
    transaction: Transaction,
    reports: Table,
    report_id: str,
    entries: Iterable[Entry],
    retention: Retention,
) -> None:
    """Add timeline lines to `transaction`; each must be new."""
    for entry in entries:
        item = entry_attributes(entry, retention.of_entry(entry))
        key = Key(report_id, entry_key(entry))
        transaction.put("entry", reports, key, item, Path("report_id").does_not_exist())

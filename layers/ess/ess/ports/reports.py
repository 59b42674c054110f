"""Where reports are kept."""

from collections.abc import Sequence
from typing import Protocol

from ess.domain.geo import Point
from ess.domain.report import Change, Entry, Report


class Reports(Protocol):
    """Reports and their append-only timelines.

    A report is opened, dispatched by its reporter, mended and cancelled through
    `Conversations.save`, in one transaction with the conversation. All later changes go here.
    """

    def get(self, report_id: str) -> Report:
        """Return the report as it is now (a consistent read).

        Raises:
            ReportNotFound: there is none.
            TemporaryFailure: the store did not answer.
        """
        ...

    def save(self, change: Change) -> None:
        """Store a change, its timeline entries and the reporter's copy, all or nothing.

        A change that is none (`change.report is report`) is not for saving: it is refused, and
        nothing is stored.

        Raises:
            ReportChanged: the report is no longer the version that `change` was made from.
            TemporaryFailure: the store did not answer.
        """
        ...

    def note(self, report_id: str, entries: Sequence[Entry]) -> None:
        """Add lines to the timeline that change nothing else; a key written before stays as it is.

        Raises:
            TemporaryFailure: the store did not answer.
        """
        ...

    def timeline(self, report_id: str) -> list[Entry]:
        """Return all entries, oldest first."""
        ...

    def due(self, now: float, limit: int = 100) -> list[str]:
        """Return ids of open reports whose `due_at` is not after `now`, most overdue first."""
        ...

    def near(self, point: Point, since: float, limit: int = 100) -> list[str]:
        """Return ids of reports opened since epoch seconds `since` around `point`, earliest first.

        That is all of them within 250 m, and others a little farther away, open or closed. One that
        was opened or moved a moment ago may be missing.

        Raises:
            TemporaryFailure: the store did not answer.
        """
        ...

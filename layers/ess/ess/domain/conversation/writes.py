"""What is to be written to a report beside the conversation; see `ess.domain.report_writes`."""

from dataclasses import dataclass

from ess.domain.geo import Point
from ess.domain.kinds import Kind
from ess.domain.report import Entry, Report


@dataclass(frozen=True, slots=True)
class DispatchReport:
    """Hand an opened report to the workflow; holds only while it is still `opened`.

    This write and those below may carry a `note`: the words that stood beside what they are about,
    with the id of the message that they come from. A long one is kept as several; see
    `ess.domain.note_text`. Those about a number may carry a `landmark` that came with it.
    """

    report_id: str
    phone: str | None
    can_talk: bool
    at: float
    note: str | None = None
    message_id: str = ""
    landmark: str | None = None


@dataclass(frozen=True, slots=True)
class ReviseReport:
    """Mend kind or pin of a report that is not closed; whoever goes there is told."""

    report_id: str
    kind: Kind | None
    pin: Point | None
    place: str | None
    at: float
    note: str | None = None
    message_id: str = ""


@dataclass(frozen=True, slots=True)
class AddPhone:
    """Add a number that came after the dispatch; until the report is closed."""

    report_id: str
    phone: str
    at: float
    note: str | None = None
    message_id: str = ""
    landmark: str | None = None


@dataclass(frozen=True, slots=True)
class ForbidCall:
    """Nobody may call the reporter any more; until the report is closed.

    A `phone` given in the same breath is kept for the time after.
    """

    report_id: str
    at: float
    note: str | None = None
    message_id: str = ""
    landmark: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class OpenReport:
    """Write a new report.

    `beside` is what its reporter said of the one before in the same breath: that nobody may call.
    """

    report: Report
    entries: tuple[Entry, ...]
    beside: ForbidCall | DispatchReport | None = None


@dataclass(frozen=True, slots=True)
class CancelReport:
    """Close a report as its reporter; only while it is not closed."""

    report_id: str
    at: float
    why: str | None = None
    note: str | None = None
    message_id: str = ""


@dataclass(frozen=True, slots=True)
class AddDetail:
    """Add what the reporter says, for the officers; until the report is closed.

    Args:
        what: ``who``, ``landmark``, ``note``, or one of `QUESTIONS`.
        value: a `Role`, a text, or one of `ANSWERS`.
    """

    report_id: str
    what: str
    value: str
    at: float
    note: str | None = None
    message_id: str = ""


@dataclass(frozen=True, slots=True)
class SetLanguage:
    """The reporter goes on in another language; until the report is closed."""

    report_id: str
    language: str
    at: float


@dataclass(frozen=True, slots=True)
class AllowAsking:
    """The reporter may be asked how it ended; until the report is closed."""

    report_id: str
    at: float


@dataclass(frozen=True, slots=True)
class CallHelp:
    """The reporter says that nobody has come though somebody accepted: call further units."""

    report_id: str
    at: float


@dataclass(frozen=True, slots=True)
class ReopenReport:
    """The reporter says that nobody came: search anew; only within a day of its closing."""

    report_id: str
    at: float


@dataclass(frozen=True, slots=True)
class ConfirmHelp:
    """The reporter says that somebody came; changes nothing but the timeline."""

    report_id: str
    at: float


@dataclass(frozen=True, slots=True)
class AppealBlock:
    """Ask for a review of the block that the report led to; changes nothing but the timeline."""

    report_id: str
    at: float


LaterWrite = (
    DispatchReport
    | ReviseReport
    | AddPhone
    | ForbidCall
    | CancelReport
    | AllowAsking
    | CallHelp
    | ReopenReport
    | ConfirmHelp
    | AddDetail
    | AppealBlock
    | SetLanguage
)
"""The writes to a report that exists."""

ReportWrite = OpenReport | LaterWrite

"""A human's decision about somebody who reports: to pause their reports, or to end the pause.

The person is found by one of their reports, so that nobody handles LINE ids. What was decided, by
whom and why stands in that report's timeline for as long as the report is kept.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from ess.domain.conversation import Conversation
from ess.domain.errors import BlockRefused, ConversationChanged, TemporaryFailure
from ess.domain.report import Detail, Entry, Report
from ess.domain.reporter import DAY_S, MOST_BLOCK_DAYS, Block, History
from ess.ports.clock import Clock
from ess.ports.conversations import Conversations
from ess.ports.reports import Reports

TRIES = 5
"""How often a lost race is run again before the operator has to."""

WORDS_LIMIT = 300
"""Characters of a reason or a name."""


@dataclass(frozen=True, slots=True)
class Reporter:
    """What an operator may know of a report's reporter; nothing in it says who they are.

    Args:
        report: the report by which they were found.
        history: their reports so far.
        block: the latest decision about them, perhaps over; None if there is none, or it was ended.
    """

    report: Report
    history: History
    block: Block | None


def show_reporter(report_id: str, *, reports: Reports, conversations: Conversations) -> Reporter:
    """Return what is known of the reporter of `report_id`.

    Raises:
        ReportNotFound: there is no such report.
        TemporaryFailure: a store did not answer.
    """
    report = reports.get(report_id)
    c = conversations.get(report.reporter_id)
    return Reporter(report, c.history, c.block)


def block_reporter(
    report_id: str,
    days: int,
    why: str,
    by: str,
    *,
    reports: Reports,
    conversations: Conversations,
    clock: Clock,
) -> Block:
    """Let the reporter of `report_id` begin no report for `days` days; what is open goes on.

    Deciding it again replaces what was decided before, appeals included.

    Raises:
        BlockRefused: without a reason, a name, or for longer than may be; the message says which.
        ReportNotFound: there is no such report.
        TemporaryFailure: a store did not answer, or the conversation kept changing.
    """
    if not 1 <= days <= MOST_BLOCK_DAYS:
        raise BlockRefused(f"a block lasts 1 to {MOST_BLOCK_DAYS} days")
    now = clock.now()
    block = Block(
        report_id=report_id,
        at=now,
        until=now + days * DAY_S,
        by=_words(by, "a name"),
        why=_words(why, "a reason"),
    )
    report = reports.get(report_id)

    def decide(c: Conversation) -> Conversation:
        # The auditor passes on what words a draft has for the report that is open beside it.
        return replace(c, block=block, draft=c.draft if c.has_words_beside else None)

    _change(report, decide, conversations)
    detail: Detail = {"until": block.until, "by": block.by, "why": block.why}
    _note(report, "reporter_blocked", detail, now, reports)
    return block


def unblock_reporter(
    report_id: str,
    why: str,
    by: str,
    *,
    reports: Reports,
    conversations: Conversations,
    clock: Clock,
) -> Block | None:
    """End the block of the reporter of `report_id`; return the one that was ended, or None.

    Raises:
        BlockRefused: without a reason or a name.
        ReportNotFound: there is no such report.
        TemporaryFailure: a store did not answer, or the conversation kept changing.
    """
    now, detail = clock.now(), {"by": _words(by, "a name"), "why": _words(why, "a reason")}
    report = reports.get(report_id)
    before = _change(report, lambda c: replace(c, block=None), conversations)
    if before.block is None or not before.block.holds(now):
        return None
    _note(report, "reporter_unblocked", detail, now, reports)
    return before.block


def _change(
    report: Report,
    decide: Callable[[Conversation], Conversation],
    conversations: Conversations,
) -> Conversation:
    """Store what `decide` makes of the reporter's conversation; return it as it was before."""
    for _ in range(TRIES):
        before = conversations.get(report.reporter_id)
        after = decide(before)
        if after == before:
            return before
        try:
            conversations.save(before, replace(after, version=before.version + 1), None)
        except ConversationChanged:
            continue  # they are writing at this moment: look again
        return before
    raise TemporaryFailure("the conversation kept changing")


def _note(report: Report, action: str, detail: Detail, now: float, reports: Reports) -> None:
    entry = Entry(now, "operator", action, detail, key=f"{action}-{now:.3f}")
    reports.note(report.report_id, [entry])


def _words(text: str, what: str) -> str:
    words = " ".join(text.split())
    if not 1 <= len(words) <= WORDS_LIMIT or not words.isprintable():
        raise BlockRefused(f"{what} of 1 to {WORDS_LIMIT} characters is needed")
    return words

"""How fast one person writes: whoever floods is answered less often, and nobody is refused.

Whatever is sent is taken and stored all the same: who is afraid may tap a button thirty times.
"""

from dataclasses import dataclass, replace

EVENTS = 30
"""Messages that are answered at once before `PERIOD_S` has passed."""

PERIOD_S = 60
"""Seconds in which a spent allowance is full again."""

SLOW_S = 10
"""Seconds from one answer to the next while the allowance is spent."""

MOST_FILES = 20
"""Pictures, videos and sounds that a reporter may add to one report."""

_REPORTS_COUNTED = 4
"""Reports whose files are counted: more than one person may have open at once."""


@dataclass(frozen=True, slots=True)
class Pace:
    """A person's allowance, as it was left by their last message.

    Args:
        left: messages that would be answered at once, 0 to `EVENTS`.
        at: epoch seconds of the last message.
        answered_at: epoch seconds of the last answer.
        files: how many files were sent, by the id of the report, the latest report last.
    """

    left: float = EVENTS
    at: float = 0.0
    answered_at: float = 0.0
    files: tuple[tuple[str, int], ...] = ()

    def after_message(self, now: float) -> "tuple[Pace, bool]":
        """Return the allowance after one more message, and whether it was spent before it."""
        left = min(EVENTS, self.left + max(0.0, now - self.at) * EVENTS / PERIOD_S)
        return replace(self, left=max(0.0, left - 1), at=now), left < 1

    def may_answer(self, now: float) -> bool:
        """Tell whether somebody who has spent the allowance is answered now."""
        return now - self.answered_at >= SLOW_S

    def files_of(self, report_id: str) -> int:
        """Return how many files this person sent for a report."""
        return dict(self.files).get(report_id, 0)

    def after_file(self, report_id: str) -> "Pace":
        """Return the count with one more file for a report."""
        others = [(known, number) for known, number in self.files if known != report_id]
        counted = (*others, (report_id, self.files_of(report_id) + 1))
        return replace(self, files=counted[-_REPORTS_COUNTED:])

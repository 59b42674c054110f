"""What is remembered of somebody who reports: how often, how it ended, whether they are blocked.

Exercises are left out of it.
"""

from dataclasses import dataclass, replace

DAY_S = 86_400

MOST_OPEN = 3
"""Reports of one person that may be open at once; an exercise is none."""

MOST_A_DAY = 5
"""Reports in 24 hours after which no further one is begun beside one that is open."""

REMEMBERED_S = 90 * DAY_S
"""Seconds for which a report that proved to be a false alarm is remembered: 90 days."""

MARKED_FROM = 2
"""False alarms from which on officers are told; one is a mistake that anybody may make."""

MOST_FALSE_KEPT = 50

MOST_BLOCK_DAYS = 30
"""Days that a block may last; whoever wants it longer has to decide anew."""

APPEAL_AGAIN_S = DAY_S
"""Seconds from one appeal to the next."""


@dataclass(frozen=True, slots=True)
class History:
    """A person's reports.

    It never keeps anybody from a first report: what it limits is beginning another one beside one
    that is open, and what it marks is for officers to judge.

    Args:
        opened_at: epoch seconds at which the latest were opened, oldest first.
        open: how many are open.
        false_at: epoch seconds at which officers closed one as a false alarm, oldest first.
    """

    opened_at: tuple[float, ...] = ()
    open: int = 0
    false_at: tuple[float, ...] = ()

    def may_open_beside(self, now: float) -> bool:
        """Tell whether a further report may be begun while one is open."""
        today = sum(now - at < DAY_S for at in self.opened_at)
        return self.open < MOST_OPEN and today < MOST_A_DAY

    def false_alarms(self, now: float) -> int:
        """Return how many false alarms are remembered."""
        return sum(now - at < REMEMBERED_S for at in self.false_at)

    def after_opening(self, now: float) -> "History":
        """Return the history with one more report; what is too old is forgotten."""
        recent = tuple(at for at in self.opened_at if now - at < DAY_S)
        kept = tuple(at for at in self.false_at if now - at < REMEMBERED_S)
        return replace(
            self,
            opened_at=(*recent, now)[-MOST_A_DAY:],
            open=self.open + 1,
            false_at=kept[-MOST_FALSE_KEPT:],
        )

    def after_closing(self, false_at: float | None = None) -> "History":
        """Return the history with one report fewer open.

        Args:
            false_at: epoch seconds of the closing if it was a false alarm.
        """
        false = self.false_at if false_at is None else (*self.false_at, false_at)
        return replace(self, open=max(0, self.open - 1), false_at=false)

    def after_reopening(self, closed_at: float) -> "History":
        """Return the history with one report more open; if it was a false alarm, it is none now."""
        false = tuple(at for at in self.false_at if at != closed_at)
        return replace(self, open=self.open + 1, false_at=false)


@dataclass(frozen=True, slots=True)
class Block:
    """A human's decision that somebody may begin no report for a while.

    Args:
        report_id: the report for which it was decided.
        at: epoch seconds of the decision.
        until: epoch seconds from which on it holds no more.
        by: who decided, as they call themselves.
        why: their reason, for whoever reviews it.
        appealed_at: epoch seconds of the latest appeal, or None.
        appeals: how many there were.
    """

    report_id: str
    at: float
    until: float
    by: str
    why: str
    appealed_at: float | None = None
    appeals: int = 0

    def holds(self, now: float) -> bool:
        """Tell whether it is still in force."""
        return now < self.until

    def may_be_appealed(self, now: float) -> bool:
        """Tell whether an appeal is passed on: once a day."""
        return self.appealed_at is None or now - self.appealed_at >= APPEAL_AGAIN_S

"""A person who may go."""

from bisect import bisect_right
from dataclasses import dataclass
from math import inf

from ess.domain.duty import Shift, plan_boundaries, planned


@dataclass(frozen=True, slots=True)
class Responder:
    """An officer, or somebody at the desk.

    Args:
        responder_id: unique within the service; not a LINE id, not a phone number.
        unit_id: the unit they answer for.
        name_th: rank and name as the reporter reads it.
        name_en: the same in English.
        line_user_id: LINE user id, if they joined on LINE.
        phone: E.164 number for SMS, if known.
        on_duty: what was last said of their duty, by themselves or by an operator; with a plan it
            counts as `ess.domain.duty` says. Ask `on_duty_at`.
        verified: whether the unit has vouched for them; others are never called.
        sample: True for people that do not exist.
        duty_set_at: epoch seconds when `on_duty` was said; None if nobody knows, and then any plan
            counts before it.
        shifts: the plan, in any order; empty for none.
        line_blocked: True since they blocked our account, so that LINE does not reach them.
        language: ``th``, ``en``, or None for the first language.
        version: grows by one with each change, from 0.
    """

    responder_id: str
    unit_id: str
    name_th: str
    name_en: str
    line_user_id: str | None = None
    phone: str | None = None
    on_duty: bool = False
    verified: bool = False
    sample: bool = False
    duty_set_at: float | None = None
    shifts: tuple[Shift, ...] = ()
    line_blocked: bool = False
    language: str | None = None
    version: int = 0

    @property
    def reachable(self) -> bool:
        """Tell whether there is a way to reach this person."""
        return bool(self.phone) or (self.line_user_id is not None and not self.line_blocked)

    def on_duty_at(self, now: float) -> bool:
        """Tell whether this person is on duty at epoch seconds `now`; see `ess.domain.duty`."""
        if self.duty_set_at is not None and not self.duty_changes(self.duty_set_at, now):
            return self.on_duty
        return planned(self.shifts, now, otherwise=self.on_duty)

    def may_be_called(self, now: float) -> bool:
        """Tell whether a report may be offered to this person at epoch seconds `now`."""
        return self.verified and self.reachable and self.on_duty_at(now)

    def duty_changes(self, since: float, until: float) -> list[float]:
        """Return when the plan speaks anew after `since` and up to `until`, ascending.

        Between these moments nothing of `on_duty_at` changes. All in epoch seconds.
        """
        boundaries = plan_boundaries(self.shifts)
        return boundaries[bisect_right(boundaries, since) : bisect_right(boundaries, until)]

    def duty_until(self, now: float) -> float | None:
        """Return when what `on_duty_at` says at `now` may change by itself; None for never.

        All in epoch seconds.
        """
        return next(iter(self.duty_changes(now, inf)), None)

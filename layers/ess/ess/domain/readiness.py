"""Whether a unit has somebody to call at every moment that is to come."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from ess.domain.responder import Responder


class Lack(StrEnum):
    """Why nobody of a unit could be called."""

    NOBODY = "nobody"
    """Nobody belongs to the unit."""
    NOBODY_VERIFIED = "nobody_verified"
    """Those who belong to it were never vouched for."""
    OFF_DUTY = "off_duty"
    """Nobody of those is on duty."""
    UNREACHABLE = "unreachable"
    """Somebody verified is on duty, but without a phone, and not on LINE or has blocked it."""
    UNVERIFIED = "unverified"
    """Somebody is on duty who was never vouched for, and nobody else."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of time in which nobody of a unit could be called.

    Args:
        since: epoch seconds, its first moment.
        until: epoch seconds; the first moment that is no longer in it, or the end of the check.
        lack: why.
    """

    since: float
    until: float
    lack: Lack


def gaps(people: Sequence[Responder], since: float, until: float) -> list[Gap]:
    """Return when nobody of `people` can be called from `since` up to `until`, in order.

    What people will say of themselves nobody knows: their last word is taken to hold, as long as
    `ess.domain.duty` lets it.

    Args:
        people: everyone of one unit.
        since: epoch seconds.
        until: epoch seconds, greater than `since`; that moment itself is not looked at.
    """
    timelines = [_timeline(person, since, until) for person in people]
    moments = sorted({since, *(at for timeline in timelines for at in timeline)})
    found: list[Gap] = []
    on_duty = [False] * len(people)
    for start, end in pairwise([*moments, until]):
        on_duty = [
            timeline.get(start, was) for timeline, was in zip(timelines, on_duty, strict=True)
        ]
        lack = _lack(people, [p for p, on in zip(people, on_duty, strict=True) if on])
        if lack is None:
            continue
        if found and found[-1].until == start and found[-1].lack is lack:
            found[-1] = replace(found[-1], until=end)
        else:
            found.append(Gap(start, end, lack))
    return found


def lack_at(people: Sequence[Responder], now: float) -> Lack | None:
    """Return why nobody of `people` could be called at epoch seconds `now`; None if somebody."""
    return _lack(people, [person for person in people if person.on_duty_at(now)])


def _timeline(person: Responder, since: float, until: float) -> dict[float, bool]:
    """Return whether a person is on duty from each moment on at which that may change."""
    changes = person.duty_changes(since, until)
    return {at: person.on_duty_at(at) for at in (since, *changes) if at < until}


def _lack(people: Sequence[Responder], on_duty: Sequence[Responder]) -> Lack | None:
    if any(person.verified and person.reachable for person in on_duty):
        return None
    if not people:
        return Lack.NOBODY
    if not any(person.verified for person in people):
        return Lack.NOBODY_VERIFIED
    if any(person.verified for person in on_duty):
        return Lack.UNREACHABLE
    return Lack.UNVERIFIED if on_duty else Lack.OFF_DUTY

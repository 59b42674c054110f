"""What is known of one person's conversation."""

from dataclasses import dataclass, field
from enum import StrEnum

from ess.domain.conversation.inputs import QUESTIONS
from ess.domain.geo import Point
from ess.domain.kinds import Kind
from ess.domain.ladder import DESK_UNIT_ID, spoken
from ess.domain.note_text import weight
from ess.domain.officer_step import OfficerStep
from ess.domain.pace import Pace
from ess.domain.report import Report, Status
from ess.domain.reporter import Block, History
from ess.domain.service_area import Area
from ess.domain.understanding import Role

REMEMBERED_EVENTS = 50
"""How many webhook event ids a conversation remembers: more than a person sends in the minutes over
which LINE delivers again, and few enough to keep the item within 2 KB."""

Params = dict[str, str | int | float | bool | None]


class Step(StrEnum):
    """What the reporter is asked for."""

    IDLE = "idle"
    CHOOSE_KIND = "choose_kind"
    SHARE_PIN = "share_pin"
    CONFIRM_PIN = "confirm_pin"
    GIVE_PHONE = "give_phone"
    FOLLOWING = "following"


MOST_OTHERS = 3
"""Older open reports that a person can go back to."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """One message to a person: a name from the catalogue, and what fills its placeholders."""

    name: str
    params: Params = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Draft:
    """What the reporter has given so far, before a report exists."""

    kind: Kind | None = None
    pin: Point | None = None
    place: str | None = None
    pin_area: Area = Area.INSIDE
    pin_kept: bool = False
    phone: str | None = None
    no_call: bool = False
    drill: bool = False
    who: Role | None = None
    touched_at: float | None = None
    nudged: bool = False
    notes: tuple[str, ...] = ()
    note_ids: tuple[str, ...] = ()

    @property
    def pin_settled(self) -> bool:
        """Tell whether there is a pin that needs no confirmation."""
        return self.pin is not None and (self.pin_kept or self.pin_area is Area.INSIDE)


@dataclass(frozen=True, slots=True)
class ActiveReport:
    """The reporter's copy of the report, kept true by every write to the report itself.

    It lets a status be answered, and a waiting workflow be told, from the one read of the
    conversation.
    """

    report_id: str
    reference: str
    kind: Kind
    status: Status
    opened_at: float
    changed_at: float
    unit_th: str | None = None
    unit_en: str | None = None
    distance_m: float | None = None
    at_desk: bool = False
    by_desk: bool = False
    nobody_reached: bool = False
    can_talk: bool = True
    responder_th: str | None = None
    responder_en: str | None = None
    closing_reason: str | None = None
    token: str | None = None
    run: int = 1
    may_ask: bool = False
    drill: bool = False
    who: str | None = None
    answered: tuple[str, ...] = ()
    notes: int = 0
    note_bytes: int = 0
    pin: Point | None = None
    near: int = 0

    @property
    def is_open(self) -> bool:
        """Tell whether anything may still happen to the report."""
        return self.status is not Status.CLOSED


@dataclass(frozen=True, slots=True)
class OtherReport:
    """An older report that was open when a newer one took its place.

    Nothing keeps it true: whoever goes back to it reads the report itself.

    Args:
        report_id: the report.
        reference: what people read out.
        kind: as it was then.
        opened_at: epoch seconds.
    """

    report_id: str
    reference: str
    kind: Kind
    opened_at: float


@dataclass(frozen=True, slots=True)
class Conversation:
    """All that is kept of the conversation with one LINE user.

    Args:
        user_id: LINE user id.
        version: counts writes; 0 for one that was never stored.
        language: ``th``, ``en`` or None (not chosen: both are shown).
        draft: None when nothing is being reported.
        active: the report that is spoken of, open or closed, or None: the latest, unless this
            person went back to an older one.
        others: older reports to go back to, the latest last.
        recent_events: ids of the webhook events handled last, oldest first.
        last_answer: the answer to the last of them, to give again if LINE never took it.
        awaiting: what the next text is: ``landmark``, or None for what it says.
        officer: what is awaited from this person as an officer, or None.
        pace: how fast this person writes.
        history: this person's reports so far.
        block: a human's decision that this person may begin no report; over, or None.
    """

    user_id: str
    version: int = 0
    language: str | None = None
    draft: Draft | None = None
    active: ActiveReport | None = None
    others: tuple[OtherReport, ...] = ()
    recent_events: tuple[str, ...] = ()
    last_answer: tuple[Prompt, ...] = ()
    awaiting: str | None = None
    officer: OfficerStep | None = None
    pace: Pace = field(default_factory=Pace)
    history: History = field(default_factory=History)
    block: Block | None = None

    @property
    def step(self) -> Step:
        """Return what is asked for now."""
        if self.draft is not None:
            if self.draft.kind is None:
                return Step.CHOOSE_KIND
            if self.draft.pin is None:
                return Step.SHARE_PIN
            return Step.CONFIRM_PIN
        if self.active is not None and self.active.is_open:
            return Step.GIVE_PHONE if self.active.status is Status.OPENED else Step.FOLLOWING
        return Step.IDLE

    @property
    def has_words_beside(self) -> bool:
        """Tell whether words of the draft go to the report beside it once the draft is dropped."""
        draft, active = self.draft, self.active
        if draft is None or active is None or not active.is_open:
            return False
        return bool(draft.notes) and active.drill == draft.drill

    @property
    def is_silent(self) -> bool:
        """Tell whether this person cannot talk now: what is sent to them makes no sound."""
        # A draft beside a report does not make it safe to be heard.
        if self.draft is not None and self.draft.no_call:
            return True
        return self.active is not None and self.active.is_open and not self.active.can_talk


def reporter_view(report: Report) -> ActiveReport:
    """Return the copy of `report` that its reporter's conversation carries."""
    offered, responder = report.current_rung, report.acknowledger
    unit_th, unit_en, distance_m = spoken(report.named_units)
    return ActiveReport(
        report_id=report.report_id,
        reference=report.reference,
        kind=report.kind,
        status=report.status,
        opened_at=report.opened_at,
        changed_at=report.changed_at,
        unit_th=unit_th or None,
        unit_en=unit_en or None,
        distance_m=distance_m,
        at_desk=report.reached == (DESK_UNIT_ID,),
        by_desk=report.is_at_desk,
        # The desk is the last rung: if no channel takes a message even for it, say so.
        nobody_reached=offered is not None
        and offered.is_desk
        and report.reached != (DESK_UNIT_ID,),
        can_talk=report.can_talk,
        responder_th=responder.name_th if responder else None,
        responder_en=responder.name_en if responder else None,
        closing_reason=report.closing_reason.value if report.closing_reason else None,
        token=report.token,
        run=report.run,
        may_ask=report.may_ask,
        drill=report.drill,
        who=report.who,
        answered=tuple(q for q in QUESTIONS if getattr(report, q) is not None),
        notes=len(report.notes),
        note_bytes=weight(report.notes),
        pin=report.pin,
        near=len(report.linked),
    )

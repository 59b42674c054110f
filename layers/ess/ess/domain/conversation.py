"""The conversation with a reporter: what is known, what is asked next, what each message does.

`advance` is a pure function: conversation and input in; new conversation, answer and effects out.
The steps are not stored. They follow from what is still missing, so that messages may arrive in any
order and nothing already given is asked for twice.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from ess.domain.geo import Point
from ess.domain.ids import reference_of, report_id_for
from ess.domain.kinds import Kind
from ess.domain.ladder import DESK_UNIT_ID, spoken
from ess.domain.officer_step import OfficerStep
from ess.domain.report import OVERDUE_SLACK_S, SEARCHING, ClosingReason, Entry, Report, Status
from ess.domain.response import may_be_reopened
from ess.domain.service_area import Area, locate

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


# --- what people send -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Followed:
    """The account was added as a friend, or unblocked."""


@dataclass(frozen=True, slots=True)
class Unfollowed:
    """The account was blocked or removed: there is nobody to answer."""


@dataclass(frozen=True, slots=True)
class MenuAsked:
    """The menu, or help, was asked for."""


@dataclass(frozen=True, slots=True)
class ReportAsked:
    """Begin a report ("แจ้งเหตุร้าย"); `fresh` insists on a new one beside an open one.

    `drill` begins an exercise.
    """

    fresh: bool = False
    drill: bool = False


@dataclass(frozen=True, slots=True)
class KindChosen:
    """One of the five emergencies was chosen."""

    kind: Kind


@dataclass(frozen=True, slots=True)
class PinShared:
    """A LINE location message."""

    pin: Point
    place: str | None = None


@dataclass(frozen=True, slots=True)
class PinKept:
    """A pin that looked wrong is right."""


@dataclass(frozen=True, slots=True)
class TextSent:
    """Free text that is none of the known commands."""

    text: str


@dataclass(frozen=True, slots=True)
class CallDeclined:
    """No call is possible ("I cannot talk"): dispatch without a number."""


@dataclass(frozen=True, slots=True)
class CancelAsked:
    """Cancel what is being reported; asks first when a report is open."""


@dataclass(frozen=True, slots=True)
class CancelConfirmed:
    """Yes, cancel the report `report_id`."""

    report_id: str


@dataclass(frozen=True, slots=True)
class CancelRefused:
    """No, keep the report."""


@dataclass(frozen=True, slots=True)
class RestartAsked:
    """Start over: forget the draft."""


@dataclass(frozen=True, slots=True)
class StatusAsked:
    """What happens with my report?"""


@dataclass(frozen=True, slots=True)
class AskingAllowed:
    """It is safe to ask how it ended."""


@dataclass(frozen=True, slots=True)
class NobodyCame:
    """Nobody has come for the report `report_id`, whatever its status says."""

    report_id: str


@dataclass(frozen=True, slots=True)
class HelpCame:
    """Somebody came for the report `report_id`."""

    report_id: str


@dataclass(frozen=True, slots=True)
class LanguageChosen:
    """Go on in this language (``th`` or ``en``)."""

    language: str


@dataclass(frozen=True, slots=True)
class MediaSent:
    """A sticker, picture, video, sound or file: seen, but not understood yet.

    Args:
        media: LINE's name of the type.
        message_id: LINE's id of the message, digits, by which its content is fetched; empty if LINE
            gave none.
    """

    media: str
    message_id: str = ""


@dataclass(frozen=True, slots=True)
class ButtonUnknown:
    """A button of an older version of the service, or one that was tampered with."""


Input = (
    Followed
    | Unfollowed
    | MenuAsked
    | ReportAsked
    | KindChosen
    | PinShared
    | PinKept
    | TextSent
    | CallDeclined
    | CancelAsked
    | CancelConfirmed
    | CancelRefused
    | RestartAsked
    | StatusAsked
    | AskingAllowed
    | NobodyCame
    | HelpCame
    | LanguageChosen
    | MediaSent
    | ButtonUnknown
)


# --- what is known ----------------------------------------------------------------------------


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

    @property
    def is_open(self) -> bool:
        """Tell whether anything may still happen to the report."""
        return self.status is not Status.CLOSED


@dataclass(frozen=True, slots=True)
class Conversation:
    """All that is kept of the conversation with one LINE user.

    Args:
        user_id: LINE user id.
        version: counts writes; 0 for one that was never stored.
        language: ``th``, ``en`` or None (not chosen: both are shown).
        draft: None when nothing is being reported.
        active: the latest report of this person, open or closed, or None.
        recent_events: ids of the webhook events handled last, oldest first.
        last_answer: the answer to the last of them, to give again if LINE never took it.
        officer: what is awaited from this person as an officer, or None.
    """

    user_id: str
    version: int = 0
    language: str | None = None
    draft: Draft | None = None
    active: ActiveReport | None = None
    recent_events: tuple[str, ...] = ()
    last_answer: tuple[Prompt, ...] = ()
    officer: OfficerStep | None = None

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


# --- what is to be written beside the conversation ----------------------------------------------


@dataclass(frozen=True, slots=True)
class OpenReport:
    """Write a new report."""

    report: Report
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class DispatchReport:
    """Hand an opened report to the workflow; holds only while it is still `opened`."""

    report_id: str
    phone: str | None
    can_talk: bool
    at: float


@dataclass(frozen=True, slots=True)
class ReviseReport:
    """Mend kind or pin of a report that still waits for a number; only while `opened`."""

    report_id: str
    kind: Kind | None
    pin: Point | None
    place: str | None
    at: float


@dataclass(frozen=True, slots=True)
class AddPhone:
    """Add a number that came after the dispatch; until the report is closed."""

    report_id: str
    phone: str
    at: float


@dataclass(frozen=True, slots=True)
class ForbidCall:
    """Nobody may call the reporter any more; until the report is closed."""

    report_id: str
    at: float


@dataclass(frozen=True, slots=True)
class CancelReport:
    """Close a report as its reporter; only while it is not closed."""

    report_id: str
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


ReportWrite = (
    OpenReport
    | DispatchReport
    | ReviseReport
    | AddPhone
    | ForbidCall
    | CancelReport
    | AllowAsking
    | CallHelp
    | ReopenReport
    | ConfirmHelp
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one input leads to.

    Args:
        conversation: to be stored, with the event remembered.
        answer: what the person is told.
        write: a change to a report that must be stored with the conversation, or not at all.
        start: id of the report whose workflow must be started.
        run: the number of its execution, from 1.
        wake: task token of a workflow that must hear of this.
        news: what it hears: ``closed``, ``phone_added``, ``no_call`` or ``nobody_came``.
    """

    conversation: Conversation
    answer: tuple[Prompt, ...] = ()
    write: ReportWrite | None = None
    start: str | None = None
    run: int = 1
    wake: str | None = None
    news: str = "closed"


@dataclass(frozen=True, slots=True)
class Moment:
    """What `advance` needs to know besides conversation and input.

    Args:
        event_id: id of the webhook event; also makes the id of a report it opens.
        now: epoch seconds.
        grace_s: seconds an opened report waits for a phone number before it is dispatched without.
        read_phone: returns the E.164 number found in a text, or None.
    """

    event_id: str
    now: float
    grace_s: int
    read_phone: Callable[[str], str | None]


def advance(conversation: Conversation, given: Input, moment: Moment) -> Outcome:
    """Take one input; whatever it is, nothing that was given before is lost."""
    outcome = _TRANSITIONS[type(given)](conversation, given, moment)
    after = outcome.conversation
    if _in_drill(after):
        outcome = replace(outcome, answer=tuple(map(_as_drill, outcome.answer)))
    return replace(
        outcome, conversation=remember(conversation, after, moment.event_id, outcome.answer)
    )


def remember(
    before: Conversation, after: Conversation, event_id: str, answer: tuple[Prompt, ...]
) -> Conversation:
    """Return `after` with its event and answer, one version after `before`."""
    return replace(
        after,
        version=before.version + 1,
        recent_events=(*before.recent_events, event_id)[-REMEMBERED_EVENTS:],
        last_answer=answer,
    )


def _in_drill(c: Conversation) -> bool:
    """Tell whether what is spoken of is an exercise: the draft, else the open report."""
    if c.draft is not None:
        return c.draft.drill
    return c.active is not None and c.active.is_open and c.active.drill


def _as_drill(prompt: Prompt) -> Prompt:
    return replace(prompt, params={**prompt.params, **_label(drill=True)})


def _label(drill: bool) -> Params:
    return {"drill": True} if drill else {}


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
    )


def status_prompt(active: ActiveReport) -> Prompt:
    """Return the message that says where `active` stands; one text for each true state."""
    name = f"status.{active.status.value}"
    if active.status in SEARCHING and active.nobody_reached:
        name = "status.nobody_reached"
    elif active.status is Status.NOTIFIED and active.at_desk:
        name = "status.at_desk"
    elif active.status is Status.ACKNOWLEDGED and active.by_desk:
        name = "status.desk_acknowledged"
    elif active.status is Status.CLOSED and active.may_ask and not _cancelled(active):
        name = "status.closed_ask"
    return Prompt(name, status_params(active))


def status_params(active: ActiveReport) -> Params:
    """Return the facts that status texts may name."""
    known: Params = {
        "reference": active.reference,
        "kind": int(active.kind),
        "unit_th": active.unit_th,
        "unit_en": active.unit_en,
        "distance_m": active.distance_m,
        "responder_th": active.responder_th,
        "responder_en": active.responder_en,
        "reason": active.closing_reason,
        "changed_at": active.changed_at,
        "report_id": active.report_id,
    }
    return known | _label(active.drill)


def _cancelled(active: ActiveReport) -> bool:
    return active.closing_reason == ClosingReason.CANCELLED_BY_REPORTER


# --- transitions --------------------------------------------------------------------------------


def _ask(conversation: Conversation) -> tuple[Prompt, ...]:
    """Return the question of the present step."""
    draft, active = conversation.draft, conversation.active
    match conversation.step:
        case Step.CHOOSE_KIND:
            return (Prompt("ask_kind"),)
        case Step.SHARE_PIN:
            kind = int(draft.kind) if draft and draft.kind else None
            return (Prompt("ask_pin", {"kind": kind}),)
        case Step.CONFIRM_PIN:
            area = draft.pin_area.value if draft else ""
            return (Prompt(f"confirm_pin.{area}"),)
        case Step.GIVE_PHONE:
            return (Prompt("ask_phone", {"reference": active.reference if active else ""}),)
        case Step.FOLLOWING:
            return (status_prompt(active),) if active else ()
        case Step.IDLE:
            return (Prompt("menu"),)


def _stay(conversation: Conversation, *first: str) -> Outcome:
    return Outcome(conversation, (*(Prompt(name) for name in first), *_ask(conversation)))


def _followed(c: Conversation, _given: Followed, _m: Moment) -> Outcome:
    if c.step is Step.IDLE:
        return Outcome(c, (Prompt("greeting"),))
    return _stay(c, "welcome_back")


def _unfollowed(c: Conversation, _given: Unfollowed, _m: Moment) -> Outcome:
    # Nobody is there to be asked; a draft is forgotten, an open report goes on.
    return Outcome(replace(c, draft=None))


def _menu_asked(c: Conversation, _given: MenuAsked, _m: Moment) -> Outcome:
    return Outcome(c, (Prompt("menu"),)) if c.step is Step.IDLE else _stay(c)


def _report_asked(c: Conversation, given: ReportAsked, _m: Moment) -> Outcome:
    if c.draft is not None:
        # What was begun as an exercise and left must not swallow a real report, nor the reverse.
        return _stay(replace(c, draft=replace(c.draft, drill=given.drill)))
    real_beside_drill = c.active is not None and c.active.drill and not given.drill
    if real_beside_drill:
        # An exercise must never keep somebody from reporting what is real.
        begun = replace(c, draft=Draft())
        return Outcome(begun, _ask(begun))
    if c.step is Step.GIVE_PHONE:
        return _stay(c)
    if c.step is Step.FOLLOWING and c.active and not given.fresh:
        return Outcome(c, (Prompt("already_open", status_params(c.active)), *_ask(c)))
    begun = replace(c, draft=Draft(drill=given.drill))
    return Outcome(begun, _ask(begun))


def _kind_chosen(c: Conversation, given: KindChosen, m: Moment) -> Outcome:
    if c.step is Step.GIVE_PHONE and c.active:
        if given.kind is c.active.kind:
            return _stay(c)
        mended = replace(c, active=replace(c.active, kind=given.kind))
        write = ReviseReport(c.active.report_id, given.kind, None, None, m.now)
        return Outcome(mended, (Prompt("kind_mended", {"kind": int(given.kind)}), *_ask(c)), write)
    if c.step is Step.FOLLOWING:
        return _stay(c, "late_button")
    draft = replace(c.draft or Draft(), kind=given.kind)
    return _settle(replace(c, draft=draft), m)


def _pin_shared(c: Conversation, given: PinShared, m: Moment) -> Outcome:
    area = locate(given.pin)
    if c.step is Step.GIVE_PHONE and c.active:
        if area is not Area.INSIDE:
            return _stay(c, f"pin_not_moved.{area.value}")
        write = ReviseReport(c.active.report_id, None, given.pin, given.place, m.now)
        return Outcome(c, (Prompt("pin_mended"), *_ask(c)), write)
    if c.step is Step.FOLLOWING:
        return _stay(c, "pin_too_late")
    draft = replace(
        c.draft or Draft(), pin=given.pin, place=given.place, pin_area=area, pin_kept=False
    )
    return _settle(replace(c, draft=draft), m)


def _pin_kept(c: Conversation, _given: PinKept, m: Moment) -> Outcome:
    if c.draft is None or c.draft.pin is None:
        return _stay(c, "late_button")
    return _settle(replace(c, draft=replace(c.draft, pin_kept=True)), m)


def _settle(c: Conversation, m: Moment) -> Outcome:
    """Open the report as soon as kind and pin are known; otherwise ask for what is missing."""
    draft = c.draft
    if draft is None or draft.kind is None or not draft.pin_settled or draft.pin is None:
        return _stay(c)
    report_id = report_id_for(m.event_id)
    ready = draft.phone is not None or draft.no_call
    report = Report(
        report_id=report_id,
        reference=reference_of(report_id),
        reporter_id=c.user_id,
        language=c.language,
        kind=draft.kind,
        pin=draft.pin,
        place=draft.place,
        phone=draft.phone,
        can_talk=not draft.no_call,
        drill=draft.drill,
        opened_at=m.now,
        changed_at=m.now,
        status=Status.DISPATCHED if ready else Status.OPENED,
        due_at=m.now + (OVERDUE_SLACK_S if ready else m.grace_s),
    )
    entries = [Entry(m.now, "reporter", "opened", {"kind": int(draft.kind)}, "000001-opened")]
    if ready:
        detail: Params = {"phone_given": draft.phone is not None, "can_talk": report.can_talk}
        entries.append(Entry(m.now, "reporter", "dispatched", detail, "000001-dispatched"))
    after = replace(c, draft=None, active=reporter_view(report))
    answer = (_received(reporter_view(report), can_talk=report.can_talk),) if ready else _ask(after)
    return Outcome(
        after, answer, OpenReport(report, tuple(entries)), start=report_id if ready else None
    )


def _received(active: ActiveReport, *, can_talk: bool) -> Prompt:
    return Prompt("received" if can_talk else "received_silent", status_params(active))


def _dispatch(c: Conversation, m: Moment, phone: str | None, *, can_talk: bool) -> Outcome:
    active = c.active
    if active is None:
        return _stay(c)
    moved = replace(active, status=Status.DISPATCHED, changed_at=m.now, can_talk=can_talk)
    after = replace(c, active=moved)
    write = DispatchReport(active.report_id, phone, can_talk, m.now)
    answer = (_received(active, can_talk=can_talk),)
    return Outcome(after, answer, write, start=active.report_id)


def _text_sent(c: Conversation, given: TextSent, m: Moment) -> Outcome:
    phone = m.read_phone(given.text)
    if c.step is Step.GIVE_PHONE:
        if phone is not None:
            return _dispatch(c, m, phone, can_talk=True)
        looks_like_one = sum(character.isdigit() for character in given.text) >= 5
        return _stay(c, "phone_invalid" if looks_like_one else "phone_expected")
    if phone is not None and c.step is not Step.FOLLOWING:
        # A number before anything else begins a report; "cannot talk", once said, still holds.
        return _stay(replace(c, draft=replace(c.draft or Draft(), phone=phone)), "phone_kept")
    if phone is not None and c.active is not None:
        return _add_phone(c, c.active, phone, m)
    if c.step is Step.FOLLOWING:
        return _stay(c, "words_not_relayed")
    return _stay(c, "not_understood")


def _add_phone(c: Conversation, active: ActiveReport, phone: str, m: Moment) -> Outcome:
    write = AddPhone(active.report_id, phone, m.now)
    if not active.can_talk:
        return Outcome(c, (Prompt("phone_added_silent"), *_ask(c)), write)
    if active.status in SEARCHING:
        return Outcome(c, (Prompt("phone_added"), *_ask(c)), write)
    answer = (Prompt("phone_passed"), *_ask(c))
    return Outcome(c, answer, write, wake=active.token, news="phone_added")


def _call_declined(c: Conversation, _given: CallDeclined, m: Moment) -> Outcome:
    if c.step is Step.GIVE_PHONE:
        return _dispatch(c, m, None, can_talk=False)
    if c.draft is not None:
        return _stay(replace(c, draft=replace(c.draft, no_call=True)), "no_call_kept")
    if c.step is Step.FOLLOWING and c.active is not None:
        return _forbid_call(c, c.active, m)
    return _stay(c, "late_button")


def _forbid_call(c: Conversation, active: ActiveReport, m: Moment) -> Outcome:
    after = replace(c, active=replace(active, can_talk=False))
    write = ForbidCall(active.report_id, m.now)
    if active.status in SEARCHING:
        return Outcome(after, (Prompt("no_call_kept"), *_ask(c)), write)
    answer = (Prompt("no_call_passed"), *_ask(c))
    return Outcome(after, answer, write, wake=active.token, news="no_call")


def _cancel_asked(c: Conversation, _given: CancelAsked, _m: Moment) -> Outcome:
    if c.draft is not None:
        cleared = replace(c, draft=None)
        if cleared.step is Step.IDLE or cleared.active is None:
            return Outcome(cleared, (Prompt("draft_cancelled", _label(c.draft.drill)),))
        dropped = Prompt("draft_dropped", status_params(cleared.active))
        return Outcome(cleared, (dropped, *_ask(cleared)))
    if c.active is not None and c.active.is_open:
        return Outcome(c, (Prompt("cancel_confirm", status_params(c.active)),))
    return _stay(c, "nothing_to_cancel")


def _cancel_confirmed(c: Conversation, given: CancelConfirmed, m: Moment) -> Outcome:
    active = c.active
    if active is None or active.report_id != given.report_id:
        return _stay(c, "late_button")
    if not active.is_open:
        return Outcome(c, (status_prompt(active),))
    closed = replace(
        active,
        status=Status.CLOSED,
        changed_at=m.now,
        closing_reason=ClosingReason.CANCELLED_BY_REPORTER.value,
    )
    return Outcome(
        replace(c, active=closed),
        (Prompt("cancelled", status_params(closed)),),
        CancelReport(active.report_id, m.now),
        wake=active.token,
    )


def _cancel_refused(c: Conversation, _given: CancelRefused, _m: Moment) -> Outcome:
    return _stay(c, "kept_open") if c.active and c.active.is_open else _stay(c)


def _restart_asked(c: Conversation, _given: RestartAsked, _m: Moment) -> Outcome:
    if c.step in (Step.GIVE_PHONE, Step.FOLLOWING) and c.active:
        # A report that exists is not thrown away by a wish to start over: cancel or begin another.
        return Outcome(c, (Prompt("already_open", status_params(c.active)), *_ask(c)))
    begun = replace(c, draft=Draft())
    return _stay(begun, "started_over")


def _status_asked(c: Conversation, _given: StatusAsked, _m: Moment) -> Outcome:
    if c.draft is not None:
        return _stay(c, "not_sent_yet")
    if c.active is None:
        return _stay(c, "no_report")
    if c.step is Step.GIVE_PHONE:
        return Outcome(c, (status_prompt(c.active), *_ask(c)))
    return Outcome(c, (status_prompt(c.active),))


def _asking_allowed(c: Conversation, _given: AskingAllowed, m: Moment) -> Outcome:
    active = c.active
    if active is None or not active.is_open:
        return _stay(c, "late_button")
    after = replace(c, active=replace(active, may_ask=True))
    write = AllowAsking(active.report_id, m.now)
    return Outcome(after, (Prompt("asking_allowed"), *_ask(after)), write)


def _nobody_came(c: Conversation, given: NobodyCame, m: Moment) -> Outcome:
    active = c.active
    if active is None or active.report_id != given.report_id:
        return _stay(c, "late_button")
    if active.status in SEARCHING or active.status is Status.OPENED:
        return _stay(c)  # somebody is being looked for: the status says how far that is
    if active.is_open:
        write = CallHelp(active.report_id, m.now)
        answer = (Prompt("nobody_came_passed", status_params(active)),)
        return Outcome(c, answer, write, wake=active.token, news="nobody_came")
    if not may_be_reopened(active.status, active.closing_reason, active.changed_at, m.now):
        too_late = Prompt("too_late_to_reopen", _label(active.drill))
        return Outcome(c, (too_late, Prompt("menu")))
    reopened = replace(
        active,
        status=Status.DISPATCHED,
        changed_at=m.now,
        closing_reason=None,
        responder_th=None,
        responder_en=None,
        at_desk=False,
        by_desk=False,
        nobody_reached=False,
        token=None,
        run=active.run + 1,
    )
    return Outcome(
        replace(c, active=reopened),
        (Prompt("reopened", status_params(reopened)),),
        ReopenReport(active.report_id, m.now),
        start=active.report_id,
        run=reopened.run,
    )


def _help_came(c: Conversation, given: HelpCame, m: Moment) -> Outcome:
    active = c.active
    if active is None or active.report_id != given.report_id or active.is_open:
        return _stay(c, "late_button")
    write = ConfirmHelp(active.report_id, m.now)
    return Outcome(c, (Prompt("help_came", status_params(active)),), write)


def _language_chosen(c: Conversation, given: LanguageChosen, _m: Moment) -> Outcome:
    return _stay(replace(c, language=given.language), "language_set")


def _media_sent(c: Conversation, _given: MediaSent, _m: Moment) -> Outcome:
    return _stay(c, "media_not_understood")


def _button_unknown(c: Conversation, _given: ButtonUnknown, _m: Moment) -> Outcome:
    return _stay(c, "late_button")


_TRANSITIONS: dict[type[Input], Callable[..., Outcome]] = {
    Followed: _followed,
    Unfollowed: _unfollowed,
    MenuAsked: _menu_asked,
    ReportAsked: _report_asked,
    KindChosen: _kind_chosen,
    PinShared: _pin_shared,
    PinKept: _pin_kept,
    TextSent: _text_sent,
    CallDeclined: _call_declined,
    CancelAsked: _cancel_asked,
    CancelConfirmed: _cancel_confirmed,
    CancelRefused: _cancel_refused,
    RestartAsked: _restart_asked,
    StatusAsked: _status_asked,
    AskingAllowed: _asking_allowed,
    NobodyCame: _nobody_came,
    HelpCame: _help_came,
    LanguageChosen: _language_chosen,
    MediaSent: _media_sent,
    ButtonUnknown: _button_unknown,
}

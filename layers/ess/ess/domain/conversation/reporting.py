"""From the first tap to a report: kind, pin, and what is still missing."""

from dataclasses import replace

from ess.domain.conversation.adding import add_detail
from ess.domain.conversation.answers import ask_next, received, status_params, stay
from ess.domain.conversation.inputs import (
    Followed,
    KindChosen,
    KindsAsked,
    MenuAsked,
    PinKept,
    PinShared,
    ReportAsked,
    RestartAsked,
    Unfollowed,
)
from ess.domain.conversation.older import kept_aside
from ess.domain.conversation.outcome import Moment, Outcome, passed_on
from ess.domain.conversation.state import (
    ActiveReport,
    Conversation,
    Draft,
    Params,
    Prompt,
    Step,
    reporter_view,
)
from ess.domain.conversation.writes import OpenReport, ReviseReport
from ess.domain.geo import Point, distance_m
from ess.domain.ids import reference_of, report_id_for
from ess.domain.kinds import Kind
from ess.domain.report import ACCEPTED, OVERDUE_SLACK_S, Entry, Report, Status
from ess.domain.service_area import Area, locate

FAR_M = 5_000
"""Metres from which the pin of a report that was accepted is not moved without a question."""


def followed(c: Conversation, _given: Followed, _m: Moment) -> Outcome:
    """Greet a new friend; somebody who comes back goes on where they were."""
    if c.step is Step.IDLE:
        return Outcome(c, (Prompt("greeting"),))
    return stay(c, "welcome_back")


def unfollowed(c: Conversation, _given: Unfollowed, _m: Moment) -> Outcome:
    """Forget the draft of somebody who left, unless it says where help is wanted or what happened.

    An open report goes on.
    """
    # Whoever takes the phone away blocks us too: the auditor sends the pin, and passes words on.
    if c.draft is not None and (c.draft.pin is not None or c.draft.notes):
        return Outcome(c)
    return Outcome(replace(c, draft=None))


def menu_asked(c: Conversation, _given: MenuAsked, _m: Moment) -> Outcome:
    """Show the menu, or what is asked for now."""
    return Outcome(c, (Prompt("menu"),)) if c.step is Step.IDLE else stay(c)


def report_asked(c: Conversation, given: ReportAsked, m: Moment) -> Outcome:
    """Begin a report; beside an open one only on purpose."""
    if c.draft is not None:
        # What was begun as an exercise and left must not swallow a real report, nor the reverse.
        return settle(replace(c, draft=replace(c.draft, drill=given.drill)), m)
    real_beside_drill = c.active is not None and c.active.drill and not given.drill
    if real_beside_drill:
        # An exercise must never keep somebody from reporting what is real.
        begun = replace(c, draft=Draft())
        return Outcome(begun, ask_next(begun))
    if given.words and c.active is not None and c.active.is_open:
        return _cried(c, c.active, given.words, m)
    return _beside_open(c, given, m)


def _beside_open(c: Conversation, given: ReportAsked, m: Moment) -> Outcome:
    """Begin a report where another may be open: that one first, unless another is insisted on."""
    if c.step is Step.GIVE_PHONE and not given.fresh:
        return stay(c)
    if c.step is Step.FOLLOWING and c.active and not given.fresh:
        return Outcome(c, (Prompt("already_open", status_params(c.active)),))
    # Only beside a report that is open: a first one is never refused.
    beside = c.active if c.active is not None and c.active.is_open and not given.drill else None
    if beside is not None and not c.history.may_open_beside(m.now):
        return Outcome(c, (Prompt("too_many", status_params(beside)),))
    # Whoever cannot talk about the one cannot talk about the other.
    no_call = beside is not None and not beside.can_talk
    begun = replace(c, draft=Draft(drill=given.drill, no_call=no_call))
    return Outcome(begun, ask_next(begun))


def _cried(c: Conversation, active: ActiveReport, words: str, m: Moment) -> Outcome:
    """Pass on a cry for help to whoever has the open report, and ask whether it is about that."""
    passed = add_detail(c, active, "note", words, m, "note_kept")
    if active.status is Status.OPENED:
        return passed  # it asks for the number that the report waits for
    same = Prompt("already_open", status_params(active))
    return replace(passed, answer=(*passed.answer[:1], same))


def kinds_asked(c: Conversation, _given: KindsAsked, m: Moment) -> Outcome:
    """Ask for the kind again, whatever was chosen."""
    if c.step is Step.IDLE:
        return report_asked(c, ReportAsked(), m)
    return Outcome(c, (Prompt("ask_kind"),))


def kind_chosen(c: Conversation, given: KindChosen, m: Moment) -> Outcome:
    """Take the kind of a draft, or mend that of an open report."""
    if c.draft is None and c.active is not None and c.active.is_open:
        active = c.active
        if given.kind is active.kind:
            return stay(c)
        mended = replace(c, active=replace(active, kind=given.kind))
        write = ReviseReport(active.report_id, given.kind, None, None, m.now)
        answer = (Prompt("kind_mended", {"kind": int(given.kind)}), *ask_next(mended))
        return passed_on(mended, answer, write)
    draft = replace(c.draft or Draft(no_call=c.is_silent), kind=given.kind)
    return settle(replace(c, draft=draft), m)


def pin_shared(c: Conversation, given: PinShared, m: Moment) -> Outcome:
    """Take the pin of a draft, or move that of an open report."""
    area = locate(given.pin)
    if given.about == "new" and c.draft is None:
        begun = _beside_open(c, ReportAsked(fresh=True), m)
        if begun.conversation.draft is None:  # one too many
            return begun
        c = begun.conversation
    if c.draft is None and c.active is not None and c.active.is_open:
        if area is not Area.INSIDE:
            return stay(c, f"pin_not_moved.{area.value}")
        if given.about is None and _is_far(c.active, given.pin):
            return _far_pin(c, c.active, given, m)
        moved = replace(c, active=replace(c.active, pin=given.pin))
        write = ReviseReport(c.active.report_id, None, given.pin, given.place, m.now)
        return passed_on(moved, (Prompt("pin_mended"), *ask_next(moved)), write)
    if given.about == "same":
        return stay(c, "late_button")
    draft = replace(
        c.draft or Draft(no_call=c.is_silent),
        pin=given.pin,
        place=given.place,
        pin_area=area,
        pin_kept=False,
    )
    return settle(replace(c, draft=draft), m)


def _is_far(active: ActiveReport, pin: Point) -> bool:
    """Tell whether a pin would send whoever has accepted to quite another place."""
    known = active.status in ACCEPTED and active.pin is not None
    return known and active.pin is not None and distance_m(active.pin, pin) > FAR_M


def _far_pin(c: Conversation, active: ActiveReport, given: PinShared, m: Moment) -> Outcome:
    """Ask what a far pin is about; the officer reads of it at once, should no answer come."""
    pin = given.pin
    words = f"{pin.latitude:.5f}, {pin.longitude:.5f} {given.place or ''}"
    passed = add_detail(c, active, "note", words, m, "note_kept")
    place: Params = {"latitude": pin.latitude, "longitude": pin.longitude}
    asked = Prompt("pin_far", status_params(active) | place)
    return replace(passed, answer=(*passed.answer[:1], asked))


def pin_kept(c: Conversation, _given: PinKept, m: Moment) -> Outcome:
    """Take a pin in doubt as it is."""
    if c.draft is None or c.draft.pin is None:
        return stay(c, "late_button")
    return settle(replace(c, draft=replace(c.draft, pin_kept=True)), m)


def settle(c: Conversation, m: Moment) -> Outcome:
    """Open the report as soon as kind and pin are known; otherwise ask for what is missing."""
    draft = c.draft
    if draft is None or draft.kind is None or not draft.pin_settled or draft.pin is None:
        return stay(c)
    report_id = report_id_for(m.event_id)
    ready = draft.phone is not None or draft.no_call
    report = replace(
        report_of(c, draft, draft.pin, report_id, m.now),
        status=Status.DISPATCHED if ready else Status.OPENED,
        due_at=m.now + (OVERDUE_SLACK_S if ready else m.grace_s),
    )
    entries = [Entry(m.now, "reporter", "opened", {"kind": int(draft.kind)}, "000001-opened")]
    if ready:
        detail: Params = {"phone_given": draft.phone is not None, "can_talk": report.can_talk}
        entries.append(Entry(m.now, "reporter", "dispatched", detail, "000001-dispatched"))
    after = with_report(c, report)
    answer = received(reporter_view(report)) if ready else ask_next(after)
    return Outcome(
        after, answer, OpenReport(report, tuple(entries)), start=report_id if ready else None
    )


def report_of(c: Conversation, draft: Draft, pin: Point, report_id: str, at: float) -> Report:
    """Return the report that `draft` of `c` makes at epoch seconds `at`; it is opened.

    Args:
        pin: the draft's own; one that is not settled is marked as doubtful.
        report_id: the new report's id.
    """
    return Report(
        report_id=report_id,
        reference=reference_of(report_id),
        reporter_id=c.user_id,
        language=c.language,
        kind=Kind.UNKNOWN if draft.kind is None else draft.kind,
        pin=pin,
        pin_doubt=None if draft.pin_settled else draft.pin_area.value,
        place=draft.place,
        phone=draft.phone,
        can_talk=not draft.no_call,
        drill=draft.drill,
        who=draft.who.value if draft.who else None,
        notes=draft.notes,
        note_ids=draft.note_ids,
        details=len(draft.notes),
        earlier_false=0 if draft.drill else c.history.false_alarms(at),
        opened_at=at,
        changed_at=at,
    )


def with_report(c: Conversation, report: Report) -> Conversation:
    """Return `c` once its draft was made `report`: the one that is spoken of from now on."""
    return replace(c, draft=None, active=reporter_view(report), others=kept_aside(c))


def restart_asked(c: Conversation, _given: RestartAsked, _m: Moment) -> Outcome:
    """Begin the draft anew."""
    if c.step in (Step.GIVE_PHONE, Step.FOLLOWING) and c.active:
        # A report that exists is not thrown away by a wish to start over: cancel or begin another.
        return Outcome(c, (Prompt("already_open", status_params(c.active)),))
    # That nobody may call, and the number, stay true whatever is reported.
    was = c.draft or Draft()
    anew = Draft(no_call=was.no_call, phone=was.phone)
    return stay(replace(c, draft=anew), "started_over")

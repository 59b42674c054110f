"""What a responder does about a report, by LINE or on the page of an SMS link: one read, one write.

Who may act is decided twice: on the report, which names everyone who was notified of it, and on the
unit's list, since a person who left it or lost its trust meanwhile may not act any more.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from ess.domain import dispatch, response
from ess.domain.conversation import Params, Prompt
from ess.domain.errors import (
    EssError,
    NotNotified,
    NotTheAcknowledger,
    ReportAlreadyAcknowledged,
    ReportChanged,
    ReportClosed,
    StepNotAllowed,
    TemporaryFailure,
)
from ess.domain.incoming import ResponderTap
from ess.domain.ladder import DESK_UNIT_ID
from ess.domain.relay import is_on_it
from ess.domain.report import (
    ACCEPTED,
    SEARCHING,
    Change,
    ClosingReason,
    HandOverReason,
    Notified,
    Part,
    Report,
    Status,
    refuse_closed,
    refuse_unless_theirs,
    remember,
    unchanged,
)
from ess.ports.clock import Clock
from ess.ports.reports import Reports
from ess.ports.responders import Responders
from ess.ports.workflow import Workflow
from ess.usecases.linked_reports import with_linked
from ess.usecases.officer_news import facts, facts_with_place, label

TRIES = 5
"""How often a lost race is run again before the caller has to."""

UNITS_SHOWN = 8
"""Units that the desk is offered to assign to: as many rows as a card can well show."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of an act.

    Args:
        prompt: what the person is told.
        changed: whether the report was changed by it.
        report: the report as it is now.
        person: who acted, as the report knows them; None for a stranger.
        refused: whether they were told why not. Such an answer is news each time.
    """

    prompt: Prompt
    changed: bool
    report: Report
    person: Notified | None
    refused: bool = False


@dataclass(frozen=True, slots=True)
class _Done:
    """What an act comes to: `wake` is a waiting workflow's token, and how its wait ends."""

    change: Change
    prompt: Prompt
    wake: tuple[str, str] | None = None
    refused: bool = False


@dataclass(frozen=True, slots=True)
class _Acting:
    report: Report
    person: Notified
    tap: ResponderTap
    now: float
    progress_s: int
    responders: Responders

    @property
    def who(self) -> str:
        return self.person.responder_id


def act_on_report(
    tap: ResponderTap,
    find: Callable[[Report], Notified | None],
    *,
    reports: Reports,
    responders: Responders,
    workflow: Workflow,
    clock: Clock,
    progress_s: int,
    act_id: str | None = None,
    line_user_id: str | None = None,
    tell: Callable[[Answer], None] = lambda _: None,
) -> Answer:
    """Apply a responder's act; the same act again has no further effect.

    The person is answered as soon as the act is stored, and the waiting workflow is waked after
    that: whoever goes does not wait for it.

    Args:
        tap: what they do.
        find: returns the person among those whom the report was offered to.
        progress_s: seconds within which an accepted report should show progress.
        act_id: the same when this very tap is delivered again, however much has happened since;
            None where nothing delivers it again.
        line_user_id: whose tap it is, where LINE says so.
        tell: gives the person the answer.

    Raises:
        ReportNotFound: there is no such report.
        TemporaryFailure: something did not answer; the act may be repeated as it is.
    """
    for _ in range(TRIES):
        report = reports.get(tap.report_id)
        person = find(report)
        again = act_id is not None and report.knows_act(act_id)
        try:
            acting = _admit(report, person, tap, clock.now(), progress_s, responders, line_user_id)
            change = _ACTS[tap.act](acting)
        except EssError as refusal:
            done = _refuse(report, person, tap, refusal)
        else:
            if again and change.report is not report:
                done = _Done(unchanged(report), _told_again(report, tap, acting.person))
            else:
                prompt = _told(change.report, tap, acting.person)
                done = _Done(change, prompt, _wake(report, change.report, tap))
        made = done.change
        if act_id is not None and not again and not done.refused and _may_act(tap):
            made = remember(report, made, act_id)
        if made.report is not report:
            try:
                reports.save(made)
            except ReportChanged:
                continue  # somebody else was faster: look again at what is true now
        elif made.entries:
            reports.note(report.report_id, made.entries)
        changed, refused = done.change.report is not report, done.refused and not again
        answer = Answer(done.prompt, changed, made.report, person, refused)
        try:
            answer = _with_linked(answer, reports)
            tell(answer)
        finally:  # whether or not LINE takes the answer, the report goes on
            if done.wake is not None:
                workflow.resume(*done.wake)
        return answer
    raise TemporaryFailure("the report kept changing")


def _with_linked(answer: Answer, reports: Reports) -> Answer:
    if answer.person is None:
        return answer
    prompt = with_linked(answer.prompt, answer.report, answer.person, reports)
    return replace(answer, prompt=prompt)


def offered_acts(report: Report, person: Notified) -> tuple[str, ...]:
    """Return what `person` may do about `report` now, the likeliest first."""
    at_desk = person.unit_id == DESK_UNIT_ID
    if report.status is Status.CLOSED or person.part is Part.INFORMED:
        return ()
    if report.status not in ACCEPTED:
        said_no = person.responder_id in report.declined
        return ("accept", *(() if said_no else ("decline",)), *(("assign",) if at_desk else ()))
    if report.acknowledged_by == person.responder_id:
        going = [act for act, status in _PROGRESS.items() if report.status in _FROM[status]]
        more = ("assign",) if at_desk else ()
        return (*going, "help", *more, "close", "hand_over")
    if dispatch.may_take_over(report, person):
        return ("accept",)
    called = report.help_calls or report.nobody_came or report.checks
    wanted = person.part is Part.HELPER or bool(called)
    return ("join",) if wanted and person.responder_id not in report.helpers else ()


_PROGRESS = {"on_the_way": Status.ON_THE_WAY, "on_scene": Status.ON_SCENE}
_FROM = response.PROGRESS_FROM


def _admit(
    report: Report,
    person: Notified | None,
    tap: ResponderTap,
    now: float,
    progress_s: int,
    responders: Responders,
    line_user_id: str | None,
) -> _Acting:
    if person is None:
        raise NotNotified(report.report_id)
    member = responders.get(person.unit_id, person.responder_id)
    if member is None or not member.verified:
        raise NotNotified(report.report_id)
    if line_user_id is not None and member.line_user_id != line_user_id:
        raise NotNotified(report.report_id)  # the unit gave this place to somebody else
    return _Acting(report, person, tap, now, progress_s, responders)


def _accept(a: _Acting) -> Change:
    return dispatch.acknowledge(a.report, a.who, now=a.now, wait_s=a.progress_s)


def _decline(a: _Acting) -> Change:
    if a.report.status in ACCEPTED and a.report.acknowledged_by == a.who:
        # Whoever accepted and cannot go after all gives it back: others are asked at once.
        return response.hand_over(a.report, None, a.who, now=a.now)
    return dispatch.decline(a.report, a.who, now=a.now)


def _progress(a: _Acting) -> Change:
    status = _PROGRESS[a.tap.act]
    return response.progress(a.report, status, a.who, now=a.now, wait_s=a.progress_s)


def _help(a: _Acting) -> Change:
    return response.call_help(a.report, a.who, now=a.now)


def _join(a: _Acting) -> Change:
    return response.join(a.report, a.who, now=a.now)


def _hand_over(a: _Acting) -> Change:
    if a.tap.choice is None:
        refuse_unless_theirs(a.report, a.who)
        return unchanged(a.report)
    reason = _one_of(HandOverReason, a.tap.choice)
    return response.hand_over(a.report, reason, a.who, now=a.now)


def _close(a: _Acting) -> Change:
    if a.tap.choice is None:
        refuse_unless_theirs(a.report, a.who)
        return unchanged(a.report)
    reason = _one_of(ClosingReason, a.tap.choice)
    return response.close_as_responder(a.report, reason, a.who, now=a.now)


def _assign(a: _Acting) -> Change:
    if a.tap.choice is None:
        refuse_closed(a.report)
        if a.person.unit_id != DESK_UNIT_ID:
            raise NotNotified(a.report.report_id)
        return unchanged(a.report)
    change = dispatch.assign_by_hand(a.report, a.tap.choice, a.who, now=a.now)
    crew = a.responders.of_unit(a.tap.choice)
    if not any(member.may_be_called(a.now) for member in crew):
        raise _NobodyThere(a.tap.choice)
    return change


def _note(a: _Acting) -> Change:
    entry = response.note(a.report, a.tap.choice or "", a.who, now=a.now)
    return Change(a.report, (entry,))


def _more(a: _Acting) -> Change:
    refuse_unless_theirs(a.report, a.who)
    return unchanged(a.report)


def _talk(a: _Acting) -> Change:
    refuse_closed(a.report)
    if not is_on_it(a.report, a.who):
        raise NotTheAcknowledger(a.report.report_id)
    return unchanged(a.report)


_ACTS: dict[str, Callable[[_Acting], Change]] = {
    "accept": _accept,
    "decline": _decline,
    "on_the_way": _progress,
    "on_scene": _progress,
    "help": _help,
    "join": _join,
    "hand_over": _hand_over,
    "close": _close,
    "assign": _assign,
    "note": _note,
    "talk": _talk,
    "more": _more,
}


class _NobodyThere(EssError):
    """The desk chose a unit that has nobody on duty who can be reached."""


def _one_of[Reason: (ClosingReason, HandOverReason)](reasons: type[Reason], word: str) -> Reason:
    try:
        return reasons(word)
    except ValueError:
        raise StepNotAllowed("there is no such reason") from None


_OUTCOMES = {
    "accept": "accepted",
    "decline": "declined",
    "on_the_way": "progress",
    "on_scene": "progress",
    "help": "help",
    "join": "joined",
    "hand_over": "handed_over",
    "close": "closed",
    "assign": "assigned",
}
"""How the waiting state of the workflow ends; a note wakes nobody."""


def _wake(before: Report, report: Report, tap: ResponderTap) -> tuple[str, str] | None:
    """Return how to wake the waiting workflow: its token is that of the version written over."""
    outcome = _OUTCOMES.get(tap.act)
    if before.token is None or outcome is None:
        return None
    if tap.act == "decline":
        if before.status in ACCEPTED:
            outcome = "handed_over"
        elif not dispatch.moves_on_at_once(report):
            return None
    if not _may_act(tap):
        return None
    if tap.act == "assign" and report.step == report.hand_step:
        return None  # chosen before, and asked at this moment: that wait is theirs
    return before.token, outcome


def _may_act(tap: ResponderTap) -> bool:
    """Tell whether this tap does something that could be done twice.

    A note has a key of its own; to begin to talk, or to see more buttons, changes nothing.
    """
    if tap.act in ("note", "talk", "more"):
        return False
    return tap.choice is not None or tap.act not in _CHOICES


def _refuse(report: Report, person: Notified | None, tap: ResponderTap, refusal: EssError) -> _Done:
    mine = person is not None and report.acknowledged_by == person.responder_id
    wake: tuple[str, str] | None = None
    if person and mine and isinstance(refusal, ReportAlreadyAcknowledged) and tap.act == "accept":
        # The same tap again: perhaps the first delivery ended before it could tell anyone.
        fresh = report.status is Status.ACKNOWLEDGED
        wake = (report.token, "accepted" if fresh else "progress") if report.token else None
        return _Done(unchanged(report), _told(report, tap, person), wake)
    if person and mine and isinstance(refusal, ReportClosed) and tap.act == "close":
        wake = (report.token, "closed") if report.token else None
        if tap.choice == report.closing_reason:
            return _Done(unchanged(report), _told(report, tap, person), wake)
    if person and tap.act == "hand_over" and _gave_back(report, person, refusal):
        return _Done(unchanged(report), _told(report, tap, person))
    say = _REFUSALS.get(type(refusal))
    if say is None:
        raise refusal
    # A refusal is news to this person, and harmless to hear twice.
    return _Done(unchanged(report), say(report), wake, refused=True)


def _gave_back(report: Report, person: Notified, refusal: EssError) -> bool:
    """Tell whether this person handed the report over, and nobody has accepted it since."""
    again = isinstance(refusal, NotTheAcknowledger) and report.status in SEARCHING
    return again and person.responder_id in report.declined


_CHOICES = {
    "close": "officer.close_reasons",
    "hand_over": "officer.hand_over_reasons",
    "assign": "officer.assign_units",
}
"""Acts that need a choice, and the message that offers it."""

_DONE = {
    "accept": "officer.accepted",
    "decline": "officer.declined",
    "help": "officer.help_called",
    "join": "officer.joined",
    "hand_over": "officer.handed_over",
    "close": "officer.done",
    "assign": "officer.assigned",
    "note": "officer.noted",
    "talk": "officer.relay.begin",
}


def _told(report: Report, tap: ResponderTap, person: Notified) -> Prompt:
    if tap.choice is None and tap.act in _CHOICES:
        more = _units(report) if tap.act == "assign" else {}
        if more.get("units") == 0:
            return Prompt("officer.no_units", facts(report))
        return Prompt(_CHOICES[tap.act], facts(report) | more)
    name = _DONE.get(tap.act, f"officer.{tap.act}")
    at_desk: Params = {"at_desk": person.unit_id == DESK_UNIT_ID}
    match tap.act:
        case "accept":
            # Number and exact place go to the one who goes, and to nobody else.
            phone = report.phone if report.can_talk else None
            known = facts_with_place(report) | {"phone": phone} | at_desk
        case "join":
            known = facts_with_place(report)
        case "more":
            known = facts(report) | at_desk
        case "assign" if report.hand_rung is not None:
            known = facts(report, report.hand_rung.units[0])
        case _:
            known = facts(report)
    return Prompt(name, known)


def _told_again(report: Report, tap: ResponderTap, person: Notified) -> Prompt:
    """Return the answer to a tap that comes again when its effect is over: that it has none now.

    Only if the first answer never got through does anybody read it.
    """
    if tap.act == "help":  # the call was passed on, and the report is still theirs
        return _told(report, tap, person)
    return Prompt("officer.not_now", label(report))


def _units(report: Report) -> Params:
    """Return the units that the desk may choose from, as ``unit_1_id``, ``unit_1_th`` ..."""
    known = [u for u in (report.ladder.units() if report.ladder else ()) if u.unit_id != "desk"]
    params: Params = {"units": min(len(known), UNITS_SHOWN)}
    for number, unit in enumerate(known[:UNITS_SHOWN], start=1):
        params |= {
            f"unit_{number}_id": unit.unit_id,
            f"unit_{number}_th": unit.name_th,
            f"unit_{number}_en": unit.name_en,
            f"unit_{number}_m": unit.distance_m,
        }
    return params


_REFUSALS: dict[type[EssError], Callable[[Report], Prompt]] = {
    ReportClosed: lambda report: Prompt("officer.closed", facts(report)),
    ReportAlreadyAcknowledged: lambda report: Prompt("officer.already_taken", facts(report)),
    NotNotified: lambda _: Prompt("officer.unknown"),
    NotTheAcknowledger: lambda report: Prompt("officer.not_yours", label(report)),
    StepNotAllowed: lambda report: Prompt("officer.not_now", label(report)),
    _NobodyThere: lambda report: Prompt("officer.nobody_there", facts(report)),
}

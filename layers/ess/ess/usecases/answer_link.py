"""The page behind the link in an officer's SMS: what it shows, and what its buttons do.

Showing changes nothing, since phones and carriers fetch links to preview them. Who is shown
anything is decided as for an act: the report must name the person, and their unit still vouch for
them.
"""

from collections.abc import Callable, Mapping

from ess.domain.answer_page import Choice, Press, Pressed, Sheet, Stand
from ess.domain.conversation import Params
from ess.domain.dispatch import may_take_over
from ess.domain.errors import NotNotified
from ess.domain.incoming import RESPONDER_ACTS, ResponderTap
from ess.domain.ladder import DESK_UNIT_ID, Unit
from ess.domain.link import LinkClaim, person_of
from ess.domain.media import OFFICER_LINK_S
from ess.domain.relay import is_on_it
from ess.domain.report import (
    ACCEPTED,
    RESPONDER_REASONS,
    SEARCHING,
    ClosingReason,
    HandOverReason,
    Notified,
    Part,
    Report,
    Status,
)
from ess.ports.clock import Clock
from ess.ports.links import OfficerLinks
from ess.ports.media import MediaStore
from ess.ports.reports import Reports
from ess.ports.responders import Responders
from ess.ports.workflow import Workflow
from ess.usecases.act_on_report import UNITS_SHOWN, act_on_report, offered_acts
from ess.usecases.linked_reports import linked_with, same_facts
from ess.usecases.officer_news import facts, facts_for, pin

CHOOSING: Mapping[str, Callable[[Report], tuple[Choice, ...]]] = {
    "close": lambda _: tuple(Choice(reason.value) for reason in RESPONDER_REASONS),
    "hand_over": lambda _: tuple(Choice(reason.value) for reason in HandOverReason),
    "assign": lambda report: tuple(Choice(unit.unit_id, unit) for unit in _assignable(report)),
}
"""The acts that need a choice."""


def show_link(
    token: str,
    asked: str | None,
    code: str | None,
    *,
    links: OfficerLinks,
    reports: Reports,
    responders: Responders,
    clock: Clock,
) -> Sheet:
    """Return what the page of a link shows now; changes nothing.

    Args:
        token: as it came.
        asked: the act whose choices are wanted, if any.
        code: what came of the button before, as the address says it; shown only while it is true.

    Raises:
        LinkRefused: the link is none of ours.
        LinkExpired: its time is over.
        ReportNotFound: the report is gone.
        NotNotified: the report does not name this person, or their unit does not vouch for them.
        TemporaryFailure: something did not answer.
    """
    claim = links.read(token, clock.now())
    report = reports.get(claim.report_id)
    person = _admit(report, claim, responders)
    acts = offered_acts(report, person)
    goes = is_on_it(report, person.responder_id)
    choosing = asked if asked in CHOOSING and asked in acts else None
    stand = _stand(report, person)
    return Sheet(
        stand=stand,
        facts=_facts(report, person, stand) | _same(report, stand, reports),
        acts=acts,
        choosing=choosing,
        choices=CHOOSING[choosing](report) if choosing else (),
        note=code if _still_so(code, report, person) else None,
        said_no=person.responder_id in report.declined,
        help_calls=report.help_calls,
        words=report.words if goes else (),
        files=report.files if goes else (),
    )


def find_file(
    token: str,
    media_id: str,
    *,
    links: OfficerLinks,
    reports: Reports,
    responders: Responders,
    store: MediaStore,
    clock: Clock,
) -> str:
    """Return an address of one of the reporter's files, which works for `OFFICER_LINK_S` seconds.

    Only for whoever goes to the open report: everybody else, and any other id, is refused alike.

    Args:
        token: as it came.
        media_id: as it came.

    Raises:
        LinkRefused, LinkExpired, ReportNotFound, NotNotified, TemporaryFailure: as for `show_link`.
    """
    claim = links.read(token, clock.now())
    report = reports.get(claim.report_id)
    person = _admit(report, claim, responders)
    refs = report.files if is_on_it(report, person.responder_id) else ()
    for ref in refs:
        if ref.media_id == media_id:
            return store.link(ref, OFFICER_LINK_S)
    raise NotNotified(report.report_id)


def press_button(
    token: str,
    press: Press,
    *,
    links: OfficerLinks,
    reports: Reports,
    responders: Responders,
    workflow: Workflow,
    clock: Clock,
    progress_s: int,
) -> Pressed:
    """Do what a button of the page does; the same button again has no further effect.

    Args:
        token: as it came.
        press: which button.
        progress_s: seconds within which an accepted report should show progress.

    Raises:
        LinkRefused, LinkExpired, ReportNotFound, TemporaryFailure: as for `show_link`.
    """
    claim = links.read(token, clock.now())

    def act(name: str, choice: str | None) -> Pressed:
        answer = act_on_report(
            ResponderTap(name, claim.report_id, choice),
            lambda report: person_of(report.notified, claim),
            reports=reports,
            responders=responders,
            workflow=workflow,
            clock=clock,
            progress_s=progress_s,
            act_id=_act_id(claim, press) if name == "help" else None,
        )
        code = answer.prompt.name.removeprefix("officer.")
        return Pressed(code, answer.changed, claim.report_id)

    if press.act not in RESPONDER_ACTS or (press.act in CHOOSING and not press.choice):
        return Pressed("not_now", changed=False, report_id=claim.report_id)
    if press.act == "help" and _was_pressed(press, reports.get(claim.report_id)):
        return Pressed("help_called", changed=False, report_id=claim.report_id)
    if press.act == "close" and press.note.strip():
        act("note", press.note)  # before it is closed; refused only where closing is refused, too
    return act(press.act, press.choice)


def _was_pressed(press: Press, report: Report) -> bool:
    """Tell whether this button for help was pressed before: two fast taps are one call.

    While nobody has taken that call up, the button may be what wakes them.
    """
    shown = press.help_calls
    return shown is not None and report.help_calls > shown and not _is_calling(report)


def _is_calling(report: Report) -> bool:
    return report.help_calls > report.help_served


def _act_id(claim: LinkClaim, press: Press) -> str | None:
    """Return what a button for help has in common with its repetitions, if it says so."""
    if press.help_calls is None:
        return None
    return f"page-{claim.person_key.hex()}-{press.help_calls}"


def _admit(report: Report, claim: LinkClaim, responders: Responders) -> Notified:
    person = person_of(report.notified, claim)
    member = responders.get(person.unit_id, person.responder_id) if person else None
    if person is None or member is None or not member.verified:
        raise NotNotified(report.report_id)
    return person


def _stand(report: Report, person: Notified) -> Stand:
    if report.status is Status.CLOSED:
        cancelled = report.closing_reason is ClosingReason.CANCELLED_BY_REPORTER
        return Stand.CANCELLED if cancelled else Stand.CLOSED
    if report.status not in ACCEPTED:
        return Stand.INFORMED if person.part is Part.INFORMED else Stand.OFFERED
    if _is_mine(report, person):
        return Stand.YOURS
    if person.responder_id in report.helpers:
        return Stand.HELPING
    if may_take_over(report, person):
        return Stand.AT_DESK
    return Stand.HELP_WANTED if person.part is Part.HELPER else Stand.TAKEN


def _facts(report: Report, person: Notified, stand: Stand) -> Params:
    known = facts_for(report, person) if stand is Stand.OFFERED else facts(report)
    if stand in {Stand.YOURS, Stand.HELPING}:
        known |= pin(report)
    if stand is Stand.YOURS and report.can_talk:
        known |= {"phone": report.phone}
    return known


_SHOWS_LINKED = frozenset({Stand.OFFERED, Stand.YOURS, Stand.AT_DESK, Stand.HELPING})


def _same(report: Report, stand: Stand, reports: Reports) -> Params:
    """Return what may be said of linked reports to whoever goes, or may."""
    return same_facts(linked_with(report, reports)) if stand in _SHOWS_LINKED else {}


def _assignable(report: Report) -> tuple[Unit, ...]:
    known = report.ladder.units() if report.ladder else ()
    return tuple(unit for unit in known if unit.unit_id != DESK_UNIT_ID)[:UNITS_SHOWN]


def _is_mine(report: Report, person: Notified) -> bool:
    return report.status in ACCEPTED and report.acknowledged_by == person.responder_id


def _is_anothers(report: Report, person: Notified) -> bool:
    return report.status in ACCEPTED and report.acknowledged_by != person.responder_id


def _said_no(report: Report, person: Notified) -> bool:
    return person.responder_id in report.declined and not _is_mine(report, person)


def _always(_report: Report, _person: Notified) -> bool:
    return True


def _never(_report: Report, _person: Notified) -> bool:
    return False


_STILL_SO: Mapping[str, Callable[[Report, Notified], bool]] = {
    "accepted": _is_mine,
    "on_the_way": lambda report, person: (
        _is_mine(report, person) and report.status is Status.ON_THE_WAY
    ),
    "on_scene": lambda report, person: (
        _is_mine(report, person) and report.status is Status.ON_SCENE
    ),
    "help_called": lambda report, person: _is_mine(report, person) and report.help_calls > 0,
    "joined": lambda report, person: person.responder_id in report.helpers,
    "declined": _said_no,
    "handed_over": _said_no,
    "assigned": lambda report, _: report.status in SEARCHING and report.hand_rung is not None,
    "done": lambda report, _: report.status is Status.CLOSED,
    "already_taken": _is_anothers,
    "not_yours": lambda report, person: not _is_mine(report, person),
    # What was refused was so when the button was pressed, whatever is true now.
    "nobody_there": _always,
    "not_now": _always,
}
"""What a page may say of the button before, and when that is true: an address is easily changed."""


def _still_so(code: str | None, report: Report, person: Notified) -> bool:
    return code is not None and _STILL_SO.get(code, _never)(report, person)

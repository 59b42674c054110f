"""Offer a report to the people on duty of one unit, by LINE and SMS."""

from collections.abc import Callable, Sequence
from functools import partial

from ess.domain import report as incident
from ess.domain.conversation import Params, Prompt, reporter_view, status_prompt
from ess.domain.errors import (
    NobodyOnDuty,
    NoMoreRungs,
    ReportAlreadyAcknowledged,
    ReportClosed,
)
from ess.domain.ladder import Rung, RungKind, build_ladder
from ess.domain.report import Notified, Report
from ess.domain.responder import Responder
from ess.ports.clock import Clock
from ess.ports.reports import Reports
from ess.ports.responders import Responders
from ess.usecases.change_report import change_report
from ess.usecases.officer_news import news_for_others, others
from ess.usecases.respond_to_report import facts
from ess.usecases.send_messages import MessagesAbout, Outcome


def notify_responders(
    report_id: str,
    rung: int | None,
    attempt: int,
    token: str,
    wait_s: int,
    *,
    reports: Reports,
    responders: Responders,
    clock: Clock,
    messages_about: Callable[[Report], MessagesAbout],
) -> bool:
    """Notify everyone of a rung who may be called; the caller then waits on `token`.

    What is written when, so that no answer is lost and no status is untrue:

    1. The offer: who may now answer, and the token that an answer resumes. Nothing is claimed yet.
    2. The messages, side by side. A retry repeats the pushes (LINE takes each retry key once), but
       an SMS is sent only by the invocation that wrote the offer.
    3. Once any channel took a message: the status `notified`, and only then the reporter is told.
       If none did, the status stays what it was and the search goes on at once.

    At the desk, the last rung, there is nowhere to go on to: its round takes its time even if
    nobody was reached, and the reporter is told just that.

    Args:
        rung: index in the ladder; None is the desk. A report without ladder gets the desk alone.
        attempt: 1 for the first time on this rung.
        wait_s: seconds that the caller waits for an answer.

    Returns:
        True if a channel took a message; False only at the desk.

    Raises:
        NobodyOnDuty: at a station: nobody may be called, or no channel took a message.
        ReportClosed, ReportAlreadyAcknowledged: there is nobody to look for any more.
        ReportNotDispatched: its reporter is still being waited for.
        NoMoreRungs: the ladder ends before `rung`.
        ReportNotFound: there is none.
        TemporaryFailure: a store did not answer, or the report kept changing.
    """
    index, unit = _find_rung(report_id, rung, wait_s, reports, clock)
    crew = [person for person in responders.of_unit(unit.unit_id) if person.may_be_called]
    people = [_as_notified(person, index) for person in crew]
    before, offered = change_report(
        reports,
        report_id,
        lambda now_is: incident.offer(
            now_is, index, attempt, people, now=clock.now(), token=token, wait_s=wait_s
        ),
    )
    repeated = incident.is_repeat_of_offer(before, index, attempt)
    occasion = f"{index}-{attempt}"
    messages = messages_about(offered)
    taken = _send(messages, offered, crew, people, occasion, with_sms=not repeated)
    if not taken and repeated:
        taken = _was_texted(reports, report_id, occasion)
    if not taken:
        messages.note("nobody_reached", {"unit_id": unit.unit_id, "on_duty": len(crew)})
        if unit.kind is not RungKind.DESK:
            raise NobodyOnDuty(unit.unit_id)
    try:
        report = _claim(reports, offered, index, clock) if taken else offered
    except (ReportAlreadyAcknowledged, ReportClosed):
        # Answered while the messages were on their way: the card may have come after the news.
        _correct(reports.get(report_id), people, occasion, messages_about)
        return taken
    if repeated or _shown(before) != _shown(report):
        messages_about(report).tell_reporter(occasion)
    return taken


def _find_rung(
    report_id: str, rung: int | None, wait_s: int, reports: Reports, clock: Clock
) -> tuple[int, Rung]:
    report = reports.get(report_id)
    if rung is None and not report.ladder:
        # Assigning failed for good: the search goes on with the one unit that needs no lookup.
        _, report = change_report(
            reports,
            report_id,
            lambda now_is: incident.assign(
                now_is, build_ladder(()), now=clock.now(), acknowledge_s=wait_s
            ),
        )
    index = incident.desk_rung(report) if rung is None else rung
    if not 0 <= index < len(report.ladder):
        raise NoMoreRungs(f"{index} of {len(report.ladder)}")
    return index, report.ladder[index]


def _as_notified(person: Responder, rung: int) -> Notified:
    return Notified(
        responder_id=person.responder_id,
        unit_id=person.unit_id,
        name_th=person.name_th,
        name_en=person.name_en,
        rung=rung,
        line_user_id=person.line_user_id,
    )


def _send(
    messages: MessagesAbout,
    report: Report,
    crew: Sequence[Responder],
    people: Sequence[Notified],
    occasion: str,
    *,
    with_sms: bool,
) -> bool:
    """Offer the report on every channel; True if any of them took a message."""
    card, text = _offer_card(report), _offer_text(report)
    jobs: list[Callable[[], Outcome]] = []
    for person, notified in zip(crew, people, strict=True):
        if person.line_user_id:
            jobs.append(partial(messages.push_to, notified, card, occasion))
        if person.phone and with_sms:
            jobs.append(partial(messages.text_to, notified, person.phone, text, occasion))
    return Outcome.ACCEPTED in messages.together(jobs)


def _offer_card(report: Report) -> Prompt:
    unit = report.current_rung
    params: Params = {
        **facts(report),
        "latitude": report.pin.latitude,
        "longitude": report.pin.longitude,
        "rung_kind": unit.kind.value if unit else None,
    }
    return Prompt("officer.offer", params)


def _offer_text(report: Report) -> Prompt:
    known = facts(report)
    names = ("kind", "reference", "unit_th", "unit_en")
    return Prompt("sms.offer", {name: known[name] for name in names})


def _was_texted(reports: Reports, report_id: str, occasion: str) -> bool:
    """Tell whether an earlier invocation for the same round reached somebody by SMS."""
    return any(
        entry.action == "sms_sent"
        and entry.detail.get("occasion") == occasion
        and entry.detail.get("outcome") == Outcome.ACCEPTED.value
        for entry in reports.timeline(report_id)
    )


def _claim(reports: Reports, offered: Report, index: int, clock: Clock) -> Report:
    """Write that the rung was notified, now that it is true."""
    _, report = change_report(
        reports,
        offered.report_id,
        lambda now_is: incident.reach(now_is, index, now=clock.now()),
    )
    return report


def _correct(
    report: Report,
    people: Sequence[Notified],
    occasion: str,
    messages_about: Callable[[Report], MessagesAbout],
) -> None:
    ids = {person.responder_id for person in people}
    messages, news = messages_about(report), news_for_others(report)
    messages.together(
        [
            partial(messages.push_to, person, news, f"{occasion}-late")
            for person in others(report)
            if person.responder_id in ids
        ]
    )


def _shown(report: Report) -> tuple[str, str | None]:
    view = reporter_view(report)
    return status_prompt(view).name, view.unit_th

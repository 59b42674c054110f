"""Tell everyone how an accepted report goes on, and do not let it be forgotten."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from ess.domain import response
from ess.domain.conversation import Params, Prompt
from ess.domain.errors import ReportReleased, TemporaryFailure
from ess.domain.ladder import DESK, DESK_UNIT_ID, spoken
from ess.domain.report import (
    ACCEPTED as ACCEPTED_STATUSES,
)
from ess.domain.report import (
    SEARCHING,
    Change,
    Entry,
    Notified,
    Part,
    Report,
    refuse_superseded,
    unchanged,
)
from ess.domain.responder import Responder
from ess.ports.clock import Clock
from ess.ports.links import OfficerLinks
from ess.ports.reports import Reports
from ess.ports.responders import Responders
from ess.usecases.change_report import change_report
from ess.usecases.notify_responders import as_notified
from ess.usecases.officer_news import facts, facts_for, news_for, others, pin, sms_facts
from ess.usecases.pass_on_words import pass_on_words
from ess.usecases.send_messages import MessagesAbout, Outcome

ACCEPTED = "accepted"
"""Somebody has accepted just now."""
UNHEARD = "unheard"
"""The reporter could not be told, and the retries are used up: go on without."""


@dataclass(frozen=True, slots=True)
class _Tools:
    reports: Reports
    responders: Responders
    links: OfficerLinks
    clock: Clock


def follow_up_report(
    report_id: str,
    run: int,
    outcome: str,
    token: str,
    wait_s: int,
    *,
    reports: Reports,
    responders: Responders,
    links: OfficerLinks,
    clock: Clock,
    messages_about: Callable[[Report], MessagesAbout],
) -> Report:
    """Take up how an accepted report stands; the caller then waits on `token`.

    What is told follows from the report, not from how the wait ended: an outcome may have been
    lost, or may come late. So each time the reporter hears the present status, the others that it
    is taken, the officer who accepted what is new of the reporter and of helpers, further units are
    called where a call for help was not passed on yet, and whoever goes gets what the reporter has
    said (`pass_on_words`). LINE takes each of these messages once;
    an SMS is sent only by the invocation that wrote what it says.

    After `response.MAX_REMINDERS` reminders a silent officer loses the report, one on the scene
    later; an officer who has left the unit, or lost its trust, loses it at once.

    Args:
        run: the workflow execution that asks.
        outcome: how the wait before ended; only `UNHEARD` makes a difference here.
        wait_s: seconds that the caller waits for the next step.

    Returns:
        The report as it is now.

    Raises:
        ReportClosed: it has ended; see `conclude_report`.
        ReportReleased: nobody has it any more; it must be offered to others.
        ReportSuperseded: another execution carries it.
        ReportNotFound: there is none.
        TemporaryFailure: a store did not answer, or the reporter, or an officer of the reporter's
            words, could not be told for now. All may be repeated.
    """
    tools = _Tools(reports, responders, links, clock)
    before, report = change_report(
        reports, report_id, lambda now_is: _decide(now_is, run, token, wait_s, tools)
    )
    messages = messages_about(report)
    if report.status in SEARCHING:
        _tell_of_release(before, report, messages, tools)
        raise ReportReleased(report_id)
    told = _tell_everyone(before, report, messages, tools)
    for cause in response.unserved(report):
        report = _call_help(report, cause, token, wait_s, messages, tools)
        if report.status not in ACCEPTED_STATUSES:
            raise ReportReleased(report_id)
    report, passed_on = pass_on_words(
        report,
        messages.now_about(report),
        reports=reports,
        responders=responders,
        links=links,
        clock=clock,
    )
    if told is Outcome.FAILED and outcome != UNHEARD:
        raise TemporaryFailure("the reporter could not be told yet")
    if not passed_on and outcome != UNHEARD:
        raise TemporaryFailure("an officer could not be told yet what the reporter says")
    return report


def _decide(report: Report, run: int, token: str, wait_s: int, tools: _Tools) -> Change:
    refuse_superseded(report, run)
    if report.status in SEARCHING:
        return unchanged(report)  # given back, or released by an invocation before this one
    now = tools.clock.now()
    if report.status in ACCEPTED_STATUSES:
        silent = response.fell_silent(report, now=now, wait_s=wait_s)
        is_gone = _row(report.acknowledger, tools) is None
        if is_gone or (silent and response.may_be_released(report)):
            return response.release(report, now=now)
        if silent:
            return response.remind(report, now=now, token=token, wait_s=wait_s)
    return response.wait_for_progress(report, now=now, token=token, wait_s=wait_s)


def _row(person: Notified | None, tools: _Tools) -> Responder | None:
    """Return what the unit says of this person; None if it does not vouch for them any more."""
    row = tools.responders.get(person.unit_id, person.responder_id) if person else None
    if person is None or row is None or not row.verified:
        return None
    # The place may have been given to somebody else, who has not seen this report.
    is_another = person.line_user_id is not None and row.line_user_id != person.line_user_id
    return None if is_another else row


def _tell_everyone(
    before: Report, report: Report, messages: MessagesAbout, tools: _Tools
) -> Outcome:
    """Tell how the report stands; what came of the message to the reporter."""
    # Who was released may accept again: that is news, so the moment is part of the occasion.
    occasion = f"{report.acknowledged_by}-{report.acknowledged_at}"
    jobs: list[Callable[[], Outcome]] = [partial(messages.tell_reporter, occasion)]
    jobs += [
        partial(messages.push_to, person, news_for(person, report), occasion)
        for person in others(report)
        # "You need not go" is not for who was called to help, or goes to help.
        if person.part is not Part.HELPER and person.responder_id not in report.helpers
    ]
    person, row = report.acknowledger, _row(report.acknowledger, tools)
    if person and row:
        for prompt, what, is_new in _news_for_holder(before, report):
            text = _text("sms.news", report, person, tools) if is_new else None
            on = f"{occasion}-{what}"
            jobs.append(partial(_tell_officer, messages, person, row, prompt, text, on))
    return messages.together(jobs)[0]


_NOT_BY_LINE = frozenset({Outcome.QUOTA_SPENT, Outcome.UNREACHABLE})
"""What trying again by LINE does not mend: a text, if there is one, goes out instead."""


def _tell_officer(
    messages: MessagesAbout,
    person: Notified,
    row: Responder | None,
    prompt: Prompt,
    text: Prompt | None,
    occasion: str,
) -> Outcome:
    """Tell an officer by LINE, or where LINE does not reach them by SMS."""
    outcome = Outcome.UNREACHABLE
    if person.line_user_id and not (row and row.line_blocked):
        outcome = messages.push_to(person, prompt, occasion)
    if outcome in _NOT_BY_LINE and text and row and row.phone:
        outcome = messages.text_to(person, row.phone, text, occasion)
    return outcome


def _news_for_holder(before: Report, report: Report) -> Iterator[tuple[Prompt, str, bool]]:
    """Yield what the officer who accepted should know: message, occasion, and whether it is new.

    What was told before is yielded again: LINE takes it once. An SMS needs it to be new.
    """
    known = facts(report)
    if report.reminders:
        newly = report.reminders > before.reminders
        # After progress the count begins anew: the moment tells one reminder from another.
        which = f"reminder-{report.reminders}-{report.quiet_since}"
        yield Prompt("officer.reminder", known), which, newly
    if report.contact_changes > report.contact_known:
        phone = report.phone if report.can_talk else None
        name = "officer.phone_added" if phone else "officer.no_call"
        # The first wait after the change is the one that brings the news.
        newly = report.contact_changes > before.contact_told
        yield Prompt(name, known | {"phone": phone}), f"contact-{report.contact_changes}", newly
    for helper in map(report.find_notified, report.helpers):
        if helper is not None:
            names: Params = {"responder_th": helper.name_th, "responder_en": helper.name_en}
            prompt = Prompt("officer.helper_joined", known | names)
            yield prompt, f"joined-{helper.responder_id}", False
    if report.nobody_came > report.nobody_known:
        newly = response.Cause.NOBODY_CAME in response.unserved(before)
        yield Prompt("officer.nobody_came", known), f"nobody-came-{report.nobody_came}", newly


def _tell_of_release(
    before: Report, report: Report, messages: MessagesAbout, tools: _Tools
) -> None:
    """Tell whoever lost the report, and the reporter that somebody else is looked for."""
    person = before.acknowledger
    if person is not None and before is not report:
        prompt = Prompt("officer.released", facts(before))
        text = Prompt("sms.released", sms_facts(before, person))
        row, occasion = _row(person, tools), f"{before.acknowledged_at}"
        _tell_officer(messages.now_about(before), person, row, prompt, text, occasion)
    # "On the way" is true no more; the moment makes it one message however often it is tried.
    messages.tell_reporter(f"released-{report.changed_at}")


_HELP_CARDS = {
    response.Cause.HELP: "officer.help_wanted",
    response.Cause.NOBODY_CAME: "officer.nobody_arrived",
    response.Cause.CHECK: "officer.please_check",
}
"""What the further units are told, by the reason why they are called."""


def _call_help(
    report: Report,
    cause: response.Cause,
    token: str,
    wait_s: int,
    messages: MessagesAbout,
    tools: _Tools,
) -> Report:
    """Call further units to help whoever accepted, and say who was called.

    First they are let in, then they are told, and only then the call counts as passed on: whatever
    ends this between is made good by the next invocation, to the same units. It repeats the pushes,
    which LINE takes once, and sends an SMS to whom the timeline knows of none.
    """
    crew: dict[str, Responder] = {}
    lines: list[Entry] = []

    def add(now_is: Report) -> Change:
        refuse_superseded(now_is, report.run)
        if now_is.status not in ACCEPTED_STATUSES:
            return unchanged(now_is)
        now = tools.clock.now()
        if cause not in response.unserved(now_is):
            return response.wait_for_progress(now_is, now=now, token=token, wait_s=wait_s)
        lines[:] = tools.reports.timeline(report.report_id)
        units = response.called_units(lines, cause, response.calls(now_is, cause))
        crew.clear()
        if units is not None:
            crew.update(_people_of(units, now_is, tools))
            return response.wait_for_progress(now_is, now=now, token=token, wait_s=wait_s)
        crew.update(_crew_to_help(now_is, tools))
        people = [as_notified(person, now_is.next_step, Part.HELPER) for person in crew.values()]
        return response.add_helpers(now_is, cause, people, now=now, token=token, wait_s=wait_s)

    _, after = change_report(tools.reports, report.report_id, add)
    if after.status not in ACCEPTED_STATUSES or cause not in response.unserved(after):
        return after
    _tell_helpers(after, cause, crew, lines, messages.now_about(after), tools)
    call = response.calls(after, cause)
    _, served = change_report(
        tools.reports, report.report_id, lambda now_is: response.serve(now_is, cause, call)
    )
    return served


def _people_of(unit_ids: Iterable[str], report: Report, tools: _Tools) -> dict[str, Responder]:
    """Return those of some units who may be called to help, by their ids."""
    now = tools.clock.now()
    busy = {*report.helpers, *report.declined, report.acknowledged_by}
    return {
        person.responder_id: person
        for unit_id in unit_ids
        for person in tools.responders.of_unit(unit_id)
        if person.may_be_called(now) and person.responder_id not in busy
    }


def _crew_to_help(report: Report, tools: _Tools) -> dict[str, Responder]:
    """Return whom a call for help goes to: two units that have somebody, and always the desk.

    Units that nobody has asked come first; where none is left, those who were asked before. Neither
    whoever is on it already nor whoever said that they cannot go is called.
    """
    crew: dict[str, Responder] = {}
    units = 0
    for unit in (*response.units_to_help(report), DESK):
        if unit.unit_id != DESK_UNIT_ID and units == response.UNITS_TO_HELP:
            continue
        people = _people_of([unit.unit_id], report, tools)
        units += bool(people)
        crew |= people
    return crew


def _tell_helpers(
    report: Report,
    cause: response.Cause,
    crew: dict[str, Responder],
    lines: Iterable[Entry],
    messages: MessagesAbout,
    tools: _Tools,
) -> None:
    occasion = f"{cause.value}-{response.calls(report, cause)}"
    texted = _texted_before(lines, occasion)
    # The card names the helper's own unit as how far it is; whose help is wanted stands beside it.
    of_holder = facts(report)
    holder: Params = {f"unit_holder_{la}": of_holder[f"unit_{la}"] for la in ("th", "en")}
    jobs: list[Callable[[], Outcome]] = []
    unit_ids: list[str] = []
    for row in crew.values():
        person = report.find_notified(row.responder_id)
        if person is None:
            continue
        if person.line_user_id and not row.line_blocked:
            card = Prompt(_HELP_CARDS[cause], facts_for(report, person) | pin(report) | holder)
            jobs.append(partial(messages.push_to, person, card, occasion))
            unit_ids.append(person.unit_id)
        if row.phone and row.responder_id not in texted:
            text = _text("sms.help", report, person, tools)
            jobs.append(partial(messages.text_to, person, row.phone, text, occasion))
            unit_ids.append(person.unit_id)
    outcomes = zip(unit_ids, messages.together(jobs), strict=True)
    reached = {unit_id: None for unit_id, outcome in outcomes if outcome is Outcome.ACCEPTED}
    reached |= {unit_id: None for unit_id in texted.values() if unit_id is not None}
    person_in_charge = report.acknowledger
    if cause is response.Cause.HELP and person_in_charge and person_in_charge.line_user_id:
        names_th, names_en, _ = spoken(report.units(reached))
        called: Params = {"called_th": names_th or None, "called_en": names_en or None}
        name = "officer.help_sent" if reached else "officer.help_nobody"
        messages.push_to(person_in_charge, Prompt(name, of_holder | called), occasion)


def _texted_before(lines: Iterable[Entry], occasion: str) -> dict[str, str | None]:
    """Return to whom an earlier invocation sent this SMS, and their unit where a carrier took it.

    One that was lost is not sent again either: a repeat could be a second SMS.
    """
    return {
        str(line.detail.get("responder")): str(line.detail.get("unit_id"))
        if line.detail.get("outcome") == Outcome.ACCEPTED.value
        else None
        for line in lines
        if line.action == "sms_sent"
        and line.detail.get("message") == "sms.help"
        and line.detail.get("occasion") == occasion
    }


def _text(name: str, report: Report, person: Notified, tools: _Tools) -> Prompt:
    """Return an SMS to an officer, with the link to the page that shows the report."""
    now = tools.clock.now()
    link = tools.links.link_for(report.report_id, person.unit_id, person.responder_id, now)
    return Prompt(name, sms_facts(report, person) | {"link": link})

"""Tell everyone how an accepted report goes on, and do not let it be forgotten."""

from collections.abc import Callable
from functools import partial

from ess.domain import report as incident
from ess.domain.conversation import Prompt
from ess.domain.errors import ReportReleased, TemporaryFailure
from ess.domain.report import SEARCHING, Change, Report
from ess.ports.clock import Clock
from ess.ports.reports import Reports
from ess.usecases.change_report import change_report
from ess.usecases.officer_news import news_for_others, others
from ess.usecases.respond_to_report import facts
from ess.usecases.send_messages import MessagesAbout, Outcome

ACCEPTED = "accepted"
"""Somebody has accepted just now: the other officers are told, too."""
SILENCE = "silence"
"""The wait for progress has ended without any."""
FOR_THE_OFFICER = {"phone_added": "officer.phone_added", "no_call": "officer.no_call"}
"""News of the reporter's for the officer who accepted, and the message that tells it."""
UNHEARD = "unheard"
"""The reporter could not be told, and the retries are used up: wait on, tell nobody."""


def follow_up_report(
    report_id: str,
    outcome: str,
    token: str,
    wait_s: int,
    *,
    reports: Reports,
    clock: Clock,
    messages_about: Callable[[Report], MessagesAbout],
) -> None:
    """Take up what has happened to an accepted report; the caller then waits on `token`.

    The reporter is told the present status, whichever step led here, so a step that was missed is
    never told late. After `incident.MAX_REMINDERS` reminders a silent officer loses the report,
    except one who is on the scene.

    Args:
        outcome: how the wait before ended: `ACCEPTED`, ``progress``, one of `FOR_THE_OFFICER`,
            `SILENCE` or `UNHEARD`.
        wait_s: seconds that the caller waits for the next step.

    Raises:
        ReportClosed: it has ended; see `conclude_report`.
        ReportReleased: nobody has it any more; it must be offered to others.
        ReportNotFound: there is none.
        TemporaryFailure: a store did not answer, or the reporter could not be told for now. All
            may be repeated.
    """
    before, report = change_report(
        reports, report_id, lambda now_is: _decide(now_is, outcome, token, wait_s, clock.now())
    )
    messages = messages_about(report)
    # Who was released may accept again: that is news, so the moment is part of the occasion.
    occasion = f"{report.acknowledged_by}-{report.acknowledged_at}"
    if report.status in SEARCHING:
        _tell_released(before, messages_about(before))
        # "On the way" is true no more; the moment makes it one message however often it is tried.
        messages.tell_reporter(f"released-{before.acknowledged_at or report.version}")
        raise ReportReleased(report_id)
    if outcome == SILENCE and report.reminders:
        _remind(report, messages, f"{occasion}-{report.status}-{report.reminders}")
        return
    if outcome == UNHEARD:
        return
    if outcome in FOR_THE_OFFICER:
        _tell_officer(report, outcome, messages)
        return
    jobs: list[Callable[[], Outcome]] = [partial(messages.tell_reporter, occasion)]
    if outcome == ACCEPTED:
        news = news_for_others(report)
        jobs += [partial(messages.push_to, person, news, occasion) for person in others(report)]
    if messages.together(jobs)[0] is Outcome.FAILED:
        raise TemporaryFailure("the reporter could not be told yet")


def _decide(report: Report, outcome: str, token: str, wait_s: int, now: float) -> Change:
    if report.status in SEARCHING:
        return Change(report, ())  # given back, or released by an invocation before this one
    if outcome == SILENCE and incident.fell_silent(report, now=now, wait_s=wait_s):
        if incident.may_be_released(report):
            return incident.release(report, now=now, wait_s=wait_s)
        return incident.remind(report, now=now, token=token, wait_s=wait_s)
    return incident.wait_for_progress(report, now=now, token=token, wait_s=wait_s)


def _remind(report: Report, messages: MessagesAbout, occasion: str) -> None:
    person = report.acknowledger
    if person and person.line_user_id:
        messages.push_to(person, Prompt("officer.reminder", facts(report)), occasion)


def _tell_officer(report: Report, outcome: str, messages: MessagesAbout) -> None:
    person = report.acknowledger
    if person and person.line_user_id:
        params = {**facts(report), "phone": report.phone if report.can_talk else None}
        prompt = Prompt(FOR_THE_OFFICER[outcome], params)
        messages.push_to(person, prompt, f"{outcome}-{report.phone}")


def _tell_released(before: Report, messages: MessagesAbout) -> None:
    person = before.acknowledger
    if person and person.line_user_id:
        prompt = Prompt("officer.released", facts(before))
        messages.push_to(person, prompt, f"{before.acknowledged_at}")

"""Pass on what a reporter says, mends and sends to the officers who go to an accepted report."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from ess.domain import relay
from ess.domain.conversation import Params, Prompt
from ess.domain.media import MediaKind
from ess.domain.relay import News
from ess.domain.report import Change, Notified, Report, Status, Told, unchanged
from ess.domain.responder import Responder
from ess.ports.clock import Clock
from ess.ports.links import OfficerLinks
from ess.ports.reports import Reports
from ess.ports.responders import Responders
from ess.usecases.change_report import change_report
from ess.usecases.officer_news import facts, pin, sms_facts
from ess.usecases.send_messages import MessagesAbout, Outcome

_COUNTS = {MediaKind.IMAGE: "images", MediaKind.VIDEO: "videos", MediaKind.AUDIO: "sounds"}

_NOT_BY_LINE = frozenset({Outcome.QUOTA_SPENT, Outcome.UNREACHABLE})
"""What trying again by LINE does not mend: an SMS says that there is news, if there is a number."""

_LATER = frozenset({Outcome.FAILED, Outcome.OVERTAKEN})


@dataclass(frozen=True, slots=True)
class _Listener:
    """Somebody who goes, and what they have not heard yet."""

    person: Notified
    row: Responder
    news: News


def pass_on_words(
    report: Report,
    messages: MessagesAbout,
    *,
    reports: Reports,
    responders: Responders,
    links: OfficerLinks,
    clock: Clock,
) -> tuple[Report, bool]:
    """Tell everyone who goes what they have not been told of the reporter's.

    By LINE each text is a message of its own, once, in the order of writing; what was told is
    written down after it was told, so that nothing is left out whatever fails between. Whom LINE
    does not reach gets one SMS with the link to all of it; that is written down before it is sent,
    so that it is one, and not oftener than each `relay.TEXT_PAUSE_S` seconds.

    Args:
        report: an accepted report as it was last written; of another one nobody is told anything.
        messages: sends messages about it.

    Returns:
        The report as it is now, and whether everyone was told whom LINE takes messages for.

    Raises:
        TemporaryFailure: a store did not answer, or the report kept changing. Doing it again is
            harmless.
    """
    listeners = [*_listeners(report, responders)]
    if not listeners:
        return report, True
    now = clock.now()
    jobs = [partial(_push_all, one, report, messages, links, now) for one in listeners]
    outcomes = messages.together(jobs)
    told: list[Told] = []
    by_sms: list[_Listener] = []
    for one, outcome in zip(listeners, outcomes, strict=True):
        if outcome in _NOT_BY_LINE:
            by_sms.append(one)
        elif outcome not in _LATER:
            told.append(relay.all_told(report, one.person.responder_id))
    after = _write_down(report, told, reports) if told else report
    for one in by_sms:
        after = _text(one, report, after, messages, reports, links, now)
    return after, not _LATER.intersection(outcomes)


def _listeners(report: Report, responders: Responders) -> Iterator[_Listener]:
    for person in relay.on_it(report):
        news = relay.news_of(report, person.responder_id)
        row = responders.get(person.unit_id, person.responder_id) if news else None
        # Who left the unit, or whose place was given to somebody else, is told nothing more.
        if row and row.verified and person.line_user_id in (None, row.line_user_id):
            yield _Listener(person, row, news)


def _push_all(
    one: _Listener, report: Report, messages: MessagesAbout, links: OfficerLinks, now: float
) -> Outcome:
    """Push everything to one person, in order; stop at the first that LINE does not take."""
    if not one.person.line_user_id or one.row.line_blocked:
        return Outcome.UNREACHABLE
    for prompt, occasion in _messages(one, report, links, now):
        outcome = messages.push_to(one.person, prompt, occasion)
        if outcome in _LATER or outcome in _NOT_BY_LINE:
            return outcome
    return Outcome.ACCEPTED


def _messages(
    one: _Listener, report: Report, links: OfficerLinks, now: float
) -> Iterator[tuple[Prompt, str]]:
    """Yield the messages, and what makes each the same when it is sent again."""
    known, news = facts(report), one.news
    if news.retracted:
        yield Prompt("officer.unsent", known), f"unsent-{report.retracted}"
    if news.mended:
        new_pin: Params = {"new_pin": True} if news.pin_moved else {}
        yield Prompt("officer.details", known | pin(report) | new_pin), f"details-{report.mended}"
    for words in news.words:
        yield Prompt("officer.from_reporter", known | {"words": words.text}), words.key
    if news.media:
        counts = _count([ref.kind for ref in news.media])
        page: Params = {"page": _link(one.person, report, links, now)}
        yield Prompt("officer.media", known | counts | page), f"media-{len(report.media)}"


def _count(kinds: Sequence[MediaKind]) -> Params:
    return {name: kinds.count(kind) for kind, name in _COUNTS.items() if kind in kinds}


def _link(person: Notified, report: Report, links: OfficerLinks, now: float) -> str:
    return links.link_for(report.report_id, person.unit_id, person.responder_id, now)


def _write_down(report: Report, told: Sequence[Told], reports: Reports) -> Report:
    _, after = change_report(
        reports,
        report.report_id,
        # A closed report passes nothing on: what was told of it matters no more.
        lambda now_is: (
            unchanged(now_is) if now_is.status is Status.CLOSED else relay.mark(now_is, told)
        ),
    )
    return after


def _text(
    one: _Listener,
    report: Report,
    latest: Report,
    messages: MessagesAbout,
    reports: Reports,
    links: OfficerLinks,
    now: float,
) -> Report:
    """Send one SMS, if one may be sent now; what it says nothing of is left for the next."""
    person, phone = one.person, one.row.phone
    if not phone or not relay.may_text(relay.told_to(latest, person.responder_id), now):
        return latest
    mark = relay.all_told(report, person.responder_id, texted_at=now)
    sends = False

    def claim(now_is: Report) -> Change:
        nonlocal sends
        told = relay.told_to(now_is, person.responder_id)
        sends = relay.is_on_it(now_is, person.responder_id) and relay.may_text(told, now)
        return relay.mark(now_is, [mark]) if sends else unchanged(now_is)

    _, after = change_report(reports, report.report_id, claim)
    if sends:
        facts_of_sms = sms_facts(report, person) | {"link": _link(person, report, links, now)}
        occasion = f"words-{mark.mended}-{mark.notes}-{mark.media}-{mark.retracted}"
        messages.text_to(person, phone, Prompt("sms.news", facts_of_sms), occasion)
    return after

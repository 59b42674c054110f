"""Offer a report to the people on duty at one step of its ladder, on all channels of its rung."""

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from ess.domain import dispatch
from ess.domain.conversation import Params, Prompt
from ess.domain.errors import (
    NobodyOnDuty,
    ReportAlreadyAcknowledged,
    ReportClosed,
    StepNotAllowed,
)
from ess.domain.ladder import DESK_UNIT_ID, Channel, Rung, Unit, desk_alone, spoken
from ess.domain.report import (
    ACCEPTED,
    Change,
    Notified,
    Part,
    Report,
    refuse_superseded,
    refuse_unless_searching,
)
from ess.domain.responder import Responder
from ess.ports.clock import Clock
from ess.ports.links import OfficerLinks
from ess.ports.reports import Reports
from ess.ports.responders import Responders
from ess.usecases.change_report import change_report
from ess.usecases.linked_reports import is_held_by, linked_with, same_facts
from ess.usecases.officer_news import facts_for, news_for, others, pin
from ess.usecases.send_messages import MessagesAbout, Outcome

DESK_WAIT_S = 60
"""Seconds between two calls of the desk where no ladder says otherwise: assigning failed."""


_DIRECT = frozenset({Channel.LINE, Channel.SMS})


@dataclass(frozen=True, slots=True)
class _Called:
    """A person who is called, and the ways that reach them."""

    responder: Responder
    notified: Notified
    channels: frozenset[Channel]


@dataclass(frozen=True, slots=True)
class _Crew:
    """Who is called at a step.

    Args:
        rung: whose people they are.
        called: they, and who is informed.
        mail: whether the desk's address gets an e-mail.
        spares: whether somebody is not called only because their channel is spared just now.
    """

    rung: Rung
    called: tuple[_Called, ...]
    mail: bool = False
    spares: bool = False

    @property
    def people(self) -> list[Notified]:
        return [c.notified for c in self.called]

    def again(self, told: Container[str]) -> "_Crew":
        """Return how to call those of whom `told` was called before: an SMS is not repeated."""
        called = tuple(
            replace(c, channels=c.channels - {Channel.SMS})
            if c.notified.responder_id in told
            else c
            for c in self.called
        )
        return replace(self, called=called, mail=False)


@dataclass(frozen=True, slots=True)
class _Tools:
    reports: Reports
    responders: Responders
    links: OfficerLinks
    clock: Clock
    linked: tuple[Report, ...]


def notify_responders(
    report_id: str,
    run: int,
    step: int,
    token: str,
    *,
    reports: Reports,
    responders: Responders,
    links: OfficerLinks,
    clock: Clock,
    messages_about: Callable[[Report], MessagesAbout],
    counted_anew: bool = False,
) -> tuple[Report, bool]:
    """Notify everyone of a step who may be called; the caller then waits on `token`.

    What is written when, so that no answer is lost and no status is untrue:

    1. The offer: who may now answer, and the token that an answer resumes. Nothing is claimed yet.
    2. The messages, side by side. A retry repeats the pushes (LINE takes each retry key once), but
       an SMS or e-mail is sent only by the invocation that wrote the offer, and an SMS not any more
       once somebody has accepted.
    3. Once any channel took a message: the status `notified`, and only then the reporter is told.
       If none did, the status stays what it was and the search goes on at once.

    On the last rung there is nowhere to go on to: it takes its time even if nobody was reached, and
    the reporter is told just that. The people of the rungs before are called then, too.

    Args:
        run: the workflow execution that asks.
        step: step of the ladder. A report without a ladder gets the desk alone.
        token: task token of the state that waits for an answer.
        counted_anew: whether `step` counts from 0 in this execution, because the execution could
            not learn where the one before had come to.

    Returns:
        The report, and whether a channel took a message for the step's own units; that can be False
        on the last rung only.

    Raises:
        NobodyOnDuty: before the last rung: nobody may be called, or no channel took a message.
        ReportClosed, ReportAlreadyAcknowledged: there is nobody to look for any more.
        ReportSuperseded: another execution carries the report.
        ReportNotDispatched: its reporter is still being waited for.
        NoMoreRungs: this execution has asked the last rung often enough.
        StepNotAllowed: a later step was offered: this invocation had hung.
        ReportNotFound: there is none.
        TemporaryFailure: a store did not answer, or the report kept changing.
    """
    report = _with_ladder(report_id, run, reports, clock)
    step += report.run_step if counted_anew else 0
    tools = _Tools(reports, responders, links, clock, tuple(linked_with(report, reports)))
    before, report, crew = _offer(report_id, run, step, token, tools)
    repeated = dispatch.is_repeat_of_offer(before, step)
    occasion = f"{report.reopened}-{step}"
    messages = messages_about(report)
    if repeated:
        crew = crew.again({person.responder_id for person in crew.people})
    reached = _send(messages, report, crew, occasion, tools)
    if repeated:
        reached |= _texted_before(reports, report_id, occasion)
    claimed = [unit.unit_id for unit in crew.rung.units if unit.unit_id in reached]
    answered_for = bool(claimed) or crew.spares
    if not answered_for:
        ids = " ".join(unit.unit_id for unit in crew.rung.units)
        on_duty = sum(person.part is Part.RESPONDER for person in crew.people)
        messages.note("nobody_reached", {"unit_id": ids, "on_duty": on_duty, "step": step})
        if not dispatch.is_last(report, step):
            raise NobodyOnDuty(ids)
        report, crew, claimed = _call_besides(messages, report, run, step, occasion, tools)
    if claimed:
        try:
            report = _claim(reports, report, step, claimed, clock)
        except (ReportAlreadyAcknowledged, ReportClosed):
            # Answered while the messages were on their way: the card may have come after the news.
            report = reports.get(report_id)
            _correct(report, crew.people, occasion, messages.now_about(report))
            return report, True
    # Each time, not only when it changed: LINE takes it once, and may not have taken it before.
    shown = "+".join(report.reached) or "nobody"
    messages.now_about(report).tell_reporter(f"{report.reopened}-{shown}")
    return report, answered_for


def _with_ladder(report_id: str, run: int, reports: Reports, clock: Clock) -> Report:
    """Return the report; without a ladder it gets the one unit that needs no lookup."""
    report = reports.get(report_id)
    refuse_superseded(report, run)
    if report.ladder is None or (report.step is None and report.ladder.begins):
        _, report = change_report(
            reports,
            report_id,
            lambda now_is: dispatch.assign(now_is, desk_alone(DESK_WAIT_S), now=clock.now()),
        )
    return report


def _offer(
    report_id: str, run: int, step: int, token: str, tools: _Tools
) -> tuple[Report, Report, _Crew]:
    """Write the offer; the report before and after, and whom it went to.

    Whom to call is read for the very report that is written: at any moment the desk may choose a
    unit, or somebody say that they cannot go.
    """
    crews: list[_Crew] = []

    def offer(now_is: Report) -> Change:
        refuse_superseded(now_is, run)
        refuse_unless_searching(now_is)
        crews.append(_crew_of(now_is, step, tools))
        return dispatch.offer(now_is, step, crews[-1].people, now=tools.clock.now(), token=token)

    before, after = change_report(tools.reports, report_id, offer)
    return before, after, crews[-1]


def _crew_of(report: Report, step: int, tools: _Tools) -> _Crew:
    """Return everyone on duty of the step's units and of those that are informed, each once."""
    rung = report.rung_at(step)
    if rung is None:
        raise StepNotAllowed("there is no ladder")
    channels = dispatch.channels_at(report, step)
    called: dict[str, _Called] = {}
    spares = False
    for person in _on_duty(rung.units, tools):
        if not dispatch.may_be_asked(report, person.responder_id, step):
            continue
        ways = _ways_to(person, channels)
        spares |= not ways and bool(_ways_to(person, rung.channels))
        _add(called, person, step, Part.RESPONDER, ways)
    for person in _holders(report, step, tools):
        _add(called, person, step, Part.RESPONDER, _ways_to(person, channels))
    for notice in dispatch.notices_due(report, step):
        for person in _on_duty(notice.units, tools):
            _add(called, person, step, Part.INFORMED, _ways_to(person, notice.channels))
    return _Crew(rung, tuple(called.values()), Channel.EMAIL in channels, spares)


def _on_duty(units: Iterable[Unit], tools: _Tools) -> Iterator[Responder]:
    now = tools.clock.now()
    for unit in units:
        for person in tools.responders.of_unit(unit.unit_id):
            if person.may_be_called(now):
                yield person


def _holders(report: Report, step: int, tools: _Tools) -> Iterator[Responder]:
    """Return who has accepted a linked report, at the first step: they are there, or nearly.

    Not the desk, which sends nobody; nor somebody of a unit that this report does not know.
    """
    if not dispatch.is_first(report, step):
        return
    repeated = dispatch.is_repeat_of_offer(report, step)
    for other in tools.linked:
        holder = other.acknowledger if other.status in ACCEPTED else None
        if holder is None or holder.unit_id == DESK_UNIT_ID or not report.unit(holder.unit_id):
            continue
        if repeated and report.find_notified(holder.responder_id) is None:
            continue  # accepted since the offer was written: it does not name them
        if not dispatch.may_be_asked(report, holder.responder_id, step):
            continue
        person = tools.responders.get(holder.unit_id, holder.responder_id)
        if person is not None and person.may_be_called(tools.clock.now()):
            yield person


def _ways_to(person: Responder, channels: Iterable[Channel]) -> frozenset[Channel]:
    """Return those of `channels` that reach the person."""
    missing = set()
    if person.line_user_id is None or person.line_blocked:
        missing.add(Channel.LINE)
    if not person.phone:
        missing.add(Channel.SMS)
    return _DIRECT.intersection(channels) - missing


def _add(
    called: dict[str, _Called], person: Responder, step: int, part: Part, ways: frozenset[Channel]
) -> None:
    """Add a person to whom there is a way: who gets no message was not asked either."""
    if ways and person.responder_id not in called:
        called[person.responder_id] = _Called(person, as_notified(person, step, part), ways)


def _call_besides(
    messages: MessagesAbout, report: Report, run: int, step: int, occasion: str, tools: _Tools
) -> tuple[Report, _Crew, list[str]]:
    """Call the people of the rungs before, because nobody of the last one was reached.

    Returns:
        The report, who was called, and the units to claim as notified: those that were until now,
        so that the reporter is not told of each call; else those of which somebody was reached.
    """
    called: dict[str, _Called] = {}
    units: list[Unit] = []
    for rung in dispatch.those_before(report, step):
        units += rung.units
        channels = report.ladder.channels_at(step, rung.channels) if report.ladder else ()
        for person in _on_duty(rung.units, tools):
            if dispatch.may_be_asked_besides(report, person.responder_id, step):
                _add(called, person, step, Part.RESPONDER, _ways_to(person, channels))
    crew = _Crew(Rung(tuple(units), tuple(_DIRECT), 0), tuple(called.values()))
    if not called:
        return report, crew, []

    def offer(now_is: Report) -> Change:
        refuse_superseded(now_is, run)
        return dispatch.offer_besides(now_is, step, crew.people, now=tools.clock.now())

    before, report = change_report(tools.reports, report.report_id, offer)
    told = {person.responder_id for person in before.on_current_step()}
    took = _send(messages.now_about(report), report, crew.again(told), occasion, tools)
    reached = [unit.unit_id for unit in units if unit.unit_id in took]
    return report, crew, [*(report.reached or reached)]


def as_notified(person: Responder, step: int, part: Part) -> Notified:
    """Return `person` as the report remembers who may act."""
    return Notified(
        responder_id=person.responder_id,
        unit_id=person.unit_id,
        name_th=person.name_th,
        name_en=person.name_en,
        step=step,
        line_user_id=person.line_user_id,
        part=part,
        language=person.language,
    )


def _send(
    messages: MessagesAbout, report: Report, crew: _Crew, occasion: str, tools: _Tools
) -> set[str]:
    """Send everything side by side; ids of the units for whose responders a channel took it."""
    texts: list[tuple[str, Callable[[], Outcome]]] = []
    cards: list[tuple[str, Callable[[], Outcome]]] = []
    now = tools.clock.now()
    for c in crew.called:
        asked = c.notified.part is Part.RESPONDER
        unit_id = c.notified.unit_id if asked else ""
        if Channel.SMS in c.channels and c.responder.phone:
            text = partial(
                messages.text_to,
                c.notified,
                c.responder.phone,
                _text(report, c.notified, now, tools.links),
                occasion,
                while_searching=asked,
            )
            texts.append((unit_id, text))
        if Channel.LINE in c.channels:
            card = _card(report, c.notified, tools.linked)
            cards.append((unit_id, partial(messages.push_to, c.notified, card, occasion)))
    if crew.mail:  # that a mail was taken does not say that anybody has such an address
        texts.append(("", partial(messages.mail_desk, _mail(report), occasion)))
    jobs = texts + cards  # LINE may hang: the texts do not wait for it
    outcomes = messages.together([job for _, job in jobs])
    took = {unit for (unit, _), is_ in zip(jobs, outcomes, strict=True) if is_ is Outcome.ACCEPTED}
    return took - {""}


def _card(report: Report, person: Notified, linked: Sequence[Report]) -> Prompt:
    known = facts_for(report, person) | pin(report)
    if person.part is Part.INFORMED:
        return Prompt("officer.informed", known)
    known |= same_facts(linked)
    if person.unit_id == DESK_UNIT_ID:
        return Prompt(
            "officer.offer_desk",
            known | asked_before(report) | _again(report) | {"at_desk": True},
        )
    has_one = any(is_held_by(other, person) for other in linked)
    return Prompt("officer.offer_same" if has_one else "officer.offer", known | _again(report))


def _again(report: Report) -> Params:
    return {"again": True} if report.reopened else {}


def asked_before(report: Report) -> Params:
    """Return the names of the units that were asked and have not accepted, for the desk."""
    ids = dict.fromkeys(n.unit_id for n in report.notified if n.part is not Part.INFORMED)
    names_th, names_en, _ = spoken(report.units(i for i in ids if i != DESK_UNIT_ID))
    return {"asked_th": names_th or None, "asked_en": names_en or None}


def _text(report: Report, person: Notified, now: float, links: OfficerLinks) -> Prompt:
    known = facts_for(report, person)
    names = ("kind", "reference", "unit_th", "unit_en", "drill")
    params = {name: known[name] for name in names if name in known}
    if person.part is Part.INFORMED:
        return Prompt("sms.informed", params)
    link = links.link_for(report.report_id, person.unit_id, person.responder_id, now)
    return Prompt("sms.offer", params | {"link": link})


def _mail(report: Report) -> Prompt:
    desk = report.unit(DESK_UNIT_ID)
    known: Params = {
        "kind": int(report.kind),
        "reference": report.reference,
        "opened_at": report.opened_at,
    }
    more = asked_before(report) | {"can_talk": report.can_talk}
    drill: Params = {"drill": True} if report.drill else {}
    return Prompt("mail.desk", known | more | drill | {"unit_th": desk.name_th if desk else None})


def _texted_before(reports: Reports, report_id: str, occasion: str) -> set[str]:
    """Return the units of which an earlier invocation for the same step reached somebody by SMS."""
    return {
        str(entry.detail.get("unit_id"))
        for entry in reports.timeline(report_id)
        if entry.action == "sms_sent"
        and entry.detail.get("occasion") == occasion
        and entry.detail.get("message") == "sms.offer"
        and entry.detail.get("outcome") == Outcome.ACCEPTED.value
    }


def _claim(
    reports: Reports, offered: Report, step: int, unit_ids: Sequence[str], clock: Clock
) -> Report:
    """Write that the units were notified, now that it is true."""
    _, report = change_report(
        reports,
        offered.report_id,
        lambda now_is: dispatch.reach(now_is, step, unit_ids, now=clock.now()),
    )
    return report


def _correct(
    report: Report, people: Sequence[Notified], occasion: str, messages: MessagesAbout
) -> None:
    ids = {person.responder_id for person in people}
    messages.together(
        [
            partial(messages.push_to, person, news_for(person, report), f"{occasion}-late")
            for person in others(report)
            if person.responder_id in ids
        ]
    )

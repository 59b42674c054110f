"""Send messages about a report to people, each on its own, and write down what came of each."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from dataclasses import dataclass
from enum import StrEnum

from ess.domain.conversation import Prompt, reporter_view, status_prompt
from ess.domain.errors import (
    PermanentFailure,
    QuotaSpent,
    RecipientUnreachable,
    TemporaryFailure,
)
from ess.domain.ids import retry_key
from ess.domain.report import SEARCHING, Entry, Notified, Report
from ess.ports.clock import Clock
from ess.ports.desk_mail import DeskMail
from ess.ports.messenger import Messenger
from ess.ports.reports import Reports
from ess.ports.sms import Sms

PAUSES_S = (0.5, 1.5)
"""Pauses before the second and third try of a push that failed temporarily."""

AT_ONCE = 32
"""Messages sent side by side: more than a unit has people."""

PATIENCE_S = 25
"""Seconds after which no push is tried any more: one that hangs takes another 6, the reporter's own
as many, and the function has to end within its 50."""


MOST_TEXTS_TO_REPORTER = 4
"""SMS to a reporter whom LINE's quota leaves without news: each is paid for."""

Facts = dict[str, str | int | float | bool | None]


class Outcome(StrEnum):
    """What came of one message. `accepted` means that a channel took it, not that it was read."""

    ACCEPTED = "accepted"
    QUOTA_SPENT = "quota_spent"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    FAILED = "failed"  # temporary, and still so at the last try
    OVERTAKEN = "overtaken"  # it failed, and before the next try it was true no more


@dataclass(frozen=True, slots=True)
class Sent:
    """One message, for whoever counts.

    Args:
        channel: ``line``, ``sms`` or ``email``.
        outcome: what came of it.
        drill: whether the report is an exercise.
        noted: False if the timeline could not take the line about it.
    """

    channel: str
    outcome: Outcome
    noted: bool
    drill: bool = False


class MessagesAbout:
    """Sends messages about one report.

    Args:
        report: the report as it was last written.
        observe: is told of each message, perhaps from several threads.
        sleep: pauses for seconds.
        monotonic: a clock in seconds that never goes back.
    """

    def __init__(
        self,
        report: Report,
        *,
        reports: Reports,
        messenger: Messenger,
        sms: Sms,
        desk_mail: DeskMail,
        clock: Clock,
        observe: Callable[[Sent], None],
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._report = report
        self._reports = reports
        self._messenger = messenger
        self._sms = sms
        self._desk_mail = desk_mail
        self._clock = clock
        self._observe = observe
        self._sleep = sleep
        self._monotonic = monotonic
        self._until = monotonic() + PATIENCE_S

    def now_about(self, report: Report) -> "MessagesAbout":
        """Return what sends messages about `report` as it is now, with what is left of patience."""
        other = copy(self)
        other._report = report  # noqa: SLF001 - its own class
        return other

    def together(self, jobs: Sequence[Callable[[], Outcome]]) -> list[Outcome]:
        """Run `jobs` side by side, the first ones first; their outcomes in the same order."""
        if not jobs:
            return []
        with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
            return list(pool.map(lambda job: job(), jobs))

    def tell_reporter(self, occasion: str) -> Outcome:
        """Push to the reporter where the report stands; `occasion` makes a repeat harmless."""
        report = self._report
        prompt = status_prompt(reporter_view(report))
        outcome = self._push(
            report.reporter_id,
            prompt,
            report.language,
            retry_key(report.report_id, "reporter", prompt.name, occasion),
            silent=not report.can_talk,
            still_true=lambda: self._still_says(prompt),
            at_least_once=True,
        )
        whom: Facts = {"to": "reporter", "occasion": occasion}
        self._note("line", outcome, prompt, whom, f"reporter-{occasion}")
        if outcome is Outcome.QUOTA_SPENT:
            self._text_reporter(prompt, occasion)
        return outcome

    def _text_reporter(self, about: Prompt, occasion: str) -> None:
        """Send an SMS that there is news, which names nothing: somebody else may read it.

        Only to who said that they can talk, once for each message, and a few times in all.
        """
        report = self._report
        if report.phone is None or not report.can_talk:
            return
        texted = [
            entry
            for entry in self._reports.timeline(report.report_id)
            if entry.action == "sms_sent" and entry.detail.get("to") == "reporter"
        ]
        again = any(e.detail.get("occasion") == f"{about.name}-{occasion}" for e in texted)
        if again or len(texted) >= MOST_TEXTS_TO_REPORTER:
            return
        prompt = Prompt("sms.reporter", {"drill": True} if report.drill else {})
        phone = report.phone
        outcome = _outcome_of(lambda: self._sms.send(phone, prompt))
        whom: Facts = {"to": "reporter", "occasion": f"{about.name}-{occasion}"}
        self._note("sms", outcome, prompt, whom, f"reporter-{about.name}-{occasion}")

    def push_to(self, person: Notified, prompt: Prompt, occasion: str) -> Outcome:
        """Push to an officer who has LINE; `occasion` makes a repeat harmless."""
        who = person.responder_id
        outcome = self._push(
            person.line_user_id or "",
            prompt,
            person.language,
            retry_key(self._report.report_id, prompt.name, who, occasion),
            silent=False,
            neutral=False,
        )
        self._note("line", outcome, prompt, _whom(person, occasion), f"{who}-{occasion}")
        return outcome

    def text_to(
        self,
        person: Notified,
        phone: str,
        prompt: Prompt,
        occasion: str,
        *,
        while_searching: bool = False,
    ) -> Outcome:
        """Send an SMS, once: a repeat would be a second SMS.

        Args:
            while_searching: do not send it if somebody has accepted the report meanwhile.
        """
        outcome = Outcome.OVERTAKEN
        if not while_searching or self._still_searching():
            outcome = _outcome_of(lambda: self._sms.send(phone, prompt))
        who = f"{person.responder_id}-{occasion}"
        self._note("sms", outcome, prompt, _whom(person, occasion), who)
        return outcome

    def mail_desk(self, prompt: Prompt, occasion: str) -> Outcome:
        """Send an e-mail to the desk, once: a repeat would be a second one."""
        outcome = _outcome_of(lambda: self._desk_mail.send(prompt))
        whom: Facts = {"to": "desk", "occasion": occasion}
        self._note("email", outcome, prompt, whom, f"desk-{occasion}")
        return outcome

    def note(self, action: str, detail: Facts) -> None:
        """Add a line of the system's own to the timeline.

        Raises:
            TemporaryFailure: the store did not answer.
        """
        key = f"{self._report.version:06d}~{action}"  # sorts after the change it follows
        entry = Entry(self._clock.now(), "system", action, detail, key)
        self._reports.note(self._report.report_id, [entry])

    def _push(
        self,
        to: str,
        prompt: Prompt,
        language: str | None,
        key: str,
        *,
        silent: bool,
        neutral: bool = True,
        still_true: Callable[[], bool] = lambda: True,
        at_least_once: bool = False,
    ) -> Outcome:
        for number, pause in enumerate((*PAUSES_S, None)):
            if (number or not at_least_once) and self._monotonic() >= self._until:
                break
            if number and not still_true():
                return Outcome.OVERTAKEN
            try:
                self._messenger.push(
                    to, [prompt], language, retry_key=key, silent=silent, neutral=neutral
                )
            except QuotaSpent:
                return Outcome.QUOTA_SPENT
            except RecipientUnreachable:
                return Outcome.UNREACHABLE
            except PermanentFailure:
                return Outcome.REFUSED
            except TemporaryFailure:
                if pause is not None:
                    self._sleep(pause)
                continue
            return Outcome.ACCEPTED
        return Outcome.FAILED

    def _still_searching(self) -> bool:
        """Tell whether nobody has accepted or closed the report; unknown counts as yes."""
        try:
            return self._reports.get(self._report.report_id).status in SEARCHING
        except (TemporaryFailure, PermanentFailure):
            return True

    def _still_says(self, prompt: Prompt) -> bool:
        """Tell whether the reporter would be told the same now; unknown counts as yes."""
        try:
            now_is = self._reports.get(self._report.report_id)
        except (TemporaryFailure, PermanentFailure):
            return True
        return status_prompt(reporter_view(now_is)).name == prompt.name

    def _note(
        self,
        channel: str,
        outcome: Outcome,
        prompt: Prompt,
        detail: Facts,
        who: str,
    ) -> None:
        """Write the outcome down; a message that was sent is not sent again for a missing line."""
        facts = {**detail, "message": prompt.name, "outcome": outcome.value}
        # The outcome is part of the key: that a retry succeeded is news, that it failed again not.
        key = f"{channel}-{prompt.name}-{who}-{outcome.value}"
        entry = Entry(self._clock.now(), "system", f"{channel}_sent", facts, key)
        try:
            self._reports.note(self._report.report_id, [entry])
        except (TemporaryFailure, PermanentFailure):
            noted = False
        else:
            noted = True
        self._observe(Sent(channel, outcome, noted, self._report.drill))


def _outcome_of(send: Callable[[], None]) -> Outcome:
    try:
        send()
    except PermanentFailure:
        return Outcome.REFUSED
    except TemporaryFailure:
        return Outcome.FAILED
    return Outcome.ACCEPTED


def _whom(person: Notified, occasion: str) -> Facts:
    return {"responder": person.responder_id, "unit_id": person.unit_id, "occasion": occasion}

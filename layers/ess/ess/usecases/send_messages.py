"""Send messages about a report to people, each on its own, and write down what came of each."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
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
from ess.domain.report import Entry, Notified, Report
from ess.ports.clock import Clock
from ess.ports.messenger import Messenger
from ess.ports.reports import Reports
from ess.ports.sms import Sms

PAUSES_S = (0.5, 1.5)
"""Pauses before the second and third try of a push that failed temporarily."""

AT_ONCE = 32
"""Messages sent side by side: more than a unit has people, so that with LINE hanging all are tried
three times (20 s in all) well within a function's 50 s."""


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
        channel: ``line`` or ``sms``.
        outcome: what came of it.
        noted: False if the timeline could not take the line about it.
    """

    channel: str
    outcome: Outcome
    noted: bool


class MessagesAbout:
    """Sends messages about one report.

    Args:
        report: the report as it was last written.
        observe: is told of each message, perhaps from several threads.
        sleep: pauses for seconds.
    """

    def __init__(
        self,
        report: Report,
        *,
        reports: Reports,
        messenger: Messenger,
        sms: Sms,
        clock: Clock,
        observe: Callable[[Sent], None],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._report = report
        self._reports = reports
        self._messenger = messenger
        self._sms = sms
        self._clock = clock
        self._observe = observe
        self._sleep = sleep

    def together(self, jobs: Sequence[Callable[[], Outcome]]) -> list[Outcome]:
        """Run `jobs` side by side; their outcomes in the same order."""
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
        )
        whom: Facts = {"to": "reporter", "occasion": occasion}
        self._note("line", outcome, prompt, whom, f"reporter-{occasion}")
        return outcome

    def push_to(self, person: Notified, prompt: Prompt, occasion: str) -> Outcome:
        """Push to an officer who has LINE; `occasion` makes a repeat harmless."""
        who = person.responder_id
        outcome = self._push(
            person.line_user_id or "",
            prompt,
            None,
            retry_key(self._report.report_id, prompt.name, who, occasion),
            silent=False,
        )
        self._note("line", outcome, prompt, _whom(person, occasion), f"{who}-{occasion}")
        return outcome

    def text_to(self, person: Notified, phone: str, prompt: Prompt, occasion: str) -> Outcome:
        """Send an SMS, once: a repeat would be a second SMS."""
        try:
            self._sms.send(phone, prompt)
            outcome = Outcome.ACCEPTED
        except PermanentFailure:
            outcome = Outcome.REFUSED
        except TemporaryFailure:
            outcome = Outcome.FAILED
        who = f"{person.responder_id}-{occasion}"
        self._note("sms", outcome, prompt, _whom(person, occasion), who)
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
        still_true: Callable[[], bool] = lambda: True,
    ) -> Outcome:
        for number, pause in enumerate((*PAUSES_S, None)):
            if number and not still_true():
                return Outcome.OVERTAKEN
            try:
                self._messenger.push(to, [prompt], language, retry_key=key, silent=silent)
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
            self._observe(Sent(channel, outcome, noted=False))
        else:
            self._observe(Sent(channel, outcome, noted=True))


def _whom(person: Notified, occasion: str) -> Facts:
    return {"responder": person.responder_id, "unit_id": person.unit_id, "occasion": occasion}

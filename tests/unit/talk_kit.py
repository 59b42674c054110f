"""One person's side of the conversation, for the tests of it."""

from dataclasses import replace
from itertools import count

from ess.domain import conversation as talk
from ess.domain.conversation import Conversation, Moment, advance
from ess.domain.geo import Point
from ess.domain.understanding import Understood

NAKHON_PHANOM = Point(17.392, 104.770)
SINGAPORE = Point(1.290, 103.850)
NOW = 1_790_000_000.0
USER = "U" + "0" * 32
PHONE = "+66812345678"


def read_phone(text):
    return PHONE if "0812345678" in text else None


class Phone:
    """A person who taps and types, and what that leads to."""

    def __init__(self, read_phone=read_phone, understand=lambda _text: Understood()):
        self.conversation = Conversation(USER)
        self.writes = []
        self.started = []
        self.runs = []
        self.woken = []
        self.files = []
        self.answered = []
        self.now = NOW
        self._ids = count()
        self._readers = (read_phone, understand)

    def send(self, given):
        """Send something; return the names of what is answered."""
        moment = Moment(f"event-{next(self._ids)}", self.now, 60, *self._readers)
        outcome = advance(self.conversation, given, moment)
        self.conversation = outcome.conversation
        self.answered = list(outcome.answer)
        if outcome.write:
            self.writes.append(outcome.write)
        if outcome.start:
            self.started.append(outcome.start)
            self.runs.append(outcome.run)
        if outcome.wake:
            self.woken.append((outcome.wake, outcome.news))
        if outcome.media:
            self.files.append(outcome.media)
        return [prompt.name for prompt in outcome.answer]

    def type(self, text):
        """Type something that is no command."""
        return self.send(talk.TextSent(text))

    @property
    def draft(self):
        return self.conversation.draft

    @property
    def active(self):
        return self.conversation.active

    @property
    def asked(self):
        """The last question, with what fills it."""
        return self.answered[-1]

    def move_report_to(self, status, **changes):
        """Let the workers have done something."""
        active = replace(self.conversation.active, status=status, **changes)
        self.conversation = replace(self.conversation, active=active)

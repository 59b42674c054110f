"""A report among officers, in memory: what the tests of the workers' use cases stand on."""

import re
from dataclasses import replace
from functools import partial

from ess.adapters.memory.clock import MemoryClock
from ess.adapters.memory.conversations import MemoryConversations
from ess.adapters.memory.desk_mail import MemoryDeskMail
from ess.adapters.memory.media import MemoryContent, MemoryMediaStore, MemoryPictures
from ess.adapters.memory.media_queue import MemoryMediaQueue
from ess.adapters.memory.messenger import MemoryMessenger
from ess.adapters.memory.reports import MemoryReports
from ess.adapters.memory.responders import MemoryResponders
from ess.adapters.memory.sms import MemorySms
from ess.adapters.memory.store import MemoryStore
from ess.adapters.memory.workflow import MemoryWorkflow
from ess.domain import response
from ess.domain.conversation import Conversation, reporter_view, status_prompt
from ess.domain.geo import Point
from ess.domain.incoming import IncomingEvent, ResponderTap
from ess.domain.kinds import Kind
from ess.domain.ladder import DESK, DESK_UNIT_ID, Channel, Ladder, Notice, Rung, Unit, UnitKind
from ess.domain.report import ClosingReason, Report, Status
from ess.domain.responder import Responder
from ess.usecases.audit_reports import audit_reports
from ess.usecases.conclude_report import conclude_report
from ess.usecases.follow_up_report import follow_up_report
from ess.usecases.keep_media import keep_media
from ess.usecases.notify_responders import notify_responders
from ess.usecases.receive_event import receive_event
from ess.usecases.respond_to_report import respond_to_report
from ess.usecases.send_messages import MessagesAbout

REPORT = "0" * 32
REPORTER = "U" + "9" * 32
PIN = Point(17.4064, 104.7866)
FIRST = Unit("np-first", "สภ.หนึ่ง", "First", UnitKind.POLICE_STATION, 1200.0)
SECOND = Unit("np-second", "สภ.สอง", "Second", UnitKind.POLICE_STATION, 5600.0)
CENTER = Unit("np-191", "ศูนย์วิทยุ 191", "191 centre", UnitKind.CENTER_191, 1900.0)
SOCIAL = Unit("np-pmj", "พมจ.นครพนม", "Social office", UnitKind.SOCIAL_OFFICE, 2100.0)
WAIT_S = 60
PROGRESS_S = 600


def line_id(name):
    return "U" + name.encode().hex().ljust(32, "0")[:32]


def officer(name, unit=FIRST.unit_id, *, line=True, phone=True, **more):
    number = f"+668{sum(name.encode()):08d}"
    return Responder(
        name,
        unit,
        f"ด.ต. {name}",
        f"Sgt. {name}",
        line_user_id=line_id(name) if line else None,
        phone=number if phone else None,
        **({"on_duty": True, "verified": True} | more),
    )


ALICE, BOB = officer("alice"), officer("bob")
CAROL = officer("carol", SECOND.unit_id)
DORA = officer("dora", DESK_UNIT_ID)
SOMCHAI = officer("somchai", SOCIAL.unit_id)


def _number_in(text):
    found = re.search(r"\+66\d{8,9}", text)
    return found and found[0]


class MemoryLinks:
    """Links that say whose they are."""

    def link_for(self, report_id, unit_id, responder_id, now):
        return f"https://ess.example/o/{unit_id}.{responder_id}"


def ladder_of(*rungs, notices=(), rounds=1, nearby=(FIRST, SECOND, CENTER, SOCIAL)):
    """A ladder: a rung for each unit or tuple of units, then the desk."""
    both = (Channel.LINE, Channel.SMS)
    groups = [units if isinstance(units, tuple) else (units,) for units in rungs]
    return Ladder(
        "test",
        (*(Rung(units, both, WAIT_S) for units in groups), Rung((DESK,), tuple(Channel), WAIT_S)),
        rounds,
        tuple(Notice(units, both, when) for units, when in notices),
        nearby,
    )


TWO_STATIONS = ladder_of(FIRST, SECOND)


class World:
    """One dispatched report, its reporter's conversation and `people` who may be called."""

    def __init__(self, *people, ladder=TWO_STATIONS, **fields):
        self.store = MemoryStore()
        self.reports = MemoryReports(self.store)
        self.conversations = MemoryConversations(self.store)
        self.responders = MemoryResponders(people)
        self.messenger = MemoryMessenger()
        self.sms = MemorySms()
        self.desk_mail = MemoryDeskMail()
        self.links = MemoryLinks()
        self.workflow = MemoryWorkflow()
        self.clock = MemoryClock()
        self.sent = []
        self.slept = []
        self.taps = 0
        self.failures = []
        self.monotonic = lambda: 0.0
        now = self.clock.now()
        report = Report(
            REPORT,
            "K7P-2MX",
            REPORTER,
            "th",
            Kind.ASSAULT,
            PIN,
            now,
            now,
            status=Status.DISPATCHED,
            phone="+66812345678",
            due_at=now + 30,
            ladder=ladder,
        )
        self.put(replace(report, **fields))

    def put(self, report):
        self.store.reports[REPORT] = report
        self.store.conversations[REPORTER] = Conversation(
            REPORTER, version=1, active=reporter_view(report)
        )

    @property
    def report(self):
        return self.store.reports[REPORT]

    @property
    def shown(self):
        """The text that the reporter would get by asking for the status now."""
        return status_prompt(self.store.conversations[REPORTER].active).name

    @property
    def actions(self):
        return [entry.action for entry in self.reports.timeline(REPORT)]

    def outcomes(self, channel="line"):
        return [
            (e.detail.get("responder", "reporter"), e.detail["message"], e.detail["outcome"])
            for e in self.reports.timeline(REPORT)
            if e.action == f"{channel}_sent"
        ]

    def told(self, who=None):
        """Names of the messages pushed to an officer, or to the reporter."""
        to = REPORTER if who is None else who.line_user_id
        return [prompt.name for prompt in self.messenger.pushed_to(to)]

    def texted(self, who):
        return [prompt.name for phone, prompt in self.sms.sent if phone == who.phone]

    @property
    def about(self):
        return partial(
            MessagesAbout,
            reports=self.reports,
            messenger=self.messenger,
            sms=self.sms,
            desk_mail=self.desk_mail,
            clock=self.clock,
            observe=self.sent.append,
            sleep=self.slept.append,
            monotonic=self.monotonic,
        )

    def notify(self, step=0, token="token-1", run=1, **more):
        return notify_responders(
            REPORT,
            run,
            step,
            token,
            reports=self.reports,
            responders=self.responders,
            links=self.links,
            clock=self.clock,
            messages_about=self.about,
            **more,
        )

    def follow_up(self, outcome="accepted", token="token-2", run=1):
        return follow_up_report(
            REPORT,
            run,
            outcome,
            token,
            PROGRESS_S,
            reports=self.reports,
            responders=self.responders,
            links=self.links,
            clock=self.clock,
            messages_about=self.about,
        )

    def conclude(self, run=1):
        conclude_report(
            REPORT,
            run,
            reports=self.reports,
            responders=self.responders,
            messages_about=self.about,
        )

    def audit(self):
        return audit_reports(
            reports=self.reports,
            workflow=self.workflow,
            clock=self.clock,
            on_failure=lambda report_id, failure: self.failures.append((report_id, failure)),
        )

    def say(self, given, event_id=None):
        """The reporter sends something: the webhook's own use case."""
        self.taps += 1
        event_id = event_id or f"said-{self.taps}"
        return self.receive(IncomingEvent(event_id, REPORTER, f"reply-{event_id}", given), given)

    def receive(self, event, given, **ports):
        """The webhook's own use case; `ports` are those that it can do without, or others."""
        known = {
            "conversations": self.conversations,
            "messenger": self.messenger,
            "workflow": self.workflow,
            "clock": self.clock,
            "grace_s": 60,
            "read_phone": _number_in,
        }
        return receive_event(event, given, **known | ports)

    def tap(self, who, act, choice=None, event_id=None):
        """An officer presses a button: the webhook's own use case."""
        self.taps += 1
        event_id = event_id or f"tap-{self.taps}"
        tap = ResponderTap(act, REPORT, choice)
        event = IncomingEvent(event_id, who.line_user_id, f"reply-{event_id}", tap)
        return respond_to_report(
            event,
            tap,
            reports=self.reports,
            responders=self.responders,
            messenger=self.messenger,
            workflow=self.workflow,
            clock=self.clock,
            progress_s=PROGRESS_S,
        )

    @property
    def answered(self):
        """The last answer to a tap."""
        return self.messenger.replies[-1].prompts[0]

    def cancel(self):
        """The reporter cancels: the report is closed, its token resumed, as the webhook does."""
        report = self.report
        reason = ClosingReason.CANCELLED_BY_REPORTER
        self.put(response.close(report, reason, now=self.clock.now(), actor="reporter").report)
        if report.token:
            self.workflow.resume(report.token, "closed")


class WorldOfFiles(World):
    """A world whose people send files, too: the queue, where they end up, and what LINE holds."""

    def __init__(self, *people, **fields):
        super().__init__(*people, **fields)
        self.queue = MemoryMediaQueue()
        self.files = MemoryMediaStore()
        self.content = MemoryContent()

    def keep(self, item, *, last_try=False, **more):
        """Fetch and keep a file: the use case of the function behind the queue."""
        return keep_media(
            item,
            last_try=last_try,
            reports=self.reports,
            content=self.content,
            pictures=MemoryPictures(),
            store=self.files,
            messenger=self.messenger,
            workflow=self.workflow,
            clock=self.clock,
            **more,
        )

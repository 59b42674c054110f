"""A report among officers, in memory: what the tests of the workers' use cases stand on."""

from dataclasses import replace
from functools import partial

from ess.adapters.memory.clock import MemoryClock
from ess.adapters.memory.messenger import MemoryMessenger
from ess.adapters.memory.reports import MemoryReports
from ess.adapters.memory.responders import MemoryResponders
from ess.adapters.memory.sms import MemorySms
from ess.adapters.memory.store import MemoryStore
from ess.adapters.memory.workflow import MemoryWorkflow
from ess.domain import report as incident
from ess.domain.conversation import Conversation, reporter_view, status_prompt
from ess.domain.geo import Point
from ess.domain.incoming import IncomingEvent, ResponderTap
from ess.domain.kinds import Kind
from ess.domain.ladder import DESK_UNIT_ID, Rung, RungKind, build_ladder
from ess.domain.report import Report, Status
from ess.domain.responder import Responder
from ess.usecases.conclude_report import conclude_report
from ess.usecases.follow_up_report import follow_up_report
from ess.usecases.notify_responders import notify_responders
from ess.usecases.respond_to_report import respond_to_report
from ess.usecases.send_messages import MessagesAbout

REPORT = "0" * 32
REPORTER = "U" + "9" * 32
PIN = Point(17.4064, 104.7866)
FIRST = Rung("np-first", "สภ.หนึ่ง", "First", RungKind.STATION, 1200.0)
SECOND = Rung("np-second", "สภ.สอง", "Second", RungKind.STATION, 5600.0)
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


class World:
    """One dispatched report, its reporter's conversation and `people` who may be called."""

    def __init__(self, *people, stations=(FIRST, SECOND), **fields):
        self.store = MemoryStore()
        self.reports = MemoryReports(self.store)
        self.responders = MemoryResponders(people)
        self.messenger = MemoryMessenger()
        self.sms = MemorySms()
        self.workflow = MemoryWorkflow()
        self.clock = MemoryClock()
        self.sent = []
        self.slept = []
        self.taps = 0
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
        )
        if stations is not None:
            report = replace(report, ladder=build_ladder(stations))
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
            clock=self.clock,
            observe=self.sent.append,
            sleep=self.slept.append,
        )

    def notify(self, rung=0, attempt=1, token="token-1"):
        notify_responders(
            REPORT,
            rung,
            attempt,
            token,
            WAIT_S,
            reports=self.reports,
            responders=self.responders,
            clock=self.clock,
            messages_about=self.about,
        )

    def follow_up(self, outcome="accepted", token="token-2"):
        follow_up_report(
            REPORT,
            outcome,
            token,
            PROGRESS_S,
            reports=self.reports,
            clock=self.clock,
            messages_about=self.about,
        )

    def conclude(self):
        conclude_report(
            REPORT, reports=self.reports, responders=self.responders, messages_about=self.about
        )

    def tap(self, who, act, reason=None):
        """An officer presses a button: the webhook's own use case."""
        self.taps += 1
        tap = ResponderTap(act, REPORT, reason)
        event = IncomingEvent(f"tap-{self.taps}", who.line_user_id, f"reply-{self.taps}", tap)
        return respond_to_report(
            event,
            tap,
            reports=self.reports,
            messenger=self.messenger,
            workflow=self.workflow,
            clock=self.clock,
            progress_s=PROGRESS_S,
        )

    def cancel(self):
        """The reporter cancels: the report is closed, its token resumed, as the webhook does."""
        report = self.report
        reason = incident.ClosingReason.CANCELLED_BY_REPORTER
        self.put(incident.close(report, reason, now=self.clock.now(), actor="reporter").report)
        if report.token:
            self.workflow.resume(report.token, "closed")

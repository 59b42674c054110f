"""A report among random people, failures and an engine that loses things: what always holds.

The engine here is the state machine of workflow/report.asl.json in a few lines: it waits on tokens,
times out, is resumed, and may die at any moment. Everything else is the real use cases.
"""

from contextlib import suppress
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from ess.domain import conversation as talk
from ess.domain.conversation import reporter_view, status_prompt
from ess.domain.errors import (
    NobodyOnDuty,
    PermanentFailure,
    ReportAlreadyAcknowledged,
    ReportClosed,
    ReportReleased,
    ReportSuperseded,
)
from ess.domain.ladder import When
from ess.domain.report import ACCEPTED, SEARCHING, Part, Status
from ess.domain.response import MAX_REMINDERS_ON_SCENE
from ess.ports.workflow import Execution
from ess.usecases.send_messages import MOST_TEXTS_TO_REPORTER
from tests.unit.incident_kit import (
    ALICE,
    BOB,
    CAROL,
    CENTER,
    DORA,
    FIRST,
    PROGRESS_S,
    REPORT,
    REPORTER,
    SECOND,
    SOCIAL,
    SOMCHAI,
    WAIT_S,
    World,
    ladder_of,
    officer,
)

RADIO = officer("radio", CENTER.unit_id, line=False)
EVE = officer("eve")
PEOPLE = (ALICE, BOB, CAROL, RADIO, SOMCHAI, DORA)
LADDER = ladder_of(
    FIRST,
    (FIRST, SECOND),
    CENTER,
    notices=[((SOCIAL,), When.AT_ONCE)],
)
NUMBER = "+66812345678"


class Simulation:
    """The report, its engine, and the checks after every use case."""

    def __init__(self, **fields):
        self.world = World(*PEOPLE, ladder=LADDER, **fields)
        self.tokens = 0
        self.begin(1)
        self.world.workflow.start(REPORT)
        self.enter("search")

    # --- the engine ---

    def begin(self, run):
        self.run = run
        self.token = None
        self.seen = len(self.world.workflow.resumed)
        self.alive = True

    def enter(self, outcome):
        """Go through `Answered` until a state waits or the execution ends."""
        for _ in range(50):
            if outcome == "closed":
                self.do(self.world.conclude, run=self.run)
                return self.end(Execution.SUCCEEDED)
            searching = outcome in ("search", "declined", "assigned")
            outcome = self.ask() if searching else self.follow(outcome)
            if outcome is None:
                return None
        raise AssertionError("the engine spins")

    def ask(self):
        token = self.next_token()
        step, self.at = self.at, self.at + 1
        try:
            self.do(self.world.notify, step, token, run=self.run)
        except NobodyOnDuty:
            return "search"
        except ReportAlreadyAcknowledged:
            return "accepted"
        except ReportClosed:
            return "closed"
        except ReportSuperseded:
            return self.end(Execution.SUCCEEDED)
        return self.wait(token, "search")

    def follow(self, outcome):
        token = self.next_token()
        try:
            self.do(self.world.follow_up, outcome, token, run=self.run)
        except ReportReleased:
            return "search"
        except ReportClosed:
            return "closed"
        except ReportSuperseded:
            return self.end(Execution.SUCCEEDED)
        return self.wait(token, "silence")

    def next_token(self):
        self.tokens += 1
        return f"token-{self.tokens}"

    @property
    def at(self):
        return self._at if self._at is not None else self.world.report.next_step

    @at.setter
    def at(self, step):
        self._at = step

    _at = None

    def wait(self, token, on_timeout):
        self.token, self.on_timeout = token, on_timeout

    def end(self, state):
        self.alive, self.token = False, None
        self.world.workflow.states[REPORT, self.run] = state

    def settle(self):
        """Let the engine see what it was told, and start what was started."""
        workflow = self.world.workflow
        while True:
            fresh, self.seen = workflow.resumed[self.seen :], len(workflow.resumed)
            mine = [outcome for token, outcome in fresh if token == self.token]
            newest = max(run for _, run in workflow.states)
            if newest > self.run:
                self.begin(newest)
                self._at = self.world.report.next_step
                status = self.world.report.status
                if status is Status.CLOSED:
                    self.enter("closed")
                else:
                    self.enter("silence" if status in ACCEPTED else "search")
            elif self.alive and mine:
                self.token = None
                self.enter(mine[0])
            else:
                return

    # --- what happens ---

    def tap(self, who, act_and_choice, twice):
        event_id = f"event-{self.world.taps}"
        for _ in range(1 + twice):
            # LINE may refuse the answer: what was done is done all the same.
            with suppress(PermanentFailure):
                self.do(self.world.tap, who, *act_and_choice, event_id)

    def say(self, given, twice):
        event_id = f"said-{self.world.taps}"
        for _ in range(1 + twice):
            with suppress(PermanentFailure):
                self.do(self.world.say, given, event_id)

    def time_out(self):
        if not self.alive or self.token is None:
            return
        self.world.clock.advance(WAIT_S if self.on_timeout == "search" else PROGRESS_S)
        self.world.workflow.over.add(self.token)
        self.token = None
        self.enter(self.on_timeout)

    def die(self, how):
        """The execution ends, or its token is lost, without anybody noticing."""
        if not self.alive:
            return
        if how is None:
            self.world.workflow.over.add(self.token)
            self.token = None
        else:
            self.end(how)

    def audit(self):
        self.world.clock.advance(60)
        self.do(self.world.audit)
        assert self.world.failures == []

    def late(self):
        """An invocation of the execution before wakes up."""
        before = self.world.report
        for late in (self.world.notify, self.world.follow_up, self.world.conclude):
            if self.run > 1:
                try:
                    late(run=self.run - 1)
                except ReportSuperseded:
                    continue
                raise AssertionError("an execution that is over went on")
        assert self.world.report == before

    def duty(self, who, fields):
        self.world.responders.put([replace(who, **fields)])

    def line(self, quota, unreachable):
        """LINE takes so many pushes from now on, and none for some people."""
        self.world.messenger.quota = quota
        self.world.messenger.unreachable = {who.line_user_id for who in unreachable}

    # --- what always holds ---

    def do(self, act, *args, **more):
        world = self.world
        before, pushes = world.report, len(world.messenger.pushes)
        replies = len(world.messenger.replies)
        try:
            act(*args, **more)
        finally:
            after = world.report
            check_report(before, after)
            check_shown(world)
            for push in world.messenger.pushes[pushes:]:
                for prompt in push.prompts:
                    check_message(before, after, push.line_user_id, prompt)
            who = args[0].line_user_id if act == world.tap else REPORTER
            for reply in world.messenger.replies[replies:]:
                for prompt in reply.prompts:
                    check_number(before, after, who, prompt)
            check_sms(world)


def check_sms(world):
    """Each SMS was sent for an occasion of its own, and none tells what is not its reader's."""
    lines = world.reports.timeline(REPORT)
    sent = [line for line in lines if line.action == "sms_sent"]
    # A line's key names person, message and occasion: what was sent again would have left no line.
    assert len(world.sms.sent) == sum(line.detail["outcome"] == "accepted" for line in sent)
    for _, prompt in world.sms.sent:
        assert NUMBER not in str(prompt.params)
    assert NUMBER not in str(lines)
    to_reporter = [prompt for phone, prompt in world.sms.sent if phone == NUMBER]
    assert len(to_reporter) <= MOST_TEXTS_TO_REPORTER
    assert {prompt.name for prompt in to_reporter} <= {"sms.reporter"}
    assert all(prompt.params.keys() <= {"drill"} for prompt in to_reporter)


def check_report(before, after):
    assert after.version >= before.version
    assert (after == before) == (after.version == before.version)
    assert after.run >= before.run
    if after.status in ACCEPTED:
        assert after.acknowledger is not None
        assert after.acknowledger.part is not Part.INFORMED
        assert after.acknowledged_at is not None
        assert after.quiet_since is not None
        assert after.acknowledged_by not in after.helpers
    if after.status in SEARCHING:
        assert (after.acknowledged_by, after.acknowledged_at) == (None, None)
    if after.status is Status.NOTIFIED:
        assert after.reached
    closed = after.status is Status.CLOSED
    assert (after.closing_reason is not None) == closed
    assert (after.due_at is None) == closed
    assert after.help_served <= after.help_calls
    assert after.nobody_served <= after.nobody_came
    assert after.nobody_known <= after.nobody_came
    assert after.checks_served <= after.checks
    assert after.contact_known <= after.contact_told <= after.contact_changes
    assert after.reminders <= MAX_REMINDERS_ON_SCENE
    assert (after.opened_at, after.reference) == (before.opened_at, before.reference)


def check_shown(world):
    """What the reporter would be told is what is true of the report."""
    shown, true = world.store.conversations[REPORTER].active, reporter_view(world.report)
    assert status_prompt(shown).name == status_prompt(true).name
    for name in ("status", "reference", "run", "can_talk", "may_ask", "drill", "closing_reason"):
        assert getattr(shown, name) == getattr(true, name), name
    if true.status is not Status.DISPATCHED:  # that text names no unit
        for name in ("unit_th", "unit_en", "distance_m", "responder_th", "responder_en"):
            assert getattr(shown, name) == getattr(true, name), name
    if true.is_open:
        assert shown.token == true.token


def is_anothers(_before, after, to):
    return after.status in ACCEPTED and after.acknowledger.line_user_id != to


def is_theirs(_before, after, to):
    return after.status in ACCEPTED and after.acknowledger.line_user_id == to


def is_closed(_before, after, _to):
    return after.status is Status.CLOSED


TRUE_WHEN = {
    "officer.taken": is_anothers,
    "officer.informed_taken": is_anothers,
    "officer.taken_by_desk": lambda before, after, to: after.is_at_desk,
    "officer.closed": is_closed,
    "officer.cancelled": is_closed,
    "officer.help_wanted": is_anothers,
    "officer.nobody_arrived": is_anothers,
    "officer.please_check": lambda before, after, to: (
        is_anothers(before, after, to) and after.status is Status.ON_SCENE
    ),
    "officer.nobody_came": lambda before, after, to: (
        is_theirs(before, after, to) and after.nobody_came > after.nobody_known
    ),
    "officer.reminder": is_theirs,
    "officer.phone_added": is_theirs,
    "officer.no_call": is_theirs,
    "officer.helper_joined": is_theirs,
    "officer.help_sent": is_theirs,
    "officer.help_nobody": is_theirs,
    "officer.released": lambda before, after, to: (
        is_theirs(after, before, to) and after.status in SEARCHING
    ),
}
"""When what is pushed to an officer is true: told of the report before and after, and to whom."""


def check_message(before, after, to, prompt):
    check_number(before, after, to, prompt)
    if prompt.name.startswith("status."):
        assert to == REPORTER
        true = {status_prompt(reporter_view(report)).name for report in (before, after)}
        assert prompt.name in true
    if prompt.name in TRUE_WHEN:
        assert TRUE_WHEN[prompt.name](before, after, to), prompt.name
    if prompt.name != "officer.unknown":  # that says nothing of any report
        assert (prompt.params.get("drill") is True) == after.drill


def check_number(before, after, to, prompt):
    if NUMBER in str(prompt.params):
        holders = {report.acknowledger for report in (before, after)} - {None}
        assert to in {holder.line_user_id for holder in holders}


ACTS = st.one_of(
    st.tuples(
        st.sampled_from(
            ["accept", "decline", "on_the_way", "on_scene", "help", "join", "hand_over", "assign"]
        ),
        st.none(),
    ),
    st.tuples(st.just("hand_over"), st.sampled_from(["outside_area", "cannot_reach"])),
    st.tuples(st.just("close"), st.sampled_from(["resolved", "nobody_found", "nonsense"])),
    st.tuples(
        st.just("assign"), st.sampled_from([unit.unit_id for unit in (FIRST, SECOND, CENTER)])
    ),
    st.tuples(st.just("note"), st.just("two injured")),
)
TAPS = st.tuples(
    st.just("tap"), st.sampled_from([*PEOPLE, EVE]), ACTS, st.sampled_from([False, False, True])
)
LIKELY_TAPS = st.tuples(
    st.just("tap"),
    st.sampled_from([ALICE, CAROL, DORA]),
    st.sampled_from([("accept", None), ("help", None), ("close", "resolved")]),
    st.just(False),
)
SAYINGS = st.tuples(
    st.just("say"),
    st.sampled_from(
        [
            talk.StatusAsked(),
            talk.AskingAllowed(),
            talk.NobodyCame(REPORT),
            talk.NobodyCame(REPORT),
            talk.HelpCame(REPORT),
            talk.CallDeclined(),
            talk.TextSent("+66812345678"),
            talk.CancelAsked(),
            talk.CancelConfirmed(REPORT, "other"),
        ]
    ),
    st.booleans(),
)
CHANCES = st.one_of(
    st.just(("time_out",)),
    st.just(("time_out",)),
    st.just(("audit",)),
    st.just(("late",)),
    st.tuples(
        st.just("die"),
        st.sampled_from([Execution.FAILED, Execution.TIMED_OUT, Execution.SUCCEEDED, None]),
    ),
    st.tuples(
        st.just("duty"),
        st.sampled_from(PEOPLE),
        st.sampled_from([{"on_duty": False}, {"verified": False}, {}]),
    ),
    st.tuples(
        st.just("line"),
        st.sampled_from([None, 0, 3]),
        st.sampled_from([(), (ALICE,), (CAROL, DORA)]),
    ),
)
HAPPENINGS = st.lists(st.one_of(TAPS, LIKELY_TAPS, SAYINGS, CHANCES), max_size=25)


def happen(simulation, happenings):
    for name, *args in happenings:
        getattr(simulation, name)(*args)
        simulation.settle()


@given(HAPPENINGS, st.booleans())
@settings(max_examples=150, deadline=None)
def test_whatever_happens_nobody_is_told_what_is_not_true(happenings, drill):
    happen(Simulation(drill=drill), happenings)


@given(HAPPENINGS)
@settings(max_examples=60, deadline=None)
def test_whatever_happened_a_report_that_nobody_has_gets_to_the_desk(happenings):
    simulation = Simulation()
    happen(simulation, happenings)
    world = simulation.world
    world.responders.put([DORA])
    simulation.line(None, ())
    calls = len(world.messenger.pushes)
    # An auditor that runs each minute, and silence: reminders, the release, then the whole ladder.
    for _ in range(30):
        simulation.time_out()
        simulation.settle()
        simulation.audit()
        simulation.settle()
    if world.report.status in SEARCHING:
        asked = [p for push in world.messenger.pushes[calls:] for p in push.prompts]
        assert "officer.offer_desk" in [prompt.name for prompt in asked]
        assert world.shown == "status.at_desk"
    else:
        assert world.report.status is Status.CLOSED


@given(HAPPENINGS)
@settings(max_examples=60, deadline=None)
def test_only_people_whom_a_unit_vouches_for_and_who_were_asked_get_a_report(happenings):
    simulation = Simulation()
    world = simulation.world
    for happening in happenings:
        before = world.report
        happen(simulation, [happening])
        after = world.report
        if after.acknowledged_by not in (None, before.acknowledged_by):
            _, who, (act, _), _ = happening
            assert (act, after.acknowledged_by) == ("accept", who.responder_id)
            member = world.responders.get(who.unit_id, who.responder_id)
            assert member is not None
            assert member.verified
            assert before.find_notified(who.responder_id).part is not Part.INFORMED

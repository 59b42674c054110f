"""Reports that were begun and not finished: resumed once, forgotten, or sent with their pin."""

import json
from dataclasses import replace

import pytest

from ess import bootstrap
from ess.adapters.line.events import read_event
from ess.adapters.line.render import render
from ess.adapters.memory.clock import MemoryClock
from ess.adapters.memory.conversations import MemoryConversations
from ess.adapters.memory.messenger import MemoryMessenger
from ess.adapters.memory.reports import MemoryReports
from ess.adapters.memory.store import MemoryStore
from ess.adapters.memory.workflow import MemoryWorkflow
from ess.domain import conversation as talk
from ess.domain import drafts
from ess.domain.conversation import Conversation, Draft, Moment, Step, advance
from ess.domain.drafts import EXPIRES_S, SILENT_S, Due
from ess.domain.errors import ConversationChanged, TemporaryFailure
from ess.domain.geo import Point
from ess.domain.kinds import Kind
from ess.domain.report import OVERDUE_SLACK_S, Change, Status
from ess.domain.reporter import Block
from ess.usecases.audit_drafts import LIMIT, LOOKING_S, TELLING_S, audit_drafts
from ess.usecases.block_reporter import block_reporter
from functions.audit_reports.app import handler
from local.simulator import validate

USER = "U" + "a" * 32
OTHER = "U" + "b" * 32
PIN = Point(17.392, 104.770)
SINGAPORE = Point(1.290, 103.850)
AT_SEA = Point(9.5, 101.8)
NEUTRAL = ("ข้อความใหม่จากบัญชีนี้", "New message from this account")


class World:
    def __init__(self):
        self.store = MemoryStore()
        self.conversations = MemoryConversations(self.store)
        self.reports = MemoryReports(self.store)
        self.messenger = MemoryMessenger()
        self.workflow = MemoryWorkflow()
        self.clock = MemoryClock()
        self.failures = []
        self.sent = 0

    def send(self, *inputs, user=USER):
        for given in inputs:
            self.sent += 1
            before = self.conversations.get(user)
            moment = Moment(f"e{self.sent}", self.clock.now(), 60, _read_phone)
            outcome = advance(before, given, moment)
            self.conversations.save(before, outcome.conversation, outcome.write)

    def audit(self):
        found = audit_drafts(
            conversations=self.conversations,
            workflow=self.workflow,
            messenger=self.messenger,
            clock=self.clock,
            on_failure=lambda what, failure: self.failures.append((what, failure)),
        )
        return found.dispatched, found.resumed, found.expired, found.failed

    @property
    def stored(self):
        return self.store.conversations[USER]

    @property
    def report(self):
        (report,) = self.store.reports.values()
        return report

    def told(self, user=USER):
        return [prompt.name for prompt in self.messenger.pushed_to(user)]


def _read_phone(text):
    return "+66812345678" if text.startswith("08") else None


@pytest.fixture
def world():
    return World()


NOTHING = (0, 0, 0, 0)

# --- without a pin ----------------------------------------


@pytest.mark.parametrize(
    "given",
    [
        [talk.ReportAsked()],
        [talk.KindChosen(Kind.ASSAULT)],
        [talk.ReportAsked(), talk.TextSent("0812345678")],
    ],
)
def test_whoever_stops_without_a_pin_is_asked_once_and_then_left_alone(world, given):
    world.send(*given)
    world.clock.advance(SILENT_S - 1)
    assert world.audit() == NOTHING
    world.clock.advance(1)
    assert world.audit() == (0, 1, 0, 0)
    assert world.told() == ["resume"]
    before = world.stored
    assert before.draft.nudged
    for _ in range(3):
        world.clock.advance(60)
        assert world.audit() == NOTHING
    assert world.stored == before
    world.clock.advance(EXPIRES_S)
    assert world.audit() == (0, 0, 1, 0)
    assert world.stored.draft is None
    assert world.stored.step is Step.IDLE
    assert world.told() == ["resume", "draft_expired"]
    assert world.messenger.pushes[-1].silent
    assert world.store.reports == {}
    assert world.audit() == NOTHING


def test_whoever_goes_on_is_asked_anew_when_they_stop_again(world):
    world.send(talk.ReportAsked())
    world.clock.advance(SILENT_S)
    world.audit()
    world.send(talk.KindChosen(Kind.ASSAULT))
    assert not world.stored.draft.nudged
    world.clock.advance(SILENT_S - 1)
    assert world.audit() == NOTHING
    world.clock.advance(1)
    assert world.audit() == (0, 1, 0, 0)
    assert world.told() == ["resume", "resume"]


@pytest.mark.parametrize("no_call", [False, True])
def test_the_question_makes_no_sound_for_somebody_who_cannot_talk(world, no_call):
    world.send(talk.ReportAsked(), *([talk.CallDeclined()] if no_call else []))
    world.clock.advance(SILENT_S)
    world.audit()
    assert world.messenger.pushes[0].silent is no_call


def test_the_buttons_of_the_question_go_on_or_cancel(world):
    world.send(talk.KindChosen(Kind.ASSAULT))
    world.clock.advance(SILENT_S)
    world.audit()
    world.send(talk.MenuAsked())
    assert [prompt.name for prompt in world.stored.last_answer] == ["ask_pin"]
    world.send(talk.CancelAsked())
    assert world.stored.draft is None
    world.clock.advance(EXPIRES_S)
    assert world.audit() == NOTHING


def test_a_question_that_line_did_not_take_now_is_asked_in_the_next_minute(world):
    world.send(talk.ReportAsked())
    world.clock.advance(SILENT_S)
    world.messenger.plan("push", TemporaryFailure("LINE: 500"))
    assert world.audit() == (0, 0, 0, 1)
    assert not world.stored.draft.nudged
    world.clock.advance(60)
    assert world.audit() == (0, 1, 0, 0)
    assert world.told() == ["resume"]


def test_a_question_whose_writing_down_failed_is_no_second_message(world):
    world.send(talk.ReportAsked())
    world.clock.advance(SILENT_S)
    world.conversations.plan("save", TemporaryFailure("throttled"))
    assert world.audit() == (0, 0, 0, 1)
    world.clock.advance(60)
    world.audit()
    assert world.told() == ["resume"]
    assert world.stored.draft.nudged


@pytest.mark.parametrize("never", ["unreachable", "quota"])
def test_whoever_line_never_reaches_is_not_tried_every_minute(world, never):
    world.send(talk.ReportAsked())
    if never == "quota":
        world.messenger.quota = 0
    else:
        world.messenger.unreachable.add(USER)
    world.clock.advance(SILENT_S)
    assert world.audit() == NOTHING
    world.clock.advance(60)
    assert world.audit() == NOTHING
    assert world.messenger.calls["push"] == 1


def test_an_auditor_that_was_away_does_not_ask_about_what_is_over(world):
    world.send(talk.ReportAsked())
    world.clock.advance(EXPIRES_S)
    assert world.audit() == (0, 0, 1, 0)
    assert world.told() == ["draft_expired"]


def test_that_nobody_was_told_is_said_once_though_its_writing_down_failed(world):
    world.send(talk.ReportAsked())
    world.clock.advance(EXPIRES_S)
    world.conversations.plan("save", TemporaryFailure("throttled"))
    assert world.audit() == (0, 0, 0, 1)
    world.clock.advance(60)
    assert world.audit() == (0, 0, 1, 0)
    assert world.told() == ["draft_expired"]


def test_a_line_that_is_down_keeps_a_draft_for_a_while_and_not_for_ever(world):
    world.send(talk.ReportAsked())
    world.clock.advance(EXPIRES_S)
    world.messenger.plan("push", TemporaryFailure("LINE: 500"))
    assert world.audit() == (0, 0, 0, 1)
    assert world.stored.draft is not None
    world.clock.advance(EXPIRES_S)
    assert world.audit() == (0, 0, 1, 0)
    assert world.told() == []


# --- with a pin ----------------------------------------


def test_a_pin_without_a_kind_is_dispatched_as_of_unknown_kind(world):
    world.send(talk.PinShared(PIN, "ตลาด"))
    world.clock.advance(SILENT_S - 1)
    assert world.audit() == NOTHING
    world.clock.advance(1)
    assert world.audit() == (1, 0, 0, 0)
    report = world.report
    assert (report.kind, report.pin, report.place, report.pin_doubt) == (
        Kind.UNKNOWN,
        PIN,
        "ตลาด",
        None,
    )
    assert (report.status, report.due_at) == (
        Status.DISPATCHED,
        world.clock.now() + OVERDUE_SLACK_S,
    )
    assert world.workflow.started == [report.report_id]
    assert world.stored.draft is None
    assert world.stored.active.report_id == report.report_id
    assert world.stored.step is Step.FOLLOWING
    lines = world.reports.timeline(report.report_id)
    assert {(line.actor, line.action) for line in lines} == {
        ("auditor", "opened"),
        ("auditor", "dispatched"),
    }
    # The kind may still be told.
    assert world.told() == ["draft_sent", "ask_kind"]
    world.send(talk.KindChosen(Kind.SEXUAL_ABUSE))
    assert world.report.kind is Kind.SEXUAL_ABUSE
    assert world.audit() == NOTHING


@pytest.mark.parametrize(("pin", "doubt"), [(SINGAPORE, "outside"), (AT_SEA, "at_sea")])
def test_a_pin_that_was_not_confirmed_is_dispatched_with_its_doubt(world, pin, doubt):
    world.send(talk.KindChosen(Kind.CONFINEMENT), talk.PinShared(pin))
    assert world.stored.step is Step.CONFIRM_PIN
    world.clock.advance(SILENT_S)
    assert world.audit() == (1, 0, 0, 0)
    assert (world.report.kind, world.report.pin_doubt) == (Kind.CONFINEMENT, doubt)
    assert world.told() == ["draft_sent"]
    world.send(talk.PinShared(PIN))
    assert (world.report.pin, world.report.pin_doubt) == (PIN, None)


def test_what_was_given_beside_the_pin_is_in_the_report(world):
    world.send(talk.PinShared(PIN), talk.CallDeclined())
    world.clock.advance(SILENT_S)
    world.audit()
    assert not world.report.can_talk
    assert world.messenger.pushes[0].silent
    assert not world.stored.active.can_talk


def test_a_drill_is_dispatched_as_one(world):
    world.send(talk.ReportAsked(drill=True), talk.PinShared(PIN))
    world.clock.advance(SILENT_S)
    world.audit()
    assert world.report.drill
    assert all(p.params.get("drill") for p in world.messenger.pushed_to(USER))
    assert world.stored.history.open == 0


def test_dispatching_it_twice_is_once(world):
    world.send(talk.PinShared(PIN))
    world.clock.advance(SILENT_S)
    c = world.stored
    one, two = drafts.dispatch(c, world.clock.now()), drafts.dispatch(c, world.clock.now() + 60)
    assert one.write.report.report_id == two.write.report.report_id
    world.conversations.save(c, one.conversation, one.write)
    with pytest.raises(ConversationChanged):
        world.conversations.save(c, two.conversation, two.write)
    assert len(world.store.reports) == 1


def test_a_sender_who_comes_back_at_that_moment_is_first(world):
    world.send(talk.PinShared(PIN))
    world.clock.advance(SILENT_S)
    world.conversations.plan("save", lambda: world.send(talk.KindChosen(Kind.ASSAULT)))
    assert world.audit() == NOTHING
    assert world.report.kind is Kind.ASSAULT
    assert world.workflow.started == []


def test_a_workflow_that_could_not_be_started_leaves_a_report_that_the_auditor_finds(world):
    world.send(talk.PinShared(PIN))
    world.clock.advance(SILENT_S)
    world.workflow.plan("start", TemporaryFailure("throttled"))
    assert world.audit() == (1, 0, 0, 1)
    assert world.reports.due(world.clock.now() + OVERDUE_SLACK_S) == [world.report.report_id]


def test_nobody_is_told_that_nobody_has_accepted_once_it_is_over(world):
    world.send(talk.PinShared(PIN))
    world.clock.advance(SILENT_S)

    def cancel():
        report_id = world.stored.active.report_id
        world.send(talk.CancelConfirmed(report_id, "mistake"))

    world.workflow.plan("start", cancel)
    assert world.audit() == (1, 0, 0, 0)
    assert world.told() == []


def test_an_older_report_is_kept_to_go_back_to(world):
    world.send(
        talk.KindChosen(Kind.ASSAULT),
        talk.PinShared(PIN),
        talk.CallDeclined(),
        talk.ReportAsked(fresh=True),
        talk.PinShared(PIN),
    )
    first = world.report.report_id
    world.clock.advance(SILENT_S)
    assert world.audit() == (1, 0, 0, 0)
    assert world.stored.active.report_id != first
    assert [other.report_id for other in world.stored.others] == [first]
    assert world.stored.history.open == 2


# --- a run ----------------------------------------


def test_one_that_cannot_be_read_does_not_keep_the_others_waiting(world):
    world.send(talk.PinShared(PIN), user=OTHER)
    world.clock.advance(1)
    world.send(talk.PinShared(PIN))
    world.clock.advance(SILENT_S)
    world.conversations.plan("get", ValueError("+66812345678"))
    assert world.audit() == (1, 0, 0, 1)
    assert world.report.reporter_id == USER
    ((what, failure),) = world.failures
    assert what == "look_after"
    assert isinstance(failure, ValueError)


def test_whoever_is_looked_for_waits_for_no_message_to_others(world):
    people = [f"U{number:032x}" for number in range(5)]
    for user in people:
        world.send(talk.ReportAsked(), user=user)
    world.clock.advance(1)
    world.send(talk.PinShared(PIN))
    world.clock.advance(SILENT_S)
    hangs = [lambda: world.clock.advance(TELLING_S / 2 + 1)] * 5
    world.messenger.plan("push", *hangs)
    # Who has a pin is told first, too.
    assert world.audit()[:2] == (1, 1)
    assert world.told() == ["draft_sent", "ask_kind"]
    assert world.workflow.started == [world.report.report_id]
    # The others are asked by the next run.
    assert world.audit()[1] == 2


def test_one_query_a_run(world):
    assert world.audit() == NOTHING
    assert world.conversations.calls == {"due_drafts": 1}


def test_the_draft_of_somebody_who_is_blocked_is_forgotten(world):
    world.send(talk.PinShared(PIN))
    block = Block("0" * 32, 0.0, world.clock.now() + 1e6, "ก", "why")
    world.store.conversations[USER] = replace(world.stored, block=block)
    world.clock.advance(SILENT_S)
    assert world.audit() == (0, 0, 1, 0)
    assert (world.stored.draft, world.store.reports, world.told()) == (None, {}, [])


def test_a_block_takes_no_words_from_the_report_that_is_open_beside(world):
    world.send(talk.KindChosen(Kind.ASSAULT), talk.PinShared(PIN), talk.CallDeclined())
    world.send(talk.ReportAsked(fresh=True), talk.TextSent("he came to the other house"))
    block_reporter(
        world.report.report_id,
        1,
        "why",
        "who",
        reports=world.reports,
        conversations=world.conversations,
        clock=world.clock,
    )
    world.clock.advance(EXPIRES_S)
    assert world.audit() == (0, 0, 1, 0)
    assert world.stored.draft is None
    assert world.report.notes == ("he came to the other house",)


def test_beside_a_report_of_somebody_who_cannot_talk_the_question_makes_no_sound(world):
    world.send(talk.KindChosen(Kind.ASSAULT), talk.PinShared(PIN), talk.CallDeclined())
    world.send(talk.ReportAsked(fresh=True))
    world.clock.advance(SILENT_S)
    assert world.audit() == (0, 1, 0, 0)
    assert world.messenger.pushes[0].silent


# --- the rules themselves ----------------------------------------


@pytest.mark.parametrize(
    ("draft", "after", "expected"),
    [
        (Draft(), SILENT_S, Due.RESUME),
        (Draft(nudged=True), SILENT_S, None),
        (Draft(nudged=True), EXPIRES_S, Due.EXPIRE),
        (Draft(pin=PIN), SILENT_S, Due.DISPATCH),
        (Draft(pin=PIN, nudged=True), SILENT_S, Due.DISPATCH),
        (Draft(pin=PIN), EXPIRES_S * 9, Due.DISPATCH),
    ],
)
def test_what_is_due_when(draft, after, expected):
    draft = replace(draft, touched_at=1000.0)
    c = Conversation(USER, draft=draft)
    assert drafts.due(c, 1000.0 + after) is expected
    if expected is not None:
        assert drafts.due_at(draft) <= 1000.0 + after


def test_a_draft_of_a_version_before_is_left_alone_until_it_changes():
    assert drafts.due_at(Draft(pin=PIN)) is None
    assert drafts.due(Conversation(USER, draft=Draft(pin=PIN)), 1e12) is None


@pytest.mark.parametrize("draft", [None, Draft(kind=Kind.ASSAULT)])
def test_nothing_is_dispatched_without_a_pin(draft):
    with pytest.raises(ValueError, match="pin"):
        drafts.dispatch(Conversation(USER, draft=draft), 1.0)


# --- the function ----------------------------------------


@pytest.fixture
def deployed(world, monkeypatch):
    names = {"webhook_messenger": "messenger"}
    for name in ("reports", "workflow", "clock", "conversations", "webhook_messenger"):
        thing = getattr(world, names.get(name, name))
        monkeypatch.setattr(bootstrap, name, lambda thing=thing: thing)
    return world


def metrics_in(out):
    found = next(json.loads(line) for line in out.splitlines() if '"_aws"' in line)
    return [
        found.get(f"Drafts{name}", [None])[0]
        for name in ("Dispatched", "Resumed", "Expired", "NotAudited")
    ]


def test_the_function_counts_what_became_of_drafts(deployed, capsys):
    deployed.send(talk.ReportAsked(), user=OTHER)
    deployed.send(talk.PinShared(PIN))
    deployed.clock.advance(SILENT_S)
    handler({}, None)
    out = capsys.readouterr().out
    assert metrics_in(out) == [1.0, 1.0, 0.0, 0.0]
    assert USER not in out
    assert OTHER not in out
    deployed.clock.advance(EXPIRES_S)
    handler({}, None)
    assert metrics_in(capsys.readouterr().out) == [0.0, 0.0, 1.0, 0.0]


def test_the_function_tells_of_a_draft_that_failed_without_quoting_it(deployed, capsys, caplog):
    deployed.send(talk.PinShared(PIN))
    deployed.clock.advance(SILENT_S)
    deployed.conversations.plan("get", ValueError("+66812345678"))
    handler({}, None)
    assert metrics_in(capsys.readouterr().out) == [0.0, 0.0, 0.0, 1.0]
    (line,) = (vars(record) for record in caplog.records if record.levelname == "ERROR")
    assert (line["what"], line["error"]) == ("look_after", "ValueError")
    logged = "".join(str(vars(record)) for record in caplog.records)
    assert "+66812345678" not in logged
    assert USER not in logged


def test_drafts_are_looked_after_even_if_reports_cannot_be(deployed):
    deployed.send(talk.PinShared(PIN))
    deployed.clock.advance(SILENT_S)
    deployed.reports.plan("due", TemporaryFailure("throttled"))
    with pytest.raises(TemporaryFailure):
        handler({}, None)
    assert deployed.workflow.started == [deployed.report.report_id]


@pytest.mark.parametrize("language", [None, "th", "en"])
@pytest.mark.parametrize("drill", [False, True])
def test_what_is_pushed_can_be_said_with_what_is_known(world, language, drill):
    for user, given in ((USER, talk.PinShared(PIN)), (OTHER, talk.TextSent("0812345678"))):
        if language:
            world.send(talk.LanguageChosen(language), user=user)
        world.send(talk.ReportAsked(drill=drill), given, user=user)
    world.clock.advance(SILENT_S)
    assert world.audit() == (1, 1, 0, 0)
    for push in world.messenger.pushes:
        assert push.language == language
        messages = render(push.prompts, push.language)
        assert validate.messages(messages) == []
        for message in messages:
            assert message["altText"].endswith(NEUTRAL)
            assert message["altText"].startswith("[") is drill


def test_nobody_can_choose_the_unknown_kind():
    event = {
        "type": "postback",
        "webhookEventId": "e",
        "source": {"type": "user", "userId": USER},
        "postback": {"data": "a=kind&k=0"},
    }
    assert read_event(event).given == talk.ButtonUnknown()


def test_a_store_that_is_slow_leaves_time_to_tell_whoever_was_dispatched(world):
    for number in range(5):
        world.send(talk.PinShared(PIN), user=f"U{number:032x}")
    world.clock.advance(SILENT_S)
    slow = [lambda: world.clock.advance(LOOKING_S / 2 + 1)] * 2
    world.conversations.plan("get", *slow)
    assert world.audit()[0] == 2
    assert world.messenger.calls["push"] == 2
    assert world.audit()[0] == 3  # by the next run


def test_a_draft_with_a_pin_does_not_wait_behind_those_without(world):
    for number in range(LIMIT):
        user = f"U{number:032x}"
        world.store.conversations[user] = Conversation(
            user, version=1, draft=Draft(touched_at=world.clock.now() - 60)
        )
    world.send(talk.PinShared(PIN))
    world.clock.advance(SILENT_S)
    world.messenger.plan("push", *[TemporaryFailure("LINE: 500")] * (LIMIT + 2))
    assert world.audit()[0] == 1
    assert world.workflow.started == [world.report.report_id]


# --- beside an open report ----------------------------------------


def test_words_of_a_forgotten_draft_go_to_the_report_that_is_open_beside_it(world):
    world.send(talk.KindChosen(Kind.ASSAULT), talk.PinShared(PIN), talk.CallDeclined())
    report = world.report
    accepted = replace(
        report, version=report.version + 1, status=Status.ACKNOWLEDGED, token="token"
    )
    world.reports.save(Change(accepted, ()))
    world.send(talk.ReportAsked(fresh=True))
    draft = replace(world.stored.draft, notes=("เขามีปืน", "ชั้นสอง"), note_ids=("1", "2"))
    world.store.conversations[USER] = replace(world.stored, draft=draft)
    world.clock.advance(EXPIRES_S)
    assert world.audit() == (0, 0, 1, 0)
    assert world.stored.draft is None
    assert (world.report.notes, world.report.note_ids) == (draft.notes, draft.note_ids)
    assert world.stored.active.notes == 2
    assert world.workflow.resumed == [("token", "details")]
    assert world.told() == []  # that nobody was told would not be true


def test_words_that_no_report_takes_do_not_hold_a_draft_for_ever(world):
    world.send(talk.KindChosen(Kind.ASSAULT), talk.PinShared(PIN), talk.CallDeclined())
    world.send(talk.ReportAsked(fresh=True))
    draft = replace(world.stored.draft, notes=("เขามีปืน",), note_ids=("1",))
    world.store.conversations[USER] = replace(world.stored, draft=draft)
    world.store.reports.clear()
    world.clock.advance(EXPIRES_S)
    assert world.audit() == NOTHING
    world.clock.advance(EXPIRES_S)
    assert world.audit() == (0, 0, 1, 0)
    assert world.stored.draft is None

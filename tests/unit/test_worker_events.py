"""The workers' functions over the corpus in `events/`: as the workflow and schedule call them."""

import importlib
import json
import re
from pathlib import Path

import pytest

from ess import bootstrap
from ess.domain.errors import NobodyOnDuty, ReportSuperseded
from ess.domain.geo import Point
from ess.domain.policy_rows import read_policy
from ess.domain.report import ClosingReason, Status
from ess.domain.station import Station
from ess.policies import builtin
from tests.unit.directory_kit import directory_of
from tests.unit.incident_kit import ALICE, BOB, CAROL, DORA, REPORT, World

ROOT = Path(__file__).parents[2]
EVENTS = ROOT / "events"


@pytest.fixture
def world(monkeypatch):
    world = World(ALICE, BOB, CAROL, DORA)
    wire(monkeypatch, world)
    return world


def wire(monkeypatch, world):
    """Let the functions find the adapters of `world`, and the built-in policy."""
    directory = directory_of([Station("np-first", "สภ.หนึ่ง", "First", Point(17.4, 104.7))])
    for name, value in {
        "reports": world.reports,
        "conversations": world.conversations,
        "webhook_messenger": world.messenger,
        "responders": world.responders,
        "officer_links": world.links,
        "workflow": world.workflow,
        "clock": world.clock,
        "station_directory": directory,
    }.items():
        monkeypatch.setattr(bootstrap, name, lambda value=value: value)
    built_in = read_policy(builtin.load(), {"acknowledge": 60, "desk": 45})
    monkeypatch.setattr(bootstrap, "policy", lambda _tell: (built_in, "built in"))
    monkeypatch.setattr(bootstrap, "messages_about", lambda _observe: world.about)


def call(name):
    function, _, _ = name.partition("/")
    event = json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))
    return importlib.import_module(f"functions.{function}.app").handler(event, None)


def test_every_function_has_a_sample_event():
    functions = {path.parent.name for path in (ROOT / "functions").glob("*/app.py")}
    assert {path.parent.name for path in EVENTS.glob("*/*.json")} == functions


def sent_by_the_workflow():
    """The fields that each state passes to its function: function, fields."""
    text = (ROOT / "workflow" / "report.asl.json").read_text("utf-8")
    machine = json.loads(re.sub(r"(?<!\")\$\{\w+\}", "0", text))  # a number stands there bare
    for state in machine["States"].values():
        if state["Type"] == "Task":
            arguments = state["Arguments"]
            name = re.fullmatch(r"\$\{(\w+)FunctionArn\}", arguments["FunctionName"])[1]
            function = re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()
            yield function, frozenset(arguments["Payload"])


SENT = list(sent_by_the_workflow())


@pytest.mark.parametrize(("function", "fields"), SENT)
def test_what_the_workflow_sends_has_a_sample(function, fields):
    samples = [json.loads(p.read_text("utf-8")) for p in EVENTS.glob(f"{function}/*.json")]
    assert fields in [frozenset(sample) for sample in samples]
    assert {s["action"] for s in samples if "action" in s} <= {"follow_up", "conclude"}


@pytest.mark.parametrize(
    "path",
    [p for name, _ in SENT for p in EVENTS.glob(f"{name}/*.json") if p.stem != "point"],
    ids=lambda path: f"{path.parent.name}/{path.stem}",
)
def test_a_sample_has_the_fields_that_the_workflow_sends(path):
    sample = json.loads(path.read_text(encoding="utf-8"))
    assert (path.parent.name, frozenset(sample)) in SENT


@pytest.mark.parametrize("name", ["find_station/point", "find_station/report"])
def test_a_station_is_found(world, name):
    assert call(name)["candidates"][0]["unit_id"] == "np-first"


@pytest.mark.parametrize(
    ("name", "asked", "waits"),
    [
        (
            "two_stations",
            [["np-first"], ["np-first", "np-second"], ["np-191"], ["desk"]],
            [60, 60, 60, 45],
        ),
        # The next nearest is missing, so that the responsible one has its second minute alone.
        ("one_bad_candidate", [["np-first"], ["np-first"], ["desk"]], [60, 60, 45]),
        ("no_station", [["desk"]], [45]),
    ],
)
def test_a_report_gets_its_ladder_and_always_the_desk(monkeypatch, name, asked, waits):
    world = World(ladder=None)
    wire(monkeypatch, world)
    told = call(f"assign_report/{name}")
    ladder = world.report.ladder
    assert [[unit.unit_id for unit in rung.units] for rung in ladder.rungs] == asked
    assert told == {"waits": waits, "step": 0, "outcome": "search"}
    assert ladder.policy == "default, built in"
    # Said twice (a retry), it is the same ladder.
    assert call(f"assign_report/{name}") == told
    assert world.report.ladder == ladder


def test_an_execution_that_takes_over_an_accepted_report_is_told_to_follow_it_up(world):
    world.notify()
    world.tap(ALICE, "accept")
    told = call("assign_report/no_station")
    assert (told["outcome"], told["step"], len(told["waits"])) == ("silence", 1, 3)


def test_the_first_station_is_notified(world):
    call("notify_responders/first_station")
    assert world.report.status is Status.NOTIFIED
    assert world.report.token == "token-of-the-waiting-state"
    assert world.told(ALICE) == world.told(BOB) == ["officer.offer"]
    assert world.texted(ALICE) == ["sms.offer"]


def test_the_desk_is_notified(world):
    call("notify_responders/desk")
    assert world.shown == "status.at_desk"
    assert world.told(DORA) == ["officer.offer_desk"]
    assert [mail.name for mail in world.desk_mail.sent] == ["mail.desk"]


@pytest.mark.parametrize(
    "name", ["notify_responders/desk", "follow_up_report/accepted", "follow_up_report/conclude"]
)
def test_an_execution_that_was_replaced_changes_and_says_nothing(monkeypatch, name):
    world = World(ALICE, BOB, DORA, run=2)
    wire(monkeypatch, world)
    before = world.report
    with pytest.raises(ReportSuperseded):
        call(name)
    assert world.report == before
    assert (world.messenger.pushes, world.sms.sent) == ([], [])


def test_a_step_that_nobody_can_be_asked_at_says_so_by_its_name(monkeypatch):
    world = World(DORA)
    wire(monkeypatch, world)
    with pytest.raises(NobodyOnDuty):
        call("notify_responders/first_station")


def test_help_that_was_called_is_sent(world):
    world.notify()
    world.tap(ALICE, "accept")
    world.tap(ALICE, "help")
    call("follow_up_report/help")
    assert world.told(CAROL) == world.told(DORA) == ["officer.help_wanted"]
    assert world.told(ALICE)[-1] == "officer.help_sent"
    assert world.report.token == "token-of-the-waiting-state"


def test_silence_after_accepting_is_reminded_of(world):
    world.notify()
    world.tap(ALICE, "accept")
    world.clock.advance(600)
    call("follow_up_report/silence")
    assert world.told(ALICE)[-1] == "officer.reminder"


def test_an_accepted_report_is_followed_up(world):
    world.notify()
    world.tap(ALICE, "accept")
    call("follow_up_report/accepted")
    assert world.told()[-1] == "status.acknowledged"
    assert world.told(BOB)[-1] == "officer.taken"


def test_a_closed_report_is_concluded(world):
    world.notify()
    world.tap(ALICE, "accept")
    world.tap(ALICE, "close", ClosingReason.RESOLVED)
    call("follow_up_report/conclude")
    assert world.told()[-1] == "status.closed"


def test_the_schedule_starts_what_was_never_started(world):
    world.clock.advance(120)
    call("audit_reports/schedule")
    assert world.workflow.started == [REPORT]

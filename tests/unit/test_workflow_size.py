"""The longest possible search stays within what one execution may hold."""

import re

from tools.check_workflow import DEFINITION, TEMPLATE, CloudFormationLoader, parse

HISTORY_LIMIT = 25_000
"""https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html, Standard workflows."""
MOST_STATIONS = 10

TEXT = DEFINITION.read_text(encoding="utf-8")
MACHINE = parse(TEXT)
STATES = MACHINE["States"]


def default_of(parameter):
    import yaml

    template = yaml.load(TEMPLATE.read_text(encoding="utf-8"), CloudFormationLoader)
    return template["Parameters"][parameter]["Default"]


def most_events(name):
    """Events that one pass through a state can add to the history, all retries used up."""
    state = STATES[name]
    if state["Type"] != "Task":
        return 2  # entered, exited
    tries = 1 + sum(retry["MaxAttempts"] for retry in state["Retry"])
    # Scheduled, started, failed or timed out; a callback is also submitted.
    return 2 + tries * (4 if "waitForTaskToken" in state["Resource"] else 3)


def rounds_of_the_desk():
    return int(re.search(r"\$round < (\d+)", TEXT)[1])


def test_the_desk_is_asked_for_hours():
    assert rounds_of_the_desk() * default_of("DeskSeconds") >= 12 * 3600
    assert MACHINE["TimeoutSeconds"] >= 24 * 3600


def test_the_longest_search_and_the_longest_follow_up_fit_into_one_history():
    search = MOST_STATIONS * (most_events("NotifyStation") + most_events("NextRung"))
    desk = rounds_of_the_desk() * sum(
        most_events(name) for name in ("NotifyDesk", "PauseAtDesk", "NextRung")
    )
    silences = MACHINE["TimeoutSeconds"] / default_of("ProgressSeconds")
    # Between two silences at most: accepted, on the way, on scene, each through the choice.
    follow_up = silences * most_events("FollowUp")
    follow_up += silences / 3 * 3 * (most_events("FollowUp") + most_events("Answered"))
    ends = sum(most_events(name) for name in ("FindStation", "AssignReport", "ConcludeReport"))
    assert search + desk + follow_up + ends < HISTORY_LIMIT


def test_no_state_passes_more_on_than_the_next_one_needs():
    # What is passed is kept for 90 days in the history: ids, names and outcomes only.
    payloads = [s["Arguments"]["Payload"] for s in STATES.values() if s["Type"] == "Task"]
    assert {name for payload in payloads for name in payload} == {
        *("report_id", "candidates", "rung", "attempt", "token", "wait_s", "outcome", "action"),
    }
    outputs = [state["Output"] for state in STATES.values() if "Output" in state]
    assert outputs == [
        {"candidates": "{% $states.result.Payload.candidates %}"},
        {},
        {"outcome": "unheard"},
        {},
    ]

"""The longest possible search stays within what one execution may hold."""

from ess.domain.ladder import MOST_LAST_STEPS
from ess.domain.pace import SLOW_S
from ess.domain.policy_rows import MOST_STEPS
from tools.check_workflow import DEFINITION, TEMPLATE, CloudFormationLoader, parse

HISTORY_LIMIT = 25_000
"""https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html, Standard workflows."""

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


def test_the_desk_is_asked_for_hours():
    assert MOST_LAST_STEPS * default_of("DeskSeconds") >= 12 * 3600
    assert MACHINE["TimeoutSeconds"] >= 24 * 3600


def test_the_longest_search_and_the_longest_follow_up_fit_into_one_history():
    # A step that cannot be offered at all pauses instead of going through the choice.
    step = most_events("NotifyResponders") + most_events("PauseSearch")
    search = (MOST_STEPS + MOST_LAST_STEPS + 1) * step
    # What the desk was waited for is not left for following up.
    left_s = MACHINE["TimeoutSeconds"] - MOST_LAST_STEPS * default_of("DeskSeconds")
    silences = left_s / default_of("ProgressSeconds")
    # Between two silences at most: accepted, on the way, on scene, each through the choice.
    follow_up = silences * most_events("FollowUp")
    follow_up += silences / 3 * 3 * (most_events("FollowUp") + most_events("Answered"))
    ends = sum(most_events(name) for name in ("FindUnits", "AssignReport", "ConcludeReport"))
    assert search + follow_up + ends < HISTORY_LIMIT


def test_a_search_that_cannot_notify_anybody_does_not_spin():
    (last,) = (c for c in STATES["NotifyResponders"]["Catch"] if c["ErrorEquals"] == ["States.ALL"])
    assert last["Next"] == "PauseSearch"
    # Five seconds a step: over an hour before such a history is full; then the auditor goes on.
    step = most_events("NotifyResponders") + most_events("PauseSearch")
    assert HISTORY_LIMIT / step * STATES["PauseSearch"]["Seconds"] > 3600


def test_a_reporter_who_floods_us_for_hours_does_not_fill_a_history():
    pause = STATES["PauseForMore"]
    assert (pause["Seconds"], pause["Next"]) == (SLOW_S, "FollowUp")
    # Each round in vain as often as it may be, which is what no flood does: over half an hour.
    tried_once = 2 + 4 + most_events("Answered") + most_events("PauseForMore")
    assert HISTORY_LIMIT / tried_once * pause["Seconds"] > 6 * 3600


def test_no_state_passes_more_on_than_the_next_one_needs():
    # What is passed is kept for 90 days in the history: ids, names and outcomes only.
    payloads = [s["Arguments"]["Payload"] for s in STATES.values() if s["Type"] == "Task"]
    assert {name for payload in payloads for name in payload} == {
        *("report_id", "run", "candidates", "step", "counted_anew", "token", "wait_s"),
        *("outcome", "action"),
    }
    outputs = [state["Output"] for state in STATES.values() if "Output" in state]
    assert outputs == [
        {"candidates": "{% $states.result.Payload.candidates %}"},
        {"outcome": "{% $states.result.Payload.outcome %}"},
        {"outcome": "unheard"},
        {},
    ]
    assigned = [state["Assign"] for state in STATES.values() if "Assign" in state]
    assert {name for one in assigned for name in one} == {
        *("report_id", "run", "waits", "step", "counted_anew"),
    }


def test_a_step_counts_from_the_executions_own_start_only_if_nothing_else_is_known():
    """Otherwise a search that is taken over is refused each step that it has behind it."""
    assigned = STATES["AssignReport"]
    (unknown,) = (c for c in assigned["Catch"] if c["ErrorEquals"] == ["States.ALL"])
    assert assigned["Assign"]["counted_anew"] is False
    assert {name: unknown["Assign"][name] for name in ("step", "counted_anew")} == {
        "step": 0,
        "counted_anew": True,
    }
    payload = STATES["NotifyResponders"]["Arguments"]["Payload"]
    assert payload["counted_anew"] == "{% $counted_anew %}"


def test_a_lambda_that_does_not_answer_in_time_is_tried_again():
    for name, state in STATES.items():
        if state["Type"] == "Task":
            retried = {error for retry in state["Retry"] for error in retry["ErrorEquals"]}
            assert "Lambda.ClientExecutionTimeoutException" in retried, name


def test_every_task_says_which_execution_it_belongs_to_but_the_lookup():
    for name, state in STATES.items():
        if state["Type"] == "Task" and name != "FindUnits":
            assert state["Arguments"]["Payload"]["run"] == "{% $run %}", name
            assert {"ErrorEquals": ["ReportSuperseded"], "Next": "Superseded"} in state["Catch"]

"""The workflow port over Step Functions: a start is idempotent by name, a token may be over."""

import json
import time
from datetime import UTC, datetime

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from moto import mock_aws

from ess.adapters.stepfunctions.workflow import StepFunctionsWorkflow
from ess.domain.errors import PermanentFailure, TemporaryFailure
from ess.ports.workflow import Execution

REPORT = "0" * 32
OTHER = "1" * 32
ARN = "arn:aws:states:ap-southeast-1:123456789012:stateMachine:reports"
EXECUTION = "arn:aws:states:ap-southeast-1:123456789012:execution:reports"


def refused(code, status=400):
    response = {
        "Error": {"Code": code, "Message": "..."},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(response, "Call")


class Engine:
    """Raises what it was given, or takes the call and answers from a list."""

    def __init__(self, failure=None, *answers):
        self.failure = failure
        self.answers = list(answers)
        self.calls = []

    def _take(self, **call):
        self.calls.append(call)
        if self.failure:
            raise self.failure
        return self.answers.pop(0) if self.answers else {}

    start_execution = send_task_success = send_task_heartbeat = _take
    describe_execution = stop_execution = list_executions = _take


@pytest.fixture
def machine():
    with mock_aws():
        client = boto3.client("stepfunctions", region_name="ap-southeast-1")
        definition = {"StartAt": "End", "States": {"End": {"Type": "Succeed"}}}
        created = client.create_state_machine(
            name="reports",
            definition=json.dumps(definition),
            roleArn="arn:aws:iam::123456789012:role/states",
        )
        yield client, created["stateMachineArn"]


def test_a_report_is_started_once_under_its_own_name(machine):
    client, arn = machine
    workflow = StepFunctionsWorkflow(client, arn)
    assert workflow.start(REPORT) is True
    assert workflow.start(REPORT) is False
    (execution,) = client.list_executions(stateMachineArn=arn)["executions"]
    assert execution["name"] == REPORT
    given = client.describe_execution(executionArn=execution["executionArn"])["input"]
    assert json.loads(given)["report_id"] == REPORT


def test_no_two_starts_have_the_same_input():
    # AWS answers a second start with the input of a running execution as if it had started it.
    engine = Engine()
    workflow = StepFunctionsWorkflow(engine, "arn")
    workflow.start(REPORT)
    workflow.start(REPORT)
    first, second = (call["input"] for call in engine.calls)
    assert first != second


def test_a_waiting_state_is_told_the_outcome():
    engine = Engine()
    assert StepFunctionsWorkflow(engine, "arn").resume("t" * 2048, "accepted") is True
    assert engine.calls == [{"taskToken": "t" * 2048, "output": '{"outcome": "accepted"}'}]


@pytest.mark.parametrize("code", ["TaskTimedOut", "TaskDoesNotExist", "InvalidToken"])
def test_a_token_that_is_over_is_no_failure(code):
    assert StepFunctionsWorkflow(Engine(refused(code)), "arn").resume("t", "closed") is False


@pytest.mark.parametrize(
    ("failure", "meaning"),
    [
        (refused("ThrottlingException"), TemporaryFailure),
        (refused("ExecutionLimitExceeded"), TemporaryFailure),
        (refused("InternalFailure", 500), TemporaryFailure),
        (EndpointConnectionError(endpoint_url="https://states"), TemporaryFailure),
        (refused("StateMachineDoesNotExist"), PermanentFailure),
        (refused("AccessDeniedException"), PermanentFailure),
    ],
)
def test_what_a_failure_means(failure, meaning):
    workflow = StepFunctionsWorkflow(Engine(failure), "arn")
    with pytest.raises(meaning):
        workflow.start(REPORT)
    with pytest.raises(meaning):
        workflow.resume("t", "closed")
    with pytest.raises(meaning):
        workflow.holds("t")
    with pytest.raises(meaning):
        workflow.state_of(REPORT, 1)
    with pytest.raises(meaning):
        workflow.stop(REPORT, 1)
    with pytest.raises(meaning):
        workflow.ended_badly(0.0)


# --- what the auditor asks ------------------------------------------------------------------------


def test_the_name_of_an_execution_is_the_report_and_the_number_of_a_later_one():
    engine = Engine()
    workflow = StepFunctionsWorkflow(engine, ARN)
    for run in (1, 2, 13):
        workflow.start(REPORT, run)
    assert [call["name"] for call in engine.calls] == [REPORT, f"{REPORT}-2", f"{REPORT}-13"]
    assert {call["stateMachineArn"] for call in engine.calls} == {ARN}
    given = [json.loads(call["input"]) for call in engine.calls]
    assert [(one["report_id"], one["run"]) for one in given] == [(REPORT, n) for n in (1, 2, 13)]
    # Names are unique for 90 days: https://docs.aws.amazon.com/step-functions/latest/apireference/
    assert all(len(call["name"]) <= 80 for call in engine.calls)


def test_each_run_of_a_report_starts_once(machine):
    client, arn = machine
    workflow = StepFunctionsWorkflow(client, arn)
    assert [workflow.start(REPORT, run) for run in (1, 2, 2, 1)] == [True, True, False, False]
    names = {e["name"] for e in client.list_executions(stateMachineArn=arn)["executions"]}
    assert names == {REPORT, f"{REPORT}-2"}


def test_how_an_execution_stands_is_known_of_each_run(machine):
    client, arn = machine
    workflow = StepFunctionsWorkflow(client, arn)
    assert workflow.state_of(REPORT, 1) is Execution.ABSENT
    workflow.start(REPORT, 2)
    assert workflow.state_of(REPORT, 1) is Execution.ABSENT
    assert workflow.state_of(REPORT, 2) is Execution.RUNNING
    workflow.stop(REPORT, 2)
    assert workflow.state_of(REPORT, 2) is Execution.ABORTED


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("RUNNING", Execution.RUNNING),
        ("PENDING_REDRIVE", Execution.RUNNING),
        ("SUCCEEDED", Execution.SUCCEEDED),
        ("FAILED", Execution.FAILED),
        ("TIMED_OUT", Execution.TIMED_OUT),
        ("ABORTED", Execution.ABORTED),
    ],
)
def test_every_status_of_an_execution_has_a_meaning(status, state):
    engine = Engine(None, {"status": status})
    assert StepFunctionsWorkflow(engine, ARN).state_of(REPORT, 3) is state
    assert engine.calls == [{"executionArn": f"{EXECUTION}:{REPORT}-3"}]


@pytest.mark.parametrize("code", ["ExecutionDoesNotExist", "ExecutionNotRunning"])
def test_stopping_what_has_ended_or_never_began_is_no_failure(code):
    engine = Engine(refused(code))
    StepFunctionsWorkflow(engine, ARN).stop(REPORT, 1)
    assert [call["executionArn"] for call in engine.calls] == [f"{EXECUTION}:{REPORT}"]


def test_stopping_an_execution_twice_and_one_that_never_was_is_no_failure(machine):
    client, arn = machine
    workflow = StepFunctionsWorkflow(client, arn)
    workflow.stop(OTHER, 1)
    workflow.start(REPORT)
    workflow.stop(REPORT, 1)
    workflow.stop(REPORT, 1)
    assert workflow.state_of(REPORT, 1) is Execution.ABORTED


def test_a_token_that_a_state_waits_on_is_held():
    engine = Engine()
    assert StepFunctionsWorkflow(engine, ARN).holds("t" * 2048) is True
    assert engine.calls == [{"taskToken": "t" * 2048}]


@pytest.mark.parametrize("code", ["TaskTimedOut", "TaskDoesNotExist", "InvalidToken"])
def test_a_token_that_nobody_waits_on_is_not_held(code):
    assert StepFunctionsWorkflow(Engine(refused(code)), ARN).holds("t") is False


def listed(*executions):
    """An answer of ListExecutions: names, and when each ended in epoch seconds."""
    return {
        "executions": [
            {"name": name, "stopDate": datetime.fromtimestamp(at, UTC)} for name, at in executions
        ]
    }


def test_what_ended_badly_is_told_with_its_number_and_how():
    engine = Engine(
        None,
        listed((REPORT, 1001.0), (f"{OTHER}-2", 1000.0), (f"{OTHER}-12", 2000.0)),
        listed((OTHER, 1500.0), (REPORT, 999.0)),
        listed((f"{REPORT}-3", 1000.5), ("begun-by-hand", 1200.0)),
    )
    assert StepFunctionsWorkflow(engine, ARN).ended_badly(1000.0) == [
        (REPORT, 1, Execution.FAILED),
        (OTHER, 12, Execution.FAILED),
        (OTHER, 1, Execution.TIMED_OUT),
        (REPORT, 3, Execution.ABORTED),
        ("begun", 1, Execution.ABORTED),  # no report has that id: the auditor passes it over
    ]
    assert [call["statusFilter"] for call in engine.calls] == ["FAILED", "TIMED_OUT", "ABORTED"]
    assert {(call["stateMachineArn"], call["maxResults"]) for call in engine.calls} == {(ARN, 100)}


def test_what_ended_badly_as_the_engine_itself_tells_it(machine):
    client, arn = machine
    workflow = StepFunctionsWorkflow(client, arn)
    before = time.time() - 5
    for report_id, run in ((REPORT, 1), (REPORT, 2), (OTHER, 1)):
        workflow.start(report_id, run)
    assert workflow.ended_badly(before) == []
    workflow.stop(REPORT, 2)
    assert workflow.ended_badly(before) == [(REPORT, 2, Execution.ABORTED)]
    assert workflow.ended_badly(time.time() + 5) == []

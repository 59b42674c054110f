"""The workflow port over Step Functions: a start is idempotent by name, a token may be over."""

import json

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from moto import mock_aws

from ess.adapters.stepfunctions.workflow import StepFunctionsWorkflow
from ess.domain.errors import PermanentFailure, TemporaryFailure

REPORT = "0" * 32


def refused(code, status=400):
    response = {
        "Error": {"Code": code, "Message": "..."},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(response, "Call")


class Engine:
    """Raises what it was given, or takes the call."""

    def __init__(self, failure=None):
        self.failure = failure
        self.calls = []

    def _take(self, **call):
        self.calls.append(call)
        if self.failure:
            raise self.failure

    start_execution = send_task_success = _take


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

"""The workflow in AWS Step Functions."""

import json
import uuid
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ess.domain.errors import PermanentFailure, TemporaryFailure

# https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html#API_SendTaskSuccess_Errors
_OVER = frozenset({"TaskTimedOut", "TaskDoesNotExist", "InvalidToken"})
_STARTED = "ExecutionAlreadyExists"
# ExecutionLimitExceeded: too many are running. The others are of every AWS service.
_NOT_NOW = frozenset(
    {"ExecutionLimitExceeded", "ThrottlingException", "Throttling", "ServiceUnavailable"}
)


class StepFunctionsWorkflow:
    """Workflow port over Step Functions; an execution is named after its report.

    Args:
        client: botocore's ``stepfunctions`` client.
        state_machine_arn: the state machine of workflow/report.asl.json.
    """

    def __init__(self, client: Any, state_machine_arn: str) -> None:
        self._client = client
        self._arn = state_machine_arn

    def start(self, report_id: str) -> bool:
        """Start the execution `report_id`; see `ess.ports.workflow.Workflow.start`."""
        # AWS calls a second start with the same input a success: each call's input is its own, so
        # that only the first one is told so (and a retry of the client, which repeats the bytes).
        given = {"report_id": report_id, "call": uuid.uuid4().hex}
        try:
            self._client.start_execution(
                stateMachineArn=self._arn, name=report_id, input=json.dumps(given)
            )
        except ClientError as error:
            if _code(error) == _STARTED:
                return False
            raise _meaning(error) from error
        except BotoCoreError as error:
            raise TemporaryFailure(f"Step Functions: {type(error).__name__}") from error
        return True

    def resume(self, token: str, outcome: str) -> bool:
        """Succeed the task of `token`; see `ess.ports.workflow.Workflow.resume`."""
        try:
            self._client.send_task_success(taskToken=token, output=json.dumps({"outcome": outcome}))
        except ClientError as error:
            if _code(error) in _OVER:
                return False
            raise _meaning(error) from error
        except BotoCoreError as error:
            raise TemporaryFailure(f"Step Functions: {type(error).__name__}") from error
        return True


def _code(error: ClientError) -> str:
    code: str = error.response.get("Error", {}).get("Code", "")
    return code


def _meaning(error: ClientError) -> TemporaryFailure | PermanentFailure:
    code = _code(error)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in _NOT_NOW or status >= 500:
        return TemporaryFailure(f"Step Functions: {code}")
    return PermanentFailure(f"Step Functions: {code}")

"""The workflow in AWS Step Functions."""

import json
import uuid
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ess.domain.errors import PermanentFailure, TemporaryFailure
from ess.ports.workflow import Execution

# https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html#API_SendTaskSuccess_Errors
_OVER = frozenset({"TaskTimedOut", "TaskDoesNotExist", "InvalidToken"})
_STARTED = "ExecutionAlreadyExists"
_ABSENT = "ExecutionDoesNotExist"
_ENDED = frozenset({"ExecutionDoesNotExist", "ExecutionNotRunning"})
_STATES = {
    "SUCCEEDED": Execution.SUCCEEDED,
    "FAILED": Execution.FAILED,
    "TIMED_OUT": Execution.TIMED_OUT,
    "ABORTED": Execution.ABORTED,
}
"""What ended; everything else (RUNNING, PENDING_REDRIVE) has not."""
# ExecutionLimitExceeded: too many are running. The others are of every AWS service.
_NOT_NOW = frozenset(
    {"ExecutionLimitExceeded", "ThrottlingException", "Throttling", "ServiceUnavailable"}
)


class StepFunctionsWorkflow:
    """Workflow port over Step Functions; an execution is named after its report and its number.

    Args:
        client: botocore's ``stepfunctions`` client.
        state_machine_arn: the state machine of workflow/report.asl.json.
    """

    def __init__(self, client: Any, state_machine_arn: str) -> None:
        self._client = client
        self._arn = state_machine_arn

    def start(self, report_id: str, run: int = 1) -> bool:
        """Start an execution; see `ess.ports.workflow.Workflow.start`."""
        # AWS calls a second start with the same input a success: each call's input is its own, so
        # that only the first one is told so (and a retry of the client, which repeats the bytes).
        given = {"report_id": report_id, "run": run, "call": uuid.uuid4().hex}
        name = _name(report_id, run)
        try:
            self._client.start_execution(
                stateMachineArn=self._arn, name=name, input=json.dumps(given)
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

    def holds(self, token: str) -> bool:
        """Ask for a heartbeat of `token`; see `ess.ports.workflow.Workflow.holds`."""
        try:
            self._client.send_task_heartbeat(taskToken=token)
        except ClientError as error:
            if _code(error) in _OVER:
                return False
            raise _meaning(error) from error
        except BotoCoreError as error:
            raise TemporaryFailure(f"Step Functions: {type(error).__name__}") from error
        return True

    def state_of(self, report_id: str, run: int) -> Execution:
        """Describe an execution; see `ess.ports.workflow.Workflow.state_of`."""
        try:
            found = self._client.describe_execution(executionArn=self._execution(report_id, run))
        except ClientError as error:
            if _code(error) == _ABSENT:
                return Execution.ABSENT
            raise _meaning(error) from error
        except BotoCoreError as error:
            raise TemporaryFailure(f"Step Functions: {type(error).__name__}") from error
        return _STATES.get(found["status"], Execution.RUNNING)

    def stop(self, report_id: str, run: int) -> None:
        """Stop an execution; see `ess.ports.workflow.Workflow.stop`."""
        try:
            self._client.stop_execution(
                executionArn=self._execution(report_id, run),
                error="Superseded",
                cause="The auditor gave the report to another execution.",
            )
        except ClientError as error:
            if _code(error) not in _ENDED:
                raise _meaning(error) from error
        except BotoCoreError as error:
            raise TemporaryFailure(f"Step Functions: {type(error).__name__}") from error

    def ended_badly(self, since: float) -> list[tuple[str, int, Execution]]:
        """List executions of each bad end, 100 at most; see `ess.ports.workflow.Workflow`."""
        found = []
        for status in ("FAILED", "TIMED_OUT", "ABORTED"):
            try:
                page = self._client.list_executions(
                    stateMachineArn=self._arn, statusFilter=status, maxResults=100
                )
            except ClientError as error:
                raise _meaning(error) from error
            except BotoCoreError as error:
                raise TemporaryFailure(f"Step Functions: {type(error).__name__}") from error
            for execution in page["executions"]:
                if execution["stopDate"].timestamp() > since:
                    report_id, run = _report_of(execution["name"])
                    found.append((report_id, run, _STATES[status]))
        return found

    def _execution(self, report_id: str, run: int) -> str:
        machine = self._arn.replace(":stateMachine:", ":execution:")
        return f"{machine}:{_name(report_id, run)}"


def _name(report_id: str, run: int) -> str:
    """Return the name of an execution: the report's id, and the number of a later one."""
    return report_id if run == 1 else f"{report_id}-{run}"


def _report_of(name: str) -> tuple[str, int]:
    report_id, _, run = name.partition("-")
    return report_id, int(run) if run.isdecimal() else 1


def _code(error: ClientError) -> str:
    code: str = error.response.get("Error", {}).get("Code", "")
    return code


def _meaning(error: ClientError) -> TemporaryFailure | PermanentFailure:
    code = _code(error)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in _NOT_NOW or status >= 500:
        return TemporaryFailure(f"Step Functions: {code}")
    return PermanentFailure(f"Step Functions: {code}")

"""The engine that carries a report from step to step."""

from enum import StrEnum
from typing import Protocol


class Execution(StrEnum):
    """How a workflow execution stands."""

    ABSENT = "never_started"
    RUNNING = "running"
    SUCCEEDED = "ended_early"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    ABORTED = "aborted"


class Workflow(Protocol):
    """Starts a report's workflow, tells a waiting one what happened, and says how it stands.

    A report may have several executions, one after the other, numbered from 1 (`run`). Every method
    raises TemporaryFailure if the engine did not answer, or not now.
    """

    def start(self, report_id: str, run: int = 1) -> bool:
        """Start an execution of a report's workflow; starting it again changes nothing.

        Returns:
            True if this call started it, False if it had been started before.
        """
        ...

    def resume(self, token: str, outcome: str) -> bool:
        """Tell the state that waits on `token` how it ended (``accepted``, ``declined`` ...).

        Returns:
            True if a state was waiting; False if the token is over. The report itself is right
            already, and whatever the workflow does next reads it first.
        """
        ...

    def holds(self, token: str) -> bool:
        """Tell whether a state waits on `token`."""
        ...

    def state_of(self, report_id: str, run: int) -> Execution:
        """Return how an execution stands."""
        ...

    def stop(self, report_id: str, run: int) -> None:
        """End an execution; one that has ended, or never began, is no error."""
        ...

    def ended_badly(self, since: float) -> list[tuple[str, int, Execution]]:
        """Return executions that failed, timed out or were aborted after `since`, epoch seconds.

        Each with the id of its report and its number. Of very many, only the latest begun.
        """
        ...

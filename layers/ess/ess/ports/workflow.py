"""The engine that carries a report from step to step."""

from typing import Protocol


class Workflow(Protocol):
    """Starts a report's workflow and tells a waiting one what happened."""

    def start(self, report_id: str) -> bool:
        """Start the workflow of a report; starting it again changes nothing.

        Returns:
            True if this call started it, False if it had been started before.

        Raises:
            TemporaryFailure: the engine did not answer, or not now.
        """
        ...

    def resume(self, token: str, outcome: str) -> bool:
        """Tell the state that waits on `token` how it ended (``accepted``, ``declined`` ...).

        Returns:
            True if a state was waiting; False if the token is over. The report itself is right
            already, and whatever the workflow does next reads it first.

        Raises:
            TemporaryFailure: the engine did not answer, or not now.
        """
        ...

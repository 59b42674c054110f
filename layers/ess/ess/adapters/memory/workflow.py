"""The workflow engine as two lists."""

from ess.adapters.memory.script import Scripted


class MemoryWorkflow(Scripted):
    """Records what was started and resumed.

    A report's workflow starts once. Every token waits until it is resumed, or put in `over`.
    """

    def __init__(self) -> None:
        super().__init__()
        self.started: list[str] = []
        self.resumed: list[tuple[str, str]] = []
        self.over: set[str] = set()

    def start(self, report_id: str) -> bool:
        """Start the workflow of a report; see `ess.ports.workflow`."""
        self._called("start")
        if report_id in self.started:
            return False
        self.started.append(report_id)
        return True

    def resume(self, token: str, outcome: str) -> bool:
        """Tell a waiting state how it ended; see `ess.ports.workflow`."""
        self._called("resume")
        if token in self.over:
            return False
        self.over.add(token)
        self.resumed.append((token, outcome))
        return True

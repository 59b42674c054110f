"""The workflow engine as a dictionary and a list."""

from ess.adapters.memory.script import Scripted
from ess.ports.workflow import Execution


class MemoryWorkflow(Scripted):
    """Records what was started and resumed; a test says how an execution stands in `states`.

    An execution starts once. Every token waits until it is resumed, or put in `over`.
    """

    def __init__(self) -> None:
        super().__init__()
        self.states: dict[tuple[str, int], Execution] = {}
        self.ended_at: dict[tuple[str, int], float] = {}
        self.resumed: list[tuple[str, str]] = []
        self.over: set[str] = set()

    @property
    def started(self) -> list[str]:
        """Ids of the reports whose workflow was started, each as often as it was."""
        return [report_id for report_id, _run in self.states]

    def start(self, report_id: str, run: int = 1) -> bool:
        """Start an execution of a report; see `ess.ports.workflow`."""
        self._called("start")
        if (report_id, run) in self.states:
            return False
        self.states[report_id, run] = Execution.RUNNING
        return True

    def resume(self, token: str, outcome: str) -> bool:
        """Tell a waiting state how it ended; see `ess.ports.workflow`."""
        self._called("resume")
        if token in self.over:
            return False
        self.over.add(token)
        self.resumed.append((token, outcome))
        return True

    def holds(self, token: str) -> bool:
        """Tell whether a state waits; see `ess.ports.workflow`."""
        self._called("holds")
        return token not in self.over

    def state_of(self, report_id: str, run: int) -> Execution:
        """Return how an execution stands; see `ess.ports.workflow`."""
        self._called("state_of")
        return self.states.get((report_id, run), Execution.ABSENT)

    def stop(self, report_id: str, run: int) -> None:
        """End an execution; see `ess.ports.workflow`."""
        self._called("stop")
        if self.states.get((report_id, run)) is Execution.RUNNING:
            self.states[report_id, run] = Execution.ABORTED

    def ended_badly(self, since: float) -> list[tuple[str, int, Execution]]:
        """Return executions that ended badly; see `ess.ports.workflow`."""
        self._called("ended_badly")
        bad = {Execution.FAILED, Execution.TIMED_OUT, Execution.ABORTED}
        return [
            (*key, state)
            for key, state in self.states.items()
            if state in bad and self.ended_at.get(key, since + 1) > since
        ]

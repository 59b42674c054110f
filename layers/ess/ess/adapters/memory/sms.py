"""Text messages as a list."""

from ess.adapters.memory.script import Scripted
from ess.domain.conversation import Prompt
from ess.domain.errors import PermanentFailure


class MemorySms(Scripted):
    """Records text messages; numbers in `refused` are refused for good."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[tuple[str, Prompt]] = []
        self.refused: set[str] = set()

    def send(self, phone: str, prompt: Prompt) -> None:
        """Send one SMS; see `ess.ports.sms`."""
        self._called("send")
        if phone in self.refused:
            raise PermanentFailure("number refused")
        self.sent.append((phone, prompt))

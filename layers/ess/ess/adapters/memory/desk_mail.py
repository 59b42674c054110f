"""The desk's mailbox as a list."""

from ess.adapters.memory.script import Scripted
from ess.domain.conversation import Prompt


class MemoryDeskMail(Scripted):
    """Records what the desk is sent."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[Prompt] = []

    def send(self, prompt: Prompt) -> None:
        """Send one e-mail; see `ess.ports.desk_mail`."""
        self._called("send")
        self.sent.append(prompt)

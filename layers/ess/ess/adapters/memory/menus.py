"""Rich menus as a dictionary of who sees which."""

from ess.adapters.memory.script import Scripted


class MemoryMenus(Scripted):
    """Records who sees the officers' menu.

    Args:
        uploaded: whether there is an officers' menu to show.
    """

    def __init__(self, *, uploaded: bool = True) -> None:
        super().__init__()
        self.uploaded = uploaded
        self.officers: set[str] = set()

    def show_officer_menu(self, line_user_id: str) -> bool:
        """Let this person see the officers' menu; see `ess.ports.menus`."""
        self._called("show_officer_menu")
        if self.uploaded:
            self.officers.add(line_user_id)
        return self.uploaded

    def show_reporter_menu(self, line_user_id: str) -> None:
        """Let this person see everybody's menu; see `ess.ports.menus`."""
        self._called("show_reporter_menu")
        self.officers.discard(line_user_id)

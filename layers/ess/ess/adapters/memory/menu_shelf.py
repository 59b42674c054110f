"""The account's rich menus as dictionaries, under LINE's own rules."""

from collections.abc import Mapping, Sequence
from typing import Any

from ess.adapters.memory.script import Scripted
from ess.domain.errors import PermanentFailure


class MemoryMenuShelf(Scripted):
    """Keeps menus by id; who sees a menu that is removed sees everybody's again."""

    def __init__(self) -> None:
        super().__init__()
        self.menus: dict[str, dict[str, Any]] = {}
        self.pictures: dict[str, bytes] = {}
        self.everybodys: str | None = None
        self.seen: dict[str, str] = {}

    def names(self) -> dict[str, str]:
        """Return the name of every menu by its id; see `ess.ports.menu_shelf`."""
        self._called("names")
        return {menu_id: body["name"] for menu_id, body in self.menus.items()}

    def add(self, body: Mapping[str, Any], picture: bytes) -> str:
        """Create a menu with its picture; see `ess.ports.menu_shelf`."""
        menu_id = f"richmenu-{self.calls['add'] + 1}"
        self.menus[menu_id] = dict(body)
        self._called("add")  # a failure comes between the menu and its picture
        self.pictures[menu_id] = picture
        return menu_id

    def remove(self, menu_id: str) -> None:
        """Delete a menu; see `ess.ports.menu_shelf`."""
        self._called("remove")
        self.menus.pop(menu_id, None)
        self.pictures.pop(menu_id, None)
        self.everybodys = None if self.everybodys == menu_id else self.everybodys
        self.seen = {person: seen for person, seen in self.seen.items() if seen != menu_id}

    def default(self) -> str | None:
        """Return the id of the menu of everybody; see `ess.ports.menu_shelf`."""
        self._called("default")
        return self.everybodys

    def set_default(self, menu_id: str) -> None:
        """Show this menu to everybody; see `ess.ports.menu_shelf`."""
        self._called("set_default")
        self._complete(menu_id)
        self.everybodys = menu_id

    def show(self, menu_id: str, line_user_ids: Sequence[str]) -> None:
        """Show this menu to these people; see `ess.ports.menu_shelf`."""
        self._called("show")
        self._complete(menu_id)
        self.seen.update(dict.fromkeys(line_user_ids, menu_id))

    def _complete(self, menu_id: str) -> None:
        if menu_id not in self.pictures:
            raise PermanentFailure("no such menu, or it has no picture")

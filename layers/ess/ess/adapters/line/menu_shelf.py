"""The account's rich menus on LINE."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from itertools import batched
from typing import Any

from ess.adapters.line.calls import LineCalls
from ess.domain.errors import PermanentFailure, RecipientUnreachable

_BULK = 500
"""Most people that one call links."""

_BULK_PAUSE_S = 0.4
"""LINE takes three such calls a second."""


class LineMenuShelf:
    """MenuShelf port over LINE's API.

    Args:
        api: of LINE's API host.
        data: of LINE's data host.
        sleep: waits so many seconds.
    """

    def __init__(
        self, api: LineCalls, data: LineCalls, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._api = api
        self._data = data
        self._sleep = sleep

    def names(self) -> dict[str, str]:
        """Return the name of every menu by its id; see `ess.ports.menu_shelf`."""
        menus = self._api.json("GET", "/v2/bot/richmenu/list").get("richmenus", [])
        return {menu["richMenuId"]: menu["name"] for menu in menus}

    def add(self, body: Mapping[str, Any], picture: bytes) -> str:
        """Create a menu with its picture; see `ess.ports.menu_shelf`."""
        answer = self._api.json("POST", "/v2/bot/richmenu", dict(body))
        menu_id = answer.get("richMenuId")
        if not isinstance(menu_id, str):
            raise PermanentFailure("LINE: a rich menu without an id")
        self._data.send("POST", f"/v2/bot/richmenu/{menu_id}/content", picture, "image/png")
        return menu_id

    def remove(self, menu_id: str) -> None:
        """Delete a menu; see `ess.ports.menu_shelf`."""
        with suppress(RecipientUnreachable):
            self._api.json("DELETE", f"/v2/bot/richmenu/{menu_id}")

    def default(self) -> str | None:
        """Return the id of the menu of everybody; see `ess.ports.menu_shelf`."""
        with suppress(RecipientUnreachable):
            menu_id: str | None = self._api.json("GET", "/v2/bot/user/all/richmenu").get(
                "richMenuId"
            )
            return menu_id
        return None

    def set_default(self, menu_id: str) -> None:
        """Show this menu to everybody; see `ess.ports.menu_shelf`."""
        self._api.json("POST", f"/v2/bot/user/all/richmenu/{menu_id}")

    def show(self, menu_id: str, line_user_ids: Sequence[str]) -> None:
        """Show this menu to these people; see `ess.ports.menu_shelf`."""
        for number, some in enumerate(batched(line_user_ids, _BULK, strict=False)):
            if number:
                self._sleep(_BULK_PAUSE_S)
            self._api.json(
                "POST", "/v2/bot/richmenu/bulk/link", {"richMenuId": menu_id, "userIds": list(some)}
            )

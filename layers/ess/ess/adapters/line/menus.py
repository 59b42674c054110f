"""Which rich menu a person sees, on LINE."""

from contextlib import suppress

from ess.adapters.line.calls import LineCalls
from ess.domain.errors import RecipientUnreachable
from ess.ports.settings_store import SettingsStore

CONNECT_S = 0.2
READ_S = 0.5
"""Shown after the answer: with it, a menu keeps LINE no longer than the 2 s of a webhook."""

SETTING = "rich_menus"
"""Name of the setting in which `ess menus upload` keeps ``{"officer": {"id": ...}, ...}``."""


class LineMenus:
    """Menus port over LINE's API: the default menu is everybody's, an officer's own one wins.

    Args:
        calls: of LINE's API host.
        store: where the ids of the uploaded menus are.
    """

    def __init__(self, calls: LineCalls, store: SettingsStore) -> None:
        self._calls = calls
        self._store = store

    def show_officer_menu(self, line_user_id: str) -> bool:
        """Link the officers' menu; see `ess.ports.menus`."""
        setting = self._store.get(SETTING)
        menu_id = setting.value.get("officer", {}).get("id") if setting else None
        if not menu_id:
            return False
        # One person a call, not the bulk one: that answers before it has done anything.
        self._calls.json("POST", f"/v2/bot/user/{line_user_id}/richmenu/{menu_id}")
        return True

    def show_reporter_menu(self, line_user_id: str) -> None:
        """Unlink the person's own menu; see `ess.ports.menus`."""
        # Nothing linked, or nobody there: either way no officers' menu is seen.
        with suppress(RecipientUnreachable):
            self._calls.json("DELETE", f"/v2/bot/user/{line_user_id}/richmenu")

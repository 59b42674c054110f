"""Bring the menus to LINE: new before old, so that at no moment anybody is left without one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ess.ports.menu_shelf import MenuShelf
from ess.ports.responders import Responders
from ess.ports.settings_store import Setting, SettingsStore
from operate.rich_menus.definition import OFFICER, REPORTER, Menu, line_body, name_of, prefix_of

SETTING = "rich_menus"
"""Where `ess.adapters.line.menus` finds the officers' menu."""


@dataclass(frozen=True, slots=True)
class Done:
    """What an upload has done.

    Attributes:
        added: names of the menus that are new on LINE.
        removed: names of the menus that were deleted there.
        linked: officers who were given the officers' menu.
        default_set: whether everybody's menu was set.
    """

    added: tuple[str, ...]
    removed: tuple[str, ...]
    linked: int
    default_set: bool

    @property
    def nothing(self) -> bool:
        """Tell whether everything was there already."""
        return not (self.added or self.removed or self.linked or self.default_set)


@dataclass(frozen=True, slots=True)
class Uploader:
    """What an upload needs.

    Args:
        shelf: the account's menus.
        store: where their ids are remembered.
        responders: who is an officer.
        stage: of the stack; menus of other stages and other hands are left alone.
        now: tells epoch seconds.
    """

    shelf: MenuShelf
    store: SettingsStore
    responders: Responders
    stage: str
    now: Callable[[], float]

    def upload(
        self,
        menus: Mapping[str, Menu],
        drawing_of: Callable[[Menu], str],
        picture_of: Callable[[Menu], bytes],
    ) -> Done:
        """Bring LINE to `menus`; it may be stopped anywhere and run again.

        Args:
            menus: by key.
            drawing_of: gives the page that a menu's picture is taken of.
            picture_of: gives the picture; asked only for menus that LINE does not have.

        Raises:
            SettingChanged: somebody else uploads at the same time.
            TemporaryFailure, PermanentFailure: LINE or the store did not answer, or refuses.
            CannotDraw: as `picture_of`.
        """
        setting = self.store.get(SETTING)
        known: dict[str, Any] = setting.value if setting else {}
        on_line = self.shelf.names()
        wanted = {key: name_of(menu, self.stage, drawing_of(menu)) for key, menu in menus.items()}

        added, value = [], dict[str, Any]()
        for key, menu in menus.items():
            kept = known.get(key) or {}
            # Only what was remembered is whole: one that has the name may lack its picture.
            if kept.get("name") == wanted[key] == on_line.get(kept.get("id", "")):
                value[key] = kept
            else:
                menu_id = self.shelf.add(line_body(menu, wanted[key]), picture_of(menu))
                value[key] = {"id": menu_id, "name": wanted[key]}
                added.append(wanted[key])

        unfinished = bool(added) or not known.get("complete")
        if unfinished:
            # Before anybody is linked: whoever joins meanwhile gets the new one.
            setting = self._remember(value | {"complete": False}, setting)
        default_set = self.shelf.default() != value[REPORTER]["id"]
        if default_set:
            self.shelf.set_default(value[REPORTER]["id"])
        linked = self._link(value[OFFICER]["id"]) if unfinished else 0
        removed = self._remove_others(on_line, {kept["id"] for kept in value.values()})
        if unfinished:
            self._remember(value | {"complete": True}, setting)
        return Done(tuple(added), removed, linked, default_set)

    def link(self) -> int | None:
        """Give every officer the officers' menu; how many, or None if none was uploaded yet.

        Raises:
            TemporaryFailure, PermanentFailure: LINE or the store did not answer, or refuses.
        """
        setting = self.store.get(SETTING)
        menu_id = (setting.value.get(OFFICER) or {}).get("id") if setting else None
        return self._link(menu_id) if menu_id else None

    def _remember(self, value: dict[str, Any], before: Setting | None) -> Setting:
        return self.store.put(SETTING, value, before.version if before else 0, self.now())

    def _link(self, menu_id: str) -> int:
        people = officers(self.responders)
        if people:
            self.shelf.show(menu_id, people)
        return len(people)

    def _remove_others(self, on_line: Mapping[str, str], kept: set[str]) -> tuple[str, ...]:
        old = {
            menu_id: name
            for menu_id, name in on_line.items()
            if name.startswith(prefix_of(self.stage)) and menu_id not in kept
        }
        for menu_id in old:
            self.shelf.remove(menu_id)
        return tuple(sorted(old.values()))


def officers(responders: Responders) -> Sequence[str]:
    """Return the LINE user ids of all who may see the officers' menu, each once."""
    people = responders.everyone()
    return sorted({p.line_user_id for p in people if p.line_user_id and p.verified})

"""Settings in a dictionary."""

import json
from collections.abc import Mapping
from typing import Any

from ess.adapters.memory.script import Scripted
from ess.adapters.settings_json import checked_name, to_json
from ess.domain.errors import SettingChanged
from ess.ports.settings_store import Setting


class MemorySettings(Scripted):
    """Keeps every version of each setting."""

    def __init__(self) -> None:
        super().__init__()
        self._versions: dict[str, list[Setting]] = {}

    def get(self, name: str) -> Setting | None:
        """Return the present version; see `ess.ports.settings_store`."""
        self._called("get")
        versions = self._versions.get(checked_name(name))
        return versions[-1] if versions else None

    def put(
        self, name: str, value: Mapping[str, Any], expected_version: int, changed_at: float
    ) -> Setting:
        """Store the next version; see `ess.ports.settings_store`."""
        self._called("put")
        versions = self._versions.setdefault(checked_name(name), [])
        if len(versions) != expected_version:
            raise SettingChanged(f"{name} was set by somebody else since it was read")
        versions.append(Setting(name, len(versions) + 1, json.loads(to_json(value)), changed_at))
        return versions[-1]

    def version(self, name: str, version: int) -> Setting | None:
        """Return one version; see `ess.ports.settings_store`."""
        self._called("version")
        versions = self._versions.get(checked_name(name), [])
        return versions[version - 1] if 0 < version <= len(versions) else None

    def history(self, name: str, limit: int = 20) -> list[Setting]:
        """Return the last versions; see `ess.ports.settings_store`."""
        self._called("history")
        return self._versions.get(checked_name(name), [])[::-1][:limit]

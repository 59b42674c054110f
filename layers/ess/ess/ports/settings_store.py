"""What operators set for the whole service and functions read: one JSON document under a name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Setting:
    """One version of a setting.

    Attributes:
        name: what it is found by, such as ``rich_menus``.
        version: 1 for the first, one more with each change.
        value: a JSON object.
        changed_at: when it was set, in seconds since 1970.
    """

    name: str
    version: int
    value: dict[str, Any]
    changed_at: float


class SettingsStore(Protocol):
    """Settings by name; each change is a new version, and the old ones can be read again."""

    def get(self, name: str) -> Setting | None:
        """Return the present version of a setting, or None if it was never set.

        Raises:
            TemporaryFailure, PermanentFailure: the store did not answer, or refuses.
        """
        ...

    def put(
        self, name: str, value: Mapping[str, Any], expected_version: int, changed_at: float
    ) -> Setting:
        """Store the next version of a setting and return it.

        Args:
            name: letters, digits, ``-`` and ``_``.
            value: a JSON object of at most 350,000 bytes.
            expected_version: of the setting it was made from; 0 if there was none.
            changed_at: now, in seconds since 1970.

        Raises:
            ValueError: the name, the value or its size is not possible.
            SettingChanged: somebody else has set it since; nothing was written.
            TemporaryFailure, PermanentFailure: the store did not answer, or refuses.
        """
        ...

    def version(self, name: str, version: int) -> Setting | None:
        """Return one version of a setting, present or past, or None if there is none.

        Raises:
            TemporaryFailure, PermanentFailure: the store did not answer, or refuses.
        """
        ...

    def history(self, name: str, limit: int = 20) -> list[Setting]:
        """Return the last versions of a setting, the present one first, at most `limit`.

        Raises:
            TemporaryFailure, PermanentFailure: the store did not answer, or refuses.
        """
        ...

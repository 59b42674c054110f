"""Load an escalation policy, look back at those that were loaded, and go back to one."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ess.domain.errors import NoPolicyToRestore
from ess.domain.policy_rows import read_policy
from ess.ports.clock import Clock
from ess.ports.settings_store import Setting, SettingsStore
from ess.usecases.current_policy import SETTING


@dataclass(frozen=True, slots=True)
class LoadedPolicy:
    """One version of the stored policy.

    Args:
        version: 1 for the first, one more with each change.
        data: as it was loaded; None for the built-in policy, gone back to.
        restores: the version that it repeats (0: the built-in policy), or None if it was loaded.
        changed_at: when, in seconds since 1970.
    """

    version: int
    data: object
    restores: int | None
    changed_at: float

    @property
    def origin(self) -> int:
        """Return the version that its data was loaded as; 0 for the built-in policy."""
        return self.version if self.restores is None else self.restores

    @property
    def name(self) -> str:
        """Return what it calls itself, or nothing."""
        name = self.data.get("name") if isinstance(self.data, dict) else None
        return name if isinstance(name, str) else ""


def load_policy(
    data: object, *, times: Mapping[str, int], store: SettingsStore, clock: Clock
) -> tuple[LoadedPolicy, bool]:
    """Check `data` and make it the policy in force; reports that have a ladder keep theirs.

    Args:
        data: as `json.loads` returns it.
        times: the seconds of each name that a wait may have.
        store: where it is kept, with all that were before.
        clock: tells when.

    Returns:
        The version, and whether it is new: what is in force already is not stored again.

    Raises:
        InvalidPolicy: it is none that a report could be given; nothing was stored.
        SettingChanged: somebody else loaded one meanwhile; nothing was stored.
        TemporaryFailure, PermanentFailure: the store did not answer, or refuses.
    """
    read_policy(data, times)
    present = _loaded(store.get(SETTING))
    if present is not None and _same(present.data, data):
        return present, False
    return _put(store, clock, present, data, None), True


def undo_policy(
    *, times: Mapping[str, int], store: SettingsStore, clock: Clock, to: int | None = None
) -> tuple[LoadedPolicy, bool]:
    """Go back to what was in force before the present policy was loaded, or to version `to`.

    Going back is a new version too, so that nothing is lost; what was in force before the first one
    is the built-in policy.

    Args:
        times: the seconds of each name that a wait may have.
        store: where policies are kept.
        clock: tells when.
        to: a version, or 0 for the built-in policy.

    Returns:
        The version, and whether it is new: going to what is in force already stores nothing.

    Raises:
        NoPolicyToRestore: the built-in policy is in force, or the version is not kept.
        InvalidPolicy: that version is no policy any more, with these times; nothing was stored.
        SettingChanged: somebody else loaded one meanwhile; nothing was stored.
        TemporaryFailure, PermanentFailure: the store did not answer, or refuses.
    """
    present = _loaded(store.get(SETTING))
    if present is None or (to is None and present.origin == 0):
        raise NoPolicyToRestore("the built-in policy is in force: there is none before it")
    target = present.origin - 1 if to is None else to
    origin, data = _data_of(store, target)
    if origin == present.origin:
        return present, False
    if data is not None:
        read_policy(data, times)
    return _put(store, clock, present, data, origin), True


def loaded_policies(store: SettingsStore, limit: int = 20) -> list[LoadedPolicy]:
    """Return the versions that were loaded, the present one first, at most `limit`.

    Raises:
        TemporaryFailure, PermanentFailure: the store did not answer, or refuses.
    """
    found = map(_loaded, store.history(SETTING, limit))
    return [version for version in found if version is not None]


def _data_of(store: SettingsStore, version: int) -> tuple[int, object]:
    """Return the version that the data of `version` was loaded as, and the data."""
    if version == 0:
        return 0, None
    kept = _loaded(store.version(SETTING, version))
    if kept is None:
        raise NoPolicyToRestore(f"version {version} is not kept")
    return kept.origin, kept.data


def _put(
    store: SettingsStore,
    clock: Clock,
    present: LoadedPolicy | None,
    data: object,
    restores: int | None,
) -> LoadedPolicy:
    value: dict[str, Any] = {"policy": data, "restores": restores}
    before = present.version if present else 0
    stored = store.put(SETTING, value, before, clock.now())
    return LoadedPolicy(stored.version, data, restores, stored.changed_at)


def _loaded(setting: Setting | None) -> LoadedPolicy | None:
    if setting is None:
        return None
    restores = setting.value.get("restores")
    return LoadedPolicy(
        version=setting.version,
        data=setting.value.get("policy"),
        restores=restores if isinstance(restores, int) else None,
        changed_at=setting.changed_at,
    )


def _same(one: object, other: object) -> bool:
    """Tell whether two policies say the same; the store does not keep the order of their fields."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)

"""The escalation policy in force: the one that was loaded last, else the built-in one.

No report may wait for a policy: whatever cannot be read is passed over, and somebody is told.
"""

from collections.abc import Callable, Mapping

from ess.domain.errors import EssError, InvalidPolicy, TemporaryFailure
from ess.domain.policy import Policy
from ess.domain.policy_rows import TIMES, read_policy
from ess.ports.clock import Clock
from ess.ports.settings_store import Setting, SettingsStore

SETTING = "policy"
"""Name of the policy among the settings. Its value is an object: ``policy``, the data as it was
loaded, or null for the built-in one; ``restores``, the version that it repeats, or 0."""

BUILT_IN = "built in"
"""What the built-in policy has instead of a version."""

TRUSTED_S = 60
"""Seconds that a process trusts what it has read."""
RETRY_S = 10
"""Seconds until a store that did not answer is asked again: others are waiting behind."""

type Tell = Callable[[str], None]


def current_policy(
    store: SettingsStore, default: object, times: Mapping[str, int], *, tell: Tell
) -> tuple[Policy, str]:
    """Return the policy in force and its version (``version 3``, or ``built in``).

    Args:
        store: where policies are loaded to.
        default: data of the built-in policy.
        times: the seconds of each name that a wait may have.
        tell: called with the reason when the stored policy, or the built-in one, is passed over
            since it cannot be read: written by a newer version, damaged, or too slow with these
            times.

    Raises:
        TemporaryFailure, PermanentFailure: the store did not answer, or refuses.
    """
    try:
        stored = store.get(SETTING)
        data = None if stored is None else stored.value["policy"]
        if stored is not None and data is not None:
            return read_policy(data, times), version_of(stored)
    except InvalidPolicy as error:
        tell(f"the loaded policy cannot be read: {_short(error)}")
    except (LookupError, TypeError, ValueError) as error:  # a damaged item; EssErrors pass
        if isinstance(error, EssError):
            raise
        tell(f"the loaded policy is damaged: {type(error).__name__}")
    return built_in_policy(default, times, tell=tell), BUILT_IN


def built_in_policy(default: object, times: Mapping[str, int], *, tell: Tell) -> Policy:
    """Return the built-in policy; with the template's own times where the given ones are not good.

    Args:
        default: data of the built-in policy.
        times: the seconds of each name that a wait may have.
        tell: called with the reason when `times` are passed over.
    """
    try:
        return read_policy(default, times)
    except InvalidPolicy as error:
        tell(f"the built-in policy cannot have these times: {_short(error)}")
        return read_policy(default, TIMES)


def version_of(setting: Setting) -> str:
    """Return how a loaded policy's version is named."""
    return f"version {setting.version}"


class PolicyInForce:
    """The policy in force for one process, which reads it at most once a minute.

    Args:
        store: where policies are loaded to.
        default: data of the built-in policy.
        times: the seconds of each name that a wait may have.
        clock: tells how old what was read is.
    """

    def __init__(
        self, store: SettingsStore, default: object, times: Mapping[str, int], clock: Clock
    ) -> None:
        self._store = store
        self._default = default
        self._times = times
        self._clock = clock
        self._known: tuple[Policy, str] | None = None
        self._read_at = 0.0
        self._trusted_s = 0.0

    def read(self, tell: Tell) -> tuple[Policy, str]:
        """Return the policy in force and its version; see `current_policy`.

        When the store does not answer it is the one known last, or the built-in one: this raises
        nothing.

        Args:
            tell: called with the reason when another policy than the loaded one is returned.
        """
        now = self._clock.now()
        if self._known is not None and 0 <= now - self._read_at < self._trusted_s:
            return self._known
        self._read_at = now
        try:
            self._known = current_policy(self._store, self._default, self._times, tell=tell)
            self._trusted_s = TRUSTED_S
        except EssError as error:
            self._trusted_s = RETRY_S
            if self._known is None or not isinstance(error, TemporaryFailure):
                tell(f"the settings cannot be read: {type(error).__name__}")
            if self._known is None:
                self._known = built_in_policy(self._default, self._times, tell=tell), BUILT_IN
        return self._known


def _short(error: InvalidPolicy) -> str:
    """Return the first problems: a line of a log has an end."""
    more = len(error.problems) - 3
    return "; ".join(error.problems[:3]) + (f"; and {more} more" if more > 0 else "")

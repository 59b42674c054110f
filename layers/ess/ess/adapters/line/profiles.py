"""Profiles on LINE."""

from ess.adapters.line.calls import LineCalls
from ess.domain.errors import RecipientUnreachable

CONNECT_S = 0.2
READ_S = 0.3
"""Together 0.5 s: a language is worth no more of the 2 s that LINE gives the webhook."""


class LineProfiles:
    """Profiles port over LINE's API.

    Args:
        calls: of LINE's API host.
    """

    def __init__(self, calls: LineCalls) -> None:
        self._calls = calls

    def language(self, line_user_id: str) -> str | None:
        """Return the language of a profile; see `ess.ports.profiles`."""
        try:
            language = self._calls.json("GET", f"/v2/bot/profile/{line_user_id}").get("language")
        except RecipientUnreachable:
            return None
        return language if isinstance(language, str) and language else None

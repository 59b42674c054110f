"""Profiles in a dictionary."""

from ess.adapters.memory.script import Scripted


class MemoryProfiles(Scripted):
    """Knows the languages that it is given, by LINE user id."""

    def __init__(self, languages: dict[str, str] | None = None) -> None:
        super().__init__()
        self.languages = dict(languages or {})

    def language(self, line_user_id: str) -> str | None:
        """Return the language of a profile; see `ess.ports.profiles`."""
        self._called("language")
        return self.languages.get(line_user_id)

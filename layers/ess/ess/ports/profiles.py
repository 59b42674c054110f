"""What LINE knows of a person."""

from typing import Protocol


class Profiles(Protocol):
    """Reads profiles; nothing of them is kept but the language."""

    def language(self, line_user_id: str) -> str | None:
        """Return the language that this person uses LINE in (``th``, ``en``, ``zh-TW``), if known.

        None for somebody who is no friend of the account, too.

        Raises:
            TemporaryFailure, PermanentFailure: LINE did not answer, or refuses.
        """
        ...

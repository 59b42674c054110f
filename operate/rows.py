"""What is said of a row of an operator's file."""

from dataclasses import dataclass

from ess.domain.errors import EssError


class RowRefused(EssError, ValueError):
    """A row cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to be said of a row (counted from 1)."""

    row: int
    about: str
    reason: str

    def __str__(self) -> str:
        return f"row {self.row} ({self.about}): {self.reason}"

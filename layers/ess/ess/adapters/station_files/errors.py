"""What can be wrong with a file of stations, or with one row of it."""

from ess.domain.errors import EssError


class FileUnreadable(EssError):
    """The file as a whole cannot be read: nothing of it may be published. The message says why."""


class RowUnreadable(EssError, ValueError):
    """A row is none of this format; the message says why. It is told of that row alone."""

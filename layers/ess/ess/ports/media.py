"""Files that people send: where they come from, how pictures are cleaned, where they are kept."""

from typing import Protocol

from ess.domain.media import Content, Kept, MediaKind, MediaRef


class MessageContent(Protocol):
    """What people sent in messages; it disappears from LINE after a while."""

    def fetch(self, message_id: str, kind: MediaKind) -> Content:
        """Return the content of a message, as it was sent.

        Raises:
            ContentNotReady: LINE still prepares it: ask again in a while.
            MediaRefused: it is too large, of no type that is taken, or gone.
            TemporaryFailure: LINE did not answer, or not now.
            PermanentFailure: LINE refuses.
        """
        ...


class Pictures(Protocol):
    """Makes pictures safe to pass on."""

    def clean(self, picture: Content) -> Content:
        """Return the picture upright and drawn anew, so that nothing but its pixels is left.

        Raises:
            MediaRefused: it cannot be read, or has too many pixels.
        """
        ...


class MediaStore(Protocol):
    """Where the files of reports are kept: private, and forgotten after a while."""

    def find(self, ref: MediaRef) -> Kept | None:
        """Return what is kept under `ref`, or None.

        Raises:
            TemporaryFailure, PermanentFailure: the store did not answer, or refuses.
        """
        ...

    def keep(self, ref: MediaRef, content: Content) -> Kept:
        """Keep a file; doing it again replaces it.

        Raises:
            TemporaryFailure, PermanentFailure: the store did not take it.
        """
        ...

    def forget(self, ref: MediaRef) -> None:
        """Delete a file and every version of it; one that is not there is no error.

        Raises:
            TemporaryFailure, PermanentFailure: the store did not answer, or refuses.
        """
        ...

    def link(self, ref: MediaRef, seconds: int) -> str:
        """Return an address under which whoever has it can fetch the file for a while.

        Args:
            ref: names the file.
            seconds: how long, 1 to 604,800; never longer than the credentials of this process.
        """
        ...

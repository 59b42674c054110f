"""What people sent, and what is kept of it, in dictionaries."""

from ess.adapters.memory.script import Scripted
from ess.domain.errors import MediaRefused
from ess.domain.media import Content, Kept, MediaKind, MediaRef, Refusal


class MemoryContent(Scripted):
    """LINE's store of messages' content, by message id."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: dict[str, Content] = {}

    def fetch(self, message_id: str, kind: MediaKind) -> Content:  # noqa: ARG002  as it was sent
        """Return the content of a message; see `ess.ports.media`."""
        self._called("fetch")
        if message_id not in self.sent:
            raise MediaRefused(Refusal.GONE)
        return self.sent[message_id]


class MemoryPictures(Scripted):
    """Says that it has cleaned a picture, and changes its bytes to show it."""

    def clean(self, picture: Content) -> Content:
        """Return the picture marked as clean; see `ess.ports.media`."""
        self._called("clean")
        return Content(b"clean " + picture.data, "image/jpeg")


class MemoryMediaStore(Scripted):
    """Keeps files by key."""

    def __init__(self) -> None:
        super().__init__()
        self.files: dict[str, Content] = {}

    def find(self, ref: MediaRef) -> Kept | None:
        """Return what is kept under `ref`; see `ess.ports.media`."""
        self._called("find")
        content = self.files.get(ref.key)
        return None if content is None else Kept(len(content.data), content.content_type)

    def keep(self, ref: MediaRef, content: Content) -> Kept:
        """Keep a file; see `ess.ports.media`."""
        self._called("keep")
        self.files[ref.key] = content
        return Kept(len(content.data), content.content_type)

    def forget(self, ref: MediaRef) -> None:
        """Delete a file; see `ess.ports.media`."""
        self._called("forget")
        self.files.pop(ref.key, None)

    def link(self, ref: MediaRef, seconds: int) -> str:
        """Return an address; see `ess.ports.media`."""
        self._called("link")
        return f"https://media.example/{ref.key}?seconds={seconds}"

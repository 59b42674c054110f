"""The rich menus of the whole account, for those who upload them."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol


class MenuShelf(Protocol):
    """Rich menus as LINE keeps them.

    Every method raises TemporaryFailure if LINE did not answer, or not now, and PermanentFailure
    if it refuses.
    """

    def names(self) -> dict[str, str]:
        """Return the name of every menu by its id."""
        ...

    def add(self, body: Mapping[str, Any], picture: bytes) -> str:
        """Create a menu with its picture and return its id.

        Args:
            body: LINE's rich menu object.
            picture: a PNG of its size, 1 MB at most.
        """
        ...

    def remove(self, menu_id: str) -> None:
        """Delete a menu; one that is gone already is no error."""
        ...

    def default(self) -> str | None:
        """Return the id of the menu of everybody, or None."""
        ...

    def set_default(self, menu_id: str) -> None:
        """Show this menu to everybody who has none of their own."""
        ...

    def show(self, menu_id: str, line_user_ids: Sequence[str]) -> None:
        """Show this menu to these people, any number; LINE does it within minutes."""
        ...

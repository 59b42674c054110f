"""The rich menu that one person sees below the chat."""

from typing import Protocol


class Menus(Protocol):
    """Gives a person the menu of an officer, or of everybody.

    Both may be repeated: the last one counts. Neither may stop what it follows (joining, leaving):
    every menu action can be typed too.
    """

    def show_officer_menu(self, line_user_id: str) -> bool:
        """Let this person see the officers' menu; False if none has been uploaded yet.

        Raises:
            TemporaryFailure: LINE or the store of settings did not answer, or not now.
            PermanentFailure: LINE refuses (an unknown person, or the menu was deleted by hand).
        """
        ...

    def show_reporter_menu(self, line_user_id: str) -> None:
        """Let this person see everybody's menu again; also when they never saw another.

        Raises:
            TemporaryFailure: LINE did not answer, or not now.
            PermanentFailure: LINE refuses.
        """
        ...

"""Links that officers get by SMS."""

from typing import Protocol

from ess.domain.link import LinkClaim


class OfficerLinks(Protocol):
    """Makes links for officers, and reads them when they come back."""

    def link_for(self, report_id: str, unit_id: str, responder_id: str, now: float) -> str:
        """Return the link with which this responder answers this report.

        Args:
            now: epoch seconds; the link holds for `ess.domain.link.LINK_LIFE_S` from here.

        Returns:
            The link; empty when none can be made now: a message without it is better than none.
        """
        ...

    def read(self, token: str, now: float) -> LinkClaim:
        """Return what the token of a link says.

        Raises:
            LinkRefused: it is none of ours.
            LinkExpired: its time is over.
            TemporaryFailure: what it was signed with cannot be read now.
        """
        ...

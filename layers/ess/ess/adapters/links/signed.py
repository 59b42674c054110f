"""Links signed with our own secret; see `ess.domain.link` for what is in one."""

import logging

from ess.adapters.links.secrets import LinkSecrets
from ess.domain.errors import LinkRefused, TemporaryFailure
from ess.domain.link import LINK_LIFE_S, LinkClaim, make_link, read_link

PATH = "/o/"
"""Where the page is below the base; short, since every character of an SMS is paid for."""


_log = logging.getLogger("ess")


class SignedLinks:
    """OfficerLinks port.

    Args:
        secrets: what links are signed with.
        base_url: where the page is served, without a slash at the end; may be empty where links
            are read and none are made.
    """

    def __init__(self, secrets: LinkSecrets, base_url: str) -> None:
        self._secrets = secrets
        self._base_url = base_url

    def link_for(self, report_id: str, unit_id: str, responder_id: str, now: float) -> str:
        """Return a link, or nothing; see `ess.ports.links.OfficerLinks.link_for`."""
        try:
            secret = self._secrets.get()[0]
        except TemporaryFailure:
            _log.error("an SMS goes out without a link: its secret cannot be read")
            return ""
        token = make_link(secret, report_id, unit_id, responder_id, now + LINK_LIFE_S)
        return f"{self._base_url}{PATH}{token}"

    def read(self, token: str, now: float) -> LinkClaim:
        """Return what a token says; see `ess.ports.links.OfficerLinks.read`."""
        try:
            return read_link(self._secrets.get(), token, now)
        except LinkRefused:
            # Perhaps it was signed with a secret that is newer than what we have kept.
            if not self._secrets.refresh():
                raise
        return read_link(self._secrets.get(), token, now)

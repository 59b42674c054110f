"""Officers' links as a dictionary."""

from ess.adapters.memory.script import Scripted
from ess.domain.errors import LinkExpired, LinkRefused
from ess.domain.link import LINK_LIFE_S, LinkClaim, person_key

BASE_URL = "https://link.test/o/"


class MemoryLinks(Scripted):
    """Makes links that only it can read; `dumb` makes none, as when their secret is not there."""

    def __init__(self) -> None:
        super().__init__()
        self.claims: dict[str, LinkClaim] = {}
        self.dumb = False

    def link_for(self, report_id: str, unit_id: str, responder_id: str, now: float) -> str:
        """Return a link; see `ess.ports.links`."""
        self._called("link_for")
        if self.dumb:
            return ""
        token = f"link{len(self.claims) + 1}"
        key = person_key(unit_id, responder_id)
        self.claims[token] = LinkClaim(report_id, key, int(now + LINK_LIFE_S))
        return BASE_URL + token

    def read(self, token: str, now: float) -> LinkClaim:
        """Return what a token says; see `ess.ports.links`."""
        self._called("read")
        claim = self.claims.get(token)
        if claim is None:
            raise LinkRefused(token)
        if now >= claim.expires_at:
            raise LinkExpired(token)
        return claim

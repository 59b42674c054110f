"""What links are signed with, from SSM Parameter Store: a line each, the present one first."""

import time
from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ess.domain.errors import TemporaryFailure

KEPT_S = 300.0
"""Seconds that the secrets are kept; a change is seen at once when a link is refused."""
REFRESH_S = 30.0
"""Seconds between two forced readings, so that made-up links cannot flood Parameter Store."""
ACCEPTED_SECRETS = 2
"""The present secret and the one before it, whose links are still about after a change."""
LEAST_LENGTH = 32
"""Characters of a secret; a shorter one is taken for a mistake, and nothing is signed with it."""


class LinkSecrets:
    """Reads the parameter and keeps its lines for a while.

    Args:
        client: botocore's ``ssm`` client.
        name: name of the parameter.
        monotonic: seconds that never go back.
    """

    def __init__(
        self, client: Any, name: str, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._name = name
        self._monotonic = monotonic
        self._kept: tuple[bytes, ...] = ()
        self._read_at = 0.0

    def get(self) -> tuple[bytes, ...]:
        """Return one or two secrets, the present one first; older ones while they cannot be read.

        Raises:
            TemporaryFailure: Parameter Store has not answered yet, or holds no usable secret.
        """
        if not self._kept:
            return self._read()
        if self._monotonic() - self._read_at > KEPT_S:
            try:
                return self._read()
            except TemporaryFailure:
                # The old ones most likely still hold; a link that they refuse makes us read again.
                self._read_at = self._monotonic() - KEPT_S + REFRESH_S
        return self._kept

    def refresh(self) -> bool:
        """Read again because a link was refused; True if the secrets have changed.

        Raises:
            TemporaryFailure: as for `get`.
        """
        if self._kept and self._monotonic() - self._read_at < REFRESH_S:
            return False
        before = self._kept
        return self._read() != before

    def _read(self) -> tuple[bytes, ...]:
        try:
            answer = self._client.get_parameter(Name=self._name, WithDecryption=True)
        except (BotoCoreError, ClientError) as error:
            raise TemporaryFailure(f"parameter {self._name}: {type(error).__name__}") from error
        lines = [line.strip() for line in answer["Parameter"]["Value"].splitlines()]
        usable = [line.encode() for line in lines if len(line) >= LEAST_LENGTH]
        if not usable:
            raise TemporaryFailure(f"parameter {self._name}: no line of {LEAST_LENGTH} characters")
        self._kept = tuple(usable[:ACCEPTED_SECRETS])
        self._read_at = self._monotonic()
        return self._kept

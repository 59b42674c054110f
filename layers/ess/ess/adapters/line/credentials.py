"""The channel secret and access token, from SSM Parameter Store."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ess.domain.errors import TemporaryFailure

KEPT_S = 300.0
"""Seconds that the values are kept: a rotation is seen within five minutes, or at once when the old
ones are refused (see `refresh`)."""
REFRESH_S = 30.0
"""Seconds between two forced readings, so that forged signatures cannot flood Parameter Store."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """Channel secret and channel access token."""

    secret: str
    token: str

    def __repr__(self) -> str:
        """Say nothing: this may end up in a traceback."""
        return "Credentials(...)"


class LineCredentials:
    """Reads both parameters and keeps them for a while.

    Args:
        client: botocore's ``ssm`` client.
        secret_name: name of the parameter with the channel secret.
        token_name: name of the parameter with the channel access token.
        monotonic: seconds that never go back.
    """

    def __init__(
        self,
        client: Any,
        secret_name: str,
        token_name: str,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._names = (secret_name, token_name)
        self._monotonic = monotonic
        self._kept: Credentials | None = None
        self._read_at = 0.0

    def get(self) -> Credentials:
        """Return the credentials, at most five minutes old; older while they cannot be read.

        Raises:
            TemporaryFailure: Parameter Store has not answered yet, or lacks one of them.
        """
        if self._kept is None:
            return self._read()
        if self._monotonic() - self._read_at > KEPT_S:
            try:
                return self._read()
            except TemporaryFailure:
                # The old ones most likely still hold; whoever refuses them makes us read again.
                self._read_at = self._monotonic() - KEPT_S + REFRESH_S
        return self._kept

    def refresh(self) -> bool:
        """Read again because the present ones were refused; True if they have changed.

        Raises:
            TemporaryFailure: as for `get`.
        """
        before = self._kept
        if before is not None and self._monotonic() - self._read_at < REFRESH_S:
            return False
        return self._read() != before

    def _read(self) -> Credentials:
        secret, token = (self._value(name) for name in self._names)
        self._kept = Credentials(secret, token)
        self._read_at = self._monotonic()
        return self._kept

    def _value(self, name: str) -> str:
        # One name a call: `ssm:GetParameter` can be granted for just these two.
        try:
            answer = self._client.get_parameter(Name=name, WithDecryption=True)
        except (BotoCoreError, ClientError) as error:
            raise TemporaryFailure(f"parameter {name}: {type(error).__name__}") from error
        value: str = answer["Parameter"]["Value"]
        return value

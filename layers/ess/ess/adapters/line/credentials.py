"""The channel secret and access token, from SSM Parameter Store."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ess.adapters.ssm.kept import KeptSecrets


@dataclass(frozen=True, slots=True)
class Credentials:
    """Channel secret and channel access token."""

    secret: str
    token: str

    def __repr__(self) -> str:
        """Say nothing: this may end up in a traceback."""
        return "Credentials(...)"


class LineCredentials(KeptSecrets[Credentials]):
    """Both parameters of the channel.

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
        super().__init__(client, monotonic)
        self._names = (secret_name, token_name)

    def _from_store(self) -> Credentials:
        secret, token = (self._value(name) for name in self._names)
        return Credentials(secret, token)

"""Secrets from SSM Parameter Store, kept for a while: a change of one is noticed soon enough."""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ess.domain.errors import TemporaryFailure

KEPT_S = 300.0
"""Seconds that values are kept: a rotation is seen within five minutes, or at once when the old
ones are refused (see `KeptSecrets.refresh`)."""
REFRESH_S = 30.0
"""Seconds between two forced readings, so that forgeries cannot flood Parameter Store."""


class KeptSecrets[Secrets](ABC):
    """Reads secrets and keeps them for a while; `_from_store` says what they are.

    Args:
        client: botocore's ``ssm`` client.
        monotonic: seconds that never go back.
    """

    def __init__(self, client: Any, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._monotonic = monotonic
        self._kept: Secrets | None = None
        self._read_at = 0.0

    def get(self) -> Secrets:
        """Return the secrets, at most five minutes old; older while they cannot be read.

        Raises:
            TemporaryFailure: Parameter Store has not answered yet, or holds nothing usable.
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

    def _read(self) -> Secrets:
        self._kept = self._from_store()
        self._read_at = self._monotonic()
        return self._kept

    @abstractmethod
    def _from_store(self) -> Secrets:
        """Return the secrets as they are stored now."""

    def _value(self, name: str) -> str:
        """Return one parameter; one a call, since `ssm:GetParameter` is granted name by name."""
        try:
            answer = self._client.get_parameter(Name=name, WithDecryption=True)
        except (BotoCoreError, ClientError) as error:
            raise TemporaryFailure(f"parameter {name}: {type(error).__name__}") from error
        value: str = answer["Parameter"]["Value"]
        return value

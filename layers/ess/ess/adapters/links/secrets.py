"""What links are signed with, from SSM Parameter Store: a line each, the present one first."""

import time
from collections.abc import Callable
from typing import Any

from ess.adapters.ssm.kept import KeptSecrets
from ess.domain.errors import TemporaryFailure

ACCEPTED_SECRETS = 2
"""The present secret and the one before it, whose links are still about after a change."""
LEAST_LENGTH = 32
"""Characters of a secret; a shorter one is taken for a mistake, and nothing is signed with it."""


class LinkSecrets(KeptSecrets[tuple[bytes, ...]]):
    """One or two secrets, the present one first.

    Args:
        client: botocore's ``ssm`` client.
        name: name of the parameter.
        monotonic: seconds that never go back.
    """

    def __init__(
        self, client: Any, name: str, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(client, monotonic)
        self._name = name

    def _from_store(self) -> tuple[bytes, ...]:
        lines = [line.strip() for line in self._value(self._name).splitlines()]
        usable = [line.encode() for line in lines if len(line) >= LEAST_LENGTH]
        if not usable:
            raise TemporaryFailure(f"parameter {self._name}: no line of {LEAST_LENGTH} characters")
        return tuple(usable[:ACCEPTED_SECRETS])

"""What the contract tests share."""

from collections.abc import Iterator

import pytest

from local.simulator.server import Handle, run_in_thread


@pytest.fixture(scope="module")
def running() -> Iterator[Handle]:
    """A simulator that takes the channel access token "token"."""
    simulator = run_in_thread(0, channel_access_token="token")
    yield simulator
    simulator.stop()

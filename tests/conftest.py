"""What every suite shares: where sockets are allowed, and the local cloud of a run."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from local.cloud.cloud import Cloud
    from local.cloud.phones import Phones

TESTS = Path(__file__).parent
# The stack gives it to every function; Metrics refuses to work without one.
os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", "EssHelpMe/test")
# Suites that talk to processes on this machine. All others run with sockets off.
ON_LOOPBACK = {"browser", "e2e", "performance", "simulator", "workflow"}

# Long enough for a slow machine's round trips, short enough to be waited for.
SHORT = {
    "GraceSeconds": "6",
    "AcknowledgeSeconds": "6",
    "DeskSeconds": "6",
    "ProgressSeconds": "8",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        suite = item.path.relative_to(TESTS).parts[0]
        if suite in ON_LOOPBACK:
            item.add_marker(pytest.mark.allow_hosts(["127.0.0.1"]))


def pytest_collection_finish() -> None:
    """Spare the garbage collector all that stays for the whole run: it takes a tenth less."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Cloud"]:
    """The whole service, deployed under AUTH=true with short waits; one a process."""
    from local.cloud import environment
    from local.cloud.cloud import Cloud, Plan

    plan = Plan(directory=tmp_path_factory.mktemp("cloud"), parameters=SHORT)
    running = Cloud(plan)
    environment.enter(running.endpoint)
    with running:
        yield running


@pytest.fixture
def phones(cloud: "Cloud") -> Iterator["Phones"]:
    """The phones of the cloud's LINE simulator."""
    from local.cloud.phones import Phones

    with Phones(cloud.simulator.url) as control:
        yield control

"""`make bench`: 500 reports with officers who accept, decline, sleep, or cannot be reached.

Prints a table; asserts what must be true of every report, never times. `ESS_BENCH_REPORTS` sets
another number, `ESS_BENCH_SEED` another crowd.
"""

import os
import random
import time
from collections import Counter

import pytest

from local.cloud import environment
from local.cloud.cloud import Cloud, Plan
from local.cloud.phones import Phones
from tests.performance.aftermath import examine, read_back, story, tables
from tests.performance.crowd import AUDIT_S, Crowd, draw, play_all, unwatched, warm_up

pytestmark = [pytest.mark.cloud, pytest.mark.timeout(3_600)]

REPORTS = int(os.environ.get("ESS_BENCH_REPORTS", "500"))
SEED = int(os.environ.get("ESS_BENCH_SEED", "2026"))
WORKERS = int(os.environ.get("ESS_BENCH_WORKERS", "10"))
"""Reports under way at once: what two cores carry without the waiting times running out."""

SHORT = {
    "GraceSeconds": "6",
    "AcknowledgeSeconds": "7",
    "DeskSeconds": "7",
    "ProgressSeconds": "8",
}
SETTLES_S = 40
"""After the last tap: conclusions that were retried, and the auditor's last repairs."""


@pytest.fixture(scope="module")
def own_cloud(tmp_path_factory):
    """A cloud for this alone: what the crowd leaves behind would weigh on other measurements."""
    plan = Plan(directory=tmp_path_factory.mktemp("crowd"), parameters=SHORT)
    running = Cloud(plan)
    environment.enter(running.endpoint)
    with running, unwatched(running):
        yield running


def test_no_report_is_left_without_an_owner_a_desk_or_a_reason(own_cloud):
    began, done = 0.0, Counter()

    def say(incident):
        done[bool(incident.failure)] += 1
        if incident.failure or done.total() % 25 == 0:
            at = f"  {time.monotonic() - began:6.0f} s  {done.total():>4} of {REPORTS}"
            print(
                f"{at}  {incident.behaviour.name}: {incident.failure or 'as planned'}", flush=True
            )

    print()
    with Phones(own_cloud.simulator.url) as phones:
        crowd = Crowd(own_cloud, phones)
        incidents = draw(crowd, random.Random(SEED), REPORTS)
        warm_up(crowd, WORKERS)
        began = time.monotonic()
        play_all(crowd, incidents, WORKERS, say)
        took = time.monotonic() - began
        found, complaints = _once_settled(crowd, incidents)
        for one in found:
            if one.incident.failure:
                print(story(one))
        print(tables(found))
    print(
        f"  {len(found)} reports in {took:.0f} s, {WORKERS} at a time, seed {SEED}; waits "
        f"{SHORT['AcknowledgeSeconds']} s a rung, {SHORT['ProgressSeconds']} s for progress; the "
        f"auditor every {AUDIT_S:.0f} s instead of every minute\n"
        f"  webhooks: {', '.join(f'{what} {n}' for what, n in crowd.deliveries.most_common())}"
    )
    failures = [f"#{i.number} {i.behaviour.name}: {i.failure}" for i in incidents if i.failure]
    assert complaints == []
    assert failures == []
    assert len(found) == REPORTS


def _once_settled(crowd, incidents):
    """What is found as soon as there is nothing to complain of, or at the end of `SETTLES_S`."""
    deadline = time.monotonic() + SETTLES_S
    while True:
        found = read_back(crowd, incidents)
        complaints = examine(found)
        if not complaints or time.monotonic() > deadline:
            for complaint in complaints:
                print(f"  ! {complaint}")
            return found, complaints
        crowd.cloud.audit()
        time.sleep(2)

"""`make bench`: the webhook's round trip, DynamoDB calls per event, number to first push.

Prints tables; asserts counts, never times.
"""

import statistics
import time
import uuid

import httpx
import pytest

from ess.adapters.line.signature import sign
from local.cloud.scripted import play

pytestmark = pytest.mark.cloud

ROUNDS = 200


def percentile(values, percent):
    return sorted(values)[min(len(values) - 1, round(len(values) * percent / 100))]


def show(title, values):
    print(
        f"  {title:<52} median {statistics.median(values):7.1f} ms   "
        f"p95 {percentile(values, 95):7.1f} ms   n {len(values)}"
    )


def test_the_round_trip_of_a_webhook(cloud, phones):
    reporter = phones.reporter("bench")
    reporter.follow()
    line_events = [
        {
            "type": "postback",
            "mode": "active",
            "timestamp": int(time.time() * 1000),
            "source": {"type": "user", "userId": reporter.user_id},
            "webhookEventId": uuid.uuid4().hex[:26],
            "deliveryContext": {"isRedelivery": False},
            "postback": {"data": "a=status"},
        }
        for _ in range(ROUNDS)
    ]
    import json

    with httpx.Client(trust_env=False, timeout=30) as client:

        def post(events):
            body = json.dumps({"destination": "U" + "d" * 32, "events": events}).encode()
            headers = {"X-Line-Signature": sign(cloud.plan.channel_secret, body)}
            began = time.perf_counter()
            answer = client.post(cloud.webhook_url, content=body, headers=headers)
            assert answer.status_code == 200
            return (time.perf_counter() - began) * 1000

        post([])
        empty = [post([]) for _ in range(ROUNDS)]
        handled = [post([event]) for event in line_events]
        repeated = [post([event]) for event in line_events[-20:]]
    print()
    show("connection check (no event): the reference", empty)
    show("status asked: read, write, answer by push", handled)
    show("the same events again: read", repeated)


def test_from_the_number_to_the_first_push(phones):
    cold, *warm = [play(phones) for _ in range(11)]
    print()
    for name, value in cold.measured.items():
        print(f"  {name + ', first time (cold)':<52}        {value:7.1f} ms")
        show(f"{name}, warm", [run.measured[name] for run in warm])


def test_transitions_of_a_report(cloud, phones):
    played = play(phones)
    report = next(r for r in phones.get("/_sim/reports") if r["reference"] == played.reference)
    arn = cloud.outputs["StateMachineArn"].replace(":stateMachine:", ":execution:")
    history = cloud.client("stepfunctions").get_execution_history(
        executionArn=f"{arn}:{report['report_id']}", maxResults=1000
    )["events"]
    entered = [
        e["stateEnteredEventDetails"]["name"] for e in history if "stateEnteredEventDetails" in e
    ]
    print(f"\n  transitions, accepted at once and closed: {len(entered)}  {' '.join(entered)}")
    assert len(entered) <= 16

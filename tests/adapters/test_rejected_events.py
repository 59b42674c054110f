"""The queue of events that nobody can handle takes whatever there is."""

import json

import boto3
import pytest
from moto import mock_aws

from ess.adapters.sqs.rejected_events import SqsRejectedEvents


@pytest.fixture
def queue(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-southeast-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        client = boto3.client("sqs")
        yield client, client.create_queue(QueueName="rejected")["QueueUrl"]


@pytest.mark.parametrize(
    "event", [{"text": "\ud800"}, {"text": "\ufffe\uffff\x00"}, {"text": "ช่วยด้วย"}, None, 7, []]
)
def test_any_event_is_kept_as_it_came(queue, event):
    client, url = queue
    SqsRejectedEvents(client, url).put(event, "MalformedEvent: ก \ud800")
    (kept,) = client.receive_message(QueueUrl=url, MessageAttributeNames=["All"])["Messages"]
    assert json.loads(kept["Body"]) == event
    assert kept["MessageAttributes"]["reason"]["StringValue"].startswith("MalformedEvent")


def test_an_event_too_large_for_the_queue_is_cut(queue):
    client, url = queue
    SqsRejectedEvents(client, url).put({"text": "ก" * 300_000}, "")
    (kept,) = client.receive_message(QueueUrl=url)["Messages"]
    assert len(kept["Body"]) < 262_144

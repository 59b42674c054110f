"""The function that keeps media, over messages as the queue gives them."""

import io
import json
from pathlib import Path

import pytest

from ess import bootstrap
from ess.domain.errors import ContentNotReady, MalformedEvent, TemporaryFailure
from ess.domain.media import LAST_TRY
from functions.keep_media.app import handler, logger
from tests.unit.media_kit import ALICE, MALI, MediaWorld

EVENT = Path(__file__).parents[2] / "events" / "keep_media" / "picture.json"


@pytest.fixture
def world(monkeypatch):
    world = MediaWorld()
    world.content.sent["540000000000000001"] = world.content.sent.pop("540001")
    for name, value in {
        "reports": world.reports,
        "message_content": world.content,
        "pictures": world.pictures,
        "media_store": world.files,
        "webhook_messenger": world.messenger,
        "waiting_workflow": world.workflow,
        "clock": world.clock,
    }.items():
        monkeypatch.setattr(bootstrap, name, lambda value=value: value)
    monkeypatch.setattr("ess.usecases.keep_media.PAUSES_S", ())
    return world


def event(delivery=1, **changes):
    read = json.loads(EVENT.read_text(encoding="utf-8"))
    (record,) = read["Records"]
    record["attributes"]["ApproximateReceiveCount"] = str(delivery)
    record["body"] = json.dumps(json.loads(record["body"]) | changes)
    return read


@pytest.fixture
def log(monkeypatch):
    stream = io.StringIO()
    for one in logger.handlers:
        monkeypatch.setattr(one, "stream", stream)
    return stream


def test_the_sample_is_kept_and_its_log_names_nobody(world, log):
    handler(event(), None)
    assert world.told() == ["officer.photo_kept"]
    said = log.getvalue()
    assert "file kept" in said
    for secret in ("540000000000000001", "alice", ALICE, MALI):
        assert secret not in said


def test_what_is_not_ready_comes_back_until_the_last_try(world):
    world.content.plan("fetch", *[ContentNotReady("202")] * 2)
    with pytest.raises(ContentNotReady):
        handler(event(LAST_TRY - 1), None)
    assert world.told() == []
    handler(event(LAST_TRY), None)
    assert world.told() == ["officer.photo_refused.not_ready"]


def test_a_failure_that_may_pass_is_the_queues_to_repeat(world):
    world.files.plan("keep", TemporaryFailure("S3"))
    with pytest.raises(TemporaryFailure):
        handler(event(), None)


@pytest.mark.parametrize("body", ["", "{", "[]", '{"report_id": "x"}'])
def test_a_message_that_nobody_sent_ends_up_where_an_alarm_points(world, body):
    wrong = event()
    wrong["Records"][0]["body"] = body
    with pytest.raises(MalformedEvent):
        handler(wrong, None)
    assert not world.files.files

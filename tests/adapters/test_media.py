"""Files of reports in S3 and the queue before them, as moto plays both; the command over them."""

import json
import urllib.parse

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError
from moto import mock_aws

from ess import bootstrap
from ess.adapters.s3.media import S3MediaStore
from ess.adapters.sqs.media_queue import SqsMediaQueue
from ess.domain.errors import PermanentFailure, TemporaryFailure
from ess.domain.media import Content, Kept, from_plain
from operate.cli import main
from tests.unit.media_kit import REPORT, MediaWorld, item

BUCKET = "media"
PHOTO = Content(b"a photo", "image/jpeg")


@pytest.fixture
def s3(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-southeast-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        client = boto3.client("s3", config=Config(signature_version="s3v4"))
        where = {"LocationConstraint": "ap-southeast-1"}
        client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=where)
        yield client


@pytest.fixture
def store(s3):
    return S3MediaStore(s3, BUCKET)


def test_what_is_kept_is_found_and_is_as_it_was(s3, store):
    assert store.find(item().ref) is None
    assert store.keep(item().ref, PHOTO) == Kept(7, "image/jpeg")
    assert store.find(item().ref) == Kept(7, "image/jpeg")
    stored = s3.get_object(Bucket=BUCKET, Key=item().ref.key)
    assert stored["Body"].read() == b"a photo"
    assert stored["CacheControl"] == "private, no-store"


def test_keeping_it_again_is_one_file(s3, store):
    store.keep(item().ref, PHOTO)
    store.keep(item().ref, PHOTO)
    assert s3.list_objects_v2(Bucket=BUCKET)["KeyCount"] == 1


def test_what_is_forgotten_is_gone_in_every_version_and_nothing_else_is(s3, store):
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    other = item(message_id="77").ref
    for ref in (item().ref, item().ref, other):
        store.keep(ref, PHOTO)
    for _ in range(2):
        store.forget(item().ref)
    versions = s3.list_object_versions(Bucket=BUCKET)
    assert [one["Key"] for one in versions["Versions"]] == [other.key]
    assert "DeleteMarkers" not in versions


def test_a_link_is_signed_as_every_region_wants_it_and_expires(store):
    link = urllib.parse.urlsplit(store.link(item().ref, 900))
    signed = urllib.parse.parse_qs(link.query)
    assert link.path.endswith(item().ref.key)
    assert signed["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert signed["X-Amz-Expires"] == ["900"]


def test_bootstrap_signs_links_so(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-southeast-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "none")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "none")
    made = bootstrap._client.__wrapped__("s3", attempts=3, read_timeout_s=10, signature="s3v4")
    link = S3MediaStore(made, BUCKET).link(item().ref, 60)
    assert "X-Amz-Algorithm=AWS4-HMAC-SHA256" in link
    assert "ap-southeast-1" in link


def test_a_bucket_that_is_not_there_is_for_an_operator(s3):
    lost = S3MediaStore(s3, "no-such-bucket")
    with pytest.raises(PermanentFailure):
        lost.keep(item().ref, PHOTO)


def test_a_link_that_is_down_is_tried_again_later(s3, store):
    def down(**_):
        raise EndpointConnectionError(endpoint_url="https://s3")

    s3.meta.events.register("before-send.s3", down)
    for act in (lambda: store.keep(item().ref, PHOTO), lambda: store.find(item().ref)):
        with pytest.raises(TemporaryFailure):
            act()


def test_the_queue_carries_the_item(s3):
    client = boto3.client("sqs")
    url = client.create_queue(QueueName="media")["QueueUrl"]
    SqsMediaQueue(client, url).put(item())
    (message,) = client.receive_message(QueueUrl=url)["Messages"]
    assert from_plain(json.loads(message["Body"])) == item()


def test_a_queue_that_takes_nothing_makes_line_deliver_again(s3):
    with pytest.raises(TemporaryFailure):
        SqsMediaQueue(boto3.client("sqs"), "https://sqs.ap-southeast-1.amazonaws.com/1/no").put(
            item()
        )


class TestTheCommand:
    @pytest.fixture
    def world(self, monkeypatch, store):
        world = MediaWorld()
        world.files = store
        monkeypatch.setattr(bootstrap, "reports", lambda: world.reports)
        monkeypatch.setattr(bootstrap, "media_store", lambda: store)
        return world

    def test_it_lists_files_with_links_and_what_was_refused(self, world, capsys):
        world.keep()
        world.clock.advance(60)
        world.keep(item("540009"))  # gone from LINE
        assert main(["reports", "media", REPORT]) == 0
        kept, refused, end = capsys.readouterr().out.splitlines()
        assert "ด.ต. อลิซ" in kept
        assert f"/{item().ref.key}?" in kept
        assert "X-Amz-Expires=900" in kept
        assert "not kept: gone" in refused
        assert "https" not in refused
        assert "K7P-2MX" in end

    def test_a_file_that_the_bucket_forgot_has_no_link(self, world, s3, capsys):
        world.keep()
        s3.delete_object(Bucket=BUCKET, Key=item().ref.key)
        main(["reports", "media", REPORT])
        assert "forgotten" in (out := capsys.readouterr().out)
        assert "https" not in out

    def test_a_report_without_files_says_so(self, world, capsys):
        assert main(["reports", "media", REPORT]) == 0
        assert capsys.readouterr().out == "Nobody added a file to K7P-2MX.\n"

    def test_a_report_that_is_not_there(self, world, capsys):
        assert main(["reports", "media", "f" * 32]) == 1

    def test_a_reference_is_no_id(self, world, capsys):
        with pytest.raises(SystemExit):
            main(["reports", "media", "K7P-2MX"])
        assert "not the reference" in capsys.readouterr().err

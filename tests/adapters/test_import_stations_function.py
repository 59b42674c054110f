"""The function that imports stations: from the stack's bucket, and nothing of a file in its log."""

import io
import json
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from moto import mock_aws

from ess import bootstrap
from ess.adapters.memory.clock import MemoryClock
from ess.adapters.memory.stations import MemoryStationDirectory
from ess.adapters.s3.station_files import S3StationFiles
from ess.adapters.station_files import FileUnreadable
from ess.domain.errors import (
    DirectoryChanged,
    InvalidImport,
    PermanentFailure,
    TemporaryFailure,
)
from ess.domain.station_doubts import CannotBeAccepted
from ess.usecases.import_answer import answer_from_plain, remark_from_plain
from ess.usecases.publish_directory import Outcome
from functions.import_stations.app import handler, logger
from tests.unit.directory_kit import INDEX
from tests.unit.station_file_kit import collection, feature, shifted
from tests.unit.test_station_geojson import SAMPLE

EVENTS = Path(__file__).parents[2] / "events" / "import_stations"
BUCKET = "station-files"
LOCATION = f"s3://{BUCKET}/imports/some.geojson"
GOOD = feature("good")
LOST = feature("lost", geometry=None, name="สภ.หลง", properties={"phone": "0 4251 1266"})


@pytest.fixture
def s3(monkeypatch):
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        client = boto3.client(
            "s3", "ap-southeast-1", aws_access_key_id="x", aws_secret_access_key="x"
        )
        where = {"LocationConstraint": "ap-southeast-1"}
        client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=where)
        yield client


@pytest.fixture(autouse=True)
def directory(monkeypatch, s3):
    memory = MemoryStationDirectory()
    monkeypatch.setattr(bootstrap, "station_archive", lambda: memory)
    monkeypatch.setattr(bootstrap, "station_index", lambda processes: INDEX)
    monkeypatch.setattr(bootstrap, "station_files", lambda: S3StationFiles(s3, BUCKET))
    monkeypatch.setattr(bootstrap, "clock", lambda: MemoryClock(1_790_000_000.0))
    return memory


@pytest.fixture
def put(s3):
    def to_bucket(*features, key="imports/some.geojson", body=None):
        content = collection(*features) if body is None else body
        s3.put_object(Bucket=BUCKET, Key=key, Body=content.encode())

    return to_bucket


@pytest.fixture
def log(monkeypatch):
    kept = io.StringIO()
    for writer in logger.handlers:
        monkeypatch.setattr(writer, "stream", kept)
    return kept


def imported(**event):
    answer = json.loads(json.dumps(handler({"location": LOCATION, **event}, None)))
    return answer_from_plain(answer)


def ids(directory):
    return sorted(station.unit_id for station in directory.stations(directory.head()))


def reports(s3):
    listed = s3.list_objects_v2(Bucket=BUCKET, Prefix="reports/").get("Contents", [])
    return [item["Key"] for item in listed]


@pytest.mark.parametrize(
    ("event", "outcome", "note"),
    [
        ("dry_run", None, None),
        ("publish", Outcome.PUBLISHED, "from stations_sample.geojson"),
        ("merge", Outcome.PUBLISHED, "merged from stations_sample.geojson"),
    ],
)
def test_the_sample_events(directory, put, event, outcome, note):
    put(key="imports/stations_sample.geojson", body=SAMPLE.read_text(encoding="utf-8"))
    event = json.loads((EVENTS / f"{event}.json").read_text(encoding="utf-8"))
    answer = answer_from_plain(handler(event, None))
    assert answer.outcome.report.good == 14
    assert directory.head().total == (14 if outcome else 0)
    if outcome:
        assert answer.outcome.publication.outcome is outcome
        assert answer.outcome.publication.head == directory.head()
        assert directory.head().note == note


def test_a_dry_run_says_what_would_change_and_changes_nothing(directory, put):
    put(GOOD, LOST)
    answer = imported(dry_run=True)
    assert answer.outcome.summary.total == 1
    assert answer.outcome.publication is None
    assert not directory.head().version


def test_again_it_is_current_and_a_merge_keeps_the_others(directory, put):
    put(GOOD)
    imported()
    assert imported().outcome.publication.outcome is Outcome.UNCHANGED
    put(feature("other", name="สภ.อื่น", at=shifted(900)))
    imported(merge=True)
    assert ids(directory) == ["good", "other"]


def test_each_doubtful_row_is_named_in_a_file_beside_the_import(put, s3):
    put(GOOD, *(feature(f"x{n}", geometry=None) for n in range(50)))
    answer = imported()
    assert answer.outcome.report.kept_out == 50
    assert answer.remarks == f"s3://{BUCKET}/reports/some.geojson-20260921T141320Z.jsonl"
    assert reports(s3) == [answer.remarks.removeprefix(f"s3://{BUCKET}/")]
    lines = s3.get_object(Bucket=BUCKET, Key=reports(s3)[0])["Body"].read().decode().splitlines()
    remarks = [remark_from_plain(json.loads(line)) for line in lines]
    assert [remark.row for remark in remarks] == list(range(2, 52))
    assert remarks[0].reason == "it has no position"


def test_without_a_doubt_there_is_no_such_file(put, s3):
    put(GOOD)
    assert imported().remarks == ""
    assert reports(s3) == []


def test_accepted_doubts_go_in(directory, put):
    put(GOOD, feature("far", at=(139.76, 35.68)))
    assert imported(accept=["outside"]).outcome.report.kept_out == 0
    assert ids(directory) == ["far", "good"]


@pytest.mark.parametrize(
    ("event", "error", "message"),
    [
        ({"location": None}, InvalidImport, "give a location"),
        ({"location": 7}, InvalidImport, "give a location"),
        ({"accept": "outside"}, InvalidImport, "accept must be a list"),
        ({"accept": ["nonsense"]}, CannotBeAccepted, "nonsense"),
        ({"accept": [["outside"]]}, CannotBeAccepted, "outside"),
        ({"accept": ["no_position"]}, CannotBeAccepted, "no_position"),
        ({"merge": "yes"}, InvalidImport, "merge must be true or false"),
        ({"dry_run": None}, InvalidImport, "dry_run must be true or false"),
        ({"note": 7}, InvalidImport, "note must be a text"),
        ({"note": "x" * 301}, InvalidImport, "300 characters"),
        ({"location": "stations.geojson"}, FileUnreadable, "must be s3://BUCKET/KEY"),
        (
            {"location": "s3://other/imports/x"},
            FileUnreadable,
            "must be s3://station-files/imports",
        ),
        (
            {"location": f"s3://{BUCKET}/reports/x"},
            FileUnreadable,
            "must be s3://station-files/imp",
        ),
        ({"location": f"s3://{BUCKET}/imports/none"}, FileUnreadable, "imports/none: NoSuchKey"),
    ],
)
def test_bad_input_is_refused_by_name_and_changes_nothing(directory, put, event, error, message):
    put(GOOD)
    with pytest.raises(error, match=message):
        handler({"location": LOCATION, **event}, None)
    assert not directory.head().version


def test_a_broken_file_is_named_once_and_changes_nothing(directory, put, s3):
    put(body=collection(GOOD, LOST)[:-40])
    with pytest.raises(FileUnreadable, match=f"^{LOCATION}: it ends too early") as refused:
        handler({"location": LOCATION}, None)
    assert str(refused.value).count(LOCATION) == 1
    assert not directory.head().version
    assert reports(s3) == []


@pytest.mark.parametrize(
    ("code", "error"), [("SlowDown", TemporaryFailure), ("AccessDenied", PermanentFailure)]
)
def test_a_report_that_cannot_be_stored_stops_the_import(directory, put, s3, code, error):
    put(GOOD, LOST)

    def refuse(**_):
        return_value = {"Error": {"Code": code}}
        raise s3.exceptions.ClientError(return_value, "PutObject")

    s3.meta.events.register("before-call.s3.PutObject", refuse)
    with pytest.raises(error, match=f"S3: {code}"):
        handler({"location": LOCATION}, None)
    assert not directory.head().version


def test_s3_out_of_reach_is_a_passing_failure(directory, put, s3):
    put(GOOD, LOST)

    def lose(**_):
        raise EndpointConnectionError(endpoint_url="https://s3")

    s3.meta.events.register("before-call.s3.PutObject", lose)
    with pytest.raises(TemporaryFailure, match="S3: EndpointConnectionError"):
        handler({"location": LOCATION}, None)


def test_a_rival_who_publishes_meanwhile_is_told_by_name(directory, put):
    put(GOOD)
    directory.plan("publish", DirectoryChanged("another directory was published meanwhile"))
    with pytest.raises(DirectoryChanged):
        handler({"location": LOCATION}, None)


def test_the_log_has_counts_and_nothing_of_the_file(put, log):
    put(GOOD, LOST)
    imported(note="from /elsewhere/somebody/stations.geojson")
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [line["message"] for line in lines] == ["reading", "staged", "compared", "imported"]
    staged = {name: lines[1][name] for name in ("rows", "good", "kept_out")}
    assert staged == {"rows": 2, "good": 1, "kept_out": 1}
    for trace in ("somebody", "np-", "สภ", "\\u0e2a", "1266", "104.7", "16.9", "some.geojson"):
        assert trace not in log.getvalue()

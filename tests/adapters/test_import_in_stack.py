"""`ess stations import FILE --in-stack`: the function's work is told as if it was done here."""

import csv
import io
import json
import sys

import boto3
import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from botocore.stub import Stubber
from moto import mock_aws

from ess import bootstrap
from ess.adapters.memory.clock import MemoryClock
from ess.adapters.memory.stations import MemoryStationDirectory
from ess.adapters.s3.station_files import S3StationFiles
from functions.import_stations.app import handler
from operate import stack
from operate.cli import main
from operate.stations import in_stack
from tests.unit.directory_kit import INDEX
from tests.unit.station_file_kit import collection, feature, shifted

BUCKET, FUNCTION = "station-files", "import-stations"
GOOD = feature("good")
LOST = [feature(f"x{n}", geometry=None) for n in range(25)]


class Lambda:
    """Runs the function in this process, or answers in its stead."""

    def __init__(self):
        self.events = []
        self.answer = None

    def invoke(self, FunctionName, Payload):  # noqa: N803  as boto3 names them
        assert FunctionName == FUNCTION
        event = json.loads(Payload)
        self.events.append(event)
        if isinstance(self.answer, Exception):
            raise self.answer
        if self.answer is not None:
            return self._failed(*self.answer)
        try:
            return {"Payload": io.BytesIO(json.dumps(handler(event, None)).encode())}
        except Exception as error:  # noqa: BLE001  as Lambda does
            return self._failed(type(error).__name__, str(error))

    @staticmethod
    def _failed(kind, message):
        answer = {"errorType": kind, "errorMessage": message, "stackTrace": []}
        return {"FunctionError": "Unhandled", "Payload": io.BytesIO(json.dumps(answer).encode())}


@pytest.fixture
def s3(monkeypatch):
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-southeast-1")
    with mock_aws():
        client = boto3.client("s3")
        where = {"LocationConstraint": "ap-southeast-1"}
        client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=where)
        yield client


@pytest.fixture(autouse=True)
def function(monkeypatch, s3):
    monkeypatch.setenv("ESS_STATION_FILES_BUCKET", BUCKET)
    monkeypatch.setenv("ESS_IMPORT_STATIONS_FUNCTION", FUNCTION)
    bootstrap.settings.cache_clear()
    monkeypatch.setattr(bootstrap, "station_files", lambda: S3StationFiles(s3, BUCKET))
    there = Lambda()
    monkeypatch.setattr(in_stack, "_lambda", lambda: there)
    yield there
    bootstrap.settings.cache_clear()


@pytest.fixture
def empty(monkeypatch):
    """Begins a directory that is empty."""

    def begin():
        memory = MemoryStationDirectory()
        for name in ("station_directory", "station_archive"):
            monkeypatch.setattr(bootstrap, name, lambda: memory)
        monkeypatch.setattr(bootstrap, "station_index", lambda _processes=None: INDEX)
        monkeypatch.setattr(bootstrap, "clock", MemoryClock)
        monkeypatch.setattr("ess.usecases.publish_directory.token_hex", lambda _: "00000000")
        return memory

    return begin


@pytest.fixture
def directory(empty):
    return empty()


@pytest.fixture
def write(tmp_path):
    def to_file(*features, name="stations.geojson"):
        path = tmp_path / name
        path.write_text(collection(*features), encoding="utf-8")
        return str(path)

    return to_file


def run(*arguments):
    return main(["stations", "import", *map(str, arguments)])


def keys(s3):
    return [item["Key"] for item in s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]


def ids(directory):
    return sorted(station.unit_id for station in directory.stations(directory.head()))


# --- as it would be told here -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("features", "options"),
    [
        ([GOOD], []),
        ([GOOD], ["--dry-run"]),
        ([GOOD, *LOST], ["--verbose"]),
        ([GOOD, *LOST], ["--report", "doubts.jsonl"]),
        ([GOOD, feature("far", at=(139.76, 35.68))], ["--accept", "outside"]),
        ([feature(f"g{n}", name=f"สภ.{n}", at=shifted(300 * n)) for n in range(30)], ["--merge"]),
        (LOST, []),
        ([], []),
    ],
)
def test_the_lines_and_the_exit_code_are_those_of_an_import_here(
    empty, write, capsys, monkeypatch, tmp_path, features, options
):
    monkeypatch.chdir(tmp_path)
    before = write(feature("old", name="สภ.เก่า", at=shifted(-3_000)), name="before.geojson")
    file = write(*features)
    told = []
    for where in ([], ["--in-stack"]):
        directory = empty()
        run(before)
        capsys.readouterr()
        code = run(file, *options, *where)
        report = tmp_path / "doubts.jsonl"
        named = report.read_text(encoding="utf-8") if report.exists() else None
        report.unlink(missing_ok=True)
        told.append((code, capsys.readouterr().out, directory.head(), ids(directory), named))
    here, there = told
    shown = "--report FILE names each"
    assert there[0] == here[0]
    if shown in here[1]:  # there, each is named without being asked for
        assert f"(s3://{BUCKET}/reports/" in there[1]
        here_lines = [line.partition("(")[0] for line in here[1].splitlines()]
        assert [line.partition("(")[0] for line in there[1].splitlines()] == here_lines
    else:
        assert there[1] == here[1]
    assert there[2:] == here[2:]


def test_the_function_is_told_what_the_operator_said(directory, write, function, s3):
    file = write(GOOD)
    assert run(file, "--in-stack", "--merge", "--accept", "outside", "--accept", "no_name") == 0
    (event,) = function.events
    location = event.pop("location")
    assert event == {
        "accept": ["no_name", "outside"],
        "merge": True,
        "dry_run": False,
        "note": f"merged from {file}",
    }
    assert directory.head().note == f"merged from {file}"
    (key,) = keys(s3)
    assert location == f"s3://{BUCKET}/{key}"


# --- the file ---------------------------------------------------------------------------------


def test_a_file_is_put_there_under_its_content_and_name(directory, write, s3):
    first = write(GOOD, name="สถานี 1.geojson")
    run(first, "--in-stack", "--dry-run")
    run(first, "--in-stack")
    (key,) = keys(s3)
    assert key.startswith("imports/")
    assert key.endswith("-สถานี 1.geojson")
    write(GOOD, feature("other", name="สภ.อื่น", at=shifted(900)), name="สถานี 1.geojson")
    run(first, "--in-stack")
    assert len(keys(s3)) == 2
    assert ids(directory) == ["good", "other"]


def test_the_standard_input(directory, monkeypatch, s3):
    class Pipe(io.BytesIO):
        def seekable(self):
            return False

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(Pipe(collection(GOOD).encode())))
    assert run("-", "--in-stack") == 0
    assert ids(directory) == ["good"]
    assert keys(s3)[0].endswith("-stdin")


def test_a_file_that_is_there_is_not_put_there_again(directory, s3):
    s3.put_object(Bucket=BUCKET, Key="imports/x.json", Body=collection(GOOD).encode())
    assert run(f"s3://{BUCKET}/imports/x.json", "--in-stack") == 0
    assert keys(s3) == ["imports/x.json"]


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("no-such-file", "no-such-file: No such file"),
        (f"s3://{BUCKET}/imports/none", "imports/none: it is not there"),
        ("s3://no-such-bucket/imports/x", "no-such-bucket/imports/x: it is not there"),
        ("s3://bucket", "s3://bucket: must be s3://BUCKET/KEY"),
        (f"s3://{BUCKET}/other", f"must be s3://{BUCKET}/imports/..."),
    ],
)
def test_a_file_that_cannot_be_imported_is_named(directory, s3, capsys, file, message):
    s3.put_object(Bucket=BUCKET, Key="other", Body=collection(GOOD).encode())
    assert run(file, "--in-stack") == 1
    assert message in capsys.readouterr().err
    assert not directory.head().version


def test_a_broken_file_is_named_as_the_operator_knows_it(directory, tmp_path, capsys):
    broken = tmp_path / "broken.geojson"
    broken.write_text(collection(GOOD, *LOST)[:-40], encoding="utf-8")
    assert run(broken, "--in-stack") == 1
    assert f"ess: {broken}: it ends too early" in (err := capsys.readouterr().err)
    assert "s3://" not in err


# --- doubtful rows ----------------------------------------------------------------------------


def test_each_doubtful_row_is_named_there_and_here_if_asked_for(directory, write, tmp_path, capsys):
    table = tmp_path / "doubts.csv"
    assert run(write(GOOD, *LOST), "--in-stack", "--report", table) == 1
    assert f"... and 5 more ({table})" in capsys.readouterr().out
    rows = list(csv.DictReader(io.StringIO(table.read_text("utf-8-sig"))))
    assert [row["row"] for row in rows] == [str(n) for n in range(2, 27)]
    assert {row["reason"] for row in rows} == {"it has no position"}


def test_without_doubtful_rows_the_report_is_empty(directory, write, tmp_path):
    phones = {"properties": {"phone": "0 4254 1266"}}
    lines = tmp_path / "doubts.jsonl"
    assert run(write(feature("good", **phones)), "--in-stack", "--report", lines) == 0
    assert lines.read_text() == ""


def test_a_report_that_cannot_be_written_is_said_before_anything_changes(
    directory, write, function, capsys
):
    assert run(write(GOOD), "--in-stack", "--report", "no-such-folder/x.csv") == 1
    assert "no-such-folder/x.csv: No such file" in capsys.readouterr().err
    assert function.events == []


# --- what goes wrong --------------------------------------------------------------------------

REFUSED = ClientError(
    {"Error": {"Code": "ResourceNotFoundException", "Message": "Function not found"}}, "Invoke"
)
SILENT = ReadTimeoutError(endpoint_url="https://lambda")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (("TemporaryFailure", "DynamoDB: Throttled"), "DynamoDB: Throttled; run the same command"),
        (("DirectoryChanged", "published meanwhile"), "published meanwhile; run the same command"),
        (("PermanentFailure", "S3: AccessDenied"), "S3: AccessDenied; check region, stack"),
        (("StagingFailed", "the disk is full"), "ess: the disk is full\n"),
        (("CannotBeAccepted", "not: no_position"), "ess: not: no_position\n"),
        (
            ("Sandbox.Timedout", "RequestId: 1 Error: ..."),
            "ended after 15 minutes: import so large",
        ),
        ((None, "2026 x Task timed out after 900.00 seconds"), "ended after 15 minutes"),
        (("Runtime.ExitError", "signal: killed"), "the stack's import: Runtime.ExitError: signal"),
        (("KeyError", "'x'"), "the stack's import: KeyError: 'x'; 'ess stations versions' tells"),
        (REFUSED, "the stack's import: An error occurred (ResourceNotFoundException)"),
        (SILENT, "Read timeout on endpoint URL"),
    ],
)
def test_what_the_function_ran_into_is_said(directory, write, function, capsys, answer, message):
    function.answer = answer
    assert run(write(GOOD), "--in-stack") == 1
    assert message in capsys.readouterr().err


def test_without_a_stack_it_says_how_to_name_one(directory, write, monkeypatch, capsys):
    monkeypatch.delenv("ESS_STATION_FILES_BUCKET")
    bootstrap.settings.cache_clear()
    assert run(write(GOOD), "--in-stack") == 1
    assert "is not set: set it, or name the stack with --stack" in capsys.readouterr().err


def test_a_stack_of_before_can_be_worked_on_but_does_not_import(
    directory, write, monkeypatch, capsys
):
    for variable in (*stack.VARIABLES.values(), *stack.NEWER.values()):
        monkeypatch.setenv(variable, "before")  # so that what the command sets is taken back
    bootstrap.settings.cache_clear()
    client = boto3.client("cloudformation")
    monkeypatch.setattr(boto3, "client", lambda _service: client)
    described = {
        "StackName": "ess",
        "CreationTime": "2026-01-01T00:00:00Z",
        "StackStatus": "CREATE_COMPLETE",
        "Outputs": [{"OutputKey": key, "OutputValue": "x"} for key in stack.VARIABLES],
    }
    with Stubber(client) as stub:
        for _ in range(2):
            stub.add_response("describe_stacks", {"Stacks": [described]}, {"StackName": "ess"})
        assert run(write(GOOD), "--stack", "ess", "--in-stack") == 1
        assert "stack ess has no function that imports stations: deploy it again" in (
            capsys.readouterr().err
        )
        assert run(write(GOOD), "--stack", "ess") == 0


def test_the_client_waits_as_long_as_the_function_may_take_and_asks_once(monkeypatch, s3):
    monkeypatch.undo()
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-southeast-1")
    config = in_stack._lambda().meta.config
    assert config.read_timeout > 900
    assert config.retries["total_max_attempts"] == 1
    assert config.tcp_keepalive

"""`ess stations`: what goes in, what is kept out, and what the operator is told."""

import csv
import io
import json
import os
import sys

import boto3
import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber

from ess import bootstrap
from ess.adapters.memory.clock import MemoryClock
from ess.adapters.memory.stations import MemoryStationDirectory
from ess.domain.directory import DirectoryHead
from ess.domain.errors import PermanentFailure, TemporaryFailure
from operate.cli import main
from operate.stations import published_stations
from operate.stations.progress import Progress
from tests.unit.directory_kit import INDEX
from tests.unit.station_file_kit import collection, feature, shifted
from tests.unit.test_station_geojson import SAMPLE

GOOD = feature("good")
MISPLACED = feature("bad", at=(16.942, 104.717))


@pytest.fixture
def directory(monkeypatch):
    memory = MemoryStationDirectory()
    for name, thing in {
        "station_directory": memory,
        "station_archive": memory,
        "station_index": INDEX,
        "clock": MemoryClock(),
    }.items():
        monkeypatch.setattr(bootstrap, name, lambda thing=thing: thing, raising=False)
    return memory


@pytest.fixture
def write(tmp_path):
    def to_file(*features):
        path = tmp_path / "stations.geojson"
        path.write_text(collection(*features), encoding="utf-8")
        return str(path)

    return to_file


def run(*arguments):
    return main(["stations", *map(str, arguments)])


def ids(directory):
    return sorted(station.unit_id for station in published_stations(directory))


def rows(count, start=0):
    return [
        feature(f"{n:03d}", name=f"สภ.{n}", at=shifted(200 * n))
        for n in range(start, start + count)
    ]


# --- import ---------------------------------------------------------------------------------


def test_importing_the_sample(directory, capsys):
    assert run("import", SAMPLE) == 0
    assert directory.head().total == 14
    assert directory.head().note == f"from {SAMPLE}"
    out, progress = capsys.readouterr()
    assert "14 new, 0 changed, 0 removed" in out
    assert "noted: 14 no_phone: no phone number\n" in out
    assert "14 rows: 14 good, 14 of them samples, 0 kept out." in out
    assert "14 rows\n" in progress
    assert "publishing 14 stations" in progress
    assert "\r" not in progress


def test_importing_again_changes_nothing(directory, capsys):
    run("import", SAMPLE)
    before = directory.head()
    capsys.readouterr()
    assert run("import", SAMPLE) == 0
    assert directory.head() == before
    out = capsys.readouterr().out
    assert "0 new, 0 changed, 0 removed" in out
    assert f"Version {before.label} already current." in out


def test_a_small_change_is_made_in_place(directory, write, capsys):
    run("import", write(*rows(30)))
    capsys.readouterr()
    run("import", write(*rows(30), feature("new", at=shifted(-900))))
    out = capsys.readouterr().out
    assert "1 new, 0 changed, 0 removed\n  + new สภ.ธาตุพนม\n" in out
    assert "changed in place" in out
    assert directory.head().total == 31


def test_good_rows_go_in_beside_doubtful_ones_and_the_exit_code_tells(directory, write, capsys):
    assert run("import", write(GOOD, MISPLACED)) == 1
    assert ids(directory) == ["good"]
    out = capsys.readouterr().out
    assert "kept out: 1 swapped: latitude and longitude in each other's place" in out
    assert "(--accept swapped: goes in swapped back)" in out
    assert "  row 2 (สภ.ธาตุพนม): it lies in Thailand only if" in out
    assert "2 rows: 1 good, 1 kept out." in out


def test_an_accepted_doubt_lets_rows_in_and_is_said(directory, write, capsys):
    far = feature("far", at=(139.76, 35.68))
    assert run("import", write(GOOD, far), "--accept", "outside", "--accept", "swapped") == 0
    assert ids(directory) == ["far", "good"]
    out = capsys.readouterr().out
    assert "accepted: 1 outside: outside Thailand, or at sea; goes in as it is\n  row 2" in out


@pytest.mark.parametrize("doubt", ["all", "no_position", "no_phone", "nonsense"])
def test_only_what_can_be_accepted_is(directory, write, capsys, doubt):
    with pytest.raises(SystemExit) as exit_:
        run("import", write(GOOD), "--accept", doubt)
    assert exit_.value.code == 2
    assert "swapped" in capsys.readouterr().err


def test_a_file_without_a_usable_row_leaves_the_directory_alone(directory, write, capsys):
    run("import", write(GOOD))
    for empty in (write(), write(MISPLACED)):
        assert run("import", empty) == 1
        assert ids(directory) == ["good"]
        assert "the directory stays as it is" in capsys.readouterr().out


def test_a_broken_file_leaves_the_directory_alone(directory, write, capsys, tmp_path):
    run("import", write(GOOD))
    broken = tmp_path / "broken.geojson"
    broken.write_text(collection(*rows(5))[:-40])
    assert run("import", broken) == 1
    assert f"ess: {broken}: it ends too early, at byte" in capsys.readouterr().err
    assert ids(directory) == ["good"]


def test_a_dry_run_says_what_would_change_and_changes_nothing(directory, write, capsys):
    a, b, c, d = rows(4)
    run("import", write(a, b, c))
    before = directory.head()
    capsys.readouterr()
    moved = feature("001", name="สภ.1", at=shifted(250))
    assert run("import", "--dry-run", write(a, moved, d)) == 0
    out = capsys.readouterr().out
    assert "1 new, 1 changed, 1 removed" in out
    assert [line for line in out.splitlines() if line.startswith("  ")] == [
        "  + 003 สภ.3", "  ~ 001 สภ.1 (point)", "  - 002 สภ.2",
    ]  # fmt: skip
    assert "nothing was changed" in out
    assert directory.head() == before


def test_a_merge_keeps_what_the_file_does_not_name(directory, write, capsys):
    run("import", write(*rows(3)))
    capsys.readouterr()
    assert run("import", "--merge", write(*rows(2, start=2))) == 0
    assert ids(directory) == ["000", "001", "002", "003"]
    assert "1 new, 0 changed, 0 removed" in capsys.readouterr().out
    assert run("import", write(*rows(2, start=2))) == 0
    assert ids(directory) == ["002", "003"]


def test_a_merge_into_nothing(directory, write):
    assert run("import", "--merge", write(GOOD)) == 0
    assert ids(directory) == ["good"]


def test_long_lists_are_cut(directory, write, capsys):
    lost = [feature(f"x{n}", geometry=None) for n in range(25)]
    run("import", write(*rows(25), *lost))
    out = capsys.readouterr().out
    assert "  ... and 5 more (--report FILE names each)" in out
    assert "25 new, 0 changed, 0 removed" in out
    assert out.rstrip().splitlines()[-2] == "  ... and 5 more"


def test_notes_are_a_line_unless_asked_for(directory, write, capsys):
    mute = feature("a", properties={"phone": "511266"})
    assert run("import", write(mute)) == 0
    assert "row 1" not in capsys.readouterr().out
    run("import", "--verbose", write(mute))
    assert "  row 1 (สภ.ธาตุพนม): '511266' left out" in capsys.readouterr().out


def test_a_report_names_each_doubtful_row(directory, write, capsys, tmp_path):
    lost = [feature(f"x{n}", geometry=None, name="=สภ.cmd()") for n in range(30)]
    table, lines = tmp_path / "doubts.csv", tmp_path / "doubts.jsonl"
    file = write(GOOD, *lost)
    assert run("import", file, "--report", table) == 1
    assert f"... and 10 more ({table})" in capsys.readouterr().out
    assert run("import", file, "--report", lines) == 1
    assert table.read_bytes().startswith(b"\xef\xbb\xbf")
    in_table = list(csv.DictReader(io.StringIO(table.read_text("utf-8-sig"))))
    in_lines = [json.loads(line) for line in lines.read_text("utf-8").splitlines()]
    assert len(in_table) == len(in_lines) == 30
    assert in_lines[0] == {
        "row": 2, "unit_id": "x0", "about": "=สภ.cmd()", "doubt": "no_position",
        "reason": "it has no position", "outcome": "kept out",
    }  # fmt: skip
    assert in_table[0] == {**{k: str(v) for k, v in in_lines[0].items()}, "about": "'=สภ.cmd()"}


def test_a_report_that_cannot_be_written_is_said_before_anything_changes(directory, write, capsys):
    assert run("import", write(GOOD), "--report", "no-such-folder/x.csv") == 1
    assert "no-such-folder/x.csv: No such file" in capsys.readouterr().err
    assert directory.head().total == 0


def test_the_standard_input(directory, monkeypatch):
    stdin = io.TextIOWrapper(io.BytesIO(collection(GOOD).encode()))
    monkeypatch.setattr(sys, "stdin", stdin)
    assert run("import", "-") == 0
    assert ids(directory) == ["good"]


def test_a_rival_who_publishes_meanwhile_is_said(directory, write, capsys):
    def rival():
        run("import", SAMPLE)

    directory.plan("publish", rival)
    assert run("import", write(GOOD)) == 1
    assert "published meanwhile; run the same command again" in capsys.readouterr().err


# --- S3 -------------------------------------------------------------------------------------


@pytest.fixture
def s3(monkeypatch):
    client = boto3.client("s3", "ap-southeast-1", aws_access_key_id="x", aws_secret_access_key="x")
    monkeypatch.setattr(boto3, "client", lambda _service, **_: client)
    with Stubber(client) as stub:
        yield stub


def body(content, length=None):
    data = content.encode()
    return {"Body": StreamingBody(io.BytesIO(data), length or len(data))}


PLACE = {"Bucket": "bucket", "Key": "some/stations.geojson"}
ADDRESS = "s3://bucket/some/stations.geojson"


def test_a_file_on_s3(directory, s3):
    s3.add_response("get_object", body(collection(GOOD)), PLACE)
    assert run("import", ADDRESS) == 0
    assert ids(directory) == ["good"]


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("NoSuchKey", f"{ADDRESS}: NoSuchKey\n"),
        ("AccessDenied", f"{ADDRESS}: AccessDenied\n"),
        ("SlowDown", "S3: SlowDown; run the same command again"),
    ],
)
def test_what_s3_refuses_is_said(directory, s3, capsys, code, message):
    s3.add_client_error("get_object", code)
    assert run("import", ADDRESS) == 1
    assert message in capsys.readouterr().err


def test_an_object_that_breaks_off_is_a_passing_failure(directory, s3, capsys):
    content = collection(GOOD)
    s3.add_response("get_object", body(content, len(content.encode()) + 10), PLACE)
    assert run("import", ADDRESS) == 1
    assert "S3: IncompleteReadError while reading; run the same command" in capsys.readouterr().err
    assert directory.head().total == 0


@pytest.mark.parametrize("address", ["s3://", "s3://bucket", "s3://bucket/", "s3:///key"])
def test_an_address_that_is_none(directory, capsys, address):
    assert run("import", address) == 1
    assert f"{address}: must be s3://BUCKET/KEY" in capsys.readouterr().err


# --- export and find --------------------------------------------------------------------------


def test_export_and_import_again_changes_nothing(directory, tmp_path, capsys):
    run("import", SAMPLE)
    capsys.readouterr()
    file = tmp_path / "export.geojson"
    assert run("export", file) == 0
    assert "14 stations written" in capsys.readouterr().out
    assert run("export") == 0
    assert capsys.readouterr().out == file.read_text("utf-8")
    assert run("import", file) == 0
    assert "already current" in capsys.readouterr().out
    assert [path.name for path in tmp_path.iterdir()] == ["export.geojson"]


def test_an_export_of_nothing_is_an_empty_collection(directory, capsys):
    assert run("export") == 0
    assert json.loads(capsys.readouterr().out)["features"] == []


def test_an_export_that_fails_leaves_the_old_file(directory, tmp_path, capsys):
    run("import", SAMPLE)
    file = tmp_path / "export.geojson"
    file.write_text("old")
    directory.plan("stations", TemporaryFailure("DynamoDB: ThrottlingException"))
    assert run("export", file) == 1
    assert file.read_text() == "old"
    assert run("export", tmp_path / "none" / "x") == 1
    assert "No such file" in capsys.readouterr().err


def test_find_shows_the_nearest(directory, capsys):
    run("import", SAMPLE)
    capsys.readouterr()
    assert run("find", "17.40", "104.79", "-k", "2", "--kind", "police_station") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("1. สภ.เมืองนครพนม (Mueang Nakhon Phanom Police Station)  1.20 km NW")
    assert lines[0].endswith("nearest  [sample]")


def test_find_in_an_empty_directory_says_what_to_do(directory, capsys):
    assert run("find", "-33.9", "-70.6") == 1
    assert "ess stations import FILE" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["find", "nan", "100"], "latitude must be finite"),
        (["find", "100", "17"], "latitude must be between"),
        (["find", "17", "100", "-k", "11"], "k must be a whole number from 1 to 10"),
        (["import", "no-such-file"], "no-such-file: No such file"),
        (["import", "."], ".: Is a directory"),
    ],
)
def test_bad_input_gets_a_clear_message(directory, capsys, arguments, message):
    assert run(*arguments) == 1
    assert message in capsys.readouterr().err


def test_a_failing_store_says_to_run_it_again(directory, capsys):
    directory.plan("head", TemporaryFailure("DynamoDB: ThrottlingException"))
    assert run("export") == 1
    assert "ThrottlingException; run the same command again" in capsys.readouterr().err


def test_a_store_that_refuses_says_what_to_check(directory, capsys):
    directory.plan("head", PermanentFailure("DynamoDB: ResourceNotFoundException"))
    assert run("export") == 1
    assert "ResourceNotFoundException; check region, stack or table" in capsys.readouterr().err


def test_without_a_table_it_says_which_setting_is_missing(monkeypatch, capsys):
    monkeypatch.delenv("ESS_STATIONS_TABLE", raising=False)
    for kept in (bootstrap.settings, bootstrap.station_directory):
        kept.cache_clear()
    assert run("export") == 1
    assert "ESS_STATIONS_TABLE is not set: set it, or name the stack" in capsys.readouterr().err


# --- progress -------------------------------------------------------------------------------


def test_a_terminal_gets_one_line_that_is_written_over(monkeypatch, capsys):
    now = iter([0.0, 0.1, 2.0, 3.0, 4.0, 10.0])
    monkeypatch.setattr("operate.stations.progress.time.monotonic", lambda: next(now))
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    progress = Progress("reading x")
    progress(1_000)  # too early for a line
    progress(20_000)
    progress.done(30_000)
    assert capsys.readouterr().err == (
        "\rreading x: 20,000 rows, 6,667 rows/s\rreading x: 30,000 rows, 7,500 rows/s\n"
    )


# --- the stack ------------------------------------------------------------------------------

OUTPUTS = {
    "ConversationsTable": "conversations-x",
    "ReportsTable": "reports-x",
    "StationsTable": "stations-x",
    "RespondersTable": "responders-x",
    "StationFilesBucket": "files-x",
    "ImportStationsFunction": "import-x",
}


@pytest.fixture
def cloudformation(monkeypatch):
    for name in OUTPUTS:  # so that what the command sets is taken back
        monkeypatch.setenv(f"ESS_{name.removesuffix('Table').upper()}_TABLE", "before")
    client = boto3.client(
        "cloudformation", "ap-southeast-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
    monkeypatch.setattr(boto3, "client", lambda _service: client)
    with Stubber(client) as stub:
        yield stub


def describe(stub, outputs):
    stack = {
        "StackName": "ess",
        "CreationTime": "2026-01-01T00:00:00Z",
        "StackStatus": "CREATE_COMPLETE",
        "Outputs": [{"OutputKey": key, "OutputValue": value} for key, value in outputs.items()],
    }
    stub.add_response("describe_stacks", {"Stacks": [stack]}, {"StackName": "ess"})


def test_a_stack_names_its_tables(directory, cloudformation, monkeypatch, capsys):
    describe(cloudformation, OUTPUTS)
    assert main(["stations", "find", "17", "104", "--stack", "ess"]) == 1  # empty, but found
    assert os.environ["ESS_STATIONS_TABLE"] == "stations-x"
    assert os.environ["ESS_RESPONDERS_TABLE"] == "responders-x"


def test_a_stack_that_is_none_of_ours_is_refused(directory, cloudformation, capsys):
    describe(cloudformation, {"StationsTable": "stations-x"})
    assert main(["stations", "export", "--stack", "ess"]) == 1
    assert "has no output ConversationsTable, " in capsys.readouterr().err


def test_a_stack_that_does_not_exist_is_said(directory, cloudformation, capsys):
    cloudformation.add_client_error(
        "describe_stacks", "ValidationError", "Stack with id ess does not exist"
    )
    assert main(["stations", "export", "--stack", "ess"]) == 1
    assert "stack ess: " in (err := capsys.readouterr().err)
    assert "does not exist" in err


def test_nothing_is_merged_with_a_directory_of_an_earlier_layout(directory, capsys):
    old = DirectoryHead(version="000001-old", counts={"w7": 1})
    directory.head = lambda **_: old
    assert main(["stations", "import", str(SAMPLE), "--merge"]) == 1
    assert "without --merge" in capsys.readouterr().err

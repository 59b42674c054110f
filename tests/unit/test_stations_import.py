"""`ess stations`: what goes in, what is kept out, and what the operator is told."""

import json
import os
import re
from pathlib import Path

import boto3
import pytest
from botocore.stub import Stubber
from hypothesis import given
from hypothesis import strategies as st

from ess import bootstrap
from ess.adapters.memory.stations import MemoryStationDirectory
from ess.domain.errors import PermanentFailure, TemporaryFailure
from ess.domain.station import Station
from operate.cli import main
from operate.station_rows import FileUnreadable, read_rows, read_stations, to_geojson
from operate.stations import published_stations
from tests.unit.station_points import points

SAMPLE = Path(__file__).parents[2] / "local" / "sample" / "stations_sample.geojson"


def row(**changes):
    properties = {"name": "สภ.ธาตุพนม", "name_en": "That Phanom"} | changes.pop("properties", {})
    return {
        "type": "Feature",
        "id": "np-1",
        "properties": properties,
        "geometry": {"type": "Point", "coordinates": [104.717, 16.942]},
    } | changes


def at(*coordinates, kind="Point"):
    return row(geometry={"type": kind, "coordinates": list(coordinates)})


GOOD = row(id="good")


@pytest.fixture
def directory(monkeypatch):
    memory = MemoryStationDirectory()
    monkeypatch.setattr(bootstrap, "station_directory", lambda: memory)
    return memory


@pytest.fixture
def write(tmp_path):
    def to_file(*rows):
        path = tmp_path / "stations.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "features": rows}))
        return str(path)

    return to_file


# --- rows -----------------------------------------------------------------------------------


def test_a_whole_row():
    properties = {
        "agency": "สำนักงานตำรวจแห่งชาติ",
        "province": "นครพนม",
        "district": "ธาตุพนม",
        "phone": "042 541 266; ๐๘๑-๒๓๔-๕๖๗๘, 0 4254 1266",
        "sample": True,
    }
    (station,) = read_rows([row(properties=properties)]).stations
    assert station == Station(
        unit_id="np-1",
        name_th="สภ.ธาตุพนม",
        name_en="That Phanom",
        point=station.point,
        agency="สำนักงานตำรวจแห่งชาติ",
        province="นครพนม",
        district="ธาตุพนม",
        phones=("+6642541266", "+66812345678"),
        sample=True,
    )
    assert (station.point.latitude, station.point.longitude) == (16.942, 104.717)


def test_the_least_that_a_row_needs():
    (station,) = read_rows([row(properties={"name_en": None})]).stations
    assert (station.name_en, station.kind, station.phones) == ("สภ.ธาตุพนม", "police_station", ())
    assert not station.sample


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (None, "not a GeoJSON Feature"),
        ("สภ.", "not a GeoJSON Feature"),
        ([1, 2], "not a GeoJSON Feature"),
        ({"type": "Point", "coordinates": [104, 17]}, "not a GeoJSON Feature"),
        ({"type": "Nonsense"}, "not a GeoJSON Feature"),
        (row(id=None), "no id"),
        (row(id=" "), "no id"),
        (row(id=True), "no id"),
        (row(id=["np-1"]), "no id"),
        (row(id="desk"), "coordination desk"),
        (row(properties={"name": None}), "no name"),
        (row(properties={"name": "  "}), "no name"),
        (row(properties={"name": 7}), "name must be text"),
        (row(properties={"province": ["นครพนม"]}), "province must be text"),
        (row(properties={"phones": "042541266"}), "phones must be a list"),
        (row(properties={"phones": [42541266]}), "phones must be a list"),
        (row(properties={"sample": "yes"}), "sample must be true or false"),
        ({**row(), "properties": None}, "no name"),
        ({**row(), "properties": [1]}, "no properties"),
        (row(geometry=None), "no position"),
        (row(geometry={}), "no position"),
        (row(geometry={"type": "Nonsense"}), "not GeoJSON"),
        (at([[104, 17], [105, 17], [105, 18], [104, 17]], kind="Polygon"), "must be a Point"),
        (at(), r"must be \[longitude, latitude\]"),
        (at(104.7), r"must be \[longitude, latitude\]"),
        (at("104.7", "16.9"), "not GeoJSON"),
        (at(None, None), "not GeoJSON"),
        (at([104.7, 16.9]), r"must be \[longitude, latitude\]"),
        (at(16.942, 104.717), "latitude must be between -90 and 90 .*longitude first"),
        (at(float("nan"), 17), "Number .NaN. is not JSON"),
        (at(104, float("inf")), "Number .Infinity. is not JSON"),
        (at(463_000, 1_873_000), "must be between"),
    ],
)
def test_a_bad_row_is_named_and_spoils_nothing(bad, reason):
    reading = read_rows([GOOD, bad, row(id="last")])
    assert [station.unit_id for station in reading.stations] == ["good", "last"]
    (refused,) = reading.refused
    assert refused.row == 2
    assert re.search(reason, refused.reason), refused.reason


def test_the_second_row_of_an_id_is_kept_out():
    reading = read_rows([row(), row(properties={"name": "สภ.อื่น"})])
    assert [station.name_th for station in reading.stations] == ["สภ.ธาตุพนม"]
    assert str(reading.refused[0]) == "row 2 (สภ.อื่น): its id is that of row 1"


def test_a_phone_that_cannot_be_called_is_left_out_and_said():
    reading = read_rows([row(properties={"phones": ["191", "042-541-266"]})])
    assert reading.stations[0].phones == ("+6642541266",)
    assert "'191' left out" in str(reading.notes[0])
    assert not reading.refused


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"{", "not JSON"),
        (b"\xff\xfe", "not UTF-8"),
        (b"[]", "not a GeoJSON FeatureCollection"),
        (b'{"type": "FeatureCollection"}', "not a GeoJSON FeatureCollection"),
        (b'{"features": []}', "not a GeoJSON FeatureCollection"),
    ],
)
def test_a_file_that_is_no_collection_is_refused(tmp_path, content, reason):
    path = tmp_path / "x"
    path.write_bytes(content)
    with pytest.raises(FileUnreadable, match=reason):
        read_stations(path)


texts = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=12)
names = texts.filter(bool)


@given(
    st.lists(
        st.builds(
            Station,
            unit_id=names.filter(lambda name: name != "desk"),
            name_th=names,
            name_en=names,
            point=points.map(lambda p: type(p)(round(p.latitude, 14), round(p.longitude, 13))),
            province=texts,
            district=texts,
            phones=st.lists(st.sampled_from(["+6642541266", "+66812345678"]), unique=True).map(
                tuple
            ),
            sample=st.booleans(),
        ),
        max_size=5,
        unique_by=lambda station: station.unit_id,
    )
)
def test_what_is_exported_reads_back_the_same(stations):
    reading = read_rows(json.loads(to_geojson(stations))["features"])
    assert not reading.refused
    assert reading.stations == sorted(stations, key=lambda station: station.unit_id)


# --- the sample -----------------------------------------------------------------------------


def test_the_sample_is_the_twelve_districts_and_says_that_it_is_a_sample():
    reading = read_stations(SAMPLE)
    assert (reading.refused, reading.notes) == ([], [])
    assert {station.district for station in reading.stations} == {
        "เมืองนครพนม", "ปลาปาก", "ท่าอุเทน", "บ้านแพง", "ธาตุพนม", "เรณูนคร",
        "นาแก", "ศรีสงคราม", "นาหว้า", "โพนสวรรค์", "นาทม", "วังยาง",
    }  # fmt: skip
    assert all(station.sample and not station.phones for station in reading.stations)
    assert all(station.name_en.isascii() for station in reading.stations)


# --- the command ----------------------------------------------------------------------------


def test_importing_the_sample(directory, capsys):
    assert main(["stations", "import", str(SAMPLE)]) == 0
    assert directory.head().total == 12
    out, progress = capsys.readouterr()
    assert "12 new, 0 changed, 0 removed" in out
    assert "12 rows: 12 good, 12 of them samples, 0 kept out." in out
    assert "publishing 12 stations" in progress


def test_importing_again_changes_nothing(directory, capsys):
    main(["stations", "import", str(SAMPLE)])
    version = directory.head().version
    assert main(["stations", "import", str(SAMPLE)]) == 0
    assert directory.head().version == version
    assert f"Version {version} already current." in capsys.readouterr().out


def test_good_rows_go_in_beside_bad_ones_and_the_exit_code_tells(directory, write, capsys):
    assert main(["stations", "import", write(GOOD, row(id=None))]) == 1
    assert [station.unit_id for station in published_stations(directory)] == ["good"]
    out = capsys.readouterr().out
    assert "kept out: row 2 (สภ.ธาตุพนม): it has no id" in out
    assert "2 rows: 1 good, 1 kept out." in out


def test_a_file_without_a_usable_row_leaves_the_directory_alone(directory, write, capsys):
    main(["stations", "import", write(GOOD)])
    assert main(["stations", "import", write()]) == 1
    assert directory.head().total == 1
    assert "the directory stays as it is" in capsys.readouterr().out


def test_a_dry_run_says_what_would_change_and_changes_nothing(directory, write, capsys):
    main(["stations", "import", write(row(id="a"), row(id="b"), row(id="c"))])
    before = directory.head()
    capsys.readouterr()
    moved = row(id="b", geometry={"type": "Point", "coordinates": [104, 17]})
    assert main(["stations", "import", "--dry-run", write(row(id="a"), moved, row(id="d"))]) == 0
    out = capsys.readouterr().out
    assert "1 new, 1 changed, 1 removed" in out
    assert [line[:5] for line in out.splitlines() if line.startswith("  ")] == [
        "  + d", "  ~ b", "  - c",
    ]  # fmt: skip
    assert "nothing was changed" in out
    assert directory.head() == before


def test_a_long_list_of_changes_is_cut(directory, write, capsys):
    main(["stations", "import", write(*(row(id=f"{i:03d}") for i in range(25)))])
    assert "  ... and 5 more" in capsys.readouterr().out


def test_export_and_import_again_changes_nothing(directory, tmp_path, capsys):
    main(["stations", "import", str(SAMPLE)])
    file = tmp_path / "export.geojson"
    assert main(["stations", "export", str(file)]) == 0
    assert "12 stations written" in capsys.readouterr().out
    assert main(["stations", "export"]) == 0
    assert capsys.readouterr().out == file.read_text()
    assert main(["stations", "import", str(file)]) == 0
    assert "already current" in capsys.readouterr().out


def test_find_shows_the_nearest(directory, capsys):
    main(["stations", "import", str(SAMPLE)])
    capsys.readouterr()
    assert main(["stations", "find", "17.40", "104.79", "-k", "2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("1. สภ.เมืองนครพนม (Mueang Nakhon Phanom Police Station)  1.20 km NW")
    assert lines[0].endswith("nearest  [sample]")
    assert lines[-1] == "1 cell(s) queried"


def test_find_in_an_empty_directory_says_what_to_do(directory, capsys):
    assert main(["stations", "find", "-33.9", "-70.6"]) == 1
    assert "ess stations import FILE" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["find", "nan", "100"], "latitude must be finite"),
        (["find", "100", "17"], "latitude must be between"),
        (["find", "17", "100", "-k", "11"], "k must be a whole number from 1 to 10"),
        (["import", "no-such-file"], "no-such-file: No such file"),
    ],
)
def test_bad_input_gets_a_clear_message(directory, capsys, arguments, message):
    assert main(["stations", *arguments]) == 1
    assert message in capsys.readouterr().err


def test_a_failing_store_says_to_run_it_again(directory, capsys):
    directory.plan("head", TemporaryFailure("DynamoDB: ThrottlingException"))
    assert main(["stations", "export"]) == 1
    assert "ThrottlingException; run the same command again" in capsys.readouterr().err


def test_a_store_that_refuses_says_what_to_check(directory, capsys):
    directory.plan("head", PermanentFailure("DynamoDB: ResourceNotFoundException"))
    assert main(["stations", "export"]) == 1
    assert "ResourceNotFoundException; check region, stack or table" in capsys.readouterr().err


def test_without_a_table_it_says_which_setting_is_missing(monkeypatch, capsys):
    monkeypatch.delenv("ESS_STATIONS_TABLE", raising=False)
    for kept in (bootstrap.settings, bootstrap.station_directory):
        kept.cache_clear()
    assert main(["stations", "export"]) == 1
    assert "ESS_STATIONS_TABLE is not set: set it, or name the stack" in capsys.readouterr().err


# --- the stack ------------------------------------------------------------------------------

OUTPUTS = {
    "ConversationsTable": "conversations-x",
    "ReportsTable": "reports-x",
    "StationsTable": "stations-x",
    "RespondersTable": "responders-x",
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
    assert "has no output ConversationsTable, ReportsTable" in capsys.readouterr().err


def test_a_stack_that_does_not_exist_is_said(directory, cloudformation, capsys):
    cloudformation.add_client_error(
        "describe_stacks", "ValidationError", "Stack with id ess does not exist"
    )
    assert main(["stations", "export", "--stack", "ess"]) == 1
    assert "stack ess: " in (err := capsys.readouterr().err)
    assert "does not exist" in err

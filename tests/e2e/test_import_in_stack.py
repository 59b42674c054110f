"""An import by the deployed function, under its own role: bucket, function, table, and back."""

import json

import pytest

from local.cloud.cloud import STATIONS, SeedFailed
from local.cloud.stack import STACK

pytestmark = pytest.mark.cloud


@pytest.fixture(scope="module")
def ess(cloud):
    """The `ess` command on the cloud, with everything put back afterwards."""
    before = cloud.ess("stations", "versions").splitlines()[0].split()[1].partition(".")[0]
    yield cloud.ess
    cloud.ess("stations", "undo", "--to", before)


@pytest.fixture(scope="module")
def fewer(tmp_path_factory):
    """The sample without its last station."""
    lines = STATIONS.read_text(encoding="utf-8").splitlines()
    file = tmp_path_factory.mktemp("files") / "fewer.geojson"
    file.write_text("\n".join([*lines[:-3], lines[-3].rstrip(","), lines[-1]]), encoding="utf-8")
    return str(file)


def test_the_function_imports_as_the_command_does(cloud, ess, fewer):
    def count():
        return len(cloud_stations(cloud))

    whole = count()
    dry = ess("stations", "import", fewer, "--in-stack", "--dry-run")
    assert "1 removed" in dry
    assert "Dry run, nothing was changed." in dry
    assert count() == whole
    done = ess("stations", "import", fewer, "--in-stack")
    assert f"{whole - 1} rows: {whole - 1} good" in done
    assert count() == whole - 1
    again = ess("stations", "import", fewer, "--in-stack")
    assert "already current" in again
    assert "taken back" in ess("stations", "undo")
    assert count() == whole


def test_a_file_that_breaks_is_named_and_changes_nothing(cloud, ess, tmp_path):
    before = cloud_stations(cloud)
    broken = tmp_path / "broken.geojson"
    broken.write_text(STATIONS.read_text(encoding="utf-8")[:3000], encoding="utf-8")
    with pytest.raises(SeedFailed, match=r"broken\.geojson"):
        ess("stations", "import", str(broken), "--in-stack")
    assert cloud_stations(cloud) == before


def cloud_stations(cloud):
    """The published stations, one a line, as the command exports them."""
    exported = cloud.ess("stations", "export").splitlines()
    return [line for line in exported if '"Feature"' in line]


def test_a_doubtful_row_is_named_in_the_bucket_and_here(cloud, ess, tmp_path):
    before = cloud_stations(cloud)
    file = tmp_path / "doubtful.geojson"
    collection = json.loads(STATIONS.read_text(encoding="utf-8"))
    collection["features"][0]["geometry"] = None
    file.write_text(json.dumps(collection), encoding="utf-8")
    report = tmp_path / "doubts.jsonl"
    with pytest.raises(SeedFailed, match="13 good"):  # exit code 1: a row was kept out
        ess("stations", "import", str(file), "--in-stack", "--stack", STACK, "--dry-run",
            "--report", str(report))  # fmt: skip
    named = [json.loads(line) for line in report.read_text(encoding="utf-8").splitlines()]
    assert [one["row"] for one in named if one["outcome"] == "kept out"] == [1]
    bucket = cloud.outputs["StationFilesBucket"]
    listed = cloud.client("s3").list_objects_v2(Bucket=bucket, Prefix="reports/")["Contents"]
    newest = max(listed, key=lambda item: item["LastModified"])
    assert "-doubtful.geojson-" in newest["Key"]
    body = cloud.client("s3").get_object(Bucket=bucket, Key=newest["Key"])["Body"].read()
    assert body.decode() == report.read_text(encoding="utf-8")
    assert cloud_stations(cloud) == before


@pytest.mark.parametrize("location", ["reports/x.geojson", "x.geojson"])
def test_the_function_reads_nothing_but_what_is_to_be_imported(cloud, ess, location):
    bucket = cloud.outputs["StationFilesBucket"]
    cloud.client("s3").put_object(Bucket=bucket, Key=location, Body=STATIONS.read_bytes())
    with pytest.raises(SeedFailed, match=r"must be s3://.*/imports/"):
        ess("stations", "import", f"s3://{bucket}/{location}", "--in-stack")


def test_the_log_of_an_import_has_counts_alone(cloud, ess):
    ess("stations", "import", str(STATIONS), "--in-stack", "--dry-run")
    log = cloud.emulator_log.read_text(encoding="utf-8", errors="replace")
    ours = [line for line in log.splitlines() if '"service":"import_stations"' in line]
    assert any('"kept_out":' in line for line in ours)
    for trace in ("sample-np", "สภ.", "\\u0e2a", "geojson", "s3://"):
        assert not [line for line in ours if trace in line]

"""An import by the deployed function, under its own role: bucket, function, table, and back."""

import pytest

from local.cloud.cloud import STATIONS, SeedFailed

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

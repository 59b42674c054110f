"""The built layers: pinned, trimmed, byte-compiled so that Lambda accepts it, reproducible."""

import hashlib
import importlib.util
import marshal
import os
import struct
import subprocess
import sys
from pathlib import Path
from types import CodeType

import pytest

from tools.build import ROOT, environment

DEPS = ROOT / "layers" / "deps"
STATIONS = ROOT / "layers" / "stations"
MEDIA = ROOT / "layers" / "media"
ESS = ROOT / "layers" / "ess"
# https://peps.python.org/pep-0552/: bit 0 says hash-based, bit 1 (check_source) must be off.
UNCHECKED_HASH = 0b01
ELF_MACHINE = {"arm64": 183, "x86_64": 62}


def make(source: Path, target: Path, architecture: str) -> Path:
    done = subprocess.run(
        ["make", "-s", "build-Layer"],
        cwd=source,
        env=environment(architecture) | {"ARTIFACTS_DIR": str(target)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return target / "python"


def tree_hash(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(f"{path.relative_to(folder)}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


@pytest.fixture(scope="module")
def deps(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dependency layer for the cloud."""
    return make(DEPS, tmp_path_factory.mktemp("deps"), "arm64")


@pytest.fixture(scope="module")
def stations(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The layer of the function that imports stations, for the cloud."""
    return make(STATIONS, tmp_path_factory.mktemp("stations"), "arm64")


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The layer of the function that keeps media, for the cloud."""
    return make(MEDIA, tmp_path_factory.mktemp("media"), "arm64")


@pytest.fixture(scope="module")
def ess(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(ESS, tmp_path_factory.mktemp("ess"), "arm64")


def test_two_builds_are_the_same_bytes(
    deps: Path, stations: Path, media: Path, ess: Path, tmp_path: Path
):
    assert tree_hash(make(DEPS, tmp_path / "deps", "arm64")) == tree_hash(deps)
    assert tree_hash(make(STATIONS, tmp_path / "stations", "arm64")) == tree_hash(stations)
    assert tree_hash(make(MEDIA, tmp_path / "media", "arm64")) == tree_hash(media)
    assert tree_hash(make(ESS, tmp_path / "ess", "arm64")) == tree_hash(ess)


@pytest.mark.parametrize("layer", ["deps", "stations", "media", "ess"])
def test_every_module_has_byte_code_that_ignores_time_stamps(
    layer: str, request: pytest.FixtureRequest
):
    folder = request.getfixturevalue(layer)
    sources = list(folder.rglob("*.py"))
    assert len(sources) > 10
    for source in sources:
        compiled = Path(importlib.util.cache_from_source(str(source)))
        assert compiled.exists(), f"{source.relative_to(folder)} is not compiled"
        header = compiled.read_bytes()[:16]
        assert header[:4] == importlib.util.MAGIC_NUMBER
        assert struct.unpack("<I", header[4:8])[0] == UNCHECKED_HASH, compiled


@pytest.mark.parametrize("layer", ["deps", "stations", "media", "ess"])
def test_byte_code_names_the_place_it_has_on_lambda(layer: str, request: pytest.FixtureRequest):
    files = [*request.getfixturevalue(layer).rglob("*.pyc")]
    assert files
    for compiled in files:
        code = marshal.loads(compiled.read_bytes()[16:])
        assert isinstance(code, CodeType)
        assert code.co_filename.startswith("/opt/python/"), compiled
        assert os.fsencode(str(ROOT)) not in compiled.read_bytes()


def test_what_the_runtime_brings_is_left_out(deps: Path):
    present = {path.name for path in deps.iterdir()}
    assert not present & {"boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six.py"}
    assert {"linebot", "pynamodb", "aws_lambda_powertools", "phonenumbers"} <= present
    assert not {path.name for path in deps.rglob("*") if path.is_dir()} & {"tests", "test"}


def test_what_another_layer_or_the_runtime_brings_is_not_brought_again(
    deps: Path, stations: Path, media: Path
):
    def names(layer: Path) -> set[str]:
        return {path.name.partition("-")[0] for path in layer.iterdir()}

    assert not names(deps) & names(stations)
    assert not names(deps) & names(media)
    assert names(media) == {"PIL", "pillow", "pillow.libs"}
    assert not list(media.rglob("*avif*.so*"))
    assert {"geojson", "ijson", "numpy"} <= names(stations)
    assert not names(stations) & {"boto3", "botocore", "dateutil", "six.py", "bin"}
    assert not {p.name for p in stations.rglob("*") if p.is_dir()} & {"tests", "test", "f2py"}
    assert not list(stations.rglob("*_tests.*.so"))


SCRIPT = """
import importlib, pkgutil, sys
sys.path[:0] = sys.argv[1:]
import geojson, ijson, numpy
assert ijson.backend == "yajl2_c", ijson.backend
for package in "_core", "fft", "lib", "linalg", "ma", "polynomial", "random", "typing":
    importlib.import_module(f"numpy.{package}")
assert numpy.linalg.det(numpy.eye(3)) == 1
import ess.indexing
for module in pkgutil.iter_modules(ess.indexing.__path__):
    importlib.import_module(f"ess.indexing.{module.name}")
assert all("site-packages" not in (getattr(m, "__file__", "") or "") for m in sys.modules.values())
"""


def test_numpy_computes_and_the_index_builder_loads_from_the_layers_alone(
    ess: Path, tmp_path: Path
):
    layer = make(STATIONS, tmp_path, "host")
    command = [sys.executable, "-I", "-S", "-c", SCRIPT, str(layer), str(ess)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


MEDIA_SCRIPT = """
import sys
from io import BytesIO
sys.path[:0] = sys.argv[1:]
from PIL import Image
from ess.adapters.media.pictures import FORMATS, PillowPictures
from ess.domain.media import Content
for name in FORMATS:
    made = BytesIO()
    Image.new("RGB", (40, 30), "red").save(made, name)
    clean = PillowPictures().clean(Content(made.getvalue(), ""))
    assert Image.open(BytesIO(clean.data)).size == (40, 30)
assert all("site-packages" not in (getattr(m, "__file__", "") or "") for m in sys.modules.values())
"""


def test_every_format_is_cleaned_with_the_layers_alone(ess: Path, tmp_path: Path):
    layer = make(MEDIA, tmp_path, "host")
    command = [sys.executable, "-I", "-S", "-c", MEDIA_SCRIPT, str(layer), str(ess)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("layer", ["deps", "stations", "media"])
def test_licences_stay(layer: str, request: pytest.FixtureRequest):
    infos = [*request.getfixturevalue(layer).glob("*.dist-info")]
    assert infos
    for info in infos:
        assert (info / "METADATA").exists(), info


@pytest.mark.parametrize("architecture", ["arm64", "x86_64"])
@pytest.mark.parametrize("source", [DEPS, STATIONS, MEDIA], ids=lambda source: source.name)
def test_compiled_extensions_are_for_the_architecture(
    architecture: str, source: Path, tmp_path: Path
):
    extensions = list(make(source, tmp_path, architecture).rglob("*.so*"))
    assert extensions
    for extension in extensions:
        machine = struct.unpack("<H", extension.read_bytes()[18:20])[0]
        assert machine == ELF_MACHINE[architecture], extension


def test_it_fits_into_lambda(deps: Path, stations: Path, media: Path, ess: Path):
    """All layers and the function together may have 250 MB unzipped (Lambda quotas)."""
    layers = (deps, stations, media, ess)
    size = sum(p.stat().st_size for folder in layers for p in folder.rglob("*") if p.is_file())
    assert size < 140 * 1024 * 1024


@pytest.mark.parametrize("source", [DEPS, STATIONS, MEDIA], ids=lambda source: source.name)
def test_an_unknown_architecture_is_refused(source: Path, tmp_path: Path):
    with pytest.raises(AssertionError, match="must be arm64, x86_64 or host"):
        make(source, tmp_path, "sparc")

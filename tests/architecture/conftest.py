"""The built stack, and the runtime's own packages as Lambda has them."""

from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tools.build import ROOT, build, build_folder
from tools.check_workflow import CloudFormationLoader

# https://docs.aws.amazon.com/lambda/latest/dg/lambda-python.html#python-sdk-included
RUNTIME_PACKAGES = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six.py", "urllib3")


@dataclass(frozen=True)
class Function:
    """A function of the template."""

    name: str
    handler: str
    layers: tuple[str, ...]

    @property
    def module(self) -> str:
        return self.handler.rpartition(".")[0]


def template() -> dict:
    """template.yaml, with CloudFormation's short forms replaced by what follows them."""
    text = (ROOT / "template.yaml").read_text(encoding="utf-8")
    return yaml.load(text, CloudFormationLoader)


def functions() -> list[Function]:
    """Every function of template.yaml."""
    document = template()
    defaults = document.get("Globals", {}).get("Function", {})
    found = []
    for name, resource in document["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Function":
            given = defaults | resource["Properties"]
            layers = tuple(defaults.get("Layers", ())) + tuple(
                resource["Properties"].get("Layers", ())
            )
            found.append(Function(name, given["Handler"], layers))
    return found


@pytest.fixture(scope="session")
def built() -> Path:
    """The folder of the built stack, brought up to date."""
    build("host")
    return build_folder("host")


@pytest.fixture(scope="session")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what Lambda's python3.13 runtime brings and nothing else."""
    folder = tmp_path_factory.mktemp("runtime")
    site = next((ROOT / ".venv-cloud" / "lib").glob("python3.13/site-packages"))
    for name in RUNTIME_PACKAGES:
        assert (site / name).exists(), f"{name} is missing from .venv-cloud"
        (folder / name).symlink_to(site / name)
    return folder

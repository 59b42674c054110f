"""A template for `sam local invoke` against a running local cloud.

`sam local` fills in no `!Ref` and passes on no variable that a template does not declare. So the
functions and layers of the built template are written out with the values that the deployed ones
have, and with the emulator's address.
"""

import json
from pathlib import Path
from typing import Any, Final

import yaml

from local.cloud.stack import STACK, host_architecture
from tools.check_workflow import CloudFormationLoader

NAME: Final = "sam-local.json"

_KEPT: Final = ("Handler", "Runtime", "MemorySize", "Timeout", "EphemeralStorage")


def write(folder: Path, built: Path, endpoint: str, clients: Any) -> Path:
    """Write the template into `folder` and say where it is.

    Args:
        folder: where to write it.
        built: the folder of the built stack.
        endpoint: the emulator's address, as a container on the host's network sees it.
        clients: gives a boto3 client of the emulator by its service's name.
    """
    text = (built / "template.yaml").read_text(encoding="utf-8")
    document = yaml.load(text, CloudFormationLoader)  # noqa: S506 - a safe subclass
    shared = document["Globals"]["Function"]
    resources: dict[str, Any] = {}
    for name, resource in document["Resources"].items():
        given = resource.get("Properties", {})
        if resource["Type"] == "AWS::Serverless::LayerVersion":
            place = {"ContentUri": str(built / name), "CompatibleRuntimes": [shared["Runtime"]]}
            resources[name] = {"Type": resource["Type"], "Properties": place}
        elif resource["Type"] == "AWS::Serverless::Function":
            function = shared | given
            resources[name] = {
                "Type": resource["Type"],
                "Properties": {key: function[key] for key in _KEPT if key in function}
                | {
                    "CodeUri": str(built / name),
                    "Architectures": [host_architecture()],
                    "Layers": [*shared["Layers"], *given.get("Layers", [])],
                    "Environment": {
                        "Variables": _variables(name, clients) | {"AWS_ENDPOINT_URL": endpoint}
                    },
                },
            }
    target = folder / NAME
    template = {"Transform": "AWS::Serverless-2016-10-31", "Resources": resources}
    target.write_text(json.dumps(template, indent=2), encoding="utf-8")
    return target


def _variables(logical_id: str, clients: Any) -> dict[str, str]:
    found = clients("cloudformation").describe_stack_resource(
        StackName=STACK, LogicalResourceId=logical_id
    )
    name = found["StackResourceDetail"]["PhysicalResourceId"]
    configuration = clients("lambda").get_function_configuration(FunctionName=name)
    return dict(configuration.get("Environment", {}).get("Variables", {}))

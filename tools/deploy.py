"""`make deploy STAGE=dev|prod`: checks what a deploy needs, builds for AWS, runs `sam deploy`.

PARAMETERS="Name=value ..." adds stack parameters; YES=1 does not ask before the change.
"""

import argparse
import os
import secrets
import shlex
import subprocess
import sys
import tomllib
from typing import Final

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from tools.build import BuildFailed, build, build_folder, environment
from tools.steps import ROOT, SAM

STAGES: Final = ("dev", "prod")
_USAGE: Final = """make deploy needs a stage:

  make deploy STAGE=dev
  make deploy STAGE=prod

samconfig.toml says into which stack and region each goes."""


class NotReady(RuntimeError):
    """Something that a deploy needs is missing; the message says what to do."""


def region_of(stage: str) -> str:
    """The region that samconfig.toml gives a stage."""
    config = tomllib.loads((ROOT / "samconfig.toml").read_text(encoding="utf-8"))
    return str(config[stage]["deploy"]["parameters"]["region"])


def parameters_of(stage: str, architecture: str, more: str) -> dict[str, str]:
    """The stack's parameters: the stage's own, then `more` ("Name=value Name=value").

    Raises:
        NotReady: a part of `more` is no Name=value.
    """
    pairs = [part.partition("=") for part in shlex.split(more)]
    for name, sign, _value in pairs:
        if not sign or not name:
            raise NotReady(f"PARAMETERS={more!r}: every part must be Name=value")
    return {
        "Stage": stage,
        "Architecture": architecture,
        "LineSecretParameter": f"/ess/{stage}/line/channel-secret",
        "LineTokenParameter": f"/ess/{stage}/line/channel-access-token",
        "LinkSecretParameter": f"/ess/{stage}/link-secret",
    } | {name: value for name, _sign, value in pairs}


def require_account(region: str) -> str:
    """The account that the credentials at hand belong to.

    Raises:
        NotReady: there are none, or AWS refuses them.
    """
    try:
        identity = boto3.client("sts", region_name=region).get_caller_identity()
    except (BotoCoreError, ClientError) as error:
        raise NotReady(
            f"AWS cannot be asked who you are: {error}\n\n"
            "Sign in first (aws sso login, or AWS_PROFILE=...), then run make deploy again."
        ) from error
    return str(identity["Account"])


def require_secrets(region: str, names: list[str]) -> None:
    """Check that the SSM parameters of the LINE channel exist; their values are not read.

    Raises:
        NotReady: one is missing, or may not be looked up.
    """
    ssm = boto3.client("ssm", region_name=region)
    try:
        found = ssm.describe_parameters(
            ParameterFilters=[{"Key": "Name", "Option": "Equals", "Values": names}]
        )["Parameters"]
    except (BotoCoreError, ClientError) as error:
        raise NotReady(f"The LINE channel's parameters cannot be looked up: {error}") from error
    kinds = {parameter["Name"]: parameter.get("Type") for parameter in found}
    wrong = [name for name in names if kinds.get(name) != "SecureString"]
    if wrong:
        commands = "\n".join(
            f"  read -rs VALUE; aws ssm put-parameter --region {region} --type SecureString"
            f' --name {name} --value "$VALUE"'
            for name in wrong
        )
        raise NotReady(
            f"The LINE channel's secret and token must be SecureStrings in SSM; missing: "
            f"{', '.join(wrong)}.\nBoth are on the channel's page in the LINE Developers console "
            f"(Basic settings; Messaging API). Paste each when asked:\n{commands}"
        )


def require_link_secret(region: str, name: str) -> None:
    """Make up what officers' links are signed with, unless it is there; nobody need know it.

    Raises:
        NotReady: it can be neither found nor stored.
    """
    ssm = boto3.client("ssm", region_name=region)
    try:
        # Never over one that is there: the links of this minute's reports would end.
        ssm.put_parameter(
            Name=name,
            Value=secrets.token_urlsafe(48),
            Type="SecureString",
            Overwrite=False,
            Description="Signs the links in officers' SMS; a second line is the one before.",
        )
    except ssm.exceptions.ParameterAlreadyExists:
        return
    except (BotoCoreError, ClientError) as error:
        raise NotReady(f"The secret of links, {name}, cannot be stored: {error}") from error
    print(f"Made up {name}, which links in SMS are signed with.", flush=True)


def deploy(stage: str) -> int:
    """Deploy a stage; the exit status of `sam deploy`.

    Raises:
        NotReady: something is missing.
        BuildFailed: `sam build` failed.
    """
    region = region_of(stage)
    chosen = parameters_of(
        stage, os.environ.get("ARCHITECTURE", "arm64"), os.environ.get("PARAMETERS", "")
    )
    architecture = chosen["Architecture"]
    account = require_account(region)
    require_secrets(region, [chosen["LineSecretParameter"], chosen["LineTokenParameter"]])
    require_link_secret(region, chosen["LinkSecretParameter"])
    print(f"Stage {stage} goes to account {account}, {region}, on {architecture}.", flush=True)
    build(architecture)
    command = [
        *(f"{SAM}/sam", "deploy", "--config-file", str(ROOT / "samconfig.toml")),
        *("--config-env", stage),
        *("--template-file", str(build_folder(architecture) / "template.yaml")),
        *("--parameter-overrides", *(f"{name}={value}" for name, value in chosen.items())),
    ]
    if os.environ.get("YES") == "1":
        command.append("--no-confirm-changeset")
    return subprocess.run(command, cwd=ROOT, env=environment(architecture), check=False).returncode


def main() -> int:
    """Deploy the stage named on the command line."""
    parser = argparse.ArgumentParser(prog="python -m tools.deploy", description=__doc__)
    parser.add_argument("stage", nargs="?", choices=STAGES)
    stage = parser.parse_args().stage
    if stage is None:
        print(_USAGE, file=sys.stderr)
        return 2
    try:
        return deploy(stage)
    except (NotReady, BuildFailed) as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())

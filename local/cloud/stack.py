"""The real stack in the emulator: built, its secrets stored, deployed with `sam deploy`."""

import platform
import secrets
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from local.cloud.environment import aws_environment

STACK: Final = "ess-local"
STAGE: Final = "local"
SECRET_PARAMETER: Final = f"/ess/{STAGE}/line/channel-secret"
TOKEN_PARAMETER: Final = f"/ess/{STAGE}/line/channel-access-token"
LINK_PARAMETER: Final = f"/ess/{STAGE}/link-secret"


class DeployFailed(RuntimeError):
    """`sam deploy` ended with an error; the message is its output."""


def host_architecture() -> str:
    """Lambda's name for this machine's architecture: arm64 or x86_64."""
    return "arm64" if platform.machine().lower() in {"arm64", "aarch64"} else "x86_64"


def store_secrets(ssm: Any, channel_secret: str, channel_access_token: str) -> None:
    """Put the channel's secret and token where the stack expects them, as a deployer does.

    What links are signed with is made up each time: it is nobody's business.
    """
    for name, value in (
        (SECRET_PARAMETER, channel_secret),
        (TOKEN_PARAMETER, channel_access_token),
        (LINK_PARAMETER, secrets.token_urlsafe(48)),
    ):
        ssm.put_parameter(Name=name, Value=value, Type="SecureString", Overwrite=True)


def deploy(
    root: Path,
    folder: Path,
    endpoint: str,
    parameters: Mapping[str, str],
    cloudformation: Callable[[], Any],
) -> dict[str, str]:
    """Deploy the built template of `folder`; the stack's outputs.

    Raises:
        DeployFailed: `sam deploy` failed.
        NotLoopback: the endpoint is not on this machine.
    """
    given = {
        "Stage": STAGE,
        "Architecture": host_architecture(),
        "LineSecretParameter": SECRET_PARAMETER,
        "LineTokenParameter": TOKEN_PARAMETER,
        "LinkSecretParameter": LINK_PARAMETER,
    } | dict(parameters)
    done = subprocess.run(
        [
            str(root / ".venv-sam" / "bin" / "sam"),
            *("deploy", "--config-file", str(root / "samconfig.toml"), "--config-env", "local"),
            *("--stack-name", STACK),
            *("--template-file", str(folder / "template.yaml"), "--no-progressbar"),
            *("--parameter-overrides", *(f"{name}={value}" for name, value in given.items())),
        ],
        cwd=root,
        env=aws_environment(endpoint),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        reasons = _failures(cloudformation())
        raise DeployFailed("\n".join(["sam deploy failed:", done.stderr.strip(), *reasons]))
    stack = cloudformation().describe_stacks(StackName=STACK)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def _failures(cloudformation: Any) -> list[str]:
    """Why resources of the stack failed, the first failure first."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - as boto3, slow to import

    try:
        events = cloudformation.describe_stack_events(StackName=STACK)["StackEvents"]
    except ClientError:
        return []  # there is no stack yet: what sam said is all there is
    return [
        f"  {event['LogicalResourceId']} ({event['ResourceType']}): {event['ResourceStatusReason']}"
        for event in reversed(events)
        if event["ResourceStatus"].endswith("_FAILED") and event.get("ResourceStatusReason")
    ]

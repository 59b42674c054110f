"""Environment variables for everything that talks to the local cloud.

A developer's own AWS settings never reach it, and it never reaches AWS.
"""

import ipaddress
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

REGION: Final = "ap-southeast-1"
# The emulator treats this key as the account's root; it is no secret anywhere.
ACCESS_KEY: Final = "test"


class NotLoopback(ValueError):
    """The endpoint is not on this machine: nothing local is ever deployed there."""


def require_loopback(endpoint: str) -> str:
    """The endpoint itself, if it is on this machine.

    Raises:
        NotLoopback: it is not, or it has no host.
    """
    host = urlsplit(endpoint).hostname or ""
    try:
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise NotLoopback(f"{endpoint!r} is not on this machine: the local cloud stays on loopback")
    return endpoint


def aws_environment(endpoint: str, base: Mapping[str, str] | None = None) -> dict[str, str]:
    """The variables `base` (default: the process's own) with AWS replaced by the local cloud.

    Raises:
        NotLoopback: the endpoint is not on this machine.
    """
    require_loopback(endpoint)
    kept = {
        name: value
        for name, value in (os.environ if base is None else base).items()
        if not name.startswith(("AWS_", "SAM_", "ESS_", "PYTHON"))
        and not name.lower().endswith("_proxy")
    }
    return kept | {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": ACCESS_KEY,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "SAM_CLI_TELEMETRY": "0",
        "SAM_CLI_POLL_DELAY": "0.3",
    }


def enter(endpoint: str) -> None:
    """Make the local cloud this process's AWS.

    Raises:
        NotLoopback: the endpoint is not on this machine.
    """
    wanted = aws_environment(endpoint)
    for name in set(os.environ) - set(wanted):
        del os.environ[name]
    os.environ.update(wanted)


def python_of(environment: str) -> Path:
    """The interpreter of one of the project's environments, such as `.venv-cloud`."""
    return Path(__file__).resolve().parents[2] / environment / "bin" / "python"

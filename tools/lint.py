"""`make lint`: style, types, import arrows, templates, the state machine, the committed tree."""

import os
import sys
from collections.abc import Mapping
from typing import Final

from tools.steps import SAM, VENV, run_together

# Offline and without anybody's credentials: validation needs neither.
_ENVIRONMENT: Final[Mapping[str, str]] = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_DEFAULT_REGION": "ap-southeast-1",
    "SAM_CLI_TELEMETRY": "0",
}

# The slowest first, so that two at a time end together.
STEPS: Final[Mapping[str, list[str]]] = {
    "sam validate --lint": [f"{SAM}/sam", "validate", "--lint"],
    "mypy": [f"{VENV}/mypy", "."],
    "cfn-lint with the serverless rules": [f"{SAM}/cfn-lint"],
    "mypy --strict on ess": [
        *(f"{VENV}/mypy", "--strict", "--cache-dir", ".mypy_cache/strict", "-p", "ess")
    ],
    "import-linter": [f"{VENV}/lint-imports", "--no-cache"],
    "the state machine's graph": [sys.executable, "-m", "tools.check_workflow"],
    "the picture of the state machine": [sys.executable, "-m", "tools.draw_workflow", "--check"],
    "ruff check": [f"{VENV}/ruff", "check", "."],
    "ruff format": [f"{VENV}/ruff", "format", "--check", "."],
    "nothing committed names a registry or a machine": [sys.executable, "-m", "tools.check_tree"],
}


def main() -> int:
    """Run every check; the exit status is 1 when one fails."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "SAM_"))}
    results = run_together(STEPS, {**kept, **_ENVIRONMENT})
    return int(any(done.status for done in results))


if __name__ == "__main__":
    sys.exit(main())

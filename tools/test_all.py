"""`make test`: every check and every suite with its time; runs on after a failure, then fails."""

import sys
from typing import Final

from tools.steps import VENV, show, summary

_PYTEST: Final = [f"{VENV}/pytest", "-q"]
# These wait most of the time: two processes, each with a cloud that the tests of a file share.
# In the order of the files, which has the long ones first and the short ones last.
_TWO_CLOUDS: Final = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]
SUITES: Final = {
    "lint": [sys.executable, "-m", "tools.lint"],
    "unit": [*_PYTEST, "-n", "2", "tests/unit"],
    "adapters and contract": [*_PYTEST, "-n", "2", "tests/adapters", "tests/contract"],
    "exactness of the station lookup": [*_PYTEST, "-n", "2", "tests/exactness"],
    "build": [sys.executable, "-m", "tools.build", "host"],
    "architecture": [*_PYTEST, "-n", "2", "tests/architecture"],
    "workflow, end to end, browser": [*_PYTEST, *_TWO_CLOUDS, "tests/workflow", "tests/e2e"],
}


def main() -> int:
    """Run everything; the exit status is 1 when anything failed."""
    return summary([show(name, command) for name, command in SUITES.items()])


if __name__ == "__main__":
    sys.exit(main())

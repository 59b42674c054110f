"""Every built function imports with its layers and the runtime's packages, and nothing else.

The emulator runs functions with its own site-packages in sight, so it cannot show this.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.conftest import Function, functions

SCRIPT = """
import importlib, json, sys
sys.path = json.loads(sys.argv[1]) + [p for p in sys.path if "site-packages" not in p]
before = set(sys.modules)
handler = getattr(importlib.import_module(sys.argv[2]), sys.argv[3])
assert callable(handler)
files = {n: getattr(m, "__file__", None) or "" for n, m in list(sys.modules.items())}
print(json.dumps({n: f for n, f in files.items() if n not in before}))
"""


def modules_loaded(function: Function, built: Path, runtime: Path) -> dict[str, str]:
    """Import a function's handler as Lambda does; the modules that loads, with their files."""
    path = [
        str(built / function.name),
        *(str(built / layer / "python") for layer in function.layers),
        str(runtime),
    ]
    module, _, name = function.handler.rpartition(".")
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", SCRIPT, json.dumps(path), module, name],
        cwd=built / function.name,
        env={"AWS_LAMBDA_FUNCTION_NAME": function.name, "AWS_DEFAULT_REGION": "ap-southeast-1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_template_has_functions():
    assert len(functions()) >= 6


@pytest.mark.parametrize("function", functions(), ids=lambda function: function.name)
def test_imports_with_its_layers_alone(function: Function, built: Path, runtime: Path):
    loaded = modules_loaded(function, built, runtime)
    assert function.module in loaded
    assert any(name.startswith("ess.") for name in loaded)
    stray = {n: f for n, f in loaded.items() if "site-packages" in f and "/.venv-cloud/" not in f}
    assert not stray

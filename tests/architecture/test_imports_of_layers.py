"""What import-linter cannot say: the domain is standard library only, functions call no vendor."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOMAIN = sorted((ROOT / "layers/ess/ess/domain").glob("*.py"))
FUNCTIONS = sorted((ROOT / "functions").glob("*/app.py"))
# Reading a clock, a file or the environment is not the domain's: it is handed what it needs.
IMPURE = {"time", "os", "io", "pathlib", "sqlite3", "socket", "random", "logging", "subprocess"}


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module


@pytest.mark.parametrize("path", DOMAIN, ids=lambda path: path.stem)
def test_the_domain_is_pure_standard_library(path):
    for name in imported(path):
        top = name.partition(".")[0]
        assert name.startswith("ess.domain") or top in sys.stdlib_module_names - IMPURE


@pytest.mark.parametrize("path", FUNCTIONS, ids=lambda path: path.parent.name)
def test_functions_speak_to_ess_and_powertools_alone(path):
    for name in imported(path):
        top = name.partition(".")[0]
        assert top in {"ess", "aws_lambda_powertools"} | sys.stdlib_module_names
        assert not name.startswith("ess.adapters")

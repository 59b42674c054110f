"""What may never be committed is found, and ordinary text is left alone."""

import pytest

from tools.check_tree import ALLOW, findings

REGISTRY = "https://py" + "pi.org/simple"


@pytest.mark.parametrize(
    "line",
    [
        REGISTRY,
        "https://files.python" + "hosted.org/packages/x",
        "registry.npm" + "js.org",
        "--index" + "-url https://example.test",
        "/ro" + "ot/.cache",
        "see /wo" + "rk/main",
        "/Us" + "ers/Somchai/src",
        "/ho" + "me/somchai",
        "AK" + "IA" + "A" * 16,
    ],
)
def test_found(line):
    assert len(list(findings("file", f"first\n{line}\n"))) == 1


@pytest.mark.parametrize(
    "line",
    [
        "/opt/python",
        "/var/task",
        "functions/network/app.py",
        "a root/child",
        "./work/x",
        f"{REGISTRY} {ALLOW}",
    ],
)
def test_left_alone(line):
    assert not list(findings("file", line))

"""Checks that no committed file names a package registry, a machine's path or a private address.

`python -m tools.check_tree` reads what git tracks and lists every line that does.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent

# Written so that this file does not match itself.
FORBIDDEN: Final = {
    "a package registry": re.compile(
        r"(?i)\b(?:pypi|python[h]osted|npmjs|registry\.npm\w*|deb\.debian|files\.python\w*)"
        r"\.(?:org|com|net|io)\b|--(?:extra-)?index-url[ =]|--find-links[ =]"
    ),
    "a path of one machine": re.compile(
        r"(?<![\w.$}*-])/(?:root\b|work\b|home/\w|Users/\w|opt/wheels)"
    ),
    "an AWS key": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
}
# A line that must name one says so.
ALLOW: Final = "check-tree: allow"


def findings(name: str, text: str) -> Iterator[str]:
    """Every forbidden thing in a text, as `name:line: what`."""
    for number, line in enumerate(text.splitlines(), 1):
        if ALLOW in line:
            continue
        for what, pattern in FORBIDDEN.items():
            if found := pattern.search(line):
                yield f"{name}:{number}: {what}: {found[0]}"


def tracked() -> list[str]:
    """Names of the files that git tracks or would track."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return sorted({name for name in listed.split("\0") if name})


def main() -> int:
    """Check the tree; the exit status is 1 when something was found."""
    found: list[str] = []
    names = tracked()
    for name in names:
        path = ROOT / name
        if not path.is_file():
            continue  # deleted, and not committed yet
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # an image
        found += findings(name, text)
    for line in found:
        print(line, file=sys.stderr)
    if not found:
        print(f"{len(names)} files: no registry, no machine's path, no key")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

"""Builds the stack with `sam build`, and only when a source has changed since the last time.

`python -m tools.build [host|arm64|x86_64]` builds for the local cloud (host, the default) or for
AWS, each into a folder of its own, so that neither spoils the other.
"""

import argparse
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
ARCHITECTURES: Final = ("host", "arm64", "x86_64")
SOURCES: Final = (
    "template.yaml",
    "samconfig.toml",
    "layers",
    "functions",
    "workflow",
    "tools/build.py",
)


class BuildFailed(RuntimeError):
    """`sam build` ended with an error; the message is its output."""


def build_folder(architecture: str) -> Path:
    """Where the built stack of an architecture is (`template.yaml` and a folder a function)."""
    name = "build" if architecture == "host" else f"build-{architecture}"
    return ROOT / ".aws-sam" / name


def source_hash(architecture: str) -> str:
    """SHA-256 over names and bytes of everything that `sam build` reads."""
    digest = hashlib.sha256(architecture.encode())
    for source in SOURCES:
        top = ROOT / source
        files = [top] if top.is_file() else sorted(top.rglob("*"))
        for path in files:
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(f"\0{path.relative_to(ROOT)}\0".encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()


def environment(architecture: str) -> dict[str, str]:
    """The environment of `sam`: our own tools first, no telemetry."""
    return os.environ | {
        "PATH": os.pathsep.join([str(ROOT / ".venv" / "bin"), os.environ.get("PATH", os.defpath)]),
        "ESS_ARCHITECTURE": architecture,
        "SAM_CLI_TELEMETRY": "0",
    }


def build(architecture: str = "host") -> bool:
    """Build unless nothing has changed; says whether it built.

    Raises:
        BuildFailed: `sam build` failed.
    """
    folder = build_folder(architecture)
    folder.parent.mkdir(exist_ok=True)
    with folder.with_name(f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # `make run` beside `make test`, or two test workers
        return _build(folder, architecture)


def _build(folder: Path, architecture: str) -> bool:
    stamp = folder.with_name(f"{folder.name}.sha256")
    wanted = source_hash(architecture)
    if stamp.exists() and stamp.read_text() == wanted and (folder / "template.yaml").exists():
        return False
    stamp.unlink(missing_ok=True)
    _run(
        [
            str(ROOT / ".venv-sam" / "bin" / "sam"),
            "build",
            "--build-dir",
            str(folder),
            "--cache-dir",
            str(folder.with_name(f"cache-{architecture}")),
        ],
        architecture,
    )
    _compile_functions(folder, architecture)
    stamp.write_text(wanted)
    return True


def _compile_functions(folder: Path, architecture: str) -> None:
    """Give functions byte code that Lambda accepts despite the 1980 time stamps of its archives."""
    for function in sorted(folder.iterdir()):
        if (function / "app.py").exists():
            for stale in function.rglob("__pycache__"):
                shutil.rmtree(stale)
            _run(
                [
                    *(sys.executable, "-m", "compileall", "-q", "-j", "1"),
                    *("--invalidation-mode", "unchecked-hash"),
                    *("-s", str(function), "-p", "/var/task", str(function)),
                ],
                architecture,
            )


def _run(command: list[str], architecture: str) -> None:
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment(architecture),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BuildFailed(f"{' '.join(command)}\n{done.stdout}{done.stderr}")


def main() -> int:
    """Build for the architecture named on the command line."""
    parser = argparse.ArgumentParser(prog="python -m tools.build", description=__doc__)
    parser.add_argument("architecture", nargs="?", default="host", choices=ARCHITECTURES)
    architecture = parser.parse_args().architecture
    try:
        built = build(architecture)
    except BuildFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    folder = build_folder(architecture).relative_to(ROOT)
    print(f"{folder}: {'built' if built else 'up to date'} ({architecture})")
    return 0


if __name__ == "__main__":
    sys.exit(main())

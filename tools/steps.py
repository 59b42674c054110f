"""Runs named commands, side by side where they may, and says how long each took."""

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
VENV: Final = ROOT / ".venv" / "bin"
SAM: Final = ROOT / ".venv-sam" / "bin"


@dataclass(frozen=True)
class Done:
    """A finished step; `output` is empty when it was shown as it came."""

    name: str
    status: int
    seconds: float
    output: str = ""


def run(name: str, command: Sequence[str], environment: Mapping[str, str] | None = None) -> Done:
    """Run a command quietly; its output is in the result."""
    began = time.monotonic()
    done = subprocess.run(
        list(command),
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Done(name, done.returncode, time.monotonic() - began, done.stdout)


def show(name: str, command: Sequence[str]) -> Done:
    """Run a command whose output is shown as it comes."""
    print(f"\n== {name}", flush=True)
    began = time.monotonic()
    status = subprocess.run(
        list(command), cwd=ROOT, stdin=subprocess.DEVNULL, check=False
    ).returncode
    return Done(name, status, time.monotonic() - began)


def run_together(
    steps: Mapping[str, Sequence[str]], environment: Mapping[str, str] | None = None
) -> list[Done]:
    """Run commands two at a time; prints the output of those that fail."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        running = [pool.submit(run, name, command, environment) for name, command in steps.items()]
        results = []
        for each in running:
            done = each.result()
            results.append(done)
            print(f"  {'ok  ' if not done.status else 'FAIL'} {done.seconds:5.1f} s  {done.name}")
            if done.status:
                print(done.output)
            sys.stdout.flush()
    return results


def summary(results: Sequence[Done]) -> int:
    """Print names and times; the exit status of the whole."""
    print()
    for done in results:
        print(f"  {'ok  ' if not done.status else 'FAIL'} {done.seconds:6.1f} s  {done.name}")
    print(f"       {sum(done.seconds for done in results):6.1f} s  in all")
    return int(any(done.status for done in results))

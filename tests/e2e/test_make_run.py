"""`make run` as a person sees it: the timeline, the addresses, and a clean end."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from local.cloud.processes import free_port
from tools.build import ROOT

pytestmark = pytest.mark.cloud


Start = Callable[..., subprocess.Popen]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start `make run`'s program with variables; whatever a failing test leaves is ended."""
    started: list[subprocess.Popen] = []

    def run(**variables: str) -> subprocess.Popen:
        process = subprocess.Popen(
            [sys.executable, "-u", "-m", "local.cloud"],
            cwd=ROOT,
            env=os.environ | variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        if process.poll() is None:
            process.terminate()
            process.wait(30)
        process.stdout.close()


def listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def children_of(pid: int) -> set[int]:
    """Every descendant of a process."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True)
    parents = dict(map(int, line.split()) for line in listed.stdout.splitlines())
    found: set[int] = set()
    fresh = {pid}
    while fresh:
        fresh = {child for child, parent in parents.items() if parent in fresh} - found
        found |= fresh
    return found


def alive(pid: int) -> bool:
    listed = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return bool(listed.stdout.strip()) and not listed.stdout.startswith("Z")


def read_until(running: subprocess.Popen, text: str) -> str:
    printed = ""
    for line in running.stdout:
        printed += line
        if text in line:
            break
    return printed


def end(running: subprocess.Popen, number: signal.Signals, *ports: int) -> None:
    """Send a signal; everything that was started must be gone, and the ports free."""
    started = children_of(running.pid)
    assert started
    running.send_signal(number)
    assert running.wait(30) == 0
    assert not any(map(listening, ports))
    deadline = time.monotonic() + 10
    while any(map(alive, started)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not [pid for pid in started if alive(pid)]


@pytest.mark.timeout(240)
def test_a_report_is_played_and_ctrl_c_ends_everything(start: Start):
    aws_port, sim_port = free_port(), free_port()
    running = start(AWS_PORT=str(aws_port), SIM_PORT=str(sim_port))
    printed = read_until(running, "Ctrl-C ends everything")
    assert "served after" in printed, printed
    # Somebody reported, somebody accepted, and the reporter was told so.
    assert re.search(r"^ +\d+ +\d+  reporter .*sends", printed, re.MULTILINE), printed
    assert "มีเจ้าหน้าที่รับเรื่องแล้ว" in printed
    assert "phone number to the first officer's phone" in printed
    assert f"http://127.0.0.1:{sim_port}/" in printed
    assert listening(aws_port)
    assert listening(sim_port)
    end(running, signal.SIGINT, aws_port, sim_port)


@pytest.mark.timeout(120)
def test_sigterm_in_the_middle_of_the_deploy_leaves_nothing(start: Start):
    aws_port, sim_port = free_port(), free_port()
    running = start(AWS_PORT=str(aws_port), SIM_PORT=str(sim_port))
    printed = read_until(running, "start the emulator and the simulator")
    assert "start the emulator" in printed, printed
    time.sleep(1)  # by now `sam deploy` runs
    end(running, signal.SIGTERM, aws_port, sim_port)


def test_a_taken_port_is_said_before_anything_starts(start: Start):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        running = start(AWS_PORT=str(port))
        printed, _ = running.communicate(timeout=60)
    assert running.returncode == 1
    assert f"Port {port}" in printed
    assert "make run AWS_PORT=" in printed
    assert "Traceback" not in printed

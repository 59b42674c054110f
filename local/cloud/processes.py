"""A child process that leaves nothing behind: its own group, its log, and its end with ours."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

STOP_SECONDS: Final = 5.0
_PR_SET_PDEATHSIG: Final = 1


class PortTaken(RuntimeError):
    """Something else listens where we wanted to; the message says what to change."""


class ChildFailed(RuntimeError):
    """A child process ended or did not get ready; the message holds the end of its log."""


def free_port() -> int:
    """A port of loopback that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def require_free(port: int, variable: str, what: str) -> None:
    """Check that a port of loopback can be bound.

    Raises:
        PortTaken: it cannot.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise PortTaken(
                f"Port {port}, where {what} should listen, is taken ({error.strerror}).\n"
                f"Stop what uses it, or choose another: make run {variable}={free_port()}"
            ) from error


def _end_with_parent() -> None:
    """Ask Linux to end this child when its parent dies, however that happens."""
    import ctypes  # noqa: PLC0415 - in the child, between fork and exec

    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class Child:
    """A running child process in a process group of its own."""

    def __init__(
        self, name: str, command: Sequence[str], environment: Mapping[str, str], log: Path
    ) -> None:
        self.name = name
        self.log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as out:
            self._process = subprocess.Popen(
                list(command),
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509
            )

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> None:
        """Wait until `ready()`.

        Raises:
            ChildFailed: the process ended, or `seconds` went by.
        """
        deadline = time.monotonic() + seconds
        while not ready():
            if not self.alive():
                raise ChildFailed(f"{self.name} ended at its start.\n{self.log_end()}")
            if time.monotonic() > deadline:
                raise ChildFailed(
                    f"{self.name} was not ready in {seconds:.0f} s.\n{self.log_end()}"
                )
            time.sleep(0.05)

    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    def log_end(self, lines: int = 20) -> str:
        """The last lines of its log, and where the rest is."""
        text = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join([*text[-lines:], f"(all of it: {self.log})"])

    def stop(self) -> None:
        """End the process and all that it started; returns when they are gone."""
        self._signal_group(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):  # then it is killed
            self._process.wait(STOP_SECONDS)
        self._signal_group(signal.SIGKILL)
        self._process.wait()

    def _signal_group(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):  # all of the group is gone already
            os.killpg(self._process.pid, number)

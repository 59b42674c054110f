"""A line on the error output that says how far a long reading is."""

import sys
import time

_EVERY_S = {True: 0.5, False: 10.0}
"""Seconds between lines on a terminal, where each replaces the last one, and elsewhere."""


class Progress:
    """Tells how many rows were read, and how many a second.

    Args:
        what: what is being read.
    """

    def __init__(self, what: str) -> None:
        self._what = what
        self._terminal = sys.stderr.isatty()
        self._started = self._shown = time.monotonic()
        self._width = 0

    def __call__(self, rows: int) -> None:
        """Take note of the rows read so far; a line is shown when it is time for one."""
        now = time.monotonic()
        if now - self._shown >= _EVERY_S[self._terminal]:
            self._shown = now
            self._show(rows, "" if self._terminal else "\n")

    def done(self, rows: int) -> None:
        """Show the last line."""
        self._show(rows, "\n")

    def _show(self, rows: int, end: str) -> None:
        seconds = time.monotonic() - self._started
        rate = f", {rows / seconds:,.0f} rows/s" if seconds >= 1 else ""
        line = f"{self._what}: {rows:,} rows{rate}"
        start = "\r" if self._terminal else ""
        print(f"{start}{line:<{self._width}}", end=end, file=sys.stderr, flush=True)
        self._width = len(line) if self._terminal else 0


def step(text: str) -> None:
    """Say what is being done now."""
    print(f"{text} ...", file=sys.stderr, flush=True)

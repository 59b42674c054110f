"""Failures and races on request, for every adapter in memory."""

from collections import Counter, defaultdict, deque
from collections.abc import Callable

Step = BaseException | Callable[[], object] | None
"""What the next call meets: an error, something that happens just before it, or nothing."""


class Scripted:
    """Counts calls by method name, and lets a test decide what the next ones meet."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self._plan: defaultdict[str, deque[Step]] = defaultdict(deque)

    def plan(self, method: str, *steps: Step) -> None:
        """Let the next calls of `method` meet `steps`, one each; after them all goes well.

        An exception is raised before anything is done. A callable is run first, as a race would
        run, and the call then goes on. None lets a call pass.
        """
        if not hasattr(type(self), method):
            raise AttributeError(f"{type(self).__name__} has no method {method}")
        self._plan[method].extend(steps)

    def _called(self, method: str) -> None:
        self.calls[method] += 1
        step = self._plan[method].popleft() if self._plan[method] else None
        if isinstance(step, BaseException):
            raise step
        if step is not None:
            step()

"""The live stream: every change, to every open page, as server-sent events."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

KEEP_ALIVE_SECONDS = 15
BACKLOG = 5000


class Hub:
    """Hands each published change to all subscribers of one event loop."""

    def __init__(self) -> None:
        self._queues: set[asyncio.Queue[tuple[str, Any] | None]] = set()

    def publish(self, kind: str, data: Any) -> None:
        """Queue a change; a page that reads too slowly is cut off and reconnects."""
        for queue in list(self._queues):
            if queue.qsize() >= BACKLOG:
                self._queues.discard(queue)
                queue.put_nowait(None)
            else:
                queue.put_nowait((kind, data))

    async def stream(self) -> AsyncIterator[str]:
        """Yield server-sent events until the hub closes."""
        queue: asyncio.Queue[tuple[str, Any] | None] = asyncio.Queue()
        self._queues.add(queue)
        try:
            yield "retry: 500\nevent: hello\ndata: {}\n\n"
            while True:
                try:
                    item = await asyncio.wait_for(queue.get(), KEEP_ALIVE_SECONDS)
                except TimeoutError:
                    yield ": still here\n\n"
                    continue
                if item is None:
                    return
                kind, data = item
                yield f"event: {kind}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
        finally:
            self._queues.discard(queue)

    def close(self) -> None:
        """End all streams."""
        for queue in self._queues:
            queue.put_nowait(None)

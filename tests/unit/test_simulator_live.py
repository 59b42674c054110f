"""The live stream reaches every page in order, and lets a page that hangs go."""

from __future__ import annotations

import asyncio

from local.simulator import live


def test_every_page_hears_everything_in_order():
    async def play() -> list[list[str]]:
        hub = live.Hub()
        pages = [hub.stream() for _ in range(2)]
        for page in pages:
            await anext(page)
        hub.publish("sms", {"text": "เหตุ"})
        hub.publish("quota", {"used": 1})
        hub.close()
        return [[part async for part in page] for page in pages]

    first, second = asyncio.run(play())
    assert first == second
    assert first[0] == 'event: sms\ndata: {"text": "เหตุ"}\n\n'
    assert first[1].startswith("event: quota\n")


def test_a_page_that_does_not_read_is_cut_off(monkeypatch):
    monkeypatch.setattr(live, "BACKLOG", 3)

    async def play() -> int:
        hub = live.Hub()
        page = hub.stream()
        await anext(page)
        for number in range(10):
            hub.publish("log", number)
        return len([part async for part in page])

    assert asyncio.run(play()) == 3

"""The simulator as one ASGI application."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from local.simulator.cloud_view import CloudSettings, CloudView
from local.simulator.control import Control
from local.simulator.delivery import Courier, HttpSender, Sender
from local.simulator.line_api import LineApi
from local.simulator.live import Hub
from local.simulator.pages import Pages
from local.simulator.state import Config, World

STATIC = Path(__file__).parent / "static"


class Simulator:
    """A LINE platform with one channel.

    Args:
        channel_secret: signs webhooks.
        channel_access_token: the one token that LINE's endpoints accept.
        webhook_url: where events go; may be set later through ``/_sim/config``.
        clock: seconds since the epoch; tests move it.
        sender: carries webhooks; tests give their own, so that no socket opens.
        cloud: where SMS, stations and timelines are read.
    """

    def __init__(
        self,
        channel_secret: str,
        channel_access_token: str,
        *,
        webhook_url: str = "",
        clock: Callable[[], float] = time.time,
        sender: Sender | None = None,
        cloud: CloudSettings | None = None,
    ) -> None:
        self.hub = Hub()
        self.world = World(
            clock=clock, publish=self.hub.publish, config=Config(webhook_url=webhook_url)
        )
        self.courier = Courier(self.world, channel_secret, sender or HttpSender())
        self.cloud = CloudView(cloud or CloudSettings(), self.hub.publish, self.world.now_ms)
        self.line = LineApi(self.world, self.courier, channel_access_token)
        self.control = Control(self.world, self.courier, self.hub, self.cloud)
        self.pages = Pages(lambda: self.cloud.settings.pages_url)
        self.app = self._build()

    def _build(self) -> Starlette:
        async def page(_request: Request) -> Response:
            return FileResponse(STATIC / "index.html", headers={"Cache-Control": "no-cache"})

        routes: list[BaseRoute] = [
            *self.line.routes(),
            *self.control.routes(),
            *self.pages.routes(),
            Route("/", page),
            Mount("/static", StaticFiles(directory=STATIC)),
        ]

        @contextlib.asynccontextmanager
        async def lifespan(_app: Starlette) -> AsyncIterator[None]:
            watching = asyncio.create_task(self.cloud.run())
            try:
                yield
            finally:
                watching.cancel()
                await asyncio.gather(watching, return_exceptions=True)
                await self.courier.close()

        return Starlette(routes=routes, lifespan=lifespan)

"""The way to the pages behind links in SMS: a short address here for the emulator's long one.

A province maps its own domain to the API in the same way; until the stack is deployed nobody knows
the API's address, but the links need one.
"""

from __future__ import annotations

from collections.abc import Callable

import httpx
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]  # HEAD comes with GET
KEPT = ("content-type", "accept", "accept-language", "user-agent")
DROPPED = {"connection", "content-encoding", "content-length", "keep-alive", "transfer-encoding"}


class Pages:
    """Forwards ``/o/{token}``, and ``/o/{token}/m/{media_id}`` of a file.

    Args:
        base: tells where the API is now, without a slash at the end; empty before the deploy.
        transport: carries the requests; tests give their own.
    """

    def __init__(
        self, base: Callable[[], str], transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._base = base
        self._transport = transport

    def routes(self) -> list[Route]:
        """The routes."""
        paths = ("/o/{token}", "/o/{token}/m/{media_id}")
        return [Route(path, self.forward, methods=METHODS) for path in paths]

    async def forward(self, request: Request) -> Response:
        """Ask the API, and answer what it answers, redirects included."""
        base = self._base()
        if not base:
            return PlainTextResponse("no stack is deployed yet", 503)
        headers = {name: request.headers[name] for name in KEPT if name in request.headers}
        async with httpx.AsyncClient(
            transport=self._transport, trust_env=False, timeout=30
        ) as client:
            try:
                answer = await client.request(
                    request.method,
                    base + request.url.path,
                    params=str(request.query_params),
                    content=await request.body(),
                    headers=headers,
                )
            except httpx.HTTPError as error:
                return PlainTextResponse(f"the API does not answer: {type(error).__name__}", 502)
        passed = {n: v for n, v in answer.headers.items() if n.lower() not in DROPPED}
        return Response(answer.content, answer.status_code, passed)

"""What the simulator's unit tests share: a clock they move and a bot they script. No socket."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import httpx
from anyio.from_thread import BlockingPortal, start_blocking_portal

from local.simulator.app import Simulator

SECRET = "secret"
TOKEN = "token"
MALI = "U" + "1" * 32
SOMCHAI = "U" + "2" * 32
HELLO = {"type": "text", "text": "สวัสดี"}


class Clock:
    def __init__(self) -> None:
        self.now = 1_750_000_000.0

    def __call__(self) -> float:
        return self.now


class ScriptedBot:
    """Takes webhooks in memory; ``answers`` are used up before 200 is given."""

    def __init__(self) -> None:
        self.answers: list[int | Exception] = []
        self.calls: list[tuple[bytes, dict[str, str]]] = []

    async def __call__(
        self, url: str, body: bytes, headers: dict[str, str], seconds: float
    ) -> tuple[int, str]:
        self.calls.append((body, headers))
        answer = self.answers.pop(0) if self.answers else 200
        if isinstance(answer, Exception):
            raise answer
        return answer, ""

    @property
    def events(self) -> list[dict]:
        return [event for body, _ in self.calls for event in json.loads(body)["events"]]


class Web:
    """Synchronous calls into an ASGI application that runs on one event loop, without sockets."""

    def __init__(self, portal: BlockingPortal, client: httpx.AsyncClient) -> None:
        self._portal, self._client = portal, client

    def request(self, method: str, path: str, **more: object) -> httpx.Response:
        return self._portal.call(partial(self._client.request, method, path, **more))

    def get(self, path: str) -> httpx.Response:
        return self.request("GET", path)

    def post(self, path: str, **more: object) -> httpx.Response:
        return self.request("POST", path, **more)


class Line:
    """A simulator with two friends, Mali (citizen) and Somchai (officer)."""

    def __init__(self, client: Web, simulator: Simulator, bot: ScriptedBot, clock: Clock):
        self.http, self.simulator, self.bot, self.clock = client, simulator, bot, clock

    def call(self, method: str, path: str, body: object = None, **headers: str):
        headers = {"Authorization": f"Bearer {TOKEN}"} | {
            k.replace("_", "-"): v for k, v in headers.items()
        }
        if isinstance(body, bytes):
            return self.http.request(method, path, content=body, headers=headers)
        return self.http.request(method, path, json=body, headers=headers)

    def push(self, *messages: dict, to: str = MALI, key: str = "", **more: object):
        headers = {"X_Line_Retry_Key": key} if key else {}
        body = {"to": to, "messages": list(messages or (HELLO,))} | more
        return self.call("POST", "/v2/bot/message/push", body, **headers)

    def reply(self, token: str, *messages: dict, **headers: str):
        body = {"replyToken": token, "messages": list(messages or (HELLO,))}
        return self.call("POST", "/v2/bot/message/reply", body, **headers)

    def sim(self, path: str, body: object = None):
        return self.http.post(f"/_sim/{path}", json=body if body is not None else {})

    def act(self, who: str = MALI, **action: object) -> dict:
        answer = self.sim(f"users/{who}/actions", action)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def chat(self, who: str = MALI) -> list[dict]:
        return self.http.get(f"/_sim/users/{who}/chat").json()

    def token(self) -> str:
        self.act(type="text", text="ช่วยด้วย")
        return self.bot.events[-1]["replyToken"]


@contextmanager
def simulated_line() -> Iterator[Line]:
    clock, bot = Clock(), ScriptedBot()
    simulator = Simulator(
        SECRET, TOKEN, webhook_url="http://bot/line/webhook", clock=clock, sender=bot
    )
    transport = httpx.ASGITransport(simulator.app)
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(simulator.app.router.lifespan_context(simulator.app)),
        portal.wrap_async_context_manager(
            httpx.AsyncClient(transport=transport, base_url="http://line")
        ) as client,
    ):
        line = Line(Web(portal, client), simulator, bot, clock)
        line.sim("users", {"user_id": MALI, "display_name": "มะลิ"})
        line.sim("users", {"user_id": SOMCHAI, "display_name": "สมชาย", "role": "officer"})
        line.sim("config", {"redelivery": False})
        for who in (MALI, SOMCHAI):
            line.act(who, type="follow")
        bot.calls.clear()
        yield line

"""Carrying webhooks to the bot: signed, timed out after two seconds, delivered again on failure."""

from __future__ import annotations

import asyncio
import copy
import random
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

import httpx

from local.simulator import webhooks
from local.simulator.state import Json, World

BAD_SIGNATURE = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="


class WebhookTimeout(Exception):
    """The bot did not answer in time."""


class WebhookUnreachable(Exception):
    """No connection to the bot."""


class Sender(Protocol):
    """Posts the raw bytes of a webhook and returns (status, body)."""

    async def __call__(
        self, url: str, body: bytes, headers: dict[str, str], seconds: float
    ) -> tuple[int, str]:
        """Post ``body``; give up after ``seconds``.

        Raises:
            WebhookTimeout: no answer in time.
            WebhookUnreachable: no connection.
        """
        ...


class HttpSender:
    """The sender over real HTTP."""

    def __init__(self) -> None:
        self._client: httpx.AsyncClient | None = None

    async def __call__(
        self, url: str, body: bytes, headers: dict[str, str], seconds: float
    ) -> tuple[int, str]:
        """Post over a kept-alive connection that ignores proxy settings."""
        if self._client is None:
            self._client = httpx.AsyncClient(trust_env=False)
        try:
            answer = await self._client.post(url, content=body, headers=headers, timeout=seconds)
        except httpx.TimeoutException as error:
            raise WebhookTimeout(str(error)) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise WebhookUnreachable(str(error) or type(error).__name__) from error
        return answer.status_code, answer.text

    async def close(self) -> None:
        """Close the connection."""
        if self._client is not None:
            await self._client.aclose()


@dataclass(frozen=True)
class Options:
    """How one delivery departs from the ordinary."""

    redelivery: bool = False
    signature: str = "good"  # good, bad, missing
    header: str = webhooks.SIGNATURE_HEADER
    content_type: str = "application/json; charset=utf-8"
    raw: bytes | None = None


@dataclass
class Outcome:
    """What became of one delivery; ``status`` 0 means no answer, ``ms`` is milliseconds."""

    status: int
    ms: float
    reason: str
    event_ids: list[str]
    body: str = ""

    def to_json(self) -> Json:
        """The outcome for the control API."""
        return dict(vars(self))

    @property
    def good(self) -> bool:
        """Whether the bot answered 2xx."""
        return 200 <= self.status < 300


class Courier:
    """Delivers events to the webhook URL of the world's configuration."""

    def __init__(self, world: World, channel_secret: str, sender: Sender) -> None:
        self.world = world
        self.channel_secret = channel_secret
        self.sender = sender
        self._later: set[asyncio.Task[Any]] = set()

    async def emit(self, *events: Json) -> list[Outcome]:
        """Deliver new events as the platform does now: held, doubled, badly signed, or plainly."""
        world = self.world
        world.events.extend(events)
        if world.config.hold:
            world.held.extend(events)
            world.publish("held", {"count": len(world.held)})
            return []
        options = Options(signature="bad" if world.config.bad_signature else "good")
        copies = 2 if world.config.duplicate else 1
        return list(
            await asyncio.gather(*(self.deliver(list(events), options) for _ in range(copies)))
        )

    async def deliver(self, events: list[Json], options: Options | None = None) -> Outcome:
        """Deliver one batch once; a failure is delivered again later when that is switched on."""
        options = options or Options()
        outcome = await self._post(events, options)
        config = self.world.config
        if not outcome.good and config.redelivery and not options.redelivery and events:
            self._keep(asyncio.create_task(self._again(events)))
        return outcome

    async def _again(self, events: list[Json]) -> None:
        for delay in self.world.config.redelivery_delays:
            await asyncio.sleep(delay)
            if not self.world.config.redelivery:
                return
            outcome = await self._post(mark_redelivered(events), Options(redelivery=True))
            if outcome.good:
                return
        self.world.note(
            direction="out", what="webhook", status=0, ms=0, note="redelivery given up",
            request={"events": [e.get("webhookEventId") for e in events]},
        )  # fmt: skip

    async def _post(self, events: list[Json], options: Options) -> Outcome:
        world = self.world
        body = options.raw if options.raw is not None else webhooks.encode(
            world.bot_user_id, events
        )  # fmt: skip
        headers = {"Content-Type": options.content_type, "User-Agent": webhooks.USER_AGENT}
        if options.signature == "good":
            headers[options.header] = webhooks.sign(body, self.channel_secret)
        elif options.signature == "bad":
            headers[options.header] = BAD_SIGNATURE
        ids = [str(e.get("webhookEventId", "")) for e in events]
        started = time.perf_counter()
        status, text, reason = 0, "", ""
        if not world.config.webhook_url:
            reason = "no webhook url"
        else:
            try:
                status, text = await self.sender(
                    world.config.webhook_url, body, headers, world.config.webhook_timeout_seconds
                )
                reason = "" if 200 <= status < 300 else "error_status_code"
            except WebhookTimeout:
                reason = "request_timeout"
            except WebhookUnreachable as error:
                reason = f"could_not_connect: {error}"
        outcome = Outcome(
            status, round((time.perf_counter() - started) * 1000, 1), reason, ids, text[:2000]
        )
        world.note(
            direction="out", what="webhook", status=status, ms=outcome.ms,
            note=" ".join(filter(None, (reason, "redelivery" if options.redelivery else ""))),
            request={"destination": world.bot_user_id, "events": copy.deepcopy(events)},
            response=outcome.body,
        )  # fmt: skip
        return outcome

    def _keep(self, task: asyncio.Task[Any]) -> None:
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def close(self) -> None:
        """Drop what is still to be delivered again."""
        for task in list(self._later):
            task.cancel()
        await asyncio.gather(*self._later, return_exceptions=True)
        close = getattr(self.sender, "close", None)
        if close is not None:
            await close()


def mark_redelivered(events: Iterable[Json]) -> list[Json]:
    """The same events (id, reply token, time) with ``isRedelivery`` set."""
    return [{**event, "deliveryContext": {"isRedelivery": True}} for event in events]


def in_order(events: list[Json], order: str) -> list[Json]:
    """The events as given, ``reversed`` or ``shuffled``.

    Raises:
        ValueError: another word.
    """
    if order == "given":
        return list(events)
    if order == "reversed":
        return list(reversed(events))
    if order == "shuffled":
        return random.sample(events, len(events))
    raise ValueError(f"order must be given, reversed or shuffled, not {order!r}")

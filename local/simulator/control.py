"""The control API under ``/_sim/``: people act, tests inspect, and things go wrong on request.

``README.md`` beside this file lists every call.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from local.simulator import taps, webhooks
from local.simulator.cloud_view import CloudView
from local.simulator.delivery import Courier, Options, Outcome, in_order, mark_redelivered
from local.simulator.live import Hub
from local.simulator.state import (
    ChatEntry,
    Config,
    Fault,
    InvalidUserId,
    Json,
    UnknownUser,
    User,
    World,
)


class BadRequest(ValueError):
    """A call of the control API that makes no sense; the text says why."""


Handler = Callable[[Request], Awaitable[Response]]


def guarded(handler: Handler) -> Handler:
    """Turn what a caller did wrong into a clear 4xx."""

    async def endpoint(request: Request) -> Response:
        try:
            return await handler(request)
        except UnknownUser as error:
            return JSONResponse({"error": f"no user {error}"}, 404)
        except taps.NotTappable as error:
            return JSONResponse({"error": str(error)}, 409)
        except KeyError as error:
            return JSONResponse({"error": f"missing or unknown: {error}"}, 400)
        except (BadRequest, InvalidUserId, ValueError, TypeError) as error:
            return JSONResponse({"error": str(error)}, 400)

    return endpoint


async def body_of(request: Request) -> Json:
    """The JSON object of a call; an empty body is an empty object.

    Raises:
        BadRequest: something else.
    """
    raw = await request.body()
    value = json.loads(raw) if raw else {}
    if not isinstance(value, dict):
        raise BadRequest("the body must be a JSON object")
    return value


class Control:
    """The control API over one world."""

    def __init__(self, world: World, courier: Courier, hub: Hub, cloud: CloudView) -> None:
        self.world = world
        self.courier = courier
        self.hub = hub
        self.cloud = cloud
        self._background: set[asyncio.Task[Any]] = set()

    def routes(self) -> list[Route]:
        """All routes of the control API."""
        table: list[tuple[str, str, Handler]] = [
            ("GET", "/_sim/health", self.health),
            ("GET", "/_sim/state", self.state),
            ("GET", "/_sim/users", self.list_users),
            ("POST", "/_sim/users", self.add_user),
            ("POST", "/_sim/users/{user}/actions", self.act),
            ("GET", "/_sim/users/{user}/chat", self.chat),
            ("POST", "/_sim/deliver", self.deliver),
            ("POST", "/_sim/release", self.release),
            ("POST", "/_sim/faults", self.add_fault),
            ("DELETE", "/_sim/faults", self.clear_faults),
            ("POST", "/_sim/quota", self.set_quota),
            ("POST", "/_sim/config", self.set_config),
            ("POST", "/_sim/verify", self.verify),
            ("POST", "/_sim/reset", self.reset),
            ("GET", "/_sim/log", self.log),
            ("GET", "/_sim/events", self.events),
            ("GET", "/_sim/stations", self.stations),
            ("GET", "/_sim/sms", self.sms),
            ("GET", "/_sim/reports", self.reports),
            ("GET", "/_sim/content/{id}", self.content),
            ("GET", "/_sim/richmenu/{menu}/image", self.menu_image),
        ]
        return [Route(path, guarded(handler), methods=[method]) for method, path, handler in table]

    # --- people ---

    async def health(self, _request: Request) -> Response:
        """Say that the simulator serves."""
        return JSONResponse({"ok": True})

    async def state(self, _request: Request) -> Response:
        """All that the page needs to draw itself."""
        return JSONResponse(self.world.snapshot() | self.cloud.snapshot())

    async def list_users(self, _request: Request) -> Response:
        """Everyone, with the menu they see."""
        return JSONResponse([self.world.user_json(user) for user in self.world.users.values()])

    async def add_user(self, request: Request) -> Response:
        """Add a person or change their name, language, role and unit."""
        body = await body_of(request)
        role = body.get("role", "citizen")
        if role not in {"citizen", "officer"}:
            raise BadRequest("role must be citizen or officer")
        user = self.world.add_user(
            str(body["display_name"]),
            user_id=body.get("user_id"),
            language=str(body.get("language", "th")),
            role=role,
            unit=str(body.get("unit") or ""),
        )
        return JSONResponse(self.world.user_json(user), 201)

    async def chat(self, request: Request) -> Response:
        """A person's chat, oldest first."""
        user = self.world.user(request.path_params["user"])
        return JSONResponse([e.to_json() for e in self.world.chats[user.user_id]])

    async def act(self, request: Request) -> Response:
        """Let a person do something; answers when the bot has answered the webhook.

        With ``"wait": false`` it answers at once.
        """
        user = self.world.user(request.path_params["user"])
        action = await body_of(request)
        kind = action.get("type")
        special = {
            "follow": self._follow,
            "unfollow": self._unfollow,
            "unsend": self._unsend,
            "join": self._join,
            "postback": self._postback,
            "tap": self._tap,
        }
        build = special.get(str(kind), self._send)
        events, result = build(user, action)
        if action.get("wait", True):
            outcomes = await self.courier.emit(*events) if events else []
            result["deliveries"] = [outcome.to_json() for outcome in outcomes]
        elif events:
            self._keep(asyncio.create_task(self.courier.emit(*events)))
        result["events"] = [event["webhookEventId"] for event in events]
        return JSONResponse(result)

    def _keep(self, task: asyncio.Task[Any]) -> None:
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    def _bubble(self, user: User, message: Json) -> ChatEntry:
        at = self.world.now_ms()
        return self.world.append(ChatEntry(message["id"], user.user_id, at, "user", message))

    def _say(self, user: User, text: str) -> Json:
        message = webhooks.build_message(self.world, {"type": "text", "text": text})
        self._bubble(user, message)
        return message

    def _send(self, user: User, action: Json) -> tuple[list[Json], Json]:
        if action.get("type") not in webhooks.MESSAGES:
            raise BadRequest(f"unknown action {action.get('type')!r}")
        message = webhooks.build_message(self.world, action)
        if message["type"] == "text" and not message["text"].strip():
            raise BadRequest("a phone cannot send an empty text")
        self._bubble(user, message)
        event = webhooks.message_event(self.world, user.user_id, message)
        return [event], {"message_id": message["id"]}

    def _follow(self, user: User, _action: Json) -> tuple[list[Json], Json]:
        unblocked = user.friendship == "blocked"
        user.friendship = "friend"
        self.world.publish_user(user)
        return [webhooks.follow_event(self.world, user.user_id, unblocked=unblocked)], {}

    def _unfollow(self, user: User, _action: Json) -> tuple[list[Json], Json]:
        user.friendship = "blocked"
        self.world.publish_user(user)
        return [webhooks.unfollow_event(self.world, user.user_id)], {}

    def _unsend(self, user: User, action: Json) -> tuple[list[Json], Json]:
        message_id = str(action["message_id"])
        entry = self.world.entry(user.user_id, message_id)
        if entry is None or entry.sender != "user":
            raise BadRequest(f"{message_id} is not a message of this person")
        entry.message = {"type": "unsent", "id": message_id}
        self.world.contents.pop(message_id, None)
        self.world.publish("message", entry.to_json())
        return [webhooks.unsend_event(self.world, user.user_id, message_id)], {}

    def _join(self, _user: User, action: Json) -> tuple[list[Json], Json]:
        group = str(action.get("group_id") or "C" + secrets.token_hex(16))
        return [webhooks.join_event(self.world, group)], {"group_id": group}

    def _postback(self, user: User, action: Json) -> tuple[list[Json], Json]:
        if action.get("display_text"):
            self._say(user, str(action["display_text"]))
        event = webhooks.postback_event(
            self.world, user.user_id, str(action["data"]), action.get("params")
        )
        return [event], {}

    def _tap(self, user: User, wanted: Json) -> tuple[list[Json], Json]:
        action = taps.locate(self.world, user, wanted)
        effect = taps.effect_of(self.world, user, action, wanted.get("params"))
        if "send" in effect.opens:
            return self._send(user, {"type": "text", "text": effect.opens["send"]})
        events = []
        message = self._say(user, effect.text) if effect.text else None
        if effect.postback is not None:
            # The older "text" property also sends a message event; displayText only shows.
            if message is not None and action.get("text"):
                events.append(webhooks.message_event(self.world, user.user_id, message))
            events.append(
                webhooks.postback_event(
                    self.world,
                    user.user_id,
                    effect.postback["data"],
                    effect.postback.get("params"),
                )
            )
        return events, {"action": action, "opens": effect.opens}

    # --- deliveries ---

    async def deliver(self, request: Request) -> Response:
        """Deliver crafted or recent events, in any order, any number of times."""
        body = await body_of(request)
        events = self._chosen(body)
        if body.get("standby"):
            events = [
                {k: v for k, v in event.items() if k != "replyToken"} | {"mode": "standby"}
                for event in events
            ]
        if body.get("redeliver"):
            events = mark_redelivered(events)
        events = in_order(events, str(body.get("order", "given")))
        raw = body.get("raw")
        options = Options(
            redelivery=True,  # a crafted delivery stands alone: nothing follows its failure
            signature=str(body.get("signature", "good")),
            header=str(body.get("header", webhooks.SIGNATURE_HEADER)),
            content_type=str(body.get("content_type", "application/json; charset=utf-8")),
            raw=raw.encode() if isinstance(raw, str) else None,
        )
        batches = [[event] for event in events] if body.get("split") else [events]
        batches *= 1 + int(body.get("duplicate", 0))
        outcomes = await self._run(batches, options, concurrent=bool(body.get("concurrent")))
        return JSONResponse({"deliveries": [outcome.to_json() for outcome in outcomes]})

    async def _run(
        self, batches: list[list[Json]], options: Options, *, concurrent: bool
    ) -> list[Outcome]:
        if concurrent:
            return list(await asyncio.gather(*(self.courier.deliver(b, options) for b in batches)))
        return [await self.courier.deliver(batch, options) for batch in batches]

    def _chosen(self, body: Mapping[str, Any]) -> list[Json]:
        if body.get("last"):
            mine = [
                event
                for event in self.world.events
                if not body.get("user") or event["source"].get("userId") == body["user"]
            ]
            if not mine:
                raise BadRequest("nothing was delivered yet")
            return mine[-int(body["last"]) :]
        chosen = [self._crafted(item) for item in body.get("events", [])]
        self.world.events.extend(e for e in chosen if e not in self.world.events)
        return chosen

    def _crafted(self, item: Json) -> Json:
        if "from" not in item:
            known = [
                e
                for e in self.world.events
                if set(item) == {"webhookEventId"} and e["webhookEventId"] == item["webhookEventId"]
            ]
            return known[0] if known else item
        user = self.world.user(item["from"])
        if item["type"] == "postback":
            return self._postback(user, item)[0][0]
        return self._send(user, item)[0][0]

    async def release(self, request: Request) -> Response:
        """Deliver the held events: as one batch or split, in any order."""
        body = await body_of(request)
        self.world.config.hold = False
        events, self.world.held = in_order(self.world.held, str(body.get("order", "given"))), []
        self.hub.publish("held", {"count": 0})
        self.hub.publish("config", asdict(self.world.config))
        if not events:
            return JSONResponse({"deliveries": []})
        batches = [[event] for event in events] if body.get("split") else [events]
        outcomes = await self._run(batches, Options(), concurrent=bool(body.get("concurrent")))
        return JSONResponse({"deliveries": [outcome.to_json() for outcome in outcomes]})

    async def verify(self, _request: Request) -> Response:
        """LINE's connection check: a signed delivery without events."""
        outcome = await self.courier.deliver([], Options())
        return JSONResponse(outcome.to_json())

    # --- switches ---

    async def add_fault(self, request: Request) -> Response:
        """Make the next calls of an endpoint go wrong."""
        body = await body_of(request)
        fault = Fault(
            endpoint=str(body.get("endpoint", "*")),
            count=int(body.get("count", 1)),
            status=int(body["status"]) if body.get("status") else None,
            body=body.get("body"),
            delay_ms=int(body.get("delay_ms", 0)),
            after=bool(body.get("after", False)),
        )
        if fault.status is None and not fault.delay_ms:
            raise BadRequest("a fault needs a status or delay_ms")
        self.world.faults.append(fault)
        return JSONResponse({"faults": [asdict(f) for f in self.world.faults]}, 201)

    async def clear_faults(self, _request: Request) -> Response:
        """Let everything work again."""
        self.world.faults.clear()
        return JSONResponse({"faults": []})

    async def set_quota(self, request: Request) -> Response:
        """Set the month's limit (null: none) and what was used of it."""
        body = await body_of(request)
        quota = self.world.quota
        if "limit" in body:
            quota.limit = None if body["limit"] is None else int(body["limit"])
        if "used" in body:
            quota.used = int(body["used"])
        if body.get("spent"):
            quota.limit = quota.used
        self.hub.publish("quota", asdict(quota))
        return JSONResponse(asdict(quota))

    async def set_config(self, request: Request) -> Response:
        """Set any switch of the platform by its name."""
        body = await body_of(request)
        known = asdict(Config())
        unknown = set(body) - set(known)
        if unknown:
            raise BadRequest(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(known)}")
        for name, value in body.items():
            setattr(self.world.config, name, _like(known[name], value, name))
        self.hub.publish("config", asdict(self.world.config))
        return JSONResponse(asdict(self.world.config))

    async def reset(self, _request: Request) -> Response:
        """Forget people, chats, menus, tokens, log; keep the configuration."""
        self.world.reset()
        return JSONResponse({"ok": True})

    # --- looking ---

    async def log(self, request: Request) -> Response:
        """Every request and response in both directions, oldest first."""
        since = int(request.query_params.get("since", "0"))
        return JSONResponse([line for line in self.world.log if line["seq"] > since])

    async def events(self, _request: Request) -> Response:
        """The live stream (server-sent events)."""
        return StreamingResponse(
            self.hub.stream(),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store"},
        )

    async def stations(self, _request: Request) -> Response:
        """The stations for the map; empty without a table."""
        return JSONResponse(await self.cloud.stations())

    async def sms(self, _request: Request) -> Response:
        """Every SMS seen so far."""
        return JSONResponse(self.cloud.snapshot()["sms"])

    async def reports(self, _request: Request) -> Response:
        """The reports and their timelines as last read."""
        return JSONResponse(self.cloud.snapshot()["reports"])

    async def content(self, request: Request) -> Response:
        """What a person sent, for the page."""
        content = self.world.contents.get(request.path_params["id"])
        if content is None:
            return JSONResponse({"error": "no such content"}, 404)
        return Response(content.data, media_type=content.mime)

    async def menu_image(self, request: Request) -> Response:
        """A rich menu's image, for the page."""
        menu = self.world.rich_menus.get(request.path_params["menu"])
        if menu is None or menu.image is None:
            return JSONResponse({"error": "no such image"}, 404)
        return Response(menu.image, media_type=menu.mime)


def _like(example: object, value: object, name: str) -> object:
    """``value`` in the type of ``example``.

    Raises:
        BadRequest: it has another type.
    """
    if isinstance(example, bool) and isinstance(value, bool):
        return value
    if isinstance(example, tuple) and isinstance(value, list):
        return tuple(float(item) for item in value)
    if isinstance(example, float) and isinstance(value, (int, float)):
        return float(value)
    if isinstance(example, str) and isinstance(value, str):
        return value
    raise BadRequest(f"{name} cannot be {value!r}")

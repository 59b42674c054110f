"""The endpoints of api.line.me and api-data.line.me that the bot calls.

Source: https://developers.line.biz/en/reference/messaging-api/
"""

from __future__ import annotations

import asyncio
import json
import re
import time
import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.simulator import limits, validate
from local.simulator.delivery import Courier, Options
from local.simulator.images import image_size
from local.simulator.state import (
    USER_ID,
    ChatEntry,
    Json,
    RichMenu,
    User,
    World,
    digest,
)

RETRY_HEADER = "x-line-retry-key"
UUID = re.compile(r"^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")
NOT_FOUND = "Not found"
INVALID_TO = "The property, 'to', in the request body is invalid (line: -, column: -)"


class LineError(Exception):
    """An answer other than 2xx, in LINE's words."""

    def __init__(
        self,
        status: int,
        message: str,
        details: list[validate.Detail] | None = None,
        headers: dict[str, str] | None = None,
        **more: object,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body: Json = {"message": message, **more}
        if details:
            self.body["details"] = details
        self.headers = headers or {}


def invalid(details: list[validate.Detail]) -> LineError:
    """400 with all faults of a request body."""
    return LineError(400, f"The request body has {len(details)} error(s)", details)


Handler = Callable[["Call"], Awaitable[Response]]


class Call:
    """One request to LINE: its raw bytes, read once, and its id."""

    def __init__(self, request: Request, body: bytes) -> None:
        self.request = request
        self.body = body
        self.id = str(uuid.uuid4())

    def json(self) -> Json:
        """The body as a JSON object.

        Raises:
            LineError: 415 for another content type, 400 for what is not a JSON object.
        """
        kind = self.request.headers.get("content-type", "").split(";")[0].strip().lower()
        if kind != "application/json":
            raise LineError(415, f"Content type '{kind}' not supported")
        try:
            value = json.loads(self.body)
        except ValueError:
            raise LineError(400, "The request body could not be parsed as JSON") from None
        if not isinstance(value, dict):
            raise LineError(400, "The request body could not be parsed as JSON")
        return value

    def path(self, name: str) -> str:
        """A path parameter."""
        return str(self.request.path_params[name])


class LineApi:
    """LINE's endpoints over one world."""

    def __init__(self, world: World, courier: Courier, token: str) -> None:
        self.world = world
        self.courier = courier
        self.token = token

    def routes(self) -> list[Route]:
        """All routes; the data host's are served beside the others."""
        table: list[tuple[str, str, str, Handler]] = [
            ("POST", "/v2/bot/message/reply", "reply", self.reply),
            ("POST", "/v2/bot/message/push", "push", self.push),
            ("POST", "/v2/bot/message/multicast", "multicast", self.multicast),
            ("POST", "/v2/bot/message/validate/{kind}", "validate", self.validate),
            ("GET", "/v2/bot/message/quota", "quota", self.quota),
            ("GET", "/v2/bot/message/quota/consumption", "quota", self.consumption),
            ("GET", "/v2/bot/message/{id}/content", "content", self.content),
            ("GET", "/v2/bot/message/{id}/content/transcoding", "content", self.transcoding),
            ("GET", "/v2/bot/profile/{user}", "profile", self.profile),
            ("POST", "/v2/bot/chat/loading/start", "loading", self.loading),
            ("GET", "/v2/bot/info", "info", self.info),
            ("GET", "/v2/bot/channel/webhook/endpoint", "webhook", self.get_webhook),
            ("PUT", "/v2/bot/channel/webhook/endpoint", "webhook", self.put_webhook),
            ("POST", "/v2/bot/channel/webhook/test", "webhook", self.check_webhook),
            ("POST", "/v2/bot/channel/webhook/endpoint/test", "webhook", self.check_webhook),
            ("POST", "/v2/bot/richmenu", "richmenu", self.create_menu),
            ("POST", "/v2/bot/richmenu/validate", "richmenu", self.validate_menu),
            ("GET", "/v2/bot/richmenu/list", "richmenu", self.list_menus),
            ("POST", "/v2/bot/richmenu/alias", "richmenu", self.create_alias),
            ("GET", "/v2/bot/richmenu/alias/list", "richmenu", self.list_aliases),
            ("GET", "/v2/bot/richmenu/alias/{alias}", "richmenu", self.get_alias),
            ("POST", "/v2/bot/richmenu/alias/{alias}", "richmenu", self.update_alias),
            ("DELETE", "/v2/bot/richmenu/alias/{alias}", "richmenu", self.delete_alias),
            ("POST", "/v2/bot/richmenu/bulk/link", "richmenu", self.bulk_link),
            ("POST", "/v2/bot/richmenu/bulk/unlink", "richmenu", self.bulk_unlink),
            ("GET", "/v2/bot/richmenu/{menu}", "richmenu", self.get_menu),
            ("DELETE", "/v2/bot/richmenu/{menu}", "richmenu", self.delete_menu),
            ("POST", "/v2/bot/richmenu/{menu}/content", "richmenu", self.put_image),
            ("GET", "/v2/bot/richmenu/{menu}/content", "richmenu", self.get_image),
            ("GET", "/v2/bot/user/all/richmenu", "richmenu", self.get_default),
            ("DELETE", "/v2/bot/user/all/richmenu", "richmenu", self.drop_default),
            ("POST", "/v2/bot/user/all/richmenu/{menu}", "richmenu", self.set_default),
            ("GET", "/v2/bot/user/{user}/richmenu", "richmenu", self.get_link),
            ("DELETE", "/v2/bot/user/{user}/richmenu", "richmenu", self.unlink),
            ("POST", "/v2/bot/user/{user}/richmenu/{menu}", "richmenu", self.link),
        ]
        table += [
            (method, "/v2/{rest:path}", "unknown", self.unknown)
            for method in ("GET", "POST", "PUT", "DELETE")
        ]
        return [
            Route(path, self._endpoint(name, handler), methods=[method])
            for method, path, name, handler in table
        ]

    async def unknown(self, _call: Call) -> Response:
        """Answer a path that LINE does not have."""
        raise LineError(404, NOT_FOUND)

    # --- what every call goes through ---

    def _endpoint(self, name: str, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            started = time.perf_counter()
            call = Call(request, await request.body())
            answer = await self._answer(name, handler, call)
            answer.headers["x-line-request-id"] = call.id
            self.world.note(
                direction="in", what=f"{request.method} {request.url.path}",
                status=answer.status_code, ms=round((time.perf_counter() - started) * 1000, 1),
                request=_readable(call.body), response=_readable(bytes(answer.body)),
                request_id=call.id, retry_key=request.headers.get(RETRY_HEADER, ""),
            )  # fmt: skip
            return answer

        return endpoint

    async def _answer(self, name: str, handler: Handler, call: Call) -> Response:
        fault = self.world.take_fault(name)
        if fault is not None:
            if fault.delay_ms:
                await asyncio.sleep(fault.delay_ms / 1000)
            if fault.status is not None and not fault.after:
                return _fault_answer(fault.status, fault.body)
        try:
            self._admit(call)
            answer = await handler(call)
        except LineError as error:
            answer = JSONResponse(error.body, error.status, error.headers)
        if fault is not None and fault.after and fault.status is not None:
            return _fault_answer(fault.status, fault.body)
        return answer

    def _admit(self, call: Call) -> None:
        if len(call.body) > limits.REQUEST_BYTES:
            raise LineError(413, "Request entity too large")
        scheme, _, token = call.request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or token.strip() != self.token:
            raise LineError(
                401,
                "Authentication failed. Confirm that the access token in the authorization "
                "header is valid.",
            )

    # --- messages ---

    async def reply(self, call: Call) -> Response:
        """Send reply message."""
        if RETRY_HEADER in call.request.headers:
            raise LineError(400, "The 'X-Line-Retry-Key' header is not supported")
        body = call.json()
        self._check_messages(body)
        token = body.get("replyToken")
        live = self.world.live_token(token) if isinstance(token, str) else None
        if live is None:
            raise LineError(400, "Invalid reply token")
        live.used = True
        sent = self._send(live.user_id, body, "reply")
        return JSONResponse({"sentMessages": sent})

    async def push(self, call: Call) -> Response:
        """Send push message."""
        body = call.json()
        key = self._check_retry_key(call)
        self._check_messages(body)
        to = body.get("to")
        if not isinstance(to, str) or not USER_ID.match(to):
            raise LineError(400, INVALID_TO)
        user = self.world.users.get(to)
        if user is None:
            raise LineError(400, "Failed to send messages")
        self._spend_quota([user])
        answer = {"sentMessages": self._send(to, body, "push")}
        self._accept(call, key, answer)
        return JSONResponse(answer)

    async def multicast(self, call: Call) -> Response:
        """Send multicast message; unknown people are passed over in silence, as LINE does."""
        body = call.json()
        key = self._check_retry_key(call)
        self._check_messages(body)
        to = body.get("to")
        if (
            not isinstance(to, list)
            or not 1 <= len(to) <= limits.MULTICAST_RECIPIENTS
            or not all(isinstance(one, str) and USER_ID.match(one) for one in to)
        ):
            raise LineError(400, INVALID_TO)
        users = [self.world.users[one] for one in dict.fromkeys(to) if one in self.world.users]
        self._spend_quota(users)
        for user in users:
            self._send(user.user_id, body, "multicast")
        self._accept(call, key, {})
        return JSONResponse({})

    async def validate(self, call: Call) -> Response:
        """Validate message objects of a reply, push, multicast, narrowcast or broadcast."""
        kinds = {"reply", "push", "multicast", "narrowcast", "broadcast"}
        if call.path("kind") not in kinds:
            raise LineError(404, NOT_FOUND)
        self._check_messages(call.json())
        return JSONResponse({})

    def _check_messages(self, body: Json) -> None:
        details = validate.messages(body.get("messages"))
        silent = body.get("notificationDisabled")
        if silent is not None and not isinstance(silent, bool):
            details.append({"message": "Must be a boolean", "property": "notificationDisabled"})
        if details:
            raise invalid(details)

    def _check_retry_key(self, call: Call) -> str | None:
        key = call.request.headers.get(RETRY_HEADER)
        if key is None:
            return None
        if not UUID.match(key):
            raise LineError(400, "The value of the 'X-Line-Retry-Key' header is invalid")
        known = self.world.accepted(key)
        if known is None:
            return key
        if known.body != digest(call.body):
            raise LineError(
                400, "The retry key was already used for a request with a different body"
            )
        raise LineError(
            409,
            "The retry key is already accepted",
            headers={"x-line-accepted-request-id": known.request_id},
            **known.response,
        )

    def _accept(self, call: Call, key: str | None, answer: Json) -> None:
        if key is not None:
            self.world.accept(key, call.body, call.id, answer)

    def _spend_quota(self, users: list[User]) -> None:
        reached = sum(user.friendship == "friend" for user in users)
        if not self.world.quota_left(max(reached, 1)):
            raise LineError(429, "You have reached your monthly limit.")
        self.world.spend(reached)

    def _send(self, user_id: str, body: Json, via: str) -> list[Json]:
        world = self.world
        user = world.users.get(user_id)
        friendship = user.friendship if user else "none"
        # A reply reaches someone who wrote without adding the account; a push does not.
        reasons = {"blocked": "blocked", "none": "" if via == "reply" else "not a friend"}
        reason = reasons.get(friendship, "")
        sent = []
        for message in body["messages"]:
            entry = world.append(
                ChatEntry(
                    world.next_id(), user_id, world.now_ms(), "bot", message, via,
                    silent=bool(body.get("notificationDisabled")),
                    delivered=not reason, reason=reason,
                )
            )  # fmt: skip
            record: Json = {"id": entry.id}
            if message["type"] in {"text", "sticker", "image", "video", "template", "flex"}:
                record["quoteToken"] = uuid.uuid4().hex
            sent.append(record)
        return sent

    async def quota(self, _call: Call) -> Response:
        """Get the target limit for sending messages this month."""
        limit = self.world.quota.limit
        if limit is None:
            return JSONResponse({"type": "none"})
        return JSONResponse({"type": "limited", "value": limit})

    async def consumption(self, _call: Call) -> Response:
        """Get number of messages sent this month."""
        return JSONResponse({"totalUsage": self.world.quota.used})

    # --- content, profile, loading ---

    async def content(self, call: Call) -> Response:
        """Get content: 202 while preparing, 410 when gone."""
        content = self.world.contents.get(call.path("id"))
        if content is None:
            raise LineError(404, NOT_FOUND)
        if content.gone:
            raise LineError(410, "The content is no longer available")
        if content.preparing > 0:
            content.preparing -= 1
            return Response(status_code=202)
        return Response(content.data, media_type=content.mime)

    async def transcoding(self, call: Call) -> Response:
        """Verify the preparation status of a video or audio for getting."""
        content = self.world.contents.get(call.path("id"))
        if content is None:
            raise LineError(404, NOT_FOUND)
        status = "failed" if content.gone else "processing" if content.preparing else "succeeded"
        return JSONResponse({"status": status})

    async def profile(self, call: Call) -> Response:
        """Get profile; only of people who are friends and have not blocked the account."""
        user = self.world.users.get(call.path("user"))
        if user is None or user.friendship != "friend":
            raise LineError(404, NOT_FOUND)
        return JSONResponse(
            {
                "userId": user.user_id,
                "displayName": user.display_name,
                "language": user.language,
            }
        )

    async def loading(self, call: Call) -> Response:
        """Display a loading animation: one-on-one chats, 5 to 60 s in steps of 5."""
        body = call.json()
        chat, seconds = body.get("chatId"), body.get("loadingSeconds", 20)
        if not isinstance(chat, str) or not USER_ID.match(chat):
            raise invalid([{"message": "Invalid chatId", "property": "chatId"}])
        if seconds not in limits.LOADING_SECONDS or isinstance(seconds, bool):
            raise invalid(
                [{"message": "Must be 5 to 60 in steps of 5", "property": "loadingSeconds"}]
            )
        self.world.publish("loading", {"user_id": chat, "seconds": seconds})
        return JSONResponse({}, 202)

    async def info(self, _call: Call) -> Response:
        """Get bot info."""
        return JSONResponse(
            {
                "userId": self.world.bot_user_id,
                "basicId": "@esshelpme",
                "displayName": "ESS Help Me",
                "chatMode": "bot",
                "markAsReadMode": "auto",
            }
        )

    # --- webhook settings ---

    async def get_webhook(self, _call: Call) -> Response:
        """Get webhook endpoint information."""
        url = self.world.config.webhook_url
        if not url:
            raise LineError(404, "Webhook endpoint not found")
        return JSONResponse({"endpoint": url, "active": True})

    async def put_webhook(self, call: Call) -> Response:
        """Set webhook endpoint URL (plain http is taken too: the bot runs on loopback)."""
        endpoint = call.json().get("endpoint")
        if not isinstance(endpoint, str) or not endpoint.startswith(("https://", "http://")):
            raise LineError(400, "Invalid webhook endpoint URL")
        self.world.config.webhook_url = endpoint
        return JSONResponse({})

    async def check_webhook(self, _call: Call) -> Response:
        """Test webhook endpoint: an empty list of events."""
        outcome = await self.courier.deliver([], Options())
        reasons = {"": "OK", "request_timeout": "REQUEST_TIMEOUT"}
        reason = reasons.get(outcome.reason, "ERROR_STATUS_CODE")
        if outcome.reason.startswith("could_not_connect"):
            reason = "COULD_NOT_CONNECT"
        stamp = datetime.fromtimestamp(self.world.clock(), UTC)
        return JSONResponse(
            {
                "success": outcome.good,
                "timestamp": stamp.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                "statusCode": outcome.status,
                "reason": reason,
                "detail": outcome.reason or str(outcome.status),
            }
        )

    # --- rich menus ---

    async def validate_menu(self, call: Call) -> Response:
        """Validate rich menu object."""
        details = validate.rich_menu(call.json())
        if details:
            raise invalid(details)
        return JSONResponse({})

    async def create_menu(self, call: Call) -> Response:
        """Create rich menu."""
        body = call.json()
        details = validate.rich_menu(body)
        if details:
            raise invalid(details)
        if len(self.world.rich_menus) >= limits.RICH_MENUS:
            raise LineError(400, "The maximum number of rich menus has been reached")
        menu_id = f"richmenu-{uuid.uuid4().hex}"
        self.world.rich_menus[menu_id] = RichMenu(menu_id, body)
        return JSONResponse({"richMenuId": menu_id})

    def _menu(self, menu_id: str) -> RichMenu:
        menu = self.world.rich_menus.get(menu_id)
        if menu is None:
            raise LineError(404, "richmenu not found")
        return menu

    async def list_menus(self, _call: Call) -> Response:
        """Get rich menu list."""
        menus = [m.body | {"richMenuId": m.rich_menu_id} for m in self.world.rich_menus.values()]
        return JSONResponse({"richmenus": menus})

    async def get_menu(self, call: Call) -> Response:
        """Get rich menu."""
        menu = self._menu(call.path("menu"))
        return JSONResponse(menu.body | {"richMenuId": menu.rich_menu_id})

    async def delete_menu(self, call: Call) -> Response:
        """Delete rich menu; it vanishes from the phones too."""
        menu = self._menu(call.path("menu"))
        del self.world.rich_menus[menu.rich_menu_id]
        if self.world.default_menu == menu.rich_menu_id:
            self.world.default_menu = None
        for user in self.world.users.values():
            if user.rich_menu_id == menu.rich_menu_id:
                user.rich_menu_id = None
        self.world.publish_menus()
        return JSONResponse({})

    async def put_image(self, call: Call) -> Response:
        """Upload rich menu image: PNG or JPEG, at most 1 MB, of the menu's own size."""
        menu = self._menu(call.path("menu"))
        kind = call.request.headers.get("content-type", "").split(";")[0].strip().lower()
        if kind not in {"image/png", "image/jpeg"}:
            raise LineError(415, f"Content type '{kind}' not supported")
        if menu.image is not None:
            raise LineError(400, "An image has already been uploaded to the richmenu")
        if len(call.body) > limits.RICH_MENU_IMAGE_BYTES:
            raise LineError(413, "Request entity too large")
        size = image_size(call.body)
        if size is None:
            raise LineError(400, "The image could not be read as PNG or JPEG")
        fault = validate.rich_menu_size_fault(*size)
        if fault:
            raise LineError(400, f"Invalid image size. {fault}")
        wanted = (menu.body["size"]["width"], menu.body["size"]["height"])
        if size != wanted:
            raise LineError(
                400, f"Invalid image size. It must be {wanted[0]}x{wanted[1]}, as the rich menu is"
            )
        menu.image, menu.mime = call.body, kind
        self.world.publish_menus()
        return JSONResponse({})

    async def get_image(self, call: Call) -> Response:
        """Download rich menu image."""
        menu = self._menu(call.path("menu"))
        if menu.image is None:
            raise LineError(404, NOT_FOUND)
        return Response(menu.image, media_type=menu.mime)

    async def get_default(self, _call: Call) -> Response:
        """Get default rich menu id."""
        if self.world.default_menu is None:
            raise LineError(404, "no default richmenu")
        return JSONResponse({"richMenuId": self.world.default_menu})

    def _menu_with_image(self, menu_id: str) -> RichMenu:
        menu = self._menu(menu_id)
        if menu.image is None:
            raise LineError(400, "must upload richmenu image before applying it to user")
        return menu

    async def set_default(self, call: Call) -> Response:
        """Set default rich menu."""
        self.world.default_menu = self._menu_with_image(call.path("menu")).rich_menu_id
        self.world.publish_menus()
        return JSONResponse({})

    async def drop_default(self, _call: Call) -> Response:
        """Clear default rich menu."""
        self.world.default_menu = None
        self.world.publish_menus()
        return JSONResponse({})

    def _known_user(self, user_id: str) -> User:
        user = self.world.users.get(user_id)
        if user is None:
            raise LineError(404, NOT_FOUND)
        return user

    async def get_link(self, call: Call) -> Response:
        """Get rich menu id of user."""
        user = self._known_user(call.path("user"))
        if user.rich_menu_id is None:
            raise LineError(404, "the user has no richmenu")
        return JSONResponse({"richMenuId": user.rich_menu_id})

    async def link(self, call: Call) -> Response:
        """Link rich menu to user."""
        menu = self._menu_with_image(call.path("menu"))
        self._link([call.path("user")], menu.rich_menu_id)
        return JSONResponse({})

    async def unlink(self, call: Call) -> Response:
        """Unlink rich menu from user."""
        self._link([call.path("user")], None)
        return JSONResponse({})

    def _link(self, user_ids: list[Any], menu_id: str | None) -> None:
        for user_id in user_ids:
            user = self.world.users.get(user_id)
            if user is not None:
                user.rich_menu_id = menu_id
                self.world.publish_user(user)

    async def bulk_link(self, call: Call) -> Response:
        """Link rich menu to multiple users."""
        body = call.json()
        menu = self._menu_with_image(str(body.get("richMenuId")))
        self._link(list(body.get("userIds") or []), menu.rich_menu_id)
        return JSONResponse({}, 202)

    async def bulk_unlink(self, call: Call) -> Response:
        """Unlink rich menus from multiple users."""
        self._link(list(call.json().get("userIds") or []), None)
        return JSONResponse({}, 202)

    # --- aliases ---

    def _alias(self, alias: str) -> Json:
        if alias not in self.world.aliases:
            raise LineError(404, "richmenu alias not found")
        return {"richMenuAliasId": alias, "richMenuId": self.world.aliases[alias]}

    async def create_alias(self, call: Call) -> Response:
        """Create rich menu alias."""
        body = call.json()
        faults = validate.Faults()
        faults.text(body, "richMenuAliasId", "", "richMenu.aliasId", need=True)
        if faults.details:
            raise invalid(faults.details)
        if body["richMenuAliasId"] in self.world.aliases:
            raise LineError(400, "conflict richmenu alias id")
        menu = self._menu_with_image(str(body.get("richMenuId")))
        self.world.aliases[body["richMenuAliasId"]] = menu.rich_menu_id
        return JSONResponse({})

    async def update_alias(self, call: Call) -> Response:
        """Update rich menu alias."""
        self._alias(call.path("alias"))
        menu = self._menu_with_image(str(call.json().get("richMenuId")))
        self.world.aliases[call.path("alias")] = menu.rich_menu_id
        return JSONResponse({})

    async def delete_alias(self, call: Call) -> Response:
        """Delete rich menu alias."""
        self._alias(call.path("alias"))
        del self.world.aliases[call.path("alias")]
        return JSONResponse({})

    async def get_alias(self, call: Call) -> Response:
        """Get rich menu alias information."""
        return JSONResponse(self._alias(call.path("alias")))

    async def list_aliases(self, _call: Call) -> Response:
        """Get list of rich menu alias."""
        return JSONResponse({"aliases": [self._alias(alias) for alias in self.world.aliases]})


FAULT_MESSAGES = {
    429: "The API rate limit has been exceeded. Try again later.",
    500: "Internal server error",
    502: "Bad gateway",
    503: "Service unavailable",
}


def _fault_answer(status: int, body: Json | None) -> Response:
    return JSONResponse(body or {"message": FAULT_MESSAGES.get(status, "Injected fault")}, status)


def _readable(body: bytes) -> Any:
    if not body:
        return None
    try:
        return json.loads(body)
    except ValueError:
        return f"{len(body)} bytes"

"""LINE's webhook events: their exact shapes, and the signature over the raw bytes.

Source: https://developers.line.biz/en/reference/messaging-api/#webhook-event-objects
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from local.simulator.state import Content, Json, World, ulid

SIGNATURE_HEADER = "X-Line-Signature"
USER_AGENT = "LineBotWebhook/2.0"


def sign(body: bytes, channel_secret: str) -> str:
    """base64(HMAC-SHA256(channel secret, body)), "Verify webhook signature"."""
    mac = hmac.new(channel_secret.encode(), body, hashlib.sha256)
    return base64.b64encode(mac.digest()).decode()


def encode(destination: str, events: list[Json]) -> bytes:
    """The raw bytes of one delivery, as LINE writes them (compact, Thai unescaped)."""
    payload = {"destination": destination, "events": events}
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()


def user_event(world: World, user_id: str, kind: str, *, reply: bool, **fields: object) -> Json:
    """An event of one person; in standby mode it carries no reply token."""
    at = world.now_ms()
    standby = world.config.standby
    event: Json = {
        "type": kind,
        **fields,
        "webhookEventId": ulid(at),
        "deliveryContext": {"isRedelivery": False},
        "timestamp": at,
        "source": {"type": "user", "userId": user_id},
        "mode": "standby" if standby else "active",
    }
    if reply and not standby:
        event["replyToken"] = world.issue_token(user_id)
    return event


def _tokens(*names: str) -> Json:
    return {name: secrets.token_urlsafe(48) for name in names}


def _text(_world: World, message_id: str, action: Mapping[str, Any]) -> Json:
    message = {"type": "text", "id": message_id, "text": str(action["text"])}
    if action.get("quoted_message_id"):
        message["quotedMessageId"] = str(action["quoted_message_id"])
    return message | _tokens("quoteToken", "markAsReadToken")


def _sticker(_world: World, message_id: str, action: Mapping[str, Any]) -> Json:
    return {
        "type": "sticker",
        "id": message_id,
        "stickerId": str(action.get("sticker_id", "52002734")),
        "packageId": str(action.get("package_id", "11537")),
        "stickerResourceType": str(action.get("resource_type", "STATIC")),
        "keywords": list(action.get("keywords", ["help", "please", "scared"])),
    } | _tokens("quoteToken", "markAsReadToken")


# A one-pixel PNG, for a photo nobody cares to look at.
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)
MEDIA_TYPES = {
    "image": "image/png",
    "video": "video/mp4",
    "audio": "audio/x-m4a",
    "file": "application/octet-stream",
}


def _store(world: World, message_id: str, kind: str, action: Mapping[str, Any]) -> Content:
    data = base64.b64decode(action["data"]) if action.get("data") else PIXEL
    content = Content(
        data,
        str(action.get("mime", MEDIA_TYPES[kind])),
        preparing=int(action.get("preparing", 0)),
        gone=bool(action.get("gone", False)),
    )
    world.contents[message_id] = content
    return content


def _media(world: World, message_id: str, action: Mapping[str, Any]) -> Json:
    kind = str(action["type"])
    _store(world, message_id, kind, action)
    message: Json = {"type": kind, "id": message_id, "contentProvider": {"type": "line"}}
    # Only what can be quoted carries a quote token: an audio cannot.
    names = ("markAsReadToken",) if kind == "audio" else ("quoteToken", "markAsReadToken")
    message |= _tokens(*names)
    if kind in {"audio", "video"}:
        message["duration"] = int(action.get("duration", 4000))
    return message


def _file(world: World, message_id: str, action: Mapping[str, Any]) -> Json:
    content = _store(world, message_id, "file", action)
    name = str(action.get("file_name", "file.bin"))
    return {
        "type": "file",
        "id": message_id,
        "fileName": name,
        "fileSize": len(content.data),
    } | _tokens("markAsReadToken")


def _location(_world: World, message_id: str, action: Mapping[str, Any]) -> Json:
    message: Json = {"type": "location", "id": message_id}
    for key in ("title", "address"):
        if action.get(key):
            message[key] = str(action[key])
    message["latitude"] = float(action["latitude"])
    message["longitude"] = float(action["longitude"])
    return message | _tokens("markAsReadToken")


MESSAGES: dict[str, Callable[[World, str, Mapping[str, Any]], Json]] = {
    "text": _text,
    "sticker": _sticker,
    "image": _media,
    "video": _media,
    "audio": _media,
    "file": _file,
    "location": _location,
}


def message_event(world: World, user_id: str, message: Json) -> Json:
    """A message event around a message object."""
    return user_event(world, user_id, "message", reply=True, message=message)


def build_message(world: World, action: Mapping[str, Any]) -> Json:
    """The message object for what a person sends.

    Raises:
        KeyError: a field is missing, or the kind of message is unknown.
        ValueError: a number or base64 text cannot be read.
    """
    return MESSAGES[str(action["type"])](world, world.next_id(), action)


def postback_event(world: World, user_id: str, data: str, params: Json | None = None) -> Json:
    """A postback event; ``params`` come from date pickers and rich menu switches."""
    postback: Json = {"data": data}
    if params:
        postback["params"] = params
    return user_event(world, user_id, "postback", reply=True, postback=postback)


def follow_event(world: World, user_id: str, *, unblocked: bool) -> Json:
    """A follow event, for a new friend or one who unblocked."""
    return user_event(world, user_id, "follow", reply=True, follow={"isUnblocked": unblocked})


def unfollow_event(world: World, user_id: str) -> Json:
    """An unfollow event: the person blocked the account. It has no reply token."""
    return user_event(world, user_id, "unfollow", reply=False)


def unsend_event(world: World, user_id: str, message_id: str) -> Json:
    """An unsend event: what was stored of that message has to go."""
    return user_event(world, user_id, "unsend", reply=False, unsend={"messageId": message_id})


def join_event(world: World, group_id: str) -> Json:
    """A join event: the account was invited into a group."""
    event = user_event(world, group_id, "join", reply=True)
    event["source"] = {"type": "group", "groupId": group_id}
    return event

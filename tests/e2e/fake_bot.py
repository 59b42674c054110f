"""A small bot for the simulator's own tests: it answers with every kind of message."""

from __future__ import annotations

import struct
import threading
import time
import zlib

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

KINDS = ["ถูกทำร้าย", "ถูกกักขัง", "เสี่ยงถูกล่วงละเมิด", "คนคลุ้มคลั่ง", "มั่วสุมรุนแรง"]


def png(width: int, height: int, columns: int = 3) -> bytes:
    """A PNG of coloured columns, without an imaging library."""
    palette = [b"\xe5\x38\x3b", b"\x06\xa6\x48", b"\x1f\x4e\x8c"]
    row = b"\0" + b"".join(palette[x * columns // width % 3] for x in range(width))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(row * height))
        + chunk(b"IEND", b"")
    )


def text(*parts: str, **style: object) -> dict:
    return {"type": "text", "text": "\n".join(parts), "wrap": True, **style}


def button(label: str, data: str, style: str = "primary", **more: object) -> dict:
    action = {"type": "postback", "label": label, "data": data, "displayText": label}
    return {"type": "button", "style": style, "height": "sm", "action": action, **more}


def menu_card() -> dict:
    return {
        "type": "flex",
        "altText": "เลือกเหตุที่เกิดขึ้น",
        "contents": {
            "type": "bubble",
            "styles": {"header": {"backgroundColor": "#e5383b"}},
            "header": {"type": "box", "layout": "vertical", "contents": [
                text("เกิดอะไรขึ้น", weight="bold", size="xl", color="#FFFFFF"),
                text("What is happening?", size="sm", color="#FFD9D9"),
            ]},
            "body": {"type": "box", "layout": "vertical", "spacing": "sm", "contents": [
                button(label, f"kind={n}", "secondary") for n, label in enumerate(KINDS, 1)
            ]},
            "footer": {"type": "box", "layout": "vertical", "contents": [
                {"type": "button", "style": "link", "height": "sm",
                 "action": {"type": "uri", "label": "โทร 191", "uri": "tel:191"}},
            ]},
        },
    }  # fmt: skip


def ask_pin() -> dict:
    return {
        "type": "text",
        "text": "แชร์พิกัดตำแหน่งที่เกิดเหตุ\nShare where it is happening. ฉุกเฉินโทร 191",
        "quickReply": {"items": [
            {"type": "action", "action": {"type": "location", "label": "แชร์พิกัดตำแหน่ง"}},
            {"type": "action",
             "action": {"type": "message", "label": "ยกเลิก", "text": "ยกเลิก"}},
        ]},
    }  # fmt: skip


def row(label: str, value: str) -> dict:
    return {"type": "box", "layout": "baseline", "spacing": "md", "contents": [
        {"type": "text", "text": label, "color": "#8a99a3", "size": "sm", "flex": 2},
        {"type": "text", "text": value, "size": "sm", "wrap": True, "flex": 5},
    ]}  # fmt: skip


def officer_card(phone: str) -> dict:
    return {
        "type": "flex",
        "altText": "เหตุใหม่ NP-0001",
        "contents": {
            "type": "bubble",
            "body": {"type": "box", "layout": "vertical", "spacing": "md", "contents": [
                {"type": "box", "layout": "horizontal", "contents": [
                    text("เหตุใหม่", weight="bold", size="lg", color="#e5383b"),
                    {"type": "text", "text": "NP-0001", "align": "end", "color": "#8a99a3"},
                ]},
                {"type": "separator"},
                row("เหตุ", "ถูกทำร้าย"), row("ห่าง", "1.2 กม."), row("โทร", phone),
                {"type": "button", "style": "link", "height": "sm", "action": {
                    "type": "uri", "label": "เปิดแผนที่",
                    "uri": "https://www.google.com/maps/search/?api=1&query=17.39,104.78"}},
            ]},
            "footer": {"type": "box", "layout": "horizontal", "spacing": "sm", "contents": [
                button("รับเรื่อง", "accept=1"), button("ไปไม่ได้", "decline=1", "secondary"),
            ]},
        },
    }  # fmt: skip


RICH_MENU = {
    "size": {"width": 1200, "height": 405},
    "selected": True,
    "name": "main",
    "chatBarText": "เมนู",
    "areas": [
        {"bounds": {"x": x, "y": 0, "width": 400, "height": 405},
         "action": {"type": "message", "label": label, "text": label}}
        for x, label in ((0, "แจ้งเหตุร้าย"), (400, "ดูสถานะ"), (800, "ช่วยเหลือ"))
    ],
}  # fmt: skip


class FakeBot:
    """Answers webhooks; ``url`` is where the simulator sends them."""

    def __init__(self, line: str, token: str) -> None:
        self.line = httpx.AsyncClient(
            base_url=line, headers={"Authorization": f"Bearer {token}"}, trust_env=False
        )
        self.seen: list[dict] = []
        self.reporter = ""
        app = Starlette(routes=[Route("/line/webhook", self.webhook, methods=["POST"])])
        self.server = uvicorn.Server(
            uvicorn.Config(app, port=0, log_level="warning", access_log=False)
        )
        self.thread = threading.Thread(target=self.server.run, daemon=True)

    def start(self) -> str:
        self.thread.start()
        while not self.server.started:
            time.sleep(0.01)
        port = self.server.servers[0].sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}/line/webhook"

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join(10)

    async def webhook(self, request: Request) -> Response:
        for event in (await request.json())["events"]:
            known = event["webhookEventId"] in {e["webhookEventId"] for e in self.seen}
            self.seen.append(event)
            if not known and event["mode"] == "active":
                await self.handle(event)
        return Response()

    async def handle(self, event: dict) -> None:
        user = event["source"]["userId"]
        message = event.get("message", {})
        data = event.get("postback", {}).get("data", "")
        if event["type"] == "follow":
            hello = {"type": "text", "text": "สวัสดีครับ ปักหมุด หยุดเหตุ\nหากอันตราย โทร 191"}
            await self.reply(event, hello)
        elif message.get("text") == "แจ้งเหตุร้าย":
            await self.reply(event, menu_card())
        elif data.startswith("kind="):
            self.reporter = user
            await self.line.post(
                "/v2/bot/chat/loading/start", json={"chatId": user, "loadingSeconds": 5}
            )
            await self.reply(event, ask_pin())
        elif message.get("type") == "location":
            await self.reply(event, {"type": "text", "text": "ขอเบอร์โทรให้เจ้าหน้าที่ติดต่อกลับ"})
        elif message.get("text", "").startswith("08"):
            await self.reply(event, {"type": "text", "text": "ส่งเรื่องแล้ว NP-0001 รอเจ้าหน้าที่รับเรื่อง"})
            for officer in self.officers:
                await self.push(officer, officer_card(message["text"]))
        elif data == "accept=1":
            await self.reply(event, {"type": "text", "text": "รับเรื่องแล้ว ขอบคุณครับ"})
            taken = {"type": "text", "text": "เจ้าหน้าที่รับเรื่องแล้ว กำลังไปหาคุณ"}
            await self.push(self.reporter, taken, silent=True)
        elif message.get("text") == "ช่วยเหลือ":
            actions = [
                {"type": "message", "label": "ใช่", "text": "ใช่"},
                {"type": "message", "label": "ไม่ใช่", "text": "ไม่ใช่"},
            ]
            template = {"type": "confirm", "text": "คุณปลอดภัยไหม", "actions": actions}
            await self.reply(event, {"type": "template", "altText": "?", "template": template})

    officers: tuple[str, ...] = ()

    async def reply(self, event: dict, *messages: dict) -> None:
        body = {"replyToken": event["replyToken"], "messages": list(messages)}
        answer = await self.line.post("/v2/bot/message/reply", json=body)
        answer.raise_for_status()

    async def push(self, to: str, *messages: dict, silent: bool = False) -> None:
        body = {"to": to, "messages": list(messages), "notificationDisabled": silent}
        (await self.line.post("/v2/bot/message/push", json=body)).raise_for_status()


def upload_menu(line: str, token: str) -> None:
    """Give everyone the rich menu."""
    with httpx.Client(
        base_url=line, headers={"Authorization": f"Bearer {token}"}, trust_env=False
    ) as client:
        menu = client.post("/v2/bot/richmenu", json=RICH_MENU).raise_for_status().json()
        menu_id = menu["richMenuId"]
        client.post(
            f"/v2/bot/richmenu/{menu_id}/content",
            content=png(1200, 405),
            headers={"Content-Type": "image/png"},
        ).raise_for_status()
        client.post(f"/v2/bot/user/all/richmenu/{menu_id}").raise_for_status()

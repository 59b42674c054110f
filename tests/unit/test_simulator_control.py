"""People act, and the bot hears of it in LINE's shapes; everything can be made to go wrong."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import time

import pytest

from local.simulator.delivery import WebhookTimeout
from tests.unit.simulator_kit import HELLO, MALI, SECRET, SOMCHAI, simulated_line

ULID = re.compile(r"^[0-7][0-9A-HJKMNP-TV-Z]{25}$")
POSTBACK = {"type": "postback", "label": "รับเรื่อง", "data": "a=1", "displayText": "รับเรื่องแล้ว"}


@pytest.fixture
def line():
    with simulated_line() as running:
        yield running


def test_a_delivery_is_signed_over_its_raw_bytes(line):
    line.act(type="text", text="ช่วยด้วย")
    body, headers = line.bot.calls[0]
    mac = hmac.new(SECRET.encode(), body, hashlib.sha256).digest()
    assert headers["X-Line-Signature"] == base64.b64encode(mac).decode()
    assert "ช่วยด้วย".encode() in body
    assert json.loads(body)["destination"] == line.simulator.world.bot_user_id


def test_a_text_event_has_lines_shape(line):
    line.act(type="text", text="ช่วยด้วย")
    [event] = line.bot.events
    assert ULID.match(event["webhookEventId"])
    assert event["timestamp"] == int(line.clock.now * 1000)
    assert event["source"] == {"type": "user", "userId": MALI}
    assert (event["mode"], event["deliveryContext"]) == ("active", {"isRedelivery": False})
    assert event["message"]["text"] == "ช่วยด้วย"
    assert set(event["message"]) == {"type", "id", "text", "quoteToken", "markAsReadToken"}


@pytest.mark.parametrize(
    ("action", "fields"),
    [
        ({"type": "sticker"}, {"packageId", "stickerId", "stickerResourceType", "keywords"}),
        ({"type": "image"}, {"contentProvider"}),
        ({"type": "audio"}, {"contentProvider", "duration"}),
        ({"type": "file", "file_name": "a.pdf"}, {"fileName", "fileSize"}),
        ({"type": "location", "latitude": 17.4, "longitude": 104.8}, {"latitude", "longitude"}),
    ],
)
def test_other_messages(line, action, fields):
    line.act(**action)
    message = line.bot.events[0]["message"]
    assert message["type"] == action["type"]
    assert fields <= set(message)
    assert "title" not in message


def test_follow_unfollow_and_unblock(line):
    line.act(type="unfollow")
    line.act(type="follow")
    left, back = line.bot.events
    assert left["type"] == "unfollow"
    assert "replyToken" not in left
    assert back["follow"] == {"isUnblocked": True}


def test_tapping_a_button_shows_the_text_and_sends_the_postback(line):
    action = {"type": "button", "action": POSTBACK}
    body = {"type": "box", "layout": "vertical", "contents": [action]}
    line.push({"type": "flex", "altText": "ก", "contents": {"type": "bubble", "body": body}})
    sent = line.chat()[-1]["id"]
    line.act(type="tap", message_id=sent, path="contents.body.contents.0.action")
    line.act(type="tap", label="รับเรื่อง")
    assert [e["postback"] for e in line.bot.events] == [{"data": "a=1"}] * 2
    assert line.chat()[-1]["message"]["text"] == "รับเรื่องแล้ว"
    assert line.chat()[-1]["from"] == "user"


def quick(*actions: dict) -> dict:
    return HELLO | {"quickReply": {"items": [{"type": "action", "action": a} for a in actions]}}


def test_quick_replies_vanish_when_another_message_arrives(line):
    line.push(quick({"type": "message", "label": "ไป", "text": "ไปแล้ว"}))
    line.act(type="tap", label="ไป")
    assert line.bot.events[-1]["message"]["text"] == "ไปแล้ว"
    gone = line.sim(f"users/{MALI}/actions", {"type": "tap", "label": "ไป"})
    assert gone.status_code == 409
    assert "no longer shown" in gone.json()["error"]


@pytest.mark.parametrize(
    ("action", "opens"),
    [
        ({"type": "location", "label": "ไป"}, {"picker": True}),
        ({"type": "camera", "label": "ไป"}, {"camera": True}),
        ({"type": "uri", "label": "ไป", "uri": "tel:191"}, {"uri": "tel:191"}),
        (
            {"type": "uri", "label": "ไป", "uri": "https://line.me/R/nv/location/"},
            {"picker": True},
        ),
        ({"type": "uri", "label": "ไป", "uri": "line://nv/location"}, {"picker": True}),
        ({"type": "clipboard", "label": "ไป", "clipboardText": "NP-1"}, {"clipboard": "NP-1"}),
        (
            {"type": "datetimepicker", "label": "ไป", "data": "d", "mode": "date"},
            {"datetime": "date"},
        ),
    ],
)
def test_what_opens_on_the_phone(line, action, opens):
    line.push(quick(action))
    assert line.act(type="tap", label="ไป")["opens"] == opens
    assert line.bot.events == []


def test_a_date_picker_sends_its_params(line):
    line.push(quick({"type": "datetimepicker", "label": "ไป", "data": "d", "mode": "date"}))
    line.act(type="tap", label="ไป", params={"date": "2026-11-24"})
    assert line.bot.events[0]["postback"] == {"data": "d", "params": {"date": "2026-11-24"}}


def test_standby_carries_no_reply_token(line):
    line.sim("config", {"standby": True})
    line.act(type="text", text="ก")
    [event] = line.bot.events
    assert event["mode"] == "standby"
    assert "replyToken" not in event


def test_redelivery_keeps_id_token_and_time(line):
    line.act(type="text", text="ก")
    line.clock.now += 5
    line.sim("deliver", {"last": 1, "redeliver": True})
    first, again = line.bot.events
    assert again == first | {"deliveryContext": {"isRedelivery": True}}


def test_failed_deliveries_come_again_until_answered(line):
    line.sim("config", {"redelivery": True, "redelivery_delays": [0.0, 0.0, 0.0]})
    line.bot.answers = [500, WebhookTimeout(), 200]
    first = line.act(type="text", text="ก")["deliveries"]
    assert first[0]["status"] == 500
    wait_until(lambda: len(line.bot.calls) == 3)
    flags = [event["deliveryContext"]["isRedelivery"] for event in line.bot.events]
    assert flags == [False, True, True]
    assert len({event["webhookEventId"] for event in line.bot.events}) == 1


def test_what_was_answered_does_not_come_again(line):
    line.sim("config", {"redelivery": True, "redelivery_delays": [0.0, 0.0]})
    line.act(type="text", text="ก")
    line.bot.answers = [500]
    line.act(type="text", text="ข")
    wait_until(lambda: len(line.bot.calls) == 3)
    assert [e["message"]["text"] for e in line.bot.events] == ["ก", "ข", "ข"]


def test_redelivery_ends(line):
    line.sim("config", {"redelivery": True, "redelivery_delays": [0.0, 0.0]})
    line.bot.answers = [500] * 9
    line.act(type="text", text="ก")
    wait_until(lambda: "given up" in line.http.get("/_sim/log").json()[-1].get("note", ""))
    assert len(line.bot.calls) == 3


def test_without_redelivery_a_failure_is_final(line):
    line.bot.answers = [WebhookTimeout()]
    outcome = line.act(type="text", text="ก")["deliveries"][0]
    assert (outcome["status"], outcome["reason"]) == (0, "request_timeout")
    line.act(type="text", text="ข")
    assert len(line.bot.calls) == 2


def test_batches_order_duplicates_and_bad_signatures(line):
    line.sim("config", {"hold": True})
    for text in "กขค":
        line.act(type="text", text=text)
    assert line.bot.calls == []
    line.sim("release", {"order": "reversed"})
    assert [e["message"]["text"] for e in line.bot.events] == ["ค", "ข", "ก"]
    assert len(line.bot.calls) == 1
    line.sim("deliver", {"last": 2, "duplicate": 2, "concurrent": True, "split": True})
    assert len(line.bot.calls) == 1 + 6
    line.sim("deliver", {"last": 1, "signature": "bad"})
    line.sim("deliver", {"last": 1, "signature": "missing"})
    line.sim("deliver", {"last": 1, "header": "x-line-signature"})
    bad, missing, lower = (headers for _, headers in line.bot.calls[-3:])
    good = line.bot.calls[0][1]["X-Line-Signature"]
    assert bad["X-Line-Signature"] not in {good, lower["x-line-signature"]}
    assert "X-Line-Signature" not in missing


def test_crafted_events_go_out_as_given_and_raw_bytes_too(line):
    line.sim("deliver", {"events": [{"type": "novelty", "mode": "active"}]})
    assert line.bot.events == [{"type": "novelty", "mode": "active"}]
    line.sim("deliver", {"raw": "not json"})
    assert line.bot.calls[-1][0] == b"not json"
    line.sim(
        "deliver",
        {
            "events": [
                {"from": MALI, "type": "text", "text": "ก"},
                {"from": SOMCHAI, "type": "postback", "data": "x"},
            ]
        },
    )
    batch = json.loads(line.bot.calls[-1][0])["events"]
    assert [e["source"]["userId"] for e in batch] == [MALI, SOMCHAI]


def test_verification_has_no_events(line):
    assert line.sim("verify").json()["status"] == 200
    assert json.loads(line.bot.calls[0][0])["events"] == []


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("users", {}, 400),
        ("users", {"display_name": "x", "user_id": "U1"}, 400),
        ("users", {"display_name": "x", "role": "king"}, 400),
        ("users/U9/actions", {"type": "text", "text": "x"}, 404),
        (f"users/{MALI}/actions", {"type": "dance"}, 400),
        (f"users/{MALI}/actions", {"type": "text", "text": " "}, 400),
        (f"users/{MALI}/actions", {"type": "location", "latitude": "x", "longitude": 1}, 400),
        (f"users/{MALI}/actions", {"type": "tap", "rich_menu": 0}, 409),
        ("faults", {}, 400),
        ("config", {"colour": "red"}, 400),
        ("config", {"standby": "yes"}, 400),
        ("deliver", {"last": 1, "order": "sideways"}, 400),
    ],
)
def test_bad_control_calls_say_why(line, path, body, status):
    answer = line.sim(path, body)
    assert answer.status_code == status, answer.text
    assert answer.json()["error"]


def test_the_log_has_both_directions(line):
    line.act(type="text", text="ก")
    line.push()
    directions = [
        (entry["direction"], entry["status"]) for entry in line.http.get("/_sim/log").json()
    ]
    assert directions[-2:] == [("out", 200), ("in", 200)]


def test_reset_forgets_people_but_not_the_configuration(line):
    line.sim("reset")
    assert line.http.get("/_sim/users").json() == []
    assert line.simulator.world.config.webhook_url == "http://bot/line/webhook"


def test_the_page_and_its_parts_are_served(line):
    page = line.http.get("/").text
    assert "LINE simulator" in page
    parts = set(re.findall(r'(?:src|href)="(/[^"#]+)"', page))
    for module in ("dom", "flex", "map", "panels", "phone"):
        parts.add(f"/static/{module}.js")
    for part in parts:
        answer = line.http.get(part)
        assert answer.status_code == 200, part
        assert not re.search(r"(?:src|href|import|url)\W+https?://", answer.text), part


def wait_until(check, seconds: float = 5) -> None:
    end = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.005)

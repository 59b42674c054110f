"""The simulator against line-bot-sdk: it reads what we send, and its client is served by us."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from linebot.v3 import WebhookParser
from linebot.v3.messaging import (
    ApiClient,
    ApiException,
    Configuration,
    FlexMessage,
    MessagingApi,
    MessagingApiBlob,
    MulticastRequest,
    PushMessageRequest,
    ReplyMessageRequest,
    RichMenuRequest,
    SetWebhookEndpointRequest,
    ShowLoadingAnimationRequest,
    TextMessage,
    ValidateMessageRequest,
)
from linebot.v3.messaging.models import action, flex_component, message
from linebot.v3.models import UnknownEvent

from local.simulator import validate
from local.simulator.server import Handle, run_in_thread
from tests.e2e.fake_bot import RICH_MENU, menu_card, officer_card, png
from tests.unit.simulator_kit import MALI, SECRET, simulated_line

ACTIONS = [
    {"type": "follow"},
    {"type": "text", "text": "ช่วยด้วย"},
    {"type": "sticker"},
    {"type": "image"},
    {"type": "video"},
    {"type": "audio"},
    {"type": "file"},
    {"type": "location", "latitude": 17.4, "longitude": 104.8, "title": "ก", "address": "ข"},
    {"type": "location", "latitude": 17, "longitude": 104},
    {"type": "join"},
    {"type": "postback", "data": "kind=1"},
    {"type": "postback", "data": "d", "params": {"date": "2026-11-24"}},
    {"type": "unfollow"},
]


@pytest.mark.parametrize("standby", [False, True])
def test_the_sdk_knows_every_event_we_send(standby):
    parser = WebhookParser(SECRET)
    with simulated_line() as line:
        for step in ACTIONS:
            line.act(**step)
        sent = line.act(type="text", text="ลบ")["message_id"]
        line.act(type="unsend", message_id=sent)
        line.sim("deliver", {"last": 5, "redeliver": True, "standby": standby})
        seen = []
        for body, headers in line.bot.calls:
            seen += parser.parse(body.decode(), headers["X-Line-Signature"])
    assert len(seen) == len(ACTIONS) + 2 + 5
    for event in seen:
        assert not isinstance(event, UnknownEvent)
        inner = getattr(event, "message", None)
        assert inner is None or not type(inner).__name__.startswith("Unknown"), inner
    assert {event.mode.value for event in seen[-5:]} == {"standby" if standby else "active"}


def discriminators(model: type) -> set[str]:
    [table] = [v for k, v in vars(model).items() if k.endswith("__discriminator_value_class_map")]
    return set(table)


def test_the_tables_name_what_the_sdk_names():
    assert set(validate.ACTIONS) == discriminators(action.Action)
    components = {*validate.BOX_CONTENTS, *validate.BASELINE_CONTENTS, "span"} - {"spacer"}
    assert components == discriminators(flex_component.FlexComponent)
    unknown = set(validate.MESSAGES) - discriminators(message.Message)
    assert unknown == set()


@pytest.fixture
def running() -> Iterator[Handle]:
    handle = run_in_thread(0)
    try:
        handle.simulator.world.add_user("มะลิ", user_id=MALI).friendship = "friend"
        yield handle
    finally:
        handle.stop()


@pytest.fixture
def client(running: Handle) -> Iterator[ApiClient]:
    with ApiClient(Configuration(host=running.url, access_token="simulated-token")) as made:
        yield made


loopback = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]


class TestTheSdkClientIsServed:
    pytestmark = loopback

    def test_push_and_its_errors(self, running, client):
        api = MessagingApi(client)
        request = PushMessageRequest(to=MALI, messages=[TextMessage(text="สวัสดี")])
        key = str(uuid.uuid4())
        sent = api.push_message(request, x_line_retry_key=key)
        assert sent.sent_messages[0].id == running.simulator.world.chats[MALI][0].id
        with pytest.raises(ApiException) as refused:
            api.push_message(request, x_line_retry_key=key)
        assert refused.value.status == 409
        assert "x-line-accepted-request-id" in {k.lower() for k in refused.value.headers}
        with pytest.raises(ApiException) as invalid:
            api.push_message(PushMessageRequest(to=MALI, messages=[TextMessage(text="")]))
        assert (invalid.value.status, "messages[0].text" in invalid.value.body) == (400, True)

    def test_flex_reply_multicast_and_validate(self, running, client):
        api = MessagingApi(client)
        token = running.simulator.world.issue_token(MALI)
        cards = [FlexMessage.from_dict(menu_card()), FlexMessage.from_dict(officer_card("081"))]
        api.reply_message(ReplyMessageRequest(reply_token=token, messages=cards))
        api.multicast(MulticastRequest(to=[MALI], messages=cards))
        for check in (api.validate_push, api.validate_reply, api.validate_multicast):
            check(ValidateMessageRequest(messages=cards))
        kinds = [entry.message["type"] for entry in running.simulator.world.chats[MALI]]
        assert kinds == ["flex"] * 4

    def test_profile_quota_info_loading_webhook(self, running, client):
        api = MessagingApi(client)
        assert api.get_profile(MALI).display_name == "มะลิ"
        assert api.get_message_quota().value == 3000
        assert api.get_message_quota_consumption().total_usage == 0
        assert api.get_bot_info().basic_id == "@esshelpme"
        api.show_loading_animation(ShowLoadingAnimationRequest(chat_id=MALI, loading_seconds=5))
        endpoint = f"{running.url}/nowhere"
        api.set_webhook_endpoint(SetWebhookEndpointRequest(endpoint=endpoint))
        assert api.get_webhook_endpoint().endpoint == endpoint
        assert api.test_webhook_endpoint().success is False

    def test_rich_menus_and_content(self, running, client):
        api, blob = MessagingApi(client), MessagingApiBlob(client)
        menu = RichMenuRequest.from_dict(RICH_MENU)
        api.validate_rich_menu_object(menu)
        menu_id = api.create_rich_menu(menu).rich_menu_id
        image = png(1200, 405)
        blob.set_rich_menu_image(
            menu_id, body=bytearray(image), _headers={"Content-Type": "image/png"}
        )
        api.set_default_rich_menu(menu_id)
        api.link_rich_menu_id_to_user(MALI, menu_id)
        assert api.get_default_rich_menu_id().rich_menu_id == menu_id
        assert api.get_rich_menu_id_of_user(MALI).rich_menu_id == menu_id
        assert [m.rich_menu_id for m in api.get_rich_menu_list().richmenus] == [menu_id]
        assert bytes(blob.get_rich_menu_image(menu_id)) == image
        api.delete_rich_menu(menu_id)

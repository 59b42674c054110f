"""The simulator's page in a real browser: one report clicked through against a small bot."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from local.simulator.server import Handle, run_in_thread
from tests.e2e.fake_bot import FakeBot, upload_menu

pytestmark = [
    pytest.mark.browser,
    pytest.mark.enable_socket,
    pytest.mark.allow_hosts(["127.0.0.1"]),
]

TOKEN = "simulated-token"


@dataclass
class Stage:
    """The page, the people on it, and what the bot heard."""

    page: Page
    simulator: Handle
    bot: FakeBot
    citizen: str
    officers: list[str]

    def phone(self, user_id: str) -> Locator:
        return self.page.get_by_test_id(f"phone-{user_id}")

    def events(self, kind: str) -> list[dict]:
        return [event for event in self.bot.seen if event["type"] == kind]


@pytest.fixture
def stage(browser: Browser) -> Iterator[Stage]:
    simulator = run_in_thread(0, channel_access_token=TOKEN)
    bot = FakeBot(simulator.url, TOKEN)
    hook = bot.start()
    complaints: list[str] = []
    context = browser.new_context(viewport={"width": 1480, "height": 900}, locale="th-TH")
    page = context.new_page()
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    outside: list[str] = []
    page.on("request", lambda r: None if simulator.url in r.url else outside.append(r.url))
    try:
        with httpx.Client(base_url=f"{simulator.url}/_sim", trust_env=False) as control:
            control.post("/config", json={"webhook_url": hook})
            upload_menu(simulator.url, TOKEN)

            def person(name: str, **more: str) -> str:
                body = {"display_name": name, **more}
                return control.post("/users", json=body).json()["user_id"]

            citizen = person("มะลิ ใจดี")
            officers = [
                person("ร.ต.อ. สมชาย", role="officer", unit="สภ.เมืองนครพนม"),
                person("ด.ต. วีระ", role="officer", unit="สภ.ธาตุพนม"),
            ]
        bot.officers = tuple(officers)
        page.goto(simulator.url)
        expect(page.get_by_test_id("connection")).to_contain_text("live")
        yield Stage(page, simulator, bot, citizen, officers)
        assert complaints == [], "the browser's console has errors"
        assert [u for u in outside if not u.startswith(("data:", "blob:"))] == []
    finally:
        context.close()
        bot.stop()
        simulator.stop()


def befriend(stage: Stage, *people: str) -> None:
    for person in people:
        stage.phone(person).get_by_test_id("follow").click()
        expect(stage.phone(person).get_by_test_id("friend-bar")).to_be_hidden()


def test_a_report_is_clicked_through(stage: Stage):
    befriend(stage, stage.citizen, *stage.officers)
    me, officer, other = (stage.phone(p) for p in (stage.citizen, *stage.officers))
    other.get_by_test_id("block").click()
    expect(other.get_by_test_id("unblock")).to_be_visible()

    me.get_by_test_id("rich-menu-area-0").click()
    expect(me.get_by_test_id("flex-bubble")).to_be_visible()
    expect(me.get_by_test_id("toast")).to_contain_text("เลือกเหตุที่เกิดขึ้น")
    me.get_by_role("button", name="ถูกทำร้าย").click()

    share = me.get_by_test_id("quick-reply").filter(has_text="แชร์พิกัดตำแหน่ง")
    share.click()
    stage.page.get_by_test_id("pin-coordinates").fill("๑๗.๓๙๒๒, ๑๐๔.๗๘๓๘")
    stage.page.get_by_test_id("pin-share").click()
    expect(me.get_by_text("ขอเบอร์โทร").first).to_be_visible()
    expect(share).to_have_count(0)

    me.get_by_test_id("menu-bar").click()
    me.get_by_test_id("text-input").fill("081-234-5678")
    me.get_by_test_id("text-input").press("Enter")
    expect(me.get_by_test_id("chat").get_by_text("NP-0001")).to_be_visible()

    expect(other.get_by_test_id("undelivered")).to_contain_text("ถูกบล็อก")
    officer.get_by_role("button", name="รับเรื่อง").click()
    arrived = me.get_by_test_id("message").filter(has_text="กำลังไปหาคุณ")
    expect(arrived.get_by_test_id("silent")).to_be_visible()

    assert [e["postback"]["data"] for e in stage.events("postback")] == ["kind=1", "accept=1"]
    [pin] = [e for e in stage.events("message") if e["message"]["type"] == "location"]
    assert (pin["message"]["latitude"], pin["message"]["longitude"]) == (17.3922, 104.7838)
    expect(stage.page.get_by_test_id("quota")).to_contain_text("2 / 3000")


def test_the_pin_can_be_dropped_by_tapping_the_map(stage: Stage):
    befriend(stage, stage.citizen)
    me = stage.phone(stage.citizen)
    me.get_by_test_id("menu-bar").click()
    me.get_by_test_id("plus").click()
    me.get_by_test_id("sheet-location").click()
    canvas = stage.page.get_by_test_id("pin-map")
    typed = stage.page.get_by_test_id("pin-coordinates")
    before = typed.input_value()
    canvas.click(position={"x": 60, "y": 60})
    expect(typed).not_to_have_value(before)
    typed.fill("somewhere")
    expect(stage.page.get_by_test_id("pin-share")).to_be_disabled()
    canvas.press("ArrowUp")
    expect(stage.page.get_by_test_id("pin-share")).to_be_enabled()
    stage.page.get_by_test_id("pin-cancel").click()
    assert stage.events("message") == []


def test_stickers_photos_templates_and_links(stage: Stage):
    befriend(stage, stage.citizen)
    me = stage.phone(stage.citizen)
    me.get_by_test_id("rich-menu-area-2").click()
    me.get_by_role("button", name="ไม่ใช่").click()
    me.get_by_test_id("menu-bar").click()
    me.get_by_test_id("sticker").click()
    me.get_by_test_id("sticker-52002734").click()
    me.get_by_test_id("plus").click()
    me.get_by_test_id("sheet-sample-photo").click()
    expect(me.locator('[data-type="image"] img')).to_be_visible()
    me.get_by_test_id("plus").click()
    me.get_by_test_id("sheet-unsend").click()
    expect(me.get_by_text("ยกเลิกข้อความแล้ว")).to_be_visible()
    me.get_by_role("link", name="191").click()
    expect(me.get_by_test_id("call-sheet")).to_contain_text("191")
    me.get_by_test_id("sheet-close").click()
    kinds = [e["message"]["type"] for e in stage.events("message")]
    assert kinds == ["text", "text", "sticker", "image"]
    assert len(stage.events("unsend")) == 1


def test_chaos_and_the_log(stage: Stage):
    befriend(stage, stage.citizen)
    stage.page.get_by_test_id("chaos-open").click()
    result = stage.page.get_by_test_id("chaos-result")
    stage.page.get_by_test_id("chaos-redeliver").click()
    expect(result).to_contain_text("200")
    stage.page.get_by_test_id("chaos-quota-spent").click()
    expect(stage.page.get_by_test_id("quota")).to_contain_text("0 / 0")
    stage.page.get_by_test_id("switch-standby").check()
    expect(stage.page.get_by_test_id("switches")).to_contain_text("Standby")
    stage.page.keyboard.press("Escape")
    expect(stage.page.get_by_test_id("chaos-drawer")).to_be_hidden()
    first, again = stage.events("follow")
    assert again == first | {"deliveryContext": {"isRedelivery": True}}
    stage.page.get_by_test_id("log-panel").locator("> summary").click()
    expect(stage.page.get_by_test_id("log-line").first).to_be_visible()


def test_a_person_is_added_with_the_keyboard(stage: Stage):
    stage.page.get_by_test_id("add-user").focus()
    stage.page.keyboard.press("Enter")
    stage.page.get_by_test_id("add-user-name").fill("ยายแก้ว")
    stage.page.keyboard.press("Enter")
    phone = stage.page.locator("article.phone").filter(has_text="ยายแก้ว")
    expect(phone).to_be_visible()
    expect(phone).to_have_attribute("data-testid", re.compile(r"^phone-U[0-9a-f]{32}$"))


def test_among_many_people_an_alerted_officer_comes_out_of_the_pocket(stage: Stage):
    befriend(stage, *stage.officers)
    world = stage.simulator.simulator.world
    with httpx.Client(base_url=stage.simulator.url, trust_env=False) as http:
        for number in range(6):
            body = {"display_name": f"เวร {number}", "role": "officer", "unit": "สภ.นาแก"}
            http.post("/_sim/users", json=body)
        stage.page.reload()
        expect(stage.page.get_by_test_id("people")).to_be_visible()
        expect(stage.page.locator("article.phone:visible")).to_have_count(1)
        called = stage.officers[1]
        assert world.users[called].friendship == "friend"
        push = {"to": called, "messages": [{"type": "text", "text": "เหตุใหม่"}]}
        http.post(
            "/v2/bot/message/push", json=push, headers={"Authorization": f"Bearer {TOKEN}"}
        ).raise_for_status()
    expect(stage.phone(called)).to_be_in_viewport()
    expect(stage.phone(called).get_by_test_id("chat")).to_contain_text("เหตุใหม่")
    stage.page.get_by_test_id(f"person-{stage.officers[0]}").click()
    expect(stage.phone(stage.officers[0])).to_be_in_viewport()

"""A whole report clicked through in a real browser, against the deployed stack.

The reporter's and the officer's phones stand side by side; nothing goes past the page.
"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from ess.messages import catalogue
from local.cloud.cloud import Cloud
from local.cloud.phones import Phones

pytestmark = [pytest.mark.browser, pytest.mark.cloud]


def thai(key: str) -> str:
    return str(catalogue.load("th")[key])


@pytest.fixture
def page(browser: Browser, cloud: Cloud) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1500, "height": 980}, locale="th-TH")
    page = context.new_page()
    page.set_default_timeout(20_000)
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(cloud.simulator.url)
    expect(page.get_by_test_id("connection")).to_contain_text("live", timeout=20_000)
    yield page
    context.close()
    assert complaints == []


def tap(phone: Locator, key: str) -> None:
    """Tap the newest button with a text of the catalogue on a card."""
    phone.locator("[data-testid=flex-bubble]").get_by_text(thai(key), exact=True).last.click()


def test_a_whole_report_is_clicked_through(page: Page, phones: Phones):
    expect.set_options(timeout=20_000)
    reporter = phones.reporter("กดเองทุกปุ่ม")
    me = page.get_by_test_id(f"phone-{reporter.user_id}")
    me.get_by_test_id("follow").click()
    tap(me, "action.report")
    tap(me, "kind.4")
    me.get_by_test_id("quick-reply").first.click()
    page.get_by_test_id("pin-coordinates").fill("17.4064, 104.7866")
    page.get_by_test_id("pin-share").click()
    expect(me.get_by_text(thai("ask_phone.title")).last).to_be_visible()
    me.get_by_test_id("menu-bar").click()  # the rich menu gives way to the keyboard
    me.get_by_test_id("text-input").fill("โทร ๐๘๙-๘๗๖ ๕๔๓๒ นะคะ")
    me.get_by_test_id("send").click()
    expect(me.get_by_text(thai("received.title")).last).to_be_visible()
    expect(me.get_by_text(thai("status.notified.title")).last).to_be_visible()
    expect(me.get_by_test_id("toast")).to_contain_text(thai("alt.neutral"))
    words = me.inner_text()
    reference = re.findall(r"[2-9A-Z]{3}-[2-9A-Z]{3}", words)[-1]

    offered = page.locator("[data-role=officer]").filter(has_text=reference)
    officer = page.get_by_test_id(str(offered.first.get_attribute("data-testid")))
    tap(officer, "action.accept")
    expect(officer.get_by_text(thai("officer.accepted.title")).last).to_be_visible()
    expect(officer.get_by_text("089-876-5432").last).to_be_visible()
    expect(me.get_by_text(thai("status.acknowledged.title")).last).to_be_visible()
    tap(officer, "action.on_the_way")
    expect(me.get_by_text(thai("status.on_the_way.title")).last).to_be_visible()
    tap(officer, "action.on_scene")
    expect(me.get_by_text(thai("status.on_scene.title")).last).to_be_visible()
    tap(officer, "action.close")
    tap(officer, "reason.resolved")
    expect(officer.get_by_text(thai("officer.done.title")).last).to_be_visible()
    expect(me.get_by_text(thai("status.closed.title")).last).to_be_visible()

    report = page.get_by_test_id("timeline-report").filter(has_text=reference)
    for action in ("opened", "dispatched", "assigned", "notified", "acknowledged", "closed"):
        expect(report.locator(f"[data-action={action}]").first).to_be_attached()
    sms = page.get_by_test_id("sms-item").filter(has_text=reference)
    expect(sms.first).to_be_attached()

"""Accepting from the link in an SMS, in a real browser: a small old phone, without scripts."""

import os
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from ess.messages import catalogue
from local.cloud.cloud import Cloud
from local.cloud.phones import Phone, Phones, postback
from local.cloud.scripted import SCENE

pytestmark = [pytest.mark.browser, pytest.mark.cloud]

NUMBER, SPOKEN = "+66898765432", "089-876-5432"
WAIT_S = 30.0
SECURE = {
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


def thai(key: str, **params: object) -> str:
    return catalogue.text(key, "th", params)


@dataclass(frozen=True)
class Officer:
    """Somebody who was sent a link."""

    name: str
    phone: Phone
    link: str


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 320, "height": 480},
        locale="th-TH",
        java_script_enabled=False,
        device_scale_factor=2,
    )
    page = context.new_page()
    page.set_default_timeout(20_000)
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    yield page
    context.close()
    # Chromium calls a page's own status 404 an error; what matters is what the policy forbade.
    assert [said for said in complaints if "status of 404" not in said] == []


def report(phones: Phones, name: str) -> tuple[Phone, str]:
    """A new report at the clock tower; its reporter and reference."""
    reporter = phones.reporter(name)
    reporter.follow()
    reporter.tap(postback(a="report"))
    reporter.tap(postback(a="kind", k="2"))
    reporter.share(*SCENE)
    reporter.say("089 876 5432")
    entry = reporter.wait_for(thai("received.title"))
    (reference,) = set(re.findall(r"[2-9A-Z]{3}-[2-9A-Z]{3}", str(entry["message"])))
    return reporter, reference


def officers_of(cloud: Cloud, phones: Phones, reference: str, least: int = 2) -> list[Officer]:
    """Everyone of one unit who was sent a link for a report."""
    deadline = time.monotonic() + WAIT_S
    known = {person["phone"]: person for person in cloud.responders() if person.get("phone")}
    while time.monotonic() < deadline:
        found: list[Officer] = []
        for number, messages in cloud.sms().items():
            text = next((m["Message"] for m in messages if reference in m["Message"]), "")
            link = re.search(r"https?://\S+$", text)
            if link:
                person = known[number]
                phone = Phone(phones, person["line_user_id"], person["name_th"])
                found.append(Officer(person["name_th"], phone, link[0]))
        if len(found) >= least:
            return found
        time.sleep(0.1)
    raise AssertionError(f"no links for {reference}")


def actions(phones: Phones, reference: str) -> list[str]:
    reports = phones.get("/_sim/reports")
    (mine,) = [one for one in reports if one.get("reference") == reference]
    return [step["action"] for step in mine["timeline"]]


def picture(page: Page, name: str) -> None:
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=f"{folder}/page_{name}.png", full_page=True)


def no_wider_than_the_phone(page: Page) -> bool:
    # Scripts are off, also for us: a page that is too wide makes a full picture wider.
    body = page.locator("body").bounding_box()
    boxes = [one.bounding_box() for one in page.locator("body *").all()]
    return bool(body) and all(box is None or box["x"] + box["width"] <= 320 for box in boxes)


def test_an_officer_accepts_from_the_link_and_carries_it_to_its_end(
    cloud: Cloud, phones: Phones, page: Page
):
    expect.set_options(timeout=20_000)
    reporter, reference = report(phones, "แจ้งทาง SMS")
    first, second, *_ = officers_of(cloud, phones, reference)
    assert first.link.startswith(f"{cloud.simulator.url}/o/")

    with httpx.Client(trust_env=False, timeout=30) as preview:
        for link in (first.link, second.link):
            for _ in range(2):  # a carrier's filter, then the phone's own preview
                shown = preview.get(link)
                assert shown.status_code == 200
                assert SECURE.items() <= dict(shown.headers).items()
                assert preview.head(link).status_code == 405
                assert NUMBER not in shown.text
                assert str(SCENE[0]) not in shown.text
        assert preview.post(first.link, data={"act": "nonsense"}).status_code == 303
        time.sleep(1)
        assert "acknowledged" not in actions(phones, reference)

    page.goto(first.link)
    expect(page.get_by_role("heading", name=thai("page.offered.title"))).to_be_visible()
    expect(page.get_by_text(reference)).to_be_visible()
    expect(page.get_by_text(SCENE[2])).to_be_visible()
    accept = page.get_by_role("button", name=thai("page.act.accept"))
    box = accept.bounding_box()
    assert box is not None
    assert box["height"] >= 48
    assert box["width"] >= 280
    assert box["y"] + box["height"] <= 480, "accepting must not need scrolling"
    assert no_wider_than_the_phone(page)
    picture(page, "offered")

    late = page.context.new_page()  # the second officer has the page open already
    late.goto(second.link)
    expect(late.get_by_role("button", name=thai("page.act.accept"))).to_be_visible()

    accept.click()
    expect(page.get_by_role("heading", name=thai("page.yours.title"))).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text(thai("page.note.accepted"))
    call = page.get_by_role("link", name=SPOKEN)
    assert call.get_attribute("href") == f"tel:{NUMBER}"
    way = page.get_by_role("link", name=thai("action.navigate"))
    assert f"destination={SCENE[0]},{SCENE[1]}" in str(way.get_attribute("href"))
    assert no_wider_than_the_phone(page)
    picture(page, "yours")
    reporter.wait_for(thai("status.acknowledged.title"))
    reporter.wait_for(first.name)

    late.get_by_role("button", name=thai("page.act.accept")).click()
    expect(late.get_by_role("status")).to_contain_text(thai("page.note.already_taken"))
    expect(late.get_by_text(first.name)).to_be_visible()
    assert NUMBER not in late.content()
    assert late.get_by_role("button").count() == 0
    picture(late, "taken")
    # The second one's card in LINE is followed by the news that it is taken, and by whom.
    second.phone.wait_for(first.name)

    page.reload()  # a reload repeats nothing
    page.get_by_role("button", name=thai("page.act.on_the_way")).click()
    expect(page.get_by_role("status")).to_contain_text(thai("page.note.on_the_way"))
    reporter.wait_for(thai("status.on_the_way.title"))
    page.get_by_role("button", name=thai("page.act.on_scene")).click()
    reporter.wait_for(thai("status.on_scene.title"))

    page.get_by_role("link", name=thai("page.act.close"), exact=False).click()
    page.get_by_label(thai("page.choose.remark")).fill("พาไปส่งที่ปลอดภัยแล้ว")
    assert no_wider_than_the_phone(page)
    picture(page, "close")
    page.get_by_role("button", name=thai("reason.resolved")).click()
    expect(page.get_by_role("heading", name=thai("page.closed.title"))).to_be_visible()
    assert NUMBER not in page.content()
    reporter.wait_for(thai("status.closed.title"))
    time.sleep(1)
    done = actions(phones, reference)
    assert done.count("acknowledged") == 1
    assert {"on_the_way", "on_scene", "noted", "closed"} <= set(done)


def test_two_press_at_the_same_moment_and_one_of_them_has_it(cloud: Cloud, phones: Phones):
    reporter, reference = report(phones, "กดพร้อมกัน")
    officers = officers_of(cloud, phones, reference)[:2]
    with httpx.Client(trust_env=False, timeout=30) as client, ThreadPoolExecutor() as pool:
        pressed = list(
            pool.map(lambda one: client.post(one.link, data={"act": "accept"}), officers)
        )
    codes = sorted(answer.headers["location"].partition("?d=")[2] for answer in pressed)
    assert codes == ["accepted", "already_taken"]
    reporter.wait_for(thai("status.acknowledged.title"))
    time.sleep(1)
    assert actions(phones, reference).count("acknowledged") == 1
    reporter.tap(postback(a="cancel"))
    reporter.tap(postback(a="cancel_yes"))
    reporter.tap(postback(a="cancel_yes", why="mistake"))


def test_a_link_that_is_changed_shows_nothing(cloud: Cloud, page: Page):
    answer = page.goto(f"{cloud.simulator.url}/o/{'A' * 55}")
    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_role("heading", name=thai("page.refused.title"))).to_be_visible()
    expect(page.get_by_role("link", name=thai("page.call191"))).to_be_visible()

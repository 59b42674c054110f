"""The rich menus as they are seen: drawn by Chromium, and on the simulator's phones."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from ess.adapters.line.calls import LineCalls
from ess.adapters.line.credentials import Credentials
from ess.adapters.line.menu_shelf import LineMenuShelf
from ess.adapters.memory.responders import MemoryResponders
from ess.adapters.memory.settings import MemorySettings
from ess.domain.responder import Responder
from local.simulator.images import image_size
from local.simulator.server import run_in_thread
from operate.rich_menus import definition, draw
from operate.rich_menus.page import FIT, page_of
from operate.rich_menus.upload import Uploader

pytestmark = pytest.mark.browser

MENUS = definition.load()
MALI, SOMCHAI = "U" + "1" * 32, "U" + "2" * 32


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 2500, "height": 1686})
    yield page
    page.close()


def test_the_pictures_are_what_line_takes(tmp_path):
    # `draw` starts a browser of its own, which cannot be in the thread that holds the tests' one.
    with ThreadPoolExecutor() as elsewhere:
        pictures = elsewhere.submit(draw.draw, MENUS.values(), tmp_path).result()
    assert sorted(pictures) == sorted(tmp_path.iterdir())
    for menu in MENUS.values():
        content = draw.picture_of(menu, tmp_path).read_bytes()
        assert image_size(content) == (menu.width, menu.height)
        assert 50_000 < len(content) <= draw.MOST_BYTES


@pytest.mark.parametrize("menu", MENUS.values(), ids=MENUS)
def test_every_label_fits_and_its_letters_are_four_millimetres_high(page, menu):
    page.set_content(page_of(menu))
    assert page.evaluate(FIT) == []
    heights = page.evaluate("""() => [...document.querySelectorAll(".text")].map((line) => {
        const pen = document.createElement("canvas").getContext("2d");
        const style = getComputedStyle(line);
        pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
        return pen.measureText("น").actualBoundingBoxAscent;
    })""")
    assert len(heights) == len(menu.areas)
    assert min(heights) >= 4 * menu.pixels_per_mm - 1


def test_a_label_that_is_too_long_is_told(page):
    page.set_content(page_of(MENUS["officer"]).replace(">เข้าเวร<", ">เข้าเวรเดี๋ยวนี้<"))
    assert page.evaluate(FIT) == ["เข้าเวรเดี๋ยวนี้ does not fit into duty_on"]


def test_phones_show_each_their_own_menu_and_its_buttons_work(browser, tmp_path):
    simulator = run_in_thread(0, channel_access_token="token")
    try:
        world = simulator.simulator.world
        for user, role in ((MALI, "citizen"), (SOMCHAI, "officer")):
            world.add_user("ก", user_id=user, role=role).friendship = "friend"
        Uploader(
            shelf_of(simulator.url),
            MemorySettings(),
            MemoryResponders([Responder("r", "u", "ก", "a", line_user_id=SOMCHAI, verified=True)]),
            "dev",
            lambda: 1.0,
        ).upload(MENUS, page_of, lambda menu: drawn(browser, menu))
        page = browser.new_page(viewport={"width": 1480, "height": 900})
        page.goto(simulator.url)
        for user, key in ((MALI, "reporter"), (SOMCHAI, "officer")):
            phone = page.get_by_test_id(f"phone-{user}")
            picture = phone.get_by_test_id("rich-menu").locator("img")
            if not MENUS[key].selected:
                expect(picture).to_be_hidden()
                phone.get_by_test_id("menu-bar").click()
            expect(picture).to_be_visible()
            assert (
                picture.evaluate("async (img) => { await img.decode(); return img.naturalWidth; }")
                == 2500
            )
            assert_each_button_lies_on_its_picture(phone, picture, MENUS[key])
        page.screenshot(path=tmp_path / "phones.png")

        officer = page.get_by_test_id(f"phone-{SOMCHAI}")
        officer.get_by_role("button", name="เข้าเวร").click()
        expect(officer.get_by_test_id("chat")).to_contain_text("เข้าเวร")
        page.get_by_test_id(f"phone-{MALI}").get_by_role("button", name="โทร 191").click()
        expect(page.get_by_test_id("call-sheet")).to_contain_text("191")
        page.close()
    finally:
        simulator.stop()
    sent = [event["postback"]["data"] for event in world.events if event["type"] == "postback"]
    assert sent == ["u=duty_on"]


def assert_each_button_lies_on_its_picture(phone: Locator, picture: Locator, menu) -> None:
    whole = picture.bounding_box()
    for number, area in enumerate(menu.areas):
        button = phone.get_by_test_id(f"rich-menu-area-{number}")
        expect(button).to_have_attribute("aria-label", area.action["label"])
        box = button.bounding_box()
        scale = whole["width"] / menu.width
        assert box["x"] - whole["x"] == pytest.approx(area.x * scale, abs=1)
        assert box["y"] - whole["y"] == pytest.approx(area.y * scale, abs=1)
        assert box["width"] == pytest.approx(area.width * scale, abs=1)
        assert box["height"] == pytest.approx(area.height * scale, abs=1)


def drawn(browser: Browser, menu) -> bytes:
    page = browser.new_page(viewport={"width": menu.width, "height": menu.height})
    page.set_content(page_of(menu))
    page.evaluate(FIT)
    picture = page.screenshot()
    page.close()
    return picture


def shelf_of(url: str) -> LineMenuShelf:
    class Fixed:
        def get(self) -> Credentials:
            return Credentials("secret", "token")

        def refresh(self) -> bool:
            return False

    calls = LineCalls(url, Fixed(), read_s=5)
    return LineMenuShelf(calls, calls)

"""Pictures for the manuals: the simulator's phones while one report is played on them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from playwright.sync_api import Browser, FloatRect, Locator, Page, expect

from ess.messages import catalogue
from local.cloud.phones import NeverHappened, Phone, Phones, postback
from tools.manuals.page import label

_WAIT_MS: Final = 30_000
_WIDTH, _HEIGHT = 1500, 820  # the page; it leaves a phone about 600 px
_PART = (74, 43)  # width and height, in any unit, of a part of a card; as manual.css shows it
_SHARP: Final = 3  # device pixels for a CSS pixel: an A4 page is printed

_SCENE: Final = (17.4064, 104.7866, "หอนาฬิกาเวียดนามอนุสรณ์ นครพนม")
_NUMBER: Final = "081-234 5678"

# Nothing of the simulator's own lies over a phone; what is to be tapped has a ring.
_LOOK: Final = """.toast { display: none !important } .fresh { animation: none !important }
  .ring { outline: 5px solid #e5383b !important; outline-offset: -2px; border-radius: 12px }"""


def take(browser: Browser, url: str) -> dict[str, bytes]:
    """Play reports on the simulator's phones and return PNGs by their names.

    Args:
        browser: a running Chromium.
        url: the simulator of a running local cloud.

    Raises:
        NeverHappened: a phone waited in vain for a button.
    """
    page = browser.new_page(
        viewport={"width": _WIDTH, "height": _HEIGHT},
        locale="th-TH",
        device_scale_factor=_SHARP,
        reduced_motion="reduce",
    )
    page.set_default_timeout(_WAIT_MS)
    page.goto(url)
    expect(page.get_by_test_id("connection")).to_contain_text("live", timeout=_WAIT_MS)
    page.add_style_tag(content=_LOOK)
    with Phones(url) as phones:
        reporters, officer = _reporters(page, phones)
        taken = reporters | _officers(page, phones, officer)
    page.close()
    return taken


def _thai(key: str) -> str:
    return str(catalogue.load("th")[key])


class _Shown:
    """A phone on the page."""

    def __init__(self, page: Page, phone: Phone) -> None:
        self.phone = phone
        self.about = ""  # the reference of the report that cards are to be about
        self._page = page
        self._screen = page.get_by_test_id(f"phone-{phone.user_id}")

    def wake(self) -> None:
        """Take an officer's phone out of the pocket."""
        self._page.get_by_test_id(f"person-{self.phone.user_id}").click()

    def menu(self, *, shown: bool) -> None:
        """Open or close the rich menu."""
        if self._screen.get_by_test_id("rich-menu").is_visible() != shown:
            self._screen.get_by_test_id("menu-bar").click()

    def button(self, name: str) -> Locator:
        """Return the newest button with the label `name`."""
        said = re.compile(rf"^[\d\s]*{re.escape(label(name))}")
        on_menu = self._screen.get_by_test_id("rich-menu").get_by_role("button", name=label(name))
        on_card = self._cards().last.locator("[role=button]")
        return on_card.filter(has_text=said).or_(on_menu).locator("visible=true").last

    def _cards(self) -> Locator:
        cards = self._screen.locator("[data-testid=flex-bubble]")
        return cards.filter(has_text=self.about) if self.about else cards

    def picture(
        self, title: str | None, *names: str, card: bool = False, top: str | None = None
    ) -> bytes:
        """Return the phone, or its newest card alone, with a ring around the buttons `names`.

        Args:
            title: a text of the card to wait for, by its key; None for the menu alone.
            names: of buttons, as `label` takes them.
            card: only the part of the newest card around its title.
            top: what the chat is scrolled to: a button's name, or None for the whole card.
        """
        newest = self._cards().last
        if title is not None:
            expect(newest.get_by_text(_thai(title))).to_be_visible(timeout=_WAIT_MS)
        self._page.mouse.move(0, 0)  # no button looks as if it were touched
        with _ringed([self.button(name) for name in names]):
            self._page.wait_for_timeout(300)  # the chat scrolls to its end when it changes
            if title is not None:
                first = newest if top is None else self.button(top)
                first.evaluate("one => one.scrollIntoView({block: 'start'})")
            if card and title is not None:
                return self._part(newest, newest.get_by_text(_thai(title)))
            return self._screen.locator(".case").screenshot(animations="disabled")

    def _part(self, card: Locator, title: Locator) -> bytes:
        whole, line = card.bounding_box(), title.bounding_box()
        if whole is None or line is None:
            raise NeverHappened(f"{self.phone.name} shows no card")
        height = whole["width"] * _PART[1] / _PART[0]
        # The title stands in the lower half, below what the card says first.
        top = max(whole["y"], line["y"] + line["height"] + 55 - height)
        clip: FloatRect = {"x": whole["x"], "y": top, "width": whole["width"], "height": height}
        return self._page.screenshot(clip=clip, animations="disabled")


@contextmanager
def _ringed(buttons: list[Locator]) -> Iterator[None]:
    for button in buttons:
        button.evaluate("one => one.classList.add('ring')")
    yield
    for button in buttons:
        button.evaluate("one => one.classList.remove('ring')")


def _in_thai(phone: Phone) -> None:
    """Choose Thai, so that no card carries a second language."""
    phone.act(type="postback", data="a=language&l=th")


def _reporters(page: Page, phones: Phones) -> tuple[dict[str, bytes], Phone]:
    phone = phones.reporter("ใบบัว")
    shown, taken = _Shown(page, phone), {}
    phone.follow()
    _in_thai(phone)
    phone.wait_for(_thai("menu.title"))
    shown.menu(shown=True)
    taken["reporter-menu"] = shown.picture("menu.title", "menu.report")
    shown.menu(shown=False)
    phone.tap(postback(a="report"))
    taken["reporter-kind"] = shown.picture("ask_kind.title", "kind.1")
    phone.tap(postback(a="kind", k="1"))
    taken["reporter-pin"] = shown.picture("ask_pin.title", "action.share_pin")
    phone.share(*_SCENE)
    taken["reporter-phone"] = shown.picture("ask_phone.title", "action.no_call")
    phone.say(_NUMBER)
    officer, report_id = phones.officer_for(phone)
    officer.tap(postback(o="accept", r=report_id))
    taken["reporter-accepted"] = shown.picture("status.acknowledged.title", card=True)
    _close(officer, report_id)
    return taken, officer


def _officers(page: Page, phones: Phones, officer: Phone) -> dict[str, bytes]:
    shown, taken = _Shown(page, officer), {}
    shown.wake()
    _in_thai(officer)
    shown.menu(shown=True)
    taken["officer-menu"] = shown.picture(None, "menu.duty_on")
    shown.menu(shown=False)

    reporter = _report(phones, "มะลิ", kind="4")
    reporter.say(_NUMBER)
    shown.about = reporter.reference()
    _, report_id = phones.officer_for(reporter)
    taken["officer-offer"] = shown.picture("officer.offer.title", "action.accept")
    officer.tap(postback(o="accept", r=report_id))
    taken["officer-accepted"] = shown.picture(
        "officer.accepted.title", "action.navigate", "action.on_the_way", top="action.navigate"
    )
    officer.tap(postback(o="close", r=report_id))
    taken["officer-close"] = shown.picture("officer.close_reasons.body", "reason.resolved")
    officer.tap(postback(o="close", r=report_id, why="resolved"))

    hidden = _report(phones, "คนที่ซ่อนอยู่", kind="2")
    hidden.tap(postback(a="no_call"))
    shown.about = hidden.reference()
    taken["officer-silent"] = shown.picture("officer.offer_silent", card=True)
    _, report_id = phones.officer_for(hidden)
    officer.tap(postback(o="accept", r=report_id))
    _close(officer, report_id)
    return taken


def _report(phones: Phones, name: str, *, kind: str) -> Phone:
    """A new person's report, all but the number."""
    reporter = phones.reporter(name)
    reporter.follow()
    reporter.tap(postback(a="report"))
    reporter.tap(postback(a="kind", k=kind))
    reporter.share(*_SCENE)
    return reporter


def _close(officer: Phone, report_id: str) -> None:
    officer.tap(postback(o="close", r=report_id))
    officer.tap(postback(o="close", r=report_id, why="resolved"))

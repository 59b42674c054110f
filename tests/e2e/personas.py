"""People who report, each played with one hand on their phone of the simulator's page.

Every tap, letter and pin is counted, from the menu to "received" and on to "a named officer has
accepted". What a person does is what their phone shows: nothing goes past the page but the
officers' part, and what a prankster did on earlier days.

`PICTURES=<folder>` keeps a picture of each phone, to be looked at.
"""

import os
import re
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Locator, Page, expect

from ess.messages import catalogue
from local.cloud.phones import Json, NeverHappened, Phone, Phones, postback, texts_of

WAIT_MS = 30_000

SCENE = (17.4064, 104.7866)  # Nakhon Phanom, by the river
NUMBER = "0898765432"
FOREIGN = "+44 7400 123456"

# Seconds of a hand, to reckon with: after the keystroke-level model (Card, Moran, Newell: 1.35 to
# make up one's mind, 1.1 to point), and a pin that is moved a little before it is sent.
TAP_S, LETTER_S, PIN_S = 2.5, 0.5, 8.0

THAI = re.compile(r"[\u0e00-\u0e7f]")

# A phone that is as long as its chat, for pictures that show all of it.
_LONG = """.phone { max-height: none !important; min-height: 0 !important; flex: none !important }
  .case, .screen { height: auto !important } .chat { overflow: visible !important; flex: none }
  .phones { display: block !important; overflow: visible !important } .toast { display: none }
  .stage, main, body, html { height: auto !important; display: block !important }"""


@dataclass(frozen=True)
class Effort:
    """What it took so far: taps, letters typed, pins sent, and seconds of the scripted run."""

    taps: int = 0
    letters: int = 0
    pins: int = 0
    seconds: float = 0.0

    @property
    def by_hand(self) -> float:
        """Seconds that a hand needs for it, reckoned."""
        return self.taps * TAP_S + self.letters * LETTER_S + self.pins * PIN_S


@dataclass
class Journey:
    """One persona's way.

    Args:
        received: the effort until the service said that it has the report.
        acknowledged: the effort until it said who of the police has accepted.
        seen: what a test has to look at: bubbles of the reporter and of the officer.
    """

    persona: str
    received: Effort = field(default_factory=Effort)
    acknowledged: Effort = field(default_factory=Effort)
    seen: dict[str, Any] = field(default_factory=dict)


class Hand:
    """One person's hand on their phone; it counts what it does."""

    def __init__(self, page: Page, phone: Phone, language: str = "th") -> None:
        self.page = page
        self.phone = phone
        self.texts = catalogue.load(language)
        self.screen: Locator = page.get_by_test_id(f"phone-{phone.user_id}")
        self._effort = Effort()
        self._began = time.monotonic()

    def so_far(self) -> Effort:
        """The effort since `begin`."""
        return replace(self._effort, seconds=time.monotonic() - self._began)

    def begin(self) -> None:
        """Count from here: the account is a friend already and its menu is in view."""
        self._effort, self._began = Effort(), time.monotonic()

    def _count(self, **more: int) -> None:
        added = {name: getattr(self._effort, name) + number for name, number in more.items()}
        self._effort = replace(self._effort, **added)

    # --- what a hand does ---

    def add_friend(self) -> None:
        """Add the account."""
        self.screen.get_by_test_id("follow").click()
        self._count(taps=1)

    def tap(self, key: str) -> None:
        """Tap the newest button that is in view, on a card, in the quick replies or the menu."""
        label = self.texts[key]
        # A card shows the other language below; "ไม่" is not "ไม่รู้".
        said = re.compile(rf"^[\d\s📍]*{re.escape(label)}(?![\u0e00-\u0e7f])")
        shown = self.screen.locator(
            "[data-testid=flex-bubble] [role=button], [data-testid=quick-reply]"
        )
        on_menu = self.screen.get_by_test_id("rich-menu").get_by_role(
            "button", name=label, exact=True
        )
        button = shown.filter(has_text=said).or_(on_menu).locator("visible=true").last
        button.click(timeout=WAIT_MS)
        self._count(taps=1)

    def pin(self, latitude: float = SCENE[0], longitude: float = SCENE[1]) -> None:
        """Open the map from the newest message and send the place."""
        self.screen.get_by_test_id("quick-reply").filter(has_text="📍").click(timeout=WAIT_MS)
        self.page.get_by_test_id("pin-coordinates").fill(f"{latitude}, {longitude}")
        self.page.get_by_test_id("pin-share").click()
        self._count(pins=1)

    def type(self, text: str) -> None:
        """Open the keyboard, type and send."""
        if self.screen.get_by_test_id("text-input").is_hidden():
            self.screen.get_by_test_id("menu-bar").click()
        self.screen.get_by_test_id("text-input").fill(text)
        self.screen.get_by_test_id("send").click()
        self._count(taps=2, letters=len(text))

    def says_what_and_where(self, kind: str) -> None:
        """Tap the kind and share the place."""
        self.tap(kind)
        self.pin()
        self.reads("ask_phone.title")

    def gives(self, number: str) -> None:
        """Type a number to be called at; the report is received."""
        self.type(number)
        self.reads("received.title")

    def cannot_talk(self) -> None:
        """Tap that nobody may call; the report is received."""
        self.tap("action.no_call")
        self.reads("received_silent.title")

    # --- what an eye sees ---

    def reads(self, key: str) -> None:
        """Wait until the newest bubbles say it."""
        chat = self.screen.get_by_test_id("chat")
        expect(chat.get_by_text(self.texts[key]).last).to_be_visible(timeout=WAIT_MS)

    def offered(self) -> list[str]:
        """The labels that can be tapped in the newest bubble."""
        newest = self.screen.locator("[data-testid=flex-bubble]").last
        return newest.locator("[role=button]").all_inner_texts()

    def bubbles(self) -> list[Json]:
        """What the service sent, oldest first."""
        return [entry for entry in self.phone.chat() if entry["from"] == "bot"]

    def picture(self, name: str) -> None:
        """Keep a picture of the phone as it is in view, and of the whole chat."""
        keep_picture(self.page, self.phone.user_id, name)


def keep_picture(page: Page, user_id: str, name: str) -> None:
    """Keep pictures of a phone, if wanted: as it is in view, and with all of its chat."""
    folder = os.environ.get("PICTURES")
    if not folder:
        return
    page.wait_for_timeout(400)  # bubbles rise, and the chat scrolls to its end
    phone = page.get_by_test_id(f"phone-{user_id}")
    phone.screenshot(path=f"{folder}/{name}.png", animations="disabled")
    with _styled(page, _LONG):
        phone.screenshot(path=f"{folder}/{name}-all.png", animations="disabled")


@contextmanager
def _styled(page: Page, css: str):
    style = page.add_style_tag(content=css)
    yield
    style.evaluate("one => one.remove()")


# --- the officers' part ---------------------------------------------------------------------


def words_on(phone: Phone, about: str) -> str:
    """All that a phone was told about a report (its id or reference), as one text."""
    return "\n".join(
        "\n".join(texts_of(entry["message"]))
        for entry in phone.chat()
        if entry["from"] == "bot" and about in str(entry["message"])
    )


# --- the personas ---------------------------------------------------------------------------


class Stage:
    """Where personas play: a page of the simulator and its control."""

    def __init__(self, page: Page, phones: Phones) -> None:
        self.page = page
        self.phones = phones

    def enters(self, name: str, *, language: str = "th") -> Hand:
        """A new person, who has added the account and not yet done anything."""
        phone = self.phones.reporter(name, language=language)
        hand = Hand(self.page, phone, language)
        hand.add_friend()
        expect(hand.screen.get_by_test_id("flex-bubble").first).to_be_visible(timeout=WAIT_MS)
        return hand

    def accepts(self, hand: Hand, journey: Journey) -> None:
        """An officer accepts at once; the reporter reads who."""
        officer, report_id = self.phones.officer_for(hand.phone)
        officer.tap(postback(o="accept", r=report_id))
        hand.reads("status.acknowledged.title")
        journey.acknowledged = hand.so_far()
        journey.seen |= {"officer": officer, "report_id": report_id}
        hand.picture(journey.persona)
        keep_picture(self.page, officer.user_id, f"{journey.persona}-officer")

    def leaves(self, hand: Hand, journey: Journey) -> Journey:
        """The officer closes it: a report left open would go on asking."""
        journey.seen["hand"] = hand
        _close(journey.seen["officer"], journey.seen["report_id"], "resolved")
        return journey


def bystander(stage: Stage) -> Journey:
    """Sees it happen, knows the number, wants to be called."""
    journey, hand = Journey("bystander"), stage.enters("คนเห็นเหตุการณ์")
    hand.begin()
    hand.tap("action.report")
    hand.says_what_and_where("kind.5")
    hand.gives(NUMBER)
    journey.received = hand.so_far()
    stage.accepts(hand, journey)
    return stage.leaves(hand, journey)


def silent_victim(stage: Stage) -> Journey:
    """Hides from somebody in the next room: no call, no sound, no typing."""
    journey, hand = Journey("silent_victim"), stage.enters("คนที่ซ่อนอยู่")
    hand.begin()
    hand.tap("action.report")
    hand.says_what_and_where("kind.2")
    hand.cannot_talk()
    journey.received = hand.so_far()
    for question, answer in (("hurt", "yes"), ("still_there", "yes"), ("weapon", "unknown")):
        hand.reads(f"question.{question}.title")
        hand.tap("answer.unknown" if answer == "unknown" else f"answer.{question}.{answer}")
    hand.reads("answers_kept")
    stage.accepts(hand, journey)
    return stage.leaves(hand, journey)


def child(stage: Stage) -> Journey:
    """Knows one word and no number: everything else has to be on buttons."""
    journey, hand = Journey("child"), stage.enters("น้องใบข้าว")
    hand.begin()
    hand.type("ช่วยด้วย")
    hand.reads("ask_kind.title")
    journey.seen["after_the_word"] = hand.offered()
    hand.says_what_and_where("kind.1")
    hand.cannot_talk()
    journey.received = hand.so_far()
    stage.accepts(hand, journey)
    return stage.leaves(hand, journey)


def tourist(stage: Stage) -> Journey:
    """Reads English alone, and has a foreign number."""
    journey, hand = Journey("tourist"), stage.enters("Emma", language="en")
    journey.seen["greeting"] = len(hand.bubbles())
    hand.begin()
    if any(THAI.search(text) for text in texts_of(hand.bubbles()[-1]["message"])):
        hand.tap("action.language_en")  # the account does not know it from the profile
        hand.reads("language_set")
    journey.seen["english_from"] = len(hand.bubbles())
    hand.tap("action.report")
    hand.says_what_and_where("kind.4")
    hand.gives(FOREIGN)
    journey.received = hand.so_far()
    stage.accepts(hand, journey)
    return stage.leaves(hand, journey)


def volunteer(stage: Stage) -> Journey:
    """Reports for a neighbour, and says who reports and how the house is found."""
    journey, hand = Journey("volunteer"), stage.enters("ป้าแจ่ม อพม.")
    hand.begin()
    hand.tap("action.report")
    hand.says_what_and_where("kind.3")
    hand.gives(NUMBER)
    journey.received = hand.so_far()
    hand.tap("action.details")
    hand.tap("who.volunteer")
    hand.reads("who_kept")
    hand.tap("action.details")
    hand.tap("action.landmark")
    hand.reads("ask_landmark")
    hand.type("บ้านรั้วเขียว ตรงข้ามวัด")
    hand.reads("landmark_kept")
    stage.accepts(hand, journey)
    return stage.leaves(hand, journey)


def prankster(stage: Stage) -> Journey:
    """Has twice reported what was none; whether the third is one, nobody can know."""
    journey, hand = Journey("prankster"), stage.enters("เด็กแกล้ง")
    for _ in range(2):
        _false_alarm(stage.phones, hand.phone)
    hand.reads("status.closed.title")
    hand.begin()
    hand.tap("action.report")
    hand.says_what_and_where("kind.1")
    hand.gives(NUMBER)
    journey.received = hand.so_far()
    stage.accepts(hand, journey)
    beside = []
    for _ in range(2):
        _send(hand.phone, fresh="1")
        beside.append(stage.phones.officer_for(hand.phone))
    hand.type("แจ้งเหตุร้าย")
    hand.tap("action.other_report")
    hand.reads("too_many.title")
    hand.picture("prankster-too-many")
    for officer, report_id in beside:
        officer.tap(postback(o="accept", r=report_id))
        _close(officer, report_id, "resolved")
    return stage.leaves(hand, journey)


def _send(phone: Phone, **report: str) -> None:
    phone.act(type="postback", data=urlencode({"a": "report", **report}))
    phone.tap(postback(a="kind", k="1"))
    phone.share(*SCENE)
    phone.say(NUMBER)


def _close(officer: Phone, report_id: str, why: str) -> None:
    officer.tap(postback(o="close", r=report_id))
    officer.tap(postback(o="close", r=report_id, why=why))


def _false_alarm(phones: Phones, phone: Phone) -> None:
    _send(phone)
    officer, report_id = phones.officer_for(phone)
    officer.tap(postback(o="accept", r=report_id))
    _close(officer, report_id, "false_alarm")
    reference = phone.reference()
    deadline = time.monotonic() + 30
    while catalogue.load("th")["status.closed.title"] not in words_on(phone, reference):
        if time.monotonic() > deadline:
            raise NeverHappened(f"{reference} was never closed; {phone.last_words()}")
        time.sleep(0.1)


PERSONAS: tuple[Callable[[Stage], Journey], ...] = (
    bystander,
    silent_victim,
    child,
    tourist,
    volunteer,
    prankster,
)


def table(journeys: list[Journey]) -> str:
    """Taps and seconds, a line for each persona."""
    head = f"  {'':<14} {'to “received”':^43}   {'to “accepted by …”':^25}"
    names = (
        f"  {'persona':<14} {'taps':>5} {'pins':>5} {'letters':>8} {'by hand':>9} {'service':>9}"
    )
    lines = [head, f"{names}     {'taps':>5} {'letters':>8} {'service':>9}"]
    for one in journeys:
        got, then = one.received, one.acknowledged
        lines.append(
            f"  {one.persona:<14} {got.taps:>5} {got.pins:>5} {got.letters:>8} "
            f"{got.by_hand:>7.1f} s {got.seconds:>7.1f} s     "
            f"{then.taps:>5} {then.letters:>8} {then.seconds:>7.1f} s"
        )
    lines.append(
        f"  by hand: reckoned with {TAP_S} s a tap, {LETTER_S} s a letter, {PIN_S:.0f} s a pin. "
        "service: the scripted run, browser included; an officer accepts at once"
    )
    return "\n".join(lines)

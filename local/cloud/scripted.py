"""One report, played through the whole system, and what everybody saw as a timeline."""

import re
import time
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from ess.messages import catalogue
from local.cloud.phones import Phone, Phones, postback, texts_of

# Nakhon Phanom, the clock tower by the river: degrees WGS84, as anybody reads it off a map.
SCENE: Final = (17.4064, 104.7866, "หอนาฬิกาเวียดนามอนุสรณ์ นครพนม")
KIND_ASSAULT: Final = "1"
_CLIP: Final = 34

# Thai words of the script, in English.
_GLOSS: Final = {
    "แจ้งเหตุร้าย": "Report an emergency",
    "081-234 5678": "(a phone number)",
    "📍 " + SCENE[2]: "(a pin at the clock tower)",
}


@dataclass(frozen=True)
class Row:
    """One line of the timeline; `at` in milliseconds since the epoch."""

    at: int
    who: str
    did: str
    gloss: str


@dataclass
class Played:
    """What happened. `began` in milliseconds since the epoch; `measured` in milliseconds."""

    began: int
    reference: str
    rows: list[Row] = field(default_factory=list)
    measured: dict[str, int] = field(default_factory=dict)


def play(phones: Phones) -> Played:
    """Report an assault and let the first officer who is told carry it to its end.

    Raises:
        NeverHappened: somebody waited in vain.
    """
    reporter = phones.reporter("ใบบัว")
    played = Played(began=_now_ms(), reference="")
    reporter.follow()
    reporter.tap(postback(a="report"))
    reporter.tap(postback(a="kind", k=KIND_ASSAULT))
    latitude, longitude, place = SCENE
    reporter.share(latitude, longitude, place)
    number_sent = _now_ms()
    reporter.say("081-234 5678")
    officer = phones.wait_for_officer(postback(o="accept"), since=number_sent)
    played.measured["phone number to the first officer's phone"] = (
        _first_offer_ms(phones, number_sent) - number_sent
    )
    reporter.wait_for(_thai("status.notified.title"))
    for act, told in (
        ("accept", "status.acknowledged.title"),
        ("on_the_way", "status.on_the_way.title"),
        ("on_scene", "status.on_scene.title"),
    ):
        officer.tap(postback(o=act))
        reporter.wait_for(_thai(told))
    officer.tap(postback(o="close"))
    officer.tap(postback(o="close", why="resolved"))
    reporter.wait_for(_thai("status.closed.title"))
    officer.wait_for(_thai("officer.done.title"))
    played.measured["whole report"] = _now_ms() - played.began
    time.sleep(1.2)  # the simulator looks at SMS and the report's timeline once a second
    played.rows = sorted(_rows(phones, reporter, played.began), key=lambda row: row.at)
    played.reference = _reference(phones, played.began)
    return played


def _now_ms() -> int:
    return int(time.time() * 1000)


def _thai(key: str) -> str:
    return str(catalogue.load("th")[key])


def _first_offer_ms(phones: Phones, since: int) -> int:
    offers = [
        entry["at"]
        for officer in phones.officers()
        for entry in officer.chat()
        if entry["from"] == "bot"
        and entry["at"] >= since
        and _thai("officer.offer.title") in texts_of(entry["message"])
    ]
    return min(offers)


def _reference(phones: Phones, began: int) -> str:
    for report in phones.get("/_sim/reports"):
        if any(step["at"] >= began for step in report["timeline"]):
            return str(report.get("reference") or report["report_id"])
    return "?"


# --- the timeline --------------------------------------------------------------------------


def _rows(phones: Phones, reporter: Phone, began: int) -> Iterator[Row]:
    people = [("reporter", reporter)] + [("officer", officer) for officer in phones.officers()]
    for role, phone in people:
        for entry in phone.chat():
            if entry["at"] >= began:
                yield _chat_row(role, phone, entry)
    for sms in phones.get("/_sim/sms"):
        if sms["at"] >= began:
            yield Row(sms["at"], "SMS", f"📱 {sms['text']}", f"SMS to …{sms['to'][-4:]}")
    for report in phones.get("/_sim/reports"):
        for step in report["timeline"]:
            if step["at"] >= began:
                yield Row(step["at"], "timeline", f"· {step['action']}", f"by {step['actor']}")


def _chat_row(role: str, phone: Phone, entry: dict[str, Any]) -> Row:
    texts = texts_of(entry["message"])
    said = next((text for text in texts if text.strip()), "")
    mark = "reads" if entry["from"] == "bot" else "sends"
    if entry["from"] == "bot" and not entry["delivered"]:
        mark = "misses"
    return Row(entry["at"], f"{role} {phone.name}", f"{mark} {said}", _english(texts))


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Thai texts of the catalogue as patterns, each with its English."""
    thai, english = catalogue.load("th"), catalogue.load("en")
    pairs = []
    for key, text in thai.items():
        parts = re.split(r"\{\w+\}", text)
        if any(part.strip() for part in parts):  # one that is all placeholder fits everything
            pairs.append((re.compile("(.+)".join(map(re.escape, parts)), re.DOTALL), english[key]))
    return sorted(pairs, key=lambda pair: -len(pair[0].pattern))


def _english(texts: list[str]) -> str:
    """The English of the first text that has one; a text may carry its own English below."""
    for text in texts:
        if text in _GLOSS:
            return _GLOSS[text]
        for line in text.split("\n"):
            if line[:1].isascii() and line[:1].isalpha():
                return line
        for pattern, english in _patterns():
            if pattern.fullmatch(text):
                return re.sub(r"\{\w+\}", "…", english)
    return ""


def table(played: Played) -> str:
    """The timeline as text: when (+ms), how long since the line before, who, what, in English."""
    lines = [f"{'+ms':>7} {'step':>6}  {'who':<22} {'what':<{_CLIP}}  in English"]
    before = played.began
    for row in played.rows:
        what = _pad(_clip(" ".join(row.did.split()), _CLIP), _CLIP)
        gloss = _clip(row.gloss.split("\n")[0], 60)
        at, step = row.at - played.began, row.at - before
        lines.append(f"{at:>7} {step:>6}  {_pad(_clip(row.who, 22), 22)} {what}  {gloss}")
        before = row.at
    return "\n".join(lines)


def _width(text: str) -> int:
    """Columns that a terminal gives a text: Thai vowels and tones above and below take none."""
    wide = {"W": 2, "F": 2}
    return sum(
        0
        if unicodedata.combining(c) or unicodedata.category(c) in {"Mn", "Me", "Cf"}
        else wide.get(unicodedata.east_asian_width(c), 1)
        for c in text
    )


def _clip(text: str, columns: int) -> str:
    if _width(text) <= columns:
        return text
    while _width(text) > columns - 1:
        text = text[:-1]
    return text + "…"


def _pad(text: str, columns: int) -> str:
    return text + " " * max(0, columns - _width(text))

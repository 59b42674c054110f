"""Scripted people through the deployed stack: what it costs each of them, and what they read.

Taps are asserted, seconds are not: `make bench` prints those.
"""

import pytest
from playwright.sync_api import Browser, expect

from ess.messages import catalogue
from local.cloud.phones import texts_of
from tests.e2e import personas
from tests.e2e.personas import THAI, Stage, words_on

pytestmark = [pytest.mark.browser, pytest.mark.cloud]

TEXTS = catalogue.load("th")


def thai(key):
    return str(TEXTS[key])


@pytest.fixture
def stage(browser: Browser, cloud, phones):
    page = browser.new_page(
        viewport={"width": 1500, "height": 980}, locale="th-TH", device_scale_factor=1.5
    )
    page.set_default_timeout(personas.WAIT_MS)
    page.goto(cloud.simulator.url)
    expect(page.get_by_test_id("connection")).to_contain_text("live")
    yield Stage(page, phones)
    page.close()


def effort(one):
    return one.taps, one.pins, one.letters


def words_of(hand):
    return [text for entry in hand.bubbles() for text in texts_of(entry["message"])]


def test_a_bystander_gives_a_number_and_is_called(stage):
    journey = personas.bystander(stage)
    # The keyboard and "send" are taps too.
    assert effort(journey.received) == (4, 1, 10)
    assert effort(journey.acknowledged) == (4, 1, 10)
    accepted = str(journey.seen["officer"].chat())
    assert "tel:+66898765432" in accepted


def test_a_silent_victim_needs_three_taps_and_a_pin_and_no_letter(stage):
    journey = personas.silent_victim(stage)
    hand, officer = journey.seen["hand"], journey.seen["officer"]
    assert effort(journey.received) == (3, 1, 0)
    assert effort(journey.acknowledged) == (6, 1, 0)

    pushed = [entry for entry in hand.bubbles() if entry["via"] == "push"]
    assert pushed
    assert all(entry["silent"] for entry in pushed)
    assert {entry["message"]["altText"] for entry in pushed} == {thai("alt.neutral")}

    told = words_on(officer, journey.seen["report_id"])
    assert thai("officer.offer_silent") in told
    for answer in ("hurt.yes", "weapon.unknown", "still_there.yes"):
        assert thai(f"said.{answer}") in told
    assert "tel:" not in str(
        [one for one in officer.chat() if journey.seen["report_id"] in str(one)]
    )


def test_a_child_who_knows_one_word_finds_the_rest_on_buttons(stage):
    journey = personas.child(stage)
    offered = "\n".join(journey.seen["after_the_word"])
    assert [thai(f"kind.{kind}") in offered for kind in range(1, 6)] == [True] * 5
    assert effort(journey.received) == (4, 1, len("ช่วยด้วย"))
    assert effort(journey.acknowledged) == effort(journey.received)


def test_a_tourist_reads_english_alone(stage):
    journey = personas.tourist(stage)
    hand = journey.seen["hand"]
    assert journey.received.taps <= 5  # one of them says "English", if the profile does not
    assert journey.received.pins == 1
    # Where the language was chosen by a tap, the answer to it is the first that is English.
    since = [
        text
        for entry in hand.bubbles()[journey.seen["english_from"] :]
        for text in texts_of(entry["message"])
    ]
    assert since
    assert [text for text in since if THAI.search(text)] == []
    assert "tel:+447400123456" in str(journey.seen["officer"].chat())


def test_a_volunteer_says_who_reports_and_how_the_house_is_found(stage):
    journey = personas.volunteer(stage)
    assert effort(journey.received) == (4, 1, 10)
    assert journey.acknowledged.taps <= 10
    told = words_on(journey.seen["officer"], journey.seen["report_id"])
    assert f"{thai('fact.who')}\n{thai('role.volunteer')}" in told
    assert f"{thai('fact.landmark')}\nบ้านรั้วเขียว ตรงข้ามวัด" in told


def test_a_prankster_is_marked_and_slowed_but_never_refused_a_first_report(stage):
    journey = personas.prankster(stage)
    hand, officer = journey.seen["hand"], journey.seen["officer"]
    assert effort(journey.received) == (4, 1, 10)  # as anybody's
    marked = thai("history.earlier_false").format(earlier_false=2)
    assert marked in words_on(officer, journey.seen["report_id"])
    words = words_of(hand)
    assert marked not in "\n".join(words)  # nobody is blamed to their face
    assert words.count(thai("received.title")) == 5
    assert "191" in words[words.index(thai("too_many.title")) + 1]

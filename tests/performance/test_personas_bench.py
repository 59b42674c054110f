"""`make bench`: taps, letters and seconds of each scripted persona, as a table.

Taps are asserted in tests/e2e/test_personas.py; seconds are printed here and never asserted.
"""

import pytest
from playwright.sync_api import expect

from tests.e2e import conftest, personas

pytestmark = [pytest.mark.browser, pytest.mark.cloud, pytest.mark.timeout(600)]

browser = conftest.browser


def test_what_it_costs_each_persona_to_be_heard(browser, cloud, phones):
    journeys = []
    for play in personas.PERSONAS:
        page = browser.new_page(viewport={"width": 1500, "height": 980}, locale="th-TH")
        page.set_default_timeout(personas.WAIT_MS)
        page.goto(cloud.simulator.url)
        expect(page.get_by_test_id("connection")).to_contain_text("live", timeout=20_000)
        journeys.append(play(personas.Stage(page, phones)))
        page.close()
    print("\n" + personas.table(journeys))
    assert all(one.received.taps for one in journeys)
    assert all(one.acknowledged.seconds > one.received.seconds for one in journeys)

"""The page of `ess stations map` in a browser: it finds what the service finds, and says why."""

import random
import re

import pytest
from playwright.sync_api import Page, expect

from ess.domain.geo import Point
from ess.domain.opening_hours import parse_opening_hours
from ess.usecases.find_station import Filters, find_station
from operate.stations import map as map_verb
from operate.stations.arguments import at_time
from tests.unit.directory_kit import directory_of
from tests.unit.station_map_kit import NIGHT, OFFICE_HOURS, a_crowd, a_few, run_on, station

pytestmark = pytest.mark.browser

ASKS = [
    {"k": 5, "kinds": None, "open": False},
    {"k": 1, "kinds": None, "open": True},
    {"k": 10, "kinds": [1], "open": False},
    {"k": 3, "kinds": [0], "open": True},
]
KINDS = ["police_station", "fire_station"]


@pytest.fixture
def opened(browser, monkeypatch, tmp_path):
    """Return a function that draws a directory and opens the page; nothing may go wrong there."""
    complaints, pages = [], []

    def open_page(directory, *arguments, **context):
        file = tmp_path / f"map{len(pages)}.html"
        assert run_on(monkeypatch, directory, "map", str(file), *arguments) == 0
        context = {"viewport": {"width": 1280, "height": 800}, "locale": "th-TH", **context}
        page: Page = browser.new_context(**context).new_page()
        pages.append(page)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("dialog", lambda dialog: (complaints.append("a dialog"), dialog.dismiss()))
        page.on(
            "request",
            lambda request: request.url == file.as_uri() or complaints.append(request.url),
        )
        page.goto(file.as_uri())
        return page

    yield open_page
    for page in pages:
        page.screenshot(path=tmp_path / "last.png")
        page.context.close()
    assert complaints == []


def awkward_points(stations, count, seed):
    """Points around stations, on corners and edges of their areas and cells, and anywhere."""
    dice = random.Random(seed)
    corners = [
        Point(y, x)
        for one in stations
        if one.jurisdiction
        for ring in one.jurisdiction.rings
        for x, y in ring
    ]
    found = [Point(90, 0), Point(-90, 180), Point(0, 180), Point(0, -180), Point(0, 0)]
    # Where areas of two sizes overlap, and across the antimeridian from such that end there.
    found += [Point(17.02 + number / 20, 104.7) for number in range(9)]
    found += [Point(6 + number / 10, -179.9999) for number in range(20)]
    while len(found) < count:
        match len(found) % 5:
            case 0:
                found.append(dice.choice(corners))
            case 1:  # beside a boundary, within 100 m of it or a little more
                corner = dice.choice(corners)
                longitude = min(180.0, corner.longitude + dice.uniform(0, 0.25))
                found.append(Point(corner.latitude + dice.uniform(-0.0012, 0.0012), longitude))
            case 2:
                found.append(dice.choice(stations).point)
            case 3:
                near = dice.choice(stations).point
                latitude = max(-90.0, min(90.0, near.latitude + dice.gauss(0, 0.3)))
                found.append(Point(latitude, near.longitude))
            case _:
                found.append(Point(dice.uniform(-90, 90), dice.uniform(-180, 180)))
    return found


def asked_in(page, point, ask):
    script = "([lat, lon, ask]) => stationMap.find(lat, lon, ask)"
    return page.evaluate(script, [point.latitude, point.longitude, ask])


def same(shown, matches):
    told = [
        (one.station.unit_id, one.distance_m, one.bearing_deg, one.why.value) for one in matches
    ]
    assert [(unit_id, why) for unit_id, _, _, why in shown] == [(one[0], one[3]) for one in told]
    for (_, metres, bearing, _), (_, expected_m, expected_deg, _) in zip(shown, told, strict=True):
        assert metres == pytest.approx(expected_m, abs=1e-6)
        if expected_m > 1:
            assert abs((bearing - expected_deg + 180) % 360 - 180) < 1e-6


def test_the_page_finds_what_the_service_finds(opened):
    stations = a_crowd()
    directory = directory_of(stations)
    page = opened(directory, "--at", NIGHT)
    hows, owned = set(), 0
    for number, point in enumerate(awkward_points(stations, 240, seed=8)):
        ask = ASKS[number % len(ASKS)]
        kinds = ask["kinds"] and frozenset(KINDS[kind] for kind in ask["kinds"])
        filters = Filters(kinds, at_time(NIGHT) if ask["open"] else None)

        shown = asked_in(page, point, ask)
        lookup = find_station(directory, point, ask["k"], filters)

        same(shown["responsible"], lookup.responsible)
        same(shown["nearest"], lookup.nearest)
        assert shown["leaf"] == lookup.leaf.cell.start
        assert (shown["how"] == "second") == (lookup.rounds > 1)
        hows.add(shown["how"])
        owned += len(shown["responsible"])
    assert {"listed", "complete", "second"} <= hows
    assert owned > 60


def test_without_the_index_it_measures_every_station_and_finds_the_same(opened, monkeypatch):
    stations = a_crowd()
    directory = directory_of(stations)
    monkeypatch.setattr(map_verb, "MOST_LEAVES", 1)
    page = opened(directory, "--at", NIGHT)
    for point in awkward_points(stations, 40, seed=9):
        shown = asked_in(page, point, ASKS[0])
        lookup = find_station(directory, point, 5)
        same(shown["responsible"], lookup.responsible)
        same(shown["nearest"], lookup.nearest)
        assert shown["how"] == "page"
    expect(page.locator("#layer-leaves")).to_be_disabled()


def test_it_opens_with_the_answer_that_was_asked_for(opened):
    page = opened(directory_of(a_few()), "--at", NIGHT, "--point", "16.94,104.72", "-k", "2")
    answer = page.locator("#answer")
    expect(answer.locator("h2")).to_contain_text("ผู้รับผิดชอบ: สภ.tp")
    rows = answer.locator(".list li")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text("1.06 km")
    expect(rows.nth(0)).to_contain_text("270° ตะวันตก W")
    expect(rows.nth(1)).to_contain_text("สภ.rn")
    expect(rows.nth(1)).to_contain_text("ปิดอยู่")
    expect(answer).to_contain_text("Why this is certain")

    page.check("#open")
    expect(rows.nth(1)).to_contain_text("สภ.nk")
    page.select_option("#k", "1")
    expect(rows).to_have_count(1)


def test_a_click_a_key_a_name_and_coordinates_look_up(opened):
    page = opened(directory_of(a_few()), "--at", NIGHT)
    head = page.locator("#answer h2")
    page.mouse.click(800, 400)
    expect(head).to_be_visible()
    page.get_by_role("button", name=re.compile("Clear")).click()
    expect(head).to_have_count(0)

    page.locator("#map").focus()
    for key in ("ArrowLeft", "+", "-", "Home", "Enter"):
        page.keyboard.press(key)
    expect(head).to_be_visible()
    page.keyboard.press("Escape")
    expect(head).to_have_count(0)

    page.fill("#query", "สภ.m")
    page.locator("#hits button").click()
    expect(head).to_have_text("ใกล้ที่สุด: สภ.mk Nearest: Station mk")
    expect(page.locator("#answer .list li").first).to_contain_text("ตัวอย่าง")
    expect(page.locator("#answer a").first).to_have_attribute("href", "tel:+6642511266")

    page.fill("#query", "๑๖.๙๕, 104.50")
    page.keyboard.press("Enter")
    expect(head).to_contain_text("สภ.nk")
    page.fill("#query", "ไม่มีที่นี่")
    page.keyboard.press("Enter")
    expect(page.locator("#query-note")).to_contain_text("Not found")

    page.locator("#far button").first.click()
    expect(page.locator("#answer .place")).to_contain_text(",")


def test_the_wheel_and_dragging_move_the_map_and_look_nothing_up(opened):
    page = opened(directory_of(a_few()), "--at", NIGHT)
    where = "[stationMap.chart.view.cx, stationMap.chart.view.scale]"
    start = page.evaluate(where)
    page.mouse.move(800, 400)
    page.mouse.wheel(0, -400)
    page.wait_for_function(f"stationMap.chart.view.scale > {start[1]}")
    page.mouse.down()
    page.mouse.move(700, 420, steps=4)
    page.mouse.up()
    assert page.evaluate(where)[0] > start[0]
    expect(page.locator("#answer h2")).to_have_count(0)


def test_two_fingers_zoom(opened):
    page = opened(directory_of(a_few()), "--at", NIGHT, has_touch=True)
    before = page.evaluate("stationMap.chart.view.scale")
    touch = page.context.new_cdp_session(page)

    def fingers(kind, *spots):
        points = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(spots)]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    fingers("touchStart", (800, 400), (900, 400))
    for spread in (20, 60, 100):
        fingers("touchMove", (800 - spread, 400), (900 + spread, 400))
    fingers("touchEnd")
    assert page.evaluate("stationMap.chart.view.scale") > 2 * before
    expect(page.locator("#answer h2")).to_have_count(0)


def test_names_from_outside_are_shown_as_they_are(opened):
    nasty = "<img src=x onerror=alert(1)></script><script>alert(2)</script>"
    directory = directory_of([station("x", 17, 104, name_th=nasty, name_en=nasty, province=nasty)])
    page = opened(directory, "--point", "17,104")
    expect(page.locator("#answer h2")).to_have_text(f"ใกล้ที่สุด: {nasty} Nearest: {nasty}")
    page.fill("#query", "<img")
    expect(page.locator("#hits")).to_contain_text(nasty)
    assert page.locator("img").count() == 0


def test_an_empty_directory_says_so(opened):
    page = opened(directory_of([]))
    expect(page.locator("#empty")).to_contain_text("ess stations import FILE")
    page.mouse.click(800, 400)
    expect(page.locator("#answer h2")).to_contain_text("ไม่พบสถานี")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_it_whole(opened, scheme):
    page = opened(
        directory_of(a_crowd()),
        *("--at", NIGHT, "--point", "13.75,100.5", "-k", "10"),
        viewport={"width": 360, "height": 740},
        color_scheme=scheme,
        has_touch=True,
    )
    expect(page.locator("#answer .list li").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    for layer in ("bands", "leaves"):
        page.check(f"#layer-{layer}")
    # The canvas is drawn: land, sea, marks and words make many colours.
    colours = page.evaluate(
        """() => {
            stationMap.draw();
            const canvas = document.getElementById("map");
            const { width, height } = canvas;
            const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
            return new Set(new Uint32Array(data.buffer)).size;
        }"""
    )
    assert colours > 50


def test_the_kit_closes_offices_at_night():
    assert not parse_opening_hours(OFFICE_HOURS).is_open(at_time(NIGHT))

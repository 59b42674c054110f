"""The manuals as they are printed: pictures of the deployed service, one A4 page each."""

import re

import pytest

from local.simulator.images import image_size
from tools.manuals import pictures
from tools.manuals.__main__ import write
from tools.manuals.page import manuals, pictures_of

pytestmark = [pytest.mark.browser, pytest.mark.cloud]

# Whatever does not fit: a Thai vowel below the last line may stand out by some pixels. And the
# smallest letters, in points: paper is held at arm's length.
CUT_OFF = """() => [...document.querySelectorAll("main, section, .steps p")]
    .filter((one) => one.scrollHeight > one.clientHeight + 4
      || one.scrollWidth > one.clientWidth + 1)
    .map((one) => one.textContent.slice(0, 60))"""
SMALLEST = """() => Math.min(...[...document.querySelectorAll("p, section li, h1, h2, header")]
    .map((one) => parseFloat(getComputedStyle(one).fontSize) * 0.75))"""


def test_each_manual_is_one_page_with_all_its_pictures(browser, cloud, tmp_path):
    taken = pictures.take(browser, cloud.simulator.url)
    wanted = {name for manual in manuals().values() for name in pictures_of(manual)}
    assert set(taken) == wanted
    for content in taken.values():
        width, _height = image_size(content)
        assert width >= 600  # 46 mm on paper: 330 dots an inch

    files = list(write(browser, taken, tmp_path))
    assert {path.name for path in files} == {
        f"{name}.{kind}" for name in manuals() for kind in ("html", "pdf")
    }
    for pdf in tmp_path.glob("*.pdf"):
        content = pdf.read_bytes()
        assert len(re.findall(rb"/Type\s*/Page\b", content)) == 1
        (box,) = set(re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", content))
        assert [round(float(side)) for side in box] == [595, 842]  # A4 in points

    page = browser.new_page(viewport={"width": 794, "height": 1123})
    for html in tmp_path.glob("*.html"):
        page.goto(html.as_uri())
        assert page.evaluate(CUT_OFF) == []
        assert page.evaluate(SMALLEST) >= 13
    page.close()

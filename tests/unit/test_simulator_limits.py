"""LINE counts some texts in UTF-16 units and others in grapheme clusters; Thai shows the gap."""

import pytest

from local.simulator.limits import LENGTHS, graphemes, utf16_units


@pytest.mark.parametrize(
    ("text", "units", "clusters"),
    [
        ("", 0, 0),
        ("abc", 3, 3),
        ("ที่นี่", 6, 2),
        ("น้ำ", 3, 1),
        ("👮🏽‍♀️", 7, 1),
        ("😨", 2, 1),
        ("แจ้งเหตุร้าย", 12, 9),
        ("\ud800", 1, 1),
    ],
)
def test_counts(text, units, clusters):
    assert utf16_units(text) == units
    assert graphemes(text) == clusters


def test_a_label_of_twenty_thai_clusters_holds_though_it_has_more_units():
    label = "ที่" * 20
    assert utf16_units(label) == 60
    assert LENGTHS["label.quickReply"].holds(label)
    assert not LENGTHS["label.quickReply"].holds(label + "ก")


def test_text_counts_emoji_twice():
    assert LENGTHS["text.text"].holds("😨" * 2500)
    assert not LENGTHS["text.text"].holds("😨" * 2500 + "a")

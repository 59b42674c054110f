"""JSON as a stream: the same wherever it is cut, and refused with the place where it breaks."""

import json
import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ess.adapters.station_files.errors import FileUnreadable
from ess.adapters.station_files.json_stream import DEEPEST, Items, guarded

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.sampled_from('ab"\\\n[]{}:,ก NaN-Infinity'), max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


def cut(data, places):
    edges = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[a:b] for a, b in pairwise(edges)]


@settings(max_examples=60, deadline=None)
@given(st.lists(values, max_size=4), st.lists(st.integers(0, 10_000), max_size=6))
def test_it_is_the_same_wherever_it_is_cut(rows, places):
    data = json.dumps({"head": "[", "features": rows, "tail": "}"}, ensure_ascii=False).encode()
    assert list(Items(cut(data, places), "features.item")) == rows


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 300), max_size=8))
def test_what_is_no_number_becomes_null_outside_of_texts_only(places):
    rows = [math.nan, -math.inf, {"a": math.inf, "NaN": "NaN, -Infinity"}, ": NaN,", [math.nan]]
    data = json.dumps({"features": rows}).encode()
    nulled = [None, None, {"a": None, "NaN": "NaN, -Infinity"}, ": NaN,", [None]]
    assert list(Items(cut(data, places), "features.item")) == nulled


def test_values_one_after_the_other():
    assert list(Items([b'{"a": 1}\n{"a"', b": 2}"], "", several=True)) == [{"a": 1}, {"a": 2}]


def test_what_stands_beside_is_told_in_the_end():
    items = Items([b'{"rows": [1, 2], "remark": "x"}'], "rows.item", beside="remark")
    assert (list(items), items.found_beside) == ([1, 2], ["x"])


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'{"f": [1, 2', r"ends too early, at byte 11, after 1 whole rows"),
        (b'{"f": [1, 2], "x": "y', "ends too early"),
        (b'{"f": [1, x]}', r"broken JSON in row 2, between bytes 0 and 13: lexical error"),
        (b'{"f": [1, 1e999]}', "broken JSON in row 2"),
        (b'{"f": [1, 99999999999999999999999]}', "broken JSON in row 2.*overflow"),
        (b'{"f": [1]} more', "broken JSON in row 2.*trailing garbage"),
        (b'{"f": ["\xb8\xb9"]}', "broken JSON in row 1.*UTF8"),
        (b"[" * 100_000, f"deeper than {DEEPEST} levels"),
        (b'{"a":' * 100_000, f"deeper than {DEEPEST} levels"),
    ],
)
def test_broken_streams_say_where(data, reason):
    with pytest.raises(FileUnreadable, match=reason):
        list(Items([data], "f.item"))


def test_no_excerpt_of_the_file_is_shown():
    with pytest.raises(FileUnreadable) as caught:
        list(Items([b'{"f": ["0812345678" 0812345678]}'], "f.item"))
    assert "0812345678" not in str(caught.value)


def test_rows_before_the_break_come_first():
    items = iter(Items([b'{"f": [1, 2, ', b"!"], "f.item"))
    assert [next(items), next(items)] == [1, 2]
    with pytest.raises(FileUnreadable, match="row 3"):
        next(items)


def test_a_text_without_end_is_not_kept_in_memory(monkeypatch):
    monkeypatch.setattr("ess.adapters.station_files.json_stream.LONGEST_TEXT", 100)
    with pytest.raises(FileUnreadable, match="a text in it is longer than 100 bytes"):
        list(guarded([b'{"a": "', *[b"x" * 40] * 5]))


@pytest.mark.parametrize("place", [0, 50, 250])
def test_brackets_in_texts_do_not_nest(place):
    data = b'{"a": "' + b"[" * (3 * DEEPEST) + b'", "b": 1}'
    assert b"".join(guarded([data[:place], data[place:]])) == data

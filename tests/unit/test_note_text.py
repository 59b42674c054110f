"""Long words become notes of a readable length, and none of them is lost."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ess.domain.conversation import (
    Conversation,
    Draft,
    Moment,
    PinShared,
    TextSent,
    advance,
    reporter_view,
)
from ess.domain.geo import Point
from ess.domain.kinds import Kind
from ess.domain.note_text import (
    MOST_BYTES,
    MOST_DRAFT_BYTES,
    NOTE_LIMIT,
    fitting,
    pieces,
    weight,
)
from ess.domain.unsend import forget_in_draft, retract

LONGEST_OF_LINE = "ก" * 5_000


@pytest.mark.parametrize("text", ["", "  ", "\n"])
def test_nothing_is_no_note(text):
    assert pieces(text) == ()


def test_a_short_text_is_one_note_without_needless_spaces():
    assert pieces("  เขา\n\nมี   มีด ") == ("เขา มี มีด",)


def test_a_long_text_is_cut_at_a_space_where_there_is_one():
    first, second = pieces("ก" * 400 + " " + "ข" * 400)
    assert (first, second) == ("ก" * 400, "ข" * 400)


@pytest.mark.parametrize("mark", ["่", "ี", "้", "า", "ำ"])
def test_no_letter_is_parted_from_its_marks(mark):
    text = "ก" * (NOTE_LIMIT - 1) + "ข" + mark + "ค" * 9
    first, second = pieces(text)
    assert first + second == text
    assert not second.startswith(mark)


@given(st.text(alphabet="กขี่า ab\n", max_size=4_000))
def test_every_letter_is_kept_in_notes_of_the_right_length(text):
    notes = pieces(text)
    assert "".join(notes).replace(" ", "") == "".join(text.split())
    assert all(0 < len(note) <= NOTE_LIMIT for note in notes)
    # What is joined to be written is parted alike.
    assert "".join(pieces(" ".join(notes))).replace(" ", "") == "".join(text.split())


def test_one_text_of_line_fits_into_a_draft_and_a_report():
    for most in (MOST_DRAFT_BYTES, MOST_BYTES):
        assert fitting(LONGEST_OF_LINE, 0, most) == pieces(LONGEST_OF_LINE)


@pytest.mark.parametrize("used", [0, 10_000, 29_000, MOST_BYTES])
def test_what_fits_is_the_beginning_and_never_too_much(used):
    kept = fitting(LONGEST_OF_LINE * 3, used, MOST_BYTES)
    assert kept == pieces(LONGEST_OF_LINE * 3)[: len(kept)]
    assert used + weight(kept) <= MOST_BYTES


def test_a_note_that_was_taken_back_gives_its_room_back():
    assert weight(["", ""]) == 0


def test_a_long_text_is_taken_back_with_all_its_notes():
    text, c = "ก" * 1_200, Conversation("U")
    said = Moment("e1", 1.0, 60, lambda _: None, message_id="7")
    draft = advance(replace(c, draft=Draft(kind=Kind.ASSAULT)), TextSent(text), said).conversation
    assert len(draft.draft.notes) == 3
    assert forget_in_draft(draft, "7").draft.notes == ()
    opened = advance(draft, PinShared(Point(17.392, 104.77)), replace(said, event_id="e2"))
    report = retract(opened.write.report, "7", 2.0).report
    assert report.words == ()
    assert reporter_view(report).note_bytes == 0

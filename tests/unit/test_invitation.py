"""Invitation codes: made so that they can be read out, found however they are typed."""

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ess.domain.ids import UNAMBIGUOUS
from ess.domain.invitation import Invitation, hash_of, make_code, read_code, shown

WORDS = ("เข้าร่วม", "เข้าร่วมหน่วย", "join")
CODE = "ABCD2FGH"


def codes():
    return st.integers(0, 2**32).map(lambda seed: make_code(random.Random(seed).randrange))


@given(codes())
def test_a_code_can_be_read_out_and_is_no_word_and_no_number(code):
    assert len(code) == 8
    assert set(code) <= set(UNAMBIGUOUS)
    assert not code.isalpha()
    assert not code.isdigit()


@given(codes(), st.sampled_from(["{}", " {} ", "เข้าร่วม {}", "เข้าร่วม{}", "JOIN {}", "join: {}"]))
def test_a_code_is_found_however_it_is_typed(code, form):
    spaced = f"{code[:4]} {code[4:]}"
    for spelling in (code, code.lower(), shown(code), shown(code).lower(), spaced):
        found = read_code(form.format(spelling), WORDS)
        assert found == (code, form.strip() != "{}")


@pytest.mark.parametrize(
    "text", ["ABCD-๒FGH", "ＡＢＣＤ－２ＦＧＨ", "abcd–2fgh".replace("–", "-"), "ABCD - 2FGH"]
)
def test_other_scripts_digits_and_wide_letters_count(text):
    assert read_code(text, WORDS) == (CODE, False)


def test_a_forwarded_message_may_stand_around_it():
    text = f"สวัสดีครับ\nพิมพ์ เข้าร่วม {shown(CODE)} ในแชทนี้ภายใน 3 วัน"
    assert read_code(text, WORDS) == (CODE, True)


@pytest.mark.parametrize("text", ["join ABCD-2FG", "join ABCD-2FGHJ", "เข้าร่วม ABCD-0FGH"])
def test_nearly_a_code_after_the_word_is_told_apart(text):
    assert read_code(text, WORDS) == (None, True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "THEY BEAT",
        "PASSWARD",
        "23456789",
        "0812345678",
        "081 234 5678",
        "ช่วยด้วย",
        "join us now please",
        "join",
        "help me at ABCD-2FGH please",
        "ABCD2FGHJ",
        "ABCD2FG",
    ],
)
def test_what_people_write_is_no_code(text):
    assert read_code(text, WORDS) is None


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text):
    found = read_code(text, WORDS)
    assert found is None or found[0] is None or len(found[0]) == 8


def test_what_is_stored_does_not_tell_the_code():
    invitation = Invitation(hash_of(CODE), "np", "ก", "K", "ข", "B", 0.0, 60.0)
    assert CODE not in repr(invitation)
    assert CODE.lower() not in invitation.responder_id
    assert (
        invitation.responder_id
        != Invitation(hash_of("ABCD2FGJ"), "np", "ก", "K", "ข", "B", 0.0, 60.0).responder_id
    )


def test_it_is_open_until_its_time_or_until_it_is_used():
    invitation = Invitation(hash_of(CODE), "np", "ก", "K", "ข", "B", 0.0, 60.0)
    assert invitation.is_open(59.9)
    assert not invitation.is_open(60.0)
    assert not replace(invitation, used_by="U1").is_open(1.0)

"""What typed words are taken for: the corpora, and the rules that hold for any text."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ess.domain.kinds import EMERGENCIES, Kind
from ess.domain.lexicon import phrases_of, read_lexicon
from ess.domain.plain_text import plain_text, split_tones
from ess.domain.understanding import Other, Role, Understood, understand
from ess.messages import catalogue
from tools.utterances import (
    HELD_OUT,
    UTTERANCES,
    Grade,
    Kinds,
    grade,
    grade_file,
    kinds_taken,
    lexicon,
    share_taken_rightly,
    table,
)

WORDS = lexicon()


def read(text: str) -> Understood:
    return understand(text, WORDS)


# --- the corpora --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def known():
    return grade_file(UTTERANCES, WORDS)


@pytest.fixture(scope="module")
def held_out():
    return grade_file(HELD_OUT, WORDS)


def test_nothing_is_misunderstood(known):
    assert [one for one in known if one.grade is Grade.MISUNDERSTOOD] == []


def test_most_is_understood_or_rightly_asked_about(known):
    assert share_taken_rightly(known) >= 0.98


# The held-out file was written, and labelled, by somebody who had seen neither the lexicon nor the
# other corpus. Nobody may add its words to the lexicon because they stand there.


def test_of_words_it_was_not_written_for_no_wrong_kind_is_taken_or_offered(held_out):
    wrong = [one for one in held_out if kinds_taken(one.expect, one.got) is Kinds.WRONG]
    assert wrong == []


def test_of_words_it_was_not_written_for_most_lead_to_the_right_kind(held_out):
    taken = [kinds for one in held_out if (kinds := kinds_taken(one.expect, one.got))]
    right = [kinds for kinds in taken if kinds in {Kinds.RIGHT, Kinds.ONE_OF, Kinds.OFFERED}]
    assert len(right) / len(taken) >= 0.80  # 66 of 80 when first measured


def test_what_is_held_out_measures_more_than_kinds(held_out):
    # A floor against decay: 40 % when first measured. Who reports is what is missed most.
    assert share_taken_rightly(held_out) >= 0.35


@pytest.mark.parametrize(
    ("expect", "got", "wanted"),
    [
        ({"kind": 1}, {"kind": 1}, Kinds.RIGHT),
        ({"kind": 1}, {"kind": 2}, Kinds.WRONG),
        ({"kinds": [1, 4]}, {"kind": 4}, Kinds.ONE_OF),
        ({"kind": 1}, {"kinds": [1, 4]}, Kinds.OFFERED),
        ({"kinds": [1, 4]}, {"kinds": [1]}, Kinds.PARTLY),
        ({"kinds": [1, 4]}, {"kinds": [3]}, Kinds.WRONG),
        ({"kind": 1}, {"help": True}, Kinds.ALL),
        ({"kind": 1}, {}, Kinds.NOTHING),
        ({"help": True}, {"kind": 1}, Kinds.WRONG),
        ({"help": True}, {"kinds": [1]}, None),
    ],
)
def test_what_became_of_a_kind(expect, got, wanted):
    assert kinds_taken(expect, got) is wanted


def test_the_corpora_are_large_different_and_made_of_all_kinds_of_people():
    known, held_out = (json.loads(path.read_text("utf-8")) for path in (UTTERANCES, HELD_OUT))
    texts = [row["text"] for row in known + held_out]
    assert len(known) >= 900
    assert len(held_out) >= 60
    assert len(set(texts)) == len(texts)
    assert {row["by"] for row in held_out} == {row["by"] for row in known}
    assert {row["expect"].get("kind") for row in known} == {None, *map(int, EMERGENCIES)}


@pytest.mark.parametrize(
    ("expect", "got", "wanted"),
    [
        ({"kind": 1}, {"kind": 1}, Grade.UNDERSTOOD),
        ({"kind": 1}, {"kind": 2}, Grade.MISUNDERSTOOD),
        ({"kinds": [1, 5]}, {"kind": 5}, Grade.MISUNDERSTOOD),
        ({}, {"kind": 1}, Grade.MISUNDERSTOOD),
        ({"kind": 1}, {"kinds": [1, 5]}, Grade.ASKED),
        ({"kind": 1}, {"kinds": [5]}, Grade.MISSED),
        ({"kind": 1}, {}, Grade.MISSED),
        ({"kinds": [1]}, {"kinds": [1, 4]}, Grade.RIGHTLY_ASKED),
        ({"kinds": [1, 3]}, {"kinds": [1]}, Grade.MISSED),
        ({}, {"kinds": [1]}, Grade.MISSED),
        ({"denied": [1]}, {}, Grade.MISSED),
        ({"help": True}, {}, Grade.MISSED),
        ({}, {"cancel": True}, Grade.MISUNDERSTOOD),
        ({}, {"safe": True}, Grade.MISUNDERSTOOD),
        ({"yes": True}, {"yes": False}, Grade.MISUNDERSTOOD),
        ({"place": [1, 2]}, {"place": [1, 2.00000001]}, Grade.UNDERSTOOD),
        ({"place": [1, 2]}, {"place": [1, 2.1]}, Grade.MISUNDERSTOOD),
        (
            {"place": [1, 2], "place_doubt": "swapped"},
            {"place": [1, 2]},
            Grade.MISUNDERSTOOD,
        ),
        ({}, {}, Grade.UNDERSTOOD),
    ],
)
def test_an_utterance_is_graded(expect, got, wanted):
    assert grade(expect, got) is wanted


def test_the_table_counts_every_utterance():
    graded = grade_file(HELD_OUT, WORDS)
    name, count, *grades = table(graded).splitlines()[-1].split()
    assert name == "all"
    assert int(count) == len(graded) == sum(map(int, grades))


# --- kinds --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "โดนทำร้าย",
        "โดน ทำร้าย",
        "โดนทําร้าย",  # sara am as its two halves
        "โดนทำรายย",
        "โดน\u200bทำร้าย",
        "โ ด น ท ำ ร้ า ย",
        "  โดนทำร้าย!!!  ",
        "โดนทำร้ายค่ะๆๆ",
        "ถูกแฟนทำร้าย",
        "I WAS ATTACKED",
        "i’ve been attacked",
        "ive been attackedddd",
    ],
)
def test_spelling_does_not_hide_an_assault(text):
    assert read(text).kind is Kind.ASSAULT


@pytest.mark.parametrize(
    "text",
    ["ไม่ได้โดนทำร้าย", "ไม่มีใครโดนทำร้าย", "ไม่เคยถูกทำร้าย", "I was not attacked", "ไม่ได้มีคนทำร้าย"],
)
def test_a_denied_kind_is_neither_taken_nor_asked_about(text):
    understood = read(text)
    assert understood.kind is None
    assert understood.kinds == ()
    assert understood.denied == (Kind.ASSAULT,)


@pytest.mark.parametrize(
    "text", ["ไม่หยุดทำร้าย", "มันไม่เลิกทำร้าย", "he won't stop attacking me", "ทำไมโดนทำร้าย"]
)
def test_a_not_that_denies_something_else_denies_no_kind(text):
    understood = read(text)
    assert understood.denied == ()
    assert Kind.ASSAULT in {understood.kind, *understood.kinds}


def test_a_not_with_a_space_after_it_may_be_an_answer():
    understood = read("ไม่ โดนทำร้าย")
    assert understood.kind is None
    assert understood.kinds == (Kind.ASSAULT,)
    assert understood.denied == ()


@pytest.mark.parametrize(
    "text",
    [
        "ถ้าโดนทำร้าย",
        "ดูละครนางเอกโดนทำร้าย",
        "ทดสอบ โดนทำร้าย",
        "โดนทำร้ายไหม",
        "โดนทำร้าย 5555",
        "ยกเลิก โดนทำร้าย",
        "ปลอดภัยแล้ว โดนทำร้าย",
        "what if someone attacks me",
        "i was attacked lol",
    ],
)
def test_what_may_not_be_happening_is_asked_about(text):
    understood = read(text)
    assert understood.kind is None
    assert understood.kind is None
    assert Kind.ASSAULT in understood.kinds


def test_two_clear_kinds_are_asked_about():
    understood = read("โดนขังแล้วโดนตี")
    assert understood.kind is None
    assert set(understood.kinds) == {Kind.ASSAULT, Kind.CONFINEMENT}


def test_violence_is_a_part_of_a_rampage():
    assert read("ลูกคลุ้มคลั่งทุบตีแม่").kind is Kind.VIOLENT_PERSON


def test_at_most_three_kinds_are_asked_about():
    text = "ถ้าโดนขัง โดนตี โดนลวนลาม คนคลุ้มคลั่ง วัยรุ่นตีกัน"
    assert len(read(text).kinds) == 3


def test_a_kind_beyond_doubt_is_not_asked_about():
    understood = read("โดนข่มขืน")
    assert understood.kind is not None
    assert understood.kinds == ()


@pytest.mark.parametrize(
    "text",
    ["ตีสามแล้ว", "พ่อไปตีกอล์ฟ", "ปาร์ตี้", "ผู้หญิง", "ปวดฟัน", "grape juice", "therapist", "attache"],
)
def test_a_word_within_another_says_nothing(text):
    assert read(text).nothing


# --- the rest -----------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["ช่วยด้วย", "ช่วยด้วยยยย", "ช้วยดวย", "ช่วยด้วน", "ช่วยยด้วยย", "ช วยด้วย"])
def test_a_cry_for_help_is_heard_however_it_is_typed(text):
    assert read(text).asks_help


def test_a_laugh_is_no_silent_cry_for_help():
    assert read("55").nothing
    assert read("555").nothing
    assert read("191").asks_help
    assert not read("0191").asks_help


def test_one_word_asks_for_help_only_by_itself():
    assert read("ช่วย").asks_help
    assert read("โดนตี ช่วย!").asks_help
    assert not read("ช่วยแนะนำร้านอาหาร").asks_help


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("แฟนตีผม", Role.VICTIM),
        ("แม่ผมโดนตี", Role.RELATIVE),
        ("แม่โดนตี", None),
        ("เห็นคนโดนตี", Role.BYSTANDER),
        ("เพื่อนบ้านตีผม", Role.VICTIM),
        ("อพม. แจ้งว่าข้างบ้านโดนตี", Role.VOLUNTEER),
        ("ผมโดนแบน", None),
        ("ถ้าแฟนตีผม", None),
        ("แฟนไม่ได้ตีผม", None),
    ],
)
def test_who_reports_is_known_only_where_said(text, role):
    assert read(text).who is role


@pytest.mark.parametrize(
    ("text", "yes"),
    [
        ("ใช่ค่ะ", True),
        ("ค่ะ", True),
        ("ไม่ครับ", False),
        ("ไม่มี", False),
        ("yes, he is here", True),
        ("No!", False),
        ("no problem", None),
        ("ไม่มีใครช่วย", None),
        ("มีคนโดนตี", None),
        ("โดนตี ใช่", None),
        ("คะ", None),
        ("not sure", None),
    ],
)
def test_an_answer_stands_first_and_by_itself(text, yes):
    assert read(text).yes is yes


@pytest.mark.parametrize("text", ["อย่ายกเลิก", "ห้ามยกเลิกนะ", "don't cancel", "do not cancel it"])
def test_a_forbidden_cancelling_cancels_nothing(text):
    assert not read(text).cancels


@pytest.mark.parametrize("text", ["ไม่ปลอดภัย", "ยังไม่ปลอดภัย", "i'm not safe", "ปลอดภัยไหม"])
def test_who_is_not_safe_is_not_called_safe(text):
    assert not read(text).safe


@pytest.mark.parametrize(
    "text",
    [
        "อยากไปที่ปลอดภัย",
        "ช่วยให้หนูปลอดภัย",
        "ปลอดภัยแล้วหรือยัง",
        "am I safe?",
        "i need a safe place",
        "we were safe until he came",
        "หนีออกมาได้แล้ว มันยังตามมา",
        "i got away but he is chasing me",
    ],
)
def test_who_longs_for_safety_is_not_called_safe(text):
    assert not read(text).safe


@pytest.mark.parametrize(
    "text",
    ["หนูไม่เอาแล้ว กลัว", "he hit me by accident", "he shot her accidentally", "I didn't mean to"],
)
def test_a_report_is_not_dropped_for_other_words(text):
    assert not read(text).cancels


@pytest.mark.parametrize("text", ["text or call me", "โทรกลับได้เลย", "please call me", "โทรมา"])
def test_a_call_is_not_refused_for_other_words(text):
    assert not read(text).cannot_talk


@pytest.mark.parametrize("text", ["พรุ่งนี้มีสอบ test ภาษาอังกฤษ", "drug test", "he is testing me"])
def test_not_every_test_is_one_of_the_service(text):
    assert not read(text).is_test


@pytest.mark.parametrize("text", ["มีคนตีกันหนูกลัว", "คนเมาโวยวายหนูกลัว"])
def test_who_is_afraid_nearby_is_no_victim(text):
    assert read(text).who is None


def test_that_it_is_no_test_is_believed():
    assert read("this is a test").is_test
    assert not read("this is not a test").is_test
    assert not read("ไม่ใช่การทดสอบ").is_test


def test_suicide_is_neither_an_assault_nor_overlooked():
    understood = read("ฉันจะฆ่าตัวตาย")
    assert understood.other is Other.SELF_HARM
    assert understood.kind is None
    assert understood.kinds == ()


@pytest.mark.parametrize(
    "text", ["ไม่มีเบอร์", "ไม่มีเบอร์ค่ะ", "ข้าม", "no number", "none", "skip please", "หนูไม่มีโทรศัพท์ค่ะ"]
)
def test_that_there_is_no_number_is_understood(text):
    assert read(text).no_number


@pytest.mark.parametrize(
    "text", ["ไม่มีเบอร์เขา", "ข้ามถนน", "none of them left", "skip rope", "no number plate", "มีเบอร์ค่ะ"]
)
def test_other_lacks_are_not_a_lack_of_a_number(text):
    assert not read(text).no_number


@pytest.mark.parametrize("text", ["ไม่สะดวก", "ตอนนี้ไม่สะดวกค่ะ", "not convenient"])
def test_who_finds_a_call_inconvenient_cannot_talk(text):
    assert read(text).cannot_talk
    assert not read("ไม่สะดวกเดินทาง").cannot_talk


@pytest.mark.parametrize(
    ("text", "only"),
    [
        ("ยกเลิก", True),
        ("ยกเลิกค่ะ", True),
        ("ขอยกเลิกครับ", True),
        ("Cancel please!", True),
        ("กดผิด", False),
        ("อยากยกเลิกการแจ้งเหตุครับ", False),
        ("ยกเลิก แต่แม่ยังอยู่", False),
        ("ไม่ยกเลิก", False),
        ("ค่ะ", False),
    ],
)
def test_only_the_wish_to_cancel_equals_the_button(text, only):
    assert read(text).only_cancels is only


@pytest.mark.parametrize(
    "text", ["ไม่ยกเลิก", "อย่ายกเลิก", "ไม่ต้องยกเลิกนะ", "don't cancel", "keep helping"]
)
def test_who_keeps_a_report_does_not_cancel_it(text):
    assert read(text).keeps
    assert not read(text).cancels


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("1", 1),
        ("๓", 3),
        ("ข้อ 2", 2),
        ("ข้อที่ 3ค่ะ", 3),
        ("no. 4", 4),
        ("สอง", 2),
        ("option 5", 5),
        ("#1", 1),
    ],
)
def test_the_number_of_a_choice_is_read(text, choice):
    assert read(text).choice == choice


@pytest.mark.parametrize("text", ["12", "0", "ชั้น 2", "2 คน", "บ้านเลขที่ 5", "ข้อมือ", "1.5"])
def test_other_numbers_choose_nothing(text):
    assert read(text).choice is None


@pytest.mark.parametrize(
    ("text", "why"), [("ตำรวจมาแล้ว", "helped"), ("มือลั่น", "mistake"), ("เบื่อ", None)]
)
def test_the_reason_to_cancel_is_read(text, why):
    assert read(text).why == why


def test_words_inside_a_link_say_nothing():
    assert read("https://example.com/rape/help/cancel").nothing
    assert read("https://maps.google.com/?q=13.75,100.5&help=rape").kind is None


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("081-234-5678", True),
        ("เบอร์๐๘๑๒๓๔๕๖๗๘ค่ะ", True),
        ("+66 81 234 5678", True),
        ("0066812345678", True),
        ("+44 7911 123456", True),
        ("021234567", True),
        ("08.30 น. วันที่ 12 ห้อง 3456", False),
        ("1-1037-02012-34-1", False),
        ("12/03/2568", False),
        ("13.7563, 100.5018", False),
        ("191", False),
    ],
)
def test_a_phone_number_is_noticed(text, phone):
    assert read(text).phone_text is phone


# --- any text -----------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", " ", "\n", ".", "่", "\u200b", "🙂", "ๆๆๆ", "'"])
def test_nothing_is_understood_as_nothing(text):
    assert read(text).nothing


PIECES = sorted(phrases_of(catalogue.load("lexicon")))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(st.text(max_size=12), st.sampled_from(PIECES)), max_size=8))
def test_any_text_is_read(parts):
    understood = read("".join(parts))
    assert understood.kind is None or understood.kinds == ()
    assert len(understood.kinds) == len(set(understood.kinds)) <= 3


PIECES = ["โดน", "ตีหนู", "ไม่", "ครับ", " ", "1 ", "0-2", "1° ", "lat ", "ก", "///a.", "haha", "ล็อก"]


def seconds_to_read(text):
    """Processor time, the best of three: others work on this machine too."""
    times = []
    for _ in range(3):
        start = time.process_time()
        read(text)
        times.append(time.process_time() - start)
    return min(times)


@pytest.mark.parametrize("piece", PIECES)
def test_the_time_to_read_a_text_grows_as_its_length(piece):
    long = (piece * 4800)[:4800]  # LINE takes 5,000 letters
    # Six times the length takes six times as long, and would take 36 times if it grew faster.
    assert seconds_to_read(long) < 18 * seconds_to_read(long[:800]) + 0.001


# --- the lexicon --------------------------------------------------------------------------------


def test_every_phrase_is_written_as_texts_are_compared():
    for phrase in phrases_of(catalogue.load("lexicon")):
        plain = plain_text(phrase)
        assert (plain.letters, "".join(plain.tones)) == split_tones(phrase), phrase


def test_every_mark_that_a_rule_names_is_one_that_phrases_have():
    marks = {
        mark
        for spellings in WORDS.phrases.values()
        for sense in spellings.values()
        for mark in sense.marks
    }
    for first, pairs in WORDS.pairs.items():
        assert first in marks
        assert {pair.then for pair in pairs} <= marks
    assert {f"other.{other}" for other in Other} == {m for m in marks if m.startswith("other.")}
    assert {"negator", "forbid", "filler", "particle", "question", "doubt"} <= marks


def test_a_set_that_does_not_exist_is_refused():
    broken = {"sets": {}, "pairs": [], "absorbs": {}, "th": {"marks": {"help": ["ช่วย{whom}"]}}}
    with pytest.raises(KeyError, match="whom"):
        read_lexicon(broken)


def test_a_third_language_is_a_block_of_the_table():
    data = catalogue.load("lexicon") | {
        "de": {
            "kinds": [{"weights": {"3": 4}, "phrases": ["vergewaltigt"]}],
            "marks": {"help": ["hilfe"]},
        }
    }
    understood = understand("Hilfe! Ich wurde vergewaltigt", read_lexicon(data))
    assert understood.kind is Kind.SEXUAL_ABUSE
    assert understood.asks_help

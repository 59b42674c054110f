"""Free text at every step, in Thai and English: what it fills, asks, mends and passes on.

What a text means is the matter of `ess.domain.understanding` and its own corpus; the texts here are
plain ones, and what is held is what the conversation makes of them.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ess.adapters.phone import read_phone
from ess.domain import conversation as talk
from ess.domain.conversation import Step, reporter_view
from ess.domain.geo import Point
from ess.domain.kinds import Kind
from ess.domain.lexicon import read_lexicon
from ess.domain.note_text import MOST_BYTES, MOST_DRAFT_BYTES, NOTE_LIMIT, weight
from ess.domain.report import Status
from ess.domain.report_writes import notes_of
from ess.domain.service_area import Area
from ess.domain.understanding import Role, understand
from ess.messages import catalogue
from tests.unit.talk_kit import NAKHON_PHANOM, NOW, SINGAPORE, Phone

LEXICON = read_lexicon(catalogue.load("lexicon"))
NUMBER = "+66812345678"
PLACE = Point(17.4064, 104.7866)
WRITTEN = "17.4064, 104.7866"


def reader(text):
    return understand(text, LEXICON)


@pytest.fixture
def idle():
    return Phone(read_phone, reader)


@pytest.fixture
def choosing(idle):
    idle.send(talk.ReportAsked())
    return idle


@pytest.fixture
def pinning(choosing):
    choosing.send(talk.KindChosen(Kind.ASSAULT))
    return choosing


@pytest.fixture
def confirming(pinning):
    pinning.send(talk.PinShared(SINGAPORE))
    return pinning


@pytest.fixture
def calling(pinning):
    pinning.send(talk.PinShared(NAKHON_PHANOM))
    return pinning


@pytest.fixture
def following(calling):
    calling.type("081 234 5678")
    return calling


@pytest.fixture
def accepted(following):
    following.move_report_to(Status.ON_THE_WAY, token="token")
    return following


@pytest.fixture
def silent(calling):
    calling.send(talk.CallDeclined())
    return calling


def notes(phone):
    """Words that reached the report, oldest first."""
    said = []
    for write in phone.writes:
        match write:
            case talk.OpenReport(report):
                said += report.notes
            case talk.AddDetail(what="note"):
                said.append(write.value)
        said += [note] if (note := getattr(write, "note", None)) else []
    return said


def kinds_asked(prompt):
    return [value for name, value in prompt.params.items() if name.startswith("kind_")]


# --- before there is a report ---------------------------------------------------------------------


class TestIdle:
    @pytest.mark.parametrize(
        ("text", "kind"),
        [
            ("โดนทำร้าย", Kind.ASSAULT),
            ("ถูกขังอยู่ในห้อง", Kind.CONFINEMENT),
            ("I was attacked by my boyfriend", Kind.ASSAULT),
            ("they locked me in a room", Kind.CONFINEMENT),
        ],
    )
    def test_what_is_clear_is_taken_and_the_pin_asked_for(self, idle, text, kind):
        assert idle.type(text) == ["ask_pin"]
        assert idle.draft.kind is kind
        # The card names what was understood, so that a misunderstanding shows.
        assert idle.asked.params["kind"] == kind

    @pytest.mark.parametrize("text", ["ผัวเมาแล้วตีอีกแล้วค่ะ", "someone is hurt and bleeding"])
    def test_what_is_in_doubt_is_asked_about_with_buttons(self, idle, text):
        assert idle.type(text) == ["ask_kind_of"]
        assert kinds_asked(idle.asked)
        assert idle.draft.kind is None
        assert idle.send(talk.KindChosen(Kind.ASSAULT)) == ["ask_pin"]

    @pytest.mark.parametrize("text", ["ช่วยด้วยยยย", "ช่วยด้วยค่ะ", "please help me"])
    def test_a_plea_begins_a_report(self, idle, text):
        assert idle.type(text) == ["ask_kind"]
        assert idle.conversation.step is Step.CHOOSE_KIND

    def test_all_in_one_text_is_a_report_on_its_way(self, idle):
        assert idle.type(f"โดนทำร้าย {WRITTEN} โทร 0812345678") == ["phone_kept", "received"]
        report = idle.writes[0].report
        assert (report.kind, report.pin, report.phone) == (Kind.ASSAULT, PLACE, NUMBER)
        assert idle.started == [report.report_id]

    @pytest.mark.parametrize(
        "text",
        [
            WRITTEN,
            "๑๗.๔๐๖๔, ๑๐๔.๗๘๖๖",
            "https://www.google.com/maps?q=17.4064,104.7866",
        ],
    )
    def test_a_written_place_begins_a_report(self, idle, text):
        assert idle.type(text) == ["ask_kind"]
        assert idle.draft.pin == PLACE
        assert idle.send(talk.KindChosen(Kind.ASSAULT)) == ["ask_phone"]

    def test_several_places_are_none(self, idle):
        assert idle.type(f"{WRITTEN} แล้วก็ 13.7563, 100.5018") == ["several_places", "ask_kind"]
        assert idle.draft.pin is None

    def test_a_link_that_cannot_be_read_is_said_so_and_still_passed_on(self, idle):
        link = "https://maps.app.goo.gl/abcd1234"
        assert idle.type(link) == ["link_not_readable", "ask_kind"]
        assert idle.draft.notes == (link,)

    @pytest.mark.parametrize("text", ["คุยไม่ได้ มันอยู่ข้างๆ", "I can't talk he is here"])
    def test_who_cannot_talk_is_never_called(self, idle, text):
        assert idle.type(text) == ["no_call_kept", "ask_kind"]
        idle.send(talk.KindChosen(Kind.CONFINEMENT))
        assert idle.send(talk.PinShared(NAKHON_PHANOM)) == ["received_silent", "question.hurt"]
        assert not idle.writes[0].report.can_talk

    @pytest.mark.parametrize(
        ("text", "answer"),
        [
            ("ไฟไหม้บ้าน", "other.fire"),
            ("ทดสอบระบบ", "is_test"),
            ("ยกเลิกได้ไหม", "nothing_to_cancel"),
            ("ปลอดภัยแล้ว", "help_came"),
            ("ตำรวจถึงไหนแล้ว", "no_report"),
            ("ฝนตกไหมวันนี้", "not_understood"),
            ("what is the weather", "not_understood"),
        ],
    )
    def test_what_is_no_report_begins_none(self, idle, text, answer):
        assert idle.type(text) == [answer, "menu"]
        assert idle.draft is None

    def test_what_is_denied_begins_no_report_of_it(self, idle):
        idle.type("ไม่ได้โดนทำร้าย")
        assert idle.draft is None or idle.draft.kind is None


class TestChoosing:
    def test_a_clear_text_is_a_choice(self, choosing):
        assert choosing.type("โดนทำร้าย") == ["ask_pin"]
        assert choosing.draft.kind is Kind.ASSAULT

    def test_words_that_say_no_kind_are_kept_and_it_is_asked_again(self, choosing):
        assert choosing.type("เพื่อนบ้านเสียงดังน่ากลัวมาก") == ["words_kept", "ask_kind"]
        choosing.send(talk.KindChosen(Kind.VIOLENT_PERSON))
        choosing.send(talk.PinShared(NAKHON_PHANOM))
        report = choosing.writes[0].report
        assert report.notes == ("เพื่อนบ้านเสียงดังน่ากลัวมาก",)
        assert report.details == 1
        assert choosing.active == reporter_view(report)


class TestPinning:
    @pytest.mark.parametrize(
        "text",
        [
            WRITTEN,
            "อยู่ที่ 17.4064, 104.7866 ค่ะ",
            "I am at 17.4064, 104.7866",
            "https://www.google.com/maps?q=17.4064,104.7866",
            "๑๗.๔๐๖๔, ๑๐๔.๗๘๖๖",
        ],
    )
    def test_a_written_place_is_a_pin(self, pinning, text):
        assert pinning.type(text) == ["ask_phone"]
        assert pinning.writes[0].report.pin == PLACE

    def test_a_place_that_can_be_read_two_ways_is_shown_and_asked_about(self, pinning):
        assert pinning.type("104.7866, 17.4064") == ["confirm_pin.doubtful"]
        assert pinning.asked.params == {"latitude": 17.4064, "longitude": 104.7866}
        assert pinning.writes == []
        assert pinning.type("ใช่") == ["ask_phone"]
        assert pinning.writes[0].report.pin == PLACE

    def test_an_address_in_words_goes_to_the_officers_and_a_pin_is_still_asked_for(self, pinning):
        assert pinning.type("บ้านรั้วเขียว ซอย 5") == ["words_kept", "ask_pin"]
        pinning.send(talk.PinShared(NAKHON_PHANOM))
        assert notes(pinning) == ["บ้านรั้วเขียว ซอย 5"]

    def test_another_kind_in_words_does_not_change_the_one_that_was_tapped(self, pinning):
        assert pinning.type("ถูกขังอยู่ในห้อง") == ["ask_kind_of", "ask_pin"]
        assert kinds_asked(pinning.answered[0]) == [Kind.CONFINEMENT, Kind.ASSAULT]
        assert pinning.draft.kind is Kind.ASSAULT
        pinning.send(talk.PinShared(NAKHON_PHANOM))
        assert pinning.writes[0].report.kind is Kind.ASSAULT

    def test_another_kind_changes_it_where_the_one_before_is_denied(self, pinning):
        text = "ไม่ได้โดนทำร้าย แต่ถูกขังอยู่ในห้อง"
        assert pinning.type(text) == ["kind_mended", "ask_pin"]
        assert pinning.answered[0].params == {"kind": Kind.CONFINEMENT}
        assert pinning.draft.kind is Kind.CONFINEMENT

    def test_a_kind_that_is_only_denied_is_asked_for_again(self, pinning):
        assert pinning.type("ไม่ได้โดนทำร้าย") == ["ask_kind", "ask_pin"]
        assert pinning.draft.kind is Kind.ASSAULT

    def test_who_reports_is_not_changed_by_words(self, pinning):
        pinning.send(talk.WhoChosen(Role.BYSTANDER))
        pinning.type("ผัวตีหนู")
        assert pinning.draft.who is Role.BYSTANDER

    @pytest.mark.parametrize("text", ["แอบอยู่ในห้องน้ำ", "I am hiding"])
    def test_who_hides_is_not_called(self, pinning, text):
        assert pinning.type(text) == ["no_call_kept", "ask_pin"]
        assert pinning.draft.no_call

    def test_a_question_for_the_status_is_answered_truly(self, pinning):
        assert pinning.type("ตำรวจถึงไหนแล้ว") == ["not_sent_yet", "ask_pin"]

    def test_a_doubtful_place_does_not_replace_a_pin_that_was_given(self, choosing):
        choosing.send(talk.PinShared(NAKHON_PHANOM))
        choosing.type("104.7866, 17.4064")
        assert (choosing.draft.pin, choosing.draft.pin_area) == (NAKHON_PHANOM, Area.INSIDE)

    def test_every_line_of_who_writes_one_word_a_line_is_kept(self, pinning):
        lines = [f"คำบอกเล่าที่ {number}" for number in range(40)]
        for line in lines:
            pinning.now += 10
            assert pinning.type(line)[0] == "words_kept"
        pinning.send(talk.PinShared(NAKHON_PHANOM))
        assert notes(pinning) == lines

    def test_a_text_as_long_as_line_takes_is_kept_whole(self, pinning):
        text = "ก" * 5_000
        assert pinning.type(text)[0] == "words_kept"
        assert "".join(pinning.draft.notes) == text
        assert max(map(len, pinning.draft.notes)) == NOTE_LIMIT
        assert len(pinning.draft.note_ids) == len(pinning.draft.notes)

    def test_what_does_not_fit_any_more_is_said(self, pinning):
        pinning.type("ก" * 5_000)
        assert pinning.type("ข" * 5_000) == ["notes_full", "ask_pin"]
        assert weight(pinning.draft.notes) <= MOST_DRAFT_BYTES


class TestChangingTheKind:
    def test_a_draft_s_is_asked_for_again_by_a_tap(self, pinning):
        assert pinning.send(talk.KindsAsked()) == ["ask_kind"]
        assert pinning.draft.kind is Kind.ASSAULT
        assert pinning.send(talk.KindChosen(Kind.CONFINEMENT)) == ["ask_pin"]

    def test_a_report_s_is_asked_for_again_by_a_tap(self, accepted):
        assert accepted.send(talk.KindsAsked()) == ["ask_kind"]
        assert accepted.send(talk.KindChosen(Kind.CONFINEMENT))[0] == "kind_mended"
        assert accepted.writes[-1].kind is Kind.CONFINEMENT

    def test_with_nothing_to_change_a_report_begins(self, idle):
        assert idle.send(talk.KindsAsked()) == ["ask_kind"]
        assert idle.conversation.step is Step.CHOOSE_KIND


class TestConfirming:
    @pytest.mark.parametrize("text", ["ใช่", "ใช่ค่ะ", "yes"])
    def test_yes_keeps_the_pin(self, confirming, text):
        assert confirming.type(text) == ["ask_phone"]
        assert confirming.writes[0].report.pin == SINGAPORE

    @pytest.mark.parametrize("text", ["ไม่ใช่", "no"])
    def test_no_asks_for_another_and_keeps_the_one_in_doubt_until_it_comes(self, confirming, text):
        assert confirming.type(text) == ["ask_pin"]
        assert confirming.draft.pin == SINGAPORE
        assert confirming.writes == []
        assert confirming.send(talk.PinShared(NAKHON_PHANOM)) == ["ask_phone"]

    def test_no_with_another_place_is_that_place(self, confirming):
        assert confirming.type(f"ไม่ใช่ {WRITTEN}") == ["pin_mended", "ask_phone"]
        assert confirming.writes[0].report.pin == PLACE

    def test_a_written_place_replaces_it(self, confirming):
        assert confirming.type(WRITTEN) == ["pin_mended", "ask_phone"]
        assert confirming.writes[0].report.pin == PLACE


class TestCancelInWords:
    TEXTS = ("อยากยกเลิกแล้ว", "อยากยกเลิกการแจ้งเหตุครับ", "I want to cancel this report", "ปลอดภัยแล้วค่ะ")

    @pytest.mark.parametrize("text", TEXTS)
    def test_never_drops_a_draft_by_itself(self, pinning, text):
        assert pinning.type(text) == ["cancel_draft"]
        assert pinning.draft.kind is Kind.ASSAULT
        assert pinning.send(talk.CancelRefused()) == ["ask_pin"]

    @pytest.mark.parametrize("text", TEXTS)
    def test_is_confirmed_by_a_tap_or_a_plain_yes(self, pinning, text):
        pinning.type(text)
        assert pinning.type("ใช่") == ["draft_cancelled"]
        assert pinning.draft is None

    def test_yes_to_something_else_drops_nothing(self, pinning):
        pinning.type("อยากยกเลิกแล้ว")
        pinning.send(talk.LanguageChosen("th"))
        pinning.type("ใช่")
        assert pinning.draft.kind is Kind.ASSAULT

    def test_what_is_not_to_be_cancelled_is_not(self, pinning):
        assert pinning.type("อย่ายกเลิกนะ") == ["words_kept", "ask_pin"]

    def test_opens_no_report_that_is_perhaps_not_wanted(self, pinning):
        assert pinning.type(f"ยกเลิกดีกว่า {WRITTEN}") == ["cancel_draft"]
        assert pinning.writes == []
        # The place is not lost for all that: no means that help is wanted there.
        assert pinning.type("ไม่") == ["ask_phone"]
        report = pinning.writes[0].report
        assert (report.pin, report.notes) == (PLACE, (f"ยกเลิกดีกว่า {WRITTEN}",))

    def test_who_is_safe_and_reports_for_another_loses_nothing(self, pinning):
        text = f"หนีออกมาปลอดภัยแล้ว แต่น้องยังอยู่ข้างใน {WRITTEN} 0812345678"
        assert pinning.type(text) == ["phone_kept", "received"]
        report = pinning.writes[0].report
        assert (report.pin, report.phone) == (PLACE, NUMBER)
        assert report.notes == ("หนีออกมาปลอดภัยแล้ว แต่น้องยังอยู่ข้างใน",)

    def test_beside_a_number_is_asked_about_too(self, calling):
        assert calling.type("ปลอดภัยแล้ว เบอร์หนู 0812345678") == ["received", "cancel_confirm"]
        assert calling.started == [calling.active.report_id]

    @pytest.mark.parametrize("text", TEXTS)
    def test_asks_before_it_cancels_a_report(self, following, text):
        assert following.type(text) == ["note_kept", "cancel_confirm"]
        assert following.active.is_open
        assert not any(isinstance(write, talk.CancelReport) for write in following.writes)
        assert following.type("ใช่") == ["cancel_reasons"]
        assert following.active.is_open
        report_id = following.active.report_id
        assert following.send(talk.CancelConfirmed(report_id, "safe_now")) == ["cancelled"]

    def test_a_plain_no_keeps_the_report(self, following):
        following.type("อยากยกเลิกแล้ว")
        assert following.type("ไม่")[0] == "kept_open"
        assert following.active.is_open

    def test_what_else_was_said_reaches_the_officers(self, accepted):
        text = "ปลอดภัยแล้ว แต่แม่ยังอยู่ข้างใน"
        assert accepted.type(text) == ["note_kept_passed", "cancel_confirm"]
        assert notes(accepted)[-1] == text
        assert accepted.woken == [("token", "details")]


class TestCancelByTyping:
    """Each text is one step further: nobody is asked the same thing over and over."""

    ALONE = ("ยกเลิกค่ะ", "ยกเลิกเถอะ", "ขอยกเลิกครับ", "cancel please", "ยกเลิก ยกเลิก")

    @pytest.mark.parametrize("text", ALONE)
    def test_the_word_alone_drops_a_draft_as_the_button_does(self, pinning, text):
        assert pinning.type(text) == ["draft_cancelled"]
        assert pinning.draft is None

    @pytest.mark.parametrize("text", ["กดผิดค่ะ", "อยากยกเลิกการแจ้งเหตุครับ"])
    def test_other_words_drop_a_draft_when_said_again(self, pinning, text):
        assert pinning.type(text) == ["cancel_draft"]
        assert pinning.type(text) == ["draft_cancelled"]

    @pytest.mark.parametrize(
        "given_", [talk.CancelRefused(), talk.ReportAsked(), talk.TextSent("อย่ายกเลิก")]
    )
    def test_a_draft_that_has_all_it_needs_is_sent_once_it_is_wanted(self, pinning, given_):
        assert pinning.type(f"ยกเลิก โดนทำร้าย {WRITTEN}") == ["cancel_draft"]
        assert pinning.writes == []
        assert pinning.send(given_) == ["ask_phone"]
        assert pinning.active.is_open

    @pytest.mark.parametrize(
        "given_", [talk.WhoChosen(Role.VICTIM), talk.MenuAsked(), talk.LanguageChosen("en")]
    )
    def test_until_then_it_is_asked_again_whatever_is_tapped(self, pinning, given_):
        pinning.type(f"ยกเลิก โดนทำร้าย {WRITTEN}")
        assert pinning.send(given_)[-1] == "cancel_draft"
        assert pinning.writes == []

    @pytest.mark.parametrize("text", ["อย่ายกเลิกนะ", "don't cancel", "ไม่"])
    def test_whoever_thinks_better_of_it_keeps_the_draft(self, pinning, text):
        pinning.type("กดผิดค่ะ")
        assert pinning.type(text) == ["ask_pin"]
        assert pinning.draft.kind is Kind.ASSAULT

    @pytest.mark.parametrize("text", ALONE)
    def test_the_word_alone_cancels_a_report_at_the_third_time(self, following, text):
        assert following.type(text) == ["cancel_confirm"]
        assert following.type(text) == ["cancel_reasons"]
        assert following.active.is_open
        assert following.type(text) == ["cancelled"]
        assert following.writes[-1].why == "other"
        assert notes(following) == []

    def test_the_command_counts_as_often_as_it_is_typed(self, following):
        for answer in ("cancel_confirm", "cancel_reasons", "cancelled"):
            assert following.send(talk.CancelAsked(typed=True)) == [answer]

    def test_a_button_that_is_tapped_again_asks_again(self, following):
        for _ in range(4):
            assert following.send(talk.CancelAsked()) == ["cancel_confirm"]
        assert following.active.is_open

    @pytest.mark.parametrize(
        ("text", "why", "note"),
        [
            ("ปลอดภัยแล้วค่ะ", "safe_now", None),
            ("I'm safe now", "safe_now", None),
            ("ตำรวจมาแล้วครับ", "helped", None),
            ("กดผิดค่ะ", "mistake", None),
            ("เข้าใจผิด", "mistake", None),
            ("3", "mistake", None),
        ],
    )
    def test_a_reason_in_words_is_taken(self, accepted, text, why, note):
        accepted.send(talk.CancelConfirmed(accepted.active.report_id))
        assert accepted.type(text) == ["cancelled"]
        write = accepted.writes[-1]
        assert isinstance(write, talk.CancelReport)
        assert (write.why, write.note) == (why, note)
        assert accepted.woken[-1] == ("token", "closed")

    @pytest.mark.parametrize(
        "text",
        [
            *("ช่วยด้วยค่ะ เขากลับมา", "โดนทำร้ายอีกแล้ว", "ไม่ยกเลิก", "อย่ายกเลิก", "ไม่ ให้ช่วยต่อ"),
            *("ปลอดภัยแล้ว แต่แม่ยังอยู่ข้างใน", "don't cancel", "help me", "ใช่", "ตำรวจถึงไหนแล้ว"),
            *("แอบอยู่ในห้องน้ำ", WRITTEN),
        ],
    )
    def test_what_may_mean_the_contrary_cancels_nothing(self, following, text):
        following.send(talk.CancelConfirmed(following.active.report_id))
        following.type(text)
        assert following.active.is_open

    @pytest.mark.parametrize(
        "text",
        [
            *("มันมาแล้ว", "เขากลับมา", "he found me", "ประตูพัง", "ปืน", "gun", "รอก่อน"),
            *("พี่ชายมารับแล้วค่ะ", "we made up", "เสียงฝีเท้า", "ขยับไม่ได้"),
        ],
    )
    def test_words_that_name_no_reason_cancel_nothing_and_are_passed_on(self, following, text):
        following.send(talk.CancelConfirmed(following.active.report_id))
        for _ in range(2):
            following.type(text)
            assert following.active.is_open
        assert text in notes(following)
        following.send(talk.CancelConfirmed(following.active.report_id))
        assert following.type("ยกเลิก") == ["cancelled"]

    @pytest.mark.parametrize(
        "text",
        [
            *("ผัวบังคับให้ยกเลิก", "หนูไม่ได้เป็นคนยกเลิก", "he is making me cancel"),
            "i didn't cancel",
        ],
    )
    def test_whoever_is_made_to_cancel_keeps_the_report_and_is_heard(self, following, text):
        following.send(talk.CancelAsked())
        assert following.type(text)[0] == "kept_open"
        assert notes(following) == [text]

    @pytest.mark.parametrize("text", ["อยากยกเลิกการแจ้งเหตุครับ", "ปลอดภัยแล้ว"])
    def test_saying_it_again_is_an_answer_to_the_question(self, following, text):
        assert following.type(text) == ["note_kept", "cancel_confirm"]
        assert following.type(text) == ["cancel_reasons"]

    @pytest.mark.parametrize("why", [None, "asked"])
    def test_what_stands_beside_a_yes_is_kept_before_anybody_has_accepted(self, following, why):
        text = "ใช่ค่ะ พี่ชายมารับไปอยู่บ้านยายแล้ว"
        following.send(talk.CancelAsked())
        if why:
            following.send(talk.CancelConfirmed(following.active.report_id))
        assert following.type(text) == ["note_kept", "cancel_reasons"]
        assert notes(following) == [text]

    def test_whoever_cannot_talk_and_speaks_of_cancelling_a_draft_is_not_called(self, calling):
        first = calling.active.report_id
        calling.send(talk.ReportAsked(fresh=True))
        assert calling.type("ยกเลิกค่ะ แต่คุยไม่ได้ มันอยู่ข้างๆ")[-1] == "cancel_draft"
        assert calling.draft.no_call
        assert calling.started == [first]
        assert not calling.active.can_talk

    def test_whoever_drops_a_draft_and_cannot_talk_is_not_asked_for_a_number(self, calling):
        calling.send(talk.ReportAsked(fresh=True))
        assert calling.type("อยากยกเลิกการแจ้งเหตุครับ")[-1] == "cancel_draft"
        told = calling.type("ใช่ค่ะ แต่คุยไม่ได้นะ มันอยู่หน้าประตู")
        assert told[:2] == ["draft_dropped", "received_silent"]
        assert calling.draft is None
        assert not calling.active.can_talk

    def test_words_that_refuse_to_cancel_are_an_answer_too(self, following):
        following.send(talk.CancelAsked())
        assert following.type("อย่ายกเลิกนะ")[0] == "kept_open"


# --- while a report is open -----------------------------------------------------------------------


class TestKindByWords:
    @pytest.mark.parametrize(
        ("text", "kind"),
        [("1", 1), ("๓", 3), ("ข้อ 2", 2), ("ข้อ2ค่ะ", 2), ("no. 4", 4), ("ห้า", 5), ("(2)", None)],
    )
    def test_a_number_chooses_as_the_button_does(self, choosing, text, kind):
        answer = choosing.type(text)
        assert choosing.draft.kind == kind
        assert answer[-1] == ("ask_pin" if kind else "ask_kind")

    @pytest.mark.parametrize("text", ["0", "6", "12", "๙"])
    def test_any_other_number_chooses_none(self, choosing, text):
        choosing.type(text)
        assert choosing.draft.kind is None

    def test_a_number_that_nothing_was_asked_for_is_words(self, accepted):
        assert accepted.type("2") == ["note_kept_passed"]
        assert accepted.active.kind is Kind.ASSAULT

    def test_a_number_mends_the_kind_of_a_report_when_asked_for(self, following):
        following.send(talk.KindsAsked())
        assert following.type("ข้อ 2")[0] == "kind_mended"
        assert following.active.kind is Kind.CONFINEMENT

    def test_a_number_tells_the_kind_of_a_report_that_has_none(self, following):
        # The auditor asked for it by a push when it dispatched the draft.
        following.move_report_to(Status.NOTIFIED, kind=Kind.UNKNOWN)
        assert following.type("2")[0] == "kind_mended"
        assert following.active.kind is Kind.CONFINEMENT

    @pytest.mark.parametrize("text", ["ถูกขังอยู่ในห้อง", "they locked me in a room"])
    def test_words_tell_the_kind_of_a_report_that_has_none(self, following, text):
        following.move_report_to(Status.NOTIFIED, kind=Kind.UNKNOWN)
        assert following.type(text)[0] == "kind_mended"
        write = following.writes[-1]
        assert (write.kind, write.note) == (Kind.CONFINEMENT, text)

    @pytest.mark.parametrize(
        "text", ["ไม่ได้โดนทำร้าย แต่ถูกขังอยู่ในห้อง", "ไม่ใช่ค่ะ ถูกขังอยู่ในห้อง", "no, they locked me in a room"]
    )
    def test_words_mend_a_kind_that_they_deny(self, following, text):
        assert following.type(text)[0] == "kind_mended"
        assert following.writes[-1].kind is Kind.CONFINEMENT

    def test_a_no_that_may_be_for_the_officer_asks_first(self, accepted):
        assert accepted.type("ไม่ใช่ค่ะ ถูกขังอยู่ในห้อง") == ["note_kept_passed", "ask_kind_of"]
        assert kinds_asked(accepted.asked) == [Kind.CONFINEMENT, Kind.ASSAULT]
        assert accepted.active.kind is Kind.ASSAULT

    def test_several_kinds_are_asked_about(self, following):
        following.move_report_to(Status.NOTIFIED, kind=Kind.UNKNOWN)
        assert following.type("โดนขังแล้วโดนตี") == ["note_kept", "ask_kind_of"]
        assert set(kinds_asked(following.asked)) == {Kind.ASSAULT, Kind.CONFINEMENT}
        assert following.type("2")[0] == "kind_mended"

    def test_another_kind_without_a_no_mends_nothing(self, following):
        assert following.type("ถูกขังอยู่ในห้อง") == ["note_kept"]


class TestFarPin:
    """Whoever has accepted is not sent elsewhere by a pin that may be of something else."""

    NEAR, FAR = Point(17.42, 104.78), Point(17.48, 104.77)

    def test_a_near_one_moves_the_report(self, accepted):
        assert accepted.send(talk.PinShared(self.NEAR))[0] == "pin_mended"
        assert accepted.active.pin == self.NEAR

    def test_a_far_one_is_asked_about_and_the_officer_reads_of_it(self, accepted):
        assert accepted.send(talk.PinShared(self.FAR, "วัด")) == ["note_kept_passed", "pin_far"]
        assert notes(accepted) == ["17.48000, 104.77000 วัด"]
        assert accepted.active.pin == NAKHON_PHANOM
        assert accepted.woken == [("token", "details")]

    def test_how_far_is_told_from_the_latest_pin(self, accepted):
        accepted.send(talk.PinShared(self.NEAR))
        assert accepted.send(talk.PinShared(Point(17.45, 104.78)))[0] == "pin_mended"

    def test_a_written_one_is_asked_about_too(self, accepted):
        assert accepted.type("ย้ายมาที่ 17.4800, 104.7700 แล้ว") == ["note_kept_passed", "pin_far"]
        assert notes(accepted) == ["17.48000, 104.77000", "ย้ายมาที่ แล้ว"]

    def test_the_same_incident_moves_by_a_tap(self, accepted):
        accepted.send(talk.PinShared(self.FAR))
        assert accepted.send(talk.PinShared(self.FAR, about="same"))[0] == "pin_mended"
        assert accepted.writes[-1].pin == self.FAR

    def test_another_incident_begins_with_the_pin(self, accepted):
        accepted.send(talk.PinShared(self.FAR))
        assert accepted.send(talk.PinShared(self.FAR, about="new")) == ["ask_kind"]
        assert accepted.draft.pin == self.FAR
        assert accepted.active.pin == NAKHON_PHANOM

    @pytest.mark.parametrize("text", ["ใช่", "ไม่"])
    def test_a_bare_word_moves_nothing(self, accepted, text):
        accepted.send(talk.PinShared(self.FAR))
        assert accepted.type(text) == ["note_kept_passed"]
        assert accepted.active.pin == NAKHON_PHANOM

    def test_a_late_tap_moves_nothing(self, accepted):
        accepted.move_report_to(Status.CLOSED, closing_reason="resolved")
        assert accepted.send(talk.PinShared(self.FAR, about="same"))[0] == "late_button"
        assert accepted.draft is None

    @pytest.mark.parametrize("status", [Status.DISPATCHED, Status.NOTIFIED])
    def test_while_nobody_goes_it_moves_at_once(self, following, status):
        following.move_report_to(status)
        assert following.send(talk.PinShared(self.FAR))[0] == "pin_mended"


class TestSilentBesideAReport:
    """Whoever cannot talk is called about none of their reports."""

    SAID = (talk.CallDeclined(), talk.TextSent("โทรคุยไม่ได้ค่ะ"), talk.TextSent("แอบอยู่ในตู้"))

    @pytest.mark.parametrize("said", SAID)
    def test_an_accepted_one_is_not_called_about(self, accepted, said):
        accepted.send(talk.ReportAsked(fresh=True))
        assert accepted.send(said) == ["no_call_passed", "ask_kind"]
        assert isinstance(accepted.writes[-1], talk.ForbidCall)
        assert accepted.draft.no_call
        assert not accepted.active.can_talk
        assert accepted.woken == [("token", "no_call")]

    @pytest.mark.parametrize("said", SAID)
    def test_one_that_waits_for_a_number_is_dispatched_silently(self, calling, said):
        calling.send(talk.ReportAsked(fresh=True))
        assert calling.send(said) == ["no_call_kept", "ask_kind"]
        write = calling.writes[-1]
        assert (type(write), write.phone, write.can_talk) == (talk.DispatchReport, None, False)
        assert calling.started == [calling.active.report_id]
        assert calling.draft.no_call

    @pytest.mark.parametrize(
        ("step", "write", "woken"),
        [
            ("accepted", talk.ForbidCall, [("token", "no_call")]),
            ("following", talk.ForbidCall, []),
            ("calling", talk.DispatchReport, []),
        ],
    )
    def test_a_text_that_opens_another_forbids_it_too(self, request, step, write, woken):
        phone = request.getfixturevalue(step)
        before = phone.active.report_id
        phone.send(talk.ReportAsked(fresh=True))
        answer = phone.type(f"โดนทำร้าย คุยไม่ได้ {WRITTEN}")
        assert answer == ["no_call_kept", "received_silent", "question.hurt"]
        opened = phone.writes[-1]
        assert not opened.report.can_talk
        assert (type(opened.beside), opened.beside.report_id) == (write, before)
        assert phone.woken == woken
        assert phone.started[-1] == opened.report.report_id

    def test_it_is_said_once(self, accepted):
        accepted.send(talk.ReportAsked(fresh=True))
        accepted.send(talk.CallDeclined())
        writes = len(accepted.writes)
        assert accepted.send(talk.CallDeclined()) == ["no_call_kept", "ask_kind"]
        assert len(accepted.writes) == writes


class TestBareAnswers:
    """A bare yes or no may answer an officer: it is always heard by who has accepted."""

    @pytest.mark.parametrize("text", ["ใช่", "ไม่", "yes", "no"])
    @pytest.mark.parametrize(
        "asked",
        [talk.CancelAsked(), talk.ReportAsked(), talk.StatusAsked(), talk.ReportAsked(fresh=True)],
    )
    def test_are_passed_on_whatever_was_asked(self, accepted, asked, text):
        accepted.send(asked)
        assert accepted.type(text)[0] == "note_kept_passed"
        assert notes(accepted) == [text]
        assert accepted.woken == [("token", "details")]
        assert accepted.active.is_open

    def test_are_our_own_matter_before(self, following):
        following.send(talk.CancelAsked())
        assert following.type("ใช่") == ["cancel_reasons"]
        assert notes(following) == []


class TestStartingOver:
    def test_keeps_that_nobody_may_call(self, pinning):
        pinning.send(talk.CallDeclined())
        assert pinning.send(talk.RestartAsked()) == ["started_over", "ask_kind"]
        assert (pinning.draft.no_call, pinning.draft.kind) == (True, None)

    def test_keeps_the_number(self, pinning):
        pinning.type("เบอร์หนู 0812345678")
        pinning.send(talk.RestartAsked())
        assert (pinning.draft.phone, pinning.draft.notes) == (NUMBER, ())


class TestCalling:
    @pytest.mark.parametrize(
        "text",
        [
            "0812345678",
            "เบอร์ผม 081-234-5678 ครับ",
            "โทร๐๘๑๒๓๔๕๖๗๘นะ",
            "my number is 081 234 5678",
            "+66 81 234 5678",
        ],
    )
    def test_a_number_inside_a_sentence_dispatches(self, calling, text):
        assert calling.type(text) == ["received"]
        assert (calling.writes[-1].phone, calling.writes[-1].can_talk) == (NUMBER, True)
        assert len(calling.started) == 1

    def test_what_stands_beside_a_number_is_passed_on_without_it(self, calling):
        calling.type("0812345678 เขาถือมีดอยู่ชั้น 3")
        assert notes(calling) == ["เขาถือมีดอยู่ชั้น 3"]
        assert calling.active.notes == 1

    @pytest.mark.parametrize("text", ["โทรคุยไม่ได้ค่ะ", "I can't talk he is here"])
    def test_who_cannot_talk_is_dispatched_without_a_number(self, calling, text):
        assert calling.type(text) == ["received_silent", "question.hurt"]
        assert (calling.writes[-1].phone, calling.writes[-1].can_talk) == (None, False)

    def test_a_number_of_who_cannot_talk_is_kept_and_not_called(self, calling):
        assert calling.type("คุยไม่ได้ แต่เบอร์ 0812345678") == ["received_silent", "question.hurt"]
        assert (calling.writes[-1].phone, calling.writes[-1].can_talk) == (NUMBER, False)

    def test_words_are_kept_and_the_number_asked_for_again(self, calling):
        assert calling.type("เขามีมีด") == ["note_kept", "ask_phone"]
        assert notes(calling) == ["เขามีมีด"]
        assert calling.started == []

    def test_words_with_a_number_that_cannot_be_called_are_kept_all_the_same(self, calling):
        assert calling.type("เบอร์แม่ 081234567") == ["phone_invalid", "ask_phone"]
        assert notes(calling) == ["เบอร์แม่ 081234567"]

    def test_a_house_number_is_no_telephone_number(self, calling):
        assert calling.type("บ้านเลขที่ 99/123 หมู่ 5") == ["note_kept", "ask_phone"]

    def test_another_kind_in_words_is_passed_on_and_mends_nothing(self, calling):
        calling.type("ถูกขังอยู่ในห้อง")
        assert calling.active.kind is Kind.ASSAULT
        assert notes(calling) == ["ถูกขังอยู่ในห้อง"]


class TestNoNumber:
    """Whoever has no number is not made to wait for the grace period."""

    TEXTS = (
        *("ไม่มี", "ไม่มีค่ะ", "ไม่มีเบอร์", "ไม่มีเบอร์ค่ะ", "หนูไม่มีโทรศัพท์", "ข้าม", "ไม่สะดวกให้เบอร์", "ไม่"),
        *("no", "no number", "I don't have a phone", "none", "skip", "no phone please"),
    )

    @pytest.mark.parametrize("text", TEXTS)
    def test_is_dispatched_without_one_and_may_talk(self, calling, text):
        assert calling.type(text) == ["received"]
        write = calling.writes[-1]
        assert (type(write), write.phone, write.can_talk) == (talk.DispatchReport, None, True)
        assert len(calling.started) == 1

    def test_what_else_is_said_reaches_the_officers(self, calling):
        assert calling.type("ไม่มีเบอร์ค่ะ บ้านหลังที่สาม") == ["received"]
        assert notes(calling) == ["ไม่มีเบอร์ค่ะ บ้านหลังที่สาม"]

    @pytest.mark.parametrize("text", ["ไม่สะดวก", "ไม่สะดวกค่ะ", "not convenient"])
    def test_who_finds_it_inconvenient_is_not_called(self, calling, text):
        assert calling.type(text) == ["received_silent", "question.hurt"]
        assert (calling.writes[-1].phone, calling.writes[-1].can_talk) == (None, False)

    def test_that_somebody_else_has_none_is_words(self, calling):
        assert calling.type("ไม่มีเบอร์เขาค่ะ") == ["note_kept", "ask_phone"]
        assert calling.started == []

    def test_a_no_to_another_question_dispatches_nothing(self, calling):
        calling.send(talk.CancelAsked())
        assert calling.type("ไม่")[0] == "kept_open"
        assert calling.started == []

    @pytest.mark.parametrize("step", ["idle", "pinning", "following"])
    def test_elsewhere_it_says_nothing(self, request, step):
        phone = request.getfixturevalue(step)
        phone.type("ข้าม")
        assert phone.draft is None or not phone.draft.no_call
        assert not any(isinstance(write, talk.ForbidCall) for write in phone.writes)


class TestWhoseNumber:
    """An officer who called whoever beats the reporter would give the reporter away."""

    OWN = (
        "เบอร์หนู 0812345678",
        "เบอร์โทรศัพท์หนูคือ 0812345678",
        "โทรหาฉันที่เบอร์ 0812345678",
        "ติดต่อ 0812345678",
        "0812345678 โทรได้เลยค่ะ",
        "0812345678 เขาถือมีดอยู่ชั้น 3",
        "เซเว่น ปั๊มน้ำมัน 0812345678",
        "ผัวตีหนู ช่วยด้วย โทรกลับ 0812345678",
        "เบอร์คนร้าย 0898765432 เบอร์หนู 0812345678",
        "0812345678 เบอร์หนู เบอร์ผัว 0898765432",
        "my husband hit me, call me at 081 234 5678",
        "my phone number: 081-234-5678",
    )
    OTHERS = (
        "เบอร์ผัวหนู 0898765432 เขาขับรถกระบะ",
        "เบอร์มัน 0898765432",
        "เบอร์คนร้าย 0898765432",
        "0898765432 เบอร์ผัว",
        "0898765432 ผัวหนู",
        "แฟนหนู 0898765432",
        "มันโทรหาหนู 0898765432",
        "เขาโทรมา 0898765432",
        "โทรหาแม่ที 0898765432",
        "my husband's number is 089 876 5432",
        "0898765432 is his number",
        "he called me from 0898765432",
        "0898765432 โทรมาขู่",
        "โดนขู่จากเบอร์ 0898765432",
        "0898765432 threatened me",
        "stepdad 0898765432",
        "ไอ้เลว 0898765432",
    )

    @pytest.mark.parametrize("text", OWN)
    def test_one_s_own_is_called(self, calling, text):
        assert calling.type(text)[0] == "received"
        assert calling.writes[-1].phone == NUMBER

    @pytest.mark.parametrize("text", OTHERS)
    def test_another_s_is_not_and_one_s_own_is_asked_for(self, calling, text):
        assert calling.type(text) == ["note_kept", "number_noted", "ask_phone"]
        assert notes(calling) == [text]
        assert calling.started == []

    @pytest.mark.parametrize("text", OTHERS)
    def test_another_s_does_not_take_the_place_of_one_s_own(self, accepted, text):
        accepted.type(text)
        assert notes(accepted)[-1] == text
        assert not any(isinstance(write, talk.AddPhone) for write in accepted.writes)

    @pytest.mark.parametrize("text", OTHERS)
    def test_another_s_is_not_that_of_a_draft(self, pinning, text):
        assert "number_noted" in pinning.type(text)
        assert pinning.draft.phone is None
        assert pinning.draft.notes == (text,)

    def test_a_second_number_stays_in_the_words(self, calling):
        calling.type("เบอร์หนู 0812345678 เบอร์ผัว 0898765432")
        assert calling.writes[-1].phone == NUMBER
        assert "เบอร์ผัว 0898765432" in calling.writes[-1].note

    def test_another_s_begins_a_report_and_is_not_lost(self, idle):
        assert idle.type("เบอร์คนร้าย 0898765432") == ["number_noted", "ask_kind"]
        assert idle.draft.notes == ("เบอร์คนร้าย 0898765432",)

    @pytest.mark.parametrize(
        ("text", "note"),
        [("0812345678 มีมีด", "มีมีด"), ("0812345678 gun", "gun"), ("เบอร์นี้ค่ะ 0812345678", None)],
    )
    def test_a_short_word_beside_a_number_is_passed_on(self, calling, text, note):
        calling.type(text)
        assert calling.writes[-1].note == note

    def test_a_room_beside_a_number_is_passed_on(self, calling):
        calling.type("ห้อง 305 0812345678")
        assert (calling.writes[-1].phone, calling.writes[-1].note) == (NUMBER, "ห้อง 305")


class TestHiding:
    def test_with_a_number_is_not_called(self, calling):
        text = "กำลังซ่อนอยู่ในห้องน้ำ 0812345678"
        assert calling.type(text) == ["received_silent", "question.hurt"]
        assert (calling.writes[-1].phone, calling.writes[-1].can_talk) == (NUMBER, False)

    def test_without_a_number_is_sent_for_at_once(self, calling):
        assert calling.type("กำลังซ่อนอยู่ในห้องน้ำ") == ["received_silent", "question.hurt"]
        assert notes(calling) == ["กำลังซ่อนอยู่ในห้องน้ำ"]

    def test_later_forbids_the_call(self, accepted):
        accepted.type("หนูแอบอยู่ในตู้เสื้อผ้า")
        assert isinstance(accepted.writes[-1], talk.ForbidCall)
        assert accepted.woken == [("token", "no_call")]


class TestFollowing:
    @pytest.mark.parametrize(
        ("status", "answer", "woken"),
        [
            (Status.DISPATCHED, "note_kept", []),
            (Status.NOTIFIED, "note_kept", []),
            (Status.ACKNOWLEDGED, "note_kept_passed", [("token", "details")]),
            (Status.ON_SCENE, "note_kept_passed", [("token", "details")]),
        ],
    )
    @pytest.mark.parametrize("text", ["เขากลับมาแล้ว", "he came back with a knife"])
    def test_words_go_to_the_officers(self, following, status, answer, woken, text):
        following.move_report_to(status, token="token")
        assert following.type(text) == [answer]
        report_id = following.active.report_id
        assert following.writes[-1] == talk.AddDetail(report_id, "note", text, NOW)
        assert following.woken == woken

    def test_a_long_text_becomes_several_notes(self, following):
        text = "ก" * 3 * NOTE_LIMIT
        assert following.type(text) == ["note_kept"]
        assert following.writes[-1].value.replace(" ", "") == text
        assert notes_of(following.writes[-1]) == ("ก" * NOTE_LIMIT,) * 3
        assert following.active.notes == 3

    def test_a_report_takes_every_line_of_a_long_talk(self, following):
        for number in range(100):
            following.now += 10  # nobody who writes this slowly is slowed down
            assert following.type(f"คำที่ {number}") == ["note_kept"]
        assert len(notes(following)) == 100

    def test_a_report_takes_only_so_much_and_then_that_is_said(self, following):
        following.type("ก" * 5_000)
        assert following.type("ข" * 5_000) == ["note_kept", "notes_full"]
        assert following.active.note_bytes <= MOST_BYTES
        writes = len(following.writes)
        assert following.type("ค" * NOTE_LIMIT)[0] == "notes_full"
        assert len(following.writes) == writes

    def test_a_full_report_still_takes_what_matters(self, following):
        following.move_report_to(Status.NOTIFIED, note_bytes=MOST_BYTES)
        assert following.type("คุยไม่ได้แล้วนะ")[:2] == ["no_call_kept", "notes_full"]
        assert following.type("ปลอดภัยแล้ว")[-1] == "cancel_confirm"
        assert following.type(WRITTEN)[0] == "pin_mended"
        assert following.active.note_bytes == MOST_BYTES

    @pytest.mark.parametrize("text", ["ตำรวจถึงไหนแล้ว", "where are the police"])
    def test_a_question_for_the_status_is_answered_and_passed_on(self, accepted, text):
        assert accepted.type(text) == ["note_kept_passed", "status.on_the_way"]
        assert notes(accepted)[-1] == text

    def test_a_written_place_moves_the_pin_and_its_words_come_along(self, accepted):
        assert accepted.type(f"ย้ายมาที่ {WRITTEN} หน้าเซเว่น")[0] == "pin_mended"
        write = accepted.writes[-1]
        assert (write.pin, write.note) == (PLACE, "ย้ายมาที่ หน้าเซเว่น")
        assert accepted.woken == [("token", "details")]

    def test_a_written_place_abroad_moves_no_pin_and_its_words_are_not_lost(self, following):
        answer = following.type("ย้ายไปที่ 1.2901, 103.8501 แล้ว")
        assert answer == ["pin_not_moved.outside", "note_kept"]
        assert notes(following)[-1] == "ย้ายไปที่ 1.2901, 103.8501 แล้ว"

    @pytest.mark.parametrize("text", ["104.7866, 17.4064", "https://maps.app.goo.gl/abcd1234"])
    def test_a_place_in_doubt_moves_no_pin_and_is_passed_on(self, following, text):
        assert following.type(text) == ["note_kept"]
        assert notes(following)[-1] == text

    def test_another_number_reaches_the_officer_alone_and_not_as_words(self, accepted):
        assert accepted.type("เปลี่ยนเบอร์เป็น 0898765432")[0] == "phone_passed"
        assert accepted.writes[-1].phone == "+66898765432"
        assert not any("0898765432" in note for note in notes(accepted))

    def test_who_cannot_talk_any_more_is_not_called_even_with_a_number(self, following):
        answer = following.type("คุยไม่ได้ เบอร์ใหม่ 0898765432")
        assert answer == ["no_call_kept", "question.hurt"]
        write = following.writes[-1]
        assert isinstance(write, talk.ForbidCall)
        assert write.phone == "+66898765432"
        assert not following.active.can_talk

    def test_saying_again_that_one_cannot_talk_is_words(self, silent):
        assert silent.type("บอกแล้วว่าคุยไม่ได้") == ["note_kept"]

    @pytest.mark.parametrize("text", ["ช่วยด้วย เขาจะฆ่าหนู", "โดนทำร้ายอีกแล้ว"])
    def test_a_plea_begins_no_second_report(self, following, text):
        following.type(text)
        assert following.draft is None
        assert notes(following) == [text]


class TestSilent:
    def test_each_question_is_asked_once_in_order_and_answered_by_taps(self, silent):
        assert silent.asked.name == "question.hurt"
        assert silent.send(talk.Answered("hurt", "yes")) == ["question.still_there"]
        assert silent.send(talk.Answered("still_there", "unknown")) == ["question.weapon"]
        assert silent.send(talk.Answered("weapon", "no")) == ["answers_kept"]
        said = [(w.what, w.value) for w in silent.writes if isinstance(w, talk.AddDetail)]
        assert said == [("hurt", "yes"), ("still_there", "unknown"), ("weapon", "no")]
        assert silent.active.answered == talk.QUESTIONS

    @pytest.mark.parametrize(
        ("text", "answer"), [("ใช่", "yes"), ("มี", "yes"), ("ไม่มี", "no"), ("no", "no")]
    )
    def test_yes_and_no_may_be_typed(self, silent, text, answer):
        assert silent.type(text) == ["question.still_there"]
        assert (silent.writes[-1].what, silent.writes[-1].value) == ("hurt", answer)
        assert notes(silent) == []

    def test_what_is_said_with_an_answer_is_passed_on(self, silent):
        silent.type("ไม่ เขาหนีไปแล้วเมื่อกี้นี้เอง")
        assert (silent.writes[-1].what, silent.writes[-1].value) == ("hurt", "no")
        assert notes(silent) == ["ไม่ เขาหนีไปแล้วเมื่อกี้นี้เอง"]

    def test_a_yes_that_answers_no_question_of_ours_is_words(self, silent):
        silent.type("เขาอยู่หน้าห้อง")
        assert silent.type("ใช่") == ["note_kept"]
        assert silent.active.answered == ()

    def test_a_yes_to_an_officer_is_heard_by_the_officer(self, silent):
        silent.move_report_to(Status.ON_THE_WAY, token="token")
        silent.type("ใช่")
        assert notes(silent) == ["ใช่"]

    def test_an_answer_may_be_changed(self, silent):
        silent.send(talk.Answered("hurt", "no"))
        silent.send(talk.Answered("hurt", "yes"))
        assert silent.asked.name == "question.still_there"
        assert silent.active.answered == ("hurt",)

    def test_answers_reach_an_officer_who_has_accepted(self, silent):
        silent.move_report_to(Status.ACKNOWLEDGED, token="token")
        silent.send(talk.Answered("weapon", "yes"))
        assert silent.woken == [("token", "details")]

    @pytest.mark.parametrize("given_", [("hurt", "perhaps"), ("age", "yes"), ("", "")])
    def test_an_answer_that_nobody_knows_changes_nothing(self, silent, given_):
        writes = len(silent.writes)
        assert silent.send(talk.Answered(*given_))[0] == "late_button"
        assert len(silent.writes) == writes

    def test_nobody_who_can_talk_is_questioned(self, following):
        assert not any(prompt.name.startswith("question.") for prompt in following.answered)


class TestDetails:
    def test_a_landmark_is_what_is_typed_next(self, following):
        assert following.send(talk.LandmarkAsked()) == ["ask_landmark"]
        # The shop's number, perhaps: it is kept with the words, and that it is not called is said.
        assert following.type("ร้านป้าแดง โทร 042-511-266") == ["landmark_kept", "number_noted"]
        write = following.writes[-1]
        assert (write.what, write.value) == ("landmark", "ร้านป้าแดง โทร 042-511-266")
        assert following.type("ข้างวัด") == ["note_kept"]

    def test_two_taps_await_a_landmark_all_the_same(self, following):
        following.send(talk.LandmarkAsked())
        following.send(talk.LandmarkAsked())
        assert following.type("ข้างวัด") == ["landmark_kept"]

    def test_a_long_landmark_goes_on_in_a_note(self, following):
        following.send(talk.LandmarkAsked())
        assert following.type("ก" * (NOTE_LIMIT + 9)) == ["landmark_kept"]
        write = following.writes[-1]
        assert (write.value, write.note) == ("ก" * NOTE_LIMIT, "ก" * 9)

    def test_a_number_in_a_landmark_is_taken_while_one_is_waited_for(self, calling):
        calling.send(talk.LandmarkAsked())
        assert calling.type("ข้างวัด ชั้น 3 0812345678") == ["landmark_kept", "received"]
        write = calling.writes[-1]
        assert (write.phone, write.landmark, write.note) == (NUMBER, "ข้างวัด ชั้น 3", None)
        assert len(calling.started) == 1

    def test_one_s_own_number_in_a_landmark_is_taken_later_too(self, accepted):
        accepted.send(talk.LandmarkAsked())
        assert accepted.type("ข้างวัด เบอร์หนู 0898765432")[:2] == [
            "phone_passed",
            "landmark_kept_passed",
        ]
        write = accepted.writes[-1]
        assert isinstance(write, talk.AddPhone)
        assert (write.phone, write.landmark) == ("+66898765432", "ข้างวัด เบอร์หนู")
        assert accepted.woken == [("token", "phone_added")]

    def test_a_landmark_is_awaited_once(self, following):
        following.send(talk.LandmarkAsked())
        following.send(talk.StatusAsked())
        assert following.type("ข้างวัด") == ["note_kept"]

    @pytest.mark.parametrize(
        ("text", "first"),
        [("0898765432", "phone_added"), (WRITTEN, "pin_mended"), ("อยากยกเลิกแล้ว", "note_kept")],
    )
    def test_what_is_no_landmark_is_not_taken_for_one(self, following, text, first):
        following.send(talk.LandmarkAsked())
        assert following.type(text)[0] == first

    def test_who_reports_is_kept_with_the_report(self, following):
        assert following.send(talk.WhoChosen(Role.RELATIVE))[0] == "who_kept"
        write = following.writes[-1]
        assert (write.what, write.value) == ("who", "relative")
        assert following.active.who == "relative"

    def test_who_reports_may_be_said_before(self, pinning):
        pinning.send(talk.WhoChosen(Role.VOLUNTEER))
        pinning.send(talk.PinShared(NAKHON_PHANOM))
        assert pinning.writes[0].report.who == "volunteer"

    def test_nothing_is_added_to_a_report_that_is_closed(self, following):
        following.move_report_to(Status.CLOSED, closing_reason="resolved")
        writes = len(following.writes)
        for given_ in (
            talk.WhoChosen(Role.VICTIM),
            talk.LandmarkAsked(),
            talk.Answered("hurt", "yes"),
        ):
            assert following.send(given_)[0] == "late_button"
        assert following.send(talk.DetailsAsked()) == ["menu"]
        assert following.type("ขอบคุณมากค่ะ")[-1] == "menu"
        assert len(following.writes) == writes

    def test_what_a_person_says_while_reporting_anew_is_of_the_new_report(self, following):
        following.send(talk.ReportAsked(fresh=True))
        assert following.send(talk.DetailsAsked()) == ["ask_kind"]
        following.type("ถูกขังอยู่ในห้อง")
        assert following.draft.kind is Kind.CONFINEMENT
        assert notes(following) == []

    @pytest.mark.parametrize("step", ["idle", "choosing", "calling", "silent"])
    def test_how_to_hide_the_chat_is_told_at_any_time(self, request, step):
        assert request.getfixturevalue(step).send(talk.ClearAsked()) == ["clear_help"]


class TestFiles:
    @pytest.mark.parametrize("kind", ["image", "video", "audio"])
    def test_of_an_open_report_are_fetched(self, following, kind):
        assert following.send(talk.MediaSent(kind, "123")) == ["media_received"]
        assert following.files == [(kind, "123")]

    def test_while_a_number_is_waited_for_it_is_asked_for_again(self, calling):
        assert calling.send(talk.MediaSent("image", "123")) == ["media_received", "ask_phone"]

    @pytest.mark.parametrize("given_", [("sticker", "1"), ("image", ""), ("file", "1")])
    def test_that_cannot_be_kept_are_not_promised_to_be(self, following, given_):
        assert following.send(talk.MediaSent(*given_))[0] == "media_not_understood"
        assert following.files == []

    @pytest.mark.parametrize("step", ["idle", "choosing", "confirming"])
    def test_before_there_is_a_report_come_later(self, request, step):
        phone = request.getfixturevalue(step)
        assert phone.send(talk.MediaSent("image", "123"))[0] == "media_later"
        assert phone.files == []


class TestSameOrNew:
    @pytest.mark.parametrize("given_", [talk.ReportAsked(), talk.RestartAsked()])
    def test_is_asked_while_a_report_is_open(self, following, given_):
        assert following.send(given_) == ["already_open"]
        assert following.draft is None

    def test_same_leads_to_what_can_be_added(self, following):
        following.send(talk.ReportAsked())
        assert following.type("ใช่") == ["details"]

    def test_no_begins_none_but_tells_what_to_tap(self, following):
        following.send(talk.ReportAsked())
        assert following.type("ไม่ใช่") == ["tap_for_another"]
        assert following.draft is None
        assert following.send(talk.ReportAsked(fresh=True)) == ["ask_kind"]


# --- how little it takes --------------------------------------------------------------------------


@pytest.mark.parametrize("last", ["no_call", "number"])
def test_from_the_menu_to_the_dispatch_it_takes_three_taps_and_a_pin(idle, last):
    taps, pins, typed = 0, 0, 0
    for given_ in (
        talk.ReportAsked(),
        talk.KindChosen(Kind.CONFINEMENT),
        talk.PinShared(NAKHON_PHANOM),
        talk.CallDeclined() if last == "no_call" else talk.TextSent("0812345678"),
    ):
        assert idle.started == []
        idle.send(given_)
        pins += isinstance(given_, talk.PinShared)
        typed += isinstance(given_, talk.TextSent)
        taps += not isinstance(given_, talk.PinShared | talk.TextSent)
    assert len(idle.started) == 1
    assert (taps + typed, pins) == (3, 1)
    assert typed == (last == "number")


def test_a_child_who_types_help_needs_a_tap_and_a_pin_more(idle):
    idle.type("ช่วยด้วยค่ะ พ่อตีแม่")
    while idle.conversation.step is Step.CHOOSE_KIND:
        idle.send(talk.KindChosen(Kind.ASSAULT))
    idle.send(talk.PinShared(NAKHON_PHANOM))
    assert idle.writes[0].report.notes == ("ช่วยด้วยค่ะ พ่อตีแม่",)


def test_in_a_drill_every_answer_to_words_is_labelled(idle):
    idle.send(talk.ReportAsked(drill=True))
    for text in (
        "โดนทำร้าย",
        "เสียงดังมาก",
        "อยากยกเลิกแล้ว",
        WRITTEN,
        "0812345678",
        "เขามีมีด",
        "ปลอดภัยแล้ว",
    ):
        assert idle.type(text)
        assert all(prompt.params.get("drill") is True for prompt in idle.answered), text
    assert idle.writes[0].report.drill


ANY_TEXT = st.sampled_from(
    [
        *("โดนทำร้าย", "ถูกขังอยู่ในห้อง", "ไม่ได้โดนทำร้าย", "ช่วยด้วย", WRITTEN, "104.7866, 17.4064"),
        *(
            "0812345678",
            "คุยไม่ได้",
            "อยากยกเลิกแล้ว",
            "อย่ายกเลิก",
            "2",
            "ปลอดภัยแล้ว",
            "ใช่",
            "ไม่",
            "ถึงไหนแล้ว",
            "ไฟไหม้",
            "555",
        ),
        *(
            "yes",
            "no",
            "help",
            "cancel it please",
            "https://maps.app.goo.gl/abcd1234",
            "",
            " ",
            "🙏",
        ),
    ]
)
ANY_TAP = st.sampled_from(
    [
        talk.ReportAsked(),
        talk.KindChosen(Kind.SEXUAL_ABUSE),
        talk.PinShared(NAKHON_PHANOM),
        talk.PinShared(SINGAPORE),
        talk.LandmarkAsked(),
        talk.CancelAsked(),
        talk.CallDeclined(),
        talk.ReportAsked(fresh=True),
    ]
)


@given(st.lists(ANY_TEXT | ANY_TAP, max_size=14))
@settings(max_examples=100, deadline=None)
def test_words_neither_end_a_report_nor_drop_a_draft_unasked(sent):
    phone, was_open = Phone(read_phone, reader), False
    for one in sent:
        before, asked = phone.draft, phone.answered[-1].name if phone.answered else ""
        phone.now += 60  # nobody is slowed down
        answer = phone.type(one) if isinstance(one, str) else phone.send(one)
        assert answer
        if phone.active is not None and not phone.active.is_open and was_open:
            assert asked == "cancel_reasons"  # the third word about it
        was_open = phone.active is not None and phone.active.is_open
        if isinstance(one, str) and before is not None and phone.draft is None:
            opened = isinstance(phone.writes[-1], talk.OpenReport) if phone.writes else False
            assert opened or asked == "cancel_draft" or one == "cancel it please"

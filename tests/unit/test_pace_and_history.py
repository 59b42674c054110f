"""Abuse without harm: a flood is slowed, false alarms are marked, a block is a human's and ends."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ess.adapters.html.answer_page import AnswerPage
from ess.adapters.line.render import render
from ess.domain import conversation as talk
from ess.domain.answer_page import Sheet, Stand
from ess.domain.conversation import Prompt, Step
from ess.domain.kinds import Kind
from ess.domain.pace import EVENTS, MOST_FILES, PERIOD_S, SLOW_S, Pace
from ess.domain.report import Status
from ess.domain.reporter import (
    APPEAL_AGAIN_S,
    DAY_S,
    MOST_A_DAY,
    MOST_OPEN,
    REMEMBERED_S,
    Block,
    History,
)
from ess.usecases.officer_news import facts
from tests.unit.report_kit import in_status
from tests.unit.talk_kit import NAKHON_PHANOM, NOW, Phone

OTHER_REPORT = "f" * 32


@pytest.fixture
def phone():
    return Phone()


def report(phone, **asked):
    phone.send(talk.ReportAsked(**asked))
    phone.send(talk.KindChosen(Kind.ASSAULT))
    phone.send(talk.PinShared(NAKHON_PHANOM))
    return phone.send(talk.CallDeclined())


def flood(phone, number=EVENTS + 5):
    return [phone.send(talk.MediaSent("sticker")) for _ in range(number)]


# --- a flood ------------------------------------------------------------------------------------


def test_a_flood_is_answered_less_often(phone):
    answers = flood(phone)
    assert all(answers[:EVENTS])
    assert not any(answers[EVENTS:])
    phone.now += SLOW_S - 1e-3
    assert phone.send(talk.MenuAsked())  # ten seconds have earned five more
    for _ in range(4):
        phone.send(talk.MenuAsked())
    assert phone.send(talk.MenuAsked()) == []
    phone.now += PERIOD_S
    assert all(flood(phone, number=EVENTS))


def test_a_flood_that_goes_on_is_answered_every_ten_seconds(phone):
    flood(phone)
    answered = []
    for _ in range(600):
        phone.now += 0.1  # ten a second, for a minute
        if phone.send(talk.MenuAsked()):
            answered.append(phone.now)
    assert 5 <= len(answered) <= EVENTS + 6
    gaps = [later - earlier for earlier, later in pairwise(answered)]
    assert min(gaps) > 1


def test_nothing_of_a_first_report_is_lost_in_a_flood_and_all_of_it_is_answered(phone):
    flood(phone, number=200)
    assert phone.send(talk.ReportAsked()) == ["ask_kind"]
    assert phone.send(talk.KindChosen(Kind.CONFINEMENT)) == ["ask_pin"]
    assert phone.send(talk.PinShared(NAKHON_PHANOM)) == ["ask_phone"]
    assert phone.type("0812345678") == ["received"]
    assert phone.started == [phone.active.report_id]


def test_what_is_said_in_a_flood_is_stored_though_it_is_not_answered(phone):
    report(phone)
    phone.move_report_to(Status.ACKNOWLEDGED, token="token")
    flood(phone, number=EVENTS)
    said = len(phone.writes)
    assert phone.send(talk.Answered("hurt", "yes")) == []
    assert len(phone.writes) == said + 1
    # The officer is not told of each of them at once ...
    assert phone.woken == [("token", "many_details")]
    # ... but of what ends it, or forbids a call.
    assert phone.send(talk.NobodyCame(phone.active.report_id)) == ["nobody_came_passed"]
    assert phone.woken[1:] == [("token", "nobody_came")]
    assert phone.send(talk.CancelConfirmed(phone.active.report_id, "other")) == ["cancelled"]
    assert phone.woken[-1] == ("token", "closed")


def test_whoever_drops_a_draft_in_a_flood_is_told_that_nobody_comes(phone):
    phone.send(talk.ReportAsked())
    flood(phone)
    assert phone.send(talk.CancelAsked()) == ["draft_cancelled"]


def test_without_a_flood_the_officer_is_woken_by_each(phone):
    report(phone)
    phone.move_report_to(Status.ACKNOWLEDGED, token="token")
    phone.send(talk.Answered("hurt", "yes"))
    phone.send(talk.Answered("weapon", "no"))
    assert phone.woken == [("token", "details")] * 2


@given(st.lists(st.floats(0, 120), max_size=80))
def test_an_allowance_is_never_more_than_it_may_be(pauses):
    pace, now = Pace(), NOW
    for pause in pauses:
        now += pause
        pace, spent = pace.after_message(now)
        assert 0 <= pace.left <= EVENTS - 1
        assert not spent or pause < PERIOD_S / EVENTS + 1e-6


def test_a_clock_that_goes_back_takes_nothing_away():
    pace, _ = Pace().after_message(NOW)
    assert pace.after_message(NOW - 1000)[0].left == pace.left - 1


def test_files_are_kept_up_to_a_number_for_each_report(phone):
    report(phone)
    for number in range(MOST_FILES):
        phone.now += 10
        assert phone.send(talk.MediaSent("image", str(number)))[0] == "media_received"
    assert phone.send(talk.MediaSent("image", "21"))[0] == "media_full"
    assert len(phone.files) == MOST_FILES
    first = phone.active.report_id
    phone.now += 10
    report(phone, fresh=True)
    assert phone.send(talk.MediaSent("video", "22"))[0] == "media_received"
    assert phone.conversation.pace.files_of(first) == MOST_FILES


def test_files_of_a_few_reports_are_counted_and_no_more():
    pace = Pace()
    for number in range(10):
        pace = pace.after_file(f"r{number}").after_file(f"r{number}")
    assert [pace.files_of(f"r{number}") for number in range(10)] == [0] * 6 + [2] * 4


# --- many reports -------------------------------------------------------------------------------


def test_a_further_report_beside_open_ones_is_refused_from_the_fourth_on(phone):
    for number in range(MOST_OPEN):
        phone.now += 60
        report(phone, fresh=number > 0)
    assert phone.conversation.history.open == MOST_OPEN
    phone.now += 60
    before = phone.conversation
    assert phone.send(talk.ReportAsked(fresh=True)) == ["too_many"]
    assert phone.draft is None
    assert phone.active == before.active
    (card,) = render(phone.answered, None)
    written = str(card)
    assert "tel:191" in written
    assert "a=details" in written
    # What is known already can be added to, and one that is over makes room.
    assert phone.send(talk.DetailsAsked()) == ["details"]
    phone.send(talk.CancelConfirmed(phone.active.report_id, "other"))
    assert phone.conversation.history.open == MOST_OPEN - 1


def test_beside_an_open_one_five_a_day_are_begun(phone):
    for _ in range(MOST_A_DAY - 1):
        phone.now += 60
        report(phone)
        phone.send(talk.CancelConfirmed(phone.active.report_id, "other"))
    report(phone)
    assert phone.send(talk.ReportAsked(fresh=True)) == ["too_many"]
    phone.now += DAY_S
    assert phone.send(talk.ReportAsked(fresh=True)) == ["ask_kind"]


def test_a_first_report_is_never_refused_however_many_there_were_today(phone):
    for _ in range(20):
        phone.now += 60
        assert report(phone)[0] == "received_silent"
        phone.send(talk.CancelConfirmed(phone.active.report_id, "other"))
    assert len(phone.started) == 20
    # Nor by a count that went wrong.
    history = replace(phone.conversation.history, open=99)
    phone.conversation = replace(phone.conversation, history=history)
    assert report(phone)[0] == "received_silent"


def test_exercises_are_not_counted_and_do_not_keep_from_what_is_real(phone):
    for _ in range(MOST_OPEN + 2):
        phone.now += 60
        report(phone, fresh=True, drill=True)
    assert phone.conversation.history == History()
    phone.now += 60
    assert report(phone, fresh=True)[0] == "received_silent"
    assert phone.conversation.history.open == 1


# --- false alarms -------------------------------------------------------------------------------


@pytest.mark.parametrize(("earlier", "marked"), [(0, None), (1, None), (2, 2), (7, 7)])
def test_repeated_false_alarms_are_marked_for_officers_and_never_refused(phone, earlier, marked):
    history = History(false_at=tuple(NOW - DAY_S * n for n in range(earlier, 0, -1)))
    phone.conversation = replace(phone.conversation, history=history)
    assert report(phone)[0] == "received_silent"
    opened = phone.writes[0].report
    assert opened.earlier_false == earlier
    assert facts(opened)["earlier_false"] == marked


def test_what_is_long_ago_or_an_exercise_is_not_marked(phone):
    old = History(false_at=(NOW - REMEMBERED_S - 1, NOW - REMEMBERED_S + 99))
    phone.conversation = replace(phone.conversation, history=old)
    report(phone, drill=True)
    assert phone.writes[0].report.earlier_false == 0
    report(phone, fresh=True)
    opened = next(w.report for w in phone.writes[1:] if isinstance(w, talk.OpenReport))
    assert opened.earlier_false == 1
    assert phone.conversation.history.false_at == old.false_at[1:]


@pytest.mark.parametrize("name", ["officer.offer", "officer.offer_desk", "officer.accepted"])
def test_officers_read_it_as_a_plain_row(name):
    def written(earlier):
        known = facts(in_status(Status.NOTIFIED, earlier_false=earlier))
        more = {"latitude": 17.4, "longitude": 104.8, "asked_th": "ก", "asked_en": "K"}
        return str(render([Prompt(name, known | more)], "th"))

    assert "เคยแจ้งไม่พบเหตุ 3 ครั้งใน 90 วัน" in written(3)
    assert "เคยแจ้งไม่พบเหตุ" not in written(1)


def test_a_closing_that_its_reporter_contests_counts_no_more(phone):
    report(phone)
    closed_at = phone.now + 100
    history = phone.conversation.history.after_closing(closed_at)
    phone.move_report_to(Status.CLOSED, changed_at=closed_at, closing_reason="false_alarm")
    phone.conversation = replace(phone.conversation, history=history)
    assert (history.open, history.false_alarms(closed_at)) == (0, 1)
    phone.now += 200
    assert phone.send(talk.NobodyCame(phone.active.report_id)) == ["reopened"]
    assert phone.conversation.history.false_at == ()
    assert phone.conversation.history.open == 1


# --- a block ------------------------------------------------------------------------------------


def block(phone, days=7, **fields):
    made = Block(OTHER_REPORT, phone.now, phone.now + days * DAY_S, "ร.ต.อ. ก", "เหตุผล", **fields)
    phone.conversation = replace(phone.conversation, block=made)
    return made


@pytest.mark.parametrize(
    "given",
    [
        talk.ReportAsked(),
        talk.ReportAsked(fresh=True),
        talk.ReportAsked(drill=True),
        talk.KindChosen(Kind.ASSAULT),
        talk.PinShared(NAKHON_PHANOM),
        talk.TextSent("0812345678"),
        talk.RestartAsked(),
    ],
)
def test_whoever_is_blocked_begins_no_report_and_is_told_to_call_191(phone, given):
    block(phone)
    assert phone.send(given) == ["blocked"]
    assert (phone.draft, phone.writes, phone.started) == (None, [], [])
    (card,) = render(phone.answered, None)
    assert "tel:191" in str(card)
    assert "a=appeal" in str(card)
    assert "เหตุผล" not in str(card)


def test_a_block_ends_by_itself(phone):
    made = block(phone, days=1)
    phone.now = made.until - 1
    assert phone.send(talk.ReportAsked()) == ["blocked"]
    phone.now = made.until
    assert phone.send(talk.ReportAsked()) == ["ask_kind"]


def test_an_open_report_goes_on_through_a_block(phone):
    report(phone)
    block(phone)
    assert phone.send(talk.StatusAsked()) == ["status.dispatched"]
    assert phone.send(talk.KindChosen(Kind.CONFINEMENT))[0] == "kind_mended"
    assert phone.send(talk.Answered("hurt", "yes"))
    assert phone.send(talk.ReportAsked(fresh=True)) == ["blocked"]
    assert phone.send(talk.CancelConfirmed(phone.active.report_id, "mistake")) == ["cancelled"]
    assert phone.conversation.step is Step.IDLE
    assert phone.send(talk.MenuAsked()) == ["menu"]


def test_what_is_said_while_a_draft_stands_through_a_block_is_about_the_open_report(phone):
    phone.send(talk.KindChosen(Kind.ASSAULT))
    phone.send(talk.PinShared(NAKHON_PHANOM))
    phone.send(talk.NumberMissing())
    phone.send(talk.ReportAsked(fresh=True))
    phone.type("two more people")
    block(phone)
    assert phone.type("he is back")[:2] == ["blocked", "note_kept"]
    assert phone.writes[-1].value == "he is back"
    # The auditor passes on what the draft has.
    assert phone.draft.notes == ("two more people",)
    assert phone.send(talk.CallDeclined())[0] == "blocked"
    assert not phone.active.can_talk
    assert phone.draft.no_call
    assert phone.send(talk.PinShared(NAKHON_PHANOM))[:2] == ["blocked", "pin_mended"]
    assert phone.send(talk.ReportAsked(fresh=True)) == ["blocked"]
    assert len([one for one in phone.writes if isinstance(one, talk.OpenReport)]) == 1


def test_a_closed_report_is_no_way_around_a_block(phone):
    report(phone)
    phone.move_report_to(Status.CLOSED, closing_reason="false_alarm")
    block(phone)
    assert phone.send(talk.NobodyCame(phone.active.report_id)) == ["blocked"]
    assert not phone.active.is_open


def test_a_block_can_be_appealed_against_once_a_day(phone):
    block(phone)
    outcome = phone.send(talk.AppealAsked())
    assert outcome == ["appeal_sent"]
    assert phone.writes == [talk.AppealBlock(OTHER_REPORT, NOW)]
    assert phone.conversation.block.appeals == 1
    phone.now += APPEAL_AGAIN_S - 1
    assert phone.send(talk.AppealAsked()) == ["appeal_known"]
    phone.now += 1
    assert phone.send(talk.AppealAsked()) == ["appeal_sent"]
    assert (phone.conversation.block.appeals, len(phone.writes)) == (2, 2)


@pytest.mark.parametrize("over", [False, True])
def test_without_a_block_there_is_nothing_to_appeal_against(phone, over):
    if over:
        block(phone, days=-1)
    assert phone.send(talk.AppealAsked())[0] == "late_button"
    assert phone.writes == []


def test_the_page_behind_an_sms_says_both_too():
    def page(**fields):
        known = facts(in_status(Status.NOTIFIED, **fields))
        return AnswerPage().sheet(Sheet(Stand.OFFERED, known, ("accept",)), "token")

    marked = page(earlier_false=3, pin_doubt="at_sea")
    assert "เคยแจ้งไม่พบเหตุ 3 ครั้งใน 90 วัน" in marked
    assert "หมุดอาจผิด" in marked
    assert "ห้ามโทร" not in marked
    plain = page(earlier_false=1, can_talk=False)
    assert "เคยแจ้งไม่พบเหตุ" not in plain
    assert "หมุดอาจผิด" not in plain
    assert "ห้ามโทร" in plain

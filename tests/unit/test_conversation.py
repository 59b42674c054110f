"""The conversation, step by step: nothing given is lost, every message gets a helpful answer."""

from dataclasses import replace
from itertools import count, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ess.domain import conversation as talk
from ess.domain.conversation import Conversation, Moment, Step, advance, reporter_view
from ess.domain.geo import Point
from ess.domain.kinds import Kind
from ess.domain.report import Status

NAKHON_PHANOM = Point(17.392, 104.770)
SINGAPORE = Point(1.290, 103.850)
NOW = 1_790_000_000.0
USER = "U" + "0" * 32
PHONE = "+66812345678"


def read_phone(text):
    return PHONE if "0812345678" in text else None


class Phone:
    """One person's side of the conversation."""

    def __init__(self):
        self.conversation = Conversation(USER)
        self.writes = []
        self.started = []
        self.woken = []
        self._ids = count()

    def send(self, given):
        moment = Moment(f"event-{next(self._ids)}", NOW, 60, read_phone)
        outcome = advance(self.conversation, given, moment)
        self.conversation = outcome.conversation
        if outcome.write:
            self.writes.append(outcome.write)
        if outcome.start:
            self.started.append(outcome.start)
        if outcome.wake:
            self.woken.append((outcome.wake, outcome.news))
        return [prompt.name for prompt in outcome.answer]

    def move_report_to(self, status, **changes):
        active = replace(self.conversation.active, status=status, **changes)
        self.conversation = replace(self.conversation, active=active)


@pytest.fixture
def phone():
    return Phone()


@pytest.fixture
def at_phone_step(phone):
    phone.send(talk.ReportAsked())
    phone.send(talk.KindChosen(Kind.ASSAULT))
    phone.send(talk.PinShared(NAKHON_PHANOM, "ตลาด"))
    return phone


@pytest.fixture
def dispatched(at_phone_step):
    at_phone_step.send(talk.TextSent("0812345678"))
    return at_phone_step


def test_the_whole_way_from_first_tap_to_dispatch(phone):
    assert phone.send(talk.Followed()) == ["greeting"]
    assert phone.send(talk.ReportAsked()) == ["ask_kind"]
    assert phone.send(talk.KindChosen(Kind.CONFINEMENT)) == ["ask_pin"]
    assert phone.send(talk.PinShared(NAKHON_PHANOM)) == ["ask_phone"]
    opened = phone.writes[0].report
    assert (opened.status, opened.kind, opened.pin) == (
        Status.OPENED,
        Kind.CONFINEMENT,
        NAKHON_PHANOM,
    )
    assert opened.due_at == NOW + 60
    assert phone.started == []
    assert phone.send(talk.TextSent("โทร 0812345678 นะ")) == ["received"]
    assert phone.writes[1] == talk.DispatchReport(opened.report_id, PHONE, True, NOW)
    assert phone.started == [opened.report_id]


@pytest.mark.parametrize(
    "order",
    list(
        permutations(
            [
                talk.KindChosen(Kind.ASSAULT),
                talk.PinShared(NAKHON_PHANOM),
                talk.TextSent("0812345678"),
            ]
        )
    ),
)
def test_the_same_report_in_whatever_order_the_parts_arrive(phone, order):
    phone.send(talk.ReportAsked())
    for given_ in order:
        phone.send(given_)
    assert phone.conversation.step is Step.FOLLOWING
    assert len(phone.started) == 1
    opened = phone.writes[0].report
    final = phone.writes[-1]
    assert opened.kind is Kind.ASSAULT
    assert opened.pin == NAKHON_PHANOM
    assert (final.phone if final is not phone.writes[0] else opened.phone) == PHONE


def test_a_pin_before_anything_else_begins_a_report(phone):
    assert phone.send(talk.PinShared(NAKHON_PHANOM)) == ["ask_kind"]
    assert phone.send(talk.KindChosen(Kind.ASSAULT)) == ["ask_phone"]


def test_no_call_dispatches_without_a_number(at_phone_step):
    assert at_phone_step.send(talk.CallDeclined()) == ["received_silent"]
    assert at_phone_step.writes[-1].phone is None
    assert at_phone_step.writes[-1].can_talk is False
    assert len(at_phone_step.started) == 1


@pytest.mark.parametrize(
    ("text", "answer"), [("0812", "phone_expected"), ("081234567", "phone_invalid")]
)
def test_an_unusable_number_is_asked_for_again(at_phone_step, text, answer):
    assert at_phone_step.send(talk.TextSent(text)) == [answer, "ask_phone"]
    assert at_phone_step.started == []


@pytest.mark.parametrize("pin", [SINGAPORE, Point(9.5, 101.8)])
def test_a_doubtful_pin_is_asked_about_and_never_refused(phone, pin):
    phone.send(talk.KindChosen(Kind.ASSAULT))
    (asked,) = phone.send(talk.PinShared(pin))
    assert asked in ("confirm_pin.outside", "confirm_pin.at_sea")
    assert phone.writes == []
    assert phone.send(talk.PinKept()) == ["ask_phone"]
    assert phone.writes[0].report.pin == pin


def test_a_doubtful_pin_can_be_replaced(phone):
    phone.send(talk.KindChosen(Kind.ASSAULT))
    phone.send(talk.PinShared(SINGAPORE))
    assert phone.send(talk.PinShared(NAKHON_PHANOM)) == ["ask_phone"]
    assert phone.writes[0].report.pin == NAKHON_PHANOM


def test_kind_and_pin_can_be_mended_until_dispatch(at_phone_step):
    other = Point(17.0, 104.5)
    assert at_phone_step.send(talk.KindChosen(Kind.SEXUAL_ABUSE)) == ["kind_mended", "ask_phone"]
    assert at_phone_step.send(talk.PinShared(other)) == ["pin_mended", "ask_phone"]
    assert [(w.kind, w.pin) for w in at_phone_step.writes[1:]] == [
        (Kind.SEXUAL_ABUSE, None),
        (None, other),
    ]


def test_the_same_kind_again_changes_nothing(at_phone_step):
    assert at_phone_step.send(talk.KindChosen(Kind.ASSAULT)) == ["ask_phone"]
    assert len(at_phone_step.writes) == 1


EVERYTHING = [
    talk.Followed(),
    talk.MenuAsked(),
    talk.ReportAsked(),
    talk.KindChosen(Kind.ASSAULT),
    talk.PinShared(NAKHON_PHANOM),
    talk.PinShared(SINGAPORE),
    talk.PinKept(),
    talk.TextSent("สวัสดี"),
    talk.TextSent("0812345678"),
    talk.CallDeclined(),
    talk.CancelAsked(),
    talk.CancelConfirmed("0" * 32),
    talk.CancelRefused(),
    talk.RestartAsked(),
    talk.StatusAsked(),
    talk.LanguageChosen("en"),
    talk.MediaSent("sticker"),
    talk.ButtonUnknown(),
]


@given(st.lists(st.sampled_from(EVERYTHING), max_size=12))
@settings(max_examples=400, deadline=None)
def test_every_message_at_every_step_is_answered(messages):
    phone = Phone()
    for message in messages:
        assert phone.send(message)


@given(st.lists(st.sampled_from([*EVERYTHING, talk.Unfollowed()]), max_size=12))
@settings(max_examples=400, deadline=None)
def test_a_report_that_exists_only_ends_when_its_reporter_confirms(messages):
    phone = Phone()
    opened = set()
    for message in messages:
        phone.send(message)
        opened |= {w.report.report_id for w in phone.writes if isinstance(w, talk.OpenReport)}
        assert not any(isinstance(w, talk.CancelReport) for w in phone.writes)
        if opened:
            assert phone.conversation.active.report_id in opened
            assert phone.conversation.active.is_open


@given(st.lists(st.sampled_from(EVERYTHING), min_size=1, max_size=10))
@settings(max_examples=200, deadline=None)
def test_every_input_is_remembered_once_and_counts_one_version(messages):
    phone = Phone()
    for number, message in enumerate(messages, start=1):
        phone.send(message)
        assert phone.conversation.version == number
        assert phone.conversation.recent_events[-1] == f"event-{number - 1}"
    assert len(set(phone.conversation.recent_events)) == len(messages)


def test_only_so_many_events_are_remembered(phone):
    for _ in range(talk.REMEMBERED_EVENTS + 20):
        phone.send(talk.MenuAsked())
    assert len(phone.conversation.recent_events) == talk.REMEMBERED_EVENTS


class TestCancel:
    def test_a_draft_at_once(self, phone):
        phone.send(talk.ReportAsked())
        phone.send(talk.KindChosen(Kind.ASSAULT))
        assert phone.send(talk.CancelAsked()) == ["draft_cancelled"]
        assert phone.conversation.step is Step.IDLE

    def test_a_report_after_a_question(self, dispatched):
        dispatched.move_report_to(Status.NOTIFIED, token="token")
        assert dispatched.send(talk.CancelAsked()) == ["cancel_confirm"]
        report_id = dispatched.conversation.active.report_id
        assert dispatched.send(talk.CancelConfirmed(report_id)) == ["cancelled"]
        assert dispatched.writes[-1] == talk.CancelReport(report_id, NOW)
        assert dispatched.woken == [("token", "closed")]
        assert dispatched.conversation.step is Step.IDLE

    def test_can_be_taken_back(self, dispatched):
        dispatched.send(talk.CancelAsked())
        assert dispatched.send(talk.CancelRefused())[0] == "kept_open"
        assert dispatched.conversation.active.is_open

    def test_of_another_report_does_nothing(self, dispatched):
        writes = len(dispatched.writes)
        assert dispatched.send(talk.CancelConfirmed("f" * 32))[0] == "late_button"
        assert len(dispatched.writes) == writes

    def test_twice_shows_that_it_is_closed(self, dispatched):
        report_id = dispatched.conversation.active.report_id
        dispatched.send(talk.CancelConfirmed(report_id))
        writes = len(dispatched.writes)
        assert dispatched.send(talk.CancelConfirmed(report_id)) == ["status.closed"]
        assert len(dispatched.writes) == writes

    def test_with_nothing_open(self, phone):
        assert phone.send(talk.CancelAsked()) == ["nothing_to_cancel", "menu"]


class TestStatus:
    @pytest.mark.parametrize("status", [s for s in Status if s is not Status.OPENED])
    def test_is_that_of_the_report(self, dispatched, status):
        dispatched.move_report_to(status)
        assert dispatched.send(talk.StatusAsked()) == [f"status.{status}"]

    def test_at_the_desk_is_said_plainly(self, dispatched):
        dispatched.move_report_to(Status.NOTIFIED, at_desk=True)
        assert dispatched.send(talk.StatusAsked()) == ["status.at_desk"]

    def test_of_a_draft_says_that_nothing_was_sent(self, phone):
        phone.send(talk.ReportAsked())
        assert phone.send(talk.StatusAsked()) == ["not_sent_yet", "ask_kind"]

    def test_without_a_report(self, phone):
        assert phone.send(talk.StatusAsked()) == ["no_report", "menu"]


class TestLate:
    def test_kind_button_after_dispatch_changes_nothing(self, dispatched):
        writes = len(dispatched.writes)
        answer = dispatched.send(talk.KindChosen(Kind.SEXUAL_ABUSE))
        assert answer == ["late_button", "status.dispatched"]
        assert len(dispatched.writes) == writes

    def test_pin_after_dispatch_says_that_it_did_not_arrive(self, dispatched):
        assert dispatched.send(talk.PinShared(SINGAPORE)) == ["pin_too_late", "status.dispatched"]

    def test_words_after_dispatch_say_that_they_did_not_arrive(self, dispatched):
        answer = dispatched.send(talk.TextSent("เขามีมีด"))
        assert answer == ["words_not_relayed", "status.dispatched"]

    def test_report_button_offers_another_report(self, dispatched):
        assert dispatched.send(talk.ReportAsked())[0] == "already_open"
        assert dispatched.send(talk.ReportAsked(fresh=True)) == ["ask_kind"]
        first = dispatched.conversation.active.report_id
        dispatched.send(talk.KindChosen(Kind.VIOLENT_PERSON))
        dispatched.send(talk.PinShared(NAKHON_PHANOM))
        assert dispatched.conversation.active.report_id != first

    def test_restart_forgets_the_draft_alone(self, phone):
        phone.send(talk.KindChosen(Kind.ASSAULT))
        assert phone.send(talk.RestartAsked()) == ["started_over", "ask_kind"]
        assert phone.conversation.draft == talk.Draft()


def test_a_number_given_early_is_kept(phone):
    phone.send(talk.ReportAsked())
    assert phone.send(talk.TextSent("0812345678")) == ["phone_kept", "ask_kind"]
    phone.send(talk.KindChosen(Kind.ASSAULT))
    assert phone.send(talk.PinShared(NAKHON_PHANOM)) == ["received"]
    assert phone.writes[0].report.phone == PHONE
    assert phone.started == [phone.writes[0].report.report_id]


def test_a_number_before_anything_else_begins_a_report(phone):
    assert phone.send(talk.TextSent("0812345678")) == ["phone_kept", "ask_kind"]
    phone.send(talk.PinShared(NAKHON_PHANOM))
    assert phone.send(talk.KindChosen(Kind.ASSAULT)) == ["received"]
    assert phone.writes[0].report.phone == PHONE


def test_cannot_talk_still_holds_when_a_number_follows(phone):
    phone.send(talk.ReportAsked())
    phone.send(talk.CallDeclined())
    phone.send(talk.TextSent("0812345678"))
    phone.send(talk.KindChosen(Kind.ASSAULT))
    assert phone.send(talk.PinShared(NAKHON_PHANOM)) == ["received_silent"]
    report = phone.writes[0].report
    assert (report.can_talk, report.phone) == (False, PHONE)


@pytest.mark.parametrize("status", [Status.DISPATCHED, Status.NOTIFIED])
def test_a_number_after_the_dispatch_is_added_while_nobody_has_accepted(at_phone_step, status):
    at_phone_step.move_report_to(status)  # the auditor was faster than the reporter
    report_id = at_phone_step.conversation.active.report_id
    answer = at_phone_step.send(talk.TextSent("0812345678"))
    assert answer == ["phone_added", f"status.{status}"]
    assert at_phone_step.writes[-1] == talk.AddPhone(report_id, PHONE, NOW)
    assert at_phone_step.started == []


def test_a_number_after_somebody_accepted_goes_to_that_officer(at_phone_step):
    at_phone_step.move_report_to(Status.ACKNOWLEDGED, token="token")
    answer = at_phone_step.send(talk.TextSent("0812345678"))
    assert answer == ["phone_passed", "status.acknowledged"]
    assert at_phone_step.woken == [("token", "phone_added")]


def test_a_number_of_someone_who_cannot_talk_is_kept_and_not_promised_to_be_seen(at_phone_step):
    at_phone_step.send(talk.CallDeclined())
    answer = at_phone_step.send(talk.TextSent("0812345678"))
    assert answer == ["phone_added_silent", "status.dispatched"]


@pytest.mark.parametrize("status", [Status.DISPATCHED, Status.NOTIFIED])
def test_do_not_call_holds_after_the_number_was_given(dispatched, status):
    dispatched.move_report_to(status)
    report_id = dispatched.conversation.active.report_id
    assert dispatched.send(talk.CallDeclined()) == ["no_call_kept", f"status.{status}"]
    assert dispatched.writes[-1] == talk.ForbidCall(report_id, NOW)
    assert not dispatched.conversation.active.can_talk


def test_do_not_call_reaches_the_officer_who_accepted(dispatched):
    dispatched.move_report_to(Status.ON_THE_WAY, token="token")
    assert dispatched.send(talk.CallDeclined()) == ["no_call_passed", "status.on_the_way"]
    assert dispatched.woken == [("token", "no_call")]


def test_dropping_a_second_report_says_that_the_first_goes_on(dispatched):
    dispatched.send(talk.ReportAsked(fresh=True))
    assert dispatched.send(talk.CancelAsked()) == ["draft_dropped", "status.dispatched"]
    assert dispatched.conversation.active.is_open


def test_language_is_kept_and_the_question_asked_again(at_phone_step):
    assert at_phone_step.send(talk.LanguageChosen("en")) == ["language_set", "ask_phone"]
    assert at_phone_step.conversation.language == "en"


def test_following_again_keeps_an_open_report(dispatched):
    dispatched.send(talk.Unfollowed())
    assert dispatched.send(talk.Followed()) == ["welcome_back", "status.dispatched"]


def test_the_reporters_copy_says_what_the_report_says(at_phone_step):
    report = at_phone_step.writes[0].report
    assert reporter_view(report) == at_phone_step.conversation.active

"""The conversation, step by step: nothing given is lost, every message gets a helpful answer."""

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ess.domain import conversation as talk
from ess.domain.conversation import Step, reporter_view
from ess.domain.geo import Point
from ess.domain.kinds import Kind
from ess.domain.report import Status
from ess.domain.understanding import Role
from tests.unit.talk_kit import NAKHON_PHANOM, NOW, PHONE, SINGAPORE, Phone


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


def test_who_has_no_number_is_heard_all_the_same_and_may_talk(at_phone_step):
    assert at_phone_step.send(talk.NumberMissing()) == ["received"]
    assert at_phone_step.writes[-1].phone is None
    assert at_phone_step.writes[-1].can_talk is True
    assert len(at_phone_step.started) == 1
    assert at_phone_step.send(talk.NumberMissing()) == ["late_button", "status.dispatched"]
    assert len(at_phone_step.started) == 1


def test_no_call_dispatches_without_a_number(at_phone_step):
    assert at_phone_step.send(talk.CallDeclined()) == ["received_silent", "question.hurt"]
    assert at_phone_step.writes[-1].phone is None
    assert at_phone_step.writes[-1].can_talk is False
    assert len(at_phone_step.started) == 1


@pytest.mark.parametrize("text", ["0812", "081234567", "๐๘๑ ๒๓๔"])
def test_an_unusable_number_is_asked_for_again(at_phone_step, text):
    writes = len(at_phone_step.writes)
    assert at_phone_step.send(talk.TextSent(text)) == ["phone_invalid", "ask_phone"]
    assert at_phone_step.started == []
    assert len(at_phone_step.writes) == writes


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
    talk.KindsAsked(),
    talk.KindChosen(Kind.ASSAULT),
    talk.PinShared(NAKHON_PHANOM),
    talk.PinShared(SINGAPORE),
    talk.PinKept(),
    talk.TextSent("สวัสดี"),
    talk.TextSent("0812345678"),
    talk.CallDeclined(),
    talk.NumberMissing(),
    talk.CancelAsked(),
    talk.CancelConfirmed("0" * 32),
    talk.CancelRefused(),
    talk.RestartAsked(),
    talk.StatusAsked(),
    talk.SwitchAsked("0" * 32),
    talk.WhoChosen(Role.BYSTANDER),
    talk.DetailsAsked(),
    talk.LandmarkAsked(),
    talk.Answered("hurt", "yes"),
    talk.Answered("hurt", "perhaps"),
    talk.ClearAsked(),
    talk.AskingAllowed(),
    talk.NobodyCame("0" * 32),
    talk.HelpCame("0" * 32),
    talk.ReportAsked(drill=True),
    talk.ReportAsked(fresh=True),
    talk.LanguageChosen("en"),
    talk.MediaSent("sticker"),
    talk.MediaSent("image", "7"),
    talk.ButtonUnknown(),
]


@given(st.lists(st.sampled_from(EVERYTHING), max_size=12))
@settings(max_examples=200, deadline=None)
def test_every_message_at_every_step_is_answered(messages):
    phone = Phone()
    for message in messages:
        assert phone.send(message)


@given(st.lists(st.sampled_from([*EVERYTHING, talk.Unfollowed()]), max_size=12))
@settings(max_examples=200, deadline=None)
def test_a_report_that_exists_only_ends_when_its_reporter_confirms(messages):
    phone = Phone()
    opened = set()
    for message in messages:
        phone.send(message)
        opened |= {w.report.report_id for w in phone.writes if isinstance(w, talk.OpenReport)}
        assert not any(isinstance(w, talk.CancelReport) for w in phone.writes)
        if opened:
            assert not any(isinstance(w, talk.ReopenReport) for w in phone.writes)
            assert phone.conversation.active.report_id in opened
            assert phone.conversation.active.is_open


@given(st.lists(st.sampled_from(EVERYTHING), min_size=1, max_size=10))
@settings(max_examples=100, deadline=None)
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
        writes = len(dispatched.writes)
        assert dispatched.send(talk.CancelConfirmed(report_id)) == ["cancel_reasons"]
        assert (len(dispatched.writes), dispatched.conversation.active.is_open) == (writes, True)
        assert dispatched.send(talk.CancelConfirmed(report_id, "safe_now")) == ["cancelled"]
        assert dispatched.writes[-1] == talk.CancelReport(report_id, NOW, "safe_now")
        assert dispatched.woken == [("token", "closed")]
        assert dispatched.conversation.step is Step.IDLE

    @pytest.mark.parametrize("why", talk.CANCEL_REASONS)
    def test_is_not_held_against_anybody_whatever_the_reason(self, dispatched, why):
        report_id = dispatched.conversation.active.report_id
        dispatched.send(talk.CancelConfirmed(report_id, why))
        assert dispatched.writes[-1].why == why
        assert dispatched.conversation.active.closing_reason == "cancelled_by_reporter"

    def test_for_a_reason_that_nobody_knows_is_for_another_one(self, dispatched):
        dispatched.send(talk.CancelConfirmed(dispatched.conversation.active.report_id, "x"))
        assert dispatched.writes[-1].why == "other"

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
        dispatched.send(talk.CancelConfirmed(report_id, "mistake"))
        writes = len(dispatched.writes)
        assert dispatched.send(talk.CancelConfirmed(report_id)) == ["status.cancelled"]
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
    @pytest.mark.parametrize(
        ("status", "woken"),
        [
            (Status.DISPATCHED, []),
            (Status.NOTIFIED, []),
            (Status.ACKNOWLEDGED, [("token", "details")]),
            (Status.ON_SCENE, [("token", "details")]),
        ],
    )
    def test_kind_and_pin_can_still_be_mended_after_dispatch(self, dispatched, status, woken):
        dispatched.move_report_to(status, token="token")
        report_id = dispatched.conversation.active.report_id
        answer = dispatched.send(talk.KindChosen(Kind.SEXUAL_ABUSE))
        assert answer == ["kind_mended", f"status.{status}"]
        assert dispatched.writes[-1] == talk.ReviseReport(
            report_id, Kind.SEXUAL_ABUSE, None, None, NOW
        )
        other = Point(17.40, 104.78)
        assert dispatched.send(talk.PinShared(other, "วัด")) == ["pin_mended", f"status.{status}"]
        assert dispatched.writes[-1] == talk.ReviseReport(report_id, None, other, "วัด", NOW)
        assert dispatched.woken == woken * 2

    @pytest.mark.parametrize(
        ("pin", "answer"),
        [(SINGAPORE, "pin_not_moved.outside"), (Point(9.5, 101.8), "pin_not_moved.at_sea")],
    )
    def test_a_doubtful_pin_does_not_move_a_report(self, dispatched, pin, answer):
        writes = len(dispatched.writes)
        assert dispatched.send(talk.PinShared(pin)) == [answer, "status.dispatched"]
        assert len(dispatched.writes) == writes

    def test_report_button_asks_whether_it_is_the_same(self, dispatched):
        assert dispatched.send(talk.ReportAsked()) == ["already_open"]
        assert dispatched.conversation.draft is None
        assert dispatched.send(talk.DetailsAsked()) == ["details"]
        assert dispatched.send(talk.ReportAsked(fresh=True)) == ["ask_kind"]
        first = dispatched.conversation.active.report_id
        dispatched.send(talk.KindChosen(Kind.VIOLENT_PERSON))
        dispatched.send(talk.PinShared(NAKHON_PHANOM))
        assert dispatched.conversation.active.report_id != first

    def test_restart_forgets_the_draft_alone(self, phone):
        phone.send(talk.KindChosen(Kind.ASSAULT))
        assert phone.send(talk.RestartAsked()) == ["started_over", "ask_kind"]
        assert phone.conversation.draft == talk.Draft(touched_at=NOW)


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
    assert phone.send(talk.PinShared(NAKHON_PHANOM)) == ["received_silent", "question.hurt"]
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
    assert dispatched.send(talk.CallDeclined()) == ["no_call_kept", "question.hurt"]
    assert dispatched.writes[-1] == talk.ForbidCall(report_id, NOW)
    assert not dispatched.conversation.active.can_talk


def test_do_not_call_reaches_the_officer_who_accepted(dispatched):
    dispatched.move_report_to(Status.ON_THE_WAY, token="token")
    assert dispatched.send(talk.CallDeclined()) == ["no_call_passed", "question.hurt"]
    assert dispatched.woken == [("token", "no_call")]


@pytest.mark.parametrize(
    "another",
    [talk.ReportAsked(fresh=True), talk.PinShared(NAKHON_PHANOM, about="new")],
)
def test_who_cannot_talk_about_one_report_is_not_called_about_the_next(dispatched, another):
    dispatched.send(talk.CallDeclined())
    dispatched.send(another)
    dispatched.send(talk.KindChosen(Kind.CONFINEMENT))
    assert dispatched.conversation.draft is None or dispatched.conversation.draft.no_call
    dispatched.send(talk.PinShared(NAKHON_PHANOM))
    opened = [write for write in dispatched.writes if isinstance(write, talk.OpenReport)]
    assert len(opened) == 2
    assert opened[-1].report.can_talk is False


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


@pytest.mark.parametrize("given_", [talk.PinShared(NAKHON_PHANOM), talk.PinShared(SINGAPORE)])
def test_whoever_is_made_to_block_us_after_a_pin_is_still_looked_for(phone, given_):
    phone.send(given_)
    phone.send(talk.Unfollowed())
    assert phone.conversation.draft.pin == given_.pin


def test_the_reporters_copy_says_what_the_report_says(at_phone_step):
    report = at_phone_step.writes[0].report
    assert reporter_view(report) == at_phone_step.conversation.active


# --- afterwards: whether somebody came ----------------------------------------------------------


@pytest.fixture
def closed(dispatched):
    dispatched.move_report_to(
        Status.CLOSED,
        closing_reason="resolved",
        changed_at=NOW,
        responder_th="ด.ต. เอ",
        responder_en="Sgt. A",
        token="old",
        run=1,
    )
    return dispatched


def report_of(phone):
    return phone.conversation.active.report_id


class TestSafeToAsk:
    def test_is_kept_while_the_report_is_open(self, dispatched):
        assert dispatched.send(talk.AskingAllowed()) == ["asking_allowed", "status.dispatched"]
        assert dispatched.writes[-1] == talk.AllowAsking(report_of(dispatched), NOW)
        dispatched.move_report_to(Status.CLOSED, closing_reason="resolved")
        assert dispatched.send(talk.StatusAsked()) == ["status.closed_ask"]

    def test_nobody_is_asked_without_it(self, closed):
        assert closed.send(talk.StatusAsked()) == ["status.closed"]

    def test_whoever_cancelled_is_not_asked(self, dispatched):
        dispatched.send(talk.AskingAllowed())
        dispatched.send(talk.CancelConfirmed(report_of(dispatched), "other"))
        assert dispatched.send(talk.StatusAsked()) == ["status.cancelled"]

    def test_comes_too_late_for_a_closed_report(self, closed):
        writes = len(closed.writes)
        assert closed.send(talk.AskingAllowed())[0] == "late_button"
        assert len(closed.writes) == writes


class TestNobodyCame:
    @pytest.mark.parametrize("status", [Status.ACKNOWLEDGED, Status.ON_THE_WAY, Status.ON_SCENE])
    def test_calls_help_for_whoever_accepted(self, dispatched, status):
        dispatched.move_report_to(status, token="token")
        report_id = report_of(dispatched)
        assert dispatched.send(talk.NobodyCame(report_id)) == ["nobody_came_passed"]
        assert dispatched.writes[-1] == talk.CallHelp(report_id, NOW)
        assert dispatched.woken == [("token", "nobody_came")]
        assert dispatched.conversation.active.status is status

    @pytest.mark.parametrize("status", [Status.DISPATCHED, Status.NOTIFIED])
    def test_changes_nothing_while_somebody_is_looked_for(self, dispatched, status):
        dispatched.move_report_to(status, token="token")
        writes = len(dispatched.writes)
        assert dispatched.send(talk.NobodyCame(report_of(dispatched))) == [f"status.{status}"]
        assert (len(dispatched.writes), dispatched.woken) == (writes, [])

    @pytest.mark.parametrize("after_s", [0, 86_400])
    def test_reopens_a_closed_report_within_a_day_under_the_same_reference(self, closed, after_s):
        before = closed.conversation.active
        closed.now = NOW + after_s
        assert closed.send(talk.NobodyCame(before.report_id)) == ["reopened"]
        assert closed.writes[-1] == talk.ReopenReport(before.report_id, closed.now)
        assert (closed.started[-1], closed.runs[-1]) == (before.report_id, 2)
        after = closed.conversation.active
        assert (after.status, after.run, after.reference) == (
            Status.DISPATCHED,
            2,
            before.reference,
        )
        assert (after.token, after.responder_th, after.closing_reason) == (None, None, None)
        assert closed.send(talk.StatusAsked()) == ["status.dispatched"]

    def test_comes_too_late_after_a_day(self, closed):
        closed.now = NOW + 86_401
        writes = len(closed.writes)
        assert closed.send(talk.NobodyCame(report_of(closed))) == ["too_late_to_reopen", "menu"]
        assert len(closed.writes) == writes

    def test_does_not_reopen_what_its_reporter_cancelled(self, dispatched):
        report_id = report_of(dispatched)
        dispatched.send(talk.CancelConfirmed(report_id, "other"))
        assert dispatched.send(talk.NobodyCame(report_id))[0] == "was_cancelled"
        assert not dispatched.conversation.active.is_open

    def test_of_another_report_does_nothing(self, closed):
        writes = len(closed.writes)
        for given_ in (talk.NobodyCame("f" * 32), talk.HelpCame("f" * 32)):
            assert closed.send(given_)[0] == "late_button"
        assert len(closed.writes) == writes

    def test_twice_is_once(self, closed):
        report_id = report_of(closed)
        closed.send(talk.NobodyCame(report_id))
        writes = len(closed.writes)
        assert closed.send(talk.NobodyCame(report_id)) == ["status.dispatched"]
        assert (len(closed.writes), closed.conversation.active.run) == (writes, 2)


def test_that_somebody_came_is_written_down_and_can_still_be_taken_back(closed):
    report_id = report_of(closed)
    assert closed.send(talk.HelpCame(report_id)) == ["help_came"]
    assert closed.writes[-1] == talk.ConfirmHelp(report_id, NOW)
    assert not closed.conversation.active.is_open
    assert closed.send(talk.NobodyCame(report_id)) == ["reopened"]


def test_help_cannot_be_confirmed_before_the_end(dispatched):
    assert dispatched.send(talk.HelpCame(report_of(dispatched)))[0] == "late_button"


# --- drills ---------------------------------------------------------------------------------------


def labelled(phone):
    return [prompt.params.get("drill") is True for prompt in phone.answered]


def test_what_is_real_can_be_reported_in_the_middle_of_a_drill(phone):
    for given_ in (
        talk.ReportAsked(drill=True),
        talk.KindChosen(Kind.ASSAULT),
        talk.PinShared(NAKHON_PHANOM),
    ):
        phone.send(given_)
    phone.send(talk.ReportAsked())
    assert phone.conversation.step is talk.Step.CHOOSE_KIND
    assert not phone.conversation.draft.drill
    assert not any(labelled(phone))


def test_a_drill_is_labelled_on_every_message_from_the_first_to_the_last(phone):
    steps = [
        talk.ReportAsked(drill=True),
        talk.StatusAsked(),
        talk.TextSent("สวัสดี"),
        talk.KindChosen(Kind.ASSAULT),
        talk.PinShared(SINGAPORE),
        talk.PinShared(NAKHON_PHANOM),
        talk.TextSent("123"),
        talk.LanguageChosen("en"),
        talk.MediaSent("image"),
        talk.StatusAsked(),
        talk.TextSent("0812345678"),
        talk.AskingAllowed(),
        talk.CallDeclined(),
        talk.Answered("hurt", "no"),
        talk.DetailsAsked(),
        talk.WhoChosen(Role.VOLUNTEER),
        talk.LandmarkAsked(),
        talk.TextSent("รั้วเขียว"),
        talk.TextSent("มีคนเจ็บ"),
        talk.MediaSent("image", "7"),
        talk.ClearAsked(),
        talk.CancelAsked(),
        talk.CancelRefused(),
        talk.ReportAsked(drill=True),
        talk.Followed(),
    ]
    for given_ in steps:
        assert phone.send(given_)
        assert all(labelled(phone)), given_
    assert phone.writes[0].report.drill
    assert phone.conversation.active.drill
    phone.send(talk.CancelConfirmed(report_of(phone)))
    assert all(labelled(phone))
    phone.send(talk.CancelConfirmed(report_of(phone), "mistake"))
    assert all(labelled(phone))
    phone.send(talk.StatusAsked())
    assert all(labelled(phone))


def test_the_end_of_a_drill_is_labelled_too(phone):
    for given_ in (
        talk.ReportAsked(drill=True),
        talk.KindChosen(Kind.ASSAULT),
        talk.PinShared(NAKHON_PHANOM),
        talk.CallDeclined(),
    ):
        phone.send(given_)
    phone.move_report_to(Status.CLOSED, closing_reason="resolved", changed_at=NOW)
    for given_ in (talk.StatusAsked(), talk.HelpCame(report_of(phone))):
        phone.send(given_)
        assert all(labelled(phone)), given_
    phone.now = NOW + 86_401
    assert phone.send(talk.NobodyCame(report_of(phone))) == ["too_late_to_reopen", "menu"]
    assert labelled(phone) == [True, False]  # the menu is not the drill's
    phone.now = NOW + 60
    assert phone.send(talk.NobodyCame(report_of(phone))) == ["reopened"]
    assert all(labelled(phone))
    assert phone.conversation.active.drill


def test_a_draft_of_a_drill_that_is_dropped_is_labelled(phone):
    phone.send(talk.ReportAsked(drill=True))
    assert phone.send(talk.CancelAsked()) == ["draft_cancelled"]
    assert labelled(phone) == [True]
    phone.send(talk.MenuAsked())
    assert labelled(phone) == [False]


@pytest.mark.parametrize(
    "real",
    [
        (talk.ReportAsked(),),
        (talk.RestartAsked(),),
        (talk.CancelAsked(), talk.KindChosen(Kind.ASSAULT)),
    ],
)
def test_a_drill_that_was_begun_and_left_does_not_swallow_a_real_report(phone, real):
    phone.send(talk.ReportAsked(drill=True))
    for given_ in (*real, talk.KindChosen(Kind.ASSAULT), talk.PinShared(NAKHON_PHANOM)):
        phone.send(given_)
    assert not any(labelled(phone))
    assert not phone.writes[0].report.drill


def test_a_real_draft_that_was_left_does_not_make_a_drill_real(phone):
    phone.send(talk.KindChosen(Kind.ASSAULT))
    assert phone.send(talk.ReportAsked(drill=True)) == ["ask_pin"]
    phone.send(talk.PinShared(NAKHON_PHANOM))
    assert phone.writes[0].report.drill


def test_a_real_report_beside_an_open_drill_is_real(phone):
    for given_ in (
        talk.ReportAsked(drill=True),
        talk.KindChosen(Kind.ASSAULT),
        talk.PinShared(NAKHON_PHANOM),
        talk.CallDeclined(),
        talk.ReportAsked(fresh=True),
    ):
        phone.send(given_)
    assert labelled(phone) == [False]
    phone.send(talk.KindChosen(Kind.ASSAULT))
    phone.send(talk.PinShared(NAKHON_PHANOM))
    assert [w.report.drill for w in phone.writes if isinstance(w, talk.OpenReport)] == [True, False]

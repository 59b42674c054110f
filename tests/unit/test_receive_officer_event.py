"""Officers in a 1:1 chat: join, confirm a phone, duty, leave; races and redelivery."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ess.adapters.line.events import read_event
from ess.adapters.memory.clock import MemoryClock
from ess.adapters.memory.conversations import MemoryConversations
from ess.adapters.memory.enrolments import MemoryEnrolments
from ess.adapters.memory.invitations import MemoryInvitations
from ess.adapters.memory.menus import MemoryMenus
from ess.adapters.memory.messenger import MemoryMessenger
from ess.adapters.memory.responders import MemoryResponders
from ess.adapters.memory.sms import MemorySms
from ess.adapters.memory.store import MemoryStore
from ess.adapters.memory.workflow import MemoryWorkflow
from ess.adapters.phone import read_phone
from ess.domain import conversation as talk
from ess.domain.duty import Shift
from ess.domain.errors import PermanentFailure, ResponderChanged, TemporaryFailure
from ess.domain.geo import Point
from ess.domain.incoming import OFFICER_ACTS, IncomingEvent, OfficerAsked
from ess.domain.invitation import Invitation, hash_of
from ess.domain.kinds import Kind
from ess.domain.responder import Responder
from ess.usecases.receive_event import receive_event
from ess.usecases.receive_officer_event import Officers

ME, OTHER = "U" + "a" * 32, "U" + "b" * 32
CODE, SECOND = "ABCD2FGH", "BCDE3GHJ"
PHONE = "0812345678"
HOUR = 3600.0


class World:
    def __init__(self):
        self.store = MemoryStore()
        self.conversations = MemoryConversations(self.store)
        self.responders = MemoryResponders()
        self.invitations = MemoryInvitations()
        self.enrolments = MemoryEnrolments(self.conversations, self.responders, self.invitations)
        self.messenger, self.sms, self.menus = MemoryMessenger(), MemorySms(), MemoryMenus()
        self.workflow, self.clock = MemoryWorkflow(), MemoryClock()
        self.said = []
        self.numbers = count(1)
        self.drawn = (f"{n:06}" for n in count(100_001))
        self.officers = Officers(
            conversations=self.conversations,
            responders=self.responders,
            invitations=self.invitations,
            enrolments=self.enrolments,
            messenger=self.messenger,
            sms=lambda: self.sms,
            menus=lambda: self.menus,
            draw_code=lambda: next(self.drawn),
            observe=self.said.append,
        )
        self.invite(CODE)

    def invite(self, code, unit="np", hours=72):
        now = self.clock.now()
        until = now + hours * HOUR
        self.invitations.add(
            Invitation(hash_of(code), unit, f"สภ.{unit}", unit, "ด.ต. ก", "Sgt. K", now, until)
        )

    def give(self, given, user=ME, event_id=None):
        number = next(self.numbers)
        event = IncomingEvent(event_id or f"e{number}", user, f"reply-{number}", given)
        receive_event(
            event,
            given,
            conversations=self.conversations,
            messenger=self.messenger,
            workflow=self.workflow,
            clock=self.clock,
            grace_s=60,
            read_phone=read_phone,
            officers=self.officers,
        )
        return event

    def type(self, text, user=ME, event_id=None):
        raw = {
            "type": "message",
            "source": {"type": "user", "userId": user},
            "webhookEventId": "x",
            "message": {"type": "text", "text": text},
        }
        self.give(read_event(raw).given, user, event_id)
        return self.answer

    def press(self, act, user=ME, event_id=None):
        self.give(OfficerAsked(act), user, event_id)
        return self.answer

    @property
    def answer(self):
        return [prompt.name for prompt in self.messenger.replies[-1].prompts]

    @property
    def sent_code(self):
        return self.sms.sent[-1][1].params["code"]

    def join(self, code=CODE, user=ME):
        self.type(code, user)
        self.type(PHONE, user)
        return self.type(self.sent_code, user)

    def mine(self, user=ME):
        return self.responders.by_line_user(user)

    @property
    def me(self):
        (person,) = self.mine()
        return person

    def busy(self, user=ME):
        self.give(talk.KindChosen(Kind.ASSAULT), user)
        self.give(talk.PinShared(Point(17.392, 104.770)), user)


@pytest.fixture
def world():
    return World()


# --- joining --------------------------------------------------------------------------------


def test_from_the_code_to_duty(world):
    assert world.type("abcd-2fgh") == ["officer.join.welcome", "officer.phone.ask"]
    assert not world.me.verified
    assert world.me.phone is None
    assert world.type(PHONE) == ["officer.phone.sent"]
    assert world.type(world.sent_code) == ["officer.join.done"]
    assert (world.me.verified, world.me.phone, world.me.on_duty) == (True, "+66812345678", False)
    assert not world.me.may_be_called(world.clock.now())
    assert world.menus.officers == {ME}
    assert world.press("duty_on") == ["officer.duty.on"]
    assert world.me.may_be_called(world.clock.now())
    assert [prompt.name for _, prompt in world.sms.sent] == ["sms.confirm_phone"]


@pytest.mark.parametrize("text", ["เข้าร่วม abcd 2fgh", "join ABCD2FGH", " ABCD 2FGH "])
def test_a_code_in_any_spelling_opens_the_unit(world, text):
    assert world.type(text)[0] == "officer.join.welcome"


def test_wrong_expired_and_used_codes_get_the_same_answer(world):
    world.invite(SECOND, hours=1)
    world.clock.advance(HOUR)
    world.type(CODE, OTHER)
    answers = [world.type(code) for code in ("ZZZZ2ZZZ", SECOND, CODE)]
    assert answers == [["officer.join.unknown"]] * 3
    assert not world.mine()


def test_after_five_wrong_codes_none_is_looked_up_for_a_quarter_hour(world):
    for n in range(5):
        world.type(f"ZZZZ{n + 2}ZZZ")
    assert world.answer == ["officer.join.wait"]
    looked_up = world.invitations.calls["get"]
    assert world.type(CODE) == ["officer.join.wait"]
    assert world.invitations.calls["get"] == looked_up
    world.clock.advance(15 * 60)
    assert world.type(CODE)[0] == "officer.join.welcome"


def test_one_persons_mistakes_do_not_lock_another_out(world):
    for n in range(5):
        world.type(f"ZZZZ{n + 2}ZZZ", OTHER)
    assert world.type(CODE)[0] == "officer.join.welcome"


def test_a_code_works_once(world):
    world.join()
    assert world.type(CODE, OTHER) == ["officer.join.unknown"]
    assert not world.mine(OTHER)


def test_typing_it_again_goes_on_where_one_was(world):
    world.type(CODE)
    assert world.type(CODE) == ["officer.phone.ask"]
    world.type(PHONE)
    assert world.type(CODE) == ["officer.phone.sent"]
    world.type(world.sent_code)
    assert world.type(CODE) == ["officer.join.already"]
    assert len(world.mine()) == 1


def test_a_member_keeps_the_row_and_the_new_code_stays_unused(world):
    world.join()
    before = world.me
    world.invite(SECOND)
    assert world.type(SECOND) == ["officer.join.already"]
    assert world.me == before
    assert world.type(SECOND, OTHER)[0] == "officer.join.welcome"


def test_one_person_may_join_two_units(world):
    world.invite(SECOND, "np2")
    world.join()
    world.join(SECOND)
    assert [(p.unit_id, p.verified) for p in world.mine()] == [("np", True), ("np2", True)]
    world.press("duty_on")
    assert all(p.on_duty for p in world.mine())


def test_two_codes_before_the_phone_are_both_confirmed_by_it(world):
    world.invite(SECOND, "np2")
    world.type(CODE)
    world.join(SECOND)
    assert all(p.verified for p in world.mine())


@given(st.integers(2, 6), st.permutations(range(6)))
def test_a_code_works_once_under_concurrency(people, order):
    world = World()
    users = [f"U{n:032x}" for n in order[:people]]
    with ThreadPoolExecutor(people) as pool:
        list(pool.map(lambda user: world.type(CODE, user), users))
    joined = [user for user in users if world.mine(user)]
    assert len(joined) == 1
    assert world.invitations.kept[hash_of(CODE)].used_by == joined[0]


def test_whoever_loses_the_race_for_a_code_is_told_so(world):
    world.enrolments.plan("save", lambda: world.type(CODE, OTHER))
    world.give(_code(CODE))
    assert world.answer == ["officer.join.unknown"]
    assert not world.mine()
    assert world.mine(OTHER)


def _code(code):
    raw = {
        "type": "message",
        "source": {"type": "user", "userId": ME},
        "webhookEventId": "x",
        "message": {"type": "text", "text": code},
    }
    return read_event(raw).given


def test_a_store_that_fails_leaves_nothing_behind_and_the_next_delivery_joins(world):
    world.enrolments.plan("save", TemporaryFailure("not now"))
    with pytest.raises(TemporaryFailure):
        world.type(CODE, event_id="once")
    assert not world.mine()
    assert world.type(CODE, event_id="once")[0] == "officer.join.welcome"


def test_an_invitation_no_longer_vouches_for_whom_the_unit_stopped(world):
    world.join()
    world.responders.put([replace(world.me, verified=False, phone=None)])
    assert world.type(CODE) == ["officer.join.unknown"]
    assert world.press("duty_on") == ["officer.status.unverified"]
    assert world.press("change_phone") == ["officer.status.unverified"]
    world.type(PHONE)
    assert not world.me.verified


def test_a_new_invitation_vouches_again_for_the_same_row(world):
    world.join()
    row = world.me.responder_id
    world.responders.put([replace(world.me, verified=False)])
    world.invite(SECOND)
    world.clock.advance(HOUR)
    world.join(SECOND)
    assert (world.me.responder_id, world.me.verified) == (row, True)


# --- a reporter who types such a thing ----------------------------------------------------------


def test_a_code_by_chance_does_not_break_a_report(world):
    world.busy()
    draft = world.store.conversations[ME].active
    assert world.type("ZZZZ2ZZZ") == ["note_kept", "ask_phone"]
    assert world.type("0812345678") == ["received"]
    assert draft.report_id == world.store.conversations[ME].active.report_id


def test_a_reporter_who_says_that_they_join_is_answered_so(world):
    world.busy()
    assert world.type("เข้าร่วม ZZZZ2ZZZ") == ["officer.join.unknown"]
    assert world.type("join ABCD-2FG") == ["officer.join.malformed"]


def test_a_real_code_is_taken_in_the_middle_of_a_report(world):
    world.busy()
    assert world.type(CODE)[0] == "officer.join.welcome"
    assert world.store.conversations[ME].active.is_open


def test_a_report_is_no_way_around_the_limit(world):
    world.busy()
    for n in range(5):
        world.type(f"ZZZZ{n + 2}ZZZ")
    looked_up = world.invitations.calls["get"]
    assert world.type(CODE) == ["note_kept", "ask_phone"]
    assert world.invitations.calls["get"] == looked_up


def test_a_number_is_the_reports_while_one_is_open_and_a_code_never_is(world):
    world.type(CODE)
    world.type(PHONE)
    world.busy()
    assert world.type("0899999999") == ["received"]
    assert world.type(world.sent_code) == ["officer.join.done"]
    assert world.me.phone == "+66812345678"


def test_an_officer_who_joins_can_report_at_any_time(world):
    world.type(CODE)
    assert world.type("แจ้งเหตุร้าย") == ["ask_kind"]


def test_ordinary_text_of_others_costs_one_read(world):
    assert world.type("สวัสดีครับผม") == ["not_understood", "menu"]
    assert world.conversations.calls == {"get": 1, "save": 1}
    assert not world.responders.calls
    assert "get" not in world.invitations.calls


# --- the phone ------------------------------------------------------------------------------


def test_the_code_is_stored_nowhere(world):
    world.type(CODE)
    world.type(PHONE)
    assert world.sent_code not in repr(world.store.conversations)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("ไม่มี", "officer.phone.ask"),
        ("08123", "officer.phone.ask"),
        ("08123456", "officer.phone.invalid"),
        ("042 511 266", "officer.phone.not_mobile"),
        ("+44 7911 123456", "officer.phone.not_mobile"),
    ],
)
def test_a_number_that_cannot_take_our_sms_is_said_so(world, text, answer):
    world.type(CODE)
    assert world.type(text) == [answer]
    assert not world.sms.sent


def test_the_code_may_come_in_thai_digits_with_a_gap(world):
    world.type(CODE)
    world.type(PHONE)
    thai = "".join(chr(ord("๐") + int(d)) for d in world.sent_code)
    assert world.type(f"{thai[:3]} {thai[3:]}") == ["officer.join.done"]


def test_five_wrong_tries_end_a_code_and_a_new_one_works(world):
    world.type(CODE)
    world.type(PHONE)
    right = world.sent_code
    left = []
    for _ in range(4):
        assert world.type("000000") == ["officer.phone.code_wrong"]
        left.append(world.messenger.replies[-1].prompts[0].params["left"])
    assert left == [4, 3, 2, 1]
    assert world.type("000000") == ["officer.phone.code_spent"]
    assert world.type(right) == ["officer.phone.code_spent"]
    assert not world.me.verified
    assert world.press("new_code") == ["officer.phone.sent"]
    assert world.type(right) == ["officer.phone.code_wrong"]
    assert world.type(world.sent_code) == ["officer.join.done"]


def test_guesses_at_once_do_not_get_more_tries(world):
    world.type(CODE)
    world.type(PHONE)
    right = world.sent_code
    # While the right guess is on its way, five wrong ones are counted.
    world.enrolments.plan("save", lambda: [world.type("000000") for _ in range(5)])
    world.type(right)
    assert world.answer == ["officer.phone.code_spent"]
    assert not world.me.verified


def test_a_code_ends_after_ten_minutes(world):
    world.type(CODE)
    world.type(PHONE)
    world.clock.advance(600)
    assert world.type(world.sent_code) == ["officer.phone.code_over"]
    assert not world.me.verified


def test_three_new_codes_an_hour_and_a_change_of_number_is_no_way_around(world):
    world.type(CODE)
    world.type(PHONE)
    world.press("new_code")
    world.press("change_phone")
    world.type("0823456789")
    world.press("new_code")
    assert len(world.sms.sent) == 4
    assert world.press("new_code") == ["officer.phone.wait"]
    world.press("change_phone")
    assert world.type("0834567890") == ["officer.phone.wait"]
    assert len(world.sms.sent) == 4
    world.clock.advance(HOUR)
    assert world.type("0834567890") == ["officer.phone.sent"]


def test_the_number_can_be_changed_before_it_is_confirmed(world):
    world.type(CODE)
    world.type(PHONE)
    old = world.sent_code
    assert world.press("change_phone") == ["officer.phone.ask"]
    assert world.type(old) == ["officer.phone.ask"]
    world.type("0898765432")
    assert world.type(old) == ["officer.phone.code_wrong"]
    world.type(world.sent_code)
    assert world.me.phone == "+66898765432"


def test_the_number_can_be_changed_later_and_duty_stays(world):
    world.join()
    world.press("duty_on")
    assert world.press("change_phone") == ["officer.phone.ask"]
    world.type("0898765432")
    assert world.me.phone == "+66812345678"
    assert world.type(world.sent_code) == ["officer.phone.changed"]
    assert (world.me.phone, world.me.on_duty) == ("+66898765432", True)


def test_whoever_is_stopped_while_changing_the_number_stays_stopped(world):
    world.join()
    world.press("change_phone")
    world.type("0898765432")
    world.responders.change(world.me, replace(world.me, verified=False))
    assert world.type(world.sent_code) == ["officer.none"]
    assert not world.me.verified


def test_the_confirmation_waits_a_day_and_no_longer(world):
    world.type(CODE)
    world.clock.advance(24 * HOUR)
    assert world.type("ไม่มีเบอร์ครับ") == ["not_understood", "menu"]
    assert world.press("my_status") == ["officer.status.unverified"]


def test_a_row_that_the_unit_removed_meanwhile_is_not_made_again(world):
    world.type(CODE)
    world.type(PHONE)
    world.responders.remove("np", world.me.responder_id)
    assert world.type(world.sent_code) == ["officer.join.gone"]
    assert not world.mine()


@pytest.mark.parametrize("failure", [TemporaryFailure("later"), PermanentFailure("no")])
def test_an_sms_that_does_not_go_out_is_said_so(world, failure):
    world.type(CODE)
    world.sms.plan("send", failure)
    assert world.type(PHONE) == ["officer.phone.not_sent"]
    assert "PhoneCodesNotSent" in world.said
    assert world.press("new_code") == ["officer.phone.sent"]


# --- the same event again --------------------------------------------------------------------


def test_an_event_that_comes_again_sends_no_second_sms_and_changes_nothing(world):
    world.type(CODE, event_id="code")
    world.type(PHONE, event_id="phone")
    kept = world.store.conversations[ME]
    assert world.type(PHONE, event_id="phone") == ["officer.phone.sent"]
    world.type(CODE, event_id="code")
    assert world.store.conversations[ME] == kept
    assert len(world.sms.sent) == 1


def test_an_answer_that_failed_is_given_by_the_next_delivery_with_the_menu(world):
    world.type(CODE)
    world.type(PHONE)
    world.messenger.plan("reply", TemporaryFailure("LINE is away"))
    world.menus.plan("show_officer_menu", TemporaryFailure("LINE is away"))
    with pytest.raises(TemporaryFailure):
        world.type(world.sent_code, event_id="last")
    assert world.me.verified
    assert world.type(world.sent_code, event_id="last") == ["officer.join.done"]
    assert world.menus.officers == {ME}


def test_a_menu_that_fails_does_not_fail_the_join(world):
    world.menus.plan("show_officer_menu", PermanentFailure("deleted by hand"))
    assert world.join() == ["officer.join.done"]
    assert "MenusNotShown" in world.said
    world.press("my_status")
    assert world.menus.officers == {ME}


# --- duty -----------------------------------------------------------------------------------


def test_whoever_is_in_no_unit_is_told_how_to_get_into_one(world):
    for act in ("duty_on", "duty_off", "my_status", "leave", "leave_yes", "change_phone"):
        assert world.press(act) == ["officer.none"]


def test_going_off_warns_when_nobody_is_left(world):
    world.join()
    world.press("duty_on")
    assert world.press("duty_off") == ["officer.duty.nobody_left", "officer.duty.off"]
    assert not world.me.may_be_called(world.clock.now())


def test_going_off_does_not_warn_while_somebody_else_is_there(world):
    world.join()
    world.press("duty_on")
    other = Responder("o", "np", "ข", "B", phone="+66800000000", on_duty=True, verified=True)
    world.responders.put([other])
    assert world.press("duty_off") == ["officer.duty.off"]
    world.press("duty_on")
    world.responders.put([replace(other, verified=False)])
    assert world.press("duty_off")[0] == "officer.duty.nobody_left"


def test_answers_name_the_moment_at_which_the_plan_speaks(world):
    world.join()
    now = world.clock.now()
    plan = (Shift(now - HOUR, now + HOUR), Shift(now + 10 * HOUR, now + 18 * HOUR))
    world.responders.put([replace(world.me, shifts=plan)])

    def until():
        return world.messenger.replies[-1].prompts[-1].params["until_at"]

    assert world.press("my_status") == ["officer.status.on_until"]
    assert until() == now + HOUR
    assert world.press("duty_off")[-1] == "officer.duty.off_until"
    assert until() == now + 10 * HOUR
    assert world.press("my_status") == ["officer.status.off_until"]
    assert until() == now + 10 * HOUR
    world.press("duty_on")
    assert until() == now + HOUR
    assert not world.me.on_duty_at(now + HOUR)


def test_a_plan_loaded_at_the_same_moment_is_kept(world):
    world.join()
    plan = (Shift(world.clock.now() - HOUR, world.clock.now() + HOUR),)

    def load():
        world.responders.change(world.me, replace(world.me, shifts=plan))

    world.enrolments.plan("save", load)
    world.press("duty_off")
    assert (world.me.shifts, world.me.on_duty) == (plan, False)


# --- leaving --------------------------------------------------------------------------------


def test_leaving_asks_first_and_then_forgets(world):
    world.join()
    assert world.press("leave") == ["officer.leave.ask"]
    assert world.mine()
    assert world.press("leave_yes") == ["officer.leave.done"]
    assert not world.mine()
    assert world.menus.officers == set()
    assert world.press("duty_on") == ["officer.none"]


def test_a_yes_that_nobody_asked_for_now_asks_again(world):
    world.join()
    assert world.press("leave_yes") == ["officer.leave.ask"]
    world.clock.advance(600)
    assert world.press("leave_yes") == ["officer.leave.ask"]
    assert world.press("leave_no") == ["officer.status.off"]
    assert world.press("leave_yes") == ["officer.leave.ask"]
    assert world.mine()


def test_whoever_left_cannot_come_back_by_the_old_code(world):
    world.join()
    world.press("leave")
    world.press("leave_yes")
    assert world.type(CODE) == ["officer.join.unknown"]
    assert not world.mine()


# --- blocked and back -------------------------------------------------------------------------


def friendship(world, given, *, blocked):
    event = world.give(given)
    world.officers.note_friendship(event, blocked=blocked)
    return event


def test_an_officer_who_blocks_the_account_is_reached_by_sms_alone(world):
    world.join()
    friendship(world, talk.Unfollowed(), blocked=True)
    assert world.me.line_blocked
    world.menus.officers.clear()
    friendship(world, talk.Followed(), blocked=False)
    assert not world.me.line_blocked
    assert world.menus.officers == {ME}


def test_an_old_unfollow_that_comes_again_blocks_nobody(world):
    world.join()
    old = friendship(world, talk.Unfollowed(), blocked=True)
    friendship(world, talk.Followed(), blocked=False)
    world.officers.note_friendship(old, blocked=True)
    assert not world.me.line_blocked


def test_others_who_block_the_account_cost_one_query(world):
    friendship(world, talk.Unfollowed(), blocked=True)
    assert world.responders.calls == {"by_line_user": 1}


def test_a_row_that_keeps_changing_makes_the_event_come_again(world):
    world.join()
    world.responders.plan("change", *[ResponderChanged("race")] * 3)
    with pytest.raises(TemporaryFailure):
        friendship(world, talk.Unfollowed(), blocked=True)


# --- language ---------------------------------------------------------------------------------


def choose(world, language, event_id=None):
    world.give(talk.LanguageChosen(language), event_id=event_id)
    world.officers.note_language(ME, language)


def test_an_officer_joins_in_the_language_of_the_chat(world):
    choose(world, "en")
    world.join()
    assert world.me.language == "en"
    assert world.messenger.replies[-1].language == "en"


def test_a_language_chosen_later_is_kept_with_every_row(world):
    world.join()
    world.invite(SECOND, unit="desk")
    world.join(SECOND)
    assert {row.language for row in world.mine()} == {None}
    choose(world, "en")
    assert [row.language for row in world.mine()] == ["en", "en"]
    choose(world, "th")
    assert [row.language for row in world.mine()] == ["th", "th"]


def test_an_old_choice_that_comes_again_changes_nothing(world):
    world.join()
    choose(world, "en", event_id="old")
    choose(world, "th")
    choose(world, "en", event_id="old")
    assert world.me.language == "th"


def test_what_the_index_did_not_know_yet_is_mended_by_going_on_duty(world):
    world.join()
    world.give(talk.LanguageChosen("en"))
    assert world.me.language is None
    world.press("duty_on")
    assert world.me.language == "en"


def test_a_reporters_choice_costs_one_query(world):
    world.give(talk.LanguageChosen("en"))
    world.responders.calls.clear()
    world.officers.note_language(ME, "en")
    assert world.responders.calls == {"by_line_user": 1}


# --- what is read from the wire ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "act"),
    [
        ("เข้าเวร", "duty_on"),
        ("ออกเวร", "duty_off"),
        ("On  Duty", "duty_on"),
        ("สถานะของฉัน", "my_status"),
        ("เปลี่ยนเบอร์", "change_phone"),
        ("ออกจากหน่วย", "leave"),
        ("JOIN", "join"),
    ],
)
def test_every_button_of_the_menu_can_be_typed(words, act):
    assert _code(words) == OfficerAsked(act)


@pytest.mark.parametrize("act", sorted(OFFICER_ACTS))
def test_every_act_is_understood_and_answered(world, act):
    raw = {
        "type": "postback",
        "source": {"type": "user", "userId": ME},
        "webhookEventId": "x",
        "postback": {"data": f"u={act}"},
    }
    assert read_event(raw).given == OfficerAsked(act)
    assert world.press(act)


def test_an_act_that_is_not_known_is_an_old_button():
    raw = {
        "type": "postback",
        "source": {"type": "user", "userId": ME},
        "webhookEventId": "x",
        "postback": {"data": "u=promote_me"},
    }
    assert read_event(raw).given == talk.ButtonUnknown()

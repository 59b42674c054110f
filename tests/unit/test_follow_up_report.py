"""Following up: everyone hears each step once, and a silent officer does not keep a report."""

from dataclasses import replace

import pytest

from ess import bootstrap
from ess.domain import conversation as talk
from ess.domain import dispatch
from ess.domain.errors import ReportClosed, ReportReleased, ReportSuperseded, TemporaryFailure
from ess.domain.ladder import Unit, UnitKind, When
from ess.domain.report import OVERDUE_SLACK_S, ClosingReason, HandOverReason, Part, Status
from ess.domain.response import MAX_REMINDERS, MAX_REMINDERS_ON_SCENE, MAX_REPORTER_CALLS
from ess.usecases.act_on_report import offered_acts
from ess.usecases.send_messages import MOST_TEXTS_TO_REPORTER, MessagesAbout
from functions.follow_up_report.app import handler
from tests.unit.incident_kit import (
    ALICE,
    BOB,
    CAROL,
    CENTER,
    DORA,
    FIRST,
    PIN,
    PROGRESS_S,
    REPORT,
    REPORTER,
    SECOND,
    SOCIAL,
    SOMCHAI,
    World,
    ladder_of,
    officer,
)

RADIO = officer("radio", CENTER.unit_id)


def accepted(*people, **fields):
    world = World(*(people or (ALICE, BOB)), **fields)
    world.notify()
    world.tap(ALICE, "accept")
    world.messenger.pushes.clear()
    return world


def test_the_reporter_hears_who_comes_and_the_others_that_it_is_taken():
    world = accepted()
    world.follow_up("accepted")
    assert world.told() == ["status.acknowledged"]
    assert world.messenger.pushes[0].prompts[0].params["responder_th"] == "ด.ต. alice"
    assert (world.told(BOB), world.told(ALICE)) == (["officer.taken"], [])
    assert world.report.token == "token-2"
    assert world.report.due_at == world.clock.now() + PROGRESS_S + OVERDUE_SLACK_S


def test_the_informed_hear_that_somebody_goes_and_that_it_ended_each_once():
    world = World(ALICE, SOMCHAI, ladder=ladder_of(FIRST, notices=[((SOCIAL,), When.AT_ONCE)]))
    world.notify()
    world.tap(ALICE, "accept")
    for token in ("a", "b"):
        world.follow_up("accepted", token)
    world.tap(ALICE, "close", "resolved")
    for _ in range(2):
        world.conclude()
    assert world.told(SOMCHAI) == ["officer.informed", "officer.informed_taken", "officer.closed"]
    assert world.texted(SOMCHAI) == ["sms.informed"]


def test_officers_of_every_station_asked_hear_it_but_not_those_who_cannot_go():
    world = World(ALICE, BOB, CAROL, officer("dan"), officer("eve", line=False))
    world.notify(0)
    world.tap(BOB, "decline")
    world.notify(1, token="token-1b")
    world.tap(ALICE, "accept")
    world.follow_up("accepted")
    assert [world.told(who)[-1] for who in (CAROL, officer("dan"))] == ["officer.taken"] * 2
    assert world.told(BOB) == ["officer.offer"]
    assert len(world.sms.sent) == 5  # the offers; "taken" is not worth an SMS


def test_each_step_is_told_once_even_when_the_function_runs_again():
    world = accepted()
    world.follow_up("accepted")
    world.follow_up("accepted", "token-2b")
    world.tap(ALICE, "on_the_way")
    world.follow_up("progress", "token-3")
    world.tap(ALICE, "on_scene")
    world.follow_up("progress", "token-4")
    world.follow_up("progress", "token-4b")
    assert world.told() == ["status.acknowledged", "status.on_the_way", "status.on_scene"]
    assert world.told(BOB) == ["officer.taken"]
    assert world.workflow.resumed[1:] == [("token-2b", "progress"), ("token-3", "progress")]


def test_a_step_that_came_before_the_token_is_told_as_it_is_and_never_late():
    world = accepted()
    world.tap(ALICE, "on_the_way")  # resumes the old token: too late for the state that waited
    world.follow_up("accepted")
    assert world.told() == ["status.on_the_way"]


def test_a_tap_between_reading_and_writing_is_seen_not_written_over():
    """The proof for follow-up: the token's write loses to the tap, reads again, and tells it."""
    world = accepted()
    world.reports.plan("save", lambda: world.tap(ALICE, "on_scene"))
    world.follow_up("accepted")
    assert (world.report.status, world.report.token) == (Status.ON_SCENE, "token-2")
    assert world.told() == ["status.on_scene"]


def test_a_tap_right_after_the_write_resumes_the_new_token():
    world = accepted()
    world.messenger.plan("push", lambda: world.tap(ALICE, "on_the_way"))
    world.follow_up("accepted")
    assert world.workflow.resumed[-1] == ("token-2", "progress")


def test_a_report_closed_between_reading_and_writing_is_not_waited_for():
    world = accepted()
    world.reports.plan("save", world.cancel)
    with pytest.raises(ReportClosed):
        world.follow_up("accepted")
    assert world.messenger.pushes == []


def test_a_reporter_whom_line_does_not_take_now_is_tried_again_by_the_workflow():
    world = accepted(ALICE)
    world.messenger.plan("push", *[TemporaryFailure()] * 3)
    with pytest.raises(TemporaryFailure):
        world.follow_up("accepted")
    world.follow_up("accepted", "token-2b")
    assert world.told() == ["status.acknowledged"]
    world.follow_up("unheard", "token-2c")
    assert world.report.token == "token-2c"
    assert world.told() == ["status.acknowledged"]


def test_a_reporter_out_of_reach_for_good_does_not_stop_the_follow_up():
    world = accepted()
    world.messenger.unreachable.add(world.report.reporter_id)
    world.follow_up("accepted")
    assert world.told(BOB) == ["officer.taken"]


# --- silence ------------------------------------------------------------------------------------


def silent(world, token):
    world.clock.advance(PROGRESS_S)
    world.follow_up("silence", token)


def test_silence_is_reminded_of_twice_and_then_others_are_asked():
    world = accepted(ALICE, BOB, DORA)
    world.follow_up("accepted")
    for number in range(1, MAX_REMINDERS + 1):
        silent(world, f"silence-{number}")
        assert world.report.reminders == number
        assert world.report.token == f"silence-{number}"
    assert world.told(ALICE) == ["officer.reminder"] * MAX_REMINDERS
    assert world.told() == ["status.acknowledged"]
    with pytest.raises(ReportReleased):
        silent(world, "too late")
    assert world.told(ALICE)[-1] == "officer.released"
    assert (world.report.status, world.report.acknowledged_by) == (Status.NOTIFIED, None)
    world.notify(2, "desk-1")
    assert world.told()[-1] == "status.at_desk"


def test_whoever_fell_silent_may_accept_again_and_the_reporter_hears_it():
    world = accepted(ALICE, DORA)
    world.follow_up("accepted")
    for token in ("a", "b"):
        silent(world, token)
    with pytest.raises(ReportReleased):
        silent(world, "c")
    world.notify(2, "desk-1")
    world.tap(ALICE, "accept")
    world.follow_up("accepted", "d")
    assert world.told() == [
        "status.acknowledged",
        "status.notified",
        "status.at_desk",
        "status.acknowledged",
    ]


NUMBER = talk.TextSent("+66898765432")
NEWS = [(NUMBER, "officer.phone_added"), (talk.CallDeclined(), "officer.no_call")]


@pytest.mark.parametrize(("said", "prompt"), NEWS)
def test_news_of_the_reporter_reach_the_officer_who_accepted_once(said, prompt):
    world = accepted(ALICE, BOB)
    world.follow_up("accepted")
    told = list(world.told())
    world.say(said)
    for token in ("a", "b"):
        world.follow_up(world.workflow.resumed[-1][1], token)
    silent(world, "c")
    assert world.told(ALICE).count(prompt) == 1
    assert prompt not in world.told(BOB)
    assert world.told() == told
    assert "+668" not in str(world.reports.timeline(REPORT))


@pytest.mark.parametrize(("said", "prompt"), NEWS)
def test_news_that_came_while_no_state_waited_are_told_at_the_next_wake(said, prompt):
    """The attempt before has failed, its token is over: nobody can be waked."""
    world = accepted(ALICE)
    world.messenger.plan("push", *[TemporaryFailure()] * 3)
    with pytest.raises(TemporaryFailure):
        world.follow_up("accepted", "dead")
    world.workflow.over.add("dead")
    world.say(said)
    world.follow_up("accepted", "next")
    assert world.told(ALICE) == [prompt]


@pytest.mark.parametrize("said", [said for said, _ in NEWS])
def test_what_the_officer_saw_when_accepting_is_no_news(said):
    world = World(ALICE)
    world.notify()
    world.say(said)
    world.tap(ALICE, "accept")
    world.follow_up("accepted")
    assert world.told(ALICE) == ["officer.offer"]


@pytest.mark.parametrize("said", [said for said, _ in NEWS])
def test_an_officer_without_line_hears_of_news_by_one_sms_that_holds_no_number(said):
    erin = officer("erin", line=False)
    world = accepted_by_link(erin)
    world.say(said)
    for token in ("a", "b"):
        world.follow_up("phone_added", token)
    assert world.texted(erin) == ["sms.offer", "sms.news"]
    news = world.sms.sent[-1][1].params
    assert set(news) == {"kind", "reference", "unit_th", "unit_en", "link"}


def test_another_number_is_other_news():
    world = accepted(ALICE)
    for token, number in (("a", "+66898765432"), ("b", "+66877777777")):
        world.say(talk.TextSent(number))
        world.follow_up("phone_added", token)
    numbers = [prompt.params["phone"] for prompt in world.messenger.pushed_to(ALICE.line_user_id)]
    assert numbers == ["+66898765432", "+66877777777"]


def test_the_number_of_who_must_not_be_called_is_not_passed_on():
    world = accepted(ALICE)
    world.say(talk.CallDeclined())
    world.say(NUMBER)
    world.follow_up("phone_added", "a")
    assert world.told(ALICE) == ["officer.no_call"]
    assert NUMBER.text not in str(world.messenger.pushed_to(ALICE.line_user_id))


LOST = {
    "left the unit": lambda world: world.responders.remove(ALICE.unit_id, "alice"),
    "not verified any more": lambda world: world.responders.put([replace(ALICE, verified=False)]),
    "place given to another": lambda world: world.responders.put(
        [replace(ALICE, line_user_id=BOB.line_user_id)]
    ),
}


@pytest.mark.parametrize("lost", LOST)
@pytest.mark.parametrize("status", ["accept", "on_scene"])
def test_whom_the_unit_does_not_vouch_for_loses_the_report_and_gets_no_number(lost, status):
    world = accepted(ALICE, DORA)
    world.tap(ALICE, status)
    world.follow_up("progress")
    LOST[lost](world)
    world.say(NUMBER)
    with pytest.raises(ReportReleased):
        world.follow_up("phone_added", "a")
    assert (world.report.status, world.report.acknowledged_by) == (Status.NOTIFIED, None)
    assert world.told(ALICE) == ["officer.released"]
    assert NUMBER.text not in str([*world.messenger.pushes, *world.sms.sent])
    assert world.told()[-1] == "status.notified"


# --- how it reaches an officer without LINE -------------------------------------------------------


def accepted_by_link(who, *more):
    """`who` has accepted on the page of the SMS link, and the others know."""
    world = World(who, *more)
    world.notify()
    made = dispatch.acknowledge(
        world.report, who.responder_id, now=world.clock.now(), wait_s=PROGRESS_S
    )
    world.reports.save(made)
    world.follow_up("accepted")
    return world


@pytest.mark.parametrize(
    "who", [officer("erin", line=False), replace(officer("erin"), line_blocked=True)]
)
def test_who_has_no_line_is_reminded_and_released_by_sms_each_once(who):
    world = accepted_by_link(who)
    world.messenger.pushes.clear()
    for token in ("a", "b"):
        silent(world, token)
        world.follow_up("unheard", token + token)
    for _ in range(2):
        with pytest.raises(ReportReleased):
            silent(world, "c")
    assert world.texted(who) == ["sms.offer", "sms.news", "sms.news", "sms.released"]
    assert world.told(who) == []


@pytest.mark.parametrize("cause", ["quota spent", "account deleted"])
def test_whom_line_takes_nothing_for_is_told_by_sms(cause):
    world = accepted(ALICE, BOB)
    world.follow_up("accepted")
    world.sms.sent.clear()
    if cause == "quota spent":
        world.messenger.quota = 0
    else:
        world.messenger.unreachable.add(ALICE.line_user_id)
    for token in ("a", "b"):
        silent(world, token)
    with pytest.raises(ReportReleased):
        silent(world, "c")
    assert world.texted(ALICE) == ["sms.news", "sms.news", "sms.released"]
    assert world.texted(BOB) == []


def test_a_reminder_that_line_does_not_take_for_now_costs_no_sms():
    world = accepted(ALICE)
    world.follow_up("accepted")
    world.sms.sent.clear()
    world.clock.advance(PROGRESS_S)
    world.messenger.plan("push", *[TemporaryFailure()] * 6)
    with pytest.raises(TemporaryFailure):
        world.follow_up("silence", "a")
    world.follow_up("silence", "b")
    assert (world.told(ALICE), world.texted(ALICE)) == (["officer.reminder"], [])


# --- a reporter whom LINE's quota leaves without news ---------------------------------------------


def sms_to_reporter(world):
    return [prompt for phone, prompt in world.sms.sent if phone == "+66812345678"]


def test_with_the_quota_spent_the_reporter_gets_an_sms_for_each_news_once_that_names_nothing():
    world = World(ALICE)
    world.notify()
    world.tap(ALICE, "accept")
    world.messenger.quota = 0
    for token in ("a", "b"):
        world.follow_up("accepted", token)
    assert [(prompt.name, prompt.params) for prompt in sms_to_reporter(world)] == [
        ("sms.reporter", {})
    ]
    world.tap(ALICE, "on_the_way")
    world.follow_up("progress", "c")
    assert len(sms_to_reporter(world)) == 2


def test_a_reporter_gets_no_more_than_a_few_sms():
    world = World(ALICE, BOB)
    world.notify()
    world.messenger.quota = 0
    for number in range(MOST_TEXTS_TO_REPORTER + 2):
        world.tap((ALICE, BOB)[number % 2], "accept")
        world.follow_up("accepted", f"a{number}")
        world.tap((ALICE, BOB)[number % 2], "hand_over", "cannot_reach")
        world.clock.advance(1)
    assert len(sms_to_reporter(world)) == MOST_TEXTS_TO_REPORTER


@pytest.mark.parametrize("fields", [{"can_talk": False}, {"phone": None}])
def test_who_must_not_be_called_or_gave_no_number_gets_no_sms(fields):
    world = World(ALICE, **fields)
    world.notify()
    world.tap(ALICE, "accept")
    world.messenger.quota = 0
    world.follow_up("accepted")
    assert [p for _, p in world.sms.sent if p.name == "sms.reporter"] == []


def test_a_reporter_who_blocked_us_gets_no_sms():
    world = accepted(ALICE)
    world.messenger.unreachable.add(REPORTER)
    world.follow_up("accepted")
    assert sms_to_reporter(world) == []


# --- handed over ----------------------------------------------------------------------------------


def test_a_report_that_was_given_back_is_asked_about_elsewhere_and_the_reporter_hears_it():
    world = accepted(ALICE, BOB)
    world.follow_up("accepted")
    world.tap(ALICE, "decline")
    with pytest.raises(ReportReleased):
        world.follow_up("handed_over", "t")
    assert world.told() == ["status.acknowledged", "status.notified"]
    assert world.shown == "status.notified"


def test_a_report_that_was_handed_over_goes_to_the_next_step_and_may_come_back():
    world = accepted(ALICE, CAROL)
    world.follow_up("accepted")
    opened_at = world.report.opened_at
    world.clock.advance(120)
    world.tap(ALICE, "hand_over", HandOverReason.OUTSIDE_AREA)
    assert world.workflow.resumed[-1] == ("token-2", "handed_over")
    for _ in range(2):
        with pytest.raises(ReportReleased):
            world.follow_up("handed_over", "t")
    world.notify(1, "token-3")
    assert (world.told(CAROL), world.told(ALICE)) == (["officer.offer"], [])
    world.tap(ALICE, "accept")
    world.follow_up("accepted", "token-4")
    assert world.told() == [
        *("status.acknowledged", "status.notified", "status.notified", "status.acknowledged"),
    ]
    assert (world.report.opened_at, world.report.step) == (opened_at, 1)


def test_an_execution_that_was_taken_over_from_tells_nobody():
    world = accepted()
    world.put(dispatch.restart(world.report, "stuck", now=world.clock.now()).report)
    before = world.report
    with pytest.raises(ReportSuperseded):
        world.follow_up("accepted", run=1)
    assert (world.report, world.messenger.pushes) == (before, [])
    world.follow_up("silence", run=2)
    assert world.told() == ["status.acknowledged"]
    assert world.told(BOB) == ["officer.taken"]


def test_a_report_accepted_anew_before_the_wake_of_handing_over_is_news_for_the_others():
    eve = officer("eve")
    world = accepted(ALICE, BOB, eve)
    world.follow_up("accepted")
    world.clock.advance(9)
    world.tap(ALICE, "hand_over", "other_incident")
    world.tap(BOB, "accept")
    world.follow_up("handed_over", "token-3")
    assert world.told(eve) == ["officer.taken"] * 2
    assert world.told() == ["status.acknowledged"] * 2
    assert world.messenger.pushed_to(REPORTER)[-1].params["responder_th"] == BOB.name_th


def test_the_reporter_hears_late_who_comes_if_line_was_down_when_it_was_accepted():
    world = accepted()
    world.messenger.plan("push", *[TemporaryFailure()] * 9)
    with pytest.raises(TemporaryFailure):
        world.follow_up("accepted")
    world.messenger.plan("push", *[TemporaryFailure()] * 3)
    world.follow_up("unheard", "token-2b")
    silent(world, "token-3")
    assert world.told() == ["status.acknowledged"]
    assert world.told(BOB) == ["officer.taken"]


# --- help ---------------------------------------------------------------------------------------


def in_need(*people, **fields):
    """Alice has accepted and calls for help; the token of before waits no more."""
    world = accepted(*(people or (ALICE, BOB, CAROL, RADIO, SOMCHAI, DORA)), **fields)
    world.follow_up("accepted")
    world.tap(ALICE, "help")
    world.messenger.pushes.clear()
    world.sms.sent.clear()
    return world


def parts(world):
    return {n.responder_id: n.part for n in world.report.notified}


def test_help_comes_from_two_further_units_and_the_desk_by_line_and_sms():
    world = in_need()
    world.follow_up("help", "token-3")
    for who in (CAROL, RADIO, DORA):
        assert (world.told(who), world.texted(who)) == (["officer.help_wanted"], ["sms.help"])
        assert parts(world)[who.responder_id] is Part.HELPER
    for who in (BOB, SOMCHAI):
        assert (world.told(who), world.texted(who)) == ([], [])
    assert world.told(ALICE) == ["officer.help_sent"]
    told = world.messenger.pushed_to(ALICE.line_user_id)[0].params
    assert set(told["called_th"].split(" และ ")) == {
        *(SECOND.name_th, CENTER.name_th, "ศูนย์ประสานงาน ESS"),
    }
    assert world.told() == []
    assert world.report.token == "token-3"
    assert world.report.due_at == world.clock.now() + PROGRESS_S + OVERDUE_SLACK_S


def test_the_card_of_a_helper_says_where_and_whose_help_is_wanted_and_not_the_number():
    world = in_need()
    world.follow_up("help", "token-3")
    (card,) = world.messenger.pushed_to(CAROL.line_user_id)
    assert (card.params["latitude"], card.params["unit_th"], card.params["distance_m"]) == (
        PIN.latitude,
        SECOND.name_th,
        SECOND.distance_m,
    )
    assert (card.params["unit_holder_th"], card.params["responder_th"]) == (
        FIRST.name_th,
        "ด.ต. alice",
    )
    assert "+66812345678" not in str(card.params)
    text = dict(world.sms.sent)[CAROL.phone]
    assert text.params["link"] == "https://ess.example/o/np-second.carol"
    assert set(text.params) == {"kind", "reference", "unit_th", "unit_en", "link"}


def test_a_retry_calls_no_further_units_and_sends_no_second_sms():
    world = in_need()
    world.follow_up("help", "token-3")
    before = world.report, len(world.messenger.pushes), len(world.sms.sent)
    world.follow_up("help", "token-3b")
    report, *sent = before
    assert [len(world.messenger.pushes), len(world.sms.sent)] == sent
    assert (world.report.notified, world.report.token) == (report.notified, "token-3b")


class Killed(BaseException):
    """The function's time is over, or its machine is gone."""


def kill_after(number, world, monkeypatch):
    """Let the function end after so many calls of stores and channels, one after the other."""
    left = [number]

    def counted(called):
        def call(method):
            left[0] -= 1
            if left[0] < 0:
                raise Killed
            called(method)

        return call

    in_turn = lambda _self, jobs: [job() for job in jobs]  # noqa: E731 - which call it was is known
    monkeypatch.setattr(MessagesAbout, "together", in_turn)
    for part in (world.reports, world.messenger, world.sms, world.responders):
        monkeypatch.setattr(part, "_called", counted(part._called))


def test_a_call_for_help_is_not_lost_wherever_the_function_ends(monkeypatch):
    ends = 0
    for number in range(100):
        world = in_need()
        with monkeypatch.context() as until_then:
            kill_after(number, world, until_then)
            try:
                world.follow_up("help", "token-3")
            except Killed:
                ends += 1
        assert world.report.help_served == 0 or world.told(ALICE) == ["officer.help_sent"]
        world.follow_up("help", "token-3b")
        for who in (CAROL, RADIO, DORA):
            assert world.told(who) == ["officer.help_wanted"]
            assert parts(world)[who.responder_id] is Part.HELPER
        assert (world.told(BOB), world.told(SOMCHAI)) == ([], [])
        # An SMS that no line tells of is sent again: better twice than never.
        texts = [len(world.texted(who)) for who in (CAROL, RADIO, DORA)]
        assert min(texts) == 1
        assert sum(texts) <= 4
        assert world.told(ALICE) == ["officer.help_sent"]
        assert (world.report.help_served, world.report.token) == (1, "token-3b")
        assert world.actions.count("helpers_called") == 1
        if ends <= number:
            break
    assert 20 < ends < 100


def test_a_retry_names_whom_only_the_first_try_reached():
    carol = replace(CAROL, line_user_id=None)
    world = in_need(ALICE, carol)
    push = world.messenger.push

    def end(to, prompts, *args, **more):
        if prompts[0].name == "officer.help_sent":
            raise Killed
        push(to, prompts, *args, **more)

    world.messenger.push = end
    with pytest.raises(Killed):
        world.follow_up("help", "token-3")
    assert world.texted(carol) == ["sms.help"]
    assert world.report.help_served == 0
    world.messenger.push = push
    world.follow_up("help", "token-3b")
    assert world.texted(carol) == ["sms.help"]
    (told,) = world.messenger.pushed_to(ALICE.line_user_id)
    assert told.params["called_th"] == SECOND.name_th


def test_the_next_call_goes_to_further_units_and_again_to_those_who_have_not_joined():
    third = Unit("np-third", "สภ.สาม", "Third", UnitKind.POLICE_STATION, 9000.0)
    tim = officer("tim", third.unit_id)
    ladder = ladder_of(FIRST, SECOND, nearby=(FIRST, SECOND, CENTER, third))
    world = in_need(ALICE, CAROL, RADIO, tim, DORA, ladder=ladder)
    world.follow_up("help", "token-3")
    assert world.told(tim) == []
    world.tap(RADIO, "join")
    world.tap(ALICE, "help")
    for token in ("token-4", "token-4b"):
        world.follow_up("help", token)
    assert (world.told(tim), world.texted(tim)) == (["officer.help_wanted"], ["sms.help"])
    for who in (CAROL, DORA):
        assert world.told(who) == ["officer.help_wanted"] * 2
        assert world.texted(who) == ["sms.help"] * 2
    assert world.told(RADIO) == ["officer.help_wanted"]
    assert sorted(world.told(ALICE)) == [
        *("officer.help_sent", "officer.help_sent", "officer.helper_joined")
    ]


def test_units_where_nobody_is_on_duty_do_not_count_as_called():
    third = Unit("np-third", "สภ.สาม", "Third", UnitKind.POLICE_STATION, 9000.0)
    tim = officer("tim", third.unit_id)
    ladder = ladder_of(FIRST, SECOND, nearby=(FIRST, SECOND, CENTER, third))
    world = in_need(ALICE, tim, replace(CAROL, on_duty=False), ladder=ladder)
    world.follow_up("help", "token-3")
    assert world.told(tim) == ["officer.help_wanted"]
    told = world.messenger.pushed_to(ALICE.line_user_id)[0].params
    assert told["called_th"] == third.name_th


def test_where_every_unit_was_asked_before_a_call_goes_to_them_again_and_to_the_desk():
    world = World(ALICE, CAROL, DORA, ladder=ladder_of(FIRST, SECOND, nearby=(FIRST, SECOND)))
    for step in range(3):
        world.notify(step, f"t{step}")
    world.tap(ALICE, "accept")
    world.follow_up("accepted")
    world.tap(ALICE, "help")
    for token in ("a", "b"):
        world.follow_up("help", token)
    for who in (CAROL, DORA):
        assert world.told(who)[-1] == "officer.help_wanted"
        assert world.texted(who) == ["sms.offer", "sms.help"]
    assert world.told(ALICE)[-1] == "officer.help_sent"


def test_help_was_not_sent_where_no_channel_took_the_call():
    carol = replace(CAROL, phone=None)
    world = in_need(ALICE, carol)
    world.messenger.unreachable.add(CAROL.line_user_id)
    world.follow_up("help", "token-3")
    assert world.told(ALICE) == ["officer.help_nobody"]


def test_those_who_cannot_go_are_not_called_to_help():
    world = World(ALICE, BOB, CAROL)
    world.notify(0)
    world.tap(BOB, "decline")
    world.notify(1, "token-1b")
    world.tap(CAROL, "decline")
    world.tap(ALICE, "accept")
    world.follow_up("accepted")
    world.tap(ALICE, "help")
    world.follow_up("help", "token-3")
    for who in (BOB, CAROL):
        assert (world.told(who), world.texted(who)) == (["officer.offer"], ["sms.offer"])
    assert world.told(ALICE)[-1] == "officer.help_nobody"


def test_who_goes_to_help_already_is_not_called_again():
    world = in_need(ALICE, CAROL, DORA)
    world.follow_up("help", "token-3")
    world.tap(CAROL, "join")
    world.tap(ALICE, "help")
    world.follow_up("help", "token-4")
    assert world.texted(CAROL) == ["sms.help"]
    assert world.texted(DORA) == ["sms.help"] * 2


def test_of_two_invocations_that_pass_a_call_on_one_sends_the_sms():
    world = in_need(ALICE, CAROL)
    # The other one is faster between this one's token and its call.
    world.reports.plan("save", lambda: None, lambda: world.follow_up("help", "token-3b"))
    world.follow_up("help", "token-3")
    assert (world.told(CAROL), world.texted(CAROL)) == (["officer.help_wanted"], ["sms.help"])


def test_whoever_went_off_duty_after_being_called_is_not_called_again():
    world = in_need(ALICE, CAROL, DORA)
    world.follow_up("help", "token-3")
    world.responders.put([replace(CAROL, on_duty=False)])
    world.tap(ALICE, "help")
    world.follow_up("help", "token-4")
    assert (world.told(CAROL), world.told(DORA)) == (
        ["officer.help_wanted"],
        ["officer.help_wanted"] * 2,
    )


def test_a_desk_that_was_asked_to_go_before_hears_of_a_call_for_help_too():
    world = World(ALICE, DORA)
    world.notify(0)
    world.notify(2, "token-1b")
    world.tap(ALICE, "accept")
    world.follow_up("accepted")
    world.tap(ALICE, "help")
    world.follow_up("help", "token-3")
    assert world.told(DORA)[-1] == "officer.help_wanted"
    assert world.told(ALICE)[-1] == "officer.help_sent"
    assert offered_acts(world.report, world.report.find_notified("dora")) == ("join",)
    world.tap(DORA, "join")
    assert world.report.helpers == ("dora",)


def test_the_social_office_is_not_sent_to_a_scene():
    world = in_need(ALICE, SOMCHAI)
    world.follow_up("help", "token-3")
    assert (world.told(SOMCHAI), world.told(ALICE)) == ([], ["officer.help_nobody"])


def test_where_nobody_is_left_to_call_the_officer_hears_just_that():
    world = in_need(ALICE, replace(CAROL, on_duty=False))
    world.follow_up("help", "token-3")
    assert world.told(ALICE) == ["officer.help_nobody"]
    assert world.told(CAROL) == []


def test_colleagues_who_know_that_it_is_taken_are_called_where_nobody_else_is_left():
    world = in_need(ALICE, BOB)
    world.follow_up("help", "token-3")
    assert (world.told(BOB), world.texted(BOB)) == (["officer.help_wanted"], ["sms.help"])
    assert world.told(ALICE) == ["officer.help_sent"]


def test_who_goes_to_help_is_not_told_that_they_need_not_go():
    world = accepted(ALICE, BOB)
    world.tap(BOB, "join")
    world.follow_up("accepted")
    assert world.told(BOB) == []
    assert world.told(ALICE) == ["officer.helper_joined"]


def test_the_informed_who_were_called_to_help_are_not_informed_again():
    ladder = ladder_of(FIRST, SECOND, notices=[((CENTER,), When.AT_ONCE)])
    world = in_need(ALICE, CAROL, RADIO, ladder=ladder)
    world.follow_up("help", "token-3")
    assert world.told(RADIO) == ["officer.help_wanted"]
    world.tap(ALICE, "hand_over", "cannot_reach")
    world.notify(1, "token-4")
    assert world.told(RADIO) == ["officer.help_wanted"]
    assert parts(world)["radio"] is Part.HELPER


def test_whoever_joins_is_named_to_the_officer_who_called():
    world = in_need()
    world.follow_up("help", "token-3")
    world.tap(CAROL, "join")
    assert world.workflow.resumed[-1] == ("token-3", "joined")
    for token in ("token-4", "token-4b"):
        world.follow_up("joined", token)
    assert world.told(ALICE) == ["officer.help_sent", "officer.helper_joined"]
    joined = world.messenger.pushed_to(ALICE.line_user_id)[-1].params
    assert (joined["responder_th"], joined["responder_en"]) == ("ด.ต. carol", "Sgt. carol")
    assert world.told() == []


def test_a_call_that_came_while_no_state_waited_is_heard_at_the_next_wake():
    """Two taps within a second: the first one ends the wait, the second one finds it over."""
    world = accepted(ALICE, CAROL)
    world.follow_up("accepted")
    world.tap(ALICE, "on_scene")
    world.tap(ALICE, "help")
    assert world.workflow.resumed[-1] == ("token-2", "progress")
    world.follow_up("progress", "token-3")
    assert world.told(CAROL) == ["officer.help_wanted"]
    assert world.told(ALICE) == ["officer.help_sent"]
    assert world.told()[-1] == "status.on_scene"
    world.follow_up("silence", "token-4")
    assert world.told(CAROL) == ["officer.help_wanted"]


def test_that_nobody_came_is_told_to_the_officer_and_calls_further_units():
    world = accepted(ALICE, CAROL)
    world.follow_up("accepted")
    world.say(talk.NobodyCame(REPORT))
    assert world.messenger.replies[-1].prompts[0].name == "nobody_came_passed"
    assert world.workflow.resumed[-1] == ("token-2", "nobody_came")
    for token in ("token-3", "token-3b"):
        world.follow_up("nobody_came", token)
    # The officer did not ask for help, so "help is called" would not be an answer.
    assert world.told(ALICE) == ["officer.nobody_came"]
    assert (world.told(CAROL), world.texted(CAROL)) == (["officer.nobody_arrived"], ["sms.help"])
    assert (world.report.acknowledged_by, world.actions.count("nobody_came")) == ("alice", 1)


def nobody_came(world, token):
    world.say(talk.NobodyCame(REPORT))
    world.follow_up("nobody_came", token)


def test_of_many_calls_that_nobody_came_the_officer_hears_each_and_units_the_first_few():
    world = accepted(ALICE, CAROL)
    world.follow_up("accepted")
    for number in range(MAX_REPORTER_CALLS + 2):
        nobody_came(world, f"n{number}")
    assert world.told(ALICE) == ["officer.nobody_came"] * (MAX_REPORTER_CALLS + 2)
    assert world.told(CAROL) == ["officer.nobody_arrived"] * MAX_REPORTER_CALLS
    assert world.texted(CAROL) == ["sms.help"] * MAX_REPORTER_CALLS
    world.tap(ALICE, "help")
    assert world.answered.name == "officer.help_called"
    world.follow_up("help", "h")
    assert world.told(CAROL)[-1] == "officer.help_wanted"


def test_a_call_that_nobody_came_which_no_state_heard_is_passed_on_at_the_next_wake():
    world = accepted(ALICE, CAROL)
    world.follow_up("accepted")
    world.workflow.over.add("token-2")
    world.say(talk.NobodyCame(REPORT))
    assert world.report.due_at == world.clock.now() + OVERDUE_SLACK_S  # the auditor's
    world.follow_up("silence", "token-3")
    assert (world.told(CAROL), world.told(ALICE)) == (
        ["officer.nobody_arrived"],
        ["officer.nobody_came"],
    )


def test_an_officer_without_line_hears_by_sms_that_nobody_came():
    erin = officer("erin", line=False)
    world = accepted_by_link(erin, CAROL)
    nobody_came(world, "a")
    world.follow_up("nobody_came", "b")
    assert world.texted(erin) == ["sms.offer", "sms.news"]


def test_whoever_accepts_afterwards_is_not_blamed_for_the_one_before():
    world = accepted(ALICE, BOB, CAROL)
    world.follow_up("accepted")
    nobody_came(world, "a")
    world.tap(ALICE, "hand_over", "cannot_reach")
    world.tap(BOB, "accept")
    world.follow_up("handed_over", "b")
    assert "officer.nobody_came" not in world.told(BOB)
    nobody_came(world, "c")
    assert world.told(BOB)[-1] == "officer.nobody_came"
    assert world.told(CAROL) == ["officer.nobody_arrived"] * 2


def test_what_the_reporter_taps_is_no_sign_of_the_officers():
    world = accepted(ALICE, CAROL)
    world.follow_up("accepted")
    for said in range(5):  # each second one finds the officer silent for long enough
        world.clock.advance(PROGRESS_S - 60)
        nobody_came(world, f"n{said}")
    assert world.told(ALICE).count("officer.reminder") == MAX_REMINDERS
    world.clock.advance(PROGRESS_S - 60)
    with pytest.raises(ReportReleased):
        nobody_came(world, "last")


def test_helpers_hear_that_it_ended():
    world = in_need(ALICE, CAROL)
    world.follow_up("help", "token-3")
    world.tap(ALICE, "close", "resolved")
    world.conclude()
    assert world.told(CAROL) == ["officer.help_wanted", "officer.closed"]


def test_a_helper_may_take_over_from_an_officer_who_cannot_finish():
    world = in_need(ALICE, CAROL)
    world.follow_up("help", "token-3")
    world.tap(ALICE, "hand_over", "cannot_reach")
    world.tap(CAROL, "accept")
    assert world.report.acknowledged_by == "carol"


def test_everything_about_a_drill_says_so():
    world = in_need(ALICE, BOB, CAROL, DORA, drill=True)
    world.follow_up("help", "token-3")
    world.tap(CAROL, "join")
    world.follow_up("joined", "token-4")
    world.say(talk.NobodyCame(REPORT))
    world.follow_up("nobody_came", "token-5")
    world.say(NUMBER)
    world.follow_up("phone_added", "token-6")
    world.say(talk.CallDeclined())
    world.follow_up("no_call", "token-7")
    for token in ("a", "b"):
        silent(world, token)
    with pytest.raises(ReportReleased):
        silent(world, "c")
    prompts = [prompt for push in world.messenger.pushes for prompt in push.prompts]
    prompts += [prompt for _, prompt in world.sms.sent]
    prompts += [prompt for reply in world.messenger.replies for prompt in reply.prompts]
    assert {prompt.name for prompt in prompts} >= {
        *("officer.help_wanted", "officer.help_sent", "officer.helper_joined", "sms.help"),
        *("officer.nobody_came", "officer.phone_added", "officer.no_call", "officer.reminder"),
        *("officer.released", "officer.nobody_arrived", "status.notified", "nobody_came_passed"),
    }
    assert [prompt.name for prompt in prompts if prompt.params.get("drill") is not True] == []


# --- silence again --------------------------------------------------------------------------------


def test_a_release_that_is_run_again_still_leads_to_the_others():
    world = accepted()
    for token in ("a", "b"):
        silent(world, token)
    for _ in range(2):
        with pytest.raises(ReportReleased):
            silent(world, "c")
    assert world.told(ALICE).count("officer.released") == 1
    assert world.told()[-1] == "status.notified"
    assert world.told().count("status.notified") == 1
    assert world.report.due_at == world.clock.now() - PROGRESS_S + OVERDUE_SLACK_S


def test_a_reminder_that_is_run_again_is_still_one():
    world = accepted()
    silent(world, "a")
    world.follow_up("silence", "a2")
    assert (world.report.reminders, world.report.token) == (1, "a2")
    assert world.told(ALICE) == ["officer.reminder"]


def test_a_tap_in_the_last_moment_is_progress_and_not_silence():
    world = accepted()
    world.follow_up("accepted")
    world.clock.advance(PROGRESS_S - 1)
    world.tap(ALICE, "on_the_way")
    world.clock.advance(1)
    world.follow_up("silence", "a")
    assert world.told(ALICE) == []
    assert world.told() == ["status.acknowledged", "status.on_the_way"]


def test_whoever_is_silent_on_the_scene_is_looked_after_by_others_and_keeps_the_report_longer():
    world = accepted(ALICE, CAROL, DORA)
    world.tap(ALICE, "on_scene")
    world.follow_up("progress")
    for number in range(MAX_REMINDERS - 1):
        silent(world, f"s{number}")
    assert world.told(CAROL) == []
    for number in range(MAX_REMINDERS - 1, MAX_REMINDERS_ON_SCENE):
        silent(world, f"s{number}")
        world.follow_up("unheard", f"u{number}")
    for who in (CAROL, DORA):
        assert (world.told(who), world.texted(who)) == (["officer.please_check"], ["sms.help"])
    assert (world.report.status, world.report.acknowledged_by) == (Status.ON_SCENE, "alice")
    assert world.told(ALICE) == ["officer.reminder"] * MAX_REMINDERS_ON_SCENE
    assert world.told() == ["status.on_scene"]
    with pytest.raises(ReportReleased):
        silent(world, "last")
    assert world.told()[-1] == "status.notified"
    world.tap(CAROL, "accept")
    world.follow_up("accepted", "token-9")
    assert world.report.acknowledged_by == "carol"
    assert "officer.please_check" not in world.told(ALICE)


def test_a_sign_of_life_from_the_scene_begins_the_count_anew():
    world = accepted(ALICE, CAROL)
    world.tap(ALICE, "on_scene")
    world.follow_up("progress")
    for number in range(MAX_REMINDERS):
        silent(world, f"s{number}")
    world.tap(ALICE, "help")
    world.follow_up("help", "h")
    assert world.report.reminders == 0
    for number in range(MAX_REMINDERS):
        silent(world, f"r{number}")
    assert world.told(CAROL) == [
        *("officer.please_check", "officer.help_wanted", "officer.please_check")
    ]
    assert world.told(ALICE).count("officer.reminder") == 2 * MAX_REMINDERS


def test_a_check_that_was_not_made_ends_with_whoever_was_silent():
    world = accepted(ALICE, BOB, CAROL, checks=1)
    world.follow_up("accepted")
    assert world.told(CAROL) == []


def test_progress_ends_the_count_of_reminders():
    world = accepted()
    silent(world, "a")
    world.tap(ALICE, "on_the_way")
    world.follow_up("progress", "b")
    assert world.report.reminders == 0
    silent(world, "c")
    world.follow_up("unheard", "d")
    assert world.told(ALICE) == ["officer.reminder"] * 2


# --- the function ------------------------------------------------------------------------------


@pytest.fixture
def deployed(monkeypatch):
    def put(world):
        for name in ("reports", "responders", "clock"):
            monkeypatch.setattr(bootstrap, name, lambda name=name: getattr(world, name))
        monkeypatch.setattr(bootstrap, "officer_links", lambda: world.links)
        monkeypatch.setattr(bootstrap, "messages_about", lambda observe: world.about)
        return world

    return put


FOLLOW_UP = {"action": "follow_up", "report_id": REPORT, "run": 1, "wait_s": PROGRESS_S}
CONCLUDE = {"action": "conclude", "report_id": REPORT, "run": 1}


def test_the_function_follows_up_and_concludes(deployed, capsys):
    world = deployed(accepted())
    handler(FOLLOW_UP | {"outcome": "accepted", "token": "x"}, None)
    world.tap(ALICE, "on_scene")
    world.tap(ALICE, "close", ClosingReason.RESOLVED)
    handler(CONCLUDE, None)
    assert world.told() == ["status.acknowledged", "status.closed"]
    assert REPORTER not in capsys.readouterr().out
    with pytest.raises(KeyError):
        handler(CONCLUDE | {"action": "reopen"}, None)


def test_the_function_of_an_execution_that_is_over_tells_nobody(deployed):
    world = deployed(accepted())
    for event in (FOLLOW_UP | {"outcome": "accepted", "token": "x"}, CONCLUDE):
        with pytest.raises(ReportSuperseded):
            handler(event | {"run": 2}, None)
    assert world.messenger.pushes == []


@pytest.mark.parametrize("drill", [False, True])
def test_the_function_counts_how_long_an_acceptance_took_but_not_of_drills(deployed, drill, capsys):
    world = World(ALICE, drill=drill)
    world.notify()
    world.clock.advance(42)
    world.tap(ALICE, "accept")
    deployed(world)
    handler(FOLLOW_UP | {"outcome": "accepted", "token": "x"}, None)
    assert ('"SecondsToAcknowledge":[42.0]' in capsys.readouterr().out) is not drill
    handler(FOLLOW_UP | {"outcome": "progress", "token": "y"}, None)
    assert "SecondsToAcknowledge" not in capsys.readouterr().out

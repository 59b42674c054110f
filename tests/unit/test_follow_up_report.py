"""Following up: everyone hears each step once, and a silent officer does not keep a report."""

import pytest

from ess import bootstrap
from ess.domain.errors import ReportClosed, ReportReleased, TemporaryFailure
from ess.domain.report import MAX_REMINDERS, OVERDUE_SLACK_S, ClosingReason, Status
from functions.follow_up_report.app import handler
from tests.unit.incident_kit import ALICE, BOB, CAROL, DORA, PROGRESS_S, REPORT, World, officer


def accepted(*people):
    world = World(*(people or (ALICE, BOB)))
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
    world.notify(None, 1, "desk-1")
    assert world.told()[-1] == "status.at_desk"


def test_whoever_fell_silent_may_accept_again_and_the_reporter_hears_it():
    world = accepted(ALICE, DORA)
    world.follow_up("accepted")
    for token in ("a", "b"):
        silent(world, token)
    with pytest.raises(ReportReleased):
        silent(world, "c")
    world.notify(None, 1, "desk-1")
    world.tap(ALICE, "accept")
    world.follow_up("accepted", "d")
    assert world.told() == [
        "status.acknowledged",
        "status.notified",
        "status.at_desk",
        "status.acknowledged",
    ]


@pytest.mark.parametrize(
    ("news", "prompt"),
    [("phone_added", "officer.phone_added"), ("no_call", "officer.no_call")],
)
def test_news_of_the_reporter_reach_the_officer_who_accepted_once(news, prompt):
    world = accepted(ALICE, BOB)
    world.follow_up("accepted")
    told = list(world.told())
    for token in ("a", "b"):
        world.follow_up(news, token)
    assert world.told(ALICE).count(prompt) == 1
    assert prompt not in world.told(BOB)
    assert world.told() == told


def test_a_report_that_was_given_back_is_asked_about_elsewhere_and_the_reporter_hears_it():
    world = accepted(ALICE, BOB)
    world.follow_up("accepted")
    world.tap(ALICE, "decline")
    with pytest.raises(ReportReleased):
        world.follow_up("progress", "t")
    assert world.told() == ["status.acknowledged", "status.notified"]
    assert world.shown == "status.notified"


def test_a_release_that_is_run_again_still_leads_to_the_others():
    world = accepted()
    for token in ("a", "b"):
        silent(world, token)
    for _ in range(2):
        with pytest.raises(ReportReleased):
            silent(world, "c")
    assert world.told(ALICE).count("officer.released") == 1


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


def test_whoever_is_on_the_scene_is_reminded_but_keeps_the_report():
    world = accepted()
    world.tap(ALICE, "on_scene")
    world.follow_up("progress")
    for number in range(MAX_REMINDERS + 2):
        silent(world, f"s{number}")
    assert (world.report.status, world.report.acknowledged_by) == (Status.ON_SCENE, "alice")
    assert world.told(ALICE) == ["officer.reminder"] * (MAX_REMINDERS + 2)
    assert world.told() == ["status.on_scene"]


def test_progress_ends_the_count_of_reminders():
    world = accepted()
    silent(world, "a")
    world.tap(ALICE, "on_the_way")
    world.follow_up("progress", "b")
    assert world.report.reminders == 0


# --- the function ------------------------------------------------------------------------------


def test_the_function_follows_up_and_concludes(monkeypatch, capsys):
    world = accepted()
    for name in ("reports", "responders", "clock"):
        monkeypatch.setattr(bootstrap, name, lambda name=name: getattr(world, name))
    monkeypatch.setattr(bootstrap, "messages_about", lambda observe: world.about)
    event = {"action": "follow_up", "report_id": REPORT, "outcome": "accepted", "token": "x"}
    handler(event | {"wait_s": PROGRESS_S}, None)
    world.tap(ALICE, "on_scene")
    world.tap(ALICE, "close", ClosingReason.RESOLVED)
    handler({"action": "conclude", "report_id": REPORT}, None)
    assert world.told() == ["status.acknowledged", "status.closed"]
    assert world.report.reporter_id not in capsys.readouterr().out
    with pytest.raises(KeyError):
        handler({"action": "reopen", "report_id": REPORT}, None)

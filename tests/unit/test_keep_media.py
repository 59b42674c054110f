"""Keeping a file: once, cleaned, written down, told; and what happens when something fails."""

from dataclasses import replace

import pytest

from ess.adapters.line.render import render
from ess.domain.errors import (
    ContentNotReady,
    MediaRefused,
    NotNotified,
    QuotaSpent,
    ReportNotFound,
    TemporaryFailure,
)
from ess.domain.media import REPORTER, Content, MediaKind, Refusal
from tests.unit.media_kit import ALICE, FROM_MALI, MALI, PHOTO, REPORT, MediaWorld, item


@pytest.fixture
def world():
    return MediaWorld()


def test_a_picture_is_cleaned_kept_written_down_and_its_sender_told(world):
    done = world.keep()
    ref = item().ref
    assert world.files.files == {ref.key: Content(b"clean photo", "image/jpeg")}
    (line,) = world.reports.timeline(REPORT)
    assert (line.action, line.actor) == ("media_kept", "responder:alice")
    assert line.detail == {
        "kind": "image",
        "media_id": ref.media_id,
        "bytes": len(b"clean photo"),
        "type": "image/jpeg",
    }
    assert world.told() == ["officer.photo_kept"]
    assert (done.kept.size, done.refusal, done.told) == (11, "", "accepted")


def test_a_sound_is_kept_as_it_was_sent(world):
    world.content.sent["540001"] = Content(b"sound", "audio/mp4")
    one = item(kind=MediaKind.AUDIO)
    world.keep(one)
    assert world.files.files[one.ref.key] == Content(b"sound", "audio/mp4")
    assert world.pictures.calls["clean"] == 0


def test_the_same_message_twice_has_the_effect_of_one(world):
    first = world.keep()
    del world.content.sent["540001"]  # gone from LINE by then
    assert world.keep().kept == first.kept
    assert world.content.calls["fetch"] == 1
    assert world.lines == [("media_kept", "responder:alice")]
    assert world.told() == ["officer.photo_kept"]


@pytest.mark.parametrize("place", ["keep", "note", "push"])
def test_a_failure_anywhere_is_made_good_by_the_next_try(world, place):
    part = {"keep": world.files, "note": world.reports, "push": world.messenger}[place]
    part.plan(place, TemporaryFailure("down"))
    with pytest.raises(TemporaryFailure):
        world.keep()
    world.keep()
    assert len(world.files.files) == 1
    assert world.lines == [("media_kept", "responder:alice")]
    assert world.told() == ["officer.photo_kept"]


def test_a_file_that_line_prepares_is_asked_for_again_here_then_by_the_queue(world):
    world.content.plan("fetch", ContentNotReady("202"), ContentNotReady("202"), None)
    assert world.keep().kept
    assert len(world.slept) == 2
    slow = item("540002")
    world.content.plan("fetch", *[ContentNotReady("202")] * 3)
    with pytest.raises(ContentNotReady):
        world.keep(slow)
    assert len(world.lines) == 1


def test_at_the_last_try_the_sender_hears_that_it_was_not_kept(world):
    world.content.plan("fetch", *[ContentNotReady("202")] * 3)
    done = world.keep(last_try=True)
    assert (done.kept, done.refusal) == (None, "not_ready")
    assert world.lines == [("media_refused", "responder:alice")]
    assert world.told() == ["officer.photo_refused.not_ready"]


def test_a_sender_who_cannot_be_told_at_the_last_try_is_no_failure_of_the_file(world):
    world.messenger.plan("push", TemporaryFailure("down"))
    assert world.keep(last_try=True).told == "failed"
    assert world.files.files


@pytest.mark.parametrize("reason", Refusal)
def test_what_is_refused_is_written_down_with_its_reason_and_has_words_for_it(world, reason):
    world.content.plan("fetch", MediaRefused(reason))
    world.keep()
    (line,) = world.reports.timeline(REPORT)
    assert (line.action, line.detail["reason"]) == ("media_refused", reason.value)
    assert {type(value) for value in line.detail.values()} == {str}  # what DynamoDB takes
    assert not world.files.files
    (prompt,) = world.messenger.pushed_to(ALICE)
    assert prompt.name == f"officer.photo_refused.{reason}"
    assert "K7P-2MX" in render([prompt], "en")[0]["text"]


def test_a_picture_that_cannot_be_cleaned_is_never_kept(world):
    world.pictures.plan("clean", MediaRefused(Refusal.UNREADABLE))
    assert world.keep().refusal == "unreadable"
    assert not world.files.files


def test_a_reporter_who_must_not_be_heard_is_told_without_sound_and_neutrally():
    world = MediaWorld(can_talk=False)
    world.keep(FROM_MALI)
    (push,) = world.messenger.pushes
    assert (push.line_user_id, push.language, push.silent) == (MALI, "en", True)
    assert render(push.prompts, "en") == [{"type": "text", "text": "We have received your file."}]
    assert world.lines == [("media_kept", REPORTER)]


def test_who_was_never_notified_adds_nothing(world):
    with pytest.raises(NotNotified):
        world.keep(item(sender="responder:mallory"))
    assert not world.files.files
    assert not world.lines
    assert world.content.calls["fetch"] == 0


def test_a_report_that_does_not_exist_keeps_nothing(world):
    with pytest.raises(ReportNotFound):
        world.keep(replace(item(), report_id="f" * 32))
    assert not world.files.files


def test_an_officer_without_line_is_not_told(world):
    assert world.keep(item(sender="responder:sms-only")).told == "no_line"
    assert not world.messenger.pushes


def test_a_spent_quota_does_not_lose_the_file(world):
    world.messenger.plan("push", QuotaSpent("monthly limit"))
    assert world.keep().told == "quota_spent"
    assert world.files.files


def test_two_pictures_of_one_report_are_two_files_and_two_lines(world):
    world.content.sent["540002"] = PHOTO
    world.keep()
    world.keep(item("540002"))
    assert len(world.files.files) == 2
    assert len(world.lines) == 2
    assert len(world.told()) == 2


def test_an_exercise_is_labelled_as_one():
    world = MediaWorld(drill=True)
    world.keep()
    (prompt,) = world.messenger.pushed_to(ALICE)
    assert prompt.params["drill"] is True

"""Reports: one writer for each change, a timeline that only grows, and the reporter's copy."""

from dataclasses import replace

import pytest

from ess.domain import conversation as talk
from ess.domain import dispatch as search
from ess.domain import relay, response
from ess.domain.conversation import reporter_view
from ess.domain.errors import ReportChanged, ReportNotFound
from ess.domain.geo import Point
from ess.domain.kinds import Kind
from ess.domain.media import MediaKind, MediaRef
from ess.domain.report import Change, ClosingReason, Entry, HandOverReason, Part, Status, Told
from ess.domain.same_incident import link
from tests.adapters.reporting import (
    DESK_OFFICER,
    LADDER,
    NOW,
    OFFICER,
    PIN,
    USER,
    accept,
    change,
    close,
    dispatch,
    open_report,
    send,
)

HELPER = replace(OFFICER, responder_id="r3", unit_id="np-that", step=9, part=Part.HELPER)
INFORMED = replace(OFFICER, responder_id="r4", unit_id="np-pmj", part=Part.INFORMED)


def assign(stores, report_id):
    return change(stores, report_id, lambda r: search.assign(r, LADDER, now=NOW + 9))


def test_a_report_that_does_not_exist(stores):
    with pytest.raises(ReportNotFound):
        stores.reports.get("f" * 32)


def test_every_change_comes_back_as_it_was_and_leaves_its_line(stores):
    report_id = dispatch(stores)
    report = assign(stores, report_id).report
    everyone = [OFFICER, DESK_OFFICER, INFORMED]
    changes = [
        lambda r: search.offer(r, 0, everyone, now=NOW + 10.5, token="t" * 2048),
        lambda r: search.offer(r, 0, everyone, now=NOW + 10.75, token="u" * 9),
        lambda r: search.reach(r, 0, ["np-muang"], now=NOW + 11),
        lambda r: search.decline(r, "r1", now=NOW + 12),
        lambda r: search.acknowledge(r, "r1", now=NOW + 20, wait_s=300),
        lambda r: response.wait_for_progress(r, now=NOW + 21, token="u" * 9, wait_s=300),
        lambda r: response.remind(r, now=NOW + 30, token="v" * 9, wait_s=300),
        lambda r: response.release(r, now=NOW + 40),
        lambda r: search.offer(r, 1, [], now=NOW + 50, token=None),
        lambda r: search.acknowledge(r, "r1", now=NOW + 60, wait_s=300),
        lambda r: response.call_help(r, "r1", now=NOW + 61),
        lambda r: response.add_helpers(
            r, response.Cause.HELP, [HELPER], now=NOW + 62, token="w" * 9, wait_s=300
        ),
        lambda r: response.serve(r, response.Cause.HELP, 1),
        lambda r: response.join(r, "r3", now=NOW + 63),
        lambda r: response.hand_over(r, HandOverReason.OUTSIDE_AREA, "r1", now=NOW + 64),
        lambda r: search.acknowledge(r, "r9", now=NOW + 65, wait_s=300),
        lambda r: search.assign_by_hand(r, "np-that", "r9", now=NOW + 66),
        lambda r: search.restart(r, "token_lost", now=NOW + 67),
        lambda r: search.offer(r, 2, [HELPER], now=NOW + 68, token="x" * 9),
        lambda r: search.acknowledge(r, "r3", now=NOW + 69, wait_s=300),
        lambda r: response.progress(r, Status.ON_SCENE, "r3", now=NOW + 70, wait_s=300),
        lambda r: response.close_as_responder(r, ClosingReason.RESOLVED, "r3", now=NOW + 80),
        lambda r: search.restart(r, "failed", now=NOW + 100),
    ]
    lines = stores.reports.timeline(report_id)
    for change_of in changes:
        made = change_of(report)
        assert made.report != report
        stores.reports.save(made)
        report, lines = made.report, [*lines, *made.entries]
        assert stores.reports.get(report_id) == report
        assert stores.reports.timeline(report_id) == lines
        assert stores.conversations.get(USER).active == reporter_view(report)


def test_two_changes_from_the_same_read_the_first_wins(stores):
    report_id = dispatch(stores)
    report = assign(stores, report_id).report
    second_officer = replace(OFFICER, responder_id="r2")
    offered = search.offer(report, 0, [OFFICER, second_officer], now=NOW + 10, token="t")
    stores.reports.save(offered)
    read = stores.reports.get(report_id)
    stores.reports.save(search.acknowledge(read, "r1", now=NOW + 20, wait_s=300))
    lines = stores.reports.timeline(report_id)
    with pytest.raises(ReportChanged):
        stores.reports.save(search.acknowledge(read, "r2", now=NOW + 21, wait_s=300))
    assert stores.reports.get(report_id).acknowledged_by == "r1"
    assert stores.reports.timeline(report_id) == lines


def test_a_cancelled_report_takes_no_change_that_was_decided_before(stores):
    report_id = dispatch(stores)
    read = stores.reports.get(report_id)
    send(stores, talk.CancelConfirmed(report_id, "other"), "cancel")
    with pytest.raises(ReportChanged):
        stores.reports.save(search.assign(read, LADDER, now=NOW + 9))
    assert stores.reports.get(report_id).status is Status.CLOSED
    assert not stores.conversations.get(USER).active.is_open


def test_a_change_of_a_report_that_does_not_exist_makes_none(stores):
    report = stores.reports.get(dispatch(stores))
    ghost = replace(report, report_id="f" * 32)
    with pytest.raises(ReportChanged):
        stores.reports.save(search.assign(ghost, LADDER, now=NOW))
    with pytest.raises(ReportNotFound):
        stores.reports.get("f" * 32)
    assert stores.conversations.get(USER).active.report_id == report.report_id


def test_a_change_that_is_none_is_refused_and_stores_nothing(stores):
    report_id = dispatch(stores)
    assign(stores, report_id)
    report = stores.reports.get(report_id)
    made = search.assign(report, LADDER, now=NOW + 99)
    assert made.report is report
    conversation = stores.conversations.get(USER)
    with pytest.raises(ReportChanged):
        stores.reports.save(made)
    assert stores.reports.get(report_id) == report
    assert stores.conversations.get(USER) == conversation


def test_the_copy_of_a_newer_report_is_left_alone(stores):
    first = dispatch(stores)
    second = dispatch(stores, tag="2")
    conversation = stores.conversations.get(USER)
    assert conversation.active.report_id == second != first
    made = assign(stores, first)
    assert stores.reports.get(first) == made.report
    assert stores.conversations.get(USER) == conversation


def test_the_version_of_the_conversation_counts_changes_of_the_report(stores):
    report_id = dispatch(stores)
    before = stores.conversations.get(USER).version
    assign(stores, report_id)
    assert stores.conversations.get(USER).version == before + 1


def test_a_note_is_kept_once_and_as_it_was_first_written(stores):
    report_id = dispatch(stores)
    first = Entry(NOW + 30, "system", "sms_sent", {"unit_id": "x", "at": None}, "sms-r1-1")
    stores.reports.note(report_id, [first])
    stores.reports.note(report_id, [replace(first, at=NOW + 31), replace(first, key="sms-r2-1")])
    assert stores.reports.timeline(report_id)[-2:] == [first, replace(first, key="sms-r2-1")]


def test_a_timeline_is_in_order_of_time_whatever_the_keys(stores):
    report_id = dispatch(stores)
    entries = [
        Entry(NOW + after, "system", "noted", {}, key)
        for after, key in [(300, "a"), (100, "z"), (200, "m"), (100, "b")]
    ]
    stores.reports.note(report_id, entries)
    last = stores.reports.timeline(report_id)[-4:]
    assert [entry.key for entry in last] == ["b", "z", "m", "a"]


def test_notes_alone_make_no_report(stores):
    stores.reports.note("f" * 32, [Entry(NOW, "system", "noted", {}, "n")])
    with pytest.raises(ReportNotFound):
        stores.reports.get("f" * 32)


def test_due_reports_are_found_the_most_overdue_first(stores):
    people = ["U" + letter * 32 for letter in "cde"]
    ids = [
        open_report(stores, user, tag=user, now=NOW + delay)
        for user, delay in zip(people, [20, 0, 10], strict=True)
    ]
    assert stores.reports.due(NOW + 59) == []
    assert stores.reports.due(NOW + 60) == [ids[1]]
    assert stores.reports.due(NOW + 1e6) == [ids[1], ids[2], ids[0]]
    assert stores.reports.due(NOW + 1e6, limit=2) == [ids[1], ids[2]]
    send(stores, talk.CancelConfirmed(ids[1], "other"), "cancel", user_id=people[1])
    assert stores.reports.due(NOW + 1e6) == [ids[2], ids[0]]


def test_a_closed_report_is_due_no_more(stores):
    report_id = dispatch(stores)
    report = stores.reports.get(report_id)
    assert stores.reports.due(NOW + 1e6) == [report_id]
    stores.reports.save(response.close(report, ClosingReason.REFERRED, now=NOW + 9, actor="system"))
    assert stores.reports.due(NOW + 1e6) == []


def test_several_lines_of_one_change_are_all_kept(stores):
    report_id = dispatch(stores)
    made = search.assign(stores.reports.get(report_id), LADDER, now=NOW + 9)
    more = (*made.entries, Entry(NOW + 9, "system", "noted", {}, "000003-noted"))
    stores.reports.save(Change(made.report, more))
    assert stores.reports.timeline(report_id)[-2:] == list(more)


def test_two_changes_are_not_stored_as_one(stores):
    report_id = dispatch(stores)
    first = search.assign(stores.reports.get(report_id), LADDER, now=NOW + 9)
    second = response.close(first.report, ClosingReason.REFERRED, now=NOW + 10, actor="system")
    with pytest.raises(ReportChanged):
        stores.reports.save(second)
    stores.reports.save(first)
    stores.reports.save(second)
    assert stores.reports.get(report_id) == second.report


def test_files_and_what_was_told_are_kept_and_move_no_time(stores):
    report_id = accept(stores)
    before = stores.reports.get(report_id)
    ref = MediaRef(report_id, MediaKind.IMAGE, "1" * 32)
    change(stores, report_id, lambda report: relay.attach(report, ref))
    told = Told("r1", mended=2, pin_moves=1, notes=3, media=1, texted_at=NOW + 0.5)
    change(stores, report_id, lambda report: relay.mark(report, [told]))
    after = stores.reports.get(report_id)
    assert (after.media, after.told) == ((ref,), (told,))
    assert (after.changed_at, after.due_at) == (before.changed_at, before.due_at)
    assert after.version == before.version + 2


# --- reports of the same incident ---------------------------------------------------------------


def others_at(stores, *pins_and_times):
    """Open a report for each pin and time, by different people; return their ids."""
    ids = []
    for number, (pin, at) in enumerate(pins_and_times):
        user, tag = "U" + f"{number:x}" * 32, f"near-{number}"
        send(stores, talk.ReportAsked(fresh=True), f"ask-{tag}", at, user)
        send(stores, talk.KindChosen(Kind.ASSAULT), f"kind-{tag}", at, user)
        send(stores, talk.PinShared(pin), f"pin-{tag}", at, user)
        ids.append(stores.conversations.get(user).active.report_id)
    return ids


def test_reports_around_a_point_are_found_the_earliest_first(stores):
    close_by = Point(PIN.latitude + 0.002, PIN.longitude)
    far = Point(PIN.latitude, PIN.longitude - 0.5)
    ids = others_at(
        stores, (PIN, NOW + 60), (close_by, NOW + 30), (far, NOW), (PIN, NOW - 1), (PIN, NOW)
    )
    assert stores.reports.near(PIN, NOW) == [ids[4], ids[1], ids[0]]
    assert stores.reports.near(PIN, NOW, limit=1) == [ids[4]]
    assert stores.reports.near(far, NOW) == [ids[2]]


def test_a_report_is_found_where_its_pin_was_moved_to_and_stays_found_when_closed(stores):
    report_id = dispatch(stores)
    moved = Point(PIN.latitude + 0.1, PIN.longitude)
    send(stores, talk.PinShared(moved), "moved")
    assert stores.reports.near(PIN, NOW - 60) == []
    assert stores.reports.near(moved, NOW - 60) == [report_id]
    change(
        stores,
        report_id,
        lambda r: response.close(r, ClosingReason.RESOLVED, now=NOW + 9, actor="system"),
    )
    assert stores.reports.near(moved, NOW - 60) == [report_id]


def test_a_link_is_kept_shown_to_the_reporter_and_moves_no_time(stores):
    report_id = close(stores)
    before = stores.reports.get(report_id)
    (other,) = others_at(stores, (PIN, NOW))
    change(stores, report_id, lambda r: link(r, (stores.reports.get(other),), now=NOW + 99))
    after = stores.reports.get(report_id)
    assert after.linked == (other,)
    assert (after.changed_at, after.due_at) == (before.changed_at, before.due_at)
    assert stores.conversations.get(USER).active == reporter_view(after)
    assert stores.reports.timeline(report_id)[-1].action == "linked"

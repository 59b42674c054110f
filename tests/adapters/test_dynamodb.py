"""What only DynamoDB has: calls counted one by one, expiry, the sparse index, faults, other code's
items."""

from dataclasses import replace

import botocore.endpoint
import pytest
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError
from pynamodb.exceptions import GetError

from ess.adapters.dynamodb.errors import meaning_of
from ess.adapters.dynamodb.from_item import conversation_from, report_from
from ess.adapters.dynamodb.table import RETRIES, to_values
from ess.adapters.dynamodb.to_item import responder_item
from ess.domain import conversation as talk
from ess.domain import dispatch as search
from ess.domain import response
from ess.domain.conversation import (
    Conversation,
    Moment,
    advance,
    reporter_view,
    status_prompt,
)
from ess.domain.errors import (
    ConversationChanged,
    PermanentFailure,
    ReportChanged,
    TemporaryFailure,
)
from ess.domain.geo import Point
from ess.domain.kinds import Kind
from ess.domain.report import Change, ClosingReason, Entry, Report
from ess.domain.report_writes import apply
from ess.domain.responder import Responder
from ess.domain.same_incident import cells_near, near_cell
from tests.adapters.reporting import (
    LADDER,
    NOW,
    OFFICER,
    PIN,
    USER,
    accept,
    close,
    dispatch,
    open_report,
    send,
)

DAY = 86_400


def assigned(dynamo, report_id):
    report = dynamo.reports.get(report_id)
    return search.assign(report, LADDER, now=NOW + 9)


# --- calls ----------------------------------------------------------------------------------


def test_an_event_without_a_report_costs_one_read_and_one_write(dynamo):
    send(dynamo, talk.ReportAsked(), "e1")
    assert dynamo.wire.calls == {"GetItem": 1, "UpdateItem": 1}
    dynamo.wire.reset()
    send(dynamo, talk.KindChosen(Kind.ASSAULT), "e2")
    assert dynamo.wire.calls == {"GetItem": 1, "UpdateItem": 1}


@pytest.mark.parametrize(
    "given", [talk.TextSent("0812345678"), talk.KindChosen(Kind.CONFINEMENT), "cancel"]
)
def test_an_event_that_touches_the_report_costs_one_read_and_one_transaction(dynamo, given):
    report_id = open_report(dynamo)
    dynamo.wire.reset()
    send(dynamo, talk.CancelConfirmed(report_id, "other") if given == "cancel" else given, "e")
    assert dynamo.wire.calls == {"GetItem": 1, "TransactWriteItems": 1}


@pytest.mark.parametrize(
    ("prepare", "given"),
    [
        (accept, lambda _: talk.AskingAllowed()),
        (accept, talk.NobodyCame),
        (close, talk.NobodyCame),
        (close, talk.HelpCame),
    ],
)
def test_what_a_reporter_says_of_the_help_costs_one_read_and_one_transaction(
    dynamo, prepare, given
):
    report_id = prepare(dynamo)
    dynamo.wire.reset()
    outcome = send(dynamo, given(report_id), "e", NOW + 100)
    assert outcome.write is not None
    assert dynamo.wire.calls == {"GetItem": 1, "TransactWriteItems": 1}
    # The conversation, the report and the line of its timeline: three writes, whatever it is.
    (transaction,) = [r for r in dynamo.wire.requests if "TransactItems" in r]
    assert len(transaction["TransactItems"]) == 3


def test_opening_a_report_costs_one_read_and_one_transaction(dynamo):
    send(dynamo, talk.KindChosen(Kind.ASSAULT), "kind")
    dynamo.wire.reset()
    send(dynamo, talk.PinShared(Point(17.4, 104.7)), "pin")
    assert dynamo.wire.calls == {"GetItem": 1, "TransactWriteItems": 1}


def test_a_change_of_a_report_costs_one_read_and_one_transaction(dynamo):
    report_id = dispatch(dynamo)
    dynamo.wire.reset()
    dynamo.reports.save(assigned(dynamo, report_id))
    assert dynamo.wire.calls == {"GetItem": 1, "TransactWriteItems": 1}


def test_a_copy_that_is_nobodys_costs_one_transaction_more(dynamo):
    first = dispatch(dynamo)
    dispatch(dynamo, tag="2")
    change = assigned(dynamo, first)
    dynamo.wire.reset()
    dynamo.reports.save(change)
    assert dynamo.wire.calls == {"TransactWriteItems": 2}


def test_a_conversation_that_is_gone_does_not_stop_its_report(dynamo):
    report_id = dispatch(dynamo)
    dynamo.client.delete_item(TableName="conversations", Key={"user_id": {"S": USER}})
    change = assigned(dynamo, report_id)
    dynamo.reports.save(change)
    assert dynamo.reports.get(report_id) == change.report
    assert dynamo.conversations.get(USER) == Conversation(USER)


def test_a_lost_race_costs_no_second_transaction(dynamo):
    report_id = dispatch(dynamo)
    change = assigned(dynamo, report_id)
    dynamo.reports.save(change)
    dynamo.wire.reset()
    with pytest.raises(ReportChanged):
        dynamo.reports.save(change)
    assert dynamo.wire.calls == {"TransactWriteItems": 1}


def test_reading_costs_one_call_each(dynamo):
    report_id = dispatch(dynamo)
    dynamo.responders.put([Responder(f"r{n}", "unit", "ก", "K") for n in range(26)])
    assert dynamo.wire.calls["BatchWriteItem"] == 2
    for read, call in [
        (lambda: dynamo.conversations.get(USER), "GetItem"),
        (lambda: dynamo.reports.get(report_id), "GetItem"),
        (lambda: dynamo.reports.timeline(report_id), "Query"),
        (lambda: dynamo.reports.due(NOW + 1e6), "Query"),
        (lambda: dynamo.responders.of_unit("unit"), "Query"),
    ]:
        dynamo.wire.reset()
        read()
        assert dynamo.wire.calls == {call: 1}


def test_reads_that_decide_are_strongly_consistent(dynamo):
    report_id = dispatch(dynamo)
    dynamo.wire.reset()
    dynamo.conversations.get(USER)
    dynamo.reports.get(report_id)
    dynamo.reports.timeline(report_id)
    assert [request["ConsistentRead"] for request in dynamo.wire.requests] == [True] * 3


def test_a_note_costs_one_call_a_line(dynamo):
    dynamo.reports.note("f" * 32, [Entry(NOW, "system", "noted", {}, key) for key in "ab"])
    assert dynamo.wire.calls == {"PutItem": 2}


def test_a_long_timeline_is_read_to_its_end(dynamo):
    long = [Entry(NOW + n, "system", "noted", {"text": "x" * 90_000}, f"{n:03}") for n in range(30)]
    dynamo.reports.note("f" * 32, long)
    dynamo.wire.reset()
    assert dynamo.reports.timeline("f" * 32) == long
    assert dynamo.wire.calls["Query"] > 1


# --- expiry and the sparse index ----------------------------------------------------------------


def test_a_conversation_expires_90_days_after_its_last_write(dynamo):
    report_id = dispatch(dynamo)
    expires = dynamo.item("conversations", user_id=USER)["expires_at"]
    assert expires == {"N": str(int(NOW) + 90 * DAY)}
    report = dynamo.reports.get(report_id)
    dynamo.reports.save(search.assign(report, LADDER, now=NOW + 5 * DAY))
    expires = dynamo.item("conversations", user_id=USER)["expires_at"]
    assert expires == {"N": str(int(NOW) + 95 * DAY)}


def test_an_open_report_never_expires_and_a_closed_one_after_a_year(dynamo):
    report_id = dispatch(dynamo)
    dynamo.reports.save(assigned(dynamo, report_id))
    assert "expires_at" not in dynamo.item("reports", report_id=report_id, entry="report")
    report = dynamo.reports.get(report_id)
    referred = ClosingReason.REFERRED
    dynamo.reports.save(response.close(report, referred, now=NOW + DAY, actor="system"))
    item = dynamo.item("reports", report_id=report_id, entry="report")
    assert item["expires_at"] == {"N": str(int(NOW) + 366 * DAY)}
    assert {"due_shard", "due_at"}.isdisjoint(item)


def test_a_change_never_writes_over_a_line_of_the_timeline(dynamo):
    report_id = dispatch(dynamo)
    change = assigned(dynamo, report_id)
    noted = replace(change.entries[0], action="noted")
    dynamo.reports.note(report_id, [noted])
    with pytest.raises(ReportChanged):
        dynamo.reports.save(change)
    assert dynamo.reports.timeline(report_id)[-1] == noted


def test_a_cancelled_report_expires_and_leaves_index_and_token_behind(dynamo):
    report_id = dispatch(dynamo)
    dynamo.reports.save(assigned(dynamo, report_id))
    offered = search.offer(
        dynamo.reports.get(report_id), 0, [OFFICER], now=NOW + 10, token="t" * 2048
    )
    dynamo.reports.save(offered)
    item = dynamo.item("reports", report_id=report_id, entry="report")
    assert (item["due_shard"], item["token"]) == ({"S": "open"}, {"S": "t" * 2048})
    send(dynamo, talk.CancelConfirmed(report_id, "other"), "cancel", NOW + DAY)
    item = dynamo.item("reports", report_id=report_id, entry="report")
    assert {"due_shard", "due_at", "token"}.isdisjoint(item)
    assert item["expires_at"] == {"N": str(int(NOW) + 366 * DAY)}


def test_a_reopened_report_no_longer_expires_and_is_due_again(dynamo):
    report_id = close(dynamo)
    item = dynamo.item("reports", report_id=report_id, entry="report")
    assert {"due_shard", "due_at"}.isdisjoint(item)
    assert "expires_at" in item
    send(dynamo, talk.NobodyCame(report_id), "reopen", NOW + 100)
    item = dynamo.item("reports", report_id=report_id, entry="report")
    assert {"expires_at", "token", "step", "acknowledged_by", "closing_reason"}.isdisjoint(item)
    assert (item["due_shard"], item["due_at"]) == ({"S": "open"}, {"N": str(NOW + 130)})


def test_reports_of_the_same_incident_are_looked_for_by_nine_queries_at_most(dynamo):
    report_id = dispatch(dynamo)
    item = dynamo.item("reports", report_id=report_id, entry="report")
    assert item["near_cell"] == {"S": near_cell(PIN)}
    assert "near_cell" not in dynamo.item("reports", report_id=report_id, entry="t#000001-opened")
    for point in (PIN, Point(PIN.latitude + 0.0021, PIN.longitude + 0.0043), Point(76.0, 20.0)):
        dynamo.wire.reset()
        dynamo.reports.near(point, NOW - 1800)
        assert dynamo.wire.calls == {"Query": len(cells_near(point))}
        assert sum(dynamo.wire.calls.values()) <= 9
        assert all(request["IndexName"] == "near" for request in dynamo.wire.requests)


def test_a_line_of_a_timeline_outlives_its_report(dynamo):
    report_id = dispatch(dynamo)
    dynamo.reports.note(report_id, [Entry(NOW + 1, "system", "noted", {}, "n")])
    item = dynamo.item("reports", report_id=report_id, entry="t#n")
    assert item["expires_at"] == {"N": str(int(NOW) + 1 + 395 * DAY)}
    opened = dynamo.item("reports", report_id=report_id, entry="t#000001-opened")
    assert opened["expires_at"] == {"N": str(int(NOW) + 395 * DAY)}


# --- what other versions of the code left --------------------------------------------------------


def test_attributes_of_newer_code_are_read_over_and_not_removed(dynamo):
    report_id = dispatch(dynamo)
    for table, key in [
        ("conversations", {"user_id": {"S": USER}}),
        ("reports", {"report_id": {"S": report_id}, "entry": {"S": "report"}}),
    ]:
        dynamo.client.update_item(
            TableName=table,
            Key=key,
            UpdateExpression="SET tomorrow = :t, pin.accuracy = :a"
            if table == "reports"
            else "SET tomorrow = :t, active.later = :a",
            ExpressionAttributeValues={":t": {"SS": ["a"]}, ":a": {"N": "5"}},
        )
    dynamo.reports.save(assigned(dynamo, report_id))
    send(dynamo, talk.StatusAsked(), "status")
    assert "tomorrow" in dynamo.item("reports", report_id=report_id, entry="report")
    assert "tomorrow" in dynamo.item("conversations", user_id=USER)


def test_items_of_older_code_get_defaults():
    report = report_from(
        {
            "report_id": "f" * 32,
            "reference": "K7P-2MX",
            "reporter_id": USER,
            "kind": 1,
            "pin": {"latitude": 17, "longitude": 104},
            "opened_at": 1,
            "changed_at": 2,
            "status": "opened",
            "version": 1,
        }
    )
    expected = Report("f" * 32, "K7P-2MX", USER, None, Kind(1), Point(17.0, 104.0), 1.0, 2.0)
    assert report == expected
    assert conversation_from({"user_id": USER, "version": 4}) == Conversation(USER, version=4)


BEFORE = {
    # A report as the version before wrote it: a ladder of units, a rung's index, an attempt.
    "report_id": "f" * 32,
    "entry": "report",
    "reference": "K7P-2MX",
    "reporter_id": USER,
    "kind": 1,
    "pin": {"latitude": 17.4, "longitude": 104.7},
    "opened_at": NOW,
    "changed_at": NOW + 9,
    "status": "notified",
    "phone": "+66800000000",
    "can_talk": True,
    "version": 5,
    "due_at": NOW + 99,
    "due_shard": "open",
    "ladder": [
        {
            "unit_id": "np-muang",
            "name_th": "สภ.เมือง",
            "name_en": "Mueang",
            "kind": "station",
            "distance_m": 812.25,
        },
        {
            "unit_id": "np-that",
            "name_th": "สภ.ธาตุพนม",
            "name_en": "That Phanom",
            "kind": "station",
            "distance_m": 5200,
        },
        {"unit_id": "desk", "name_th": "ศูนย์", "name_en": "Desk", "kind": "desk"},
    ],
    "rung": 1,
    "attempt": 1,
    "reached": 0,
    "notified": [
        {
            "responder_id": "r1",
            "unit_id": "np-muang",
            "name_th": "ร.ต.อ. ก",
            "name_en": "Capt. K",
            "rung": 0,
            "line_user_id": "U" + "b" * 32,
        }
    ],
    "declined": [],
    "token": "t",
    "reminders": 0,
}


def store_before(dynamo, **changes):
    """Put an item of the version before, and its reporter's copy as that version wrote it."""
    item = {name: v for name, v in (BEFORE | changes).items() if v is not None}
    dynamo.client.put_item(TableName="reports", Item=to_values(item))
    active = {
        "report_id": item["report_id"],
        "reference": "K7P-2MX",
        "kind": 1,
        "status": item["status"],
        "opened_at": NOW,
        "changed_at": item["changed_at"],
        "at_desk": False,
        "nobody_reached": False,
        "can_talk": True,
    }
    copy = {"user_id": USER, "version": 3, "active": active, "active_report_id": "f" * 32}
    dynamo.client.put_item(TableName="conversations", Item=to_values(copy))
    return dynamo.reports.get("f" * 32)


def test_a_search_of_the_version_before_goes_on_where_it_stood(dynamo):
    report = store_before(dynamo)
    assert [[unit.unit_id for unit in rung.units] for rung in report.ladder.rungs] == [
        ["np-muang"],
        ["np-that"],
        ["desk"],
    ]
    assert report.ladder.rungs[-1].is_desk
    assert not report.ladder.rungs[0].is_desk
    assert (report.step, report.next_step, report.run) == (1, 2, 1)
    assert report.notified == (OFFICER,)
    view = reporter_view(report)
    assert (status_prompt(view).name, view.unit_th, view.distance_m) == (
        "status.notified",
        "สภ.เมือง",
        812.25,
    )
    taken = search.acknowledge(report, "r1", now=NOW + 20, wait_s=300)
    dynamo.reports.save(taken)
    assert dynamo.reports.get("f" * 32) == taken.report
    assert dynamo.conversations.get(USER).active.unit_th == "สภ.เมือง"


@pytest.mark.parametrize(
    ("changes", "step", "reached"),
    [
        ({"status": "opened", "ladder": [], "rung": None, "reached": None}, None, ()),
        ({"status": "dispatched", "ladder": [], "rung": None, "reached": None}, None, ()),
        ({"status": "dispatched", "rung": None, "attempt": 0, "reached": None}, None, ()),
        ({"status": "dispatched", "rung": 0, "reached": None}, 0, ()),
        ({"rung": 2, "reached": 1}, 2, ("np-that",)),
        ({"rung": 2, "attempt": 7, "reached": 2}, 8, ("desk",)),
    ],
)
def test_wherever_a_report_of_the_version_before_stood_it_is_read(dynamo, changes, step, reached):
    report = store_before(dynamo, **changes)
    assert (report.step, report.reached) == (step, reached)
    assert (report.ladder is None) is (changes.get("ladder") == [])
    repaired = search.restart(report, "stuck", now=NOW + 200)
    dynamo.reports.save(repaired)
    assert dynamo.reports.get("f" * 32) == repaired.report


ACCEPTED_BEFORE = {"status": "acknowledged", "acknowledged_by": "r1", "acknowledged_at": NOW + 5}
CLOSED_BEFORE = {**ACCEPTED_BEFORE, "status": "closed", "closing_reason": "resolved"}
CLOSED_BEFORE |= {"due_at": None, "due_shard": None, "expires_at": NOW + 365 * DAY}


@pytest.mark.parametrize(
    ("state", "given"),
    [
        ({}, lambda _: talk.AskingAllowed()),
        ({}, lambda _: talk.TextSent("080 000 0000")),
        ({}, lambda report_id: talk.CancelConfirmed(report_id, "other")),
        (ACCEPTED_BEFORE, lambda _: talk.Answered("hurt", "yes")),
        (ACCEPTED_BEFORE, lambda _: talk.PinShared(PIN)),
        (ACCEPTED_BEFORE, lambda _: talk.CallDeclined()),
        (ACCEPTED_BEFORE, talk.NobodyCame),
        (CLOSED_BEFORE, talk.NobodyCame),
        (CLOSED_BEFORE, talk.HelpCame),
    ],
)
def test_what_a_reporter_does_about_a_report_of_the_version_before_is_done(dynamo, state, given):
    before = store_before(dynamo, **state)
    outcome = send(dynamo, given("f" * 32), "then", NOW + 100)
    assert outcome.write is not None
    assert dynamo.reports.get("f" * 32) == apply(before, outcome.write)


def test_an_accepted_report_of_the_version_before_is_followed_up(dynamo):
    before = store_before(dynamo, **ACCEPTED_BEFORE, help_calls=2, help_served=1)
    assert (before.quiet_since, before.nobody_came, before.contact_changes) == (None, 0, 0)
    assert response.unserved(before) == (response.Cause.HELP,)
    assert response.fell_silent(before, now=NOW + 5 + 600, wait_s=600)
    assert not response.fell_silent(before, now=NOW + 5 + 300, wait_s=600)
    reminded = response.remind(before, now=NOW + 605, token="u", wait_s=600)
    dynamo.reports.save(reminded)
    assert dynamo.reports.get("f" * 32) == reminded.report


# --- faults ---------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def no_naps(monkeypatch):
    """Let retries follow at once."""
    monkeypatch.setattr(botocore.endpoint.time, "sleep", lambda _seconds: None)


def refusal(code, status=400, **more):
    return status, {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "m", **more}


NOT_NOW = [
    refusal("ProvisionedThroughputExceededException"),
    refusal("ThrottlingException"),
    refusal("InternalServerError", 500),
    (503, {}),
    ReadTimeoutError(endpoint_url="http://dynamodb"),
    ConnectTimeoutError(endpoint_url="http://dynamodb"),
]


@pytest.mark.parametrize("answer", NOT_NOW)
def test_a_fault_that_passes_is_retried_and_not_noticed(dynamo, answer):
    dynamo.wire.answer(RETRIES, answer)
    assert dynamo.conversations.get(USER) == Conversation(USER)
    assert len(dynamo.wire.requests) == RETRIES + 1


CALLS = {
    "conversations.get": lambda d: d.conversations.get(USER),
    "conversations.save": lambda d: d.conversations.save(
        Conversation(USER), Conversation(USER, 1), None
    ),
    "conversations.save with a report": lambda d: d.conversations.save(
        Conversation(USER), Conversation(USER, 1), talk.CancelReport("f" * 32, NOW)
    ),
    "reports.get": lambda d: d.reports.get("f" * 32),
    "reports.save": lambda d: d.reports.save(Change(SOME_REPORT, ())),
    "reports.note": lambda d: d.reports.note("f" * 32, [Entry(NOW, "system", "noted", {}, "n")]),
    "reports.timeline": lambda d: d.reports.timeline("f" * 32),
    "reports.due": lambda d: d.reports.due(NOW),
    "responders.of_unit": lambda d: d.responders.of_unit("unit"),
    "responders.put": lambda d: d.responders.put([Responder("r", "unit", "ก", "K")]),
}
SOME_REPORT = Report("f" * 32, "K7P-2MX", USER, None, Kind.ASSAULT, PIN, NOW, NOW)


@pytest.mark.parametrize("answer", NOT_NOW)
def test_a_fault_that_lasts_is_temporary_after_bounded_tries(dynamo, answer):
    for name, call in CALLS.items():
        dynamo.wire.reset()
        dynamo.wire.answer(99, answer)
        with pytest.raises(TemporaryFailure):
            call(dynamo)
        assert len(dynamo.wire.requests) == RETRIES + 1, name


@pytest.mark.parametrize("code", ["AccessDeniedException", "ResourceNotFoundException"])
def test_what_trying_again_cannot_mend_is_permanent_and_tried_once(dynamo, code):
    dynamo.wire.answer(99, refusal(code))
    with pytest.raises(PermanentFailure, match=code):
        dynamo.conversations.get(USER)
    assert len(dynamo.wire.requests) == 1


def test_a_table_that_does_not_exist_is_a_permanent_failure(dynamo):
    dynamo.client.delete_table(TableName="conversations")
    with pytest.raises(PermanentFailure, match="ResourceNotFoundException"):
        dynamo.conversations.get(USER)


def cancelled(*codes):
    reasons = [{"Code": code, "Message": "m"} for code in codes]
    return refusal("TransactionCanceledException", CancellationReasons=reasons)


@pytest.mark.parametrize(
    ("codes", "error"),
    [
        # report, reporter's copy, with the timeline's line before them
        (("None", "ConditionalCheckFailed", "None"), ReportChanged),
        (("ConditionalCheckFailed", "None", "None"), ReportChanged),
        (("None", "TransactionConflict", "None"), ReportChanged),
        (("None", "None", "TransactionConflict"), ReportChanged),
        (("None", "TransactionConflict", "ConditionalCheckFailed"), ReportChanged),
        (("None", "ThrottlingError", "None"), TemporaryFailure),
        (("ProvisionedThroughputExceeded", "None", "None"), TemporaryFailure),
        (("None", "ValidationError", "None"), PermanentFailure),
    ],
)
def test_why_a_transaction_was_cancelled(dynamo, codes, error):
    report_id = dispatch(dynamo)
    change = assigned(dynamo, report_id)
    dynamo.wire.reset()
    dynamo.wire.answer(1, cancelled(*codes))
    with pytest.raises(error):
        dynamo.reports.save(change)
    assert dynamo.wire.calls == {"TransactWriteItems": 1}


def test_a_conversation_that_is_being_written_counts_as_changed(dynamo):
    dynamo.wire.answer(1, refusal("TransactionConflictException"))
    with pytest.raises(ConversationChanged):
        dynamo.conversations.save(Conversation(USER), Conversation(USER, 1), None)


def test_a_transaction_whose_answer_was_lost_is_recognised_by_its_token(dynamo):
    send(dynamo, talk.KindChosen(Kind.ASSAULT), "kind")
    before = dynamo.conversations.get(USER)
    outcome = advance(before, talk.PinShared(Point(17.4, 104.7)), Moment("pin", NOW, 60, str))
    dynamo.wire.reset()
    dynamo.wire.answer(1, ReadTimeoutError(endpoint_url="http://dynamodb"))
    dynamo.conversations.save(before, outcome.conversation, outcome.write)
    tokens = [request["ClientRequestToken"] for request in dynamo.wire.requests]
    assert len(tokens) == 2
    assert len(set(tokens)) == 1


def test_items_that_a_batch_left_over_are_sent_again(dynamo):
    somebody = Responder("r", "u", "ก", "K")
    left = {"PutRequest": {"Item": to_values(responder_item(somebody))}}
    unprocessed = (200, {"UnprocessedItems": {"responders": [left]}})
    dynamo.wire.answer(2, unprocessed)
    dynamo.responders.put([somebody])
    assert dynamo.responders.of_unit("u") == [somebody]
    dynamo.wire.answer(99, unprocessed)
    with pytest.raises(TemporaryFailure):
        dynamo.responders.put([somebody])


def test_failures_name_a_code_and_never_what_was_stored():
    assert str(meaning_of(GetError("Failed", ValueError("U123 +6680")))) == "DynamoDB: ValueError"


def test_a_responder_row_that_cannot_be_read_does_not_hide_the_others(dynamo, caplog):
    dynamo.responders.put([Responder("good", "unit", "ก", "K")])
    bad = {"unit_id": {"S": "unit"}, "responder_id": {"S": "bad"}, "phone": {"S": "+66800000000"}}
    dynamo.client.put_item(TableName="responders", Item=bad)
    assert [r.responder_id for r in dynamo.responders.of_unit("unit")] == ["good"]
    assert "bad" in caplog.text
    assert "+668" not in caplog.text

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
from ess.domain import report as incident
from ess.domain.conversation import Conversation, Moment, advance
from ess.domain.errors import (
    ConversationChanged,
    PermanentFailure,
    ReportChanged,
    TemporaryFailure,
)
from ess.domain.report import Change, Entry, Report
from ess.domain.responder import Responder
from tests.adapters.reporting import LADDER, NOW, OFFICER, PIN, USER, dispatch, open_report, send

DAY = 86_400


def assigned(dynamo, report_id):
    report = dynamo.reports.get(report_id)
    return incident.assign(report, LADDER, now=NOW + 9, acknowledge_s=60)


# --- calls ----------------------------------------------------------------------------------


def test_an_event_without_a_report_costs_one_read_and_one_write(dynamo):
    send(dynamo, talk.ReportAsked(), "e1")
    assert dynamo.wire.calls == {"GetItem": 1, "UpdateItem": 1}
    dynamo.wire.reset()
    send(dynamo, talk.KindChosen(talk.Kind.ASSAULT), "e2")
    assert dynamo.wire.calls == {"GetItem": 1, "UpdateItem": 1}


@pytest.mark.parametrize(
    "given", [talk.TextSent("080"), talk.KindChosen(talk.Kind.CONFINEMENT), "cancel"]
)
def test_an_event_that_touches_the_report_costs_one_read_and_one_transaction(dynamo, given):
    report_id = open_report(dynamo)
    dynamo.wire.reset()
    send(dynamo, talk.CancelConfirmed(report_id) if given == "cancel" else given, "e")
    assert dynamo.wire.calls == {"GetItem": 1, "TransactWriteItems": 1}


def test_opening_a_report_costs_one_read_and_one_transaction(dynamo):
    send(dynamo, talk.KindChosen(talk.Kind.ASSAULT), "kind")
    dynamo.wire.reset()
    send(dynamo, talk.PinShared(talk.Point(17.4, 104.7)), "pin")
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
    dynamo.reports.save(incident.assign(report, LADDER, now=NOW + 5 * DAY, acknowledge_s=60))
    expires = dynamo.item("conversations", user_id=USER)["expires_at"]
    assert expires == {"N": str(int(NOW) + 95 * DAY)}


def test_an_open_report_never_expires_and_a_closed_one_after_a_year(dynamo):
    report_id = dispatch(dynamo)
    dynamo.reports.save(assigned(dynamo, report_id))
    assert "expires_at" not in dynamo.item("reports", report_id=report_id, entry="report")
    report = dynamo.reports.get(report_id)
    reason = incident.ClosingReason.REFERRED
    dynamo.reports.save(incident.close(report, reason, now=NOW + DAY, actor="system"))
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
    offered = incident.offer(
        dynamo.reports.get(report_id), 0, 1, [OFFICER], now=NOW + 10, token="t" * 2048, wait_s=60
    )
    dynamo.reports.save(offered)
    item = dynamo.item("reports", report_id=report_id, entry="report")
    assert (item["due_shard"], item["token"]) == ({"S": "open"}, {"S": "t" * 2048})
    send(dynamo, talk.CancelConfirmed(report_id), "cancel", NOW + DAY)
    item = dynamo.item("reports", report_id=report_id, entry="report")
    assert {"due_shard", "due_at", "token"}.isdisjoint(item)
    assert item["expires_at"] == {"N": str(int(NOW) + 366 * DAY)}


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
    assert (report.ladder, report.can_talk, report.attempt, report.due_at) == ((), True, 0, None)
    assert conversation_from({"user_id": USER, "version": 4}) == Conversation(USER, version=4)


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
SOME_REPORT = Report("f" * 32, "K7P-2MX", USER, None, talk.Kind.ASSAULT, PIN, NOW, NOW)


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
    send(dynamo, talk.KindChosen(talk.Kind.ASSAULT), "kind")
    before = dynamo.conversations.get(USER)
    outcome = advance(before, talk.PinShared(talk.Point(17.4, 104.7)), Moment("pin", NOW, 60, str))
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

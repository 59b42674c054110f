"""Whole reports through the deployed stack, with every IAM policy enforced (AUTH=true)."""

import re
import time
import uuid

import pytest

from ess.messages import catalogue
from local.cloud.phones import NeverHappened, Phones, postback, texts_of

pytestmark = pytest.mark.cloud

SCENE = (17.4064, 104.7866)  # Nakhon Phanom, by the river
NUMBER = "089-876 5432"


def thai(key):
    return catalogue.load("th")[key]


@pytest.fixture
def reporter(phones: Phones):
    return phones.reporter(f"ผู้แจ้ง {uuid.uuid4().hex[:6]}")


def report_of(phones, reporter):
    """The newest report of a reporter, found by the reference on their phone."""
    words = "\n".join(text for entry in reporter.chat() for text in texts_of(entry["message"]))
    reference = re.findall(r"\b[2-9A-Z]{3}-[2-9A-Z]{3}\b", words)[-1]
    for _ in range(100):
        for report in phones.get("/_sim/reports"):
            if report.get("reference") == reference:
                return report
        time.sleep(0.1)
    raise NeverHappened(f"no report {reference}")


def wait_for_action(phones, reporter, action, seconds=30):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        report = report_of(phones, reporter)
        if action in [step["action"] for step in report["timeline"]]:
            return report
        time.sleep(0.2)
    raise NeverHappened(f"{action} is not in {[step['action'] for step in report['timeline']]}")


def send_report(reporter, *, kind="1", number=NUMBER):
    reporter.follow()
    reporter.tap(postback(a="report"))
    reporter.tap(postback(a="kind", k=kind))
    reporter.share(*SCENE)
    if number:
        reporter.say(number)


def officer_offered(phones, reporter):
    """The first officer whose newest offer is this reporter's report."""
    report_id = report_of(phones, reporter)["report_id"]
    return phones.wait_for_officer(postback(o="accept", r=report_id)), report_id


def officers_offered(phones, report_id):
    return [o for o in phones.officers() if o.find(postback(o="accept", r=report_id))]


def wait_until(happened, seconds=20):
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.1)


def units_notified(phones, reporter):
    steps = report_of(phones, reporter)["timeline"]
    return [step["detail"]["unit_id"] for step in steps if step["action"] == "notified"]


def test_from_the_first_tap_to_the_closing_message(phones, reporter, cloud):
    send_report(reporter)
    reporter.wait_for(thai("received.title"))
    told = reporter.wait_for(thai("status.notified.title"))
    assert "กม." in "".join(texts_of(told["message"])) or "เมตร" in "".join(
        texts_of(told["message"])
    )
    officer, report_id = officer_offered(phones, reporter)
    others = [o for o in officers_offered(phones, report_id) if o.user_id != officer.user_id]
    officer.tap(postback(o="accept", r=report_id))
    reporter.wait_for(thai("status.acknowledged.title"))
    assert others
    for other in others:
        other.wait_for(report_of(phones, reporter)["reference"])
        other.tap(postback(o="accept", r=report_id))
        assert any("รับไปก่อนแล้ว" in t for e in other.chat() for t in texts_of(e["message"]))
    for act in ("on_the_way", "on_scene"):
        officer.tap(postback(o=act, r=report_id))
        reporter.wait_for(thai(f"status.{act}.title"))
    officer.tap(postback(o="close", r=report_id))
    officer.tap(postback(o="close", r=report_id, why="resolved"))
    reporter.wait_for(thai("status.closed.title"))
    actions = [step["action"] for step in wait_for_action(phones, reporter, "closed")["timeline"]]
    wanted = [
        "opened",
        "dispatched",
        "assigned",
        "notified",
        "acknowledged",
        "on_the_way",
        "on_scene",
        "closed",
    ]
    assert [a for a in actions if a in wanted] == wanted
    assert any(reference_in(sms, phones, reporter) for sms in cloud.sms().values())


def reference_in(messages, phones, reporter):
    reference = report_of(phones, reporter)["reference"]
    return any(reference in str(message) for message in messages)


def test_nobody_answers_so_the_next_station_and_then_the_desk_are_called(phones, reporter):
    send_report(reporter)
    report_id = report_of(phones, reporter)["report_id"]
    reporter.wait_for(thai("status.at_desk.title"), seconds=60)
    wait_until(lambda: "desk" in units_notified(phones, reporter))
    units = units_notified(phones, reporter)
    assert len(units) == len(set(units)) == 4
    assert units[-1] == "desk"
    assert any("191" in t for t in texts_of(reporter.chat()[-1]["message"]))
    desk = [o for o in officers_offered(phones, report_id) if unit_of(phones, o) == "desk"]
    desk[0].tap(postback(o="accept", r=report_id))
    reporter.wait_for(thai("status.desk_acknowledged.title"))
    desk[0].tap(postback(o="close", r=report_id))
    desk[0].tap(postback(o="close", r=report_id, why="referred"))
    reporter.wait_for(thai("status.closed.title"))


def unit_of(phones, officer):
    users = phones.get("/_sim/users")
    return next(u.get("unit") for u in users if u["user_id"] == officer.user_id)


def test_all_decline_so_the_next_station_is_called_at_once(phones, reporter):
    send_report(reporter)
    _, report_id = officer_offered(phones, reporter)
    reporter.wait_for(thai("status.notified.title"))
    for officer in officers_offered(phones, report_id):
        officer.tap(postback(o="decline", r=report_id))
    wait_for_action(phones, reporter, "declined")
    wait_until(lambda: len(units_notified(phones, reporter)) > 1, seconds=4)  # before the timeout
    first, second, *_ = units_notified(phones, reporter)
    assert first != second
    cancel(reporter)


def cancel(reporter):
    reporter.tap(postback(a="cancel"))
    reporter.tap(postback(a="cancel_yes"))
    reporter.tap(postback(a="cancel_yes", why="mistake"))


def test_a_cancelled_report_is_closed_and_the_officers_are_told(phones, reporter):
    send_report(reporter)
    officer, _ = officer_offered(phones, reporter)
    reporter.wait_for(thai("status.notified.title"))
    cancel(reporter)
    reporter.wait_for(thai("cancelled.title"))
    officer.wait_for("ผู้แจ้งยกเลิก ไม่ต้องไป")
    closed = wait_for_action(phones, reporter, "closed")
    assert closed["status"] == "closed"


def test_someone_who_cannot_talk_is_never_called(phones, reporter):
    send_report(reporter, number=None)
    reporter.tap(postback(a="no_call"))
    reporter.wait_for("บอกเจ้าหน้าที่ว่าห้ามโทร")
    officer, report_id = officer_offered(phones, reporter)
    offer = [e for e in officer.chat() if report_id in str(e["message"])][-1]
    assert thai("officer.offer_silent") in texts_of(offer["message"])
    officer.tap(postback(o="accept", r=report_id))
    accepted = officer.chat()[-1]["message"]
    assert "tel:" not in str(accepted)
    reporter.wait_for(thai("status.acknowledged.title"))
    pushed = [e for e in reporter.chat() if e["from"] == "bot" and e["via"] == "push"]
    assert pushed
    assert all(e["silent"] for e in pushed)
    cancel(reporter)


def test_the_auditor_dispatches_a_report_whose_reporter_fell_silent(phones, reporter, cloud):
    send_report(reporter, number=None)
    reporter.wait_for(thai("ask_phone.title"))
    time.sleep(7)  # GraceSeconds of the test stack is 6
    name = next(
        f["FunctionName"]
        for f in cloud.client("lambda").list_functions()["Functions"]
        if "AuditReports" in f["FunctionName"]
    )
    answer = cloud.client("lambda").invoke(FunctionName=name, Payload=b"{}")
    assert "FunctionError" not in answer
    reporter.wait_for(thai("status.notified.title"))
    cancel(reporter)


@pytest.mark.parametrize(
    "how",
    [
        {"last": 3, "redeliver": True},
        {"last": 3, "duplicate": 3},
        {"last": 3, "order": "reversed", "split": True},
        {"last": 3, "duplicate": 2, "split": True, "concurrent": True},
    ],
    ids=["redelivered", "duplicated", "reversed", "concurrent"],
)
def test_the_same_events_again_have_no_effect(phones, reporter, how):
    send_report(reporter)
    reporter.wait_for(thai("status.notified.title"))
    _, report_id = officer_offered(phones, reporter)
    before = reporter.chat()
    offers = len(officers_offered(phones, report_id))
    phones.post("/_sim/deliver", how | {"user": reporter.user_id})
    time.sleep(1)
    report = report_of(phones, reporter)
    assert [s["action"] for s in report["timeline"]].count("dispatched") == 1
    new = [e for e in reporter.chat()[len(before) :] if e["via"] == "reply"]
    assert new == []
    assert len(officers_offered(phones, report_id)) == offers
    cancel(reporter)


def test_events_that_arrive_in_reverse_make_the_same_report(phones, reporter):
    phones.post("/_sim/config", {"hold": True})
    try:
        reporter.act(type="postback", data="a=report", wait=False)
        reporter.act(type="postback", data="a=kind&k=4", wait=False)
        reporter.act(type="location", latitude=SCENE[0], longitude=SCENE[1], wait=False)
        reporter.act(type="text", text=NUMBER, wait=False)
    finally:
        phones.post("/_sim/config", {"hold": False})
    phones.post("/_sim/release", {"order": "reversed", "split": True})
    reporter.wait_for(thai("received.title"))
    assert report_of(phones, reporter)["kind"] in (4, "4")
    cancel(reporter)


def test_a_stranger_cannot_accept(phones, reporter):
    send_report(reporter)
    _, report_id = officer_offered(phones, reporter)
    stranger = phones.reporter("คนแปลกหน้า")
    stranger.follow()
    stranger.act(type="postback", data=f"o=accept&r={report_id}")
    stranger.wait_for(thai("officer.unknown"))
    assert "acknowledged" not in [s["action"] for s in report_of(phones, reporter)["timeline"]]
    cancel(reporter)


def test_a_forged_delivery_is_refused(phones, reporter):
    reporter.follow()
    answer = phones.post("/_sim/deliver", {"last": 1, "user": reporter.user_id, "signature": "bad"})
    assert "401" in str(answer)


def test_the_connection_check_of_the_line_console_passes(phones):
    assert "200" in str(phones.post("/_sim/verify"))


def test_a_malformed_event_is_kept_with_its_reason_and_the_rest_go_on(phones, reporter, cloud):
    reporter.follow()
    broken = {"type": "message", "mode": "active", "webhookEventId": "broken"}
    phones.post(
        "/_sim/deliver",
        {"events": [broken, {"from": reporter.user_id, "type": "text", "text": "แจ้งเหตุร้าย"}]},
    )
    reporter.wait_for(thai("ask_kind.title"))
    sqs = cloud.client("sqs")
    found = sqs.receive_message(
        QueueUrl=cloud.outputs["RejectedEventsQueueUrl"],
        MessageAttributeNames=["All"],
        MaxNumberOfMessages=10,
    )["Messages"]
    reasons = [m["MessageAttributes"]["reason"]["StringValue"] for m in found]
    assert any(reason.startswith("MalformedEvent") for reason in reasons)


def test_line_failing_once_costs_no_answer(phones, reporter):
    reporter.follow()
    phones.post("/_sim/config", {"redelivery": True})
    phones.post("/_sim/faults", {"endpoint": "reply", "count": 1, "status": 500})
    reporter.act(type="postback", data="a=report", wait=False)
    reporter.wait_for(thai("ask_kind.title"))
    shown = [e for e in reporter.chat() if thai("ask_kind.title") in texts_of(e["message"])]
    assert len(shown) == 1


def test_a_spent_quota_leaves_the_sms(phones, reporter, cloud):
    phones.post("/_sim/quota", {"spent": True})
    try:
        send_report(reporter)
        report = wait_for_action(phones, reporter, "sms_sent")
        assert any(reference_in(sms, phones, reporter) for sms in cloud.sms().values())
        outcomes = [
            s["detail"]["outcome"] for s in report["timeline"] if s["action"] == "line_sent"
        ]
        assert "quota_spent" in outcomes
    finally:
        phones.post("/_sim/quota", {"limit": None, "used": 0})
    cancel(reporter)


def test_nothing_personal_is_in_the_logs(phones, reporter, cloud):
    send_report(reporter)
    _, report_id = officer_offered(phones, reporter)
    cancel(reporter)
    wait_for_action(phones, reporter, "closed")
    # The emulator itself tells what SMS it "sent", to whom: that line is the carrier's, not ours.
    lines = cloud.emulator_log.read_text(errors="replace").splitlines(keepends=True)
    log = "".join(line for line in lines if "[sns] SNS SMS to" not in line)
    logs = cloud.client("logs")
    for group in logs.describe_log_groups()["logGroups"]:
        found = logs.filter_log_events(logGroupName=group["logGroupName"])
        log += "\n".join(event["message"] for event in found["events"])
    assert "event taken" in log
    for personal in ("898765432", "876 5432", "17.4064", "104.7866", reporter.user_id):
        assert personal not in log
    executions = cloud.client("stepfunctions")
    arn = cloud.outputs["StateMachineArn"].replace(":stateMachine:", ":execution:")
    history = executions.get_execution_history(executionArn=f"{arn}:{report_id}")
    for personal in ("898765432", "17.4064", "104.7866", reporter.user_id):
        assert personal not in str(history["events"])

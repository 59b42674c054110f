"""The real state machine in the emulator: which states a report passes, and how many that makes."""

import json
import time
import uuid
from collections import Counter

import pytest

from ess.domain.pace import EVENTS
from ess.messages import catalogue
from local.cloud.phones import NeverHappened, Phones, postback, texts_of

pytestmark = pytest.mark.cloud

SCENE = (17.4064, 104.7866)  # Nakhon Phanom: the three nearest sample stations have officers
RUNGS = 4  # the station, it and the next nearest, the 191 centre, the desk
TO_THE_FIRST_OFFER = ["FindUnits", "AssignReport", "Answered", "NotifyResponders"]
END = "ConcludeReport"
FLOOD = EVENTS + 5  # texts


def thai(key):
    return catalogue.load("th")[key]


class Case:
    """One report, its reporter, and its execution."""

    def __init__(self, phones: Phones, cloud):
        self.phones = phones
        self.cloud = cloud
        self.reporter = phones.reporter(f"ผู้แจ้ง {uuid.uuid4().hex[:6]}")
        self.reporter.follow()
        before = set(self._names())
        self.reporter.tap(postback(a="report"))
        self.reporter.tap(postback(a="kind", k="1"))
        self.reporter.share(*SCENE)
        self.reporter.say("081-234 5678")
        deadline = time.monotonic() + 20
        while not (new := set(self._names()) - before):
            if time.monotonic() > deadline:
                raise NeverHappened(f"no workflow; {self.reporter.last_words()}")
            time.sleep(0.1)
        (self.report_id,) = new

    run = 1

    def _names(self):
        machine = self.cloud.outputs["StateMachineArn"]
        pages = self.engine.get_paginator("list_executions").paginate(stateMachineArn=machine)
        return [e["name"] for page in pages for e in page["executions"]]

    @property
    def engine(self):
        return self.cloud.client("stepfunctions")

    @property
    def arn(self):
        machine = self.cloud.outputs["StateMachineArn"]
        name = self.report_id if self.run == 1 else f"{self.report_id}-{self.run}"
        return f"{machine.replace(':stateMachine:', ':execution:')}:{name}"

    @property
    def history(self):
        pages = self.engine.get_paginator("get_execution_history")
        return [e for page in pages.paginate(executionArn=self.arn) for e in page["events"]]

    @property
    def path(self):
        """Names of the states entered: each is one transition on the bill."""
        return [
            event["stateEnteredEventDetails"]["name"]
            for event in self.history
            if event["type"].endswith("StateEntered")
        ]

    def wait_for_state(self, name, times=1, seconds=40):
        deadline = time.monotonic() + seconds
        while self.path.count(name) < times:
            if time.monotonic() > deadline:
                raise NeverHappened(f"{name} {times} times; it went {self.path}")
            time.sleep(0.1)

    def wait_for_end(self, seconds=30):
        deadline = time.monotonic() + seconds
        while (status := self.engine.describe_execution(executionArn=self.arn)["status"]) == (
            "RUNNING"
        ):
            if time.monotonic() > deadline:
                raise NeverHappened(f"the end; it went {self.path}")
            time.sleep(0.1)
        return status

    def officer(self):
        return self.phones.wait_for_officer(postback(o="accept", r=self.report_id))

    def officer_of(self, unit, seconds=20):
        """An officer whose unit's name holds `unit`, once they can accept."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for phone in self.phones.officers():
                if unit in phone.unit and phone.find(postback(o="accept", r=self.report_id)):
                    return phone
            time.sleep(0.1)
        raise NeverHappened(f"an offer to {unit}; it went {self.path}")

    def at_desk(self):
        return self.officer_of("desk")

    def officer_again(self, seconds=20):
        """Somebody who was offered it once more, after it had been reopened."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for phone in self.phones.officers():
                texts = [t for e in phone.chat() for t in texts_of(e["message"])]
                if any("ยังไม่มีใครมา" in text for text in texts):
                    return phone
            time.sleep(0.1)
        raise NeverHappened(f"an offer after reopening; it went {self.path}")

    def do(self, officer, act, **more):
        officer.tap(postback(o=act, r=self.report_id, **more))

    def close(self, officer):
        self.do(officer, "close")
        self.do(officer, "close", why="resolved")

    def cancel(self):
        self.reporter.tap(postback(a="cancel"))
        self.reporter.tap(postback(a="cancel_yes"))
        self.reporter.tap(postback(a="cancel_yes", why="mistake"))

    def timeline(self, action):
        table = self.cloud.outputs["ReportsTable"]
        found = self.cloud.client("dynamodb").query(
            TableName=table,
            KeyConditionExpression="report_id = :r",
            ExpressionAttributeValues={":r": {"S": self.report_id}},
            ConsistentRead=True,
        )
        return [i for i in found["Items"] if i.get("action", {}).get("S") == action]


@pytest.fixture
def case(phones, cloud):
    return Case(phones, cloud)


def test_accepted_at_once_and_carried_to_its_end_takes_12_transitions(case):
    officer = case.officer()
    case.do(officer, "accept")
    case.reporter.wait_for(thai("status.acknowledged.title"))
    for act in ("on_the_way", "on_scene"):
        case.do(officer, act)
        case.reporter.wait_for(thai(f"status.{act}.title"))
    case.close(officer)
    assert case.wait_for_end() == "SUCCEEDED"
    step = ["FollowUp", "Answered"]
    assert case.path == [*TO_THE_FIRST_OFFER, "Answered", *step, *step, *step, END]
    assert len(case.path) == 12
    case.reporter.wait_for(thai("status.closed.title"))


def test_the_desk_is_reached_in_7_transitions_asked_again_in_1_and_carries_on(case):
    case.wait_for_state("NotifyResponders", RUNGS + 1, seconds=60)
    assert case.path[: 3 + RUNGS + 1] == [*TO_THE_FIRST_OFFER, *["NotifyResponders"] * RUNGS]
    case.reporter.wait_for(thai("status.at_desk.title"))
    desk = case.at_desk()
    case.do(desk, "accept")
    case.reporter.wait_for(thai("status.desk_acknowledged.title"))
    case.close(desk)
    assert case.wait_for_end() == "SUCCEEDED"
    assert case.path[-4:] == ["Answered", "FollowUp", "Answered", END]
    # The station, then both stations, then the 191 centre, then the desk: asked again is not news.
    assert len(case.timeline("notified")) == RUNGS
    mails = case.timeline("email_sent")
    assert mails
    assert {m["detail"]["M"]["outcome"]["S"] for m in mails} == {"accepted"}


def test_the_desk_assigns_a_unit_by_hand(case):
    case.wait_for_state("NotifyResponders", RUNGS, seconds=60)
    case.reporter.wait_for(thai("status.at_desk.title"))
    desk = case.at_desk()
    case.do(desk, "assign")
    desk.wait_for("เลือกหน่วยที่จะให้ไป")
    case.do(desk, "assign", to="sample-np-tha-uthen")
    officer = case.officer_of("ท่าอุเทน")
    case.reporter.wait_for("สภ.ท่าอุเทน")
    case.do(officer, "accept")
    case.reporter.wait_for(thai("status.acknowledged.title"))
    case.close(officer)
    assert case.wait_for_end() == "SUCCEEDED"
    assert case.path[-5:] == ["NotifyResponders", "Answered", "FollowUp", "Answered", END]


def test_declined_by_all_moves_on_without_waiting(case):
    case.reporter.wait_for(thai("status.notified.title"))
    entered = time.monotonic()
    for phone in case.phones.officers():
        if phone.find(postback(o="decline", r=case.report_id)):
            case.do(phone, "decline")
    case.wait_for_state("NotifyResponders", 2)
    assert time.monotonic() - entered < 6  # AcknowledgeSeconds of the test stack
    assert case.path[4:6] == ["Answered", "NotifyResponders"]
    case.cancel()
    case.wait_for_end()


def test_a_report_cancelled_while_a_station_is_asked_ends_at_once(case):
    officer = case.officer()
    case.reporter.wait_for(thai("status.notified.title"))
    case.cancel()
    assert case.wait_for_end(5) == "SUCCEEDED"
    assert case.path == [*TO_THE_FIRST_OFFER, "Answered", END]
    officer.wait_for("ผู้แจ้งยกเลิก ไม่ต้องไป")
    told = [t for e in case.reporter.chat() for t in texts_of(e["message"])]
    assert thai("status.closed.title") not in told


def test_an_officer_who_falls_silent_is_reminded_twice_and_loses_the_report(case):
    officer = case.officer()
    case.do(officer, "accept")
    case.reporter.wait_for(thai("status.acknowledged.title"))
    case.wait_for_state("NotifyResponders", times=2, seconds=60)
    assert case.path[4:] == ["Answered", *["FollowUp"] * 4, "NotifyResponders"]
    assert [len(case.timeline(a)) for a in ("reminded", "released")] == [2, 1]
    officer.wait_for("เรากำลังหาหน่วยอื่น")
    case.do(officer, "accept")  # better late than never
    case.close(officer)
    assert case.wait_for_end() == "SUCCEEDED"


def test_an_officer_hands_over_with_a_reason_and_others_are_asked_at_once(case):
    officer = case.officer()
    case.do(officer, "accept")
    case.reporter.wait_for(thai("status.acknowledged.title"))
    case.do(officer, "hand_over")
    case.do(officer, "hand_over", why="other_incident")
    case.wait_for_state("NotifyResponders", 2)
    (line,) = case.timeline("handed_over")
    assert line["detail"]["M"]["reason"]["S"] == "other_incident"
    case.cancel()
    case.wait_for_end()


def test_help_calls_further_units_and_who_joins_is_named(case):
    officer = case.officer()
    case.do(officer, "accept")
    case.reporter.wait_for(thai("status.acknowledged.title"))
    case.do(officer, "help")
    helper = case.phones.wait_for_officer(postback(o="join", r=case.report_id))
    case.do(helper, "join")
    officer.wait_for("กำลังมาช่วยคุณ")
    officer.wait_for("มาช่วยแล้ว")
    case.close(officer)
    assert case.wait_for_end() == "SUCCEEDED"


def test_a_flood_is_passed_on_in_few_rounds_and_its_last_word_too(case):
    officer = case.officer()
    case.do(officer, "accept")
    case.reporter.wait_for(thai("status.acknowledged.title"))
    calm = case.path.count("FollowUp")
    for number in range(FLOOD):
        case.reporter.say(f"เขาเดินไปมาอยู่หน้าห้อง {number}")
    case.reporter.say("ตอนนี้เขาออกไปทางหลังบ้านแล้ว")
    officer.wait_for("ตอนนี้เขาออกไปทางหลังบ้านแล้ว")
    assert "PauseForMore" in case.path
    assert case.path.count("FollowUp") - calm < FLOOD
    case.close(officer)
    assert case.wait_for_end() == "SUCCEEDED"


def test_nobody_came_reopens_a_closed_report_under_a_new_execution(case):
    officer = case.officer()
    case.do(officer, "accept")
    case.close(officer)
    assert case.wait_for_end() == "SUCCEEDED"
    case.reporter.wait_for(thai("status.closed.title"))
    case.reporter.tap(postback(a="nobody_came", r=case.report_id))
    case.reporter.wait_for(thai("reopened.title"))
    case.run = 2
    again = case.officer_again()
    case.do(again, "accept")
    case.wait_for_state("FollowUp")
    case.close(again)
    assert case.wait_for_end() == "SUCCEEDED"
    assert len(case.timeline("closed")) == 2


def test_a_workflow_that_was_aborted_is_replaced_by_the_auditor_and_goes_on(case, cloud):
    case.reporter.wait_for(thai("status.notified.title"))
    case.engine.stop_execution(executionArn=case.arn)
    assert cloud.audit()["error"] is None
    case.run = 2
    case.wait_for_state("NotifyResponders")
    (line,) = case.timeline("restarted")
    assert line["detail"]["M"]["cause"]["S"] == "aborted"
    cloud.audit()  # the second time there is nothing left to repair
    assert len(case.timeline("restarted")) == 1
    officer = case.officer()
    case.do(officer, "accept")
    case.close(officer)
    assert case.wait_for_end() == "SUCCEEDED"


@pytest.fixture
def without_people(cloud):
    """Takes everyone of a unit off duty, and back."""
    client, table = cloud.client("dynamodb"), cloud.outputs["RespondersTable"]
    changed = []

    def set_duty(key, on_duty):
        client.update_item(
            TableName=table,
            Key=key,
            UpdateExpression="SET on_duty = :d",
            ExpressionAttributeValues={":d": {"BOOL": on_duty}},
        )

    def take_off_duty(unit_id):
        for person in cloud.responders():
            if person["unit_id"] == unit_id and person["on_duty"]:
                key = {n: {"S": person[n]} for n in ("unit_id", "responder_id")}
                changed.append(key)
                set_duty(key, on_duty=False)

    yield take_off_duty
    for key in changed:
        set_duty(key, on_duty=True)


def test_a_station_with_nobody_on_duty_costs_no_wait(phones, cloud, without_people):
    without_people("sample-np-mueang")
    case = Case(phones, cloud)
    case.reporter.wait_for(thai("status.notified.title"), seconds=5)
    assert case.path[3:5] == ["NotifyResponders"] * 2
    (notified,) = case.timeline("notified")
    assert notified["detail"]["M"]["unit_id"]["S"] != "sample-np-mueang"
    assert len(case.timeline("nobody_reached")) == 1
    case.cancel()
    case.wait_for_end()


def test_nobody_anywhere_is_said_as_it_is_and_the_search_goes_on(phones, cloud, without_people):
    for unit in {person["unit_id"] for person in cloud.responders()}:
        without_people(unit)
    case = Case(phones, cloud)
    case.reporter.wait_for(thai("status.nobody_reached.title"), seconds=10)
    case.wait_for_state("NotifyResponders", RUNGS + 1)
    said = Counter(t for e in case.reporter.chat() for t in texts_of(e["message"]))
    assert said[thai("status.nobody_reached.title")] == 1
    assert thai("status.notified.title") not in said
    case.cancel()
    case.wait_for_end()


def test_an_execution_without_a_report_ends_by_name(cloud):
    engine, machine = cloud.client("stepfunctions"), cloud.outputs["StateMachineArn"]
    name = uuid.uuid4().hex
    given = json.dumps({"report_id": name, "run": 1})
    started = engine.start_execution(stateMachineArn=machine, name=name, input=given)
    deadline = time.monotonic() + 30
    while (found := engine.describe_execution(executionArn=started["executionArn"]))[
        "status"
    ] == "RUNNING":
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert (found["status"], found["error"]) == ("FAILED", "ReportMissing")


def test_the_history_of_a_report_names_nobody(case):
    officer = case.officer()
    case.do(officer, "accept")
    case.reporter.wait_for(thai("status.acknowledged.title"))
    case.close(officer)
    case.wait_for_end()
    history = json.dumps(case.history, default=str, ensure_ascii=False)
    assert case.report_id in history
    for trace in ("812345678", case.reporter.user_id, officer.user_id, *map(str, SCENE)):
        assert trace not in history

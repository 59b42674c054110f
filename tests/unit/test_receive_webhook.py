"""The webhook function over the corpus of events: what each delivery does to its people."""

import base64
import importlib
import io
import json
from pathlib import Path

import pytest
from botocore.exceptions import EndpointConnectionError

from ess import bootstrap
from ess.adapters.line.credentials import LineCredentials
from ess.adapters.line.signature import sign
from ess.adapters.line.webhook import LineWebhook
from ess.adapters.memory.clock import MemoryClock
from ess.adapters.memory.conversations import MemoryConversations
from ess.adapters.memory.enrolments import MemoryEnrolments
from ess.adapters.memory.invitations import MemoryInvitations
from ess.adapters.memory.media_queue import MemoryMediaQueue
from ess.adapters.memory.menus import MemoryMenus
from ess.adapters.memory.messenger import MemoryMessenger
from ess.adapters.memory.profiles import MemoryProfiles
from ess.adapters.memory.rejected_events import MemoryRejectedEvents
from ess.adapters.memory.reports import MemoryReports
from ess.adapters.memory.responders import MemoryResponders
from ess.adapters.memory.sms import MemorySms
from ess.adapters.memory.store import MemoryStore
from ess.adapters.memory.workflow import MemoryWorkflow
from ess.adapters.phone import read_phone
from ess.domain import response
from ess.domain.errors import TemporaryFailure
from ess.domain.invitation import Invitation, hash_of
from ess.domain.report import ClosingReason, Status
from ess.settings import Settings

app = importlib.import_module("functions.receive_webhook.app")

CORPUS = Path(__file__).parents[2] / "events" / "receive_webhook"
SECRET = "local-channel-secret"


class Parameters:
    """SSM as a dictionary; counts readings."""

    def __init__(self, **values):
        self.values = values
        self.readings = 0

    def get_parameter(self, Name, WithDecryption):  # noqa: N803 - botocore's names
        assert WithDecryption
        self.readings += 1
        return {"Parameter": {"Value": self.values[Name]}}


class World:
    def __init__(self):
        self.store = MemoryStore()
        self.conversations = MemoryConversations(self.store)
        self.reports = MemoryReports(self.store)
        self.messenger = MemoryMessenger()
        self.workflow = MemoryWorkflow()
        self.rejected = MemoryRejectedEvents()
        self.responders = MemoryResponders()
        self.invitations = MemoryInvitations()
        self.enrolments = MemoryEnrolments(self.conversations, self.responders, self.invitations)
        self.sms, self.menus = MemorySms(), MemoryMenus()
        self.profiles, self.media = MemoryProfiles(), MemoryMediaQueue()
        self.parameters = Parameters(secret=SECRET, token="token")
        self.time = 0.0
        self.credentials = LineCredentials(self.parameters, "secret", "token", lambda: self.time)

    def deliver(self, name):
        return app.handler(json.loads((CORPUS / f"{name}.json").read_text()), None)["statusCode"]

    def deliver_events(self, *events):
        body = json.dumps({"destination": "U" + "d" * 32, "events": list(events)})
        headers = {"x-line-signature": sign(self.parameters.values["secret"], body.encode())}
        return app.handler({"headers": headers, "body": body}, None)["statusCode"]

    @property
    def answers(self):
        return [[p.name for p in reply.prompts] for reply in self.messenger.replies]


@pytest.fixture
def world(monkeypatch):
    world = World()
    clock = MemoryClock()
    for name, value in {
        "conversations": world.conversations,
        "reports": world.reports,
        "webhook_messenger": world.messenger,
        "relay_messenger": world.messenger,
        "workflow": world.workflow,
        "rejected_events": world.rejected,
        "responders": world.responders,
        "invitations": world.invitations,
        "enrolments": world.enrolments,
        "webhook_sms": world.sms,
        "menus": world.menus,
        "line_webhook": LineWebhook(world.credentials),
        "clock": clock,
        "phone_reader": read_phone,
        "profiles": world.profiles,
        "media_queue": world.media,
        "settings": Settings({"ESS_GRACE_SECONDS": "60", "ESS_PROGRESS_SECONDS": "600"}),
    }.items():
        monkeypatch.setattr(bootstrap, name, lambda value=value: value)
    return world


def raw(name, number=0):
    return json.loads(json.loads((CORPUS / f"{name}.json").read_text())["body"])["events"][number]


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*.json")), ids=lambda p: p.stem)
def test_every_event_of_the_corpus_is_signed_as_line_signs(path):
    event = json.loads(path.read_text())
    body = event["body"].encode()
    if event["isBase64Encoded"]:
        body = base64.b64decode(body)
    header = next(v for k, v in event["headers"].items() if k.lower() == "x-line-signature")
    assert (header == sign(SECRET, body)) is (path.stem != "forged_signature")


@pytest.mark.parametrize(
    ("name", "answers"),
    [
        ("connection_check", []),
        ("follow", [["greeting"]]),
        ("unfollow", []),
        ("text_report", [["ask_kind"]]),
        ("text_free", [["ask_kind"]]),
        ("sticker", [["media_not_understood", "menu"]]),
        ("image", [["media_later", "menu"]]),
        ("audio", [["media_later", "menu"]]),
        ("location", [["ask_kind"]]),
        ("location_bare", [["ask_kind"]]),
        ("postback_report", [["ask_kind"]]),
        ("postback_kind", [["ask_pin"]]),
        ("postback_status", [["no_report", "menu"]]),
        ("postback_cancel", [["nothing_to_cancel", "menu"]]),
        ("postback_old_button", [["late_button", "menu"]]),
        ("responder_accept", [["officer.unknown"]]),
        ("batch_of_two_people", [["ask_kind"], ["no_report", "menu"]]),
        ("unknown_event_type", []),
        ("unknown_message_type", [["media_not_understood", "menu"]]),
        ("standby", []),
        ("group_text", [["group"]]),
        ("unsend", []),
        ("redelivered", [["ask_kind"]]),
        ("base64_body", [["ask_kind"]]),
        ("header_in_capitals", [["ask_kind"]]),
        ("text_invitation", [["officer.join.unknown"]]),
        ("postback_duty_on", [["officer.none"]]),
        ("postback_drill", [["ask_kind"]]),
        # Buttons about a report that is not this person's say nothing of it.
        ("postback_may_ask", [["late_button", "menu"]]),
        ("postback_nobody_came", [["late_button", "menu"]]),
        ("postback_help_came", [["late_button", "menu"]]),
        ("responder_help", [["officer.unknown"]]),
        ("responder_hand_over", [["officer.unknown"]]),
        ("responder_assign", [["officer.unknown"]]),
        ("responder_join", [["officer.unknown"]]),
    ],
)
def test_a_delivery_is_taken_and_answered(world, name, answers):
    assert world.deliver(name) == 200
    assert world.answers == answers
    assert world.rejected.kept == []


def test_a_message_of_an_open_report_is_taken_back(world):
    for name in ("text_report", "postback_kind", "location"):
        world.deliver(name)
    said = raw("text_free") | {"webhookEventId": "said"}
    user = said["source"]["userId"]
    said["message"] = said["message"] | {"id": "777", "text": "ประตูหลังบ้านเปิดอยู่"}
    assert world.deliver_events(said) == 200
    (report,) = world.store.reports.values()
    assert report.words == ("ประตูหลังบ้านเปิดอยู่",)
    edited = said | {"type": "messageEdited", "webhookEventId": "edited"}
    edited["message"] = said["message"] | {"text": "ประตูหน้าบ้านเปิดอยู่"}
    for _ in range(2):  # LINE may deliver it again
        assert world.deliver_events(edited) == 200
        (report,) = world.store.reports.values()
        assert report.words == ("ประตูหน้าบ้านเปิดอยู่",)
    unsent = raw("unsend") | {"unsend": {"messageId": "777"}}
    assert unsent["source"]["userId"] == user
    assert world.deliver_events(unsent) == 200
    (report,) = world.store.reports.values()
    assert report.words == ()
    assert world.rejected.kept == []


def test_a_group_is_answered_once_and_forgotten_when_it_is_left(world):
    for number in range(3):
        world.deliver_events(raw("group_text") | {"webhookEventId": f"g{number}"})
    assert world.answers == [["group"]]
    group = raw("group_text")["source"]["groupId"]
    assert list(world.store.conversations) == [group]
    world.deliver_events(raw("group_text") | {"type": "leave", "webhookEventId": "left"})
    assert world.store.conversations == {}


def test_the_language_of_a_profile_is_that_of_the_greeting(world):
    world.profiles.languages = {raw("follow")["source"]["userId"]: "en-GB"}
    assert world.deliver("follow") == 200
    assert world.messenger.replies[0].language == "en"


@pytest.mark.parametrize("deliveries", [["follow"], ["text_report", "postback_kind", "location"]])
def test_line_is_asked_for_a_profile_once_and_called_once_for_each_answer(world, deliveries):
    for name in deliveries:
        assert world.deliver(name) == 200
    assert world.profiles.calls == {"language": 1}
    assert world.messenger.calls == {"reply": len(deliveries)}


def test_a_profile_that_cannot_be_read_keeps_nobody_waiting(world, capsys):
    world.profiles.plan("language", TemporaryFailure("LINE"))
    assert world.deliver("text_report") == 200
    assert world.answers == [["ask_kind"]]
    assert world.messenger.replies[0].language is None
    assert "ProfilesNotRead" in capsys.readouterr().out


def test_a_whole_report_from_the_corpus(world):
    for name in ("follow", "text_report", "postback_kind", "location", "text_phone"):
        assert world.deliver(name) == 200
    (report,) = world.store.reports.values()
    assert report.phone == "+66812345678"
    assert report.place == "ตลาดอินโดจีน · อ.เมืองนครพนม จ.นครพนม"
    assert world.workflow.started == [report.report_id]


def test_a_drill_from_the_corpus_is_one_all_the_way(world):
    for name in ("postback_drill", "postback_kind", "location", "text_phone"):
        assert world.deliver(name) == 200
    (report,) = world.store.reports.values()
    assert report.drill
    prompts = [prompt for reply in world.messenger.replies for prompt in reply.prompts]
    assert [prompt.params.get("drill") for prompt in prompts] == [True] * len(prompts)


def pressed(name, report_id, number=0):
    """The event of a button of the corpus, pressed on another report."""
    event = raw(name)
    data = event["postback"]["data"].replace("0" * 32, report_id)
    event |= {"webhookEventId": f"01JPRESSED{number}", "replyToken": f"pressed-{number}"}
    return event | {"postback": {"data": data}}


def test_a_reporter_says_that_nobody_came_and_the_next_execution_is_started(world):
    for name in ("text_report", "postback_kind", "location", "text_phone", "postback_may_ask"):
        assert world.deliver(name) == 200
    (report,) = world.store.reports.values()
    assert report.may_ask
    now = bootstrap.clock().now()
    world.reports.save(response.close(report, ClosingReason.REFERRED, now=now, actor="system"))
    assert world.deliver_events(pressed("postback_nobody_came", report.report_id)) == 200
    assert world.answers[-1] == ["reopened"]
    assert set(world.workflow.states) == {(report.report_id, 1), (report.report_id, 2)}
    (after,) = world.store.reports.values()
    assert (after.status, after.run, after.may_ask) == (Status.DISPATCHED, 2, True)


def test_a_reporter_says_that_somebody_came(world):
    for name in ("text_report", "postback_kind", "location", "text_phone"):
        world.deliver(name)
    (report,) = world.store.reports.values()
    now = bootstrap.clock().now()
    world.reports.save(response.close(report, ClosingReason.RESOLVED, now=now, actor="system"))
    world.deliver_events(pressed("postback_help_came", report.report_id))
    assert world.answers[-1] == ["help_came"]
    assert world.reports.timeline(report.report_id)[-1].action == "help_confirmed"


def test_an_officer_joins_and_goes_on_duty_from_the_corpus(world, capsys):
    now = bootstrap.clock().now()
    invitation = Invitation(
        hash_of("ABCD2FGH"), "np", "สภ.เมือง", "Mueang", "ด.ต. ก", "K", now, now + 60
    )
    world.invitations.add(invitation)
    assert world.deliver("text_invitation") == 200
    assert world.deliver("text_phone") == 200
    ((phone, prompt),) = world.sms.sent
    typed = raw("text_phone") | {"webhookEventId": "01JSAMPLECODE", "replyToken": "code"}
    typed["message"] = typed["message"] | {"text": prompt.params["code"]}
    assert world.deliver_events(typed) == 200
    assert world.deliver("postback_duty_on") == 200
    assert [names[-1] for names in world.answers] == [
        "officer.phone.ask",
        "officer.phone.sent",
        "officer.join.done",
        "officer.duty.on",
    ]
    (person,) = world.responders.of_unit("np")
    assert (person.phone, person.verified, person.on_duty) == (phone, True, True)
    assert world.menus.officers == {person.line_user_id}
    logged = "".join(capsys.readouterr())
    for secret in (prompt.params["code"], "812345678", "ABCD", person.line_user_id):
        assert secret not in logged
    chosen = raw("postback_duty_on") | {"webhookEventId": "01JSAMPLELANG", "replyToken": "lang"}
    chosen["postback"] = {"data": "a=language&l=en"}
    assert world.deliver_events(chosen) == 200
    assert world.responders.of_unit("np")[0].language == "en"
    world.deliver("unfollow")
    assert world.responders.of_unit("np")[0].line_blocked


@pytest.mark.parametrize("name", ["location_at_sea", "location_abroad"])
def test_a_doubtful_pin_is_asked_about(world, name):
    world.deliver("postback_kind")
    assert world.deliver(name) == 200
    assert world.answers[-1][0].startswith("confirm_pin.")


def test_a_forged_delivery_is_refused_and_touches_nothing(world):
    assert world.deliver("forged_signature") == 401
    assert world.conversations.calls == {}
    assert world.messenger.replies == []


def test_a_delivery_without_a_signature_is_refused(world):
    assert app.handler({"headers": None, "body": "{}"}, None)["statusCode"] == 401


@pytest.mark.parametrize("body", ["", "not json", "[]", "{}", '{"events": {}}'])
def test_a_signed_delivery_that_is_not_lines_is_refused(world, body):
    headers = {"X-Line-Signature": sign(SECRET, body.encode())}
    assert app.handler({"headers": headers, "body": body}, None)["statusCode"] == 400


def test_a_body_that_is_not_base64_is_refused(world):
    event = {"headers": {}, "body": "§§§", "isBase64Encoded": True}
    assert app.handler(event, None)["statusCode"] == 400


def test_a_malformed_event_goes_to_the_queue_and_the_rest_go_on(world):
    assert world.deliver("batch_with_malformed") == 200
    assert world.answers == [["ask_kind"], ["ask_pin"]]
    ((kept, reason),) = world.rejected.kept
    assert kept == {"type": "message", "mode": "active"}
    assert reason.startswith("MalformedEvent")


def test_coordinates_that_are_no_numbers_are_malformed(world):
    assert world.deliver("malformed_location") == 200
    assert len(world.rejected.kept) == 1


@pytest.mark.parametrize("event", [None, 7, "x", [], {}, {"type": 3}, {"type": "message"}])
def test_whatever_stands_in_the_list_spoils_nothing(world, event):
    assert world.deliver_events(event, raw("text_report")) == 200
    assert world.answers == [["ask_kind"]]


def test_a_bug_in_one_event_goes_to_the_queue_without_the_persons_words(world):
    world.conversations.plan("get", ValueError("ช่วยหนูด้วย"))
    assert world.deliver_events(raw("text_free"), raw("batch_of_two_people", 1)) == 200
    ((_, reason),) = world.rejected.kept
    assert reason.startswith("ValueError in ")
    assert "ช่วย" not in reason
    assert world.answers == [["no_report", "menu"]]


def test_a_passing_failure_asks_line_again_and_the_rest_go_on(world):
    world.conversations.plan("get", TemporaryFailure("throttled"))
    assert world.deliver("batch_of_two_people") == 503
    assert world.answers == [["no_report", "menu"]]
    assert world.deliver("batch_of_two_people") == 200
    assert world.answers == [["no_report", "menu"], ["ask_kind"]]


def test_a_queue_that_does_not_answer_asks_line_again(world):
    world.rejected.plan("put", TemporaryFailure("sqs"))
    assert world.deliver("malformed_location") == 503


def test_a_queue_that_breaks_in_whatever_way_does_not_stop_the_events_behind(world):
    world.rejected.plan("put", UnicodeEncodeError("utf-8", "x", 0, 1, "surrogate"))
    assert world.deliver_events({"type": "message"}, raw("text_report")) == 503
    assert world.answers == [["ask_kind"]]


def _broken(**_):
    raise EndpointConnectionError(endpoint_url="ssm")


def test_parameters_that_cannot_be_read_for_a_while_leave_the_old_ones_in_force(world):
    world.deliver("connection_check")
    world.time += 301
    world.parameters.get_parameter = _broken
    assert world.deliver("text_report") == 200


def test_a_rotated_secret_is_read_at_once(world):
    world.deliver("connection_check")
    world.time += 60
    world.parameters.values["secret"] = "rotated"
    assert world.deliver_events(raw("text_report")) == 200


def test_forgeries_cannot_flood_the_parameter_store(world):
    for _ in range(20):
        world.deliver("forged_signature")
    assert world.parameters.readings == 2


def test_nothing_personal_is_logged(world, capsys, monkeypatch):
    log = io.StringIO()
    for handler in app.logger.handlers:
        monkeypatch.setattr(handler, "stream", log)
    for name in ("text_report", "postback_kind", "location", "text_phone", "malformed_location"):
        world.deliver(name)
    world.conversations.plan("get", ValueError("ช่วยหนูด้วย"))
    world.deliver("text_free")
    logged = log.getvalue() + "".join(capsys.readouterr())
    assert "event taken" in logged
    for secret in ("U4af498", "ช่วย", "812345678", "17.39", "104.77", "ตลาด", SECRET):
        assert secret not in logged


def test_an_event_for_nobody_is_counted_as_rejected(world):
    event = raw("text_report") | {"source": {"type": "user"}}
    assert world.deliver_events(event) == 200
    assert len(world.rejected.kept) == 1

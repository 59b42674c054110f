"""The page behind an officer's link: what each person is shown, and what each button does."""

import base64
import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs, quote, urlencode

import pytest

from ess import bootstrap
from ess.adapters.html.answer_page import AnswerPage
from ess.adapters.links.secrets import LinkSecrets
from ess.adapters.links.signed import SignedLinks
from ess.adapters.memory.clock import MemoryClock
from ess.adapters.memory.media import MemoryMediaStore
from ess.adapters.memory.reports import MemoryReports
from ess.adapters.memory.responders import MemoryResponders
from ess.adapters.memory.store import MemoryStore
from ess.adapters.memory.workflow import MemoryWorkflow
from ess.domain.errors import PermanentFailure, TemporaryFailure
from ess.domain.geo import Point
from ess.domain.kinds import Kind
from ess.domain.ladder import DESK, Channel, Ladder, Rung, Unit, UnitKind
from ess.domain.link import LINK_LIFE_S
from ess.domain.media import OFFICER_LINK_S, MediaKind, MediaRef
from ess.domain.report import ClosingReason, HandOverReason, Notified, Part, Report, Status
from ess.domain.responder import Responder
from ess.messages import catalogue
from ess.settings import Settings
from ess.usecases.answer_link import show_link
from functions.answer_link import app

REPORT = "ab" * 16
PIN = Point(17.4064, 104.7866)
PHONE, SPOKEN = "+66898765432", "089-876-5432"
FIRST = Unit("np-first", "สภ.หนึ่ง", "First", UnitKind.POLICE_STATION, 1234.0)
SECOND = Unit("np-second", "สภ.สอง", "Second", UnitKind.POLICE_STATION, 5600.0)
EVERY_WAY = tuple(Channel)
LADDER = Ladder(
    "test",
    (
        Rung((FIRST,), EVERY_WAY, 60),
        Rung((SECOND,), EVERY_WAY, 60),
        Rung((DESK,), EVERY_WAY, 60),
    ),
    nearby=(FIRST, SECOND),
)
PEOPLE = {
    "alice": (FIRST, Part.RESPONDER),
    "bob": (FIRST, Part.RESPONDER),
    "carol": (SECOND, Part.RESPONDER),
    "dora": (DESK, Part.RESPONDER),
    "hugo": (SECOND, Part.HELPER),
    "ines": (SECOND, Part.INFORMED),
}
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def thai(key):
    return catalogue.load("th")[key]


class Parameters:
    """SSM with one parameter."""

    def __init__(self, value="s" * 40):
        self.value = value

    def get_parameter(self, Name, WithDecryption):  # noqa: N803 - botocore's names
        assert (Name, WithDecryption) == ("/ess/test/link-secret", True)
        if isinstance(self.value, Exception):
            raise self.value
        return {"Parameter": {"Value": self.value}}


class Shown(HTMLParser):
    """What a browser without scripts makes of a page: its words, links and forms."""

    def __init__(self, html):
        super().__init__()
        self.words, self.links, self.forms, self.tags, self.open = "", [], [], [], []
        self.feed(html)
        assert self.open == [], "a tag was left open"

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        if tag not in {"meta", "input", "br"}:
            self.open.append(tag)
        if tag == "a":
            self.links.append(attributes["href"])
        if tag == "form":
            self.forms.append({"action": attributes["action"], "fields": {}, "buttons": []})
        if tag == "input":
            self.forms[-1]["fields"][attributes["name"]] = attributes["value"]
        if tag == "textarea":
            self.forms[-1]["fields"][attributes["name"]] = ""
        if tag == "button":
            self.forms[-1]["buttons"].append(attributes.get("value"))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.words += data

    @property
    def acts(self):
        """The acts that can be done or chosen from here, in reading order."""
        asked = [parse_qs(link.partition("?")[2]).get("f", [None])[0] for link in self.links]
        return [form["fields"]["act"] for form in self.forms] + [a for a in asked if a]


class World:
    def __init__(self):
        self.store = MemoryStore()
        self.reports = MemoryReports(self.store)
        self.clock = MemoryClock()
        self.workflow = MemoryWorkflow()
        self.media = MemoryMediaStore()
        self.parameters = Parameters()
        self.links = self.fresh_links()
        self.responders = MemoryResponders(
            Responder(name, unit.unit_id, f"ด.ต. {name}", f"Sgt. {name}", verified=True)
            for name, (unit, _part) in PEOPLE.items()
        )
        now = self.clock.now()
        self.put(
            Report(
                REPORT,
                "K7P-2MX",
                "U" + "9" * 32,
                "th",
                Kind.SEXUAL_ABUSE,
                PIN,
                now,
                now,
                status=Status.NOTIFIED,
                place="หอนาฬิกา นครพนม",
                phone=PHONE,
                due_at=now + 30,
                ladder=LADDER,
                step=0,
                reached=(FIRST.unit_id,),
                token="token-1",
                notified=tuple(
                    Notified(n, unit.unit_id, f"ด.ต. {n}", f"Sgt. {n}", 0, None, part)
                    for n, (unit, part) in PEOPLE.items()
                ),
            )
        )

    def fresh_links(self):
        secrets = LinkSecrets(self.parameters, "/ess/test/link-secret", lambda: 0.0)
        return SignedLinks(secrets, "https://ess.example")

    def put(self, report):
        self.store.reports[REPORT] = report

    @property
    def report(self):
        return self.store.reports[REPORT]

    def set(self, **fields):
        self.put(replace(self.report, **fields))

    def accepted(self, by="alice", **more):
        self.set(
            **{"status": Status.ACKNOWLEDGED, "acknowledged_by": by, "acknowledged_at": 0.0} | more
        )

    def token(self, who="alice"):
        unit = PEOPLE[who][0].unit_id
        return self.links.link_for(REPORT, unit, who, self.clock.now()).rpartition("/")[2]

    def ask(self, method, token, query=None, body=None, **more):
        event = {
            "httpMethod": method,
            "pathParameters": {"token": token},
            "queryStringParameters": query,
            "headers": {"content-type": "application/x-www-form-urlencoded"},
            "body": body,
            "isBase64Encoded": False,
        }
        answer = app.handler(event | more, None)
        for name, value in HEADERS.items():
            assert answer["headers"][name] == value
        return answer

    def see(self, who="alice", **query):
        answer = self.ask("GET", self.token(who), query or None)
        assert answer["statusCode"] == 200
        return Shown(answer["body"])

    def press(self, who="alice", **fields):
        """Press a button and follow where it leads."""
        token = self.token(who)
        answer = self.ask("POST", token, body=urlencode(fields))
        assert answer["statusCode"] == 303
        path, _, query = answer["headers"]["Location"].partition("?")
        assert path == token
        after = self.ask("GET", token, {n: v[0] for n, v in parse_qs(query).items()})
        return query, Shown(after["body"])


@pytest.fixture
def world(monkeypatch):
    world = World()
    for name, value in {
        "reports": world.reports,
        "responders": world.responders,
        "waiting_workflow": world.workflow,
        "clock": world.clock,
        "answer_page": AnswerPage(),
        "settings": Settings({"ESS_PROGRESS_SECONDS": "600"}),
        "media_store": world.media,
    }.items():
        monkeypatch.setattr(bootstrap, name, lambda value=value: value)
    monkeypatch.setattr(bootstrap, "link_reader", lambda: world.links)
    return world


# --- what each person sees ----------------------------------------------------------------------


def test_whoever_was_asked_sees_what_it_is_and_how_far_but_neither_number_nor_pin(world):
    page = world.see()
    assert page.acts == ["accept", "decline"]
    for words in (
        thai("kind.3"),
        "1.2 กม.",
        "หอนาฬิกา นครพนม",
        "K7P-2MX",
        "สภ.หนึ่ง",
        thai("page.offered.title"),
    ):
        assert words in page.words
    assert_nothing_personal(page)


def assert_nothing_personal(page):
    everything = page.words + str(page.links) + str(page.tags)
    for secret in (PHONE, SPOKEN, str(PIN.latitude), str(PIN.longitude), "U999"):
        assert secret not in everything


def test_whoever_accepted_sees_number_and_way_and_what_comes_next(world):
    world.accepted()
    page = world.see()
    assert f"tel:{PHONE}" in page.links
    assert SPOKEN in page.words
    assert any("destination=17.4064,104.7866" in link for link in page.links)
    assert page.acts == ["on_the_way", "on_scene", "help", "close", "hand_over"]


@pytest.mark.parametrize("who", ["bob", "carol", "dora", "ines"])
def test_everybody_else_sees_who_has_it_and_has_nothing_to_press(world, who):
    world.accepted()
    page = world.see(who)
    assert page.acts == []
    assert "ด.ต. alice" in page.words
    assert "สภ.หนึ่ง" in page.words
    assert thai("page.taken.title") in page.words
    assert_nothing_personal(page)


def test_the_reporter_who_must_not_be_called_is_never_shown_as_a_number(world):
    world.set(can_talk=False)
    assert thai("officer.offer_silent") in world.see().words
    world.accepted()
    page = world.see()
    assert thai("officer.offer_silent") in page.words
    assert not [link for link in page.links if link.startswith("tel:")]
    assert SPOKEN not in page.words
    world.set(can_talk=True)
    assert thai("officer.offer_silent") not in world.see().words


def test_without_a_number_the_page_says_so(world):
    world.accepted(phone=None)
    page = world.see()
    assert thai("officer.accepted_no_phone") in page.words
    assert not [link for link in page.links if link.startswith("tel:")]


def test_a_helper_is_asked_and_then_shown_the_way_but_no_number(world):
    world.accepted(help_calls=1)
    asked = world.see("hugo")
    assert asked.acts == ["join"]
    assert_nothing_personal(asked)
    world.set(helpers=("hugo",))
    going = world.see("hugo")
    assert going.acts == []
    assert any("destination=17.4064" in link for link in going.links)
    assert PHONE not in str(going.links)
    assert SPOKEN not in going.words


def test_whoever_is_only_informed_has_nothing_to_press(world):
    page = world.see("ines")
    assert page.acts == []
    assert thai("page.informed.title") in page.words
    assert_nothing_personal(page)


@pytest.mark.parametrize(
    ("who", "fields", "known"),
    [
        ("alice", {}, set()),
        ("bob", {"acknowledged_by": "alice"}, set()),
        ("hugo", {"acknowledged_by": "alice"}, set()),
        ("hugo", {"acknowledged_by": "alice", "helpers": ("hugo",)}, {"latitude", "longitude"}),
        ("alice", {"acknowledged_by": "alice"}, {"latitude", "longitude", "phone"}),
        (
            "alice",
            {"acknowledged_by": "alice", "can_talk": False},
            {"latitude", "longitude"},
        ),
    ],
)
def test_number_and_pin_do_not_even_reach_the_page_of_anybody_else(world, who, fields, known):
    status = Status.ACKNOWLEDGED if "acknowledged_by" in fields else Status.NOTIFIED
    world.set(status=status, **fields)
    sheet = show_link(
        world.token(who),
        None,
        None,
        links=world.links,
        reports=world.reports,
        responders=world.responders,
        clock=world.clock,
    )
    assert set(sheet.facts) & {"latitude", "longitude", "phone"} == known


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (ClosingReason.RESOLVED, "reason.resolved"),
        (ClosingReason.CANCELLED_BY_REPORTER, "page.cancelled.title"),
    ],
)
@pytest.mark.parametrize("who", ["alice", "bob"])
def test_of_a_closed_report_only_its_end_is_left(world, reason, words, who):
    world.accepted(status=Status.CLOSED, closing_reason=reason)
    page = world.see(who)
    assert page.acts == []
    assert thai(words) in page.words
    assert_nothing_personal(page)


@pytest.mark.parametrize("stand", ["offered", "accepted", "taken", "closed"])
def test_a_drill_says_so_first(world, stand):
    world.set(drill=True)
    if stand != "offered":
        world.accepted("alice" if stand != "taken" else "bob")
    if stand == "closed":
        world.set(status=Status.CLOSED, closing_reason=ClosingReason.RESOLVED)
    assert world.see().words.strip().removeprefix("ESS K7P-2MX").strip().startswith("ฝึกซ้อม")
    world.set(drill=False)
    assert "ฝึกซ้อม" not in world.see().words


def test_the_desk_may_assign_by_hand(world):
    assert world.see("dora").acts == ["accept", "decline", "assign"]
    page = world.see("dora", f="assign")
    assert page.forms[0]["fields"]["act"] == "assign"
    assert page.forms[0]["buttons"] == ["np-first", "np-second"]
    assert "5.6 กม." in page.words
    assert world.see("alice", f="assign").acts == ["accept", "decline"]


@pytest.mark.parametrize(
    ("act", "values", "has_note"),
    [
        ("close", ["resolved", "nobody_found", "false_alarm", "referred"], True),
        ("hand_over", [reason.value for reason in HandOverReason], False),
    ],
)
def test_closing_and_handing_over_ask_why_on_a_page_of_their_own(world, act, values, has_note):
    world.accepted()
    page = world.see(f=act)
    (form,) = page.forms
    assert form["fields"]["act"] == act
    assert form["buttons"] == values
    assert ("note" in form["fields"]) is has_note
    assert all(thai(f"reason.{value}") in page.words for value in values)
    assert world.token() in page.links  # the way back
    before = world.report
    world.see(f=act)
    assert world.report is before


@pytest.mark.parametrize("asked", ["accept", "nonsense", "", "close"])
def test_what_may_not_be_chosen_now_shows_the_page_itself(world, asked):
    assert world.see(f=asked).acts == ["accept", "decline"]


# --- what each button does ----------------------------------------------------------------------


def test_accepting(world):
    query, page = world.press(act="accept")
    assert query == "d=accepted"
    assert (world.report.status, world.report.acknowledged_by) == (Status.ACKNOWLEDGED, "alice")
    assert world.workflow.resumed == [("token-1", "accepted")]
    assert thai("page.note.accepted") in page.words
    assert SPOKEN in page.words


def test_the_first_one_wins_and_the_second_is_told_who(world):
    world.press("alice", act="accept")
    query, page = world.press("carol", act="accept")
    assert query == "d=already_taken"
    assert world.report.acknowledged_by == "alice"
    assert thai("page.note.already_taken") in page.words
    assert "ด.ต. alice" in page.words
    assert_nothing_personal(page)


def test_the_first_one_wins_when_both_press_at_once(world):
    world.reports.plan("save", lambda: world.accepted("bob", version=world.report.version + 1))
    query, page = world.press("alice", act="accept")
    assert query == "d=already_taken"
    assert world.report.acknowledged_by == "bob"
    assert "ด.ต. bob" in page.words


def test_a_button_pressed_again_changes_nothing(world):
    world.press(act="accept")
    before = world.report
    query, _ = world.press(act="accept")
    assert query == "d=accepted"
    assert world.report is before


def test_all_the_way_to_the_end(world):
    world.press(act="accept")
    for act, status in (("on_the_way", Status.ON_THE_WAY), ("on_scene", Status.ON_SCENE)):
        query, page = world.press(act=act)
        assert world.report.status is status
        assert query == f"d={act}"
        assert thai(f"page.note.{act}") in page.words
        assert thai(f"page.yours.{act}.title") in page.words
        assert act not in page.acts
    query, page = world.press(act="close", choice="resolved", note="  ส่งโรงพยาบาลแล้ว ")
    assert query == "d=done"
    assert world.report.closing_reason is ClosingReason.RESOLVED
    (noted,) = [e for e in world.reports.timeline(REPORT) if e.action == "noted"]
    assert noted.detail == {"text": "ส่งโรงพยาบาลแล้ว"}
    assert thai("page.note.done") in page.words


def test_closing_without_a_remark_leaves_none(world):
    world.accepted()
    world.press(act="close", choice="false_alarm", note="  ")
    assert [e.action for e in world.reports.timeline(REPORT)] == ["closed"]


def test_declining_and_changing_ones_mind(world):
    query, page = world.press(act="decline")
    assert query == "d=declined"
    assert world.report.declined == ("alice",)
    assert page.acts == ["accept"]
    assert thai("page.offered.said_no") in page.words
    world.press(act="accept")
    assert world.report.acknowledged_by == "alice"


def test_handing_over_keeps_the_reason(world):
    world.accepted()
    query, page = world.press(act="hand_over", choice="outside_area")
    assert query == "d=handed_over"
    assert world.report.status is Status.NOTIFIED
    assert world.reports.timeline(REPORT)[-1].detail["reason"] == "outside_area"
    assert thai("page.note.handed_over") in page.words
    assert_nothing_personal(page)


def test_two_fast_taps_are_one_call_for_help(world):
    world.accepted()
    (form,) = [f for f in world.see().forms if f["fields"]["act"] == "help"]
    assert form["fields"]["help_calls"] == "0"
    for _ in range(2):
        query, page = world.press(**form["fields"])
        assert query == "d=help_called"
        assert world.report.help_calls == 1
        world.set(help_served=1)  # it was passed on; a second call would call further units
    (again,) = [f for f in page.forms if f["fields"]["act"] == "help"]
    world.press(**again["fields"])
    assert world.report.help_calls == 2


def test_a_call_for_help_that_nobody_took_up_is_passed_on_by_the_second_press(world):
    world.accepted()
    world.workflow.plan("resume", TemporaryFailure("throttled"))
    assert world.ask("POST", world.token(), body="act=help&help_calls=0")["statusCode"] == 503
    world.ask("POST", world.token(), body="act=help&help_calls=0")
    assert world.workflow.resumed[-1] == (world.report.token, "help")
    assert world.report.help_calls == 1


def test_two_presses_for_help_at_once_are_one_call_even_if_it_is_passed_on_between(world):
    world.accepted()
    body = "act=help&help_calls=0"
    world.ask("POST", world.token(), body=body)
    # After the page has looked, before it acts.
    world.reports.plan("get", None, lambda: world.set(help_served=1))
    answer = world.ask("POST", world.token(), body=body)
    assert answer["headers"]["Location"].endswith("d=help_called")
    assert world.report.help_calls == 1


def test_what_the_desk_has_can_still_be_accepted(world):
    world.accepted("dora")
    page = world.see()
    assert thai("page.at_desk.title") in page.words
    assert page.acts == ["accept"]
    assert_nothing_personal(page)
    world.press(act="accept")
    assert world.report.acknowledged_by == "alice"


def test_a_helper_joins(world):
    world.accepted(help_calls=1)
    query, page = world.press("hugo", act="join")
    assert query == "d=joined"
    assert world.report.helpers == ("hugo",)
    assert thai("page.note.joined") in page.words


@pytest.mark.parametrize(
    ("who", "fields"),
    [
        ("ines", {"act": "accept"}),
        ("ines", {"act": "join"}),
        ("alice", {"act": "assign", "choice": "np-second"}),
        ("alice", {"act": "on_scene"}),
        ("alice", {"act": "close", "choice": "resolved"}),
        ("alice", {"act": "close"}),
        ("alice", {"act": "hand_over"}),
        ("alice", {"act": "nonsense"}),
        ("alice", {}),
        ("alice", {"choice": "resolved"}),
    ],
)
def test_what_is_not_offered_cannot_be_pressed(world, who, fields):
    before = world.report
    world.press(who, **fields)
    assert world.report is before
    assert world.workflow.resumed == []


@pytest.mark.parametrize("choice", ["cancelled_by_reporter", "nonsense", "x" * 5000])
def test_a_made_up_reason_closes_nothing(world, choice):
    world.accepted()
    before = world.report
    world.press(act="close", choice=choice)
    assert world.report.status is before.status


@pytest.mark.parametrize(
    "body",
    [
        None,
        "",
        "act",
        "act=accept&" * 50,
        "act=" + "x" * 100_000,
        "\x00",
        "%FF%FE=1",
        '{"act":"accept"}',
    ],
)
def test_a_form_that_cannot_be_read_does_nothing(world, body):
    before = world.report
    answer = world.ask("POST", world.token(), body=body)
    assert answer["statusCode"] == 303
    assert world.report is before


def test_a_body_in_base64_is_read(world):
    body = base64.b64encode(b"act=accept").decode()
    world.ask("POST", world.token(), body=body, isBase64Encoded=True)
    assert world.report.acknowledged_by == "alice"


@pytest.mark.parametrize("body", ["%%%", base64.b64encode(b"\xff\xfe").decode()])
def test_a_body_that_is_no_base64_does_nothing(world, body):
    before = world.report
    world.ask("POST", world.token(), body=body, isBase64Encoded=True)
    assert world.report is before


# --- only a pressed button acts -----------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [None, {"act": "accept"}, {"f": "close", "choice": "resolved"}, {"d": "accepted"}],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"])
def test_fetching_changes_nothing(world, method, query):
    """Phones, carriers and LINE fetch links to preview them."""
    before = world.report
    answer = world.ask(method, world.token(), query, body="act=accept")
    assert answer["statusCode"] == (200 if method == "GET" else 405)
    assert world.report is before
    assert world.reports.calls["save"] == 0
    assert world.workflow.calls["resume"] == 0
    if method != "GET":
        assert answer["headers"]["Allow"] == "GET, POST"
        assert world.reports.calls["get"] == 0
    if method == "HEAD":
        assert answer["body"] == ""


# --- who may not --------------------------------------------------------------------------------


def test_somebody_the_unit_no_longer_vouches_for_sees_nothing_and_does_nothing(world):
    world.accepted()
    token = world.token()
    (alice,) = [r for r in world.responders.everyone() if r.responder_id == "alice"]
    changes = (
        lambda: world.responders.put([replace(alice, verified=False)]),
        lambda: world.responders.remove(FIRST.unit_id, "alice"),
    )
    for change in changes:
        change()
        answer = world.ask("GET", token)
        assert answer["statusCode"] == 404
        assert_nothing_personal(Shown(answer["body"]))
        assert "K7P-2MX" not in answer["body"]
        before = world.report
        world.ask("POST", token, body="act=close&choice=resolved")
        assert world.report is before


def test_somebody_who_was_not_asked_sees_nothing(world):
    token = world.token("bob")
    world.set(notified=tuple(n for n in world.report.notified if n.responder_id != "bob"))
    assert world.ask("GET", token)["statusCode"] == 404
    world.ask("POST", token, body="act=accept")
    assert world.report.acknowledged_by is None


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("token", ["", "x", "A" * 55, "../../x", "<script>", "ก" * 55])
def test_a_link_that_is_none_of_ours(world, method, token):
    answer = world.ask(method, token, body="act=accept")
    assert answer["statusCode"] == 404
    assert thai("page.refused.title") in answer["body"]
    assert token in {"", "x"} or token not in answer["body"]
    assert "tel:191" in answer["body"]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_link_whose_time_is_over(world, method):
    token = world.token()
    world.clock.advance(LINK_LIFE_S)
    answer = world.ask(method, token, body="act=accept")
    assert answer["statusCode"] == 410
    assert thai("page.expired.title") in answer["body"]
    assert world.report.acknowledged_by is None


def test_a_report_that_is_gone(world):
    token = world.token()
    del world.store.reports[REPORT]
    assert world.ask("GET", token)["statusCode"] == 404
    assert world.ask("POST", token, body="act=accept")["statusCode"] == 404


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("unknown_link", 404),
        ("press_unknown_link", 404),
        ("file_of_unknown_link", 404),
        ("preview", 405),
    ],
)
def test_the_sample_events(world, name, status):
    path = Path(__file__).parents[2] / "events" / "answer_link" / f"{name}.json"
    assert app.handler(json.loads(path.read_text()), None)["statusCode"] == status


# --- trouble ------------------------------------------------------------------------------------


def test_when_something_does_not_answer_the_same_button_is_still_there(world):
    world.accepted()
    world.reports.plan("save", TemporaryFailure("DynamoDB: not now"))
    fields = {"act": "close", "choice": "resolved", "note": 'ก "เจ็บ" <b>'}
    answer = world.ask("POST", world.token(), body=urlencode(fields))
    assert answer["statusCode"] == 503
    assert thai("page.trouble.body") in answer["body"]
    page = Shown(answer["body"])
    (form,) = page.forms
    assert form["fields"] == fields
    assert form["action"] == world.token()
    world.press(**form["fields"])
    assert world.report.status is Status.CLOSED


@pytest.mark.parametrize("failure", [TemporaryFailure("not now"), PermanentFailure("never")])
def test_a_page_that_cannot_be_shown_can_be_asked_for_again(world, failure):
    world.reports.plan("get", failure)
    answer = world.ask("GET", world.token())
    assert answer["statusCode"] == 503
    assert world.token() in Shown(answer["body"]).links


def test_a_stored_answer_that_could_not_be_passed_on_is_passed_on_by_the_second_press(world):
    world.workflow.plan("resume", TemporaryFailure("not now"))
    assert world.ask("POST", world.token(), body="act=accept")["statusCode"] == 503
    world.press(act="accept")
    assert world.workflow.resumed == [("token-1", "accepted")]


def test_trouble_with_a_strange_token_quotes_it_safely(world, monkeypatch):
    def broken(*_):
        raise TemporaryFailure("SSM")

    monkeypatch.setattr(world.links, "read", broken)
    token = '"><script>alert(1)</script>'
    for method in ("GET", "POST"):
        answer = world.ask(method, token, body=urlencode({"act": "help", "help_calls": "2"}))
        assert answer["statusCode"] == 503
        assert "<script" not in answer["body"]
        assert quote(token, safe="") in answer["body"]
    assert Shown(answer["body"]).forms[0]["fields"] == {"act": "help", "help_calls": "2"}


# --- what is true -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code",
    [
        "accepted",
        "on_the_way",
        "on_scene",
        "help_called",
        "joined",
        "declined",
        "handed_over",
        "assigned",
        "done",
        "already_taken",
        "nonsense",
        "<script>",
    ],
)
def test_an_address_can_claim_nothing_that_is_not_so(world, code):
    page = world.see(d=code)
    assert not [tag for tag, attributes in page.tags if attributes.get("role") == "status"]
    assert code not in page.words


def test_every_answer_of_a_button_has_its_words():
    from ess.usecases import act_on_report, answer_link

    told = {
        *(name.removeprefix("officer.") for name in act_on_report._DONE.values()),
        "on_the_way",
        "on_scene",
    }
    for code in answer_link._STILL_SO:
        assert catalogue.has_text(f"page.note.{code}")
    assert told - {"noted", "relay.begin"} <= set(answer_link._STILL_SO)


def test_every_stand_and_act_has_its_words_and_look():
    from ess.domain.answer_page import Stand
    from ess.domain.incoming import RESPONDER_ACTS
    from ess.usecases.answer_link import CHOOSING

    page = catalogue.load("page")
    assert set(page["stands"]) == {stand.value for stand in Stand}
    assert set(page["choosing"]) == set(CHOOSING)
    assert set(page["acts"]) == RESPONDER_ACTS - {"note", "talk", "more"}
    for stand in Stand:
        assert catalogue.has_text(f"page.{stand}.title")
    for act in page["acts"]:
        assert catalogue.has_text(f"page.act.{act}")
    for act in CHOOSING:
        assert catalogue.has_text(f"page.choose.{act}")
    for reason in HandOverReason:
        assert catalogue.has_text(f"reason.{reason}")


# --- what the reporter says and sends -----------------------------------------------------------

FILES = (
    MediaRef(REPORT, MediaKind.IMAGE, "1" * 32),
    MediaRef(REPORT, MediaKind.AUDIO, "2" * 32),
)
OTHERS_FILE = MediaRef("cd" * 16, MediaKind.IMAGE, "3" * 32)


def open_file(world, who="alice", media_id=FILES[0].media_id, token=None):
    token = token or world.token(who)
    return world.ask(
        "GET", token, pathParameters={"token": token, "media_id": media_id}, resource="/o/{token}"
    )


def said(world, **more):
    world.set(
        hurt="yes",
        still_there="no",
        weapon="unknown",
        landmark="รั้วเขียว",
        who="relative",
        notes=("เขามีมีด", "รีบมา"),
        media=FILES,
        **more,
    )


def test_whoever_goes_reads_it_all_and_has_a_link_to_each_file(world):
    said(world)
    world.accepted(helpers=("hugo",))
    for who in ("alice", "hugo"):
        page = world.see(who)
        for words in ("รั้วเขียว", "ญาติหรือเพื่อน", "เขามีมีด", "ผู้แจ้งไม่ทราบ"):
            assert words in page.words, words
        assert page.words.index("รีบมา") < page.words.index("เขามีมีด")  # the latest first
        links = [link for link in page.links if "/m/" in link]
        assert links == [f"{world.token(who)}/m/{ref.media_id}" for ref in FILES]
        assert "media.example" not in str(page.links)


def test_a_link_to_a_file_leads_to_an_address_that_works_for_five_minutes(world):
    said(world)
    world.accepted()
    answer = open_file(world)
    assert answer["statusCode"] == 302
    address = answer["headers"]["Location"]
    assert address == f"https://media.example/{FILES[0].key}?seconds={OFFICER_LINK_S}"
    assert OFFICER_LINK_S == 300
    assert answer["headers"]["Referrer-Policy"] == "no-referrer"


def test_whoever_has_not_accepted_sees_how_many_files_there_are_and_nothing_more(world):
    said(world)
    page = world.see()
    assert f"{thai('fact.files')}2" in page.words
    assert "เขามีมีด" not in page.words
    assert "รั้วเขียว" in page.words
    assert not [link for link in page.links if "/m/" in link]
    assert open_file(world)["statusCode"] == 404


@pytest.mark.parametrize("who", ["bob", "carol", "dora", "hugo", "ines"])
def test_the_files_are_for_nobody_else(world, who):
    said(world)
    world.accepted(help_calls=1)
    page = world.see(who)
    assert "เขามีมีด" not in page.words
    assert not [link for link in page.links if "/m/" in link]
    answer = open_file(world, who)
    assert answer["statusCode"] == 404
    assert "Location" not in answer["headers"]


def test_a_file_of_another_report_or_of_none_is_refused_alike(world):
    said(world)
    world.accepted()
    for media_id in (OTHERS_FILE.media_id, "", "../x", "ก" * 40, FILES[0].key):
        answer = open_file(world, media_id=media_id)
        assert answer["statusCode"] == 404
        assert "Location" not in answer["headers"]


def test_a_closed_report_shows_neither_words_nor_files(world):
    said(world)
    world.accepted()
    world.set(status=Status.CLOSED, closing_reason=ClosingReason.RESOLVED)
    page = world.see()
    assert "เขามีมีด" not in page.words
    assert open_file(world)["statusCode"] == 404


def test_whoever_left_the_unit_or_whose_link_is_over_opens_nothing(world):
    said(world)
    world.accepted()
    token = world.token()
    world.clock.advance(LINK_LIFE_S)
    assert open_file(world, token=token)["statusCode"] == 410
    world.responders.put([Responder("alice", FIRST.unit_id, "ก", "A", verified=False)])
    assert open_file(world)["statusCode"] == 404
    assert open_file(world, token="nonsense")["statusCode"] == 404


def test_neither_a_file_nor_its_address_is_logged(world, monkeypatch):
    said(world)
    world.accepted()
    log = io.StringIO()
    monkeypatch.setattr(app.logger.handlers[0], "stream", log)
    open_file(world)
    world.see()
    for secret in (FILES[0].media_id, "media.example", world.token(), "เขามีมีด", "รั้วเขียว"):
        assert secret not in log.getvalue()


# --- the markup ---------------------------------------------------------------------------------

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>&{place}$title'


def every_page(world):
    yield world.see("alice")
    for who in ("alice", "bob", "hugo"):
        world.accepted(help_calls=1)
        yield world.see(who)
    yield world.see(f="close")
    yield world.see(f="hand_over")
    world.set(helpers=("hugo",))
    yield world.see("hugo")
    world.set(status=Status.CLOSED, closing_reason=ClosingReason.REFERRED)
    yield world.see()


def test_what_people_wrote_is_shown_and_never_run(world):
    names = tuple(replace(n, name_th=HOSTILE, name_en=HOSTILE) for n in world.report.notified)
    unit = replace(FIRST, name_th=HOSTILE, name_en=HOSTILE)
    rungs = (replace(LADDER.rungs[0], units=(unit,)), *LADDER.rungs[1:])
    world.set(landmark=HOSTILE, notes=(HOSTILE,), media=FILES)
    world.set(place=HOSTILE, notified=names, ladder=replace(LADDER, rungs=rungs, nearby=(unit,)))
    pages = [*every_page(world)]
    assert any(HOSTILE in page.words for page in pages)
    for page in pages:
        assert not {tag for tag, _ in page.tags} & {"script", "img", "iframe", "object", "svg"}
        assert not [a for _, a in page.tags if any(name.startswith("on") for name in a)]
    world.set(status=Status.NOTIFIED, acknowledged_by=None, closing_reason=None)
    assert HOSTILE in world.see("dora", f="assign").words


def test_it_suits_an_old_phone(world):
    for page in every_page(world):
        tags = {tag for tag, _ in page.tags}
        assert tags <= {
            *("html", "head", "meta", "title", "style", "body", "div", "h1", "h2", "p", "small"),
            *("table", "tr", "td", "a", "form", "input", "button", "textarea", "label"),
        }
        assert ("html", {"lang": "th"}) in page.tags
        assert not [a for _, a in page.tags if "style" in a]


def test_it_is_small(world):
    world.set(drill=True, can_talk=False, place="ต" * 200)
    world.accepted()
    body = world.ask("GET", world.token(), {"d": "accepted"})["body"]
    assert len(body.encode()) < 8192


def test_the_policy_allows_the_one_style_sheet_and_nothing_else(world):
    import hashlib

    answer = world.ask("GET", world.token())
    (style,) = re.findall(r"<style>(.*?)</style>", answer["body"], re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = dict(
        part.strip().split(" ", 1)
        for part in answer["headers"]["Content-Security-Policy"].split(";")
    )
    assert policy == {
        "default-src": "'none'",
        "style-src": f"'sha256-{digest}'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
    }
    assert answer["headers"]["Strict-Transport-Security"].startswith("max-age=")
    assert "noindex" in answer["headers"]["X-Robots-Tag"]
    assert answer["headers"]["Content-Type"] == "text/html; charset=utf-8"


# --- what is logged -----------------------------------------------------------------------------


def test_no_token_person_number_or_place_is_logged(world, monkeypatch):
    log = io.StringIO()
    monkeypatch.setattr(app.logger.handlers[0], "stream", log)
    world.press(act="accept")
    world.see("bob")
    world.press(act="close", choice="resolved", note="ความลับ")
    world.ask("GET", "nonsense-token")
    world.reports.plan("get", TemporaryFailure("DynamoDB: not now"))
    world.ask("GET", world.token())
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert len(lines) >= 6
    written = json.dumps(lines, ensure_ascii=False)
    for secret in (
        world.token(),
        world.token("bob"),
        "nonsense-token",
        "alice",
        "ความลับ",
        PHONE,
        "17.4",
        "หอนาฬิกา",
        "/o/",
    ):
        assert secret not in written

"""The bench's own eye: each thing that must never be is seen when it is."""

from collections import defaultdict
from dataclasses import replace
from types import SimpleNamespace

import pytest

from ess.messages import catalogue
from tests.performance.aftermath import Found, examine
from tests.performance.crowd import BEHAVIOURS, Bubble, Officer

REPORT, REFERENCE = "a" * 32, "K7P-2MX"
KLA = Officer("Ukla", "kla", "station", "+66800000001", "ร.ต.อ. กล้า")
MEK = Officer("Umek", "mek", "station", "+66800000002", "พ.ต.ต. เมฆ")


def bubble(at, user_id, text, via="push"):
    return Bubble(at, user_id, delivered=True, via=via, text=text, buttons=())


def line(at, action, actor="system", **detail):
    return {"at": at, "action": action, "actor": actor, "detail": detail, "entry": f"t#{at}"}


def sms(at, occasion, outcome="accepted"):
    message = {"message": "sms.offer", "occasion": occasion, "outcome": outcome}
    return line(at, "sms_sent", responder="kla", **message)


def taken(at, who):
    known = {"reference": REFERENCE, "kind": "ทำร้าย", "responder": who.name, "unit": "สภ.เมือง"}
    return bubble(at, "Umek", catalogue.load("th")["officer.taken"].format(**known))


def told(at, name="acknowledged"):
    return bubble(at, "Ureporter", catalogue.load("th")[f"status.{name}.title"])


@pytest.fixture
def one():
    """A report that Kla accepted at second 10 and closed at second 20, as it should be."""
    names = ("by_user", "by_report", "by_reference")
    inbox = SimpleNamespace(**{name: defaultdict(list) for name in names})
    inbox.by_user["Ureporter"] = [told(10_200), told(20_300, "closed")]
    inbox.by_reference[REFERENCE] = [taken(10_300, KLA)]
    crowd = SimpleNamespace(inbox=inbox, officers={one.user_id: one for one in (KLA, MEK)})
    incident = SimpleNamespace(
        crowd=crowd,
        number=1,
        behaviour=BEHAVIOURS[0],
        report_id=REPORT,
        reference=REFERENCE,
        reporter="Ureporter",
    )
    timeline = [
        sms(2, "0-0"),
        line(10, "acknowledged", "responder:kla"),
        line(
            10.3, "line_sent", responder="mek", message="officer.taken", occasion="kla",
            outcome="accepted",
        ),
        line(20, "closed", "responder:kla"),
    ]  # fmt: skip
    item = {"status": "closed", "closing_reason": "resolved", "acknowledged_by": "kla"}
    return Found(incident, item, timeline, [], [], {"kla": 1})


def test_all_is_well(one):
    assert examine([one]) == []


def test_nobody_has_it(one):
    one.item |= {"status": "notified", "reached": ["station"], "token": "t"}
    one.running.append("an execution")
    assert "nobody has it" in "".join(examine([one]))


@pytest.mark.parametrize(
    ("item", "running", "outcome"),
    [
        ({"status": "closed", "closing_reason": "resolved"}, [], "resolved"),
        ({"status": "closed"}, [], "LOST"),
        ({"status": "on_scene", "acknowledged_by": "kla"}, ["e"], "accepted"),
        ({"status": "on_scene"}, ["e"], "LOST"),
        ({"status": "notified", "reached": ["desk"], "token": "t"}, ["e"], "at the desk"),
        ({"status": "notified", "reached": ["desk"], "token": "t"}, [], "LOST"),
        ({"status": "notified", "reached": ["desk"]}, ["e"], "LOST"),
        ({"status": "dispatched", "token": "t"}, ["e"], "LOST"),
    ],
)
def test_how_a_report_stands(one, item, running, outcome):
    assert Found(one.incident, item, [], [], running, {}).outcome == outcome


def test_two_sms_for_one_step(one):
    one.texts["kla"] = 2
    assert "got 2 SMS" in "".join(examine([one]))


@pytest.mark.parametrize("outcome", ["accepted", "failed"])
def test_two_sms_for_two_steps_are_no_fault(one, outcome):
    one.texts["kla"] = 2
    one.timeline.insert(1, sms(8, "0-1", outcome))
    assert examine([one]) == []


def test_an_sms_went_out_that_was_given_up(one):
    one.texts["kla"] = 2
    one.timeline.insert(1, sms(8, "0-1", "overtaken"))
    assert "got 2 SMS" in "".join(examine([one]))


def test_the_same_card_twice(one):
    card = replace(bubble(2_000, "Ukla", "card"), buttons=(f"o=accept&r={REPORT}",))
    one.incident.crowd.inbox.by_report[REPORT] = [card, replace(card, at=3_000)]
    offered = {"message": "officer.offer", "occasion": "0-0", "outcome": "accepted"}
    one.timeline.insert(0, line(2, "line_sent", responder="kla", **offered))
    assert "got 2 cards" in "".join(examine([one]))
    one.until = 2_500
    assert examine([one]) == []


def test_the_wrong_person_is_named(one):
    one.incident.crowd.inbox.by_reference[REFERENCE] = [taken(10_300, MEK)]
    assert "officer.taken named mek" in "".join(examine([one]))


def test_somebody_is_named_who_has_given_it_back(one):
    one.timeline.insert(3, line(11, "handed_over", "responder:kla"))
    one.incident.crowd.inbox.by_reference[REFERENCE] = [taken(17_000, KLA)]
    assert "officer.taken named kla" in "".join(examine([one]))


def test_the_reporter_reads_that_somebody_has_accepted_and_nobody_has(one):
    one.incident.crowd.inbox.by_user["Ureporter"].insert(0, told(9_000))
    assert "status.acknowledged.title at 9000" in "".join(examine([one]))


def test_the_reporter_never_hears_of_it(one):
    one.incident.crowd.inbox.by_user["Ureporter"].clear()
    assert "never heard" in "".join(examine([one]))


def test_a_workflow_goes_on_after_the_end(one):
    one.running.append("an execution")
    assert "closed with 1 workflows running" in "".join(examine([one]))


def test_an_accepted_report_has_no_workflow(one):
    one.item |= {"status": "acknowledged", "closing_reason": None}
    one.timeline.pop()
    assert "acknowledged with 0 workflows running" in "".join(examine([one]))

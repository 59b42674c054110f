"""Whatever the domain holds comes back from DynamoDB's own format as it was."""

import math
from dataclasses import MISSING, fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ess.adapters.dynamodb.from_item import (
    conversation_from,
    entry_from,
    report_from,
    responder_from,
)
from ess.adapters.dynamodb.table import from_values, to_values
from ess.adapters.dynamodb.to_item import (
    active_item,
    conversation_attributes,
    entry_attributes,
    entry_key,
    point_item,
    report_attributes,
    responder_item,
)
from ess.domain.conversation import ActiveReport, Conversation, Draft, Prompt
from ess.domain.geo import Point
from ess.domain.kinds import Kind
from ess.domain.ladder import Rung, RungKind
from ess.domain.report import ClosingReason, Entry, Notified, Report, Status
from ess.domain.responder import Responder
from ess.domain.service_area import Area

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
MAYBE_TEXT = st.none() | TEXT
SECONDS = st.floats(0, 4e9)
METRES = st.floats(0, 2.1e7).filter(lambda m: m == 0 or m > 1e-100)
COUNT = st.integers(0, 10**9)
FACTS = st.dictionaries(
    TEXT,
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | METRES | TEXT,
    max_size=5,
)
# DynamoDB takes no number nearer to zero than 1e-130: `point_item` makes those 0.
POINTS = st.builds(
    Point,
    st.floats(-90, 90).filter(lambda d: d == 0 or abs(d) > 1e-100),
    st.floats(-180, 180).filter(lambda d: d == 0 or abs(d) > 1e-100),
)
RUNGS = st.builds(Rung, TEXT, TEXT, TEXT, st.sampled_from(RungKind), st.none() | METRES)
NOTIFIED = st.builds(Notified, TEXT, TEXT, TEXT, TEXT, COUNT, MAYBE_TEXT)


@st.composite
def reports(draw):
    return Report(
        report_id=draw(TEXT),
        reference=draw(TEXT),
        reporter_id=draw(TEXT),
        language=draw(st.sampled_from([None, "th", "en"])),
        kind=draw(st.sampled_from(Kind)),
        pin=draw(POINTS),
        opened_at=draw(SECONDS),
        changed_at=draw(SECONDS),
        status=draw(st.sampled_from(Status)),
        place=draw(MAYBE_TEXT),
        phone=draw(MAYBE_TEXT),
        can_talk=draw(st.booleans()),
        version=draw(COUNT),
        due_at=draw(st.none() | SECONDS),
        ladder=tuple(draw(st.lists(RUNGS, max_size=3))),
        rung=draw(st.none() | COUNT),
        attempt=draw(COUNT),
        reached=draw(st.none() | COUNT),
        notified=tuple(draw(st.lists(NOTIFIED, max_size=3))),
        declined=tuple(draw(st.lists(TEXT, max_size=3))),
        token=draw(MAYBE_TEXT),
        acknowledged_by=draw(MAYBE_TEXT),
        acknowledged_at=draw(st.none() | SECONDS),
        reminders=draw(COUNT),
        closing_reason=draw(st.none() | st.sampled_from(ClosingReason)),
    )


DRAFTS = st.builds(
    Draft,
    kind=st.none() | st.sampled_from(Kind),
    pin=st.none() | POINTS,
    place=MAYBE_TEXT,
    pin_area=st.sampled_from(Area),
    pin_kept=st.booleans(),
    phone=MAYBE_TEXT,
    no_call=st.booleans(),
)
ACTIVE = st.builds(
    ActiveReport,
    report_id=TEXT,
    reference=TEXT,
    kind=st.sampled_from(Kind),
    status=st.sampled_from(Status),
    opened_at=SECONDS,
    changed_at=SECONDS,
    unit_th=MAYBE_TEXT,
    unit_en=MAYBE_TEXT,
    distance_m=st.none() | METRES,
    at_desk=st.booleans(),
    nobody_reached=st.booleans(),
    responder_th=MAYBE_TEXT,
    responder_en=MAYBE_TEXT,
    closing_reason=MAYBE_TEXT,
    token=MAYBE_TEXT,
)
CONVERSATIONS = st.builds(
    Conversation,
    user_id=TEXT,
    version=COUNT,
    language=st.sampled_from([None, "th", "en"]),
    draft=st.none() | DRAFTS,
    active=st.none() | ACTIVE,
    recent_events=st.lists(TEXT, max_size=4).map(tuple),
    last_answer=st.lists(st.builds(Prompt, TEXT, FACTS), max_size=3).map(tuple),
)


def through_dynamodb(item):
    return from_values(to_values(item))


@given(reports())
def test_a_report_comes_back(report):
    item = {"report_id": report.report_id, "entry": "report", **report_attributes(report, None)}
    assert report_from(through_dynamodb(item)) == report


@given(CONVERSATIONS)
def test_a_conversation_comes_back(conversation):
    item = {"user_id": conversation.user_id, **conversation_attributes(conversation, 1)}
    assert conversation_from(through_dynamodb(item)) == conversation


@given(st.builds(Entry, SECONDS, TEXT, TEXT, FACTS, TEXT))
def test_an_entry_comes_back(entry):
    item = {"entry": entry_key(entry), **entry_attributes(entry, 1)}
    assert entry_from(through_dynamodb(item)) == entry


@given(st.builds(Responder, TEXT, TEXT, TEXT, TEXT, MAYBE_TEXT, MAYBE_TEXT, *([st.booleans()] * 3)))
def test_a_responder_comes_back(responder):
    assert responder_from(through_dynamodb(responder_item(responder))) == responder


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e125, max_value=1e125))
def test_a_number_is_written_as_the_decimal_that_is_exactly_itself(number):
    written = to_values({"n": number})["n"]["N"]
    assert float(written) == number
    digits = written.lstrip("-0.").split("e")[0].replace(".", "")
    assert len(digits) <= 38  # DynamoDB's precision


@given(st.floats(-1e-121, 1e-121))
def test_degrees_nearer_to_zero_than_dynamodb_can_store_are_zero(tiny):
    assert point_item(Point(tiny, tiny)) == {"latitude": 0.0, "longitude": 0.0}


def test_whole_numbers_are_floats_again_where_the_domain_has_floats():
    item = {"report_id": "r", **report_attributes(EXAMPLE, None)}
    report = report_from(from_values(_as_dynamodb_answers(to_values(item))))
    for value in (report.opened_at, report.changed_at, report.due_at, report.pin.latitude):
        assert type(value) is float
    assert report == EXAMPLE


@pytest.mark.parametrize(
    ("kind", "attributes"),
    [
        (Report, lambda: report_attributes(EXAMPLE, None) | {"report_id": 1}),
        (Conversation, lambda: conversation_attributes(Conversation("u"), 1) | {"user_id": 1}),
        (Responder, lambda: responder_item(Responder("r", "u", "ก", "K"))),
        (Entry, lambda: entry_attributes(Entry(1, "a", "b"), 1) | {"key": 1}),
        (
            ActiveReport,
            lambda: active_item(ActiveReport("r", "K", Kind.ASSAULT, Status.OPENED, 1, 2, **FULL)),
        ),
    ],
)
def test_no_field_is_forgotten(kind, attributes):
    assert {field.name for field in fields(kind)} <= attributes().keys()


FULL = {
    field.name: "x"
    for field in fields(ActiveReport)
    if field.default is not MISSING and field.name != "distance_m"
} | {"distance_m": 1.5}
EXAMPLE = Report(
    "r", "K7P-2MX", "u", None, Kind.ASSAULT, Point(17.0, 104.0), 100.0, 200.0, due_at=300.0
)


def _as_dynamodb_answers(values):
    """Write numbers as DynamoDB gives them back: without a needless fraction."""
    if isinstance(values, dict) and set(values) == {"N"}:
        number = float(values["N"])
        return {"N": str(int(number)) if math.trunc(number) == number else values["N"]}
    if isinstance(values, dict):
        return {name: _as_dynamodb_answers(value) for name, value in values.items()}
    if isinstance(values, list):
        return [_as_dynamodb_answers(value) for value in values]
    return values

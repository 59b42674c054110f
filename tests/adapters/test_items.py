"""Whatever the domain holds comes back from DynamoDB's own format as it was."""

import math
from dataclasses import MISSING, fields, replace

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
    conversation_attributes,
    entry_attributes,
    entry_key,
    point_item,
    report_attributes,
    responder_item,
)
from ess.domain.conversation import ActiveReport, Conversation, Draft, OtherReport, Prompt
from ess.domain.duty import Shift
from ess.domain.geo import Point
from ess.domain.kinds import Kind
from ess.domain.ladder import Channel, Ladder, Notice, Rung, Unit, UnitKind, When
from ess.domain.media import MediaKind, MediaRef
from ess.domain.officer_step import Held, Noting, OfficerStep, PhoneCheck
from ess.domain.pace import Pace
from ess.domain.report import ClosingReason, Entry, Notified, Part, Report, Status, Told
from ess.domain.reporter import Block, History
from ess.domain.responder import Responder
from ess.domain.service_area import Area
from ess.domain.understanding import Role

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
UNITS = st.builds(
    Unit,
    unit_id=TEXT,
    name_th=TEXT,
    name_en=TEXT,
    kind=st.sampled_from(UnitKind),
    distance_m=st.none() | METRES,
)
SOME_UNITS = st.lists(UNITS, max_size=3).map(tuple)
CHANNELS = st.lists(st.sampled_from(Channel), max_size=3).map(tuple)
RUNGS = st.builds(Rung, units=SOME_UNITS, channels=CHANNELS, wait_s=COUNT, times=COUNT)
NOTICES = st.builds(Notice, units=SOME_UNITS, channels=CHANNELS, when=st.sampled_from(When))
LADDERS = st.builds(
    Ladder,
    policy=TEXT,
    rungs=st.lists(RUNGS, max_size=3).map(tuple),
    rounds=COUNT,
    notices=st.lists(NOTICES, max_size=2).map(tuple),
    nearby=SOME_UNITS,
    begins=COUNT,
)
NOTIFIED = st.builds(
    Notified,
    responder_id=TEXT,
    unit_id=TEXT,
    name_th=TEXT,
    name_en=TEXT,
    step=COUNT,
    line_user_id=MAYBE_TEXT,
    part=st.sampled_from(Part),
)
TEXTS = st.lists(TEXT, max_size=3).map(tuple)
TOLD = st.builds(
    Told,
    responder_id=TEXT,
    mended=COUNT,
    pin_moves=COUNT,
    notes=COUNT,
    media=COUNT,
    texted_at=st.none() | SECONDS,
    retracted=COUNT,
)
REPORTS = st.builds(
    Report,
    report_id=TEXT,
    reference=TEXT,
    reporter_id=TEXT,
    language=st.sampled_from([None, "th", "en"]),
    kind=st.sampled_from(Kind),
    pin=POINTS,
    opened_at=SECONDS,
    changed_at=SECONDS,
    status=st.sampled_from(Status),
    place=MAYBE_TEXT,
    phone=MAYBE_TEXT,
    can_talk=st.booleans(),
    may_ask=st.booleans(),
    drill=st.booleans(),
    version=COUNT,
    due_at=st.none() | SECONDS,
    run=COUNT,
    run_step=COUNT,
    ladder=st.none() | LADDERS,
    step=st.none() | COUNT,
    hand_rung=st.none() | RUNGS,
    hand_step=st.none() | COUNT,
    reached=TEXTS,
    notified=st.lists(NOTIFIED, max_size=3).map(tuple),
    declined=TEXTS,
    token=MAYBE_TEXT,
    acknowledged_by=MAYBE_TEXT,
    acknowledged_at=st.none() | SECONDS,
    helpers=TEXTS,
    help_calls=COUNT,
    help_served=COUNT,
    quiet_since=st.none() | SECONDS,
    reminders=COUNT,
    nobody_came=COUNT,
    nobody_served=COUNT,
    nobody_known=COUNT,
    checks=COUNT,
    checks_served=COUNT,
    contact_changes=COUNT,
    contact_known=COUNT,
    contact_told=COUNT,
    reopened=COUNT,
    closing_reason=st.none() | st.sampled_from(ClosingReason),
    acts=TEXTS,
    linked=TEXTS,
    pin_moves=COUNT,
    pin_doubt=MAYBE_TEXT,
    earlier_false=COUNT,
    told=st.lists(TOLD, max_size=3).map(tuple),
    who=MAYBE_TEXT,
    landmark=MAYBE_TEXT,
    hurt=MAYBE_TEXT,
    still_there=MAYBE_TEXT,
    weapon=MAYBE_TEXT,
    notes=TEXTS,
    note_ids=TEXTS,
    landmark_id=TEXT,
    unsent=TEXTS,
    retracted=COUNT,
    details=COUNT,
    cancel_why=MAYBE_TEXT,
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
    drill=st.booleans(),
    who=st.none() | st.sampled_from(Role),
    touched_at=st.none() | SECONDS,
    nudged=st.booleans(),
    notes=TEXTS,
    note_ids=TEXTS,
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
    by_desk=st.booleans(),
    nobody_reached=st.booleans(),
    can_talk=st.booleans(),
    responder_th=MAYBE_TEXT,
    responder_en=MAYBE_TEXT,
    closing_reason=MAYBE_TEXT,
    token=MAYBE_TEXT,
    run=COUNT,
    may_ask=st.booleans(),
    drill=st.booleans(),
    who=MAYBE_TEXT,
    answered=TEXTS,
    notes=COUNT,
    near=COUNT,
)
OTHERS = st.builds(
    OtherReport,
    report_id=TEXT,
    reference=TEXT,
    kind=st.sampled_from(Kind),
    opened_at=SECONDS,
)
CHECKS = st.builds(
    PhoneCheck,
    joining=st.lists(st.tuples(TEXT, TEXT), max_size=3).map(tuple),
    until=SECONDS,
    phone=MAYBE_TEXT,
    digest=MAYBE_TEXT,
    code_until=SECONDS,
    tries=COUNT,
)
NOTINGS = st.builds(Noting, report_id=TEXT, until=SECONDS, chosen_until=SECONDS)
OFFICERS = st.builds(
    OfficerStep,
    check=st.none() | CHECKS,
    codes_sent=st.lists(SECONDS, max_size=3).map(tuple),
    wrong_codes=st.lists(SECONDS, max_size=3).map(tuple),
    leave_asked_at=st.none() | SECONDS,
    noting=st.none() | NOTINGS,
    relayed=st.lists(SECONDS, max_size=3).map(tuple),
    others=st.lists(NOTINGS, max_size=3).map(tuple),
    held=st.none() | st.builds(Held, words=TEXT, until=SECONDS),
)
TIMES = st.lists(SECONDS, max_size=3).map(tuple)
PACES = st.builds(
    Pace,
    left=SECONDS.filter(lambda left: left == 0 or left > 1e-100),
    at=SECONDS,
    answered_at=SECONDS,
    files=st.lists(st.tuples(TEXT, COUNT), max_size=3).map(tuple),
)
HISTORIES = st.builds(History, opened_at=TIMES, open=COUNT, false_at=TIMES)
BLOCKS = st.builds(
    Block,
    report_id=TEXT,
    at=SECONDS,
    until=SECONDS,
    by=TEXT,
    why=TEXT,
    appealed_at=st.none() | SECONDS,
    appeals=COUNT,
)
CONVERSATIONS = st.builds(
    Conversation,
    user_id=TEXT,
    version=COUNT,
    language=st.sampled_from([None, "th", "en"]),
    draft=st.none() | DRAFTS,
    active=st.none() | ACTIVE,
    others=st.lists(OTHERS, max_size=3).map(tuple),
    awaiting=MAYBE_TEXT,
    recent_events=st.lists(TEXT, max_size=4).map(tuple),
    last_answer=st.lists(st.builds(Prompt, TEXT, FACTS), max_size=3).map(tuple),
    officer=st.none() | OFFICERS,
    pace=PACES,
    history=HISTORIES,
    block=st.none() | BLOCKS,
)


def through_dynamodb(item):
    return from_values(to_values(item))


@given(REPORTS)
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


SHIFTS = st.builds(
    lambda start, length, on: Shift(start, start + length, on),
    SECONDS,
    st.floats(1, 1e6),
    st.booleans(),
)
RESPONDERS = st.builds(
    Responder,
    responder_id=TEXT,
    unit_id=TEXT,
    name_th=TEXT,
    name_en=TEXT,
    line_user_id=MAYBE_TEXT,
    phone=MAYBE_TEXT,
    on_duty=st.booleans(),
    verified=st.booleans(),
    sample=st.booleans(),
    duty_set_at=st.none() | SECONDS,
    shifts=st.lists(SHIFTS, max_size=3).map(tuple),
    line_blocked=st.booleans(),
    language=MAYBE_TEXT,
    version=COUNT,
)


@given(RESPONDERS)
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


# --- no field is forgotten --------------------------------------------------------------------


def through_a_report(**fields_of_it):
    report = replace(EXAMPLE, **fields_of_it)
    item = {"report_id": report.report_id, **report_attributes(report, None)}
    return report_from(through_dynamodb(item))


def through_a_conversation(**fields_of_it):
    conversation = replace(Conversation("u", version=1), **fields_of_it)
    item = {"user_id": "u", **conversation_attributes(conversation, 1)}
    return conversation_from(through_dynamodb(item))


UNIT = Unit("np", "สภ.", "Station", UnitKind.CENTER_191, 12.5)
RUNG = Rung((UNIT,), (Channel.EMAIL, Channel.LINE), 45, 3)
NOTICE = Notice((UNIT,), (Channel.SMS,), When.UNANSWERED)
LADDER = Ladder("p", (RUNG,), 4, (NOTICE,), (UNIT,), 7)
PERSON = Notified("r", "np", "ก", "K", 5, "U", Part.HELPER, "en")
CHECK = PhoneCheck((("np", "r"),), 1.5, "+66800000000", "d", 2.5, 3)
NOTING = Noting("r", 4.5, 5.5)
PACE = Pace(1.5, 2.5, 3.5, (("r", 2),))
HISTORY = History((1.5,), 2, (2.5, 3.5))
BLOCK = Block("r", 1.5, 2.5, "ก", "เหตุผล", 3.5, 4)
OFFICER = OfficerStep(CHECK, (1.5,), (2.5,), 3.5, NOTING, (4.5,), (NOTING,), Held("คำ", 5.5))
TOLD_ONE = Told("r", 1, 2, 3, 4, 5.5, 6)
DRAFT = Draft(
    kind=Kind.CONFINEMENT,
    pin=Point(1.5, 2.5),
    place="ตลาด",
    pin_area=Area.AT_SEA,
    pin_kept=True,
    phone="+66800000000",
    no_call=True,
    drill=True,
    who=Role.BYSTANDER,
    touched_at=1.5,
    nudged=True,
    notes=("คำ",),
    note_ids=("5",),
)
OTHER = OtherReport("r0", "K0", Kind.VIOLENT_PERSON, 1.5)
ACTIVE_ONE = ActiveReport(
    report_id="r",
    reference="K",
    kind=Kind.CONFINEMENT,
    status=Status.ON_SCENE,
    opened_at=1.5,
    changed_at=2.5,
    unit_th="ก",
    unit_en="K",
    distance_m=3.5,
    at_desk=True,
    by_desk=True,
    nobody_reached=True,
    can_talk=False,
    responder_th="ข",
    responder_en="Kh",
    closing_reason="resolved",
    token="t",
    run=7,
    may_ask=True,
    drill=True,
    who="relative",
    answered=("hurt",),
    notes=2,
    note_bytes=99,
    pin=Point(1.5, 2.5),
    near=3,
)
WHOLE_REPORT = Report(
    report_id="r",
    reference="K7P-2MX",
    reporter_id="u",
    language="en",
    kind=Kind.VIOLENT_PERSON,
    pin=Point(1.5, 2.5),
    opened_at=1.5,
    changed_at=2.5,
    status=Status.ON_THE_WAY,
    place="ตลาด",
    phone="+66800000000",
    can_talk=False,
    may_ask=True,
    drill=True,
    version=3,
    due_at=4.5,
    run=2,
    run_step=6,
    ladder=LADDER,
    step=8,
    hand_rung=RUNG,
    hand_step=9,
    reached=("np",),
    notified=(PERSON,),
    declined=("r2",),
    token="t",
    acknowledged_by="r",
    acknowledged_at=5.5,
    helpers=("r3",),
    help_calls=4,
    help_served=5,
    quiet_since=6.5,
    reminders=6,
    nobody_came=8,
    nobody_served=9,
    nobody_known=10,
    checks=11,
    checks_served=12,
    contact_changes=13,
    contact_known=14,
    contact_told=15,
    reopened=7,
    closing_reason=ClosingReason.REFERRED,
    acts=("0123456789ab",),
    linked=("1" * 32,),
    pin_moves=8,
    pin_doubt="at_sea",
    earlier_false=9,
    media=(MediaRef("r", MediaKind.VIDEO, "0" * 32),),
    told=(TOLD_ONE,),
    who="victim",
    landmark="รั้วเขียว",
    hurt="yes",
    still_there="no",
    weapon="unknown",
    notes=("คำ",),
    note_ids=("5",),
    landmark_id="6",
    unsent=("0" * 32,),
    retracted=2,
    details=9,
    cancel_why="safe_now",
)
WHOLE_RESPONDER = Responder(
    responder_id="r",
    unit_id="np",
    name_th="ก",
    name_en="K",
    line_user_id="U",
    phone="+66800000000",
    on_duty=True,
    verified=True,
    sample=True,
    duty_set_at=1.5,
    shifts=(Shift(1.5, 2.5, on=False),),
    line_blocked=True,
    language="en",
    version=4,
)
WHOLE = {
    "report": (WHOLE_REPORT, lambda: through_a_report(**_fields(WHOLE_REPORT))),
    "ladder": (LADDER, lambda: through_a_report(ladder=LADDER).ladder),
    "rung": (RUNG, lambda: through_a_report(hand_rung=RUNG).hand_rung),
    "notice": (NOTICE, lambda: through_a_report(ladder=LADDER).ladder.notices[0]),
    "unit": (UNIT, lambda: through_a_report(ladder=LADDER).ladder.nearby[0]),
    "told": (TOLD_ONE, lambda: through_a_report(told=(TOLD_ONE,)).told[0]),
    "notified": (PERSON, lambda: through_a_report(notified=(PERSON,)).notified[0]),
    "conversation": (
        Conversation(
            user_id="u",
            version=2,
            language="en",
            draft=DRAFT,
            active=ACTIVE_ONE,
            others=(OTHER,),
            recent_events=("e",),
            last_answer=(Prompt("p", {"a": 1}),),
            awaiting="landmark",
            officer=OFFICER,
            pace=PACE,
            history=HISTORY,
            block=BLOCK,
        ),
        lambda: through_a_conversation(**_fields(WHOLE["conversation"][0])),
    ),
    "pace": (PACE, lambda: through_a_conversation(pace=PACE).pace),
    "history": (HISTORY, lambda: through_a_conversation(history=HISTORY).history),
    "block": (BLOCK, lambda: through_a_conversation(block=BLOCK).block),
    "draft": (DRAFT, lambda: through_a_conversation(draft=DRAFT).draft),
    "other report": (OTHER, lambda: through_a_conversation(others=(OTHER,)).others[0]),
    "active report": (ACTIVE_ONE, lambda: through_a_conversation(active=ACTIVE_ONE).active),
    "officer step": (OFFICER, lambda: through_a_conversation(officer=OFFICER).officer),
    "phone check": (CHECK, lambda: through_a_conversation(officer=OFFICER).officer.check),
    "noting": (NOTING, lambda: through_a_conversation(officer=OFFICER).officer.noting),
    "responder": (
        WHOLE_RESPONDER,
        lambda: responder_from(through_dynamodb(responder_item(WHOLE_RESPONDER))),
    ),
    "entry": (
        Entry(1.5, "system", "noted", {"a": None, "b": 1}, "k"),
        lambda: entry_from(
            through_dynamodb({"entry": "t#k", **entry_attributes(WHOLE["entry"][0], 1)})
        ),
    ),
}


def _fields(thing):
    return {field.name: getattr(thing, field.name) for field in fields(thing)}


@pytest.mark.parametrize("name", WHOLE)
def test_no_field_is_forgotten(name):
    thing, stored = WHOLE[name]
    for field in fields(thing):
        # A value that is also the default would come back although it was never stored.
        assert getattr(thing, field.name) != field.default, f"give {field.name} another value here"
        if field.default_factory is not MISSING:
            assert getattr(thing, field.name) != field.default_factory(), field.name
    assert stored() == thing


EXAMPLE = Report(
    "r", "K7P-2MX", "u", None, Kind.ASSAULT, Point(17.0, 104.0), 100.0, 200.0, due_at=300.0
)


def test_a_ladder_is_stored_without_what_is_absent_and_stays_small():
    item = to_values({"report_id": "r", **report_attributes(EXAMPLE, None)})
    assert {"ladder", "step", "hand_rung", "hand_step", "token"}.isdisjoint(item)
    desk = replace(UNIT, distance_m=None)
    stored = to_values({"ladder": report_attributes(replace(EXAMPLE, ladder=LADDER), 1)["ladder"]})
    assert "distance_m" in str(stored)
    alone = replace(LADDER, rungs=(replace(RUNG, units=(desk,)),), notices=(), nearby=())
    stored = report_attributes(replace(EXAMPLE, ladder=alone), 1)["ladder"]
    assert "distance_m" not in str(to_values({"ladder": stored}))


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

"""Responders by unit."""

from dataclasses import replace

import pytest

from ess.domain.duty import Shift
from ess.domain.errors import ResponderChanged
from ess.domain.responder import Responder

SOMEBODY = Responder("r1", "np-muang", "ร.ต.อ. ก", "Capt. K", "U" + "b" * 32, "+66800000001", True)


def test_a_unit_nobody_belongs_to(stores):
    assert stores.responders.of_unit("nowhere") == []


def test_people_come_back_by_unit_in_order_of_their_ids(stores):
    others = [replace(SOMEBODY, responder_id=f"r{n}", line_user_id=None) for n in (3, 2)]
    elsewhere = replace(SOMEBODY, unit_id="desk", phone=None, verified=True, sample=True)
    stores.responders.put([*others, elsewhere, SOMEBODY])
    assert stores.responders.of_unit("np-muang") == [SOMEBODY, others[1], others[0]]
    assert stores.responders.of_unit("desk") == [elsewhere]


def test_a_later_one_replaces_an_earlier_one_also_in_one_call(stores):
    stores.responders.put([SOMEBODY])
    off = replace(SOMEBODY, on_duty=False, phone=None)
    stores.responders.put([replace(SOMEBODY, name_en="x"), off])
    assert stores.responders.of_unit("np-muang") == [off]


def test_more_people_than_one_batch_takes(stores):
    people = [replace(SOMEBODY, responder_id=f"r{n:03}") for n in range(60)]
    stores.responders.put(people)
    assert stores.responders.of_unit("np-muang") == people


PLANNED = replace(
    SOMEBODY,
    duty_set_at=1_790_000_000.5,
    shifts=(Shift(1_790_000_000, 1_790_028_800), Shift(1_790_010_000, 1_790_020_000.25, on=False)),
    line_blocked=True,
    version=7,
)


def test_one_comes_back_with_the_plan_and_nobody_where_there_is_none(stores):
    stores.responders.put([PLANNED])
    assert stores.responders.get("np-muang", "r1") == PLANNED
    assert stores.responders.get("np-muang", "r2") is None
    assert stores.responders.get("desk", "r1") is None


def test_a_line_user_may_belong_to_several_units(stores):
    desk = replace(SOMEBODY, unit_id="desk", responder_id="d1")
    other = replace(SOMEBODY, responder_id="r2", line_user_id="U" + "c" * 32)
    without = replace(SOMEBODY, responder_id="r3", line_user_id=None)
    stores.responders.put([SOMEBODY, desk, other, without])
    assert stores.responders.by_line_user(SOMEBODY.line_user_id) == [desk, SOMEBODY]
    assert stores.responders.by_line_user("U" + "d" * 32) == []


def test_everyone_is_everyone(stores):
    people = [replace(SOMEBODY, unit_id=f"u{n % 7}", responder_id=f"r{n}") for n in range(40)]
    stores.responders.put(people)
    assert sorted(stores.responders.everyone(), key=lambda r: int(r.responder_id[1:])) == people


def test_a_change_counts_and_the_second_from_the_same_read_is_refused(stores):
    stores.responders.put([PLANNED])
    off = replace(PLANNED, on_duty=False, shifts=(), duty_set_at=None, line_blocked=False)
    assert stores.responders.change(PLANNED, off) == replace(off, version=8)
    with pytest.raises(ResponderChanged):
        stores.responders.change(PLANNED, replace(PLANNED, name_en="late"))
    assert stores.responders.get("np-muang", "r1") == replace(off, version=8)


def test_the_first_change_of_a_row_and_the_second_from_the_same_read(stores):
    stores.responders.put([SOMEBODY])
    stores.responders.change(SOMEBODY, replace(SOMEBODY, phone=None))
    with pytest.raises(ResponderChanged):
        stores.responders.change(SOMEBODY, replace(SOMEBODY, name_en="late"))
    assert stores.responders.get("np-muang", "r1") == replace(SOMEBODY, phone=None, version=1)


@pytest.mark.parametrize("version", [0, 3])
def test_a_change_never_brings_back_somebody_who_was_removed(stores, version):
    person = replace(SOMEBODY, version=version)
    stores.responders.put([person])
    stores.responders.remove("np-muang", "r1")
    stores.responders.remove("np-muang", "r1")
    with pytest.raises(ResponderChanged):
        stores.responders.change(person, replace(person, on_duty=False))
    assert stores.responders.get("np-muang", "r1") is None


def test_a_row_of_the_time_before_versions_can_be_changed(dynamo):
    row = {"unit_id": {"S": "u"}, "responder_id": {"S": "r"}, "name_th": {"S": "ก"}}
    dynamo.client.put_item(TableName="responders", Item=row | {"name_en": {"S": "K"}})
    person = dynamo.responders.get("u", "r")
    assert person == Responder("r", "u", "ก", "K")
    assert dynamo.responders.change(person, replace(person, on_duty=True)).version == 1
    assert dynamo.responders.get("u", "r").on_duty

"""Responders by unit."""

from dataclasses import replace

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

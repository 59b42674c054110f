"""Changing one responder among others who do the same, and loading lists of them."""

from dataclasses import replace

import pytest

from ess.adapters.memory.responders import MemoryResponders
from ess.domain.errors import ResponderChanged
from ess.domain.responder import Responder
from ess.usecases.change_responder import TRIES, change_responder
from ess.usecases.load_responders import load_responders, merged

ONE = Responder("r", "u", "ก", "K", "U" + "1" * 32, "+66800000001", on_duty=True, verified=True)


def off(person):
    return replace(person, on_duty=False)


def racing(store):
    """Somebody else's change, just before ours."""

    def race():
        now = store._by_key["u", "r"]
        store._by_key["u", "r"] = replace(now, name_en=now.name_en + "!", version=now.version + 1)

    return race


def test_a_change_is_decided_anew_on_what_the_other_writer_left():
    store = MemoryResponders([ONE])
    store.plan("change", racing(store))
    stored = change_responder(store, "u", "r", off)
    assert stored == store.get("u", "r") == replace(ONE, on_duty=False, name_en="K!", version=2)


def test_nothing_to_change_writes_nothing_and_nobody_is_none():
    store = MemoryResponders([ONE])
    assert change_responder(store, "u", "r", lambda person: person) is ONE
    assert change_responder(store, "u", "x", off) is None
    assert store.calls["change"] == 0


def test_it_gives_up_loudly():
    store = MemoryResponders([ONE])
    store.plan("change", *[racing(store)] * TRIES)
    with pytest.raises(ResponderChanged):
        change_responder(store, "u", "r", off)


def test_a_list_gives_way_to_a_plan_loaded_later_and_another_account_is_not_blocked():
    before = replace(ONE, duty_set_at=50.0, line_blocked=True, language="en", version=3)
    assert merged(before, ONE) == before
    said = merged(before, replace(ONE, on_duty=False, line_user_id="U" + "2" * 32))
    assert (said.on_duty, said.duty_set_at, said.line_blocked) == (False, None, False)
    assert (said.language, said.version) == (None, 3)


def test_somebody_removed_while_the_list_is_loaded_is_there_again():
    store = MemoryResponders([ONE])
    store.plan("get", lambda: store.remove("u", "r"))
    loaded = load_responders([replace(ONE, name_en="New")], store)
    assert loaded.changed == 1
    assert store.get("u", "r") == replace(ONE, name_en="New")

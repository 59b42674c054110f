"""`ess invitations`, over stores in memory."""

import re

import pytest

from ess import bootstrap
from ess.adapters.memory.clock import MemoryClock
from ess.adapters.memory.invitations import MemoryInvitations
from ess.domain.geo import Point
from ess.domain.invitation import Invitation, hash_of, read_code
from ess.domain.station import Station
from operate.cli import main
from tests.unit.directory_kit import directory_of


@pytest.fixture
def clock(monkeypatch):
    clock = MemoryClock()
    monkeypatch.setattr(bootstrap, "clock", lambda: clock)
    return clock


@pytest.fixture
def store(monkeypatch, clock):
    invitations = MemoryInvitations()
    directory = directory_of([Station("np", "สภ.เมือง", "Mueang", Point(17.4, 104.7))])
    monkeypatch.setattr(bootstrap, "invitations", lambda: invitations)
    monkeypatch.setattr(bootstrap, "station_directory", lambda: directory)
    return invitations


@pytest.fixture
def ess(capsys):
    def run(*arguments):
        code = main(["invitations", *arguments])
        return code, "".join(capsys.readouterr())

    return run


def test_the_words_to_send_hold_a_code_that_opens_the_unit(ess, store, clock):
    code, said = ess("create", "np", "--name-th", " ด.ต.  ก ", "--hours", "5")
    assert code == 0
    typed, _ = read_code(said[said.index("เข้าร่วม") :].splitlines()[0], ("เข้าร่วม",))
    (kept,) = store.everyone()
    assert kept.code_hash == hash_of(typed)
    assert (kept.unit_id, kept.unit_th, kept.unit_en) == ("np", "สภ.เมือง", "Mueang")
    assert (kept.name_th, kept.name_en) == ("ด.ต. ก", "ด.ต. ก")
    assert 0 <= clock.now() + 5 * 3600 - kept.valid_until < 60
    # Forwarded as a whole, it works as well.
    assert read_code(said, ("เข้าร่วม",)) == (typed, True)


def test_the_desk_can_be_joined_and_a_unit_that_is_not_there_cannot(ess, store):
    assert ess("create", "desk", "--name-th", "ก", "--name-en", "K")[0] == 0
    assert store.everyone()[0].name_en == "K"
    code, said = ess("create", "nowhere", "--name-th", "ก")
    assert code == 1
    assert "no unit has the id 'nowhere'" in said
    assert len(store.everyone()) == 1


@pytest.mark.parametrize("hours", ["0", "337", "1.5", "-1", "x"])
def test_hours_are_bounded(ess, store, hours):
    with pytest.raises(SystemExit):
        ess("create", "np", "--name-th", "ก", f"--hours={hours}")


@pytest.mark.parametrize("name", ["", "  ", "ก" * 81])
def test_a_name_is_asked_for(ess, store, name):
    assert ess("create", "np", "--name-th", name)[0] == 1
    assert not store.everyone()


def test_the_list_shows_open_ones_and_never_a_code(ess, store, clock):
    assert "make one with" in ess("list")[1]
    said = ess("create", "np", "--name-th", "ก", "--hours", "1")[1]
    shown = re.search(r"\w{4}-\w{4}", said)[0]
    _, listed = ess("list")
    assert "np" in listed
    assert "1 open." in listed
    assert shown not in listed
    assert "No invitations" in ess("list", "elsewhere")[1]
    clock.advance(3600)
    assert "No invitations" in ess("list")[1]
    assert "expired" in ess("list", "--all")[1]


def test_one_is_revoked_by_its_number_or_by_its_code(ess, store):
    said = ess("create", "np", "--name-th", "ก")[1]
    shown = re.search(r"\w{4}-\w{4}", said)[0]
    assert ess("revoke", shown.lower())[0] == 0
    ess("create", "np", "--name-th", "ก")
    (kept,) = store.everyone()
    code, said = ess("revoke", kept.number)
    assert code == 0
    assert "Revoked" in said
    assert not store.everyone()
    assert ess("revoke", kept.number) == (
        1,
        f"ess: no invitation has the number or code '{kept.number}'\n",
    )


def test_one_that_was_used_is_not_revoked(ess, store, clock):
    ess("create", "np", "--name-th", "ก", "--hours", "1")
    (kept,) = store.everyone()
    clock.advance(3600)
    code, said = ess("revoke", kept.number)
    assert code == 1
    assert "nothing to revoke" in said
    assert store.everyone() == [kept]


@pytest.mark.parametrize("number", ["3cf7b289", "2a2a2a2a"])
def test_a_number_that_looks_like_a_code_is_a_number_all_the_same(ess, store, clock, number):
    assert read_code(number, ())[0]  # letters and digits of those that codes are made of
    until = clock.now() + 60
    kept = Invitation(number + "0" * 56, "np", "ก", "K", "ก", "K", clock.now(), until)
    store.add(kept)
    assert ess("revoke", f" {number.upper()}")[0] == 0
    assert not store.everyone()

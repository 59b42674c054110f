"""Loading a policy and going back: nothing is lost, and nothing bad is stored."""

import pytest

from ess.adapters.memory.clock import MemoryClock
from ess.adapters.memory.settings import MemorySettings
from ess.domain.errors import InvalidPolicy, NoPolicyToRestore, SettingChanged
from ess.policies import builtin
from ess.usecases.current_policy import SETTING, current_policy
from ess.usecases.load_policy import load_policy, loaded_policies, undo_policy
from tests.unit.test_current_policy import TIMES, named


class World:
    def __init__(self):
        self.store = MemorySettings()
        self.tools = {"times": TIMES, "store": self.store, "clock": MemoryClock()}

    def load(self, name):
        return load_policy(named(name), **self.tools)

    def undo(self, to=None):
        undo_policy(**self.tools, to=to)
        return self.current()

    def current(self):
        policy, _ = current_policy(self.store, builtin.load(), TIMES, tell=pytest.fail)
        return policy.name


@pytest.fixture
def world():
    return World()


def test_a_good_policy_is_in_force_once_it_is_loaded(world):
    loaded, new = world.load("a")
    assert (loaded.version, loaded.name, new) == (1, "a", True)
    assert world.current() == "a"


def test_a_bad_policy_is_not_stored(world):
    world.load("a")
    with pytest.raises(InvalidPolicy):
        load_policy(named("b", ladders=[]), **world.tools)
    assert world.current() == "a"
    assert len(loaded_policies(world.store)) == 1


def test_the_same_policy_is_not_stored_again(world):
    world.load("a")
    reordered = dict(reversed(named("a").items()))
    loaded, new = load_policy(reordered, **world.tools)
    assert (loaded.version, new) == (1, False)
    assert len(loaded_policies(world.store)) == 1


def test_undoing_leads_back_step_by_step_to_the_built_in_policy(world):
    for name in "abc":
        world.load(name)
    assert [world.undo() for _ in range(3)] == ["b", "a", "default"]
    with pytest.raises(NoPolicyToRestore):
        world.undo()


def test_undoing_a_better_try_does_not_lead_back_to_the_mistake(world):
    world.load("a")
    world.load("mistake")
    world.undo()
    world.load("better")
    assert world.undo() == "a"


def test_any_version_can_be_gone_to(world):
    for name in "abc":
        world.load(name)
    assert world.undo(to=1) == "a"
    assert world.undo(to=3) == "c"
    assert world.undo(to=0) == "default"
    assert world.undo(to=4) == "a"  # a version that was itself going back
    assert world.undo() == "default"


def test_going_to_what_is_in_force_changes_nothing(world):
    world.load("a")
    world.load("b")
    world.undo(to=2)
    assert len(loaded_policies(world.store)) == 2


@pytest.mark.parametrize("to", [9, -1])
def test_a_version_that_is_not_kept_cannot_be_gone_to(world, to):
    world.load("a")
    with pytest.raises(NoPolicyToRestore, match=str(to)):
        world.undo(to=to)


def test_without_any_policy_there_is_nothing_to_undo(world):
    with pytest.raises(NoPolicyToRestore):
        world.undo()


def test_a_version_that_is_no_policy_any_more_is_not_gone_back_to(world):
    world.store.put(SETTING, {"policy": {"format": "old"}}, 0, 0.0)
    world.load("b")
    with pytest.raises(InvalidPolicy):
        world.undo()
    assert world.current() == "b"


def test_history_is_newest_first_and_says_what_repeats_what(world):
    world.load("a")
    world.load("b")
    world.undo()
    world.undo()
    assert [(one.version, one.name, one.restores) for one in loaded_policies(world.store)] == [
        (4, "", 0),
        (3, "a", 1),
        (2, "b", None),
        (1, "a", None),
    ]


def test_of_two_who_load_at_once_one_is_told(world):
    world.load("a")
    theirs = {"policy": named("theirs")}
    world.store.plan("put", lambda: world.store.put(SETTING, theirs, 1, 0.0))
    with pytest.raises(SettingChanged):
        world.load("ours")
    assert world.current() == "theirs"

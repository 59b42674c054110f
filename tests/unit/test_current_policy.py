"""The policy in force: whatever is stored, or is not, a report gets one."""

import pytest

from ess.adapters.memory.clock import MemoryClock
from ess.adapters.memory.settings import MemorySettings
from ess.domain.errors import PermanentFailure, TemporaryFailure
from ess.domain.policy_rows import read_policy
from ess.policies import builtin
from ess.usecases.current_policy import (
    BUILT_IN,
    RETRY_S,
    SETTING,
    TRUSTED_S,
    PolicyInForce,
    current_policy,
)
from ess.usecases.load_policy import load_policy

TIMES = {"acknowledge": 31, "desk": 32}
RUNG = {"roles": ["responsible"], "channels": ["line"], "wait": "acknowledge"}
DESK_RUNG = {"roles": ["desk"], "channels": ["line"], "wait": "desk"}


def named(name, **more):
    return {"name": name, "ladders": [{"rungs": [RUNG, DESK_RUNG]}]} | more


class World:
    def __init__(self):
        self.store = MemorySettings()
        self.clock = MemoryClock()
        self.told = []
        self.in_force = PolicyInForce(self.store, builtin.load(), TIMES, self.clock)

    def put(self, value):
        before = self.store.get(SETTING)
        self.store.put(SETTING, value, before.version if before else 0, 0.0)

    def load(self, data):
        load_policy(data, times=TIMES, store=self.store, clock=self.clock)

    def current(self, times=TIMES):
        policy, version = current_policy(self.store, builtin.load(), times, tell=self.told.append)
        return policy.name, version

    def read(self):
        return self.in_force.read(self.told.append)[0].name

    def reads(self):
        return self.store.calls["get"]


@pytest.fixture
def world():
    return World()


def test_the_built_in_policy_is_in_force_until_one_is_loaded(world):
    assert world.current() == ("default", BUILT_IN)
    world.load(named("ours"))
    assert world.current() == ("ours", "version 1")
    assert world.told == []


def test_named_waits_are_the_deploy_parameters_of_now(world):
    world.load(named("ours"))
    policy, _ = current_policy(world.store, None, {"acknowledge": 7, "desk": 8}, tell=print)
    assert [rung.wait_s for rung in policy.ladders[0].rungs] == [7, 8]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"policy": named("newer", drones=True)}, "cannot be read: drones: unknown"),
        ({"policy": {}}, "cannot be read: name: missing"),
        ({"policy": "x"}, "cannot be read: policy: "),
        ({"something": "else"}, "damaged: KeyError"),
    ],
)
def test_a_stored_policy_that_cannot_be_read_is_passed_over_and_told(world, value, said):
    world.put(value)
    assert world.current() == ("default", BUILT_IN)
    (reason,) = world.told
    assert said in reason


def test_a_damaged_item_is_passed_over_and_told(world):
    world.store.plan("get", ValueError("not JSON"))
    assert world.current() == ("default", BUILT_IN)
    assert world.told == ["the loaded policy is damaged: ValueError"]


def test_what_is_told_of_a_bad_policy_is_short(world):
    world.put({"policy": dict.fromkeys("abcdefgh", 1)})
    world.current()
    assert world.told[0].endswith("; and 7 more")


def test_a_policy_that_new_times_make_too_slow_is_passed_over(world):
    world.load(named("slow", ladders=[{"rungs": [RUNG] * 4 + [DESK_RUNG]}]))
    times = {"acknowledge": 300, "desk": 60}
    assert world.current() == ("slow", "version 1")
    assert world.current(times) == ("default", BUILT_IN)
    assert "1200 seconds pass before the desk" in world.told[0]


def test_times_that_not_even_the_built_in_policy_can_have_are_passed_over(world):
    times = {"acknowledge": 3600, "desk": 60}
    policy, _ = current_policy(world.store, builtin.load(), times, tell=world.told.append)
    assert policy == read_policy(builtin.load())
    assert "the built-in policy cannot have these times" in world.told[0]


@pytest.mark.parametrize("error", [TemporaryFailure, PermanentFailure])
def test_whoever_looks_at_the_policy_is_told_that_the_store_fails(world, error):
    world.store.plan("get", error())
    with pytest.raises(error):
        world.current()


# --- in a function's process ---


def test_a_process_reads_once_a_minute(world):
    for _ in range(3):
        assert world.read() == "default"
    assert world.reads() == 1
    world.load(named("ours"))
    before = world.reads()
    world.clock.advance(TRUSTED_S - 1)
    assert world.read() == "default"
    world.clock.advance(1)
    assert world.read() == "ours"
    assert world.reads() == before + 1


def test_a_store_that_does_not_answer_leaves_the_policy_known_last(world):
    world.load(named("ours"))
    assert world.read() == "ours"
    world.clock.advance(TRUSTED_S)
    world.store.plan("get", TemporaryFailure())
    assert world.read() == "ours"
    assert world.told == []


@pytest.mark.parametrize("error", [TemporaryFailure, PermanentFailure])
def test_a_store_that_never_answered_leaves_the_built_in_policy_and_that_is_told(world, error):
    world.load(named("ours"))
    world.store.plan("get", error())
    assert world.read() == "default"
    assert world.told == [f"the settings cannot be read: {error.__name__}"]


def test_a_store_that_failed_is_asked_again_soon_but_not_by_every_report(world):
    world.load(named("ours"))
    world.store.plan("get", TemporaryFailure())
    before = world.reads()
    assert [world.read(), world.read()] == ["default", "default"]
    assert world.reads() == before + 1
    world.clock.advance(RETRY_S)
    assert world.read() == "ours"


def test_a_store_that_refuses_is_told_even_if_a_policy_is_known(world):
    world.load(named("ours"))
    world.read()
    world.clock.advance(TRUSTED_S)
    world.store.plan("get", PermanentFailure())
    assert world.read() == "ours"
    assert world.told == ["the settings cannot be read: PermanentFailure"]


def test_a_clock_that_was_put_back_does_not_keep_an_old_policy(world):
    world.read()
    world.load(named("ours"))
    world.clock.advance(-3600)
    assert world.read() == "ours"


def test_an_unreadable_policy_is_told_again_with_each_reading(world):
    world.put({"policy": {}})
    world.read()
    world.read()
    assert len(world.told) == 1
    world.clock.advance(TRUSTED_S)
    world.read()
    assert len(world.told) == 2

"""What is asked of a profile, against the simulator."""

import pytest

from ess.adapters.line.calls import LineCalls
from ess.adapters.line.credentials import Credentials
from ess.adapters.line.profiles import CONNECT_S, READ_S, LineProfiles
from ess.domain.errors import TemporaryFailure
from local.simulator.state import Fault

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

EMMA = "U" + "3" * 32


class Known:
    def get(self) -> Credentials:
        return Credentials("secret", "token")

    def refresh(self) -> bool:
        return False


@pytest.fixture
def world(running):
    running.simulator.world.reset()
    running.simulator.world.add_user("Emma", user_id=EMMA, language="en").friendship = "friend"
    return running.simulator.world


@pytest.fixture
def profiles(running):
    return LineProfiles(LineCalls(running.url, Known(), connect_s=CONNECT_S, read_s=READ_S))


def test_the_language_is_that_of_the_profile(world, profiles):
    assert profiles.language(EMMA) == "en"


@pytest.mark.parametrize("friendship", ["blocked", "none"])
def test_of_whoever_is_no_friend_nothing_is_known(world, profiles, friendship):
    world.users[EMMA].friendship = friendship
    assert profiles.language(EMMA) is None


def test_a_profile_that_says_no_language_has_none(world, profiles):
    world.users[EMMA].language = ""
    assert profiles.language(EMMA) is None


def test_a_failure_is_told_and_names_nobody(world, profiles):
    world.faults.append(Fault(endpoint="profile", status=500))
    with pytest.raises(TemporaryFailure) as failure:
        profiles.language(EMMA)
    assert EMMA not in str(failure.value)

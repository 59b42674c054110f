"""What links are signed with: kept for a while, changed without loss, absent without harm."""

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from ess.adapters.links.secrets import LinkSecrets
from ess.adapters.links.signed import SignedLinks
from ess.adapters.ssm.kept import KEPT_S, REFRESH_S
from ess.domain.errors import LinkRefused, TemporaryFailure

REPORT, NOW = "ab" * 16, 1_790_000_000.0
FIRST, SECOND, THIRD = "1" * 32, "2" * 40, "3" * 48


class Parameters:
    def __init__(self, value):
        self.value = value
        self.readings = 0

    def get_parameter(self, Name, WithDecryption):  # noqa: N803 - botocore's names
        assert (Name, WithDecryption) == ("/ess/x/link-secret", True)
        self.readings += 1
        if isinstance(self.value, Exception):
            raise self.value
        return {"Parameter": {"Value": self.value}}


class World:
    def __init__(self, value=FIRST):
        self.parameters = Parameters(value)
        self.time = 1000.0
        self.secrets = LinkSecrets(self.parameters, "/ess/x/link-secret", lambda: self.time)
        self.links = SignedLinks(self.secrets, "https://ess.example")

    def token(self):
        return self.links.link_for(REPORT, "u", "r", NOW).removeprefix("https://ess.example/o/")


@pytest.fixture
def world():
    return World()


def test_a_link_leads_to_the_page(world):
    link = world.links.link_for(REPORT, "u", "r", NOW)
    assert link.startswith("https://ess.example/o/")
    assert world.links.read(link.rpartition("/")[2], NOW).report_id == REPORT


def test_it_is_read_once_in_five_minutes(world):
    for _ in range(3):
        world.token()
    assert world.parameters.readings == 1
    world.time += KEPT_S + 1
    world.token()
    assert world.parameters.readings == 2


@pytest.mark.parametrize(
    ("value", "secrets"),
    [
        (FIRST, [FIRST]),
        (f"{SECOND}\n{FIRST}", [SECOND, FIRST]),
        (f"{SECOND}\r\n{FIRST}\r\n", [SECOND, FIRST]),
        (f"\n  {SECOND} \n\n{FIRST}\n{THIRD}", [SECOND, FIRST]),
        (f"short\n{FIRST}", [FIRST]),
    ],
)
def test_a_line_is_a_secret_the_present_one_first(value, secrets):
    assert World(value).secrets.get() == tuple(secret.encode() for secret in secrets)


@pytest.mark.parametrize("value", ["", "\n", "x" * 31])
def test_a_parameter_without_a_usable_secret_signs_nothing(value):
    world = World(value)
    with pytest.raises(TemporaryFailure, match="no line of 32"):
        world.secrets.get()
    assert world.links.link_for(REPORT, "u", "r", NOW) == ""


def test_after_a_change_old_and_new_links_hold(world):
    old = world.token()
    world.parameters.value = f"{SECOND}\n{FIRST}"
    world.time += KEPT_S + 1
    new = world.token()
    assert new != old
    assert world.links.read(old, NOW)
    assert world.links.read(new, NOW)


def test_a_change_is_noticed_by_the_first_link_of_the_new_secret(world):
    maker = World(f"{SECOND}\n{FIRST}")
    world.token()
    world.parameters.value = maker.parameters.value
    world.time += REFRESH_S
    assert world.links.read(maker.token(), NOW)


def test_made_up_links_do_not_flood_parameter_store(world):
    for _ in range(100):
        with pytest.raises(LinkRefused):
            world.links.read("A" * 55, NOW)
    assert world.parameters.readings <= 2


@pytest.mark.parametrize(
    "failure",
    [
        EndpointConnectionError(endpoint_url="https://ssm"),
        ClientError({"Error": {"Code": "ThrottlingException"}}, "GetParameter"),
    ],
)
def test_while_it_cannot_be_read_the_old_one_is_good_and_none_is_no_link(world, failure):
    token = world.token()
    world.parameters.value = failure
    world.time += KEPT_S + 1
    assert world.token() == token
    assert world.links.read(token, NOW)
    fresh = World(failure)
    assert fresh.links.link_for(REPORT, "u", "r", NOW) == ""
    with pytest.raises(TemporaryFailure):
        fresh.links.read(token, NOW)

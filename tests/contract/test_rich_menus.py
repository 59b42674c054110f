"""Our calls for rich menus against the simulator, and our menus against line-bot-sdk's models."""

import pytest
from linebot.v3.messaging import RichMenuRequest

from ess.adapters.line.calls import LineCalls
from ess.adapters.line.credentials import Credentials
from ess.adapters.line.menu_shelf import LineMenuShelf
from ess.adapters.line.menus import LineMenus
from ess.adapters.memory.responders import MemoryResponders
from ess.adapters.memory.settings import MemorySettings
from ess.domain.errors import PermanentFailure, TemporaryFailure
from ess.domain.responder import Responder
from local.simulator.server import Handle
from local.simulator.state import Fault
from operate.rich_menus import definition
from operate.rich_menus.upload import SETTING, Uploader
from tests.e2e.fake_bot import png

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

MALI, SOMCHAI = "U" + "1" * 32, "U" + "2" * 32
MENUS = definition.load()
PICTURE = png(2500, 1686)


class Rotated:
    """Credentials whose first token is an old one."""

    def __init__(self, *tokens: str) -> None:
        self.tokens = list(tokens)

    def get(self) -> Credentials:
        return Credentials("secret", self.tokens[0])

    def refresh(self) -> bool:
        self.tokens.pop(0)
        return bool(self.tokens)


class Channel:
    """A channel in the simulator, and what the operator and the webhook have of it."""

    def __init__(self, simulator: Handle) -> None:
        self.world = simulator.simulator.world
        self.http = simulator.url
        for user, name in ((MALI, "มะลิ"), (SOMCHAI, "สมชาย")):
            self.world.add_user(name, user_id=user).friendship = "friend"
        self.store = MemorySettings()
        self.calls = LineCalls(simulator.url, Rotated("old", "token"))
        self.menus = LineMenus(self.calls, self.store)
        self.shelf = LineMenuShelf(self.calls, self.calls)

    def upload(self, *officers: str, drawing: str = "1"):
        people = [
            Responder(f"r{n}", "unit", "ก", "a", line_user_id=user, verified=True)
            for n, user in enumerate(officers)
        ]
        uploader = Uploader(self.shelf, self.store, MemoryResponders(people), "dev", lambda: 1.0)
        return uploader.upload(MENUS, lambda _: drawing, lambda _: PICTURE)

    def seen_by(self, user: str) -> str | None:
        menu = self.world.menu_of(self.world.users[user])
        return menu and menu["name"].split("-")[2]


@pytest.fixture
def channel(running: Handle) -> Channel:
    running.simulator.world.reset()
    return Channel(running)


@pytest.mark.parametrize("menu", MENUS.values(), ids=MENUS)
def test_the_sdk_reads_our_menus(menu):
    body = definition.line_body(menu, "ess-dev-x-1")
    read = RichMenuRequest.from_dict(body)
    assert read.to_dict() == body
    for area in read.areas:
        assert not type(area.action).__name__.startswith("Unknown")


def test_officers_and_reporters_see_different_menus(channel):
    done = channel.upload(SOMCHAI)
    assert (len(done.added), done.linked, done.default_set) == (2, 1, True)
    assert (channel.seen_by(MALI), channel.seen_by(SOMCHAI)) == ("reporter", "officer")
    assert channel.upload(SOMCHAI).nothing


def test_a_new_drawing_reaches_everybody_and_the_old_menus_are_gone(channel):
    channel.upload(SOMCHAI)
    old = set(channel.world.rich_menus)
    channel.upload(SOMCHAI, drawing="2")
    assert len(channel.world.rich_menus) == 2
    assert not old & set(channel.world.rich_menus)
    assert (channel.seen_by(MALI), channel.seen_by(SOMCHAI)) == ("reporter", "officer")


def test_an_officer_who_joins_and_leaves(channel):
    channel.upload()
    assert channel.menus.show_officer_menu(MALI) is True
    assert channel.seen_by(MALI) == "officer"
    for _ in range(2):
        channel.menus.show_reporter_menu(MALI)
        assert channel.seen_by(MALI) == "reporter"


def test_before_any_upload_there_is_nothing_to_show(channel):
    assert channel.menus.show_officer_menu(MALI) is False
    channel.menus.show_reporter_menu(MALI)
    assert channel.shelf.default() is None


def test_a_menu_deleted_by_hand_is_a_lasting_failure_that_names_nobody(channel):
    channel.upload()
    channel.shelf.remove(channel.store.get(SETTING).value["officer"]["id"])
    with pytest.raises(PermanentFailure) as failure:
        channel.menus.show_officer_menu(MALI)
    assert MALI not in str(failure.value)


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 429}, {"delay_ms": 1500}])
def test_trouble_at_line_passes_and_names_nobody(channel, running, fault):
    channel.upload()
    running.simulator.world.faults.append(Fault(endpoint="richmenu", count=1, **fault))
    with pytest.raises(TemporaryFailure) as failure:
        channel.menus.show_officer_menu(MALI)
    assert MALI not in str(failure.value)
    assert channel.menus.show_officer_menu(MALI)


def test_more_than_500_officers_are_linked_in_parts(running, channel):
    pauses: list[float] = []
    shelf = LineMenuShelf(channel.calls, channel.calls, pauses.append)
    menu = shelf.add(definition.line_body(MENUS["officer"], "ess-dev-officer-1"), PICTURE)
    crowd = [f"U{n:032x}" for n in range(1001)]
    for user in crowd:
        channel.world.add_user("ก", user_id=user)
    shelf.show(menu, crowd)
    assert {channel.world.users[user].rich_menu_id for user in crowd} == {menu}
    assert len(pauses) == 2

"""The local cloud's own rules: it stays on loopback, and it leaves nothing running."""

import os
import signal
import socket
import sys
import time
from pathlib import Path

import httpx
import pytest

from local.cloud import environment, scripted
from local.cloud.__main__ import BadVariable, plan_from_environment
from local.cloud.phones import Phone, find_button, leads_to, postback, texts_of
from local.cloud.processes import Child, ChildFailed, PortTaken, require_free


@pytest.mark.parametrize(
    "endpoint", ["http://127.0.0.1:4566", "http://localhost:1", "http://[::1]:2"]
)
def test_loopback_is_accepted(endpoint):
    assert environment.require_loopback(endpoint) == endpoint


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://sts.amazonaws.com",
        "http://10.0.0.1:4566",
        "http://localhost.example",
        "",
        "127.0.0.1",
    ],
)
def test_everything_else_is_refused(endpoint):
    with pytest.raises(environment.NotLoopback):
        environment.aws_environment(endpoint)


def test_a_developers_own_aws_never_reaches_it():
    mine = {"AWS_PROFILE": "prod", "AWS_SESSION_TOKEN": "x", "HTTPS_PROXY": "p", "HOME": "/h"}
    given = environment.aws_environment("http://127.0.0.1:1", mine)
    assert not {"AWS_PROFILE", "AWS_SESSION_TOKEN", "HTTPS_PROXY"} & set(given)
    assert given["AWS_SHARED_CREDENTIALS_FILE"] == os.devnull
    assert given["HOME"] == "/h"


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return (
        Path(f"/proc/{pid}/stat").exists() and "Z" in Path(f"/proc/{pid}/stat").read_text().split()
    )


def wait_for(condition, seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


def test_stopping_a_child_ends_what_it_started(tmp_path):
    log = tmp_path / "log"
    script = "sleep 300 & echo $!; trap '' TERM; wait; wait"
    child = Child("A shell", ["sh", "-c", script], os.environ, log)
    assert wait_for(lambda: log.read_text().strip().isdigit())
    grandchild = int(log.read_text())
    child.stop()
    assert not child.alive()
    assert wait_for(lambda: gone(grandchild))


def test_a_child_that_ends_at_its_start_shows_its_log(tmp_path):
    child = Child("It", [sys.executable, "-c", "raise SystemExit('no luck')"], {}, tmp_path / "log")
    with pytest.raises(ChildFailed, match=r"(?s)It ended at its start.*no luck"):
        child.wait_until(lambda: False, 20)


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
def test_a_child_ends_when_its_parent_is_killed(tmp_path):
    parent = (
        "import os, pathlib, time; from local.cloud.processes import Child\n"
        f"c = Child('c', ['sleep', '300'], os.environ, pathlib.Path({str(tmp_path / 'c')!r}))\n"
        "print(c._process.pid, flush=True); time.sleep(300)"
    )
    outer = Child("p", [sys.executable, "-c", parent], os.environ, tmp_path / "p")
    assert wait_for(lambda: (tmp_path / "p").read_text().strip().isdigit())
    inner = int((tmp_path / "p").read_text())
    os.kill(outer._process.pid, signal.SIGKILL)
    assert wait_for(lambda: gone(inner))
    outer.stop()


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_taken_port_is_said_with_the_variable_that_changes_it():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortTaken, match=rf"Port {port}.*\n.*make run SIM_PORT=\d+"):
            require_free(port, "SIM_PORT", "the LINE simulator")


@pytest.mark.parametrize("value", ["0", "65536", "http", "-1"])
def test_a_port_that_is_none_is_refused(monkeypatch, value):
    monkeypatch.setenv("AWS_PORT", value)
    with pytest.raises(BadVariable, match="AWS_PORT"):
        plan_from_environment()


def test_without_simulator_a_line_endpoint_is_needed(monkeypatch):
    monkeypatch.setenv("SIMULATOR", "off")
    monkeypatch.delenv("LINE_ENDPOINT", raising=False)
    with pytest.raises(BadVariable, match="LINE_ENDPOINT"):
        plan_from_environment()


def test_a_button_is_known_by_its_data():
    accept = postback(o="accept", r="1")
    assert accept("o=accept&r=1&x=2")
    assert not accept("o=accept&r=2")
    assert not accept("")


def test_the_timeline_reads_cards_and_explains_thai():
    card = {
        "type": "flex",
        "contents": {
            "type": "bubble",
            "body": {"contents": [{"type": "text", "text": "เกิดอะไรขึ้น"}]},
        },
    }
    assert texts_of(card) == ["เกิดอะไรขึ้น"]
    assert scripted._english(texts_of(card)) == "What is happening?"


def test_a_text_that_carries_its_own_english_is_explained_by_it():
    assert scripted._english(["เหตุ A-1 มีคนรับแล้ว\nIncident A-1 is taken"]) == "Incident A-1 is taken"


def test_columns_count_what_a_terminal_shows():
    assert scripted._width("ที่") == 1
    assert scripted._width(scripted._clip("ก" * 99, 9)) == 9
    assert scripted._pad("ที่", 3) == "ที่  "


def test_a_quick_reply_is_gone_once_something_newer_is_below_it():
    def bubble(name, **message):
        return {"id": name, "from": "bot", "delivered": True, "message": message}

    close = {"type": "postback", "data": "o=close&r=1"}
    quick = {"items": [{"type": "action", "action": close}]}
    card = bubble("card", type="flex", contents={"footer": {"contents": [{"action": close}]}})
    asked = bubble("asked", type="text", text="?", quickReply=quick)
    newer = bubble("newer", type="text", text="!")
    assert find_button([card, asked], postback(o="close")) == (
        "asked",
        "quickReply.items.0.action",
    )
    assert find_button([asked, newer], postback(o="close")) is None
    assert find_button([asked, newer | {"delivered": False}], postback(o="close")) is not None
    assert find_button([card, asked, newer], postback(o="close")) == (
        "card",
        "contents.footer.contents.0.action",
    )


class Moving:
    """A simulator in which a quick reply moves on between the look and the tap."""

    def __init__(self, *refusals):
        self.refusals = [*refusals]
        self.tapped = []

    def get(self, _path):
        action = {"type": "postback", "label": "x", "data": "o=close"}
        reply = {"type": "text", "text": "t", "quickReply": {"items": [{"action": action}]}}
        return [{"from": "bot", "id": f"m{len(self.tapped)}", "message": reply, "delivered": True}]

    def post(self, _path, action):
        self.tapped.append(action["message_id"])
        if self.refusals:
            answer = httpx.Response(self.refusals.pop(0), request=httpx.Request("POST", "http://x"))
            raise httpx.HTTPStatusError("refused", request=answer.request, response=answer)
        return {}


def test_a_hand_looks_again_where_a_quick_reply_has_moved_on():
    simulator = Moving(409)
    assert Phone(simulator, "U1", "x").tap(postback(o="close")) == {}
    assert simulator.tapped == ["m0", "m1"]


def test_what_a_simulator_refuses_for_another_reason_is_told():
    with pytest.raises(httpx.HTTPStatusError):
        Phone(Moving(400), "U1", "x").tap(postback(o="close"))


def test_a_hand_finds_a_button_behind_more_of_the_same_report():
    assert leads_to("o=more&r=1", postback(o="close", r="1"))
    assert not leads_to("o=more&r=2", postback(o="close", r="1"))
    assert not leads_to("o=more&r=1", postback(o="accept", r="1"))
    assert not leads_to("o=more&r=1", postback(o="close", r="1", why="resolved"))
    assert not leads_to("o=close&r=1", postback(o="close", r="1"))

"""Starting and ending the simulator on loopback."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import httpx
import pytest

from local.simulator.__main__ import main
from local.simulator.server import SimulatorDidNotStart, run_in_thread

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]


def test_a_taken_port_is_said_and_a_stopped_one_is_free_again(capsys):
    first = run_in_thread(0)
    port = urlsplit(first.url).port
    try:
        with pytest.raises(SimulatorDidNotStart, match=str(port)):
            run_in_thread(port)
        options = ["--port", str(port), "--channel-secret", "s", "--channel-access-token", "t"]
        assert main(options) == 1
        assert f"Port {port} is taken" in capsys.readouterr().err
    finally:
        first.stop()
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))


def test_it_stops_while_a_page_is_open():
    handle = run_in_thread(0)
    with (
        httpx.Client(trust_env=False) as client,
        client.stream("GET", f"{handle.url}/_sim/events") as page,
    ):
        assert next(page.iter_lines()) == "retry: 500"
        handle.stop()
        assert not handle._thread.is_alive()

"""Serving the simulator: in the foreground, or in a thread for tests and the runner."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any

import uvicorn

from local.simulator.app import Simulator


class SimulatorDidNotStart(RuntimeError):
    """The port is taken, or the server failed at its start."""


class _Server(uvicorn.Server):
    """Ends the live streams first, so that open pages do not hold a shutdown up."""

    def __init__(self, config: uvicorn.Config, simulator: Simulator) -> None:
        super().__init__(config)
        self._simulator = simulator

    async def shutdown(self, sockets: Any = None) -> None:
        self._simulator.hub.close()
        await super().shutdown(sockets)


@dataclass
class Handle:
    """A running simulator."""

    simulator: Simulator
    url: str
    _server: _Server
    _thread: threading.Thread

    def stop(self) -> None:
        """Stop serving and wait until the port is free."""
        self._server.should_exit = True
        self._thread.join(timeout=10)


def make_server(simulator: Simulator, port: int, host: str = "127.0.0.1") -> _Server:
    """A uvicorn server on loopback for ``simulator``."""
    config = uvicorn.Config(
        simulator.app,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=1,
        ws="none",
    )
    return _Server(config, simulator)


def run_in_thread(
    port: int = 0,
    *,
    channel_secret: str = "simulated-secret",  # noqa: S107 - no real channel
    channel_access_token: str = "simulated-token",  # noqa: S107 - no real channel
    **settings: Any,
) -> Handle:
    """Start a simulator in a daemon thread; ``port`` 0 takes a free one.

    Raises:
        SimulatorDidNotStart: it does not serve within ten seconds.
    """
    simulator = Simulator(channel_secret, channel_access_token, **settings)
    server = make_server(simulator, port)
    thread = threading.Thread(target=_run, args=(server,), name="line-simulator", daemon=True)
    thread.start()
    deadline = time.monotonic() + 10
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise SimulatorDidNotStart(f"port {port}: taken, or the server failed")
        time.sleep(0.01)
    bound = server.servers[0].sockets[0].getsockname()[1]
    return Handle(simulator, f"http://127.0.0.1:{bound}", server, thread)


def _run(server: _Server) -> None:
    try:
        server.run()
    except SystemExit:
        return  # uvicorn's way to say the port is taken; run_in_thread reports it

"""``python -m local.simulator``: serve the LINE simulator until Ctrl-C."""

from __future__ import annotations

import argparse
import socket
import sys

from local.simulator.app import Simulator
from local.simulator.cloud_view import CloudSettings
from local.simulator.server import make_server


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m local.simulator", description="A LINE platform with phones in the browser."
    )
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--webhook-url", default="", help="where signed webhooks go")
    parser.add_argument("--channel-secret", required=True)
    parser.add_argument("--channel-access-token", required=True)
    parser.add_argument("--aws-endpoint", default="", help="the local cloud, for SMS and timelines")
    parser.add_argument("--reports-table", default="")
    parser.add_argument("--stations-table", default="")
    parser.add_argument("--region", default="ap-southeast-1")
    return parser.parse_args(arguments)


def port_is_free(port: int) -> bool:
    """Whether the loopback port can be bound now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def main(arguments: list[str] | None = None) -> int:
    """Serve; the exit status is 1 when the port is taken."""
    options = parse(arguments)
    if options.port and not port_is_free(options.port):
        print(
            f"Port {options.port} is taken. Stop what uses it, or choose another with --port.",
            file=sys.stderr,
        )
        return 1
    simulator = Simulator(
        options.channel_secret,
        options.channel_access_token,
        webhook_url=options.webhook_url,
        cloud=CloudSettings(
            options.aws_endpoint, options.reports_table, options.stations_table, options.region
        ),
    )
    print(f"LINE simulator: http://127.0.0.1:{options.port}/  (Ctrl-C ends it)", flush=True)
    make_server(simulator, options.port).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())

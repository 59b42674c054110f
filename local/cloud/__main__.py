"""`make run`: everything on this machine, one report played through it, then it stays up.

Variables: AWS_PORT (4566), SIM_PORT (8080), LINE_ENDPOINT (default: the simulator),
LINE_CHANNEL_SECRET, LINE_CHANNEL_ACCESS_TOKEN, SIMULATOR=off.
"""

import os
import signal
import sys
import time
from types import FrameType
from typing import Final

from local.cloud import environment, processes, sam_local, stack
from local.cloud.cloud import ROOT, Cloud, Plan, SeedFailed, WebhookSilent
from local.cloud.phones import NeverHappened, Phones
from local.cloud.scripted import play, table
from local.simulator.server import SimulatorDidNotStart
from tools.build import BuildFailed, build_folder

_EXPECTED: Final = (
    BuildFailed,
    NeverHappened,
    SeedFailed,
    SimulatorDidNotStart,
    WebhookSilent,
    environment.NotLoopback,
    processes.ChildFailed,
    processes.PortTaken,
    stack.DeployFailed,
)


class _Ended(Exception):
    """SIGTERM or Ctrl-C."""


class BadVariable(ValueError):
    """A variable of `make run` makes no sense; the message says which and why."""


def _port(name: str, default: int) -> int:
    value = os.environ.get(name) or str(default)
    if not value.isdecimal() or not 1 <= int(value) <= 65535:
        raise BadVariable(f"{name}={value!r} is not a port: give a number from 1 to 65535")
    return int(value)


def plan_from_environment() -> Plan:
    """What `make run`'s variables ask for.

    Raises:
        BadVariable: one of them makes no sense.
        PortTaken: a port is taken.
    """
    simulator = os.environ.get("SIMULATOR", "on").lower() not in {"off", "no", "0", "false"}
    line_endpoint = os.environ.get("LINE_ENDPOINT", "")
    if not simulator and not line_endpoint:
        raise BadVariable("SIMULATOR=off needs LINE_ENDPOINT: the base URL of a LINE API")
    aws_port, sim_port = _port("AWS_PORT", 4566), _port("SIM_PORT", 8080)
    if simulator and aws_port == sim_port:
        raise BadVariable(f"AWS_PORT and SIM_PORT are both {aws_port}: each needs one of its own")
    processes.require_free(aws_port, "AWS_PORT", "the emulator")
    if simulator:
        processes.require_free(sim_port, "SIM_PORT", "the LINE simulator")
    return Plan(
        directory=ROOT / ".local" / str(aws_port),  # two may run side by side
        aws_port=aws_port,
        sim_port=sim_port,
        simulator=simulator,
        line_endpoint=line_endpoint,
        channel_secret=os.environ.get("LINE_CHANNEL_SECRET") or Plan.channel_secret,
        channel_access_token=(
            os.environ.get("LINE_CHANNEL_ACCESS_TOKEN") or Plan.channel_access_token
        ),
    )


def _said(what: str, seconds: float) -> None:
    print(f"  {seconds:5.1f} s  {what}", flush=True)


def _play(cloud: Cloud) -> None:
    if not cloud.plan.simulator:
        print("\nNo simulator, so no scripted report: send the webhooks yourself.")
        return
    print("\nOne report, from the first tap to the closing message:\n", flush=True)
    with Phones(cloud.simulator.url) as phones:
        played = play(phones)
    print(table(played))
    print()
    for what, milliseconds in played.measured.items():
        print(f"  {milliseconds:>6} ms  {what}")


def _addresses(cloud: Cloud) -> None:
    rows = [("Webhook", cloud.webhook_url), ("Emulator", cloud.endpoint)]
    if cloud.plan.simulator:
        rows.insert(0, ("Phones", cloud.simulator.url + "/"))
    template = sam_local.write(
        cloud.plan.directory, build_folder("host"), cloud.endpoint, cloud.client
    )
    rows += [
        ("LINE API", cloud.line_endpoint),
        ("Log", str(cloud.emulator_log.relative_to(ROOT))),
        ("sam local", f"-t {template.relative_to(ROOT)}"),
    ]
    print()
    for name, value in rows:
        print(f"  {name:<9} {value}")
    print("\nCtrl-C ends everything.", flush=True)


def _stay(cloud: Cloud) -> None:
    while cloud.alive():
        time.sleep(0.5)
    raise processes.ChildFailed(f"The emulator has ended.\n{cloud.log_end()}")


def _end(_number: int, _frame: FrameType | None) -> None:
    raise _Ended


def main() -> int:
    """Run until Ctrl-C; the exit status is 1 when something went wrong."""
    began = time.monotonic()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)
    try:
        plan = plan_from_environment()
        environment.enter(f"http://127.0.0.1:{plan.aws_port}")
        print("ESS Help Me on this machine:", flush=True)
        with Cloud(plan, _said) as cloud:
            print(f"  served after {time.monotonic() - began:.1f} s", flush=True)
            _play(cloud)
            _addresses(cloud)
            if "--once" not in sys.argv[1:]:
                _stay(cloud)
    except _Ended:
        print("\nEnded.")
        return 0
    except (*_EXPECTED, BadVariable) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

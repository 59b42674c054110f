"""The whole service on this machine: emulator, simulator, deployed stack, sample data."""

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from local.cloud import stack
from local.cloud.environment import ACCESS_KEY, REGION, aws_environment, python_of
from local.cloud.phones import Phones
from local.cloud.processes import Child, free_port
from local.simulator.cloud_view import CloudSettings
from local.simulator.server import Handle, run_in_thread
from tools.build import build, build_folder

ROOT: Final = Path(__file__).resolve().parents[2]
SAMPLE: Final = ROOT / "local" / "sample"
STATIONS: Final = SAMPLE / "stations_sample.geojson"
RESPONDERS: Final = SAMPLE / "responders_sample.json"

# What the stack uses, so that the emulator opens nothing else (its MQTT broker, for one).
_SERVICES: Final = (
    "apigateway,cloudformation,dynamodb,events,execute-api,iam,kms,lambda,logs,monitoring,s3,"
    "scheduler,sns,sqs,ssm,states,sts"
)
_START_SECONDS: Final = 60.0


class SeedFailed(RuntimeError):
    """The `ess` command could not load the sample; the message is its output."""


class WebhookSilent(RuntimeError):
    """The deployed webhook does not answer LINE's connection check; the message says how."""


@dataclass(frozen=True)
class Plan:
    """What to start, and where.

    Args:
        directory: for logs and the emulator's files; it is emptied first.
        aws_port: the emulator's port; 0 takes a free one.
        sim_port: the simulator's port; 0 takes a free one.
        simulator: whether to start the LINE simulator.
        line_endpoint: base URL of LINE's API; empty means the simulator's.
        channel_secret: signs webhooks.
        channel_access_token: what LINE's API accepts.
        parameters: further parameters of the stack, such as GraceSeconds.
    """

    directory: Path
    aws_port: int = 0
    sim_port: int = 0
    simulator: bool = True
    line_endpoint: str = ""
    channel_secret: str = "local-channel-secret"  # noqa: S105 - the simulator's, no secret anywhere
    channel_access_token: str = "local-channel-access-token"  # noqa: S105 - as above
    parameters: Mapping[str, str] = field(default_factory=dict)


class Cloud:
    """A running local cloud. Use it as a context manager; leaving it ends all that it started."""

    def __init__(self, plan: Plan, say: Callable[[str, float], None] | None = None) -> None:
        self.plan = plan
        self.outputs: dict[str, str] = {}
        self._aws_port = plan.aws_port or free_port()
        self._say = say or (lambda _what, _seconds: None)
        self._stack = ExitStack()
        self._emulator: Child | None = None
        self._simulator: Handle | None = None
        self._clients: dict[str, Any] = {}

    # --- where things are ---

    @property
    def endpoint(self) -> str:
        """The emulator's address, for AWS_ENDPOINT_URL."""
        return f"http://127.0.0.1:{self._aws_port}"

    @property
    def simulator(self) -> Handle:
        """The running simulator.

        Raises:
            RuntimeError: this cloud runs without one.
        """
        if self._simulator is None:
            raise RuntimeError("this local cloud runs without the simulator")
        return self._simulator

    @property
    def line_endpoint(self) -> str:
        """Base URL of LINE's API as the functions see it."""
        return self.plan.line_endpoint or self.simulator.url

    @property
    def webhook_url(self) -> str:
        """Where LINE's webhooks go."""
        api = self.outputs["ApiId"]
        return f"{self.endpoint}/_aws/execute-api/{api}/{stack.STAGE}/line/webhook"

    @property
    def pages_url(self) -> str:
        """Where the pages behind links in SMS are served; the links go by the simulator."""
        api = self.outputs["PagesApiId"]
        return f"{self.endpoint}/_aws/execute-api/{api}/{stack.STAGE}"

    @property
    def emulator_log(self) -> Path:
        """What the emulator and the functions print."""
        return self.plan.directory / "emulator.log"

    def client(self, service: Any) -> Any:
        """A boto3 client of the emulator, made once a service."""
        if service not in self._clients:
            import boto3  # noqa: PLC0415 - slow, and not needed before the emulator is up
            from botocore.config import Config  # noqa: PLC0415

            self._clients[service] = boto3.session.Session(
                aws_access_key_id=ACCESS_KEY, aws_secret_access_key=ACCESS_KEY, region_name=REGION
            ).client(service, endpoint_url=self.endpoint, config=Config(proxies={}))
        return self._clients[service]

    def environment(self) -> dict[str, str]:
        """Variables with which the project's own commands find this cloud."""
        tables = {
            f"ESS_{name.upper()}_TABLE": self.outputs[f"{name}Table"]
            for name in (
                *("Conversations", "Reports", "Stations"),
                *("Responders", "Settings", "Invitations"),
            )
            if f"{name}Table" in self.outputs
        }
        return (
            aws_environment(self.endpoint)
            | tables
            | {
                "ESS_STATION_FILES_BUCKET": self.outputs.get("StationFilesBucket", ""),
                "ESS_IMPORT_STATIONS_FUNCTION": self.outputs.get("ImportStationsFunction", ""),
                "ESS_MEDIA_BUCKET": self.outputs.get("MediaBucket", ""),
                "ESS_LINE_ENDPOINT": self.line_endpoint,
                "ESS_LINE_DATA_ENDPOINT": self.line_endpoint,
                "ESS_LINE_SECRET_PARAMETER": stack.SECRET_PARAMETER,
                "ESS_LINE_TOKEN_PARAMETER": stack.TOKEN_PARAMETER,
                "ESS_STAGE": stack.STAGE,
            }
        )

    def sms(self) -> dict[str, list[dict[str, Any]]]:
        """SMS that SNS has sent, by phone number, oldest first."""
        sent = json.loads(self._get(f"/_ministack/sns/sms-messages?region={REGION}"))[
            "sms_messages"
        ]
        return dict(sent)

    def alive(self) -> bool:
        """Whether everything that was started still runs."""
        return self._emulator is not None and self._emulator.alive()

    def log_end(self) -> str:
        """The end of the emulator's log."""
        return self._emulator.log_end() if self._emulator else ""

    # --- start and end ---

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        self._stack.close()

    def _start(self) -> None:
        with self._step("build the stack (sam build)"):
            build("host")
        with self._step("start the emulator and the simulator"):
            self._start_emulator()
            if self.plan.simulator:
                self._start_simulator()
        with self._step("deploy the stack (sam deploy)"):
            self._deploy()
        with self._step("load the sample stations and responders"):
            self.seed()
        if self._simulator is not None:
            self._upload_menus()
            with self._step("check the webhook, as LINE's console does"):
                self._verify_webhook(self._simulator.url)

    @contextmanager
    def _step(self, what: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        self._say(what, time.monotonic() - began)

    def _start_emulator(self) -> None:
        home = self.plan.directory / "emulator"
        shutil.rmtree(home, ignore_errors=True)
        (home / "tmp").mkdir(parents=True)
        settings = aws_environment(self.endpoint) | {
            "AUTH": "true",
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self._aws_port),
            "MINISTACK_REGION": REGION,
            "SERVICES": _SERVICES,
            "IOT_MTLS_ENABLED": "0",
            "STATE_DIR": str(home / "state"),
            "TMPDIR": str(home / "tmp"),
            "PYTHONUNBUFFERED": "1",
        }
        launcher = Path(__file__).with_name("emulator.py")
        command = [str(python_of(".venv-cloud")), str(launcher)]
        self._emulator = Child("The emulator", command, settings, self.emulator_log)
        self._stack.callback(shutil.rmtree, home, ignore_errors=True)
        self._stack.callback(self._emulator.stop)
        self._emulator.wait_until(self._emulator_ready, _START_SECONDS)

    def _emulator_ready(self) -> bool:
        try:
            return json.loads(self._get("/_ministack/ready")).get("status") == "completed"
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def _get(self, path: str) -> bytes:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(self.endpoint + path, timeout=5) as answer:
            return bytes(answer.read())

    def _start_simulator(self) -> None:
        self._simulator = run_in_thread(
            self.plan.sim_port,
            channel_secret=self.plan.channel_secret,
            channel_access_token=self.plan.channel_access_token,
            cloud=CloudSettings(self.endpoint, "", "", REGION),
        )
        self._stack.callback(self._simulator.stop)

    def _deploy(self) -> None:
        stack.store_secrets(
            self.client("ssm"), self.plan.channel_secret, self.plan.channel_access_token
        )
        line = {"LineEndpoint": self.line_endpoint, "LineDataEndpoint": self.line_endpoint}
        if self._simulator is not None:
            line["LinkBaseUrl"] = self._simulator.url
        self.outputs = stack.deploy(
            ROOT,
            build_folder("host"),
            self.endpoint,
            line | dict(self.plan.parameters),
            lambda: self.client("cloudformation"),
        )
        if self._simulator is not None:
            self._simulator.simulator.world.config.webhook_url = self.webhook_url
            self._simulator.simulator.cloud.settings = CloudSettings(
                self.endpoint,
                self.outputs["ReportsTable"],
                self.outputs["StationsTable"],
                REGION,
                self.pages_url,
            )

    def _verify_webhook(self, simulator: str) -> None:
        """Repeat LINE's connection check until the first, cold function is there to answer it.

        Raises:
            WebhookSilent: it does not answer.
        """
        outcome: dict[str, Any] = {}
        with Phones(simulator) as phones:
            for _attempt in range(10):
                outcome = phones.post("/_sim/verify")
                if outcome["status"] == 200:
                    return
        raise WebhookSilent(f"The webhook does not answer: {outcome}\n{self.log_end()}")

    def audit(self) -> dict[str, Any]:
        """Run the auditor now, as the schedule does every minute; what it answered."""
        name = self.client("cloudformation").describe_stack_resource(
            StackName=stack.STACK, LogicalResourceId="AuditReportsFunction"
        )["StackResourceDetail"]["PhysicalResourceId"]
        answer = self.client("lambda").invoke(FunctionName=name, Payload=b"{}")
        return {"error": answer.get("FunctionError"), "payload": answer["Payload"].read().decode()}

    # --- data ---

    def ess(self, *arguments: str) -> str:
        """Run the project's own `ess` command against this cloud; what it printed.

        Raises:
            SeedFailed: it failed.
        """
        done = subprocess.run(
            [sys.executable, "-m", "operate", *arguments],
            cwd=ROOT,
            env=self.environment() | {"PYTHONPATH": os.pathsep.join(_python_path())},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SeedFailed(f"ess {' '.join(arguments)}\n{done.stdout}{done.stderr}")
        return done.stdout

    def seed(self) -> None:
        """Load the sample stations and responders, and give each responder a phone with LINE.

        Raises:
            SeedFailed: the `ess` command failed.
        """
        self.ess("stations", "import", str(STATIONS))
        self.ess("responders", "import", str(RESPONDERS))
        if self._simulator is not None:
            features = json.loads(STATIONS.read_text(encoding="utf-8"))["features"]
            names = {feature.get("id"): feature["properties"]["name"] for feature in features}
            for officer in self.responders():
                if officer.get("line_user_id"):
                    unit = officer["unit_id"]
                    self._simulator.simulator.world.add_user(
                        officer["name_th"],
                        user_id=officer["line_user_id"],
                        role="officer",
                        unit=names.get(unit, unit),
                    ).friendship = "friend"

    def _upload_menus(self) -> None:
        """Give the simulator's phones their rich menus, if this machine can draw them."""
        began = time.monotonic()
        try:
            self.ess("menus", "upload")
            said = "draw and upload the rich menus"
        except SeedFailed as failed:
            # All works without: every button of a menu can be typed.
            said = f"no rich menus: {str(failed).splitlines()[-1].removeprefix('ess: ')}"
        self._say(said, time.monotonic() - began)

    def responders(self) -> list[dict[str, Any]]:
        """Every responder in the table, as plain values."""
        from boto3.dynamodb.types import TypeDeserializer  # noqa: PLC0415 - as in `client`

        read = TypeDeserializer().deserialize
        pages = (
            self.client("dynamodb")
            .get_paginator("scan")
            .paginate(TableName=self.outputs["RespondersTable"])
        )
        return [
            {name: read(value) for name, value in item.items()}
            for page in pages
            for item in page["Items"]
        ]


def _python_path() -> list[str]:
    return [str(ROOT / "layers" / "ess"), str(ROOT)]

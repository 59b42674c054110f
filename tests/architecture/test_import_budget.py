"""Each function starts cold most of the time: what it loads is counted, and may not creep up.

Counted are the modules that the built function loads to have its handler and every adapter that it
asks `ess.bootstrap` for. Seconds depend on the machine; modules do not.
"""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.conftest import Function, functions

# Loaded by nothing that LINE waits for: the SDK costs 0.7 s, boto3's upper layer 0.2 s.
HEAVY = {"aiohttp", "boto3", "ijson", "linebot", "numpy", "pydantic", "requests", "s3transfer"}
HEAVY |= {"PIL"}  # decoders of what strangers send

# Logical id -> (modules at most, heavy packages that it may load).
LINE_SDK = {"aiohttp", "linebot", "pydantic", "requests"}
STATIONS = {"ijson", "numpy"}
PICTURES = {"PIL"}
BUDGETS: dict[str, tuple[int, set[str]]] = {
    "ReceiveWebhookFunction": (460, set()),
    "FindStationFunction": (410, set()),
    "ImportStationsFunction": (545, STATIONS),
    "KeepMediaFunction": (450, PICTURES),
    "AssignReportFunction": (415, set()),
    "CheckReadinessFunction": (400, set()),
    "AnswerLinkFunction": (430, set()),
    "AuditReportsFunction": (420, set()),  # it writes to people on LINE
    "NotifyRespondersFunction": (1070, LINE_SDK),
    "FollowUpReportFunction": (1070, LINE_SDK),
}

SCRIPT = """
import importlib, json, sys
sys.path = json.loads(sys.argv[1]) + [p for p in sys.path if "site-packages" not in p]
before = set(sys.modules)
getattr(importlib.import_module(sys.argv[2]), sys.argv[3])
from ess import bootstrap
for name in json.loads(sys.argv[4]):
    getattr(bootstrap, name)()
print(json.dumps(sorted(set(sys.modules) - before)))
"""

SETTINGS = {
    "AWS_DEFAULT_REGION": "ap-southeast-1",
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "ESS_CONVERSATIONS_TABLE": "conversations",
    "ESS_REPORTS_TABLE": "reports",
    "ESS_STATIONS_TABLE": "stations",
    "ESS_STATION_FILES_BUCKET": "files",
    "ESS_RESPONDERS_TABLE": "responders",
    "ESS_SETTINGS_TABLE": "settings",
    "ESS_INVITATIONS_TABLE": "invitations",
    "ESS_MEDIA_BUCKET": "media",
    "ESS_MEDIA_QUEUE_URL": "http://127.0.0.1:1/media",
    "ESS_STATE_MACHINE_ARN": "arn:aws:states:ap-southeast-1:000000000000:stateMachine:none",
    "ESS_DESK_TOPIC_ARN": "arn:aws:sns:ap-southeast-1:000000000000:desk",
    "ESS_REJECTED_QUEUE_URL": "http://127.0.0.1:1/queue",
    "ESS_LINE_ENDPOINT": "http://127.0.0.1:1",
    "ESS_LINE_DATA_ENDPOINT": "http://127.0.0.1:1",
    "ESS_LINE_SECRET_PARAMETER": "/ess/none/secret",
    "ESS_LINE_TOKEN_PARAMETER": "/ess/none/token",
    "ESS_LINK_SECRET_PARAMETER": "/ess/none/link-secret",
    "ESS_LINK_BASE_URL": "http://127.0.0.1:1",
    "ESS_SMS_SENDER_ID": "ESS",
    "ESS_GRACE_SECONDS": "1",
    "ESS_PROGRESS_SECONDS": "1",
    "ESS_ACKNOWLEDGE_SECONDS": "60",
    "ESS_DESK_SECONDS": "60",
    "ESS_STAGE": "none",
}


def adapters_of(app: str, bootstrap: str) -> list[str]:
    """Builders of bootstrap that an app asks for, or needs for them, if they need no argument."""
    builders = {n.name: n for n in ast.parse(bootstrap).body if isinstance(n, ast.FunctionDef)}
    asked: set[str] = set()
    fresh = {
        node.attr
        for node in ast.walk(ast.parse(app))
        if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "bootstrap"
    }
    while fresh := (fresh & set(builders)) - asked:
        asked |= fresh
        fresh = {
            node.id
            for name in fresh
            for node in ast.walk(builders[name])
            if isinstance(node, ast.Name)
        }
    needy = {name for name, b in builders.items() if len(b.args.args) > len(b.args.defaults)}
    return sorted(asked - needy)


def modules_of(function: Function, built: Path, runtime: Path) -> list[str]:
    """Names of the modules that a cold start of the built function loads."""
    folder = built / function.name
    asked = adapters_of(
        (folder / "app.py").read_text(),
        (built / "EssLayer" / "python" / "ess" / "bootstrap.py").read_text(),
    )
    path = [
        str(folder),
        *(str(built / layer / "python") for layer in function.layers),
        str(runtime),
    ]
    module, _, name = function.handler.rpartition(".")
    arguments = [json.dumps(path), module, name, json.dumps(asked)]
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", SCRIPT, *arguments],
        env=SETTINGS,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("function", functions(), ids=lambda function: function.name)
def test_a_cold_start_stays_within_its_budget(function: Function, built: Path, runtime: Path):
    assert function.name in BUDGETS, "give the new function a budget"
    most, allowed = BUDGETS[function.name]
    loaded = modules_of(function, built, runtime)
    assert not {name.partition(".")[0] for name in loaded} & (HEAVY - allowed)
    assert len(loaded) <= most, f"{len(loaded)} modules; was something heavy added?"
    assert len(loaded) > most * 0.8, (
        f"only {len(loaded)} modules: lower the budget to keep the gain"
    )

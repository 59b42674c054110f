"""The AWS emulator, with the few places corrected where it differs from AWS in what we rely on.

Run by path with the interpreter of `.venv-cloud`, which knows nothing of this project: standard
library and ministack only. Each correction replaces one exact piece of the emulator's source while
it is imported. If a piece is not found exactly once the start fails and says so: then a new version
of the emulator has changed, and the correction is to be looked at again (it may be needless).
"""

import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Sequence
from types import CodeType, ModuleType
from typing import Final

# module -> pieces of its source and what they become
CORRECTIONS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    # AWS reports the class of an exception that a handler raised as `errorType`, and Retry and
    # Catch match on it. The emulator reports `Runtime.HandlerError` whatever was raised.
    "ministack.core.lambda_runtime": (
        (
            '"error": str(e), "trace": traceback.format_exc()})',
            '"error": str(e), "error_type": type(e).__name__, "trace": traceback.format_exc()})',
        ),
        # The emulator unpacks and examines every layer at every cold start, which takes longer than
        # LINE waits. Lambda does not either: here a layer is unpacked once, and linked to.
        (
            "\n_workers: dict = {}\n",
            """
_workers: dict = {}
_unpack_lock = threading.Lock()


def _unpack_once(layer_data, layer_dir):
    digest = hashlib.sha256(layer_data).hexdigest()
    folder = os.path.join(tempfile.gettempdir(), "layer-" + digest)
    with _unpack_lock:
        if not os.path.isdir(folder):
            fresh = tempfile.mkdtemp(prefix="unpacking-")
            with tempfile.TemporaryFile() as archive:
                archive.write(layer_data)
                zipfile.ZipFile(archive).extractall(fresh)
            os.rename(fresh, folder)
    os.rmdir(layer_dir)
    os.symlink(folder, layer_dir)
""",
        ),
        ("for member in lzf.namelist():", "for member in ():"),
        ("lzf.extractall(layer_dir)", "_unpack_once(layer_data, layer_dir)"),
    ),
    "ministack.services.lambda_svc": (
        (
            """error_msg = result.get("error", "Unknown error")
            error_type = "Runtime.HandlerError"
""",
            """error_msg = result.get("error", "Unknown error")
            error_type = result.get("error_type", "Runtime.HandlerError")
""",
        ),
    ),
    # On AWS a `lambda:invoke.waitForTaskToken` whose function fails is a failed task. The emulator
    # swallows the failure and waits for the callback until the timeout.
    "ministack.services.stepfunctions": (
        (
            """            _call_lambda(func_ref, lambda_payload)
        except _ExecutionError:
            pass
""",
            """            _call_lambda(func_ref, lambda_payload)
        except _ExecutionError:
            _task_tokens.pop(token, None)
            raise
""",
        ),
        # On AWS TimeoutSeconds may be a JSONata expression, evaluated at each attempt, and each
        # attempt has a task token of its own. The emulator waits for the text of the expression.
        (
            """        ctx["State"]["RetryCount"] = sum(retry_counts.values())
        if query_language""",
            """        ctx["State"]["RetryCount"] = sum(retry_counts.values())
        if is_callback:
            ctx["Task"] = {"Token": new_uuid()}
            execution["taskToken"] = ctx["Task"]["Token"]
        if query_language""",
        ),
        (
            """                effective = _apply_jsonata_arguments(state_def, raw_input, ctx)

""",
            """                effective = _apply_jsonata_arguments(state_def, raw_input, ctx)
                if "TimeoutSeconds" in state_def:
                    timeout = _jsonata_timeout(state_def, raw_input, ctx)

""",
        ),
        (
            """                    resource, effective, ctx["Task"]["Token"], state_def)
""",
            """                    resource, effective, ctx["Task"]["Token"],
                    state_def if timeout is None else {**state_def, "TimeoutSeconds": timeout})
""",
        ),
        (
            """                    resource, effective, state_def["TimeoutSeconds"])
""",
            """                    resource, effective,
                    state_def["TimeoutSeconds"] if timeout is None else timeout)
""",
        ),
        (
            """    last_error: _ExecutionError | None = None

    while True:
""",
            """    last_error: _ExecutionError | None = None
    timeout = None

    while True:
""",
        ),
        (
            """def _execute_task(state_def, raw_input, execution, ctx):
""",
            """def _jsonata_timeout(state_def, raw_input, ctx):
    seconds = _jsonata_state_field(state_def, "TimeoutSeconds", "number", raw_input, ctx)
    if not float(seconds).is_integer() or not 0 < seconds <= 99999999:
        raise _ExecutionError(
            "States.QueryEvaluationError",
            f"The TimeoutSeconds field is no positive integer: {json.dumps(seconds)}")
    return int(seconds)


def _execute_task(state_def, raw_input, execution, ctx):
""",
        ),
        # On AWS a stopped execution stays stopped and its task token is dead. The emulator keeps
        # the token alive until its timeout, retries and may then turn ABORTED into FAILED.
        (
            """    execution["status"] = "ABORTED"
""",
            """    execution["status"] = "ABORTED"
    waiting = _task_tokens.pop(execution.get("taskToken"), None)
    if waiting:
        waiting["event"].set()
""",
        ),
        (
            """    info = _task_tokens.pop(token, {})
    if info.get("error"):
        e = info["error"]
        raise _ExecutionError(e.get("Error", "TaskFailed"),
                              e.get("Cause", ""))
""",
            """    info = _task_tokens.pop(token, None)
    if info is None:
        raise _ExecutionError("States.TaskFailed", "the execution was stopped")
    if info.get("error"):
        e = info["error"]
        raise _ExecutionError(e.get("Error", "TaskFailed"),
                              e.get("Cause", ""))
""",
        ),
        (
            """        except _ExecutionError as err:
            last_error = err
            _add_event(execution, "TaskFailed", {
                "taskFailedEventDetails": {
""",
            """        except _ExecutionError as err:
            if execution["status"] != "RUNNING":
                raise
            last_error = err
            _add_event(execution, "TaskFailed", {
                "taskFailedEventDetails": {
""",
        ),
        (
            """def _fail_execution(execution, error, cause):
""",
            """def _fail_execution(execution, error, cause):
    if execution["status"] != "RUNNING":
        return
""",
        ),
    ),
    # AWS is always spoken to over TLS, and policies may insist on it. The emulator has none: here
    # the way to it, on this machine alone, counts as encrypted.
    "ministack.core.iam_evaluator": (
        ("        return str(ctx.secure_transport).lower()\n", '        return "true"\n'),
    ),
    # The emulator refuses alarms on an expression over several metrics. Here such an alarm exists
    # and never goes off.
    "ministack.services.cloudformation.provisioners": (
        (
            """    if props.get("Metrics"):
        raise ValueError(
            "AWS::CloudWatch::Alarm Properties.Metrics (metric math) is not supported; "
            "use MetricName and Namespace."
        )
""",
            """    if props.get("Metrics"):
        props = {**props, "MetricName": "expression", "Namespace": "several"}
""",
        ),
    ),
}


class _CorrectedLoader(importlib.machinery.SourceFileLoader):
    """Loads a module of the emulator from its corrected source, never from cached byte code."""

    def get_code(self, fullname: str) -> CodeType:
        source = self.get_data(self.path).decode()
        for old, new in CORRECTIONS[fullname]:
            if source.count(old) != 1:
                sys.exit(
                    f"local/cloud/emulator.py: the emulator's {fullname} has changed; look again at"
                    f" the correction that begins {old[:60]!r}"
                )
            source = source.replace(old, new)
        return compile(source, self.path, "exec", dont_inherit=True)


class _CorrectingFinder(importlib.abc.MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname not in CORRECTIONS:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.origin is None:
            return None
        return importlib.util.spec_from_file_location(
            fullname, spec.origin, loader=_CorrectedLoader(fullname, spec.origin)
        )


def main() -> None:
    """Start the emulator in this process. Its settings are its own environment variables."""
    sys.meta_path.insert(0, _CorrectingFinder())
    # Lambda workers run `sys.executable script`: our folder must not be on anyone's path.
    sys.path[:] = [entry for entry in sys.path if not entry.endswith("local/cloud")]
    from ministack.app import main as serve  # noqa: PLC0415

    serve()


if __name__ == "__main__":
    main()

"""Imports by the deployed stack's function: the file goes to its bucket, the answer comes back."""

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

from ess import bootstrap
from ess.adapters.staging.sqlite import StagingFailed
from ess.adapters.station_files import FileUnreadable
from ess.adapters.station_files.sources import bucket_and_key
from ess.domain.errors import (
    DirectoryChanged,
    EssError,
    InvalidImport,
    PermanentFailure,
    TemporaryFailure,
)
from ess.domain.station_doubts import CannotBeAccepted
from ess.settings import SettingMissing
from ess.usecases.import_answer import ImportAnswer, answer_from_plain, remark_from_plain
from ess.usecases.import_directory import ImportOptions
from ess.usecases.import_stations import Remark
from operate.stack import StackUnusable
from operate.stations.files import STANDARD_INPUT, opened

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client

_ERRORS = {
    error.__name__: error
    for error in (
        CannotBeAccepted,
        DirectoryChanged,
        FileUnreadable,
        InvalidImport,
        PermanentFailure,
        StagingFailed,
        TemporaryFailure,
    )
}
_LONGEST_S = 900
"""Seconds after which Lambda ends a function."""

_LOOK = "'ess stations versions' tells what is published now"


class ImportFailed(EssError):
    """The function that imports stations failed in a way of its own; the message says how."""


def import_in_stack(location: str, options: ImportOptions, stack: str | None) -> ImportAnswer:
    """Import a file by the stack's function, and wait for it.

    Args:
        location: a path on this machine, ``-`` for the standard input, or
            ``s3://BUCKET/imports/...`` in the stack's bucket.
        options: how.
        stack: its name, if one was named.

    Returns:
        What it did, and where each doubtful row is named.

    Raises:
        FileUnreadable: the file cannot be read, here or there.
        SettingMissing: no stack was named.
        StackUnusable: it has no such function.
        TemporaryFailure, DirectoryChanged: trying again later may work.
        ImportFailed: the function failed otherwise, or did not answer.
    """
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415  slow to import

    try:
        bucket = bootstrap.settings().station_files_bucket
        function = bootstrap.settings().import_stations_function
    except SettingMissing as error:
        if stack is None:
            raise
        raise StackUnusable(
            f"stack {stack} has no function that imports stations: deploy it again, or import "
            "without --in-stack"
        ) from error
    try:
        there = _found(location) if location.startswith("s3://") else _upload(location, bucket)
        return answer_from_plain(_invoke(function, there, location, options))
    except (BotoCoreError, ClientError) as error:
        raise ImportFailed(f"the stack's import: {error}; {_LOOK}") from error


def fetch_remarks(location: str, tell: Callable[[Remark], None]) -> None:
    """Tell of each doubtful row that an import in the stack has named.

    Args:
        location: where, ``s3://BUCKET/KEY``; nothing is told of when it is empty.
        tell: is told.

    Raises:
        FileUnreadable, TemporaryFailure: it cannot be read.
    """
    if not location:
        return
    with opened(location) as stream:
        kept = b""
        while chunk := stream.read(1 << 16):
            *lines, kept = (kept + chunk).split(b"\n")
            for line in lines:
                tell(remark_from_plain(json.loads(line)))


def _found(location: str) -> str:
    """Return `location`, where the object is; the function may not look, and is told 'denied'."""
    from botocore.exceptions import ClientError  # noqa: PLC0415

    bucket, key = bucket_and_key(location)
    try:
        _s3().head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] in {"404", "NoSuchBucket"}:
            raise FileUnreadable(f"{location}: it is not there") from error
    return location


def _upload(location: str, bucket: str) -> str:
    with opened(location) as stream, TemporaryFile() as copy:
        content: Any = stream
        if not stream.seekable():
            shutil.copyfileobj(stream, copy)
            copy.seek(0)
            content = copy
        digest = hashlib.file_digest(content, "sha256").hexdigest()
        content.seek(0)
        name = "stdin" if location == STANDARD_INPUT else Path(location).name
        # Named by its content: the same file is the same object, and another never takes its place.
        key = f"imports/{digest[:16]}-{name}"
        _s3().put_object(Bucket=bucket, Key=key, Body=content)
    return f"s3://{bucket}/{key}"


def _invoke(function: str, there: str, location: str, options: ImportOptions) -> dict[str, Any]:
    event = {
        "location": there,
        "accept": sorted(options.accept),
        "merge": options.merge,
        "dry_run": options.dry_run,
        "note": options.note,
    }
    done = _lambda().invoke(FunctionName=function, Payload=json.dumps(event).encode())
    answer: dict[str, Any] = json.loads(done["Payload"].read())
    if done.get("FunctionError"):
        kind = str(answer.get("errorType", "no type"))
        # Of a file that was put there just now, the operator knows the name that it has here.
        message = str(answer.get("errorMessage", "")).replace(there, location)
        raise _meaning(kind, message)
    return answer


def _meaning(kind: str, message: str) -> EssError:
    if kind in _ERRORS:
        return _ERRORS[kind](message)
    if kind == "Sandbox.Timedout" or "Task timed out" in message:
        return ImportFailed(
            f"the function was ended after {_LONGEST_S // 60} minutes: import so large a file "
            f"without --in-stack; {_LOOK}"
        )
    return ImportFailed(f"the stack's import: {kind}: {message}; {_LOOK}")


def _s3() -> "S3Client":
    import boto3  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415

    retries: Any = {"mode": "standard", "total_max_attempts": 3}
    return boto3.client("s3", config=Config(connect_timeout=5, read_timeout=60, retries=retries))


def _lambda() -> "LambdaClient":
    import boto3  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415

    config = Config(
        connect_timeout=5,
        read_timeout=_LONGEST_S + 10,
        # One attempt: a function that does not answer may be at work all the same.
        retries={"total_max_attempts": 1},
        # Nothing is sent while the function works, and routers forget such a connection.
        tcp_keepalive=True,
    )
    return boto3.client("lambda", config=config)

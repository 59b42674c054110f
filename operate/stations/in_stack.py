"""Imports by the deployed stack's function: the file goes to its bucket, the answer comes back."""

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ess import bootstrap
from ess.adapters.station_files import FileUnreadable
from ess.domain.errors import DirectoryChanged, EssError, InvalidImport, TemporaryFailure
from ess.domain.station_doubts import CannotBeAccepted
from ess.usecases.import_answer import ImportAnswer, answer_from_plain
from ess.usecases.import_directory import ImportOptions

if TYPE_CHECKING:
    from botocore.client import BaseClient

_ERRORS = {
    error.__name__: error
    for error in (
        CannotBeAccepted,
        DirectoryChanged,
        FileUnreadable,
        InvalidImport,
        TemporaryFailure,
    )
}
_LONGEST_S = 900
"""Seconds after which Lambda ends a function."""


class ImportFailed(EssError):
    """The function that imports stations failed in a way of its own; the message says how."""


def import_in_stack(location: str, options: ImportOptions) -> ImportAnswer:
    """Import a file by the stack's function, and wait for it.

    Args:
        location: a path on this machine, or ``s3://BUCKET/imports/...`` in the stack's bucket.
        options: how.

    Returns:
        What it did, and where each doubtful row is named.

    Raises:
        FileUnreadable: the file cannot be read, here or there.
        TemporaryFailure, DirectoryChanged: trying again later may work.
        ImportFailed: the function failed otherwise, or did not answer; `ess stations versions`
            tells whether anything was published.
    """
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415  slow to import

    try:
        if not location.startswith("s3://"):
            location = _upload(location)
        answer = _invoke(location, options)
    except (BotoCoreError, ClientError) as error:
        raise ImportFailed(f"the stack's import: {error}") from error
    return answer_from_plain(answer)


def _upload(path: str) -> str:
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise FileUnreadable(f"{path}: {error.strerror or error}") from error
    bucket = bootstrap.settings().station_files_bucket
    # Named by its content: the same file is the same object, and another one never takes its place.
    key = f"imports/{hashlib.sha256(content).hexdigest()[:16]}-{Path(path).name}"
    _client("s3").put_object(Bucket=bucket, Key=key, Body=content)  # type: ignore[attr-defined]
    return f"s3://{bucket}/{key}"


def _invoke(location: str, options: ImportOptions) -> dict[str, Any]:
    event = {
        "location": location,
        "accept": sorted(options.accept),
        "merge": options.merge,
        "dry_run": options.dry_run,
        "note": options.note,
    }
    done = _client("lambda").invoke(  # type: ignore[attr-defined]
        FunctionName=bootstrap.settings().import_stations_function,
        Payload=json.dumps(event).encode(),
    )
    answer: dict[str, Any] = json.loads(done["Payload"].read())
    if "FunctionError" in done:
        kind, message = str(answer.get("errorType")), str(answer.get("errorMessage"))
        raise _ERRORS.get(kind, ImportFailed)(message if kind in _ERRORS else f"{kind}: {message}")
    return answer


def _client(service: str) -> "BaseClient":
    import boto3  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415

    # One attempt: the function that does not answer may be at work all the same.
    config = Config(
        connect_timeout=5, read_timeout=_LONGEST_S + 10, retries={"total_max_attempts": 1}
    )
    client: BaseClient = boto3.session.Session().client(service, config=config)  # type: ignore[call-overload]
    return client

"""Files of stations in the stack's own bucket: ``imports/`` goes in, ``reports/`` comes out."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from tempfile import TemporaryFile
from types import TracebackType
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ess.adapters.station_files.errors import FileUnreadable
from ess.adapters.station_files.reader import read_stations_file
from ess.adapters.station_files.sources import bucket_and_key, open_object
from ess.domain.errors import PermanentFailure, TemporaryFailure
from ess.domain.station_rows import RawRow

IMPORTS = "imports/"
"""Keys of files to import begin with this; the function may read no others."""

REPORTS = "reports/"
"""Keys of files that an import leaves behind begin with this."""

_NEVER = frozenset({"AccessDenied", "NoSuchBucket", "EntityTooLarge"})


class S3StationFiles:
    """StationFiles port over one bucket.

    Args:
        client: botocore's ``s3`` client.
        bucket: the bucket's name.
    """

    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    @contextmanager
    def rows(self, location: str) -> Iterator[Iterator[RawRow]]:
        """Open a file for its rows; see `ess.ports.station_files`."""
        key = self._key(location)
        try:
            with open_object(self._client, self._bucket, key) as stream:
                yield read_stations_file(stream)
        except FileUnreadable as error:
            told = str(error).removeprefix(f"{location}: ")
            raise FileUnreadable(f"{location}: {told}") from error

    def lines_about(self, location: str, at: float) -> "S3LinesFile":
        """Return a new file of lines about a file; see `ess.ports.station_files`."""
        name = self._key(location).removeprefix(IMPORTS)
        time = f"{datetime.fromtimestamp(at, UTC):%Y%m%dT%H%M%SZ}"
        return S3LinesFile(self._client, self._bucket, f"{REPORTS}{name}-{time}.jsonl")

    def _key(self, location: str) -> str:
        bucket, key = bucket_and_key(location)
        if bucket != self._bucket or not key.startswith(IMPORTS):
            raise FileUnreadable(f"{location}: must be s3://{self._bucket}/{IMPORTS}...")
        return key


class S3LinesFile:
    """A file of JSON lines that is written to disk first and stored whole.

    Args:
        client: botocore's ``s3`` client.
        bucket: where it goes.
        key: where it goes.
    """

    def __init__(self, client: Any, bucket: str, key: str) -> None:
        self._client = client
        self._bucket = bucket
        self._key = key
        self._file = TemporaryFile()  # noqa: SIM115  closed by leaving this object
        self.location = ""

    def __enter__(self) -> Callable[[Mapping[str, Any]], None]:
        return self._write

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._file:
            if kind is None and self._file.tell():
                self._store()

    def _write(self, line: Mapping[str, Any]) -> None:
        self._file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")

    def _store(self) -> None:
        self._file.seek(0)
        try:
            self._client.put_object(
                Bucket=self._bucket,
                Key=self._key,
                Body=self._file,
                ContentType="application/jsonl; charset=utf-8",
            )
        except ClientError as error:
            code = error.response["Error"]["Code"]
            kind = PermanentFailure if code in _NEVER else TemporaryFailure
            raise kind(f"S3: {code}") from error
        except BotoCoreError as error:
            raise TemporaryFailure(f"S3: {type(error).__name__}") from error
        self.location = f"s3://{self._bucket}/{self._key}"

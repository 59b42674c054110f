"""Files that operators name: on disk, on S3, the standard input; reports of doubtful rows."""

import csv
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from ess.adapters.station_files import FileUnreadable
from ess.usecases.import_stations import Remark

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

STANDARD_INPUT = "-"


@contextmanager
def opened(location: str) -> Iterator[BinaryIO]:
    """Open a file for reading; what is wrong with it while it is read is said with its name.

    Args:
        location: a path, ``s3://BUCKET/KEY``, or ``-`` for the standard input.

    Raises:
        FileUnreadable: it cannot be opened, or not be read as a whole.
        TemporaryFailure: S3 did not answer.
    """
    try:
        with _stream(location) as stream:
            yield stream
    except FileUnreadable as error:
        raise FileUnreadable(f"{location}: {error}") from error
    except OSError as error:
        raise FileUnreadable(f"{location}: {error.strerror or error}") from error


@contextmanager
def _stream(location: str) -> Iterator[BinaryIO]:
    if location == STANDARD_INPUT:
        yield sys.stdin.buffer
    elif location.startswith("s3://"):
        # Imported here: most files lie on disk.
        from ess.adapters.station_files.sources import bucket_and_key, open_object  # noqa: PLC0415

        bucket, key = bucket_and_key(location)
        with open_object(_s3(), bucket, key) as stream:
            yield stream
    else:
        with Path(location).open("rb") as stream:
            yield stream


def _s3() -> "S3Client":
    import boto3  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415

    return boto3.client(
        "s3",
        config=Config(
            connect_timeout=5,
            read_timeout=30,
            retries={"mode": "standard", "total_max_attempts": 3},
        ),
    )


@contextmanager
def report_of(path: Path | None) -> Iterator[Callable[[Remark], None]]:
    """Open a report of doubtful rows: CSV if its name ends so, else a JSON object a line.

    Args:
        path: where it goes; None for nowhere.

    Raises:
        FileUnreadable: it cannot be written.
    """
    if path is None:
        yield lambda _: None
        return
    try:
        if path.suffix.lower() == ".csv":
            # With a byte order mark: spreadsheets take Thai for something else without it.
            with path.open("w", encoding="utf-8-sig", newline="") as file:
                table = csv.writer(file)
                table.writerow([column.name for column in fields(Remark)])
                yield lambda remark: table.writerow([*map(_safe, asdict(remark).values())])
        else:
            with path.open("w", encoding="utf-8") as file:
                yield lambda remark: print(
                    json.dumps(asdict(remark), ensure_ascii=False), file=file
                )
    except OSError as error:
        raise FileUnreadable(f"{path}: {error.strerror or error}") from error


def _safe(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in tuple("=+-@\t\r") else value

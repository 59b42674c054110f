"""Where files of stations are: on S3, for the command and for the function that imports."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, cast

from botocore.exceptions import BotoCoreError, ClientError
from urllib3.exceptions import HTTPError

from ess.adapters.station_files.errors import FileUnreadable
from ess.domain.errors import TemporaryFailure

_NOT_THERE = frozenset(
    {"NoSuchKey", "NoSuchBucket", "AccessDenied", "403", "404", "InvalidBucketName"}
)


def bucket_and_key(location: str) -> tuple[str, str]:
    """Return the parts of ``s3://BUCKET/KEY``.

    Raises:
        FileUnreadable: it is no such address.
    """
    bucket, _, key = location.removeprefix("s3://").partition("/")
    if not location.startswith("s3://") or not bucket or not key:
        raise FileUnreadable(f"{location}: must be s3://BUCKET/KEY")
    return bucket, key


@contextmanager
def open_object(client: Any, bucket: str, key: str) -> Iterator[BinaryIO]:
    """Open an object of S3 for reading.

    Args:
        client: an S3 client of boto3 or botocore, with its timeouts.
        bucket: its bucket.
        key: its key.

    Raises:
        FileUnreadable: it is not there, or may not be read.
        TemporaryFailure: S3 did not answer, now or while it was read.
    """
    try:
        body = client.get_object(Bucket=bucket, Key=key)["Body"]
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in _NOT_THERE:
            raise FileUnreadable(f"s3://{bucket}/{key}: {code}") from error
        raise TemporaryFailure(f"S3: {code}") from error
    except BotoCoreError as error:
        raise TemporaryFailure(f"S3: {type(error).__name__}") from error
    try:
        yield cast("BinaryIO", _Body(body))
    finally:
        body.close()


class _Body:
    """A streaming body whose failures are named."""

    def __init__(self, body: Any) -> None:
        self._body = body

    def read(self, size: int) -> bytes:
        try:
            return bytes(self._body.read(size))
        except (BotoCoreError, HTTPError) as error:  # it timed out, or ended before its length
            raise TemporaryFailure(f"S3: {type(error).__name__} while reading") from error

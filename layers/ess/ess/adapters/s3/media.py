"""Files of reports in a private bucket of their own; the bucket itself forgets them."""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ess.domain.errors import PermanentFailure, TemporaryFailure
from ess.domain.media import Content, Kept, MediaRef

_NEVER = frozenset({"AccessDenied", "NoSuchBucket", "EntityTooLarge", "403"})
_MISSING = frozenset({"404", "NoSuchKey", "NotFound"})
_UNCACHED = "private, no-store"


class S3MediaStore:
    """MediaStore port over one bucket.

    Args:
        client: botocore's ``s3`` client, signing as version 4.
        bucket: the bucket's name.
    """

    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def find(self, ref: MediaRef) -> Kept | None:
        """Return what is kept under `ref`; see `ess.ports.media.MediaStore`."""
        try:
            found = self._client.head_object(Bucket=self._bucket, Key=ref.key)
        except ClientError as error:
            if error.response["Error"]["Code"] in _MISSING:
                return None
            raise _meaning_of(error) from error
        except BotoCoreError as error:
            raise TemporaryFailure(f"S3: {type(error).__name__}") from error
        return Kept(found["ContentLength"], found["ContentType"])

    def keep(self, ref: MediaRef, content: Content) -> Kept:
        """Keep a file; see `ess.ports.media.MediaStore`."""
        try:
            self._client.put_object(
                Bucket=self._bucket,
                Key=ref.key,
                Body=content.data,
                ContentType=content.content_type,
                ContentDisposition="inline",
                CacheControl=_UNCACHED,
            )
        except ClientError as error:
            raise _meaning_of(error) from error
        except BotoCoreError as error:
            raise TemporaryFailure(f"S3: {type(error).__name__}") from error
        return Kept(len(content.data), content.content_type)

    def forget(self, ref: MediaRef) -> None:
        """Delete every version of a file; see `ess.ports.media.MediaStore`."""
        try:
            # A key of ours begins no other key, and has a version for each time it was kept.
            found = self._client.list_object_versions(Bucket=self._bucket, Prefix=ref.key)
            for version in (*found.get("Versions", ()), *found.get("DeleteMarkers", ())):
                self._client.delete_object(
                    Bucket=self._bucket, Key=version["Key"], VersionId=version["VersionId"]
                )
        except ClientError as error:
            raise _meaning_of(error) from error
        except BotoCoreError as error:
            raise TemporaryFailure(f"S3: {type(error).__name__}") from error

    def link(self, ref: MediaRef, seconds: int) -> str:
        """Return an address that expires; see `ess.ports.media.MediaStore`."""
        sign: Callable[..., str] = self._client.generate_presigned_url
        where = {"Bucket": self._bucket, "Key": ref.key}
        return sign("get_object", Params=where, ExpiresIn=seconds)


def _meaning_of(error: ClientError) -> PermanentFailure | TemporaryFailure:
    code = error.response["Error"]["Code"]
    kind = PermanentFailure if code in _NEVER else TemporaryFailure
    return kind(f"S3: {code}")

"""What DynamoDB's refusals mean to us."""

from typing import Any

from botocore.exceptions import (
    ChecksumError,
    ConnectionError,  # noqa: A004  botocore's own name
    CredentialRetrievalError,
    HTTPClientError,
    IncompleteReadError,
    MetadataRetrievalError,
)
from pynamodb.exceptions import PynamoDBException, TransactWriteError

from ess.domain.errors import PermanentFailure, TemporaryFailure

CONDITION_FAILED = frozenset({"ConditionalCheckFailedException", "ConditionalCheckFailed"})
"""A condition did not hold: of a single write, and of one in a transaction."""

CONFLICT = frozenset({"TransactionConflictException", "TransactionConflict"})
"""Another write to the same item is under way.

It counts as "changed since it was read", not as a failure: the caller reads again and decides on
what the other writer left, a few milliseconds later, instead of making LINE deliver again.
"""

_NOT_NOW = frozenset(
    {
        "InternalServerError",
        "InternalFailure",
        "ItemCollectionSizeLimitExceeded",
        "LimitExceededException",
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "ThrottlingError",
        "ThrottlingException",
        "TransactionInProgressException",
    }
)
"""https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html, and the
reasons listed with TransactionCanceledException."""

_UNREACHABLE = (
    ChecksumError,
    ConnectionError,
    CredentialRetrievalError,
    HTTPClientError,
    IncompleteReadError,
    MetadataRetrievalError,
)


class Refused(Exception):
    """Writes that did not happen because a condition failed or another write was under way.

    Caught inside this package: each adapter says what it means.

    Args:
        failed: labels of the writes whose condition failed.
        conflicting: labels of the writes that met another one.
    """

    def __init__(self, failed: frozenset[str], conflicting: frozenset[str] = frozenset()) -> None:
        super().__init__(f"failed {sorted(failed)}, conflicting {sorted(conflicting)}")
        self.failed = failed
        self.conflicting = conflicting


def meaning_of(error: PynamoDBException) -> TemporaryFailure | PermanentFailure:
    """Return the domain error for `error`; it names the code, never the item.

    Throttling, faults of the service and of the network are temporary; everything else (no such
    table, access denied, malformed request) stays wrong however often it is tried.
    """
    codes = _codes(error)
    if _is_temporary(error, codes):
        return TemporaryFailure(f"DynamoDB: {', '.join(codes)}")
    return PermanentFailure(f"DynamoDB: {', '.join(codes)}")


def refusal_of(error: PynamoDBException, labels: list[str]) -> Refused | None:
    """Return the refusal that `error` tells of, or None if it is something else.

    Args:
        error: what pynamodb raised.
        labels: names of the writes, in the order of the request.
    """
    if isinstance(error, TransactWriteError) and error.cancellation_reasons:
        codes = [reason.code if reason else "None" for reason in error.cancellation_reasons]
    else:
        codes = [_code(error)] * len(labels)
    pairs = list(zip(labels, codes, strict=True))
    failed = frozenset(label for label, code in pairs if code in CONDITION_FAILED)
    conflicting = frozenset(label for label, code in pairs if code in CONFLICT)
    return Refused(failed, conflicting) if failed or conflicting else None


def _codes(error: PynamoDBException) -> list[str]:
    if isinstance(error, TransactWriteError) and error.cancellation_reasons:
        return sorted({reason.code for reason in error.cancellation_reasons if reason})
    return [_code(error) or type(error.cause or error).__name__]


def _code(error: PynamoDBException) -> str:
    # Not `cause_response_code`: it breaks on a timeout, whose `response` is None.
    return str((_response(error.cause).get("Error") or {}).get("Code", ""))


def _response(cause: BaseException | None) -> dict[str, Any]:
    return getattr(cause, "response", None) or {}


def _is_temporary(error: PynamoDBException, codes: list[str]) -> bool:
    if isinstance(error.cause, _UNREACHABLE) or not _NOT_NOW.isdisjoint(codes):
        return True
    # pynamodb keeps the response's status only on the error that it wraps.
    wrapped = error.cause.__cause__ if error.cause else None
    status = _response(wrapped).get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return int(status) >= 500

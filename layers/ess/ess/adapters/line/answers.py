"""What LINE's answers mean: one table for the webhook's client and the workers'."""

from ess.domain.errors import (
    EssError,
    PermanentFailure,
    QuotaSpent,
    RecipientUnreachable,
    ReplyTokenSpent,
    TemporaryFailure,
)

# Texts from LINE's API reference ("Error messages"); compared in lower case.
_INVALID_REPLY_TOKEN = "invalid reply token"  # noqa: S105 - an error text, not a secret
_QUOTA_SPENT = "monthly limit"
_BAD_RECIPIENT = ("the property, 'to'", "failed to send messages", "not found", "invalid user")


def error_for(status: int, message: str) -> EssError | None:
    """Return the domain error that an HTTP answer of LINE stands for; None when it is a success.

    409 is a success: the same retry key was accepted before.

    Args:
        status: HTTP status.
        message: the ``message`` of LINE's error body; it never quotes what was sent.
    """
    said = message.casefold()
    if 200 <= status < 300 or status == 409:
        return None
    if status == 429:
        return QuotaSpent(message) if _QUOTA_SPENT in said else TemporaryFailure("rate limit")
    if status >= 500 or status in (401, 403, 408):
        # 401 and 403 mean our token is refused: an operator mends that, and sending again works.
        return TemporaryFailure(f"LINE answered {status}")
    if _INVALID_REPLY_TOKEN in said:
        return ReplyTokenSpent(message)
    if status == 404 or any(text in said for text in _BAD_RECIPIENT):
        return RecipientUnreachable(message)
    return PermanentFailure(f"LINE answered {status}: {message[:120]}")

"""What can go wrong, named by meaning.

The names are used word for word in the `Retry` and `Catch` of workflow/report.asl.json: Lambda
reports an exception's class name as the error of the state.
"""

from collections.abc import Iterable


class EssError(Exception):
    """Base of every error that this project raises on purpose."""


class InvalidPoint(EssError, ValueError):
    """A coordinate is not a number, not finite or out of range; the message says which."""


class MalformedEvent(EssError, ValueError):
    """A webhook event lacks what its type must have; the message names the part, never its text."""


class SignatureRefused(EssError):
    """A delivery does not carry the signature of our channel."""


class MalformedDelivery(EssError, ValueError):
    """A genuine delivery is not what LINE sends: not JSON, or without a list of events."""


class TemporaryFailure(EssError):
    """Something outside did not answer, or not now: trying again later may work."""


class PermanentFailure(EssError):
    """Something outside refused for good: trying the same again cannot work."""


class ContentNotReady(TemporaryFailure):
    """LINE still prepares what somebody sent: ask again in a while."""


class MediaRefused(EssError):
    """A file will never be kept, however often it is tried; `reason` says why.

    Args:
        reason: one of `ess.domain.media.Refusal`.
    """

    def __init__(self, reason: str) -> None:
        self.reason = str(reason)  # a member of an enumeration is no plain text to a table
        super().__init__(self.reason)


class DirectoryChanged(TemporaryFailure):
    """Another directory of stations was published meanwhile: read again, or publish again."""


class InvalidLookup(EssError, ValueError):
    """A lookup asks for what cannot be answered; the message says why."""


class InvalidImport(EssError, ValueError):
    """An import is asked for in a way that cannot be done; the message says why."""


class InvalidPolicy(EssError, ValueError):
    """A policy is none that a report could be given; `problems` has every reason with its place."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class NoPolicyToRestore(EssError):
    """There is no policy to go back to; the message says why."""


class RecipientUnreachable(PermanentFailure):
    """The messenger will never take a message for this person (unknown, invalid)."""


class QuotaSpent(PermanentFailure):
    """The month's push quota is used up: only another channel helps."""


class ReplyTokenSpent(PermanentFailure):
    """The reply token was used already, or its minute is over."""


class ReportNotFound(EssError, LookupError):
    """No report has this id."""


class ReportChanged(EssError):
    """Somebody else changed the report since it was read: read again, decide again."""


class ReportAlreadyAcknowledged(EssError):
    """A responder has accepted the report already; `responder_id` says who, where known."""

    def __init__(self, message: str = "", *, responder_id: str | None = None) -> None:
        super().__init__(message)
        self.responder_id = responder_id


class ReportClosed(EssError):
    """The report is closed; nothing more happens to it."""


class ReportNotDispatched(EssError):
    """The report still waits for its reporter; nobody may be notified yet."""


class ReportSuperseded(EssError):
    """Another workflow execution carries the report now: this one must stop."""


class ReportReleased(EssError):
    """The responder who accepted fell silent: the report is offered to others again."""


class NotNotified(EssError):
    """This person is not a verified responder of a unit that was notified of the report."""


class NotTheAcknowledger(EssError):
    """Only the responder who accepted the report may report its progress."""


class StepNotAllowed(EssError):
    """The report's present status does not lead to the one asked for."""


class LinkRefused(EssError):
    """A link is none of ours: misspelled, made up, or good for something else."""


class LinkExpired(EssError):
    """A link was ours, and its time is over."""


class NobodyOnDuty(EssError):
    """The rung has no verified responder on duty, or none could be reached."""


class NoMoreRungs(EssError):
    """The ladder has no rung of this number."""


class ResponderChanged(EssError):
    """Somebody else changed or removed the responder since they were read: read again."""


class ConversationChanged(EssError):
    """Somebody else changed the conversation since it was read: read again, decide again."""


class BlockRefused(EssError, ValueError):
    """A block is asked for in a way that may not be; the message says why."""


class SettingChanged(EssError):
    """Somebody else changed this setting since it was read: read again, decide again."""

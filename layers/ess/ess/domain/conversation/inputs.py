"""What people send: one class for each thing that can be tapped, typed or sent."""

from dataclasses import dataclass

from ess.domain.geo import Point
from ess.domain.kinds import Kind
from ess.domain.understanding import Role


@dataclass(frozen=True, slots=True)
class Followed:
    """The account was added as a friend, or unblocked."""


@dataclass(frozen=True, slots=True)
class Unfollowed:
    """The account was blocked or removed: there is nobody to answer."""


@dataclass(frozen=True, slots=True)
class MenuAsked:
    """The menu, or help, was asked for."""


@dataclass(frozen=True, slots=True)
class ReportAsked:
    """Begin a report ("แจ้งเหตุร้าย"); `fresh` insists on a new one beside an open one.

    `drill` begins an exercise. `words` are those of a cry for help; beside an open report they are
    passed on.
    """

    fresh: bool = False
    drill: bool = False
    words: str = ""


@dataclass(frozen=True, slots=True)
class KindsAsked:
    """Choose anew what happens."""


@dataclass(frozen=True, slots=True)
class KindChosen:
    """One of the five emergencies was chosen."""

    kind: Kind


@dataclass(frozen=True, slots=True)
class PinShared:
    """A LINE location message.

    `about` is the answer to where a pin far from that of a report belongs: ``same`` if what is
    reported has moved there, ``new`` if it is another incident.
    """

    pin: Point
    place: str | None = None
    about: str | None = None


@dataclass(frozen=True, slots=True)
class PinKept:
    """A pin that looked wrong is right."""


@dataclass(frozen=True, slots=True)
class TextSent:
    """Free text that is none of the known commands."""

    text: str


@dataclass(frozen=True, slots=True)
class CallDeclined:
    """No call is possible ("I cannot talk"): dispatch without a number."""


@dataclass(frozen=True, slots=True)
class NumberMissing:
    """There is no number to give, or none is given: dispatch without; texts and calls may come."""


@dataclass(frozen=True, slots=True)
class CancelAsked:
    """Cancel what is being reported; asks first when a report is open.

    `typed` for the word: typed again it answers our question, while a button may be tapped twice.
    """

    typed: bool = False


@dataclass(frozen=True, slots=True)
class CancelConfirmed:
    """Yes, cancel the report `report_id`; `why` is one of `CANCEL_REASONS`, or None to be asked."""

    report_id: str
    why: str | None = None


@dataclass(frozen=True, slots=True)
class CancelRefused:
    """No, keep the report."""


@dataclass(frozen=True, slots=True)
class RestartAsked:
    """Start over: forget the draft."""


@dataclass(frozen=True, slots=True)
class StatusAsked:
    """What happens with my report?"""


@dataclass(frozen=True, slots=True)
class SwitchAsked:
    """Speak of the older report `report_id` from now on."""

    report_id: str


@dataclass(frozen=True, slots=True)
class AskingAllowed:
    """It is safe to ask how it ended."""


@dataclass(frozen=True, slots=True)
class NobodyCame:
    """Nobody has come for the report `report_id`, whatever its status says."""

    report_id: str


@dataclass(frozen=True, slots=True)
class HelpCame:
    """Somebody came for the report `report_id`."""

    report_id: str


@dataclass(frozen=True, slots=True)
class WhoChosen:
    """Who reports: the victim, a relative, somebody nearby, a volunteer."""

    who: Role


@dataclass(frozen=True, slots=True)
class DetailsAsked:
    """Add or change something about the report that is under way."""


@dataclass(frozen=True, slots=True)
class LandmarkAsked:
    """The next text says how the place is found."""


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer to one of `QUESTIONS`: ``yes``, ``no`` or ``unknown``."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class ClearAsked:
    """How does this chat show nothing telling?"""


@dataclass(frozen=True, slots=True)
class AppealAsked:
    """Whoever may not report for a while asks for a review of that."""


@dataclass(frozen=True, slots=True)
class LanguageChosen:
    """Go on in this language (``th`` or ``en``)."""

    language: str


@dataclass(frozen=True, slots=True)
class MediaSent:
    """A sticker, picture, video, sound or file: seen, but not understood yet.

    Args:
        media: LINE's name of the type.
        message_id: LINE's id of the message, digits, by which its content is fetched; empty if LINE
            gave none.
    """

    media: str
    message_id: str = ""


@dataclass(frozen=True, slots=True)
class ButtonUnknown:
    """A button of an older version of the service, or one that was tampered with."""


Input = (
    Followed
    | Unfollowed
    | MenuAsked
    | ReportAsked
    | KindsAsked
    | KindChosen
    | PinShared
    | PinKept
    | TextSent
    | CallDeclined
    | NumberMissing
    | CancelAsked
    | CancelConfirmed
    | CancelRefused
    | RestartAsked
    | StatusAsked
    | SwitchAsked
    | AskingAllowed
    | NobodyCame
    | HelpCame
    | WhoChosen
    | DetailsAsked
    | LandmarkAsked
    | Answered
    | ClearAsked
    | AppealAsked
    | LanguageChosen
    | MediaSent
    | ButtonUnknown
)

QUESTIONS = ("hurt", "still_there", "weapon")
"""What is asked, one after the other, of somebody who cannot talk; answered by a tap."""

ANSWERS = ("yes", "no", "unknown")

PIN_ABOUT = ("same", "new")
"""What a pin far from that of a report is about; see `PinShared`."""

CANCEL_REASONS = ("safe_now", "helped", "mistake", "other")
"""Why reporters cancel. None of them is held against anybody."""

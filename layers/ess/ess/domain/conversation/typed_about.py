"""Free text while a report is open: it mends, answers, asks, or is passed on to the officers."""

from collections.abc import Callable
from dataclasses import replace

from ess.domain.conversation.adding import (
    add_detail,
    add_phone,
    call_declined,
    details_asked,
    dispatch_now,
    forbid_call,
    heard_by_officer,
    number_missing,
    question_answered,
    with_words,
)
from ess.domain.conversation.answers import (
    ask_next,
    kind_of_choice,
    last_question,
    status_params,
    stay,
    which_kind,
)
from ess.domain.conversation.ending import cancel_confirmed, cancel_refused
from ess.domain.conversation.inputs import (
    Answered,
    CallDeclined,
    CancelConfirmed,
    CancelRefused,
    DetailsAsked,
    KindChosen,
    NumberMissing,
    PinShared,
    StatusAsked,
)
from ess.domain.conversation.older import status_asked
from ess.domain.conversation.outcome import Moment, Outcome
from ess.domain.conversation.reporting import kind_chosen, pin_shared
from ess.domain.conversation.said import URGENT, Said, letters_of
from ess.domain.conversation.state import ActiveReport, Conversation, Prompt
from ess.domain.conversation.typed_cancel import cancelling
from ess.domain.conversation.writes import (
    AddPhone,
    DispatchReport,
    ForbidCall,
)
from ess.domain.kinds import Kind
from ess.domain.note_text import pieces
from ess.domain.report import ACCEPTED, Status
from ess.domain.service_area import Area, locate
from ess.domain.understanding import Understood

_DIGITS_OF_A_NUMBER = 7


def text_about(c: Conversation, active: ActiveReport, said: Said, m: Moment) -> Outcome:
    """Take a text while a report is open: what it mends or asks for; its words are passed on."""
    for take in _FIRST_THAT_FITS:
        if (taken := take(c, active, said, m)) is not None:
            return taken
    return _asked_for_kind(_words_about(c, active, said, m), active, said.meant)


def _landmark_with_number(
    c: Conversation, active: ActiveReport, said: Said, m: Moment
) -> Outcome | None:
    """Take an awaited landmark and the writer's own number in one text."""
    # While a number is waited for it is the writer's; later perhaps that of the shop next door.
    own = said.number.sure or active.status is Status.OPENED
    if c.awaiting != "landmark" or said.phone is None or not said.words or not own:
        return None
    taken = _take_phone(c, active, said, m)
    write = taken.write
    if not isinstance(write, DispatchReport | AddPhone | ForbidCall):
        return None
    first, *rest = pieces(said.words)
    with_landmark = replace(write, landmark=first, message_id=said.message_id)
    kept = Prompt("landmark_kept_passed" if active.status in ACCEPTED else "landmark_kept")
    # What the number leads to comes first where somebody is to hear of it; see `receive_event`.
    number, *more = taken.answer
    answer = (kept, number, *more) if taken.start else (number, kept, *more)
    told = replace(taken, write=with_landmark, answer=answer)
    return with_words(told, " ".join(rest), said.message_id)


def _mended(c: Conversation, active: ActiveReport, said: Said, m: Moment) -> Outcome | None:
    """Take what a text changes in the report, its words beside it."""
    for is_meant, take in _MEANT:
        if is_meant(c, said):
            taken = with_words(take(c, active, said, m), said.words, said.message_id)
            return _asked_to_cancel(_asked_for_kind(taken, active, said.meant), said.meant)
    return None


def _kind_by_number(c: Conversation, _: ActiveReport, said: Said, m: Moment) -> Outcome | None:
    """Take the number of one of the kinds that are asked for."""
    kind = kind_of_choice(c, said.meant.choice)
    if kind is None:
        return None
    # Whoever has accepted may have asked for a number as well.
    return heard_by_officer(kind_chosen(c, KindChosen(kind), m), said.whole, m)


def _no_number(c: Conversation, active: ActiveReport, said: Said, m: Moment) -> Outcome | None:
    """Dispatch without a number where a text says that there is none to give."""
    bare_no = said.meant.yes is False and not said.is_long and last_question(c) == "ask_phone"
    if active.status is not Status.OPENED or not (said.meant.no_number or bare_no):
        return None
    sent = number_missing(c, NumberMissing(), m)
    return with_words(sent, said.words if said.is_long else "", said.message_id)


def _answered(c: Conversation, active: ActiveReport, said: Said, m: Moment) -> Outcome | None:
    """Take yes or no to what was asked last; an officer who has accepted hears it too."""
    asked, yes = last_question(c), said.meant.yes
    if yes is None:
        return None
    if asked.startswith("question."):
        answer = Answered(asked.removeprefix("question."), "yes" if yes else "no")
        more = said.is_long or active.status in ACCEPTED
        outcome = question_answered(c, answer, m)
        return with_words(outcome, said.words if more else "", said.message_id)
    if asked in _ANSWERS_TO:
        taken = _ANSWERS_TO[asked](c, active, yes, m)
        return heard_by_officer(taken, said.whole, m, is_long=said.is_long)
    return None


def _landmark(c: Conversation, active: ActiveReport, said: Said, m: Moment) -> Outcome | None:
    """Take the landmark that is awaited."""
    if c.awaiting != "landmark" or said.meant.cancels or said.meant.safe:
        return None
    kept = add_detail(c, active, "landmark", said.text, m, "landmark_kept")
    if said.phone is None and not said.number.others:
        return kept
    return replace(kept, answer=(*kept.answer[:1], Prompt("number_noted"), *kept.answer[1:]))


def _asked_for_kind(outcome: Outcome, was: ActiveReport, meant: Understood) -> Outcome:
    """Return `outcome` with the question which kind is meant, where a text opens it anew."""
    active, clear = outcome.conversation.active, () if meant.kind is None else (meant.kind,)
    wrong = was.kind is Kind.UNKNOWN or was.kind in meant.denied
    kinds = tuple(kind for kind in (*clear, *meant.kinds) if kind is not was.kind)
    mended = active is None or active.kind is not was.kind
    if active is None or mended or not kinds or not (wrong or _says_not_that(meant)):
        return outcome
    offered = kinds if wrong else (*kinds, was.kind)
    asked = ask_next(outcome.conversation) if active.status is Status.OPENED else ()
    return replace(outcome, answer=(*outcome.answer[:1], which_kind(offered), *asked))


def _says_not_that(meant: Understood) -> bool:
    """Tell whether a text begins with "no", and then says what happens instead."""
    return meant.yes is False and meant.kind is not None


def _words_about(c: Conversation, active: ActiveReport, said: Said, m: Moment) -> Outcome:
    """Pass words on to the officers, and answer what they ask for."""
    bare_number = any(map(str.isdigit, said.text)) and not letters_of(said.text)
    if bare_number and active.status is Status.OPENED:
        return stay(c, "phone_invalid")
    passed = add_detail(c, active, "note", said.text, m, "note_kept")
    if said.meant.cancels or said.meant.safe:
        return _asked_to_cancel(passed, said.meant)
    return replace(passed, answer=_answer_to_words(passed, active, said, m))


def _answer_to_words(
    passed: Outcome, active: ActiveReport, said: Said, m: Moment
) -> tuple[Prompt, ...]:
    """Return the answer to words that are passed on, with what they ask for."""
    meant, after = said.meant, passed.conversation
    kept, *rest = passed.answer
    if meant.place is not None and meant.place_doubt is None:
        return (Prompt(f"pin_not_moved.{locate(meant.place).value}"), kept, *rest)
    if meant.asks_status:
        return (kept, *status_asked(after, StatusAsked(), m).answer)
    if said.number.others:
        asked = ask_next(after) if active.status is Status.OPENED else ()
        return (kept, Prompt("number_noted"), *asked)
    digits = sum(map(str.isdigit, said.text))
    if active.status is Status.OPENED and digits >= _DIGITS_OF_A_NUMBER:
        return (Prompt("phone_invalid"), *ask_next(after))
    if meant.other is not None and meant.other in URGENT:
        return (kept, Prompt(f"other.{meant.other.value}"), *rest)
    return passed.answer


def _asked_to_cancel(outcome: Outcome, meant: Understood) -> Outcome:
    """Return `outcome` with the question whether to cancel, if a text speaks of that."""
    active = outcome.conversation.active
    if active is None or not (meant.cancels or meant.safe):
        return outcome
    confirm = Prompt("cancel_confirm", status_params(active))
    return replace(outcome, answer=(*outcome.answer[:1], confirm))


type _Take = Callable[[Conversation, ActiveReport, Said, Moment], Outcome]


def _take_phone(c: Conversation, active: ActiveReport, said: Said, m: Moment) -> Outcome:
    phone, silent = said.phone or "", said.silent
    if active.status is Status.OPENED:
        return dispatch_now(c, m, phone, can_talk=not silent)
    if silent and active.can_talk:
        return forbid_call(c, active, m, phone)
    return add_phone(c, active, phone, m)


def _take_place(c: Conversation, _active: ActiveReport, said: Said, m: Moment) -> Outcome:
    return stay(c) if said.meant.place is None else pin_shared(c, PinShared(said.meant.place), m)


def _mends_kind(c: Conversation, said: Said) -> bool:
    """Tell whether a text names another kind beyond doubt, and the one before was wrong or none."""
    active, meant = c.active, said.meant
    if active is None or meant.kind is None or meant.kind is active.kind:
        return False
    # While somebody has accepted, "no" may be the answer to their question.
    asked = last_question(c)
    no_answer = asked.startswith("question.") or asked in _ANSWERS_TO or active.status in ACCEPTED
    wrong = active.kind is Kind.UNKNOWN or active.kind in meant.denied
    return wrong or (_says_not_that(meant) and not no_answer)


def _take_kind(c: Conversation, _active: ActiveReport, said: Said, m: Moment) -> Outcome:
    return stay(c) if said.meant.kind is None else kind_chosen(c, KindChosen(said.meant.kind), m)


def _is_of_landmark(c: Conversation, said: Said) -> bool:
    """Tell whether a number is that of an awaited landmark: "the shop, 042 123 456"."""
    return c.awaiting == "landmark" and bool(said.words) and not said.number.sure


def _is_certain(meant: Understood) -> bool:
    """Tell whether a text names a place that may move the pin of a report."""
    known = meant.place is not None and meant.place_doubt is None
    return known and meant.place is not None and locate(meant.place) is Area.INSIDE


_MEANT: tuple[tuple[Callable[[Conversation, Said], bool], _Take], ...] = (
    (lambda c, s: s.phone is not None and not _is_of_landmark(c, s), _take_phone),
    (lambda _, s: _is_certain(s.meant), _take_place),
    (_mends_kind, _take_kind),
    (
        lambda c, s: s.silent and c.active is not None and c.active.can_talk,
        lambda c, _active, _said, m: call_declined(c, CallDeclined(), m),
    ),
)
"""What a text may change while a report is open, the first that fits."""


_ANSWERS_TO: dict[str, Callable[[Conversation, ActiveReport, bool, Moment], Outcome]] = {
    "cancel_confirm": lambda c, active, yes, m: (
        cancel_confirmed(c, CancelConfirmed(active.report_id), m)
        if yes
        else cancel_refused(c, CancelRefused(), m)
    ),
    "already_open": lambda c, _active, yes, m: (
        # A bare "no" may be for the officer: another report is begun by a tap.
        details_asked(c, DetailsAsked(), m) if yes else Outcome(c, (Prompt("tap_for_another"),))
    ),
}
"""What yes and no say to questions about an open report; nothing is cancelled by a word alone."""

_FIRST_THAT_FITS: tuple[
    Callable[[Conversation, ActiveReport, Said, Moment], Outcome | None], ...
] = (cancelling, _landmark_with_number, _mended, _kind_by_number, _no_number, _answered, _landmark)
"""What a text may be, beside words to pass on."""

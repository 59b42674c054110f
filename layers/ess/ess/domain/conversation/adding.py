"""What is added to a report or changed in it while it is open."""

from dataclasses import replace

from ess.domain.conversation.answers import ask_next, next_question, received, status_params, stay
from ess.domain.conversation.inputs import (
    ANSWERS,
    QUESTIONS,
    Answered,
    CallDeclined,
    ClearAsked,
    DetailsAsked,
    LandmarkAsked,
    MediaSent,
    NumberMissing,
    WhoChosen,
)
from ess.domain.conversation.outcome import Moment, Outcome, passed_on
from ess.domain.conversation.state import (
    ActiveReport,
    Conversation,
    Params,
    Prompt,
    Step,
)
from ess.domain.conversation.writes import (
    AddDetail,
    AddPhone,
    CancelReport,
    DispatchReport,
    ForbidCall,
    OpenReport,
    ReviseReport,
)
from ess.domain.note_text import MOST_BYTES, fitting, pieces, weight
from ess.domain.pace import MOST_FILES
from ess.domain.report import ACCEPTED, SEARCHING, Status


def dispatch_now(c: Conversation, m: Moment, phone: str | None, *, can_talk: bool) -> Outcome:
    """Hand the opened report to the workflow."""
    active = c.active
    if active is None:
        return stay(c)
    moved = replace(active, status=Status.DISPATCHED, changed_at=m.now, can_talk=can_talk)
    after = replace(c, active=moved)
    write = DispatchReport(active.report_id, phone, can_talk, m.now)
    return Outcome(after, received(moved), write, start=active.report_id)


def with_words(outcome: Outcome, words: str, message_id: str) -> Outcome:
    """Return `outcome` with the words that stood beside what a text was taken for."""
    active, write = outcome.conversation.active, outcome.write
    if not words or active is None or not isinstance(write, _WITH_NOTE):
        return outcome
    kept = fitting(words, active.note_bytes, MOST_BYTES)
    if kept != pieces(words):
        first, *rest = outcome.answer
        outcome = replace(outcome, answer=(first, Prompt("notes_full"), *rest))
    if not kept:
        return outcome
    with_words = replace(
        outcome,
        conversation=replace(outcome.conversation, active=_with_notes(active, kept)),
        write=replace(write, note=" ".join(kept), message_id=message_id),
    )
    if outcome.wake is None and active.status in ACCEPTED:  # whoever goes is to read them now
        return replace(with_words, wake=active.token, news="details")
    return with_words


_WITH_NOTE = DispatchReport | ReviseReport | AddPhone | ForbidCall | AddDetail | CancelReport
"""The writes that words may stand beside."""


def _with_notes(active: ActiveReport, kept: tuple[str, ...]) -> ActiveReport:
    return replace(
        active, notes=active.notes + len(kept), note_bytes=active.note_bytes + weight(kept)
    )


def add_detail(
    c: Conversation, active: ActiveReport, what: str, value: str, m: Moment, said: str
) -> Outcome:
    """Add what the reporter says to the report; `said` is the answer to it."""
    all_of_it = pieces(value)
    # Of a long landmark the beginning is shown as such; what follows is a note beside it.
    first = () if what == "note" else all_of_it[:1]
    notes = fitting(" ".join(all_of_it[len(first) :]), active.note_bytes, MOST_BYTES)
    if not all_of_it:
        return stay(c)
    if not (first or notes):
        return stay(c, "notes_full")
    after = replace(c, active=_with_notes(active, notes))
    if active.status in ACCEPTED:
        said = f"{said}_passed"
    words = " ".join(notes)
    write = AddDetail(active.report_id, what, words, m.now, message_id=m.message_id)
    if first:
        write = replace(write, value=first[0], note=words or None)
    ask = ask_next(after) if active.status is Status.OPENED else ()
    params: Params = {"can_talk": active.can_talk}
    full = () if (*first, *notes) == all_of_it else (Prompt("notes_full"),)
    return passed_on(after, (Prompt(said, params), *full, *ask), write)


def heard_by_officer(outcome: Outcome, words: str, m: Moment, *, is_long: bool = False) -> Outcome:
    """Return `outcome` with a bare yes or no passed on: perhaps it answers an officer, not us.

    Args:
        is_long: it says more than yes or no, and is kept for whoever will accept.
    """
    active = outcome.conversation.active
    if active is None or not active.is_open or not (is_long or active.status in ACCEPTED):
        return outcome
    if outcome.write is not None:
        return with_words(outcome, words, m.message_id)
    passed = add_detail(outcome.conversation, active, "note", words, m, "note_kept")
    if passed.write is None:
        return outcome
    return replace(passed, answer=(*passed.answer[:1], *outcome.answer))


def add_phone(c: Conversation, active: ActiveReport, phone: str, m: Moment) -> Outcome:
    """Add a number that came after the dispatch."""
    write = AddPhone(active.report_id, phone, m.now)
    if not active.can_talk:
        return Outcome(c, (Prompt("phone_added_silent"), *ask_next(c)), write)
    if active.status in SEARCHING:
        return Outcome(c, (Prompt("phone_added"), *ask_next(c)), write)
    answer = (Prompt("phone_passed"), *ask_next(c))
    return Outcome(c, answer, write, wake=active.token, news="phone_added")


def call_declined(c: Conversation, _given: CallDeclined, m: Moment) -> Outcome:
    """Note that no call is possible, whatever the step."""
    if c.step is Step.GIVE_PHONE:
        return dispatch_now(c, m, None, can_talk=False)
    if c.draft is not None:
        silent = stay(replace(c, draft=replace(c.draft, no_call=True)), "no_call_kept")
        return forbidden_beside(silent, m)
    if c.step is Step.FOLLOWING and c.active is not None:
        return forbid_call(c, c.active, m)
    return stay(c, "late_button")


def number_missing(c: Conversation, _given: NumberMissing, m: Moment) -> Outcome:
    """Dispatch without a number; later the button says nothing new."""
    if c.step is Step.GIVE_PHONE:
        return dispatch_now(c, m, None, can_talk=True)
    return stay(c, "late_button")


def forbidden_beside(outcome: Outcome, m: Moment) -> Outcome:
    """Return `outcome` of a draft; whoever cannot talk is not called about an open report either.

    A report that only waits for a number is dispatched without one.
    """
    c = outcome.conversation
    active = c.active
    if outcome.write is not None or active is None or not active.is_open or not active.can_talk:
        return outcome
    if active.status is Status.OPENED:
        sent = dispatch_now(c, m, None, can_talk=False)
        dropped = c.draft is None  # then no number is asked for any more
        answer = (*outcome.answer[:1], *sent.answer) if dropped else outcome.answer
        return replace(sent, answer=answer)
    forbidden = forbid_call(c, active, m)
    told = (prompt for prompt in outcome.answer if prompt.name != "no_call_kept")
    return replace(forbidden, answer=(*forbidden.answer[:1], *told))


def also_forbidden(outcome: Outcome, beside: ActiveReport | None, m: Moment) -> Outcome:
    """Return `outcome`, by which a report is opened, with calls about the one before forbidden.

    Args:
        beside: the report that was spoken of before.
    """
    opens = outcome.write
    if beside is None or not beside.is_open or not beside.can_talk:
        return outcome
    if not isinstance(opens, OpenReport):
        return outcome
    accepted = beside.status in ACCEPTED
    forbid: ForbidCall | DispatchReport = ForbidCall(beside.report_id, m.now)
    if beside.status is Status.OPENED:
        # The auditor starts its workflow, half a minute late: this event starts the new one's.
        forbid = DispatchReport(beside.report_id, None, can_talk=False, at=m.now)
    token = beside.token if accepted else None
    return replace(outcome, write=replace(opens, beside=forbid), wake=token, news="no_call")


def forbid_call(
    c: Conversation, active: ActiveReport, m: Moment, phone: str | None = None
) -> Outcome:
    """Forbid calls about a report that is dispatched."""
    after = replace(c, active=replace(active, can_talk=False))
    write = ForbidCall(active.report_id, m.now, phone=phone)
    more = next_question(active) or ask_next(c)
    if active.status in SEARCHING:
        return Outcome(after, (Prompt("no_call_kept"), *more), write)
    answer = (Prompt("no_call_passed"), *more)
    return Outcome(after, answer, write, wake=active.token, news="no_call")


def who_chosen(c: Conversation, given: WhoChosen, m: Moment) -> Outcome:
    """Take who reports."""
    if c.draft is not None:
        return stay(replace(c, draft=replace(c.draft, who=given.who)), "who_kept")
    if c.active is None or not c.active.is_open:
        return stay(c, "late_button")
    after = replace(c, active=replace(c.active, who=given.who.value))
    write = AddDetail(c.active.report_id, "who", given.who.value, m.now)
    ask = ask_next(after) if after.step is Step.GIVE_PHONE else ()
    return passed_on(after, (Prompt("who_kept"), *ask), write)


def details_asked(c: Conversation, _given: DetailsAsked, _m: Moment) -> Outcome:
    """Offer what can be added to the open report."""
    if c.draft is not None or c.active is None or not c.active.is_open:
        return stay(c)
    return Outcome(c, (Prompt("details", status_params(c.active)),))


def landmark_asked(c: Conversation, _given: LandmarkAsked, _m: Moment) -> Outcome:
    """Await a landmark: the next text."""
    if c.active is None or not c.active.is_open:
        return stay(c, "late_button")
    return Outcome(replace(c, awaiting="landmark"), (Prompt("ask_landmark"),))


def question_answered(c: Conversation, given: Answered, m: Moment) -> Outcome:
    """Take an answer to a question of yes or no, and ask the next."""
    active = c.active
    known = given.question in QUESTIONS and given.answer in ANSWERS
    if active is None or not active.is_open or not known:
        return stay(c, "late_button")
    answered = tuple(q for q in QUESTIONS if q == given.question or q in active.answered)
    after = replace(c, active=replace(active, answered=answered))
    more = next_question(replace(active, answered=answered)) or (Prompt("answers_kept"),)
    return passed_on(after, more, AddDetail(active.report_id, given.question, given.answer, m.now))


def clear_asked(c: Conversation, _given: ClearAsked, _m: Moment) -> Outcome:
    """Say how the chat shows nothing telling."""
    return Outcome(c, (Prompt("clear_help"),))


def media_sent(c: Conversation, given: MediaSent, _m: Moment) -> Outcome:
    """Have a file of an open report fetched."""
    kept = given.media in ("image", "video", "audio") and given.message_id
    # Beside a draft too: what is recorded now may not be there any more when the draft is sent.
    alike = c.draft is None or (c.active is not None and c.draft.drill == c.active.drill)
    if kept and alike and c.active is not None and c.active.is_open:
        if c.pace.files_of(c.active.report_id) >= MOST_FILES:
            return stay(c, "media_full")
        c = replace(c, pace=c.pace.after_file(c.active.report_id))
        answer = (Prompt("media_received"), *(() if c.step is Step.FOLLOWING else ask_next(c)))
        return Outcome(c, answer, media=(given.media, given.message_id))
    return stay(c, "media_later" if kept else "media_not_understood")

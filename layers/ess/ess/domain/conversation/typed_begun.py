"""Free text before there is a report: it fills the draft."""

from dataclasses import replace

from ess.domain.conversation.adding import also_forbidden, forbidden_beside, heard_by_officer
from ess.domain.conversation.answers import (
    drill_label,
    kind_of_choice,
    last_question,
    stay,
    which_kind,
)
from ess.domain.conversation.ending import cancel_asked
from ess.domain.conversation.inputs import CancelAsked, KindChosen, PinKept, StatusAsked
from ess.domain.conversation.older import status_asked
from ess.domain.conversation.outcome import Moment, Outcome
from ess.domain.conversation.reporting import kind_chosen, pin_kept, settle
from ess.domain.conversation.said import URGENT, Said
from ess.domain.conversation.state import (
    ActiveReport,
    Conversation,
    Draft,
    Prompt,
)
from ess.domain.note_text import MOST_DRAFT_BYTES, fitting, pieces, weight
from ess.domain.service_area import Area, locate
from ess.domain.understanding import Understood
from ess.domain.written_place import PlaceDoubt


def text_begun(c: Conversation, said: Said, m: Moment) -> Outcome:
    """Take a text before a report exists: whatever it says fills the draft, its words too."""
    meant, before = said.meant, c.draft or Draft()
    draft = _absorb(before, said)
    told = meant.kinds or meant.link or meant.place_doubt or said.number.others
    begins = meant.asks_help or bool(told)
    # Who reports is no step towards a report.
    gives = replace(draft, who=before.who) != before or (begins and c.draft is None)
    if c.draft is None and not gives:
        return _nothing_begun(c, meant, m)
    for take in (_kind_by_number, _draft_answered, _draft_cancelled):
        if (taken := take(c, draft, said, m)) is not None:
            return _silenced(taken, c.active, said, m)
    kept = replace(c, draft=_with_note(draft, said, said.words))
    first = (*_noticed(before, draft, said), *_cut(before, said))
    settled = settle(kept, m)
    if settled.write is not None:
        opened = replace(settled, answer=(*first, *settled.answer))
        return _silenced(opened, c.active, said, m)
    unsure = _unsure_of_kind(draft, meant)
    if not (first or unsure or gives):
        first = (Prompt("words_kept"),)
    asked = unsure or settled.answer if draft.kind is None else (*unsure, *settled.answer)
    return _beside_open(replace(settled, answer=(*first, *asked)), said, m)


def _silenced(outcome: Outcome, beside: ActiveReport | None, said: Said, m: Moment) -> Outcome:
    """Return `outcome`; whoever says that they cannot talk is not called about any report.

    Args:
        beside: the report that was spoken of before.
    """
    if not said.silent:
        return outcome
    if outcome.write is not None:
        return also_forbidden(outcome, beside, m)
    return forbidden_beside(outcome, m)


def _beside_open(outcome: Outcome, said: Said, m: Moment) -> Outcome:
    """Return `outcome` of a draft with what its text says about the report that is open beside."""
    if said.silent:
        return forbidden_beside(outcome, m)
    bare = said.meant.yes is not None and not said.is_long
    return heard_by_officer(outcome, said.whole, m) if bare else outcome


def _with_note(draft: Draft, said: Said, words: str) -> Draft:
    """Return `draft` with words that go to the officers with the report, as far as they fit."""
    kept = fitting(words, weight(draft.notes), MOST_DRAFT_BYTES)
    ids = (*draft.note_ids, *([said.message_id] * len(kept)))
    return replace(draft, notes=(*draft.notes, *kept), note_ids=ids)


def _cut(draft: Draft, said: Said) -> tuple[Prompt, ...]:
    """Say so if not all of a text's words fit into `draft`."""
    fits = fitting(said.words, weight(draft.notes), MOST_DRAFT_BYTES) == pieces(said.words)
    return () if fits else (Prompt("notes_full"),)


def _absorb(draft: Draft, said: Said) -> Draft:
    """Return `draft` with what a text says beyond doubt.

    What was given before is changed only by a number, a place, or another kind where the one before
    is denied; an answer to who reports is never changed by words.
    """
    meant = said.meant
    if meant.kind is not None and (draft.kind is None or draft.kind in meant.denied):
        draft = replace(draft, kind=meant.kind)
    if meant.place is not None and (meant.place_doubt is None or draft.pin is None):
        area = locate(meant.place) if meant.place_doubt is None else Area.DOUBTFUL
        draft = replace(draft, pin=meant.place, place=None, pin_area=area, pin_kept=False)
    if said.phone is not None:
        draft = replace(draft, phone=said.phone)
    if said.silent:
        draft = replace(draft, no_call=True)
    return draft if draft.who or meant.who is None else replace(draft, who=meant.who)


def _noticed(before: Draft, draft: Draft, said: Said) -> tuple[Prompt, ...]:
    """Return what is to be said of a text before the next question."""
    meant, names = said.meant, list[str]()
    if draft.phone != before.phone:
        names.append("phone_kept")
    elif said.number.others:
        names.append("number_noted")
    if draft.no_call and not before.no_call:
        names.append("no_call_kept")
    if before.pin is not None and draft.pin != before.pin:
        names.append("pin_mended")
    if meant.other is not None and (meant.kind is None or meant.other in URGENT):
        names.append(f"other.{meant.other.value}")
    elif meant.is_test:
        names.append("is_test")
    if meant.place_doubt is PlaceDoubt.SEVERAL:
        names.append("several_places")
    if meant.link is not None and draft.pin is None:
        names.append("link_not_readable")
    if meant.asks_status:
        names.append("not_sent_yet")
    mended = before.kind is not None and draft.kind is not None and draft.kind != before.kind
    kind = (Prompt("kind_mended", {"kind": int(draft.kind)}),) if mended and draft.kind else ()
    return (*kind, *map(Prompt, names))


def _unsure_of_kind(draft: Draft, meant: Understood) -> tuple[Prompt, ...]:
    """Return the question which kind is meant, where a text leaves that open."""
    if draft.kind is None:
        return (which_kind(meant.kinds),) if meant.kinds else ()
    if meant.kind is not None and meant.kind is not draft.kind:
        return (which_kind((meant.kind, draft.kind)),)
    return (Prompt("ask_kind"),) if draft.kind in meant.denied else ()


def _kind_by_number(c: Conversation, _: Draft, said: Said, m: Moment) -> Outcome | None:
    """Take the number of one of the kinds that are asked for."""
    kind = None if c.draft is None else kind_of_choice(c, said.meant.choice)
    return None if kind is None else kind_chosen(c, KindChosen(kind), m)


def _draft_cancelled(c: Conversation, draft: Draft, said: Said, m: Moment) -> Outcome | None:
    """Take a text about dropping the draft: that word alone, or once more, is an answer.

    Args:
        draft: with what else the text says.
    """
    if c.draft is None:
        return None
    meant, asked = said.meant, last_question(c) == "cancel_draft"
    if asked and meant.keeps:
        return settle(c, m)
    cancels = meant.cancels or (meant.safe and not said.tells_more)
    again = asked and not said.is_emergency and not meant.hedged
    if meant.only_cancels or (cancels and again):
        return cancel_asked(c, CancelAsked(), m)
    if not cancels:
        return None
    # Words alone throw nothing away, nor do they open a report that is perhaps not wanted.
    doubted = replace(c, draft=_with_note(draft, said, said.whole))
    return Outcome(doubted, (Prompt("cancel_draft", drill_label(draft.drill)),))


def _draft_answered(c: Conversation, draft: Draft, said: Said, m: Moment) -> Outcome | None:
    """Take yes or no to what was asked of a draft last; None if it was no such question.

    Args:
        draft: with what else the text says.
    """
    asked, meant = last_question(c), said.meant
    if c.draft is None or meant.yes is None:
        return None
    another_pin = draft.pin != c.draft.pin
    if said.is_long:
        draft = _with_note(draft, said, said.words)
    c = replace(c, draft=draft)
    if asked == "cancel_draft":
        return cancel_asked(c, CancelAsked(), m) if meant.yes else settle(c, m)
    if asked.startswith("confirm_pin.") and draft.kind is not None and not another_pin:
        if meant.yes:
            return pin_kept(c, PinKept(), m)
        # The pin stays until another comes: a place in doubt is better than none.
        return Outcome(c, (Prompt("ask_pin", {"kind": int(draft.kind)}),))
    return None


def _nothing_begun(c: Conversation, meant: Understood, m: Moment) -> Outcome:
    """Answer a text that begins no report."""
    if meant.other is not None:
        return stay(c, f"other.{meant.other.value}")
    if meant.is_test:
        return stay(c, "is_test")
    if meant.asks_status:
        return status_asked(c, StatusAsked(), m)
    if meant.safe:
        return stay(c, "help_came")
    return stay(c, "nothing_to_cancel" if meant.cancels else "not_understood")

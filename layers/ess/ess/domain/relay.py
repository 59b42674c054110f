"""Two ways between a reporter and the officers on the report: who is on it, who was told how much.

What passes is words, answers, pins and files, through the account: nobody sees the other's LINE
identity or number. A report that is closed passes nothing on.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ess.domain.media import MediaRef
from ess.domain.report import ACCEPTED, Change, Notified, Report, Told, refuse_closed, unchanged
from ess.domain.understanding import Understood

TEXT_PAUSE_S = 180
"""Seconds between two SMS to an officer about what a reporter says: each leads to all of it."""

ONE_BY_ONE = 3
"""Texts of a reporter that come as messages of their own; what is older comes in one, or few."""

OLDER_LIMIT = 4_000
"""Letters of older texts in one message, counted as LINE does, in UTF-16 units: it takes 5,000 with
what stands around them."""

SENT_MOST = 20
"""Messages that an officer may send to reporters within `SENT_S` seconds."""

SENT_S = 300.0

TALK_S = 24 * 3600.0
"""Seconds after an officer's tap on an open report for which their words go to its reporter."""

CHOSEN_S = 300.0
"""Seconds for which it holds whom an officer with several reports said that they write to."""

SEND = "send"
"""What an officer chooses to have the words sent that were held back."""

_CALLS = re.compile(r"กำลังเสริม|ส่งกำลัง|back-?up|officer down|shots fired", re.IGNORECASE)
"""How an officer, and hardly a reporter, calls for help."""

_ASKS = re.compile(r"(?:ไหม|มั้ย|มัย|ไหน|หรือ(?:เปล่า|ยัง|ป่าว)|[?？])\W*(?:คะ|ค่ะ|ครับ|คับ)?\W*$")
"""How a question ends: what happens to the reporter is asked, and nothing reported."""


@dataclass(frozen=True, slots=True)
class Words:
    """Texts of a reporter in one message.

    Args:
        key: the same for the same texts.
        text: what was written, a line for each text.
    """

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class News:
    """What an officer on a report has not been told yet.

    Args:
        mended: whether anything but texts and files was added or changed.
        pin_moved: whether the pin was.
        words: texts, oldest first.
        media: files, oldest first.
        retracted: whether something was taken back.
    """

    mended: bool
    pin_moved: bool
    words: tuple[Words, ...]
    media: tuple[MediaRef, ...]
    retracted: bool = False

    def __bool__(self) -> bool:
        """Tell whether there is any."""
        return bool(self.mended or self.words or self.media or self.retracted)


def on_it(report: Report) -> tuple[Notified, ...]:
    """Return who goes: whoever accepted, and those who joined; nobody while it is not accepted."""
    if report.status not in ACCEPTED:
        return ()
    ids = dict.fromkeys((report.acknowledged_by, *report.helpers))
    people = (report.find_notified(one) for one in ids if one is not None)
    return tuple(person for person in people if person is not None)


def is_on_it(report: Report, responder_id: str) -> bool:
    """Tell whether this person accepted the report, or joined whoever did, and it is open."""
    return any(person.responder_id == responder_id for person in on_it(report))


def told_to(report: Report, responder_id: str) -> Told:
    """Return how much of what the reporter says this person was told."""
    known = (told for told in report.told if told.responder_id == responder_id)
    return next(known, Told(responder_id))


def news_of(report: Report, responder_id: str) -> News:
    """Return what this person has not been told yet."""
    told = told_to(report, responder_id)
    return News(
        mended=report.mended > told.mended,
        pin_moved=report.pin_moves > told.pin_moves,
        words=_words(report.notes, told.notes),
        media=tuple(ref for ref in report.media[told.media :] if ref in report.files),
        retracted=report.retracted > told.retracted,
    )


def _words(notes: Sequence[str], told: int) -> tuple[Words, ...]:
    first = max(told, len(notes) - ONE_BY_ONE)
    numbers = [number for number in range(first, len(notes)) if notes[number]]
    alone = [Words(f"note-{number}", notes[number]) for number in numbers]
    return (*_older(notes, told, first), *alone)


def _older(notes: Sequence[str], begin: int, end: int) -> Iterator[Words]:
    """Yield the notes from `begin` to before `end` in as few messages as hold them."""
    lines, length = list[str](), 0
    for number in range(begin, end):
        note = notes[number]
        size = len(note.encode("utf-16-le")) // 2  # an emoji is two
        if lines and length + size > OLDER_LIMIT:
            yield Words(f"notes-{begin}-{number}", "\n".join(lines))
            begin, lines, length = number, [], 0
        if note:
            lines.append(note)
            length += size + 1
    if lines:
        yield Words(f"notes-{begin}-{end}", "\n".join(lines))


def all_told(report: Report, responder_id: str, *, texted_at: float | None = None) -> Told:
    """Return the mark of a person who has been told everything that `report` holds.

    Args:
        texted_at: epoch seconds of the SMS that says so, if it is one.
    """
    told = told_to(report, responder_id)
    return replace(
        told,
        mended=report.mended,
        pin_moves=report.pin_moves,
        notes=len(report.notes),
        media=len(report.media),
        retracted=report.retracted,
        texted_at=told.texted_at if texted_at is None else texted_at,
    )


def seen_by(report: Report, person: Notified) -> tuple[Told, ...]:
    """Return the marks once `person` goes: the answer to that shows what is known.

    The reporter's texts and files still come to who has LINE; the others are on the page that shows
    them.
    """
    mark = all_told(report, person.responder_id)
    if person.line_user_id is not None:
        told = told_to(report, person.responder_id)
        mark = replace(mark, notes=told.notes, media=told.media)
    return _marked(report, [mark])


def mark(report: Report, marks: Iterable[Told]) -> Change:
    """Write down who was told how much; no event in the report's life, so no time of it changes."""
    told = _marked(report, marks)
    if told == report.told:
        return unchanged(report)
    return Change(replace(report, told=told, version=report.version + 1), ())


def _marked(report: Report, marks: Iterable[Told]) -> tuple[Told, ...]:
    known = {told.responder_id: told for told in report.told}
    for new in marks:
        old = known.get(new.responder_id, new)
        # What was told stays told, whichever write comes last.
        texted = [at for at in (old.texted_at, new.texted_at) if at is not None]
        known[new.responder_id] = Told(
            responder_id=new.responder_id,
            mended=max(old.mended, new.mended),
            pin_moves=max(old.pin_moves, new.pin_moves),
            notes=max(old.notes, new.notes),
            media=max(old.media, new.media),
            texted_at=max(texted, default=None),
            retracted=max(old.retracted, new.retracted),
        )
    return tuple(known.values())


def may_text(told: Told, now: float) -> bool:
    """Tell whether another SMS may go to this person."""
    return told.texted_at is None or now - told.texted_at >= TEXT_PAUSE_S


def attach(report: Report, ref: MediaRef) -> Change:
    """Add a file of the reporter's that is kept; adding it again changes nothing.

    Raises:
        ReportClosed: nothing is passed on any more.
    """
    refuse_closed(report)
    if ref in report.media or ref.media_id in report.unsent:
        return unchanged(report)
    after = replace(report, media=(*report.media, ref), version=report.version + 1)
    return Change(after, ())


def calls_for_help(words: str, meant: Understood) -> bool:
    """Tell whether an officer's words may be no message to a reporter, but a call for help."""
    if meant.asks_help or _CALLS.search(words):
        return True
    names_one = meant.kind is not None or bool(meant.kinds)
    return names_one and not _ASKS.search(words.strip())


def recently(sent_at: Iterable[float], now: float) -> tuple[float, ...]:
    """Return those of an officer's messages that count for `SENT_MOST`; epoch seconds."""
    return tuple(at for at in sent_at if now - at < SENT_S)

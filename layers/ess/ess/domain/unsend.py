"""What becomes of what is stored of a message that its sender takes back.

Words, landmarks and files are deleted. Kind, pin and number stay, since somebody may be on the way
to them; they can be mended. Nothing takes back what is already on an officer's phone.
"""

from collections.abc import Sequence
from dataclasses import replace

from ess.domain.conversation import Conversation
from ess.domain.media import media_id_of
from ess.domain.report import Change, Entry, Report, unchanged

MOST_UNSENT = 50
"""Ids that a report remembers as taken back, the latest ones, beside those of its own files."""

GONE = ""
"""What stands in the place of a note that was taken back: those after it keep theirs."""


def forget_in_draft(c: Conversation, message_id: str) -> Conversation:
    """Return `c` without the draft's words from a message; the same object if there are none."""
    if c.draft is None or message_id not in c.draft.note_ids:
        return c
    pairs = _with_ids(c.draft.notes, c.draft.note_ids)
    kept = [(note, note_id) for note, note_id in pairs if note_id != message_id]
    draft = replace(
        c.draft,
        notes=tuple(note for note, _ in kept),
        note_ids=tuple(note_id for _, note_id in kept),
    )
    return replace(c, version=c.version + 1, draft=draft)


def forget_held(c: Conversation) -> Conversation:
    """Return `c` without words that an officer has still to send; the same object if none wait.

    Which message they came in is not known: an officer who takes something back just now says
    rather once more what was meant.
    """
    if c.officer is None or c.officer.held is None:
        return c
    return replace(c, version=c.version + 1, officer=replace(c.officer, held=None))


def _with_ids(notes: Sequence[str], ids: Sequence[str]) -> list[tuple[str, str]]:
    """Return each note with its id: the first have none if a version before this stored them."""
    padded = ("",) * (len(notes) - len(ids)) + tuple(ids)
    return list(zip(notes, padded, strict=True))


def has_words(report: Report, message_id: str) -> bool:
    """Tell whether words of `report` came, or had come, in a message."""
    return message_id in report.note_ids or message_id == report.landmark_id


def retract(report: Report, message_id: str, now: float) -> Change:
    """Take back what a message gave to `report`; doing it again changes nothing.

    Of a message without words it is not known whether it was a file, nor whether that is still to
    be fetched: its id is remembered, so that it is not kept later.

    Args:
        report: the report.
        message_id: LINE's id of the message, digits.
        now: epoch seconds.
    """
    if has_words(report, message_id):
        return _without_words(report, message_id, now)
    media_id = media_id_of(report.report_id, message_id)
    if media_id in report.unsent:
        return unchanged(report)
    files = {ref.media_id for ref in report.media}
    latest = report.unsent[1 - MOST_UNSENT :]
    # A file that is forgotten to be taken back would be shown again.
    kept = tuple(one for one in report.unsent if one in files or one in latest)
    after = replace(report, unsent=(*kept, media_id))
    if media_id in files:
        return _told(after, "file", now)
    return Change(replace(after, version=report.version + 1), ())


def _without_words(report: Report, message_id: str, now: float) -> Change:
    pairs = _with_ids(report.notes, report.note_ids)
    notes = tuple(GONE if note_id == message_id else note for note, note_id in pairs)
    after = replace(report, notes=notes)
    if message_id == report.landmark_id:
        after = replace(after, landmark=None)
    return unchanged(report) if after == report else _told(after, "words", now)


def _told(after: Report, what: str, now: float) -> Change:
    """Return the change, with its line; no event in the report's life, so no time of it changes."""
    version = after.version + 1
    entry = Entry(now, "reporter", "unsent", {"what": what}, key=f"{version:06d}-unsent")
    return Change(replace(after, version=version, retracted=after.retracted + 1), (entry,))

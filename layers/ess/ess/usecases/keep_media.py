"""Keep a file that somebody sent about a report: fetched, cleaned, stored, told.

A reporter's file becomes part of the report while it is open, and the waiting workflow is waked,
which tells the officers who go. Doing it again for the same message has no further effect: what is
stored is not fetched again, the timeline's line and the push have keys of their own.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from ess.domain import relay
from ess.domain.conversation import Params, Prompt
from ess.domain.errors import (
    ContentNotReady,
    MediaRefused,
    NotNotified,
    PermanentFailure,
    QuotaSpent,
    RecipientUnreachable,
    ReportClosed,
    TemporaryFailure,
)
from ess.domain.ids import retry_key
from ess.domain.media import Kept, MediaItem, MediaKind, Refusal
from ess.domain.report import ACCEPTED, Entry, Report
from ess.ports.clock import Clock
from ess.ports.media import MediaStore, MessageContent, Pictures
from ess.ports.messenger import Messenger
from ess.ports.reports import Reports
from ess.ports.workflow import Workflow
from ess.usecases.change_report import change_report

PAUSES_S = (1.0, 3.0)
"""Seconds before LINE is asked again here; after them the queue's next delivery asks."""

TAKEN_BACK = "taken_back"
"""Why nothing is kept of a message that its sender has taken back."""

_TEXTS: Mapping[bool, str] = {True: "officer.photo", False: "media"}
"""What the names of the sender's messages begin with: an officer's, a reporter's."""


@dataclass(frozen=True, slots=True)
class Done:
    """What came of one file, for whoever counts; nothing in it tells of a person.

    Args:
        kept: what is stored; None when it was refused.
        refusal: why it was refused; empty when it is stored.
        told: ``accepted`` by LINE, ``quota_spent``, ``unreachable``, ``refused``, ``failed``,
            ``no_line`` for a sender whom LINE does not reach, or ``nobody`` where there is nothing
            to say.
    """

    kept: Kept | None
    refusal: str
    told: str


@dataclass(frozen=True, slots=True)
class _Sender:
    """Who is told."""

    line_user_id: str | None
    language: str | None
    silent: bool


def keep_media(
    item: MediaItem,
    *,
    last_try: bool,
    reports: Reports,
    content: MessageContent,
    pictures: Pictures,
    store: MediaStore,
    messenger: Messenger,
    workflow: Workflow,
    clock: Clock,
    sleep: Callable[[float], None] = time.sleep,
) -> Done:
    """Keep the file that `item` names, or say why not, in the timeline and to its sender.

    Args:
        item: what to fetch, and which report it belongs to.
        last_try: nobody will ask again: what is still not ready is refused, and a sender who cannot
            be told now is not told.
        sleep: pauses for seconds.

    Raises:
        ReportNotFound: there is no such report.
        NotNotified: the officer was never notified of it, and so may add nothing.
        TemporaryFailure: trying again later may work; `ContentNotReady` among them.
        PermanentFailure: LINE or the store refuses us: an operator has to look.
    """
    report = reports.get(item.report_id)
    if item.taken_back or item.ref.media_id in report.unsent:
        return _forget(item, store)
    sender = _sender_of(item, report)
    refusal, kept = "", store.find(item.ref)
    if kept is None:
        try:
            kept = _fetch_and_store(item, content, pictures, store, sleep)
        except MediaRefused as error:
            refusal = error.reason
        except ContentNotReady:
            if not last_try:
                raise
            refusal = Refusal.NOT_READY.value
    reports.note(item.report_id, [_entry(item, kept, refusal, clock.now())])
    if kept is not None and item.responder_id is None:
        report = _pass_on(item, reports, workflow) or report
        if item.ref.media_id in report.unsent:  # meanwhile
            return _forget(item, store)
    told = _tell(item, report, sender, refusal, messenger, last_try=last_try)
    return Done(kept, refusal, told)


def _forget(item: MediaItem, store: MediaStore) -> Done:
    """Delete the file of a message that was taken back; LINE never says what kind it was."""
    for kind in MediaKind:
        store.forget(replace(item.ref, kind=kind))
    return Done(None, TAKEN_BACK, "nobody")


def _pass_on(item: MediaItem, reports: Reports, workflow: Workflow) -> Report | None:
    """Make the file part of the report, and wake whoever tells the officers on it.

    Returns:
        The report as it is then; None for one that is closed.
    """
    try:
        _, report = change_report(
            reports, item.report_id, lambda now_is: relay.attach(now_is, item.ref)
        )
    except ReportClosed:
        return None  # it is kept with the report, and passed on to nobody
    # An earlier try may have ended before this; waking twice tells nobody twice.
    if report.token is not None and report.status in ACCEPTED:
        workflow.resume(report.token, "details")
    return report


def _sender_of(item: MediaItem, report: Report) -> _Sender:
    if item.responder_id is None:
        return _Sender(report.reporter_id, report.language, silent=not report.can_talk)
    officer = report.find_notified(item.responder_id)
    if officer is None:
        raise NotNotified(report.report_id)
    return _Sender(officer.line_user_id, None, silent=False)


def _fetch_and_store(
    item: MediaItem,
    content: MessageContent,
    pictures: Pictures,
    store: MediaStore,
    sleep: Callable[[float], None],
) -> Kept:
    for pause in PAUSES_S:
        try:
            raw = content.fetch(item.message_id, item.kind)
            break
        except ContentNotReady:
            sleep(pause)
    else:
        raw = content.fetch(item.message_id, item.kind)
    clean = pictures.clean(raw) if item.kind is MediaKind.IMAGE else raw
    return store.keep(item.ref, clean)


def _entry(item: MediaItem, kept: Kept | None, refusal: str, now: float) -> Entry:
    media_id, kind = item.ref.media_id, item.kind.value
    if kept is None:
        facts = {"kind": kind, "media_id": media_id, "reason": refusal}
        return Entry(now, item.sender, "media_refused", facts, f"media-{media_id}-{refusal}")
    return Entry(
        now,
        item.sender,
        "media_kept",
        {"kind": kind, "media_id": media_id, "bytes": kept.size, "type": kept.content_type},
        f"media-{media_id}-kept",
    )


def _tell(
    item: MediaItem,
    report: Report,
    sender: _Sender,
    refusal: str,
    messenger: Messenger,
    *,
    last_try: bool,
) -> str:
    if not sender.line_user_id:
        return "no_line"
    about = _TEXTS[item.responder_id is not None]
    name = f"{about}_refused.{refusal}" if refusal else f"{about}_kept"
    facts: Params = {"reference": report.reference}
    prompt = Prompt(name, facts | {"drill": True} if report.drill else facts)
    key = retry_key(item.report_id, prompt.name, item.sender, item.ref.media_id)
    try:
        messenger.push(
            sender.line_user_id,
            [prompt],
            sender.language,
            retry_key=key,
            silent=sender.silent,
            neutral=item.responder_id is None,
        )
    except QuotaSpent:
        return "quota_spent"
    except RecipientUnreachable:
        return "unreachable"
    except PermanentFailure:
        return "refused"
    except TemporaryFailure:
        # The file is stored: what is left is a courtesy, and no reason for somebody to be called.
        if not last_try:
            raise
        return "failed"
    return "accepted"

"""LINE's webhook: check the signature, take each event alone, answer quickly."""

import base64
import binascii
import json
import traceback
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from ess import bootstrap
from ess.domain.conversation import (
    ButtonUnknown,
    Followed,
    LanguageChosen,
    TextSent,
    Unfollowed,
)
from ess.domain.errors import (
    EssError,
    MalformedDelivery,
    MalformedEvent,
    PermanentFailure,
    SignatureRefused,
    TemporaryFailure,
)
from ess.domain.incoming import (
    Edited,
    GroupLeft,
    GroupSpoke,
    IncomingEvent,
    ResponderTap,
    Unsent,
)
from ess.usecases.receive_event import receive_event
from ess.usecases.respond_to_report import respond_to_report
from ess.usecases.take_note import sends_held

Json = dict[str, Any]

logger = Logger(service="receive_webhook")
metrics = Metrics(service="receive_webhook")  # the namespace comes from the stack


@metrics.log_metrics
def handler(event: Json, context: object) -> Json:
    """Answer LINE's delivery: 200 when every event is taken care of, 5xx to have it again.

    Args:
        event: API Gateway REST proxy event; the body may be base64.
        context: Lambda's context, not used.
    """
    metrics.add_metric("Deliveries", MetricUnit.Count, 1)
    try:
        body = _raw_body(event)
    except (binascii.Error, ValueError):
        return _answer(400, "body is not base64")
    try:
        raw_events = bootstrap.line_webhook().open(body, _header(event, "x-line-signature"))
    except SignatureRefused:
        metrics.add_metric("SignaturesRefused", MetricUnit.Count, 1)
        return _answer(401, "signature does not match")
    except MalformedDelivery as failure:
        return _answer(400, str(failure))
    except TemporaryFailure as failure:
        logger.error("channel secret not readable", extra={"reason": str(failure)})  # noqa: TRY400
        return _answer(503, "try again")
    metrics.add_metric("EventsReceived", MetricUnit.Count, len(raw_events))
    # Each on its own: a bad one goes to the queue, a late one makes LINE deliver the batch again,
    # and neither keeps the others waiting.
    taken = [_take(raw) for raw in raw_events]
    return _answer(200, "ok") if all(taken) else _answer(503, "try again")


def _take(raw: Any) -> bool:
    """Handle one event; False if LINE should deliver it again."""
    try:
        event = bootstrap.line_webhook().read(raw)
        outcome = "ignored" if event is None else _handle(event)
    except TemporaryFailure as failure:
        logger.warning("event deferred", extra=_about(raw) | {"reason": str(failure)})
        metrics.add_metric("EventsDeferred", MetricUnit.Count, 1)
        return False
    except MalformedEvent as failure:
        return _reject(raw, f"MalformedEvent: {failure}")
    except EssError as failure:
        return _reject(raw, f"{type(failure).__name__}: {failure}")
    except Exception as failure:  # noqa: BLE001 - a bug in one event must not stop the others
        # Type and place only: a message may quote what the person wrote.
        where = traceback.extract_tb(failure.__traceback__)[-1]
        return _reject(raw, f"{type(failure).__name__} in {where.name}:{where.lineno}")
    logger.info("event taken", extra=_about(raw) | {"outcome": outcome})
    return True


def _handle(event: IncomingEvent) -> str:
    messenger, workflow = bootstrap.webhook_messenger(), bootstrap.workflow()
    given = event.given
    if isinstance(given, GroupSpoke | GroupLeft):
        return _of_group(event)
    if isinstance(given, Unsent):
        _unsend(event, given.message_id)
        return "taken back"
    if isinstance(given, Edited):
        # What a text is changed into is said anew, and what it was is taken back.
        _unsend(event, event.message_id)
        given = TextSent(given.text)
    if isinstance(given, ResponderTap) and sends_held(given):
        given = ButtonUnknown()  # a message of this officer's: `Notes` reads the tap in the event
    if isinstance(given, ResponderTap):
        answer = respond_to_report(
            event,
            given,
            reports=bootstrap.reports(),
            responders=bootstrap.responders(),
            messenger=messenger,
            workflow=workflow,
            clock=bootstrap.clock(),
            progress_s=bootstrap.settings().progress_s,
        )
        # Only now: a tap that was refused must not turn their words to another report.
        if answer and not answer.refused:
            bootstrap.notes().follow(event.user_id, given, bootstrap.clock().now())
        return "applied" if answer and answer.changed else "without effect"
    officers = bootstrap.officers(_count)
    new = receive_event(
        event,
        given,
        conversations=bootstrap.conversations(),
        messenger=messenger,
        workflow=workflow,
        clock=bootstrap.clock(),
        grace_s=bootstrap.settings().grace_s,
        read_phone=bootstrap.phone_reader(),
        understand=bootstrap.understander(),
        media=bootstrap.media_queue,
        reports=bootstrap.reports,
        officers=officers,
        notes=bootstrap.notes(),
        desk_mail=bootstrap.webhook_desk_mail,
        observe=_count,
        profile_language=_language_of,
    )
    if isinstance(given, Followed | Unfollowed):
        officers.note_friendship(event, blocked=isinstance(given, Unfollowed))
    if isinstance(given, LanguageChosen):
        officers.note_language(event.user_id, given.language)
    return "handled" if new else "repeated"


def _of_group(event: IncomingEvent) -> str:
    from ess.usecases.answer_group import answer_group, leave_group  # rare: no cold start pays

    conversations = bootstrap.conversations()
    if isinstance(event.given, GroupLeft):
        leave_group(event, conversations=conversations)
        return "left"
    told = answer_group(event, conversations=conversations, messenger=bootstrap.webhook_messenger())
    return "told" if told else "without effect"


def _unsend(event: IncomingEvent, message_id: str) -> None:
    from ess.usecases.unsend_message import unsend_message  # rare: no cold start pays

    metrics.add_metric("MessagesUnsent", MetricUnit.Count, 1)
    unsend_message(
        event,
        message_id,
        conversations=bootstrap.conversations(),
        reports=bootstrap.reports(),
        media=bootstrap.media_queue,
        workflow=bootstrap.workflow(),
        clock=bootstrap.clock(),
    )


def _language_of(line_user_id: str) -> str | None:
    """Return the language of a profile; that it cannot be read keeps nobody waiting."""
    try:
        return bootstrap.known_language(line_user_id)
    except (TemporaryFailure, PermanentFailure):
        _count("ProfilesNotRead")
        return None


def _count(what: str) -> None:
    metrics.add_metric(what, MetricUnit.Count, 1)


def _reject(raw: Any, reason: str) -> bool:
    """Put an event that can never be handled where a human finds it; True if that worked."""
    metrics.add_metric("EventsRejected", MetricUnit.Count, 1)
    logger.error("event rejected", extra=_about(raw) | {"reason": reason})
    try:
        bootstrap.rejected_events().put(raw, reason)
    except Exception as failure:  # noqa: BLE001 - whatever it is, the events behind this one go on
        reason = str(failure) if isinstance(failure, EssError) else type(failure).__name__
        logger.error("rejected event not kept", extra={"reason": reason})  # noqa: TRY400
        return False
    return True


def _raw_body(event: Json) -> bytes:
    body = event.get("body") or ""
    if event.get("isBase64Encoded"):
        return base64.b64decode(body, validate=True)
    return str(body).encode()


def _header(event: Json, name: str) -> str | None:
    """Return a header's value; its name may come in any case, as LINE warns."""
    for headers in (event.get("headers"), event.get("multiValueHeaders")):
        for key, value in (headers or {}).items():
            if key.lower() == name:
                return value[-1] if isinstance(value, list) else value
    return None


def _about(raw: Any) -> Json:
    """Return what may be logged of an event: its id and type, nothing of the person."""
    if not isinstance(raw, dict):
        return {"event_type": type(raw).__name__}
    return {
        "event_id": str(raw.get("webhookEventId"))[:64],
        "event_type": str(raw.get("type"))[:40],
    }


def _answer(status: int, message: str) -> Json:
    return {
        "statusCode": status,
        "headers": {"Content-Type": "application/json"},
        "body": json.dumps({"message": message}),
    }

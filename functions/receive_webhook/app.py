"""LINE's webhook: check the signature, take each event alone, answer quickly."""

import base64
import binascii
import json
import traceback
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from ess import bootstrap
from ess.domain.conversation import Followed, Unfollowed
from ess.domain.errors import (
    EssError,
    MalformedDelivery,
    MalformedEvent,
    SignatureRefused,
    TemporaryFailure,
)
from ess.domain.incoming import IncomingEvent, ResponderTap
from ess.usecases.receive_event import receive_event
from ess.usecases.respond_to_report import respond_to_report

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
    if isinstance(event.given, ResponderTap):
        if event.given.act == "close" and event.given.choice is not None:
            now = bootstrap.clock().now()
            bootstrap.notes().begin(event.user_id, event.given.report_id, now)
        answer = respond_to_report(
            event,
            event.given,
            reports=bootstrap.reports(),
            responders=bootstrap.responders(),
            messenger=messenger,
            workflow=workflow,
            clock=bootstrap.clock(),
            progress_s=bootstrap.settings().progress_s,
        )
        return "applied" if answer and answer.changed else "without effect"
    officers = bootstrap.officers(_count)
    new = receive_event(
        event,
        event.given,
        conversations=bootstrap.conversations(),
        messenger=messenger,
        workflow=workflow,
        clock=bootstrap.clock(),
        grace_s=bootstrap.settings().grace_s,
        read_phone=bootstrap.phone_reader(),
        officers=officers,
        notes=bootstrap.notes(),
    )
    if isinstance(event.given, Followed | Unfollowed):
        officers.note_friendship(event, blocked=isinstance(event.given, Unfollowed))
    return "handled" if new else "repeated"


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

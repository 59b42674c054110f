"""Keeps the files that people add to reports: one message of the queue, one file."""

import json
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from ess import bootstrap
from ess.domain.errors import MalformedEvent
from ess.domain.media import LAST_TRY, MediaItem, from_plain
from ess.usecases.keep_media import TAKEN_BACK, keep_media

Json = dict[str, Any]

logger = Logger(service="keep_media")
metrics = Metrics(service="keep_media")


@metrics.log_metrics
def handler(event: Json, context: object) -> None:
    """Keep the files of some messages of the queue; the stack gives one at a time.

    Args:
        event: SQS records; the body of each is a `MediaItem` as JSON.
        context: Lambda's context, not used.

    Raises:
        MalformedEvent, ReportNotFound, NotNotified, TemporaryFailure, PermanentFailure: the queue
            delivers the message again, and after some times puts it where an alarm points to.
    """
    for record in event["Records"]:
        _keep(_item(record), int(record["attributes"]["ApproximateReceiveCount"]))


def _keep(item: MediaItem, delivery: int) -> None:
    metrics.add_metric("FilesTried", MetricUnit.Count, 1)
    done = keep_media(
        item,
        last_try=delivery >= LAST_TRY,
        reports=bootstrap.reports(),
        content=bootstrap.message_content(),
        pictures=bootstrap.pictures(),
        store=bootstrap.media_store(),
        messenger=bootstrap.webhook_messenger(),
        workflow=bootstrap.waiting_workflow(),
        clock=bootstrap.clock(),
    )
    outcome = "Kept" if done.kept else "Forgotten" if done.refusal == TAKEN_BACK else "Refused"
    metrics.add_metric(f"Files{outcome}", MetricUnit.Count, 1)
    logger.info(
        "file kept" if done.kept else "file not kept",
        extra={
            "report_id": item.report_id,
            "media_id": item.ref.media_id,
            "kind": item.kind.value,
            "bytes": done.kept.size if done.kept else 0,
            "reason": done.refusal,
            "outcome": outcome,
            "told": done.told,
            "delivery": delivery,
        },
    )


def _item(record: Json) -> MediaItem:
    try:
        plain = json.loads(record["body"])
    except json.JSONDecodeError as error:
        raise MalformedEvent("the message is not JSON") from error
    return from_plain(plain)

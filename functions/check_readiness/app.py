"""Every hour: tells of units that will have nobody to call within a day."""

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from ess import bootstrap
from ess.domain.ladder import DESK_UNIT_ID
from ess.usecases.check_readiness import check_readiness

Json = dict[str, Any]

AHEAD_S = 24 * 3600.0
"""How far it looks ahead, in seconds: time enough for somebody to find a replacement."""

NAMED = 50
"""Units named in the log at most; `ess units check` names all."""

logger = Logger(service="check_readiness")
metrics = Metrics(service="check_readiness")


@metrics.log_metrics
def handler(event: Json, context: object) -> None:
    """Count the units that have joined and will have nobody to call at some time.

    Args:
        event: EventBridge's scheduled event, not used.
        context: Lambda's context, not used.

    Raises:
        TemporaryFailure: the responders could not be read; the next hour may.
    """
    now = bootstrap.clock().now()
    checked = check_readiness(bootstrap.responders(), now, now + AHEAD_S)
    without = [unit for unit in checked if unit.gaps]
    desk = sum(unit.unit_id == DESK_UNIT_ID for unit in without)
    metrics.add_metric("DeskWithoutContact", MetricUnit.Count, desk)
    metrics.add_metric("UnitsWithoutContact", MetricUnit.Count, len(without) - desk)
    for unit in without[:NAMED]:
        first = unit.gaps[0]
        logger.warning(
            "unit without contact",
            extra={
                "unit_id": unit.unit_id,
                "gaps": len(unit.gaps),
                "in_s": round(first.since - now),
                "for_s": round(first.until - first.since),
                "lack": first.lack.value,
            },
        )
    logger.info("checked", extra={"units": len(checked), "without": len(without)})

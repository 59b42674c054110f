"""The page behind the link in an officer's SMS: GET shows, only a pressed button (POST) acts."""

import base64
import binascii
from typing import Any
from urllib.parse import parse_qs, quote

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from ess import bootstrap
from ess.domain.answer_page import Press
from ess.domain.errors import (
    EssError,
    LinkExpired,
    LinkRefused,
    NotNotified,
    ReportNotFound,
)
from ess.usecases.answer_link import find_file, press_button, show_link

Json = dict[str, Any]

METHODS = ("GET", "POST")
FIELDS = ("act", "choice", "note", "help_calls")
MOST_BYTES = 8_192
"""Of a form: a note of 500 Thai letters takes 4,500 when a browser has encoded it."""

logger = Logger(service="answer_link")
metrics = Metrics(service="answer_link")


@metrics.log_metrics
def handler(event: Json, context: object) -> Json:
    """Answer a browser.

    Args:
        event: API Gateway REST proxy event of ``/o/{token}``, or of ``/o/{token}/m/{media_id}``
            for a file; the body may be base64.
        context: Lambda's context, not used.
    """
    metrics.add_metric("PageRequests", MetricUnit.Count, 1)
    method = str(event.get("httpMethod"))
    # Neither the token nor the person goes into the log: the one is as good as the other.
    if method not in METHODS:
        page = bootstrap.answer_page().notice("refused")
        return _answer(405, page, method, "refused", {"Allow": ", ".join(METHODS)})
    token = str((event.get("pathParameters") or {}).get("token") or "")
    media_id = (event.get("pathParameters") or {}).get("media_id")
    press = _press(event) if method == "POST" else None
    try:
        if media_id is not None:
            return _lead_to_file(token, str(media_id))
        return _show(event, token) if press is None else _take(token, press)
    except tuple(_REFUSALS) as refusal:
        status, notice, metric = _REFUSALS[type(refusal)]
        metrics.add_metric(metric, MetricUnit.Count, 1)
        return _answer(status, bootstrap.answer_page().notice(notice), method, notice)
    except EssError as failure:
        metrics.add_metric("PageTroubles", MetricUnit.Count, 1)
        reason = {"reason": f"{type(failure).__name__}: {failure}"}
        logger.error("page in trouble", extra=reason)  # noqa: TRY400 - it says all there is
        return _answer(503, bootstrap.answer_page().trouble(token, press), method, "trouble")


_REFUSALS: dict[type[EssError], tuple[int, str, str]] = {
    LinkExpired: (410, "expired", "LinksExpired"),
    LinkRefused: (404, "refused", "LinksRefused"),
    # Whoever is not (or no longer) named is told no more than a stranger.
    ReportNotFound: (404, "refused", "LinksWithoutReport"),
    NotNotified: (404, "refused", "LinksOfStrangers"),
}
"""What becomes of a link that shows nothing: status, page, metric."""


def _show(event: Json, token: str) -> Json:
    query = event.get("queryStringParameters") or {}
    sheet = show_link(
        token,
        query.get("f"),
        query.get("d"),
        links=bootstrap.link_reader(),
        reports=bootstrap.reports(),
        responders=bootstrap.responders(),
        clock=bootstrap.clock(),
    )
    return _answer(200, bootstrap.answer_page().sheet(sheet, token), "GET", sheet.stand.value)


def _lead_to_file(token: str, media_id: str) -> Json:
    address = find_file(
        token,
        media_id,
        links=bootstrap.link_reader(),
        reports=bootstrap.reports(),
        responders=bootstrap.responders(),
        store=bootstrap.media_store(),
        clock=bootstrap.clock(),
    )
    metrics.add_metric("FilesOpened", MetricUnit.Count, 1)
    return _answer(302, "", "GET", "file", {"Location": address})


def _take(token: str, press: Press) -> Json:
    pressed = press_button(
        token,
        press,
        links=bootstrap.link_reader(),
        reports=bootstrap.reports(),
        responders=bootstrap.responders(),
        workflow=bootstrap.waiting_workflow(),
        clock=bootstrap.clock(),
        progress_s=bootstrap.settings().progress_s,
    )
    metrics.add_metric("ButtonsPressed", MetricUnit.Count, 1)
    logger.info(
        "button pressed",
        extra={
            "report_id": pressed.report_id,
            "code": pressed.code,
            "changed": pressed.changed,
        },
    )
    # The token was read, so it is its own plain spelling. A code, never words: both are in a URL.
    location = f"{token}?d={quote(pressed.code, safe='')}"
    headers = bootstrap.answer_page().headers | {"Location": location}
    return {"statusCode": 303, "headers": headers, "body": ""}


def _press(event: Json) -> Press:
    """Return the button of a form; one that cannot be read is a button that does nothing."""
    given = _fields(event)
    calls = given.get("help_calls", "")
    return Press(
        act=given.get("act", ""),
        choice=given.get("choice"),
        note=given.get("note", ""),
        help_calls=int(calls) if calls.isascii() and calls.isdecimal() and len(calls) < 4 else None,
    )


def _fields(event: Json) -> dict[str, str]:
    body = str(event.get("body") or "")
    if len(body) > MOST_BYTES * 2:
        return {}
    try:
        raw = base64.b64decode(body, validate=True) if event.get("isBase64Encoded") else b""
        text = raw.decode() if event.get("isBase64Encoded") else body
        found = parse_qs(text, max_num_fields=len(FIELDS) + 4) if len(text) <= MOST_BYTES else {}
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return {}
    return {name: found[name][0] for name in FIELDS if name in found}


def _answer(
    status: int, body: str, method: str, shown: str, more: dict[str, str] | None = None
) -> Json:
    logger.info("page answered", extra={"status": status, "method": method[:8], "shown": shown})
    headers = bootstrap.answer_page().headers | (more or {})
    return {"statusCode": status, "headers": headers, "body": "" if method == "HEAD" else body}

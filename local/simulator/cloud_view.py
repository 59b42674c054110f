"""What the page shows of the cloud: SMS, stations and report timelines, read and never written.

Field names of the tables are gathered in the three ``*_of`` functions; a field that is missing or
odd leaves a gap on the page and nothing worse.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx

Json = dict[str, Any]
SMS_PATH = "/_ministack/sns/sms-messages"
POLL_SECONDS = 0.5
FAILURES_TOLD = 20  # in a row, about ten seconds
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class CloudSettings:
    """Where the cloud is; without an endpoint nothing is read."""

    aws_endpoint: str = ""
    reports_table: str = ""
    stations_table: str = ""
    region: str = "ap-southeast-1"
    pages_url: str = ""


def plain(value: object) -> Any:
    """DynamoDB values as JSON ones."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [plain(item) for item in value]
    if isinstance(value, (bytes, bytearray)):
        return f"{len(value)} bytes"
    return value


def first(item: Mapping[str, Any], *names: str) -> Any:
    """The first of ``names`` that the item has."""
    return next((item[name] for name in names if item.get(name) is not None), None)


def milliseconds(value: object) -> int | None:
    """An instant (ISO text, epoch seconds or milliseconds) as epoch milliseconds."""
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return int(value if value > 1e11 else value * 1000)
    if isinstance(value, str):
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            return None
        return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)
    return None


def report_of(items: Iterable[Mapping[str, Any]]) -> list[Json]:
    """Reports with their timelines, newest first, from the items of the reports table."""
    reports: dict[str, Json] = {}
    for raw in items:
        item = plain(raw)
        report = reports.setdefault(
            str(item.get("report_id")),
            {"report_id": str(item.get("report_id")), "timeline": [], "status": ""},
        )
        entry = str(item.get("entry", ""))
        if entry == "report":
            report |= {
                "status": str(first(item, "status") or ""),
                "reference": str(first(item, "reference", "ref") or ""),
                "kind": first(item, "kind"),
                "unit": _unit_of(item),
                "closing_reason": str(first(item, "closing_reason") or ""),
            }
        elif entry.startswith("t#"):
            stamp = entry.split("#")[1] if entry.count("#") else ""
            report["timeline"].append(
                {
                    "at": milliseconds(item.get("at")) or milliseconds(stamp) or 0,
                    "actor": str(first(item, "actor") or ""),
                    "action": str(first(item, "action") or entry),
                    "detail": first(item, "detail") or {},
                }
            )
        reports[report["report_id"]] = report
    for report in reports.values():
        report["timeline"].sort(key=lambda step: step["at"])
    return sorted(
        reports.values(),
        key=lambda report: report["timeline"][0]["at"] if report["timeline"] else 0,
        reverse=True,
    )


def _unit_of(report: Json) -> str:
    """The name of the unit on whose rung the report stands, or of what else names one."""
    ladder, rung = report.get("ladder"), report.get("rung")
    if isinstance(ladder, list) and isinstance(rung, int) and 0 <= rung < len(ladder):
        return str(first(ladder[rung], "name_th", "name_en", "unit_id") or "")
    return str(first(report, "unit_name_th", "unit_id") or "")


def stations_of(items: Iterable[Mapping[str, Any]]) -> list[Json]:
    """The published stations from the items of the stations table, by id.

    A station is JSON text in ``row``; of the versions only the one that the head names counts.
    """
    rows = list(items)
    heads = [r for r in rows if (r.get("cell"), r.get("position")) == ("directory", "current")]
    version = heads[0].get("version") if heads else None
    mine = (row for row in rows if str(row.get("cell")).startswith(f"{version}#"))
    found = (_station_of(row.get("row")) for row in mine)
    return sorted((one for one in found if one is not None), key=lambda one: str(one["id"]))


def _station_of(row: object) -> Json | None:
    try:
        station = json.loads(str(row))
        return {
            "id": station["unit_id"],
            "name": first(station, "name_th", "name_en") or "",
            "latitude": float(station["latitude"]),
            "longitude": float(station["longitude"]),
        }
    except (ValueError, KeyError, TypeError):
        return None  # a leaf of the index, or something odd: a gap on the page


def sms_of(payload: Mapping[str, Any]) -> list[Json]:
    """SMS by MessageId, in the order the emulator keeps them for each number."""
    return [
        {
            "id": str(record.get("MessageId")),
            "to": str(phone),
            "text": str(record.get("Message") or ""),
        }
        for phone, records in (payload.get("sms_messages") or {}).items()
        for record in records
    ]


class CloudView:
    """Polls the cloud and publishes what is new."""

    def __init__(
        self,
        settings: CloudSettings,
        publish: Callable[[str, Any], None],
        now_ms: Callable[[], int],
    ) -> None:
        self.settings = settings
        self._publish = publish
        self._now_ms = now_ms
        self._sms: list[Json] = []
        self._reports: list[Json] = []
        self._tables: dict[str, Any] = {}
        self._failures: Counter[str] = Counter()

    def snapshot(self) -> Json:
        """All SMS and reports seen so far."""
        return {"sms": self._sms, "reports": self._reports}

    async def stations(self) -> list[Json]:
        """The stations; empty when there is no table or it cannot be read now."""
        if not (self.settings.aws_endpoint and self.settings.stations_table):
            return []
        return stations_of(await self._scan(self.settings.stations_table))

    async def run(self) -> None:
        """Poll until cancelled."""
        if not self.settings.aws_endpoint:
            return
        async with httpx.AsyncClient(
            base_url=self.settings.aws_endpoint, trust_env=False, timeout=3
        ) as client:
            while True:
                await self._poll_sms(client)
                if self.settings.reports_table:
                    self._take_reports(report_of(await self._scan(self.settings.reports_table)))
                await asyncio.sleep(POLL_SECONDS)

    async def _poll_sms(self, client: httpx.AsyncClient) -> None:
        try:
            answer = await client.get(SMS_PATH, params={"region": self.settings.region})
            answer.raise_for_status()
            self._take_sms(sms_of(answer.json()))
            self._failures["sms"] = 0
        except (httpx.HTTPError, ValueError, AttributeError, TypeError) as error:
            self._failed("sms", error)

    def _take_sms(self, messages: list[Json]) -> None:
        known = {message["id"] for message in self._sms}
        for message in messages:
            if message["id"] not in known:
                message["at"] = self._now_ms()
                self._sms.append(message)
                self._publish("sms", message)

    def _take_reports(self, reports: list[Json]) -> None:
        if reports != self._reports:
            self._reports = reports
            self._publish("reports", reports)

    async def _scan(self, table: str) -> list[Mapping[str, Any]]:
        # boto3's own errors are classes of botocore, imported with it only when needed.
        try:
            items = await asyncio.to_thread(self._scan_now, table)
        except Exception as error:  # noqa: BLE001 - a view of the cloud must not end the phones
            self._failed(table, error)
            return []
        self._failures[table] = 0
        return items

    def _scan_now(self, table: str) -> list[Mapping[str, Any]]:
        import boto3  # noqa: PLC0415 - only with a cloud
        from botocore.config import Config  # noqa: PLC0415

        if table not in self._tables:
            resource = boto3.session.Session().resource(
                "dynamodb",
                endpoint_url=self.settings.aws_endpoint,
                region_name=self.settings.region,
                aws_access_key_id=os.environ.get("AWS_ACCESS_KEY_ID", "test"),
                aws_secret_access_key=os.environ.get("AWS_SECRET_ACCESS_KEY", "test"),
                config=Config(
                    connect_timeout=2, read_timeout=5, retries={"max_attempts": 1}, proxies={}
                ),
            )
            self._tables[table] = resource.Table(table)
        items: list[Mapping[str, Any]] = []
        more: dict[str, Any] = {}
        while True:
            page = self._tables[table].scan(**more)
            items += page["Items"]
            if "LastEvaluatedKey" not in page:
                return items
            more = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def _failed(self, what: str, error: Exception) -> None:
        """Count a failure; a cloud that is still starting is not worth a word."""
        self._failures[what] += 1
        if self._failures[what] == FAILURES_TOLD:
            logger.warning("cannot read %s from the cloud: %s", what, error)
            self._publish("warning", {"what": what, "error": str(error)})

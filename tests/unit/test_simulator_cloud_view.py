"""Rows of the cloud as the page shows them, whatever is missing from them."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from local.simulator.cloud_view import (
    CloudSettings,
    CloudView,
    milliseconds,
    report_of,
    sms_of,
    stations_of,
)


def test_reports_gather_their_timeline_in_order():
    items = [
        {"report_id": "r1", "entry": "t#2026-11-24T03:00:02.500Z#b", "action": "accepted",
         "at": "2026-11-24T03:00:02.500Z", "actor": "officer"},
        {"report_id": "r1", "entry": "report", "status": "accepted", "reference": "NP-1",
         "kind": Decimal(1), "rung": Decimal(1),
         "ladder": [{"name_th": "สภ.แรก"}, {"name_th": "สภ."}]},
        {"report_id": "r1", "entry": "t#2026-11-24T03:00:00Z#a", "action": "opened",
         "detail": {"n": Decimal("1.5")}},
        {"report_id": "r2", "entry": "t#odd"},
    ]  # fmt: skip
    [first, second] = report_of(items)
    assert (first["reference"], first["status"], first["unit"]) == ("NP-1", "accepted", "สภ.")
    assert [step["action"] for step in first["timeline"]] == ["opened", "accepted"]
    assert first["timeline"][1]["at"] - first["timeline"][0]["at"] == 2500
    assert first["timeline"][0]["detail"] == {"n": 1.5}
    assert second["report_id"] == "r2"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1970-01-01T00:00:01Z", 1000),
        ("1970-01-01T07:00:01+07:00", 1000),
        ("1970-01-01T00:00:01", 1000),
        (1_700_000_000, 1_700_000_000_000),
        (1_700_000_000_123, 1_700_000_000_123),
        ("yesterday", None),
        (None, None),
        (True, None),
    ],
)
def test_instants(value, expected):
    assert milliseconds(value) == expected


def test_sms_by_number():
    payload = {"sms_messages": {"+668": [{"MessageId": "1", "Message": "เหตุ"}]}}
    assert sms_of(payload) == [{"id": "1", "to": "+668", "text": "เหตุ"}]
    assert sms_of({}) == []


def test_only_readable_rows_of_the_published_version_are_shown():
    def row(version: str, text: object) -> dict:
        return {"cell": f"{version}#w7", "position": "w7#x", "row": text}

    def station(unit: str, **more: object) -> str:
        plain = {"unit_id": unit, "name_th": "สภ.", "latitude": 17.4, "longitude": 104.8}
        return json.dumps(plain | more)

    head = {"cell": "directory", "position": "current", "version": "2-new"}
    odd = [row("2-new", text) for text in (None, "no JSON", "[]", station("far", latitude="x"))]
    leaf = {"cell": "2-new#leaf#w", "position": "w00000000000", "body": b"..."}
    rows = [head, row("1-old", station("gone")), row("2-new", station("here")), *odd, leaf]
    assert stations_of(rows) == [
        {"id": "here", "name": "สภ.", "latitude": 17.4, "longitude": 104.8}
    ]
    assert stations_of([]) == []


def test_new_sms_and_changed_reports_are_published_once():
    told = []
    view = CloudView(CloudSettings(), lambda kind, data: told.append((kind, data)), lambda: 7)
    for _ in range(2):
        view._take_sms([{"id": "1", "to": "+668", "text": "เหตุ"}])
        view._take_reports([{"report_id": "r"}])
    assert [kind for kind, _ in told] == ["sms", "reports"]
    assert view.snapshot()["sms"][0]["at"] == 7

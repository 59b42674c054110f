"""Rows of the cloud as the page shows them, whatever is missing from them."""

from __future__ import annotations

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


def test_stations_come_from_rows_or_from_lists_in_rows():
    rows = [
        {
            "station_id": "a",
            "name_th": "สภ.",
            "latitude": Decimal("17.4"),
            "longitude": Decimal(104),
        },
        {"entries": [{"id": "b", "lat": 1, "lon": 2}, {"id": "c"}, "junk"]},
        {"cell": "directory", "position": "current", "count": Decimal(2)},
    ]
    assert [(s["id"], s["latitude"], s["longitude"]) for s in stations_of(rows)] == [
        ("a", 17.4, 104),
        ("b", 1, 2),
    ]


def test_sms_by_number():
    payload = {"sms_messages": {"+668": [{"MessageId": "1", "Message": "เหตุ"}]}}
    assert sms_of(payload) == [{"id": "1", "to": "+668", "text": "เหตุ"}]
    assert sms_of({}) == []


def test_only_the_published_version_of_the_stations_is_shown():
    def station(version: str, unit: str) -> dict:
        point = {"latitude": Decimal("17.4"), "longitude": Decimal("104.8")}
        return {"cell": f"{version}#w7", "position": "w7#x", "unit_id": unit, "point": point}

    head = {"cell": "directory", "position": "current", "version": "2-new"}
    rows = [head, station("1-old", "gone"), station("2-new", "here")]
    assert [s["id"] for s in stations_of(rows)] == ["here"]


def test_new_sms_and_changed_reports_are_published_once():
    told = []
    view = CloudView(CloudSettings(), lambda kind, data: told.append((kind, data)), lambda: 7)
    for _ in range(2):
        view._take_sms([{"id": "1", "to": "+668", "text": "เหตุ"}])
        view._take_reports([{"report_id": "r"}])
    assert [kind for kind, _ in told] == ["sms", "reports"]
    assert view.snapshot()["sms"][0]["at"] == 7

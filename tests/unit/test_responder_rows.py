"""Files of responders: good rows go in, each bad one is named with its reason."""

import json
from pathlib import Path

import pytest

from ess.adapters.station_files import FileUnreadable
from ess.domain.ladder import DESK_UNIT_ID
from ess.domain.responder import Responder
from operate.responder_rows import COLUMNS, read_responders, read_rows, responder_from
from operate.rows import RowRefused

SAMPLE = Path(__file__).parents[2] / "local" / "sample"
LINE_ID = "U" + "0a" * 16
ROW = {"unit_id": "np", "responder_id": "np-1", "name_th": "ร.ต.อ. ก"}


def test_a_full_row():
    row = ROW | {
        "name_en": " Capt.  K ",
        "line_user_id": LINE_ID,
        "phone": "๐๘๐-๐๐๐-๐๑๐๑",
        "on_duty": True,
        "verified": True,
        "sample": True,
    }
    assert responder_from(row) == Responder(
        "np-1", "np", "ร.ต.อ. ก", "Capt. K", LINE_ID, "+66800000101", True, True, True
    )


def test_what_is_not_said_is_not_assumed():
    assert responder_from(ROW) == Responder("np-1", "np", "ร.ต.อ. ก", "ร.ต.อ. ก")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("np-1", "not an object"),
        ({**ROW, "unit_id": " "}, "no unit_id"),
        ({**ROW, "name_th": None}, "no name_th"),
        ({**ROW, "name_th": 5}, "name_th must be text"),
        ({**ROW, "responder_id": "a b"}, "responder_id must be"),
        ({**ROW, "responder_id": "x" * 65}, "responder_id must be"),
        ({**ROW, "line_user_id": "@officer"}, "line_user_id must be"),
        ({**ROW, "line_user_id": LINE_ID.upper()}, "line_user_id must be"),
        ({**ROW, "phone": "191"}, "phone is not a number"),
        ({**ROW, "phone": "ask the desk"}, "phone is not a number"),
        ({**ROW, "on_duty": "perhaps"}, "on_duty must be true or false"),
        ({**ROW, "verified": 1}, "verified must be true or false"),
        ({**ROW, None: ["more"]}, "more values"),
    ],
)
def test_a_bad_row_says_why(row, reason):
    with pytest.raises(RowRefused, match=reason):
        responder_from(row)


def test_a_bad_row_never_spoils_the_others():
    reading = read_rows([ROW | {"phone": "12"}, ROW, ROW | {"unit_id": "desk"}])
    assert [r.responder_id for r in reading.responders] == ["np-1"]
    assert [str(remark) for remark in reading.refused] == [
        "row 1 (ร.ต.อ. ก): phone is not a number that can be called",
        "row 3 (ร.ต.อ. ก): its responder_id is that of row 2",
    ]


def test_what_will_surprise_is_said():
    reading = read_rows(
        [
            ROW,
            ROW | {"responder_id": "2", "phone": "0800000101", "on_duty": True, "shoe": 44},
            ROW | {"responder_id": "3", "phone": "0800000101", "on_duty": True, "verified": True},
        ]
    )
    assert [(remark.row, remark.reason.split(":")[0]) for remark in reading.notes] == [
        (1, "neither line_user_id nor phone"),
        (2, "left out"),
        (2, "on duty but not verified"),
    ]


def test_remarks_never_show_a_number_or_a_line_id():
    bad = {
        "responder_id": "x",
        "line_user_id": LINE_ID + "0",
        "phone": "0800000101",
        "unit_id": "u",
    }
    reading = read_rows([bad, ROW | {"phone": "08000001019999"}])
    said = " ".join(map(str, [*reading.refused, *reading.notes]))
    assert len(reading.refused) == 2
    assert LINE_ID not in said
    assert "0800000101" not in said


def test_csv_as_spreadsheets_write_it(tmp_path):
    file = tmp_path / "people.CSV"
    lines = [
        ",".join(COLUMNS),
        f"np,np-1,ร.ต.อ. ก,Capt. K,{LINE_ID},080 000 0101,TRUE,yes,",
        'np,np-2,"ด.ต. ข, ค",,,,0,No,1',
        "np,np-3,too,many,,,,,,,extra",
    ]
    file.write_text("\r\n".join(lines), encoding="utf-8-sig")
    reading = read_responders(file)
    assert reading.responders == [
        Responder("np-1", "np", "ร.ต.อ. ก", "Capt. K", LINE_ID, "+66800000101", True, True),
        Responder("np-2", "np", "ด.ต. ข, ค", "ด.ต. ข, ค", sample=True),
    ]
    assert [remark.row for remark in reading.refused] == [3]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.json", b"{", "not JSON"),
        ("a.json", b'{"responders": []}', "not a JSON list"),
        ("a.json", "ก".encode("cp874"), "not UTF-8"),
        ("a.csv", "unit_id\nก".encode("cp874"), "CSV UTF-8"),
        ("a.csv", b"", "missing: unit_id, responder_id, name_th"),
        ("a.csv", b"unit_id;responder_id;name_th\n", "missing"),
        ("a.csv", b'unit_id,responder_id,name_th\n"a,b,c', "not CSV"),
    ],
)
def test_a_file_that_is_none_says_why(tmp_path, name, content, reason):
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(FileUnreadable, match=reason):
        read_responders(file)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(FileUnreadable, match="No such file"):
        read_responders(tmp_path / "none.json")


def test_the_sample_is_whole_and_plainly_a_sample():
    reading = read_responders(SAMPLE / "responders_sample.json")
    assert reading.refused == []
    stations = json.loads((SAMPLE / "stations_sample.geojson").read_text(encoding="utf-8"))
    units = {feature["id"] for feature in stations["features"]} | {DESK_UNIT_ID}
    by_unit = {
        unit: [r for r in reading.responders if r.unit_id == unit and r.may_be_called(0)]
        for unit in units
    }
    assert {r.unit_id for r in reading.responders} == units
    assert all(len(people) >= 2 for people in by_unit.values())
    assert all(r.sample and r.phone.startswith("+66800000") for r in reading.responders)
    line_ids = [r.line_user_id for r in reading.responders]
    assert len(set(line_ids)) == len(line_ids)
    assert sum(not r.on_duty for r in reading.responders) == 1
    assert sum(not r.verified for r in reading.responders) == 1

"""CSV of government agencies as rows."""

import pytest

from ess.domain.geo import Point
from ess.domain.station import Phone, Station
from ess.domain.station_doubts import Doubt
from tests.unit.station_file_kit import problem_of, rows_of, station

THAI = "รหัส,ชื่อหน่วยงาน,สังกัด,จังหวัด,อำเภอ/เขต,ละติจูด,ลองจิจูด,โทรศัพท์"
ROW = "ST-1,สถานีตำรวจภูธรธาตุพนม,ตำรวจภูธรภาค 4,จ.นครพนม,ธาตุพนม,16.942,104.717,0 4254 1266"
FROM_CSV = Station(
    unit_id="ST-1",
    name_th="สภ.ธาตุพนม",
    name_en="สภ.ธาตุพนม",
    point=Point(16.942, 104.717),
    agency="ตำรวจภูธรภาค 4",
    province="นครพนม",
    district="ธาตุพนม",
    phones=(Phone("0 4254 1266", "+6642541266"),),
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp874", "tis-620", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_csv_as_agencies_write_it(encoding, delimiter, line_end):
    text = line_end.join([THAI, ROW, ""]).replace(",", delimiter)
    assert station(text.encode(encoding)) == FROM_CSV


@pytest.mark.parametrize(
    "header",
    [
        "id,name,agency,province,district,lat,lon,phone",
        "Code,Station Name,operator,Province,Amphoe,Latitude,Longitude,Tel.",
        "unit_id,name_th,สังกัด,จังหวัด,เขต,Y,X,เบอร์โทร",
        "รหัสสถานี,สถานี,ต้นสังกัด,changwat,อำเภอ,พิกัด Y,พิกัด X,โทร.",
        '"รหัส ","ชื่อ",สังกัด,จังหวัด,อำเภอ,"ละติจูด","ลองติจูด",หมายเลขโทรศัพท์',
        "id,station,agency,province,district,LAT,LNG,mobile",
    ],
)
def test_columns_in_thai_and_english(header):
    assert station(f"{header}\n{ROW}\n") == FROM_CSV


def test_titles_may_stand_above_the_columns():
    text = f"ข้อมูลสถานีตำรวจ,,,,,,,\n,,,,,,,\n{THAI}\n{ROW}\n"
    assert station(text) == FROM_CSV


def test_all_columns_with_numbers_count_and_quotes_may_hold_anything():
    text = (
        'ชื่อ;lat;lon;โทร;มือถือ\n"สภ.ธาตุพนม";"16,942";"104,717";"042541266;\n042541267";081-234-5678\n'
    )
    read = station(text)
    assert [phone.e164 for phone in read.phones] == ["+6642541266", "+6642541267", "+66812345678"]
    assert read.point == Point(16.942, 104.717)


def test_a_row_without_an_id_gets_one_that_stays():
    header, cells = "ชื่อ,จังหวัด,lat,lon", "{},นครพนม,16.942,104.717"
    one = station(f"{header}\n{cells.format('สภ.ธาตุพนม')}")
    other = station(f"{header}\n{cells.format('สถานีตำรวจภูธร ธาตุพนม')}")
    assert one.unit_id == other.unit_id == "name-44787d542cbac03d"


@pytest.mark.parametrize(
    ("line", "doubt", "reason"),
    [
        ("a,สภ.ก,16.9", Doubt.UNREADABLE, "it has 3 values, and the columns are 6"),
        ("a,สภ.ก,16.9,104,,,", Doubt.UNREADABLE, "it has 7 values"),
        ("a,สภ.ก,16.9,104,perhaps,", Doubt.UNREADABLE, "verified must be true or false"),
        ("a,,16.9,104,,", Doubt.NO_NAME, "no name"),
        ("a,สภ.ก,,104,,", Doubt.NO_POSITION, "no latitude"),
        ("a,สภ.ก,เหนือ,104,,", Doubt.NO_POSITION, "latitude is not a number"),
        ("a,สภ.ก,1873000,463000,,", Doubt.PROJECTED, "UTM"),
        ("a,สภ.ก,16.9,104,yes,1", Doubt.SAMPLE_VERIFIED, "both"),
    ],
)
def test_bad_lines(line, doubt, reason):
    header = "id,name,lat,lon,verified,sample"
    found, said = problem_of(f"{header}\n{line}\n\n")
    assert found is doubt
    assert reason in said
    rows = rows_of(f"{header}\na,สภ.ก,16.9,104,,\n{line}\nb,สภ.ข,16.9,104.1,,\n")
    assert [row.number for row in rows] == [1, 2, 3]

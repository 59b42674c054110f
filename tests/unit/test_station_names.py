"""Names of stations: one spelling of what looks the same, and what is no station at all."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ess.domain.station_doubts import Doubt
from ess.domain.station_names import has_thai, name_key, short_name, tidy, unlike_a_station

THAI = st.text(st.sampled_from("กมรสภนาเแโำัิี่้๊็ฺุู ํ\u0300.\u200b\u00a0๑1a"), max_size=12)


@pytest.mark.parametrize(
    ("written", "tidied"),
    [
        ("  สภ.  ธาตุพนม\n", "สภ. ธาตุพนม"),
        ("ธาตุ\u200bพนม\ufeff", "ธาตุพนม"),
        ("ธาตุ\u00a0พนม", "ธาตุ พนม"),
        ("ลํา", "ลำ"),
        ("นํ้า", "น้ำ"),
        ("น้ํา", "น้ำ"),
        ("เเม่สาย", "แม่สาย"),
        ("ท่ีพัก", "ที่พัก"),
        ("a\x00b\x07c", "abc"),
        ("plain  text", "plain text"),
        ("", ""),
    ],
)
def test_tidy(written, tidied):
    assert tidy(written) == tidied


@given(THAI | st.text(max_size=12))
@example("a\u0e48\u0300\u0e34")  # composed to one letter, and then two Thai marks together
def test_tidying_twice_changes_nothing(text):
    assert tidy(tidy(text)) == tidy(text)
    assert short_name(short_name(text)) == short_name(text)


@pytest.mark.parametrize(
    ("written", "short"),
    [
        ("สถานีตำรวจภูธรธาตุพนม", "สภ.ธาตุพนม"),
        ("สถานีตํารวจภูธร ธาตุพนม", "สภ.ธาตุพนม"),
        ("สภ. ธาตุพนม", "สภ.ธาตุพนม"),
        ("สภ ธาตุพนม", "สภ.ธาตุพนม"),
        ("ส.ภ.ธาตุพนม", "สภ.ธาตุพนม"),
        ("สถานีตำรวจนครบาลบางรัก", "สน.บางรัก"),
        ("สน. บางรัก", "สน.บางรัก"),
        ("สภ.สภ.ธาตุพนม", "สภ.ธาตุพนม"),
        ("สถานีตำรวจภูธร", "สถานีตำรวจภูธร"),
        ("สถานีตำรวจทางหลวง 1", "สถานีตำรวจทางหลวง 1"),
        ("สนามบินน้ำ", "สนามบินน้ำ"),
        ("สภาพ", "สภาพ"),
        ("That Phanom Police Station", "That Phanom Police Station"),
    ],
)
def test_the_short_name_is_what_people_say(written, short):
    assert short_name(written) == short


SAME = [
    ("สภ.ธาตุพนม", "สถานีตำรวจภูธรธาตุพนม"),
    ("สภ.ธาตุพนม", "สถานีตำรวจภูธรอำเภอธาตุพนม"),
    ("สภ.ธาตุพนม", "สภ.อ. ธาตุพนม"),
    ("สภ.ธาตุพนม", "สภ.ธาตุพนม จ.นครพนม"),
    ("สภ.ธาตุพนม", "สถานีตำรวจธาตุพนม"),
    ("สภ.ธาตุพนม", "ธาตุพนม"),
    ("สภ.เมือง", "สภ. เมือง"),
    ("สภ.เมือง", "สภ.เมืองนครพนม"),
    ("สน.พลับพลาไชย 1", "สน.พลับพลาไชย๑"),
    ("สภ.ลำปลายมาศ", "สภ.ลําปลายมาศ"),
    ("Bang Rak Police Station", "bangrak metropolitan police station"),
]
DIFFERENT = [
    ("สน.พลับพลาไชย 1", "สน.พลับพลาไชย 2"),
    ("สภ.ธาตุพนม", "สภ.นาแก"),
    ("สภ.บ้านแพง", "สภ.บ้านแพ่ง"),
    ("สภ.ธาตุพนม", "สถานีตำรวจทางหลวงธาตุพนม"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_variants_of_a_name_have_one_key(one, other):
    assert name_key(one, "", "นครพนม") == name_key(other, "", "นครพนม") != ""


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_names_have_different_keys(one, other):
    assert name_key(one) != name_key(other)


@pytest.mark.parametrize("name", ["", "สถานีตำรวจ", "สภ.", "Police Station", "  "])
def test_a_name_that_says_nothing_has_no_key(name):
    assert name_key(name) == ""


def test_the_capital_district_is_one_of_its_province():
    assert name_key("สภ.เมือง", "", "นครพนม") != name_key("สภ.เมือง", "", "สกลนคร")


@pytest.mark.parametrize(
    "name",
    [
        "สภ.ธาตุพนม", "สน.บางรัก", "ธาตุพนม", "สถานีตำรวจธาตุพนม", "สภ.ด่านขุนทด", "สภ.ด่านช้าง",
        "สภ.โรงเรียนเก่า", "สภ.ป้อมตำรวจเก่า", "สภ.ป้อมแก้ว", "สน.พลับพลาไชย 1", "สภ.ท่าอากาศยานสุวรรณภูมิ",
        "สภ.เมืองนครพนม ตำรวจภูธรจังหวัดนครพนม", "สถานีตำรวจน้ำพอง", "สถานีตำรวจธาตุพนม กองบังคับการ",
        "That Phanom Police Station", "Nakhon Pathom Provincial Police Station", "Boxwood Police",
    ],
)  # fmt: skip
def test_stations_are_taken_for_stations(name):
    thai, english = (name, "") if has_thai(name) else (name, name)
    assert unlike_a_station(short_name(thai), english) is None


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("ป้อมตำรวจบางรัก", "box"),
        ("ตู้ยามท่าเรือ", "box"),
        ("ตู้ยาม สภ.เมือง", "box"),
        ("สน.บางรัก ป้อมยาม", "box"),
        ("Silom Police Box", "box"),
        ("จุดตรวจบ้านแพง", "checkpoint"),
        ("ด่านตรวจยาเสพติด", "checkpoint"),
        ("Ban Phaeng Checkpoint", "checkpoint"),
        ("จุดบริการประชาชน", "service point|checkpoint"),
        ("ที่พักสายตรวจตำบลนาแก", "patrol shelter"),
        ("ลานเก็บรถ สภ.เมือง", "impound"),
        ("Police impound lot", "impound"),
        ("โรงพยาบาลตำรวจ", "hospital"),
        ("Police General Hospital", "hospital"),
        ("โรงเรียนนายร้อยตำรวจ", "school"),
        ("Royal Police Cadet Academy", "school"),
        ("แฟลตตำรวจบางรัก", "housing"),
        ("สน.ทองหล่อ (แฟลตตำรวจ)", "housing"),
        ("บ้านพักข้าราชการตำรวจ", "housing"),
        ("Police flats", "housing"),
        ("พิพิธภัณฑ์ตำรวจ", "museum"),
        ("Police Museum", "museum"),
        ("สโมสรตำรวจ", "club"),
        ("กองบังคับการตำรวจนครบาล 5", "office"),
        ("กองบัญชาการตำรวจนครบาล", "office"),
        ("ตำรวจภูธรจังหวัดนครพนม", "office"),
        ("ที่ทำการตำรวจภูธรภาค 4", "office"),
        ("ภ.จว.นครพนม", "office"),
        ("สำนักงานตำรวจแห่งชาติ", "office"),
        ("Nakhon Phanom Provincial Police", "office"),
        ("Provincial Police Region 4", "office"),
        ("Royal Thai Police Headquarters", "office"),
    ],
)
def test_what_is_not_a_station(name, what):
    finding = unlike_a_station(short_name(name), "" if has_thai(name) else name)
    assert finding.doubt is Doubt.NOT_A_STATION
    assert any(word in finding.reason for word in what.split("|"))


@pytest.mark.parametrize(
    "name",
    [
        "สถานีตำรวจทางหลวง 1 กองกำกับการ 4", "ตำรวจท่องเที่ยวเชียงใหม่", "สถานีตำรวจน้ำ 3", "ตำรวจน้ำ",
        "ตชด.23", "ตรวจคนเข้าเมืองนครพนม", "ด่านตรวจคนเข้าเมืองนครพนม", "ตม.นครพนม",
        "Tourist Police", "Highway Police Station", "Immigration Office",
    ],
)  # fmt: skip
def test_special_branches_answer_for_no_area(name):
    finding = unlike_a_station(short_name(name), "" if has_thai(name) else name)
    assert finding.doubt is Doubt.SPECIAL_BRANCH


@pytest.mark.parametrize(
    ("tags", "reason"),
    [
        ({"amenity": "hospital"}, "amenity=hospital"),
        ({"amenity": "police", "police": "checkpoint"}, "police=checkpoint"),
        ({"police": "car_pound"}, "impound"),
        ({"amenity": "police", "police": "station"}, None),
        ({"amenity": "police", "police": "yes"}, None),
    ],
)
def test_tags_of_the_map_say_it_too(tags, reason):
    finding = unlike_a_station("สภ.ธาตุพนม", "", **tags)
    assert (finding is None) if reason is None else (reason in finding.reason)

"""Phone numbers as people type them."""

import pytest

from ess.adapters.phone import read_phone

MOBILE = "+66812345678"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0812345678", MOBILE),
        ("081-234-5678", MOBILE),
        ("081 234 5678", MOBILE),
        ("081.234.5678", MOBILE),
        ("(081) 234-5678", MOBILE),
        ("๐๘๑๒๓๔๕๖๗๘", MOBILE),
        ("๐๘๑-๒๓๔-๕๖๗๘", MOBILE),
        ("+66812345678", MOBILE),
        ("+66 81 234 5678", MOBILE),
        ("66812345678", MOBILE),
        ("0066812345678", MOBILE),
        ("00 66 81 234 5678", MOBILE),
        ("+66 (0) 81 234 5678", MOBILE),
        ("เบอร์ 0812345678 ค่ะ", MOBILE),
        ("เบอร์0812345678ค่ะ", MOBILE),
        ("โทรกลับ 081-234-5678 ด่วน!", MOBILE),
        ("my number is 081 234 5678 please hurry", MOBILE),
        ("0 8 1 2 3 4 5 6 7 8", MOBILE),
        ("０８１２３４５６７８", MOBILE),
        ("0612345678", "+66612345678"),
        ("0912345678", "+66912345678"),
        ("042-511-266", "+6642511266"),
        ("02 123 4567", "+6621234567"),
        ("+856 20 5555 1234", "+8562055551234"),
        ("+44 7911 123456", "+447911123456"),
    ],
)
def test_is_read(text, number):
    assert read_phone(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "191",
        "1669",
        "199",
        "1155",
        "081234567",
        "08123456789012",
        "ไม่มีเบอร์",
        "",
        "0000000000",
        "555",
        "บ้านเลขที่ 12/3",
        "17.392, 104.770",
        "🙏",
        "1" * 400,
        "เกิดเหตุเมื่อ 08.30 น. วันที่ 12 ห้อง 3456",
        "อยู่ห้อง 021 ตึก 234 ชั้น 56 ประตู 7",
        "room 06 floor 12 building 345 unit 678",
        "เวลา 02.00 ตึก 12 ชั้น 3 ห้อง 45",
    ],
)
def test_is_not_a_number_to_call_back(text):
    assert read_phone(text) is None

"""Phone numbers as lists of stations have them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ess.adapters.station_files.phones import read_phones

A, B, C = "+6642511266", "+6642511267", "+6642511268"
MOBILE = "+66812345678"


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("0 4251 1266", [A]),
        ("042511266", [A]),
        ("+66 42 511266", [A]),
        ("+66-42-511-266", [A]),
        ("0066 42 511266", [A]),
        ("๐๔๒-๕๑๑๒๖๖", [A]),
        ("42511266", [A]),  # a spreadsheet took the zero
        ("โทร. 0-4251-1266", [A]),
        ("Tel: (042) 511-266", [A]),
        ("042511266-7", [A, B]),
        ("0-4251-1266-8", [A, B, C]),
        ("0 4251 1266 ถึง 8", [A, B, C]),
        ("042511266/7", [A, B]),
        ("0-4251-1266-1267", [A, B]),
        ("042511266, 67", [A, B]),
        ("0-4251-1266; 0-4251-1267", [A, B]),
        ("0-4251-1266, 0-4251-1267", [A, B]),
        ("042511266/042511267", [A, B]),
        ("042511266 และ 0812345678", [A, MOBILE]),
        ("042511266 หรือ 0812345678", [A, MOBILE]),
        ("042511266\n0812345678", [A, MOBILE]),
        ("042511266; 0 4251 1266", [A]),
        ("0 4251 1266 ต่อ 12", [A]),
        ("0 4251 1266 ext. 12", [A]),
        ("0 4251 1266 ต่อ 12, 13", [A]),
        ("042511266 (เวร)", [A]),
        ("+66 2287-3004-6", ["+6622873004", "+6622873005", "+6622873006"]),
        ("081-234-5678", [MOBILE]),
        ("0-8123-4567-8", [MOBILE]),
        ("191", [""]),
        ("042511266; 191", [A, ""]),
        ("+856 20 5555 1234", ["+8562055551234"]),
        ("042511269-1", ["+6642511269"]),  # a range that runs backwards is none
        ("", []),
        (" ; , ", []),
    ],
)
def test_numbers_that_can_be_called(text, numbers):
    phones, unusable = read_phones(text)
    assert ([phone.e164 for phone in phones], unusable) == (numbers, ())


@pytest.mark.parametrize(
    ("text", "unusable"),
    [
        ("ask the desk", ["ask the desk"]),
        ("511266", ["511266"]),
        ("042511", ["042511"]),
        ("0425112661234567", ["0425112661234567"]),
        ("67", ["67"]),
        ("โทรสาร 042511266", ["โทรสาร 042511266"]),
        ("12, 191, 67", ["12", "67"]),
        ("-", ["-"]),
    ],
)
def test_spellings_that_cannot_be_called(text, unusable):
    assert read_phones(text)[1] == tuple(unusable)


def test_a_fax_beside_a_number_spoils_nothing():
    phones, unusable = read_phones("โทร. 0-4251-1266 โทรสาร 0-4251-1267")
    assert [(phone.original, phone.e164) for phone in phones] == [("โทร. 0-4251-1266", A)]
    assert unusable == ("โทรสาร 0-4251-1267",)


def test_the_spelling_stays_beside_the_number():
    phones, _ = read_phones(" 0 4251  1266 ต่อ 12; 042511267-8")
    assert [phone.original for phone in phones] == [
        "0 4251 1266 ต่อ 12",
        "042511267-8",
        "042511267-8",
    ]
    assert phones[0].callable == A


@given(st.text(st.sampled_from("0123456789๐๙+-()/;,. ตออtx#"), max_size=30))
def test_nothing_makes_it_fail_or_long(text):
    phones, _ = read_phones(text)
    assert len(phones) <= 10
    assert len({phone.callable for phone in phones}) == len(phones)

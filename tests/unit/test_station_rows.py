"""From a row to a station: every doubt that one row gives by itself."""

import math
import random
from pathlib import Path

import pytest

from ess.domain.geo import Point
from ess.domain.jurisdiction import Jurisdiction
from ess.domain.station import Phone, Station
from ess.domain.station_doubts import (
    ACCEPTABLE,
    DOUBTS,
    Doubt,
    accepted_in,
    with_accepted,
)
from ess.domain.station_rows import RawRow, _sound, derived_id, judge, score

PHONE = Phone("042511266", "+6642511266")
HOME = square = [[[[104, 16], [105, 16], [105, 17.5], [104, 17.5], [104, 16]]]]
FAR = [[[[100, 13], [101, 13], [101, 14], [100, 14], [100, 13]]]]
BOWTIE = [[[[104, 16], [105, 17], [105, 16], [104, 17], [104, 16]]]]


def row(**changes):
    texts = {"unit_id": "np-1", "name_th": "สภ.ธาตุพนม", "name_en": "That Phanom"}
    texts |= changes.pop("texts", {})
    given = {"latitude": 16.942, "longitude": 104.717, "phones": (PHONE,)} | changes
    return RawRow(7, texts, **given)


def doubts(verdict):
    return [finding.doubt for finding in verdict.findings]


def test_a_whole_row():
    verdict = judge(
        row(
            texts={
                "agency": "สำนักงานตำรวจแห่งชาติ",
                "province": "จ.นครพนม",
                "district": "อำเภอธาตุพนม",
                "opening_hours": "Mo-Fr 08:30-16:30",
                "source": "osm:node/1",
            },
            flags=("note: x",),
            verified=True,
            area=HOME,
        )
    )
    assert verdict.findings == ()
    assert verdict.station == Station(
        unit_id="np-1",
        name_th="สภ.ธาตุพนม",
        name_en="That Phanom",
        point=Point(16.942, 104.717),
        agency="สำนักงานตำรวจแห่งชาติ",
        province="นครพนม",
        district="ธาตุพนม",
        phones=(PHONE,),
        opening_hours="Mo-Fr 08:30-16:30",
        flags=("note: x",),
        source="osm:node/1",
        verified=True,
        jurisdiction=Jurisdiction.from_coordinates(HOME),
    )


def test_the_least_that_a_row_needs():
    verdict = judge(row(texts={"name_en": ""}, phones=()))
    assert verdict.station.name_en == "สภ.ธาตุพนม"
    assert doubts(verdict) == [Doubt.NO_PHONE]


KEPT_OUT = [
    (row(problem="no Feature"), Doubt.UNREADABLE, "no Feature"),
    (row(texts={"unit_id": "x" * 101}), Doubt.UNREADABLE, "longer than 100"),
    (row(texts={"name_th": "ก" * 301}), Doubt.UNREADABLE, "longer than 300"),
    (row(latitude=None), Doubt.NO_POSITION, "no latitude"),
    (row(no_position="a line"), Doubt.NO_POSITION, "a line"),
    (row(latitude=float("nan")), Doubt.NO_POSITION, "not a number"),
    (row(latitude=1_873_500, longitude=470_000), Doubt.PROJECTED, "UTM"),
    (row(texts={"unit_id": "desk"}), Doubt.RESERVED_ID, "coordination desk"),
    (row(texts={"unit_id": " "}), Doubt.NO_ID, "no id"),
    (row(texts={"name_th": "", "name_en": ""}), Doubt.NO_NAME, "no name"),
    (row(latitude=104.717, longitude=16.942), Doubt.SWAPPED, "swap places"),
    (row(latitude=35.0, longitude=139.0), Doubt.OUTSIDE, "outside Thailand"),
    (row(texts={"name_th": "ตู้ยามนาแก"}), Doubt.NOT_A_STATION, "police box"),
    (row(texts={"police": "offices"}), Doubt.NOT_A_STATION, "police=offices"),
    (row(texts={"name_th": "ตำรวจทางหลวง"}), Doubt.SPECIAL_BRANCH, "special branch"),
    (row(area=[]), Doubt.INVALID_JURISDICTION, "jurisdiction"),
    (row(area={"type": "Point"}), Doubt.INVALID_JURISDICTION, "must be a list"),
    (row(area=BOWTIE), Doubt.INVALID_JURISDICTION, "crosses itself"),
    (row(area=FAR), Doubt.OUTSIDE_JURISDICTION, "m outside its jurisdiction"),
    (row(verified=True, sample=True), Doubt.SAMPLE_VERIFIED, "both"),
]


@pytest.mark.parametrize(("bad", "doubt", "reason"), KEPT_OUT)
def test_a_doubtful_row_is_kept_out_and_says_why(bad, doubt, reason):
    verdict = judge(bad)
    assert verdict.station is None
    (finding,) = (f for f in verdict.findings if DOUBTS[f.doubt].keeps_out)
    assert finding.doubt is doubt
    assert reason in finding.reason


@pytest.mark.parametrize(("bad", "doubt", "reason"), KEPT_OUT)
def test_only_the_accepted_doubt_lets_a_row_in(bad, doubt, reason):
    assert judge(bad, ACCEPTABLE - {doubt}).station is None
    verdict = judge(bad, {doubt})
    assert (verdict.station is not None) == (doubt in ACCEPTABLE)
    if verdict.station:
        assert verdict.station.flags == (f"accepted:{doubt}",)
        assert verdict.accepted == {doubt}


def test_every_doubt_of_one_row_is_tried_here():
    beside_others = {
        Doubt.REPEATED_ID, Doubt.DUPLICATE, Doubt.SHARED_POSITION, Doubt.CLOSE_POSITION,
        Doubt.OVERLAPPING_JURISDICTION,
    }  # fmt: skip
    grave = {doubt for doubt, explanation in DOUBTS.items() if explanation.keeps_out}
    assert {doubt for _, doubt, _ in KEPT_OUT} == grave - beside_others
    assert set(DOUBTS) == set(Doubt)


@pytest.mark.parametrize(
    ("accept", "bad", "expected"),
    [
        (Doubt.SWAPPED, KEPT_OUT[10][0], {"point": Point(16.942, 104.717)}),
        (Doubt.OUTSIDE, KEPT_OUT[11][0], {"point": Point(35.0, 139.0)}),
        (Doubt.INVALID_JURISDICTION, KEPT_OUT[17][0], {"jurisdiction": None}),
        (Doubt.SAMPLE_VERIFIED, KEPT_OUT[19][0], {"sample": True, "verified": False}),
        (
            Doubt.NO_NAME,
            row(texts={"name_th": "", "name_en": "", "district": "อ.นาแก"}),
            {"name_th": "สถานีตำรวจนาแก", "name_en": "สถานีตำรวจนาแก"},
        ),
        (Doubt.NO_ID, row(texts={"unit_id": ""}), {"unit_id": derived_id("สภ.ธาตุพนม", "", "")}),
    ],
)
def test_what_accepting_does(accept, bad, expected):
    station = judge(bad, {accept}).station
    assert {name: getattr(station, name) for name in expected} == expected


def test_a_row_with_two_doubts_needs_both_accepted():
    bad = row(latitude=35.0, longitude=139.0, texts={"name_th": "ตู้ยามนาแก"})
    assert doubts(judge(bad)) == [Doubt.OUTSIDE, Doubt.NOT_A_STATION]
    assert judge(bad, {Doubt.OUTSIDE}).station is None
    both = {Doubt.OUTSIDE, Doubt.NOT_A_STATION}
    assert judge(bad, both).station.flags == ("accepted:not_a_station", "accepted:outside")


def test_a_row_may_be_accepted_by_its_own_flag():
    station = judge(row(latitude=35.0, longitude=139.0, flags=("accepted:outside", "x"))).station
    assert station.flags == ("accepted:outside", "x")


def test_a_flag_accepts_nothing_that_cannot_be_accepted():
    assert judge(row(latitude=None, flags=("accepted:no_position",))).station is None
    assert accepted_in(["accepted:projected", "accepted:nonsense", "outside"]) == frozenset()


@pytest.mark.parametrize(
    ("noted", "doubt", "reason"),
    [
        (row(phones=()), Doubt.NO_PHONE, "no phone"),
        (row(unusable_phones=("511266", "x")), Doubt.UNUSABLE_PHONE, "'511266', 'x' left out"),
        (row(texts={"opening_hours": "always"}), Doubt.HOURS_NOT_UNDERSTOOD, "'always'"),
        (row(texts={"name_th": "", "name_en": "Bang Rak"}), Doubt.NO_THAI_NAME, "no Thai name"),
    ],
)
def test_what_is_only_noted_keeps_no_row_out(noted, doubt, reason):
    verdict = judge(noted)
    assert verdict.station is not None
    assert doubts(verdict) == [doubt]
    assert reason in verdict.findings[0].reason


def test_hours_that_no_rule_can_read_are_a_remark():
    station = judge(row(texts={"opening_hours": "always"})).station
    assert (station.opening_hours, station.flags) == ("", ("opening_hours: always",))


def test_a_station_near_its_boundary_is_not_doubted():
    just_outside = row(latitude=17.5 + 90 / 111_195, area=HOME)
    assert judge(just_outside).findings == ()
    assert doubts(judge(row(latitude=17.5 + 110 / 111_195, area=HOME))) == [
        Doubt.OUTSIDE_JURISDICTION
    ]


def test_what_says_that_it_is_something_else_is_believed():
    assert judge(row(texts={"name_th": "ศูนย์ 191 นครพนม", "kind": "call_centre"})).station


@pytest.mark.parametrize("spelling", ["กทม.", "กรุงเทพฯ", "จังหวัดกรุงเทพมหานคร"])
def test_bangkok_has_one_name(spelling):
    assert judge(row(texts={"province": spelling})).station.province == "กรุงเทพมหานคร"


def test_an_id_that_is_made_is_the_same_for_each_spelling_and_differs_by_province():
    one = derived_id("สภ.ธาตุพนม", "", "นครพนม")
    assert one == derived_id("สถานีตำรวจภูธร อำเภอธาตุพนม", "That Phanom", "นครพนม")
    assert one != derived_id("สภ.ธาตุพนม", "", "สกลนคร")
    assert one == "name-44787d542cbac03d"  # another one would orphan every officer's unit
    assert judge(row(texts={"unit_id": ""}, derive_id=True)).findings == ()


def test_the_copy_that_says_more_scores_higher():
    bare = judge(row(phones=())).station
    better = [
        judge(row(phones=(), texts={"source": "osm:node/1"})).station,
        judge(row(phones=(), texts={"district": "นาแก"})).station,
        judge(row()).station,
        judge(row(phones=(PHONE, Phone("191")))).station,
        judge(row(phones=(), area=HOME)).station,
        judge(row(phones=(), verified=True)).station,
    ]
    scores = [score(station) for station in (bare, *better)]
    assert scores == sorted(set(scores))


def test_flags_of_accepted_doubts_are_put_once():
    station = with_accepted(judge(row()).station, [Doubt.OUTSIDE, Doubt.OUTSIDE])
    assert station.flags == ("accepted:outside",)
    assert with_accepted(station, [Doubt.OUTSIDE]) is station


def test_operators_can_read_about_every_doubt():
    page = Path(__file__).parents[2] / "docs" / "stations.md"
    lines = page.read_text("utf-8").splitlines()
    for doubt, about in DOUBTS.items():
        (line,) = (line for line in lines if line.startswith(f"| `{doubt}` |"))
        assert about.meaning in line
        assert about.when_accepted in line
        assert ("kept out" in line) == about.keeps_out


def test_a_jurisdiction_that_cannot_be_stored_keeps_its_row_out_alone():
    dice = random.Random(1)
    turns = [i / 30_000 * math.tau for i in range(30_000)]
    reach = [0.4 + dice.random() / 10_000 for _ in turns]
    ring = [
        (100 + r * math.cos(t), 15 + r * math.sin(t)) for r, t in zip(reach, turns, strict=True)
    ]
    ring.append(ring[0])
    found, problems = _sound([[ring]])
    assert found is None
    assert any("simplify" in problem for problem in problems)

"""A policy resolved for one report: the units of each rung."""

from dataclasses import replace

import pytest

from ess.domain.kinds import EMERGENCIES, Kind
from ess.domain.ladder import DESK, Channel, Unit, UnitKind, When
from ess.domain.policy import LadderRule, Role, climb
from ess.domain.policy_rows import read_policy
from ess.policies import builtin

STATIONS = [
    Unit(f"station-{n}", f"สภ.{n}", f"Station {n}", UnitKind.POLICE_STATION, 1000.0 * n)
    for n in range(1, 6)
]
CENTRE = Unit("centre", "ศูนย์ 191", "191 centre", UnitKind.CENTER_191, 20_000.0)
OFFICE = Unit("office", "พมจ.", "Social office", UnitKind.SOCIAL_OFFICE, 21_000.0)
ALL = [*STATIONS, CENTRE, OFFICE]
DEFAULT = read_policy(builtin.load(), {"acknowledge": 61, "desk": 62})


def asked(ladder):
    return [[unit.unit_id for unit in rung.units] for rung in ladder.rungs]


@pytest.mark.parametrize("kind", Kind)
def test_the_default_is_station_then_two_then_the_centre_then_the_desk(kind):
    ladder = climb(DEFAULT, kind, ALL)
    assert asked(ladder) == [["station-1"], ["station-1", "station-2"], ["centre"], ["desk"]]
    assert ladder.waits() == [61, 61, 61, 62]
    assert ladder.policy == "default"
    assert ladder.nearby == tuple(ALL)
    assert all({Channel.LINE, Channel.SMS} <= set(rung.channels) for rung in ladder.rungs)
    assert set(ladder.rungs[-1].channels) == set(Channel)


def test_of_an_unknown_kind_everybody_is_informed_who_is_of_any():
    assert DEFAULT.ladder_for(Kind.UNKNOWN) == DEFAULT.ladder_for(Kind.ASSAULT)
    notices = climb(DEFAULT, Kind.UNKNOWN, ALL).notices
    assert [notice.when for notice in notices] == [When.AT_ONCE, When.UNANSWERED]


@pytest.mark.parametrize("kind", EMERGENCIES)
def test_the_default_informs_the_social_office_at_once_of_kinds_2_and_3(kind):
    (notice,) = climb(DEFAULT, kind, ALL).notices
    assert notice.units == (OFFICE,)
    assert notice.when is (When.AT_ONCE if kind in {2, 3} else When.UNANSWERED)


def test_rungs_and_notices_without_a_unit_are_left_out():
    ladder = climb(DEFAULT, Kind.CONFINEMENT, STATIONS[:1])
    assert asked(ladder) == [["station-1"], ["station-1"], ["desk"]]
    assert ladder.notices == ()


def test_without_any_unit_the_desk_is_asked_at_once():
    ladder = climb(DEFAULT, Kind.ASSAULT, [])
    assert asked(ladder) == [["desk"]]
    assert ladder.place(0).last


def test_a_kind_has_its_own_ladder_before_the_general_one():
    general = DEFAULT.ladders[0]
    own = LadderRule(frozenset({Kind.ASSAULT}), general.rungs[-2:])
    policy = replace(DEFAULT, ladders=(general, own))
    assert asked(climb(policy, Kind.ASSAULT, ALL)) == [["centre"], ["desk"]]
    assert len(climb(policy, Kind.CONFINEMENT, ALL).rungs) == 4


def test_a_unit_with_two_roles_is_asked_once_in_a_rung():
    rung = replace(DEFAULT.ladders[0].rungs[0], roles=(Role.RESPONSIBLE, Role.RESPONSIBLE))
    policy = replace(
        DEFAULT, ladders=(LadderRule(frozenset(), (rung, DEFAULT.ladders[0].rungs[-1])),)
    )
    assert asked(climb(policy, Kind.ASSAULT, ALL)) == [["station-1"], ["desk"]]


def test_further_stations_are_counted_among_stations_alone():
    roles = (Role.NEXT_NEAREST_2, Role.NEXT_NEAREST_3)
    rung = replace(DEFAULT.ladders[0].rungs[0], roles=roles)
    desk = DEFAULT.ladders[0].rungs[-1]
    policy = replace(DEFAULT, ladders=(LadderRule(frozenset(), (rung, desk)),))
    found = [STATIONS[0], CENTRE, *STATIONS[1:4]]
    ladder = climb(policy, Kind.ASSAULT, found)
    assert asked(ladder) == [["station-3", "station-4"], ["desk"]]
    assert ladder.rungs[-1].units == (DESK,)

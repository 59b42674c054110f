"""`ess units`: see beforehand which units will have nobody to call."""

import argparse
from collections.abc import Iterator, Mapping

from ess import bootstrap
from ess.domain.ladder import DESK_UNIT_ID
from ess.domain.readiness import Lack
from ess.usecases.check_readiness import UnitReadiness, check_readiness
from operate.stations import published_stations
from operate.thai_time import spoken_span

DAY_S = 24 * 3600
MOST_DAYS = 56

_DESK = "the desk, the last rung of every search"
_LACKS = {
    Lack.NOBODY: "nobody belongs to it",
    Lack.NOBODY_VERIFIED: "nobody of it is verified",
    Lack.OFF_DUTY: "nobody on duty",
    Lack.UNREACHABLE: "on duty but not reachable (no phone; not on LINE, or blocked there)",
    Lack.UNVERIFIED: "on duty but not verified",
}


def register(
    groups: "argparse._SubParsersAction[argparse.ArgumentParser]", common: argparse.ArgumentParser
) -> None:
    """Add `ess units` to the command line."""
    verbs = groups.add_parser("units", help=__doc__).add_subparsers(required=True, metavar="VERB")
    verb = verbs.add_parser(
        "check",
        parents=[common],
        help="list when units have nobody verified, reachable and on duty",
        description="Look at every unit that can be asked: the stations, 191 centres and social "
        "offices of the published directory, and the desk. Without a plan of shifts a person's "
        "last word is taken to hold. Exit code 1 tells that there are gaps.",
    )
    verb.add_argument(
        "--days", type=_days, default=7, metavar="N", help="how far ahead: 1 to 56, by default 7"
    )
    verb.add_argument(
        "--unit", metavar="ID", help=f"only this unit: an id of the directory, or '{DESK_UNIT_ID}'"
    )
    verb.set_defaults(run=_check)


def _days(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST_DAYS:
        raise argparse.ArgumentTypeError(f"a whole number from 1 to {MOST_DAYS}")
    return int(text)


def _check(given: argparse.Namespace) -> int:
    names = {DESK_UNIT_ID: _DESK} | {
        unit.unit_id: unit.name_th for unit in published_stations(bootstrap.station_directory())
    }
    if given.unit is not None and given.unit not in names:
        print(f"No unit has the id {given.unit}: nobody is ever sent to it.")
        return 1
    since = bootstrap.clock().now() // 60 * 60  # seconds would only be noise
    until = since + given.days * DAY_S
    units = list(names) if given.unit is None else [given.unit]
    checked = check_readiness(bootstrap.responders(), since, until, units=units)
    for line in tell(checked, names):
        print(line)
    if len(names) == 1:
        print("note: no directory of stations is published, so only the desk was checked")
    print(_summary(checked, since, until))
    return 1 if any(unit.gaps for unit in checked) else 0


def tell(checked: list[UnitReadiness], names: Mapping[str, str]) -> Iterator[str]:
    """Yield a line for each gap: of units that have people first, then those without anybody."""
    for unit in sorted(checked, key=lambda unit: (unit.unit_id != DESK_UNIT_ID, not unit.people)):
        label = f"{names[unit.unit_id]} ({unit.unit_id})"
        for gap in unit.gaps:
            # Of whom nobody exists is to be called at no time: saying when would only be noise.
            always = gap.lack in {Lack.NOBODY, Lack.NOBODY_VERIFIED}
            when = "" if always else f" {spoken_span(gap.since, gap.until)}"
            yield f"{label}: {_LACKS[gap.lack]}{when}"


def _summary(checked: list[UnitReadiness], since: float, until: float) -> str:
    nobody = sum(not unit.people for unit in checked)
    gaps = sum(bool(unit.gaps) for unit in checked) - nobody
    ready = len(checked) - gaps - nobody
    return (
        f"{spoken_span(since, until)} in Thailand: {_units(len(checked))} checked, "
        f"{ready:,} always have somebody to call, {gaps:,} have gaps, {nobody:,} have nobody."
    )


def _units(number: int) -> str:
    return "1 unit" if number == 1 else f"{number:,} units"

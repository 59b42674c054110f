"""`ess policies check`, `show`, `history`, `default`: everything that changes nothing."""

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from ess import bootstrap
from ess.domain.errors import InvalidPoint, InvalidPolicy
from ess.domain.geo import Point
from ess.domain.kinds import EMERGENCIES, Kind
from ess.domain.ladder import Unit
from ess.domain.opening_hours import BANGKOK_OFFSET_S
from ess.domain.policy import LOOKED_UP, Policy
from ess.domain.policy_rows import read_policy
from ess.policies import builtin
from ess.usecases.current_policy import current_policy
from ess.usecases.find_station import Filters, find_station
from ess.usecases.load_policy import LoadedPolicy, loaded_policies
from operate.policies import files, words

_BANGKOK = timezone(timedelta(seconds=BANGKOK_OFFSET_S))


def register(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", common: argparse.ArgumentParser
) -> None:
    """Add the verbs to the command line."""
    verb = verbs.add_parser(
        "check",
        parents=[common],
        help="tell everything that is wrong with a file, or what it would do",
        description="Check FILE as loading it would, and tell in words what it does. "
        "docs/policies.md has the fields.",
    )
    verb.add_argument("file", metavar="FILE", type=Path, help="a policy in JSON")
    _add_which(verb)
    verb.set_defaults(run=_check)

    verb = verbs.add_parser(
        "show", parents=[common], help="tell the policy in force in words, with seconds"
    )
    _add_which(verb)
    verb.set_defaults(run=_show)

    verb = verbs.add_parser(
        "history", parents=[common], help="list the policies that were loaded, newest first"
    )
    verb.set_defaults(run=_history)

    verb = verbs.add_parser(
        "default", parents=[common], help="print the built-in policy, as a file to start from"
    )
    verb.set_defaults(run=_default)


def _add_which(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--kind",
        metavar="N",
        type=int,
        choices=list(map(int, EMERGENCIES)),
        help="only this emergency",
    )
    verb.add_argument(
        "--at", metavar="LAT,LON", type=place, help="name the units of this place (degrees)"
    )


def place(text: str) -> Point:
    """Return the point of ``17.40,104.78``.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    try:
        latitude, longitude = (float(part) for part in text.split(","))
        return Point(latitude, longitude)
    except (InvalidPoint, ValueError) as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no place such as 17.40,104.78") from error


def good_policy(path: Path) -> tuple[object, Policy] | None:
    """Return the data and the policy of a file, or None after telling all that is wrong."""
    times, remark = files.times()
    if remark:
        print(f"note: {remark}")
    try:
        data = files.read_file(path)
        return data, read_policy(data, times)
    except InvalidPolicy as error:
        for problem in error.problems:
            print(f"wrong: {problem}")
        print(f"{path}: {len(error.problems)} to mend (docs/policies.md); nothing was changed.")
        return None


def _check(given: argparse.Namespace) -> int:
    read = good_policy(given.file)
    if read is None:
        return 1
    print(f"{given.file}: a good policy, {read[1].name}.")
    _tell(read[1], given)
    return 0


def _show(given: argparse.Namespace) -> int:
    times, remark = files.times()
    remarks = [remark] if remark else []
    policy, version = current_policy(
        bootstrap.settings_store(), builtin.load(), times, tell=remarks.append
    )
    for one in remarks:
        print(f"note: {one}")
    print(f"In force: {policy.name} ({version}). Reports that have a ladder keep theirs.")
    _tell(policy, given)
    return 0


def _tell(policy: Policy, given: argparse.Namespace) -> None:
    kinds = [Kind(given.kind)] if given.kind else list(EMERGENCIES)
    for line in words.describe(policy, kinds, units_at(given.at) if given.at else None):
        print(line)
    for line in words.uninformed(policy):
        print(f"note: {line}")


def units_at(point: Point) -> Sequence[Unit]:
    """Return the units that a report from `point` may be offered to, as the lookup ranks them."""
    found: list[Unit] = []
    for kind, number in LOOKED_UP.items():
        filters = Filters(kinds={str(kind)})
        lookup = find_station(bootstrap.station_directory(), point, number, filters)
        for match in lookup.matches[:number]:
            unit = match.station
            found.append(Unit(unit.unit_id, unit.name_th, unit.name_en, kind, match.distance_m))
    return found


def _history(given: argparse.Namespace) -> int:  # noqa: ARG001  every verb is called so
    loaded = loaded_policies(bootstrap.settings_store())
    if not loaded:
        print("No policy was loaded: the built-in one is in force ('ess policies show').")
        return 0
    for number, one in enumerate(loaded):
        at = datetime.fromtimestamp(one.changed_at, UTC).astimezone(_BANGKOK)
        print(
            f"{' ' if number else '*'} version {one.version:<4} {at:%Y-%m-%d %H:%M}  {about(one)}"
        )
    print("* in force. Times are Thailand's. Go back with 'ess policies undo'.")
    return 0


def about(one: LoadedPolicy) -> str:
    """Return what a version is."""
    name = one.name or "(no name)"
    if one.restores is None:
        return name
    return f"{name}, version {one.restores} again" if one.restores else "the built-in policy again"


def _default(given: argparse.Namespace) -> int:  # noqa: ARG001  every verb is called so
    print(builtin.text(), end="")
    return 0

"""`ess responders`: load and look at the people who answer for each unit."""

import argparse
from pathlib import Path

from ess import bootstrap
from ess.domain.ladder import DESK_UNIT_ID
from ess.domain.responder import Responder
from ess.usecases.load_responders import load_responders
from operate.responder_rows import COLUMNS, Reading, read_responders
from operate.stations import published_stations


def register(
    groups: "argparse._SubParsersAction[argparse.ArgumentParser]", common: argparse.ArgumentParser
) -> None:
    """Add `ess responders` to the command line."""
    verbs = groups.add_parser("responders", help=__doc__).add_subparsers(
        required=True, metavar="VERB"
    )

    verb = verbs.add_parser(
        "import",
        parents=[common],
        help="load responders from a JSON or CSV file",
        description="Load the responders of FILE; each replaces the one of the same unit_id and "
        "responder_id, and nobody is removed: to stop calling somebody, load them with verified "
        "false, or with on_duty false if they have no plan of shifts, which counts before it. Bad "
        "rows are named and kept out; exit code 1 tells that there were some. "
        f"Columns: {', '.join(COLUMNS)}. The unit_id is a station's id, or '{DESK_UNIT_ID}'.",
    )
    verb.add_argument(
        "file", metavar="FILE", type=Path, help="CSV with a line of columns, or a list in JSON"
    )
    verb.add_argument("--dry-run", action="store_true", help="check the file, change nothing")
    verb.set_defaults(run=_import)

    verb = verbs.add_parser("list", parents=[common], help="show the responders of a unit")
    verb.add_argument("unit", metavar="UNIT", help=f"a station's id, or '{DESK_UNIT_ID}'")
    verb.set_defaults(run=_list)


def _import(given: argparse.Namespace) -> int:
    reading = read_responders(given.file)
    for note in reading.notes:
        print(f"note: {note}")
    for refused in reading.refused:
        print(f"kept out: {refused}")
    if not reading.responders:
        print("No usable row: nothing was changed.")
        return 1
    for unit_id in _unknown_units(reading.responders):
        print(f"note: no station has the id {unit_id}: its responders are never called")
    if given.dry_run:
        print(f"Dry run, nothing was changed. {_summary(reading)}")
    else:
        loaded = load_responders(reading.responders, bootstrap.responders())
        for person in loaded.planned:
            print(
                f"note: {person.responder_id} ({person.name_th}) has a plan of shifts: it says "
                "when they are on duty, not this file"
            )
        print(f"Loaded. {_summary(reading)}")
        print(f"{loaded.new:,} new, {loaded.changed:,} changed, {loaded.unchanged:,} as before.")
    return 1 if reading.refused else 0


def _list(given: argparse.Namespace) -> int:
    people = bootstrap.responders().of_unit(given.unit)
    if not people:
        print(f"Nobody answers for {given.unit}: load people with 'ess responders import FILE'.")
        return 1
    now = bootstrap.clock().now()
    for person in people:
        ways = [way for way in (_line(person), _masked(person.phone)) if way]
        marks = [
            "on duty" if person.on_duty_at(now) else "off duty",
            *(["by plan"] if person.shifts else []),
            "verified" if person.verified else "NOT VERIFIED",
            *(["sample"] if person.sample else []),
        ]
        reach = ", ".join(ways) or "no way to reach"
        print(
            f"{person.responder_id}  {person.name_th} ({person.name_en})  {reach}  "
            f"[{', '.join(marks)}]"
        )
    callable_now = sum(person.may_be_called(now) for person in people)
    print(f"{len(people)} responders, {callable_now} would be called now.")
    return 0


def _unknown_units(responders: list[Responder]) -> list[str]:
    known = {station.unit_id for station in published_stations(bootstrap.station_directory())}
    return sorted({r.unit_id for r in responders} - known - {DESK_UNIT_ID})


def _summary(reading: Reading) -> str:
    good, kept_out = len(reading.responders), len(reading.refused)
    units = len({responder.unit_id for responder in reading.responders})
    samples = sum(responder.sample for responder in reading.responders)
    remark = f", {samples:,} of them samples" if samples else ""
    return (
        f"{good + kept_out:,} rows: {good:,} good{remark}, in {units:,} units, "
        f"{kept_out:,} kept out."
    )


def _line(person: Responder) -> str:
    if not person.line_user_id:
        return ""
    return "LINE (blocked)" if person.line_blocked else "LINE"


def _masked(phone: str | None) -> str:
    """Return enough of a number to recognise it by, and not enough to call it."""
    return f"{phone[:3]}...{phone[-3:]}" if phone else ""

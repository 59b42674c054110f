"""`ess shifts`: load and look at the plan of who is on duty when."""

import argparse
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from ess import bootstrap
from ess.domain.duty import MOST_SHIFTS
from ess.domain.responder import Responder
from ess.usecases.change_responder import change_responder
from ess.usecases.load_shifts import LoadedShifts, Who, load_shifts
from operate.shift_rows import COLUMNS, MOST_WEEKS, PlanReading, lines_told, read_plan
from operate.thai_time import spoken, spoken_span, thai_day

_EXAMPLE = """\
# Who is on duty when; times are Thailand's. Lines that begin with # are passed over.
# type: duty, or off for leave, which wins over duty. One shift has from and until with times;
# shifts that repeat have the first and the last day, and days and times (over midnight:
# 20:00-08:00). Days: Mon-Fri, จ-ศ, Sat+Sun, or nothing for every day. 30/11/2569 is understood too.
{columns}
np-mueang,np-1,duty,{monday},{sunday},Mon-Fri,08:00-20:00
np-mueang,np-2,duty,{monday},{sunday},,20:00-08:00
np-mueang,np-3,duty,{saturday} 08:00,{saturday} 20:00,,
np-mueang,np-1,off,{wednesday},{wednesday},,
"""


def register(
    groups: "argparse._SubParsersAction[argparse.ArgumentParser]", common: argparse.ArgumentParser
) -> None:
    """Add `ess shifts` to the command line."""
    verbs = groups.add_parser("shifts", help=__doc__).add_subparsers(required=True, metavar="VERB")

    verb = verbs.add_parser(
        "load",
        parents=[common],
        help="load a plan of shifts from a CSV file",
        description="Plan the people of FILE from the earliest moment in it on: what was planned "
        "for them from then on is replaced, what was before stays, and nobody else's plan changes. "
        "Loading the same file again changes nothing. Bad rows are named with their line and kept "
        f"out; exit code 1 tells that there were some. At the most {MOST_SHIFTS} shifts of a "
        f"person are kept, and a row repeats over {MOST_WEEKS} weeks. A plan that has run out "
        "means off duty. 'ess shifts example' prints a file to start from.",
    )
    verb.add_argument("file", metavar="FILE", type=Path, help=f"columns: {', '.join(COLUMNS)}")
    verb.add_argument(
        "--add",
        action="store_true",
        help="replace nothing: for leave and extra shifts beside a plan that is loaded already",
    )
    verb.add_argument("--dry-run", action="store_true", help="check the file, change nothing")
    verb.set_defaults(run=_load)

    verb = verbs.add_parser("show", parents=[common], help="show the plan of a unit")
    verb.add_argument("unit", metavar="UNIT", help="a unit's id, or 'desk'")
    verb.set_defaults(run=_show)

    verb = verbs.add_parser(
        "clear",
        parents=[common],
        help="take the plan of one person away",
        description="Take away all shifts of a person. They stay on or off duty as they are now, "
        "until somebody says otherwise.",
    )
    verb.add_argument("unit", metavar="UNIT", help="a unit's id, or 'desk'")
    verb.add_argument("responder", metavar="RESPONDER", help="a responder's id")
    verb.set_defaults(run=_clear)

    verb = verbs.add_parser("example", parents=[common], help="print a file to start from")
    verb.set_defaults(run=_example)


def _load(given: argparse.Namespace) -> int:
    now = bootstrap.clock().now()
    reading = read_plan(given.file, now)
    for note in reading.notes:
        print(f"note: {note}")
    if reading.over:
        print(f"note: {reading.over:,} shifts ended more than 2 days ago and are not kept")
    loaded = load_shifts(
        reading.plans, bootstrap.responders(), now, add=given.add, dry_run=given.dry_run
    )
    if loaded.dropped:
        print(
            f"note: {loaded.dropped:,} shifts to come that were planned before are replaced or cut"
            " (to keep them and only add, load with --add)"
        )
    refused = [*reading.refused, *_refusals(reading, loaded)]
    for line in refused:
        print(f"kept out: {line}")
    if loaded.since is None:
        print("No usable row: nothing was changed.")
        return 1
    print(
        f"{'Dry run, nothing was changed' if given.dry_run else 'Loaded'}. {reading.rows:,} rows, "
        f"from {spoken(loaded.since)} on: {_people(len(loaded.changed))} changed, "
        f"{len(loaded.unchanged):,} as before, {len(refused):,} kept out."
    )
    return 1 if refused else 0


def _refusals(reading: PlanReading, loaded: LoadedShifts) -> list[str]:
    unknown = [
        f"{_where(reading, who)}: unit {who[0]} has no responder of this id"
        for who in loaded.unknown
    ]
    too_many = [
        f"{_where(reading, who)}: {number:,} shifts, and {MOST_SHIFTS} can be kept: load fewer "
        "weeks; the plan of this person stays as it was"
        for who, number in loaded.too_many.items()
    ]
    return unknown + too_many


def _where(reading: PlanReading, who: Who) -> str:
    return f"{lines_told(reading.lines[who])} ({who[1][:64]})"


def _show(given: argparse.Namespace) -> int:
    people = bootstrap.responders().of_unit(given.unit)
    if not people:
        print(f"Nobody answers for {given.unit}: load people with 'ess responders import FILE'.")
        return 1
    now = bootstrap.clock().now()
    for person in people:
        print(f"{person.responder_id}  {person.name_th} ({person.name_en}): {_state(person, now)}")
        for shift in sorted(person.shifts, key=lambda shift: (shift.start, shift.end)):
            if shift.end > now:
                kind = "duty" if shift.on else "off"
                print(f"    {kind:<4}  {spoken_span(shift.start, shift.end)}")
    planned = sum(any(shift.end > now for shift in person.shifts) for person in people)
    print(f"{_people(len(people))}, {planned:,} with shifts to come. Times are Thailand's.")
    return 0


def _state(person: Responder, now: float) -> str:
    duty = "on duty" if person.on_duty_at(now) else "off duty"
    until = person.duty_until(now)
    ending = "until somebody says otherwise" if until is None else f"until {spoken(until)}"
    if not person.shifts:
        return f"{duty}, no plan"
    if person.duty_set_at is not None and not person.duty_changes(person.duty_set_at, now):
        return f"{duty} by their own word, {ending}"
    if until is None and any(shift.on for shift in person.shifts):
        return f"{duty}, the plan has run out"
    return f"{duty} by plan, {ending}"


def _clear(given: argparse.Namespace) -> int:
    now = bootstrap.clock().now()

    def cleared(person: Responder) -> Responder:
        if not person.shifts:
            return person
        return replace(person, shifts=(), on_duty=person.on_duty_at(now), duty_set_at=now)

    person = change_responder(bootstrap.responders(), given.unit, given.responder, cleared)
    if person is None:
        print(f"Unit {given.unit} has no responder {given.responder}.")
        return 1
    print(f"{person.name_th}: {_state(person, now)}.")
    return 0


def _example(given: argparse.Namespace) -> int:  # noqa: ARG001  every verb is given its options
    today = thai_day(bootstrap.clock().now())
    monday = today + timedelta(days=7 - today.weekday())
    days = {
        name: monday + timedelta(days=n)
        for name, n in (("monday", 0), ("wednesday", 2), ("saturday", 5), ("sunday", 27))
    }
    print(_EXAMPLE.format(columns=",".join(COLUMNS), **days), end="")
    return 0


def _people(number: int) -> str:
    return "1 person" if number == 1 else f"{number:,} people"

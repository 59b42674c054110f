"""`ess invitations`: let officers into a unit by a one-time code that they type in the chat."""

import argparse
from secrets import randbelow

from ess import bootstrap
from ess.domain.errors import EssError
from ess.domain.invitation import (
    DEFAULT_HOURS,
    MOST_HOURS,
    Invitation,
    hash_of,
    make_code,
    read_code,
    shown,
)
from ess.domain.ladder import DESK, DESK_UNIT_ID
from ess.messages import catalogue
from operate.stations import published_stations
from operate.thai_time import spoken

_NAME_LIMIT = 80


class InvitationRefused(EssError, ValueError):
    """An invitation cannot be made or found as asked; the message says why."""


def register(
    groups: "argparse._SubParsersAction[argparse.ArgumentParser]", common: argparse.ArgumentParser
) -> None:
    """Add `ess invitations` to the command line."""
    verbs = groups.add_parser("invitations", help=__doc__).add_subparsers(
        required=True, metavar="VERB"
    )

    verb = verbs.add_parser(
        "create",
        parents=[common],
        help="invite one officer into a unit",
        description="Make a code that lets one person join UNIT, and print the words to send them. "
        "The code is shown once and stored nowhere. Whoever types it first becomes that officer: "
        "send it to them alone.",
    )
    verb.add_argument("unit", metavar="UNIT", help=f"a station's id, or '{DESK_UNIT_ID}'")
    verb.add_argument("--name-th", required=True, help="rank and name as reporters read it")
    verb.add_argument("--name-en", help="the same in English (default: the Thai name)")
    verb.add_argument(
        "--hours",
        type=_hours,
        default=DEFAULT_HOURS,
        metavar="N",
        help=f"how long the code works, 1 to {MOST_HOURS} (default: {DEFAULT_HOURS})",
    )
    verb.set_defaults(run=_create)

    verb = verbs.add_parser("list", parents=[common], help="show invitations that are open")
    verb.add_argument("unit", metavar="UNIT", nargs="?", help="only those of this unit")
    verb.add_argument("--all", action="store_true", help="used and expired ones too")
    verb.set_defaults(run=_list)

    verb = verbs.add_parser(
        "revoke", parents=[common], help="make an invitation useless before it is used"
    )
    verb.add_argument("which", metavar="NUMBER", help="its number in the list, or its code")
    verb.set_defaults(run=_revoke)


def _create(given: argparse.Namespace) -> int:
    unit_th, unit_en = _unit_names(given.unit)
    name_th = _name(given.name_th)
    now = bootstrap.clock().now()
    store = bootstrap.invitations()
    while True:
        code = make_code(randbelow)
        invitation = Invitation(
            hash_of(code),
            given.unit,
            unit_th,
            unit_en,
            name_th,
            _name(given.name_en) if given.name_en else name_th,
            now,
            (now // 60 + given.hours * 60) * 60,
        )
        if store.add(invitation):
            break
    until = spoken(invitation.valid_until)
    print(f"Invitation {invitation.number} for {name_th}, {unit_th}. It works once, until {until}.")
    print("Send these words to that person alone:\n")
    print(f"เพิ่มบัญชี ESS Help Me เป็นเพื่อนใน LINE แล้วพิมพ์ในแชท\nเข้าร่วม {shown(code)}")
    by = catalogue.day_and_time(invitation.valid_until, "th")
    print(f"({unit_th} รหัสใช้ได้ครั้งเดียว ถึง {by} อย่าส่งต่อให้ใคร)")
    return 0


def _list(given: argparse.Namespace) -> int:
    now = bootstrap.clock().now()
    found = [
        invitation
        for invitation in bootstrap.invitations().everyone()
        if (given.all or invitation.is_open(now)) and given.unit in (None, invitation.unit_id)
    ]
    if not found:
        print("No invitations: make one with 'ess invitations create UNIT --name-th NAME'.")
        return 0
    for invitation in found:
        print(
            f"{invitation.number}  {invitation.unit_id}  {invitation.name_th}  "
            f"[{_state(invitation, now)}]"
        )
    print(f"{sum(invitation.is_open(now) for invitation in found)} open.")
    return 0


def _revoke(given: argparse.Namespace) -> int:
    store, now = bootstrap.invitations(), bootstrap.clock().now()
    code = read_code(given.which, ("join",))
    number = given.which.strip().lower()
    # A number may look like a code, so that one does not rule out the other.
    code_hash = hash_of(code[0]) if code and code[0] else number
    found = [one for one in store.everyone() if number == one.number or code_hash == one.code_hash]
    if len(found) != 1:
        raise InvitationRefused(f"no invitation has the number or code {given.which!r}")
    (invitation,) = found
    if not invitation.is_open(now):
        print(
            f"Invitation {invitation.number} is {_state(invitation, now)}: nothing to revoke. "
            "To stop an officer, load them with verified false ('ess responders import')."
        )
        return 1
    store.remove(invitation.code_hash)
    print(f"Revoked invitation {invitation.number} for {invitation.name_th}.")
    return 0


def _unit_names(unit_id: str) -> tuple[str, str]:
    if unit_id == DESK_UNIT_ID:
        return DESK.name_th, DESK.name_en
    for station in published_stations(bootstrap.station_directory()):
        if station.unit_id == unit_id:
            return station.name_th, station.name_en
    raise InvitationRefused(f"no unit has the id {unit_id!r}; 'ess stations export' lists them")


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not 0 < len(name) <= _NAME_LIMIT:
        raise InvitationRefused(f"a name has 1 to {_NAME_LIMIT} characters")
    return name


def _hours(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= MOST_HOURS):
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 to {MOST_HOURS}")
    return int(text)


def _state(invitation: Invitation, now: float) -> str:
    if invitation.used_at is not None:
        return f"used {spoken(invitation.used_at)}"
    until = spoken(invitation.valid_until)
    return f"open until {until}" if invitation.is_open(now) else f"expired {until}"

"""`ess menus`: draw the rich menus, bring them to LINE, see what is there."""

import argparse
from pathlib import Path

from ess import bootstrap
from operate.rich_menus.definition import Menu, load, name_of
from operate.rich_menus.draw import draw, picture_of
from operate.rich_menus.page import page_of
from operate.rich_menus.upload import SETTING, Uploader

PICTURES = Path(__file__).resolve().parents[2] / ".local" / "rich_menus"


def register(
    groups: "argparse._SubParsersAction[argparse.ArgumentParser]", common: argparse.ArgumentParser
) -> None:
    """Add `ess menus` to the command line."""
    verbs = groups.add_parser("menus", help="the rich menus below the chat").add_subparsers(
        required=True, metavar="VERB"
    )

    verb = verbs.add_parser(
        "draw",
        parents=[common],
        help="draw the pictures",
        description="Draw the pictures of operate/rich_menus/menus.json with Chromium. One that is "
        "there already is kept: its name changes with what it shows.",
    )
    verb.add_argument("--out", metavar="DIR", type=Path, default=PICTURES, help="where to")
    verb.set_defaults(run=_draw)

    verb = verbs.add_parser(
        "upload",
        parents=[common],
        help="bring the menus to LINE, and give officers theirs",
        description="Create the menus on LINE, make the reporters' everybody's and the officers' "
        "that of each verified responder, and delete the older ones of this stage. What is there "
        "already is not touched; stopped half-way, run it again.",
    )
    verb.add_argument(
        "--pictures",
        metavar="DIR",
        type=Path,
        default=PICTURES,
        help="pictures that 'ess menus draw' has drawn; those it lacks are drawn now",
    )
    verb.set_defaults(run=_upload)

    verb = verbs.add_parser(
        "link", parents=[common], help="give every verified responder the officers' menu again"
    )
    verb.set_defaults(run=_link)

    verb = verbs.add_parser("show", parents=[common], help="show which menus are on LINE")
    verb.set_defaults(run=_show)


def _draw(given: argparse.Namespace) -> int:
    for picture in draw(load().values(), given.out):
        print(f"{picture}  {picture.stat().st_size:,} bytes")
    return 0


def _upload(given: argparse.Namespace) -> int:
    done = _uploader().upload(
        load(),
        page_of,
        lambda menu: _picture(menu, given.pictures),
    )
    if done.nothing:
        print("Nothing to do: the menus on LINE are these already.")
        return 0
    for name in done.added:
        print(f"added    {name}")
    for name in done.removed:
        print(f"removed  {name}")
    if done.default_set:
        print("The reporters' menu is everybody's now.")
    print(f"The officers' menu was given to {done.linked:,} responders.")
    return 0


def _picture(menu: Menu, folder: Path) -> bytes:
    # All are drawn at the first: starting Chromium takes longer than drawing.
    draw(load().values(), folder)
    return picture_of(menu, folder).read_bytes()


def _link(_given: argparse.Namespace) -> int:
    linked = _uploader().link()
    if linked is None:
        print("There is no officers' menu yet: run 'ess menus upload'.")
        return 1
    print(f"The officers' menu was given to {linked:,} responders.")
    return 0


def _show(_given: argparse.Namespace) -> int:
    stage = bootstrap.settings().stage
    shelf = bootstrap.menu_shelf()
    on_line, everybodys = shelf.names(), shelf.default()
    setting = bootstrap.settings_store().get(SETTING)
    known = setting.value if setting else {}
    good = bool(known.get("complete"))
    ours: set[str] = set()
    for key, menu in load().items():
        menu_id = (known.get(key) or {}).get("id", "")
        name = on_line.get(menu_id)
        current = name == name_of(menu, stage, page_of(menu))
        state = "current" if current else "outdated" if name else "missing"
        mark = " (everybody's)" if name and menu_id == everybodys else ""
        print(f"{key:<9} {state:<9} {name or '-'}{mark}")
        good, ours = good and current, ours | {menu_id}
    others = len(on_line.keys() - ours)
    if others:
        print(f"{others} other menus on this channel.")
    if not good:
        print("Run 'ess menus upload'.")
    return 0 if good else 1


def _uploader() -> Uploader:
    stage = bootstrap.settings().stage  # first: a missing setting is told before AWS is asked
    return Uploader(
        bootstrap.menu_shelf(),
        bootstrap.settings_store(),
        bootstrap.responders(),
        stage,
        bootstrap.clock().now,
    )

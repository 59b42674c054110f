"""`ess policies load` and `undo`: what changes the policy in force."""

import argparse
from pathlib import Path

from ess import bootstrap
from ess.domain.errors import InvalidPolicy
from ess.usecases.load_policy import load_policy, undo_policy
from operate.policies import files, words
from operate.policies.look import about, good_policy

_SOON = "Functions follow it within a minute; reports that have a ladder keep theirs."


def register(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", common: argparse.ArgumentParser
) -> None:
    """Add the verbs to the command line."""
    verb = verbs.add_parser(
        "load",
        parents=[common],
        help="make the policy of a file the one in force",
        description="Check FILE and make it the policy in force. The one before is kept: "
        "'ess policies undo' goes back to it.",
    )
    verb.add_argument("file", metavar="FILE", type=Path, help="a policy in JSON")
    verb.set_defaults(run=_load)

    verb = verbs.add_parser(
        "undo",
        parents=[common],
        help="go back to the policy before",
        description="Go back to the policy that was in force before the present one was loaded; "
        "again for the one before that, down to the built-in one.",
    )
    verb.add_argument(
        "--to",
        metavar="VERSION",
        type=int,
        help="go to this version, as 'ess policies history' names it; 0 is the built-in policy",
    )
    verb.set_defaults(run=_undo)


def _load(given: argparse.Namespace) -> int:
    read = good_policy(given.file)
    if read is None:
        return 1
    data, policy = read
    for line in words.uninformed(policy):
        print(f"note: {line}")
    loaded, new = load_policy(
        data,
        times=files.times()[0],
        store=bootstrap.settings_store(),
        clock=bootstrap.clock(),
    )
    if not new:
        print(f"Version {loaded.version} says the same and is in force: nothing was changed.")
        return 0
    print(f"Loaded {policy.name} as version {loaded.version}. {_SOON}")
    print("To go back: ess policies undo")
    return 0


def _undo(given: argparse.Namespace) -> int:
    try:
        gone_to, new = undo_policy(
            times=files.times()[0],
            store=bootstrap.settings_store(),
            clock=bootstrap.clock(),
            to=given.to,
        )
    except InvalidPolicy as error:
        for problem in error.problems:
            print(f"wrong: {problem}")
        print(
            "That version is no good policy any more; another one: ess policies undo --to VERSION"
        )
        return 1
    if not new:
        print("That is in force already: nothing was changed.")
        return 0
    print(f"In force: {about(gone_to)} (now version {gone_to.version}). {_SOON}")
    return 0

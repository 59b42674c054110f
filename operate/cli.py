"""The `ess` command line: one group of verbs for each thing that operators look after."""

import argparse
import sys
from collections.abc import Callable, Sequence

from ess.domain.errors import EssError, PermanentFailure, TemporaryFailure
from ess.settings import SettingMissing
from operate import (
    invitations,
    media,
    policies,
    readiness,
    reporters,
    responders,
    rich_menus,
    shifts,
    stations,
)
from operate.stack import enter_stack

Groups = argparse._SubParsersAction  # noqa: SLF001  argparse has no public name for it

GROUPS: tuple[Callable[["Groups[argparse.ArgumentParser]", argparse.ArgumentParser], None], ...] = (
    stations.register,
    responders.register,
    shifts.register,
    readiness.register,
    invitations.register,
    policies.register,
    media.register,
    reporters.register,
    rich_menus.register,
)
"""Each adds its group to the command line; every verb takes the options of the second argument,
and sets `run`, a function from the parsed arguments to an exit code."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    0: done; 1: done in part, or failed, and the output says what to do; 2: not understood.
    """
    given = build_parser().parse_args(arguments)
    try:
        if given.stack:
            enter_stack(given.stack)
        code: int = given.run(given)
    except SettingMissing as error:
        return _fail(f"{error}: set it, or name the stack with --stack")
    except TemporaryFailure as error:
        return _fail(f"{error}; run the same command again")
    except PermanentFailure as error:
        return _fail(f"{error}; check region, stack or table name, and your permissions")
    except EssError as error:
        return _fail(str(error))
    except KeyboardInterrupt:
        return _fail("stopped; run the same command again to finish")
    return code


def build_parser() -> argparse.ArgumentParser:
    """Return the parser with every group."""
    parser = argparse.ArgumentParser(prog="ess", description=__doc__)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--stack",
        metavar="NAME",
        help="CloudFormation stack to work on (default: the tables named by ESS_..._TABLE)",
    )
    groups = parser.add_subparsers(required=True, metavar="GROUP")
    for register in GROUPS:
        register(groups, common)
    return parser


def _fail(message: str) -> int:
    print(f"ess: {message}", file=sys.stderr)
    return 1

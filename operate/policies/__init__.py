"""`ess policies`: whom a report is offered to, in which order and for how long."""

import argparse

from operate.policies import change, look


def register(
    groups: "argparse._SubParsersAction[argparse.ArgumentParser]", common: argparse.ArgumentParser
) -> None:
    """Add `ess policies` to the command line."""
    verbs = groups.add_parser("policies", help=__doc__).add_subparsers(
        required=True, metavar="VERB"
    )
    for module in (look, change):
        module.register(verbs, common)

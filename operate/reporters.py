"""`ess reporters`: pause the reports of somebody who misuses the service, and review that."""

import argparse
import getpass
import re
from collections.abc import Iterator

from ess import bootstrap
from ess.domain.errors import BlockRefused
from ess.domain.reporter import DAY_S, MOST_BLOCK_DAYS, REMEMBERED_S, Block
from ess.usecases.block_reporter import (
    Reporter,
    block_reporter,
    show_reporter,
    unblock_reporter,
)
from operate.thai_time import spoken

_REPORT_ID = re.compile(r"[0-9a-f]{32}")
_DECISIONS = {
    "reporter_blocked": "blocked",
    "reporter_unblocked": "unblocked",
    "block_appealed": "appealed",
}


def register(
    groups: "argparse._SubParsersAction[argparse.ArgumentParser]", common: argparse.ArgumentParser
) -> None:
    """Add `ess reporters` to the command line."""
    verbs = groups.add_parser("reporters", help=__doc__).add_subparsers(
        required=True, metavar="VERB"
    )

    verb = verbs.add_parser(
        "block",
        parents=[common],
        help="let the reporter of a report begin no other for some days",
        description="Let whoever made the report REPORT begin no report on LINE for some days. "
        "They are told until when, to call 191 in real danger, and how to ask for a review, which "
        "is mailed to the desk. What they have open goes on. The block ends by itself; name and "
        "reason are kept in the report's timeline. Repeated false alarms alone are marked on "
        "officers' cards: block only what a human has looked at.",
    )
    _add_report(verb)
    verb.add_argument(
        "--days",
        required=True,
        type=_days,
        metavar="N",
        help=f"how long, 1 to {MOST_BLOCK_DAYS} days",
    )
    _add_reason(verb)
    verb.set_defaults(run=_block)

    verb = verbs.add_parser("unblock", parents=[common], help="end a block before its time")
    _add_report(verb)
    _add_reason(verb)
    verb.set_defaults(run=_unblock)

    verb = verbs.add_parser(
        "show",
        parents=[common],
        help="tell how often the reporter of a report has reported, and whether they are blocked",
        description="Tell of whoever made the report REPORT how often they have reported, what was "
        "decided about them, by whom and why. It never says who they are.",
    )
    _add_report(verb)
    verb.set_defaults(run=_show)


def _add_report(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--report",
        required=True,
        type=_report_id,
        metavar="REPORT",
        help="the id of one of their reports, 32 of 0-9a-f",
    )


def _add_reason(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--why",
        required=True,
        metavar="TEXT",
        help="the reason, for whoever reviews it; without anybody's name or number",
    )
    verb.add_argument(
        "--by", metavar="NAME", help="who decides it (default: your name on this machine)"
    )


def _report_id(text: str) -> str:
    if not _REPORT_ID.fullmatch(text):
        raise argparse.ArgumentTypeError(
            "must be the report's id (32 of 0-9a-f), not the reference that people read out"
        )
    return text


def _days(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= MOST_BLOCK_DAYS):
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 to {MOST_BLOCK_DAYS}")
    return int(text)


def _by(given: argparse.Namespace) -> str:
    if given.by is not None:
        return str(given.by)
    try:
        return getpass.getuser()
    except OSError:  # a machine without names of users, such as a container
        raise BlockRefused("say who decides it: --by NAME") from None


def _block(given: argparse.Namespace) -> int:
    block = block_reporter(
        given.report,
        given.days,
        given.why,
        _by(given),
        reports=bootstrap.reports(),
        conversations=bootstrap.conversations(),
        clock=bootstrap.clock(),
    )
    print(f"Blocked until {spoken(block.until)} by {block.by}: {block.why}")
    print(f"To end it: ess reporters unblock --report {given.report} --why TEXT")
    return 0


def _unblock(given: argparse.Namespace) -> int:
    ended = unblock_reporter(
        given.report,
        given.why,
        _by(given),
        reports=bootstrap.reports(),
        conversations=bootstrap.conversations(),
        clock=bootstrap.clock(),
    )
    if ended is None:
        print("The reporter of this report is not blocked: nothing was changed.")
        return 1
    print(f"Unblocked. It would have ended {spoken(ended.until)}.")
    return 0


def _show(given: argparse.Namespace) -> int:
    now, reports = bootstrap.clock().now(), bootstrap.reports()
    found = show_reporter(given.report, reports=reports, conversations=bootstrap.conversations())
    for line in _lines(found, now):
        print(line)
    for entry in reports.timeline(given.report):
        if entry.action in _DECISIONS:
            by, why = entry.detail.get("by"), entry.detail.get("why")
            told = f" by {by}: {why}" if by else ""
            print(f"    {spoken(entry.at)}  {_DECISIONS[entry.action]}{told}")
    return 0


def _lines(found: Reporter, now: float) -> Iterator[str]:
    history, block = found.history, found.block
    today = sum(now - at < DAY_S for at in history.opened_at)
    yield f"The reporter of {found.report.reference}; exercises are left out."
    yield f"Reports: {history.open} open, {today} begun within 24 hours."
    false = [at for at in history.false_at if now - at < REMEMBERED_S]
    yield f"False alarms within 90 days: {len(false)}"
    yield from (f"    {spoken(at)}" for at in false)
    yield _state(block, now)


def _state(block: Block | None, now: float) -> str:
    if block is None:
        return "Not blocked."
    appeals = f"; appeals: {block.appeals}" if block.appeals else ""
    if not block.holds(now):
        return f"Not blocked: a block by {block.by} ended {spoken(block.until)}{appeals}."
    return f"Blocked until {spoken(block.until)} by {block.by}: {block.why}{appeals}"

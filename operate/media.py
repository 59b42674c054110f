"""`ess reports media`: the pictures, videos and sounds that people added to a report."""

import argparse
import re
from collections.abc import Iterator

from ess import bootstrap
from ess.domain.media import LINK_S, RESPONDER, MediaKind, MediaRef
from ess.domain.report import Entry, Report
from operate.stations.arguments import time_text

_REPORT_ID = re.compile(r"[0-9a-f]{32}")


def register(
    groups: "argparse._SubParsersAction[argparse.ArgumentParser]", common: argparse.ArgumentParser
) -> None:
    """Add `ess reports` to the command line."""
    verbs = groups.add_parser("reports", help=__doc__).add_subparsers(required=True, metavar="VERB")

    verb = verbs.add_parser(
        "media",
        parents=[common],
        help="list a report's files, each with a link",
        description="List the files that the reporter and officers added to REPORT, oldest first, "
        f"with links that work for {LINK_S // 60} minutes. Whoever has a link sees the file: give "
        "it to nobody who is not on the report. Files are forgotten after 90 days.",
    )
    verb.add_argument(
        "report", metavar="REPORT", type=_report_id, help="the report's id, 32 of 0-9a-f"
    )
    verb.set_defaults(run=_media)


def _report_id(text: str) -> str:
    if not _REPORT_ID.fullmatch(text):
        raise argparse.ArgumentTypeError(
            "must be the report's id (32 of 0-9a-f), not the reference that people read out"
        )
    return text


def _media(given: argparse.Namespace) -> int:
    report = bootstrap.reports().get(given.report)
    lines = list(_lines(report, bootstrap.reports().timeline(given.report)))
    if not lines:
        print(f"Nobody added a file to {report.reference}.")
        return 0
    for line in lines:
        print(line)
    print(f"{report.reference}: links work for {LINK_S // 60} minutes from now.")
    return 0


def _lines(report: Report, timeline: list[Entry]) -> Iterator[str]:
    for entry in timeline:
        if tell := _RESULTS.get(entry.action):
            at, kind = time_text(entry.at), entry.detail.get("kind")
            who = _who(report, entry.actor)
            yield f"{at}  {kind}  from {who}  {tell(report.report_id, entry)}"


def _kept(report_id: str, entry: Entry) -> str:
    detail, store = entry.detail, bootstrap.media_store()
    ref = MediaRef(report_id, MediaKind(str(detail["kind"])), str(detail["media_id"]))
    kept = store.find(ref)
    if kept is None:
        return "forgotten since"
    return f"{kept.size / 1000:,.0f} kB  {store.link(ref, LINK_S)}"


def _refused(_report_id: str, entry: Entry) -> str:
    return f"not kept: {entry.detail.get('reason')}"


_RESULTS = {"media_kept": _kept, "media_refused": _refused}


def _who(report: Report, actor: str) -> str:
    officer = report.find_notified(actor.removeprefix(RESPONDER))
    return officer.name_th if officer else actor

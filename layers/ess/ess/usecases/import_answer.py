"""What an import in the stack did, as plain data: from there the operator is told of it here.

An answer stays far below the 6 MB that Lambda lets a function return, whatever the file holds: the
report's examples and the first changes are few, and long texts are cut.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from ess.domain.directory import DirectoryHead
from ess.domain.station_doubts import Doubt
from ess.usecases.import_directory import ImportOutcome
from ess.usecases.import_stations import (
    Change,
    ChangeKind,
    ChangesSummary,
    ImportReport,
    Outcome,
    Remark,
)
from ess.usecases.publish_directory import Outcome as Published
from ess.usecases.publish_directory import Publication

LONGEST_TEXT = 300
"""Characters of a text in an answer; what is longer ends in an ellipsis."""


@dataclass(frozen=True, slots=True)
class ImportAnswer:
    """What an import in the stack did.

    Args:
        outcome: how far it came; without the changes themselves (`ChangesSummary.changes`), which
            nobody is told of.
        remarks: where each doubtful row is named, ``s3://BUCKET/KEY``; empty when there is none.
    """

    outcome: ImportOutcome
    remarks: str = ""


def answer_to_plain(answer: ImportAnswer) -> dict[str, Any]:
    """Return an answer as values for JSON."""
    outcome = answer.outcome
    return {
        "report": _plain_report(outcome.report),
        "summary": _plain_summary(outcome.summary) if outcome.summary else None,
        "publication": _plain_publication(outcome.publication) if outcome.publication else None,
        "remarks": answer.remarks,
    }


def answer_from_plain(plain: Mapping[str, Any]) -> ImportAnswer:
    """Return the answer that `answer_to_plain` was given.

    Raises:
        KeyError, TypeError, ValueError: it is not what `answer_to_plain` writes.
    """
    summary, publication = plain["summary"], plain["publication"]
    outcome = ImportOutcome(
        _report_from(plain["report"]),
        None if summary is None else _summary_from(summary),
        None if publication is None else _publication_from(publication),
    )
    return ImportAnswer(outcome, plain["remarks"])


def remark_to_plain(remark: Remark) -> dict[str, Any]:
    """Return a remark as values for JSON."""
    return asdict(remark)


def remark_from_plain(plain: Mapping[str, Any]) -> Remark:
    """Return the remark that `remark_to_plain` was given.

    Raises:
        KeyError, ValueError: it is none.
    """
    given = {part.name: plain[part.name] for part in fields(Remark)}
    return Remark(**given | {"doubt": Doubt(given["doubt"]), "outcome": Outcome(given["outcome"])})


def _plain_report(report: ImportReport) -> dict[str, Any]:
    return {
        "read": report.read,
        "good": report.good,
        "kept_out": report.kept_out,
        "samples": report.samples,
        "doubts": [
            {
                "doubt": doubt.value,
                "outcome": outcome.value,
                "count": count,
                "examples": [
                    _clipped(remark_to_plain(remark))
                    for remark in report.examples.get((doubt, outcome), ())
                ],
            }
            for (doubt, outcome), count in report.counts.items()
        ],
    }


def _report_from(plain: Mapping[str, Any]) -> ImportReport:
    doubts = {(Doubt(part["doubt"]), Outcome(part["outcome"])): part for part in plain["doubts"]}
    return ImportReport(
        read=plain["read"],
        good=plain["good"],
        kept_out=plain["kept_out"],
        samples=plain["samples"],
        counts={key: part["count"] for key, part in doubts.items()},
        examples={
            key: tuple(map(remark_from_plain, part["examples"])) for key, part in doubts.items()
        },
    )


def _plain_summary(summary: ChangesSummary) -> dict[str, Any]:
    return {
        kind.value: {
            "count": summary.counts[kind],
            "first": [
                [_clip(change.unit_id), _clip(change.name), list(change.fields)]
                for change in summary.first[kind]
            ],
        }
        for kind in ChangeKind
    }


def _summary_from(plain: Mapping[str, Any]) -> ChangesSummary:
    return ChangesSummary(
        counts={kind: plain[kind.value]["count"] for kind in ChangeKind},
        first={
            kind: tuple(
                Change(kind, unit_id, name, tuple(names))
                for unit_id, name, names in plain[kind.value]["first"]
            )
            for kind in ChangeKind
        },
        changes=None,
    )


def _plain_publication(publication: Publication) -> dict[str, Any]:
    return {
        "head": asdict(publication.head),
        "outcome": publication.outcome.value,
        "leaves_written": publication.leaves_written,
    }


def _publication_from(plain: Mapping[str, Any]) -> Publication:
    return Publication(
        DirectoryHead(**plain["head"]), Published(plain["outcome"]), plain["leaves_written"]
    )


def _clipped(plain: Mapping[str, Any]) -> dict[str, Any]:
    return {k: _clip(value) if isinstance(value, str) else value for k, value in plain.items()}


def _clip(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"

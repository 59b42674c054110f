"""Imports a file of stations from the stack's bucket: `ess stations import FILE --in-stack`."""

from typing import Any

from aws_lambda_powertools import Logger

from ess import bootstrap
from ess.domain.errors import InvalidImport
from ess.domain.station_doubts import CannotBeAccepted, Doubt
from ess.usecases.import_answer import answer_to_plain
from ess.usecases.import_directory import ImportOptions, Watcher
from ess.usecases.import_in_stack import import_in_stack
from ess.usecases.import_stations import ChangeKind, ChangesSummary, ImportReport

Json = dict[str, Any]

LONGEST_NOTE = 300

logger = Logger(service="import_stations")


def handler(event: Json, context: object) -> Json:
    """Make a file of stations the directory, or part of it.

    Args:
        event: ``location``, ``s3://BUCKET/imports/...`` in the stack's bucket. Optional:
            ``accept``, a list of doubts; ``merge`` and ``dry_run``, true or false; ``note``, where
            the stations come from, in the operator's words.
        context: Lambda's context, not used.

    Returns:
        What `ess.usecases.import_answer` writes; the command tells the operator of it.

    Raises:
        InvalidImport, FileUnreadable, CannotBeAccepted: the input is not as above, or the file is
            broken; nothing was changed.
        DirectoryChanged, TemporaryFailure: trying again later may work.
        PermanentFailure, StagingFailed: it cannot work so; the message says why.
    """
    location, options = _location(event), _options(event)
    with bootstrap.station_staging() as staging:
        answer = import_in_stack(
            location,
            bootstrap.station_files(),
            staging,
            bootstrap.station_archive(),
            # In this process: Lambda has no /dev/shm, without which Python starts no others.
            bootstrap.station_index(1),
            bootstrap.clock(),
            options,
            _Log(),
        )
    publication = answer.outcome.publication
    logger.info(
        "imported",
        extra={
            "outcome": publication.outcome.value if publication else "nothing published",
            "leaves_written": publication.leaves_written if publication else 0,
        },
    )
    return answer_to_plain(answer)


class _Log(Watcher):
    """Counts only: names and numbers of a file are not the log's."""

    def read(self, rows: int) -> None:
        logger.info("reading", extra={"rows": rows})

    def staged(self, report: ImportReport) -> None:
        told = {"rows": report.read, "good": report.good, "kept_out": report.kept_out}
        logger.info("staged", extra=told)

    def compared(self, summary: ChangesSummary, stations: int) -> None:
        told = {kind.value: summary.counts[kind] for kind in ChangeKind}
        logger.info("compared", extra={"stations": stations, **told})


def _location(event: Json) -> str:
    location = event.get("location")
    if not isinstance(location, str):
        raise InvalidImport("give a location, s3://BUCKET/imports/...")
    return location


def _options(event: Json) -> ImportOptions:
    accept, note = event.get("accept", []), event.get("note", "")
    if not isinstance(accept, list):
        raise InvalidImport("accept must be a list of doubts")
    if not isinstance(note, str) or len(note) > LONGEST_NOTE:
        raise InvalidImport(f"note must be a text of {LONGEST_NOTE} characters at most")
    return ImportOptions(
        accept=frozenset(map(_doubt, accept)),
        merge=_flag(event, "merge"),
        dry_run=_flag(event, "dry_run"),
        note=note,
    )


def _doubt(name: object) -> Doubt:
    try:
        return Doubt(str(name))
    except ValueError as error:
        raise CannotBeAccepted(f"rows cannot be accepted with: {name}") from error


def _flag(event: Json, name: str) -> bool:
    value = event.get(name, False)
    if not isinstance(value, bool):
        raise InvalidImport(f"{name} must be true or false")
    return value

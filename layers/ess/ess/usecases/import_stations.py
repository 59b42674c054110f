"""Import stations: judge each row, compare rows with each other, say what would change.

Nothing here publishes. `stage_stations` fills a staging with the rows that may go in, `compare`
holds it against what is published now, and `ess.usecases.publish_directory` takes it from there.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, fields
from enum import StrEnum
from functools import partial

from ess.domain.directory import Changes
from ess.domain.geo import distance_m
from ess.domain.jurisdiction import overlap_depth_m
from ess.domain.station import Station
from ess.domain.station_doubts import (
    ACCEPTABLE,
    DOUBTS,
    SHARED_M,
    CannotBeAccepted,
    Doubt,
    Finding,
    accepted_in,
)
from ess.domain.station_rows import RawRow, judge
from ess.ports.staging import Clash, StationStaging

PROGRESS_ROWS = 1_000
"""How many rows lie between two reports of progress."""

EXAMPLES = 20
"""How many remarks of each doubt, and changes of each sort, a report holds in memory."""

SMALL_CHANGE = 200
"""Up to so many changed stations are held in memory, to be published as a small change."""


class Outcome(StrEnum):
    """What a doubt did to its row."""

    KEPT_OUT = "kept out"
    ACCEPTED = "accepted"
    NOTED = "noted"


@dataclass(frozen=True, slots=True)
class Remark:
    """A doubt about a row, for people.

    Args:
        row: its place in the file, from 1.
        unit_id: its id, or empty.
        about: what a person would call it.
        doubt: which doubt.
        reason: what is wrong with this row.
        outcome: what the doubt did.
    """

    row: int
    unit_id: str
    about: str
    doubt: Doubt
    reason: str
    outcome: Outcome

    def __str__(self) -> str:
        return f"row {self.row} ({self.about}): {self.reason}"


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import made of its rows.

    Args:
        read: rows in the file.
        good: rows that may go in, accepted ones included.
        kept_out: rows that may not.
        samples: those of the good ones that are samples.
        counts: rows by doubt and what it did; a row with two doubts is counted in both.
        examples: the first remarks of each doubt and outcome.
    """

    read: int
    good: int
    kept_out: int
    samples: int
    counts: Mapping[tuple[Doubt, Outcome], int]
    examples: Mapping[tuple[Doubt, Outcome], tuple[Remark, ...]]


class ChangeKind(StrEnum):
    """How a station differs from what is published."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Change:
    """One station that differs.

    Args:
        kind: how.
        unit_id: its id.
        name: its name in Thai.
        fields: names of the fields that differ, of a changed one.
    """

    kind: ChangeKind
    unit_id: str
    name: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangesSummary:
    """What publishing would change.

    Args:
        counts: number of stations by how they differ.
        first: the first changes of each sort, by id.
        changes: all of them where they are few (`SMALL_CHANGE`), else None.
    """

    counts: Mapping[ChangeKind, int]
    first: Mapping[ChangeKind, tuple[Change, ...]]
    changes: Changes | None

    @property
    def total(self) -> int:
        """Return how many stations differ."""
        return sum(self.counts.values())


def stage_stations(
    rows: Iterable[RawRow],
    staging: StationStaging,
    accept: AbstractSet[Doubt] = frozenset(),
    *,
    keep: Iterable[Station] = (),
    tell: Callable[[Remark], None] = lambda _: None,
    progress: Callable[[int], None] = lambda _: None,
) -> ImportReport:
    """Put the good ones of `rows` into `staging`, and name the others.

    Args:
        rows: of the file, in its order; what goes wrong with the file as a whole is raised by it.
        staging: an empty one.
        accept: doubts that keep no row out.
        keep: stations to publish beside the rows, each unless a good row has its id.
        tell: is told of each doubt about each row, as it is found; those of one row by itself
            come in the file's order, those of rows beside each other after them.
        progress: is told how many rows have been read, every `PROGRESS_ROWS` and at the end.

    Raises:
        CannotBeAccepted: `accept` has a doubt that cannot be accepted.
    """
    if refused := accept - ACCEPTABLE:
        raise CannotBeAccepted(f"rows cannot be accepted with: {', '.join(sorted(refused))}")
    book = _Book(tell)
    for row in rows:
        book.read += 1
        verdict = judge(row, accept)
        for finding in verdict.findings:
            book.note(
                row.number, row.texts.get("unit_id", ""), row.about, finding, verdict.accepted
            )
        if verdict.station is None:
            book.kept_out += 1
        else:
            book.samples += verdict.station.sample
            staging.add(row.number, verdict.station)
        if book.read % PROGRESS_ROWS == 0:
            progress(book.read)
    progress(book.read)
    _compare_rows(staging, book, accept, keep)
    return book.report()


def compare(staging: StationStaging, published: Iterable[Station]) -> ChangesSummary:
    """Return what publishing `staging` would change.

    Args:
        staging: what `stage_stations` has filled.
        published: the stations that are published now, in any order.
    """
    counts: Counter[ChangeKind] = Counter()
    first: dict[ChangeKind, list[Change]] = {kind: [] for kind in ChangeKind}
    pairs: list[tuple[Station | None, Station | None]] = []
    for before, after in staging.differences(published):
        change = _change(before, after)
        counts[change.kind] += 1
        if len(first[change.kind]) < EXAMPLES:
            first[change.kind].append(change)
        if len(pairs) <= SMALL_CHANGE:
            pairs.append((before, after))
    return ChangesSummary(
        counts={kind: counts[kind] for kind in ChangeKind},
        first={kind: tuple(changes) for kind, changes in first.items()},
        changes=_changes(pairs) if len(pairs) <= SMALL_CHANGE else None,
    )


@dataclass(slots=True)
class _Book:
    """Counts what becomes of rows."""

    tell: Callable[[Remark], None]
    read: int = 0
    kept_out: int = 0
    samples: int = 0
    counts: Counter[tuple[Doubt, Outcome]] = field(default_factory=Counter)
    examples: dict[tuple[Doubt, Outcome], list[Remark]] = field(default_factory=dict)

    def note(
        self, row: int, unit_id: str, about: str, finding: Finding, accepted: AbstractSet[Doubt]
    ) -> None:
        if not DOUBTS[finding.doubt].keeps_out:
            outcome = Outcome.NOTED
        else:
            outcome = Outcome.ACCEPTED if finding.doubt in accepted else Outcome.KEPT_OUT
        remark = Remark(row, unit_id, about, finding.doubt, finding.reason, outcome)
        self.counts[finding.doubt, outcome] += 1
        examples = self.examples.setdefault((finding.doubt, outcome), [])
        if len(examples) < EXAMPLES:
            examples.append(remark)
        self.tell(remark)

    def report(self) -> ImportReport:
        return ImportReport(
            read=self.read,
            good=self.read - self.kept_out,
            kept_out=self.kept_out,
            samples=self.samples,
            counts=dict(self.counts),
            examples={key: tuple(remarks) for key, remarks in self.examples.items()},
        )


def _compare_rows(
    staging: StationStaging, book: _Book, accept: AbstractSet[Doubt], keep: Iterable[Station]
) -> None:
    """Find the doubts that only show beside other rows. Each looks at what the last one left."""
    settle = partial(_settle, staging, book, accept)
    settle(staging.repeated_ids(), _repeated)
    staging.keep(keep)
    settle(staging.duplicates(), _duplicate)
    settle(staging.neighbours(), _neighbour)
    settle(staging.overlapping_jurisdictions(), _overlapping)


def _settle(
    staging: StationStaging,
    book: _Book,
    accept: AbstractSet[Doubt],
    clashes: Iterator[Clash],
    find: Callable[[Clash], Finding],
) -> None:
    for clash in clashes:
        station, finding = clash.station, find(clash)
        accepted = {finding.doubt} & (accept | accepted_in(station.flags))
        book.note(clash.row, station.unit_id, station.name_th, finding, accepted)
        if accepted:
            staging.accept(clash.key, finding.doubt)
        elif DOUBTS[finding.doubt].keeps_out and staging.keep_out(clash.key):
            book.kept_out += 1
            book.samples -= station.sample


def _repeated(clash: Clash) -> Finding:
    return Finding(Doubt.REPEATED_ID, f"its id {clash.station.unit_id} is that of {clash.other}")


def _duplicate(clash: Clash) -> Finding:
    return Finding(Doubt.DUPLICATE, f"a copy, {_away_m(clash):.1f} m away, of {clash.other}")


def _neighbour(clash: Clash) -> Finding:
    away = _away_m(clash)
    doubt = Doubt.SHARED_POSITION if away < SHARED_M else Doubt.CLOSE_POSITION
    return Finding(doubt, f"it stands {away:.1f} m from {clash.other}")


def _overlapping(clash: Clash) -> Finding:
    mine, its = clash.station.jurisdiction, clash.other.station.jurisdiction
    depth = overlap_depth_m(mine, its) if mine and its else None
    reach = "" if depth is None else f" by {depth:,.0f} m or more"
    return Finding(
        Doubt.OVERLAPPING_JURISDICTION, f"its jurisdiction overlaps that of {clash.other}{reach}"
    )


def _away_m(clash: Clash) -> float:
    return distance_m(clash.station.point, clash.other.station.point)


def _change(before: Station | None, after: Station | None) -> Change:
    match before, after:
        case None, Station():
            return Change(ChangeKind.ADDED, after.unit_id, after.name_th)
        case Station(), None:
            return Change(ChangeKind.REMOVED, before.unit_id, before.name_th)
        case Station(), Station():
            different = tuple(
                part.name
                for part in fields(Station)
                if getattr(before, part.name) != getattr(after, part.name)
            )
            return Change(ChangeKind.CHANGED, after.unit_id, after.name_th, different)
    raise ValueError("a difference is of one station at least")


def _changes(pairs: Iterable[tuple[Station | None, Station | None]]) -> Changes:
    pairs = list(pairs)
    return Changes(
        added=tuple(after for before, after in pairs if before is None and after is not None),
        changed=tuple((before, after) for before, after in pairs if before and after),
        removed=tuple(before for before, after in pairs if after is None and before is not None),
    )

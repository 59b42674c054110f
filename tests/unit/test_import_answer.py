"""What an import in the stack answers: everything that the operator is told, in a bounded size."""

import json
from dataclasses import replace

import pytest

from ess.adapters.memory.clock import MemoryClock
from ess.adapters.memory.stations import MemoryStationDirectory
from ess.adapters.staging.sqlite import SqliteStaging
from ess.domain.directory import DirectoryHead
from ess.domain.station_doubts import DOUBTS, Doubt
from ess.usecases.import_answer import (
    LONGEST_TEXT,
    ImportAnswer,
    answer_from_plain,
    answer_to_plain,
    remark_from_plain,
    remark_to_plain,
)
from ess.usecases.import_directory import ImportOptions, ImportOutcome, Watcher, import_directory
from ess.usecases.import_stations import (
    EXAMPLES,
    Change,
    ChangeKind,
    ChangesSummary,
    ImportReport,
    Outcome,
    Remark,
)
from ess.usecases.publish_directory import Outcome as Published
from ess.usecases.publish_directory import Publication
from tests.unit.directory_kit import INDEX
from tests.unit.station_file_kit import collection, feature, rows_of, shifted


class Opened:
    """Gives what is asked for to whoever enters it."""

    def __init__(self, thing):
        self.thing = thing

    def __enter__(self):
        return self.thing

    def __exit__(self, *_):
        return None


def imported(archive, *features, **options):
    """What importing these features does."""
    with SqliteStaging() as staging:
        return import_directory(
            Opened(rows_of(collection(*features))),
            Opened(lambda _: None),
            staging,
            archive,
            INDEX,
            MemoryClock(),
            ImportOptions(**options),
            Watcher(),
        )


def there_and_back(outcome, remarks=""):
    """The answer as it comes out of Lambda."""
    return answer_from_plain(
        json.loads(json.dumps(answer_to_plain(ImportAnswer(outcome, remarks))))
    )


def told(outcome):
    """An outcome without the changes themselves, which nobody is told of."""
    if outcome.summary is None:
        return outcome
    return replace(outcome, summary=replace(outcome.summary, changes=None))


MANY = [
    *(feature(f"g{n}", name=f"สภ.{n}", at=shifted(300 * n)) for n in range(30)),
    *(feature(f"x{n}", geometry=None) for n in range(30)),
    feature("bad", at=(16.942, 104.717)),
    feature("far", at=(139.76, 35.68)),
]


@pytest.mark.parametrize("dry_run", [True, False])
def test_an_outcome_comes_back_as_it_went(dry_run):
    archive = MemoryStationDirectory()
    imported(archive, feature("old"), feature("g1", name="สภ.เก่า", at=shifted(300)))
    outcome = imported(archive, *MANY, accept=frozenset({Doubt.OUTSIDE}), dry_run=dry_run)
    assert outcome.summary.total == 32
    assert (outcome.publication is None) is dry_run
    back = there_and_back(outcome, "s3://b/reports/x.jsonl")
    assert back == ImportAnswer(told(outcome), "s3://b/reports/x.jsonl")


def test_a_file_without_a_usable_row_comes_back():
    outcome = imported(MemoryStationDirectory(), feature("x", geometry=None))
    assert outcome.summary is None
    assert there_and_back(outcome) == ImportAnswer(outcome)


def test_a_file_that_changes_nothing_comes_back():
    archive = MemoryStationDirectory()
    imported(archive, feature())
    outcome = imported(archive, feature())
    assert outcome.publication.outcome is Published.UNCHANGED
    assert there_and_back(outcome) == ImportAnswer(told(outcome))


def test_a_remark_comes_back():
    remark = Remark(3, "np-1", "สภ.ธาตุพนม", Doubt.OUTSIDE, "at sea", Outcome.ACCEPTED)
    plain = remark_to_plain(remark)
    assert json.loads(json.dumps(plain)) == plain
    assert remark_from_plain(json.loads(json.dumps(plain))) == remark


def test_the_largest_answer_is_far_below_lambdas_limit():
    long = "สภ." * 20_000
    remark = Remark(10**7, long, long, Doubt.OUTSIDE, long, Outcome.NOTED)
    keys = [
        (doubt, outcome)
        for doubt, about in DOUBTS.items()
        for outcome in Outcome
        if (outcome is Outcome.NOTED) is not about.keeps_out
    ]
    change = Change(ChangeKind.CHANGED, long, long, ("jurisdiction",) * 15)
    outcome = ImportOutcome(
        ImportReport(
            10**7, 1, 1, 1, dict.fromkeys(keys, 10**7), dict.fromkeys(keys, (remark,) * EXAMPLES)
        ),
        ChangesSummary(
            dict.fromkeys(ChangeKind, 10**7), dict.fromkeys(ChangeKind, (change,) * EXAMPLES), None
        ),
        Publication(
            DirectoryHead(
                "000001-x",
                counts={f"c{n}": 10**6 for n in range(1_024)},
                kinds={f"kind{n}": 1 for n in range(100)},
                note=long[:300],
            ),
            Published.PUBLISHED,
            10**7,
        ),
    )
    # Six bytes a character; Lambda's runtime for Python 3.13 writes UTF-8, which is half of it.
    answer = json.dumps(answer_to_plain(ImportAnswer(outcome)))
    assert len(answer) < 4 * 1024 * 1024
    back = answer_from_plain(json.loads(answer)).outcome.report.examples[keys[0]][0]
    assert len(back.reason) == LONGEST_TEXT
    assert back.reason.endswith("…")


@pytest.mark.parametrize("plain", [{}, {"report": {}}, {"report": None, "summary": None}])
def test_what_is_no_answer_is_refused(plain):
    with pytest.raises((KeyError, TypeError, ValueError)):
        answer_from_plain(plain)

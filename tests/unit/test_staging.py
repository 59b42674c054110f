"""The temporary file that an import's rows wait in."""

import sqlite3

import pytest

from ess.adapters.staging.sqlite import SqliteStaging, StagingFailed
from ess.domain.geo import Point
from ess.domain.station import Station

A = Station("a", "สภ.ก", "A", Point(17, 104))
B = Station("b", "สภ.ข", "B", Point(17.1, 104))


def test_it_can_be_gone_through_again_and_again_while_it_is_asked():
    with SqliteStaging() as staging:
        staging.add(1, B)
        staging.add(2, A)
        one, other = iter(staging), iter(staging)
        assert next(one) == next(other) == A
        assert len(staging) == 2
        assert [*one] == [*other] == [B]
        assert [*staging] == [A, B]


def test_ids_are_ordered_as_python_orders_texts():
    ids = ["Z", "a", "ก", "é", "10", "9", "\U0001f46e", "\uffee"]
    with SqliteStaging() as staging:
        for number, unit_id in enumerate(ids):
            staging.add(number, Station(unit_id, "ก", "k", Point(17, 104)))
        assert [station.unit_id for station in staging] == sorted(ids)


def test_keeping_a_row_out_twice_counts_once():
    with SqliteStaging() as staging:
        staging.add(1, A)
        staging.add(2, A)
        (clash,) = staging.repeated_ids()
        assert (clash.row, clash.other.row) == (2, 1)
        assert staging.keep_out(clash.key)
        assert not staging.keep_out(clash.key)
        assert [*staging] == [A]


def test_questions_may_be_asked_again():
    with SqliteStaging() as staging:
        staging.add(1, A)
        staging.add(2, Station("c", A.name_th, A.name_en, A.point))
        staging.add(3, Station("d", "สภ.ค", "D", A.point))
        for ask in (staging.duplicates, staging.neighbours):
            first = [*ask()]
            assert first
            assert [*ask()] == first


def test_its_file_is_gone_when_it_is_closed(tmp_path):
    with SqliteStaging(tmp_path) as staging:
        staging.add(1, A)
        assert len(staging) == 1
        assert [*tmp_path.rglob("*.sqlite3")]
    assert [*tmp_path.iterdir()] == []


def test_its_file_is_gone_after_a_failure_too(tmp_path):
    with pytest.raises(RuntimeError), SqliteStaging(tmp_path):
        raise RuntimeError
    assert [*tmp_path.iterdir()] == []


def test_a_full_disk_is_said():
    with SqliteStaging() as staging:
        staging._db.execute("PRAGMA max_page_count = 40")

        def fill():
            for number in range(5_000):
                staging.add(number, A)

        with pytest.raises(StagingFailed, match="temporary file: database or disk is full"):
            fill()


@pytest.mark.parametrize(
    "ask", [len, list, lambda s: s.keep_out(1), lambda s: list(s.differences([A]))]
)
def test_what_sqlite_refuses_is_said(ask):
    staging = SqliteStaging()
    staging.add(1, A)
    len(staging)
    staging._db.execute("DROP TABLE rows")
    with pytest.raises((StagingFailed, sqlite3.OperationalError), match="no such table"):
        ask(staging)
    staging.close()

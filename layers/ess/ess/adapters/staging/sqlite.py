"""The rows of an import in a temporary SQLite file: a million of them in a few tens of MB."""

import json
import math
import sqlite3
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self

from ess.domain.errors import EssError
from ess.domain.geo import AUTHALIC_RADIUS_M, Box, Point, distance_m
from ess.domain.jurisdiction import Jurisdiction, overlap_depth_m
from ess.domain.station import Station, canonical, from_plain
from ess.domain.station_doubts import (
    CLOSE_M,
    DUPLICATE_M,
    SHARED_M,
    Doubt,
    accepted_in,
    with_accepted,
)
from ess.domain.station_names import name_key
from ess.domain.station_rows import score
from ess.ports.staging import Clash, Copy

_BATCH = 500
_CACHE_KIB = 32_768
_OUTLINES = 64
"""Jurisdictions held in memory at a time while overlaps are looked for."""

_DEGREE_M = math.radians(AUTHALIC_RADIUS_M)
_STRIDE = 1 << 26
"""Cells of a grid are numbered by row times this, plus column."""

_DEEPEST = 20
"""Level of the finest cells for boxes of jurisdictions: 360 / 2^20 degrees, 38 m."""

_IN, _OUT, _SHADOWED = 1, 0, 2
"""States of a row: to be published, kept out, there before and replaced by a row of the file."""

_TABLES = """
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    PRAGMA locking_mode = EXCLUSIVE;
    PRAGMA temp_store = FILE;
    CREATE TABLE rows (
        key INTEGER PRIMARY KEY, row INTEGER, unit_id TEXT, name_key TEXT, score INTEGER,
        latitude REAL, longitude REAL, spot INTEGER, block INTEGER, accepted TEXT, state INTEGER,
        kind TEXT
    );
    CREATE TABLE plains (key INTEGER PRIMARY KEY, plain TEXT);
    CREATE TABLE areas (level INTEGER, cell INTEGER, key INTEGER);
    CREATE TABLE published (unit_id TEXT UNIQUE, plain TEXT);
    CREATE TABLE clashes (key INTEGER PRIMARY KEY, other INTEGER);
    CREATE TABLE winners (
        key INTEGER, unit_id TEXT, name_key TEXT, block INTEGER, latitude REAL, longitude REAL,
        accepted TEXT
    );
    CREATE INDEX winners_near ON winners (name_key, block);
"""
_INDEXES = (
    "CREATE INDEX rows_by_id ON rows (unit_id, state)",
    "CREATE INDEX rows_by_name ON rows (name_key, block)",
    "CREATE INDEX rows_by_spot ON rows (spot)",
    "CREATE INDEX areas_by_cell ON areas (level, cell)",
)
_NEIGHBOURS = (0, _STRIDE, -_STRIDE)
"""From a cell to the middle ones of its own row of cells and of those north and south of it."""

_NAMESAKES = """
    SELECT key, row, unit_id, name_key, block, latitude, longitude, accepted FROM rows AS a
    WHERE state != 0 AND name_key != '' AND (ANY_NEAR)
    ORDER BY row IS NOT NULL, score DESC, key
""".replace(
    "ANY_NEAR",
    " OR ".join(
        """EXISTS (SELECT 1 FROM rows AS b WHERE b.name_key = a.name_key
            AND b.block BETWEEN a.block + (OFF) - 1 AND a.block + (OFF) + 1
            AND b.unit_id != a.unit_id AND b.state != 0)""".replace("OFF", str(offset))
        for offset in _NEIGHBOURS
    ),
)
_NEIGHBOURED = """
    SELECT key, kind, unit_id, name_key, spot, latitude, longitude, accepted FROM rows AS a
    WHERE state = 1 AND row IS NOT NULL AND (ANY_NEAR)
    ORDER BY key
""".replace(
    "ANY_NEAR",
    " OR ".join(
        """EXISTS (SELECT 1 FROM rows AS b
            WHERE b.spot BETWEEN a.spot + (OFF) - 1 AND a.spot + (OFF) + 1
            AND b.kind = a.kind AND b.unit_id != a.unit_id AND b.state != 0)""".replace(
            "OFF", str(offset)
        )
        for offset in _NEIGHBOURS
    ),
)


class StagingFailed(EssError):
    """The temporary file cannot be written or read; the message says why (disk full)."""


class SqliteStaging:
    """A staging (`ess.ports.staging`) in a file that is deleted when it is closed.

    Neighbours are looked for in cells of latitude and longitude, each probing the eight around it;
    a cell is wide enough up to 60 degrees of latitude, and cells do not join at 180 degrees.

    Args:
        folder: where the file goes; by default the machine's folder for temporary files. Count on
            1 KB a row, and on the length of the jurisdictions twice.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = TemporaryDirectory(prefix="ess-import-", dir=folder)
        path = Path(self._folder.name) / "staging.sqlite3"
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.executescript(_TABLES)
        self._db.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        # One transaction that nobody commits: what is not needed once the file is gone is not kept.
        self._db.execute("BEGIN")
        self._waiting: list[tuple[int, int | None, Station, int]] = []
        self._keys = 0
        self._indexed = False
        self._outline = lru_cache(maxsize=_OUTLINES)(self._jurisdiction)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Delete the file."""
        self._db.close()
        self._folder.cleanup()

    # --- filling it ---

    def add(self, row: int, station: Station) -> None:
        """Stage the station of a row; see `ess.ports.staging`."""
        self._put(row, station, _IN)

    def keep(self, stations: Iterable[Station]) -> None:
        """Stage stations that were there before; see `ess.ports.staging`."""
        self._settle()
        for station in stations:
            self._put(None, station, _SHADOWED if self._holds(station.unit_id) else _IN)

    def keep_out(self, key: int) -> bool:
        """Keep a row out; see `ess.ports.staging`."""
        self._settle()
        changed = self._run("UPDATE rows SET state = ? WHERE key = ? AND state = ?", _OUT, key, _IN)
        if changed.rowcount == 0:
            return False
        self._run(
            "UPDATE rows SET state = ? WHERE state = ? AND unit_id ="
            " (SELECT unit_id FROM rows WHERE key = ?)",
            *(_IN, _SHADOWED, key),
        )
        return True

    def accept(self, key: int, doubt: Doubt) -> None:
        """Put the flag of an accepted doubt on a row's station; see `ess.ports.staging`."""
        self._settle()
        station = with_accepted(self._station(key), [doubt])
        self._run("UPDATE plains SET plain = ? WHERE key = ?", canonical(station), key)

    # --- asking it ---

    def repeated_ids(self) -> Iterator[Clash]:
        """Yield each row whose id an earlier row has; see `ess.ports.staging`."""
        self._find(
            "SELECT later.key, first.key FROM rows AS later"
            " JOIN (SELECT min(key) AS key, unit_id FROM rows WHERE state = 1 AND row IS NOT NULL"
            "       GROUP BY unit_id HAVING count(*) > 1) AS first USING (unit_id)"
            " WHERE later.state = 1 AND later.row IS NOT NULL AND later.key != first.key"
            " ORDER BY later.key"
        )
        yield from self._clashes()

    def duplicates(self) -> Iterator[Clash]:
        """Yield each row with a better one of its name near it; see `ess.ports.staging`.

        The best rows come first, and each is a copy of a better one or becomes one that others are
        copies of: so of a chain of copies every second one cannot go in.
        """
        self._find()
        self._run("DELETE FROM winners")
        namesake = "unit_id != ? AND name_key = ?"
        for key, row, *names, block, latitude, longitude, accepted in self._rows(_NAMESAKES):
            point = Point(latitude, longitude)
            winner = None
            if row is not None:
                where = namesake + _passed_over(Doubt.DUPLICATE, accepted)
                near = self._near("winners", "block", point, block, where, *names)
                winner = self._nearest(near, DUPLICATE_M)
            if winner is not None:
                self._run("INSERT INTO clashes VALUES (?, ?)", key, winner)
            else:
                values = (key, *names, block, latitude, longitude, accepted)
                self._run("INSERT INTO winners VALUES (?, ?, ?, ?, ?, ?, ?)", *values)
        yield from self._clashes()

    def neighbours(self) -> Iterator[Clash]:
        """Yield each row with one of another name near it; see `ess.ports.staging`."""
        self._find()
        another = "state != 0 AND kind = ? AND unit_id != ? AND (name_key != ? OR name_key = '')"
        for key, *names, spot, latitude, longitude, accepted in self._rows(_NEIGHBOURED):
            where = another + _passed_over(Doubt.SHARED_POSITION, accepted)
            point = Point(latitude, longitude)
            near = self._near("rows", "spot", point, spot, where, *names)
            other = self._nearest(near, CLOSE_M, enough=SHARED_M)
            if other is not None:
                self._run("INSERT INTO clashes VALUES (?, ?)", key, other)
        yield from self._clashes()

    def overlapping_jurisdictions(self) -> Iterator[Clash]:
        """Yield each row whose jurisdiction overlaps another's; see `ess.ports.staging`."""
        self._find()
        levels = [level for (level,) in self._rows("SELECT DISTINCT level FROM areas ORDER BY 1")]
        for (key,) in self._rows(
            "SELECT DISTINCT key FROM areas JOIN rows USING (key) WHERE state != 0 ORDER BY key"
        ):
            for other in self._boxes_near(key, levels):
                if self._overlap(key, other):
                    self._note_overlap(key, other)
                    self._note_overlap(other, key)
        yield from self._clashes()

    def differences(
        self, published: Iterable[Station]
    ) -> Iterator[tuple[Station | None, Station | None]]:
        """Yield what is not the same before and after; see `ess.ports.staging`."""
        self._settle()
        self._run("DELETE FROM published")
        self._many(
            "INSERT OR REPLACE INTO published VALUES (?, ?)",
            ((station.unit_id, canonical(station)) for station in published),
        )
        for before, after, _ in self._rows(
            "SELECT p.rowid, r.key, r.unit_id AS unit_id FROM rows AS r"
            " JOIN plains AS x USING (key) LEFT JOIN published AS p USING (unit_id)"
            " WHERE r.state = 1 AND p.plain IS NOT x.plain"
            " UNION ALL SELECT p.rowid, NULL, p.unit_id FROM published AS p WHERE NOT EXISTS"
            "   (SELECT 1 FROM rows AS r WHERE r.unit_id = p.unit_id AND r.state = 1)"
            " ORDER BY 3"
        ):
            yield (
                None if before is None else self._published(before),
                None if after is None else self._station(after),
            )

    def __len__(self) -> int:
        self._settle()
        return int(next(self._rows("SELECT count(*) FROM rows WHERE state = 1"))[0])

    def __iter__(self) -> Iterator[Station]:
        self._settle()
        for (plain,) in self._rows(
            "SELECT plain FROM rows JOIN plains USING (key) WHERE state = 1 ORDER BY unit_id, key"
        ):
            yield from_plain(json.loads(plain))

    # --- rows ---

    def _put(self, row: int | None, station: Station, state: int) -> None:
        self._keys += 1
        self._waiting.append((self._keys, row, station, state))
        if len(self._waiting) >= _BATCH:
            self._write()

    def _write(self) -> None:
        waiting, self._waiting = self._waiting, []
        self._many(
            "INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    *(key, row, station.unit_id),
                    *(name_key(station.name_th, station.name_en, station.province), score(station)),
                    *(station.point.latitude, station.point.longitude),
                    *(_cell(station.point, CLOSE_M), _cell(station.point, DUPLICATE_M)),
                    *(" ".join(accepted_in(station.flags)), state, station.kind),
                )
                for key, row, station, state in waiting
            ),
        )
        self._many(
            "INSERT INTO plains VALUES (?, ?)",
            ((key, canonical(station)) for key, _, station, _ in waiting),
        )
        self._many(
            "INSERT INTO areas VALUES (?, ?, ?)",
            (
                (level, cell, key)
                for key, _, station, _ in waiting
                if station.jurisdiction
                for level in [_level(station.jurisdiction.box)]
                for cell in _cells(station.jurisdiction.box, level)
            ),
        )

    def _settle(self) -> None:
        """Write what waits, and index it: questions come after this."""
        if self._waiting:
            self._write()
        if not self._indexed:
            self._indexed = True
            for sql in _INDEXES:
                self._run(sql)

    def _holds(self, unit_id: str) -> bool:
        sql = "SELECT 1 FROM rows WHERE unit_id = ? AND state = 1 AND row IS NOT NULL"
        return next(self._rows(sql, unit_id), None) is not None

    def _station(self, key: int) -> Station:
        (plain,) = next(self._rows("SELECT plain FROM plains WHERE key = ?", key))
        return from_plain(json.loads(plain))

    def _published(self, rowid: int) -> Station:
        (plain,) = next(self._rows("SELECT plain FROM published WHERE rowid = ?", rowid))
        return from_plain(json.loads(plain))

    def _row_of(self, key: int) -> int | None:
        (row,) = next(self._rows("SELECT row FROM rows WHERE key = ?", key))
        return None if row is None else int(row)

    # --- clashes ---

    def _find(self, select: str = "") -> None:
        """Begin a question: empty the list of clashes, or fill it with pairs of keys."""
        self._settle()
        self._run("DELETE FROM clashes")
        if select:
            self._run(f"INSERT INTO clashes {select}")

    def _clashes(self) -> Iterator[Clash]:
        last = 0
        while page := list(
            self._rows(
                "SELECT key, other FROM clashes WHERE key > ? ORDER BY key LIMIT ?", last, _BATCH
            )
        ):
            for key, other in page:
                copy = Copy(self._row_of(other), self._station(other))
                yield Clash(key, self._row_of(key) or 0, self._station(key), copy)
            last = page[-1][0]

    def _near(
        self, table: str, column: str, point: Point, cell: int, where: str, *values: object
    ) -> Iterator[tuple[float, int]]:
        """Yield distance and key of the rows of `table` in the cells around `cell`."""
        for middle in (cell + offset for offset in _NEIGHBOURS):
            for key, latitude, longitude in self._rows(
                f"SELECT key, latitude, longitude FROM {table}"  # noqa: S608  our own names
                f" WHERE {where} AND {column} BETWEEN ? AND ? ORDER BY key",
                *(*values, middle - 1, middle + 1),
            ):
                yield distance_m(point, Point(latitude, longitude)), int(key)

    @staticmethod
    def _nearest(
        near: Iterator[tuple[float, int]], metres: float, enough: float = 0.0
    ) -> int | None:
        """Return the nearest of `near` within `metres`; any that is within `enough` will do."""
        best = (metres, -1)
        for one in near:
            best = min(best, one)
            if best[0] < enough:
                break
        return best[1] if best[0] < metres else None

    def _boxes_near(self, key: int, levels: list[int]) -> list[int]:
        """Return earlier or larger rows of its kind whose boxes may meet that of `key`, by key.

        A box lies in the cells of a level whose cells are no smaller than the box. Two boxes that
        meet share a cell of the coarser one's level.
        """
        box = self._outline(key).box
        own = _level(box)
        found: set[int] = set()
        for level in levels:
            if level > own:
                break
            for cell in _cells(box, level):
                sql = (
                    "SELECT key FROM areas JOIN rows USING (key) WHERE level = ? AND cell = ?"
                    " AND state != 0 AND kind = (SELECT kind FROM rows WHERE key = ?)"
                )
                found |= {other for (other,) in self._rows(sql, level, cell, key)}
        return sorted(found - {key})

    def _note_overlap(self, key: int, other: int) -> None:
        """Note a clash of a row of the file, unless the other one alone was accepted for it."""
        own, its = (
            next(self._rows("SELECT row, unit_id, accepted FROM rows WHERE key = ?", one))
            for one in (key, other)
        )
        doubt = Doubt.OVERLAPPING_JURISDICTION.value
        accepted = doubt in its[2] and doubt not in own[2]
        if own[0] is not None and own[1] != its[1] and not accepted:
            self._run("INSERT OR IGNORE INTO clashes VALUES (?, ?)", key, other)

    def _overlap(self, key: int, other: int) -> bool:
        return overlap_depth_m(self._outline(key), self._outline(other)) is not None

    def _jurisdiction(self, key: int) -> Jurisdiction:
        jurisdiction = self._station(key).jurisdiction
        if jurisdiction is None:
            raise LookupError(f"row {key} has no jurisdiction")
        return jurisdiction

    # --- SQLite ---

    def _run(self, sql: str, *values: object) -> sqlite3.Cursor:
        try:
            return self._db.execute(sql, values)
        except sqlite3.OperationalError as error:
            raise StagingFailed(f"the import's temporary file: {error}") from error

    def _many(self, sql: str, rows: Iterable[tuple[object, ...]]) -> None:
        try:
            self._db.executemany(sql, rows)
        except sqlite3.OperationalError as error:
            raise StagingFailed(f"the import's temporary file: {error}") from error

    def _rows(self, sql: str, *values: object) -> Iterator[tuple[Any, ...]]:
        try:
            yield from self._db.execute(sql, values)
        except sqlite3.OperationalError as error:
            raise StagingFailed(f"the import's temporary file: {error}") from error


def _passed_over(doubt: Doubt, accepted: str) -> str:
    """Return SQL that passes over rows accepted with `doubt`, for a row that is not itself."""
    return "" if doubt.value in accepted else f" AND instr(accepted, '{doubt.value}') = 0"


def _cell(point: Point, metres: float) -> int:
    """Return the cell of a grid whose cells are a little higher, and twice as wide, as `metres`."""
    height = 1.05 * metres / _DEGREE_M
    row = math.floor((point.latitude + 90) / height)
    return row * _STRIDE + math.floor((point.longitude + 180) / (2 * height))


def _level(box: Box) -> int:
    """Return the finest level whose cells are no smaller than `box`, 0 (the earth) to 20."""
    size = max(box.north - box.south, box.east - box.west)
    return _DEEPEST if size <= 0 else max(0, min(_DEEPEST, math.floor(math.log2(360 / size))))


def _cells(box: Box, level: int) -> list[int]:
    """Return the cells of a level that `box` touches: at most four of its own or a coarser one."""
    size = 360 / (1 << level)
    rows = range(math.floor((box.south + 90) / size), math.floor((box.north + 90) / size) + 1)
    columns = range(math.floor((box.west + 180) / size), math.floor((box.east + 180) / size) + 1)
    return [row * _STRIDE + column for row in rows for column in columns]

"""Files of stations, whatever their format, as a stream of rows."""

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import ijson

from ess.adapters.station_files.csv_rows import rows_of_csv
from ess.adapters.station_files.errors import FileUnreadable
from ess.adapters.station_files.geojson_rows import row_of_feature
from ess.adapters.station_files.json_stream import BROKEN, Items, guarded
from ess.adapters.station_files.overpass_rows import rows_of_elements
from ess.domain.station import Station
from ess.domain.station_doubts import DOUBTS, Finding
from ess.domain.station_rows import RawRow, judge

_CHUNK = 1 << 16
_HEAD = 1 << 16
"""Bytes that the format is recognised by."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NOT_TEXT = (
    (b"PK\x03\x04", "a zip file, perhaps an Excel workbook: save it as 'CSV UTF-8'"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file: save it as 'CSV UTF-8'"),
    (b"\x1f\x8b", "compressed: unpack it first"),
    (b"<", "XML or HTML: ask Overpass for [out:json], and other services for GeoJSON or CSV"),
)
_RECORD_SEPARATOR = b"\x1e"  # RFC 8142 puts one before each Feature


def read_stations_file(stream: BinaryIO) -> Iterator[RawRow]:
    """Yield the rows of a file of stations; memory is bounded by the largest row.

    Read are a GeoJSON FeatureCollection, GeoJSON Features one after the other (a line each, or
    RFC 8142), the answer of Overpass to ``[out:json]``, and CSV in UTF-8, UTF-16 or TIS-620. The
    format is recognised by the content.

    Args:
        stream: the file's bytes, from their beginning.

    Raises:
        FileUnreadable: the file as a whole is none of these, is broken, or ends too early; the
            message says where. What was yielded before must not be published then.
    """
    content = _Content(stream)
    for start, what in _NOT_TEXT:
        if content.head.lstrip().startswith(start):
            raise FileUnreadable(f"it is {what}")
    if not content.head.strip():
        raise FileUnreadable("it is empty")
    if content.begins_with_a_bracket:
        return _json_rows(content)
    return _csv_rows(content)


@dataclass(slots=True)
class Reading:
    """What a small file holds, all at once.

    Args:
        stations: the rows that no doubt keeps out by itself, ordered by id.
        refused: rows that are kept out, each with its findings; rows are not compared.
    """

    stations: list[Station] = field(default_factory=list)
    refused: list[tuple[RawRow, tuple[Finding, ...]]] = field(default_factory=list)


def read_all(path: Path) -> Reading:
    """Read a small file at once; `ess.usecases.import_stations` is what imports.

    Raises:
        FileUnreadable: it cannot be opened, or as a whole not be read.
    """
    reading = Reading()
    try:
        with path.open("rb") as stream:
            for row in read_stations_file(stream):
                verdict = judge(row)
                if verdict.station:
                    reading.stations.append(verdict.station)
                else:
                    grave = tuple(f for f in verdict.findings if DOUBTS[f.doubt].keeps_out)
                    reading.refused.append((row, grave))
    except OSError as error:
        raise FileUnreadable(f"{path}: {error.strerror}") from error
    reading.stations.sort(key=lambda station: station.unit_id)
    return reading


class _Content:
    """A stream whose beginning can be looked at."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.head = b""
        while len(self.head) < _HEAD and (chunk := stream.read(_HEAD - len(self.head))):
            self.head += chunk
        self.encoding = next((name for bom, name in _BOMS if self.head.startswith(bom)), "")

    @property
    def begins_with_a_bracket(self) -> bool:
        text = self.head.decode(self.encoding or "latin-1", errors="replace")
        return text.lstrip("\ufeff\x1e \t\r\n")[:1] in ("{", "[")

    def chunks(self) -> Iterator[bytes]:
        """Yield all of it."""
        yield self.head
        while chunk := self._stream.read(_CHUNK):
            yield chunk

    def utf8_chunks(self) -> Iterator[bytes]:
        """Yield all of it in UTF-8 without a byte order mark."""
        if self.encoding == "utf-16":
            try:
                yield from (text.encode() for text in codecs.iterdecode(self.chunks(), "utf-16"))
            except UnicodeDecodeError as error:
                raise FileUnreadable(f"it is not all in UTF-16 ({error.reason})") from error
            return
        chunks = self.chunks()
        yield next(chunks).removeprefix(codecs.BOM_UTF8)
        yield from chunks


# --- JSON ---


def _json_rows(content: _Content) -> Iterator[RawRow]:
    kind = _json_kind(content)
    chunks = content.utf8_chunks()
    if kind == "elements":
        items = Items(chunks, "elements.item", beside="remark")
        yield from rows_of_elements(iter(items))
        if items.found_beside:
            raise FileUnreadable(
                f"Overpass did not finish ({items.found_beside[0]}): the answer is incomplete; "
                "ask again, with a longer [timeout:...]"
            )
        return
    if kind == "features":
        items = Items(chunks, "features.item", beside="type")
    else:
        items = Items((c.replace(_RECORD_SEPARATOR, b"\n") for c in chunks), "", several=True)
    for number, feature in enumerate(items, start=1):
        yield row_of_feature(number, feature)
    if kind == "features" and items.found_beside != ["FeatureCollection"]:
        raise FileUnreadable("its type is not FeatureCollection: it is no GeoJSON")


def _json_kind(content: _Content) -> str:
    """Return ``features``, ``elements`` or ``lines`` by the names at the top of the first object.

    Raises:
        FileUnreadable: it is something else, or broken before that can be told.
    """
    head = next(content.utf8_chunks()).replace(_RECORD_SEPARATOR, b" ")
    depth, name, kind = 0, "", ""
    try:
        for event, value in ijson.basic_parse(b"".join(guarded([head])), multiple_values=True):
            if event == "map_key" and depth == 1:
                name = value
            kind = kind or (_kind_of(name, event, value) if depth == 1 else "")
            if kind == "lines":
                return kind
            depth += event in ("start_map", "start_array")
            depth -= event in ("end_map", "end_array")
            if depth == 2 and (name, event) in _LISTS:
                return name
            if depth == 0:
                break
    except BROKEN as error:  # where the head is cut off, or broken: reading it all will tell
        if kind:
            return kind
        if len(head) < _HEAD:
            raise FileUnreadable(
                f"it is no JSON that ends, or is broken: {_brief(error)}"
            ) from error
    raise FileUnreadable(
        "it is JSON, but neither a GeoJSON FeatureCollection, nor GeoJSON Features line by line, "
        "nor an answer of Overpass"
    )


_LISTS = frozenset((name, "start_array") for name in ("features", "elements"))


def _kind_of(name: str, event: str, value: object) -> str:
    if name == "type" and event == "string":
        return {"FeatureCollection": "features", "Feature": "lines"}.get(str(value), "")
    if name in ("geometry", "properties") and event in ("start_map", "null"):
        return "lines"
    return "elements" if name == "osm3s" else ""


def _brief(error: Exception) -> str:
    return str(error).partition("\n")[0]


# --- CSV ---


def _csv_rows(content: _Content) -> Iterator[RawRow]:
    encoding = content.encoding or _encoding_of(content.head)
    raw = io.BufferedReader(_ChunkReader(content.chunks()), _CHUNK)
    text = io.TextIOWrapper(raw, encoding=encoding, newline="")
    # The head may end within a character.
    head = codecs.getincrementaldecoder(encoding)(errors="replace").decode(content.head)
    try:
        yield from rows_of_csv(text, head)
    except UnicodeDecodeError as error:
        raise FileUnreadable(
            f"it is not all in {encoding.upper()} ({error.reason}): save it as 'CSV UTF-8'"
        ) from error


def _encoding_of(head: bytes) -> str:
    """Return ``utf-8`` if `head` is that, else the superset of TIS-620 that Windows has."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:  # Thai in TIS-620 is never UTF-8
        return "cp874"
    return "utf-8"


class _ChunkReader(io.RawIOBase):
    """Chunks of bytes as a file."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        super().__init__()
        self._chunks = chunks
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]  # typeshed: Buffer
        while not self._left:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._left = chunk
        count = min(len(buffer), len(self._left))
        buffer[:count], self._left = self._left[:count], self._left[count:]
        return count

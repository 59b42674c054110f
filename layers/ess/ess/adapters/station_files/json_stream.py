"""JSON of any size, value by value.

ijson keeps the path of where it is: a file that nests without end would make it use all memory.
And much software writes NaN, which is no JSON. So bytes pass through `guarded` first, which looks
at what stands outside of texts.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import ijson
from ijson.common import JSONError

from ess.adapters.station_files.errors import FileUnreadable

DEEPEST = 100
"""How deep values may nest; GeoJSON of stations needs about a dozen levels."""

LONGEST_TEXT = 1 << 24
"""Bytes of a single text."""

_TEXT = re.compile(rb'("[^"\\]*(?:\\.[^"\\]*)*")', re.DOTALL)
_NO_NUMBER = re.compile(rb"-?(?:NaN|Infinity)\b")
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_OPENING = frozenset(b"[{")
_BREAKS = frozenset(b' \t\r\n,:[]{}"')


def guarded(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield `chunks` cut elsewhere, with null for NaN and infinities, which JSON does not have.

    Raises:
        FileUnreadable: values nest deeper than `DEEPEST`, or a text is longer than `LONGEST_TEXT`.
    """
    depth = 0
    kept = b""
    for chunk in chunks:
        data = kept + chunk
        outside = _TEXT.sub(b"", data)
        # A quote that is left opens a text that does not end here: all that follows is in it.
        quote = outside.find(b'"')
        cut = len(data) - (len(outside) - quote if quote >= 0 else 0)
        while cut and data[cut - 1] not in _BREAKS:  # a word or number may go on
            cut -= 1
        if len(data) - cut > LONGEST_TEXT:
            raise FileUnreadable(f"a text in it is longer than {LONGEST_TEXT:,} bytes")
        depth = _deepened(depth, outside[:quote] if quote >= 0 else outside)
        kept = data[cut:]
        if cut:  # no bytes would mean the end to ijson
            yield _with_null(data[:cut])
    if kept:
        yield _with_null(kept)


def _deepened(depth: int, outside: bytes) -> int:
    for bracket in outside.translate(None, _NO_BRACKETS):
        depth += 1 if bracket in _OPENING else -1
        if depth > DEEPEST:
            raise FileUnreadable(f"its values nest deeper than {DEEPEST} levels")
    return depth


def _with_null(data: bytes) -> bytes:
    if b"NaN" not in data and b"Infinity" not in data:
        return data
    pieces = _TEXT.split(data)  # every second one is a text
    pieces[::2] = [_NO_NUMBER.sub(b"null", piece) for piece in pieces[::2]]
    return b"".join(pieces)


BROKEN = (JSONError, UnicodeDecodeError)
"""What the parser says of a stream that is no JSON: of a damaged letter sometimes the second."""


@dataclass(slots=True)
class Items:
    """The values at one place of a JSON stream, and beside them those at another.

    Args:
        chunks: the stream's bytes.
        prefix: the place, as ijson writes it (``features.item``); empty for the whole of it.
        beside: another place, with few values; empty for none.
        several: True when the stream is several values one after the other.
    """

    chunks: Iterable[bytes]
    prefix: str
    beside: str = ""
    several: bool = False
    found_beside: list[Any] = field(default_factory=list)
    """The values at `beside`, once the stream has been read."""

    def __iter__(self) -> Iterator[Any]:
        """Yield the values.

        Raises:
            FileUnreadable: the stream is no JSON, or ends too early; the message says where.
        """
        rows, others = ijson.sendable_list(), ijson.sendable_list()
        parsers = [
            ijson.items_coro(rows, self.prefix, use_float=True, multiple_values=self.several)
        ]
        if self.beside:
            parsers.append(ijson.items_coro(others, self.beside, use_float=True))
        number = position = 0
        for chunk in guarded(self.chunks):
            try:
                for parser in parsers:
                    parser.send(chunk)
            except BROKEN as error:  # the file as a whole is at fault: told to whoever reads it
                row = number + len(rows) + 1
                raise FileUnreadable(
                    f"broken JSON in row {row:,}, between bytes {position:,} and "
                    f"{position + len(chunk):,}: {_first_line(error)}"
                ) from error
            position += len(chunk)
            number += len(rows)
            yield from rows
            rows.clear()
        try:
            for parser in parsers:
                parser.close()
        except BROKEN as error:  # likewise
            raise FileUnreadable(
                f"it ends too early, at byte {position:,}, after {number:,} whole rows"
            ) from error
        yield from rows
        self.found_beside = list(others)


def _first_line(error: Exception) -> str:
    # yajl goes on with an excerpt of the file, which may hold somebody's number.
    text = str(error).removeprefix("b'").replace("\\n", "\n")
    return text.partition("\n")[0].rstrip(".")

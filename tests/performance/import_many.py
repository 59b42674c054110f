"""Import a made-up file of many stations, and print rows, seconds and the peak of memory.

    PYTHONPATH=layers/ess python tests/performance/import_many.py 1000000

Nothing of the file is kept anywhere: it is made while it is read.
"""

import json
import random
import re
import sys
import time
from pathlib import Path

from ess.adapters.staging.sqlite import SqliteStaging
from ess.adapters.station_files import read_stations_file
from ess.usecases.import_stations import compare, stage_stations


def feature(number, chance):
    """A station somewhere in the middle of the country, with all that a row usually says."""
    number_of_phone = f"0 4{chance.randint(210, 599)} {chance.randint(1000, 9999)}"
    place = [round(chance.uniform(99.5, 101.5), 7), round(chance.uniform(14.5, 18.5), 7)]
    return {
        "type": "Feature",
        "id": f"x{number:07d}",
        "properties": {
            "name": f"สถานีตำรวจภูธรบ้าน{number}",
            "name_en": f"Ban {number} Police Station",
            "phone": number_of_phone,
            "province": "นครพนม",
            "district": "ธาตุพนม",
            "opening_hours": "24/7",
        },
        "geometry": {"type": "Point", "coordinates": place},
    }


class MadeUpFile:
    """A FeatureCollection of `count` stations, as a stream of bytes."""

    def __init__(self, count):
        self._pieces = self._made(count)
        self._left = b""

    def read(self, size):
        while len(self._left) < size and (piece := next(self._pieces, None)):
            self._left += piece
        data, self._left = self._left[:size], self._left[size:]
        return data

    @staticmethod
    def _made(count):
        chance = random.Random(1)
        yield b'{"type":"FeatureCollection","features":['
        for number in range(count):
            line = json.dumps(feature(number, chance), ensure_ascii=False)
            yield f"{',' if number else ''}\n{line}".encode()
        yield b"]}"


def peak_mb():
    """The most memory that this process has had, in MB; its parent's is not in it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.search(r"VmHWM:\s*(\d+) kB", status)[1]) // 1024


def main(count):
    started = time.monotonic()
    with SqliteStaging() as staging:
        report = stage_stations(read_stations_file(MadeUpFile(count)), staging)
        staged = time.monotonic()
        summary = compare(staging, iter(staging))
        assert (report.read, report.good, summary.total) == (count, len(staging), 0)
    seconds = {"stage_s": staged - started, "compare_s": time.monotonic() - staged}
    print(json.dumps({"rows": count, "peak_mb": peak_mb(), **seconds}))


if __name__ == "__main__":
    main(int(sys.argv[1]))

"""`make bench`: what importing many stations takes. Memory is asserted, time is only told."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
ROWS = (20_000, 200_000)
CACHE_MB = 32
"""SQLite's cache, which a long import fills and a short one does not."""


def import_many(rows):
    """Run an import in a process of its own, and return what it took."""
    done = subprocess.run(
        [sys.executable, str(HERE / "import_many.py"), str(rows)],
        env=os.environ | {"PYTHONPATH": str(ROOT / "layers" / "ess")},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux's /proc")
def test_memory_does_not_grow_with_the_rows():
    few, many = (import_many(rows) for rows in ROWS)
    print("\n  import of stations       rows   peak MB   stage s   compare s")
    for run in (few, many):
        print(
            f"  {'':<18} {run['rows']:>12,} {run['peak_mb']:>9} "
            f"{run['stage_s']:>9.1f} {run['compare_s']:>11.1f}"
        )
    assert many["peak_mb"] - few["peak_mb"] <= CACHE_MB + 15

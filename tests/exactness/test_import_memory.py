"""An import of any length fits into the memory of a small function."""

from pathlib import Path

import pytest

from tests.performance.test_import_bench import CACHE_MB, import_many


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux's /proc")
def test_twenty_thousand_rows_take_little_more_memory_than_two_thousand():
    few, many = import_many(2_000), import_many(20_000)
    # Held in memory, the further rows would take some 70 MB.
    assert many["peak_mb"] - few["peak_mb"] < CACHE_MB
    assert many["peak_mb"] < 120

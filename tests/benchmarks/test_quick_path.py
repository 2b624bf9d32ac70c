"""The benchmark itself works: a tiny run of it fills every cell of its table."""

import asyncio
import os
import sys
import time
from pathlib import Path

import pytest

from benchmarks.cells import TINY
from benchmarks.contenders import FLOOR, OURS
from benchmarks.doubles.usage import Usage
from benchmarks.turns import take_turns

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs Linux: it reads /proc")


async def _printed(*arguments: str) -> str:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks", *arguments, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    assert 0 == process.returncode
    return said.decode()


async def test_measures_every_contender() -> None:
    """Our worker, the naive one and the floor all get jobs done between the two doubles, and none of them fails one."""
    printed = await _printed("tiny", "--rounds", "1")

    rows = [line.split(" | ") for line in printed.splitlines() if line.startswith("| 5 in flight")]
    assert ["ours", "bare floor", "pyzeebe + httpx"] == [row[1] for row in rows]
    assert [] == [row for row in rows if float(row[2].replace(",", "")) == 0]
    assert "Not measured" not in printed


def test_sees_what_a_process_has_used() -> None:
    """Finer than the kernel's ticks of 10 ms, of which a bout has some twenty, and no less than there was."""
    began_s = time.process_time()
    before = Usage.of(os.getpid())
    while time.process_time() < began_s + 0.002:
        pass
    after = Usage.of(os.getpid())

    assert before.cpu_s >= began_s
    assert after.cpu_s >= began_s + 0.002
    assert after.cpu_s > before.cpu_s
    assert after.rss_mb > 1


async def test_takes_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two contenders get jobs done in seconds of their own, and neither fails one."""
    monkeypatch.chdir(ROOT)
    taken = await take_turns((OURS, FLOOR), TINY, rounds=1, turns=2, say=lambda _: None)

    for contender in (OURS, FLOOR):
        [figures] = taken[TINY[0], contender.name]
        assert figures.jobs_per_s > 0
        assert figures.cpu_ms_per_job
        assert (None, 0) == (figures.added_p50_ms, figures.failed)

"""The benchmark itself works: a tiny run of it fills every cell of its table."""

import asyncio
import sys
from pathlib import Path

import pytest

from benchmarks.cells import TINY
from benchmarks.contenders import FLOOR, OURS
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
    assert ["ours", "pyzeebe + httpx", "bare floor"] == [row[1] for row in rows]
    assert [] == [row for row in rows if float(row[2].replace(",", "")) == 0]
    assert "Not measured" not in printed


async def test_takes_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two contenders get jobs done in seconds of their own, and neither fails one."""
    monkeypatch.chdir(ROOT)
    results = await take_turns((OURS, FLOOR), TINY, rounds=1, turns=2, say=lambda _: None)

    for contender in (OURS, FLOOR):
        [figures] = results.figures[TINY[0], contender.name]
        assert figures.jobs_per_s > 0
        assert figures.cpu_ms_per_job
        assert (None, 0) == (figures.added_p50_ms, figures.failed)

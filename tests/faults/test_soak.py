import asyncio
import os
from dataclasses import dataclass
from pathlib import Path

import pytest
from pyzeebe import ZeebeClient

from tests.lab import StartWorker, WorkerProcess, eventually
from tests.processes import Deployed, a_question, deploy
from worker.demo.emulator import Answer, Emulator, Rule


@dataclass(frozen=True)
class Size:
    """How many jobs, how many of them at a time, how often the worker is killed. FULL_SIZE=1 asks for the long run."""

    jobs: int
    at_a_time: int
    kills: int


SIZE = Size(jobs=10_000, at_a_time=200, kills=10) if os.environ.get("FULL_SIZE") else Size(120, 40, 1)
SEED = int(os.environ.get("SOAK_SEED", "1"))
MEMORY_GROWS_AT_MOST = 1.1
TROUBLES = (
    Answer.status(429, retry_after_ms=200),
    Answer.status(503),
    Answer.status(500, retry_after_ms=50),
    Answer.html(502),
    Answer.broken("reset"),
    Answer.broken("lost"),
    Answer.says("slow").later(1.0),
)


class Progress:
    """How far the instances are."""

    def __init__(self, process: Deployed) -> None:
        self.done = 0
        self._process = process
        self._room = asyncio.Semaphore(SIZE.at_a_time)

    async def reaches(self, wanted: int) -> None:
        """Wait until so many instances have ended."""
        await eventually(lambda: self.done >= wanted, what=f"{wanted} jobs", within_s=1_800)

    async def run_all(self) -> list[int]:
        """Run every instance to its end; the statuses that they ended with."""
        return list(await asyncio.gather(*(self._run() for _ in range(SIZE.jobs))))

    async def _run(self) -> int:
        async with self._room:
            result = await self._process.run(within_s=300.0)
            self.done += 1
            return int(result["result"]["status"])


def in_trouble(azure: Emulator) -> int:
    """Let about one call in nine meet a trouble, at uneven distances; how many will be billed without an answer."""
    rules = []
    for number in range(SIZE.jobs // 10):
        rules += [
            Rule(answer=Answer(), times=1 + (number * 7 + SEED) % 15),
            Rule(answer=TROUBLES[(number + SEED) % len(TROUBLES)]),
        ]
    azure.script(*rules)
    return sum(rule.answer.ending == "lost" for rule in rules)


def resident_kb(worker: WorkerProcess) -> int:
    """The memory of the worker's process."""
    status = Path(f"/proc/{worker.process.pid}/status").read_text(encoding="utf-8")
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])


@pytest.mark.timeout(3_600 if os.environ.get("FULL_SIZE") else 120)
async def test_many_jobs_through_many_troubles(
    zeebe: ZeebeClient, azure: Emulator, start_worker: StartWorker, tmp_path: Path
) -> None:
    """No job is lost; none is paid for twice, but for answers lost on their way and calls cut by a kill."""
    process = await deploy(zeebe, tmp_path, a_question())
    azure.latency_s = 0.05
    unseen = in_trouble(azure)
    file = str(tmp_path / "answers.db")
    progress, memory_kb = Progress(process), [0, 0]
    results = asyncio.create_task(progress.run_all())
    for phase in range(1, SIZE.kills + 2):
        async with start_worker(
            WORKER_JOB_TYPES=process.name, WORKER_JOB_LEASE_S="5", WORKER_KEPT_ANSWERS_FILE=file
        ) as worker:
            for step, part in enumerate((0.5, 1.0)):
                await progress.reaches(round(SIZE.jobs * (phase - 1 + part) / (SIZE.kills + 1)))
                memory_kb[step] = resident_kb(worker)
            if phase <= SIZE.kills:
                unseen += azure.books.in_flight
                worker.process.kill()

    assert {200} == set(await results)
    assert SIZE.jobs <= azure.books.billed_calls <= SIZE.jobs + unseen
    assert not [line for line in worker.said("job failed") if not line["retries"]]
    if os.environ.get("FULL_SIZE"):
        assert memory_kb[1] <= memory_kb[0] * MEMORY_GROWS_AT_MOST

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pyzeebe import ZeebeClient

from tests.lab import WorkerProcess, eventually
from tests.processes import Deployed, a_question, deploy
from worker.demo.broker import Broker
from worker.demo.emulator import Deployment, Emulator

_OK = 200
_TOO_MANY = 429
_CALLS_A_MINUTE = 60


@dataclass(frozen=True)
class Size:
    """How long a minute takes and how many jobs there are. FULL_SIZE=1 in the environment asks for real ones."""

    minute_s: float
    jobs: int

    @property
    def within_s(self) -> float:
        return self.jobs / _CALLS_A_MINUTE * self.minute_s * 2 + 60


SIZE = Size(minute_s=60.0, jobs=600) if os.environ.get("FULL_SIZE") else Size(minute_s=2.0, jobs=300)


@pytest.fixture
async def limited() -> AsyncIterator[Emulator]:
    """A service that takes 60 calls a minute and refuses the rest."""
    deployment = Deployment(
        model="gpt-4.1-mini",
        requests_per_minute=_CALLS_A_MINUTE,
        enforces_limits=True,
        minute_s=SIZE.minute_s,
    )
    async with Emulator(deployments={"gpt-4.1-mini": deployment}, latency_s=0.05) as emulator:
        yield emulator


@pytest.mark.timeout(SIZE.within_s + 60)
async def test_more_jobs_than_the_quota_allows(
    broker: Broker, zeebe: ZeebeClient, limited: Emulator, tmp_path: Path
) -> None:
    """No job burns a retry, nine tenths of the quota are used, and hardly a call is refused after the first minute."""
    process = await deploy(zeebe, tmp_path, a_question())
    settings = {
        "ZEEBE_ADDRESS": broker.address,
        "SECRET_AZURE_OPENAI_ENDPOINT": limited.url,
        "SECRET_AZURE_OPENAI_API_KEY": limited.key,
        "WORKER_JOB_TYPES": process.name,
        "WORKER_LOG_LEVEL": "info",
    }
    await _start(process, SIZE.jobs)

    async with WorkerProcess(settings) as worker:
        await eventually(
            lambda: len(worker.said("job completed")) >= SIZE.jobs, what="all jobs", within_s=SIZE.within_s
        )

    entries = limited.books.entries
    second_minute_s = entries[0].arrived_s + SIZE.minute_s
    later = [entry for entry in entries if entry.arrived_s > second_minute_s]
    allowed = _CALLS_A_MINUTE * (entries[-1].arrived_s - second_minute_s) / SIZE.minute_s
    assert {line["retries"] for line in worker.said("job failed")} <= {3}
    assert limited.books.billed_calls == SIZE.jobs
    assert sum(entry.status == _OK for entry in later) >= 0.9 * allowed
    assert sum(entry.status == _TOO_MANY for entry in later) < 0.05 * len(later)


async def _start(process: Deployed, count: int) -> None:
    """Start so many instances, as fast as the broker takes them."""
    left = count
    while left:
        started = await asyncio.gather(*(process.start() for _ in range(min(left, 20))), return_exceptions=True)
        left -= sum(isinstance(key, int) for key in started)

import os
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import pytest
from pyzeebe import ZeebeClient

from tests.lab import WorkerProcess, eventually
from tests.processes import a_question, deploy
from worker.demo.broker import Broker
from worker.demo.emulator import Deployment, Emulator
from worker.demo.emulator.books import Entry

_OK = 200
_TOO_MANY = 429
_CALLS_A_MINUTE = 60
_PROMPT = "What is two and two? " * 400
_TOKENS_A_CALL = 2_526  # as the emulator counts that prompt and its answer
_MOST_ANSWER = 450  # with which the worker reckons 2,570 before the call


@dataclass(frozen=True)
class Size:
    """How long a minute takes and how many jobs there are. FULL_SIZE=1 in the environment asks for real ones."""

    minute_s: float
    jobs: int

    @property
    def within_s(self) -> float:
        return self.jobs / _CALLS_A_MINUTE * self.minute_s * 2 + 60


SIZE = Size(minute_s=60.0, jobs=600) if os.environ.get("FULL_SIZE") else Size(minute_s=6.0, jobs=180)
_ENFORCING = Deployment(model="gpt-4.1-mini", enforces_limits=True, minute_s=SIZE.minute_s)
LIMITED = {
    "requests": replace(_ENFORCING, requests_per_minute=_CALLS_A_MINUTE),
    "tokens": replace(_ENFORCING, requests_per_minute=100_000, tokens_per_minute=_CALLS_A_MINUTE * _TOKENS_A_CALL),
}


@pytest.fixture(params=LIMITED)
async def limited(request: pytest.FixtureRequest) -> AsyncIterator[Emulator]:
    """A service that takes 60 calls a minute, or the tokens of so many, and refuses the rest."""
    async with Emulator(deployments={"gpt-4.1-mini": LIMITED[request.param]}, latency_s=0.05) as emulator:
        yield emulator


@dataclass(frozen=True)
class Figures:
    """What came of the calls after the first minute."""

    calls: int
    refused: int
    used: float

    @classmethod
    def of(cls, entries: list[Entry]) -> Self:
        """Those of *entries*."""
        second_minute_s = entries[0].arrived_s + SIZE.minute_s
        later = [entry for entry in entries if entry.arrived_s > second_minute_s]
        allowed = _CALLS_A_MINUTE * (entries[-1].arrived_s - second_minute_s) / SIZE.minute_s
        answered = sum(entry.status == _OK for entry in later)
        return cls(len(later), sum(entry.status == _TOO_MANY for entry in later), answered / allowed)


@pytest.mark.timeout(SIZE.within_s + 60)
async def test_more_jobs_than_the_quota_allows(
    broker: Broker, zeebe: ZeebeClient, limited: Emulator, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No job burns a retry, nine tenths of the quota are used, and hardly a call is refused after the first minute."""
    process = await deploy(zeebe, tmp_path, a_question(input={"content": _PROMPT, "maxTokens": _MOST_ANSWER}))
    settings = {
        "ZEEBE_ADDRESS": broker.address,
        "SECRET_AZURE_OPENAI_ENDPOINT": limited.url,
        "SECRET_AZURE_OPENAI_API_KEY": limited.key,
        "WORKER_JOB_TYPES": process.name,
    }
    await process.start_many(SIZE.jobs)

    async with WorkerProcess(settings) as worker:
        await eventually(
            lambda: len(worker.said("job completed")) >= SIZE.jobs, what="all jobs", within_s=SIZE.within_s
        )

    found = Figures.of(limited.books.entries)
    with capsys.disabled():
        sys.stdout.write(f"\n  {SIZE.jobs} jobs, after the first minute: {found}\n")
    assert {line["retries"] for line in worker.said("job failed")} <= {3}
    assert limited.books.billed_calls == SIZE.jobs
    assert found.used >= 0.9
    assert found.refused < 0.05 * found.calls

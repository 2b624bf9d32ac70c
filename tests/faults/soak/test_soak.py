"""Many jobs, many troubles: what is left is counted job by job, in the service's books and in the process's."""

import asyncio
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.soak.ledger import Ledger
from tests.faults.soak.weather import Bills, Weather, bills_of
from tests.faults.soak.workers import Killed, Lasting, reaches
from tests.lab import HAS_DOCKER
from worker.demo.broker import Broker, BrokerOptions
from worker.demo.emulator import Emulator


@dataclass(frozen=True)
class Size:
    """How many jobs, how often a worker and the broker are killed, and how long all may take."""

    jobs: int
    kills: int
    restarts: int
    within_s: float


SIZE = Size(10_000, 10, 3, 1_800) if os.environ.get("FULL_SIZE") else Size(1_500, 2, 1, 600)
SEED = int(os.environ.get("SOAK_SEED", "1"))
AT_A_TIME = 80
WARM_AT = 0.25  # of the jobs
MEMORY_GROWS_AT_MOST = 1.1


@dataclass
class Soak:
    """Two workers with half the jobs each, before one broker and one service."""

    broker: Broker
    azure: Emulator
    killed: Killed
    lasting: Lasting

    async def run(self) -> None:
        """Bring all jobs to their end while the broker is killed every so often."""
        jobs = SIZE.jobs // 2
        ledgers = [self.killed.ledger, self.lasting.ledger]
        async with asyncio.TaskGroup() as tasks:
            for ledger in ledgers:
                tasks.create_task(ledger.run(jobs, at_a_time=AT_A_TIME))
            tasks.create_task(self.killed.run(jobs))
            tasks.create_task(self.lasting.run())
            tasks.create_task(self._restart_the_broker(jobs))

    async def _restart_the_broker(self, jobs: int) -> None:
        for restart in range(1, SIZE.restarts + 1):
            await reaches(self.lasting.ledger, jobs * (restart - 0.5) / SIZE.restarts)
            await self.broker.kill()
            await self.broker.restart()

    def bills(self, ledger: Ledger) -> dict[str, Bills]:
        """What the service billed for each of a ledger's jobs, by prompt."""
        return bills_of(self.azure, {ledger.prompt(number) for number in ledger.entered})


def report(soak: Soak, fallen: Mapping[str, int], took_s: float) -> str:
    """What a person wants to know of a run that went well."""
    killed, lasting = soak.bills(soak.killed.ledger), soak.bills(soak.lasting.ledger)
    cut = set[str]().union(*soak.killed.cut)
    everything = [*killed.values(), *lasting.values()]
    log = [*soak.killed.log, *soak.lasting.log]
    counts = {
        "jobs": len(everything),
        "seconds": round(took_s),
        "jobs a second": round(len(everything) / took_s, 1),
        "calls": soak.azure.books.calls,
        "billed": soak.azure.books.billed_calls,
        "answers lost on their way, billed again": sum(bills.unseen for bills in everything),
        "workers killed": len(soak.killed.cut),
        "calls under way at a kill": len(cut),
        "of them billed again": sum(bills.beyond_one > 0 for prompt, bills in killed.items() if prompt in cut),
        "broker restarts": SIZE.restarts,
        "answers reused": sum(line["event"] == "answer reused" for line in log),
        "reports repeated": sum(line["event"] == "report repeated" for line in log),
        "jobs failed and tried again": sum(line["event"] == "job failed" for line in log),
        "memory in KB, warm and in the end": soak.lasting.memory_kb,
    }
    return "".join(f"\n  {name}: {count}" for name, count in {**counts, "troubles": dict(fallen)}.items())


@pytest.mark.skipif(sys.platform != "linux", reason="reads the worker's memory from /proc")
@pytest.mark.timeout(SIZE.within_s + 120)
async def test_many_jobs_through_many_troubles(
    azure: Emulator, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Nothing is lost or done twice, and only what a kill cut or the network lost is paid for again."""
    azure.latency_s = 0.05
    weather = Weather(SEED)
    weather.over(azure, calls=SIZE.jobs)
    began_s = time.monotonic()
    async with Broker(BrokerOptions(use_docker=HAS_DOCKER)) as broker:
        soak = await _prepared(broker, azure, tmp_path)
        await asyncio.wait_for(soak.run(), SIZE.within_s)
    with capsys.disabled():
        sys.stdout.write(report(soak, weather.fallen, time.monotonic() - began_s))

    ledgers = (soak.killed.ledger, soak.lasting.ledger)
    cut = set[str]().union(*soak.killed.cut)
    beyond = {prompt: bills.beyond_one for ledger in ledgers for prompt, bills in soak.bills(ledger).items()}
    log = [*soak.killed.log, *soak.lasting.log]
    assert [set(), set()] == [ledger.lost for ledger in ledgers]
    assert {1} == {len(entered) for ledger in ledgers for entered in ledger.entered.values()}
    assert {200} == {status for ledger in ledgers for status in ledger.statuses}
    assert {} == {prompt: more for prompt, more in beyond.items() if more and prompt not in cut}
    assert all(0 <= more <= SIZE.kills for more in beyond.values())
    assert [] == [line for line in log if line["event"] == "job failed" and not line["retries"]]
    assert soak.lasting.memory_kb[1] <= soak.lasting.memory_kb[0] * MEMORY_GROWS_AT_MOST


async def _prepared(broker: Broker, azure: Emulator, folder: Path) -> Soak:
    killed, lasting = (Ledger(f"soak-{name}", broker.address) for name in ("killed", "lasting"))
    for ledger in (killed, lasting):
        await ledger.deploy(folder)
    environment = {
        "ZEEBE_ADDRESS": broker.address,
        "SECRET_AZURE_OPENAI_ENDPOINT": azure.url,
        "SECRET_AZURE_OPENAI_API_KEY": azure.key,
        "WORKER_JOB_LEASE_S": "10",
    }
    of_killed = {**environment, "WORKER_JOB_TYPES": killed.name, "WORKER_KEPT_ANSWERS_FILE": str(folder / "kept.db")}
    of_lasting = {**environment, "WORKER_JOB_TYPES": lasting.name}
    half = SIZE.jobs // 2
    return Soak(
        broker,
        azure,
        Killed(azure, killed, of_killed, SIZE.kills),
        Lasting(lasting, of_lasting, lambda: lasting.done >= half * WARM_AT),
    )

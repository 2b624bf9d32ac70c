"""Two workers before one quota: what they share, and what happens when they cannot."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.faults.scripted_gateway import ScriptedGateway, State
from tests.lab import WorkerProcess, eventually
from tests.processes import a_question
from tests.redis_server import RedisServer
from worker.azure import RedisStore
from worker.azure.limits.shared import Drawn
from worker.demo.emulator import Deployment, Emulator
from worker.demo.emulator.books import Entry

_MINUTE_S = 6.0
_CALLS_A_MINUTE = 60
_AS_SETTING = str(round(_CALLS_A_MINUTE * 60 / _MINUTE_S))
_TOO_MANY = 429


@pytest.fixture
async def limited() -> AsyncIterator[Emulator]:
    """A service that takes 60 calls in each of its minutes, of six seconds, and refuses the rest."""
    deployment = Deployment(
        model="gpt-4.1-mini", requests_per_minute=_CALLS_A_MINUTE, enforces_limits=True, minute_s=_MINUTE_S
    )
    async with Emulator(deployments={"gpt-4.1-mini": deployment}, latency_s=0.05) as emulator:
        yield emulator


def a_worker(gateway: ScriptedGateway, azure: Emulator, redis: RedisServer) -> WorkerProcess:
    return WorkerProcess(
        {
            "ZEEBE_ADDRESS": gateway.address,
            "SECRET_AZURE_OPENAI_ENDPOINT": azure.url,
            "SECRET_AZURE_OPENAI_API_KEY": azure.key,
            "WORKER_REQUESTS_PER_MINUTE": _AS_SETTING,
            "WORKER_SHARED_LIMITS_URL": redis.url,
        }
    )


async def done(gateway: ScriptedGateway, more: int) -> None:
    """Add jobs and wait for all that there are."""
    for _ in range(more):
        gateway.add_job(variables={"azureOpenAI": a_question()})
    total = sum(gateway.books.values())
    await eventually(lambda: gateway.books[State.COMPLETED] == total, what=f"{total} jobs, not {gateway.books}")


def refused(entries: list[Entry]) -> float:
    return sum(entry.status == _TOO_MANY for entry in entries) / len(entries)


async def test_two_workers_share_one_quota(gateway: ScriptedGateway, limited: Emulator, tmp_path: Path) -> None:
    """Together they use nine tenths of it and are hardly refused, whoever of them has the jobs."""
    async with (
        RedisServer(tmp_path) as redis,
        a_worker(gateway, limited, redis) as first,
        a_worker(gateway, limited, redis) as second,
    ):
        await asyncio.gather(first.says("ready"), second.says("ready"))
        await done(gateway, 180)

    entries = limited.books.entries
    took_s = entries[-1].arrived_s - entries[0].arrived_s
    shares = [len(worker.said("job completed")) for worker in (first, second)]
    assert sum(shares) == limited.books.billed_calls == 180
    assert min(shares) >= 45
    assert refused(entries) < 0.05
    assert 180 >= 0.9 * _CALLS_A_MINUTE * took_s / _MINUTE_S


async def test_the_shared_store_goes_and_comes(gateway: ScriptedGateway, limited: Emulator, tmp_path: Path) -> None:
    """While it is away each worker keeps to its part and says so once; no job waits for it."""
    async with (
        RedisServer(tmp_path) as redis,
        a_worker(gateway, limited, redis) as first,
        a_worker(gateway, limited, redis) as second,
    ):
        workers = (first, second)
        await asyncio.gather(*(worker.says("ready") for worker in workers))
        await done(gateway, 30)
        await redis.stop()
        before = limited.books.calls
        await done(gateway, 60)
        during = limited.books.entries[before:]
        await redis.start()
        await asyncio.gather(done(gateway, 60), *(worker.says("limits shared again") for worker in workers))

    assert limited.books.billed_calls == 150
    assert refused(during) < 0.1
    assert [1, 1] == [len(worker.said("limits not shared")) for worker in workers]


async def test_turns_are_booked_in_one_place(tmp_path: Path) -> None:
    """Many bookings at once from two workers get turns one after the other, and one too far away takes none."""
    async with RedisServer(tmp_path) as redis:
        stores = [RedisStore(redis.url), RedisStore(redis.url)]
        a_tenth, tokens = Drawn("requests", 0.1, 0.0), Drawn("tokens", 1.0, 100.0)
        booked = await asyncio.gather(
            *(store.book("lane", (a_tenth, tokens), most_s=60.0) for store in stores for _ in range(20))
        )
        far = await stores[0].book("lane", (a_tenth,), most_s=1.0)
        again = await stores[1].book("lane", (a_tenth,), most_s=60.0)
        await asyncio.gather(*(store.close() for store in stores))

    waits_s = sorted(booking.wait_s for booking in booked)
    steps_s = [later - earlier for earlier, later in itertools.pairwise(waits_s)]
    assert {2} == {booking.workers for booking in (far, again)}
    assert waits_s[0] == 0.0
    assert max(steps_s) <= 0.1001
    assert 4.0 >= far.wait_s >= 1.0
    assert far.wait_s >= again.wait_s > far.wait_s - 1.0


async def test_a_wrong_url(limited: Emulator) -> None:
    """One sentence names the setting and what it takes, and not the password."""
    environment = {"ZEEBE_ADDRESS": "127.0.0.1:1", "WORKER_SHARED_LIMITS_URL": "http://:hush@127.0.0.1"}
    async with WorkerProcess(environment) as worker:
        code = await worker.ends()

    assert code == 2
    assert "WORKER_SHARED_LIMITS_URL: wanted redis://" in "".join(worker.noise)
    assert "hush" not in "".join(worker.noise)
    assert not limited.books.calls

"""What changes under a worker that runs: the machine's clock, and the addresses behind names."""

import asyncio
import os
from pathlib import Path

import pytest

from tests.faults.loose_cable import LooseCable
from tests.faults.scripted_gateway import ScriptedGateway, ScriptedJob, State
from tests.lab import WorkerProcess, eventually
from tests.processes import a_question
from worker.demo.emulator import Emulator

CLOCK = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
NAMES = next(Path("/usr/lib").glob("*/libnss_wrapper.so"), None)
HOUR_S = 3_600
FIRST, SECOND = "127.0.0.1", "127.0.0.2"  # Linux has all of 127.0.0.0/8
WITHIN_S = 20.0
LEASE_S = 12.0  # what is left of it when it is renewed, a third, has to be more than a busy machine stands still


def settings(gateway: str, azure: Emulator, **changed: str) -> dict[str, str]:
    return {
        "ZEEBE_ADDRESS": gateway,
        "SECRET_AZURE_OPENAI_ENDPOINT": azure.url,
        "SECRET_AZURE_OPENAI_API_KEY": azure.key,
        "WORKER_JOB_LEASE_S": "5",
        **changed,
    }


def some_jobs(gateway: ScriptedGateway, count: int) -> list[ScriptedJob]:
    return [gateway.add_job(variables={"azureOpenAI": a_question()}) for _ in range(count)]


@pytest.mark.skipif(CLOCK is None, reason="needs Debian's package faketime")
async def test_the_clock_jumps(gateway: ScriptedGateway, azure: Emulator, tmp_path: Path) -> None:
    """An hour ahead and two hours back while calls run: no lease is lost, no job done twice, nothing hangs."""
    ahead = tmp_path / "ahead"
    ahead.write_text("+0", encoding="utf-8")
    faked = {"LD_PRELOAD": str(CLOCK), "FAKETIME_TIMESTAMP_FILE": str(ahead), "FAKETIME_NO_CACHE": "1"}
    azure.latency_s = LEASE_S + 1  # so that leases are renewed on both sides of a jump
    jobs: list[ScriptedJob] = []
    environment = settings(gateway.address, azure, **faked, WORKER_JOB_LEASE_S=str(LEASE_S), DONT_FAKE_MONOTONIC="1")

    async with WorkerProcess(environment) as worker:
        await worker.says("ready")
        for seconds in (HOUR_S, -HOUR_S):
            jobs.extend(some_jobs(gateway, 10))
            await eventually(lambda: azure.books.in_flight == 10, what="ten calls")
            ahead.write_text(f"{seconds:+d}", encoding="utf-8")
            await eventually(lambda: gateway.books[State.COMPLETED] == len(jobs), what=f"all jobs, not {gateway.books}")
        worker.terminate()
        code = await worker.ends()

    hours = [line["time"][11:13] for line in worker.said("job completed")]
    assert code == 0
    assert not [job.history for job in jobs if job.activations != 1]
    assert azure.books.billed_calls == len(jobs)
    assert not worker.said("lease lost")
    assert (int(hours[0]) - int(hours[-1])) % 24 in {1, 2}


@pytest.mark.skipif(NAMES is None, reason="needs Debian's package libnss-wrapper")
async def test_names_get_other_addresses(gateway: ScriptedGateway, azure: Emulator, tmp_path: Path) -> None:
    """The gateway and the service move to another address: the next jobs reach them there within seconds."""
    hosts = tmp_path / "hosts"
    hosts.write_text(f"{FIRST} gateway.test azure.test\n", encoding="utf-8")
    an_hour_ago_s = hosts.stat().st_mtime - HOUR_S  # the wrapper sees no change within the same second
    os.utime(hosts, (an_hour_ago_s, an_hour_ago_s))
    named = {"LD_PRELOAD": str(NAMES), "NSS_WRAPPER_HOSTS": str(hosts)}
    g_port, a_port = (address.rpartition(":")[2] for address in (gateway.address, azure.url))
    environment = {
        **settings(f"gateway.test:{g_port}", azure, WORKER_MAX_CALL_ATTEMPTS="20"),
        **named,
        "SECRET_AZURE_OPENAI_ENDPOINT": f"http://azure.test:{a_port}",
    }

    async with WorkerProcess(environment) as worker, Emulator(keys=azure.keys) as elsewhere:
        some_jobs(gateway, 5)
        await eventually(
            lambda: gateway.books[State.COMPLETED] == 5,
            what=f"jobs there, not {gateway.books} {worker.log[-2:]} {worker.noise}",
        )
        await asyncio.gather(gateway.stop(), azure.stop())
        moved = tmp_path / "moved"  # put in its place whole: half a file, read once, would be remembered
        moved.write_text(f"{SECOND} gateway.test azure.test\n", encoding="utf-8")
        moved.replace(hosts)
        gateway.address = f"{SECOND}:{g_port}"
        await gateway.start()
        some_jobs(gateway, 5)
        async with LooseCable(elsewhere.url.removeprefix("http://"), near=f"{SECOND}:{a_port}"):
            await eventually(
                lambda: gateway.books[State.COMPLETED] == 10,
                what=f"jobs at the new address, not {gateway.books} {worker.log[-5:]}",
                within_s=WITHIN_S,
            )

    assert (5, 5) == (azure.books.billed_calls, elsewhere.books.billed_calls)

import asyncio
import sys
from pathlib import Path

import pytest
from pyzeebe import ZeebeClient

from tests.lab import StartWorker, WorkerProcess, eventually
from tests.processes import a_question, deploy
from tests.prometheus import free_port
from worker.demo.broker import Broker
from worker.demo.emulator import Answer, Emulator


async def test_sigterm_with_a_call_in_flight(
    zeebe: ZeebeClient, azure: Emulator, start_worker: StartWorker, tmp_path: Path
) -> None:
    """The running call is finished and its job completed before the worker leaves with exit code 0."""
    process = await deploy(zeebe, tmp_path, a_question())
    azure.next(Answer(after_s=2.0))

    async with start_worker(WORKER_JOB_TYPES=process.name) as worker:
        ended = asyncio.create_task(process.run())
        await eventually(lambda: azure.books.in_flight, what="the call to arrive")
        worker.terminate()
        code = await worker.ends()

    assert code == 0
    assert (await ended)["result"]["status"] == 200
    assert [line["event"] for line in worker.log][-3:] == ["draining", "job completed", "stopped"]


async def test_what_does_not_finish_is_handed_back(
    zeebe: ZeebeClient, azure: Emulator, start_worker: StartWorker, tmp_path: Path
) -> None:
    """A call that outlives the grace is given up, and the next worker does the job."""
    process = await deploy(zeebe, tmp_path, a_question())
    azure.next(Answer.broken("hang"))

    async with start_worker(WORKER_JOB_TYPES=process.name, WORKER_DRAIN_GRACE_S="0.5") as first:
        ended = asyncio.create_task(process.run())
        await eventually(lambda: azure.books.in_flight, what="the call to arrive")
        first.terminate()
        assert await first.ends() == 0
    async with start_worker(WORKER_JOB_TYPES=process.name):
        result = (await ended)["result"]

    assert first.said("job handed back")
    assert result["status"] == 200


async def test_a_broker_that_restarts_in_the_middle(
    broker: Broker, zeebe: ZeebeClient, azure: Emulator, start_worker: StartWorker, tmp_path: Path
) -> None:
    """The worker says that the broker is away, rejoins it without a restart, and the answer still arrives."""
    if not (broker.is_ours and broker.keeps_data):
        pytest.skip("only a broker of our own that keeps its data is restarted")
    process = await deploy(zeebe, tmp_path, a_question())
    azure.next(Answer(after_s=3.0))

    async with start_worker(WORKER_JOB_TYPES=process.name) as worker:
        await process.start()
        await eventually(lambda: azure.books.in_flight, what="the call to arrive")
        await broker.kill()
        await worker.says("broker unreachable")
        await broker.restart()
        await worker.says("job completed")
        again = await process.run()

    assert again["result"]["status"] == 200


async def test_a_broker_that_is_not_there_yet() -> None:
    """A worker that is started first says every few seconds what it waits for, and can still be stopped."""
    async with WorkerProcess({"ZEEBE_ADDRESS": "127.0.0.1:1"}) as worker:
        await worker.says("broker unreachable", gateway="127.0.0.1:1")
        await eventually(lambda: len(worker.said("broker unreachable")) > 1, what="a second line")
        worker.terminate()
        assert await worker.ends() == 0


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        pytest.param({"WORKER_MAX_JOBS_IN_FLIGHT": "0"}, "WORKER_MAX_JOBS_IN_FLIGHT: got '0'", id="out of range"),
        pytest.param({"ZEEBE_ADDRESS": "http://"}, "ZEEBE_ADDRESS: got 'http://'", id="no address"),
        pytest.param({"ZEEBE_CLIENT_ID": "x"}, "ZEEBE_CLIENT_SECRET", id="half a pair"),
    ],
)
async def test_a_wrong_setting(environment: dict[str, str], says: str) -> None:
    """One message names the setting, its value's origin and what is allowed; exit code 2."""
    async with WorkerProcess(environment) as worker:
        code = await worker.ends()

    assert code == 2
    assert says in "".join(worker.noise)
    assert len(worker.noise) == 1


async def test_two_hundred_at_once(
    zeebe: ZeebeClient, azure: Emulator, start_worker: StartWorker, tmp_path: Path
) -> None:
    """200 instances started at once against calls of 200 ms all complete, and at least 50 calls run at a time."""
    process = await deploy(zeebe, tmp_path, a_question())
    azure.latency_s = 0.2

    instances = await process.start_many(200)
    async with start_worker(WORKER_JOB_TYPES=process.name) as worker:
        await eventually(lambda: len(worker.said("job completed")) >= 200, what="200 completed jobs")

    assert {line["process_instance"] for line in worker.said("job completed")} == set(instances)
    assert azure.books.billed_calls == 200
    assert azure.books.max_in_flight >= 50


@pytest.mark.skipif(sys.platform != "linux", reason="reads the process's memory from /proc")
async def test_an_idle_worker_is_small(start_worker: StartWorker) -> None:
    """A worker that waits for jobs needs less than 80 MB of memory, metrics and health included."""
    async with start_worker(WORKER_JOB_TYPES="nobody-asks", WORKER_MANAGEMENT_PORT=str(free_port())) as worker:
        await worker.says("ready")
        status = await asyncio.to_thread(Path(f"/proc/{worker.process.pid}/status").read_text, encoding="utf-8")

    resident_kb = int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])
    assert resident_kb < 80_000

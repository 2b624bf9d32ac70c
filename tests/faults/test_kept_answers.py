import asyncio
import resource
import sys
from pathlib import Path

import pytest
from pyzeebe import ZeebeClient

from tests.faults.loose_cable import LooseCable
from tests.lab import StartWorker, eventually
from tests.processes import a_question, deploy
from worker.demo.broker import Broker
from worker.demo.emulator import Answer, Emulator


@pytest.fixture(params=["sqlite", "postgres"])
def kept_in(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """Where answers outlive a worker: a file that its successor finds, or a database that every worker has."""
    if request.param == "sqlite":
        return {"WORKER_KEPT_ANSWERS_FILE": str(tmp_path / "answers.db")}
    return {"WORKER_DATABASE_URL": request.getfixturevalue("postgres").database()}


async def test_killed_after_the_answer_and_before_the_report(
    broker: Broker,
    zeebe: ZeebeClient,
    azure: Emulator,
    start_worker: StartWorker,
    tmp_path: Path,
    kept_in: dict[str, str],
) -> None:
    """The job that comes again is completed by another worker without a second call."""
    process = await deploy(zeebe, tmp_path, a_question())
    settings = {"WORKER_JOB_TYPES": process.name, "WORKER_JOB_LEASE_S": "5", **kept_in}
    azure.next(Answer.says("Four, and paid once.").later(1.0))

    ended = asyncio.create_task(process.run())
    async with LooseCable(broker.address) as cable:
        async with start_worker(**settings, ZEEBE_ADDRESS=cable.address) as first:
            await eventually(lambda: azure.books.in_flight, what="the call to arrive")
            cable.hold()
            await first.says("job completed")
            first.process.kill()
            await first.ends()
        async with start_worker(**settings) as second:
            result = (await ended)["result"]
            await second.says("answer reused")

    assert result["output"]["text"] == "Four, and paid once."
    assert azure.books.billed_calls == 1


@pytest.mark.skipif(sys.platform != "linux", reason="limits another process's files as only Linux can")
async def test_a_full_disk_stops_no_job(
    zeebe: ZeebeClient, azure: Emulator, start_worker: StartWorker, tmp_path: Path
) -> None:
    """Jobs go on while answers cannot be kept, with one warning, and they are kept again when there is room."""
    process = await deploy(zeebe, tmp_path, a_question())
    file = tmp_path / "answers.db"

    async with start_worker(WORKER_JOB_TYPES=process.name, WORKER_KEPT_ANSWERS_FILE=str(file)) as worker:
        await worker.says("ready")
        pid, unlimited = worker.process.pid, resource.RLIM_INFINITY
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, unlimited))
        during = [(await process.run())["result"]["status"] for _ in range(3)]
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (unlimited, unlimited))
        ran = 3

        async def is_kept_again() -> bool:  # a store that failed is left alone for a second or two
            nonlocal ran
            ran += 1
            return bool((await process.run())["result"]["status"] == 200 and worker.said("answers kept again"))

        await eventually(is_kept_again, what="answers to be kept again")

    assert [200] * 3 == during
    assert azure.books.billed_calls == ran
    assert len(worker.said("answers not kept")) == 1
    assert file.stat().st_size > 1

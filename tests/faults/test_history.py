import asyncio
import json
import resource
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from pyzeebe import ZeebeClient

from tests.lab import StartWorker, eventually
from tests.postgres import BINARIES, NEEDS_POSTGRES, PostgresServer
from tests.processes import a_question, deploy
from tests.stores.databases import opened
from worker.demo.emulator import Answer, Emulator
from worker.history import Place
from worker.history.prompts import Entry, Register, Wanted


async def entries(place: Place) -> list[Entry]:
    """All that is kept there, the oldest first."""
    async with opened(place) as database:
        return [entry async for entry in Register(database).all(Wanted())]


async def statuses(process: Any, count: int) -> list[int]:
    """What so many instances end with."""
    return [(await process.run())["result"]["status"] for _ in range(count)]


async def test_what_is_kept_of_a_real_job(
    zeebe: ZeebeClient, azure: Emulator, start_worker: StartWorker, tmp_path: Path
) -> None:
    """Prompt, answer, tokens and cost of a success; reason and text of an incident; all flushed by the drain."""
    process = await deploy(zeebe, tmp_path, a_question())
    file = tmp_path / "history.db"
    azure.next(Answer.says("Four, says the history."))
    history = {"WORKER_HISTORY": "content", "WORKER_HISTORY_FILE": str(file)}

    async with start_worker(WORKER_JOB_TYPES=process.name, **history) as worker:
        await process.run()
        azure.next(Answer.status(401))
        failing = await process.start()
        await worker.says("job failed", process_instance=failing)
        worker.terminate()
        assert await worker.ends() == 0
    done, failed = await entries(file)

    asked: Mapping[str, Any] = json.loads(done.request or "")
    assert asked["messages"][-1]["content"] == "What is two and two?"
    assert "Four, says the history." in (done.answer or "")
    assert ("completed", "chatCompletion", "gpt-4.1-mini") == (done.outcome, done.operation, done.deployment)
    assert done.cost_usd
    assert ("incident", "AUTHENTICATION_FAILED", failing) == (failed.outcome, failed.reason, failed.process_instance)
    assert azure.key not in str([done, failed])


async def test_a_database_that_dies_and_comes_back(
    zeebe: ZeebeClient, start_worker: StartWorker, tmp_path: Path
) -> None:
    """Jobs go on; the outage is told once for answers and once for the history, whose entries are all there at last."""
    process = await deploy(zeebe, tmp_path, a_question())
    with _server() as server:
        url = SecretStr(server.database())
        settings = {"WORKER_HISTORY": "metadata", "WORKER_DATABASE_URL": url.get_secret_value()}
        async with start_worker(WORKER_JOB_TYPES=process.name, **settings) as worker:
            before = await statuses(process, 2)
            await asyncio.to_thread(server.stop)
            during = await statuses(process, 5)
            await worker.says("history not kept")
            await asyncio.to_thread(server.start)
            await worker.says("history kept again")
            after = await statuses(process, 2)
            worker.terminate()
            assert await worker.ends() == 0
        kept = await entries(url)

    assert [200] * 9 == [*before, *during, *after]
    assert 9 == len(kept)
    assert len(worker.said("answers not kept")) == 1
    assert not worker.said("history lost")
    assert "ss-w0rd" not in str(worker.log) + str(worker.noise)


async def test_a_database_that_hangs(
    zeebe: ZeebeClient, azure: Emulator, start_worker: StartWorker, tmp_path: Path
) -> None:
    """A server that takes connections and answers nothing costs jobs and drain a few seconds, once."""
    process = await deploy(zeebe, tmp_path, a_question())
    with _server() as server:
        url = SecretStr(server.database())
        settings = {"WORKER_HISTORY": "content", "WORKER_DATABASE_URL": url.get_secret_value()}
        async with start_worker(WORKER_JOB_TYPES=process.name, **settings) as worker:
            await statuses(process, 1)
            server.pause()
            await process.start_many(20)
            await eventually(lambda: len(worker.said("job completed")) == 21, what="20 jobs without a database")
            durations_s = [line["duration_s"] for line in worker.said("job completed")]
            await worker.says("answers not kept")
            worker.terminate()
            assert (
                await asyncio.wait_for(worker.ends(), 40) == 0
            )  # what waits is given 5 s, and not the minutes it wants
            server.resume()

    assert azure.books.billed_calls == 21
    assert max(durations_s) < 20  # found and kept: two waits of 3 s; the rest is for a busy machine


@pytest.mark.skipif(sys.platform != "linux", reason="limits another process's files as only Linux can")
async def test_a_full_disk(zeebe: ZeebeClient, azure: Emulator, start_worker: StartWorker, tmp_path: Path) -> None:
    """Jobs go on, entries wait, and are written when there is room."""
    process = await deploy(zeebe, tmp_path, a_question())
    file = tmp_path / "history.db"
    settings = {"WORKER_HISTORY": "content", "WORKER_HISTORY_FILE": str(file)}
    async with start_worker(WORKER_JOB_TYPES=process.name, **settings) as worker:
        await worker.says("ready")
        pid, unlimited = worker.process.pid, resource.RLIM_INFINITY
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, unlimited))
        during = await statuses(process, 3)
        await worker.says("history not kept")
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (unlimited, unlimited))
        await worker.says("history kept again")
        worker.terminate()
        assert await worker.ends() == 0
    kept = await entries(file)

    assert [200] * 3 == during
    assert 3 == len(kept)
    assert azure.books.billed_calls == 3


async def test_off_is_off(zeebe: ZeebeClient, start_worker: StartWorker, tmp_path: Path) -> None:
    """By default nothing is kept, and no database is even loaded."""
    process = await deploy(zeebe, tmp_path, a_question())
    file = tmp_path / "history.db"
    async with start_worker(WORKER_JOB_TYPES=process.name, WORKER_HISTORY_FILE=str(file)) as worker:
        await statuses(process, 1)
        maps = await asyncio.to_thread(Path(f"/proc/{worker.process.pid}/maps").read_text, encoding="utf-8")

    assert not file.exists()
    assert [] == [name for name in ("_sqlite3", "libsqlite3", "asyncpg") if name in maps]


def _server() -> PostgresServer:
    """A server of this test's own, to be hurt."""
    if not BINARIES:
        pytest.skip(NEEDS_POSTGRES)
    return PostgresServer()

"""One command, several processes."""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from pyzeebe import ZeebeClient

from tests.lab import StartWorker, WorkerProcess, eventually, until
from tests.pages import page
from tests.processes import a_question, deploy
from tests.prometheus import free_port
from worker.demo.emulator import Answer, Emulator

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="on Windows a worker is one process")


async def _told(port: int, path: str) -> Any:
    _, text = await page(f"http://127.0.0.1:{port}{path}")
    return json.loads(text) if path == "/status" else text


async def _readiness(port: int) -> str:
    try:
        return str(await _told(port, "/health/ready"))
    except aiohttp.ClientError:
        return "nobody answers"


async def _are_ready(port: int) -> None:
    await until(lambda: _readiness(port), '{"status": "UP"}', what="all processes to be ready")


async def _pids(port: int) -> list[int]:
    told = await _told(port, "/status")
    return [process["pid"] for process in told["processes"].values() if process["pid"]]


def _is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _two(start_worker: StartWorker, job_type: str, port: int) -> WorkerProcess:
    return start_worker(
        WORKER_JOB_TYPES=job_type, WORKER_PROCESSES="2", WORKER_MANAGEMENT_PORT=str(port), WORKER_JOB_LEASE_S="5"
    )


async def test_work_is_shared_and_a_dead_process_replaced(
    zeebe: ZeebeClient, azure: Emulator, start_worker: StartWorker, tmp_path: Path
) -> None:
    """Both processes complete jobs, which one page counts; one that is killed is started anew, and its job is done."""
    process, port = await deploy(zeebe, tmp_path, a_question()), free_port()

    async with _two(start_worker, process.name, port) as worker:
        await _are_ready(port)
        azure.next(*[Answer(after_s=0.3)] * 60)
        await asyncio.gather(*(process.run() for _ in range(60)))
        metrics = await _told(port, "/metrics")
        first, second = await _pids(port)
        azure.next(*[Answer(after_s=5.0)] * 4)
        cut_off = [asyncio.create_task(process.run()) for _ in range(4)]
        await eventually(lambda: azure.books.in_flight == 4, what="the calls to arrive")
        os.kill(first, signal.SIGKILL)
        died = await worker.says("process died", code=-9)
        results = await asyncio.gather(*cut_off)
        await _are_ready(port)
        after = await _pids(port)

    done = [line for line in metrics.splitlines() if line.startswith("azure_openai_worker_jobs_total{")]
    assert 60 == sum(float(line.rpartition(" ")[2]) for line in done)
    assert {'process="1"', 'process="2"'} == {line.partition("{")[2].partition(",")[0] for line in done}
    assert "error" == died["level"]
    assert [200] * 4 == [result["result"]["status"] for result in results]
    assert second in after
    assert first not in after


async def test_a_signal_drains_all(
    zeebe: ZeebeClient, azure: Emulator, start_worker: StartWorker, tmp_path: Path
) -> None:
    """What runs is finished in every process before the command ends, with exit code 0."""
    process, port = await deploy(zeebe, tmp_path, a_question()), free_port()

    async with _two(start_worker, process.name, port) as worker:
        await _are_ready(port)
        pids = await _pids(port)
        azure.next(*[Answer(after_s=2.0)] * 6)
        running = [asyncio.create_task(process.run()) for _ in range(6)]
        await eventually(lambda: azure.books.in_flight == 6, what="the calls to arrive")
        worker.terminate()
        code = await worker.ends()

    assert 0 == code
    assert [200] * 6 == [(await ended)["result"]["status"] for ended in running]
    assert [] == [pid for pid in pids if _is_there(pid)]


async def test_nobody_works_without_a_supervisor(zeebe: ZeebeClient, start_worker: StartWorker, tmp_path: Path) -> None:
    """When the command itself is killed, its processes see it and leave."""
    process, port = await deploy(zeebe, tmp_path, a_question()), free_port()

    async with _two(start_worker, process.name, port) as worker:
        await _are_ready(port)
        pids = await _pids(port)
        worker.process.kill()
        await eventually(lambda: not any(map(_is_there, pids)), what="the processes to leave")

    assert 2 == len(pids)


async def test_a_wrong_setting_is_said_once_for_all(start_worker: StartWorker) -> None:
    """What only a process finds wrong ends the command with exit code 2, instead of a process that dies for ever."""
    async with start_worker(WORKER_PROCESSES="2", WORKER_CONFIG="connections = 3") as worker:
        code = await worker.ends()

    assert 2 == code
    assert any("WORKER_CONFIG" in line for line in worker.noise)

"""What an operator sees of a worker that works: probes, numbers, and the command that asks for them."""

import asyncio
import json
import sys
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from pyzeebe import ZeebeClient

from tests.lab import StartWorker, WorkerProcess, until
from tests.pages import page
from tests.processes import a_question, deploy
from tests.prometheus import NEEDS_PROMETHEUS, Prometheus, free_port
from worker import prices
from worker.demo.broker import Broker
from worker.demo.emulator import Answer, Emulator

JOBS = 20


async def probed(port: int, path: str) -> int | None:
    """The status that *path* answers with, None where nobody answers."""
    try:
        status, _ = await page(f"http://127.0.0.1:{port}{path}")
    except aiohttp.ClientError:
        return None
    return status


@NEEDS_PROMETHEUS
async def test_the_numbers_are_those_of_the_books(
    zeebe: ZeebeClient, azure: Emulator, start_worker: StartWorker, tmp_path: Path
) -> None:
    """Jobs, calls, retries, tokens and cost, as a real Prometheus scraped them, are the books' own, to the last one."""
    process = await deploy(zeebe, tmp_path, a_question())
    port = free_port()
    azure.next(Answer.status(429, retry_after_ms=20), Answer.status(503, retry_after_ms=20))

    async with (
        start_worker(WORKER_JOB_TYPES=process.name, WORKER_MANAGEMENT_PORT=str(port)),
        Prometheus(port, tmp_path) as prometheus,
    ):
        results = await asyncio.gather(*(process.run() for _ in range(JOBS)))
        completed = 'sum(azure_openai_worker_jobs_total{outcome="completed"})'
        ours = "azure_openai_worker_"
        reported = (
            f'sum({ours}job_time_to_report_seconds_count{{outcome="completed"}})'  # the last that is told of a job
        )
        await until(lambda: prometheus.value(reported), JOBS, what="all jobs to be scraped")
        seen = {
            "calls": await prometheus.value(f"sum({ours}calls_total)"),
            "refused": await prometheus.value(f'sum({ours}calls_total{{status!="200"}})'),
            "retries": await prometheus.value(f"sum({ours}call_retries_total)"),
            "input": await prometheus.value(f'sum({ours}tokens_total{{type="input"}})'),
            "output": await prometheus.value(f'sum({ours}tokens_total{{type="output"}})'),
            "completed": await prometheus.value(completed),
            "in flight": await prometheus.value(f"sum({ours}deployment_calls_in_flight)"),
            "operations": await prometheus.value("sum(gen_ai_client_operation_duration_seconds_count)"),
            "tokens": await prometheus.value("sum(gen_ai_client_token_usage_sum)"),
        }
        cost = await prometheus.value(f"sum({ours}cost_usd_total)")

    used, model = azure.books.tokens["gpt-4.1-mini"], results[0]["result"]["output"]["model"]
    assert seen == {
        "completed": JOBS, "in flight": 0, "calls": azure.books.calls, "refused": 2, "retries": 2,
        "input": used.prompt, "output": used.completion, "operations": JOBS, "tokens": used.total,
    }  # fmt: skip
    assert cost == pytest.approx(prices.cost_usd(model, input_tokens=used.prompt, output_tokens=used.completion))


async def test_probes_through_outage_and_drain(
    broker: Broker, zeebe: ZeebeClient, azure: Emulator, start_worker: StartWorker, tmp_path: Path
) -> None:
    """Ready goes with the broker and ends with the drain; limits do not touch it; alive is alive throughout."""
    if not (broker.is_ours and broker.keeps_data):
        pytest.skip("only a broker of our own that keeps its data is restarted")
    process = await deploy(zeebe, tmp_path, a_question())
    port = free_port()
    ready = "/health/ready"

    async with start_worker(WORKER_JOB_TYPES=process.name, WORKER_MANAGEMENT_PORT=str(port)) as worker:
        await until(lambda: probed(port, ready), HTTPStatus.OK, what="ready")
        azure.next(Answer.status(429, retry_after_ms=10))
        await process.run()
        assert await probed(port, ready) == HTTPStatus.OK
        await broker.kill()
        await until(lambda: probed(port, ready), HTTPStatus.SERVICE_UNAVAILABLE, what="not ready")
        assert await probed(port, "/health/live") == HTTPStatus.OK
        await broker.restart()
        await until(lambda: probed(port, ready), HTTPStatus.OK, what="ready again")
        azure.next(Answer(after_s=3.0))
        await process.start()
        await until(lambda: _in_flight(azure), 1, what="the call to arrive")
        worker.terminate()
        await until(lambda: probed(port, ready), HTTPStatus.SERVICE_UNAVAILABLE, what="not ready while draining")
        assert await probed(port, "/health/live") == HTTPStatus.OK
        assert await worker.ends() == 0


async def test_not_ready_without_its_keys(zeebe: ZeebeClient, start_worker: StartWorker, tmp_path: Path) -> None:
    """A connection whose key is nowhere makes a worker unready, and says so; tasks with keys of their own go on."""
    process = await deploy(zeebe, tmp_path, a_question())
    port = free_port()
    config = (
        '[connections.main]\nresource = "r"\n'
        '[connections.main.authentication]\ntype = "apiKey"\napiKey = "{{secrets.NOWHERE}}"\n'
    )

    async with start_worker(
        WORKER_JOB_TYPES=process.name, WORKER_MANAGEMENT_PORT=str(port), WORKER_CONFIG=config
    ) as worker:
        await worker.says("ready")
        await process.run()
        status, told = await probed(port, "/health/ready"), await _told(port, "/status")

    assert status == HTTPStatus.SERVICE_UNAVAILABLE
    assert "NOWHERE" in told["reason"]
    assert told["jobs"]["complete"] == 1
    assert told["deployments"][0]["deployment"] == "gpt-4.1-mini"


async def _told(port: int, path: str) -> Mapping[str, Any]:
    _, text = await page(f"http://127.0.0.1:{port}{path}")
    found: Mapping[str, Any] = json.loads(text)
    return found


async def _in_flight(azure: Emulator) -> int:
    return azure.books.in_flight


async def test_the_health_command() -> None:
    """In an image without curl the worker asks itself: not well while the broker is away, or while nobody answers."""
    environment = {"ZEEBE_ADDRESS": "127.0.0.1:1", "WORKER_MANAGEMENT_PORT": str(free_port())}
    before = await _health(environment)
    async with WorkerProcess(environment) as worker:
        await worker.says("broker unreachable")
        during = await _health(environment)
        live = await _health(environment, "--probe", "live")

    assert (before[0], during[0], live[0]) == (1, 1, 0)
    assert "no answer" in before[1]
    assert "broker unreachable" in during[1]


async def _health(environment: dict[str, str], *options: str) -> tuple[int | None, str]:
    asked = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "worker", "health", *options,
        env=environment, cwd=Path(__file__).parents[2],
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await asked.communicate()
    return asked.returncode, said.decode()


async def test_a_port_that_is_taken() -> None:
    """The worker says so and works without."""
    environment = {"ZEEBE_ADDRESS": "127.0.0.1:1", "WORKER_MANAGEMENT_PORT": str(free_port())}
    async with WorkerProcess(environment) as first:
        await first.says("broker unreachable")
        async with WorkerProcess(environment) as second:
            await second.says("no management port")
            await second.says("broker unreachable")
